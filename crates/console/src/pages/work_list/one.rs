//! One task: what is asked, and that it is done. Where a process waits for it, its step is taken
//! with it: access is in use, sharing begins.

use axum::extract::Path;
use matters::access_request::{self, AccessRequest};
use matters::delegation::{self, Delegation};
use matters::id::MatterId;
use matters::machine::Refused;
use minijinja::{Value, context};
use register_store::Stored;
use register_store::matters_kept::Kept;
use register_store::tasks::Task;
use serde::Deserialize;

use super::{is_before, kinds};
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::people_named::name_of;
use crate::visit::{Answer, Visit};
use crate::words::{list_in_words, moment_in_words};

/// Longest note, in characters.
const LONGEST: usize = 2_000;

/// What waits for a task, beside whoever gave it.
enum Waits {
    /// Access, to be in use or known to have failed.
    Access(Box<Kept<AccessRequest>>),
    /// Sharing, to begin.
    Sharing(Box<Kept<Delegation>>),
    /// A second person's look at a form; done on its own page.
    Paper,
    /// Nothing.
    Nothing,
}

impl Waits {
    async fn of(visit: &Visit, task: &Task) -> Result<Self, Failure> {
        let store = &visit.console.store;
        Ok(match task.task.as_str() {
            "check-paper" | "check-signature" => Self::Paper,
            "provision" => {
                let kept = store.matter::<AccessRequest>(&task.matter).await?;
                let step = access_request::Step::Provisioned;
                match is_past(visit, &kept, step) {
                    true => Self::Nothing,
                    false => Self::Access(Box::new(kept)),
                }
            }
            "inform-it" => {
                let kept = store.matter::<Delegation>(&task.matter).await?;
                match is_past(visit, &kept, delegation::Step::Inform) {
                    true => Self::Nothing,
                    false => Self::Sharing(Box::new(kept)),
                }
            }
            _ => Self::Nothing,
        })
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Access(_) => "access",
            Self::Sharing(_) => "sharing",
            Self::Paper => "paper",
            Self::Nothing => "",
        }
    }

    fn version(&self) -> i64 {
        match self {
            Self::Access(kept) => kept.version.0,
            Self::Sharing(kept) => kept.version.0,
            Self::Paper | Self::Nothing => 0,
        }
    }

    /// What whoever does it has to know; nothing of why it was asked for.
    fn facts(&self, visit: &Visit) -> Vec<Value> {
        let image = visit.image();
        let row = |key: &str, value: String| context! { key, value };
        let moment = |at| moment_in_words(at, &visit.console.zone);
        match self {
            Self::Access(kept) => {
                let wanted = &kept.matter.wanted;
                let equipment = wanted.equipment.clone();
                let until = wanted.until.map(moment);
                let rows = [
                    equipment.map(|equipment| row("Equipment", equipment)),
                    until.map(|until| row("Until", until)),
                ];
                rows.into_iter().flatten().collect()
            }
            Self::Sharing(kept) => {
                let right = |right: &delegation::Right| match right {
                    delegation::Right::Read => "read".to_owned(),
                    delegation::Right::SendOnBehalf => "send on behalf".to_owned(),
                    delegation::Right::SendAs => "send as".to_owned(),
                };
                let rights: Vec<_> = kept.matter.rights.iter().map(right).collect();
                vec![
                    row("Mailbox of", name_of(&image, &kept.matter.owner)),
                    row("Opened to", name_of(&image, &kept.matter.delegate)),
                    row("May", list_in_words(&rights)),
                    row("From", moment(kept.matter.from)),
                    row("Until", moment(kept.matter.until)),
                ]
            }
            Self::Paper | Self::Nothing => Vec::new(),
        }
    }
}

/// Whether a step can no longer be taken, as its process has gone on without it.
fn is_past<M: Stored>(visit: &Visit, kept: &Kept<M>, step: M::Step) -> bool {
    let (image, act) = (visit.image(), visit.act());
    let taken = kept.matter.take(step, &act, &image.world());
    matches!(taken, Err(Refused::State { .. }))
}

/// A task that whoever asks has before them. To anybody else it does not exist.
async fn found(visit: &Visit, reference: String) -> Result<Task, Failure> {
    let task = visit.console.store.task(&MatterId::new(reference)).await?;
    is_before(visit, &task)
        .then_some(task)
        .ok_or(Failure::NotFound)
}

pub(super) async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let task = found(&visit, reference).await?;
    let waits = Waits::of(&visit, &task).await?;
    shown(&visit, &task, &waits, &Form::default()).await
}

/// What connectors have brought about of it by themselves, and why not where they gave up.
async fn connectors(visit: &Visit, task: &Task) -> Result<Vec<Value>, Failure> {
    let Some(service) = &task.service else {
        return Ok(Vec::new());
    };
    let store = &visit.console.store;
    let all = store.deliveries(Some(&task.subject), None, 100).await?;
    let of_service = all
        .iter()
        .filter(|one| one["service"].as_str() == Some(service));
    let rows = of_service.map(|one| {
        let reason = one["reason"].as_str().unwrap_or_default();
        let said = match one["status"]["is"].as_str() {
            Some("done") => "Done".to_owned(),
            Some("failed") => format!("Given up: {reason}"),
            _ if reason.is_empty() => "To be tried".to_owned(),
            _ => format!("To be tried again: {reason}"),
        };
        context! { key => "By a connector", value => said }
    });
    Ok(rows.collect())
}

async fn shown(visit: &Visit, task: &Task, waits: &Waits, form: &Form) -> Answer {
    let image = visit.image();
    let moment = |at| moment_in_words(at, &visit.console.zone);
    let subject = image.people().person(&task.subject);
    let mut facts = vec![
        context! { key => "For", value => name_of(&image, &task.subject) },
        context! { key => "Accounts", value => subject.map(|one| list_in_words(&one.accounts)) },
        context! { key => "Asked for", value => moment(task.opened_at) },
        context! { key => "Comes from", value => task.matter.as_str() },
    ];
    facts.extend(waits.facts(visit));
    facts.extend(connectors(visit, task).await?);
    if let Some(at) = task.finished_at {
        facts.push(context! { key => "Done", value => moment(at) });
    }
    let values = context! {
        title => kinds::title(&visit.console.people, task),
        reference => task.id.as_str(),
        matter => task.matter.as_str(),
        how => kinds::how(task),
        facts,
        waits => waits.name(),
        version => waits.version(),
        is_open => task.finished_at.is_none(),
        allowed => visit.allows(kinds::action(task), &task.subject),
    };
    visit.show_form("work-list/task.html", form, values)
}

pub(super) async fn finish(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let task = found(&visit, reference).await?;
    visit.may(kinds::action(&task), &task.subject)?;
    let waits = Waits::of(&visit, &task).await?;
    let failed = match waits {
        Waits::Access(_) => {
            let find = |outcome: &str| match outcome {
                "done" => Some(false),
                "failed" => Some(true),
                _ => None,
            };
            let missing = "Select whether it is set up";
            form.choice("outcome", find, missing).unwrap_or_default()
        }
        _ => false,
    };
    let text = match failed {
        true => Text::required("Enter what went wrong"),
        false => Text::optional(),
    };
    let note = form.text("note", &text.longest(LONGEST).lines());
    if !form.is_good() {
        return shown(&visit, &task, &waits, &form).await;
    }
    let mut act = visit.act();
    if !note.is_empty() {
        act = act.because(note);
    }
    if task.finished_at.is_some() {
        // Refuses it in its own words, before any process takes a step for it.
        visit.console.store.finish_task(&task.id, &act).await?;
    }
    let store = &visit.console.store;
    let taken = match &waits {
        Waits::Access(kept) => {
            let step = match failed {
                true => access_request::Step::ProvisionFailed,
                false => access_request::Step::Provisioned,
            };
            let expected = Some(form.version()?);
            let taken = store.take::<AccessRequest>(&kept.id, expected, step, &act);
            taken.await.map(drop)
        }
        Waits::Sharing(kept) => {
            let expected = Some(form.version()?);
            let step = delegation::Step::Inform;
            let taken = store.take::<Delegation>(&kept.id, expected, step, &act);
            taken.await.map(drop)
        }
        Waits::Paper => return Err(Failure::NotOurForm),
        Waits::Nothing => Ok(()),
    };
    taken?;
    // What the step has not finished with it: should this fail, the task stays on the list with
    // nothing waiting for it any more.
    if store.task(&task.id).await?.finished_at.is_none() {
        store.finish_task(&task.id, &act).await?;
    }
    let outcome = if failed { "?outcome=failed" } else { "" };
    visit.to(&format!("/{}/done{outcome}", task.id))
}

/// What came of it, for the words of the confirmation.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Came {
    outcome: String,
}

pub(super) async fn done(
    visit: Visit,
    Path(reference): Path<String>,
    axum::extract::Query(came): axum::extract::Query<Came>,
) -> Answer {
    let task = found(&visit, reference).await?;
    let at = task.finished_at.ok_or(Failure::NotFound)?;
    let values = context! {
        title => match came.outcome.as_str() {
            "failed" => "Failure recorded",
            _ => "Done",
        },
        failed => came.outcome == "failed",
        what => kinds::title(&visit.console.people, &task),
        person => name_of(&visit.image(), &task.subject),
        reference => task.id.as_str(),
        at => at.to_string(),
    };
    visit.show("work-list/done.html", values)
}
