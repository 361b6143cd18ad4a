//! What a correction would do, for whoever decides about it.

use content::offence::built_in;
use content::offence::correction::frozen::{Alarms, Score, Worse};
use content::offence::correction::{HeldBack, Judged, MOST_UNITS, MOST_WEIGHTS, Opinion, Proposal};
use serde_json::{Value, json};

use super::verdicts::Verdicts;
use crate::print;
use crate::print::say;

/// Weights told in words.
const SHOWN: usize = 12;

/// All that is known of a correction.
pub(super) struct Report {
    pub(super) verdicts: Verdicts,
    pub(super) proposal: Proposal,
    pub(super) held_back: HeldBack,
    pub(super) before: Score,
    pub(super) after: Score,
    pub(super) worse: Vec<Worse>,
    pub(super) applied: bool,
}

impl Report {
    /// Whether it changes anything, and nothing for the worse.
    pub(super) fn is_worth_applying(&self) -> bool {
        self.worse.is_empty() && !self.proposal.correction.is_empty()
    }

    pub(super) fn as_json(&self) -> Value {
        let judged = |judged: Judged| {
            json!({
                "verdicts": judged.verdicts,
                "found_before": judged.found_before, "found_after": judged.found_after,
            })
        };
        let heads = self.before.heads.iter().zip(&self.after.heads);
        let heads: Vec<Value> = heads
            .map(|(before, after)| {
                json!({
                    "head": before.head, "sentences": before.sentences,
                    "found_before": before.found, "found_after": after.found,
                    "high_before": before.high, "high_after": after.high,
                })
            })
            .collect();
        let alarms = |before: Alarms, after: Alarms| {
            json!({
                "sentences": before.sentences,
                "flagged_before": before.flagged, "flagged_after": after.flagged,
            })
        };
        let changes = self.proposal.changes.iter().take(SHOWN);
        let changes: Vec<Value> = changes
            .map(|c| json!({ "words": c.words, "head": c.head, "units": c.units }))
            .collect();
        let worse: Vec<String> = self.worse.iter().map(Worse::to_string).collect();
        json!({
            "verdicts": {
                "right": self.verdicts.of(Opinion::Right),
                "wrong": self.verdicts.of(Opinion::Wrong),
                "right_but_allowed": self.verdicts.of(Opinion::RightButAllowed),
                "left_out": self.verdicts.left_out(),
            },
            "built_in": built_in().version(),
            "proposed": self.proposal.correction.version(),
            "weights": self.proposal.correction.len(),
            "changes": changes,
            "held_back": {
                "wrong": judged(self.held_back.wrong), "right": judged(self.held_back.right),
            },
            "frozen": {
                "heads": heads,
                "work": alarms(self.before.work, self.after.work),
                "reported": alarms(self.before.reported, self.after.reported),
            },
            "worse": worse,
            "applied": self.applied,
        })
    }

    pub(super) fn print(&self) {
        let verdicts = &self.verdicts;
        say!(
            "verdicts: {} wrong, {} right, {} right but allowed{}",
            verdicts.of(Opinion::Wrong),
            verdicts.of(Opinion::Right),
            verdicts.of(Opinion::RightButAllowed),
            match verdicts.left_out() {
                0 => String::new(),
                n => format!("; {n} not about offence, left out"),
            }
        );
        self.print_changes();
        say!(
            "on verdicts each correction has not seen{:>12}{:>12}",
            "before",
            "after"
        );
        judged("  wrong, and found", self.held_back.wrong);
        judged("  right, and found", self.held_back.right);
        self.print_frozen();
        self.print_end();
    }

    fn print_changes(&self) {
        let n = self.proposal.correction.len();
        say!("weights lowered: {n} of at most {MOST_WEIGHTS}, none by more than {MOST_UNITS}");
        for change in self.proposal.changes.iter().take(SHOWN) {
            say!(
                "  {:+4} {}: {}",
                change.units,
                change.head,
                print::safe(&change.words)
            );
        }
        if n > SHOWN {
            say!("  and {} less or as much", n - SHOWN);
        }
    }

    fn print_frozen(&self) {
        say!("on the frozen set{:>35}{:>12}", "before", "after");
        for (before, after) in self.before.heads.iter().zip(&self.after.heads) {
            let of = before.sentences;
            row(
                &format!("  {}, found", before.head),
                of,
                before.found,
                after.found,
            );
        }
        let all = self.before.heads.iter().map(|head| head.sentences).sum();
        row(
            "  all of it, found",
            all,
            self.before.found(),
            self.after.found(),
        );
        let (before, after) = (self.before.high(), self.after.high());
        row("  all of it, with high confidence", all, before, after);
        let alarms = |name, before: Alarms, after: Alarms| {
            row(name, before.sentences, before.flagged, after.flagged);
        };
        alarms(
            "  everyday work, flagged",
            self.before.work,
            self.after.work,
        );
        alarms(
            "  reports of abuse, flagged",
            self.before.reported,
            self.after.reported,
        );
    }

    fn print_end(&self) {
        if self.proposal.correction.is_empty() {
            say!(
                "nothing to apply: a word is corrected once it stands in two verdicts, and only wrong \
                 ones lower anything"
            );
        } else if self.applied {
            say!("in use: {}", self.proposal.correction.version());
            say!("the one before is kept: probity content retrain --rollback");
        } else if self.worse.is_empty() {
            say!("not in use yet: add --apply");
        } else {
            say!("this must not be used:");
            for worse in &self.worse {
                say!("  {worse}");
            }
            say!(
                "look again at the wrong verdicts that hold the words above, take out those that are \
                 mistaken or not meant in earnest, and try once more; what is to pass for some \
                 people or some words only is for a rule that allows it"
            );
        }
    }
}

fn judged(name: &str, judged: Judged) {
    row(
        name,
        judged.verdicts,
        judged.found_before,
        judged.found_after,
    );
}

fn row(name: &str, of: usize, before: usize, after: usize) {
    say!(
        "{name:<40}{:>12}{:>12}",
        format!("{before} of {of}"),
        format!("{after} of {of}")
    );
}
