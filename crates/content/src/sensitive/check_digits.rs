//! The arithmetic by which numbers prove themselves; each takes digits (`b'0'..=b'9'`) or, for an
//! IBAN, upper-case letters too, and says no to anything else.

/// NHS number: ten digits, the last the weighted sum of the others modulo 11.
pub(super) fn nhs(number: &[u8]) -> bool {
    let Some(digits) = digits::<10>(number) else {
        return false;
    };
    let [rest @ .., check] = digits;
    let sum = weighted(&rest, &[10, 9, 8, 7, 6, 5, 4, 3, 2]);
    let all_same = rest.iter().all(|&digit| digit == check);
    // A remainder that would need the check digit 10 is never issued.
    (11 - sum % 11) % 11 == check && !all_same
}

/// Unique taxpayer reference: ten digits, the first of them the check digit.
pub(super) fn utr(number: &[u8]) -> bool {
    let Some(digits) = digits::<10>(number) else {
        return false;
    };
    let [check, rest @ ..] = digits;
    let sum = weighted(&rest, &[6, 7, 8, 9, 10, 5, 4, 3, 2]);
    const CHECKS: [u32; 11] = [2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1];
    sum != 0 && CHECKS.get((sum % 11) as usize) == Some(&check)
}

/// Payment card: every second digit from the right doubled, the sum of digits a multiple of ten.
pub(super) fn luhn(number: &[u8]) -> bool {
    let mut sum = 0;
    for (place, byte) in number.iter().rev().enumerate() {
        let Some(digit) = value(*byte) else {
            return false;
        };
        let doubled = if place % 2 == 1 { digit * 2 } else { digit };
        sum += doubled / 10 + doubled % 10;
    }
    sum > 0 && sum % 10 == 0
}

/// IBAN: country and check digits moved to the end, letters as 10 to 35, the whole 1 modulo 97.
pub(super) fn mod_97(iban: &[u8]) -> bool {
    let Some((head, account)) = iban.split_at_checked(4) else {
        return false;
    };
    let mut remainder = 0;
    for byte in account.iter().chain(head) {
        remainder = match byte {
            b'0'..=b'9' => remainder * 10 + u32::from(byte - b'0'),
            b'A'..=b'Z' => remainder * 100 + u32::from(byte - b'A') + 10,
            _ => return false,
        } % 97;
    }
    remainder == 1
}

fn digits<const N: usize>(number: &[u8]) -> Option<[u32; N]> {
    let number: &[u8; N] = number.try_into().ok()?;
    number
        .iter()
        .all(u8::is_ascii_digit)
        .then(|| number.map(|byte| u32::from(byte - b'0')))
}

fn value(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum()
}
