//! The list: what is on it, its filters and its pages.

#![allow(clippy::unwrap_used)]

use super::{asked, asked_by};
use crate::testing::{Browser, Council, Shown};

fn rows(shown: &Shown) -> usize {
    shown.html.all("tr").count().saturating_sub(1)
}

async fn next(browser: &mut Browser) -> Shown {
    let last = browser.last.clone().unwrap();
    let link = last
        .html
        .all("a")
        .find(|link| link.attribute("rel") == "next");
    browser.get(link.unwrap().attribute("href")).await
}

#[tokio::test]
async fn a_long_list_has_pages_and_keeps_its_filters() {
    let council = Council::new().await;
    for n in 0..60 {
        let id = format!("starter-{n:02}");
        council.add(&id, |_| {}).await;
        asked(&council, &id).await;
        council.wait_minutes(1);
    }
    let mut browser = council.signed_in("head-of-service").await;
    let shown = browser.get("/to-decide?kind=access&name=starter").await;
    assert_eq!(rows(shown.says("Starter 00").says("Starter 24")), 25);
    let shown = next(&mut browser).await;
    assert_eq!(rows(shown.says("Starter 25").says("Starter 49")), 25);
    assert!(shown.address.contains("kind=access") && shown.address.contains("name=starter"));
    let shown = next(&mut browser).await;
    assert_eq!(rows(shown.says("Starter 50").says("Starter 59")), 10);
    assert!(
        shown
            .html
            .all("a")
            .all(|link| link.attribute("rel") != "next")
    );
    let shown = browser.follow("First page").await;
    shown.says("Starter 00");
}

#[tokio::test]
async fn filters_narrow_the_list_and_nothing_breaks_it() {
    let council = Council::new().await;
    asked(&council, "officer").await;
    council.wait_minutes(10 * 24 * 60);
    asked_by(&council, "colleague", "colleague", "internet").await;
    let mut browser = council.signed_in("head-of-service").await;
    let mut count =
        async |filter: &str| rows(browser.get(&format!("/to-decide{filter}")).await.is(200));
    assert_eq!(count("").await, 2);
    assert_eq!(count("?waiting=7").await, 1);
    assert_eq!(count("?waiting=14").await, 0);
    assert_eq!(count("?name=COLL").await, 1);
    assert_eq!(count("?name=nobody").await, 0);
    assert_eq!(count("?kind=permission").await, 0);
    assert_eq!(count("?kind=nonsense&waiting=-1&after=nonsense").await, 0);
    assert_eq!(count("?after=99999999999999999999.AR-1").await, 2);
    let shown = browser.get("/to-decide?waiting=7").await;
    shown.says("10 days").says("Clear filters");
    let long = "x".repeat(101);
    browser
        .get(&format!("/to-decide?name={long}"))
        .await
        .is(422);
    browser
        .get("/to-decide?name=%E2%80%AEx")
        .await
        .is(422)
        .says("U+202E");
}
