//! *Report a problem*: three questions, nothing to upload, and a reference at the end. Whoever reports
//! sees what came of it.

mod questions;
mod words;

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use matters::id::MatterId;
use matters::incident::{Incident, Kind, State, Step};
use minijinja::{Value, context};
use register_store::matters_kept::{Filter, Kept};
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::failure::Failure;
use crate::form::Form;
use crate::paging::Paging;
use crate::people_named::name_of;
use crate::visit::{Answer, Visit, of};
use crate::words::moment_in_words;

pub(super) const PAGE: Page = Page {
    action: "report-a-problem",
    path: "/report-a-problem",
    title: "Report a problem",
    group: Group::You,
    routes,
};

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .merge(crate::questions::routes::<questions::Question>())
        .route("/{reference}", get(show).post(done))
        .route("/{reference}/sent", get(sent))
}

/// Where a list goes on.
#[derive(Debug, Default, Deserialize)]
struct Place {
    after: Option<String>,
}

async fn list(visit: Visit, Query(place): Query<Place>) -> Answer {
    let filter = Filter {
        subject: Some(visit.viewer.person.clone()),
        after: place.after.clone().map(MatterId::new),
        limit: 20,
        ..Filter::default()
    };
    let page = visit.console.store.matters::<Incident>(&filter).await?;
    let rows: Vec<_> = page.items.iter().map(row).collect();
    let last = page.items.last().filter(|_| page.more);
    let after = place.after.as_deref();
    let paging = Paging::after(PAGE.path, &[], after, last.map(|last| &last.id));
    let image = visit.image();
    let contacts = &image.pack().settings().contacts;
    let values = context! {
        rows,
        paging => of(paging),
        desk => contacts.desk.clone(),
        telephone => contacts.telephone.clone(),
    };
    visit.show("report-a-problem/list.html", values)
}

fn row(kept: &Kept<Incident>) -> Value {
    let (state, colour) = in_words(kept.matter.state);
    context! {
        reference => kept.id.as_str(),
        what => words::title(kept.matter.kind),
        reported_at => kept.matter.reported_at.to_string(),
        state,
        colour,
    }
}

fn in_words(state: State) -> (&'static str, &'static str) {
    match state {
        State::Reported => ("Arrived", "blue"),
        State::Acknowledged => ("Read, being looked into", "turquoise"),
        State::Closed => ("Answered", "green"),
    }
}

/// One's own report. What others see of it is on their own pages.
async fn found(visit: &Visit, reference: String) -> Result<Kept<Incident>, Failure> {
    let id = MatterId::new(reference);
    let kept = visit.console.store.matter::<Incident>(&id).await?;
    visit.may_see("report-problem", &kept.matter.reporter)?;
    Ok(kept)
}

async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let matter = &kept.matter;
    let image = visit.image();
    let moment = |at| moment_in_words(at, &visit.console.zone);
    let line = |key: &str, value: String| context! { key, value };
    let mut facts = vec![
        line("Reported", moment(matter.reported_at)),
        line("Happened by", moment(matter.happened_at)),
        line("What happened", matter.words.clone()),
    ];
    facts.extend(matter.url.clone().map(|url| line("Address", url)));
    let message = matter.message_id.clone();
    facts.extend(message.map(|id| line("Message", id)));
    let implicated = matter.implicated.as_ref();
    facts.extend(implicated.map(|who| line("Who is involved", name_of(&image, who))));
    let read_by = matter.acknowledged.iter();
    let (advice, next) = advice(matter);
    let values = context! {
        title => words::title(matter.kind),
        facts,
        advice,
        next,
        version => kept.version.0,
        feedback => matter.feedback.clone(),
        read_by => read_by.map(|(post, read)| context! {
            post => post.as_str().to_owned(),
            at => read.at.to_string(),
        }).collect::<Vec<_>>(),
        in_good_faith => matter.in_good_faith,
        told => words::told(&visit, matter),
        ..row(&kept)
    };
    visit.show("report-a-problem/report.html", values)
}

/// One of the things they were asked to do is done.
async fn done(visit: Visit, Path(reference): Path<String>, form: Form) -> Answer {
    let kept = found(&visit, reference).await?;
    let number = form.raw("number").parse();
    let number = number.map_err(|_| Failure::NotOurForm)?;
    let step = Step::Confirm { number };
    let store = &visit.console.store;
    store
        .take::<Incident>(&kept.id, Some(form.version()?), step, &visit.act())
        .await?;
    visit.to(&format!("/{}", kept.id))
}

/// What they were asked to do, with the first that is not done.
fn advice(matter: &Incident) -> (Vec<Value>, Option<usize>) {
    let rows = matter.advice.iter().map(|advice| {
        context! {
            step => advice.step.clone(),
            done_at => advice.done_at.map(|at| at.to_string()),
        }
    });
    let mut all = matter.advice.iter();
    let open = all.position(|advice| advice.done_at.is_none());
    let next = open.filter(|_| matter.state != State::Closed);
    (rows.collect(), next.map(|place| place + 1))
}

async fn sent(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let values = context! {
        title => "Your report has been sent",
        reference => kept.id.as_str(),
        about_somebody => kept.matter.kind == Kind::ReportSomeone,
        to_do => kept.matter.advice.len(),
        advice => words::advice(kept.matter.kind),
        told => words::told(&visit, &kept.matter),
    };
    visit.show("report-a-problem/sent.html", values)
}

#[cfg(test)]
mod tests;
