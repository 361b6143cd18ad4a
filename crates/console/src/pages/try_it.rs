//! *Try it*: what the policy would say to a message or a web address, as oneself or, for those who run
//! or audit the services, as somebody else. Nothing happens by trying; but as it tells something about
//! somebody else, that it was done stands on the record, and they can see it.

mod asked;

use ::policy::decision::{Decision, Reason};
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use matters::id::PersonId;
use minijinja::{Value, context};

use super::policy::words;
use super::{Group, Page};
use crate::Console;
use crate::duty::Duty;
use crate::failure::Failure;
use crate::form::Form;
use crate::people_named::name_of;
use crate::trying::{NotTried, Tried};
use crate::visit::{Answer, Visit};

use asked::{Asked, Kind};

pub(super) const PAGE: Page = Page {
    action: "try-it",
    path: "/try-it",
    title: "Try it",
    group: Group::Policy,
    routes,
};

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(start))
        .route("/{kind}", get(begin).post(tried))
        .route("/{kind}/{draft}", get(again))
}

/// The name drafts go by: what was typed stands in no address.
const FLOW: &str = "try-it";

async fn start(visit: Visit) -> Answer {
    visit.show("try-it/start.html", context! {})
}

async fn begin(visit: Visit, Path(kind): Path<String>) -> Answer {
    let kind = Kind::named(&kind).ok_or(Failure::NotFound)?;
    let form = asked::first(&visit, kind);
    show(&visit, kind, &form, None)
}

async fn tried(visit: Visit, Path(kind): Path<String>, mut form: Form) -> Answer {
    let kind = Kind::named(&kind).ok_or(Failure::NotFound)?;
    let Some(asked) = asked::read(&visit, kind, &mut form) else {
        return show(&visit, kind, &form, None);
    };
    if let Err(NotTried::NobodyKnown) = decide(&visit, &asked)? {
        form.error("person", "The gates do not know this person yet");
        return show(&visit, kind, &form, None);
    }
    record(&visit, kind, asked.person()).await?;
    let draft = visit.begin_draft(FLOW, &form, kind.fields()).await?;
    visit.to(&format!("/{}/{draft}", kind.name()))
}

async fn again(visit: Visit, Path((kind, draft)): Path<(String, String)>) -> Answer {
    let kind = Kind::named(&kind).ok_or(Failure::NotFound)?;
    let mut form = visit.draft(&draft, FLOW).await?;
    let Some(asked) = asked::read(&visit, kind, &mut form) else {
        return show(&visit, kind, &form, None);
    };
    match decide(&visit, &asked)? {
        Ok(tried) => show(&visit, kind, &form, Some((&asked, &tried))),
        Err(NotTried::NobodyKnown) => visit.to(&format!("/{}", kind.name())),
    }
}

/// Says on the record that something was tried as somebody else, by which post.
async fn record(visit: &Visit, kind: Kind, person: &PersonId) -> Result<(), Failure> {
    if *person == visit.viewer.person {
        return Ok(());
    }
    let image = visit.image();
    let world = image.world();
    let duties = [Duty::RunsServices, Duty::Audits].into_iter();
    let mut posts = duties.flat_map(|duty| visit.console.duties.posts(duty));
    let known = world.person(person)?;
    let me = &visit.viewer.person;
    let authority = posts.find_map(|post| {
        world
            .posts
            .authority(me, post, known, world.people, visit.at)
    });
    let store = &visit.console.store;
    store
        .tried_as(person, kind.name(), authority, &visit.act())
        .await?;
    Ok(())
}

/// Asks, if whoever asks may do so as this person.
fn decide(visit: &Visit, asked: &Asked) -> Result<Result<Vec<Tried>, NotTried>, Failure> {
    visit.may("try-as", asked.person())?;
    let decides = visit.console.decides.as_deref().ok_or(Failure::NotFound)?;
    Ok(match asked {
        Asked::Page(person, page) => decides.web(person, page, visit.at),
        Asked::Message(person, message) => decides.mail(person, message, visit.at),
    })
}

fn show(visit: &Visit, kind: Kind, form: &Form, result: Option<(&Asked, &[Tried])>) -> Answer {
    let person = result.map(|(asked, _)| asked.person());
    let values = context! {
        title => kind.title(),
        kind => kind.name(),
        can_choose => can_choose(visit),
        is_ready => visit.console.decides.is_some(),
        actions => asked::actions(),
        kinds => asked::attachments(),
        person => person.map(|person| name_of(&visit.image(), person)),
        results => result.map(|(asked, tried)| {
            tried.iter().map(|one| said(visit, asked.person(), one)).collect::<Vec<_>>()
        }),
    };
    visit.show_form("try-it/form.html", form, values)
}

/// Whether whoever asks may try as others.
fn can_choose(visit: &Visit) -> bool {
    let duties = &visit.viewer.duties;
    duties.contains(&Duty::RunsServices) || duties.contains(&Duty::Audits)
}

/// One decision in words.
fn said(visit: &Visit, person: &PersonId, tried: &Tried) -> Value {
    let decision = &tried.decision;
    let (outcome, colour) = words::outcome(decision.outcome);
    let post = |post: &str| crate::words::post(&visit.console.people, post);
    let own = *person == visit.viewer.person;
    let obligations = decision.obligations.iter();
    context! {
        recipients => tried.recipients.clone(),
        outcome,
        colour,
        standing => decision.standing().map(reason).collect::<Vec<_>>(),
        lifted => lifted(decision),
        obligations => obligations.map(|one| words::obligation(one, post)).collect::<Vec<_>>(),
        unevaluated => decision.unevaluated.len(),
        // What leave somebody else has, and how they stand, is not for the curious.
        facts => own.then(|| serde_json::to_string_pretty(&tried.facts).unwrap_or_default()),
    }
}

fn reason(reason: &Reason) -> Value {
    context! {
        clause => reason.clause.as_str(),
        number => reason.clause.number(),
        title => reason.title.clone(),
        outcome => words::outcome(reason.outcome).0,
        notice => reason.notice.clone(),
    }
}

/// Clauses that would speak against it, were it not for some leave.
fn lifted(decision: &Decision) -> Vec<Value> {
    let reasons = decision.reasons.iter();
    let lifted = reasons.filter(|reason| reason.released_by.is_some());
    lifted.map(reason).collect()
}

#[cfg(test)]
mod tests;
