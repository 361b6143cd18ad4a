//! Sharing of mailboxes: what two people agreed on is approved by somebody over the owner, where the
//! pack wants it.

use matters::delegation::{Delegation, Step};
use matters::world::World;

use super::{Decided, Decision, Fact, Given, Stand, Why};
use crate::duty::Duty;
use crate::pages::my_mailbox_sharing::words::rights;
use crate::visit::Visit;
use crate::words::moment_in_words;

impl Decided for Delegation {
    const FILTER: &'static str = "sharing";
    const SEE: &'static str = "see-sharing";
    const DECISIONS: &'static [Decision] = &[
        Decision {
            id: "approve",
            actions: &["approve-sharing"],
            label: "Approve the sharing",
            why: Why::Nothing,
            warning: &[],
            done: &[("approve", "Sharing approved")],
        },
        Decision {
            id: "refuse",
            actions: &["approve-sharing"],
            label: "Do not approve it",
            why: Why::Reason,
            warning: &[],
            done: &[("refuse", "Sharing not approved")],
        },
    ];
    const STANDS: &'static [Stand] = &[Stand {
        state: "awaiting-approval",
        duties: &[Duty::ApprovesSharing],
        managers: true,
    }];

    fn step(&self, decision: &Decision, _: &Given) -> Option<Step> {
        match decision.id {
            "approve" => Some(Step::Approve),
            "refuse" => Some(Step::Refuse),
            _ => None,
        }
    }

    fn title(&self, _: &World<'_>) -> String {
        "Share a mailbox".to_owned()
    }

    fn facts(&self, visit: &Visit, world: &World<'_>) -> Vec<Fact> {
        let name = |id| world.people.person(id).map(|person| person.name.clone());
        let moment = |at| moment_in_words(at, &visit.console.zone);
        let mut facts = Vec::new();
        facts.extend(name(&self.owner).map(|name| Fact::new("Mailbox of", name)));
        facts.extend(name(&self.delegate).map(|name| Fact::new("Used by", name)));
        let rights = rights(&self.rights).into_iter();
        facts.push(Fact::list("May", rights.map(str::to_owned).collect()));
        facts.push(Fact::new("Needed for", self.why.clone()));
        facts.push(Fact::new("From", moment(self.from)));
        facts.push(Fact::new("Until", moment(self.until)));
        let agreed = [
            ("Owner agreed", self.owner_agreed),
            ("The other agreed", self.delegate_agreed),
        ];
        let agreed = agreed.into_iter();
        facts.extend(agreed.filter_map(|(key, at)| Some(Fact::new(key, moment(at?)))));
        facts
    }

    fn clauses(&self, world: &World<'_>) -> Vec<String> {
        world.settings.delegation.clauses.clone()
    }
}
