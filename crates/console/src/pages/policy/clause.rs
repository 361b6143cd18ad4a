//! One clause: what it says, how it is met, what it does.

use ::policy::clause::Clause;
use ::policy::coverage::Status;
use ::policy::pack::Pack;
use ::policy::rule::Rule;
use axum::extract::Path;
use minijinja::{Value, context};

use super::{coverage, words};
use crate::failure::Failure;
use crate::visit::{Answer, Visit};

pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Answer {
    let image = visit.image();
    let pack = image.pack();
    let clause = pack.clause(&id).ok_or(Failure::NotFound)?;
    let edition = pack.edition_of(&visit.viewer.audience);
    let coverage = coverage(&visit.console).await?;
    let mut all = coverage.clauses.iter();
    let covered = all.find(|covered| covered.clause == clause.id);
    let status = covered.map_or(&Status::Open, |covered| &covered.status);
    let (_, state, colour) = words::state(status);
    let (awaiting, scenarios, tests) = proof(status);
    let text = pack.edition_text(edition);
    let is_mine = text.is_some_and(|text| {
        let mut sections = text.sections.iter();
        sections.any(|section| section.id == clause.id)
    });
    let values = context! {
        title => format!("{} {}", clause.id.number(), clause.title),
        id => clause.id.as_str(),
        gist => clause.gist.clone(),
        how => clause.how.clone(),
        audience => clause.audience.iter().map(|group| group.replace('-', " ")).collect::<Vec<_>>(),
        channel => words::channel(&clause.channel),
        channel_name => clause.channel.clone(),
        is_mine,
        state,
        colour,
        awaiting,
        scenarios,
        tests,
        rules => rules(&visit, pack, clause, edition),
        permissions => permissions(&visit, clause),
    };
    visit.show("policy/clause.html", values)
}

/// What it waits for, sentences shown to hold, and the tests of its process.
fn proof(status: &Status) -> (Vec<String>, Vec<String>, Vec<String>) {
    match status {
        Status::MetByRules { scenarios, .. } => (Vec::new(), scenarios.clone(), Vec::new()),
        Status::MetByTest { tests } => (Vec::new(), Vec::new(), tests.clone()),
        Status::Partly {
            awaiting,
            scenarios,
            ..
        } => (awaiting.clone(), scenarios.clone(), Vec::new()),
        Status::Waiting { awaiting, .. } => (awaiting.clone(), Vec::new(), Vec::new()),
        Status::Unproven { .. } | Status::Open => (Vec::new(), Vec::new(), Vec::new()),
    }
}

/// Rules of the person's edition that rest on it, or that it is lifted by.
fn rules(visit: &Visit, pack: &Pack, clause: &Clause, edition: &str) -> Vec<Value> {
    let is_theirs = |rule: &&Rule| rule.edition.as_deref().is_none_or(|of| of == edition);
    let cites = |rule: &&Rule| rule.clauses.contains(&clause.id);
    let post = |post: &str| crate::words::post(&visit.console.people, post);
    let row = |rule: &Rule| {
        let lifts = rule
            .releases
            .iter()
            .map(|lifted| lifted.as_str().to_owned());
        let does = rule.obligations.iter();
        context! {
            name => rule.id.replace('-', " "),
            effect => words::effect(rule),
            notice => rule.notice.clone(),
            does => does.map(|one| words::obligation(one, post)).collect::<Vec<_>>(),
            lifts => lifts.collect::<Vec<_>>(),
        }
    };
    let rules = pack.rules().iter().filter(is_theirs).filter(cites);
    rules.map(row).collect()
}

/// Kinds of leave that rest on it.
fn permissions(visit: &Visit, clause: &Clause) -> Vec<String> {
    let kinds = visit.console.people.permissions.values();
    let rests = kinds.filter(|kind| kind.clauses.iter().any(|id| id == clause.id.as_str()));
    rests.map(|kind| kind.title.clone()).collect()
}
