//! Clauses met by leave that somebody gives: what each asks of it, with the settings of its own pack.
//! Every test names its clause, and `clauses.toml` names the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use matters::machine::Machine as _;
use matters::permission::{Narrowed, Opening, Permission, Step, When};
use support::{Council, at, because, by, rule};

fn halton() -> Council {
    let mut council = Council::new();
    council.settings = support::settings("halton");
    council
}

/// Asked for by Ada, whose line manager is Mara, for a week.
fn asked(council: &Council, kind: &str, about: &str) -> Permission {
    let opening = Opening {
        person: "ada".into(),
        kind: kind.to_owned(),
        scope: vec![about.to_owned()],
        why: "for my work".to_owned(),
        when: When::Ahead {
            from: at(0),
            until: at(7),
        },
    };
    let opened = Permission::open(opening, &by("ada", 0), &council.world());
    opened.unwrap().matter
}

fn approve() -> Step {
    Step::Approve {
        narrowed: Narrowed::default(),
    }
}

/// Halton 3.2.2: a telephone moves once the service desk has agreed in writing: this telephone, once.
#[test]
fn a_telephone_moves_once_the_desk_agreed() {
    let council = halton();
    let move_it = || asked(&council, "telephone-move", "extension 4711");
    let refused = [
        (by("ada", 1), approve(), "!own-matter"),
        (by("mara", 1), approve(), "!authority"),
        (by("hugh", 1), approve(), "!authority"),
        (because("sid", 1), Step::Refuse, "refused"),
    ];
    assert_eq!(council.run(move_it(), refused).grants(at(1)), None);
    let agreed = council.run(move_it(), [(by("sid", 1), approve(), "active")]);
    let [signature] = &agreed.signatures[..] else {
        panic!("{agreed:?}");
    };
    assert_eq!((signature.by.as_str(), signature.at), ("sid", at(1)));
    assert_eq!(agreed.grants(at(1)).unwrap().scope, ["extension 4711"]);
    let moved = Step::Use {
        what: "moved to room 12".to_owned(),
    };
    let moved = council.run(agreed, [(rule("asset-register", 2), moved, "exhausted")]);
    assert_eq!(moved.grants(at(2)), None);
}

/// Halton 3.2.5.a: voicemail for work, from when it is authorised and for as long as that holds.
#[test]
fn voicemail_is_for_whom_it_was_authorised() {
    let council = halton();
    let asked = asked(&council, "voicemail", "extension 4711");
    assert_eq!(asked.grants(at(0)), None);
    let authorised = council.run(
        asked,
        [
            (by("ada", 1), approve(), "!own-matter"),
            (by("pam", 1), approve(), "!authority"), // nobody's manager here
            (by("mara", 1), approve(), "active"),
        ],
    );
    assert!(authorised.grants(at(6)).is_some());
    assert_eq!(authorised.grants(at(7)), None);
    for (act, step) in [
        (because("mara", 2), Step::Revoke),
        (rule("follows:WD-1", 2), Step::Left),
    ] {
        let ended = council.run(authorised.clone(), [(act, step, "revoked")]);
        assert_eq!(ended.grants(at(2)), None);
    }
}

/// Halton 3.1.24.b: the service desk says which way to send it, and that stands in the leave it gives,
/// for this recipient and once.
#[test]
fn the_desk_says_which_way_to_send_what_is_sensitive() {
    let council = halton();
    let asked = asked(&council, "sensitive-mail", "nurse@hospital.example");
    let method = || Step::Advise {
        method: "through the secure portal".to_owned(),
    };
    let advised = council.run(
        asked,
        [
            (by("sid", 1), approve(), "!rule"), // no leave without a method
            (by("mara", 1), method(), "!authority"),
            (by("ada", 1), method(), "!own-matter"),
            (by("sid", 1), method(), "advised"),
        ],
    );
    assert_eq!(advised.advice.as_deref(), Some("through the secure portal"));
    assert_eq!(advised.grants(at(1)), None);
    let agreed = council.run(advised, [(by("sid", 2), approve(), "active")]);
    assert_eq!(agreed.advice.as_deref(), Some("through the secure portal"));
    let grant = agreed.grants(at(2)).unwrap();
    assert_eq!(grant.scope, ["nurse@hospital.example"]);
    assert_eq!(grant.uses_left, Some(1));
}
