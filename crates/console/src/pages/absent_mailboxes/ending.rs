//! Ending one before its time.

use axum::extract::Path;
use matters::delegation::{Delegation, Step};
use matters::machine::Machine as _;
use minijinja::context;
use register_store::matters_kept::Kept;

use super::{OPENS, found, words};
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::visit::{Answer, Visit};

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

/// Whether whoever looks can end it now: by the process, and by the console's rules.
pub(super) fn is_open_to(visit: &Visit, kept: &Kept<Delegation>) -> bool {
    check(visit, kept).is_ok()
}

/// Says why it cannot be done, in the process's own words.
fn check(visit: &Visit, kept: &Kept<Delegation>) -> Result<(), Failure> {
    visit.may(OPENS, &kept.matter.owner)?;
    let image = visit.image();
    kept.matter.take(Step::End, &visit.act(), &image.world())?;
    Ok(())
}

pub(super) async fn ask(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    check(&visit, &kept)?;
    shown(&visit, &kept, &Form::default())
}

fn shown(visit: &Visit, kept: &Kept<Delegation>, form: &Form) -> Answer {
    let values = context! {
        title => "Close the mailbox again",
        what => words::title(visit, &kept.matter),
        reference => kept.id.as_str(),
        facts => words::facts(visit, &kept.matter),
        version => kept.version.0,
    };
    visit.show_form("absent-mailboxes/end.html", form, values)
}

pub(super) async fn end(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let kept = found(&visit, reference).await?;
    visit.may(OPENS, &kept.matter.owner)?;
    let text = Text::required("Enter why it is closed again");
    let reason = form.text("reason", &text.longest(LONGEST).lines());
    if !form.is_good() {
        return shown(&visit, &kept, &form);
    }
    let act = visit
        .act_on(&words::facts(&visit, &kept.matter))
        .because(reason);
    let expected = Some(form.version()?);
    let store = &visit.console.store;
    store
        .take::<Delegation>(&kept.id, expected, Step::End, &act)
        .await?;
    visit.to(&format!("/{}", kept.id))
}
