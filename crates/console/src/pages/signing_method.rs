//! *How people sign*: the posts the pack names agree to how people sign on a page, and take it back.
//! Until all have agreed, what is signed in ink is the only way.

mod proposing;

use axum::Router;
use axum::routing::get;
use matters::signing_method::{Agreement, SigningMethod, State, Step};
use minijinja::{Value, context};
use register_store::matters_kept::{Filter, Kept};

use super::{Group, Page};
use crate::Console;
use crate::failure::Failure;
use crate::of_matters::{self, Act, OfMatters, nothing};
use crate::people_named::name_of;
use crate::visit::Visit;
use crate::words::{moment_in_words, post};

pub(super) const PAGE: Page = Page {
    action: "signing-method",
    path: "/signing-method",
    title: "How people sign",
    group: Group::Registers,
    routes,
};

fn routes() -> Router<Console> {
    of_matters::routes::<SigningMethod>()
        .route("/new", get(proposing::ask).post(proposing::propose))
        .merge(of_matters::act_routes::<SigningMethod>())
}

fn in_words(state: State) -> (&'static str, &'static str) {
    match state {
        State::Proposed => ("Waits for agreement", "yellow"),
        State::Agreed => ("Agreed", "green"),
        State::Withdrawn => ("Taken back", "grey"),
    }
}

impl OfMatters for SigningMethod {
    const PAGE: &'static Page = &PAGE;
    const LIST: &'static str = "signing-method/list.html";

    fn acts() -> &'static [Act<Self>] {
        &ACTS
    }

    fn listed(_: &str) -> Filter {
        Filter::default()
    }

    fn beside(visit: &Visit) -> Result<Value, Failure> {
        Ok(context! {
            is_on => visit.image().world().signs_on_a_page(),
            can_propose => proposing::is_open(visit).is_ok(),
        })
    }

    fn heading(_: &Visit, _: &Kept<Self>) -> String {
        PAGE.title.to_owned()
    }

    fn row(visit: &Visit, kept: &Kept<Self>) -> Value {
        let (state, colour) = in_words(kept.matter.state);
        context! {
            description => kept.matter.description.clone(),
            since => moment_in_words(kept.changed_at, &visit.console.zone),
            state,
            colour,
        }
    }

    fn facts(visit: &Visit, kept: &Kept<Self>) -> Vec<Value> {
        let (image, matter) = (visit.image(), &kept.matter);
        let people = &visit.console.people;
        let moment = |at| moment_in_words(at, &visit.console.zone);
        let agreed = |one: &Agreement| {
            let (post, who) = (post(people, one.post.as_str()), name_of(&image, &one.by));
            format!("{post}: {who}, {}", moment(one.at))
        };
        let agreed: Vec<_> = matter.agreed.iter().map(agreed).collect();
        let missing = matter.missing(&people.signing);
        let missing = missing.iter().filter(|_| matter.state != State::Withdrawn);
        let missing: Vec<_> = missing.map(|label| post(people, label)).collect();
        vec![
            context! { key => "How people sign", value => matter.description.clone() },
            context! { key => "Agreed", values => agreed },
            context! { key => "Still to agree", values => missing, value => "Nobody" },
            context! { key => "Last changed", value => moment(kept.changed_at) },
        ]
    }
}

static ACTS: [Act<SigningMethod>; 2] = [
    Act {
        id: "agree",
        label: "Agree to it",
        step: || Step::Agree,
        asks: None,
        says: nothing,
        warning: &[],
    },
    Act {
        id: "withdraw",
        label: "Take it back",
        step: || Step::Withdraw,
        asks: Some(["Why?", "Enter why it is taken back"]),
        says: nothing,
        warning: &[
            "From then on nobody signs on a page, and people sign on paper.",
            "It stays so until all who are named have agreed again.",
            "What was signed before stays signed.",
        ],
    },
];

#[cfg(test)]
mod tests;
