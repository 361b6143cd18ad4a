//! Asking for a message that waits.

use axum::extract::Path;
use matters::held_mail::{HeldMail, Step};
use matters::machine::Machine as _;
use minijinja::context;
use register_store::matters_kept::Kept;

use super::found;
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::visit::{Answer, Visit};

/// Longest reason, in characters.
pub(super) const LONGEST: usize = 2_000;

/// Whether whoever looks can ask for it now.
pub(super) fn can(visit: &Visit, held: &HeldMail) -> bool {
    let (image, act) = (visit.image(), visit.act().because("to be given"));
    held.take(Step::Ask, &act, &image.world()).is_ok()
}

pub(super) async fn form(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, &reference).await?;
    if !can(&visit, &kept.matter) {
        return Err(Failure::NotYours);
    }
    shown(&visit, &kept, &Form::default())
}

fn shown(visit: &Visit, kept: &Kept<HeldMail>, form: &Form) -> Answer {
    let values = context! {
        title => "Ask for this message",
        reference => kept.id.as_str(),
        version => kept.version.0,
    };
    visit.show_form("held-mail/ask.html", form, values)
}

pub(super) async fn ask(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let kept = found(&visit, &reference).await?;
    let text = Text::required("Enter why it should go on");
    let reason = form.text("reason", &text.longest(LONGEST).lines());
    if !form.is_good() {
        return shown(&visit, &kept, &form);
    }
    let act = visit.act().because(reason);
    let expected = Some(form.version()?);
    let store = &visit.console.store;
    let taken = store
        .take::<HeldMail>(&kept.id, expected, Step::Ask, &act)
        .await;
    if let Err(error) = taken {
        form.refused(error.into())?;
        return shown(&visit, &kept, &form);
    }
    visit.to(&format!("/{}", kept.id))
}
