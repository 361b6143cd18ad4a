//! What a virus scanner says, and what its silence means: that is for the pack to say.

use std::collections::BTreeSet;

use decision_point::mail::MailEvent;
use policy::decision::Outcome::{self, Hold, Permit};

use crate::letter::mail;
use crate::town::{HALTON, Town, WALSALL, Who};

/// Decides a stranger's harmless message of which the scanner said this: a name, or nothing in time.
#[track_caller]
fn check(town: &Town, found: Option<&str>, outcome: Outcome, clause: &str) {
    let letter = mail(
        "jo@resident.example",
        "ann@council.example",
        "Bins",
        "When are they emptied?",
    );
    town.with_event(Who::Stranger, &letter, |event| {
        let mut contents = event.contents.clone();
        match found {
            Some(name) => contents.add_malware(name),
            None => contents.unscanned = true,
        }
        let event = MailEvent {
            contents: &contents,
            ..*event
        };
        let verdict = town.point.consider_mail(&event, &BTreeSet::new());
        assert_eq!(verdict.strictest(), outcome);
        let mut standing = verdict
            .groups
            .iter()
            .flat_map(|group| group.decision.standing());
        assert!(
            standing.any(|reason| reason.clause.as_str() == clause),
            "{verdict:?}"
        );
    });
}

#[test]
fn what_it_finds_counts_as_found_here() {
    check(&WALSALL, Some("Win.Test"), Hold, "walsall-6.3.3.b");
    check(&HALTON, Some("Win.Test"), Hold, "halton-3.1.21.a");
}

#[test]
fn what_it_did_not_look_at_is_not_clean() {
    check(&WALSALL, None, Hold, "walsall-6.3.3.a");
    // Goes on, with a mark in its subject.
    check(&HALTON, None, Permit, "halton-3.1.21.a");
}
