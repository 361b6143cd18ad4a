#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use jiff::Timestamp;
use matters::id::PersonId;

use super::*;
use crate::pages::PAGES;
use crate::sessions::SignedIn;

fn viewer(duties: &[Duty], is_manager: bool) -> Viewer {
    Viewer {
        person: PersonId::from("somebody"),
        name: "Somebody".to_owned(),
        audience: "officer".to_owned(),
        posts: BTreeSet::new(),
        duties: duties.iter().copied().collect(),
        is_manager,
        signed_in: SignedIn {
            person: PersonId::from("somebody"),
            session: String::new(),
            authenticated_at: Timestamp::UNIX_EPOCH,
        },
    }
}

/// Everybody, the line manager, and whoever has one duty alone.
fn roles() -> Vec<(&'static str, Viewer)> {
    let duties = Duty::ALL.iter();
    let duties = duties.map(|duty| (duty.as_str(), viewer(&[*duty], false)));
    let first = [
        ("everybody", viewer(&[], false)),
        ("line manager", viewer(&[], true)),
    ];
    first.into_iter().chain(duties).collect()
}

/// Pages: `open`. Acts: about whom, from `own` to `sealed`.
fn cell(access: &Access, action: &str, role: &Viewer) -> Vec<&'static str> {
    let reach = role.duties.clone();
    let over = About {
        duties: reach.clone(),
        ..About::default()
    };
    let whom = [
        (
            "own",
            About {
                own: true,
                ..over.clone()
            },
        ),
        (
            "team",
            About {
                team: role.is_manager,
                ..About::default()
            },
        ),
        ("reached", over.clone()),
        ("sealed", over.clone().sealed(true, false)),
        ("anybody", About::default()),
    ];
    let about = whom.iter().filter(|(whom, about)| {
        // What is sealed is hidden; whoever sees it acts on it like on anything else.
        let asked = *whom != "sealed" || action.starts_with("see-");
        asked && access.may(role, action, about)
    });
    let may_open = access.may_open(role, action).then_some("open");
    may_open
        .into_iter()
        .chain(about.map(|(whom, _)| *whom))
        .collect()
}

/// One line for each action: who may, about whom.
fn table(access: &Access) -> String {
    let mut table = String::from(
        "Who may open or do what in the console. Compared by a test: a change here is a change somebody \
         approves.\n\nopen     the page\nown      about themselves\nteam     about somebody whose line manager \
         they are\nreached  about somebody their post reaches\nsealed   also where only its deciders see \
         it\nanybody  about anybody at all\n",
    );
    for action in access.actions() {
        let _ = write!(table, "\n{action}\n");
        let everybody = cell(access, action, &roles()[0].1);
        for (role, viewer) in roles() {
            let may = cell(access, action, &viewer);
            if !may.is_empty() && (role == "everybody" || may != everybody) {
                let _ = writeln!(table, "    {role:<22} {}", may.join(", "));
            }
        }
    }
    table
}

#[test]
fn who_may_do_what_is_as_approved() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("access/who-may-do-what.txt");
    let table = table(&Access::new().unwrap());
    if std::env::var_os("PROBITY_WRITE_TABLES").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    let approved = std::fs::read_to_string(&file).unwrap();
    assert!(table == approved, "the rules say:\n{table}");
}

#[test]
fn every_page_has_its_action_and_every_action_its_rule() {
    let access = Access::new().unwrap();
    for page in PAGES {
        assert!(access.actions().contains(page.action), "{}", page.action);
    }
    let approved = table(&access);
    for action in access.actions() {
        let heading = format!("\n{action}\n    ");
        assert!(approved.contains(&heading), "nobody may `{action}`");
    }
}

#[test]
fn nobody_decides_about_themselves() {
    let access = Access::new().unwrap();
    let all = viewer(Duty::ALL, true);
    let own = About {
        own: true,
        team: true,
        duties: all.duties.clone(),
        ..About::default()
    };
    for action in [
        "authorise-access",
        "decide-permission",
        "verify-identity",
        "decide-misuse",
    ] {
        assert!(!access.may(&all, action, &own), "{action}");
    }
}

#[test]
fn what_no_rule_knows_is_not_allowed() {
    let access = Access::new().unwrap();
    let all = viewer(Duty::ALL, true);
    assert!(!access.may_open(&all, "a-page-nobody-wrote"));
    assert!(!access.may(&all, "an act\"nobody wrote", &About::default()));
}

/// Answers are remembered for everybody who holds the same, so no rule may be about one person.
#[test]
fn no_rule_names_anybody() {
    assert!(!RULES.contains("Person::"), "a rule names a person");
}
