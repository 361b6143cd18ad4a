//! Whatever anybody tries, nothing comes into use before each gate stands on the record.
#![allow(clippy::unwrap_used)]

mod support;

use matters::access_request::{AccessRequest, Opening, Step, Wanted};
use matters::event::Act;
use matters::machine::Machine;
use proptest::prelude::*;
use support::{Council, at, by, feed, rule};

/// One thing that is tried: by whom, which step, whether somebody signs or unsigns first, and whether
/// it is rather what would bring the request on.
fn tried() -> impl Strategy<Value = (usize, usize, Option<bool>, bool)> {
    let signs = proptest::option::weighted(0.3, proptest::bool::weighted(0.7));
    (0..ACTORS.len(), 0..STEPS, signs, any::<bool>())
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

/// What would bring the request on, by who can. Without it hardly any walk gets far.
fn on(state: &str, subject: &str, coin: usize, day: i64) -> (Step, Act) {
    let withdrawal = || "WD-7F3K-29QD".into();
    match state {
        "awaiting-authorisation" => (Step::Authorise, by("hugh", day)),
        "awaiting-certification" => (Step::Certify, by("milo", day)),
        "awaiting-permission" if coin.is_multiple_of(2) => {
            (Step::Permit, rule("standing-rule:EMAIL", day))
        }
        "awaiting-permission" => (Step::Permit, by("ida", day)),
        "permitted" if coin.is_multiple_of(2) => (Step::HrVerify, feed("hr", day)),
        "permitted" => (Step::Recheck, rule("acceptance", day)),
        "provisioning" | "partial" => (Step::Provisioned, feed("directory", day)),
        "active" if coin.is_multiple_of(2) => (Step::MoverReview, feed("hr", day)),
        "active" => {
            let withdrawal = withdrawal();
            (Step::Suspend { withdrawal }, rule("withdrawal", day))
        }
        "mover-review" if subject == "cora" => (Step::Confirm, by("milo", day)),
        "mover-review" => (Step::Confirm, by("hugh", day)),
        "suspended" => {
            let withdrawal = withdrawal();
            (Step::Restore { withdrawal }, rule("withdrawal", day))
        }
        _ => (Step::Submit, by(subject, day)),
    }
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
        for (day, (who, index, sign, bring_on)) in tries.into_iter().enumerate() {
            match sign {
                Some(true) => council.sign(subject),
                Some(false) => council.accepted.clear(),
                None => (),
            }
            let day = day as i64 / 4;
            let (step, act) = if bring_on {
                on(request.state(), subject, who, day)
            } else {
                (step(index), by(ACTORS[who], day).because("as it seemed right"))
            };
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
