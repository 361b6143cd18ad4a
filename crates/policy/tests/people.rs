//! `[people]`: what loading refuses, and what the packs of this repository say.
#![allow(clippy::unwrap_used, clippy::panic)]

mod packs_on_disk;

use packs_on_disk::{files, pack};
use policy::pack::{Files, Pack};
use policy::people::LINE_MANAGER;
use toml::{Table, Value};

/// Chorley's pack with one value of `[people]` set, or taken out.
fn with(path: &str, value: Option<&str>) -> Files {
    let mut files = files("chorley");
    let mut settings: Table = files["pack.toml"].parse().unwrap();
    let mut table = settings["people"].as_table_mut().unwrap();
    let (folders, key) = path.rsplit_once('.').unwrap_or(("", path));
    for folder in folders.split_terminator('.') {
        table = table[folder].as_table_mut().unwrap();
    }
    match value {
        None => drop(table.remove(key).unwrap()),
        Some(text) => {
            let mut parsed: Table = format!("value = {text}").parse().unwrap();
            table.insert(key.to_owned(), parsed.remove("value").unwrap());
        }
    }
    files.insert("pack.toml".to_owned(), settings.to_string());
    files
}

/// Exactly one problem comes of it, and this is it.
#[track_caller]
fn check(path: &str, value: &str, problem: &str) {
    let value = (value != "taken out").then_some(value);
    let problems = Pack::load(&with(path, value)).unwrap_err().problems;
    let [found] = &problems[..] else {
        panic!("{problems:#?}");
    };
    assert_eq!(found.file, "pack.toml");
    assert_eq!(found.message, problem);
}

#[test]
fn every_post_named_exists() {
    let lacking = "names `mayor`, which people.posts lacks; or use `line-manager`";
    for (path, value, place) in [
        (
            "entry.officer.authorised_by",
            r#"["mayor"]"#,
            "entry.officer",
        ),
        (
            "entry.councillor.certified_by",
            r#"["mayor"]"#,
            "entry.councillor",
        ),
        ("access.permitted_by", r#"["mayor"]"#, "access"),
        ("access.provisioned_by", r#""mayor""#, "access"),
        ("acceptance.restricted_by", r#"["mayor"]"#, "acceptance"),
        (
            "permissions.commitment.deciders",
            r#"[["hr"], ["hr", "mayor"]]"#,
            "permissions.commitment",
        ),
        (
            "permissions.commitment.advised_by",
            r#"["mayor"]"#,
            "permissions.commitment",
        ),
        ("delegation.approved_by", r#"["mayor"]"#, "delegation"),
        ("delegation.informed", r#""mayor""#, "delegation"),
        ("delegation.continuity_by", r#"["mayor"]"#, "delegation"),
        ("mailboxes.requested_by", r#"["mayor"]"#, "mailboxes"),
        ("mailboxes.checked_by", r#""mayor""#, "mailboxes"),
        (
            "withdrawal.notified_by.officer",
            r#"["hr", "mayor"]"#,
            "withdrawal.notified_by",
        ),
        ("withdrawal.ordered_by", r#"["mayor"]"#, "withdrawal"),
        ("withdrawal.limited_by", r#"["mayor"]"#, "withdrawal"),
        (
            "withdrawal.councillor.raised_by",
            r#""mayor""#,
            "withdrawal.councillor",
        ),
        (
            "withdrawal.councillor.decided_by",
            r#""mayor""#,
            "withdrawal.councillor",
        ),
        (
            "withdrawal.councillor.consulted",
            r#"["mayor"]"#,
            "withdrawal.councillor",
        ),
        ("incidents.service_desk", r#""mayor""#, "incidents"),
        ("incidents.auditor", r#""mayor""#, "incidents"),
        ("held_mail.decided_by", r#"["mayor"]"#, "held_mail"),
        ("posts.legal.alternate", r#""mayor""#, "posts.legal"),
    ] {
        check(path, value, &format!("people.{place} {lacking}"));
    }
}

#[test]
fn an_alternate_is_somebody_else() {
    let problem = "people.posts.legal is its own alternate; name another post";
    check("posts.legal.alternate", r#""legal""#, problem);
}

#[test]
fn the_line_manager_is_no_post() {
    let problem = "people.posts.line-manager is a relation and no post; leave it out";
    check("posts.line-manager", r#"{ title = "Manager" }"#, problem);
}

#[test]
fn every_audience_named_exists() {
    for (path, value, place, audience) in [
        ("entry.ghost", "{ clauses = [] }", "entry", "ghost"),
        ("entry.unknown", "{ clauses = [] }", "entry", "unknown"),
        (
            "permissions.commitment.audiences",
            r#"["ghost"]"#,
            "permissions.commitment",
            "ghost",
        ),
        (
            "delegation.audiences",
            r#"["ghost"]"#,
            "delegation",
            "ghost",
        ),
        (
            "withdrawal.notified_by.ghost",
            r#"["hr"]"#,
            "withdrawal.notified_by",
            "ghost",
        ),
        (
            "withdrawal.councillor.audience",
            r#""ghost""#,
            "withdrawal.councillor",
            "ghost",
        ),
    ] {
        let problem =
            format!("people.{place} names audience `{audience}`, of whom [audiences] knows nobody");
        check(path, value, &problem);
    }
}

#[test]
fn nobody_known_is_left_out() {
    let problem = "people.entry says nothing of audience `councillor`";
    check("entry.councillor", "taken out", problem);
    let problem = "people.withdrawal.notified_by says nothing of audience `officer`";
    check("withdrawal.notified_by.officer", "taken out", problem);
}

#[test]
fn every_clause_named_exists() {
    for place in [
        "entry.officer",
        "access",
        "acceptance",
        "permissions.commitment",
        "delegation",
        "mailboxes",
        "withdrawal",
        "withdrawal.councillor",
    ] {
        let problem = format!("people.{place} cites `chorley-99`, which is not in clauses.toml");
        check(&format!("{place}.clauses"), r#"["chorley-99"]"#, &problem);
    }
    check(
        "incidents.clauses",
        r#"{ virus = ["chorley-99"] }"#,
        "people.incidents.clauses.virus cites `chorley-99`, which is not in clauses.toml",
    );
}

#[test]
fn held_mail_is_decided_by_somebody_or_on_purpose_by_nobody() {
    let class = |keys: &str| format!("[{{ label = \"letters\", title = \"Letters\", {keys} }}]");
    let place = "people.held_mail.classes.letters";
    for (keys, problem) in [
        (
            "decided_by = []",
            "names neither findings nor clauses; nothing belongs to it",
        ),
        (
            r#"findings = ["post"], decided_by = []"#,
            "names `post`, which nothing is ever found to be",
        ),
        (
            r#"findings = ["insult"], decided_by = [], second_by = ["legal"]"#,
            "has a second decision and no first; name a post that decides",
        ),
        (
            r#"clauses = ["chorley-99"], decided_by = ["legal"]"#,
            "cites `chorley-99`, which is not in clauses.toml",
        ),
    ] {
        let problem = format!("{place} {problem}");
        check("held_mail.classes", &class(keys), &problem);
    }
    check(
        "held_mail.decided_by",
        "[]",
        "people.held_mail names nobody in `decided_by`; name a post",
    );
    check(
        "held_mail.expires_after_days",
        "0",
        "people.held_mail has expires_after_days = 0; it must be at least 1",
    );
}

#[test]
fn somebody_decides_every_permission() {
    let problem =
        "people.permissions lacks `commitment`, which a rule asks for, so nobody could grant it";
    check("permissions.commitment", "taken out", problem);
    let problem = "people.permissions.commitment needs deciders: one list for each signature, \
                   with a post in each";
    check("permissions.commitment.deciders", "[]", problem);
    check(
        "permissions.commitment.deciders",
        r#"[["hr"], []]"#,
        problem,
    );
}

#[test]
fn what_could_never_happen_is_refused() {
    for (path, place, name) in [
        ("acceptance.restricted_by", "acceptance", "restricted_by"),
        ("mailboxes.requested_by", "mailboxes", "requested_by"),
        ("withdrawal.ordered_by", "withdrawal", "ordered_by"),
        (
            "withdrawal.notified_by.officer",
            "withdrawal.notified_by",
            "officer",
        ),
    ] {
        let problem = format!("people.{place} names nobody in `{name}`; name a post");
        check(path, "[]", &problem);
    }
}

#[test]
fn entry_is_authorised_or_certified_and_hr_exists_where_it_verifies() {
    let problem = "people.entry.officer is both authorised and certified; certification stands in \
                   place of authorisation";
    check("entry.officer.certified_by", r#"["hr"]"#, problem);
    let problems = Pack::load(&with("posts.hr", None)).unwrap_err().problems;
    let verified = "people.entry.officer is verified by `hr`, which people.posts lacks";
    assert!(problems.iter().any(|problem| problem.message == verified));
}

#[test]
fn days_and_counts_are_above_zero() {
    for (place, name) in [
        ("access", "expires_after_days"),
        ("acceptance", "due_within_days"),
        ("acceptance", "overdue_step_days"),
        ("acceptance", "days_after_return"),
        ("permissions.commitment", "longest_days"),
        ("permissions.commitment", "uses"),
        ("permissions.commitment", "retrospective_working_days"),
        ("delegation", "longest_days"),
        ("delegation", "continuity_days"),
        ("mailboxes", "min_administrators"),
        ("mailboxes", "at_risk_working_days"),
        ("mailboxes", "answer_working_days"),
        ("withdrawal.councillor", "consultation_days"),
        ("passwords", "longest_days"),
        ("sessions", "idle_minutes"),
        ("sessions", "longest_hours"),
        ("sessions", "fresh_minutes"),
    ] {
        let problem = format!("people.{place} has {name} = 0; it must be at least 1");
        check(&format!("{place}.{name}"), "0", &problem);
    }
    let problem = "people.passwords has min_characters below 8; such passwords are guessed";
    check("passwords.min_characters", "7", problem);
}

#[test]
fn labels_are_labels_and_words_are_words() {
    for (path, value) in [
        ("posts.Mayor", r#"{ title = "Mayor" }"#),
        ("services.e_mail", r#""Email""#),
        ("services.-", r#""Email""#),
        (
            "permissions.Webmail",
            r#"{ title = "t", deciders = [["hr"]], longest_days = 1, clauses = [] }"#,
        ),
    ] {
        let problem = "is no label; use small letters and digits, joined by hyphens";
        check(path, value, &format!("people.{path} {problem}"));
    }
    for (path, value, place, name) in [
        ("posts.legal.title", r#"" ""#, "posts.legal", "title"),
        ("services.email", r#""""#, "services.email", "name"),
        ("acceptance.statement", r#""\n""#, "acceptance", "statement"),
        (
            "permissions.commitment.title",
            r#""""#,
            "permissions.commitment",
            "title",
        ),
    ] {
        let problem = format!("people.{place} has an empty {name}; people read it");
        check(path, value, &problem);
    }
    let problem = "people.services is empty, so nobody could ask for anything";
    check("services", "{}", problem);
}

#[test]
fn all_problems_come_at_once() {
    let mut files = files("chorley");
    let mut settings: Table = files["pack.toml"].parse().unwrap();
    let people = settings["people"].as_table_mut().unwrap();
    people["services"] = Value::Table(Table::new());
    people["access"]["provisioned_by"] = Value::String("mayor".to_owned());
    people["delegation"]["continuity_days"] = Value::Integer(0);
    files.insert("pack.toml".to_owned(), settings.to_string());
    assert_eq!(Pack::load(&files).unwrap_err().problems.len(), 3);
}

/// Councillors have no line manager: a permission only a line manager decides could never be theirs.
#[test]
fn nobody_may_ask_what_nobody_can_decide() {
    for council in ["walsall", "halton", "chorley"] {
        for (label, kind) in &pack(council).people().permissions {
            let manager_alone = kind
                .deciders
                .iter()
                .any(|posts| posts.iter().all(|post| post == LINE_MANAGER));
            let open_to_councillors =
                kind.audiences.is_empty() || kind.audiences.iter().any(|who| who == "councillor");
            assert!(
                !(manager_alone && open_to_councillors),
                "{council}: {label}"
            );
        }
    }
}

/// Every council here names the posts its officers know, in the same labels.
#[test]
fn the_packs_know_the_same_posts() {
    let posts = |council| -> Vec<String> { pack(council).people().posts.keys().cloned().collect() };
    assert_eq!(posts("walsall"), posts("halton"));
    assert_eq!(posts("walsall"), posts("chorley"));
}

/// Clause 3.1.15 wants two people to sign, clause 9.6 one post and no eyes.
#[test]
fn the_deciders_are_those_the_clauses_name() {
    let halton = pack("halton");
    let copy = &halton.people().permissions["copyright-copy"];
    assert_eq!(copy.deciders, [["line-manager"], ["ict-security"]]);
    let walsall = pack("walsall");
    for label in ["public-protection-account", "public-protection-purchase"] {
        let exemption = &walsall.people().permissions[label];
        assert_eq!(exemption.deciders, [["head-of-public-protection"]]);
        assert!(exemption.sealed);
    }
    let post = &walsall.people().posts["head-of-public-protection"];
    assert_eq!(post.alternate, None);
}
