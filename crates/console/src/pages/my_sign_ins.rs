//! *My sign-ins*: where the person is signed in, ending any of it, and what they sign in with.

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::{get, post};
use minijinja::{Value, context};
use register_store::sessions::{Method, Session};
use register_store::signing_in::SignInError;
use serde::Deserialize;

use super::open::signing_in::password as read_password;
use super::{Group, Page};
use crate::Console;
use crate::failure::Failure;
use crate::form::Form;
use crate::sessions::caller::Caller;
use crate::sessions::in_words;
use crate::visit::{Answer, Visit, of};

mod app;
mod misuse;

pub(super) const PAGE: Page = Page {
    action: "my-sign-ins",
    path: "/my-sign-ins",
    title: "My sign-ins",
    group: Group::You,
    routes,
};

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .route("/password", get(ask_password).post(password))
        .route("/app", get(app::ask).post(app::begin))
        .route("/app/code", get(app::ask_code).post(app::confirm))
        .route("/app/stop", get(app::ask_stop).post(app::stop))
        .route("/end/{name}", post(end))
        .route("/{reference}", get(misuse::show).post(misuse::answer))
}

/// What was just done.
#[derive(Debug, Deserialize)]
struct Done {
    #[serde(default)]
    done: String,
}

impl Done {
    /// In words, if it is one of these.
    fn in_words(&self) -> Option<&'static str> {
        match self.done.as_str() {
            "ended" => Some("That sign-in has ended"),
            "password" => Some("Your password is changed. Your other sign-ins have ended"),
            "app" => {
                Some("From now on you sign in with a code too. Your other sign-ins have ended")
            }
            "told" => Some("The service desk knows whether it was you"),
            "no-app" => Some("From now on you sign in without a code"),
            _ => None,
        }
    }
}

async fn list(visit: Visit, Query(done): Query<Done>) -> Answer {
    let (sign_in, person) = (&visit.console.sessions.sign_in, &visit.viewer.person);
    let sessions = sign_in.sessions(person, visit.at).await?;
    let here = &visit.viewer.signed_in.session;
    let rows = sessions.iter().map(|session| shown(session, here));
    let account = sign_in.account(person).await?;
    let values = context! {
        done => done.in_words(),
        misused => misuse::open(&visit).await?,
        sessions => of(rows.collect::<Vec<Value>>()),
        account => account.map(|account| context! {
            name => account.name,
            has_code => account.has_code,
            set_at => account.set_at.to_string(),
        }),
    };
    visit.show("my-sign-ins/list.html", values)
}

fn shown(session: &Session, here: &str) -> Value {
    let how = match session.method {
        Method::Password => "Password",
        Method::PasswordAndCode => "Password and code",
        Method::Provider => "The council’s sign-in",
    };
    context! {
        name => session.name.clone(),
        is_here => session.name == here,
        how,
        began => session.times.signed_in_at.to_string(),
        seen => session.times.seen_at.to_string(),
        address => session.address.clone(),
        agent => session.agent.clone(),
    }
}

async fn end(visit: Visit, Path(name): Path<String>) -> Answer {
    let (sign_in, person) = (&visit.console.sessions.sign_in, &visit.viewer.person);
    sign_in.end_session(person, &name, &visit.act()).await?;
    visit.to("?done=ended")
}

async fn ask_password(visit: Visit) -> Answer {
    show_password(&visit, &Form::default()).await
}

async fn show_password(visit: &Visit, form: &Form) -> Answer {
    let (sign_in, person) = (&visit.console.sessions.sign_in, &visit.viewer.person);
    if sign_in.account(person).await?.is_none() {
        return Err(Failure::NotFound);
    }
    let image = visit.image();
    let least = image.pack().people().passwords.min_characters;
    let values = context! { title => "Change your password", least };
    visit.show_form("my-sign-ins/password.html", form, values)
}

async fn password(visit: Visit, caller: Caller, mut form: Form) -> Answer {
    let current = read_password(&mut form, "password", "Enter your password");
    let new = read_password(&mut form, "new-password", "Enter a new password");
    let token = caller.token.as_ref().ok_or(Failure::OldForm)?;
    if !form.is_good() {
        return show_password(&visit, &form).await;
    }
    let sign_in = &visit.console.sessions.sign_in;
    let changed = sign_in.change_password(token, &current, &new, &caller.client, visit.at);
    match changed.await {
        Ok(()) => visit.to("?done=password"),
        Err(error) => {
            let field = match error {
                SignInError::NotGoodEnough(_) => "new-password",
                _ => "password",
            };
            form.error(field, in_words(error, "Your password is not right")?);
            show_password(&visit, &form).await
        }
    }
}

#[cfg(test)]
mod tests;
