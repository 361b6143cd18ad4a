//! Generic mailboxes: enough people answer for one, or it is at risk.
#![allow(clippy::unwrap_used)]

mod council;

use council::{Council, council, hour, person};
use matters::id::UnitId;
use matters::machine::Machine;
use matters::mailbox::{GenericMailbox, Opening, State, Step};
use proptest::prelude::*;

const DAY: i64 = 24;

fn opening() -> Opening {
    Opening {
        address: "Planning.Enquiries@Example.org".to_owned(),
        purpose: "questions about applications".to_owned(),
        manager: person("lou"),
        administrators: vec![person("mia"), person("ned")],
        unit: UnitId::from("planning"),
    }
}

fn requested(council: &Council) -> GenericMailbox {
    council.open(opening(), "dan", 0).unwrap().matter
}

fn run(
    council: &Council,
    from: GenericMailbox,
    steps: &[(Step, &str)],
) -> (GenericMailbox, String) {
    let mut mailbox = from;
    let mut states = Vec::new();
    for (step, who) in steps {
        states.push(match council.take(&mailbox, step.clone(), who, 1) {
            Ok(taken) => {
                mailbox = taken.matter;
                mailbox.state()
            }
            Err(_) => "-",
        });
    }
    (mailbox, states.join(" "))
}

fn check(steps: &[(Step, &str)], states: &str) {
    let council = council();
    assert_eq!(
        run(&council, requested(&council), steps).1,
        states,
        "{steps:?}"
    );
}

fn active(council: &Council) -> GenericMailbox {
    let steps = [
        (Step::Check, "desk"),
        (Step::Agree, "mia"),
        (Step::Agree, "ned"),
    ];
    let (mailbox, states) = run(council, requested(council), &steps);
    assert_eq!(states, "checked checked active");
    mailbox
}

fn left(who: &str) -> Step {
    Step::Recheck {
        left: Some(person(who)),
    }
}

#[test]
fn it_is_active_once_it_is_checked_and_enough_have_agreed() {
    use Step::{Agree, Check, Refuse, Withdraw};
    check(
        &[(Agree, "mia"), (Agree, "ned"), (Check, "desk")],
        "requested requested active",
    );
    check(
        &[(Check, "desk"), (Agree, "mia"), (Agree, "mia")],
        "checked checked -",
    );
    check(&[(Check, "lou"), (Check, "adit"), (Agree, "lou")], "- - -");
    check(&[(Refuse, "desk"), (Check, "desk")], "refused -");
    check(&[(Withdraw, "lou"), (Withdraw, "dan")], "- withdrawn");
    let add = Step::Add { who: person("seb") };
    check(
        &[
            (add.clone(), "mia"),
            (add, "lou"),
            (Agree, "seb"),
            (Agree, "mia"),
            (Check, "dora"),
        ],
        "- requested requested requested active",
    );
}

#[test]
fn the_desk_does_not_check_a_mailbox_of_its_own() {
    let council = council();
    let mut opening = opening();
    opening.administrators = vec![person("desk"), person("mia")];
    let mailbox: GenericMailbox = council.open(opening, "dan", 0).unwrap().matter;
    let steps = [(Step::Check, "desk"), (Step::Check, "dora")];
    assert_eq!(run(&council, mailbox, &steps).1, "- checked");
}

#[test]
fn an_agreement_counts_only_with_a_signature_on_the_policy() {
    let mut council = council();
    council.accepted.remove(&person("ned"));
    let steps = [
        (Step::Check, "desk"),
        (Step::Agree, "mia"),
        (Step::Agree, "ned"),
    ];
    let (mailbox, states) = run(&council, requested(&council), &steps);
    assert_eq!(states, "checked checked checked");
    council.accepted.insert(person("ned"));
    let recheck = [(Step::Recheck { left: None }, "rule")];
    assert_eq!(run(&council, mailbox, &recheck).1, "active");
}

#[test]
fn at_risk_the_moment_too_few_answer_for_it() {
    let mut council = council();
    let mailbox = active(&council);
    let recheck = Step::Recheck { left: None };
    let after = |council: &Council, step: Step| run(council, mailbox.clone(), &[(step, "rule")]).1;
    assert_eq!(after(&council, recheck.clone()), "-"); // nothing has changed
    assert_eq!(after(&council, left("ned")), "at-risk");
    assert_eq!(after(&council, left("lou")), "at-risk");
    assert_eq!(after(&council, left("seb")), "-"); // has nothing to do with it
    council.accepted.remove(&person("mia"));
    assert!(mailbox.needs_recheck(&council.world()));
    assert_eq!(after(&council, recheck), "at-risk");
}

#[test]
fn it_is_suspended_after_ten_working_days_and_mended_at_any_time() {
    let council = council();
    let add = [
        (Step::Add { who: person("seb") }, "lou"),
        (Step::Agree, "seb"),
    ];
    let (mut mailbox, _) = run(&council, active(&council), &[(left("ned"), "rule")]);
    assert_eq!(run(&council, mailbox.clone(), &add).1, "at-risk active");
    assert!(council.wait(&mut mailbox, 14 * DAY).is_empty());
    assert_eq!(council.wait(&mut mailbox, 15 * DAY), ["suspend"]);
    assert_eq!(run(&council, mailbox, &add).1, "suspended active");

    let (mailbox, _) = run(&council, active(&council), &[(left("lou"), "rule")]);
    let name = |who: &str| Step::NameManager { who: person(who) };
    let steps = [
        (name("lou"), "lou"),
        (name("pat"), "mia"),
        (name("pat"), "dan"),
    ];
    assert_eq!(run(&council, mailbox, &steps).1, "- - active");
}

#[test]
fn it_is_reviewed_every_year() {
    let council = council();
    let mut mailbox = active(&council);
    let year = 366 * DAY;
    assert_eq!(council.wait(&mut mailbox, year), ["review-due"]);
    let review = |who: &'static str| council.take(&mailbox, Step::Review, who, year);
    assert!(review("mia").is_err());
    let mut reviewed = review("lou").unwrap().matter;
    assert_eq!(council.wait(&mut reviewed, 2 * year - 2 * DAY), [""; 0]);
    let waits = council.wait(&mut mailbox, 2 * year);
    assert_eq!(waits, ["remind", "escalate"]);
}

#[test]
fn it_is_closed_by_those_who_run_it() {
    let council = council();
    let close = |to: Option<&str>| Step::Close {
        redirect: to.map(str::to_owned),
    };
    let closed = |step: Step, who: &str| run(&council, active(&council), &[(step, who)]).1;
    assert_eq!(closed(close(None), "lou"), "closed");
    assert_eq!(closed(close(Some("new@example.org")), "dan"), "closed");
    assert_eq!(closed(close(None), "desk"), "closed");
    assert_eq!(closed(close(Some("nowhere")), "lou"), "-");
    assert_eq!(closed(close(None), "mia"), "-");
}

fn check_opening(change: impl Fn(&mut Opening), who: &str, allowed: bool) {
    let mut opening = opening();
    change(&mut opening);
    let opened = council().open::<GenericMailbox>(opening, who, 0);
    assert_eq!(opened.is_ok(), allowed, "by {who}: {opened:?}");
}

#[test]
fn a_request_is_checked_when_it_comes() {
    check_opening(|_| (), "dan", true);
    check_opening(|to| to.manager = person("dan"), "dan", true); // asking is not deciding
    check_opening(|_| (), "lou", false);
    check_opening(|to| to.manager = person("bo"), "dan", false); // not of dan's unit
    check_opening(|to| to.address = "planning".to_owned(), "dan", false);
    check_opening(|to| to.address = "MIA@example.org".to_owned(), "dan", false);
    check_opening(|to| to.unit = UnitId::from("moon"), "dan", false);
    check_opening(
        |to| to.administrators = vec![person("mia"); 2],
        "dan",
        false,
    ); // one person
    check_opening(|to| to.administrators.push(person("who")), "dan", false);
    check_opening(|to| to.purpose = " ".to_owned(), "dan", false);
}

fn any_step() -> impl Strategy<Value = Step> {
    let who =
        || proptest::sample::select(&["mia", "ned", "seb", "lou", "pat"][..]).prop_map(person);
    prop_oneof![
        3 => Just(Step::Agree),
        2 => Just(Step::Check),
        1 => who().prop_map(|who| Step::Add { who }),
        1 => who().prop_map(|who| Step::Remove { who }),
        1 => who().prop_map(|who| Step::NameManager { who }),
        1 => proptest::option::of(who()).prop_map(|left| Step::Recheck { left }),
        1 => Just(Step::Suspend),
        1 => Just(Step::Review),
    ]
}

proptest! {
    #[test]
    fn it_is_never_active_with_too_few(
        signed in proptest::collection::vec(proptest::sample::select(&["mia", "ned", "seb"][..]), 0..4),
        steps in proptest::collection::vec(
            (any_step(), proptest::sample::select(&["mia", "ned", "seb", "lou", "dan", "desk", "rule"][..])),
            0..40),
    ) {
        let mut council = council();
        council.accepted = signed.into_iter().map(person).collect();
        let mut mailbox = requested(&council);
        for (step, actor) in steps {
            let Ok(taken) = council.take(&mailbox, step, actor, 1) else { continue };
            mailbox = taken.matter;
            if mailbox.state == State::Active {
                prop_assert!(mailbox.is_sound(&council.world()));
                prop_assert!(mailbox.in_charge(&council.world()).count() >= 2);
            }
            prop_assert_eq!(mailbox.state == State::AtRisk, mailbox.at_risk_since == Some(hour(1)));
        }
    }
}
