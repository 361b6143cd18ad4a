//! Clauses met by leave that somebody gives: what each asks of it, with the settings of its own pack.
//! Every test names its clause, and `clauses.toml` names the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use matters::machine::{Machine as _, Refused, Taken};
use matters::permission::{Narrowed, Opening, Permission, Step, When};
use support::{Council, at, because, by, rule, why};

fn halton() -> Council {
    let mut council = Council::new();
    council.settings = support::settings("halton");
    council
}

/// Asked for by Ada, whose line manager is Mara, for a week.
fn asked(council: &Council, kind: &str, about: &str) -> Permission {
    let asked = asks(council, "ada", &opening(kind, about, 7));
    asked.unwrap().matter
}

/// Of Ada, for so many days.
fn opening(kind: &str, about: &str, days: i64) -> Opening {
    Opening {
        person: "ada".into(),
        kind: kind.to_owned(),
        scope: vec![about.to_owned()],
        why: "for my work".to_owned(),
        when: When::Ahead {
            from: at(0),
            until: at(days),
        },
    }
}

fn asks(council: &Council, who: &str, opening: &Opening) -> Result<Taken<Permission>, Refused> {
    Permission::open(opening.clone(), &by(who, 0), &council.world())
}

/// Why it cannot be asked for.
#[track_caller]
fn check_not_asked(council: &Council, who: &str, opening: &Opening, expected: &str) {
    let refused = asks(council, who, opening).unwrap_err();
    assert_eq!(why(&refused), expected, "{who}: {opening:?}");
}

/// Refused to whoever is not Ada's line manager, and to a councillor at all; what it rests on.
#[track_caller]
fn check_for_the_line_manager_alone(council: &Council, opening: &Opening, clauses: &[&str]) {
    let asked = asks(council, "ada", opening).unwrap().matter;
    assert_eq!(asked.rules.clauses, clauses);
    assert_eq!(asked.grants(at(0)), None);
    let refused = council.run(
        asked,
        [
            (by("ada", 0), approve(), "!own-matter"),
            (by("pam", 0), approve(), "!authority"), // nobody's manager here
            (by("hugh", 0), approve(), "!authority"), // her manager's manager
            (by("sid", 0), approve(), "!authority"),
            (by("ida", 0), approve(), "!authority"),
            (rule("time", 0), approve(), "!rule"),
            (by("mara", 0), Step::Refuse, "!field"), // without a reason
            (because("mara", 0), Step::Refuse, "refused"),
            (by("mara", 0), approve(), "!state"),
        ],
    );
    assert_eq!(refused.grants(at(0)), None);
    check_not_asked(council, "pam", opening, "!only-by");
    let of_a_councillor = Opening {
        person: "cora".into(),
        ..opening.clone()
    };
    check_not_asked(council, "cora", &of_a_councillor, "!rule");
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

/// Halton 3.3.2.a and 3.3.5: one personal call or fax, in an emergency the line manager agreed to before,
/// or hears of within five working days where it did not wait.
#[test]
fn a_personal_call_is_an_emergency_the_line_manager_agreed_to() {
    let council = halton();
    let call = |days| opening("emergency-call", "my son is in hospital", days);
    let clauses = ["halton-3.3.2.a", "halton-3.3.5"];
    check_for_the_line_manager_alone(&council, &call(1), &clauses);
    check_not_asked(&council, "ada", &call(2), "!field"); // an emergency is over within a day
    let unsaid = Opening {
        scope: Vec::new(),
        ..call(1)
    };
    check_not_asked(&council, "ada", &unsaid, "!field");

    let asked = asks(&council, "ada", &call(1)).unwrap().matter;
    let agreed = council.run(asked, [(by("mara", 0), approve(), "active")]);
    let grant = agreed.grants(at(0)).unwrap();
    assert_eq!(grant.scope, ["my son is in hospital"]);
    assert_eq!(grant.uses_left, Some(1));
    assert_eq!(agreed.grants(at(1)), None);
    let call_made = Step::Use {
        what: "call 1".to_owned(),
    };
    let made = council.run(agreed, [(rule("call-records", 0), call_made, "exhausted")]);
    assert_eq!(made.grants(at(0)), None);

    let afterwards = |day| Opening {
        when: When::Afterwards { done_at: at(day) },
        ..call(1)
    };
    check_not_asked(&council, "ada", &afterwards(1), "!field"); // still to come
    check_not_asked(&council, "ada", &afterwards(-8), "!rule");
    let told = asks(&council, "ada", &afterwards(-3)).unwrap().matter;
    let agreed = council.run(
        told,
        [
            (by("ada", 0), approve(), "!own-matter"),
            (by("hugh", 0), approve(), "!authority"),
            (by("mara", 0), approve(), "exhausted"),
        ],
    );
    assert_eq!(agreed.grants(at(0)), None); // no other call rests on it
}

/// Halton 3.1.29: a personal print or scan, once the line manager clearly agreed to this one, and for a
/// month at most.
#[test]
fn nothing_personal_is_printed_without_leave() {
    let council = halton();
    let print = |days| opening("private-print", "posters for the school fair", days);
    check_for_the_line_manager_alone(&council, &print(7), &["halton-3.1.29"]);
    check_not_asked(&council, "ada", &print(32), "!field");
    let afterwards = Opening {
        when: When::Afterwards { done_at: at(-1) },
        ..print(7)
    };
    check_not_asked(&council, "ada", &afterwards, "!rule");

    let asked = asks(&council, "ada", &print(7)).unwrap().matter;
    let agreed = council.run(asked, [(by("mara", 1), approve(), "active")]);
    assert_eq!(agreed.grants(at(0)), None); // nothing printed before it
    let grant = agreed.grants(at(6)).unwrap();
    assert_eq!(grant.scope, ["posters for the school fair"]);
    assert_eq!(agreed.grants(at(7)), None);
    for (act, step) in [
        (because("mara", 2), Step::Revoke),
        (rule("follows:WD-1", 2), Step::Left),
    ] {
        let ended = council.run(agreed.clone(), [(act, step, "revoked")]);
        assert_eq!(ended.grants(at(2)), None);
    }
}
