//! Functions that every platform's own library rounds a little differently, from operations that
//! are rounded alike everywhere.

/// Largest argument told apart: beyond it the logistic curve is flat in `f64`.
const FAR: f64 = 40.0;

/// The logistic curve.
pub(crate) fn logistic(x: f64) -> f64 {
    let x = x.clamp(-FAR, FAR);
    if x < 0.0 {
        let small = exp(x);
        small / (1.0 + small)
    } else {
        1.0 / (1.0 + exp(-x))
    }
}

/// `e` to a power between -[`FAR`] and 0: the power halved six times, a polynomial, and squared
/// back.
fn exp(x: f64) -> f64 {
    let x = x / 64.0;
    let mut sum = 1.0;
    for n in (1..=14).rev() {
        sum = 1.0 + x * sum / f64::from(n);
    }
    (0..6).fold(sum, |power, _| power * power)
}

/// The natural logarithm of a positive, finite number: its exponent, and a series for the rest.
pub(crate) fn ln(x: f32) -> f32 {
    let bits = f64::from(x).to_bits();
    let exponent = (bits >> 52) as i32 - 1023;
    let mantissa = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    let part = (mantissa - 1.0) / (mantissa + 1.0);
    let square = part * part;
    let series = (0..20)
        .rev()
        .fold(0.0, |sum, n| sum * square + 1.0 / f64::from(2 * n + 1));
    (2.0 * part * series + f64::from(exponent) * std::f64::consts::LN_2) as f32
}

/// A sequence that only looks random, the same every time (xorshift).
pub(crate) struct Sequence(u64);

impl Sequence {
    pub(crate) fn new(seed: u64) -> Self {
        Sequence(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `limit`, which is not 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % limit as u64) as usize
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_library() {
        for tenth in -400..=400 {
            let x = f64::from(tenth) / 10.0;
            let expected = 1.0 / (1.0 + (-x).exp());
            assert!((logistic(x) - expected).abs() < 1e-12, "{x}");
            let power = x.exp() as f32;
            assert!((ln(power) - power.ln()).abs() < 1e-5, "{x}");
        }
    }
}
