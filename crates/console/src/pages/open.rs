//! Pages that need no sign-in: signing in and out, help, cookies, the accessibility statement.

use axum::Router;
use axum::http::header::SET_COOKIE;
use axum::routing::{get, post};
use matters::event::Act;
use minijinja::context;
use register_store::signing_in::Opened;
use serde::Deserialize;
use sign_in::session::Token;

use crate::Console;
use crate::form::Form;
use crate::sessions::caller::Caller;
use crate::sessions::cookie::Cookie;
use crate::visit::{Answer, Guest, to};

pub(crate) mod again;
mod provider;
pub(crate) mod signing_in;

/// Where people land who asked for no page in particular.
const HOME: &str = "/my-position";

/// Longest address to land at, in bytes: as much as is remembered while somebody is at the provider.
const LONGEST: usize = 1_024;

pub(crate) fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(async || to(HOME)))
        .route("/sign-in", get(signing_in::ask).post(signing_in::sign_in))
        .route(
            "/sign-in/code",
            get(signing_in::ask_code).post(signing_in::code),
        )
        .route(
            "/sign-in/new-password",
            get(signing_in::ask_new_password).post(signing_in::new_password),
        )
        .route("/sign-in/again", get(again::ask).post(again::confirm))
        .route("/go-on", get(again::go_on))
        .route("/sign-in/provider", get(provider::ask))
        .route("/sign-in/return", get(provider::returned))
        .route("/sign-out", post(sign_out))
        .route("/sign-out-everywhere", post(sign_out_everywhere))
        .route("/signed-out", get(signed_out))
        .route("/help", get(help))
        .route("/cookies", get(cookies))
        .route("/accessibility", get(accessibility))
}

/// Where to go after signing in: an address of ours only, or the usual page.
#[derive(Debug, Default, Deserialize)]
struct Next {
    #[serde(default)]
    to: String,
}

impl Next {
    /// Where the form that was posted was shown for.
    fn of(form: &Form) -> Self {
        Self {
            to: form.raw("to").to_owned(),
        }
    }

    /// `//host` and `/\host` would leave the console.
    fn address(&self) -> &str {
        let mut letters = self.to.bytes();
        let ours = letters.next() == Some(b'/')
            && !matches!(letters.next(), Some(b'/' | b'\\'))
            && self.to.len() <= LONGEST
            && self.to.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
            && !self.to.starts_with("/sign-");
        if ours { &self.to } else { HOME }
    }

    /// The same as part of another address.
    fn after(&self, path: &str) -> String {
        format!("{path}?to={}", crate::guard::escaped(self.address()))
    }
}

/// Sends the browser on, setting or removing cookies.
fn with_cookies(console: &Console, cookies: &[(Cookie, Option<&Token>)], address: &str) -> Answer {
    let mut response = to(address)?;
    for (cookie, token) in cookies {
        let header = console.set_cookie(*cookie, *token)?;
        response.headers_mut().append(SET_COOKIE, header);
    }
    Ok(response)
}

/// Signed in: another token than the browser had before, and that one ends.
async fn land(guest: &Guest, caller: &Caller, opened: &Opened, address: &str) -> Answer {
    let console = &guest.console;
    if let Some(before) = &caller.token {
        let sign_in = &console.sessions.sign_in;
        sign_in.sign_out(before, console.now()).await?;
    }
    let cookies = [(Cookie::SignIn, Some(&opened.token)), (Cookie::Step, None)];
    with_cookies(console, &cookies, address)
}

async fn sign_out(guest: Guest, caller: Caller) -> Answer {
    let console = &guest.console;
    if let Some(token) = &caller.token {
        let sign_in = &console.sessions.sign_in;
        sign_in.sign_out(token, console.now()).await?;
    }
    let cookies = [(Cookie::SignIn, None), (Cookie::Step, None)];
    with_cookies(console, &cookies, "/signed-out")
}

async fn sign_out_everywhere(guest: Guest) -> Answer {
    let console = &guest.console;
    if let Some(viewer) = guest.here.viewer() {
        let act = Act::by(&viewer.person, console.now());
        let sign_in = &console.sessions.sign_in;
        sign_in.sign_out_everywhere(&viewer.person, &act).await?;
    }
    let cookies = [(Cookie::SignIn, None), (Cookie::Step, None)];
    with_cookies(console, &cookies, "/signed-out")
}

async fn signed_out(guest: Guest) -> Answer {
    plain(&guest, "open/signed-out.html", "You are signed out")
}

async fn help(guest: Guest) -> Answer {
    plain(&guest, "open/help.html", "Help and contact")
}

async fn cookies(guest: Guest) -> Answer {
    plain(&guest, "open/cookies.html", "Cookies")
}

async fn accessibility(guest: Guest) -> Answer {
    plain(&guest, "open/accessibility.html", "Accessibility statement")
}

fn plain(guest: &Guest, template: &str, title: &str) -> Answer {
    let image = guest.console.store.image();
    let contacts = &image.pack().settings().contacts;
    let values = context! {
        title => title,
        desk => contacts.desk.clone(),
        telephone => contacts.telephone.clone(),
        email => contacts.email.clone(),
        cookie => guest.console.cookie_name(Cookie::SignIn),
        step_cookie => guest.console.cookie_name(Cookie::Step),
    };
    guest.show(template, &Form::default(), values)
}

#[cfg(test)]
mod tests;
