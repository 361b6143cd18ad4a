//! Clauses met by a report: that it is told at once, to whom, and answered. Every test names its clause,
//! and `clauses.toml` names the test.
#![allow(clippy::unwrap_used)]

mod support;

use matters::incident::{Incident, Kind, Opening, Step};
use matters::machine::{Addressee, Effect, Machine, Taken};
use support::{Council, at, because, by};

/// What is reported on the day it happened.
fn opening(kind: Kind) -> Opening {
    Opening {
        kind,
        words: "it was there when I came back".to_owned(),
        happened_at: at(0),
        url: Some("https://offers.example/?id=7".to_owned()),
        message_id: None,
        implicated: None,
        key_sha256: None,
    }
}

/// What Ada reports, under the policy of this council.
fn reported(pack: &str, kind: Kind) -> (Council, Taken<Incident>) {
    let mut council = Council::new();
    council.settings = support::settings(pack);
    let opened = Incident::open(opening(kind), &by("ada", 0), &council.world()).unwrap();
    (council, opened)
}

/// The posts and people told by a step, and what it puts on the service desk's list.
fn told(taken: &Taken<Incident>) -> (Vec<&str>, Option<&'static str>) {
    let mut whom = Vec::new();
    let mut task = None;
    for effect in &taken.effects {
        match effect {
            Effect::Notify {
                to: Addressee::Person(person),
                ..
            } => whom.push(person.as_str()),
            Effect::Notify {
                to: Addressee::Post(post),
                ..
            } => whom.push(post.as_str()),
            Effect::Task {
                post, task: what, ..
            } => {
                assert_eq!(post.as_str(), "service-desk");
                task = Some(*what);
            }
        }
    }
    (whom, task)
}

/// A report of this kind rests on the clause, is with the service desk the moment it is made, is not
/// held against whoever makes it, and stays until the desk has answered them.
#[track_caller]
fn check(pack: &str, clause: &str, kind: Kind, on_its_list: Option<&str>) {
    let (council, opened) = reported(pack, kind);
    assert!(opened.clauses.iter().any(|one| one == clause), "{opened:?}");
    let (whom, task) = told(&opened);
    assert!(whom.contains(&"service-desk"), "{whom:?}");
    assert_eq!(task, on_its_list, "{pack}: {kind:?}");
    assert!(opened.matter.in_good_faith);
    let close = || Step::Close {
        feedback: "it is put right; thank you".to_owned(),
    };
    let read = council.run(
        opened.matter,
        [
            (by("sid", 0), close(), "!state"), // nobody has read it
            (by("ada", 0), Step::Acknowledge, "!own-matter"),
            (by("mara", 0), Step::Acknowledge, "reported"),
            (by("sid", 0), Step::Acknowledge, "acknowledged"),
            (because("ada", 1), close(), "!own-matter"),
        ],
    );
    let closed = read.take(close(), &by("sid", 1), &council.world()).unwrap();
    assert_eq!(told(&closed).0, ["ada"]);
    assert_eq!(
        closed.matter.feedback.as_deref(),
        Some("it is put right; thank you")
    );
}

/// Walsall 6.2.3.a and 7.1.2.b: what looks infected, by mail or from the web, is told at once, and the
/// desk has it on its list to clean.
#[test]
fn what_looks_infected_is_told_to_the_desk_at_once() {
    for clause in ["walsall-6.2.3.a", "walsall-7.1.2.b"] {
        check("walsall", clause, Kind::Virus, Some("clean-device"));
    }
}

/// Walsall 7.2.13: an advertisement that comes up by itself is told to the desk, with its address and
/// without what stands behind the question mark.
#[test]
fn what_comes_up_by_itself_is_told_to_the_desk() {
    check("walsall", "walsall-7.2.13", Kind::Accident, None);
    let (_, opened) = reported("walsall", Kind::Accident);
    assert_eq!(
        opened.matter.url.as_deref(),
        Some("https://offers.example/")
    );
}

/// Halton 3.1.21.c: whoever is unsure about what they were sent asks the desk first, and is answered.
#[test]
fn the_desk_is_asked_about_what_is_doubtful() {
    check(
        "halton",
        "halton-3.1.21.c",
        Kind::Virus,
        Some("clean-device"),
    );
}

/// Halton 3.1.32: access one should not have is told at once and on the desk's list to correct.
#[test]
fn access_one_should_not_have_is_told_and_corrected() {
    let clause = "halton-3.1.32";
    check(
        "halton",
        clause,
        Kind::TooMuchAccess,
        Some("correct-access"),
    );
}

/// Halton 6.e: a password somebody else knows is on the desk's list to be changed the moment it is said,
/// and the report stays until that is answered.
#[test]
fn a_password_others_know_is_changed_at_once() {
    let clause = "halton-6.e";
    check(
        "halton",
        clause,
        Kind::PasswordDisclosed,
        Some("change-password"),
    );
}

/// Halton 3.1.9.d: an unsuitable site or message met by accident is told to the line manager and the desk
/// at once. Both have to read it, nobody else may, and a manager who sent it is passed over.
#[test]
fn what_was_met_by_accident_is_told_to_the_manager_and_the_desk() {
    let pack = "halton";
    check(pack, "halton-3.1.9.d", Kind::Accident, None);
    let (council, opened) = reported(pack, Kind::Accident);
    assert_eq!(told(&opened).0, ["line-manager", "service-desk", "ada"]);
    let may_read = |who: &str| {
        let world = council.world();
        opened.matter.may_be_read_by(&who.into(), at(0), &world)
    };
    for (who, may) in [
        ("ada", true),
        ("mara", true),
        ("sid", true),
        ("pam", false),
        ("hugh", false),
        ("inga", false),
    ] {
        assert_eq!(may_read(who), may, "{who}");
    }
    council.run(
        opened.matter.clone(),
        [
            (by("pam", 0), Step::Acknowledge, "!authority"),
            (by("sid", 0), Step::Acknowledge, "reported"),
            (by("mara", 0), Step::Acknowledge, "acknowledged"),
        ],
    );
    let from_the_manager = Opening {
        implicated: Some("mara".into()),
        ..opening(Kind::Accident)
    };
    let opened = Incident::open(from_the_manager, &by("ada", 0), &council.world()).unwrap();
    assert_eq!(told(&opened).0, ["service-desk", "ada"]);
}

/// Walsall 9.5.1.b: whoever it is that learns of a breach tells the chief internal auditor, and nobody
/// else hears of it: not the manager, not the desk, not whoever it is about.
#[test]
fn whoever_learns_of_a_breach_tells_the_chief_internal_auditor() {
    let mut council = Council::new();
    council.people.put(support::person("pia", "partner"));
    for who in ["ada", "cora", "axel", "pia"] {
        let breach = Opening {
            implicated: Some("mara".into()),
            ..opening(Kind::ReportSomeone)
        };
        let opened = Incident::open(breach, &by(who, 0), &council.world()).unwrap();
        assert_eq!(opened.clauses, ["walsall-9.5.1.b"]);
        assert_eq!(told(&opened), (vec!["chief-internal-auditor", who], None));
        let world = council.world();
        let may_read = |who: &str| opened.matter.may_be_read_by(&who.into(), at(0), &world);
        assert!(may_read(who) && may_read("inga"), "{who}");
        for other in ["mara", "sid", "hugh", "hana", "milo"] {
            assert!(!may_read(other), "{other} of {who}");
        }
        council.run(
            opened.matter.clone(),
            [
                (by("sid", 0), Step::Acknowledge, "!authority"),
                (by("mara", 0), Step::Acknowledge, "!named"),
                (by("inga", 0), Step::Acknowledge, "acknowledged"),
            ],
        );
    }
}

fn confirm(number: u32) -> Step {
    Step::Confirm { number }
}

/// Walsall 6.2.3.b: IT says step by step what to do about an infection; whoever reported it says of each
/// step that it is done, and until then the report stays open.
#[test]
fn what_it_advises_about_a_virus_is_done_step_by_step() {
    let (council, opened) = reported("walsall", Kind::Virus);
    assert_eq!(opened.matter.advice, []);
    let advise = |steps: &[&str]| Step::Advise {
        steps: steps.iter().map(|step| (*step).to_owned()).collect(),
    };
    let steps = advise(&["Take the network cable out", "Bring the laptop to the desk"]);
    let close = || Step::Close {
        feedback: "it is clean".to_owned(),
    };
    let advised = opened
        .matter
        .take(steps, &by("sid", 0), &council.world())
        .unwrap();
    assert_eq!(told(&advised).0, ["ada"]);
    let confirmed = council.run(
        advised.matter,
        [
            (by("ada", 1), advise(&["Nothing"]), "!own-matter"),
            (by("pam", 1), advise(&["Nothing"]), "!authority"),
            (by("sid", 1), advise(&[]), "!field"),
            (by("sid", 1), advise(&["  "]), "!field"),
            (by("sid", 1), advise(&["x"; 19]), "!field"), // 21 in all
            (by("mara", 1), Step::Acknowledge, "reported"),
            (by("sid", 1), Step::Acknowledge, "acknowledged"),
            (by("sid", 1), close(), "!state"), // nothing is done
            (by("ada", 2), confirm(1), "acknowledged"),
            (by("ada", 2), confirm(0), "!field"),
            (by("ada", 2), confirm(3), "!field"),
            (by("sid", 2), confirm(2), "!only-by"), // not for somebody else to say
            (by("sid", 2), close(), "!state"),      // one of two
            (by("ada", 3), confirm(2), "acknowledged"),
            (by("ada", 4), confirm(2), "acknowledged"),
        ],
    );
    let done: Vec<_> = confirmed.advice.iter().map(|one| one.done_at).collect();
    assert_eq!(done, [Some(at(2)), Some(at(3))]);
    let closed = confirmed.take(close(), &by("sid", 5), &council.world());
    let closed = closed.unwrap().matter;
    council.run(
        closed,
        [
            (by("sid", 6), advise(&["More"]), "!state"),
            (by("ada", 6), confirm(1), "!state"),
        ],
    );
}

/// Nobody waits for somebody who left.
#[test]
fn whoever_left_keeps_no_report_open() {
    let (mut council, opened) = reported("walsall", Kind::Misdirected);
    let close = || Step::Close {
        feedback: "it is settled".to_owned(),
    };
    let read = council.run(
        opened.matter,
        [
            (by("mara", 0), Step::Acknowledge, "reported"),
            (by("sid", 0), Step::Acknowledge, "acknowledged"),
            (by("sid", 0), close(), "!state"),
        ],
    );
    council.change("ada", |ada| {
        ada.employed = vec![matters::people::Employment {
            from: "2020-01-01".parse().unwrap(),
            until: Some("2020-12-31".parse().unwrap()),
        }];
    });
    council.run(read, [(by("sid", 1), close(), "closed")]);
}

/// Walsall 6.5.6.c: whoever reports that mail reached them by mistake is asked by the policy itself to
/// tell its sender, and the report stays open until they say that they did.
#[test]
fn the_sender_of_misdirected_mail_is_told_by_whoever_reports_it() {
    let (council, opened) = reported("walsall", Kind::Misdirected);
    assert!(opened.clauses.iter().any(|one| one == "walsall-6.5.6.c"));
    assert_eq!(opened.matter.advice.len(), 1);
    let asked = &opened.matter.advice[0];
    assert!(
        asked.step.contains("tell whoever sent it"),
        "{}",
        asked.step
    );
    assert_eq!((&asked.by, asked.done_at), (&None, None));
    let close = || Step::Close {
        feedback: "thank you".to_owned(),
    };
    let mut waiting = council.run(
        opened.matter,
        [
            (by("mara", 0), Step::Acknowledge, "reported"),
            (by("sid", 0), Step::Acknowledge, "acknowledged"),
            (by("sid", 0), close(), "!state"),
        ],
    );
    // Whoever forgets it is reminded.
    let (due, step) = waiting.due(&council.world()).unwrap();
    let rule = matters::event::Act::of(matters::event::Actor::Rule("time".to_owned()), due);
    let reminded = waiting.take(step, &rule, &council.world()).unwrap();
    assert!(told(&reminded).0.contains(&"ada"));
    waiting = reminded.matter;
    let done = council.run(waiting, [(by("ada", 1), confirm(1), "acknowledged")]);
    assert_eq!(done.advice[0].done_at, Some(at(1)));
    council.run(done, [(by("sid", 2), close(), "closed")]);
}
