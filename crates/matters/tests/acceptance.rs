//! Signing the policy: what makes a signature, and what follows where there is none.
#![allow(clippy::unwrap_used)]

mod support;

use matters::acceptance::{Acceptance, Method, Opening, Stage, Step};
use matters::event::Act;
use matters::machine::{Effect, Machine};
use proptest::prelude::*;
use support::{Council, at, because, by, feed, rule, why};

const TEXT: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const OTHER: &str = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";

fn due(council: &Council, who: &str) -> Acceptance {
    let opening = Opening {
        person: who.into(),
        edition: "officers".to_owned(),
        version: "2007-03".to_owned(),
        text_sha256: TEXT.to_uppercase(),
        in_force_at: at(0),
    };
    let act = rule("version-in-force", 0);
    Acceptance::open(opening, &act, &council.world())
        .unwrap()
        .matter
}

fn read(format: &str) -> Step {
    Step::Opened {
        format: format.to_owned(),
    }
}

fn accept(council: &Council, text: &str, format: &str, method: Method) -> Step {
    Step::Accept {
        format: format.to_owned(),
        text_sha256: text.to_owned(),
        statement: council.settings.acceptance.statement.clone(),
        method,
    }
}

fn signing(who: &str, day: i64) -> Act {
    let mut act = by(who, day);
    act.form_sha256 = Some(OTHER.to_owned());
    act
}

/// Signed in so many seconds before the act.
fn fresh(day: i64, seconds: i64) -> Method {
    Method::Electronic {
        authenticated_at: at(day) - jiff::SignedDuration::from_secs(seconds),
    }
}

fn ink() -> Method {
    Method::Manuscript {
        scan: "SCAN-7".to_owned(),
    }
}

/// The very text, opened in the format it is signed in, by the person, just signed in anew.
#[test]
fn a_signature_is_bound_to_text_format_person_and_moment() {
    let council = Council::new();
    let sign = |text, format, method| accept(&council, text, format, method);
    let other_words = Step::Accept {
        format: "html".to_owned(),
        text_sha256: TEXT.to_owned(),
        statement: "I agree to everything".to_owned(),
        method: fresh(1, 10),
    };
    let matter = council.run(
        due(&council, "ada"),
        [
            (
                signing("ada", 1),
                sign(TEXT, "html", fresh(1, 10)),
                "!field",
            ), // not opened
            (by("mara", 1), read("html"), "!only-by"),
            (by("ada", 1), read("html"), "opened"),
            (by("ada", 1), read("html"), "!state"), // nothing new
            (by("ada", 1), read("audio"), "opened"),
            (
                signing("ada", 1),
                sign(TEXT, "html", fresh(1, 10)),
                "!field",
            ), // read another way
            (by("ada", 1), read("html"), "opened"),
            (
                signing("ada", 1),
                sign(OTHER, "html", fresh(1, 10)),
                "!field",
            ),
            (signing("ada", 1), sign("", "html", fresh(1, 10)), "!field"),
            (
                signing("ada", 1),
                sign(TEXT, "html", fresh(1, 301)),
                "!field",
            ), // five minutes
            (
                signing("ada", 1),
                sign(TEXT, "html", fresh(1, -1)),
                "!field",
            ), // in the future
            (by("ada", 1), sign(TEXT, "html", fresh(1, 10)), "!field"), // no form
            (signing("ada", 1), other_words, "!field"),
            (
                signing("mara", 1),
                sign(TEXT, "html", fresh(1, 10)),
                "!only-by",
            ),
            (feed("hr", 1), sign(TEXT, "html", fresh(1, 10)), "!rule"),
            (
                signing("ada", 1),
                sign(TEXT, "html", fresh(1, 300)),
                "accepted",
            ),
            (
                signing("ada", 1),
                sign(TEXT, "html", fresh(1, 10)),
                "!state",
            ), // once is enough
        ],
    );
    assert!(matter.stands());
    let signature = matter.signature.unwrap();
    assert_eq!(signature.format, "html");
    assert_eq!(signature.form_sha256, OTHER);
}

/// A form in ink is typed in by the desk and checked by somebody else of the desk.
#[test]
fn ink_is_checked_by_a_second_person() {
    let council = Council::new();
    let sign = || accept(&council, TEXT, "large-print", ink());
    let matter = council.run(
        due(&council, "ada"),
        [
            (signing("ada", 1), sign(), "!own-matter"),
            (signing("mara", 1), sign(), "!authority"),
            (signing("sid", 1), sign(), "unchecked"),
            (by("sid", 1), Step::Check, "!named"),
            (by("ada", 1), Step::Check, "!own-matter"),
            (by("sue", 1), Step::Reject, "!field"),
            (because("sue", 1), Step::Reject, "due"),
        ],
    );
    assert_eq!(matter.signature, None);
    let matter = council.run(
        matter,
        [
            (signing("sid", 2), sign(), "unchecked"),
            (by("sue", 2), Step::Check, "accepted"),
        ],
    );
    assert_eq!(matter.signature.unwrap().checked_by, Some("sue".into()));
}

/// Walsall B.2.2: until both posts have agreed to how, nobody signs on a page, and ink counts.
#[test]
fn ink_alone_counts_until_signing_on_a_page_is_agreed() {
    let mut council = Council::new();
    council.signing = None;
    let page = |council: &Council| accept(council, TEXT, "html", fresh(1, 10));
    let helped = Method::Assisted {
        assistant: "mara".into(),
        authenticated_at: None,
    };
    let matter = council.run(
        due(&council, "ada"),
        [
            (by("ada", 1), read("html"), "opened"),
            (signing("ada", 1), page(&council), "!rule"),
            (
                signing("mara", 1),
                accept(&council, TEXT, "html", helped),
                "!rule",
            ),
            (
                signing("sid", 1),
                accept(&council, TEXT, "html", ink()),
                "unchecked",
            ),
            (by("sue", 1), Step::Check, "accepted"),
        ],
    );
    assert!(matter.stands());
    // One of the two is not enough.
    council.signing = Some(["chief-internal-auditor".into()].into());
    let opened = [(by("pam", 1), read("html"), "opened")];
    let pam = council.run(due(&council, "pam"), opened);
    let pam = council.run(pam, [(signing("pam", 1), page(&council), "!rule")]);
    let both = ["chief-internal-auditor", "strategic-transformation"];
    council.signing = Some(both.map(Into::into).into());
    let pam = council.run(pam, [(signing("pam", 1), page(&council), "accepted")]);
    // What was signed stays signed when the agreement is taken back.
    council.signing = None;
    assert!(pam.stands());
}

/// Help is named; where the helper enters it, somebody else checks it.
#[test]
fn help_is_named() {
    let council = Council::new();
    let helped = |assistant: &str, fresh: bool| {
        let method = Method::Assisted {
            assistant: assistant.into(),
            authenticated_at: fresh.then(|| at(1)),
        };
        accept(&council, TEXT, "braille", method)
    };
    council.run(
        due(&council, "ada"),
        [
            (signing("mara", 1), helped("mara", false), "unchecked"),
            (by("mara", 1), Step::Check, "!named"),
            (because("sue", 1), Step::Reject, "due"),
            (by("ada", 1), read("braille"), "opened"),
            (signing("ada", 1), helped("nobody", true), "!nobody-known"),
            (signing("ada", 1), helped("ada", true), "!field"),
            (signing("ada", 1), helped("mara", false), "!field"),
            (signing("pam", 1), helped("mara", true), "!only-by"),
            (signing("ada", 1), helped("mara", true), "accepted"),
        ],
    );
}

/// Told, reminded, overdue twice, put to whoever decides: each when its time has come.
#[test]
fn the_ladder_goes_by_time() {
    let council = Council::new();
    let mut matter = due(&council, "ada");
    let rungs = [
        (0, Step::Notified, "notified"),
        (30, Step::Remind, "notified"),
        (60, Step::Overdue, "overdue-1"),
        (74, Step::Overdue, "overdue-2"),
        (88, Step::ProposeRestriction, "restrict-proposed"),
        (102, Step::Remind, "restrict-proposed"),
        (116, Step::Escalate, "restrict-proposed"),
    ];
    for (day, step, state) in rungs {
        assert_eq!(matter.due(&council.world()), Some((at(day), step.clone())));
        let early = (rule("time", day - 1), step.clone(), "!rule");
        let person = (by("ida", day), step.clone(), "!rule");
        matter = council.run(matter, [early, person, (rule("time", day), step, state)]);
    }
    assert_eq!(matter.due(&council.world()), None);
    let matter = council.run(
        matter,
        [
            (because("hugh", 117), Step::Restrict, "!authority"),
            (by("ida", 117), Step::Restrict, "!field"),
            (because("ida", 117), Step::LetStand, "overdue-2"),
            (
                rule("time", 131),
                Step::ProposeRestriction,
                "restrict-proposed",
            ),
            (because("ida", 132), Step::Restrict, "restricted"),
            (by("ada", 133), read("html"), "restricted"),
        ],
    );
    // Signing after all gives the services back.
    let step = accept(&council, TEXT, "html", fresh(133, 0));
    let taken = matter
        .take(step, &signing("ada", 133), &council.world())
        .unwrap();
    let lifted = |effect: &Effect| {
        matches!(
            effect,
            Effect::Task {
                task: "lift-restriction",
                ..
            }
        )
    };
    assert!(taken.effects.iter().any(lifted));
}

/// Clause 7.2.2: what is done about a councillor goes another way.
#[test]
fn councillors_are_never_restricted_here() {
    let council = Council::new();
    let mut matter = due(&council, "cora");
    for (day, step) in [
        (0, Step::Notified),
        (30, Step::Remind),
        (60, Step::Overdue),
        (74, Step::Overdue),
        (88, Step::Refer),
    ] {
        assert_eq!(matter.due(&council.world()), Some((at(day), step.clone())));
        matter = matter
            .take(step, &rule("time", day), &council.world())
            .unwrap()
            .matter;
    }
    assert_eq!(matter.due(&council.world()), None);
    matter = council.run(
        matter,
        [
            (rule("time", 200), Step::ProposeRestriction, "!rule"),
            (because("ida", 200), Step::Restrict, "!state"),
            (by("cora", 200), Step::Decline, "declined"),
        ],
    );
    let refused = matter
        .take(Step::Restrict, &because("ida", 201), &council.world())
        .unwrap_err();
    assert_eq!(why(&refused), "!rule");
}

/// Saying no opens a conversation and takes nobody's services by itself; a change of mind is welcome.
#[test]
fn declining_opens_a_conversation() {
    let council = Council::new();
    let matter = due(&council, "ada");
    let taken = matter
        .take(Step::Decline, &by("ada", 1), &council.world())
        .unwrap();
    let talk = Effect::Task {
        task: "conversation",
        service: None,
        post: "line-manager".into(),
    };
    assert_eq!(taken.effects, [talk]);
    assert_eq!(taken.matter.due(&council.world()), None);
    council.run(
        taken.matter,
        [
            (by("mara", 2), Step::Decline, "!state"),
            (by("ada", 2), read("html"), "declined"),
            (
                signing("ada", 2),
                accept(&council, TEXT, "html", fresh(2, 0)),
                "accepted",
            ),
        ],
    );
}

/// Absence stops the clock; back, there are days to sign.
#[test]
fn absence_stops_the_clock() {
    let council = Council::new();
    let away = || Step::Defer {
        until: Some(at(200)),
    };
    let matter = council.run(
        due(&council, "ada"),
        [
            (rule("time", 0), Step::Notified, "notified"),
            (by("ada", 50), away(), "!own-matter"),
            (by("mara", 50), away(), "!authority"),
            (
                feed("hr", 50),
                Step::Defer {
                    until: Some(at(49)),
                },
                "!field",
            ),
            (by("hana", 50), away(), "deferred"),
        ],
    );
    assert_eq!(matter.due(&council.world()), Some((at(200), Step::Return)));
    let matter = council.run(matter, [(rule("time", 200), Step::Return, "due")]);
    assert_eq!(matter.due_by, at(214));
    assert_eq!(
        matter.due(&council.world()),
        Some((at(200), Step::Notified))
    );
}

/// Two posts together void a signature: internal audit, and whoever restricts services.
#[test]
fn two_posts_void_a_signature() {
    let council = Council::new();
    let signed = council.run(
        due(&council, "ada"),
        [
            (
                signing("sid", 1),
                accept(&council, TEXT, "html", ink()),
                "unchecked",
            ),
            (by("sue", 1), Step::Check, "accepted"),
            (by("inga", 1), Step::Void, "!rule"),
            (because("hugh", 2), Step::ProposeVoid, "!authority"),
            (by("ida", 2), Step::ProposeVoid, "!field"),
            (because("ida", 2), Step::ProposeVoid, "accepted"),
            (by("ida", 2), Step::Void, "!named"),
            (by("hugh", 2), Step::Void, "!authority"),
        ],
    );
    council.run(signed.clone(), [(by("inga", 3), Step::Void, "void")]);
    let later = Step::Supersede {
        version: "2027-01".to_owned(),
    };
    let same = Step::Supersede {
        version: "2007-03".to_owned(),
    };
    let over = council.run(
        signed,
        [
            (by("ida", 3), later.clone(), "!rule"),
            (rule("version-in-force", 3), same, "!field"),
            (rule("version-in-force", 3), later.clone(), "superseded"),
            (rule("version-in-force", 3), later, "!state"),
        ],
    );
    assert!(over.is_over());
}

/// States stand on the record for ever: a change here is a change of the stored format.
#[test]
fn states_are_spelled_as_they_always_were() {
    let names: Vec<_> = Stage::ALL.iter().map(|stage| stage.name()).collect();
    assert_eq!(
        names.join(" "),
        "due notified opened overdue-1 overdue-2 restrict-proposed restricted deferred unchecked \
         accepted declined superseded void lapsed"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Whatever anybody tries, what stands was signed by the person or checked by a second one.
    #[test]
    fn nothing_stands_unsigned(
        tries in proptest::collection::vec((0..8_usize, 0..14_usize, any::<bool>()), 1..60),
    ) {
        let council = Council::new();
        let world = council.world();
        let mut matter = due(&council, "ada");
        for (day, (who, what, own_time)) in tries.into_iter().enumerate() {
            let day = 8 * day as i64;
            let who = ["ada", "mara", "sid", "sue", "ida", "inga", "hana", "cora"][who];
            let mut step = match what {
                0 => read("html"),
                1 => accept(&council, TEXT, "html", fresh(day, 5)),
                2 => accept(&council, OTHER, "html", fresh(day, 5)),
                3 => accept(&council, TEXT, "html", ink()),
                4 => accept(&council, TEXT, "html", fresh(day, 4_000)),
                5 => Step::Check,
                6 => Step::Reject,
                7 => Step::Decline,
                8 => Step::Restrict,
                9 => Step::Defer { until: None },
                10 => Step::Return,
                11 => Step::ProposeVoid,
                12 => Step::Void,
                _ => Step::LetStand,
            };
            let mut act = signing(who, day).because("as it seemed right");
            if let (true, Some((_, next))) = (own_time, matter.due(&world)) {
                step = next;
                act = rule("time", day);
            }
            let Ok(taken) = matter.take(step, &act, &world) else { continue };
            matter = taken.matter;
            if matter.stands() {
                let signature = matter.signature.as_ref().unwrap();
                let own = signature.entered_by.as_str() == "ada";
                let checked = signature.checked_by.as_ref();
                prop_assert!(own || checked.is_some_and(|who| *who != signature.entered_by));
                let on_a_page = matches!(signature.method, Method::Electronic { .. });
                prop_assert!(!own || on_a_page);
            }
        }
    }
}
