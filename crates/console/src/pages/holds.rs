//! *Holds*: what somebody has is kept although it would go, until those who placed the hold and the post that
//! has to agree say that it is no longer needed.
//!
//! The person it is about does not see it, whatever post they hold.

mod placing;

use axum::Router;
use matters::hold::{Covers, Hold, State, Step};
use minijinja::{Value, context};
use register_store::matters_kept::Kept;

use super::{Group, Page};
use crate::Console;
use crate::duty::Duty;
use crate::failure::Failure;
use crate::of_matters::{self, Act, OfMatters, nothing};
use crate::people_named::name_of;
use crate::questions;
use crate::visit::Visit;
use crate::words::{day_in_words, moment_in_words, post};

pub(super) const PAGE: Page = Page {
    action: "holds",
    path: "/holds",
    title: "Holds",
    group: Group::Registers,
    routes,
};

fn routes() -> Router<Console> {
    of_matters::routes::<Hold>()
        .merge(questions::routes::<placing::Question>())
        .merge(of_matters::act_routes::<Hold>())
}

fn in_words(state: State) -> (&'static str, &'static str) {
    match state {
        State::InEffect => ("In effect", "green"),
        State::ReleaseProposed => ("Waits for its end to be agreed", "yellow"),
        State::Released => ("Over", "grey"),
    }
}

/// What a hold is over, a sentence each.
fn covers_in_words(covers: &Covers) -> Vec<String> {
    let with = covers.with.as_ref().map(|with| match with.contains('@') {
        true => format!("Mail with {with}"),
        false => format!("Mail with anybody at {with}"),
    });
    let mut words = vec![with.unwrap_or_else(|| "All mail".to_owned())];
    words.extend(covers.from.map(|day| format!("From {}", day_in_words(day))));
    words.extend(
        covers
            .until
            .map(|day| format!("Up to {}", day_in_words(day))),
    );
    words
}

fn places(visit: &Visit) -> bool {
    visit.viewer.duties.contains(&Duty::PlacesHolds)
}

impl OfMatters for Hold {
    const PAGE: &'static Page = &PAGE;
    const LIST: &'static str = "holds/list.html";

    fn acts() -> &'static [Act<Self>] {
        &ACTS
    }

    fn may_see(&self, visit: &Visit) -> bool {
        self.person != visit.viewer.person
    }

    fn beside(visit: &Visit) -> Result<Value, Failure> {
        Ok(context! { places => places(visit) })
    }

    fn heading(_: &Visit, _: &Kept<Self>) -> String {
        "A hold".to_owned()
    }

    fn row(visit: &Visit, kept: &Kept<Self>) -> Value {
        let (state, colour) = in_words(kept.matter.state);
        context! {
            person => name_of(&visit.image(), &kept.matter.person),
            covers => covers_in_words(&kept.matter.covers),
            since => moment_in_words(kept.opened_at, &visit.console.zone),
            state,
            colour,
        }
    }

    fn facts(visit: &Visit, kept: &Kept<Self>) -> Vec<Value> {
        let hold = &kept.matter;
        let since = moment_in_words(kept.opened_at, &visit.console.zone);
        let placed_by = post(&visit.console.people, hold.placed_by.as_str());
        vec![
            context! { key => "Whose mail", value => name_of(&visit.image(), &hold.person) },
            context! { key => "What is kept", values => covers_in_words(&hold.covers) },
            context! { key => "Placed by", value => placed_by },
            context! { key => "Since", value => since },
        ]
    }
}

static ACTS: [Act<Hold>; 2] = [
    Act {
        id: "release",
        label: "End the hold",
        step: || Step::Release,
        asks: Some([
            "Why is it no longer needed?",
            "Enter why it is no longer needed",
        ]),
        says: |hold| match hold.state {
            State::ReleaseProposed => {
                "Somebody says that this hold is no longer needed. If you agree, what it is over can \
                 go again."
            }
            _ => "Once this is agreed, what the hold is over can go again.",
        },
        warning: &[],
    },
    Act {
        id: "keep",
        label: "Keep the hold",
        step: || Step::Keep,
        asks: Some(["Why is it still needed?", "Enter why it is still needed"]),
        says: nothing,
        warning: &[],
    },
];

#[cfg(test)]
mod tests;
