//! Words as people in a hurry write them.

/// Every way a word comes out by one slip: a letter left out or doubled, two neighbours swapped, a
/// vowel or a letter that sounds alike taken for another. The first letter is always right.
pub(super) fn spellings(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let (mut slips, n) = (Vec::new(), letters.len());
    for at in 1..n {
        let (before, rest) = letters.split_at(at);
        let spelt = |middle: &[char], from: usize| -> String {
            let rest = rest.get(from..).unwrap_or_default();
            before.iter().chain(middle).chain(rest).collect()
        };
        let &[letter, ..] = rest else { continue };
        slips.push(spelt(&[], 1));
        slips.push(spelt(&[letter, letter], 1));
        if let &[_, next, ..] = rest {
            slips.push(spelt(&[next, letter], 2));
        }
        for alike in ALIKE.iter().filter(|alike| alike.contains(&letter)) {
            let others = alike.iter().filter(|&&other| other != letter);
            slips.extend(others.map(|&other| spelt(&[other], 1)));
        }
    }
    slips
}

/// Letters taken for each other.
const ALIKE: [&[char]; 4] = [
    &['a', 'e', 'i', 'o', 'u'],
    &['m', 'n'],
    &['c', 's'],
    &['c', 'k'],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_made_at_a_time() {
        let all = spellings("freedom");
        for slip in [
            "fredom", "freedm", "fredeom", "freeddom", "freedum", "freedon",
        ] {
            assert!(all.iter().any(|one| one == slip), "{slip}");
        }
        assert!(
            all.iter()
                .all(|one| one.starts_with('f') && one.len().abs_diff(7) <= 1)
        );
    }
}
