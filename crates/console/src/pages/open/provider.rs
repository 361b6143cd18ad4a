//! Signing in with the council's own sign-in: there and back.
//!
//! Going there is a link and not a form: a browser would not let a form end at another's address.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::IntoResponse as _;
use minijinja::context;
use register_store::signing_in::SignInError;
use serde::Deserialize;
use sign_in::oidc::{OidcError, Pending, Provider, Purpose};
use sign_in::session::Token;

use super::{Next, land, with_cookies};
use crate::failure::Failure;
use crate::form::Form;
use crate::sessions::caller::Caller;
use crate::sessions::cookie::Cookie;
use crate::sessions::token;
use crate::visit::{Answer, Guest};

/// Where to come back to, and what for.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    to: String,
    /// Anything: to prove once more who one is, before a signature.
    #[serde(default)]
    again: String,
}

fn provider(guest: &Guest) -> Result<&Provider, Failure> {
    let provider = guest.console.sessions.provider.as_ref();
    provider.ok_or(Failure::NotFound)
}

pub(super) async fn ask(guest: Guest, caller: Caller, Query(wanted): Query<Wanted>) -> Answer {
    let (console, provider) = (&guest.console, provider(&guest)?);
    let next = Next { to: wanted.to };
    let purpose = match wanted.again.is_empty() || guest.here.viewer().is_none() {
        true => Purpose::SignIn,
        false => Purpose::Confirm,
    };
    let (state, at) = (token()?, console.now());
    let asked = provider.ask(&state, purpose, next.address(), at).await;
    let (address, pending) = match asked {
        Ok(asked) => asked,
        Err(error) => return failed(&guest, &next, &Trouble::Provider(error)),
    };
    let sign_in = &console.sessions.sign_in;
    sign_in
        .await_provider(&state, &pending, &caller.client, at)
        .await?;
    with_cookies(console, &[(Cookie::Step, Some(&state))], &address)
}

/// What the provider sends the browser back with.
#[derive(Debug, Deserialize)]
pub(super) struct Returned {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    /// Why it did not: somebody changed their mind, or may not use it.
    #[serde(default)]
    error: String,
}

/// Why somebody does not come in this way.
enum Trouble {
    /// The provider's answer is none, or not taken.
    Provider(OidcError),
    /// The provider says no.
    Refused,
    /// This is not the answer to what this browser asked, or came too late.
    Over,
    /// The provider knows them; the register does not, or not as this person.
    Unknown,
}

pub(super) async fn returned(guest: Guest, caller: Caller, Query(sent): Query<Returned>) -> Answer {
    let (console, provider) = (&guest.console, provider(&guest)?);
    let (sign_in, at) = (&console.sessions.sign_in, console.now());
    let home = Next::default();
    let (Some(state), Some(step)) = (Token::parse(&sent.state), &caller.step) else {
        return failed(&guest, &home, &Trouble::Over);
    };
    let pending: Pending = match sign_in.provider_answered(&state, step, at).await {
        Ok(pending) => pending,
        Err(SignInError::Over) => return failed(&guest, &home, &Trouble::Over),
        Err(error) => return Err(error.into()),
    };
    let next = Next {
        to: pending.return_to().to_owned(),
    };
    if !sent.error.is_empty() {
        return failed(&guest, &next, &Trouble::Refused);
    }
    let name = match provider.answer(&sent.code, &pending, at).await {
        Ok(name) => name,
        Err(error) => return failed(&guest, &next, &Trouble::Provider(error)),
    };
    let confirms = pending.purpose() == Purpose::Confirm;
    let current = caller.token.as_ref().filter(|_| confirms);
    let opened = sign_in.with_provider(&name, current, &caller.client, at);
    match opened.await {
        // What is confirmed goes on: its token before is worth nothing already.
        Ok(opened) => land(&guest, &caller, &opened, next.address()).await,
        Err(SignInError::NotRecognised) => failed(&guest, &next, &Trouble::Unknown),
        Err(error) => Err(error.into()),
    }
}

/// Says why, with another way in.
fn failed(guest: &Guest, next: &Next, trouble: &Trouble) -> Answer {
    let image = guest.console.store.image();
    let contacts = &image.pack().settings().contacts;
    let title = provider(guest)?.title();
    if let Trouble::Provider(error) = trouble {
        tracing::warn!(
            error = error as &dyn std::error::Error,
            "nobody signs in with the provider"
        );
    }
    let why = match trouble {
        Trouble::Provider(OidcError::Unavailable(_)) => {
            format!("{title} does not answer just now.")
        }
        Trouble::Provider(_) => format!("What {title} answered could not be used."),
        Trouble::Refused => format!("{title} did not sign you in."),
        Trouble::Over => "That took too long, or was begun in another browser.".to_owned(),
        Trouble::Unknown => format!(
            "{title} knows you, but not by a name you may use here. If you are new, this can take a \
             day."
        ),
    };
    let status = match trouble {
        Trouble::Provider(_) => StatusCode::BAD_GATEWAY,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let values = context! {
        title => format!("You could not be signed in with {title}"),
        why,
        again => next.after("/sign-in/provider"),
        other => next.after("/sign-in"),
        desk => contacts.desk.clone(),
        telephone => contacts.telephone.clone(),
        email => contacts.email.clone(),
    };
    let page = guest.show("open/provider-failed.html", &Form::default(), values)?;
    let gone = guest.console.set_cookie(Cookie::Step, None)?;
    Ok((status, [(SET_COOKIE, gone)], page).into_response())
}
