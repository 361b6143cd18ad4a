//! Clauses met by a process: what each asks of it, with the settings of its own pack. Every test names
//! its clause, and `clauses.toml` names the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use matters::acceptance::{self, Acceptance, Method};
use matters::access_request::{self, AccessRequest, Wanted};
use matters::authority::{Delegated, Holding};
use matters::delegation::{self, Basis, Delegation, Right};
use matters::event::{Act, Actor};
use matters::incident::Kind as Report;
use matters::machine::{Addressee, Effect, Machine, Refused, Taken};
use matters::mailbox::{self, GenericMailbox};
use matters::permission::{self, Narrowed, Permission};
use matters::withdrawal::{self, Kind, Withdrawal, Withdrawn};
use policy::pack::{Files, Pack};
use support::{Council, at, because, by, feed, rule, why};

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

fn due(council: &Council, who: &str, version: &str, day: i64) -> Acceptance {
    asked_to_sign(council, who, version, &"ab".repeat(32), day)
}

fn asked_to_sign(council: &Council, who: &str, version: &str, text: &str, day: i64) -> Acceptance {
    let opening = acceptance::Opening {
        person: who.into(),
        edition: "officers".to_owned(),
        version: version.to_owned(),
        text_sha256: text.to_owned(),
        in_force_at: at(day),
    };
    let act = rule("version-in-force", day);
    Acceptance::open(opening, &act, &council.world())
        .unwrap()
        .matter
}

/// Whoever it is for reads it and signs these words; on a day.
fn sign(
    council: &Council,
    matter: &Acceptance,
    words: &str,
    day: i64,
) -> Result<Acceptance, Refused> {
    let read = acceptance::Step::Opened {
        format: "html".to_owned(),
    };
    let accept = acceptance::Step::Accept {
        format: "html".to_owned(),
        text_sha256: matter.text_sha256.clone(),
        statement: words.to_owned(),
        method: Method::Electronic {
            authenticated_at: at(day),
        },
    };
    let mut act = by(matter.person.as_str(), day);
    let read = matter.take(read, &act, &council.world())?.matter;
    act.form_sha256 = Some("cd".repeat(32));
    Ok(read.take(accept, &act, &council.world())?.matter)
}

/// Walsall 1.1.c: of everybody, whatever their group, each is told of a revised version, signs it anew
/// although they signed the one before, and is reminded where they do not. That everybody is asked is
/// tested where people are kept.
#[test]
fn everybody_is_told_of_a_revision_and_signs_it() {
    let council = Council::new();
    let words = &council.settings.acceptance.statement;
    for person in council.people.all() {
        let who = person.id.as_str();
        let before = due(&council, who, "2005-01", -400);
        let before = sign(&council, &before, words, -399).unwrap();
        let later = acceptance::Step::Supersede {
            version: "2007-03".to_owned(),
        };
        let act = rule("version-in-force", 0);
        let before = before.take(later, &act, &council.world()).unwrap().matter;
        assert!(!before.stands(), "{who}");

        let revised = due(&council, who, "2007-03", 0);
        let mut matter = revised.clone();
        let mut words_said = 0;
        while let Some((when, step)) = matter.due(&council.world()) {
            if when > at(87) {
                break;
            }
            let act = Act::of(Actor::Rule("time".to_owned()), when);
            let taken = matter.take(step, &act, &council.world()).unwrap();
            let to_them = |effect: &&Effect| matches!(effect, Effect::Notify { to: Addressee::Person(to), .. } if *to == person.id);
            words_said += taken.effects.iter().filter(to_them).count();
            matter = taken.matter;
            assert!(!matter.stands(), "{who}");
        }
        // Told at once, reminded, and told twice more that it is overdue.
        assert_eq!((matter.state(), words_said), ("overdue-2", 4), "{who}");
        for unsigned in [revised, matter] {
            assert!(
                sign(&council, &unsigned, words, 87).unwrap().stands(),
                "{who}"
            );
        }
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

/// Who may say that each leaves, and that the desk has it on its list from then on.
fn check_leaver(person: &str, rows: &[(&str, bool)]) {
    let council = Council::new();
    for (who, allowed) in rows {
        let told = withdraw(&council, person, Kind::Leaving, &by(who, 0));
        assert_eq!(told.is_ok(), *allowed, "{person} by {who}: {told:?}");
        let Ok(told) = told else { continue };
        let on_its_list = |effect: &Effect| matches!(effect, Effect::Task { post, .. } if post.as_str() == "service-desk");
        assert!(told.effects.iter().any(on_its_list), "{person} by {who}");
        assert_eq!(told.matter.withdraws(at(1)), Some(Withdrawn::All));
    }
}

/// Walsall 5.4.3.a.
#[test]
fn managers_tell_the_desk_who_leaves() {
    check_leaver(
        "ada",
        &[
            ("mara", true),
            ("hugh", true),
            ("pam", false),
            ("milo", false),
        ],
    );
    check_leaver("axel", &[("hugh", true), ("pam", false), ("milo", false)]);
}

/// Walsall 5.4.3.b.
#[test]
fn the_monitoring_officer_tells_the_desk_of_councillors() {
    check_leaver(
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

/// Halton 9.b: the personal statement stands above the signature. Who signs without it has not signed,
/// and nothing they ask for comes into use.
#[test]
fn nobody_signs_without_the_personal_statement() {
    use access_request::Step::{Authorise, HrVerify, Permit, Provisioned, Recheck, Submit};
    let mut council = Council::new();
    council.settings = support::settings("halton");
    let clauses = &council.settings.acceptance.clauses;
    assert!(clauses.iter().any(|clause| clause == "halton-9.b"));
    let matter = due(&council, "ada", "2007-03", 0);
    for words in ["", "I agree"] {
        let refused = sign(&council, &matter, words, 1).unwrap_err();
        assert_eq!(why(&refused), "!field", "{words}");
    }
    let request = AccessRequest::open(wants("ada"), &by("ada", 1), &council.world());
    let request = council.run(
        request.unwrap().matter,
        [
            (by("ada", 1), Submit, "awaiting-authorisation"),
            (by("hugh", 1), Authorise, "awaiting-permission"),
            (by("ida", 1), Permit, "permitted"),
            (feed("hr", 1), HrVerify, "permitted"),
            (by("sid", 1), Provisioned, "!state"),
        ],
    );
    let words = council.settings.acceptance.statement.clone();
    let signed = sign(&council, &matter, &words, 2).unwrap();
    assert!(signed.stands());
    assert_eq!(signed.signature.unwrap().statement, words);
    council.sign("ada");
    council.run(
        request,
        [
            (rule("acceptance", 2), Recheck, "provisioning"),
            (by("sid", 2), Provisioned, "active"),
        ],
    );
}

/// Walsall's pack, whole.
fn walsall() -> Pack {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/walsall");
    let mut files = Files::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let inside = path.strip_prefix(&root).unwrap().to_str().unwrap();
            files.insert(inside.to_owned(), std::fs::read_to_string(&path).unwrap());
        }
    }
    Pack::load(&files).unwrap()
}

/// Walsall 4.2.2 and 5.3.5: what only a person can undertake stands in the text that everybody signs,
/// and a signature is bound to that text.
#[test]
fn everybody_signs_what_only_they_can_undertake() {
    let council = Council::new();
    let pack = walsall();
    let words = &council.settings.acceptance.statement;
    for (who, audience) in [
        ("ada", "officer"),
        ("cora", "councillor"),
        ("axel", "agent"),
        ("axel", "partner"),
    ] {
        let text = pack.edition_text(pack.edition_of(audience)).unwrap();
        for undertaken in ["walsall-4.2.2", "walsall-5.3.5"] {
            let section = text
                .sections
                .iter()
                .find(|one| one.id.as_str() == undertaken);
            assert!(section.is_some(), "{undertaken} for {audience}");
        }
        let matter = asked_to_sign(&council, who, &text.version, &text.sha256, 0);
        let accept = acceptance::Step::Accept {
            format: "html".to_owned(),
            text_sha256: "ab".repeat(32),
            statement: words.clone(),
            method: Method::Electronic {
                authenticated_at: at(1),
            },
        };
        let mut act = by(who, 1);
        act.form_sha256 = Some("cd".repeat(32));
        let read = acceptance::Step::Opened {
            format: "html".to_owned(),
        };
        let opened = matter.take(read, &by(who, 1), &council.world()).unwrap();
        let refused = opened.matter.take(accept, &act, &council.world());
        assert_eq!(outcome(refused), "!field", "another text, {audience}");
        let signed = sign(&council, &matter, words, 1).unwrap();
        assert!(signed.stands());
        assert_eq!(signed.text_sha256, text.sha256);
    }
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
