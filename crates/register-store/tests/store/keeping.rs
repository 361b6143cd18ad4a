//! What is kept, in which order, and who is told when two want the same.

use matters::acceptance::Acceptance;
use matters::access_request::AccessRequest;
use matters::machine::Refused;
use matters::permission::{Narrowed, Permission, Step};
use register_store::StoreError;
use register_store::matters_kept::{Filter, Lists, Version};

use crate::council::{
    bulk_mail, by, granted, holding, hour, hr_feed, id, person, requested, settle,
};
use crate::engines::{Database, on_both};

on_both!(
    a_step_leaves_its_event,
    of_two_writers_one_is_stale,
    what_is_refused_leaves_nothing,
    another_process_is_seen,
    a_restart_finds_everything,
    lists_come_in_pages,
    what_is_not_new_leaves_no_event,
    a_post_ends,
    time_takes_its_steps,
    absence_moves_what_is_due,
);

fn approve() -> Step {
    Step::Approve {
        narrowed: Narrowed::default(),
    }
}

async fn a_step_leaves_its_event(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let before = store.image().seq();
    let kept = granted(&store, bulk_mail()).await;
    assert_eq!(kept.version, Version(2));
    let history = store.history(&kept.id).await.unwrap();
    let steps: Vec<_> = history
        .iter()
        .map(|event| {
            (
                event.step.as_str(),
                event.from.as_deref(),
                event.to.as_str(),
            )
        })
        .collect();
    assert_eq!(
        steps,
        [
            ("request", None, "requested"),
            ("approve", Some("requested"), "active"),
        ]
    );
    assert_eq!(history[1].act.actor.person(), Some(&id("desk")));
    assert_eq!(history[1].authority.as_ref().unwrap().holder, id("desk"));
    assert_eq!(history[1].policy_version, "2007-03");
    let events = store.events_after(before, 10).await.unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(events[1].seq, before + 2);
    assert_eq!(events[1].event, history[1]);
    assert_eq!(store.image().seq(), before + 2);
    assert_eq!(*store.changes().borrow(), before + 2);
    let told = store.notices_for(&id("ann")).await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].notice, "permission-approved");
    store
        .saw_notice(&id("ann"), told[0].id, hour(2))
        .await
        .unwrap();
    let told = store.notices_for(&id("ann")).await.unwrap();
    assert_eq!(told[0].seen_at, Some(hour(2)));
    let reference = kept.id.as_str();
    assert_eq!(reference.len(), "PE-7F3K-29QD".len(), "{reference}");
    assert!(reference.starts_with("PE-"));
}

async fn of_two_writers_one_is_stale(database: Database) {
    let (one, other) = (database.open().await, database.open().await);
    settle(&one).await;
    let asked = one
        .open_matter::<Permission>(bulk_mail(), &by("ann", 0))
        .await
        .unwrap();
    let (desk, again) = (by("desk", 1), by("desk", 1));
    let seen = Some(asked.version);
    let (first, second) = tokio::join!(
        one.take::<Permission>(&asked.id, seen, approve(), &desk),
        other.take::<Permission>(&asked.id, seen, approve(), &again),
    );
    let (won, lost) = match (first, second) {
        (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
        both => panic!("{both:?}"),
    };
    assert_eq!(won.version, Version(2));
    let StoreError::Stale { expected, now } = lost else {
        panic!("{lost:?}");
    };
    assert_eq!((expected, now), (Version(1), Version(2)));
    assert_eq!(one.history(&asked.id).await.unwrap().len(), 2);
}

async fn what_is_refused_leaves_nothing(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let asked = store
        .open_matter::<Permission>(bulk_mail(), &by("ann", 0))
        .await
        .unwrap();
    let before = store.image().seq();
    let own = store
        .take::<Permission>(&asked.id, None, approve(), &by("ann", 1))
        .await;
    assert!(matches!(own, Err(StoreError::Refused(Refused::OwnMatter))));
    let missing = "PE-0000-0000".into();
    let missing = store
        .take::<Permission>(&missing, None, approve(), &by("desk", 1))
        .await;
    assert!(matches!(missing, Err(StoreError::Missing(_))));
    assert!(store.events_after(before, 10).await.unwrap().is_empty());
    let kept = store.matter::<Permission>(&asked.id).await.unwrap();
    assert_eq!(kept, asked);
}

async fn another_process_is_seen(database: Database) {
    let (one, other) = (database.open().await, database.open().await);
    let mut word = other.changes();
    settle(&one).await;
    let kept = granted(&one, bulk_mail()).await;
    // Nothing is asked of `other`: it looks by itself.
    let last = one.image().seq();
    word.wait_for(|seq| *seq == last).await.unwrap();
    let image = other.image();
    assert_eq!(image.people().all().count(), 6);
    assert_eq!(image.posts().holdings().len(), 4);
    let ann = id("ann");
    let facts: Vec<_> = image.facts(&ann).map(|(id, _)| id.clone()).collect();
    assert_eq!(facts.as_slice(), std::slice::from_ref(&kept.id));
    // And it judges by what the other committed, also when it has not looked yet.
    one.end_holding(&holding("desk", "service-desk", None), hour(2), &hr_feed(2))
        .await
        .unwrap();
    let asked = one
        .open_matter::<Permission>(bulk_mail(), &by("ann", 3))
        .await
        .unwrap();
    let refused = other
        .take::<Permission>(&asked.id, None, approve(), &by("desk", 4))
        .await;
    assert!(matches!(
        refused,
        Err(StoreError::Refused(Refused::Authority { .. }))
    ));
}

async fn a_restart_finds_everything(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    granted(&store, bulk_mail()).await;
    let before = store.image();
    store.close().await;
    let after = database.open().await.image();
    assert_eq!(after.seq(), before.seq());
    assert_eq!(after.posts().holdings().len(), 4);
    assert_eq!(after.people().person(&id("ann")), Some(&person("ann")));
    let council = register::document::Council::default();
    assert_eq!(after.document(council.clone()), before.document(council));
}

async fn lists_come_in_pages(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    for hours in 0..5 {
        store
            .open_matter::<Permission>(bulk_mail(), &by("ann", hours))
            .await
            .unwrap();
    }
    let mut filter = Filter {
        subject: Some(id("ann")),
        concerning: Some(id("ann")),
        states: vec!["requested".to_owned(), "advised".to_owned()],
        about: Some("bulk-mail".to_owned()),
        is_over: Some(false),
        after: None,
        limit: 2,
    };
    let mut found = Vec::new();
    loop {
        let page = store.matters::<Permission>(&filter).await.unwrap();
        found.extend(page.items.iter().map(|kept| kept.opened_at));
        filter.after = page.items.last().map(|kept| kept.id.clone());
        if !page.more {
            break;
        }
    }
    assert_eq!(found, [4, 3, 2, 1, 0].map(hour));
    filter.after = None;
    // Several at once are what each of them is alone.
    requested(&store, "email").await;
    let mut lists = Lists::default();
    let permissions = lists.ask::<Permission>(&filter);
    let requests = lists.ask::<AccessRequest>(&Filter::default());
    let signatures = lists.ask::<Acceptance>(&Filter::default());
    let mut found = store.lists(lists).await.unwrap();
    assert_eq!(
        found.page(permissions).unwrap(),
        store.matters::<Permission>(&filter).await.unwrap()
    );
    let requests = found.page(requests).unwrap();
    assert_eq!((requests.items.len(), requests.more), (1, false));
    assert!(found.page(signatures).unwrap().items.is_empty());
    filter.about = Some("blog".to_owned());
    let none = store.matters::<Permission>(&filter).await.unwrap();
    assert!(none.items.is_empty());
}

async fn what_is_not_new_leaves_no_event(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let before = store.image().seq();
    store.put_person(person("ann"), &hr_feed(0)).await.unwrap();
    assert_eq!(store.image().seq(), before);
    let mut moved = person("ann");
    moved.job_title = Some("Engineer".to_owned());
    moved.manager = None;
    store.put_person(moved, &hr_feed(1)).await.unwrap();
    let events = store.events_after(before, 10).await.unwrap();
    let [event] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(event.event.kind, "person");
    assert_eq!(event.event.subject, id("ann"));
    // Which fields, and never what is in them.
    let detail = event.detail.as_ref().unwrap().to_string();
    assert_eq!(detail, r#"{"changed":["job_title","manager"]}"#);
}

async fn a_post_ends(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let held = holding("desk", "service-desk", None);
    store
        .end_holding(&held, hour(5), &hr_feed(1))
        .await
        .unwrap();
    let twice = store.end_holding(&held, hour(6), &hr_feed(1)).await;
    assert!(matches!(twice, Err(StoreError::Refused(_))));
    let nobody = store
        .appoint(holding("zoe", "service-desk", None), &hr_feed(1))
        .await;
    assert!(matches!(
        nobody,
        Err(StoreError::Refused(Refused::NobodyKnown(_)))
    ));
    // Asked after the end, nobody holds the post: the notice waits under no name.
    store
        .open_matter::<Permission>(bulk_mail(), &by("ann", 6))
        .await
        .unwrap();
    let lost = store.notices_for_nobody().await.unwrap();
    assert!(lost.iter().all(|notice| notice.post.is_some()), "{lost:?}");
}

async fn time_takes_its_steps(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let kept = granted(&store, bulk_mail()).await;
    assert_eq!(store.run_due(hour(99)).await.unwrap(), 0);
    assert_eq!(store.run_due(hour(100)).await.unwrap(), 1);
    assert_eq!(store.run_due(hour(100)).await.unwrap(), 0);
    let last = store.history(&kept.id).await.unwrap().pop().unwrap();
    assert_eq!(
        (last.step.as_str(), last.to.as_str()),
        ("expire", "expired")
    );
    assert!(store.image().facts(&id("ann")).next().is_none());
}

async fn absence_moves_what_is_due(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let asked = store
        .open_matter::<Permission>(bulk_mail(), &by("ann", 0))
        .await
        .unwrap();
    // Whatever it does to this matter, the row and the machine agree about when.
    let mut away = person("ann");
    away.format = Some("braille".to_owned());
    store.put_person(away, &hr_feed(1)).await.unwrap();
    let until = hour(10_000);
    let mut steps = 0;
    while store.run_due(until).await.unwrap() > 0 {
        steps += 1;
        assert!(steps < 10, "time stands still");
    }
    let kept = store.matter::<Permission>(&asked.id).await.unwrap();
    assert_eq!(
        matters::machine::Machine::state(&kept.matter),
        "lapsed",
        "the time asked for is over"
    );
}
