//! A page of matters of one kind: a list, a page for each, and a page for each thing that can be done about one.
//! Whether it can be done as things stand is the process's to say; it is asked before anything is shown.

use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use matters::id::MatterId;
use matters::machine::Refused;
use minijinja::value::merge_maps;
use minijinja::{Value, context};
use register_store::Stored;
use register_store::matters_kept::{Filter, Kept};
use serde::Deserialize;

use crate::Console;
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::pages::Page;
use crate::paging::Paging;
use crate::reading_on::read_on;
use crate::visit::{Answer, Visit, of};

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

/// A kind of matter that has such a page.
pub(crate) trait OfMatters: Stored<Step: Send> + Sized {
    /// The page.
    const PAGE: &'static Page;
    /// The template of its list. It gets `rows`, `pages` and what [`beside`](Self::beside) gives.
    const LIST: &'static str;
    /// That of one matter, which `matter.html` can be by itself.
    const MATTER: &'static str = "matter.html";

    /// What can be done about one, where each takes a reason at most.
    fn acts() -> &'static [Act<Self>] {
        &[]
    }

    /// Whether whoever looks may see one. To anybody else it does not exist.
    fn may_see(&self, _visit: &Visit) -> bool {
        true
    }

    /// Which of them a list shows: what is over or what is not, unless the page says otherwise.
    fn listed(state: &str) -> Filter {
        Filter {
            is_over: Some(state == "over"),
            ..Filter::default()
        }
    }

    /// What the list's template needs beside its rows.
    fn beside(_visit: &Visit) -> Result<Value, Failure> {
        Ok(context! {})
    }

    /// The heading of one matter's page.
    fn heading(visit: &Visit, kept: &Kept<Self>) -> String;

    /// What lists and pages show of one: `state` and `colour` and whatever the templates ask for.
    fn row(visit: &Visit, kept: &Kept<Self>) -> Value;

    /// What the page of one shows, as rows of a summary. Of these `row` does not need to know.
    fn facts(visit: &Visit, kept: &Kept<Self>) -> Vec<Value>;

    /// What the template of one needs beside that.
    fn more(_visit: &Visit, _kept: &Kept<Self>) -> Value {
        context! {}
    }

    /// What can be done about one now, as links.
    fn links(visit: &Visit, kept: &Kept<Self>) -> Vec<Value> {
        let acts = Self::acts().iter();
        let open = acts.filter(|act| act.is_open(visit, kept).is_ok());
        open.map(|act| act.link(kept)).collect()
    }
}

/// Something that can be done about a matter.
pub(crate) struct Act<M: Stored> {
    /// Its name in addresses.
    pub(crate) id: &'static str,
    pub(crate) label: &'static str,
    pub(crate) step: fn() -> M::Step,
    /// The question whose answer is the reason, and what is said where there is none; where none is asked
    /// for, nothing.
    pub(crate) asks: Option<[&'static str; 2]>,
    /// What is said beside it.
    pub(crate) says: fn(&M) -> &'static str,
    /// What is shown before it on a page of its own, where it takes something away.
    pub(crate) warning: &'static [&'static str],
}

/// Nothing is said beside an act.
pub(crate) fn nothing<M>(_: &M) -> &'static str {
    ""
}

impl<M: OfMatters> Act<M> {
    /// Whether it can be done as things stand, or why it cannot.
    fn is_open(&self, visit: &Visit, kept: &Kept<M>) -> Result<(), Refused> {
        let (image, act) = (visit.image(), visit.act().because("to be given"));
        let taken = kept.matter.take((self.step)(), &act, &image.world());
        taken.map(drop)
    }

    fn link(&self, kept: &Kept<M>) -> Value {
        let before = match self.warning {
            [] => "",
            _ => "/warning",
        };
        let href = format!("{}/{}/{}{before}", M::PAGE.path, kept.id, self.id);
        context! { text => self.label, href }
    }
}

/// The page's addresses.
pub(crate) fn routes<M: OfMatters>() -> Router<Console> {
    Router::new()
        .route("/", get(list::<M>))
        .route("/{reference}", get(show::<M>))
}

/// Those of what can be done.
pub(crate) fn act_routes<M: OfMatters>() -> Router<Console> {
    Router::new()
        .route("/{reference}/{act}", get(ask::<M>).post(act::<M>))
        .route("/{reference}/{act}/warning", get(warn::<M>))
}

/// What the address narrows the list to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    state: String,
    after: String,
}

async fn list<M: OfMatters>(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let filters = [("state", wanted.state.as_str())];
    let form = Form::with(filters.map(|(name, value)| (name, value.to_owned())));
    let after = Some(MatterId::from(wanted.after.as_str()));
    let after = after.filter(|_| !wanted.after.is_empty());
    let filter = Filter {
        after: after.clone(),
        ..M::listed(&wanted.state)
    };
    let part = read_on::<M>(&visit.console.store, filter, |matter| {
        matter.may_see(&visit)
    })
    .await?;
    let rows = part.items.iter().map(|kept| listed(&visit, kept));
    let after = after.as_ref().map(MatterId::as_str);
    let pages = Paging::after(M::PAGE.path, &filters, after, part.last.as_ref());
    let values = context! {
        rows => rows.collect::<Vec<_>>(),
        pages => of(pages),
        ..M::beside(&visit)?
    };
    visit.show_form(M::LIST, &form, values)
}

fn listed<M: OfMatters>(visit: &Visit, kept: &Kept<M>) -> Value {
    context! { reference => kept.id.as_str(), ..M::row(visit, kept) }
}

/// One whoever asks may see. To anybody else it does not exist.
pub(crate) async fn found<M: OfMatters>(
    visit: &Visit,
    reference: String,
) -> Result<Kept<M>, Failure> {
    let kept = visit
        .console
        .store
        .matter::<M>(&MatterId::new(reference))
        .await?;
    let may_see = kept.matter.may_see(visit);
    may_see.then_some(kept).ok_or(Failure::NotFound)
}

async fn show<M: OfMatters>(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found::<M>(&visit, reference).await?;
    let values = context! {
        title => M::heading(&visit, &kept),
        facts => M::facts(&visit, &kept),
        history => visit.history(&kept.id).await?,
        acts => M::links(&visit, &kept),
        ..listed(&visit, &kept)
    };
    visit.show(M::MATTER, merge_maps([M::more(&visit, &kept), values]))
}

/// The act an address names, where it can be done as things stand, or why it cannot.
fn open<M: OfMatters>(visit: &Visit, kept: &Kept<M>, id: &str) -> Result<&'static Act<M>, Failure> {
    let named = M::acts().iter().find(|act| act.id == id);
    let named = named.ok_or(Failure::NotFound)?;
    named.is_open(visit, kept)?;
    Ok(named)
}

async fn warn<M: OfMatters>(visit: Visit, Path((reference, id)): Path<(String, String)>) -> Answer {
    let kept = found::<M>(&visit, reference).await?;
    let act = open(&visit, &kept, &id)?;
    if act.warning.is_empty() {
        return Err(Failure::NotFound);
    }
    let values = context! {
        title => format!("{}?", act.label),
        act => act.id,
        sentences => act.warning.to_vec(),
        facts => M::facts(&visit, &kept),
        ..listed(&visit, &kept)
    };
    visit.show("matter-before.html", values)
}

async fn ask<M: OfMatters>(visit: Visit, Path((reference, id)): Path<(String, String)>) -> Answer {
    let kept = found::<M>(&visit, reference).await?;
    let act = open(&visit, &kept, &id)?;
    shown(&visit, &kept, act, &Form::default())
}

fn shown<M: OfMatters>(visit: &Visit, kept: &Kept<M>, act: &Act<M>, form: &Form) -> Answer {
    let values = context! {
        title => act.label,
        says => (act.says)(&kept.matter),
        asks => act.asks.map(|[question, _]| question),
        facts => M::facts(visit, kept),
        version => kept.version.0,
        warns => !act.warning.is_empty(),
        longest => LONGEST,
        ..listed(visit, kept)
    };
    visit.show_form("matter-act.html", form, values)
}

async fn act<M: OfMatters>(
    visit: Visit,
    Path((reference, id)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let kept = found::<M>(&visit, reference).await?;
    let named = open(&visit, &kept, &id)?;
    let mut act = visit.act();
    if let Some([_, missing]) = named.asks {
        let text = Text::required(missing).longest(LONGEST).lines();
        act = act.because(form.text("reason", &text));
    }
    if !form.is_good() {
        return shown(&visit, &kept, named, &form);
    }
    let expected = Some(form.version()?);
    let store = &visit.console.store;
    let taken = store.take::<M>(&kept.id, expected, (named.step)(), &act);
    if let Err(error) = taken.await {
        form.refused(error.into())?;
        return shown(&visit, &kept, named, &form);
    }
    visit.to(&format!("/{}", kept.id))
}
