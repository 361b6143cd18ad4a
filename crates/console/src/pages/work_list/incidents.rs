//! Reports of things that went wrong: read, said to be read, and answered. Which of them somebody may
//! read, and what they may do, is the process's to say.

use axum::extract::{Path, Query};
use matters::id::MatterId;
use matters::incident::{Incident, Kind, State, Step};
use matters::machine::Machine;
use minijinja::context;
use register_store::matters_kept::Kept;
use register_store::waiting::{Place, Waiting};
use serde::Deserialize;

use crate::duty::Duty;
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::paging::{Paging, address};
use crate::people_named::name_of;
use crate::visit::{Answer, Visit, of};
use crate::words::{age_in_words, moment_in_words};

const PATH: &str = "/work-list/incidents";

/// Reports on one page.
const ON_A_PAGE: usize = 25;

/// Most reports read for one page; beyond it the page ends early and leads on from there.
const MOST_READ: usize = 500;

/// Longest answer, in characters.
const LONGEST: usize = 2_000;

/// Whether whoever looks may have reports before them.
pub(super) fn are_for(visit: &Visit) -> bool {
    visit.viewer.duties.contains(&Duty::Provisions)
}

fn in_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Accident => "Opened something by accident",
        Kind::Misdirected => "Sent something to the wrong person",
        Kind::TooMuchAccess => "Has access they should not have",
        Kind::Virus => "A virus, or what looks like one",
        Kind::Spam => "Unwanted mail",
        Kind::PasswordDisclosed => "Somebody else knows a password",
        Kind::ReportSomeone => "What somebody else did",
    }
}

/// Whether a report may be read here: by the process, and by the console's rules. Confidential ones
/// have their readers elsewhere.
fn may_read(visit: &Visit, incident: &Incident) -> bool {
    let image = visit.image();
    !incident.is_confidential()
        && incident.may_be_read_by(&visit.viewer.person, visit.at, &image.world())
        && visit.allows("see-incident", &incident.reporter)
        && are_for(visit)
}

/// The step whoever looks can take now: say that they read it, or answer it.
fn open_to(visit: &Visit, incident: &Incident) -> Option<Step> {
    let steps = [
        Step::Acknowledge,
        Step::Close {
            feedback: "to be given".to_owned(),
        },
    ];
    let (image, act) = (visit.image(), visit.act());
    let can = |step: &Step| incident.take(step.clone(), &act, &image.world()).is_ok();
    let mut steps = steps.into_iter();
    let step = steps.find(|step| can(step));
    step.filter(|_| visit.allows("work-on-incident", &incident.reporter))
}

/// What the address narrows the list to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    state: String,
    after: String,
}

pub(super) async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    if !are_for(&visit) {
        return Err(Failure::NotAllowed);
    }
    let states: &[&str] = match wanted.state.as_str() {
        "reported" => &["reported"],
        "acknowledged" => &["acknowledged"],
        "closed" => &["closed"],
        _ => &["reported", "acknowledged"],
    };
    let (mut after, mut read) = (Place::parse(&wanted.after), 0);
    let (image, mut rows, mut next) = (visit.image(), Vec::new(), None);
    loop {
        let which = Waiting {
            states,
            after: after.as_ref(),
            limit: 100,
            ..Waiting::default()
        };
        let part = visit.console.store.waiting::<Incident>(&which).await?;
        read += part.len();
        let is_last = part.len() < which.limit;
        for kept in part {
            let place = Place::of(&kept);
            if may_read(&visit, &kept.matter) {
                if rows.len() == ON_A_PAGE {
                    next = after.clone();
                    break;
                }
                rows.push(context! {
                    what => in_words(kept.matter.kind),
                    reference => kept.id.as_str(),
                    person => name_of(&image, &kept.matter.reporter),
                    since => moment_in_words(kept.opened_at, &visit.console.zone),
                    age => age_in_words(kept.opened_at, visit.at),
                    state => kept.matter.state(),
                });
            }
            after = Some(place);
        }
        if is_last || next.is_some() {
            break;
        }
        if read >= MOST_READ {
            next = after.clone();
            break;
        }
    }
    let filters = [("state", wanted.state.as_str())];
    let paging = Paging {
        first: (!wanted.after.is_empty()).then(|| address(PATH, &filters, None)),
        next: next.map(|place| address(PATH, &filters, Some(&place.to_string()))),
    };
    let form = Form::with([("state", wanted.state.clone())]);
    let values = context! { title => "Reports of problems", rows, pages => of(paging) };
    visit.show_form("work-list/incidents.html", &form, values)
}

async fn found(visit: &Visit, reference: String) -> Result<Kept<Incident>, Failure> {
    let id = MatterId::new(reference);
    let kept = visit.console.store.matter::<Incident>(&id).await?;
    may_read(visit, &kept.matter)
        .then_some(kept)
        .ok_or(Failure::NotFound)
}

pub(super) async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    shown(&visit, &kept, &Form::default())
}

fn shown(visit: &Visit, kept: &Kept<Incident>, form: &Form) -> Answer {
    let (image, incident) = (visit.image(), &kept.matter);
    let moment = |at| moment_in_words(at, &visit.console.zone);
    let row = |key: &str, value: String| context! { key, value };
    let mut facts = vec![
        row("Reported by", name_of(&image, &incident.reporter)),
        row("Happened", moment(incident.happened_at)),
        row("Reported", moment(incident.reported_at)),
        row("In their words", incident.words.clone()),
    ];
    let page = incident.url.clone().map(|url| row("Page", url));
    let message = incident.message_id.clone();
    facts.extend(page);
    facts.extend(message.map(|id| row("Message", id)));
    if incident.in_good_faith {
        let said = "Yes: reported at once. What it explains is not held against them.";
        facts.push(row("In good faith", said.to_owned()));
    }
    for (post, by) in &incident.acknowledged {
        let title = visit.console.people.posts.get(post.as_str());
        let title = title.map_or_else(|| post.as_str().replace('-', " "), |of| of.title.clone());
        let said = format!("{} as {title}, {}", name_of(&image, &by.by), moment(by.at));
        facts.push(row("Read by", said));
    }
    let feedback = incident.feedback.clone();
    facts.extend(feedback.map(|feedback| row("Answer", feedback)));
    let values = context! {
        title => in_words(incident.kind),
        reference => kept.id.as_str(),
        state => incident.state(),
        facts,
        version => kept.version.0,
        can => match open_to(visit, incident) {
            Some(Step::Acknowledge) => "acknowledge",
            Some(_) => "close",
            None => "",
        },
    };
    visit.show_form("work-list/incident.html", form, values)
}

pub(super) async fn act(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let kept = found(&visit, reference).await?;
    visit.may("work-on-incident", &kept.matter.reporter)?;
    // Which of the two the page was made for; the process says whether it can still be taken.
    let step = match form.raw("step") {
        "acknowledge" => Step::Acknowledge,
        "close" => {
            let missing = "Enter what came of it";
            let text = Text::required(missing).longest(LONGEST).lines();
            let feedback = form.text("feedback", &text);
            Step::Close { feedback }
        }
        _ => return Err(Failure::NotOurForm),
    };
    if !form.is_good() {
        return shown(&visit, &kept, &form);
    }
    let store = &visit.console.store;
    let expected = Some(form.version()?);
    let taken = store
        .take::<Incident>(&kept.id, expected, step, &visit.act())
        .await;
    if let Err(error) = taken {
        form.refused(error.into())?;
        return shown(&visit, &kept, &form);
    }
    visit.to(&format!("/incidents/{}/done", kept.id))
}

pub(super) async fn done(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let closed = kept.matter.state == State::Closed;
    let values = context! {
        title => if closed { "Answer sent" } else { "You have read it" },
        closed,
        reference => kept.id.as_str(),
    };
    visit.show("work-list/incident-done.html", values)
}
