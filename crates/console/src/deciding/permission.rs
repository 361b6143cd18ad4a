//! Permissions: advice, and the signatures that grant them.

use matters::permission::{Permission, Step};
use matters::world::World;

use super::{Decided, Decision, Fact, Given, Grantable, Stand, Why};
use crate::duty::Duty;
use crate::visit::Visit;
use crate::words::{self, moment_in_words};

impl Decided for Permission {
    const FILTER: &'static str = "permission";
    const SEE: &'static str = "see-permission";
    const DECISIONS: &'static [Decision] = &[
        Decision {
            id: "advise",
            actions: &["advise-on-permission"],
            label: "Advise how to do it",
            why: Why::Method,
            warning: &[],
            done: &[("advise", "Advice recorded")],
        },
        Decision {
            id: "approve",
            actions: &["decide-permission"],
            label: "Grant it",
            why: Why::Terms,
            warning: &[],
            done: &[
                ("approve", "Permission granted"),
                ("sign", "Signed; another signature is still needed"),
            ],
        },
        Decision {
            id: "refuse",
            actions: &["decide-permission"],
            label: "Refuse it",
            why: Why::Reason,
            warning: &[],
            done: &[("refuse", "Permission refused")],
        },
    ];
    const STANDS: &'static [Stand] = &[
        Stand {
            state: "requested",
            duties: &[Duty::Grants, Duty::Advises],
            managers: true,
        },
        Stand {
            state: "advised",
            duties: &[Duty::Grants],
            managers: true,
        },
    ];

    fn step(&self, decision: &Decision, given: &Given) -> Option<Step> {
        Some(match decision.id {
            "advise" => Step::Advise {
                method: given.method.clone(),
            },
            "approve" => Step::Approve {
                narrowed: given.narrowed.clone(),
            },
            "refuse" => Step::Refuse,
            _ => return None,
        })
    }

    fn title(&self, world: &World<'_>) -> String {
        words::permission(world.settings, &self.kind)
    }

    fn facts(&self, visit: &Visit, world: &World<'_>) -> Vec<Fact> {
        let name = |id| world.people.person(id).map(|person| person.name.clone());
        let moment = |at| moment_in_words(at, &visit.console.zone);
        let mut facts = vec![Fact::new("Permission", self.title(world))];
        facts.extend(name(&self.person).map(|name| Fact::new("For", name)));
        if self.asked_by != self.person {
            facts.extend(name(&self.asked_by).map(|name| Fact::new("Asked for by", name)));
        }
        facts.push(Fact::new("Needed for", self.why.clone()));
        if !self.terms.scope.is_empty() {
            facts.push(Fact::list("Limited to", self.terms.scope.clone()));
        }
        match self.done_at {
            Some(at) => facts.push(Fact::new("Done already, on", moment(at))),
            None => {
                facts.push(Fact::new("From", moment(self.terms.from)));
                facts.push(Fact::new("Until", moment(self.terms.until)));
            }
        }
        let uses = self.terms.uses.map(|uses| uses.to_string());
        facts.push(Fact::new(
            "Uses",
            uses.unwrap_or_else(|| "Any number".to_owned()),
        ));
        if !self.terms.conditions.is_empty() {
            facts.push(Fact::list("Conditions", self.terms.conditions.clone()));
        }
        facts.extend(
            self.advice
                .clone()
                .map(|advice| Fact::new("Advice", advice)),
        );
        let signed = self.signatures.iter().filter_map(|one| name(&one.by));
        let signed: Vec<_> = signed.collect();
        if !signed.is_empty() {
            facts.push(Fact::list("Signed by", signed));
        }
        facts
    }

    fn clauses(&self, _: &World<'_>) -> Vec<String> {
        self.rules.clauses.clone()
    }

    fn terms(&self) -> Option<Grantable<'_>> {
        Some(Grantable {
            terms: &self.terms,
            has_time: self.done_at.is_none(),
        })
    }

    fn is_sealed(&self) -> bool {
        self.rules.sealed
    }
}
