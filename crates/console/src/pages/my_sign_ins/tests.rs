#![allow(clippy::unwrap_used)]

use register_store::signing_in::account::Whose;
use sign_in::totp::Secret;

use crate::testing::{Council, PASSWORD, Shown};

const NEW: &str = "walnut hovercraft lemonade";

/// The key shown for an app.
fn key(shown: &Shown) -> Secret {
    let values = shown.html.classed("govuk-summary-list__value");
    let text = values.map(|value| value.text.replace(' ', ""));
    text.into_iter()
        .find_map(|text| Secret::parse(&text))
        .unwrap()
}

#[tokio::test]
async fn each_sign_in_is_listed_and_can_be_ended() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    let mut other = council.signed_in("officer").await;
    let mut colleague = council.signed_in("colleague").await;
    let shown = browser.get("/my-sign-ins").await;
    shown
        .is(200)
        .says("This sign-in")
        .says("Since 10 March 2027");
    let forms = shown.html.all("form");
    let ends: Vec<_> = forms
        .map(|form| form.attribute("action").to_owned())
        .filter(|action| action.starts_with("/my-sign-ins/end/"))
        .collect();
    assert_eq!(ends.len(), 1, "one ends elsewhere what is elsewhere");
    let (_, token) = browser.filled(&[]);
    // Somebody else's sign-in stays, whatever is posted.
    colleague.get("/my-sign-ins").await;
    let (_, theirs) = colleague.filled(&[]);
    colleague.post(&ends[0], &theirs).await.is(200);
    other.get("/my-position").await.is(200).says("My position");
    let shown = browser.post(&ends[0], &token).await;
    shown.is(200).says("That sign-in has ended");
    let shown = other.get("/my-position").await;
    assert!(shown.address.starts_with("/sign-in?"));
    // The last form of the page is for all of them.
    browser.send(&[]).await.says("You are signed out");
    let shown = browser.get("/my-sign-ins").await;
    assert!(shown.address.starts_with("/sign-in?"));
}

#[tokio::test]
async fn without_an_account_here_there_is_no_password_to_change() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    let shown = browser.get("/my-sign-ins").await;
    assert!(!shown.text().contains("Your password"));
    for page in ["password", "app", "app/stop"] {
        browser.get(&format!("/my-sign-ins/{page}")).await.is(404);
    }
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sign_ins() {
    let council = Council::new().await;
    council.add_account("officer", Whose::Own).await;
    let mut browser = council.signed_in("officer").await;
    let mut other = council.signed_in("officer").await;
    browser.get("/my-sign-ins").await;
    browser.follow("Change your password").await;
    for (current, new, error) in [
        ("", NEW, "Enter your password"),
        (PASSWORD, "", "Enter a new password"),
        ("wrong", NEW, "Your password is not right"),
        (PASSWORD, "short", "Use at least 12 characters"),
        (PASSWORD, PASSWORD, "This was your password before"),
    ] {
        let fields = [("password", current), ("new-password", new)];
        let shown = browser.send(&fields).await;
        assert!(shown.is(422).errors()[0].starts_with(error), "{error}");
    }
    let fields = [("password", PASSWORD), ("new-password", NEW)];
    let shown = browser.send(&fields).await;
    shown.is(200).says("Your password is changed");
    let shown = other.get("/my-position").await;
    assert!(shown.address.starts_with("/sign-in?"));
    let mut fresh = council.browser();
    fresh.get("/sign-in").await;
    let shown = fresh.send(&[("name", "officer"), ("password", NEW)]).await;
    shown.is(200).says("My position");
}

#[tokio::test]
async fn an_app_is_set_up_and_given_up() {
    let council = Council::new().await;
    council.add_account("officer", Whose::Own).await;
    let mut browser = council.signed_in("officer").await;
    browser.get("/my-sign-ins").await;
    browser.follow("Set up an authenticator app").await;
    let shown = browser.send(&[]).await;
    shown
        .is(200)
        .says("Set up your app")
        .says("It is shown only once");
    assert_eq!(shown.html.classed("app-qr").count(), 1);
    let mut links = shown.html.all("a").map(|link| link.attribute("href"));
    let uri = links.find(|href| href.starts_with("otpauth:")).unwrap();
    let secret = key(&shown);
    assert!(
        uri.contains(&secret.to_text()) && uri.contains(":officer?"),
        "{uri}"
    );
    let wrong = browser.send(&[("code", "000000x")]).await;
    assert_eq!(wrong.is(422).errors().len(), 1);
    assert!(!wrong.text().contains(&secret.to_text()[..4]));
    let code = secret.code(council.console.now());
    let shown = browser.send(&[("code", &code)]).await;
    shown
        .is(200)
        .says("From now on you sign in with a code too");

    council.wait_minutes(1);
    let mut fresh = council.browser();
    fresh.get("/sign-in").await;
    let fields = [("name", "officer"), ("password", PASSWORD)];
    let shown = fresh.send(&fields).await;
    assert!(shown.address.starts_with("/sign-in/code?"));
    let code = secret.code(council.console.now());
    fresh.send(&[("code", &code)]).await.is(200);
    fresh.get("/my-sign-ins").await.says("Password and code");

    browser.get("/my-sign-ins").await;
    browser.follow("Sign in without a code").await;
    let shown = browser.send(&[]).await;
    shown.is(200).says("you sign in without a code");
    assert!(!council.sign_in.has_code(&"officer".into()).await.unwrap());
}

#[tokio::test]
async fn what_needs_a_proof_waits_for_it_and_goes_on() {
    let council = Council::new().await;
    council.add_account("officer", Whose::Own).await;
    let mut browser = council.signed_in("officer").await;
    browser.get("/my-sign-ins/app").await;
    let before = browser.cookie.clone();
    council.wait_minutes(6);
    let shown = browser.send(&[]).await;
    shown.is(200).says("Confirm that it is you");
    let wrong = browser.send(&[("password", "wrong")]).await;
    assert_eq!(wrong.is(422).errors(), ["Your password is not right"]);
    let shown = browser.send(&[("password", PASSWORD)]).await;
    shown.is(200).says("You can go on now");
    assert_ne!(browser.cookie, before, "another token");
    // What waits is nobody else's.
    let mut colleague = council.signed_in("colleague").await;
    colleague.get(&shown.address).await.is(404);
    let mut nobody = council.browser();
    let elsewhere = nobody.get(&shown.address).await;
    assert!(elsewhere.address.starts_with("/sign-in?to=/go-on%3F"));
    // The form sent now is the one sent before, with the token it had.
    let shown = browser.send(&[]).await;
    shown.is(200).says("Set up your app");
    let mut old = council.browser();
    old.cookie = before;
    let shown = old.get("/my-sign-ins").await;
    assert!(shown.address.starts_with("/sign-in?"));
}
