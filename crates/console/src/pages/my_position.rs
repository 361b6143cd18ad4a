//! *My position*: what the person may use, what is still missing, what they signed, what was permitted
//! and until when, whom they share a mailbox with, and what they were told.

mod emails;
mod notices;
mod request;
mod standing;

use axum::Router;
use axum::routing::{get, post};
use matters::acceptance::{Acceptance, Stage};
use matters::access_request::AccessRequest;
use matters::delegation::{Delegation, Right};
use matters::id::PersonId;
use matters::permission::{Permission, State};
use matters::withdrawal::Withdrawal;
use minijinja::{Value, context};
use register_store::matters_kept::{Filter, Kept, Lists};
use register_store::tries::Try;

use super::{Group, Page};
use crate::Console;
use crate::people_named::name_of;
use crate::visit::{Answer, Visit};
use crate::words;

pub(super) const PAGE: Page = Page {
    action: "my-position",
    path: "/my-position",
    title: "My position",
    group: Group::You,
    routes,
};

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(show))
        .route("/notices-read", post(notices::read))
        .route("/emails", get(emails::ask).post(emails::choose))
        .route("/{reference}", get(request::show))
        .route("/{reference}/request.pdf", get(request::printed))
}

/// Permissions and mailboxes that are shown; the pages they come from have all of them.
const MOST: usize = 50;

/// Tries that are shown, the latest.
const MOST_TRIES: u32 = 20;

async fn show(visit: Visit) -> Answer {
    let image = visit.image();
    let settings = image.pack().settings();
    let contacts = &settings.contacts;
    let person = image.people().person(&visit.viewer.person);
    let unit = person.and_then(|person| image.people().unit(person.unit.as_ref()?));
    let manager = person.and_then(|person| person.manager.as_ref());
    let me = &visit.viewer.person;
    let (mut ask, ever) = (Lists::default(), standing::ever(me));
    let requests = ask.ask::<AccessRequest>(&ever);
    let withdrawals = ask.ask::<Withdrawal>(&ever);
    let signatures = ask.ask::<Acceptance>(&of_version(me, &settings.version));
    let permissions = ask.ask::<Permission>(&allowed(me));
    let sharing = ask.ask::<Delegation>(&shared(me));
    let overview = visit.console.store.overview(me, ask, MOST_TRIES).await?;
    let mut found = overview.found;
    let withdrawals = found.page(withdrawals)?.items;
    let values = context! {
        unit => unit.map(|unit| unit.name.clone()),
        job_title => person.and_then(|person| person.job_title.clone()),
        manager => manager.map(|manager| name_of(&image, manager)),
        posts => visit.viewer.posts.iter().map(|post| post.as_str().to_owned()).collect::<Vec<_>>(),
        policy => settings.title.clone(),
        version => settings.version.clone(),
        services => standing::services(&visit, &found.page(requests)?.items, &withdrawals),
        withdrawals => standing::explained(&visit, &withdrawals).await?,
        signature => found.page(signatures)?.items.first().map(signature),
        permissions => in_words(&visit, &found.page(permissions)?.items),
        sharing => sides(&visit, &found.page(sharing)?.items),
        notices => notices::shown(&overview.notices),
        tries => tries(&visit, &overview.tries),
        desk => contacts.desk.clone(),
        telephone => contacts.telephone.clone(),
        email => contacts.email.clone(),
    };
    visit.show("my-position/position.html", values)
}

/// What is not over.
fn now(me: &PersonId) -> Filter {
    Filter {
        subject: Some(me.clone()),
        is_over: Some(false),
        limit: MOST,
        ..Filter::default()
    }
}

/// The signature on this version of the policy.
fn of_version(me: &PersonId, version: &str) -> Filter {
    Filter {
        about: Some(version.to_owned()),
        limit: 1,
        ..now(me)
    }
}

/// What was allowed and is not over.
fn allowed(me: &PersonId) -> Filter {
    let states = [State::Approved, State::Active];
    Filter {
        states: states.map(|state| state.name().to_owned()).into(),
        ..now(me)
    }
}

/// Mailboxes shared with or by the person.
fn shared(me: &PersonId) -> Filter {
    Filter {
        subject: None,
        concerning: Some(me.clone()),
        ..now(me)
    }
}

/// How the person stands to the version in force, once they were asked to sign it.
fn signature(kept: &Kept<Acceptance>) -> Value {
    let matter = &kept.matter;
    let signature = matter.signature.as_ref().filter(|_| matter.stands());
    context! {
        reference => kept.id.as_str(),
        signed_at => signature.map(|signature| signature.at.to_string()),
        is_unchecked => matter.stage == Stage::Unchecked,
        due_by => matter.due_by.to_string(),
    }
}

fn in_words(visit: &Visit, permissions: &[Kept<Permission>]) -> Vec<Value> {
    let row = |kept: &Kept<Permission>| {
        let matter = &kept.matter;
        context! {
            reference => kept.id.as_str(),
            what => words::permission(&visit.console.people, &matter.kind),
            scope => matter.terms.scope.clone(),
            from => (matter.state == State::Approved).then(|| matter.terms.from.to_string()),
            until => matter.terms.until.to_string(),
            uses_left => matter.uses_left(),
        }
    };
    permissions.iter().map(row).collect()
}

/// Sharing as each of the two sees it.
fn sides(visit: &Visit, sharing: &[Kept<Delegation>]) -> Vec<Value> {
    let (image, me) = (visit.image(), &visit.viewer.person);
    let row = |kept: &Kept<Delegation>| {
        let matter = &kept.matter;
        let mine = matter.owner == *me;
        let other = if mine {
            &matter.delegate
        } else {
            &matter.owner
        };
        context! {
            reference => kept.id.as_str(),
            mine,
            other => name_of(&image, other),
            sends => matter.rights.contains(&Right::SendOnBehalf),
            is_active => matter.shares(visit.at).is_some(),
            until => matter.until.to_string(),
        }
    };
    sharing.iter().map(row).collect()
}

/// What others tried as the person, to see what the policy would say to them.
fn tries(visit: &Visit, tries: &[Try]) -> Vec<Value> {
    let image = visit.image();
    let tries = tries.iter().map(|one| {
        let post = one.authority.as_ref();
        context! {
            by => name_of(&image, &one.by),
            post => post.map(|authority| authority.post.as_str().to_owned()),
            what => one.what.clone(),
            at => one.at.to_string(),
        }
    });
    tries.collect()
}

#[cfg(test)]
mod tests;
