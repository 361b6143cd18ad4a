//! A school's central services: its governors are heard, and one post withdraws and gives back.
#![allow(clippy::unwrap_used)]

mod council;

use council::{Council, act, council, hour, person, told};
use matters::authority::Holding;
use matters::id::{PostId, UnitId};
use matters::machine::{Machine, Refused, Taken};
use matters::people::Unit;
use matters::school_services::{Opening, SchoolServices, State, Step, schools};
use policy::people::SchoolRules;

const HILL: &str = "hill-school";

/// `gov` and `mia` govern one school, `pat` another.
fn with_schools() -> Council {
    let mut council = council();
    council.settings.schools = Some(SchoolRules {
        governed_by: "governor".to_owned(),
        withdrawn_by: vec!["assistant-director-it".to_owned()],
        clauses: vec!["t-9.7".to_owned()],
    });
    for (who, school) in [("solo", HILL), ("mia", HILL), ("pat", "dale-school")] {
        council.people.put_unit(Unit {
            id: UnitId::from(school),
            name: school.to_owned(),
            parent: None,
        });
        council.posts.put(Holding {
            post: PostId::from("governor"),
            unit: Some(UnitId::from(school)),
            person: person(who),
            from: hour(-10),
            until: (who == "mia").then(|| hour(50)),
        });
    }
    council
}

fn opening(school: &str, at_once: bool) -> Opening {
    Opening {
        school: UnitId::from(school),
        services: ["email".to_owned()].into(),
        at_once,
    }
}

fn raised(council: &Council, at_once: bool) -> Taken<SchoolServices> {
    council.open(opening(HILL, at_once), "adit", 0).unwrap()
}

/// The states after each of these, `-` where they may not.
#[track_caller]
fn check(at_once: bool, steps: &[(Step, &str)], states: &str) {
    let council = with_schools();
    let mut matter = raised(&council, at_once).matter;
    let mut after = Vec::new();
    for (step, who) in steps {
        after.push(match council.take(&matter, step.clone(), who, 1) {
            Ok(taken) => {
                matter = taken.matter;
                matter.state()
            }
            Err(_) => "-",
        });
    }
    assert_eq!(after.join(" "), states, "{steps:?}");
}

#[test]
fn the_governors_are_told_and_heard_before_anything_is_withdrawn() {
    use Step::{Answer, Drop, Restore, Withdraw};
    let council = with_schools();
    let concern = raised(&council, false);
    assert_eq!(concern.matter.state, State::Concern);
    assert_eq!(told(&concern), ["mia", "solo"]);
    assert_eq!(concern.clauses, ["t-9.7"]);
    check(
        false,
        &[
            (Answer, "pat"),
            (Answer, "adit"),
            (Answer, "solo"),
            (Answer, "solo"),
        ],
        "- - answered -",
    );
    check(
        false,
        &[
            (Withdraw, "solo"),
            (Withdraw, "adit"),
            (Restore, "solo"),
            (Restore, "adit"),
        ],
        "- withdrawn - restored",
    );
    check(
        false,
        &[
            (Drop, "desk"),
            (Answer, "mia"),
            (Drop, "adit"),
            (Withdraw, "adit"),
        ],
        "- answered dropped -",
    );
}

#[test]
fn what_cannot_wait_is_withdrawn_at_once_and_the_governors_are_told() {
    let council = with_schools();
    let withdrawn = raised(&council, true);
    assert_eq!(withdrawn.matter.withdrawn_at, Some(hour(0)));
    assert_eq!(told(&withdrawn), ["mia", "solo"]);
    let restored = council.take(&withdrawn.matter, Step::Restore, "adit", 60);
    // Whoever governs no longer is told nothing.
    assert_eq!(told(&restored.unwrap()), ["solo"]);
}

#[test]
fn only_a_school_can_lose_its_services_and_only_by_one_post() {
    let council = with_schools();
    let open = |opening, who| council.open::<SchoolServices>(opening, who, 0);
    assert!(matches!(
        open(opening("planning", true), "adit"),
        Err(Refused::Field {
            field: "school",
            ..
        })
    ));
    assert!(matches!(
        open(opening(HILL, true), "solo"),
        Err(Refused::Authority { .. })
    ));
    let mut unknown = opening(HILL, true);
    unknown.services = ["pigeon-post".to_owned()].into();
    assert!(matches!(open(unknown, "adit"), Err(Refused::Field { .. })));
    let mut silent = act("adit", 0);
    silent.reason = None;
    let opened = SchoolServices::open(opening(HILL, true), &silent, &council.world());
    assert!(matches!(opened, Err(Refused::Field { .. })));
    assert_eq!(schools(&council.world(), hour(0)).len(), 2);
}

#[test]
fn a_council_whose_policy_has_no_schools_has_none() {
    let mut council = with_schools();
    council.settings.schools = None;
    let opened = council.open::<SchoolServices>(opening(HILL, true), "adit", 0);
    assert!(matches!(opened, Err(Refused::Rule { .. })));
}
