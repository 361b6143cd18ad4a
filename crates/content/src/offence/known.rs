//! Words whose sums are worked out in advance, with what the lists ask of them.

use super::model::{COLUMNS, Head, Topic};

/// Weights of one n-gram or one word, in every column.
pub type Row = [i16; COLUMNS];

/// A list holds the word by itself.
pub(super) const LISTED: u16 = 1;
/// A list holds the word as an insult, where somebody is meant.
pub(super) const DIRECTED: u16 = 2;
/// The word speaks to somebody.
pub(super) const YOU: u16 = 4;
/// The word is of the telling pair of some phrase.
pub(super) const PHRASE: u16 = 8;

/// Heads that say nothing where no word of the sentence names what they are about: they have few
/// examples, or a label that needs to say whom it is about.
const GROUPS: [Head; 3] = [Head::Hate, Head::Age, Head::Ability];

/// The flag of words that name what a head is about; 0 for a head that needs none.
pub(super) fn group(head: Head) -> u16 {
    GROUPS
        .iter()
        .position(|needs| *needs == head)
        .map_or(0, |at| 16 << at)
}

/// The flag of words that tell a topic.
pub(super) fn topic_flag(topic: Topic) -> u16 {
    128 << topic as u16
}

/// What is known of a word.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    pub(super) row: Row,
    /// Its n-grams.
    pub(super) n: u8,
    pub(super) flags: u16,
}

/// A table of words by their keys.
///
/// The places are small and apart from the words, and the words stand by how common they are, so
/// that what is asked for most stays in the cache.
#[derive(Debug)]
pub(super) struct Words {
    places: Vec<Place>,
    words: Vec<Known>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Place {
    /// Upper half of the key; the lower half says where the place is.
    tag: u32,
    /// Number of the word, from 1; 0: nothing is here.
    word: u32,
}

impl Words {
    /// Room for `n` words, of which half the places stay free.
    pub(super) fn new(n: usize) -> Self {
        Words {
            places: vec![Place::default(); (2 * n).next_power_of_two()],
            words: Vec::with_capacity(n),
        }
    }

    /// What is known of a word.
    #[inline]
    pub(super) fn get(&self, key: u64) -> Option<&Known> {
        let place = self.places.get(self.place(key)?)?;
        self.words.get((place.word as usize).checked_sub(1)?)
    }

    /// Makes a word known, or changes what is known of it.
    pub(super) fn set(&mut self, key: u64, known: Known) {
        let Some(at) = self.place(key) else {
            return;
        };
        let Some(place) = self.places.get_mut(at) else {
            return;
        };
        if place.word == 0 {
            self.words.push(known);
            place.tag = (key >> 32) as u32;
            place.word = self.words.len() as u32;
        } else if let Some(word) = self.words.get_mut(place.word as usize - 1) {
            *word = known;
        }
    }

    /// The place of a key, or the free one where it would be.
    #[inline]
    fn place(&self, key: u64) -> Option<usize> {
        let mask = self.places.len() - 1;
        let tag = (key >> 32) as u32;
        let mut at = key as usize & mask;
        // Half the places are free, so one is near.
        loop {
            let place = self.places.get(at)?;
            if place.word == 0 || place.tag == tag {
                return Some(at);
            }
            at = (at + 1) & mask;
        }
    }
}
