//! Held mail in words.

use matters::held_mail::{HeldMail, State, Verdict};
use minijinja::{Value, context};
use policy::people::PeopleSettings;

use crate::deciding::clause_in_words;
use crate::visit::Visit;

/// What belongs to no class of the pack.
pub(super) const OTHER: &str = "Anything else";

/// What a message is held for.
pub(super) fn class(people: &PeopleSettings, held: &HeldMail) -> String {
    match held.class(&people.held_mail) {
        Some(class) => class.title.clone(),
        None => OTHER.to_owned(),
    }
}

/// Whether anybody can release it.
pub(super) fn is_released_by_somebody(people: &PeopleSettings, held: &HeldMail) -> bool {
    let class = held.class(&people.held_mail);
    class.is_none_or(|class| !class.decided_by.is_empty())
}

/// Clauses it was held under, by number and title.
pub(super) fn clauses(visit: &Visit, held: &HeldMail) -> Vec<String> {
    let image = visit.image();
    let clauses = held.held_under.iter();
    clauses
        .map(|id| clause_in_words(id, image.pack()))
        .collect()
}

/// A state, with its colour, to those who decide.
pub(super) fn state(state: State) -> (&'static str, &'static str) {
    match state {
        State::Held => ("Waits", "blue"),
        State::SecondNeeded => ("Waits for a second person", "purple"),
        State::Released => ("Released, on its way", "turquoise"),
        State::Delivered => ("Released", "green"),
        State::Rejected => ("Kept back", "red"),
        State::Expired => ("Expired", "grey"),
        State::Sealed => ("Kept as evidence", "orange"),
    }
}

/// A state to those who wrote it or are to get it. What is kept as evidence does not go on, and
/// that is all they are told.
pub(super) fn state_to_them(state: State) -> (&'static str, &'static str) {
    match state {
        State::Held | State::SecondNeeded => ("Waits for a decision", "blue"),
        State::Released => ("Released, on its way", "turquoise"),
        State::Delivered => ("Released", "green"),
        State::Rejected | State::Sealed => ("Does not go on", "red"),
        State::Expired => ("Expired", "grey"),
    }
}

/// A verdict on a button.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Right => "Right",
        Verdict::Wrong => "Wrong: these words are not that",
        Verdict::RightButAllowed => "Right, and it may go all the same",
    }
}

/// A label as people say it: `personal data`.
pub(super) fn label(label: &str) -> String {
    label.replace('-', " ")
}

/// What was found, as rows.
pub(super) fn findings(held: &HeldMail) -> Vec<Value> {
    let said = held.verdicts.iter().map(|one| verdict(*one));
    let said = said.chain(std::iter::repeat(""));
    let rows = held.findings.iter().zip(said).map(|(found, said)| {
        context! {
            what => label(&found.label),
            words => &found.words,
            sure => if found.confidence == "high" { "Sure" } else { "A suspicion" },
            said,
        }
    });
    rows.collect()
}
