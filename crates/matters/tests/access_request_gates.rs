//! Whatever anybody tries, nothing comes into use before each gate stands on the record.
#![allow(clippy::unwrap_used)]

mod support;

use matters::access_request::{AccessRequest, Opening, Step, Wanted};
use matters::event::Act;
use matters::machine::Machine;
use proptest::prelude::*;
use support::{Council, at, by, feed, rule};

/// One thing that is tried: by whom, which step, and whether somebody signs or unsigns first.
fn tried() -> impl Strategy<Value = (usize, usize, Option<bool>)> {
    (
        0..ACTORS.len(),
        0..STEPS,
        proptest::option::weighted(0.2, any::<bool>()),
    )
}

const ACTORS: [&str; 14] = [
    "ada", "axel", "cora", "mara", "hugh", "pam", "dora", "ida", "hana", "sid", "sue", "milo",
    "inga", "carl",
];
const STEPS: usize = 18;

fn step(index: usize) -> Step {
    let clause = || "walsall-5.1.1".to_owned();
    let withdrawal = || "WD-7F3K-29QD".into();
    let steps: [Step; STEPS] = [
        Step::Submit,
        Step::Authorise,
        Step::Certify,
        Step::Return { clause: clause() },
        Step::Refuse { clause: clause() },
        Step::HrVerify,
        Step::HrMismatch,
        Step::Permit,
        Step::Recheck,
        Step::Provisioned,
        Step::ProvisionFailed,
        Step::Withdraw,
        Step::MoverReview,
        Step::Confirm,
        Step::Suspend {
            withdrawal: withdrawal(),
        },
        Step::Restore {
            withdrawal: withdrawal(),
        },
        Step::End {
            withdrawal: withdrawal(),
        },
        Step::Expire,
    ];
    steps[index].clone()
}

/// Mostly the one who can, or no walk would ever get far.
fn actor(who: usize, step: &Step, subject: &str, day: i64) -> Act {
    if who % 3 != 0 {
        match step {
            Step::Submit => return by(subject, day),
            Step::Authorise | Step::Confirm if subject != "cora" => return by("hugh", day),
            Step::Certify | Step::Confirm => return by("milo", day),
            Step::Permit if who % 2 == 0 => return rule("standing-rule:EMAIL", day),
            Step::Permit => return by("ida", day),
            Step::HrVerify => return feed("hr", day),
            Step::Provisioned => return feed("directory", day),
            Step::Recheck | Step::Suspend { .. } | Step::Restore { .. } => {
                return rule("withdrawal", day);
            }
            _ => (),
        }
    }
    by(ACTORS[who], day).because("as it seemed right")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nothing_is_in_use_before_every_gate(
        who in 0..3_usize,
        tries in proptest::collection::vec(tried(), 1..80),
    ) {
        let subject = ["ada", "axel", "cora"][who];
        let mut council = Council::new();
        let opening = Opening {
            person: subject.into(),
            service: "internet".to_owned(),
            wanted: Wanted {
                need: "looks things up".to_owned(),
                equipment: None,
                until: Some(at(400)),
                sponsor: None,
            },
            paper: None,
        };
        let mut request = AccessRequest::open(opening, &by(subject, 0), &council.world())
            .unwrap()
            .matter;
        let mut done: Vec<&str> = Vec::new();
        for (day, (who, index, sign)) in tries.into_iter().enumerate() {
            match sign {
                Some(true) => council.sign(subject),
                Some(false) => council.accepted.clear(),
                None => (),
            }
            let step = step(index);
            let act = actor(who, &step, subject, day as i64 / 4);
            let before = request.state();
            let Ok(taken) = request.take(step, &act, &council.world()) else { continue };
            request = taken.matter;
            done.push(taken.step);
            if request.state() != "active" || before == "active" {
                continue;
            }
            let confirmed = |step| done.contains(&step);
            if subject == "cora" {
                prop_assert!(confirmed("certify"), "{done:?}");
            } else {
                prop_assert!(confirmed("authorise"), "{done:?}");
            }
            if subject == "ada" {
                prop_assert!(confirmed("hr-verify"), "{done:?}");
            }
            prop_assert!(confirmed("submit") && confirmed("permit") && confirmed("provisioned"));
            prop_assert!(council.accepted.contains(&subject.into()), "{done:?}");
            prop_assert!(request.shut(&council.world()).unwrap().is_empty());
        }
    }
}
