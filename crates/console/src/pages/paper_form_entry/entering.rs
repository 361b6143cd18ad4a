//! Typing a form in: from the first question over *check answers* to the reference.

use axum::extract::Path;
use matters::acceptance::{self, Acceptance, Method};
use matters::access_request::{self, AccessRequest, PaperForm, Stage};
use matters::id::{MatterId, PersonId};
use matters::machine::Refused;
use minijinja::context;
use register_store::matters_kept::{Filter, Kept, Version};

use super::questions::{self, Paper, Question, rows};
use crate::failure::Failure;
use crate::form::Form;
use crate::scans::{self, ScanError};
use crate::visit::{Answer, Visit};
use crate::words::day_in_words;

/// The name drafts of these forms go by.
const FLOW: &str = "paper-form-entry";

/// Fields of a draft that no question asks for: what is on paper; and of a form that is typed in
/// anew its reference and the version it was read at.
const OWN: &[&str] = &["paper", "matter", "seen"];

pub(super) async fn begin(visit: Visit, Path(paper): Path<String>) -> Answer {
    let paper = Paper::named(&paper).filter(|paper| *paper != Paper::Again);
    let paper = paper.ok_or(Failure::NotFound)?;
    let form = Form::with([("paper", paper.name().to_owned())]);
    let draft = visit.begin_draft(FLOW, &form, OWN).await?;
    visit.to(&format!("/new/{draft}/person"))
}

/// A request that was sent back is typed in anew, beginning from what was typed before.
pub(super) async fn again(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = returned(&visit, MatterId::new(reference)).await?;
    visit.may("enter-paper-form", &kept.matter.person)?;
    let wanted = &kept.matter.wanted;
    let mut values = vec![
        ("paper", Paper::Again.name().to_owned()),
        ("matter", kept.id.to_string()),
        ("seen", kept.version.to_string()),
        ("need", wanted.need.clone()),
        ("equipment", wanted.equipment.clone().unwrap_or_default()),
        (
            "sponsor",
            wanted
                .sponsor
                .as_ref()
                .map(PersonId::to_string)
                .unwrap_or_default(),
        ),
    ];
    if let Some(until) = wanted.until {
        let last = until - jiff::SignedDuration::from_secs(1);
        let last = last.to_zoned(visit.console.zone.clone()).date();
        values.extend([
            ("until-day", last.day().to_string()),
            ("until-month", last.month().to_string()),
            ("until-year", last.year().to_string()),
        ]);
    }
    let form = Form::with(values);
    let mut fields = OWN.to_vec();
    for question in Question::asked(Paper::Again) {
        fields.extend(question.fields());
    }
    let draft = visit.begin_draft(FLOW, &form, &fields).await?;
    visit.to(&format!("/new/{draft}/need"))
}

async fn returned(visit: &Visit, id: MatterId) -> Result<Kept<AccessRequest>, Failure> {
    let kept = visit.console.store.matter::<AccessRequest>(&id).await?;
    visit.may_see("see-request", &kept.matter.person)?;
    let on_paper = kept.matter.paper.is_some() && kept.matter.stage == Stage::Returned;
    on_paper.then_some(kept).ok_or(Failure::NotFound)
}

async fn of_draft(visit: &Visit, draft: &str) -> Result<(Form, Paper), Failure> {
    let form = visit.draft(draft, FLOW).await?;
    let paper = Paper::named(form.raw("paper")).ok_or(Failure::DraftGone)?;
    Ok((form, paper))
}

pub(super) async fn ask(visit: Visit, Path((draft, question)): Path<(String, String)>) -> Answer {
    let (form, paper) = of_draft(&visit, &draft).await?;
    match Question::named(&question) {
        Some(question) => show(&visit, &draft, question, &form),
        None if question == "check" => check(&visit, &draft, paper, form),
        None => Err(Failure::NotFound),
    }
}

pub(super) async fn answer(
    visit: Visit,
    Path((draft, question)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let (earlier, paper) = of_draft(&visit, &draft).await?;
    if question == "check" {
        return send(&visit, &draft, paper, earlier).await;
    }
    let question = Question::named(&question).ok_or(Failure::NotFound)?;
    if question == Question::Scan {
        let failed = keep_scan(&visit, &draft, &form).await?;
        if let Some(problem) = failed {
            form.error("scan", problem);
            return show(&visit, &draft, question, &form);
        }
    } else {
        form.also(earlier);
        if !question.read(&visit, &mut form) {
            return show(&visit, &draft, question, &form);
        }
        if question == Question::Person
            && let Some(person) = questions::person(&visit, "person", &mut form)
        {
            visit.may("enter-paper-form", &person)?;
        }
        visit.keep(&draft, FLOW, &form, question.fields()).await?;
    }
    let (form, _) = of_draft(&visit, &draft).await?;
    on(&visit, &draft, paper, form)
}

/// Keeps the file, and in the draft its hash; or says what is wrong with it. A draft that has one
/// keeps it where no other is chosen.
async fn keep_scan(visit: &Visit, draft: &str, form: &Form) -> Result<Option<String>, Failure> {
    let Some(file) = form.file("scan") else {
        let (earlier, _) = of_draft(visit, draft).await?;
        let missing = earlier.raw("scan").is_empty();
        return Ok(missing.then(|| "Choose the scan of the form".to_owned()));
    };
    let (folder, bytes) = (visit.console.settings.scans.clone(), file.bytes.clone());
    let of = draft.to_owned();
    let kept = tokio::task::spawn_blocking(move || scans::keep(folder.as_deref(), &of, &bytes));
    match kept.await.map_err(Failure::broken)? {
        Ok(sha256) => {
            let form = Form::with([("scan", sha256)]);
            visit
                .keep(draft, FLOW, &form, Question::Scan.fields())
                .await?;
            Ok(None)
        }
        Err(ScanError::Kind) => Ok(Some("The scan must be a PDF, PNG or JPEG file".to_owned())),
        Err(ScanError::TooLarge) => Ok(Some(format!(
            "The scan must be {} megabytes or smaller",
            scans::LARGEST / 1024 / 1024
        ))),
        Err(error) => Err(Failure::unavailable(error)),
    }
}

/// Keeps the scan for good, just before what goes on the record names it.
async fn settle_scan(visit: &Visit, draft: &str, form: &Form) -> Result<(), Failure> {
    let (folder, draft) = (visit.console.settings.scans.clone(), draft.to_owned());
    let sha256 = form.raw("scan").to_owned();
    let settled =
        tokio::task::spawn_blocking(move || scans::settle(folder.as_deref(), &draft, &sha256));
    match settled.await.map_err(Failure::broken)? {
        Ok(true) => Ok(()),
        Ok(false) => Err(Refused::field("scan", "choose the scan once more").into()),
        Err(error) => Err(Failure::unavailable(error)),
    }
}

/// The first question that was not shown yet, or has no good answer.
fn first_open(visit: &Visit, paper: Paper, form: &mut Form) -> Option<Question> {
    let unseen = |question: &Question, form: &Form| {
        let mut fields = question.fields().iter();
        fields.all(|field| form.all(field).is_empty())
    };
    let is_open = |question: &Question, form: &mut Form| {
        let optional = paper == Paper::Again;
        (!optional && unseen(question, form)) || !question.read(visit, form)
    };
    Question::asked(paper).find(|question| is_open(question, form))
}

fn on(visit: &Visit, draft: &str, paper: Paper, mut form: Form) -> Answer {
    let open = first_open(visit, paper, &mut form);
    let next = open.map_or("check", Question::name);
    visit.to(&format!("/new/{draft}/{next}"))
}

fn show(visit: &Visit, draft: &str, question: Question, form: &Form) -> Answer {
    let values = context! {
        title => question.title(),
        question => question.name(),
        draft,
        choices => questions::choices(visit, question, form),
        statement => visit.console.people.acceptance.statement.trim(),
        today => day_in_words(visit.today()),
    };
    visit.show_form("paper-form-entry/question.html", form, values)
}

fn check(visit: &Visit, draft: &str, paper: Paper, mut form: Form) -> Answer {
    if first_open(visit, paper, &mut form).is_some() {
        return on(visit, draft, paper, form);
    }
    let values = context! {
        title => "Check your answers",
        draft,
        rows => rows(visit, paper, draft, &form),
    };
    visit.show("paper-form-entry/check.html", values)
}

async fn send(visit: &Visit, draft: &str, paper: Paper, mut form: Form) -> Answer {
    if first_open(visit, paper, &mut form).is_some() {
        return on(visit, draft, paper, form);
    }
    let sent = match paper {
        Paper::Access => ask_for_access(visit, draft, &mut form).await,
        Paper::Signature => sign(visit, draft, &mut form).await,
        Paper::Again => ask_again(visit, draft, &mut form).await,
    };
    match sent {
        Ok(id) => {
            visit.finish(draft, FLOW).await;
            visit.to(&format!("/{id}/entered"))
        }
        Err(failure) => {
            // What only the process knows goes back to its question.
            form.refused(failure)?;
            let errors = form.errors();
            let at_fault = |question: &Question| {
                let fields = question.fields();
                errors
                    .iter()
                    .any(|error| fields.contains(&error.field.as_str()))
            };
            let question = Question::asked(paper).find(at_fault);
            show(visit, draft, question.unwrap_or(Question::Person), &form)
        }
    }
}

async fn ask_for_access(visit: &Visit, draft: &str, form: &mut Form) -> Result<MatterId, Failure> {
    let person = questions::person(visit, "person", form).ok_or(Failure::NotOurForm)?;
    visit.may("enter-paper-form", &person)?;
    let act = visit.act_on(&rows(visit, Paper::Access, draft, form));
    let opening = access_request::Opening {
        person,
        service: questions::service(visit, form).ok_or(Failure::NotOurForm)?,
        wanted: questions::wanted(visit, form).ok_or(Failure::NotOurForm)?,
        paper: Some(PaperForm {
            scan: form.raw("scan").to_owned(),
            requester: questions::signer(visit, form).ok_or(Failure::NotOurForm)?,
        }),
    };
    settle_scan(visit, draft, form).await?;
    let store = &visit.console.store;
    let kept = store.open_matter::<AccessRequest>(opening, &act).await?;
    Ok(kept.id)
}

async fn ask_again(visit: &Visit, draft: &str, form: &mut Form) -> Result<MatterId, Failure> {
    let kept = returned(visit, MatterId::from(form.raw("matter"))).await?;
    visit.may("enter-paper-form", &kept.matter.person)?;
    let act = visit.act_on(&rows(visit, Paper::Again, draft, form));
    let wanted = questions::wanted(visit, form).ok_or(Failure::NotOurForm)?;
    let seen = form.raw("seen").parse().map_err(|_| Failure::DraftGone)?;
    let step = access_request::Step::Revise { wanted };
    let store = &visit.console.store;
    let expected = Some(Version(seen));
    let kept = store
        .take::<AccessRequest>(&kept.id, expected, step, &act)
        .await?;
    Ok(kept.id)
}

/// A signature is kept with the acceptance that waits for it.
async fn sign(visit: &Visit, draft: &str, form: &mut Form) -> Result<MatterId, Failure> {
    let person = questions::person(visit, "person", form).ok_or(Failure::NotOurForm)?;
    visit.may("enter-paper-form", &person)?;
    let kept = waiting(visit, &person).await?;
    let Some(kept) = kept else {
        let problem = "there is nothing for this person to sign";
        return Err(Refused::field("person", problem).into());
    };
    let act = visit.act_on(&rows(visit, Paper::Signature, draft, form));
    let step = acceptance::Step::Accept {
        format: questions::format(form).ok_or(Failure::NotOurForm)?,
        text_sha256: kept.matter.text_sha256.clone(),
        statement: visit.console.people.acceptance.statement.clone(),
        method: Method::Manuscript {
            scan: form.raw("scan").to_owned(),
        },
    };
    settle_scan(visit, draft, form).await?;
    let store = &visit.console.store;
    let expected = Some(kept.version);
    let kept = store
        .take::<Acceptance>(&kept.id, expected, step, &act)
        .await?;
    Ok(kept.id)
}

/// The acceptance of the version in force.
async fn waiting(visit: &Visit, person: &PersonId) -> Result<Option<Kept<Acceptance>>, Failure> {
    let filter = Filter {
        subject: Some(person.clone()),
        about: Some(visit.image().pack().settings().version.clone()),
        is_over: Some(false),
        ..Filter::default()
    };
    let page = visit.console.store.matters::<Acceptance>(&filter).await?;
    Ok(page.items.into_iter().next())
}

pub(super) async fn entered(visit: Visit, Path(reference): Path<String>) -> Answer {
    let paper = super::checking::found(&visit, reference).await?;
    let values = context! {
        title => "The form has been typed in",
        reference => paper.id.as_str(),
        person => crate::people_named::name_of(&visit.image(), &paper.person),
    };
    visit.show("paper-form-entry/entered.html", values)
}
