//! *Misuse of sign-ins*: signs that somebody's sign-in is misused, read and answered by the service
//! desk. Whose sign-in it is reads of it on *My sign-ins*.

pub(super) mod words;

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use matters::id::MatterId;
use matters::machine::Machine as _;
use matters::sign_in_misuse::{SignInMisuse, Step};
use minijinja::{Value, context};
use register_store::matters_kept::{Filter, Kept};
use serde::Deserialize;

use super::{Group, Page};
use crate::Console;
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::paging::Paging;
use crate::people_named::name_of;
use crate::visit::{Answer, Visit, of};
use crate::words::moment_in_words;

pub(super) const PAGE: Page = Page {
    action: "misuse-of-sign-ins",
    path: "/misuse-of-sign-ins",
    title: "Misuse of sign-ins",
    group: Group::Desk,
    routes,
};

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .route("/{reference}", get(show).post(act))
}

/// Longest finding, in characters.
const LONGEST: usize = 2_000;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    state: String,
    after: String,
}

async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let filters = [("state", wanted.state.as_str())];
    let form = Form::with(filters.map(|(name, value)| (name, value.to_owned())));
    let after = Some(MatterId::from(wanted.after.as_str()));
    let after = after.filter(|_| !wanted.after.is_empty());
    let filter = Filter {
        is_over: Some(wanted.state == "over"),
        after: after.clone(),
        ..Filter::default()
    };
    let page = visit.console.store.matters::<SignInMisuse>(&filter).await?;
    let last = page.items.last().filter(|_| page.more).map(|kept| &kept.id);
    let after = after.as_ref().map(MatterId::as_str);
    let pages = Paging::after(PAGE.path, &filters, after, last);
    let image = visit.image();
    let rows = page.items.iter().map(|kept| {
        let (state, colour) = words::state(kept.matter.state);
        context! {
            reference => kept.id.as_str(),
            person => name_of(&image, &kept.matter.person),
            what => words::what(&kept.matter),
            last => moment_in_words(kept.matter.seen.last_at, &visit.console.zone),
            state,
            colour,
        }
    });
    let values = context! { rows => rows.collect::<Vec<_>>(), pages => of(pages) };
    visit.show_form("misuse-of-sign-ins/list.html", &form, values)
}

async fn found(visit: &Visit, reference: String) -> Result<Kept<SignInMisuse>, Failure> {
    let id = MatterId::new(reference);
    Ok(visit.console.store.matter::<SignInMisuse>(&id).await?)
}

async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    shown(&visit, &kept, &Form::default()).await
}

/// Whether whoever looks can take a step as things stand.
fn can(visit: &Visit, kept: &Kept<SignInMisuse>, step: Step) -> bool {
    let (image, act) = (visit.image(), visit.act());
    kept.matter.take(step, &act, &image.world()).is_ok()
}

async fn shown(visit: &Visit, kept: &Kept<SignInMisuse>, form: &Form) -> Answer {
    let matter = &kept.matter;
    let (state, colour) = words::state(matter.state);
    let person: Value = context! {
        key => "Whose sign-in",
        value => name_of(&visit.image(), &matter.person),
    };
    let mut facts = vec![person];
    facts.extend(words::facts(visit, matter));
    let close = Step::Close {
        finding: "to be given".to_owned(),
    };
    let values = context! {
        title => words::what(matter),
        reference => kept.id.as_str(),
        version => kept.version.0,
        can_read => can(visit, kept, Step::Acknowledge),
        can_close => can(visit, kept, close),
        history => visit.history(&kept.id).await?,
        longest => LONGEST,
        facts,
        state,
        colour,
    };
    visit.show_form("misuse-of-sign-ins/one.html", form, values)
}

async fn act(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let kept = found(&visit, reference).await?;
    let step = match form.raw("step") {
        "acknowledge" => Step::Acknowledge,
        "close" => {
            let text = Text::required("Enter what came of it");
            let finding = form.text("finding", &text.longest(LONGEST).lines());
            Step::Close { finding }
        }
        _ => return Err(Failure::NotOurForm),
    };
    if !form.is_good() {
        return shown(&visit, &kept, &form).await;
    }
    let (store, act) = (&visit.console.store, visit.act());
    let expected = Some(form.version()?);
    let taken = store.take::<SignInMisuse>(&kept.id, expected, step, &act);
    if let Err(error) = taken.await {
        form.refused(error.into())?;
        return shown(&visit, &kept, &form).await;
    }
    visit.to(&format!("/{}", kept.id))
}

#[cfg(test)]
mod tests;
