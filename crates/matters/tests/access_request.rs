//! A request for access: who may do what, and when it comes into use.
#![allow(clippy::unwrap_used)]

mod support;

use matters::access_request::{AccessRequest, Opening, PaperForm, Stage, Step, Wanted};
use matters::event::Act;
use matters::machine::{Effect, Machine, Refused};
use support::{Council, at, because, by, feed, rule, why};

const NEED: &str = "walsall-5.2.2";

fn opening(person: &str) -> Opening {
    Opening {
        person: person.into(),
        service: "email".to_owned(),
        wanted: Wanted {
            need: "answers the public by email".to_owned(),
            equipment: None,
            until: None,
            sponsor: None,
        },
        paper: None,
    }
}

fn until(person: &str, day: i64) -> Opening {
    let mut opening = opening(person);
    opening.wanted.until = Some(at(day));
    opening
}

fn open(council: &Council, opening: Opening, act: Act) -> Result<AccessRequest, Refused> {
    AccessRequest::open(opening, &act, &council.world()).map(|taken| taken.matter)
}

fn refuse(clause: &str) -> Step {
    Step::Refuse {
        clause: clause.to_owned(),
    }
}

fn send_back(clause: &str) -> Step {
    Step::Return {
        clause: clause.to_owned(),
    }
}

/// Ada's request with every gate open, in use since the fourth day.
fn active(council: &mut Council) -> AccessRequest {
    council.sign("ada");
    let request = open(council, opening("ada"), by("ada", 0)).unwrap();
    council.run(
        request,
        [
            (by("ada", 0), Step::Submit, "awaiting-authorisation"),
            (feed("hr", 1), Step::HrVerify, "awaiting-authorisation"),
            (by("hugh", 1), Step::Authorise, "awaiting-permission"),
            (by("ida", 2), Step::Permit, "provisioning"),
            (by("sid", 4), Step::Provisioned, "active"),
        ],
    )
}

/// Clause 5.2.2: a manager of one of three grades confirms the need, in the person's own directorate.
#[test]
fn only_a_senior_manager_of_the_directorate_confirms_need() {
    let council = Council::new();
    let request = open(&council, opening("ada"), by("ada", 0)).unwrap();
    council.run(
        request,
        [
            (by("mara", 0), Step::Submit, "!only-by"),
            (by("ada", 0), Step::Submit, "awaiting-authorisation"),
            (by("ada", 1), Step::Authorise, "!own-matter"),
            (by("mara", 1), Step::Authorise, "!authority"), // her manager, but not senior enough
            (by("pam", 1), Step::Authorise, "!authority"),  // senior, of another directorate
            (by("ida", 1), Step::Authorise, "!authority"),  // permits later, but judges no need
            (feed("hr", 1), Step::Authorise, "!authority"),
            (rule("standing-rule:X", 1), Step::Authorise, "!authority"),
            (by("hugh", 1), Step::Permit, "!state"),
            (by("dora", 1), Step::Authorise, "awaiting-permission"), // the director above counts
            (by("hugh", 1), Step::Authorise, "!state"),              // somebody was quicker
        ],
    );
}

/// Who asks for another is named in the matter and does not decide it.
#[test]
fn who_asks_does_not_decide() {
    let council = Council::new();
    let request = open(&council, opening("mara"), by("hugh", 0)).unwrap();
    let request = council.run(
        request,
        [
            (by("hugh", 0), Step::Submit, "awaiting-authorisation"),
            (by("hugh", 0), Step::Authorise, "!named"),
            (by("dora", 0), Step::Authorise, "awaiting-permission"),
        ],
    );
    assert_eq!(request.requester.as_str(), "hugh");
    let stranger = open(&council, opening("ada"), by("pam", 0)).unwrap_err();
    assert_eq!(why(&stranger), "!field");
}

/// Where the only holder of a post is whom it is about, the post's alternate acts.
#[test]
fn the_alternate_acts_for_a_holder_who_is_barred() {
    let mut council = Council::new();
    council.sign("ida");
    let request = open(&council, opening("ida"), by("ida", 0)).unwrap();
    // Nobody heads her unit: somebody is appointed.
    let mut holdings = council.posts.holdings().to_vec();
    holdings.push(matters::authority::Holding {
        post: "executive-director".into(),
        unit: Some("ict".into()),
        person: "dora".into(),
        from: at(0),
        until: Some(at(2)),
    });
    council.posts = matters::authority::Posts::new(holdings, Vec::new());
    council.run(
        request,
        [
            (by("ida", 0), Step::Submit, "awaiting-authorisation"),
            (by("dora", 3), Step::Authorise, "!authority"), // no longer holds it
            (by("dora", 1), Step::Authorise, "awaiting-permission"),
            (by("ida", 1), Step::Permit, "!own-matter"),
            (by("carl", 1), Step::Permit, "permitted"), // and HR is still missing
        ],
    );
}

/// Clause 5.2.3: the monitoring officer certifies councillors; need is not judged, HR not asked.
#[test]
fn councillors_are_certified() {
    let mut council = Council::new();
    council.sign("cora");
    let request = open(&council, opening("cora"), by("cora", 0)).unwrap();
    council.run(
        request,
        [
            (by("cora", 0), Step::Submit, "awaiting-certification"),
            (by("dora", 0), Step::Authorise, "!state"),
            (by("carl", 0), Step::Certify, "!authority"),
            (because("milo", 0), refuse("walsall-5.2.3"), "!state"),
            (by("hana", 0), Step::HrVerify, "!rule"),
            (because("milo", 0), send_back("walsall-5.2.3"), "returned"),
            (by("cora", 1), Step::Submit, "awaiting-certification"),
            (by("milo", 1), Step::Certify, "awaiting-permission"),
            (rule("standing-rule:", 1), Step::Permit, "!authority"),
            (rule("expiry", 1), Step::Permit, "!authority"),
            (rule("standing-rule:EMAIL", 1), Step::Permit, "provisioning"),
            (feed("hr", 1), Step::Provisioned, "!authority"),
            (feed("directory", 1), Step::Provisioned, "active"),
        ],
    );
}

/// Saying no takes a reason and a clause about requests.
#[test]
fn a_refusal_has_a_reason_and_a_clause() {
    let council = Council::new();
    let request = open(&council, opening("ada"), by("ada", 0)).unwrap();
    let request = council.run(
        request,
        [
            (by("ada", 0), Step::Submit, "awaiting-authorisation"),
            (by("hugh", 1), refuse(NEED), "!field"),
            (because("hugh", 1), refuse("walsall-7.4.2"), "!field"),
            (because("ada", 1), refuse(NEED), "!own-matter"),
            (because("hugh", 1), refuse(NEED), "refused"),
            (by("ada", 2), Step::Submit, "!state"),
            (by("ada", 2), Step::Withdraw, "!state"),
        ],
    );
    assert!(request.is_over());

    let request = open(&council, opening("ada"), by("ada", 0)).unwrap();
    let request = council.run(
        request,
        [(by("ada", 0), Step::Submit, "awaiting-authorisation")],
    );
    let refused = request
        .take(refuse(NEED), &because("hugh", 1), &council.world())
        .unwrap();
    assert_eq!(refused.clauses, [NEED]);
    assert_eq!(refused.authority.unwrap().post.as_str(), "head-of-service");
}

/// The signature and HR may come last, in either order, and may go again before it is in use.
#[test]
fn every_gate_counts_in_whatever_order() {
    let mut council = Council::new();
    let request = open(&council, opening("ada"), by("ada", 0)).unwrap();
    let request = council.run(
        request,
        [
            (by("ada", 0), Step::Submit, "awaiting-authorisation"),
            (by("hugh", 1), Step::Authorise, "awaiting-permission"),
            (by("ida", 1), Step::Permit, "permitted"),
            (by("sid", 1), Step::Provisioned, "!state"),
            (rule("acceptance", 1), Step::Recheck, "!state"), // nothing changed: no event
            (because("hana", 2), Step::HrMismatch, "permitted"),
        ],
    );
    council.sign("ada");
    let request = council.run(
        request,
        [
            (by("ada", 3), Step::Recheck, "!rule"), // happens by itself
            (rule("acceptance", 3), Step::Recheck, "permitted"),
            (feed("hr", 4), Step::HrVerify, "provisioning"),
            (because("hana", 4), Step::HrMismatch, "permitted"),
            (by("hana", 5), Step::HrVerify, "provisioning"),
            (by("sid", 5), Step::ProvisionFailed, "!field"),
            (because("sid", 5), Step::ProvisionFailed, "partial"),
        ],
    );
    council.accepted.clear();
    let request = council.run(
        request,
        [
            (by("sid", 6), Step::Provisioned, "!rule"),
            (rule("acceptance", 6), Step::Recheck, "permitted"),
        ],
    );
    council.sign("ada");
    council.run(
        request,
        [
            (rule("acceptance", 7), Step::Recheck, "provisioning"),
            (by("ada", 7), Step::Provisioned, "!own-matter"),
            (by("sue", 7), Step::Provisioned, "active"),
        ],
    );
}

/// Whoever moves before it is in use is judged where they are now.
#[test]
fn need_in_one_directorate_is_not_need_in_another() {
    let mut council = Council::new();
    let request = active(&mut council);
    council.change("ada", |ada| ada.unit = Some("parks".into()));
    council.run(
        request,
        [
            (by("pam", 5), Step::Confirm, "!state"),
            (feed("hr", 5), Step::MoverReview, "mover-review"),
            (by("hugh", 5), Step::Confirm, "!authority"), // where she was
            (by("ada", 5), Step::Confirm, "!own-matter"),
            (by("pam", 5), Step::Confirm, "active"),
        ],
    );
    let request = open(&council, opening("ada"), by("ada", 0)).unwrap();
    let request = council.run(
        request,
        [
            (by("ada", 0), Step::Submit, "awaiting-authorisation"),
            (by("pam", 1), Step::Authorise, "awaiting-permission"),
        ],
    );
    council.change("ada", |ada| ada.unit = Some("benefits".into()));
    council.run(
        request,
        [(
            feed("directory", 2),
            Step::Recheck,
            "awaiting-authorisation",
        )],
    );
}

/// Agents need somebody who answers for them, and a last day.
#[test]
fn agents_have_a_sponsor_and_a_last_day() {
    let mut council = Council::new();
    let row = |council: &Council, opening: Opening| {
        open(council, opening, by("mara", 0)).map_or_else(|refused| why(&refused), |_| "draft")
    };
    assert_eq!(row(&council, opening("axel")), "!field"); // no last day
    assert_eq!(row(&council, until("axel", -1)), "!field");
    assert_eq!(row(&council, until("axel", 99_999)), "!field");
    assert_eq!(row(&council, until("axel", 90)), "draft");
    let mut own = until("axel", 90);
    own.wanted.sponsor = Some("axel".into());
    assert_eq!(row(&council, own), "!field");
    council.people.put(support::person("anna", "agent"));
    let mut agent = until("axel", 90);
    agent.wanted.sponsor = Some("anna".into());
    assert_eq!(row(&council, agent), "!field"); // an agent answers for nobody
    council.people.put(support::person("guest", "guest"));
    let guest = open(&council, opening("guest"), by("guest", 0)).unwrap_err();
    assert_eq!(why(&guest), "!rule"); // no way in
}

/// A paper form is typed in by the desk and compared with the scan by somebody else.
#[test]
fn paper_is_checked_by_a_second_person() {
    let council = Council::new();
    let mut paper = opening("cora");
    paper.paper = Some(PaperForm {
        scan: "SCAN-1".to_owned(),
        requester: "cora".into(),
    });
    for (who, expected) in [("cora", "!own-matter"), ("pam", "!authority")] {
        let refused = open(&council, paper.clone(), by(who, 0)).unwrap_err();
        assert_eq!(why(&refused), expected, "{who}");
    }
    let request = open(&council, paper, by("sid", 0)).unwrap();
    council.run(
        request,
        [
            (by("cora", 0), Step::Submit, "!state"),
            (by("sid", 0), Step::Check, "!named"),
            (by("cora", 0), Step::Check, "!own-matter"),
            (because("sue", 0), send_back("walsall-5.2.3"), "returned"),
            (by("cora", 0), Step::Submit, "!state"),
            (
                by("sid", 0),
                Step::Revise {
                    wanted: opening("cora").wanted,
                },
                "paper-unchecked",
            ),
            (by("sue", 0), Step::Check, "awaiting-certification"),
        ],
    );
}

/// What is in use ends by a withdrawal or on its last day, and by nothing else.
#[test]
fn only_a_withdrawal_suspends_and_ends() {
    let mut council = Council::new();
    let request = active(&mut council);
    let withdrawal = || "WD-7F3K-29QD".into();
    let suspend = || Step::Suspend {
        withdrawal: withdrawal(),
    };
    let restore = || Step::Restore {
        withdrawal: withdrawal(),
    };
    let request = council.run(
        request,
        [
            (by("ada", 5), Step::Withdraw, "!state"),
            (by("ada", 5), suspend(), "!own-matter"),
            (by("sid", 5), suspend(), "!authority"),
            (
                rule("withdrawal", 5),
                Step::Suspend {
                    withdrawal: "nonsense".into(),
                },
                "!field",
            ),
            (rule("withdrawal", 5), suspend(), "suspended"),
            (
                rule("withdrawal", 6),
                Step::Restore {
                    withdrawal: "WD-0000-0000".into(),
                },
                "!field",
            ),
            (by("inga", 6), restore(), "active"),
            (rule("withdrawal", 7), suspend(), "suspended"),
        ],
    );
    council.accepted.clear();
    council.run(
        request,
        [
            (rule("withdrawal", 8), restore(), "mover-review"),
            (by("hugh", 8), Step::Confirm, "!rule"), // unsigned
            (
                rule("withdrawal", 9),
                Step::End {
                    withdrawal: withdrawal(),
                },
                "ended",
            ),
        ],
    );
}

/// A third of its life, two thirds, the end: reminded, escalated, expired. Expired is not refused.
#[test]
fn time_reminds_then_escalates_then_expires() {
    let council = Council::new();
    let mut request = open(&council, opening("ada"), by("ada", 0)).unwrap();
    request = council.run(
        request,
        [(by("ada", 2), Step::Submit, "awaiting-authorisation")],
    );
    let life = [
        (12, Step::Remind, "awaiting-authorisation"),
        (22, Step::Escalate, "awaiting-authorisation"),
        (30, Step::Expire, "expired"),
    ];
    for (day, step, state) in life {
        assert_eq!(request.due(&council.world()), Some((at(day), step.clone())));
        let early = (rule("time", day - 1), step.clone(), "!rule");
        let person = (by("hugh", day), step.clone(), "!rule");
        request = council.run(request, [early, person, (rule("time", day), step, state)]);
    }
    assert_eq!(request.due(&council.world()), None);

    let mut council = Council::new();
    let mut request = active(&mut council);
    assert_eq!(request.due(&council.world()), None);
    request.wanted.until = Some(at(50));
    let end = Step::ReachEnd;
    assert_eq!(request.due(&council.world()), Some((at(50), end.clone())));
    council.run(request, [(rule("time", 50), end, "ended")]);
}

/// A request that was half set up when it lapsed leaves the desk something to take down.
#[test]
fn what_was_half_set_up_is_taken_down() {
    let mut council = Council::new();
    council.sign("ada");
    let request = open(&council, opening("ada"), by("ada", 0)).unwrap();
    let request = council.run(
        request,
        [
            (by("ada", 0), Step::Submit, "awaiting-authorisation"),
            (feed("hr", 0), Step::HrVerify, "awaiting-authorisation"),
            (by("hugh", 0), Step::Authorise, "awaiting-permission"),
            (by("ida", 0), Step::Permit, "provisioning"),
        ],
    );
    let world = council.world();
    let taken = request.take(Step::Withdraw, &by("ada", 1), &world).unwrap();
    let revoke = |effect: &Effect| matches!(effect, Effect::Task { task: "revoke", .. });
    assert!(taken.effects.iter().any(revoke));
}

/// States stand on the record for ever: a change here is a change of the stored format.
#[test]
fn states_are_spelled_as_they_always_were() {
    let names: Vec<_> = Stage::ALL.iter().map(|stage| stage.name()).collect();
    assert_eq!(
        names.join(" "),
        "draft paper-unchecked awaiting-authorisation awaiting-certification returned \
         awaiting-permission permitted provisioning partial active mover-review suspended refused \
         withdrawn expired ended"
    );
    for stage in Stage::ALL {
        let json = serde_json::to_value(stage).unwrap();
        assert_eq!(json, stage.name());
    }
}

/// Nothing a form can carry is too large or panics.
#[test]
fn forms_are_bounded() {
    let council = Council::new();
    let mut long = opening("ada");
    long.wanted.need = "x".repeat(1_000_000);
    assert_eq!(
        why(&open(&council, long, by("ada", 0)).unwrap_err()),
        "!field"
    );
    let mut unknown = opening("ada");
    unknown.service = "teleport".to_owned();
    assert_eq!(
        why(&open(&council, unknown, by("ada", 0)).unwrap_err()),
        "!field"
    );
    let act = by("ada", 0).because("x".repeat(10_000));
    assert_eq!(
        why(&open(&council, opening("ada"), act).unwrap_err()),
        "!field"
    );
    let mut act = by("ada", 0);
    act.evidence = vec!["scan".to_owned(); 21];
    assert_eq!(
        why(&open(&council, opening("ada"), act).unwrap_err()),
        "!field"
    );
}
