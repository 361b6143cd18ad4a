//! Opening a service again before its day.

use axum::extract::Path;
use matters::machine::{Machine as _, Refused};
use matters::withdrawal::{Stage, Step, Withdrawal};
use minijinja::context;
use register_store::matters_kept::Kept;

use super::{LIMITS, PAGE, facts, found, row};
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::visit::{Answer, Visit};

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

/// The step that ends it as it stands, or why nothing does: one that is not carried out yet is taken
/// back before it is.
pub(super) fn step(visit: &Visit, kept: &Kept<Withdrawal>) -> Result<Step, Failure> {
    visit.may(LIMITS, &kept.matter.person)?;
    let (image, act) = (visit.image(), visit.act().because("to be given"));
    let ended = |step: Step| {
        kept.matter
            .take(step.clone(), &act, &image.world())
            .map(|_| step)
    };
    match ended(Step::Restore) {
        Err(Refused::State { .. }) => Ok(ended(Step::Reject)?),
        step => Ok(step?),
    }
}

pub(super) async fn ask(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    step(&visit, &kept)?;
    shown(&visit, &kept, &Form::default()).await
}

async fn shown(visit: &Visit, kept: &Kept<Withdrawal>, form: &Form) -> Answer {
    let history = visit.history(&kept.id).await?;
    let values = context! {
        title => "End this limit",
        facts => facts(visit, kept, &history),
        version => kept.version.0,
        ..row(visit, kept)
    };
    visit.show_form("service-limits/end.html", form, values)
}

pub(super) async fn end(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let kept = found(&visit, reference).await?;
    visit.may(LIMITS, &kept.matter.person)?;
    let text = Text::required("Enter why it is no longer needed");
    let reason = form.text("reason", &text.longest(LONGEST).lines());
    if !form.is_good() {
        return shown(&visit, &kept, &form).await;
    }
    let expected = form.version()?;
    if expected != kept.version {
        return Err(Failure::Stale);
    }
    let step = step(&visit, &kept)?;
    let history = visit.history(&kept.id).await?;
    let act = visit
        .act_on(&facts(&visit, &kept, &history))
        .because(reason);
    let store = &visit.console.store;
    store
        .take::<Withdrawal>(&kept.id, Some(expected), step, &act)
        .await?;
    visit.to(&format!("/{}/ended", kept.id))
}

pub(super) async fn done(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    if !matches!(kept.matter.stage, Stage::Restored | Stage::Rejected) {
        return Err(Failure::NotFound);
    }
    let values = context! {
        title => "Limit ended",
        back => PAGE.path,
        ..row(&visit, &kept)
    };
    visit.show("service-limits/ended.html", values)
}
