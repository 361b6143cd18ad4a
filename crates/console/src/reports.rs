//! Reports of things that went wrong: read, said to be read, and answered, each on the page of those it
//! is told to. Which of them somebody may read, and what they may do, is the process's to say.

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use matters::id::MatterId;
use matters::incident::{ANONYMOUS, Incident, Kind, State, Step};
use matters::machine::Machine;
use minijinja::context;
use register_store::image::Image;
use register_store::matters_kept::Kept;
use register_store::waiting::{Place, Waiting};
use serde::Deserialize;

use crate::Console;
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::paging::{Paging, address};
use crate::people_named::name_of;
use crate::visit::{Answer, Visit, of, to};
use crate::words::{age_in_words, moment_in_words};

/// Who reads which reports, and where.
pub(crate) trait Readers: 'static {
    /// Where the list is.
    const PATH: &'static str;
    /// Its heading.
    const TITLE: &'static str;
    /// Where one goes back to from the list; none where it is a page of its own.
    const BACK: Option<&'static str>;
    /// The actions that reading and answering one are.
    const SEE: &'static str;
    const ANSWER: &'static str;

    /// Whether whoever looks may have reports before them.
    fn are(visit: &Visit) -> bool;

    /// Whether a report belongs here.
    fn have(visit: &Visit, incident: &Incident) -> bool;
}

/// The addresses below the list's, and the list's own.
pub(crate) fn routes<R: Readers>() -> Router<Console> {
    Router::new()
        .route("/", get(list::<R>))
        .route("/{reference}", get(show::<R>).post(act::<R>))
        .route("/{reference}/done", get(done::<R>))
}

/// Reports on one page.
const ON_A_PAGE: usize = 25;

/// Most reports read for one page; beyond it the page ends early and leads on from there.
const MOST_READ: usize = 500;

/// Longest answer, in characters.
const LONGEST: usize = 2_000;

fn in_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Accident => "Opened something by accident",
        Kind::Misdirected => "Mail that went to the wrong person",
        Kind::TooMuchAccess => "Has access they should not have",
        Kind::Virus => "A virus, or what looks like one",
        Kind::Spam => "Unwanted mail",
        Kind::PasswordDisclosed => "Somebody else knows a password",
        Kind::ReportSomeone => "What somebody else did",
    }
}

/// Who reported it, where they gave a name.
fn reporter_of(image: &Image, incident: &Incident) -> String {
    match incident.reporter.as_str() {
        ANONYMOUS => "Somebody who gave no name".to_owned(),
        _ => name_of(image, &incident.reporter),
    }
}

/// Whether a report may be read here: by the process, and by the console's rules.
fn may_read<R: Readers>(visit: &Visit, incident: &Incident) -> bool {
    let image = visit.image();
    R::have(visit, incident)
        && incident.may_be_read_by(&visit.viewer.person, visit.at, &image.world())
        && visit.allows(R::SEE, &incident.reporter)
        && R::are(visit)
}

/// The step whoever looks can take now: say that they read it, or answer it.
fn open_to<R: Readers>(visit: &Visit, incident: &Incident) -> Option<Step> {
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
    step.filter(|_| visit.allows(R::ANSWER, &incident.reporter))
}

/// Whether whoever looks may ask the reporter to do something about it.
fn may_advise<R: Readers>(visit: &Visit, incident: &Incident) -> bool {
    let steps = vec!["to be said".to_owned()];
    let taken = incident.take(Step::Advise { steps }, &visit.act(), &visit.image().world());
    taken.is_ok() && visit.allows(R::ANSWER, &incident.reporter)
}

/// What the address narrows the list to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    state: String,
    after: String,
}

async fn list<R: Readers>(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    if !R::are(&visit) {
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
            if may_read::<R>(&visit, &kept.matter) {
                if rows.len() == ON_A_PAGE {
                    next = after.clone();
                    break;
                }
                rows.push(context! {
                    what => in_words(kept.matter.kind),
                    reference => kept.id.as_str(),
                    person => reporter_of(&image, &kept.matter),
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
        first: (!wanted.after.is_empty()).then(|| address(R::PATH, &filters, None)),
        next: next.map(|place| address(R::PATH, &filters, Some(&place.to_string()))),
    };
    let form = Form::with([("state", wanted.state.clone())]);
    let values = context! {
        title => R::TITLE,
        path => R::PATH,
        back => R::BACK,
        rows,
        pages => of(paging),
    };
    visit.show_form("reports/list.html", &form, values)
}

async fn found<R: Readers>(visit: &Visit, reference: String) -> Result<Kept<Incident>, Failure> {
    let id = MatterId::new(reference);
    let kept = visit.console.store.matter::<Incident>(&id).await?;
    may_read::<R>(visit, &kept.matter)
        .then_some(kept)
        .ok_or(Failure::NotFound)
}

async fn show<R: Readers>(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found::<R>(&visit, reference).await?;
    shown::<R>(&visit, &kept, &Form::default())
}

fn shown<R: Readers>(visit: &Visit, kept: &Kept<Incident>, form: &Form) -> Answer {
    let (image, incident) = (visit.image(), &kept.matter);
    let moment = |at| moment_in_words(at, &visit.console.zone);
    let row = |key: &str, value: String| context! { key, value };
    let mut facts = vec![
        row("Reported by", reporter_of(&image, incident)),
        row("Happened", moment(incident.happened_at)),
        row("Reported", moment(incident.reported_at)),
        row("In their words", incident.words.clone()),
    ];
    let implicated = incident.implicated.as_ref();
    facts.extend(implicated.map(|who| row("Who is involved", name_of(&image, who))));
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
    for (number, advice) in (1..).zip(&incident.advice) {
        let done = match advice.done_at {
            Some(at) => format!("said to be done, {}", moment(at)),
            None => "not done yet".to_owned(),
        };
        facts.push(row(
            &format!("Asked to do, {number}"),
            format!("{} ({done})", advice.step),
        ));
    }
    let feedback = incident.feedback.clone();
    facts.extend(feedback.map(|feedback| row("Answer", feedback)));
    let values = context! {
        title => in_words(incident.kind),
        path => R::PATH,
        reference => kept.id.as_str(),
        state => incident.state(),
        facts,
        version => kept.version.0,
        advises => may_advise::<R>(visit, incident),
        waits_for_reporter => incident.waits_for_reporter(visit.at, &image.world()),
        can => match open_to::<R>(visit, incident) {
            Some(Step::Acknowledge) => "acknowledge",
            Some(_) => "close",
            None => "",
        },
    };
    visit.show_form("reports/one.html", form, values)
}

async fn act<R: Readers>(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let kept = found::<R>(&visit, reference).await?;
    visit.may(R::ANSWER, &kept.matter.reporter)?;
    // Which of the two the page was made for; the process says whether it can still be taken.
    let step = match form.raw("step") {
        "acknowledge" => Step::Acknowledge,
        "advise" => {
            let missing = "Enter what they are to do";
            let text = Text::required(missing).longest(LONGEST).lines();
            let steps = form.text("steps", &text);
            let steps = steps.lines().map(str::trim).filter(|line| !line.is_empty());
            Step::Advise {
                steps: steps.map(str::to_owned).collect(),
            }
        }
        "close" => {
            let missing = "Enter what came of it";
            let text = Text::required(missing).longest(LONGEST).lines();
            let feedback = form.text("feedback", &text);
            Step::Close { feedback }
        }
        _ => return Err(Failure::NotOurForm),
    };
    if !form.is_good() {
        return shown::<R>(&visit, &kept, &form);
    }
    let advised = matches!(step, Step::Advise { .. });
    let store = &visit.console.store;
    let expected = Some(form.version()?);
    let taken = store
        .take::<Incident>(&kept.id, expected, step, &visit.act())
        .await;
    if let Err(error) = taken {
        form.refused(error.into())?;
        return shown::<R>(&visit, &kept, &form);
    }
    let then = if advised { "" } else { "/done" };
    to(&format!("{}/{}{then}", R::PATH, kept.id))
}

async fn done<R: Readers>(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found::<R>(&visit, reference).await?;
    let closed = kept.matter.state == State::Closed;
    let values = context! {
        title => if closed { "Answer sent" } else { "You have read it" },
        closed,
        path => R::PATH,
        reference => kept.id.as_str(),
    };
    visit.show("reports/done.html", values)
}
