//! The outbox: each event reaches the journal once.

use std::io;

use crate::council::{bulk_mail, granted, settle};
use crate::engines::{Database, on_both};

on_both!(each_event_once);

async fn each_event_once(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    granted(&store, bulk_mail()).await;
    let all = store.image().seq();
    let mut journal = Vec::new();
    let ship = |journal: &mut Vec<u64>, seq: u64, full_at: usize| {
        if journal.len() == full_at {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        journal.push(seq);
        Ok(())
    };
    let stopped = store
        .ship(0, |event| ship(&mut journal, event.seq, 5))
        .await;
    assert!(stopped.is_err());
    assert_eq!(store.shipped().await.unwrap(), 5);
    // Killed between the journal's write and the mark: the journal is one ahead.
    journal.push(6);
    let last = *journal.last().unwrap();
    let taken = store
        .ship(last, |event| ship(&mut journal, event.seq, usize::MAX))
        .await
        .unwrap();
    assert_eq!(taken as u64, all - 6);
    assert_eq!(journal, (1..=all).collect::<Vec<_>>());
    assert_eq!(store.shipped().await.unwrap(), all);
    // Neither back nor beyond what there is.
    store.mark_shipped(1).await.unwrap();
    store.mark_shipped(all + 1).await.unwrap();
    assert_eq!(store.shipped().await.unwrap(), all);
}
