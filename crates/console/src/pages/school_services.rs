//! *School services*: central services are withdrawn from a school that misuses them, and given back.
//! Its governors are told, and answer here.

mod raising;

use axum::Router;
use matters::id::UnitId;
use matters::school_services::{SchoolServices, State, Step};
use minijinja::{Value, context};
use register_store::matters_kept::Kept;

use super::{Group, Page};
use crate::Console;
use crate::deciding::withdrawal::named;
use crate::duty::Duty;
use crate::failure::Failure;
use crate::of_matters::{self, Act, OfMatters, nothing};
use crate::questions;
use crate::visit::Visit;
use crate::words::moment_in_words;

pub(super) const PAGE: Page = Page {
    action: "school-services",
    path: "/school-services",
    title: "School services",
    group: Group::Registers,
    routes,
};

fn routes() -> Router<Console> {
    of_matters::routes::<SchoolServices>()
        .merge(questions::routes::<raising::Question>())
        .merge(of_matters::act_routes::<SchoolServices>())
}

fn in_words(state: State) -> (&'static str, &'static str) {
    match state {
        State::Concern => ("Waits for the governors", "yellow"),
        State::Answered => ("The governors have answered", "blue"),
        State::Withdrawn => ("Withdrawn", "red"),
        State::Restored => ("Given back", "grey"),
        State::Dropped => ("Dropped", "grey"),
    }
}

/// Whether whoever looks withdraws services from schools; else they govern some.
fn withdraws(visit: &Visit) -> bool {
    let duties = &visit.viewer.duties;
    duties.contains(&Duty::WithdrawsFromSchools)
}

fn name(visit: &Visit, school: &UnitId) -> String {
    let image = visit.image();
    let unit = image.people().unit(school);
    unit.map_or_else(|| school.as_str().to_owned(), |unit| unit.name.clone())
}

impl OfMatters for SchoolServices {
    const PAGE: &'static Page = &PAGE;
    const LIST: &'static str = "school-services/list.html";

    fn acts() -> &'static [Act<Self>] {
        &ACTS
    }

    /// Those who withdraw see all of it, governors what is about their own school.
    fn may_see(&self, visit: &Visit) -> bool {
        let image = visit.image();
        withdraws(visit) || self.is_governed_by(&visit.viewer.person, visit.at, &image.world())
    }

    fn beside(visit: &Visit) -> Result<Value, Failure> {
        Ok(context! { withdraws => withdraws(visit) })
    }

    fn heading(visit: &Visit, kept: &Kept<Self>) -> String {
        name(visit, &kept.matter.school)
    }

    fn row(visit: &Visit, kept: &Kept<Self>) -> Value {
        let (state, colour) = in_words(kept.matter.state);
        context! {
            school => name(visit, &kept.matter.school),
            services => named(&kept.matter.services, &visit.image().world()),
            since => moment_in_words(kept.changed_at, &visit.console.zone),
            state,
            colour,
        }
    }

    fn facts(visit: &Visit, kept: &Kept<Self>) -> Vec<Value> {
        let matter = &kept.matter;
        let moment = |at| moment_in_words(at, &visit.console.zone);
        let withdrawn = matter.withdrawn_at.map(moment);
        let withdrawn = withdrawn.unwrap_or_else(|| "Not withdrawn".to_owned());
        vec![
            context! { key => "School", value => name(visit, &matter.school) },
            context! { key => "Services", values => named(&matter.services, &visit.image().world()) },
            context! { key => "Withdrawn since", value => withdrawn },
            context! { key => "Last changed", value => moment(kept.changed_at) },
        ]
    }
}

static ACTS: [Act<SchoolServices>; 4] = [
    Act {
        id: "answer",
        label: "Answer for the school",
        step: || Step::Answer,
        asks: Some([
            "What does the school do about it?",
            "Enter what the school does about it",
        ]),
        says: nothing,
        warning: &[],
    },
    Act {
        id: "withdraw",
        label: "Withdraw the services",
        step: || Step::Withdraw,
        asks: Some([
            "Why are they withdrawn now?",
            "Enter why they are withdrawn now",
        ]),
        says: nothing,
        warning: &[
            "They are shut within two seconds for everybody who works at the school.",
            "Its governors are told, with your reason.",
            "They stay shut until you give them back.",
        ],
    },
    Act {
        id: "drop",
        label: "Drop the concern",
        step: || Step::Drop,
        asks: Some([
            "Why does nothing follow from it?",
            "Enter why nothing follows from it",
        ]),
        says: nothing,
        warning: &[],
    },
    Act {
        id: "restore",
        label: "Give the services back",
        step: || Step::Restore,
        asks: Some(["Why are they given back?", "Enter why they are given back"]),
        says: nothing,
        warning: &[],
    },
];

#[cfg(test)]
mod tests;
