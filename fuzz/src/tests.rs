#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use super::*;

/// Tries with bytes near each sample.
const NEAR: usize = 300;

/// Numbers that are the same in every run (xorshift64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).unwrap()
    }
}

/// The sample with one thing wrong: a byte, a piece that is missing, doubled or somebody else's.
fn near(sample: &[u8], other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = sample.to_vec();
    let at = numbers.below(bytes.len() + 1);
    let piece = at..bytes.len().min(at + numbers.below(24));
    match numbers.below(5) {
        0 if at < bytes.len() => bytes[at] = u8::try_from(numbers.below(256)).unwrap(),
        1 => drop(bytes.drain(piece)),
        2 => bytes.truncate(at),
        3 => {
            let piece = bytes[piece].to_vec();
            bytes.splice(at..at, piece);
        }
        _ => {
            let from = numbers.below(other.len() + 1);
            let to = other.len().min(from + numbers.below(24));
            bytes.splice(at..at, other[from..to].iter().copied());
        }
    }
    bytes
}

#[test]
fn samples_and_what_lies_near_them_are_read() {
    for target in TARGETS {
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
        (target.run)(b"");
        for (n, sample) in target.samples.iter().enumerate() {
            (target.run)(sample);
            let other = target.samples[(n + 1) % target.samples.len()];
            let mut bytes = sample.to_vec();
            for _ in 0..NEAR {
                // Now and then from the start, else one step further away.
                if numbers.below(8) == 0 {
                    bytes = sample.to_vec();
                }
                bytes = near(&bytes, other, &mut numbers);
                (target.run)(&bytes);
            }
        }
    }
}

#[test]
fn every_target_has_a_name_of_its_own() {
    let names: BTreeSet<_> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(names.len(), TARGETS.len());
    assert!(names.iter().all(|name| target(name).is_some()));
    assert!(target("nothing").is_none());
}
