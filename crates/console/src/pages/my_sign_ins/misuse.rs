//! A sign that one's own sign-in is misused: what was seen, and whether it was oneself.

use axum::extract::Path;
use matters::id::{MatterId, PersonId};
use matters::machine::Machine as _;
use matters::sign_in_misuse::{SignInMisuse, Step};
use minijinja::{Value, context};
use register_store::matters_kept::{Filter, Kept};

use super::super::misuse_of_sign_ins::words;
use crate::failure::Failure;
use crate::form::Form;
use crate::visit::{Answer, Visit};

/// Those that are open, as links.
pub(super) async fn open(visit: &Visit) -> Result<Vec<Value>, Failure> {
    let filter = Filter {
        subject: Some(visit.viewer.person.clone()),
        is_over: Some(false),
        ..Filter::default()
    };
    let page = visit.console.store.matters::<SignInMisuse>(&filter).await?;
    let link = |kept: &Kept<SignInMisuse>| {
        context! { text => words::what(&kept.matter), reference => kept.id.as_str() }
    };
    Ok(page.items.iter().map(link).collect())
}

/// One about oneself; nobody else's is here.
async fn found(visit: &Visit, reference: String) -> Result<Kept<SignInMisuse>, Failure> {
    let id = MatterId::new(reference);
    let kept = visit.console.store.matter::<SignInMisuse>(&id).await?;
    let is_own = |person: &PersonId| *person == visit.viewer.person;
    is_own(&kept.matter.person)
        .then_some(kept)
        .ok_or(Failure::NotFound)
}

pub(super) async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    shown(&visit, &kept, &Form::default())
}

fn shown(visit: &Visit, kept: &Kept<SignInMisuse>, form: &Form) -> Answer {
    let (image, matter) = (visit.image(), &kept.matter);
    let step = Step::Answer { was_me: true };
    let (state, colour) = words::state(matter.state);
    let values = context! {
        title => words::what(matter),
        reference => kept.id.as_str(),
        version => kept.version.0,
        facts => words::of_both(visit, matter),
        can_answer => matter.take(step, &visit.act(), &image.world()).is_ok(),
        state,
        colour,
    };
    visit.show_form("my-sign-ins/misuse.html", form, values)
}

pub(super) async fn answer(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let kept = found(&visit, reference).await?;
    let named = |name: &str| match name {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    let was_me = form.choice("was_me", named, "Select whether it was you");
    let (Some(was_me), true) = (was_me, form.is_good()) else {
        return shown(&visit, &kept, &form);
    };
    let (store, act) = (&visit.console.store, visit.act());
    let expected = Some(form.version()?);
    let step = Step::Answer { was_me };
    let taken = store.take::<SignInMisuse>(&kept.id, expected, step, &act);
    if let Err(error) = taken.await {
        form.refused(error.into())?;
        return shown(&visit, &kept, &form);
    }
    visit.to("?done=told")
}
