//! Clauses met by a signature: what each asks of it, with the settings of its own pack. Every test names
//! its clause, and `clauses.toml` names the test.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use matters::acceptance::{self, Acceptance, Method};
use matters::access_request::{self, AccessRequest, Wanted};
use matters::event::{Act, Actor};
use matters::machine::{Addressee, Effect, Machine, Refused, Taken};
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
