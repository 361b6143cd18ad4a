//! The data sets: what each text is an example of, and which part it belongs to.
//!
//! A text's part is decided by a hash of its words, so that copies of it stay together. Eight in
//! ten train, two are only ever measured; settings are chosen by cross-validation among those that
//! train. Of EDOS, the published development split is what is measured. Of the mails four in ten
//! train, three calibrate thresholds and three are measured.

use std::fs;
use std::path::Path;

use content::offence::Detector;
use content::offence::features::{self, Reader};
use content::offence::model::{HEADS, Head};
use serde_json::Value;

/// What a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Train,
    /// Thresholds are set on it: mails alone.
    Calibration,
    /// Only measured.
    Test,
}

/// Where a text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Davidson,
    Edos,
    Guest,
    ConvAbuse,
    Own,
}

impl Source {
    pub(crate) const ALL: [Source; 5] = [
        Source::Davidson,
        Source::Edos,
        Source::Guest,
        Source::ConvAbuse,
        Source::Own,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Source::Davidson => "Davidson",
            Source::Edos => "EDOS",
            Source::Guest => "Guest",
            Source::ConvAbuse => "ConvAbuse",
            Source::Own => "own",
        }
    }
}

/// One text with what it teaches each head: `None` says nothing either way.
pub(crate) struct Example {
    pub(crate) text: String,
    pub(crate) source: Source,
    pub(crate) part: Part,
    /// Which fold of cross-validation it is in.
    pub(crate) fold: u64,
    /// Abusive by its source's own definition.
    pub(crate) abusive: bool,
    pub(crate) targets: [Option<bool>; HEADS],
}

/// Folds of cross-validation.
pub(crate) const FOLDS: u64 = 5;

/// One ordinary mail.
pub(crate) struct Mail {
    pub(crate) text: String,
    pub(crate) part: Part,
    /// It uses strong language itself: finding it is no false alarm.
    pub(crate) swears: bool,
}

/// Everything read.
pub(crate) struct Data {
    pub(crate) examples: Vec<Example>,
    pub(crate) mails: Vec<Mail>,
}

const OWN: [&str; 2] = [
    include_str!("../examples/abuse.tsv"),
    include_str!("../examples/harmless.tsv"),
];

pub(crate) fn read(folder: &Path) -> Result<Data, String> {
    let mut examples = Vec::new();
    for row in lines(folder, "abuse-davidson.jsonl")? {
        let (text, label) = text_and_label(&row);
        let (hate, abusive) = (label == "hate", label != "none");
        let mut targets = [None; HEADS];
        targets[Head::Abuse as usize] = Some(abusive);
        targets[Head::Hate as usize] = Some(hate);
        examples.push(example(text, Source::Davidson, abusive, targets));
    }
    for row in lines(folder, "sexism-edos.jsonl")? {
        let (text, label) = text_and_label(&row);
        let sexist = label == "sexist";
        let vector = row["vector"].as_str().unwrap_or_default();
        let mut targets = [None; HEADS];
        targets[Head::Sexism as usize] = Some(sexist);
        targets[Head::Threat as usize] = Some(vector.starts_with("1."));
        // What is not sexist may be abusive all the same.
        targets[Head::Abuse as usize] = sexist.then_some(true);
        let mut example = example(text, Source::Edos, sexist, targets);
        if row["split"] == "dev" {
            example.part = Part::Test;
        } else if example.part == Part::Test {
            example.part = Part::Train;
        }
        examples.push(example);
    }
    for row in lines(folder, "misogyny-guest.jsonl")? {
        let (text, label) = text_and_label(&row);
        let sexist = label == "sexist";
        let mut targets = [None; HEADS];
        targets[Head::Sexism as usize] = Some(sexist);
        targets[Head::Abuse as usize] = sexist.then_some(true);
        examples.push(example(text, Source::Guest, sexist, targets));
    }
    for row in lines(folder, "abuse-convabuse.jsonl")? {
        let (text, label) = text_and_label(&row);
        let abusive = label == "offensive";
        let is = |kind: &str| {
            let types = row["types"]
                .as_array()
                .map(Vec::as_slice)
                .unwrap_or_default();
            types.iter().any(|t| t == kind)
        };
        let mut targets = [None; HEADS];
        targets[Head::Abuse as usize] = Some(abusive);
        targets[Head::Sexual as usize] = Some(is("sex_harassment"));
        targets[Head::Sexism as usize] = is("sexist").then_some(true);
        targets[Head::Hate as usize] = Some(is("racist") || is("homophobic"));
        targets[Head::Ability as usize] = is("ableist").then_some(true);
        examples.push(example(text, Source::ConvAbuse, abusive, targets));
    }
    // Public posts that are not abusive teach the heads that have no corpus of their own what people
    // say anyway; where their label is about sexism alone, the lists must find nothing either.
    let lists = Detector::new(&[]);
    for example in examples.iter_mut().filter(|example| !example.abusive) {
        let narrow = matches!(example.source, Source::Edos | Source::Guest);
        if !narrow || lists.find(&example.text).is_empty() {
            for head in [
                Head::Abuse,
                Head::Harassment,
                Head::Age,
                Head::Ability,
                Head::Threat,
            ] {
                example.targets[head as usize].get_or_insert(false);
            }
        }
    }
    for line in OWN.iter().flat_map(|file| file.lines()) {
        let (label, text) = line.split_once('\t').ok_or("an example has no label")?;
        examples.push(own(label, text)?);
    }
    let mut mails = Vec::new();
    for row in lines(folder, "work-mail.jsonl")? {
        let (text, _) = text_and_label(&row);
        let part = match tenth(text) {
            0..=3 => Part::Train,
            4..=6 => Part::Calibration,
            _ => Part::Test,
        };
        mails.push(Mail {
            swears: swears(text),
            text: text.to_owned(),
            part,
        });
    }
    Ok(Data { examples, mails })
}

/// One of our own: a head learns its label, and that the others are not it.
fn own(label: &str, text: &str) -> Result<Example, String> {
    let head = match label {
        "none" | "insult" => None,
        "sexist" => Some(Head::Sexism),
        "racist" | "homophobic" | "religious-hatred" => Some(Head::Hate),
        "threat" => Some(Head::Threat),
        "sexual" => Some(Head::Sexual),
        "harassment" => Some(Head::Harassment),
        "ageist" => Some(Head::Age),
        "ableist" => Some(Head::Ability),
        _ => return Err(format!("`{label}` is no label of an example")),
    };
    let abusive = label != "none";
    let mut targets = [Some(false); HEADS];
    targets[Head::Abuse as usize] = Some(abusive);
    if let Some(head) = head {
        targets[head as usize] = Some(true);
    }
    // The two go together too often to teach that one is not the other.
    match head {
        Some(Head::Harassment) => {
            targets[Head::Sexual as usize] = None;
            targets[Head::Threat as usize] = None;
        }
        Some(Head::Sexual | Head::Threat) => targets[Head::Harassment as usize] = None,
        _ => (),
    }
    Ok(example(text, Source::Own, abusive, targets))
}

fn example(text: &str, source: Source, abusive: bool, targets: [Option<bool>; HEADS]) -> Example {
    let text = clean(text);
    let part = match tenth(&text) {
        0..=7 => Part::Train,
        _ => Part::Test,
    };
    Example {
        fold: (hash(&text) >> 40) % FOLDS,
        text,
        source,
        part,
        abusive,
        targets,
    }
}

/// Leaves out what only says that a text was a post: names, links and marks of quotation.
fn clean(text: &str) -> String {
    let words = text.split_inclusive(char::is_whitespace).filter(|word| {
        let word = word.trim();
        !(word == "RT"
            || word.contains("@USER")
            || word.contains("[USER]")
            || word.contains("[URL]")
            || word.contains("://")
            || word.contains("t.co/"))
    });
    words
        .collect::<String>()
        .replace("&amp;", "and")
        .replace('#', " ")
}

fn tenth(text: &str) -> u64 {
    (hash(text) >> 20 & 0xffff_ffff) % 10
}

/// Of the words, as they are compared.
fn hash(text: &str) -> u64 {
    let mut reader = Reader::new(text);
    let mut hash = 0u64;
    while reader.next_word().is_some() {
        hash = hash.rotate_left(5) ^ features::key(reader.letters());
    }
    features::key(&hash.to_le_bytes())
}

fn text_and_label(row: &Value) -> (&str, &str) {
    (
        row["text"].as_str().unwrap_or_default(),
        row["label"].as_str().unwrap_or_default(),
    )
}

fn lines(folder: &Path, name: &str) -> Result<Vec<Value>, String> {
    let path = folder.join(name);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    text.lines()
        .enumerate()
        .map(|(at, line)| {
            serde_json::from_str(line).map_err(|error| format!("{name}, line {}: {error}", at + 1))
        })
        .collect()
}

/// Whether a mail has a word nobody would call office language: such a mail is no false alarm. The
/// list is fixed here, so that it does not move with the detector's own.
fn swears(text: &str) -> bool {
    const STRONG: [&str; 8] = [
        "fuck", "shit", "asshole", "bitch", "cunt", "bastard", "blowjob", "slut",
    ];
    let mut reader = Reader::new(text);
    while reader.next_word().is_some() {
        let word = String::from_utf8_lossy(reader.letters());
        if STRONG.iter().any(|strong| word.contains(strong)) {
            return true;
        }
    }
    false
}
