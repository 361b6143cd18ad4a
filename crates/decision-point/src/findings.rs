//! What was found in content, as facts for the policy and as it stands on the record.

use std::collections::BTreeSet;

use content::contents::Contents;
use content::document::Opaque;
use content::finding::{Confidence, Evidence, Label};
use content::known_files::How;
use content::media::PartKind;
use content::passages::Role;
use policy::request::Labels;
use serde::Serialize;

use crate::adopted::Adopted;

/// Findings written out in one entry. What is beyond changes no decision: the facts have the labels
/// of all.
const ON_RECORD: usize = 50;

/// A finding as an entry holds it: where and why, never the words. Whoever has the message, known
/// by its hash, can read them there.
#[derive(Debug, Serialize)]
pub struct FindingEntry<'a> {
    label: &'static str,
    confidence: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    part: &'a str,
    role: &'static str,
    /// Bytes of the part's text.
    span: [usize; 2],
    by: String,
}

/// The labels rules read: findings, and suspicions where there is no more than that.
pub(crate) fn labels(contents: &Contents, adopted: &Adopted) -> (Labels, Labels) {
    let (mut high, mut low) = contents.labels();
    let bulk = adopted.pack().settings().content.bulk_records.get();
    let records = contents.records;
    if records.high >= bulk {
        high.insert(Label::PersonalDataBulk);
    } else if records.high + records.low >= bulk {
        low.insert(Label::PersonalDataBulk);
    }
    let low = low.difference(&high).copied().collect();
    let names =
        |labels: BTreeSet<Label>| labels.iter().map(|label| label.name().to_owned()).collect();
    (names(high), names(low))
}

/// Kinds of the files inside files; what needs a password is a locked archive, whatever it is.
pub(crate) fn kinds_inside(contents: &Contents) -> impl Iterator<Item = PartKind> {
    let locked = contents.opaque.iter().filter_map(|(_, why)| {
        let is_locked = *why == Opaque::Encrypted;
        is_locked.then_some(PartKind::EncryptedArchive)
    });
    contents.kinds.iter().copied().chain(locked)
}

/// Leaves of the labels what holds for mail nobody reads: malicious code is stopped everywhere.
pub(crate) fn keep_private(findings: &mut Labels, suspicions: &mut Labels) {
    findings.retain(|label| label == Label::Malware.name());
    suspicions.clear();
}

/// The findings of an entry, and after them the files that are games, as what tells a game is not in
/// the facts. Without `judged` only those that hold for everybody.
pub(crate) fn on_record(contents: &Contents, judged: bool) -> Vec<FindingEntry<'_>> {
    let findings = contents
        .findings
        .iter()
        .filter(|finding| judged || finding.hit.label == Label::Malware)
        .map(|finding| FindingEntry {
            label: finding.hit.label.name(),
            confidence: finding.hit.confidence.name(),
            part: crate::entry::cut(&finding.part),
            role: finding.role.name(),
            span: [finding.hit.span.start, finding.hit.span.end],
            by: by(&finding.hit.evidence),
        });
    let games = contents.games.iter().filter(|_| judged);
    let games = games.map(|game| FindingEntry {
        label: "game",
        confidence: Confidence::High.name(),
        part: crate::entry::cut(&game.part),
        role: Role::File.name(),
        span: [0, 0],
        by: by(&game.by),
    });
    findings.chain(games).take(ON_RECORD).collect()
}

/// What was passed over, as somebody found that the words are not what they seem.
pub(crate) fn passed_over(contents: &Contents) -> Vec<&'static str> {
    let labels = contents.passed_over.iter();
    labels.map(|label| label.name()).collect()
}

/// What found it, without the words it found.
pub fn by(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Pattern {
            pattern,
            validators,
        } if validators.is_empty() => (*pattern).to_owned(),
        Evidence::Pattern {
            pattern,
            validators,
        } => format!("{pattern}: {}", validators.join(", ")),
        Evidence::Terms { rule, .. } => (*rule).to_owned(),
        Evidence::Weights { score, .. } => format!("score {score:+.2}"),
        Evidence::File(what) => what.clone(),
        Evidence::Registered {
            reference,
            owner,
            how,
        } => {
            let owner = owner.as_ref();
            let owner = owner.map_or_else(String::new, |owner| format!(" (owner {owner})"));
            format!("{reference}{owner}: {}", how_recognised(*how))
        }
    }
}

fn how_recognised(how: How) -> String {
    match how {
        How::TheFile => "the file itself".to_owned(),
        How::TheBeginning { as_long: true } => "begins as it does and is as long".to_owned(),
        How::TheBeginning { as_long: false } => "begins as it does".to_owned(),
        How::ItsText { letters, share } => {
            format!("{letters} letters of its text in a row or nearly so, {share} % of it in all")
        }
    }
}

#[cfg(test)]
mod tests {
    use policy::vocabulary::{LABELS, Set, Source};

    use super::*;

    /// Found in a body by the gate, and by no detector.
    const BY_THE_GATE: &str = "unscannable";

    #[test]
    fn the_vocabulary_says_gathered_of_what_detectors_find_and_of_nothing_else() {
        let found: BTreeSet<&str> = Label::ALL.iter().map(|label| label.name()).collect();
        let gathered: BTreeSet<&str> = LABELS
            .iter()
            .filter(|label| label.set == Set::Finding && label.source == Source::Gathered)
            .map(|label| label.name)
            .filter(|name| *name != BY_THE_GATE)
            .collect();
        assert_eq!(found, gathered);
    }
}
