//! The frame: signing in, doors, forms that count once, pages for what goes wrong.

#![allow(clippy::unwrap_used)]

use axum::body::Body;
use axum::http::{Request, header};

use crate::pages::PAGES;
use crate::testing::{Council, PASSWORD};

#[tokio::test]
async fn nothing_is_shown_before_signing_in_and_one_lands_where_one_wanted_to_go() {
    let council = Council::new().await;
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
async fn an_address_elsewhere_is_no_place_to_land() {
    let council = Council::new().await;
    for to in [
        "//evil.example/",
        "/%5Cevil.example",
        "https://evil.example",
        "%0D%0Ax",
        "/sign-out",
    ] {
        let mut browser = council.browser();
        browser.get(&format!("/sign-in?to={to}")).await;
        let shown = browser
            .send(&[("name", "officer"), ("password", PASSWORD)])
            .await;
        assert_eq!(shown.address, "/my-position", "{to}");
    }
}

#[tokio::test]
async fn a_wrong_password_says_no_more_than_that() {
    let council = Council::new().await;
    let mut browser = council.browser();
    browser.get("/sign-in").await;
    let shown = browser.send(&[("name", ""), ("password", "")]).await;
    assert_eq!(
        shown.is(422).errors(),
        ["Enter your user name", "Enter your password"]
    );
    let known = browser
        .send(&[("name", "officer"), ("password", "wrong")])
        .await;
    browser.get("/sign-in").await;
    let unknown = browser
        .send(&[("name", "nobody"), ("password", "wrong")])
        .await;
    assert_eq!(
        known.is(422).errors(),
        ["Your user name or password is not right"]
    );
    assert_eq!(known.errors(), unknown.errors());
}

#[tokio::test]
async fn a_code_is_asked_for_where_there_is_one() {
    let council = Council::new().await;
    let mut browser = council.browser();
    browser.get("/sign-in").await;
    let shown = browser
        .send(&[("name", "with-code"), ("password", PASSWORD)])
        .await;
    assert!(shown.address.starts_with("/sign-in/code"));
    let half = browser.get("/my-position").await;
    assert!(
        half.address.starts_with("/sign-in?"),
        "half a sign-in opens nothing"
    );
    browser.get("/sign-in/code").await;
    browser.send(&[("code", "000000")]).await.is(422);
    browser
        .send(&[("code", "123456")])
        .await
        .is(200)
        .says("My position");
}

#[tokio::test]
async fn signing_out_is_at_once_and_everywhere_if_wanted() {
    let council = Council::new().await;
    let mut here = council.signed_in("officer").await;
    let mut elsewhere = council.signed_in("officer").await;
    let token = here
        .last
        .as_ref()
        .unwrap()
        .html
        .all("input")
        .next()
        .unwrap();
    let token = vec![("form_token".to_owned(), token.attribute("value").to_owned())];
    let kept = here.cookie.clone();
    here.post("/sign-out", &token)
        .await
        .says("You are signed out");
    here.cookie = kept;
    let shown = here.get("/my-position").await;
    assert!(
        shown.address.starts_with("/sign-in"),
        "the old cookie is worth nothing"
    );
    let token = elsewhere.get("/my-position").await;
    let token = token
        .html
        .all("input")
        .next()
        .unwrap()
        .attribute("value")
        .to_owned();
    let mut third = council.signed_in("officer").await;
    elsewhere
        .post("/sign-out-everywhere", &[("form_token".to_owned(), token)])
        .await;
    let shown = third.get("/my-position").await;
    assert!(shown.address.starts_with("/sign-in"));
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
        "/signed-out",
        "/help",
        "/cookies",
        "/accessibility",
    ] {
        browser.get(address).await.is(200);
    }
}
