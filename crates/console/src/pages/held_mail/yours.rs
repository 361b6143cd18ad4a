//! Held mail for those who wrote it, or are to get it.

use axum::extract::Query;
use matters::held_mail::HeldMail;
use matters::id::MatterId;
use minijinja::{Value, context};
use register_store::matters_kept::{Filter, Kept};
use serde::Deserialize;

use super::{PAGE, asking, decides_any, words};
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
    let after = Some(place.after.as_str()).filter(|after| !after.is_empty());
    let filter = Filter {
        concerning: Some(visit.viewer.person.clone()),
        after: after.map(MatterId::from),
        limit: 25,
        ..Filter::default()
    };
    let page = visit.console.store.matters::<HeldMail>(&filter).await?;
    let rows = page.items.iter().map(|kept| row(&visit, kept));
    let last = page.items.last().filter(|_| page.more).map(|kept| &kept.id);
    let address = format!("{}/yours", PAGE.path);
    let values = context! {
        title => "Held mail to or from you",
        rows => rows.collect::<Vec<_>>(),
        decides_any => decides_any(&visit),
        pages => of(Paging::after(&address, &[], after, last)),
    };
    visit.show("held-mail/yours.html", values)
}

fn row(visit: &Visit, kept: &Kept<HeldMail>) -> Value {
    let held = &kept.matter;
    let (state, colour) = words::state_to_them(held.state);
    context! {
        reference => kept.id.as_str(),
        subject => &held.subject,
        other => if held.sent { held.recipients.join(", ") } else { held.mail_from.clone() },
        sent => held.sent,
        since => moment_in_words(held.at, &visit.console.zone),
        state,
        colour,
    }
}

/// One message. Who decided is not said: they act for the council.
pub(super) fn shown(visit: &Visit, kept: &Kept<HeldMail>) -> Answer {
    let held = &kept.matter;
    let values = context! {
        title => "A message that was held",
        clauses => words::clauses(visit, held),
        // What was found in what somebody else wrote is between them and those who decide.
        findings => if held.sent && held.person == visit.viewer.person {
            words::findings(held)
        } else {
            Vec::new()
        },
        asked => held.asked.is_some(),
        can_ask => asking::can(visit, held),
        refused => &held.refused,
        ..row(visit, kept)
    };
    visit.show("held-mail/your-message.html", values)
}
