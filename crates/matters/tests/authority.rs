//! Whose authority an act rests on, at the moment of the act.
#![allow(clippy::unwrap_used)]

mod council;

use council::{Council, council, hour, person};
use matters::id::{PostId, UnitId};
use matters::people::Unit;

const DAY: i64 = 24;

/// How `actor` may act as `post` about `over`: as holder, `by` somebody, or not at all (`-`).
fn check(council: &Council, actor: &str, post: &str, over: &str, named: &[&str], found: &str) {
    let named: Vec<_> = named.iter().map(|id| person(id)).collect();
    let posts = [PostId::from(post)];
    let world = council.world();
    let authority = world.authority(&person(actor), &posts, &person(over), &named, hour(1));
    let how = match authority {
        Ok(authority) if authority.delegation.is_some() => format!("by {}", authority.holder),
        Ok(authority) => authority.post.to_string(),
        Err(_) => "-".to_owned(),
    };
    assert_eq!(how, found, "{actor} as {post} about {over}");
}

#[test]
fn a_post_reaches_its_unit_and_those_below() {
    let council = council();
    check(
        &council,
        "dan",
        "head-of-service",
        "mia",
        &[],
        "head-of-service",
    );
    check(
        &council,
        "dan",
        "head-of-service",
        "lou",
        &[],
        "head-of-service",
    );
    check(&council, "dan", "head-of-service", "bo", &[], "-");
    check(&council, "dan", "head-of-service", "cllr", &[], "-"); // in no unit
    check(
        &council,
        "adit",
        "assistant-director-it",
        "cllr",
        &[],
        "assistant-director-it",
    );
    check(&council, "lou", "line-manager", "mia", &[], "line-manager");
    check(&council, "dan", "line-manager", "mia", &[], "-"); // not the manager's manager
    check(&council, "who", "assistant-director-it", "mia", &[], "-");
    check(&council, "adit", "assistant-director-it", "who", &[], "-");
}

#[test]
fn nobody_decides_their_own_matter_nor_one_they_are_named_in() {
    let council = council();
    let auditor = "chief-internal-auditor";
    check(&council, "cia", auditor, "mia", &[], auditor);
    check(&council, "cia", auditor, "cia", &[], "-");
    check(&council, "mo", auditor, "cia", &[], "monitoring-officer");
    check(
        &council,
        "mo",
        auditor,
        "mia",
        &["cia"],
        "monitoring-officer",
    );
    check(&council, "mo", auditor, "mia", &[], "-"); // the auditor can act
    check(&council, "mo", auditor, "cia", &["mo"], "-");
    check(&council, "desk", "service-desk", "desk", &[], "-");
    check(
        &council,
        "dora",
        "service-desk",
        "desk",
        &[],
        "service-desk",
    );
    check(&council, "adit", "service-desk", "desk", &[], "-"); // dora can act
    check(
        &council,
        "adit",
        "service-desk",
        "desk",
        &["dora"],
        "assistant-director-it",
    );
    check(&council, "solo", "line-manager", "solo", &[], "-");
    check(&council, "pat", "line-manager", "quin", &[], "line-manager"); // and the other way round
    check(&council, "quin", "line-manager", "pat", &[], "line-manager");
}

/// `dora` on the auditor's authority, given from one hour until another.
fn check_delegation(from: i64, until: i64, over: &str, found: &str) {
    let mut council = council();
    council.delegate("chief-internal-auditor", "cia", "dora", from, until);
    check(&council, "dora", "chief-internal-auditor", over, &[], found);
}

#[test]
fn a_delegation_counts_from_its_first_moment_until_its_last() {
    check_delegation(0, DAY, "mia", "by cia");
    check_delegation(1, 2, "mia", "by cia"); // begins at the moment of the act
    check_delegation(0, 1, "mia", "-"); // ends at the moment of the act
    check_delegation(2, DAY, "mia", "-");
    check_delegation(0, DAY, "cia", "-"); // the auditor's own matter, by whomever
    check_delegation(0, DAY, "dora", "-");
}

#[test]
fn a_delegation_is_worth_what_its_giver_holds() {
    let mut council = council();
    council.delegate("chief-internal-auditor", "cia", "dora", 0, DAY);
    council.delegate("chief-internal-auditor", "dora", "desk", 0, DAY);
    council.delegate("line-manager", "lou", "desk", 0, DAY);
    check(&council, "desk", "chief-internal-auditor", "mia", &[], "-"); // not passed on
    check(&council, "desk", "line-manager", "mia", &[], "-"); // a relation
    council.end("chief-internal-auditor", "cia", 1);
    check(&council, "dora", "chief-internal-auditor", "mia", &[], "-");
    // A post without a holder is vacant, not blocked: it is for the council to fill it.
    check(&council, "mo", "chief-internal-auditor", "mia", &[], "-");
}

#[test]
fn units_that_go_round_in_a_circle_end() {
    let mut council = council();
    let unit = |id: &str, parent: &str| Unit {
        id: UnitId::from(id),
        name: id.to_owned(),
        parent: Some(UnitId::from(parent)),
    };
    council.people.put_unit(unit("planning", "it"));
    council.people.put_unit(unit("it", "planning"));
    check(&council, "dan", "head-of-service", "mia", &[], "-");
    assert!(
        council
            .people
            .is_within(&UnitId::from("planning"), &UnitId::from("it"))
    );
}

#[test]
fn a_team_is_those_who_name_their_manager() {
    let council = council();
    let lou = person("lou");
    let mut team: Vec<_> = council
        .people
        .team_of(&lou)
        .map(|one| one.id.as_str())
        .collect();
    team.sort_unstable();
    assert_eq!(team, ["ann", "mia"]);
}
