//! Lists the console shows: work lists, the register of permissions, runs, the last comparison.

use jiff::{SignedDuration, Timestamp};
use register_store::feeds::RunStatus;
use register_store::permission_register::Register;
use register_store::tasks::TaskState;
use register_store::work_list::WorkList;
use register_store::{Store, StoreError};
use serde_json::json;

use crate::council::{bulk_mail, by, granted, hour, id, post, purchases, requested, settle};
use crate::engines::{Database, on_both};

on_both!(
    a_work_list_is_read_a_page_at_a_time,
    the_register_of_permissions_is_narrowed,
    runs_go_back_a_page_at_a_time,
    the_last_comparison_is_whole,
);

/// Tasks of the desk and of HR.
async fn work(store: &Store, which: WorkList<'_>) -> Vec<String> {
    let posts = [post("service-desk"), post("hr")];
    let which = WorkList {
        posts: &posts,
        ..which
    };
    let page = store.work(&which).await.unwrap();
    page.items.iter().map(|task| task.task.clone()).collect()
}

fn all(state: TaskState) -> WorkList<'static> {
    WorkList {
        posts: &[],
        state,
        task: "",
        service: "",
        before: None,
        after: None,
        limit: 500,
    }
}

async fn a_work_list_is_read_a_page_at_a_time(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    requested(&store, "email").await;
    requested(&store, "internet").await;
    let open = all(TaskState::Open);
    let found = work(&store, open.clone()).await;
    assert!(found.len() >= 2, "{found:?}");
    assert!(
        store.work(&open).await.unwrap().items.is_empty(),
        "nobody's list"
    );
    let posts = [post("service-desk"), post("hr")];
    let (mut paged, mut after) = (0, None);
    loop {
        let which = WorkList {
            posts: &posts,
            after: after.as_ref(),
            limit: 1,
            ..open.clone()
        };
        let page = store.work(&which).await.unwrap();
        paged += page.items.len();
        after = page.items.last().map(|task| task.id.clone());
        if !page.more {
            break;
        }
    }
    assert_eq!(paged, found.len());
    let none = WorkList {
        task: "' OR 1=1 --",
        ..open.clone()
    };
    assert!(work(&store, none).await.is_empty());
    let early = WorkList {
        before: Some(hour(-50)),
        ..open.clone()
    };
    assert!(work(&store, early).await.is_empty());
    let first = store.tasks(None, TaskState::Open).await.unwrap().remove(0);
    assert_eq!(store.task(&first.id).await.unwrap(), first);
    assert!(
        store
            .open_tasks_of(&first.matter)
            .await
            .unwrap()
            .contains(&first)
    );
    store.finish_task(&first.id, &by("desk", 9)).await.unwrap();
    assert!(
        !store
            .open_tasks_of(&first.matter)
            .await
            .unwrap()
            .contains(&first)
    );
    assert_eq!(work(&store, all(TaskState::Finished)).await, [first.task]);
    let missing = store.task(&"TA-0000-0000".into()).await;
    assert!(matches!(missing, Err(StoreError::Missing(_))));
}

async fn the_register_of_permissions_is_narrowed(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let bulk = granted(&store, bulk_mail()).await;
    let sealed = granted(&store, purchases()).await;
    let any = Register {
        limit: 10,
        ..Register::default()
    };
    let found = async |which: Register<'_>| {
        let page = store.permissions(&which).await.unwrap();
        let mut found: Vec<_> = page.items.into_iter().map(|kept| kept.id).collect();
        found.sort();
        found
    };
    let mut both = vec![bulk.id.clone(), sealed.id.clone()];
    both.sort();
    assert_eq!(found(any.clone()).await, both);
    let only = vec![bulk.id.clone()];
    let without = [sealed.matter.kind.clone()];
    let which = Register {
        without: &without,
        ..any.clone()
    };
    assert_eq!(found(which).await, only);
    let which = Register {
        kind: "bulk-mail",
        state: "active",
        ..any.clone()
    };
    assert_eq!(found(which).await, only);
    let (ann, bob) = ([id("ann")], [id("bob")]);
    for (people, n) in [(&ann[..], 2), (&bob[..], 0), (&[], 0)] {
        let which = Register {
            people: Some(people),
            ..any.clone()
        };
        assert_eq!(found(which).await.len(), n);
    }
    let last = bulk.matter.terms.until.max(sealed.matter.terms.until);
    let later = last.checked_add(SignedDuration::from_secs(1)).unwrap();
    for (before, n) in [(hour(2), 0), (later, 2), (Timestamp::MAX, 2)] {
        let which = Register {
            ends_before: Some(before),
            ..any.clone()
        };
        assert_eq!(found(which).await.len(), n, "{before}");
    }
    let one = Register {
        limit: 1,
        ..any.clone()
    };
    let page = store.permissions(&one).await.unwrap();
    assert!(page.more);
    let which = Register {
        after: Some(&page.items[0].id),
        ..one
    };
    let rest = store.permissions(&which).await.unwrap();
    assert!(!rest.more && rest.items[0].id != page.items[0].id);
}

async fn runs_go_back_a_page_at_a_time(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    assert!(store.last_runs().await.unwrap().is_empty());
    for (n, feed) in ["hr", "clock", "hr"].into_iter().enumerate() {
        let at = hour(i64::try_from(n).unwrap());
        let run = store.begin_run(feed, "ab", 1, at).await.unwrap();
        let status = if n == 2 {
            RunStatus::Failed
        } else {
            RunStatus::Done
        };
        store.finish_run(run, status, at).await.unwrap();
    }
    let last = store.last_runs().await.unwrap();
    let last: Vec<_> = last
        .iter()
        .map(|(run, whole)| (run.feed.as_str(), run.id, *whole))
        .collect();
    let whole = [hour(1), hour(0)].map(Some);
    assert_eq!(last, [("clock", 2, whole[0]), ("hr", 3, whole[1])]);
    let page = store.runs_before("", None, 2).await.unwrap();
    assert!(page.more);
    let rest = store
        .runs_before("", Some(page.items[1].id), 2)
        .await
        .unwrap();
    assert_eq!((rest.items.len(), rest.more), (1, false));
    let clock = store.runs_before("clock", None, 10).await.unwrap();
    assert_eq!(clock.items.len(), 1);
    assert_eq!(store.run(2).await.unwrap().as_ref(), Some(&clock.items[0]));
    assert!(store.run(9).await.unwrap().is_none());
}

async fn the_last_comparison_is_whole(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    assert!(store.last_comparison().await.unwrap().is_none());
    let found: Vec<_> = (0..1_234).map(|n| json!({ "n": n })).collect();
    let run = store
        .keep_comparison(&found, 99, "cd", hour(1))
        .await
        .unwrap();
    // One that never ended counts for nothing.
    store
        .begin_run("reconciliation", "ef", 1, hour(2))
        .await
        .unwrap();
    let last = store.last_comparison().await.unwrap().unwrap();
    assert_eq!((last.id, last.counts.quarantined), (run, 1_234));
    assert_eq!(store.differences(run).await.unwrap(), found);
}
