//! The second person: what waits to be compared, what was typed in beside its scan, and the answer.

use axum::extract::Path;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use matters::acceptance::{self, Acceptance, Method};
use matters::access_request::{self, AccessRequest, Stage};
use matters::id::{MatterId, PersonId};
use matters::machine::Machine;
use minijinja::{Value, context};
use register_store::Stored;
use register_store::matters_kept::{Kept, Version};
use register_store::waiting::{MOST, Waiting};

use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::people_named::name_of;
use crate::printing;
use crate::scans;
use crate::visit::{Answer, Visit};
use crate::words::{age_in_words, moment_in_words};

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

/// Forms of one state shown at a time: the longest waiting. More are shown once these are done.
const SHOWN: usize = 50;

/// A form that was typed in.
pub(super) struct Typed {
    pub(super) id: MatterId,
    pub(super) person: PersonId,
    version: Version,
    what: String,
    scan: String,
    by: PersonId,
    at: jiff::Timestamp,
    facts: Vec<Value>,
    /// Whether it waits to be compared.
    waits: bool,
    /// Whether it was sent back, to be typed in anew.
    is_returned: bool,
    /// Whether whoever looks can compare it.
    can: bool,
}

/// What both kinds have: a way to say that it matches.
fn can<M: Stored>(visit: &Visit, kept: &Kept<M>, step: M::Step) -> bool {
    let image = visit.image();
    let taken = kept.matter.take(step, &visit.act(), &image.world());
    taken.is_ok() && visit.allows("check-paper-form", kept.matter.subject())
}

impl Typed {
    /// None if it was not asked for on paper.
    fn request(visit: &Visit, kept: &Kept<AccessRequest>) -> Option<Self> {
        let matter = &kept.matter;
        let (image, paper) = (visit.image(), matter.paper.as_ref()?);
        let row = |key: &str, value: String| context! { key, value };
        let service = visit.console.people.services.get(&matter.service);
        let service = service.unwrap_or(&matter.service);
        let until = matter.wanted.until;
        let until = until.map(|at| moment_in_words(at, &visit.console.zone));
        let sponsor = matter.wanted.sponsor.as_ref();
        let sponsor = sponsor.map(|one| name_of(&image, one));
        let facts = vec![
            row("About", name_of(&image, &matter.person)),
            row("Signed by", name_of(&image, &matter.requester)),
            row("Service", service.clone()),
            row("Needed for", matter.wanted.need.clone()),
            row(
                "Equipment",
                matter.wanted.equipment.clone().unwrap_or_default(),
            ),
            row("Not needed from", until.unwrap_or_default()),
            row("Answered for by", sponsor.unwrap_or_default()),
        ];
        Some(Self {
            id: kept.id.clone(),
            person: matter.person.clone(),
            version: kept.version,
            what: format!("Request for {service}"),
            scan: paper.scan.clone(),
            by: paper.entered_by.clone(),
            at: matter.waiting.since,
            facts,
            waits: matter.stage == Stage::PaperUnchecked,
            is_returned: matter.stage == Stage::Returned,
            can: can(visit, kept, access_request::Step::Check),
        })
    }

    /// None if it was not signed on paper.
    fn signature(visit: &Visit, kept: &Kept<Acceptance>) -> Option<Self> {
        let matter = &kept.matter;
        let signature = matter.signature.as_ref()?;
        let Method::Manuscript { scan } = &signature.method else {
            return None;
        };
        let image = visit.image();
        let row = |key: &str, value: String| context! { key, value };
        let facts = vec![
            row("Signed by", name_of(&image, &matter.person)),
            row("Version of the policy", matter.version.clone()),
            row("Edition", matter.edition.clone()),
            row("Read", signature.format.replace('-', " ")),
            row("Words above the signature", signature.statement.clone()),
        ];
        Some(Self {
            id: kept.id.clone(),
            person: matter.person.clone(),
            version: kept.version,
            what: "Signature on the policy".to_owned(),
            scan: scan.clone(),
            by: signature.entered_by.clone(),
            at: signature.at,
            facts,
            waits: matter.stage == acceptance::Stage::Unchecked,
            is_returned: false,
            can: can(visit, kept, acceptance::Step::Check),
        })
    }

    fn is_request(&self) -> bool {
        self.id.as_str().starts_with(AccessRequest::PREFIX)
    }
}

pub(super) async fn list(visit: Visit) -> Answer {
    let store = &visit.console.store;
    let which = |states: &'static [&'static str]| Waiting {
        states,
        limit: MOST,
        ..Waiting::default()
    };
    let requests = which(&["paper-unchecked", "returned"]);
    let requests = store.waiting::<AccessRequest>(&requests).await?;
    let signatures = store.waiting::<Acceptance>(&which(&["unchecked"])).await?;
    let requests = requests
        .iter()
        .filter_map(|kept| Typed::request(&visit, kept));
    let signatures = signatures
        .iter()
        .filter_map(|kept| Typed::signature(&visit, kept));
    let mut all: Vec<_> = requests.chain(signatures).collect();
    all.retain(|typed| visit.allows("see-request", &typed.person));
    all.sort_by_key(|typed| typed.at);
    let image = visit.image();
    let row = |typed: &Typed| {
        context! {
            what => typed.what.clone(),
            reference => typed.id.as_str(),
            person => name_of(&image, &typed.person),
            by => name_of(&image, &typed.by),
            age => age_in_words(typed.at, visit.at),
            can => typed.can,
        }
    };
    let rows = |returned: bool| {
        let some = all.iter().filter(|typed| typed.is_returned == returned);
        some.take(SHOWN).map(row).collect::<Vec<_>>()
    };
    let values = context! { waiting => rows(false), returned => rows(true) };
    visit.show("paper-form-entry/list.html", values)
}

/// A form on paper that whoever asks may see. To anybody else it does not exist.
pub(super) async fn found(visit: &Visit, reference: String) -> Result<Typed, Failure> {
    let (id, store) = (MatterId::new(reference), &visit.console.store);
    let typed = match id.as_str().split('-').next() {
        Some(AccessRequest::PREFIX) => {
            let kept = store.matter::<AccessRequest>(&id).await?;
            Typed::request(visit, &kept)
        }
        Some(Acceptance::PREFIX) => {
            let kept = store.matter::<Acceptance>(&id).await?;
            Typed::signature(visit, &kept)
        }
        _ => None,
    };
    let typed = typed.ok_or(Failure::NotFound)?;
    visit.may_see("see-request", &typed.person)?;
    Ok(typed)
}

pub(super) async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let typed = found(&visit, reference).await?;
    shown(&visit, &typed, &Form::default())
}

fn shown(visit: &Visit, typed: &Typed, form: &Form) -> Answer {
    let values = context! {
        title => typed.what.clone(),
        reference => typed.id.as_str(),
        by => name_of(&visit.image(), &typed.by),
        at => typed.at.to_string(),
        facts => typed.facts.clone(),
        version => typed.version.0,
        waits => typed.waits,
        is_returned => typed.is_returned,
        can => typed.can,
        scan => typed.scan.clone(),
    };
    visit.show_form("paper-form-entry/compare.html", form, values)
}

/// The scan itself: an image is shown, a PDF is saved to be opened by what opens PDFs.
pub(super) async fn scan(visit: Visit, Path(reference): Path<String>) -> Answer {
    let typed = found(&visit, reference).await?;
    let (folder, sha256) = (visit.console.settings.scans.clone(), typed.scan);
    let read = tokio::task::spawn_blocking(move || scans::find(folder.as_deref(), &sha256));
    let read = read.await.map_err(Failure::broken)?;
    let (kind, bytes) = read
        .map_err(Failure::unavailable)?
        .ok_or(Failure::NotFound)?;
    let how = format!("attachment; filename=\"{}.{}\"", typed.id, kind.extension());
    let headers = [
        (CONTENT_TYPE, kind.media_type().to_owned()),
        (CONTENT_DISPOSITION, how),
    ];
    Ok((headers, bytes).into_response())
}

/// What was typed in, as a file.
pub(super) async fn printed(visit: Visit, Path(reference): Path<String>) -> Answer {
    let typed = found(&visit, reference).await?;
    let row = |key: &str, value: String| context! { key, value };
    let by = name_of(&visit.image(), &typed.by);
    let mut facts = typed.facts;
    facts.extend([
        row("Typed in by", by),
        row(
            "Typed in on",
            moment_in_words(typed.at, &visit.console.zone),
        ),
        row("Scan kept as (SHA-256)", typed.scan),
        row("Reference", typed.id.to_string()),
    ]);
    let blocks = vec![printing::rows(&facts)];
    let reference = typed.id.to_string();
    let document = visit.document(typed.what, Some(reference.clone()), blocks);
    visit.print(&reference, document).await
}

pub(super) async fn check(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let typed = found(&visit, reference).await?;
    visit.may("check-paper-form", &typed.person)?;
    let find = |answer: &str| match answer {
        "same" => Some(true),
        "other" => Some(false),
        _ => None,
    };
    let same = form.choice("same", find, "Select whether it says the same as the scan");
    let text = match same {
        Some(false) => Text::required("Enter what is different"),
        _ => Text::optional(),
    };
    let reason = form.text("reason", &text.longest(LONGEST).lines());
    let (Some(same), true) = (same, form.is_good()) else {
        return shown(&visit, &typed, &form);
    };
    let mut act = visit.act_on(&typed.facts);
    act.evidence = vec![typed.scan.clone()];
    if !reason.is_empty() {
        act = act.because(reason);
    }
    let (store, expected) = (&visit.console.store, Some(form.version()?));
    let taken = if typed.is_request() {
        let clause = visit.console.people.access.clauses.first();
        let step = match same {
            true => access_request::Step::Check,
            false => access_request::Step::Return {
                clause: clause.cloned().unwrap_or_default(),
            },
        };
        let taken = store.take::<AccessRequest>(&typed.id, expected, step, &act);
        taken.await.map(drop)
    } else {
        let step = match same {
            true => acceptance::Step::Check,
            false => acceptance::Step::Reject,
        };
        let taken = store.take::<Acceptance>(&typed.id, expected, step, &act);
        taken.await.map(drop)
    };
    taken?;
    for task in store.open_tasks_of(&typed.id).await? {
        if ["check-paper", "check-signature"].contains(&task.task.as_str()) {
            store.finish_task(&task.id, &act).await?;
        }
    }
    let answer = if same { "" } else { "?answer=other" };
    visit.to(&format!("/{}/checked{answer}", typed.id))
}

pub(super) async fn checked(
    visit: Visit,
    Path(reference): Path<String>,
    axum::extract::Query(said): axum::extract::Query<Said>,
) -> Answer {
    let id = MatterId::new(reference);
    let subject = match id.as_str().split('-').next() {
        Some(AccessRequest::PREFIX) => {
            let kept = visit.console.store.matter::<AccessRequest>(&id).await?;
            kept.matter.person
        }
        Some(Acceptance::PREFIX) => {
            let kept = visit.console.store.matter::<Acceptance>(&id).await?;
            kept.matter.person
        }
        _ => return Err(Failure::NotFound),
    };
    visit.may_see("see-request", &subject)?;
    let other = said.answer == "other";
    let values = context! {
        title => if other { "Sent back" } else { "Checked" },
        other,
        is_request => id.as_str().starts_with(AccessRequest::PREFIX),
        reference => id.as_str(),
    };
    visit.show("paper-form-entry/checked.html", values)
}

/// What was answered, for the words of the confirmation.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Said {
    answer: String,
}
