//! Signing in with a name and a password: then a code where the account has one, then a new password
//! where it needs one.

use axum::extract::Query;
use minijinja::context;
use register_store::signing_in::{NextStep, SignInError};

use super::{Next, land, with_cookies};
use crate::form::{Form, Text};
use crate::sessions::caller::Caller;
use crate::sessions::cookie::Cookie;
use crate::sessions::in_words;
use crate::visit::{Answer, Guest};

/// Longest password read, in characters. Longer ones are wrong, or too long, as the store says.
pub(crate) const LONGEST_PASSWORD: usize = 1_100;

/// Where half a sign-in was left too long, or too many codes were wrong.
const OVER: &str = "That took too long, or failed too often. Sign in again";

pub(super) async fn ask(guest: Guest, Query(next): Query<Next>) -> Answer {
    show(&guest, &Form::default(), &next)
}

fn show(guest: &Guest, form: &Form, next: &Next) -> Answer {
    let provider = guest.console.sessions.provider.as_ref();
    let values = context! {
        title => "Sign in",
        next => next.address(),
        provider => provider.map(|provider| provider.title().to_owned()),
        provider_href => next.after("/sign-in/provider"),
    };
    guest.show("open/sign-in.html", form, values)
}

/// Back to the beginning, with the reason.
fn show_again(guest: &Guest, next: &Next, why: &str) -> Answer {
    let mut form = Form::default();
    form.error("name", why);
    show(guest, &form, next)
}

pub(super) async fn sign_in(guest: Guest, caller: Caller, mut form: Form) -> Answer {
    let next = Next::of(&form);
    let name = form.text("name", &Text::required("Enter your user name").longest(320));
    let password = password(&mut form, "password", "Enter your password");
    if !form.is_good() {
        return show(&guest, &form, &next);
    }
    let (sessions, at) = (&guest.console.sessions, guest.console.now());
    let begun = sessions.sign_in.begin(&name, &password, &caller.client, at);
    match begun.await {
        Ok(step) => go_on(&guest, &caller, step, &next).await,
        Err(error) => {
            let words = in_words(error, "Your user name or password is not right")?;
            form.error("name", words);
            show(&guest, &form, &next)
        }
    }
}

/// A password, as it was typed, spaces and all.
pub(crate) fn password(form: &mut Form, field: &str, missing: &str) -> String {
    let password: String = form.raw(field).chars().take(LONGEST_PASSWORD).collect();
    if password.is_empty() {
        form.error(field, missing);
    }
    password
}

/// To whatever the sign-in takes next.
async fn go_on(guest: &Guest, caller: &Caller, step: NextStep, next: &Next) -> Answer {
    let (token, path) = match &step {
        NextStep::Done(opened) => return land(guest, caller, opened, next.address()).await,
        NextStep::Code(token) => (token, "/sign-in/code"),
        NextStep::NewPassword(token) => (token, "/sign-in/new-password"),
    };
    let cookies = [(Cookie::Step, Some(token))];
    with_cookies(&guest.console, &cookies, &next.after(path))
}

pub(super) async fn ask_code(guest: Guest, Query(next): Query<Next>) -> Answer {
    show_code(&guest, &Form::default(), &next)
}

fn show_code(guest: &Guest, form: &Form, next: &Next) -> Answer {
    let values = context! { title => "Enter your code", next => next.address() };
    guest.show("open/code.html", form, values)
}

pub(super) async fn code(guest: Guest, caller: Caller, mut form: Form) -> Answer {
    let next = Next::of(&form);
    let typed = form.text("code", &code_text());
    if !form.is_good() {
        return show_code(&guest, &form, &next);
    }
    let Some(step) = &caller.step else {
        return show_again(&guest, &next, OVER);
    };
    let (sessions, at) = (&guest.console.sessions, guest.console.now());
    let given = sessions.sign_in.code(step, &typed, &caller.client, at);
    match given.await {
        Ok(step) => go_on(&guest, &caller, step, &next).await,
        Err(SignInError::Over) => show_again(&guest, &next, OVER),
        Err(error) => {
            form.error("code", in_words(error, WRONG_CODE)?);
            show_code(&guest, &form, &next)
        }
    }
}

/// What is said of a code that does not fit.
pub(crate) const WRONG_CODE: &str = "This code is not right, or is too old. Enter a new one";

/// What a code is read as.
pub(crate) fn code_text() -> Text {
    Text::required("Enter the 6-digit code from your authenticator app").longest(40)
}

pub(super) async fn ask_new_password(guest: Guest, Query(next): Query<Next>) -> Answer {
    show_new_password(&guest, &Form::default(), &next)
}

fn show_new_password(guest: &Guest, form: &Form, next: &Next) -> Answer {
    let image = guest.console.store.image();
    let values = context! {
        title => "Choose a new password",
        next => next.address(),
        least => image.pack().people().passwords.min_characters,
    };
    guest.show("open/new-password.html", form, values)
}

pub(super) async fn new_password(guest: Guest, caller: Caller, mut form: Form) -> Answer {
    let next = Next::of(&form);
    let new = password(&mut form, "new-password", "Enter a new password");
    if !form.is_good() {
        return show_new_password(&guest, &form, &next);
    }
    let Some(step) = &caller.step else {
        return show_again(&guest, &next, OVER);
    };
    let (sessions, at) = (&guest.console.sessions, guest.console.now());
    let given = sessions
        .sign_in
        .new_password(step, &new, &caller.client, at);
    match given.await {
        Ok(opened) => land(&guest, &caller, &opened, next.address()).await,
        Err(SignInError::Over) => show_again(&guest, &next, OVER),
        Err(error) => {
            form.error("new-password", in_words(error, OVER)?);
            show_new_password(&guest, &form, &next)
        }
    }
}
