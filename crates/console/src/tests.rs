//! The frame: doors, forms that count once, pages for what goes wrong.

#![allow(clippy::unwrap_used)]

mod bad_input;

use axum::body::Body;
use axum::http::{Request, header};

use crate::pages::PAGES;
use crate::testing::{Council, PASSWORD};
use register_store::signing_in::account::Whose;

#[tokio::test]
async fn nothing_is_shown_before_signing_in_and_one_lands_where_one_wanted_to_go() {
    let council = Council::new().await;
    council.add_account("officer", Whose::Own).await;
    let mut browser = council.browser();
    for page in PAGES {
        let shown = browser.get(page.path).await;
        assert!(shown.address.starts_with("/sign-in?to="), "{}", page.path);
        assert!(shown.navigation().is_empty());
    }
    browser.get("/my-position?a=1&b=%2F").await;
    let shown = browser
        .send(&[("name", "officer"), ("password", PASSWORD)])
        .await;
    assert_eq!(shown.address, "/my-position?a=1&b=%2F");
}

#[tokio::test]
async fn everybody_sees_only_what_is_theirs_to_open() {
    let council = Council::new().await;
    let people = [
        "officer",
        "manager",
        "councillor",
        "agent",
        "service-desk",
        "hr",
    ];
    let posts = [
        "assistant-director-it",
        "monitoring-officer",
        "chief-internal-auditor",
        "head-of-service",
    ];
    for person in people.into_iter().chain(posts) {
        let mut browser = council.signed_in(person).await;
        let shown = browser.get("/my-position").await;
        let navigation: Vec<_> = shown.navigation().into_iter().map(str::to_owned).collect();
        for page in PAGES {
            let shown = browser.get(page.path).await;
            let offered = navigation.iter().any(|path| path == page.path)
                || shown.navigation().contains(&page.path);
            assert_eq!(shown.status == 200, offered, "{person} at {}", page.path);
            if shown.status == 200 {
                assert!(shown.html.title().starts_with(page.title), "{}", page.path);
            } else {
                shown.is(403).says("You cannot open this page");
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_there_has_a_page_that_says_so() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    for address in [
        "/nothing",
        "/my-position/AR-1234-5678",
        "/assets/0/console.css",
        "/%00",
        "/sign-out",
    ] {
        browser.get(address).await.is(404).says("Page not found");
    }
}

#[tokio::test]
async fn a_form_of_another_site_or_another_sign_in_is_not_taken() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    let shown = browser.get("/my-position").await;
    let token = shown
        .html
        .all("input")
        .next()
        .unwrap()
        .attribute("value")
        .to_owned();
    let post = |token: &str, site: &str, kind: &str| {
        Request::post("/sign-out")
            .header(header::CONTENT_TYPE, kind.to_owned())
            .header("sec-fetch-site", site)
            .body(Body::from(format!("form_token={token}")))
            .unwrap()
    };
    let form = "application/x-www-form-urlencoded";
    let foreign = browser
        .sent(post(&token, "cross-site", form), "/sign-out")
        .await;
    foreign.is(400).says("Nothing was changed");
    let other = browser
        .sent(post(&token, "same-origin", "text/plain"), "/sign-out")
        .await;
    other.is(400);
    for wrong in ["", "AAAA", &token[1..], &token.replace(&token[..4], "AAAA")] {
        let shown = browser
            .sent(post(wrong, "same-origin", form), "/sign-out")
            .await;
        shown.is(403).says("too old to send");
    }
    let mut other = council.signed_in("colleague").await;
    other
        .sent(post(&token, "same-origin", form), "/sign-out")
        .await
        .is(403);
    let large = Request::post("/sign-out").header(header::CONTENT_TYPE, form);
    let large = large.body(Body::from(vec![b'a'; 300_000])).unwrap();
    browser
        .sent(large, "/sign-out")
        .await
        .is(413)
        .says("too large");
    browser.get("/my-position").await.is(200);
}

#[tokio::test]
async fn pages_that_need_no_sign_in_are_whole() {
    let council = Council::new().await;
    let mut browser = council.browser();
    for address in [
        "/sign-in",
        "/sign-in/code",
        "/sign-in/new-password",
        "/signed-out",
        "/help",
        "/cookies",
        "/accessibility",
    ] {
        browser.get(address).await.is(200);
    }
}
