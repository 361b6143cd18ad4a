//! Enquiries to one mailbox: what nobody has answered, and since when. Whoever runs the mailbox sees who
//! wrote; to anybody else there are only numbers.

use axum::extract::{Path, Query};
use jiff::Timestamp;
use matters::enquiry::{Enquiry, SETTLED_AFTER_DAYS, State, Step};
use matters::id::MatterId;
use matters::machine::Machine as _;
use matters::mailbox::GenericMailbox;
use minijinja::{Value, context};
use register_store::matters_kept::{Filter, Kept};
use serde::Deserialize;

use super::{PAGE, found};
use crate::failure::Failure;
use crate::form::{Form, Text};
use crate::paging::Paging;
use crate::visit::{Answer, Visit, of};
use crate::words::moment_in_words;

/// Longest reason, in characters.
const LONGEST: usize = 2_000;

/// Enquiries on one page.
const ON_A_PAGE: usize = 25;

/// What the address narrows the list to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    state: String,
    after: String,
}

fn in_words(state: State) -> &'static str {
    match state {
        State::Waiting => "Waits",
        State::Answered => "Answered",
        State::NeedsNone => "Needs no answer",
        State::Settled => "Over",
    }
}

/// Whoever manages or administers it, and nobody who merely may see that it is there.
pub(super) fn runs(visit: &Visit, mailbox: &GenericMailbox) -> bool {
    let me = &visit.viewer.person;
    (mailbox.manager == *me && !mailbox.manager_left) || mailbox.administrators.contains_key(me)
}

async fn run_by(visit: &Visit, reference: String) -> Result<Kept<GenericMailbox>, Failure> {
    let kept = found(visit, reference).await?;
    let runs = runs(visit, &kept.matter);
    runs.then_some(kept).ok_or(Failure::NotYours)
}

/// How many wait, in one sentence.
pub(super) async fn standing(visit: &Visit, mailbox: &GenericMailbox) -> Result<String, Failure> {
    let standing = visit.console.store.enquiries_of(&mailbox.address).await?;
    let Some(oldest) = standing.oldest else {
        return Ok("None".to_owned());
    };
    let oldest = moment_in_words(oldest, &visit.console.zone);
    Ok(match standing.waiting {
        1 => format!("1, since {oldest}"),
        several => format!("{several}, the oldest since {oldest}"),
    })
}

pub(super) async fn list(
    visit: Visit,
    Path(reference): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let mailbox = run_by(&visit, reference).await?;
    let state = if wanted.state.is_empty() {
        State::Waiting.name()
    } else {
        &wanted.state
    };
    let after = Some(wanted.after.as_str()).filter(|after| !after.is_empty());
    let filter = Filter {
        about: Some(mailbox.matter.address.clone()),
        states: vec![state.to_owned()],
        after: after.map(MatterId::from),
        limit: ON_A_PAGE,
        ..Filter::default()
    };
    let page = visit.console.store.matters::<Enquiry>(&filter).await?;
    let rows = page.items.iter().map(|kept| row(&visit, kept));
    let last = page.items.last().filter(|_| page.more).map(|kept| &kept.id);
    let address = format!("{}/{}/enquiries", PAGE.path, mailbox.id);
    let filters = [("state", wanted.state.as_str())];
    let states = State::ALL
        .iter()
        .map(|state| context! { value => state.name(), text => in_words(*state) });
    let form = Form::with([("state", state.to_owned())]);
    let values = context! {
        title => "Enquiries",
        address => &mailbox.matter.address,
        reference => mailbox.id.as_str(),
        rows => rows.collect::<Vec<_>>(),
        states => states.collect::<Vec<_>>(),
        within => visit.console.people.mailboxes.answer_working_days,
        pages => of(Paging::after(&address, &filters, after, last)),
    };
    visit.show_form("generic-mailboxes/enquiries.html", &form, values)
}

fn row(visit: &Visit, kept: &Kept<Enquiry>) -> Value {
    let (image, enquiry) = (visit.image(), &kept.matter);
    let now = visit.console.now();
    let is_late = enquiry.state == State::Waiting && enquiry.late_from(&image.world()) <= now;
    context! {
        enquiry => kept.id.as_str(),
        from => &enquiry.from,
        since => moment_in_words(enquiry.since, &visit.console.zone),
        age => (enquiry.state == State::Waiting).then(|| age(enquiry.since, now)),
        answered => enquiry.answered_at.map(|at| moment_in_words(at, &visit.console.zone)),
        state => in_words(enquiry.state),
        is_late,
        asks => enquiry.asks_for_information,
    }
}

/// Whole days, as people count them.
fn age(since: Timestamp, now: Timestamp) -> String {
    match now.duration_since(since).as_hours() / 24 {
        ..=0 => "Less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

async fn enquiry(
    visit: &Visit,
    mailbox: &GenericMailbox,
    reference: &str,
) -> Result<Kept<Enquiry>, Failure> {
    let id = MatterId::from(reference);
    let kept = visit.console.store.matter::<Enquiry>(&id).await?;
    let is_its = kept.matter.mailbox == mailbox.address;
    is_its.then_some(kept).ok_or(Failure::NotFound)
}

pub(super) async fn show(
    visit: Visit,
    Path((reference, number)): Path<(String, String)>,
) -> Answer {
    let mailbox = run_by(&visit, reference).await?;
    let kept = enquiry(&visit, &mailbox.matter, &number).await?;
    shown(&visit, &mailbox, &kept, &Form::default())
}

fn shown(
    visit: &Visit,
    mailbox: &Kept<GenericMailbox>,
    kept: &Kept<Enquiry>,
    form: &Form,
) -> Answer {
    let (image, act) = (visit.image(), visit.act().because("to be given"));
    let taken = kept.matter.take(Step::NeedsNone, &act, &image.world());
    let values = context! {
        title => "Enquiry",
        address => &mailbox.matter.address,
        reference => mailbox.id.as_str(),
        version => kept.version.0,
        can_close => taken.is_ok(),
        settled_after => SETTLED_AFTER_DAYS,
        ..row(visit, kept)
    };
    visit.show_form("generic-mailboxes/enquiry.html", form, values)
}

/// It needs no answer.
pub(super) async fn close(
    visit: Visit,
    Path((reference, number)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let mailbox = run_by(&visit, reference).await?;
    let kept = enquiry(&visit, &mailbox.matter, &number).await?;
    let text = Text::required("Enter why it needs no answer");
    let reason = form.text("reason", &text.longest(LONGEST).lines());
    if !form.is_good() {
        return shown(&visit, &mailbox, &kept, &form);
    }
    let act = visit.act().because(reason);
    let expected = Some(form.version()?);
    let store = &visit.console.store;
    let taken = store
        .take::<Enquiry>(&kept.id, expected, Step::NeedsNone, &act)
        .await;
    if let Err(error) = taken {
        form.refused(error.into())?;
        return shown(&visit, &mailbox, &kept, &form);
    }
    visit.to(&format!("/{}/enquiries/{}", mailbox.id, kept.id))
}
