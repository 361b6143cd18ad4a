//! Sharing in words.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use matters::delegation::{Basis, Delegation, Ending, Right, State};
use matters::id::PersonId;
use minijinja::{Value, context};

use crate::people_named::name_of;
use crate::visit::Visit;
use crate::words::day_in_words;

/// A state and its colour.
pub(in crate::pages) fn state(state: State) -> (&'static str, &'static str) {
    match state {
        State::Proposed => ("Waits to be agreed", "blue"),
        State::AwaitingApproval => ("Agreed, to be approved", "blue"),
        State::Agreed => ("Agreed, to be set up", "blue"),
        State::Informed => ("Set up, not begun yet", "turquoise"),
        State::Active => ("In force", "green"),
        State::Ended => ("Ended", "grey"),
        State::Expired => ("Out of time", "grey"),
        State::Declined => ("Not agreed", "grey"),
        State::Refused => ("Not approved", "red"),
        State::Lapsed => ("Not settled in time", "grey"),
        State::OwnerToBeTold => ("Over; the owner has to be told", "yellow"),
    }
}

pub(in crate::pages) fn right(right: Right) -> &'static str {
    match right {
        Right::Read => "Read what is in the mailbox, except what is marked private",
        Right::SendOnBehalf => "Send on behalf, with both names showing",
        Right::SendAs => "Send as the owner",
    }
}

pub(crate) fn rights(rights: &BTreeSet<Right>) -> Vec<&'static str> {
    rights.iter().map(|one| right(*one)).collect()
}

pub(in crate::pages) fn ending(matter: &Delegation) -> Option<&'static str> {
    Some(match matter.ending? {
        Ending::ByOwner => "The owner ended it.",
        Ending::ByDelegate => "The one who used it ended it.",
        Ending::ByOrder => "Whoever ordered it ended it.",
        Ending::Leaver => "It ended because one of the two left.",
        Ending::Mover => "It ended because one of the two moved to other work.",
    })
}

pub(in crate::pages) fn title(visit: &Visit, matter: &Delegation) -> String {
    let image = visit.image();
    let owner = name_of(&image, &matter.owner);
    let delegate = name_of(&image, &matter.delegate);
    match matter.basis {
        Basis::Agreement => format!("{delegate} and the mailbox of {owner}"),
        Basis::Continuity => format!("The mailbox of {owner}, opened while they are away"),
    }
}

pub(in crate::pages) fn facts(visit: &Visit, matter: &Delegation) -> Vec<Value> {
    let image = visit.image();
    let day = |at: Timestamp| day_in_words(at.to_zoned(visit.console.zone.clone()).date());
    let row = |key: &str, value: String| context! { key, value };
    let last = matter.until - SignedDuration::from_secs(1);
    let mut facts = vec![
        row("Whose mailbox", name_of(&image, &matter.owner)),
        row("Who may use it", name_of(&image, &matter.delegate)),
        context! { key => "For what", values => rights(&matter.rights) },
        row("When", format!("{} to {}", day(matter.from), day(last))),
        row("Why", matter.why.clone()),
        row("Proposed by", name_of(&image, &matter.proposed_by)),
    ];
    let agreed = [
        ("Owner agreed on", matter.owner_agreed),
        ("The other agreed on", matter.delegate_agreed),
        ("Owner said they know of it on", matter.owner_told),
    ];
    let agreed = agreed.into_iter();
    facts.extend(agreed.filter_map(|(key, at)| Some(row(key, day(at?)))));
    facts.extend(matter.approved.as_ref().map(|approved| {
        let by = name_of(&image, &approved.by);
        row("Approved", format!("{by}, {}", day(approved.at)))
    }));
    facts
}

/// Between an officer and a councillor.
pub(in crate::pages) fn warning(
    visit: &Visit,
    owner: &PersonId,
    delegate: &PersonId,
) -> Option<&'static str> {
    let image = visit.image();
    let councillor = &visit.console.people.withdrawal.councillor.audience;
    let is_councillor = |who: &PersonId| {
        let person = image.people().person(who);
        person.is_some_and(|person| person.audience == *councillor)
    };
    (is_councillor(owner) != is_councillor(delegate)).then_some(
        "This is between an officer and a councillor. Keep party matters out of council mail, and \
         make clear in which role you write.",
    )
}
