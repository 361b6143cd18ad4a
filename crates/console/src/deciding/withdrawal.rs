//! Leavers and withdrawals: a second source confirms them, or finds them mistaken; what was withdrawn
//! is given back.

use std::collections::BTreeSet;

use matters::event::Actor;
use matters::withdrawal::{Kind, Step, Withdrawal};
use matters::world::World;

use super::{Decided, Decision, Fact, Given, Stand, Why};
use crate::duty::Duty;
use crate::visit::Visit;
use crate::words::moment_in_words;

impl Decided for Withdrawal {
    const FILTER: &'static str = "withdrawal";
    const SEE: &'static str = "see-withdrawal";
    const DECISIONS: &'static [Decision] = &[
        Decision {
            id: "verify",
            actions: &["notify-leaving"],
            label: "Confirm that they leave",
            why: Why::Nothing,
            warning: &[],
            done: &[("verify", "Leaving confirmed")],
        },
        Decision {
            id: "reject",
            actions: &["notify-leaving", "order-withdrawal", "limit-service"],
            label: "This is a mistake",
            why: Why::Reason,
            warning: &[],
            done: &[("reject", "Recorded as a mistake")],
        },
        Decision {
            id: "restore",
            actions: &["notify-leaving", "restore-service"],
            label: "Give the services back",
            why: Why::Reason,
            warning: &[
                "What was withdrawn opens again within two seconds of your decision.",
                "Access that needs to be confirmed anew waits for that.",
                "The person is told.",
            ],
            done: &[("restore", "Services given back")],
        },
    ];
    const STANDS: &'static [Stand] = &[
        Stand {
            state: "notified",
            duties: &[Duty::NotifiesLeaving, Duty::Verifies],
            managers: true,
        },
        Stand {
            state: "disabled",
            duties: &[Duty::NotifiesLeaving, Duty::Verifies],
            managers: true,
        },
        Stand {
            state: "handover",
            duties: &[Duty::NotifiesLeaving, Duty::Verifies],
            managers: true,
        },
    ];

    fn step(&self, decision: &Decision, _: &Given) -> Option<Step> {
        match decision.id {
            "verify" => Some(Step::Verify),
            "reject" => Some(Step::Reject),
            "restore" => Some(Step::Restore),
            _ => None,
        }
    }

    /// Only a leaver nobody has confirmed waits for somebody.
    fn is_asked(&self, decision: &Decision, _: &World<'_>) -> bool {
        decision.id == "verify"
    }

    fn title(&self, _: &World<'_>) -> String {
        in_words(&self.kind).to_owned()
    }

    fn facts(&self, visit: &Visit, world: &World<'_>) -> Vec<Fact> {
        let name = |id| world.people.person(id).map(|person| person.name.clone());
        let moment = |at| moment_in_words(at, &visit.console.zone);
        let mut facts = vec![Fact::new("Kind", in_words(&self.kind))];
        facts.extend(name(&self.person).map(|name| Fact::new("Who", name)));
        match &self.kind {
            Kind::Partial { services } | Kind::NetworkProtection { services } => {
                facts.push(Fact::list("Services", named(services, world)));
            }
            Kind::Leaving | Kind::Permanent | Kind::Temporary => {
                facts.push(Fact::new("Services", "All"));
            }
        }
        facts.push(Fact::new("From", moment(self.effective_at)));
        facts.extend(self.until.map(|at| Fact::new("Until", moment(at))));
        let by = match &self.by {
            Actor::Person(person) => name(person),
            Actor::Feed(_) => Some("The personnel system".to_owned()),
            Actor::Rule(_) => Some("A decision in another matter".to_owned()),
            Actor::Operator(_) => Some("Whoever looks after the server".to_owned()),
        };
        facts.extend(by.map(|by| Fact::new("Said by", by)));
        let verified = self.verified.as_ref();
        facts.extend(verified.map(|one| Fact::new("Confirmed on", moment(one.at))));
        facts
    }

    fn clauses(&self, world: &World<'_>) -> Vec<String> {
        world.settings.withdrawal.clauses.clone()
    }
}

/// A kind as people say it.
pub(crate) fn in_words(kind: &Kind) -> &'static str {
    match kind {
        Kind::Leaving => "Leaver",
        Kind::Permanent => "All services withdrawn for good",
        Kind::Temporary => "All services withdrawn for a time",
        Kind::Partial { .. } => "Some services withdrawn",
        Kind::NetworkProtection { .. } => "Some services limited to protect the network",
    }
}

/// Services in words.
pub(crate) fn named(services: &BTreeSet<String>, world: &World<'_>) -> Vec<String> {
    let name = |service: &String| {
        world
            .settings
            .services
            .get(service)
            .unwrap_or(service)
            .clone()
    };
    services.iter().map(name).collect()
}
