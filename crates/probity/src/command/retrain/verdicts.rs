//! Verdicts as they are given: one JSON object a line.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use content::finding::Label;
use content::offence::correction::{Opinion, Verdict};
use matters::held_mail::{self, HeldMail};
use register_store::matters_kept::Filter;
use serde::Deserialize;

use crate::cli::people::HereArgs;
use crate::cli::{ConfigArg, RetrainArgs};
use crate::failure::Failure;
use crate::operator::Operator;

/// Matters read at a time.
const PAGE: usize = 200;

/// Longest line: a quotation has 160 bytes, and a sentence is judged by 48 words.
const LONGEST_LINE: u64 = 16 << 10;

/// Most verdicts read: four years of a hundred a week. They take some 100 MB then.
const MOST_VERDICTS: usize = 20_000;

/// Bad lines told at once.
const MOST_TOLD: usize = 20;

/// What was read.
pub(super) struct Verdicts {
    pub(super) list: Vec<Verdict>,
}

#[derive(Deserialize)]
struct Line {
    label: String,
    words: String,
    verdict: String,
}

impl Verdicts {
    /// Reads a file, or standard input for `-`. All lines that are wrong are told, or the first of
    /// very many.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let unreadable = |error| {
            Failure::usage(format!(
                "cannot read the verdicts `{}`: {error}",
                path.display()
            ))
        };
        let input: Box<dyn BufRead> = match path.as_os_str().as_encoded_bytes() {
            b"-" => Box::new(std::io::stdin().lock()),
            _ => Box::new(BufReader::new(File::open(path).map_err(unreadable)?)),
        };
        Self::parse(input, unreadable)
    }

    /// Those of the council's own people about held mail that is decided, the newest.
    pub(super) fn of_held_mail(args: &RetrainArgs) -> Result<Self, Failure> {
        let operator = Operator::open(&HereArgs {
            config: ConfigArg {
                config: args.config.clone(),
            },
            format: args.format,
        })?;
        let mut list = Vec::new();
        let mut filter = Filter {
            states: ["released", "delivered", "rejected"]
                .map(str::to_owned)
                .into(),
            limit: PAGE,
            ..Filter::default()
        };
        loop {
            let page = operator.block_on(operator.store.matters::<HeldMail>(&filter))?;
            list.extend(page.items.iter().flat_map(|kept| of_one(&kept.matter)));
            list.truncate(MOST_VERDICTS);
            filter.after = page.items.last().map(|kept| kept.id.clone());
            if !page.more || list.len() == MOST_VERDICTS {
                return Ok(Self { list });
            }
        }
    }

    fn parse(
        mut input: impl BufRead,
        unreadable: impl Fn(std::io::Error) -> Failure,
    ) -> Result<Self, Failure> {
        let (mut list, mut bad) = (Vec::new(), Vec::new());
        let mut line = Vec::new();
        for number in 1u64.. {
            line.clear();
            let mut limited = input.by_ref().take(LONGEST_LINE);
            let read = limited.read_until(b'\n', &mut line).map_err(&unreadable)?;
            if read == 0 {
                break;
            }
            if read as u64 == LONGEST_LINE {
                bad.push(format!("line {number} is longer than 16 KiB"));
                break;
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            match verdict(&line) {
                Ok(verdict) => list.push(verdict),
                Err(what) => bad.push(format!("line {number}: {what}")),
            }
            if list.len() > MOST_VERDICTS {
                bad.push(format!(
                    "there are more than {MOST_VERDICTS} verdicts; please give the newest of them"
                ));
            }
            if bad.len() >= MOST_TOLD || list.len() > MOST_VERDICTS {
                break;
            }
        }
        match bad.is_empty() {
            true => Ok(Self { list }),
            false => Err(Failure::usage(format!(
                "the verdicts cannot be used:\n{}\nlines are like \
                 {{\"label\":\"insult\",\"words\":\"…\",\"verdict\":\"wrong\"}}",
                bad.join("\n")
            ))),
        }
    }

    /// How many are of this opinion, of those that count.
    pub(super) fn of(&self, opinion: Opinion) -> usize {
        let counts = |verdict: &&Verdict| verdict.is_about_offence() && verdict.opinion == opinion;
        self.list.iter().filter(counts).count()
    }

    /// How many are about something else.
    pub(super) fn left_out(&self) -> usize {
        let others = self
            .list
            .iter()
            .filter(|verdict| !verdict.is_about_offence());
        others.count()
    }
}

/// What was said of one message. Where a finding is about no words there is nothing to learn from.
fn of_one(held: &HeldMail) -> impl Iterator<Item = Verdict> + '_ {
    let said = held.findings.iter().zip(&held.verdicts);
    said.filter(|(found, _)| !found.words.is_empty())
        .filter_map(|(found, verdict)| {
            Some(Verdict {
                label: *Label::ALL
                    .iter()
                    .find(|label| label.name() == found.label)?,
                words: found.words.clone(),
                opinion: match verdict {
                    held_mail::Verdict::Right => Opinion::Right,
                    held_mail::Verdict::Wrong => Opinion::Wrong,
                    held_mail::Verdict::RightButAllowed => Opinion::RightButAllowed,
                },
            })
        })
}

fn verdict(line: &[u8]) -> Result<Verdict, String> {
    let line: Line = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let label = Label::ALL.iter().find(|label| label.name() == line.label);
    let label = label.ok_or_else(|| format!("`{}` is no label of a finding", line.label))?;
    let opinion = Opinion::ALL
        .into_iter()
        .find(|opinion| opinion.name() == line.verdict)
        .ok_or_else(|| {
            format!(
                "`{}` is no verdict; it is right, wrong or right-but-allowed",
                line.verdict
            )
        })?;
    Ok(Verdict {
        label: *label,
        words: line.words,
        opinion,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(text: &str) -> Result<Verdicts, String> {
        let read = Verdicts::parse(text.as_bytes(), Failure::from);
        read.map_err(|failure| failure.message().unwrap())
    }

    const LINE: &str = r#"{"label":"insult","words":"x","verdict":"wrong","matter":"M-1"}"#;

    #[test]
    fn lines_are_read_and_others_told_by_their_number() {
        let sound = format!(
            "{LINE}\n\n{}\n{}",
            LINE.replace("wrong", "right-but-allowed"),
            LINE.replace("insult", "order").replace("wrong", "right")
        );
        let verdicts = read(&sound).unwrap();
        let counted = Opinion::ALL.map(|opinion| verdicts.of(opinion));
        assert_eq!((counted, verdicts.left_out()), ([0, 1, 1], 1));
        let check = |text: &str, expected: &[&str]| {
            let said = read(text).err().unwrap_or_default();
            for expected in expected {
                assert!(said.contains(expected), "{said}");
            }
        };
        check("nonsense", &["line 1: expected", "lines are like"]);
        let unknown = [
            LINE.replace("insult", "rude"),
            LINE.replace("wrong", "maybe"),
        ];
        check(
            &unknown.join("\n"),
            &[
                "line 1: `rude` is no label",
                "line 2: `maybe` is no verdict",
            ],
        );
        check(&"x\n".repeat(100), &["line 20"]);
        assert!(!read(&"x\n".repeat(100)).err().unwrap().contains("line 21"));
    }

    #[test]
    fn what_was_said_of_held_mail_is_learnt_from_where_there_are_words() {
        let found = |label: &str, words: &str| serde_json::json!({ "label": label, "confidence": "high", "words": words });
        let held = serde_json::json!({
            "copy": "gate/7-0", "entry": 7, "at": "2027-03-10T09:30:00Z", "sent": true,
            "person": "ann", "others": [], "mail_from": "", "recipients": [], "subject": "",
            "held_under": [], "sha256": "", "class": null, "asked": null, "read": [],
            "first": null, "second": null, "refused": [], "state": "rejected",
            "waiting": { "since": "2027-03-10T09:30:00Z" },
            "findings": [
                found("insult", "old goat"), found("insult", ""), found("unheard-of", "x"),
                found("order", "ten chairs"), found("threat", "or else"),
            ],
            "verdicts": ["wrong", "wrong", "right", "right-but-allowed", "right"],
        });
        let held: HeldMail = serde_json::from_value(held).unwrap();
        let said: Vec<_> = of_one(&held)
            .map(|one| (one.label.name(), one.words, one.opinion.name()))
            .collect();
        let one = |label, words: &str, opinion| (label, words.to_owned(), opinion);
        assert_eq!(
            said,
            [
                one("insult", "old goat", "wrong"),
                one("order", "ten chairs", "right-but-allowed"),
                one("threat", "or else", "right"),
            ]
        );
    }

    #[test]
    fn what_is_read_is_bounded() {
        let long = LINE.replace(
            "\"x\"",
            &format!("\"{}\"", "x".repeat(LONGEST_LINE as usize)),
        );
        assert!(read(&long).err().unwrap().contains("longer than 16 KiB"));
        let lines = |n| format!("{LINE}\n").repeat(n);
        assert_eq!(
            read(&lines(MOST_VERDICTS)).unwrap().list.len(),
            MOST_VERDICTS
        );
        let many = read(&lines(MOST_VERDICTS + 1)).err().unwrap();
        assert!(many.contains("give the newest"), "{many}");
    }
}
