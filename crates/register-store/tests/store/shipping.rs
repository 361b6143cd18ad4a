//! The outbox: each event reaches the journal once.

use std::io;

use register_store::outbox::{Holds, NumberedEvent};

use crate::council::{bulk_mail, granted, settle};
use crate::engines::{Database, on_both};

on_both!(each_event_once);

/// A journal that is full at a size.
struct Journal {
    events: Vec<u64>,
    full_at: usize,
}

impl Holds for Journal {
    type Error = io::Error;

    async fn take(&mut self, events: &[NumberedEvent]) -> Result<(), io::Error> {
        for event in events {
            if self.events.len() == self.full_at {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.events.push(event.seq);
        }
        Ok(())
    }
}

async fn each_event_once(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    granted(&store, bulk_mail()).await;
    let all = store.image().seq();
    let mut journal = Journal {
        events: Vec::new(),
        full_at: 5,
    };
    assert!(store.ship(0, &mut journal).await.is_err());
    assert_eq!(store.shipped().await.unwrap(), 0);
    // It holds more than is marked, as after a kill between its write and the mark.
    let held = *journal.events.last().unwrap();
    journal.full_at = usize::MAX;
    assert_eq!(store.ship(held, &mut journal).await.unwrap(), all);
    assert_eq!(journal.events, (1..=all).collect::<Vec<_>>());
    assert_eq!(store.shipped().await.unwrap(), all);
    // Neither back nor beyond what there is.
    store.mark_shipped(1).await.unwrap();
    store.mark_shipped(all + 1).await.unwrap();
    assert_eq!(store.shipped().await.unwrap(), all);
}
