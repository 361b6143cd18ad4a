//! What was seen, in words that accuse nobody.

use matters::sign_in_misuse::{Certainty, Computer, SignInMisuse, State, What};
use minijinja::{Value, context};

use crate::people_named::name_of;
use crate::visit::Visit;
use crate::words::moment_in_words;

pub(crate) fn what(matter: &SignInMisuse) -> &'static str {
    match (matter.what, matter.let_in) {
        (What::Failures, _) => "Many failed sign-ins",
        (What::OthersComputer, false) => "A sign-in was tried at somebody else’s computer",
        (What::OthersComputer, true) => "A sign-in was used at somebody else’s computer",
        (What::ManyPlaces, _) => "A sign-in was used in many places at once",
    }
}

pub(crate) fn state(state: State) -> (&'static str, &'static str) {
    match state {
        State::Found => ("To be looked into", "yellow"),
        State::Acknowledged => ("Being looked into", "blue"),
        State::Closed => ("Answered", "grey"),
    }
}

/// What is known of it, for the desk and for whose sign-in it is; whose computer it came from is for
/// the desk alone.
pub(crate) fn of_both(visit: &Visit, matter: &SignInMisuse) -> Vec<Value> {
    let moment = |at| moment_in_words(at, &visit.console.zone);
    let row = |key: &str, value: String| context! { key, value };
    let seen = &matter.seen;
    let system = match matter.system.as_str() {
        "console" => "This site",
        "mail" => "The mail server",
        "web" => "The web proxy",
        other => other,
    };
    let addresses: Vec<_> = seen.addresses.iter().cloned().collect();
    let from = match addresses.is_empty() {
        true => "Not known".to_owned(),
        false => addresses.join(", "),
    };
    let let_in = if matter.let_in { "Yes" } else { "No" };
    let mut rows = vec![
        row("Where", system.to_owned()),
        row("How often", seen.count.to_string()),
        row("First", moment(seen.first_at)),
        row("Last", moment(seen.last_at)),
        row("From the network address", from),
        row("Was anybody let in", let_in.to_owned()),
    ];
    if let Some(finding) = &matter.finding {
        rows.push(row("What came of it", finding.clone()));
    }
    rows
}

/// The same, with what is for the desk alone.
pub(crate) fn facts(visit: &Visit, matter: &SignInMisuse) -> Vec<Value> {
    let row = |key: &str, value: String| context! { key, value };
    let mut rows = of_both(visit, matter);
    if let Some(computer) = &matter.computer {
        rows.push(row("Whose computer", whose(visit, computer)));
    }
    let was_them = match matter.was_them {
        None => "They have not said",
        Some(true) => "Yes, they say",
        Some(false) => "No, they say",
    };
    rows.push(row("Was it them", was_them.to_owned()));
    rows
}

/// An address is a computer and not a person.
fn whose(visit: &Visit, computer: &Computer) -> String {
    let name = name_of(&visit.image(), &computer.person);
    let certainty = match computer.certainty {
        Certainty::Fixed => "the address is that computer’s alone",
        Certainty::Lent => "the address may have been another computer’s by then",
    };
    format!("Given to {name}; {certainty}. Who sat before it nobody knows.")
}
