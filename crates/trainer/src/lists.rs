//! Public word lists, to see what a list alone would do on the same texts.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use content::offence::features::Reader;

/// A list matched by whole folded words.
pub(crate) struct List {
    pub(crate) name: &'static str,
    phrases: HashSet<Vec<String>>,
    longest: usize,
}

impl List {
    /// Every list of the folder.
    pub(crate) fn all(folder: &Path) -> Result<Vec<List>, String> {
        let read = |name: &str| {
            let path = folder.join("lexicons").join(name);
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let ldnoobw = read("ldnoobw-en.txt")?;
        let profanity = read("profanity_en.csv")?;
        let abusive = read("abusive-words-base.txt")?;
        Ok(vec![
            List::new("LDNOOBW", ldnoobw.lines()),
            List::new(
                "surge-ai/profanity",
                profanity
                    .lines()
                    .skip(1)
                    .filter_map(|l| l.split(',').next()),
            ),
            List::new(
                "uds-lsv abusive",
                abusive
                    .lines()
                    .filter_map(|l| l.strip_suffix("\tTRUE")?.rsplit_once('_'))
                    .map(|(word, _)| word),
            ),
        ])
    }

    fn new<'a>(name: &'static str, entries: impl Iterator<Item = &'a str>) -> List {
        let phrases: HashSet<Vec<String>> = entries
            .map(|entry| words(&entry.replace('_', " ")))
            .filter(|phrase| !phrase.is_empty() && phrase != &["0"])
            .collect();
        let longest = phrases.iter().map(Vec::len).max().unwrap_or(0);
        List {
            name,
            phrases,
            longest,
        }
    }

    /// Whether any entry stands in the text.
    pub(crate) fn finds(&self, text: &str) -> bool {
        let words = words(text);
        (0..words.len()).any(|at| {
            (1..=self.longest.min(words.len() - at))
                .any(|n| self.phrases.contains(&words[at..at + n]))
        })
    }
}

fn words(text: &str) -> Vec<String> {
    let mut reader = Reader::new(text);
    let mut words = Vec::new();
    while reader.next_word().is_some() {
        words.push(String::from_utf8_lossy(reader.letters()).into_owned());
    }
    words
}
