//! Notices by mail: none is forgotten, each is sent once, and what was given up can be seen.

use matters::withdrawal::{self, Kind, Withdrawal};
use register_store::Store;
use register_store::notice_mail::{Choice, Mailed, ToMail};

use crate::council::{bulk_mail, by, granted, hour, hr_feed, id, person, requested, settle};
use crate::engines::{Database, on_both};

on_both!(
    a_notice_is_due_until_it_is_settled,
    what_is_refused_for_now_comes_again,
    what_is_given_up_can_be_seen,
    nobodys_notice_waits_for_nothing,
    whoever_left_is_known,
    a_choice_is_kept,
);

async fn due(store: &Store, hours: i64) -> Vec<ToMail> {
    store.notices_to_mail(hour(hours), 100).await.unwrap()
}

async fn a_notice_is_due_until_it_is_settled(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    granted(&store, bulk_mail()).await;
    let all = due(&store, 2).await;
    let anns: Vec<_> = all.iter().filter(|one| one.person == id("ann")).collect();
    let [approved] = &anns[..] else {
        panic!("{all:?}");
    };
    assert_eq!(approved.notice, "permission-approved");
    assert_eq!(approved.post, None);
    assert_eq!(approved.at, hour(1));
    assert_eq!(approved.tries, 0);
    // Whoever decides was told as holder of their post.
    assert!(all.iter().any(|one| one.post.is_some()));
    // The longest waiting first, so many as are asked for.
    let first = store.notices_to_mail(hour(2), 1).await.unwrap();
    assert_eq!(first, all[..1]);
    // Another process, or this one after it was killed, has the same to do.
    assert_eq!(due(&database.open().await, 2).await, all);
    for one in &all {
        store.mailed(one.id, &Mailed::Sent, hour(2)).await.unwrap();
    }
    assert_eq!(due(&store, 1_000).await, []);
    let health = store.notice_mail_health(hour(3), 10).await.unwrap();
    assert_eq!((health.waiting, health.waiting_since), (0, None));
    assert_eq!(health.last_sent_at, Some(hour(2)));
    // Sent stays sent, whatever is said afterwards.
    let late = Mailed::Later {
        due: hour(2),
        why: "450".to_owned(),
    };
    store.mailed(approved.id, &late, hour(3)).await.unwrap();
    assert_eq!(due(&store, 1_000).await, []);
}

async fn what_is_refused_for_now_comes_again(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    requested(&store, "email").await;
    let all = due(&store, 2).await;
    let one = &all[0];
    let later = Mailed::Later {
        due: hour(5),
        why: "450 try again".to_owned(),
    };
    store.mailed(one.id, &later, hour(2)).await.unwrap();
    assert!(!due(&store, 4).await.contains(one));
    let again = due(&store, 5).await;
    let again = again.iter().find(|other| other.id == one.id).unwrap();
    assert_eq!(again.tries, 1);
    let health = store.notice_mail_health(hour(3), 10).await.unwrap();
    assert_eq!(health.waiting, all.len() as u64);
    assert_eq!(health.waiting_since, Some(one.at));
}

async fn what_is_given_up_can_be_seen(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    granted(&store, bulk_mail()).await;
    let all = due(&store, 2).await;
    let given_up = Mailed::GivenUp("550 no such mailbox".to_owned());
    store.mailed(all[0].id, &given_up, hour(2)).await.unwrap();
    let none = Mailed::NotSent("no address".to_owned());
    store.mailed(all[1].id, &none, hour(2)).await.unwrap();
    assert_eq!(due(&store, 1_000).await.len(), all.len() - 2);
    let health = store.notice_mail_health(hour(3), 10).await.unwrap();
    assert_eq!(health.given_up, 1);
    let [shown] = &health.latest_given_up[..] else {
        panic!("{health:?}");
    };
    assert_eq!(shown.person, all[0].person);
    assert_eq!(shown.why, "550 no such mailbox");
    assert_eq!((shown.at, shown.given_up_at), (all[0].at, hour(2)));
    // A month later somebody has seen it.
    let health = store
        .notice_mail_health(hour(2 + 31 * 24), 10)
        .await
        .unwrap();
    assert_eq!((health.given_up, health.latest_given_up.len()), (0, 0));
}

async fn nobodys_notice_waits_for_nothing(database: Database) {
    let store = database.open().await;
    store
        .put_people([person("ann")], [], &hr_feed(-1))
        .await
        .unwrap();
    requested(&store, "email").await;
    assert!(!store.notices_for_nobody().await.unwrap().is_empty());
    let all = due(&store, 2).await;
    assert!(all.iter().all(|one| one.person == id("ann")), "{all:?}");
}

async fn whoever_left_is_known(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let left = async |who: &str, hours| store.has_left(&id(who), hour(hours)).await.unwrap();
    assert!(!left("ann", 2).await);
    assert!(left("nobody", 2).await);
    let opening = |kind| withdrawal::Opening {
        person: "ann".into(),
        kind,
        effective_at: hour(10),
        until: None,
    };
    let leaving = opening(Kind::Leaving);
    store
        .open_matter::<Withdrawal>(leaving, &by("head", 2))
        .await
        .unwrap();
    assert!(!left("ann", 9).await);
    assert!(left("ann", 10).await);
    // By their days of employment, the whole last day being one of them.
    let mut bob = person("bob");
    bob.employed = vec![matters::people::Employment {
        from: "2020-01-01".parse().unwrap(),
        until: Some("2026-03-03".parse().unwrap()),
    }];
    store.put_people([bob], [], &hr_feed(3)).await.unwrap();
    assert!(!left("bob", 24).await);
    assert!(left("bob", 48).await);
}

async fn a_choice_is_kept(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let ann = id("ann");
    assert_eq!(store.notice_choice(&ann).await.unwrap(), Choice::All);
    for choice in [Choice::Needed, Choice::All, Choice::Needed] {
        store.choose_notices(&ann, choice, hour(1)).await.unwrap();
        assert_eq!(store.notice_choice(&ann).await.unwrap(), choice);
    }
    assert_eq!(store.notice_choice(&id("bob")).await.unwrap(), Choice::All);
}
