//! The linear model: one row of small weights per n-gram, one column per head, and one
//! per [`Topic`] that changes what words say.
//!
//! A sentence's score for a head is `bias + scale x (sum of weights) x share(n-grams)`, in log-odds.
//! Because an n-gram counts as often as it occurs, a word adds the same wherever it stands: what
//! the common words of office mail add is kept in a table, so an ordinary sentence costs one
//! look-up a word and one a pair. That is the first stage, and it is exact: no sentence is passed
//! over that the full sum would have flagged.
//!
//! The file (little endian, made by the trainer): magic `offence2`, checksum of all that follows,
//! number of n-grams and of words, then per head bias, scale, low and high threshold; a bitmap of
//! the buckets kept; their rows of `i8`; words as key, row of `i16` and number of n-grams.

mod corrected;

use super::features::{self, BITS};
pub use super::known::Row;
use super::known::{Known, Words, group, topic_flag};
use crate::bits::Bits;

/// Heads of the model.
pub const HEADS: usize = 8;

/// Columns of weights: the heads, then the topics.
pub const COLUMNS: usize = HEADS + Topic::ALL.len();

/// What a head was trained to tell, and its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Head {
    /// Abuse of any kind.
    Abuse,
    /// About women or men as such.
    Sexism,
    /// Hatred of a group by race, religion, origin or orientation.
    Hate,
    /// Harm announced.
    Threat,
    /// Sexual remarks and advances.
    Sexual,
    /// Hounding, humiliation and intimidation at work.
    Harassment,
    /// About age.
    Age,
    /// About disability and health.
    Ability,
}

impl Head {
    /// In the order of the file.
    pub const ALL: [Head; HEADS] = [
        Head::Abuse,
        Head::Sexism,
        Head::Hate,
        Head::Threat,
        Head::Sexual,
        Head::Harassment,
        Head::Age,
        Head::Ability,
    ];

    /// As reports and the model card name it.
    pub fn name(self) -> &'static str {
        match self {
            Head::Abuse => "abuse",
            Head::Sexism => "sexism",
            Head::Hate => "hate",
            Head::Threat => "threat",
            Head::Sexual => "sexual",
            Head::Harassment => "harassment",
            Head::Age => "age",
            Head::Ability => "ability",
        }
    }
}

/// What a sentence speaks of, where it changes what its other words say for a head: `belongs in the
/// kitchen` is about a chair, or about her.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// A woman: the head for sexism.
    She,
    /// Women: the same head.
    Women,
}

impl Topic {
    /// In the order of their columns.
    pub const ALL: [Topic; 2] = [Topic::She, Topic::Women];

    /// The head whose score it changes.
    pub const HEAD: Head = Head::Sexism;

    /// Whole words that tell it.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        let words = match self {
            Topic::She => SHE,
            Topic::Women => WOMEN,
        };
        words.split_whitespace()
    }

    /// Its column.
    pub fn column(self) -> usize {
        HEADS + self as usize
    }
}

const SHE: &str = "she shes her hers herself wife wives girlfriend girlfriends gf mother mom mum \
    sister daughter";
const WOMEN: &str = "woman women womans womens female females girl girls lady ladies chick chicks \
    feminist feminists feminism femoid femoids foid foids roastie roasties stacy stacies thot thots \
    wahmen";

/// How a head's sums become a verdict.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Log-odds of a sentence that says nothing.
    pub bias: f32,
    /// Log-odds of one unit of weight.
    pub scale: f32,
    /// Log-odds from which a sentence is suspect.
    pub low: f32,
    /// Log-odds from which it is a finding.
    pub high: f32,
}

/// Sums over a sentence.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sums {
    /// Of weights, per column.
    pub columns: [i32; COLUMNS],
    /// N-grams counted, known or not.
    pub n: u32,
    /// Flags of its words.
    pub(super) flags: u16,
}

impl Sums {
    pub(super) fn add_known(&mut self, word: &Known) {
        self.add(&word.row, u32::from(word.n));
        self.flags |= word.flags;
    }

    /// Adds what two words side by side say, and gives it.
    pub(super) fn add_pair(&mut self, weights: &Weights) -> Row {
        const TIMES: i16 = features::PAIR as i16;
        let row = weights.map(|weight| TIMES * i16::from(weight));
        self.add(&row, TIMES as u32);
        row
    }

    pub(super) fn add(&mut self, row: &Row, n: u32) {
        for (sum, weight) in self.columns.iter_mut().zip(row) {
            *sum += i32::from(*weight);
        }
        self.n += n;
    }
}

/// A model file as read.
#[derive(Debug)]
pub struct Model {
    checksum: u64,
    scales: [Scale; HEADS],
    /// Whether any of eight neighbouring buckets has weights: small enough to stay in the cache.
    filter: Bits,
    /// Which of each 64 buckets have weights, and how many have before them.
    kept: Vec<(u64, u32)>,
    rows: Vec<Weights>,
    words: Words,
}

/// What one n-gram adds, per column.
pub(super) type Weights = [i8; COLUMNS];

/// What an n-gram that was not kept adds.
pub(super) static NOTHING: Weights = [0; COLUMNS];

/// The magic bytes of a model file: name and format.
pub const MAGIC: &[u8; 8] = b"offence2";

impl Model {
    /// Reads a model file; `None` where it is not one, is cut short or has been altered.
    pub fn read(file: &[u8]) -> Option<Model> {
        let mut rest = file.strip_prefix(MAGIC)?;
        let checksum = u64::from_le_bytes(take(&mut rest)?);
        if checksum != checksum_of(rest) {
            return None;
        }
        let n_rows = u32::from_le_bytes(take(&mut rest)?) as usize;
        let n_words = u32::from_le_bytes(take(&mut rest)?) as usize;
        let mut scales = [Scale {
            bias: 0.0,
            scale: 0.0,
            low: 0.0,
            high: 0.0,
        }; HEADS];
        for scale in &mut scales {
            scale.bias = f32::from_le_bytes(take(&mut rest)?);
            scale.scale = f32::from_le_bytes(take(&mut rest)?);
            scale.low = f32::from_le_bytes(take(&mut rest)?);
            scale.high = f32::from_le_bytes(take(&mut rest)?);
        }
        let mut kept = Vec::with_capacity(1 << (BITS - 6));
        let mut filter = Bits::of(BITS - FOLDED);
        let mut n_kept = 0;
        for _ in 0..1 << (BITS - 6) {
            let bits = u64::from_le_bytes(take(&mut rest)?);
            // Eight neighbouring buckets share a bit of the filter, so one byte is one bit.
            for (at, byte) in (8 * kept.len() as u32..).zip(bits.to_le_bytes()) {
                if byte != 0 {
                    filter.insert(at);
                }
            }
            kept.push((bits, n_kept));
            n_kept += bits.count_ones();
        }
        if n_kept as usize != n_rows || rest.len() != n_rows * COLUMNS + n_words * WORD_BYTES {
            return None;
        }
        let mut rows = Vec::with_capacity(n_rows);
        for _ in 0..n_rows {
            rows.push(take(&mut rest)?.map(u8::cast_signed));
        }
        let mut model = Model {
            checksum,
            scales,
            filter,
            kept,
            rows,
            // Room for the words of the lists too.
            words: Words::new(n_words + ROOM),
        };
        for _ in 0..n_words {
            let key = u64::from_le_bytes(take(&mut rest)?);
            let mut row = Row::default();
            for weight in &mut row {
                *weight = i16::from_le_bytes(take(&mut rest)?);
            }
            let [n] = take(&mut rest)?;
            model.words.set(key, Known { row, n, flags: 0 });
        }
        Some(model)
    }

    /// A model that never says anything.
    pub(super) fn silent() -> Model {
        Model {
            checksum: 0,
            scales: [Scale {
                bias: 0.0,
                scale: 0.0,
                low: f32::INFINITY,
                high: f32::INFINITY,
            }; HEADS],
            filter: Bits::of(0),
            kept: Vec::new(),
            rows: Vec::new(),
            words: Words::new(ROOM),
        }
    }

    /// First twelve hex digits of the file's checksum.
    pub fn checksum(&self) -> String {
        format!("{:012x}", self.checksum >> 16)
    }

    /// How one head's sums are read.
    pub fn scale(&self, head: Head) -> Scale {
        self.scales[head as usize]
    }

    /// Log-odds of a sentence under one head.
    pub fn score(&self, head: Head, sums: &Sums) -> f32 {
        let scale = self.scale(head);
        if sums.flags & group(head) != group(head) {
            return f32::NEG_INFINITY;
        }
        let sum = weight(&sums.columns, head, sums.flags) as f32;
        scale.bias + scale.scale * sum * features::share(sums.n as usize)
    }

    /// Whether any head's score reaches its low threshold.
    #[inline]
    pub(super) fn is_suspect(&self, sums: &Sums) -> bool {
        let share = features::share(sums.n as usize);
        Head::ALL.into_iter().any(|head| {
            let sum = weight(&sums.columns, head, sums.flags);
            let scale = &self.scales[head as usize];
            scale.bias + scale.scale * sum as f32 * share >= scale.low
                && sums.flags & group(head) == group(head)
        })
    }

    /// Weights of one bucket.
    #[inline]
    pub(super) fn bucket(&self, bucket: u32) -> &Weights {
        if !self.filter.holds(bucket >> FOLDED) {
            return &NOTHING;
        }
        let Some((bits, before)) = self.kept.get((bucket >> 6) as usize) else {
            return &NOTHING;
        };
        let bit = 1u64 << (bucket & 63);
        let at = before + (bits & (bit - 1)).count_ones();
        match self.rows.get(at as usize) {
            Some(row) if bits & bit != 0 => row,
            _ => &NOTHING,
        }
    }

    /// What one word adds, worked out from its n-grams.
    pub fn word(&self, letters: &[u8]) -> (Row, u32) {
        let (mut row, mut n) = (Row::default(), 0);
        features::word(letters, |bucket| {
            n += 1;
            let weights = self.bucket(bucket);
            // A word has fewer than 200 n-grams, each below 128: the sum cannot wrap.
            row = std::array::from_fn(|at| row[at].wrapping_add(i16::from(weights[at])));
        });
        (row, n)
    }

    /// What is known of a word by its key.
    #[inline]
    pub(super) fn known(&self, key: u64) -> Option<&Known> {
        self.words.get(key)
    }

    /// Flags a word, so that the first stage sees it.
    pub(super) fn flag(&mut self, letters: &[u8], flags: u16) {
        let key = features::key(letters);
        let mut known = self.known(key).copied().unwrap_or_else(|| {
            let (row, n) = self.word(letters);
            let n = u8::try_from(n).unwrap_or(u8::MAX);
            Known { row, n, flags: 0 }
        });
        known.flags |= flags;
        self.words.set(key, known);
    }

    /// Takes all weight from a word.
    pub(super) fn silence(&mut self, letters: &[u8]) {
        self.flag(letters, 0);
        let key = features::key(letters);
        let flags = self.known(key).map_or(0, |known| known.flags);
        let (row, n) = (Row::default(), 0);
        self.words.set(key, Known { row, n, flags });
    }
}

/// What columns say for a head in a sentence with these flags.
#[inline]
pub(super) fn weight<T: Into<i32> + Copy>(columns: &[T; COLUMNS], head: Head, flags: u16) -> i32 {
    let of_topic = |topic: Topic| match flags & topic_flag(topic) {
        0 => 0,
        _ => columns[topic.column()].into(),
    };
    let own = columns[head as usize].into();
    match head == Topic::HEAD {
        true => own + Topic::ALL.into_iter().map(of_topic).sum::<i32>(),
        false => own,
    }
}

/// Words of the lists beside those of the file: more than there are.
const ROOM: usize = 8192;

/// Buckets that share one bit of the filter, as a power of two.
const FOLDED: u32 = 3;

/// Bytes of one word in the file.
const WORD_BYTES: usize = 8 + 2 * COLUMNS + 1;

/// FNV-1a over eight bytes at a time: tells files apart, keeps nobody out.
pub fn checksum_of(bytes: &[u8]) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        if let Some(head) = word.get_mut(..chunk.len()) {
            head.copy_from_slice(chunk);
        }
        sum = (sum ^ u64::from_le_bytes(word)).wrapping_mul(0x0100_0000_01b3);
        sum ^= sum >> 31;
    }
    sum
}

fn take<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = from.split_first_chunk::<N>()?;
    *from = rest;
    Some(*head)
}
