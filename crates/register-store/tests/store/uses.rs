//! Permissions good for a number of uses.

use matters::permission::{Permission, Step};
use register_store::uses::Consumed;

use crate::council::{bulk_mail, by, granted, hour, purchases, settle};
use crate::engines::{Database, on_both};

on_both!(as_many_as_it_is_good_for, why_not);

/// Half of the callers come through another process.
async fn as_many_as_it_is_good_for(database: Database) {
    let stores = [database.open().await, database.open().await];
    settle(&stores[0]).await;
    let kept = granted(&stores[0], purchases()).await;
    let callers = (0..32).map(|n| {
        let (store, id) = (stores[n % 2].clone(), kept.id.clone());
        tokio::spawn(async move {
            let what = format!("message-{n}");
            (store.consume(&id, hour(2), &what).await.unwrap(), what)
        })
    });
    let callers: Vec<_> = callers.collect();
    let mut left = Vec::new();
    let mut taken_for = String::new();
    for caller in callers {
        match caller.await.unwrap() {
            (Consumed::Taken { left: now }, what) => {
                left.push(now.unwrap());
                taken_for = what;
            }
            (Consumed::Exhausted, _) => {}
            other => panic!("{other:?}"),
        }
    }
    left.sort_unstable();
    assert_eq!(left, [0, 1, 2, 3, 4]);
    let history = stores[1].history(&kept.id).await.unwrap();
    let uses = history.iter().filter(|event| event.step == "use");
    assert_eq!(uses.count(), 5);
    // An activity whose answer was lost is given the same answer, and takes no other use.
    let again = stores[1].consume(&kept.id, hour(3), &taken_for).await;
    assert_eq!(again.unwrap(), Consumed::Taken { left: Some(0) });
    stores[0].refresh().await.unwrap();
    let document = stores[0].document(register::document::Council::default());
    assert!(document.permissions.is_empty());
}

async fn why_not(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let consume = async |id, at| store.consume(id, hour(at), "message").await.unwrap();
    let unknown = "PE-0000-0000".into();
    assert_eq!(consume(&unknown, 2).await, Consumed::Unknown);
    let asked = store
        .open_matter::<Permission>(bulk_mail(), &by("ann", 0))
        .await
        .unwrap();
    assert_eq!(consume(&asked.id, 2).await, Consumed::NotInForce);
    let kept = granted(&store, bulk_mail()).await;
    assert_eq!(consume(&kept.id, 100).await, Consumed::Expired);
    store
        .take::<Permission>(&kept.id, None, Step::Revoke, &by("ann", 3))
        .await
        .unwrap();
    assert_eq!(consume(&kept.id, 4).await, Consumed::Revoked);
}
