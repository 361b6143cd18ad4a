//! Words that were found by mistake and are passed over: who decides about held mail sees them, and
//! ends it where that was a mistake in its turn.

use axum::extract::{Path, Query};
use matters::allowed_words::{AllowedWords, State, Step};
use matters::id::MatterId;
use matters::machine::Machine as _;
use minijinja::{Value, context};
use register_store::matters_kept::{Filter, Kept};
use serde::Deserialize;

use super::asking::LONGEST;
use super::{PAGE, decides_any, words};
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::paging::Paging;
use crate::visit::{Answer, Visit, of};
use crate::words::moment_in_words;

/// Where the list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    after: String,
}

pub(super) async fn list(visit: Visit, Query(place): Query<Place>) -> Answer {
    if !decides_any(&visit) {
        return Err(Failure::NotAllowed);
    }
    let after = Some(place.after.as_str()).filter(|after| !after.is_empty());
    let filter = Filter {
        is_over: Some(false),
        after: after.map(MatterId::from),
        limit: 25,
        ..Filter::default()
    };
    let page = visit.console.store.matters::<AllowedWords>(&filter).await?;
    let rows = page.items.iter().map(|kept| row(&visit, kept));
    let last = page.items.last().filter(|_| page.more).map(|kept| &kept.id);
    let address = format!("{}/allowed-words", PAGE.path);
    let values = context! {
        title => "Allowed words",
        rows => rows.collect::<Vec<_>>(),
        pages => of(Paging::after(&address, &[], after, last)),
    };
    visit.show("held-mail/allowed.html", values)
}

fn row(visit: &Visit, kept: &Kept<AllowedWords>) -> Value {
    let allowed = &kept.matter;
    context! {
        reference => kept.id.as_str(),
        words => &allowed.words,
        label => words::label(&allowed.label),
        from => allowed.from.as_str(),
        since => moment_in_words(kept.opened_at, &visit.console.zone),
        until => moment_in_words(allowed.until, &visit.console.zone),
        state => match allowed.state {
            State::Active => "Passed over",
            State::Ended => "Ended",
            State::Expired => "Out of time",
        },
    }
}

async fn found(visit: &Visit, reference: &str) -> Result<Kept<AllowedWords>, Failure> {
    if !decides_any(visit) {
        return Err(Failure::NotFound);
    }
    let id = MatterId::from(reference);
    Ok(visit.console.store.matter::<AllowedWords>(&id).await?)
}

pub(super) async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, &reference).await?;
    shown(&visit, &kept, &Form::default())
}

fn shown(visit: &Visit, kept: &Kept<AllowedWords>, form: &Form) -> Answer {
    let (image, act) = (visit.image(), visit.act().because("to be given"));
    let can_end = kept.matter.take(Step::End, &act, &image.world()).is_ok();
    let values = context! {
        title => "Allowed words",
        version => kept.version.0,
        can_end,
        ..row(visit, kept)
    };
    visit.show_form("held-mail/allowed-words.html", form, values)
}

pub(super) async fn end(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let kept = found(&visit, &reference).await?;
    let text = Text::required("Enter why these words count again");
    let reason = form.text("reason", &text.longest(LONGEST).lines());
    if !form.is_good() {
        return shown(&visit, &kept, &form);
    }
    let act = visit.act().because(reason);
    let expected = Some(form.version()?);
    let store = &visit.console.store;
    let taken = store
        .take::<AllowedWords>(&kept.id, expected, Step::End, &act)
        .await;
    if let Err(error) = taken {
        form.refused(error.into())?;
        return shown(&visit, &kept, &form);
    }
    visit.to(&format!("/allowed-words/{}", kept.id))
}
