//! Personal and sensitive data in a text: identifiers of people in the United Kingdom, lists of
//! people, special categories, passwords, and protective markings.
//!
//! Numbers that prove themselves by a check digit are findings only with the word that names
//! them near by; see [`Confidence`](crate::finding::Confidence). Names, mail addresses and telephone numbers are nothing by
//! themselves: ordinary mail is full of them. What this cannot know is whether the sender may
//! send it and the recipient may have it.
//!
//! Digits of other scripts, full-width letters and invisible characters are read as what they
//! show; every span is one of the text as it was given.

mod address;
mod bank;
mod birth;
mod bulk;
mod check_digits;
mod context;
mod folded;
mod identifiers;
mod labels;
mod marking;
mod numbers;
mod password;
mod people;
mod shapes;
mod special;
mod standing;
mod vocabulary;

use std::collections::BTreeSet;

use crate::finding::Confidence::{High, Low};
use crate::finding::{Evidence, Hit, Label};
use bank::Halves;
use folded::Folded;
use identifiers::Found;
use numbers::{Number, cuts};
use vocabulary::{Term, Topic};

/// Findings of one text beyond this many are left out, and as many words get a closer look: a
/// text with more is a data dump, and is judged as one long before.
const MOST: usize = 20_000;

/// Letters and digits of the shortest identifier, a postcode.
const SHORTEST: usize = 5;

/// Different valid NHS numbers that confirm each other: one may be chance, three are a list.
const NHS_LIST: usize = 3;

/// Ten-digit numbers in a text from which on chance is reckoned with.
const MANY: usize = 4;

/// Everything sensitive in a text, in order of place.
pub fn find(text: &str) -> Vec<Hit> {
    let folded = Folded::of(text);
    let plain: &str = &folded.text;
    let terms = vocabulary::terms(plain);
    let identifiers = personal_data(plain, &terms);

    let mut hits = Vec::new();
    let mut push = |label, confidence, span: &std::ops::Range<usize>, evidence| {
        hits.push(Hit {
            label,
            confidence,
            span: folded.original(span),
            evidence,
        });
    };
    for term in terms.iter().take(MOST) {
        let words = vec![
            plain
                .get(term.span.clone())
                .unwrap_or_default()
                .to_lowercase(),
        ];
        match (term.topic, term.topic.special_category()) {
            (_, Some(rule)) => {
                if let Some(confidence) = special::about_somebody(plain, term, &identifiers) {
                    push(
                        Label::SpecialCategory,
                        confidence,
                        &term.span,
                        Evidence::Terms { rule, terms: words },
                    );
                }
            }
            (Topic::Password | Topic::Pin, _) => {
                if let Some((deed, span)) = password::deed(plain, term) {
                    let evidence = Evidence::Terms {
                        rule: deed.rule(),
                        terms: words,
                    };
                    push(Label::Password, High, &span, evidence);
                }
            }
            _ => (),
        }
    }
    for list in bulk::lists(plain) {
        let evidence = Evidence::Pattern {
            pattern: list.pattern,
            validators: list.validators,
        };
        push(
            Label::PersonalDataBulk,
            list.confidence,
            &list.span,
            evidence,
        );
    }
    for Found {
        span,
        confidence,
        pattern,
        validators,
    } in identifiers
    {
        push(
            Label::PersonalData,
            confidence,
            &span,
            Evidence::Pattern {
                pattern,
                validators,
            },
        );
    }
    hits.sort_by_key(|hit| (hit.span.start, hit.span.end));
    hits.truncate(MOST);
    hits
}

/// A protective marking in a subject line, or in the first or last lines of a text or of the
/// pages of a document (parted by form feeds).
pub fn markings(text: &str) -> Vec<Hit> {
    let marked = marking::find(text).into_iter().map(|marked| {
        let words = text
            .get(marked.span.clone())
            .unwrap_or_default()
            .to_lowercase();
        Hit {
            label: Label::ProtectiveMarking,
            confidence: marked.confidence,
            span: marked.span,
            evidence: Evidence::Terms {
                rule: marked.rule,
                terms: vec![words],
            },
        }
    });
    marked.take(MOST).collect()
}

/// The value an identifier has however its groups are separated and its digits drawn: two that are
/// equal speak of the same person or record.
pub(crate) fn value(written: &str) -> String {
    let folded = Folded::of(written);
    let letters = folded.text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_uppercase).collect()
}

/// The identifiers of a folded text, in order, none inside another.
fn personal_data(text: &str, terms: &[Term]) -> Vec<Found> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut halves = Halves::default();
    let mut ten_digits = 0;
    let mut behind = 0;
    for start in numbers::starts(bytes) {
        if start < behind {
            continue;
        }
        if found.len() >= MOST {
            break;
        }
        let number = Number::read(bytes, start);
        if number.len() < SHORTEST {
            continue;
        }
        let ten = number
            .take(10, cuts(&[3, 6]))
            .filter(|ten| ten.chars.iter().all(u8::is_ascii_digit));
        ten_digits += usize::from(ten.is_some());
        let identifier =
            identifiers::at(text, &number, terms).or_else(|| address::at(text, &number));
        match identifier {
            Some(identifier) => {
                behind = identifier.span.end;
                found.push(identifier);
            }
            None => halves.add(text, &number, terms),
        }
    }
    let births = terms
        .iter()
        .filter(|term| term.topic == Topic::BirthDate)
        .take(MOST);
    found.extend(births.filter_map(|term| birth::date_of_birth(text, term)));
    found.extend(halves.pair(text));
    found.sort_by_key(|identifier| (identifier.span.start, identifier.span.end));
    weigh_ten_digits(text, &mut found, ten_digits);
    found.truncate(MOST);
    found
}

/// Several different valid NHS numbers confirm each other; where most ten-digit numbers of a text
/// are not valid, those without a label are the one in eleven that passes by chance.
fn weigh_ten_digits(text: &str, found: &mut Vec<Found>, ten_digits: usize) {
    let value = |found: &Found| -> String {
        let written = text.get(found.span.clone()).unwrap_or_default();
        written.chars().filter(char::is_ascii_digit).collect()
    };
    let all = |pattern: &'static str| found.iter().filter(move |found| found.pattern == pattern);
    let different = all("nhs-number")
        .map(value)
        .collect::<BTreeSet<String>>()
        .len();
    let most = |pattern| all(pattern).count() * 2 >= ten_digits;
    let (most_nhs, most_utr) = (most("nhs-number"), most("utr"));
    if ten_digits >= MANY {
        found.retain(|found| match found.pattern {
            "nhs-number" => most_nhs || found.confidence == High,
            "utr" => most_utr || found.confidence == High,
            _ => true,
        });
    }
    if different >= NHS_LIST && most_nhs {
        let doubtful = found
            .iter_mut()
            .filter(|found| found.pattern == "nhs-number" && found.confidence == Low);
        for found in doubtful {
            found.confidence = High;
            found.validators.push("several in one text");
        }
    }
}

#[cfg(test)]
mod tests;
