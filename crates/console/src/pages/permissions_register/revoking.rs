//! Taking a permission back: what that does is said first, then a reason is asked for.

use axum::extract::Path;
use matters::machine::Machine;
use matters::permission::{Permission, State, Step};
use minijinja::context;
use register_store::matters_kept::Kept;

use super::{PAGE, facts, found};
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::people_named::name_of;
use crate::visit::{Answer, Visit};
use crate::words;

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

/// Whether whoever looks can take it back now: by the process, and by the console's rules.
pub(super) fn is_open_to(visit: &Visit, kept: &Kept<Permission>) -> bool {
    let (image, act) = (visit.image(), visit.act().because("to be given"));
    let taken = kept.matter.take(Step::Revoke, &act, &image.world());
    taken.is_ok() && visit.allows("revoke-permission", &kept.matter.person)
}

pub(super) async fn warn(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    check(&visit, &kept)?;
    let values = context! {
        title => "Take this permission back?",
        what => words::permission(&visit.console.people, &kept.matter.kind),
        person => name_of(&visit.image(), &kept.matter.person),
        reference => kept.id.as_str(),
    };
    visit.show("permissions-register/warning.html", values)
}

/// Says why it cannot be done, in the process's own words.
fn check(visit: &Visit, kept: &Kept<Permission>) -> Result<(), Failure> {
    visit.may("revoke-permission", &kept.matter.person)?;
    let (image, act) = (visit.image(), visit.act().because("to be given"));
    kept.matter.take(Step::Revoke, &act, &image.world())?;
    Ok(())
}

pub(super) async fn ask(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    check(&visit, &kept)?;
    shown(&visit, &kept, &Form::default())
}

fn shown(visit: &Visit, kept: &Kept<Permission>, form: &Form) -> Answer {
    let values = context! {
        title => "Take this permission back",
        what => words::permission(&visit.console.people, &kept.matter.kind),
        reference => kept.id.as_str(),
        facts => facts(visit, kept),
        version => kept.version.0,
    };
    visit.show_form("permissions-register/revoke.html", form, values)
}

pub(super) async fn revoke(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let kept = found(&visit, reference).await?;
    visit.may("revoke-permission", &kept.matter.person)?;
    let text = Text::required("Enter why it is taken back");
    let reason = form.text("reason", &text.longest(LONGEST).lines());
    if !form.is_good() {
        return shown(&visit, &kept, &form);
    }
    let act = visit.act_on(&facts(&visit, &kept)).because(reason);
    let store = &visit.console.store;
    let expected = Some(form.version()?);
    let taken = store
        .take::<Permission>(&kept.id, expected, Step::Revoke, &act)
        .await;
    if let Err(error) = taken {
        form.refused(error.into())?;
        return shown(&visit, &kept, &form);
    }
    visit.to(&format!("/{}/revoked", kept.id))
}

pub(super) async fn done(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    if kept.matter.state != State::Revoked {
        return Err(Failure::NotFound);
    }
    let values = context! {
        title => "Permission revoked",
        what => words::permission(&visit.console.people, &kept.matter.kind),
        person => name_of(&visit.image(), &kept.matter.person),
        reference => kept.id.as_str(),
        back => PAGE.path,
    };
    visit.show("permissions-register/done.html", values)
}
