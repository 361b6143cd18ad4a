//! Leaving and withdrawal: who may say so, when it takes effect, what is given back.
#![allow(clippy::unwrap_used)]

mod support;

use matters::event::Act;
use matters::machine::{Addressee, Effect, Machine, Refused};
use matters::withdrawal::{Kind, Opening, Stage, Step, Withdrawal, Withdrawn};
use proptest::prelude::*;
use support::{Council, at, because, by, feed, rule, why};

fn open(
    council: &Council,
    person: &str,
    kind: Kind,
    day: i64,
    act: &Act,
) -> Result<Withdrawal, Refused> {
    let opening = Opening {
        person: person.into(),
        kind,
        effective_at: at(day),
        until: None,
    };
    Withdrawal::open(opening, act, &council.world()).map(|taken| taken.matter)
}

fn email() -> Kind {
    Kind::Partial {
        services: ["email".to_owned()].into(),
    }
}

fn network() -> Kind {
    Kind::NetworkProtection {
        services: ["internet".to_owned()].into(),
    }
}

/// Clauses 5.4.1 and 5.4.3, 7.2.2: who may begin which, over whom.
#[test]
fn who_may_withdraw_what_from_whom() {
    let council = Council::new();
    let check = |person: &str, kind: Kind, act: Act, expected: &str| {
        let outcome = open(&council, person, kind.clone(), 10, &act);
        let outcome = outcome.map_or_else(|refused| why(&refused), |matter| matter.state());
        assert_eq!(
            outcome, expected,
            "{kind:?} from {person} by {:?}",
            act.actor
        );
    };
    check("ada", Kind::Leaving, by("mara", 0), "notified");
    check("ada", Kind::Leaving, by("hana", 0), "notified");
    check("ada", Kind::Leaving, feed("hr", 0), "notified");
    check("ada", Kind::Leaving, by("ada", 0), "notified");
    check("ada", Kind::Leaving, by("pam", 0), "!authority");
    check("ada", Kind::Leaving, feed("scim", 0), "!authority");
    check("nobody", Kind::Leaving, feed("hr", 0), "!nobody-known");
    check("cora", Kind::Leaving, by("milo", 0), "notified");
    check("cora", Kind::Leaving, by("cora", 0), "!own-matter");
    check("cora", Kind::Leaving, by("dora", 0), "!authority");
    check("ada", Kind::Permanent, because("inga", 0), "scheduled");
    check("ada", Kind::Temporary, because("hugh", 0), "scheduled");
    check("ada", Kind::Temporary, by("hugh", 0), "!field"); // no reason
    check("ada", Kind::Temporary, because("mara", 0), "!authority");
    check("ada", Kind::Temporary, because("pam", 0), "!authority");
    check("hugh", Kind::Temporary, because("hugh", 0), "!own-matter");
    check(
        "ada",
        Kind::Temporary,
        rule("acceptance:AC-1", 0),
        "scheduled",
    );
    check("ada", Kind::Temporary, rule("whim", 0), "!authority");
    check("ada", email(), because("dora", 0), "scheduled");
    check("cora", email(), because("inga", 0), "!rule"); // only after the views were heard
    check("cora", email(), because("carl", 0), "!rule");
    check("cora", email(), rule("acceptance:AC-1", 0), "!rule");
    check("cora", email(), rule("member-misuse:MM-1", 0), "scheduled");
    check("cora", network(), because("ida", 0), "scheduled"); // blames nobody
    check("ada", network(), because("hugh", 0), "!authority");
    check(
        "ada",
        Kind::Partial {
            services: [].into(),
        },
        because("hugh", 0),
        "!field",
    );
    let unknown = Kind::Partial {
        services: ["teleport".to_owned()].into(),
    };
    check("ada", unknown, because("hugh", 0), "!field");
}

/// Clause 5.4.2: it takes effect at its minute. Nobody has to verify it or set a switch first.
#[test]
fn it_takes_effect_at_its_minute() {
    let council = Council::new();
    let matter = open(&council, "ada", Kind::Leaving, 10, &feed("hr", 0)).unwrap();
    let minute = jiff::SignedDuration::from_mins(1);
    assert_eq!(matter.withdraws(at(10) - minute), None);
    assert_eq!(matter.withdraws(at(10)), Some(Withdrawn::All));
    let matter = council.run(
        matter,
        [
            (rule("time", 9), Step::Disable, "!rule"),
            (by("sid", 9), Step::Disable, "!rule"),
            (by("mara", 10), Step::Disable, "!authority"),
            (rule("time", 10), Step::Disable, "disabled"),
            (feed("hr", 11), Step::Verify, "!rule"), // one source is not two
            (by("mara", 12), Step::HandOver, "handover"),
            (by("mara", 13), Step::Archive, "!rule"), // still one
            (by("mara", 13), Step::Verify, "handover"),
            (by("mara", 13), Step::Verify, "!state"),
            (by("mara", 14), Step::Archive, "archived"),
            (because("ida", 15), Step::Dispose, "!rule"),
            (rule("retention:ACCOUNTS", 15), Step::Dispose, "!field"), // no certificate
        ],
    );
    let mut act = rule("retention:ACCOUNTS", 90);
    act.evidence.push("CERT-1".to_owned());
    let matter = council.run(matter, [(act, Step::Dispose, "disposed")]);
    assert_eq!(matter.withdraws(at(9_999)), Some(Withdrawn::All));
    // Somebody comes back years later: what stands against them is lifted.
    let matter = council.run(matter, [(feed("hr", 900), Step::Restore, "restored")]);
    assert_eq!(matter.withdraws(at(899)), Some(Withdrawn::All));
    assert_eq!(matter.withdraws(at(900)), None);
}

/// HR's rows come in any order: a last day before the first one is kept, and is safe.
#[test]
fn a_leaver_may_come_before_the_joiner() {
    let mut council = Council::new();
    council.change("ada", |ada| {
        ada.employed = vec![matters::people::Employment {
            from: jiff::civil::date(2026, 9, 1),
            until: None,
        }];
    });
    let matter = open(&council, "ada", Kind::Leaving, -400, &feed("hr", 0)).unwrap();
    assert_eq!(matter.withdraws(at(0)), Some(Withdrawn::All));
    assert_eq!(
        matter.due(&council.world()),
        Some((at(-400), Step::Disable))
    );
    let matter = council.run(
        matter,
        [
            (rule("time", 0), Step::Disable, "disabled"),
            (feed("hr", 1), Step::Restore, "restored"),
        ],
    );
    assert_eq!(matter.withdraws(at(1)), None);
}

/// Somebody's own notice counts once a second source says so: a slip locks nobody out.
#[test]
fn ones_own_notice_waits_for_a_second_source() {
    let council = Council::new();
    let matter = open(&council, "ada", Kind::Leaving, 10, &by("ada", 0)).unwrap();
    assert_eq!(matter.withdraws(at(11)), None);
    let matter = council.run(
        matter,
        [
            (by("ada", 1), Step::Verify, "!own-matter"),
            (rule("time", 11), Step::Disable, "!rule"),
            (feed("hr", 12), Step::Verify, "verified"),
        ],
    );
    assert_eq!(matter.withdraws(at(11)), None);
    assert_eq!(matter.withdraws(at(12)), Some(Withdrawn::All));
}

/// A mistaken notice gives back what it took; a date that was wrong is put right.
#[test]
fn mistakes_are_put_right() {
    let council = Council::new();
    let matter = open(&council, "ada", Kind::Leaving, 10, &by("mara", 0)).unwrap();
    let later = |day| Step::Schedule {
        effective_at: at(day),
    };
    let matter = council.run(
        matter,
        [
            (by("mara", 0), Step::Verify, "!named"),
            (by("hana", 1), Step::Verify, "verified"),
            (by("pam", 1), later(20), "!authority"),
            (feed("hr", 1), later(9_999), "!field"),
            (feed("hr", 1), later(20), "scheduled"),
            (by("mara", 2), Step::Reject, "!field"),
            (because("mara", 21), Step::Reject, "rejected"),
        ],
    );
    assert_eq!(matter.withdraws(at(20)), Some(Withdrawn::All)); // as it was for a day
    assert_eq!(matter.withdraws(at(21)), None);
    assert!(matter.is_over());
}

/// A limit that protects the network ends on its day and is nobody else's to hear of.
#[test]
fn protecting_the_network_blames_nobody() {
    let council = Council::new();
    let opening = Opening {
        person: "ada".into(),
        kind: network(),
        effective_at: at(0),
        until: Some(at(3)),
    };
    let world = council.world();
    let opened = Withdrawal::open(opening.clone(), &because("ida", 0), &world).unwrap();
    let disabled = opened
        .matter
        .take(Step::Disable, &rule("time", 0), &world)
        .unwrap();
    for effect in disabled.effects {
        let quiet = match effect {
            Effect::Notify { to, .. } => to == Addressee::Person("ada".into()),
            Effect::Task { service, .. } => service.as_deref() == Some("internet"),
        };
        assert!(quiet);
    }
    let matter = disabled.matter;
    let internet = ["internet".to_owned()].into();
    assert_eq!(
        matter.withdraws(at(2)),
        Some(Withdrawn::Services(&internet))
    );
    assert_eq!(matter.withdraws(at(3)), None); // to the minute
    assert_eq!(matter.due(&world), Some((at(3), Step::Restore)));
    let matter = council.run(
        matter,
        [
            (by("sid", 1), Step::HandOver, "!state"),
            (rule("time", 2), Step::Restore, "!authority"),
            (because("hugh", 2), Step::Restore, "!authority"),
            (rule("time", 4), Step::Restore, "restored"),
        ],
    );
    assert_eq!(matter.ended_at, Some(at(3)));
    let for_good = Opening {
        kind: Kind::Leaving,
        ..opening
    };
    let refused = Withdrawal::open(for_good, &by("mara", 0), &world).unwrap_err();
    assert_eq!(why(&refused), "!field");
}

/// What a decision in another matter took, the same matter gives back; so may who orders.
#[test]
fn what_another_matter_took_it_gives_back() {
    let council = Council::new();
    let act = rule("member-misuse:MM-1", 0);
    let matter = open(&council, "cora", email(), 0, &act).unwrap();
    let matter = council.run(matter, [(rule("time", 0), Step::Disable, "disabled")]);
    let lifted = council.run(
        matter.clone(),
        [
            (rule("whim", 1), Step::Restore, "!authority"),
            (because("inga", 1), Step::Restore, "!authority"),
            (rule("member-misuse:MM-1", 1), Step::Restore, "restored"),
        ],
    );
    assert!(lifted.is_over());
    council.run(matter, [(because("carl", 1), Step::Restore, "restored")]);
}

/// The line hears at once of a leaver, with what it has to see to before the day.
#[test]
fn the_line_hears_of_a_leaver_at_once() {
    let council = Council::new();
    for (person, act, line) in [
        ("ada", feed("hr", 0), "line-manager"),
        ("cora", by("milo", 0), "monitoring-officer"),
    ] {
        let opening = Opening {
            person: person.into(),
            kind: Kind::Leaving,
            effective_at: at(10),
            until: None,
        };
        let taken = Withdrawal::open(opening, &act, &council.world()).unwrap();
        let has = |task: &'static str, post: &str| {
            taken.effects.contains(&Effect::Task {
                task,
                service: None,
                post: post.into(),
            })
        };
        assert!(has("handover", line) && has("equipment", line), "{person}");
        assert!(has("shared-mailboxes", "service-desk"));
    }
}

/// States stand on the record for ever: a change here is a change of the stored format.
#[test]
fn states_are_spelled_as_they_always_were() {
    let names: Vec<_> = Stage::ALL.iter().map(|stage| stage.name()).collect();
    assert_eq!(
        names.join(" "),
        "notified verified scheduled disabled handover archived disposed rejected restored"
    );
}

proptest! {
    /// Whatever anybody does or leaves undone, a leaver somebody else reported is without service
    /// from that minute until it is rejected or restored.
    #[test]
    fn nothing_delays_a_leaver(
        tries in proptest::collection::vec((0..9_usize, 0..9_usize, 0..40_i64), 0..40),
    ) {
        let council = Council::new();
        let mut matter = open(&council, "ada", Kind::Leaving, 20, &by("mara", 0)).unwrap();
        let mut days: Vec<_> = tries;
        days.sort_by_key(|(_, _, day)| *day);
        for (who, what, day) in days {
            let who = ["ada", "mara", "hana", "hugh", "sid", "pam", "ida", "milo", "carl"][who];
            let step = [
                Step::Verify, Step::Reject, Step::Disable, Step::Restore, Step::HandOver,
                Step::Archive, Step::Dispose, Step::Remind, Step::Escalate,
            ][what].clone();
            if let Ok(taken) = matter.take(step, &because(who, day), &council.world()) {
                matter = taken.matter;
            }
            let given_back = ["rejected", "restored"].contains(&matter.state());
            prop_assert_eq!(matter.withdraws(at(41)).is_none(), given_back);
            prop_assert!(matter.withdraws(at(19)).is_none());
        }
    }
}
