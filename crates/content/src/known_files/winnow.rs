//! Which runs of letters are compared: few of all there are, and the same ones wherever a text stands.

/// Letters in a run. 24: five words. Longer ones lose more where a word was changed, shorter ones stand in
/// many texts by chance.
pub(super) const RUN: usize = 24;

/// Neighbouring runs of which one is selected, at least. 32: whoever copies 55 letters (11 words) in a row
/// copies a selected run; on average every 16th is.
pub(super) const WINDOW: usize = 32;

/// A random number for each byte; those of the letter that leaves a run are turned beforehand.
const NUMBERS: [u64; 256] = numbers();

/// Calls `each` with the start and the hash of every run that is selected, in order. A text shorter than a
/// window has one. Linear, and takes no memory.
pub(super) fn select(letters: &[u8], mut each: impl FnMut(usize, u64)) {
    let Some(n) = letters.len().checked_sub(RUN - 1).filter(|n| *n > 0) else {
        return;
    };
    let (first, rest) = letters.split_at(RUN - 1);
    // A cyclic polynomial: each letter's number, turned as often as letters follow it.
    let mut hash = first
        .iter()
        .fold(0, |hash: u64, letter| hash.rotate_left(1) ^ number(*letter));
    let mut recent = [0; WINDOW];
    let (mut least, mut place, mut is_new) = (u64::MAX, 0, true);
    for (start, (leaves, comes)) in letters.iter().zip(rest).enumerate() {
        hash = hash.rotate_left(1) ^ number(*comes);
        recent[start % WINDOW] = hash;
        if hash < least {
            (least, place, is_new) = (hash, start, true);
        } else if place + WINDOW <= start {
            // The least has left the window: the last of the least of those that are in it.
            least = u64::MAX;
            for earlier in start + 1 - WINDOW..=start {
                if recent[earlier % WINDOW] <= least {
                    (least, place) = (recent[earlier % WINDOW], earlier);
                }
            }
            is_new = true;
        }
        if is_new && (start + 1 >= WINDOW || start + 1 == n) {
            each(place, least);
            is_new = false;
        }
        hash ^= number(*leaves).rotate_left(RUN as u32 - 1);
    }
}

fn number(letter: u8) -> u64 {
    NUMBERS[usize::from(letter)]
}

/// SplitMix64 from a fixed start: stored fingerprints rest on it, so it never changes.
const fn numbers() -> [u64; 256] {
    let mut numbers = [0; 256];
    let mut state: u64 = 0x7072_6f62_6974_7901;
    let mut at = 0;
    while at < 256 {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        numbers[at] = mixed ^ (mixed >> 31);
        at += 1;
    }
    numbers
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn selected(letters: &[u8]) -> Vec<usize> {
        let mut selected = Vec::new();
        select(letters, |start, _| selected.push(start));
        selected
    }

    fn runs(letters: &[u8]) -> BTreeSet<&[u8]> {
        let starts = selected(letters).into_iter();
        starts.map(|start| &letters[start..start + RUN]).collect()
    }

    #[test]
    fn what_is_too_short_has_no_run_and_what_is_short_has_one() {
        assert_eq!(selected(&[b'a'; RUN - 1]), [0; 0]);
        assert_eq!(selected(&[b'a'; RUN]), [0]);
        let letters: Vec<u8> = (0..RUN as u8 + 20).collect();
        assert_eq!(selected(&letters).len(), 1);
    }

    #[test]
    fn one_letter_over_and_over_has_few_runs() {
        assert!(selected(&[b'a'; 3_200]).len() <= 100);
    }

    /// The numbers and the order stand in registers on disks.
    #[test]
    fn the_same_runs_are_selected_for_ever() {
        let letters: Vec<u8> = (0..300u32)
            .map(|n| b'a' + (n * n * n / 7 % 26) as u8)
            .collect();
        assert_eq!(selected(&letters), SELECTED_IN_FORMAT_1);
    }

    const SELECTED_IN_FORMAT_1: [usize; 15] = [
        3, 31, 41, 60, 72, 88, 108, 129, 143, 164, 185, 213, 223, 242, 254,
    ];

    proptest! {
        #[test]
        fn a_run_is_selected_in_every_window(letters in proptest::collection::vec(b'a'..=b'd', 0..400)) {
            let selected = selected(&letters);
            prop_assert!(selected.windows(2).all(|pair| pair[0] < pair[1] && pair[1] - pair[0] <= WINDOW));
            if letters.len() >= RUN + WINDOW - 1 {
                prop_assert!(selected[0] < WINDOW);
                prop_assert!(letters.len() - selected[selected.len() - 1] < RUN + WINDOW);
            }
        }

        #[test]
        fn what_two_texts_share_shares_a_selected_run(
            shared in proptest::collection::vec(b'a'..=b'z', RUN + WINDOW - 1..200),
            around in proptest::collection::vec(proptest::collection::vec(b'a'..=b'z', 0..90), 4),
        ) {
            let one = [&around[0][..], &shared, &around[1]].concat();
            let other = [&around[2][..], &shared, &around[3]].concat();
            prop_assert!(runs(&one).intersection(&runs(&other)).next().is_some());
        }
    }
}
