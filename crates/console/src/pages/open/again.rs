//! Proving once more who one is, before a signature, and going on from there.
//!
//! Whoever has to ([`Failure::NotFresh`]) is sent here, and back afterwards. What they had sent
//! meanwhile waits as a draft: they look at it no more, but it is they who send it.

use axum::extract::Query;
use matters::id::PersonId;
use minijinja::{Value, context};
use register_store::signing_in::SignInError;
use register_store::signing_in::held::Proof;
use serde::Deserialize;

use super::signing_in::password;
use super::{Next, land};
use crate::Console;
use crate::drafts::Drafts;
use crate::failure::Failure;
use crate::form::Form;
use crate::sessions::caller::Caller;
use crate::sessions::in_words;
use crate::visit::{Answer, Guest, Here, of, to};

/// What drafts of forms that wait are kept under.
const FLOW: &str = "go-on";

/// Fields that are typed again and kept nowhere.
const SECRET: [&str; 3] = ["password", "new-password", "code"];

fn drafts<'a>(console: &'a Console, person: &'a PersonId) -> Drafts<'a> {
    Drafts {
        store: &console.store,
        person,
        flow: FLOW,
        at: console.now(),
    }
}

/// Where somebody proves who they are, and then goes on to an address.
pub(crate) fn address(then: &str) -> String {
    let next = Next {
        to: then.to_owned(),
    };
    next.after("/sign-in/again")
}

/// Keeps a form that could not be taken yet; gives the address from which it can be sent again.
pub(crate) async fn keep(
    console: &Console,
    here: &Here,
    form: &Form,
) -> Result<Option<String>, Failure> {
    let next = Next {
        to: here.path().to_owned(),
    };
    let Some(viewer) = here.viewer().filter(|_| next.address() == next.to) else {
        return Ok(None);
    };
    let answers = form.all_answers();
    let answers = answers.filter(|(field, _)| !SECRET.contains(&field.as_str()));
    let id = drafts(console, &viewer.person).begin(answers).await?;
    Ok(Some(format!("{}&kept={id}", next.after("/go-on"))))
}

pub(super) async fn ask(guest: Guest, Query(next): Query<Next>) -> Answer {
    match guest.here.viewer() {
        Some(viewer) => show(&guest, &viewer.person, &Form::default(), &next).await,
        None => to(&next.after("/sign-in")),
    }
}

async fn show(guest: &Guest, person: &PersonId, form: &Form, next: &Next) -> Answer {
    let sessions = &guest.console.sessions;
    let account = sessions.sign_in.account(person).await?;
    let provider = sessions.provider.as_ref();
    let image = guest.console.store.image();
    let contacts = &image.pack().settings().contacts;
    let values = context! {
        title => "Confirm that it is you",
        next => next.address(),
        has_password => account.is_some_and(|account| !account.disabled),
        provider => provider.map(|provider| provider.title().to_owned()),
        provider_href => format!("{}&again=1", next.after("/sign-in/provider")),
        desk => contacts.desk.clone(),
        telephone => contacts.telephone.clone(),
    };
    guest.show("open/again.html", form, values)
}

pub(super) async fn confirm(guest: Guest, caller: Caller, mut form: Form) -> Answer {
    let next = Next::of(&form);
    let (Some(viewer), Some(token)) = (guest.here.viewer(), &caller.token) else {
        return to(&next.after("/sign-in"));
    };
    let password = password(&mut form, "password", "Enter your password");
    if !form.is_good() {
        return show(&guest, &viewer.person, &form, &next).await;
    }
    let (sign_in, at) = (&guest.console.sessions.sign_in, guest.console.now());
    let proof = Proof::Password(&password);
    let confirmed = sign_in.re_authenticate(token, proof, &caller.client, at);
    match confirmed.await {
        Ok(opened) => land(&guest, &caller, &opened, next.address()).await,
        Err(SignInError::Over) => to(&next.after("/sign-in")),
        Err(error) => {
            form.error("password", in_words(error, "Your password is not right")?);
            show(&guest, &viewer.person, &form, &next).await
        }
    }
}

/// Where a form that waits was sent, and what it is kept as.
#[derive(Debug, Deserialize)]
pub(super) struct Kept {
    #[serde(default)]
    to: String,
    #[serde(default)]
    kept: String,
}

pub(super) async fn go_on(guest: Guest, Query(kept): Query<Kept>) -> Answer {
    let Some(viewer) = guest.here.viewer() else {
        return to(&address_of_sign_in(&guest));
    };
    let drafts = drafts(&guest.console, &viewer.person);
    let form = drafts.form(&kept.kept).await?;
    let next = Next { to: kept.to };
    let fields = form.all_answers().flat_map(|(name, values)| {
        let pairs = values.into_iter();
        pairs.map(move |value| context! { name => name.clone(), value })
    });
    let values = context! {
        title => "You can go on now",
        action => next.address(),
        fields => of(fields.collect::<Vec<Value>>()),
    };
    guest.show("open/go-on.html", &Form::default(), values)
}

fn address_of_sign_in(guest: &Guest) -> String {
    let next = Next {
        to: guest.here.path().to_owned(),
    };
    next.after("/sign-in")
}
