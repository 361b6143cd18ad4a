//! The page before the signature, and the answer: accept or decline, two equal buttons.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use matters::acceptance::{Acceptance, Method, Read, Stage, Step};
use minijinja::{Value, context};
use policy::edition_text::EditionText;
use register_store::matters_kept::Kept;

use super::{can_sign, edition_title, found, reading, text_of};
use crate::form::{Form, Text};
use crate::visit::{Answer, Visit};

/// The hash of the page as it was shown comes back with the answer.
const SHOWN: &str = "shown";

/// What somebody answers.
enum Reply {
    Accept,
    Decline,
}

impl Reply {
    fn named(name: &str) -> Option<Self> {
        match name {
            "accept" => Some(Self::Accept),
            "decline" => Some(Self::Decline),
            _ => None,
        }
    }
}

pub(super) async fn check(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    show(&visit, &kept, &Form::default())
}

fn show(visit: &Visit, kept: &Kept<Acceptance>, form: &Form) -> Answer {
    if !can_sign(kept.matter.stage) {
        return visit.to(&format!("/{}", kept.id));
    }
    let Some(text) = text_of(visit, &kept.matter) else {
        return show_changed(visit);
    };
    let Some(read) = &kept.matter.read else {
        return visit.to(&format!("/{}/read", kept.id));
    };
    visit.is_fresh()?;
    let rows = rows(visit, &text, read);
    let image = visit.image();
    let rules = &image.pack().people().acceptance;
    let values = context! {
        title => "Check and sign",
        reference => kept.id.as_str(),
        shown => visit.act_on(&rows).form_sha256,
        facts => Value::from_iter(rows.iter().take(FACTS).cloned()),
        statement => rules.statement.trim(),
        notices => Value::from_iter(rows.iter().skip(FACTS + 1).cloned()),
        desk => image.pack().settings().contacts.desk.clone(),
        on_paper => !image.world().signs_on_a_page(),
    };
    visit.show_form("read-and-sign/sign.html", form, values)
}

/// How many of the rows say what is signed; the statement follows them, then the notices.
const FACTS: usize = 6;

/// Everything the page says that the signature is bound to.
fn rows(visit: &Visit, text: &EditionText, read: &Read) -> Vec<Value> {
    let image = visit.image();
    let rules = &image.pack().people().acceptance;
    let row = |key: &str, value: &str| context! { key, value };
    let mut rows = vec![
        row("Name", &visit.viewer.name),
        row("Policy", &image.pack().settings().title),
        row("Version", &text.version),
        row("Edition", &edition_title(visit, &text.edition)),
        row("Read as", reading::format_title(&read.format)),
        row("Check sum of the text (SHA-256)", &text.sha256),
        row("Statement", rules.statement.trim()),
    ];
    let about_monitoring = text
        .sections
        .iter()
        .filter(|section| rules.clauses.iter().any(|id| id == section.id.as_str()));
    rows.extend(about_monitoring.map(|section| {
        let heading = format!("{} {}", section.id.number(), section.title);
        row(&heading, &section.gist)
    }));
    rows
}

pub(super) async fn send(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let kept = found(&visit, reference).await?;
    visit.may("sign-policy", &kept.matter.person)?;
    let missing = "Choose to accept or to decline";
    let reply = form.choice("answer", Reply::named, missing);
    let reason = form.text("reason", &Text::optional().longest(2000).lines());
    let (Some(reply), true) = (reply, form.is_good()) else {
        return show(&visit, &kept, &form);
    };
    if kept.matter.stage == Stage::Superseded {
        return show_changed(&visit);
    }
    if !can_sign(kept.matter.stage) {
        return visit.to(&format!("/{}", kept.id));
    }
    let text = text_of(&visit, &kept.matter);
    let (Some(text), Some(read)) = (text, kept.matter.read.clone()) else {
        return show_changed(&visit);
    };
    visit.is_fresh()?;
    let mut act = visit.act_on(&rows(&visit, &text, &read));
    if act.form_sha256.as_deref() != Some(form.raw(SHOWN)) {
        return show_changed(&visit);
    }
    let (step, done) = match reply {
        Reply::Accept => (accept(&visit, text, read), "signed"),
        Reply::Decline => {
            if !reason.is_empty() {
                act = act.because(reason);
            }
            (Step::Decline, "declined")
        }
    };
    let store = &visit.console.store;
    store.take::<Acceptance>(&kept.id, None, step, &act).await?;
    visit.to(&format!("/{}/{done}", kept.id))
}

fn accept(visit: &Visit, text: EditionText, read: Read) -> Step {
    let image = visit.image();
    Step::Accept {
        format: read.format,
        text_sha256: text.sha256,
        statement: image.pack().people().acceptance.statement.clone(),
        method: Method::Electronic {
            authenticated_at: visit.viewer.signed_in.authenticated_at,
        },
    }
}

/// What was open is not what is in force now.
pub(super) fn show_changed(visit: &Visit) -> Answer {
    let values = context! { title => "The policy has changed since you opened it" };
    let page = visit.show("read-and-sign/changed.html", values)?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

pub(super) async fn signed(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    if !kept.matter.stands() {
        return visit.to(&format!("/{}", kept.id));
    }
    let values = context! {
        title => "You have signed the policy",
        reference => kept.id.as_str(),
        version => kept.matter.version.clone(),
    };
    visit.show("read-and-sign/signed.html", values)
}

pub(super) async fn declined(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let image = visit.image();
    let values = context! {
        title => "You have declined to sign",
        reference => kept.id.as_str(),
        has_manager => image.people().person(&visit.viewer.person)
            .is_some_and(|person| person.manager.is_some()),
    };
    visit.show("read-and-sign/declined.html", values)
}
