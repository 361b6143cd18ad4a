//! Requests for access: who confirms the need, certifies, permits, and knows who somebody is.

use matters::access_request::{AccessRequest, Gate, Identity, Step};
use matters::world::World;

use super::given::capital;
use super::{Decided, Decision, Fact, Given, Stand, Why};
use crate::duty::Duty;
use crate::visit::Visit;
use crate::words::moment_in_words;

const NO_WARNING: &[&str] = &[];

impl Decided for AccessRequest {
    const FILTER: &'static str = "access";
    const SEE: &'static str = "see-request";
    const DECISIONS: &'static [Decision] = &[
        Decision {
            id: "authorise",
            actions: &["authorise-access"],
            label: "Confirm that it is needed",
            why: Why::Nothing,
            warning: NO_WARNING,
            done: &[("authorise", "Need confirmed")],
        },
        Decision {
            id: "certify",
            actions: &["certify-access"],
            label: "Certify who this is",
            why: Why::Nothing,
            warning: NO_WARNING,
            done: &[("certify", "Certificate given")],
        },
        Decision {
            id: "permit",
            actions: &["permit-access"],
            label: "Permit it",
            why: Why::Nothing,
            warning: NO_WARNING,
            done: &[("permit", "Access permitted")],
        },
        Decision {
            id: "confirm",
            actions: &["authorise-access", "certify-access", "permit-access"],
            label: "Confirm that it is still needed",
            why: Why::Nothing,
            warning: NO_WARNING,
            done: &[("confirm", "Access confirmed")],
        },
        Decision {
            id: "verify",
            actions: &["verify-identity"],
            label: "Identity and post are right",
            why: Why::Nothing,
            warning: NO_WARNING,
            done: &[("hr-verify", "Identity and post confirmed")],
        },
        Decision {
            id: "return",
            actions: &["authorise-access", "certify-access"],
            label: "Send it back to be put right",
            why: Why::ReasonAndClause,
            warning: NO_WARNING,
            done: &[("return", "Request sent back")],
        },
        Decision {
            id: "refuse",
            actions: &["authorise-access", "permit-access"],
            label: "Refuse it",
            why: Why::ReasonAndClause,
            warning: NO_WARNING,
            done: &[("refuse", "Request refused")],
        },
        Decision {
            id: "mismatch",
            actions: &["verify-identity"],
            label: "Identity or post is not as we know it",
            why: Why::Reason,
            warning: NO_WARNING,
            done: &[(
                "hr-mismatch",
                "Recorded that identity or post does not match",
            )],
        },
    ];
    const STANDS: &'static [Stand] = &[
        Stand {
            state: "awaiting-authorisation",
            duties: &[Duty::Authorises, Duty::Verifies],
            managers: false,
        },
        Stand {
            state: "awaiting-certification",
            duties: &[Duty::Certifies, Duty::Verifies],
            managers: false,
        },
        Stand {
            state: "awaiting-permission",
            duties: &[Duty::Permits, Duty::Verifies],
            managers: false,
        },
        Stand {
            state: "permitted",
            duties: &[Duty::Verifies],
            managers: false,
        },
        Stand {
            state: "mover-review",
            duties: &[
                Duty::Authorises,
                Duty::Certifies,
                Duty::Permits,
                Duty::Provisions,
            ],
            managers: false,
        },
    ];

    fn step(&self, decision: &Decision, given: &Given) -> Option<Step> {
        let clause = given.clause.clone();
        Some(match decision.id {
            "authorise" => Step::Authorise,
            "certify" => Step::Certify,
            "permit" => Step::Permit,
            "confirm" => Step::Confirm,
            "verify" => Step::HrVerify,
            "return" => Step::Return { clause },
            "refuse" => Step::Refuse { clause },
            "mismatch" => Step::HrMismatch,
            _ => return None,
        })
    }

    fn title(&self, world: &World<'_>) -> String {
        let name = world.settings.services.get(&self.service);
        name.unwrap_or(&self.service).clone()
    }

    fn facts(&self, visit: &Visit, world: &World<'_>) -> Vec<Fact> {
        let name = |id| world.people.person(id).map(|person| person.name.clone());
        let person = world.people.person(&self.person);
        let unit = person.and_then(|person| world.people.unit(person.unit.as_ref()?));
        let mut facts = vec![Fact::new("Service", self.title(world))];
        facts.extend(name(&self.person).map(|name| Fact::new("For", name)));
        let post = person.and_then(|person| person.job_title.clone());
        facts.extend(post.map(|post| Fact::new("Post", post)));
        facts.extend(unit.map(|unit| Fact::new("Works in", unit.name.clone())));
        facts.push(Fact::new("Needed for", self.wanted.need.clone()));
        let equipment = self.wanted.equipment.clone();
        facts.extend(equipment.map(|equipment| Fact::new("Equipment", equipment)));
        let until = self.wanted.until;
        facts.extend(until.map(|at| Fact::new("Until", moment_in_words(at, &visit.console.zone))));
        let sponsor = self.wanted.sponsor.as_ref().and_then(name);
        facts.extend(sponsor.map(|name| Fact::new("Who answers for them", name)));
        if self.requester != self.person {
            facts.extend(name(&self.requester).map(|name| Fact::new("Asked for by", name)));
        }
        if let Identity::Mismatch(at) = self.gates.identity {
            let at = moment_in_words(at, &visit.console.zone);
            facts.push(Fact::new(
                "Identity and post",
                format!("Found not to match on {at}"),
            ));
        }
        let shut = self.shut(world).unwrap_or_default();
        let missing = shut.into_iter().map(Gate::missing);
        let missing: Vec<_> = missing.map(capital).collect();
        if !missing.is_empty() {
            facts.push(Fact::list("Still missing", missing));
        }
        facts
    }

    fn clauses(&self, world: &World<'_>) -> Vec<String> {
        let person = world.people.person(&self.person);
        let entry = person.and_then(|person| world.settings.entry.get(&person.audience));
        let of_entry = entry.into_iter().flat_map(|entry| entry.clauses.iter());
        of_entry
            .chain(&world.settings.access.clauses)
            .cloned()
            .collect()
    }

    /// HR can say at any time who somebody is. It is asked only while that gate is shut, and once
    /// it has said no, only for a yes.
    fn is_asked(&self, decision: &Decision, world: &World<'_>) -> bool {
        let shut = || {
            self.shut(world)
                .is_ok_and(|shut| shut.contains(&Gate::Identity))
        };
        match decision.id {
            "verify" => shut(),
            "mismatch" => shut() && !matches!(self.gates.identity, Identity::Mismatch(_)),
            _ => true,
        }
    }
}
