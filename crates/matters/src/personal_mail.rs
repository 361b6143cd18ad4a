//! Personal mail in somebody's council mailbox: listed to them, and removed after a period of grace.
//!
//! One for each list. What is to be removed is on the record before it goes, by digests that say nothing
//! of the messages; what the person no longer calls personal, and what the council has to keep, is left
//! out then. Whoever is away long has the whole time of grace after they are back.

use std::collections::BTreeSet;

use jiff::Timestamp;
use policy::people::PersonalMailRules;
use serde::{Deserialize, Serialize};

use crate::event::Act;
use crate::follows::Follows;
use crate::id::PersonId;
use crate::machine::{Machine, Refused, Taken};
use crate::stage::stages;
use crate::working_days::{days_after, noon_of};
use crate::world::World;
use crate::{acting, guard};

/// Most messages on one list. The rest goes on the next.
pub const MOST: usize = 500;

/// A list that was put into the mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Whose mailbox.
    pub person: PersonId,
    /// What is on it: a SHA-256 for each message.
    pub messages: BTreeSet<String>,
}

/// What can happen to it; all of it by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// It was listed again.
    Remind,
    /// Grace is over, and these go.
    Begin {
        /// Which of those on the list; none where nothing is left to remove.
        messages: BTreeSet<String>,
        /// How many more are still there and have to be kept.
        kept: u32,
    },
    /// They are gone.
    Finish {
        /// But for these, which have to be kept since.
        stayed: BTreeSet<String>,
    },
}

stages! {
    /// Where it stands.
    State {
        /// The person has it, and has time.
        Listed = "listed",
        /// What is still personal is being removed.
        Removing = "removing",
        /// Nothing of it is left to do.
        Done = "done",
    }
}

/// One list of personal mail, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PersonalMail {
    /// Whose mailbox.
    pub person: PersonId,
    /// What was on the list: a SHA-256 for each message.
    pub messages: BTreeSet<String>,
    /// When the person first had it.
    pub listed_at: Timestamp,
    /// When the person last had it.
    pub told_at: Timestamp,
    /// What was removed of it, or is being.
    pub removed: BTreeSet<String>,
    /// How many were kept because the council has to.
    pub kept: u32,
    /// Where it stands.
    pub state: State,
}

impl Machine for PersonalMail {
    const KIND: &'static str = "personal-mail";
    const PREFIX: &'static str = "PM";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        acting::by_itself(act)?;
        let rules = rules(world)?;
        world.person(&opening.person)?;
        let count = opening.messages.len();
        if !(1..=MOST).contains(&count) {
            let problem = format!("a list has between 1 and {MOST} messages, not {count}");
            return Err(Refused::field("messages", problem));
        }
        let digests = opening.messages.iter();
        let messages = digests.map(|digest| guard::sha256("messages", digest));
        let listed = Self {
            person: opening.person,
            messages: messages.collect::<Result<_, _>>()?,
            listed_at: act.at,
            told_at: act.at,
            removed: BTreeSet::new(),
            kept: 0,
            state: State::Listed,
        };
        Ok(listed.taken("list", rules))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        acting::by_itself(act)?;
        let rules = rules(world)?;
        let mut next = self.clone();
        match step {
            Step::Remind => {
                self.needs("remind", self.state == State::Listed)?;
                next.told_at = act.at;
                Ok(next.taken("remind", rules))
            }
            Step::Begin { messages, kept } => {
                self.needs("begin", self.state == State::Listed)?;
                if self.removed_from(world).is_none_or(|from| act.at < from) {
                    return Err(Refused::Rule {
                        problem: "the person still has time to look at the list".to_owned(),
                        clauses: rules.clauses.clone(),
                    });
                }
                if !messages.is_subset(&self.messages) {
                    let problem = "only what was on the list can be removed";
                    return Err(Refused::field("messages", problem));
                }
                next.state = match messages.is_empty() {
                    true => State::Done,
                    false => State::Removing,
                };
                (next.removed, next.kept) = (messages, kept);
                Ok(next.taken("begin", rules))
            }
            Step::Finish { stayed } => {
                self.needs("finish", self.state == State::Removing)?;
                next.removed.retain(|digest| !stayed.contains(digest));
                let stayed = self.removed.len() - next.removed.len();
                next.kept = self
                    .kept
                    .saturating_add(u32::try_from(stayed).unwrap_or(u32::MAX));
                next.state = State::Done;
                Ok(next.taken("finish", rules))
            }
        }
    }

    fn subject(&self) -> &PersonId {
        &self.person
    }

    fn state(&self) -> &'static str {
        self.state.name()
    }

    fn is_over(&self) -> bool {
        self.state == State::Done
    }
}

impl PersonalMail {
    /// The first moment at which what is still personal goes. None while nobody knows when the person
    /// will be back.
    pub fn removed_from(&self, world: &World<'_>) -> Option<Timestamp> {
        let rules = world.settings.personal_mail.as_ref()?;
        let person = world.people.person(&self.person)?;
        let since_list = days_after(self.listed_at, rules.grace_days);
        let Some(absent) = &person.absent else {
            return Some(since_list);
        };
        let back = noon_of(absent.until?.tomorrow().ok()?)?;
        // An absence that was over before the list takes no time away.
        Some(since_list.max(days_after(back, rules.grace_days)))
    }

    fn needs(&self, step: &'static str, holds: bool) -> Result<(), Refused> {
        let state = self.state.name();
        holds.then_some(()).ok_or(Refused::State { state, step })
    }

    fn taken(self, step: &'static str, rules: &PersonalMailRules) -> Taken<Self> {
        Follows::default().taken(self, step, || rules.clauses.clone())
    }
}

fn rules<'w>(world: &World<'w>) -> Result<&'w PersonalMailRules, Refused> {
    let rules = world.settings.personal_mail.as_ref();
    rules.ok_or_else(|| Refused::Rule {
        problem: "this council's policy removes no personal mail".to_owned(),
        clauses: Vec::new(),
    })
}
