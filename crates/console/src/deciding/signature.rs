//! Signatures that were not given: whether services are restricted until they are.

use matters::acceptance::{Acceptance, Step};
use matters::world::World;

use super::{Decided, Decision, Fact, Given, Stand, Why};
use crate::duty::Duty;
use crate::visit::Visit;
use crate::words::moment_in_words;

impl Decided for Acceptance {
    const FILTER: &'static str = "restriction";
    const SEE: &'static str = "see-position";
    const DECISIONS: &'static [Decision] = &[
        Decision {
            id: "let-stand",
            actions: &["restrict-access"],
            label: "Leave services as they are for now",
            why: Why::Reason,
            warning: &[],
            done: &[("let-stand", "Services stay as they are")],
        },
        Decision {
            id: "restrict",
            actions: &["restrict-access"],
            label: "Restrict services until the policy is signed",
            why: Why::Reason,
            warning: &[
                "What needs a signed policy is shut for this person within two seconds of your decision.",
                "They can still open these pages and sign. It opens again as soon as they have.",
                "They are told. Not having signed is no misconduct.",
            ],
            done: &[("restrict", "Services restricted")],
        },
    ];
    const STANDS: &'static [Stand] = &[Stand {
        state: "restrict-proposed",
        duties: &[Duty::Restricts],
        managers: false,
    }];

    fn step(&self, decision: &Decision, _: &Given) -> Option<Step> {
        match decision.id {
            "let-stand" => Some(Step::LetStand),
            "restrict" => Some(Step::Restrict),
            _ => None,
        }
    }

    fn title(&self, _: &World<'_>) -> String {
        "Policy not signed".to_owned()
    }

    fn facts(&self, visit: &Visit, world: &World<'_>) -> Vec<Fact> {
        let person = world.people.person(&self.person);
        let mut facts = vec![Fact::new("Version of the policy", self.version.clone())];
        facts.extend(person.map(|person| Fact::new("Not signed by", person.name.clone())));
        let due = moment_in_words(self.due_by, &visit.console.zone);
        facts.push(Fact::new("Was due by", due));
        let read = self.read.as_ref();
        let read = read.map(|read| moment_in_words(read.at, &visit.console.zone));
        let read = read.unwrap_or_else(|| "Not yet".to_owned());
        facts.push(Fact::new("Opened to be read", read));
        facts
    }

    fn clauses(&self, world: &World<'_>) -> Vec<String> {
        world.settings.acceptance.clauses.clone()
    }
}
