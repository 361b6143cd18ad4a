//! Time, and whoever is told: reminders, escalations, the end of what nobody finished.

use jiff::Timestamp;

use super::gates::Gate;
use super::steps::entry_of;
use super::{AccessRequest, Stage, Step};
use crate::follows::Follows;
use crate::guard;
use crate::machine::Effect;
use crate::waiting::{Word, days};
use crate::world::World;

impl AccessRequest {
    /// A request is reminded of after a third of its life and escalated after two thirds, counted
    /// from when it came to wait where it does.
    pub(super) fn next_in_time(&self, world: &World<'_>) -> Option<(Timestamp, Step)> {
        let third = days(world.settings.access.expires_after_days) / 3;
        let word = self.waiting.next(third).map(|(at, word)| match word {
            Word::Remind => (at, Step::Remind),
            Word::Escalate => (at, Step::Escalate),
        });
        let end = self.wanted.until.map(|until| (until, Step::ReachEnd));
        let next = match self.stage {
            stage if stage.is_over() => return None,
            Stage::Active | Stage::Suspended => [end, None],
            Stage::MoverReview => [end, word],
            _ => [Some((self.expiry(), Step::Expire)), word],
        };
        // Of two at one moment the end comes first.
        next.into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    pub(super) fn pass_time(&mut self, step: &Step, at: Timestamp, world: &World<'_>) -> Follows {
        let awaited = self.awaited(world);
        let effects = match step {
            Step::Remind => {
                self.waiting.say(Word::Remind);
                self.prompted(&awaited, "access-request-reminder")
            }
            Step::Escalate => {
                self.waiting.say(Word::Escalate);
                let above = guard::above(&awaited, world);
                self.prompted(&above, "access-request-escalated")
            }
            Step::ReachEnd => {
                self.stand(Stage::Ended, at);
                let desk = &world.settings.access.provisioned_by;
                let mut effects = vec![guard::task("revoke", Some(&self.service), desk)];
                effects.extend(self.both_told("access-ended"));
                effects
            }
            _ => {
                let mut effects = self.undone(world);
                self.stand(Stage::Expired, at);
                effects.extend(self.both_told("access-request-expired"));
                effects
            }
        };
        Follows::default().then(effects)
    }

    /// Posts it waits for; none where it waits for the person or for who asked.
    pub(super) fn awaited(&self, world: &World<'_>) -> Vec<String> {
        let settings = world.settings;
        let person = world.person(&self.person);
        let entry = person.and_then(|person| entry_of(person, world)).ok();
        let desk = || vec![settings.access.provisioned_by.clone()];
        match self.stage {
            Stage::PaperUnchecked | Stage::Provisioning | Stage::Partial => desk(),
            Stage::AwaitingAuthorisation => {
                entry.map_or_else(Vec::new, |entry| entry.authorised_by.clone())
            }
            Stage::AwaitingCertification => {
                entry.map_or_else(Vec::new, |entry| entry.certified_by.clone())
            }
            Stage::AwaitingPermission => settings.access.permitted_by.clone(),
            Stage::Permitted if self.is_shut(Gate::Identity, world) => vec![guard::HR.to_owned()],
            Stage::MoverReview => self.confirmers(world),
            _ => Vec::new(),
        }
    }

    /// Who hears, and whose work list it comes to stand on, where it has just arrived.
    pub(super) fn arrival(&self, world: &World<'_>) -> Vec<Effect> {
        let desk = &world.settings.access.provisioned_by;
        let awaited = self.awaited(world);
        match self.stage {
            Stage::PaperUnchecked => vec![guard::task("check-paper", None, desk)],
            Stage::AwaitingAuthorisation => guard::tell(&awaited, "access-request-to-authorise"),
            Stage::AwaitingCertification => guard::tell(&awaited, "access-request-to-certify"),
            Stage::AwaitingPermission => guard::tell(&awaited, "access-request-to-permit"),
            Stage::Permitted if self.is_shut(Gate::Signature, world) => {
                vec![guard::tell_person(&self.person, "policy-to-sign")]
            }
            Stage::Provisioning => vec![guard::task("provision", Some(&self.service), desk)],
            Stage::MoverReview => {
                let mut effects = guard::tell(&awaited, "access-to-confirm");
                effects.push(guard::task("retest-permissions", None, desk));
                effects
            }
            _ => Vec::new(),
        }
    }

    /// What was half set up is taken down again.
    pub(super) fn undone(&self, world: &World<'_>) -> Vec<Effect> {
        let desk = &world.settings.access.provisioned_by;
        match self.stage {
            Stage::Provisioning | Stage::Partial => {
                vec![guard::task("revoke", Some(&self.service), desk)]
            }
            _ => Vec::new(),
        }
    }

    /// A request expires once nobody finished it, or once it is no longer needed.
    fn expiry(&self) -> Timestamp {
        let expires_at = self.expires_at;
        self.wanted
            .until
            .map_or(expires_at, |until| until.min(expires_at))
    }

    fn is_shut(&self, gate: Gate, world: &World<'_>) -> bool {
        self.shut(world).is_ok_and(|shut| shut.contains(&gate))
    }

    /// Posts are prompted; who asked hears too, and alone where it waits for them.
    fn prompted(&self, posts: &[String], notice: &'static str) -> Vec<Effect> {
        let mut effects = guard::tell(posts, notice);
        let waits_for_person = self.stage == Stage::Permitted && posts.is_empty();
        let asked = if waits_for_person {
            &self.person
        } else {
            &self.requester
        };
        effects.push(guard::tell_person(asked, notice));
        effects
    }
}
