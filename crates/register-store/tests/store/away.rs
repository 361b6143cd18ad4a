//! The database goes away.

use std::sync::Arc;

use end_to_end::numbered::is_possible;
use end_to_end::postgres::{self, Postgres};
use matters::permission::Permission;
use register_store::{OpenError, Store, StoreError};

use crate::council::{bulk_mail, by, id, pack, settle};
use crate::engines::{Database, on_both};

on_both!(the_image_can_be_read);

async fn the_image_can_be_read(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    store.close().await;
    check_away(&store).await;
}

async fn check_away(store: &Store) {
    let asked = store
        .open_matter::<Permission>(bulk_mail(), &by("ann", 0))
        .await;
    assert!(
        matches!(asked, Err(StoreError::Unavailable(_))),
        "{asked:?}"
    );
    let kept = store.matter::<Permission>(&"PE-0000-0000".into()).await;
    assert!(matches!(kept, Err(StoreError::Unavailable(_))), "{kept:?}");
    assert!(store.image().people().person(&id("ann")).is_some());
    let document = store.document(register::document::Council::default());
    assert_eq!(document.people.len(), 6);
}

#[tokio::test]
async fn a_server_that_stopped() {
    if !is_possible(postgres::missing()) {
        return;
    }
    let server = Postgres::start().unwrap();
    let url = server.database("register").unwrap();
    let store = Store::open(&url, pack()).await.unwrap();
    settle(&store).await;
    drop(server);
    check_away(&store).await;
    let opened = Store::open(&url, pack()).await;
    assert!(
        matches!(opened, Err(OpenError::Unavailable(_))),
        "{opened:?}"
    );
}

#[tokio::test]
async fn an_address_that_is_none() {
    let opened = Store::open("mysql://me:secret@host/register", Arc::clone(&pack())).await;
    let Err(error @ OpenError::Address { .. }) = opened else {
        panic!("{opened:?}");
    };
    assert!(!error.to_string().contains("secret"), "{error}");
}
