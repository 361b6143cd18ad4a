//! Notices by email: what waits, what was sent last, and who could not be told.

use jiff::SignedDuration;
use minijinja::{Value, context};
use register_store::notice_mail::{GivenUp, MailHealth};

use crate::failure::Failure;
use crate::people_named::name_of;
use crate::visit::Visit;
use crate::words::{age_in_words, moment_in_words};

/// Those given up that are shown.
const MOST: usize = 20;

/// A mail server that is restarted has them sooner.
const LONG: SignedDuration = SignedDuration::from_hours(1);

/// Nothing where notices are not sent by email: they wait for nobody then.
pub(super) async fn shown(visit: &Visit) -> Result<Option<Value>, Failure> {
    if !visit.console.settings.notices_by_email {
        return Ok(None);
    }
    let store = &visit.console.store;
    let health = store.notice_mail_health(visit.at, MOST).await?;
    let (state, colour) = in_words(visit, &health);
    let moment = |at| moment_in_words(at, &visit.console.zone);
    let image = visit.image();
    let given_up = |one: &GivenUp| {
        context! {
            person => name_of(&image, &one.person),
            at => moment(one.at),
            given_up_at => moment(one.given_up_at),
            why => one.why.clone(),
        }
    };
    Ok(Some(context! {
        state,
        colour,
        waiting => health.waiting,
        since => health.waiting_since.map(|at| age_in_words(at, visit.at)),
        last_sent_at => health.last_sent_at.map(moment),
        n_given_up => health.given_up,
        given_up => health.latest_given_up.iter().map(given_up).collect::<Vec<_>>(),
    }))
}

fn in_words(visit: &Visit, health: &MailHealth) -> (&'static str, &'static str) {
    let since = health.waiting_since;
    let long = since.is_some_and(|at| visit.at.duration_since(at) > LONG);
    match health {
        _ if long => ("Waiting too long", "red"),
        health if health.given_up > 0 => ("Some were given up", "orange"),
        health if health.waiting > 0 => ("Being sent", "blue"),
        _ => ("Well", "green"),
    }
}
