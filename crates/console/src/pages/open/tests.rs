//! Signing in and out, as people see it.

#![allow(clippy::unwrap_used)]

use axum::http::StatusCode;
use matters::event::{Act, Actor};
use matters::id::PersonId;
use register_store::sessions::Client;
use register_store::signing_in::account::Whose;
use sign_in::session::Token;
use sign_in::totp::Secret;

use super::Next;
use crate::sessions::cookie::Cookie;
use crate::testing::{Browser, Council, PASSWORD, Shown};

mod provider;

/// Opens the page to sign in and tries.
async fn tries(browser: &mut Browser, name: &str, password: &str) -> Shown {
    browser.get("/sign-in").await;
    let fields = [("name", name), ("password", password)];
    browser.send(&fields).await
}

/// The token in a cookie of a browser.
fn token(council: &Council, browser: &Browser, cookie: Cookie) -> Option<Token> {
    let name = council.console.cookie_name(cookie);
    let all = browser.cookie.as_deref().unwrap_or_default();
    let mut pairs = all.split("; ").filter_map(|pair| pair.split_once('='));
    let value = pairs.find(|(named, _)| *named == name)?.1;
    Some(Token::parse(value).unwrap())
}

/// An app that shows codes for somebody's account.
async fn app_of(council: &Council, person: &str) -> Secret {
    let browser = council.signed_in(person).await;
    let token = token(council, &browser, Cookie::SignIn).unwrap();
    let (sign_in, at) = (&council.sign_in, council.console.now());
    let secret = sign_in.new_code(&token, at).await.unwrap();
    let client = Client::new([127, 0, 0, 1].into(), "");
    let code = secret.code(at);
    let confirmed = sign_in.confirm_code(&token, &code, &client, at).await;
    confirmed.unwrap();
    council.wait_minutes(1);
    secret
}

#[tokio::test]
async fn an_address_elsewhere_is_no_place_to_land() {
    for to in [
        "",
        "//evil.example/",
        "/\\evil.example",
        "https://evil.example",
        "javascript:x",
        "\r\nx",
        "/\t/evil.example",
        "/sign-out",
    ] {
        let next = Next { to: to.to_owned() };
        assert_eq!(next.address(), "/my-position", "{to}");
    }
    let council = Council::new().await;
    council.add_account("officer", Whose::Own).await;
    let mut browser = council.browser();
    browser.get("/sign-in?to=//evil.example/").await;
    let (action, mut fields) = browser.filled(&[("name", "officer"), ("password", PASSWORD)]);
    for field in &mut fields {
        if field.0 == "to" {
            field.1 = "//evil.example/".to_owned();
        }
    }
    let shown = browser.post(&action, &fields).await;
    assert_eq!(shown.is(200).address, "/my-position");
}

#[tokio::test]
async fn a_wrong_password_says_no_more_than_that() {
    let council = Council::new().await;
    council.add_account("officer", Whose::Own).await;
    let mut browser = council.browser();
    let shown = tries(&mut browser, "", "").await;
    assert_eq!(
        shown.is(422).errors(),
        ["Enter your user name", "Enter your password"]
    );
    // A name without an account, nobody's, and one with: they cannot be told apart.
    let mut all = Vec::new();
    for (name, password) in [
        ("officer", "wrong"),
        ("colleague", PASSWORD),
        ("nobody", "wrong"),
    ] {
        let shown = tries(&mut browser, name, password).await;
        assert_eq!(
            shown.is(422).errors(),
            ["Your user name or password is not right"]
        );
        all.push(shown.text().to_owned());
        assert_eq!(browser.cookie, None);
    }
    assert!(all.windows(2).all(|two| two[0] == two[1]));
}

#[tokio::test]
async fn after_some_failures_there_is_a_pause() {
    let council = Council::new().await;
    council.add_account("officer", Whose::Own).await;
    let mut browser = council.browser();
    let mut paused = None;
    for _ in 0..12 {
        let shown = tries(&mut browser, "officer", "wrong").await;
        if shown.errors()[0].starts_with("There were too many attempts. Wait ") {
            paused = Some(shown);
            break;
        }
    }
    paused.unwrap().is(422);
    let right = tries(&mut browser, "officer", PASSWORD).await;
    assert!(right.is(422).errors()[0].contains("try again"));
    council.wait_minutes(60);
    tries(&mut browser, "officer", PASSWORD).await.is(200);
}

#[tokio::test]
async fn a_code_is_asked_for_where_there_is_one() {
    let council = Council::new().await;
    council.add_account("officer", Whose::Own).await;
    let secret = app_of(&council, "officer").await;
    let mut browser = council.browser();
    browser.get("/my-position?a=1").await;
    let fields = [("name", "officer"), ("password", PASSWORD)];
    let shown = browser.send(&fields).await;
    assert!(shown.address.starts_with("/sign-in/code?to=/my-position"));
    assert_eq!(token(&council, &browser, Cookie::SignIn), None);
    let half = browser.get("/my-position").await;
    assert!(
        half.address.starts_with("/sign-in?"),
        "half a sign-in opens nothing"
    );
    browser.get(&shown.address).await;
    let wrong = browser.send(&[("code", "000000")]).await;
    assert_eq!(
        wrong.is(422).errors(),
        ["This code is not right, or is too old. Enter a new one"]
    );
    let code = secret.code(council.console.now());
    let shown = browser.send(&[("code", &code)]).await;
    assert_eq!(shown.is(200).address, "/my-position?a=1");
    assert_eq!(token(&council, &browser, Cookie::Step), None);
    // The step is used up, and without one there is nothing to give a code for.
    browser.get("/sign-in/code").await;
    let shown = browser.send(&[("code", &code)]).await;
    shown
        .is(422)
        .says("That took too long, or failed too often. Sign in again");
}

#[tokio::test]
async fn a_password_others_know_is_changed_on_the_way_in() {
    let council = Council::new().await;
    council.add_account("officer", Whose::Issued).await;
    let mut browser = council.browser();
    let shown = tries(&mut browser, "officer", PASSWORD).await;
    shown.is(200).says("Choose a new password");
    assert_eq!(token(&council, &browser, Cookie::SignIn), None);
    for (new, error) in [
        ("", "Enter a new password"),
        ("short", "Use at least 12 characters"),
        ("passwordpassword", "This is easy to guess"),
        (PASSWORD, "This was your password before"),
    ] {
        let shown = browser.send(&[("new-password", new)]).await;
        assert!(shown.is(422).errors()[0].starts_with(error), "{error}");
        assert!(
            !shown
                .html
                .all("input")
                .any(|input| input.attribute("value") == new && !new.is_empty())
        );
    }
    let new = "walnut hovercraft lemonade";
    let shown = browser.send(&[("new-password", new)]).await;
    assert_eq!(shown.is(200).address, "/my-position");
    let mut other = council.browser();
    tries(&mut other, "officer", PASSWORD).await.is(422);
    tries(&mut other, "officer", new).await.is(200);
    // One that is left lying is over.
    council.add_account("colleague", Whose::Issued).await;
    let mut late = council.browser();
    tries(&mut late, "colleague", PASSWORD).await;
    council.wait_minutes(11);
    let shown = late.send(&[("new-password", new)]).await;
    shown.is(422).says("That took too long");
}

#[tokio::test]
async fn every_sign_in_has_a_token_of_its_own_and_ends_the_one_before() {
    let council = Council::new().await;
    council.add_account("officer", Whose::Own).await;
    let mut browser = council.browser();
    tries(&mut browser, "officer", PASSWORD).await.is(200);
    let first = token(&council, &browser, Cookie::SignIn).unwrap();
    let (action, fields) = {
        browser.get("/sign-in").await;
        browser.filled(&[("name", "officer"), ("password", PASSWORD)])
    };
    browser.post(&action, &fields).await.is(200);
    let second = token(&council, &browser, Cookie::SignIn).unwrap();
    assert_ne!(first, second);
    let (sign_in, at) = (&council.sign_in, council.console.now());
    assert_eq!(sign_in.session(&first, at).await.unwrap(), None);
    let here = sign_in.session(&second, at).await.unwrap().unwrap();
    assert_eq!(here.address, "127.0.0.1");
    // Who brings a token of their own choosing does not get it for a sign-in.
    let mut fixed = council.browser();
    let chosen = Token::new([9; 32]);
    let name = council.console.cookie_name(Cookie::SignIn);
    fixed.cookie = Some(format!("{name}={}", chosen.as_str()));
    tries(&mut fixed, "officer", PASSWORD).await.is(200);
    assert_ne!(token(&council, &fixed, Cookie::SignIn), Some(chosen));
}

#[tokio::test]
async fn signing_out_is_at_once_and_everywhere_if_wanted() {
    let council = Council::new().await;
    let mut here = council.signed_in("officer").await;
    let mut elsewhere = council.signed_in("officer").await;
    let kept = here.cookie.clone();
    let form = form_token(&here);
    here.post("/sign-out", &form)
        .await
        .says("You are signed out");
    assert_eq!(here.cookie, None);
    here.cookie = kept;
    let shown = here.get("/my-position").await;
    assert!(
        shown.address.starts_with("/sign-in"),
        "the old cookie is worth nothing"
    );
    elsewhere.get("/my-position").await.is(200);
    let mut third = council.signed_in("officer").await;
    let mut colleague = council.signed_in("colleague").await;
    let form = form_token(&elsewhere);
    elsewhere.post("/sign-out-everywhere", &form).await;
    for browser in [&mut elsewhere, &mut third] {
        let shown = browser.get("/my-position").await;
        assert!(shown.address.starts_with("/sign-in"));
    }
    colleague.get("/my-position").await.is(200);
}

fn form_token(browser: &Browser) -> Vec<(String, String)> {
    let html = &browser.last.as_ref().unwrap().html;
    let token = html.all("input").next().unwrap().attribute("value");
    vec![("form_token".to_owned(), token.to_owned())]
}

#[tokio::test]
async fn a_sign_in_that_is_not_used_ends() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    council.wait_minutes(29);
    browser.get("/my-position").await.is(200);
    council.wait_minutes(29);
    browser.get("/my-position").await.is(200);
    council.wait_minutes(31);
    let shown = browser.get("/my-position").await;
    assert!(shown.address.starts_with("/sign-in?to=/my-position"));
    assert_eq!(shown.status, StatusCode::OK);
}

#[tokio::test]
async fn who_may_not_use_it_any_more_is_out_at_once() {
    let council = Council::new().await;
    council.add_account("officer", Whose::Own).await;
    let mut browser = council.browser();
    tries(&mut browser, "officer", PASSWORD).await.is(200);
    let act = Act::of(Actor::Feed("hr".to_owned()), council.console.now());
    let officer = PersonId::from("officer");
    let disabled = council.sign_in.disable_account(&officer, &act);
    disabled.await.unwrap();
    let shown = browser.get("/my-position").await;
    assert!(shown.address.starts_with("/sign-in"));
    let shown = tries(&mut browser, "officer", PASSWORD).await;
    assert_eq!(
        shown.is(422).errors(),
        ["Your user name or password is not right"]
    );
}

#[tokio::test]
async fn cookies_are_for_this_site_and_this_program_alone() {
    let council = Council::new().await;
    let token = Token::new([1; 32]);
    let set = |cookie, token| {
        let header = council.console.set_cookie(cookie, token).unwrap();
        header.to_str().unwrap().to_owned()
    };
    let value = token.as_str();
    let common = "Path=/; HttpOnly; SameSite=Lax; Secure";
    assert_eq!(
        set(Cookie::SignIn, Some(&token)),
        format!("__Host-probity={value}; {common}")
    );
    assert_eq!(
        set(Cookie::Step, Some(&token)),
        format!("__Host-probity-step={value}; {common}; Max-Age=600")
    );
    assert_eq!(
        set(Cookie::SignIn, None),
        format!("__Host-probity=; {common}; Max-Age=0")
    );
}
