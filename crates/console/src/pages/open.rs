//! Pages that need no sign-in: signing in and out, help, cookies, the accessibility statement.

use axum::Router;
use axum::extract::Query;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use axum::routing::{get, post};
use minijinja::context;
use serde::Deserialize;

use crate::Console;
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::sessions::Attempt;
use crate::visit::{Answer, Guest, to};

/// Where people land who asked for no page in particular.
const HOME: &str = "/my-position";

pub(crate) fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(async || to(HOME)))
        .route("/sign-in", get(ask).post(sign_in))
        .route("/sign-in/code", get(ask_code).post(code))
        .route("/sign-in/provider", post(provider))
        .route("/sign-in/return", get(returned))
        .route("/sign-out", post(sign_out))
        .route("/sign-out-everywhere", post(sign_out_everywhere))
        .route("/signed-out", get(signed_out))
        .route("/help", get(help))
        .route("/cookies", get(cookies))
        .route("/accessibility", get(accessibility))
}

/// Where to go after signing in: an address of ours only, or the usual page.
#[derive(Debug, Deserialize)]
struct Next {
    #[serde(default)]
    to: String,
}

impl Next {
    /// `//host` and `/\host` would leave the console.
    fn address(&self) -> &str {
        let mut letters = self.to.bytes();
        let ours = letters.next() == Some(b'/')
            && !matches!(letters.next(), Some(b'/' | b'\\'))
            && self.to.len() < 2048
            && self.to.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
            && !self.to.starts_with("/sign-");
        if ours { &self.to } else { HOME }
    }
}

async fn ask(guest: Guest, Query(next): Query<Next>) -> Answer {
    show(&guest, &Form::default(), &next)
}

fn show(guest: &Guest, form: &Form, next: &Next) -> Answer {
    let values = context! {
        title => "Sign in",
        next => next.address(),
        provider => guest.console.sessions.provider(),
    };
    guest.show("open/sign-in.html", form, values)
}

async fn sign_in(guest: Guest, mut form: Form) -> Answer {
    let next = Next {
        to: form.raw("to").to_owned(),
    };
    let name = form.text("name", &Text::required("Enter your user name").longest(320));
    // A password is taken as it was typed, spaces and all.
    let password = form.raw("password").to_owned();
    if password.is_empty() {
        form.error("password", "Enter your password");
    }
    if !form.is_good() || password.chars().count() > 1024 {
        form.error("password", "Enter your password");
        return show(&guest, &form, &next);
    }
    let console = &guest.console;
    let attempt = console.sessions.password(&name, &password, console.now());
    let attempt = attempt.await.map_err(Failure::unavailable)?;
    match attempt {
        Attempt::In(cookie) => with_cookie(console, &cookie, next.address()),
        Attempt::NeedsCode(cookie) => {
            let next = crate::guard::escaped(next.address());
            with_cookie(console, &cookie, &format!("/sign-in/code?to={next}"))
        }
        Attempt::Wrong => {
            form.error("name", "Your user name or password is not right");
            show(&guest, &form, &next)
        }
        Attempt::Wait(seconds) => {
            form.error("name", wait(seconds));
            show(&guest, &form, &next)
        }
    }
}

fn wait(seconds: u64) -> String {
    let minutes = seconds.div_ceil(60).max(1);
    let unit = if minutes == 1 { "minute" } else { "minutes" };
    format!("There were too many attempts. Wait {minutes} {unit} and try again")
}

async fn ask_code(guest: Guest, Query(next): Query<Next>) -> Answer {
    show_code(&guest, &Form::default(), &next)
}

fn show_code(guest: &Guest, form: &Form, next: &Next) -> Answer {
    let values = context! { title => "Enter your code", next => next.address() };
    guest.show("open/code.html", form, values)
}

async fn code(guest: Guest, headers: HeaderMap, mut form: Form) -> Answer {
    let next = Next {
        to: form.raw("to").to_owned(),
    };
    let missing = "Enter the 6-digit code from your authenticator app";
    let typed = form.text("code", &Text::required(missing).longest(40));
    if !form.is_good() {
        return show_code(&guest, &form, &next);
    }
    let console = &guest.console;
    let cookie = console.cookie_of(&headers).unwrap_or_default();
    let attempt = console.sessions.code(&cookie, &typed, console.now());
    match attempt.await.map_err(Failure::unavailable)? {
        Attempt::In(cookie) => with_cookie(console, &cookie, next.address()),
        Attempt::NeedsCode(_) | Attempt::Wrong => {
            form.error(
                "code",
                "This code is not right, or is too old. Enter a new one",
            );
            show_code(&guest, &form, &next)
        }
        Attempt::Wait(seconds) => {
            form.error("code", wait(seconds));
            show_code(&guest, &form, &next)
        }
    }
}

async fn provider(guest: Guest) -> Answer {
    let console = &guest.console;
    if console.sessions.provider().is_none() {
        return Err(Failure::NotFound);
    }
    let begun = console.sessions.begin_with_provider(console.now()).await;
    let (address, cookie) = begun.map_err(Failure::unavailable)?;
    with_cookie(console, &cookie, &address)
}

/// What the provider sends the browser back with.
#[derive(Debug, Deserialize)]
struct Returned {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

async fn returned(guest: Guest, headers: HeaderMap, Query(sent): Query<Returned>) -> Answer {
    let console = &guest.console;
    let cookie = console.cookie_of(&headers).unwrap_or_default();
    let (sessions, at) = (&console.sessions, console.now());
    let attempt = sessions.finish_with_provider(&cookie, &sent.code, &sent.state, at);
    match attempt.await.map_err(Failure::unavailable)? {
        Attempt::In(cookie) => with_cookie(console, &cookie, HOME),
        Attempt::NeedsCode(_) | Attempt::Wrong | Attempt::Wait(_) => {
            let mut form = Form::default();
            form.error(
                "name",
                "You could not be signed in there. Try again, or sign in here",
            );
            let next = Next { to: String::new() };
            show(&guest, &form, &next)
        }
    }
}

async fn sign_out(guest: Guest, headers: HeaderMap) -> Answer {
    let console = &guest.console;
    if let Some(cookie) = console.cookie_of(&headers) {
        let ended = console.sessions.end(&cookie).await;
        ended.map_err(Failure::unavailable)?;
    }
    with_cookie(console, "", "/signed-out")
}

async fn sign_out_everywhere(guest: Guest) -> Answer {
    let console = &guest.console;
    if let Some(viewer) = guest.here.viewer() {
        let ended = console.sessions.end_all(&viewer.person).await;
        ended.map_err(Failure::unavailable)?;
    }
    with_cookie(console, "", "/signed-out")
}

fn with_cookie(console: &Console, cookie: &str, address: &str) -> Answer {
    let mut response: Response = to(address)?;
    let cookie = console.set_cookie(cookie)?;
    response.headers_mut().insert(SET_COOKIE, cookie);
    Ok(response)
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
        cookie => guest.console.cookie_name(),
    };
    guest.show(template, &Form::default(), values)
}
