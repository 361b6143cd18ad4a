//! Clauses met by a signature: what each asks of it, with the settings of its own pack. Every test names
//! its clause, and `clauses.toml` names the test.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use matters::acceptance::{self, Acceptance, Method};
use matters::access_request::{self, AccessRequest, Wanted};
use matters::event::{Act, Actor};
use matters::machine::{Addressee, Effect, Machine, Refused, Taken};
use policy::edition_text::EditionText;
use policy::pack::{Files, Pack};
use support::{Council, at, by, feed, rule, why};

/// The state something is opened in, or `!` and why it is not.
fn outcome<M: Machine>(opened: Result<Taken<M>, Refused>) -> &'static str {
    opened.map_or_else(|refused| why(&refused), |taken| taken.matter.state())
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
    let opening = acceptance::Opening {
        person: who.into(),
        edition: "officers".to_owned(),
        version: version.to_owned(),
        text_sha256: "ab".repeat(32),
        in_force_at: at(day),
    };
    asked_to_sign(council, opening)
}

fn asked_to_sign(council: &Council, opening: acceptance::Opening) -> Acceptance {
    let in_force = Actor::Rule("version-in-force".to_owned());
    let act = Act::of(in_force, opening.in_force_at);
    let opened = Acceptance::open(opening, &act, &council.world());
    opened.unwrap().matter
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

/// A pack that ships with the product, whole.
fn pack(name: &str) -> Pack {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let root = root.join(name);
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

/// The text that people of each group sign holds what everybody undertakes, and what officers alone
/// undertake in theirs alone. Nobody signs another text, or for somebody else.
#[track_caller]
fn check(name: &str, everybody: &[&str], officers: &[&str]) {
    let pack = pack(name);
    let mut council = Council::new();
    council.settings = support::settings(name);
    let groups: Vec<_> = council.settings.entry.keys().cloned().collect();
    for group in &groups {
        council.people.put(support::person("new", group));
        let text = pack.edition_text(pack.edition_of(group)).unwrap();
        let holds = |clause: &str| text.sections.iter().any(|one| one.id.as_str() == clause);
        for clause in everybody {
            assert!(holds(clause), "{clause} for {group}");
        }
        for clause in officers {
            assert_eq!(holds(clause), group == "officer", "{clause} for {group}");
        }
        check_signed(&council, "new", &text);
    }
}

#[track_caller]
fn check_signed(council: &Council, who: &str, text: &EditionText) {
    let words = &council.settings.acceptance.statement;
    let opening = acceptance::Opening {
        person: who.into(),
        edition: text.edition.clone(),
        version: text.version.clone(),
        text_sha256: text.sha256.clone(),
        in_force_at: at(0),
    };
    let matter = asked_to_sign(council, opening);
    let accept = |text: &str| acceptance::Step::Accept {
        format: "html".to_owned(),
        text_sha256: text.to_owned(),
        statement: words.clone(),
        method: Method::Electronic {
            authenticated_at: at(1),
        },
    };
    let act = |who: &str| {
        let mut act = by(who, 1);
        act.form_sha256 = Some("cd".repeat(32));
        act
    };
    let read = acceptance::Step::Opened {
        format: "html".to_owned(),
    };
    let opened = matter.take(read, &act(who), &council.world()).unwrap();
    for (signer, signed, expected) in [
        (who, "ab".repeat(32), "!field"), // another text
        ("mara", text.sha256.clone(), "!only-by"),
        ("sid", text.sha256.clone(), "!only-by"),
    ] {
        let refused = opened
            .matter
            .take(accept(&signed), &act(signer), &council.world());
        assert_eq!(outcome(refused), expected, "{signer} of {}", text.edition);
    }
    let signed = sign(council, &matter, words, 1).unwrap();
    assert!(signed.stands());
    assert_eq!(signed.text_sha256, text.sha256);
    assert_eq!(&signed.signature.unwrap().statement, words);
}

/// Walsall: what only a person can undertake stands in the text that everybody signs, and a signature is
/// bound to that text. What officers undertake stands in theirs.
#[test]
fn everybody_signs_what_only_they_can_undertake() {
    check(
        "walsall",
        &[
            "walsall-4.1.1",
            "walsall-4.2.1.a",
            "walsall-4.2.1.b",
            "walsall-4.2.1.c",
            "walsall-4.2.1.d",
            "walsall-4.2.2",
            "walsall-5.3.5",
            "walsall-5.3.7",
            "walsall-6.1.3",
            "walsall-6.2.4.a",
            "walsall-7.2.11",
            "walsall-7.4.6.a",
            "walsall-9.5.1.a",
        ],
        &["walsall-4.2.1.h", "walsall-6.2.2"],
    );
}

/// Halton: one text for everybody who works with the council's systems. That private use is at one's own
/// risk stands above the signature as well (4.a).
#[test]
fn staff_sign_what_only_they_can_undertake() {
    check(
        "halton",
        &[
            "halton-1.f.3",
            "halton-3.b",
            "halton-3.1.19.a",
            "halton-3.1.22",
            "halton-3.3.4",
            "halton-4.a",
            "halton-4.b",
        ],
        &[],
    );
    let statement = support::settings("halton").acceptance.statement;
    assert!(statement.contains("private use is at my own risk"));
}

/// Chorley 4.5.a and 4.5.b.1: both versions hold the general rules, whole, and above the signature stands
/// that one's use reflects on the council.
#[test]
fn both_versions_are_signed_with_the_general_rules() {
    check(
        "chorley",
        &[
            "chorley-4.5.a",
            "chorley-4.5.b.1",
            "chorley-4.5.b.2",
            "chorley-4.5.c.1",
            "chorley-4.5.c.2",
            "chorley-4.5.d",
            "chorley-4.5.e",
            "chorley-4.5.f",
            "chorley-4.5.g",
            "chorley-4.5.h",
            "chorley-4.5.i",
        ],
        &[],
    );
    let statement = support::settings("chorley").acceptance.statement;
    assert!(statement.contains("my use reflects on the council"));
}
