//! Trying as somebody else is on the record, and theirs to see.

use register_store::StoreError;
use register_store::matters_kept::Lists;

use crate::council::{by, hour, id, settle};
use crate::engines::{Database, on_both};

on_both!(a_try_is_seen_by_whom_it_was_about,);

async fn a_try_is_seen_by_whom_it_was_about(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let before = store.image().seq();
    for (at, what) in [(1, "page"), (2, "message"), (3, "page")] {
        let act = by("desk", at);
        store.tried_as(&id("ann"), what, None, &act).await.unwrap();
    }
    assert_eq!(store.image().seq(), before + 3);
    let tries = store
        .overview(&id("ann"), Lists::default(), 2)
        .await
        .unwrap()
        .tries;
    let seen: Vec<_> = tries
        .iter()
        .map(|one| (one.what.as_str(), one.at))
        .collect();
    assert_eq!(seen, [("page", hour(3)), ("message", hour(2))]);
    assert_eq!(tries[0].by, id("desk"));
    assert_eq!(
        store
            .overview(&id("desk"), Lists::default(), 9)
            .await
            .unwrap()
            .tries,
        []
    );
    let (nobody, act) = (id("nobody"), by("desk", 4));
    let refused = store.tried_as(&nobody, "page", None, &act).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))));
    assert_eq!(store.image().seq(), before + 3);
}
