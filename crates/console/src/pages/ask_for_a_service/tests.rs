#![allow(clippy::unwrap_used)]

use matters::access_request::AccessRequest;
use matters::id::PersonId;
use matters::machine::Machine as _;
use register_store::matters_kept::Filter;

use crate::testing::{Browser, Council};

async fn begin(browser: &mut Browser) {
    browser
        .get("/ask-for-a-service")
        .await
        .is(200)
        .says("Desk telephone");
    browser
        .send(&[])
        .await
        .is(200)
        .says("Which services do you need?");
}

/// Whoever asks, the last day they give, and what their request then waits for.
async fn asks(who: &str, until: [&str; 3], waits: &str) {
    let council = Council::new().await;
    let mut browser = council.signed_in(who).await;
    begin(&mut browser).await;
    browser
        .send(&[("services", "email")])
        .await
        .says("What do you need them for?");
    browser
        .send(&[("need", "Letters of residents")])
        .await
        .says("Which equipment");
    browser
        .send(&[("equipment", "")])
        .await
        .says("What is the last day you need it?");
    let [day, month, year] = until;
    let day = [
        ("until-day", day),
        ("until-month", month),
        ("until-year", year),
    ];
    browser.send(&day).await.is(200);
    let shown = browser.last.clone().unwrap();
    shown
        .says("Check your answers")
        .says("Letters of residents");
    let (address, fields) = browser.filled(&[]);
    for _ in 0..2 {
        let shown = browser.post(&address, &fields).await;
        shown.is(200).says("Access asked for").says("AR-");
    }
    let filter = Filter {
        subject: Some(PersonId::from(who)),
        ..Filter::default()
    };
    let found = council.store.matters::<AccessRequest>(&filter).await;
    let found = found.unwrap().items;
    let found: Vec<_> = found.iter().map(|kept| kept.matter.state()).collect();
    assert_eq!(found, [waits], "{who}");
}

#[tokio::test]
async fn everybody_asks_for_themselves() {
    asks("officer", ["", "", ""], "awaiting-authorisation").await;
    asks("councillor", ["", "", ""], "awaiting-certification").await;
    asks("agent", ["1", "4", "2027"], "awaiting-authorisation").await;
}

#[tokio::test]
async fn what_was_begun_for_others_does_not_go_on_here() {
    let council = Council::new().await;
    let mut browser = council.signed_in("manager").await;
    browser.get("/starter-mover-leaver").await;
    let shown = browser.send(&[("change", "leaver")]).await;
    let elsewhere = shown
        .address
        .replace("/starter-mover-leaver", "/ask-for-a-service");
    browser.get(&elsewhere).await.is(404);
    begin(&mut browser).await;
    let own = browser.last.clone().unwrap().address;
    let elsewhere = own.replace("/ask-for-a-service", "/starter-mover-leaver");
    browser.get(&elsewhere).await.is(404);
    browser.get("/starter-mover-leaver").await;
    browser.send(&[("change", "own")]).await.is(422);
}
