//! What waits, in numbers.

use register_store::backlog::Backlog;
use register_store::tasks::TaskState;

use crate::council::{bulk_mail, by, granted, hour, requested, settle};
use crate::engines::{Database, on_both};

on_both!(what_waits_is_counted);

async fn what_waits_is_counted(database: Database) {
    let store = database.open().await;
    let nothing = store.backlog().await.unwrap();
    assert_eq!(nothing, Backlog::default());
    settle(&store).await;
    granted(&store, bulk_mail()).await;
    requested(&store, "email").await;
    let events = store.image().seq();
    let tasks = store.tasks(None, TaskState::Open).await.unwrap();
    let notices = store.notices_to_mail(hour(1_000), 1_000).await.unwrap();
    let counted = store.backlog().await.unwrap();
    let expected = Backlog {
        tasks: tasks.len() as u64,
        oldest_task: tasks.first().map(|task| task.opened_at),
        notices: notices.len() as u64,
        held: 0,
        unshipped: events,
    };
    assert_eq!(counted, expected);
    assert!(counted.notices > 0);
    store.mark_shipped(events).await.unwrap();
    let first = &tasks.first().unwrap().id;
    store.finish_task(first, &by("desk", 9)).await.unwrap();
    let after = store.backlog().await.unwrap();
    assert_eq!((after.tasks, after.unshipped), (counted.tasks - 1, 1));
}
