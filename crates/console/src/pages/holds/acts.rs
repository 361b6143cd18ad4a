//! Ending a hold, and keeping it. Each says why.

use axum::extract::Path;
use matters::hold::{Hold, State, Step};
use matters::machine::{Machine as _, Refused};
use minijinja::{Value, context};
use register_store::matters_kept::Kept;

use super::{PAGE, found, row};
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::visit::{Answer, Visit};

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

/// One thing that can be done.
struct Act {
    /// Its name in addresses.
    id: &'static str,
    label: &'static str,
    step: Step,
    /// What is asked with it.
    asks: &'static str,
    missing: &'static str,
}

static ACTS: [Act; 2] = [
    Act {
        id: "release",
        label: "End the hold",
        step: Step::Release,
        asks: "Why is it no longer needed?",
        missing: "Enter why it is no longer needed",
    },
    Act {
        id: "keep",
        label: "Keep the hold",
        step: Step::Keep,
        asks: "Why is it still needed?",
        missing: "Enter why it is still needed",
    },
];

impl Act {
    /// Whether it can be done as things stand, or why it cannot.
    fn is_open(&self, visit: &Visit, kept: &Kept<Hold>) -> Result<(), Refused> {
        let (image, act) = (visit.image(), visit.act().because("to be given"));
        let taken = kept.matter.take(self.step.clone(), &act, &image.world());
        taken.map(drop)
    }
}

/// Acts open to whoever looks, as links.
pub(super) fn offered(visit: &Visit, kept: &Kept<Hold>) -> Vec<Value> {
    let acts = ACTS.iter().filter(|act| act.is_open(visit, kept).is_ok());
    let link = |act: &Act| {
        let href = format!("{}/{}/{}", PAGE.path, kept.id, act.id);
        context! { text => act.label, href }
    };
    acts.map(link).collect()
}

/// The act an address names, where it can be done as things stand, or why it cannot.
fn open(visit: &Visit, kept: &Kept<Hold>, id: &str) -> Result<&'static Act, Failure> {
    let named = ACTS.iter().find(|act| act.id == id);
    let named = named.ok_or(Failure::NotFound)?;
    named.is_open(visit, kept)?;
    Ok(named)
}

pub(super) async fn ask(visit: Visit, Path((reference, id)): Path<(String, String)>) -> Answer {
    let kept = found(&visit, reference).await?;
    let act = open(&visit, &kept, &id)?;
    shown(&visit, &kept, act, &Form::default())
}

fn shown(visit: &Visit, kept: &Kept<Hold>, act: &Act, form: &Form) -> Answer {
    let values = context! {
        title => act.label,
        asks => act.asks,
        ends => act.step == Step::Release,
        is_proposed => kept.matter.state == State::ReleaseProposed,
        version => kept.version.0,
        longest => LONGEST,
        ..row(visit, kept)
    };
    visit.show_form("holds/act.html", form, values)
}

pub(super) async fn act(
    visit: Visit,
    Path((reference, id)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let kept = found(&visit, reference).await?;
    let named = open(&visit, &kept, &id)?;
    let text = Text::required(named.missing).longest(LONGEST).lines();
    let reason = form.text("reason", &text);
    if !form.is_good() {
        return shown(&visit, &kept, named, &form);
    }
    let act = visit.act().because(reason);
    let expected = Some(form.version()?);
    let store = &visit.console.store;
    let taken = store.take::<Hold>(&kept.id, expected, named.step.clone(), &act);
    if let Err(error) = taken.await {
        form.refused(error.into())?;
        return shown(&visit, &kept, named, &form);
    }
    visit.to(&format!("/{}", kept.id))
}
