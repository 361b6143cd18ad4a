//! States of clauses, channels, outcomes and obligations in words.

use ::policy::coverage::Status;
use ::policy::decision::Outcome;
use ::policy::obligation::{Obligation, Severity};
use ::policy::rule::{Effect, Rule};

/// A name for the address, the words, the colour that repeats them.
type State = (&'static str, &'static str, &'static str);

/// How far a clause can be met.
pub(super) const STATES: [State; 6] = [
    ("rules", "Met by rules at the gates", "green"),
    ("process", "Met by a process", "green"),
    ("partly", "Met in part", "yellow"),
    ("waiting", "Rules ready, facts not gathered yet", "blue"),
    ("unproven", "Rules not proven", "orange"),
    ("open", "Not met by this service yet", "grey"),
];

/// For a clause nobody worked out.
pub(super) const UNKNOWN: State = STATES[5];

pub(super) fn state(status: &Status) -> State {
    let [rules, process, partly, waiting, unproven, open] = STATES;
    match status {
        Status::MetByRules { .. } => rules,
        Status::MetByTest { .. } => process,
        Status::Partly { .. } => partly,
        Status::Waiting { .. } => waiting,
        Status::Unproven { .. } => unproven,
        Status::Open => open,
    }
}

pub(super) fn channel(channel: &str) -> String {
    let words = match channel {
        "account" => "Becoming and being a user",
        "all" => "Everything",
        "governance" => "How the policy is made and kept",
        "im" => "Instant messages",
        "investigation" => "Looking into misuse",
        "mobile" => "Mobile telephones",
        "phone" => "Telephones",
        "print" => "Printing",
        "records" => "Records and requests for information",
        "storage" => "Files and storage",
        "web" => "Internet",
        other => return crate::form::capital(&other.replace('-', " ")),
    };
    words.to_owned()
}

/// What happens, and the colour that repeats it.
pub(in crate::pages) fn outcome(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Permit => ("Goes through", "green"),
        Outcome::Warn => ("Goes through after a warning", "yellow"),
        Outcome::Hold => ("Waits for somebody to decide", "orange"),
        Outcome::Refuse => ("Does not go through", "red"),
    }
}

/// What a rule does when it holds.
pub(super) fn effect(rule: &Rule) -> &'static str {
    match (rule.effect, rule.outcome) {
        (Effect::Forbid, Outcome::Warn) => "Warns first",
        (Effect::Forbid, Outcome::Hold) => "Keeps it until somebody decides",
        (Effect::Forbid, _) => "Stops it",
        (Effect::Permit, _) if rule.releases.is_empty() => "Lets it through, and does more",
        (Effect::Permit, _) => "Lifts other clauses for whoever has leave",
    }
}

/// What else is done, as a sentence.
pub(in crate::pages) fn obligation(
    obligation: &Obligation,
    post: impl Fn(&str) -> String,
) -> String {
    match obligation {
        Obligation::Disclaimer => "The council’s notice is added to the message".to_owned(),
        Obligation::ShowOnBehalf => "The message shows who wrote it and on whose behalf".to_owned(),
        Obligation::Encrypt => "It is delivered over an encrypted connection only".to_owned(),
        Obligation::Tag(text) => format!("“{text}” is put in front of the subject"),
        Obligation::RedirectToSpamDesk => "It is delivered to the spam desk instead".to_owned(),
        Obligation::Incident(severity) => {
            let when = match severity {
                Severity::Low => "in the ordinary run of work",
                Severity::Medium => "on the same working day",
                Severity::High => "at once",
            };
            format!("Somebody looks at it {when}")
        }
        Obligation::Notify(whom) => format!("The {} is told", post(whom)),
        Obligation::Throttle(_) => "It is slowed down".to_owned(),
        Obligation::StartClock(clock) => {
            format!("A time limit begins: {}", clock.replace('-', " "))
        }
        Obligation::Count(counter) => format!("It is counted: {}", counter.replace('-', " ")),
    }
}
