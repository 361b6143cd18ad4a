//! Signs that a sign-in is misused: the desk looks into them, the person is told and blamed for nothing.
#![allow(clippy::unwrap_used)]

mod council;

use council::{Council, act, council, hour, person, told};
use matters::event::{Act, Actor};
use matters::machine::{Effect, Machine, Refused, Taken};
use matters::sign_in_misuse::{
    Certainty, Computer, MOST_ADDRESSES, Opening, Seen, SignInMisuse, State, Step, What,
};

fn asking() -> Council {
    let mut council = council();
    let clauses = [("failures".to_owned(), vec!["t-4.1".to_owned()])];
    council.settings.sign_in_misuse.clauses = clauses.into();
    council
}

fn seen(count: u32, at: i64, addresses: &[&str]) -> Seen {
    Seen {
        count,
        first_at: hour(at),
        last_at: hour(at),
        addresses: addresses.iter().map(|&one| one.to_owned()).collect(),
    }
}

fn opening(who: &str, computer: Option<&str>) -> Opening {
    Opening {
        person: person(who),
        what: What::Failures,
        system: "mail".to_owned(),
        seen: seen(10, 0, &["10.1.4.7"]),
        let_in: false,
        computer: computer.map(|who| Computer {
            person: person(who),
            certainty: Certainty::Lent,
        }),
    }
}

fn rule(at: i64) -> Act {
    Act::of(Actor::Rule("sign-ins".to_owned()), hour(at))
}

fn found(council: &Council, opening: Opening) -> Taken<SignInMisuse> {
    SignInMisuse::open(opening, &rule(0), &council.world()).unwrap()
}

fn again(
    council: &Council,
    matter: &SignInMisuse,
    seen: Seen,
    let_in: bool,
) -> Taken<SignInMisuse> {
    let step = Step::Again { seen, let_in };
    matter.take(step, &rule(1), &council.world()).unwrap()
}

#[test]
fn the_desk_and_the_person_are_told() {
    let council = asking();
    let found = found(&council, opening("mia", None));
    assert_eq!(told(&found), ["+service-desk", "mia"]);
    assert_eq!(found.clauses, ["t-4.1"]);
    let tasks = found.effects.iter();
    let tasks: Vec<_> = tasks
        .filter_map(|effect| match effect {
            Effect::Task { task, post, .. } => Some((*task, post.as_str())),
            Effect::Notify { .. } => None,
        })
        .collect();
    assert_eq!(tasks, [("look-into-sign-ins", "service-desk")]);
    // Nobody reports it by hand.
    let by_hand = SignInMisuse::open(opening("mia", None), &act("cia", 0), &council.world());
    assert!(matches!(by_hand, Err(Refused::Rule { .. })));
}

#[test]
fn it_is_added_to_and_told_again_only_when_somebody_got_in() {
    let council = asking();
    let first = found(&council, opening("mia", None)).matter;
    let more = again(&council, &first, seen(10, 1, &["10.1.4.8"]), false);
    assert_eq!(told(&more), [""; 0]);
    assert_eq!(more.matter.seen.count, 20);
    assert_eq!(more.matter.seen.addresses.len(), 2);
    let inside = again(&council, &more.matter, seen(1, 2, &[]), true);
    assert_eq!(told(&inside), ["+service-desk", "mia"]);
    let once = again(&council, &inside.matter, seen(1, 3, &[]), true);
    assert_eq!(told(&once), [""; 0]);
    let many: Vec<_> = (0..40).map(|n| format!("10.2.0.{n}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let bounded = again(&council, &once.matter, seen(40, 4, &many), false);
    assert_eq!(bounded.matter.seen.addresses.len(), MOST_ADDRESSES);
}

/// Whoever's computer it came from decides nothing about it, and neither does whose name it was.
#[test]
fn the_desk_answers_it_and_whoever_is_in_it_does_not() {
    let council = asking();
    let close = |finding: &str| Step::Close {
        finding: finding.to_owned(),
    };
    let matter = found(&council, opening("mia", Some("desk"))).matter;
    let named = council.take(&matter, Step::Acknowledge, "desk", 1);
    assert!(matches!(named, Err(Refused::Named)));
    let stranger = council.take(&matter, Step::Acknowledge, "ned", 1);
    assert!(matches!(stranger, Err(Refused::Authority { .. })));
    let own = council.take(&matter, close("it is nothing"), "mia", 1);
    assert!(matches!(own, Err(Refused::OwnMatter)));
    let read = council.take(&matter, Step::Acknowledge, "dora", 1).unwrap();
    assert_eq!(read.matter.state, State::Acknowledged);
    let empty = council.take(&read.matter, close(" "), "dora", 2);
    assert!(matches!(empty, Err(Refused::Field { .. })));
    let closed = council.take(
        &read.matter,
        close("a telephone had the old password"),
        "dora",
        2,
    );
    let closed = closed.unwrap();
    assert_eq!(closed.matter.state, State::Closed);
    assert_eq!(told(&closed), ["mia"]);
    let late = council.take(&closed.matter, Step::Acknowledge, "dora", 3);
    assert!(matches!(late, Err(Refused::State { .. })));
}

#[test]
fn the_person_alone_says_whether_it_was_them() {
    let council = asking();
    let matter = found(&council, opening("mia", None)).matter;
    let other = council.take(&matter, Step::Answer { was_me: true }, "lou", 1);
    assert!(matches!(other, Err(Refused::OnlyBy(_))));
    let said = council.take(&matter, Step::Answer { was_me: true }, "mia", 1);
    let said = said.unwrap();
    assert_eq!(said.matter.was_them, Some(true));
    assert_eq!(told(&said), ["+service-desk"]);
}

#[test]
fn the_desk_is_reminded_and_then_audit_is_told() {
    let council = asking();
    let mut matter = found(&council, opening("mia", None)).matter;
    assert_eq!(council.wait(&mut matter, 24 * 30), ["remind", "escalate"]);
    assert_eq!(matter.state, State::Found);
}

#[test]
fn a_computer_of_their_own_is_no_sign() {
    let council = asking();
    let own = opening("mia", Some("mia"));
    let found = SignInMisuse::open(own, &rule(0), &council.world());
    assert!(matches!(found, Err(Refused::Field { .. })));
}
