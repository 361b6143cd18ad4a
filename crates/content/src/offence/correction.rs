//! A small correction of the model, learnt from what reviewers said of its findings.
//!
//! The model stays as it was trained. A correction takes a bounded number from the weights of some
//! whole words and pairs of words, for some heads: from at most [`MOST_WEIGHTS`] of them, from none
//! more than [`MOST_UNITS`]. It adds to none, so it makes nothing an alarm that was none. It is fitted
//! anew from all verdicts each time ([`propose`]), tried on verdicts it has not seen ([`held_back`])
//! and on a set of sentences that never changes ([`frozen`]). It names the model it was made for and
//! corrects no other. Decision 0018 says why.
//!
//! The file (little endian): magic `offcorr` and the number of the format, checksum of all that
//! follows, checksum of the model's file, number of weights, then the weights in order: kind and head
//! in a byte, word's key or pair's bucket in eight, units in one. It holds no words.

mod fit;
pub mod frozen;
mod held_back;
mod reading;
mod verdict;

pub use fit::{Change, Proposal, propose};
pub use held_back::{HeldBack, Judged, held_back};
pub use verdict::{Opinion, Verdict};

use super::features;
use super::model::{Head, checksum_of};

/// Weights a correction may lower: a quarter of the n-grams of the model, for one head each.
pub const MOST_WEIGHTS: usize = 20_000;

/// How much may be taken from a weight, in steps of which the largest weight of the model has 127.
pub const MOST_UNITS: i8 = 32;

const MAGIC: &[u8; 7] = b"offcorr";
const FORMAT: u8 = 1;
const WEIGHT_BYTES: usize = 10;

/// Longest file of a correction, in bytes.
pub const LONGEST_FILE: usize = 8 + 8 + 8 + 4 + MOST_WEIGHTS * WEIGHT_BYTES;

/// The bit that tells pairs from words in a weight's first byte.
const IS_PAIR: u8 = 0x80;

/// What a weight is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Feature {
    /// A whole word, by its key.
    Word(u64),
    /// Two words side by side, by their bucket.
    Pair(u32),
}

impl Feature {
    /// Where the model keeps its weights.
    pub(super) fn bucket(self) -> u32 {
        match self {
            Feature::Word(key) => features::bucket(key),
            Feature::Pair(bucket) => bucket,
        }
    }
}

/// What is added to one weight of one head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Weight {
    pub(super) feature: Feature,
    pub(super) head: Head,
    /// Below 0, and not beyond [`MOST_UNITS`].
    pub(super) units: i8,
}

/// What is added to the weights of one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Checksum of the model it was made for.
    base: u64,
    /// In order, one for each feature and head.
    weights: Vec<Weight>,
}

/// Why a file is no correction that can be used here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadCorrectionError {
    /// Something else, or nothing.
    #[error("this is no correction; make one with `probity content retrain`")]
    NotOne,
    /// Of a later version of the program.
    #[error(
        "this correction is of format {found} and {FORMAT} is read here; make it anew with \
         `probity content retrain`"
    )]
    Format {
        /// The format it says.
        found: u8,
    },
    /// Cut short, altered, or beyond what a correction may do.
    #[error(
        "this correction is damaged; go back with `probity content retrain --rollback` or make it \
         anew"
    )]
    Damaged,
    /// The model is another one by now, so its weights mean something else.
    #[error(
        "this correction was made for the model {made_for} and {in_use} is in use; make it anew from \
         the verdicts with `probity content retrain`"
    )]
    OtherModel {
        /// First twelve hex digits of the checksum it names.
        made_for: String,
        /// Those of the model here.
        in_use: String,
    },
}

impl Correction {
    /// Reads a correction of the model this crate was built with.
    pub fn decode(file: &[u8]) -> Result<Self, ReadCorrectionError> {
        Self::decode_for(file, super::base())
    }

    fn decode_for(file: &[u8], base: u64) -> Result<Self, ReadCorrectionError> {
        let (format, rest) = file
            .strip_prefix(MAGIC)
            .and_then(<[u8]>::split_first)
            .ok_or(ReadCorrectionError::NotOne)?;
        if *format != FORMAT {
            return Err(ReadCorrectionError::Format { found: *format });
        }
        let (made_for, weights) = body(rest).ok_or(ReadCorrectionError::Damaged)?;
        if made_for != base {
            return Err(ReadCorrectionError::OtherModel {
                made_for: shown(made_for),
                in_use: shown(base),
            });
        }
        Ok(Self { base, weights })
    }

    /// As [`Self::decode`] reads it.
    pub fn encode(&self) -> Vec<u8> {
        let body = self.body();
        let mut file = MAGIC.to_vec();
        file.push(FORMAT);
        file.extend(checksum_of(&body).to_le_bytes());
        file.extend(body);
        file
    }

    fn body(&self) -> Vec<u8> {
        let mut body = self.base.to_le_bytes().to_vec();
        body.extend((self.weights.len() as u32).to_le_bytes());
        for weight in &self.weights {
            let (kind, number) = match weight.feature {
                Feature::Word(key) => (0, key),
                Feature::Pair(bucket) => (IS_PAIR, u64::from(bucket)),
            };
            body.push(kind | weight.head as u8);
            body.extend(number.to_le_bytes());
            body.push(weight.units.cast_unsigned());
        }
        body
    }

    /// The version of a detector that is corrected by it, as
    /// [`Detector::version`](super::Detector::version) says it.
    pub fn version(&self) -> String {
        let (base, own) = (shown(self.base), shown(checksum_of(&self.body())));
        format!("offence-1 {base} + {own}")
    }

    /// How many weights it lowers.
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    pub(super) fn weights(&self) -> &[Weight] {
        &self.weights
    }
}

/// What follows the format's number: the checksum of the model, and the weights. `None` where it is
/// not exactly what [`Correction::encode`] writes.
fn body(rest: &[u8]) -> Option<(u64, Vec<Weight>)> {
    let (checksum, body) = rest.split_first_chunk()?;
    if u64::from_le_bytes(*checksum) != checksum_of(body) {
        return None;
    }
    let (base, rest) = body.split_first_chunk()?;
    let (n, rest) = rest.split_first_chunk()?;
    let n = u32::from_le_bytes(*n) as usize;
    if n > MOST_WEIGHTS || rest.len() != n * WEIGHT_BYTES {
        return None;
    }
    let (weights, _) = rest.as_chunks::<WEIGHT_BYTES>();
    let weights: Vec<Weight> = weights.iter().map(weight).collect::<Option<_>>()?;
    let is_in_order = |pair: &[Weight]| match pair {
        [a, b] => (a.feature, a.head) < (b.feature, b.head),
        _ => false,
    };
    let sound = weights.windows(2).all(is_in_order);
    sound.then(|| (u64::from_le_bytes(*base), weights))
}

fn weight(bytes: &[u8; WEIGHT_BYTES]) -> Option<Weight> {
    let [kind, number @ .., units] = *bytes;
    let number = u64::from_le_bytes(number);
    let feature = if kind & IS_PAIR == 0 {
        Feature::Word(number)
    } else {
        let bucket = u32::try_from(number).ok()?;
        Feature::Pair(Some(bucket).filter(|bucket| bucket >> features::BITS == 0)?)
    };
    let head = *Head::ALL.get(usize::from(kind & !IS_PAIR))?;
    let units = units.cast_signed();
    (-MOST_UNITS..0).contains(&units).then_some(Weight {
        feature,
        head,
        units,
    })
}

/// A checksum as people see it.
pub(super) fn shown(checksum: u64) -> String {
    format!("{:012x}", checksum >> 16)
}

#[cfg(test)]
mod tests;
