//! A set of numbers, one bit each: what a first stage asks before it looks closely.

/// Numbers below a bound.
#[derive(Debug)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    /// None yet, of the numbers of so many bits.
    pub(crate) fn of(bits: u32) -> Self {
        Bits(vec![0; 1 << bits.saturating_sub(6)])
    }

    /// Takes a number in, if it is below the bound.
    pub(crate) fn insert(&mut self, number: u32) {
        if let Some(bits) = self.0.get_mut((number >> 6) as usize) {
            *bits |= 1 << (number & 63);
        }
    }

    /// Whether a number was taken in.
    #[inline]
    pub(crate) fn holds(&self, number: u32) -> bool {
        self.0
            .get((number >> 6) as usize)
            .is_some_and(|bits| bits >> (number & 63) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_in_is_held() {
        let mut bits = Bits::of(8);
        for number in [0, 64, 255, 256] {
            bits.insert(number);
        }
        let held: Vec<u32> = (0..300).filter(|number| bits.holds(*number)).collect();
        assert_eq!(held, [0, 64, 255]);
    }
}
