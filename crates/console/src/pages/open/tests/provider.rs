//! There and back with the council's own sign-in.

use serde_json::{Value, json};
use sign_in::oidc::{Provider, Settings as ProviderSettings};

use super::token;
use crate::sessions::cookie::Cookie;
use crate::settings::Settings;
use crate::testing::{Browser, Council, Shown};

// The provider that says what a test wants it to; the client's own tests have it too.
#[path = "../../../../../sign-in/tests/oidc/liar.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "it is written for tests of its own"
)]
mod liar;

use liar::Liar;

async fn council(issuer: &str) -> Council {
    let provider = Provider::new(ProviderSettings {
        title: "your council account".to_owned(),
        issuer: issuer.to_owned(),
        client_id: "probity".to_owned(),
        client_secret: Some("a secret we share".to_owned()),
        redirect: "http://127.0.0.1:1/sign-in/return".to_owned(),
        claim: "sub".to_owned(),
        scopes: Vec::new(),
    });
    Council::and_provider(Settings::default(), Some(provider.unwrap())).await
}

fn param<'a>(address: &'a str, name: &str) -> &'a str {
    let query = address.split_once('?').unwrap().1;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).unwrap().1
}

/// Where the browser is sent back to by a provider that vouches for somebody. `asked` is where it
/// was sent to.
fn vouched(council: &Council, liar: &Liar, asked: &Shown, who: &str) -> String {
    assert!(asked.address.starts_with(&format!("{}/auth?", liar.issuer)));
    let at = council.console.now().as_second();
    let claims: Value = json!({
        "iss": liar.issuer, "aud": "probity", "sub": who, "nonce": param(&asked.address, "nonce"),
        "iat": at, "exp": at + 300, "auth_time": at,
    });
    liar.gives_token(&liar.sign(&claims));
    let state = param(&asked.address, "state");
    format!("/sign-in/return?code=x&state={state}")
}

async fn asks(browser: &mut Browser, then: &str) -> Shown {
    browser.get(&format!("/sign-in?to={then}")).await;
    browser.follow("Sign in with your council account").await
}

#[tokio::test]
async fn who_is_vouched_for_lands_where_they_wanted_to_go() {
    let liar = Liar::start();
    let council = council(&liar.issuer).await;
    let mut browser = council.browser();
    let asked = asks(&mut browser, "/my-position%3Fa=1").await;
    let back = vouched(&council, &liar, &asked, "officer");
    // With the state alone, another browser has nothing.
    let mut other = council.browser();
    let shown = other.get(&back).await;
    shown.is(422).says("begun in another browser");
    let shown = browser.get(&back).await;
    assert_eq!(shown.is(200).address, "/my-position?a=1");
    assert_eq!(token(&council, &browser, Cookie::Step), None);
    let first = token(&council, &browser, Cookie::SignIn);
    browser.get(&back).await.is(422).says("That took too long");
    assert_eq!(token(&council, &browser, Cookie::SignIn), first);
}

#[tokio::test]
async fn nobody_comes_in_whom_the_register_does_not_know() {
    let liar = Liar::start();
    let council = council(&liar.issuer).await;
    let mut browser = council.browser();
    let asked = asks(&mut browser, "/cookies").await;
    let back = vouched(&council, &liar, &asked, "stranger");
    let shown = browser.get(&back).await;
    shown.is(422).says("not by a name you may use here");
    let again = asks(&mut browser, "/cookies").await;
    let back = vouched(&council, &liar, &again, "officer");
    let refused = back.replace("code=x", "error=access_denied");
    let shown = browser.get(&refused).await;
    shown
        .is(422)
        .says("your council account did not sign you in");
    let asked = browser.follow("Try again").await;
    vouched(&council, &liar, &asked, "officer");
    liar.gives("500 No", "", String::new());
    let state = param(&asked.address, "state");
    let back = format!("/sign-in/return?code=x&state={state}");
    browser.get(&back).await.is(502);
    assert_eq!(browser.cookie, None);
    let shown = browser.get("/sign-in/return").await;
    shown.is(422).says("That took too long");
}

#[tokio::test]
async fn a_provider_that_is_away_is_said_to_be() {
    // Nothing listens there: the port was free a moment ago, and is nobody's in particular.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let council = council(&issuer).await;
    let mut browser = council.browser();
    let shown = asks(&mut browser, "/my-position").await;
    shown
        .is(502)
        .says("your council account does not answer just now");
    browser
        .follow("sign in with a user name and password")
        .await
        .is(200);
}

#[tokio::test]
async fn where_there_is_no_provider_nothing_leads_to_one() {
    let council = Council::new().await;
    let mut browser = council.browser();
    let shown = browser.get("/sign-in").await;
    assert!(!shown.text().contains("Sign in with"));
    browser.get("/sign-in/provider").await.is(404);
    browser.get("/sign-in/return").await.is(404);
}

#[tokio::test]
async fn a_signature_is_confirmed_by_the_same_person_only() {
    let liar = Liar::start();
    let council = council(&liar.issuer).await;
    let mut browser = council.signed_in("officer").await;
    let held = async |browser: &Browser| {
        let token = token(&council, browser, Cookie::SignIn).unwrap();
        let found = council.sign_in.session(&token, council.console.now()).await;
        found.unwrap().unwrap()
    };
    let before = held(&browser).await;
    council.wait_minutes(6);
    for (who, status) in [("colleague", 422), ("officer", 200)] {
        browser.get("/sign-in/again?to=/cookies").await.is(200);
        let asked = browser.follow("Confirm with your council account").await;
        assert_eq!(param(&asked.address, "prompt"), "login");
        assert_eq!(param(&asked.address, "max_age"), "0");
        let back = vouched(&council, &liar, &asked, who);
        let cookies = browser.cookie.clone();
        let shown = browser.get(&back).await;
        match status {
            422 => {
                shown.is(422).says("not by a name you may use here");
                let proved = held(&browser).await.times.authenticated_at;
                assert_eq!(proved, before.times.authenticated_at);
            }
            _ => {
                assert_eq!(shown.address, "/cookies");
                assert_ne!(browser.cookie, cookies);
            }
        }
    }
    let after = held(&browser).await;
    assert_eq!(after.name, before.name);
    assert_eq!(after.times.authenticated_at, council.console.now());
}
