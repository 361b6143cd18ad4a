//! What a change of a person means for their requests, and what gates then read.

use matters::access_request::{AccessRequest, Step};
use matters::event::Actor;
use matters::machine::Machine as _;
use matters::permission::Permission;
use matters::withdrawal::{self, Withdrawal};
use policy::request::labels;
use register::document::Council;
use register::snapshot::Snapshot;
use register_store::tasks::TaskState;

use crate::council::{
    bulk_mail, granted, hour, hr_feed, id, person, post, requested, settle, step,
};
use crate::engines::{Database, on_both};
use crate::signing::{ask, sign};

on_both!(
    hr_opens_a_gate,
    nobody_has_what_nobody_granted,
    gates_are_told_the_groups_of_councillors_only,
    a_leaver_loses_everything,
    who_was_added_is_removed_again,
);

/// HR's feed confirms the person, and the request moves on in the same transaction.
async fn hr_opens_a_gate(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let request = requested(&store, "email").await;
    step(&store, &request.id, Step::Authorise, "head", 1).await;
    let permitted = step(&store, &request.id, Step::Permit, "it", 2).await;
    let before = store.image().seq();
    let mut verified = person("ann");
    verified.verified_at = Some(hour(3));
    store.put_person(verified, &hr_feed(3)).await.unwrap();
    let events = store.events_after(before, 10).await.unwrap();
    let kinds: Vec<_> = events
        .iter()
        .map(|event| (event.event.kind.as_str(), event.event.step.as_str()))
        .collect();
    assert_eq!(kinds, [("person", "change"), ("access-request", "recheck")]);
    let now = store.matter::<AccessRequest>(&request.id).await.unwrap();
    assert!(now.version > permitted.version);
    let open = store
        .tasks(Some(&post("service-desk")), TaskState::Open)
        .await;
    // The signature is still missing, so nobody sets anything up.
    assert!(open.unwrap().is_empty());
}

async fn nobody_has_what_nobody_granted(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    granted(&store, bulk_mail()).await;
    let document = store.document(Council::default());
    let ann = document
        .people
        .iter()
        .find(|person| person.id == id("ann").as_str())
        .unwrap();
    assert_eq!(ann.granted.as_deref(), Some(&[][..]));
    assert!(ann.withdrawn.is_empty(), "{ann:?}");
    let [permission] = &document.permissions[..] else {
        panic!("{document:?}");
    };
    assert_eq!(permission.person, "ann");
    assert_eq!(permission.kind, "bulk-mail");
    assert!(permission.counted);
    assert!(permission.reference.starts_with("PE-"));
    Snapshot::of(document).unwrap();
}

async fn gates_are_told_the_groups_of_councillors_only(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    for (who, audience) in [("cem", "councillor"), ("dee", "officer")] {
        let mut person = person(who);
        person.audience = audience.to_owned();
        person.group = Some("Independent".to_owned());
        store.put_person(person, &hr_feed(1)).await.unwrap();
    }
    let document = store.document(Council::default());
    let group = |who| {
        let person = document.people.iter().find(|person| person.id == who);
        person.unwrap().group.as_deref()
    };
    assert_eq!(group("cem"), Some("Independent"));
    assert_eq!(group("dee"), None);
}

/// HR's feed says so; time carries it out, and all that rests on the person ends with it.
async fn a_leaver_loses_everything(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let kept = granted(&store, bulk_mail()).await;
    let request = requested(&store, "email").await;
    let opening = withdrawal::Opening {
        person: id("ann"),
        kind: withdrawal::Kind::Leaving,
        effective_at: hour(10),
        until: None,
    };
    let leaving = store
        .open_matter::<Withdrawal>(opening, &hr_feed(2))
        .await
        .unwrap();
    let ann = || {
        let document = store.document(Council::default());
        let mut people = document.people.into_iter();
        people.find(|person| person.id == "ann").unwrap()
    };
    // Known beforehand, to the minute.
    assert_eq!(ann().leaves, Some(hour(10)));
    assert_eq!(store.document(Council::default()).permissions.len(), 1);
    assert_eq!(store.run_due(hour(10)).await.unwrap(), 1);
    assert!(ann().withdrawn.contains(&"all".to_owned()));
    assert!(store.document(Council::default()).permissions.is_empty());
    let permission = store.matter::<Permission>(&kept.id).await.unwrap();
    assert_eq!(permission.matter.state(), "revoked");
    let request = store.matter::<AccessRequest>(&request.id).await.unwrap();
    assert_eq!(request.matter.state(), "ended");
    let last = store.history(&kept.id).await.unwrap().pop().unwrap();
    let follows = format!("follows:{}", leaving.id);
    assert_eq!(last.act.actor, Actor::Rule(follows));
}

/// Walsall 9.1.1.h: whoever is given a service is on the desk's list to be set up and open at the gates
/// from then on; whoever leaves is shut out at the minute and on the list to be taken down.
async fn who_was_added_is_removed_again(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    ask(&store).await;
    let ann = || {
        let snapshot = Snapshot::of(store.document(Council::default())).unwrap();
        let ann = snapshot.person("ann").unwrap();
        [hour(9), hour(10)].map(|at| {
            let facts = snapshot.principal(ann, at);
            (facts.granted.unwrap(), facts.withdrawn)
        })
    };
    let on_the_list = async || {
        let desk = post("service-desk");
        let open = store.tasks(Some(&desk), TaskState::Open).await.unwrap();
        let mine = open.into_iter().filter(|task| task.service.is_some());
        mine.map(|task| task.task).collect::<Vec<_>>()
    };
    let request = requested(&store, "email").await;
    step(&store, &request.id, Step::Authorise, "head", 1).await;
    step(&store, &request.id, Step::Permit, "it", 2).await;
    let mut verified = person("ann");
    verified.verified_at = Some(hour(3));
    store.put_person(verified, &hr_feed(3)).await.unwrap();
    sign(&store, "ann", 4).await;
    let nothing = || (labels([]), labels([]));
    assert_eq!(ann(), [nothing(), nothing()]);
    assert_eq!(on_the_list().await, ["provision"]);
    step(&store, &request.id, Step::Provisioned, "desk", 5).await;
    let open = || (labels(["email"]), labels([]));
    assert_eq!(ann(), [open(), open()]);
    let opening = withdrawal::Opening {
        person: id("ann"),
        kind: withdrawal::Kind::Leaving,
        effective_at: hour(10),
        until: None,
    };
    let said = hr_feed(6);
    let leaving = store.open_matter::<Withdrawal>(opening, &said);
    leaving.await.unwrap();
    assert_eq!(ann(), [open(), (labels(["email"]), labels(["all"]))]);
    while store.run_due(hour(10)).await.unwrap() > 0 {}
    assert_eq!(ann()[1], (labels([]), labels(["all"])));
    let now = store.matter::<AccessRequest>(&request.id).await.unwrap();
    assert_eq!(now.matter.state(), "ended");
    let list = on_the_list().await;
    assert!(list.iter().any(|task| task == "revoke"), "{list:?}");
}
