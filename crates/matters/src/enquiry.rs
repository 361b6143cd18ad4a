//! An enquiry to a shared mailbox: somebody wrote there and waits for an answer.
//!
//! One for each thread. It follows from mail alone: a message that goes back to whoever asked answers
//! it, another message of theirs makes it wait again. The mailbox's manager may say that one needs no
//! answer, and is told once when one waits for longer than the pack allows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::Act;
use crate::follows::Follows;
use crate::id::PersonId;
use crate::machine::{Machine, Refused, Taken};
use crate::stage::stages;
use crate::world::World;
use crate::{acting, field, guard, telling, working_days};

/// Days without another message after which an answered enquiry is over. A later message begins
/// another.
pub const SETTLED_AFTER_DAYS: u32 = 30;

/// The first message of a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The shared mailbox.
    pub mailbox: String,
    /// Who manages it.
    pub manager: PersonId,
    /// Who wrote.
    pub from: String,
    /// Whether it seems to ask for recorded information, to which a law may give a right.
    pub asks_for_information: bool,
}

/// What can happen to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// Whoever asked wrote again.
    Receive,
    /// A message went back to them.
    Answer,
    /// It needs no answer; why is the act's reason.
    NeedsNone,
    /// The mailbox has another manager; follows from that.
    HandOn {
        /// Who.
        manager: PersonId,
    },
    /// It waits for too long.
    Remind,
    /// Nothing came after the answer.
    Settle,
}

stages! {
    /// Where it stands.
    State {
        /// Nobody has answered.
        Waiting = "waiting",
        /// Answered; whoever asked may write again.
        Answered = "answered",
        /// Somebody said that it needs no answer.
        NeedsNone = "needs-none",
        /// Answered, and nothing came after it.
        Settled = "settled",
    }
}

/// An enquiry to a shared mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Enquiry {
    /// The shared mailbox.
    pub mailbox: String,
    /// Who manages it.
    pub manager: PersonId,
    /// Who wrote.
    pub from: String,
    /// Whether it seems to ask for recorded information.
    pub asks_for_information: bool,
    /// When the message came that is not answered, or was the last to be.
    pub since: Timestamp,
    /// When it was last answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// Whether it was said that it waits for too long.
    #[serde(default)]
    pub reminded: bool,
    /// Where it stands.
    pub state: State,
}

impl Machine for Enquiry {
    const KIND: &'static str = "enquiry";
    const PREFIX: &'static str = "EN";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        acting::by_itself(act)?;
        let enquiry = Self {
            mailbox: field::address("mailbox", &opening.mailbox)?,
            manager: opening.manager,
            from: opening.from,
            asks_for_information: opening.asks_for_information,
            since: act.at,
            answered_at: None,
            reminded: false,
            state: State::Waiting,
        };
        Ok(enquiry.taken("receive", Follows::default(), world))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let mut next = self.clone();
        match step {
            Step::Receive => {
                self.needs("receive", self.state == State::Answered)?;
                acting::by_itself(act)?;
                next.since = act.at;
                next.reminded = false;
                next.state = State::Waiting;
                Ok(next.taken("receive", Follows::default(), world))
            }
            Step::Answer => {
                self.needs("answer", self.state == State::Waiting)?;
                acting::by_itself(act)?;
                next.answered_at = Some(act.at);
                next.state = State::Answered;
                Ok(next.taken("answer", Follows::default(), world))
            }
            Step::NeedsNone => {
                self.needs("needs-none", self.state == State::Waiting)?;
                acting::only(act, &self.manager)?;
                guard::reason(act)?;
                next.state = State::NeedsNone;
                Ok(next.taken("needs-none", Follows::default(), world))
            }
            Step::HandOn { manager } => {
                self.needs("hand-on", !self.is_over() && manager != self.manager)?;
                acting::by_itself(act)?;
                next.manager = world.person(&manager)?.id.clone();
                Ok(next.taken("hand-on", Follows::default(), world))
            }
            Step::Remind => {
                acting::on_time(act, &step, self.due(world))?;
                next.reminded = true;
                let told = telling::one(&self.manager, "enquiry-waits");
                Ok(next.taken("remind", Follows::default().then([told]), world))
            }
            Step::Settle => {
                acting::on_time(act, &step, self.due(world))?;
                next.state = State::Settled;
                Ok(next.taken("settle", Follows::default(), world))
            }
        }
    }

    fn subject(&self) -> &PersonId {
        &self.manager
    }

    fn state(&self) -> &'static str {
        self.state.name()
    }

    fn is_over(&self) -> bool {
        matches!(self.state, State::NeedsNone | State::Settled)
    }

    fn due(&self, world: &World<'_>) -> Option<(Timestamp, Step)> {
        match self.state {
            State::Waiting if !self.reminded => Some((self.late_from(world), Step::Remind)),
            State::Answered => {
                let answered = self.answered_at.unwrap_or(self.since);
                let settled = working_days::days_after(answered, SETTLED_AFTER_DAYS);
                Some((settled, Step::Settle))
            }
            _ => None,
        }
    }
}

impl Enquiry {
    /// The first moment at which it has waited for longer than the pack allows.
    pub fn late_from(&self, world: &World<'_>) -> Timestamp {
        let days = world.settings.mailboxes.answer_working_days;
        working_days::after(self.since, days)
    }

    fn needs(&self, step: &'static str, holds: bool) -> Result<(), Refused> {
        let state = self.state.name();
        holds.then_some(()).ok_or(Refused::State { state, step })
    }

    fn taken(self, step: &'static str, follows: Follows, world: &World<'_>) -> Taken<Self> {
        follows.taken(self, step, || world.settings.mailboxes.clauses.clone())
    }
}
