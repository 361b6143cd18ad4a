//! Clauses met by a process: what each asks of it, with the settings of its own pack. Every test names
//! its clause, and `clauses.toml` names the test.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;

use jiff::Timestamp;
use matters::access_request::{self, AccessRequest, Wanted};
use matters::authority::{Delegated, Holding};
use matters::delegation::{self, Basis, Delegation, Right};
use matters::event::{Act, Actor};
use matters::incident::Kind as Report;
use matters::machine::{Addressee, Effect, Machine, Refused, Taken};
use matters::mailbox::{self, GenericMailbox};
use matters::permission::{self, Narrowed, Permission};
use matters::withdrawal::{self, Kind, Withdrawal, Withdrawn};
use support::{Council, at, because, by, rule, why};

/// The state something is opened in, or `!` and why it is not.
fn outcome<M: Machine>(opened: Result<Taken<M>, Refused>) -> &'static str {
    opened.map_or_else(|refused| why(&refused), |taken| taken.matter.state())
}

fn appoint(council: &mut Council, who: &str, post: &str, unit: Option<&str>) {
    council.posts.put(Holding {
        post: post.into(),
        unit: unit.map(Into::into),
        person: who.into(),
        from: at(-1000),
        until: None,
    });
}

fn wants(person: &str) -> access_request::Opening {
    access_request::Opening {
        person: person.into(),
        service: "email".to_owned(),
        wanted: Wanted {
            need: "answers the public by email".to_owned(),
            equipment: None,
            until: Some(at(90)),
            sponsor: None,
        },
        paper: None,
    }
}

/// Walsall 3.1: councillors, officers, agents and partners, each by the way in their group has, and
/// nobody else.
#[test]
fn four_groups_have_a_way_in_and_nobody_else() {
    let mut council = Council::new();
    let groups: Vec<_> = council.settings.entry.keys().cloned().collect();
    assert_eq!(groups, ["agent", "councillor", "officer", "partner"]);
    for (audience, expected) in [
        ("agent", "awaiting-authorisation"),
        ("councillor", "awaiting-certification"),
        ("officer", "awaiting-authorisation"),
        ("partner", "awaiting-authorisation"),
        ("unknown", "!rule"),
        ("", "!rule"),
    ] {
        let mut new = support::person("new", audience);
        new.unit = Some("benefits".into());
        new.sponsor = Some("mara".into());
        council.people.put(new);
        let world = council.world();
        let opened = AccessRequest::open(wants("new"), &by("new", 0), &world);
        let sent = opened.and_then(|opened| {
            let submit = access_request::Step::Submit;
            opened.matter.take(submit, &by("new", 0), &world)
        });
        assert_eq!(outcome(sent), expected, "{audience}");
    }
}

/// Walsall 9.1.1.g: what officers, agents and partners ask for comes to the assistant director for IT
/// once a senior manager confirmed the need, and not before.
#[test]
fn a_request_comes_to_it_once_it_is_authorised() {
    use access_request::Step::{Authorise, Permit, Submit};
    let mut council = Council::new();
    let mut partner = support::person("pia", "partner");
    partner.unit = Some("benefits".into());
    partner.sponsor = Some("mara".into());
    council.people.put(partner);
    for who in ["ada", "axel", "pia"] {
        let opened = AccessRequest::open(wants(who), &by(who, 0), &council.world());
        council.run(
            opened.unwrap().matter,
            [
                (by("ida", 0), Permit, "!state"),
                (by(who, 0), Submit, "awaiting-authorisation"),
                (by("ida", 0), Permit, "!state"),
                (rule("standing-rule:EMAIL", 0), Permit, "!state"),
                (by("pam", 0), Authorise, "!authority"),
                (by("hugh", 1), Authorise, "awaiting-permission"),
                (by("hugh", 1), Permit, "!authority"),
            ],
        );
    }
}

/// Walsall 9.2.1.a: an executive director, an assistant director or a head of service decides which of
/// their officers, agents and partners has access, and their no is the end of it.
#[test]
fn senior_managers_decide_who_has_access() {
    use access_request::Step::{Authorise, Permit, Refuse, Submit};
    let mut council = Council::new();
    appoint(&mut council, "sue", "assistant-director", Some("resources"));
    let mut partner = support::person("pia", "partner");
    partner.unit = Some("benefits".into());
    partner.sponsor = Some("mara".into());
    council.people.put(partner);
    let refuse = || Refuse {
        clause: "walsall-9.2.1.a".to_owned(),
    };
    for who in ["ada", "axel", "pia"] {
        let opened = AccessRequest::open(wants(who), &by(who, 0), &council.world());
        let sent = council.run(
            opened.unwrap().matter,
            [
                (by(who, 0), Submit, "awaiting-authorisation"),
                (by("pam", 1), Authorise, "!authority"), // of another directorate
                (because("pam", 1), refuse(), "!authority"),
                (by("ida", 1), Authorise, "!authority"),
            ],
        );
        for senior in ["hugh", "sue", "dora"] {
            let yes = [(by(senior, 1), Authorise, "awaiting-permission")];
            council.run(sent.clone(), yes);
            let no = [
                (because(senior, 1), refuse(), "refused"),
                (by("ida", 2), Permit, "!state"),
            ];
            council.run(sent.clone(), no);
        }
    }
}

fn email() -> Kind {
    Kind::Partial {
        services: ["email".to_owned()].into(),
    }
}

fn withdraw(
    council: &Council,
    person: &str,
    kind: Kind,
    act: &Act,
) -> Result<Taken<Withdrawal>, Refused> {
    let opening = withdrawal::Opening {
        person: person.into(),
        kind,
        effective_at: at(1),
        until: None,
    };
    Withdrawal::open(opening, act, &council.world())
}

/// Walsall 5.4.1: the chief internal auditor, a director, an assistant director, a head of service, or
/// whom one of them delegated it to; from the minute ordered, the services named and no others.
#[test]
fn senior_officers_and_their_delegates_have_services_withdrawn() {
    let mut council = Council::new();
    appoint(&mut council, "sue", "assistant-director", Some("resources"));
    council.posts.delegate(Delegated {
        reference: "DE-1".to_owned(),
        post: "chief-internal-auditor".into(),
        unit: None,
        by: "inga".into(),
        to: "fin".into(),
        from: at(0),
        until: at(9),
    });
    for (who, day, expected) in [
        ("inga", 0, "scheduled"),
        ("dora", 0, "scheduled"),
        ("sue", 0, "scheduled"),
        ("hugh", 0, "scheduled"),
        ("fin", 0, "scheduled"),
        ("fin", 9, "!authority"), // the delegation is over
        ("mara", 0, "!authority"),
        ("hana", 0, "!authority"),
        ("sid", 0, "!authority"),
        ("ada", 0, "!own-matter"),
    ] {
        let opened = withdraw(&council, "ada", email(), &because(who, day));
        assert_eq!(outcome(opened), expected, "{who}");
    }
    let ordered = withdraw(&council, "ada", email(), &because("fin", 0)).unwrap();
    let services = BTreeSet::from(["email".to_owned()]);
    let minute = jiff::SignedDuration::from_mins(1);
    assert_eq!(ordered.matter.withdraws(at(1) - minute), None);
    assert_eq!(
        ordered.matter.withdraws(at(1)),
        Some(Withdrawn::Services(&services))
    );
}

/// Who may say that somebody leaves. The desk has it on its list from then on, and every service to be
/// taken down once the minute has come.
#[track_caller]
fn check_leaver(council: &Council, person: &str, rows: &[(&str, bool)]) {
    let desk = |effect: &Effect| match effect {
        Effect::Task {
            post,
            task,
            service,
        } if post.as_str() == "service-desk" => Some((*task, service.clone())),
        _ => None,
    };
    for (who, allowed) in rows {
        let told = withdraw(council, person, Kind::Leaving, &by(who, 0));
        assert_eq!(told.is_ok(), *allowed, "{person} by {who}: {told:?}");
        let Ok(told) = told else { continue };
        let mut on_its_list = told.effects.iter().filter_map(desk);
        assert!(on_its_list.next().is_some(), "{person} by {who}");
        assert_eq!(told.matter.withdraws(at(1)), Some(Withdrawn::All));
        let disable = || withdrawal::Step::Disable;
        let early = told
            .matter
            .take(disable(), &rule("time", 0), &council.world());
        assert_eq!(outcome(early), "!rule", "{person} by {who}");
        let over = told
            .matter
            .take(disable(), &rule("time", 1), &council.world());
        let over = over.unwrap().effects;
        let revoked = over.iter().filter_map(desk);
        let revoked: Vec<_> = revoked
            .filter_map(|(task, service)| service.filter(|_| task == "revoke"))
            .collect();
        let services: Vec<_> = council.settings.services.keys().cloned().collect();
        assert_eq!(revoked, services, "{person} by {who}");
    }
}

/// Walsall 5.4.3.a.
#[test]
fn managers_tell_the_desk_who_leaves() {
    let council = Council::new();
    check_leaver(
        &council,
        "ada",
        &[
            ("mara", true),
            ("hugh", true),
            ("pam", false),
            ("milo", false),
        ],
    );
    check_leaver(
        &council,
        "axel",
        &[("hugh", true), ("pam", false), ("milo", false)],
    );
}

/// Walsall 5.4.3.b.
#[test]
fn the_monitoring_officer_tells_the_desk_of_councillors() {
    check_leaver(
        &Council::new(),
        "cora",
        &[
            ("milo", true),
            ("hugh", false),
            ("carl", false),
            ("inga", false),
            ("cora", false),
        ],
    );
}

/// Walsall 9.2.1.e: a head of service, an assistant director or an executive director says who of their
/// own leaves, and of councillors the Monitoring Officer; nobody of another service, and no other post.
#[test]
fn senior_managers_tell_it_through_the_desk_who_leaves() {
    let mut council = Council::new();
    appoint(&mut council, "sue", "assistant-director", Some("resources"));
    let clauses = &council.settings.withdrawal.clauses;
    assert!(clauses.iter().any(|clause| clause == "walsall-9.2.1.e"));
    let mut partner = support::person("pia", "partner");
    partner.unit = Some("benefits".into());
    council.people.put(partner);
    for person in ["ada", "axel", "pia"] {
        check_leaver(
            &council,
            person,
            &[
                ("hugh", true),
                ("sue", true),
                ("dora", true),
                ("pam", false), // of another service
                ("ida", false),
                ("sid", false),
                ("inga", false),
                ("fin", false),
            ],
        );
    }
    check_leaver(
        &council,
        "cora",
        &[
            ("milo", true),
            ("hugh", false),
            ("sue", false),
            ("dora", false),
            ("sid", false),
        ],
    );
}

fn sharing(council: &Council) -> Delegation {
    let opening = delegation::Opening {
        owner: "ada".into(),
        delegate: "cora".into(),
        rights: [Right::Read].into(),
        basis: Basis::Agreement,
        why: "while I am away".to_owned(),
        when: delegation::When::Between {
            from: at(0),
            until: at(30),
        },
    };
    let opened = Delegation::open(opening, &by("ada", 0), &council.world());
    opened.unwrap().matter
}

/// Walsall 6.1.5.a: nothing before both agreed, and nothing once either says no more.
#[test]
fn a_mailbox_is_shared_while_both_agree() {
    use delegation::Step::{DelegateAgree, End, Inform};
    let council = Council::new();
    let one = council.run(
        sharing(&council),
        [
            (by("ada", 0), DelegateAgree, "!only-by"),
            (by("ida", 0), Inform, "!state"),
        ],
    );
    assert_eq!(one.shares(at(1)), None);
    let both = council.run(
        one,
        [
            (by("cora", 1), DelegateAgree, "agreed"),
            (by("ida", 1), Inform, "active"),
        ],
    );
    assert!(both.shares(at(1)).is_some());
    for either in ["ada", "cora"] {
        let ended = council.run(both.clone(), [(by(either, 2), End, "ended")]);
        assert_eq!(ended.shares(at(3)), None);
    }
}

/// Walsall 6.1.5.b: agreed or not, it begins once the assistant director for IT has it in writing.
#[test]
fn a_mailbox_is_shared_once_it_was_told() {
    use delegation::Step::{DelegateAgree, Inform};
    let council = Council::new();
    let agreed = sharing(&council)
        .take(DelegateAgree, &by("cora", 0), &council.world())
        .unwrap();
    let told = |effect: &Effect| {
        matches!(effect, Effect::Notify { to: Addressee::Post(post), .. } | Effect::Task { post, .. }
            if post.as_str() == "assistant-director-it")
    };
    assert!(agreed.effects.iter().any(told), "{:?}", agreed.effects);
    assert_eq!(agreed.matter.shares(at(1)), None);
    let active = council.run(
        agreed.matter,
        [
            (by("ada", 1), Inform, "!own-matter"),
            (by("cora", 1), Inform, "!named"),
            (by("mara", 1), Inform, "!authority"),
            (by("ida", 1), Inform, "active"),
        ],
    );
    assert!(active.shares(at(1)).is_some());
}

/// Walsall 5.3.8: an officer who will be away names a colleague and the days. It is for these days, and
/// begins and ends by itself: no password changes hands.
#[test]
fn a_colleague_covers_the_days_of_an_absence() {
    use delegation::Step::{Begin, DelegateAgree, Expire, Inform};
    let council = Council::new();
    let opening = delegation::Opening {
        owner: "ada".into(),
        delegate: "fin".into(),
        rights: [Right::Read, Right::SendOnBehalf].into(),
        basis: Basis::Agreement,
        why: "annual leave".to_owned(),
        when: delegation::When::AbsenceCover {
            first: "2026-02-02".parse().unwrap(),
            last: "2026-02-06".parse().unwrap(),
        },
    };
    let opened = Delegation::open(opening, &by("ada", 0), &council.world()).unwrap();
    let cover = council.run(
        opened.matter,
        [
            (by("fin", 1), DelegateAgree, "agreed"),
            (by("ida", 1), Inform, "informed"),
        ],
    );
    let (first, after) = ("2026-02-02T00:00:00Z", "2026-02-07T00:00:00Z");
    let first: Timestamp = first.parse().unwrap();
    let after: Timestamp = after.parse().unwrap();
    let second = jiff::SignedDuration::from_secs(1);
    let by_itself = |at| Act::of(Actor::Rule("time".to_owned()), at);
    assert_eq!(cover.due(&council.world()), Some((first, Begin)));
    assert_eq!(cover.shares(first - second), None);
    let covering = council.run(cover, [(by_itself(first), Begin, "active")]);
    assert!(covering.shares(first).is_some());
    assert!(covering.shares(after - second).is_some());
    assert_eq!(covering.shares(after), None);
    assert_eq!(covering.due(&council.world()), Some((after, Expire)));
    council.run(covering, [(by_itself(after), Expire, "expired")]);
}

/// Walsall 6.4.1: a head of service or above asks, and the service desk opens it.
#[test]
fn a_head_of_service_asks_the_desk_for_a_mailbox() {
    let mut council = Council::new();
    appoint(&mut council, "sue", "assistant-director", Some("resources"));
    council.sign("ada");
    council.sign("mara");
    let asked = |who: &str| {
        let opening = mailbox::Opening {
            address: "benefits@example.org".to_owned(),
            purpose: "questions about benefits".to_owned(),
            manager: "mara".into(),
            administrators: vec!["ada".into(), "mara".into()],
            unit: "benefits".into(),
        };
        GenericMailbox::open(opening, &by(who, 0), &council.world())
    };
    for (who, expected) in [
        ("hugh", "requested"),
        ("sue", "requested"),
        ("dora", "requested"),
        ("ada", "!authority"),
        ("mara", "!authority"),
        ("pam", "!authority"), // of another directorate
        ("sid", "!authority"),
    ] {
        assert_eq!(outcome(asked(who)), expected, "{who}");
    }
    council.run(
        asked("hugh").unwrap().matter,
        [
            (by("ada", 1), mailbox::Step::Agree, "requested"),
            (by("mara", 1), mailbox::Step::Agree, "requested"),
            (by("pam", 1), mailbox::Step::Check, "!authority"),
            (by("hugh", 1), mailbox::Step::Check, "!named"),
            (by("sid", 1), mailbox::Step::Check, "active"),
        ],
    );
}

/// Walsall 9.6.1: one post sets the rules aside, for officers, and for two acts alone.
#[test]
fn public_protection_authorises_two_acts_of_officers() {
    let mut council = Council::new();
    let post = "head-of-public-protection";
    appoint(&mut council, "pam", post, None);
    let decides = |kind: &&policy::people::PermissionKind| {
        kind.deciders
            .iter()
            .flatten()
            .any(|decider| decider == post)
    };
    assert_eq!(
        council
            .settings
            .permissions
            .values()
            .filter(decides)
            .count(),
        2
    );
    let asked = |kind: &str, who: &str| {
        let opening = permission::Opening {
            person: who.into(),
            kind: kind.to_owned(),
            scope: vec!["shop.example.org".to_owned()],
            why: "case 7, counterfeit toys".to_owned(),
            when: permission::When::Ahead {
                from: at(0),
                until: at(30),
            },
        };
        Permission::open(opening, &by(who, 0), &council.world())
    };
    let approve = || permission::Step::Approve {
        narrowed: Narrowed::default(),
    };
    for kind in ["public-protection-account", "public-protection-purchase"] {
        for who in ["cora", "axel"] {
            assert_eq!(outcome(asked(kind, who)), "!rule", "{kind} of {who}");
        }
        council.run(
            asked(kind, "ada").unwrap().matter,
            [
                (by("ida", 1), approve(), "!authority"),
                (by("carl", 1), approve(), "!authority"),
                (by("inga", 1), approve(), "!authority"),
                (by("mara", 1), approve(), "!authority"),
                (by("ada", 1), approve(), "!own-matter"),
                (by("pam", 1), approve(), "active"),
            ],
        );
        let own = asked(kind, "pam").unwrap().matter;
        council.run(own, [(by("pam", 1), approve(), "!own-matter")]);
    }
    let third = asked("blog", "ada").unwrap().matter;
    council.run(third, [(by("pam", 1), approve(), "!authority")]);
}

/// What packs say of reports is said of kinds there are.
#[test]
fn packs_speak_of_reports_people_can_make() {
    for pack in ["walsall", "halton", "chorley"] {
        for kind in support::settings(pack).incidents.clauses.keys() {
            let known: Result<Report, _> = serde_json::from_value(kind.as_str().into());
            assert!(known.is_ok(), "{pack}: {kind}");
        }
    }
}
