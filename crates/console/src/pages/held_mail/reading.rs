//! Reading a held message itself: a step of its own, with a reason, after a page that says so.

use axum::extract::Path;
use jiff::SignedDuration;
use matters::held_mail::{HeldMail, Step};
use matters::machine::Machine as _;
use minijinja::context;
use register_store::matters_kept::Kept;

use super::asking::LONGEST;
use super::{facts, row, to_decide};
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::visit::{Answer, Visit};

/// How long one reason is good for, by going back and forth between the message and the decision.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(15);

/// Whether whoever looks can read it now.
pub(super) fn can(visit: &Visit, held: &HeldMail) -> bool {
    let (image, act) = (visit.image(), visit.act().because("to be given"));
    visit.console.held_messages.is_some() && held.take(Step::Read, &act, &image.world()).is_ok()
}

pub(super) async fn form(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = to_decide(&visit, &reference).await?;
    shown(&visit, &kept, &Form::default())
}

fn shown(visit: &Visit, kept: &Kept<HeldMail>, form: &Form) -> Answer {
    if !can(visit, &kept.matter) {
        return Err(Failure::NotYours);
    }
    let values = context! {
        title => "You are about to read somebody’s message",
        reference => kept.id.as_str(),
        version => kept.version.0,
    };
    visit.show_form("held-mail/read.html", form, values)
}

pub(super) async fn read(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let kept = to_decide(&visit, &reference).await?;
    let text = Text::required("Enter why you have to read it");
    let reason = form.text("reason", &text.longest(LONGEST).lines());
    if !form.is_good() {
        return shown(&visit, &kept, &form);
    }
    let act = visit.act().because(reason);
    let expected = Some(form.version()?);
    let store = &visit.console.store;
    store
        .take::<HeldMail>(&kept.id, expected, Step::Read, &act)
        .await?;
    visit.to(&format!("/{}/message", kept.id))
}

/// The message, to whoever said a short while ago why they have to read it.
pub(super) async fn message(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = to_decide(&visit, &reference).await?;
    let held = &kept.matter;
    let mut reads = held.read.iter();
    let has_said = reads
        .any(|read| read.by == visit.viewer.person && visit.at.duration_since(read.at) < GOOD_FOR);
    if !has_said {
        return visit.to(&format!("/{}/read", kept.id));
    }
    let messages = visit.console.held_messages.clone();
    let messages = messages.filter(|_| held.keeps_message());
    let messages = messages.ok_or(Failure::NotFound)?;
    let copy = held.copy.clone();
    let message = tokio::task::spawn_blocking(move || messages.message(&copy));
    let message = message.await.map_err(Failure::broken)?;
    let message = message.map_err(|_| Failure::NotFound)?;
    let values = context! {
        title => "The message",
        facts => facts(&visit, held),
        texts => message.texts,
        files => message.files,
        is_cut => message.is_cut,
        ..row(&visit, &kept)
    };
    visit.show("held-mail/text.html", values)
}
