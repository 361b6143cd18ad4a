//! Sharing a mailbox, by agreement and by order.
#![allow(clippy::unwrap_used)]

mod council;

use std::collections::BTreeSet;

use council::{Council, council, hour, person, told};
use matters::delegation::{Basis, Delegation, Ending, Opening, Right, State, Step, When};
use matters::machine::{Effect, Machine, Refused};
use proptest::prelude::*;

const DAY: i64 = 24;

fn opening(owner: &str, delegate: &str) -> Opening {
    Opening {
        owner: person(owner),
        delegate: person(delegate),
        rights: BTreeSet::from([Right::Read]),
        basis: Basis::Agreement,
        why: "while I am away".to_owned(),
        when: When::Between {
            from: hour(0),
            until: hour(4 * DAY),
        },
    }
}

fn rights(also: Right) -> BTreeSet<Right> {
    BTreeSet::from([Right::Read, also])
}

fn order() -> Opening {
    Opening {
        basis: Basis::Continuity,
        ..opening("mia", "ned")
    }
}

fn proposed(council: &Council) -> Delegation {
    council
        .open(opening("mia", "ned"), "mia", 0)
        .unwrap()
        .matter
}

/// Steps by people, joined by their states; `-` where one was refused.
fn run(council: &Council, from: Delegation, steps: &[(Step, &str)]) -> (Delegation, String) {
    let mut sharing = from;
    let mut states = Vec::new();
    for (step, who) in steps {
        states.push(match council.take(&sharing, step.clone(), who, 1) {
            Ok(taken) => {
                sharing = taken.matter;
                sharing.state()
            }
            Err(_) => "-",
        });
    }
    (sharing, states.join(" "))
}

fn check(steps: &[(Step, &str)], states: &str) {
    let council = council();
    assert_eq!(
        run(&council, proposed(&council), steps).1,
        states,
        "{steps:?}"
    );
}

#[test]
fn both_agree_and_the_desk_sets_it_up() {
    use Step::{Decline, DelegateAgree, End, Inform, OwnerAgree};
    check(&[(DelegateAgree, "ned"), (Inform, "desk")], "agreed active");
    check(&[(Inform, "desk"), (OwnerAgree, "mia")], "- -"); // the proposer has agreed
    check(&[(DelegateAgree, "mia"), (DelegateAgree, "lou")], "- -");
    check(&[(DelegateAgree, "rule")], "-");
    check(
        &[(DelegateAgree, "ned"), (Inform, "adit"), (Inform, "mia")],
        "agreed - -",
    );
    check(&[(Decline, "ned"), (DelegateAgree, "ned")], "declined -");
    check(&[(Decline, "mia")], "declined");
    check(&[(Decline, "lou"), (End, "mia")], "- -");
    let active = [(DelegateAgree, "ned"), (Inform, "desk")];
    for (step, who, after) in [
        (End, "mia", "ended"),
        (End, "ned", "ended"),
        (End, "lou", "-"),
        (Step::Left { who: person("ned") }, "rule", "ended"),
        (Step::Moved { who: person("mia") }, "rule", "ended"),
        (Step::Moved { who: person("lou") }, "rule", "-"),
        (Step::Left { who: person("ned") }, "lou", "-"),
        (Step::Acknowledge, "mia", "-"),
    ] {
        let steps = [active.as_slice(), &[(step, who)]].concat();
        check(&steps, &format!("agreed active {after}"));
    }
}

#[test]
fn the_delegate_may_propose_and_then_the_owner_agrees() {
    let council = council();
    let proposed: Delegation = council
        .open(opening("mia", "ned"), "ned", 0)
        .unwrap()
        .matter;
    assert_eq!(
        run(&council, proposed, &[(Step::OwnerAgree, "mia")]).1,
        "agreed"
    );
}

#[test]
fn nobody_of_the_desk_sets_up_their_own() {
    let council = council();
    let proposed: Delegation = council
        .open(opening("desk", "dora"), "desk", 0)
        .unwrap()
        .matter;
    let steps = [
        (Step::DelegateAgree, "dora"),
        (Step::Inform, "desk"),
        (Step::Inform, "dora"),
        (Step::Inform, "adit"), // the desk's alternate
    ];
    assert_eq!(run(&council, proposed, &steps).1, "agreed - - active");
}

fn check_opening(change: impl Fn(&mut Opening), who: &str, allowed: bool) {
    let mut opening = opening("mia", "ned");
    change(&mut opening);
    let opened = council().open::<Delegation>(opening.clone(), who, 0);
    assert_eq!(opened.is_ok(), allowed, "{opening:?} by {who}: {opened:?}");
}

#[test]
fn a_proposal_is_checked_when_it_comes() {
    let for_days = |days: i64| When::Between {
        from: hour(0),
        until: hour(days * DAY),
    };
    check_opening(|_| (), "mia", true);
    check_opening(|_| (), "lou", false); // of the two alone
    check_opening(|to| to.delegate = person("mia"), "mia", false);
    check_opening(|to| to.delegate = person("ann"), "mia", false); // an agent
    check_opening(|to| to.delegate = person("cllr"), "mia", true);
    check_opening(|to| to.rights = BTreeSet::new(), "mia", false);
    check_opening(|to| to.rights = rights(Right::SendOnBehalf), "mia", true);
    check_opening(|to| to.rights = rights(Right::SendAs), "mia", false);
    check_opening(|to| to.when = for_days(365), "mia", true);
    check_opening(|to| to.when = for_days(366), "mia", false);
    check_opening(|to| to.when = for_days(0), "mia", false);
    let away = |first: &str, last: &str| When::AbsenceCover {
        first: first.parse().unwrap(),
        last: last.parse().unwrap(),
    };
    check_opening(|to| to.when = away("2026-03-09", "2026-03-13"), "mia", true);
    check_opening(
        |to| to.when = away("2026-03-13", "2026-03-09"),
        "mia",
        false,
    );
    check_opening(
        |to| to.when = away("9999-12-30", "9999-12-31"),
        "mia",
        false,
    );
    check_opening(|to| *to = order(), "dan", true);
    check_opening(|to| *to = order(), "mia", false);
    check_opening(|to| *to = order(), "lou", false);
    check_opening(
        |to| (*to = order(), to.delegate = person("dan")).1,
        "dan",
        false,
    ); // for himself
    check_opening(|to| (*to = order(), to.when = for_days(6)).1, "dan", false);
    let on_behalf = |to: &mut Opening| (*to = order(), to.rights = rights(Right::SendOnBehalf)).1;
    check_opening(on_behalf, "dan", false);
}

#[test]
fn an_officer_and_a_councillor_are_told_what_to_mind() {
    let council = council();
    let notices = |owner: &str, delegate: &str| {
        let taken = council
            .open::<Delegation>(opening(owner, delegate), owner, 0)
            .unwrap();
        let warns = |effect: &&Effect| matches!(effect, Effect::Notify { notice, .. } if notice.ends_with("councillor"));
        taken.effects.iter().filter(warns).count()
    };
    assert_eq!((notices("mia", "cllr"), notices("cllr", "mia")), (2, 2));
    assert_eq!(notices("mia", "ned"), 0);
}

#[test]
fn it_begins_and_ends_by_itself() {
    let council = council();
    let mut opening = opening("mia", "ned");
    opening.when = When::AbsenceCover {
        first: "2026-03-09".parse().unwrap(),
        last: "2026-03-13".parse().unwrap(),
    };
    let proposed: Delegation = council.open(opening, "mia", 0).unwrap().matter;
    let mut unanswered = proposed.clone();
    assert_eq!(
        council.wait(&mut unanswered, 40 * DAY),
        ["remind", "escalate", "lapse"]
    );
    let steps = [(Step::DelegateAgree, "ned"), (Step::Inform, "desk")];
    let (mut sharing, states) = run(&council, proposed, &steps);
    assert_eq!(states, "agreed informed");
    assert_eq!(sharing.shares(hour(8 * DAY)), None); // not begun, whatever the day
    assert_eq!(council.wait(&mut sharing, 8 * DAY), ["begin"]);
    assert!(sharing.shares(hour(8 * DAY)).is_some());
    assert_eq!(sharing.shares(hour(12 * DAY)), None);
    assert_eq!(council.wait(&mut sharing, 12 * DAY), ["expire"]);
    assert_eq!(sharing.state, State::Expired);
}

#[test]
fn a_continuity_access_is_not_over_before_the_owner_was_told() {
    let council = council();
    let ordered = council.open::<Delegation>(order(), "dan", 0).unwrap();
    assert_eq!(told(&ordered), ["mia", "ned"]);
    let (mut access, states) = run(
        &council,
        ordered.matter,
        &[(Step::Decline, "mia"), (Step::Inform, "desk")],
    );
    assert_eq!(states, "- active");
    let ended = run(&council, access.clone(), &[(Step::End, "mia")]).0;
    assert_eq!(
        (ended.state, ended.ending),
        (State::Ended, Some(Ending::ByOwner))
    );
    let ended = run(&council, access.clone(), &[(Step::End, "dan")]).0;
    assert_eq!(ended.state, State::OwnerToBeTold);
    let left = [(Step::Left { who: person("mia") }, "rule")];
    assert_eq!(run(&council, ended, &left).1, "ended"); // nobody is left to be told
    assert_eq!(
        council.wait(&mut access, 30 * DAY),
        ["expire", "remind", "escalate"]
    );
    assert_eq!(access.state, State::OwnerToBeTold);
    let told = [(Step::Acknowledge, "dan"), (Step::Acknowledge, "mia")];
    assert_eq!(run(&council, access, &told).1, "- expired");
}

/// A council whose pack wants somebody over the owner to approve.
fn with_approval() -> Council {
    let mut council = council();
    council.settings.delegation.approved_by = vec!["head-of-service".to_owned()];
    council
}

fn check_approval(steps: &[(Step, &str)], states: &str) {
    let council = with_approval();
    let (sharing, found) = run(&council, proposed(&council), steps);
    assert_eq!(found, states, "{steps:?}");
    let by: Option<&str> = sharing.approved.as_ref().map(|one| one.by.as_str());
    let approved = sharing.state != State::AwaitingApproval && states.contains("agreed");
    assert_eq!(by, approved.then_some("dan"), "{steps:?}");
}

#[test]
fn where_the_pack_wants_it_somebody_over_the_owner_approves() {
    use Step::{Approve, Decline, DelegateAgree, End, Inform, Refuse};
    let asked = (DelegateAgree, "ned");
    for (steps, states) in [
        (&[(Approve, "dan"), (Inform, "desk")][..], "agreed active"),
        (&[(Inform, "desk")], "-"), // not before it is approved
        (&[(Approve, "mia"), (Approve, "ned")], "- -"), // neither of the two
        (
            &[(Approve, "lou"), (Approve, "adit"), (Approve, "rule")],
            "- - -",
        ),
        (&[(Approve, "dan"), (Approve, "dan")], "agreed -"),
        (
            &[(Refuse, "lou"), (Refuse, "dan"), (Approve, "dan")],
            "- refused -",
        ),
        (&[(Decline, "mia")], "declined"),
        (&[(Decline, "ned")], "declined"),
        (&[(Decline, "dan"), (End, "mia")], "- -"),
        (&[(Step::Left { who: person("ned") }, "rule")], "ended"),
    ] {
        let steps = [std::slice::from_ref(&asked), steps].concat();
        check_approval(&steps, &format!("awaiting-approval {states}"));
    }
    check_approval(&[(Approve, "dan"), (Refuse, "dan")], "- -"); // both have to agree first
    check(&[asked, (Approve, "dan"), (Refuse, "dan")], "agreed - -"); // where nobody has to
}

#[test]
fn the_only_holder_does_not_approve_their_own() {
    let mut council = with_approval();
    let post = council.settings.posts.get_mut("head-of-service").unwrap();
    post.alternate = Some("assistant-director-it".to_owned());
    for (owner, delegate) in [("dan", "mia"), ("mia", "dan")] {
        let proposed = council.open::<Delegation>(opening(owner, delegate), owner, 0);
        let steps = [
            (Step::DelegateAgree, delegate),
            (Step::Approve, owner),
            (Step::Approve, delegate),
            (Step::Approve, "adit"),
        ];
        let states = run(&council, proposed.unwrap().matter, &steps).1;
        assert_eq!(
            states, "awaiting-approval - - agreed",
            "{owner} and {delegate}"
        );
    }
}

#[test]
fn approval_is_asked_for_and_does_not_wait_for_ever() {
    let council = with_approval();
    let proposed = proposed(&council);
    let agreed = council
        .take(&proposed, Step::DelegateAgree, "ned", 1)
        .unwrap();
    assert_eq!(told(&agreed), ["+head-of-service"]);
    let mut waits = agreed.matter.clone();
    assert_eq!(council.wait(&mut waits, 40 * DAY), ["lapse"]); // its time is over before a reminder
    let mut long = agreed.matter.clone();
    long.until = hour(60 * DAY);
    assert_eq!(
        council.wait(&mut long, 60 * DAY),
        ["remind", "escalate", "lapse"]
    );
    let late = council.take(&agreed.matter, Step::Approve, "dan", 4 * DAY);
    assert!(matches!(late, Err(Refused::Rule { .. })), "{late:?}");
    let refused = council
        .take(&agreed.matter, Step::Refuse, "dan", 2)
        .unwrap();
    assert_eq!(told(&refused), ["mia", "ned"]);
    let mut silent = council::act("dan", 2);
    silent.reason = None;
    let refused = agreed.matter.take(Step::Refuse, &silent, &council.world());
    assert!(matches!(refused, Err(Refused::Field { .. })), "{refused:?}");
}

fn any_step() -> impl Strategy<Value = Step> {
    proptest::sample::select(vec![
        Step::OwnerAgree,
        Step::DelegateAgree,
        Step::DelegateAgree,
        Step::Approve,
        Step::Approve,
        Step::Refuse,
        Step::Inform,
        Step::Inform,
        Step::Decline,
        Step::End,
        Step::Begin,
        Step::Expire,
        Step::Lapse,
        Step::Acknowledge,
        Step::Left { who: person("ned") },
    ])
}

proptest! {
    #[test]
    fn nothing_is_shared_without_both_and_the_desk(
        by_order in any::<bool>(),
        approval in any::<bool>(),
        steps in proptest::collection::vec(
            (any_step(), proptest::sample::select(&["mia", "ned", "desk", "dan", "rule"][..]), 0..120_i64),
            0..30),
    ) {
        let council = if approval { with_approval() } else { council() };
        let mut sharing = if by_order {
            council.open::<Delegation>(order(), "dan", 0).unwrap().matter
        } else {
            proposed(&council)
        };
        let mut informed = false;
        for (step, actor, at) in steps {
            let Ok(taken) = council.take(&sharing, step, actor, at) else { continue };
            informed |= taken.step == "inform";
            sharing = taken.matter;
            if sharing.state == State::Active {
                let both = sharing.owner_agreed.is_some() && sharing.delegate_agreed.is_some();
                prop_assert!(informed && (both || by_order));
                prop_assert!(by_order || !approval || sharing.approved.is_some());
            }
            prop_assert!(!(by_order && sharing.is_over()) || sharing.owner_told.is_some()
                || sharing.state == State::Lapsed);
        }
    }
}
