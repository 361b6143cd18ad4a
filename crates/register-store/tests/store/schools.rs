//! Schools: what one misuses is withdrawn from everybody there, and from nobody else.

use matters::id::UnitId;
use matters::people::{Person, Unit};
use matters::school_services::{self, SchoolServices};
use policy::decision::{Outcome, Tier};
use policy::request::{Activity, Circumstances, Mail, Request, Web};
use register::document::Council;
use register::snapshot::Snapshot;

use crate::council::{by, holding, hour, hr_feed, pack, person, settle};
use crate::engines::{Database, on_both};

on_both!(what_a_school_misuses_is_withdrawn_from_everybody_there);

/// Whether a gate refuses this to somebody because it was withdrawn.
fn is_withdrawn(snapshot: &Snapshot, who: &str, what: Activity) -> bool {
    let person = snapshot.person_by_account(who).unwrap();
    let decision = pack().decide(&Request {
        who: snapshot.principal(person, hour(2)),
        when: Circumstances::default(),
        what,
    });
    let mut reasons = decision.standing();
    reasons.any(|reason| reason.tier == Tier::Withdrawal && reason.outcome == Outcome::Refuse)
}

async fn what_a_school_misuses_is_withdrawn_from_everybody_there(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let unit = |id: &str, parent: Option<&str>| Unit {
        id: id.into(),
        name: id.to_owned(),
        parent: parent.map(UnitId::from),
    };
    let units = [
        unit("hill", None),
        unit("hill-kitchen", Some("hill")),
        unit("dale", None),
    ];
    let people = [
        ("cook", "hill-kitchen"),
        ("head-hill", "hill"),
        ("head-dale", "dale"),
    ];
    let people = people.map(|(who, unit)| Person {
        unit: Some(unit.into()),
        ..person(who)
    });
    let feed = hr_feed(0);
    store.put_people(people, units, &feed).await.unwrap();
    store
        .appoint(holding("bob", "governor", Some("hill")), &feed)
        .await
        .unwrap();
    let without = || {
        let people = store.document(Council::default()).people;
        let people = people
            .into_iter()
            .filter(|person| !person.withdrawn.is_empty());
        let without = people.map(|person| format!("{} {}", person.id, person.withdrawn.join(" ")));
        without.collect::<Vec<_>>()
    };
    let opening = school_services::Opening {
        school: "hill".into(),
        services: ["internet".to_owned()].into(),
        at_once: false,
    };
    let act = |hours| by("it", hours).because("it runs a public game server");
    let raised = store
        .open_matter::<SchoolServices>(opening, &act(1))
        .await
        .unwrap();
    assert_eq!(without(), [""; 0]);
    let withdraw = school_services::Step::Withdraw;
    store
        .take::<SchoolServices>(&raised.id, None, withdraw, &act(2))
        .await
        .unwrap();
    assert_eq!(without(), ["cook web", "head-hill web"]);
    let snapshot = Snapshot::of(store.document(Council::default())).unwrap();
    let page = || Activity::Visit(Web::default());
    let mail = || Activity::Send(Mail::default());
    assert!(is_withdrawn(&snapshot, "cook", page()));
    assert!(!is_withdrawn(&snapshot, "cook", mail()));
    assert!(!is_withdrawn(&snapshot, "head-dale", page()));
    // Another process reads the same.
    let other = database.open().await;
    let read = other.document(Council::default()).people;
    assert_eq!(
        read.iter()
            .filter(|person| !person.withdrawn.is_empty())
            .count(),
        2
    );
    let restore = school_services::Step::Restore;
    store
        .take::<SchoolServices>(&raised.id, None, restore, &act(3))
        .await
        .unwrap();
    assert_eq!(without(), [""; 0]);
}
