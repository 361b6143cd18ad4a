//! The time sheet of a case of misuse: who looked into it for how long, at what each hour costs.
//!
//! It names the case and nobody in it: the case has its own matter, or a number in HR's files. The rate is
//! kept with each entry, so that what a case cost stays the same when rates change. An entry that is
//! wrong is struck out and stays to be read.

use std::collections::BTreeSet;

use jiff::civil::Date;
use policy::people::CaseTimeRules;
use serde::{Deserialize, Serialize};

use crate::event::Act;
use crate::follows::Follows;
use crate::held_mail::NOBODY_IN_PARTICULAR;
use crate::id::PersonId;
use crate::machine::{Machine, Refused, Taken};
use crate::stage::stages;
use crate::world::World;
use crate::{acting, field, guard};

/// Most entries of one sheet.
const MOST_ENTRIES: usize = 1_000;

/// Most clauses a case rests on.
const MOST_CLAUSES: usize = 16;

/// Longest time one entry can be about, in minutes: a day.
const LONGEST_MINUTES: u32 = 24 * 60;

/// What a sheet is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The case: the reference of its matter, or its number in the files of HR.
    pub case: String,
    /// When it began.
    pub began_on: Date,
    /// Clauses that were not kept.
    pub clauses: BTreeSet<String>,
}

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// Time is booked.
    Book {
        /// The day it was spent.
        on: Date,
        /// The grade of whoever spent it, as the pack has it.
        grade: String,
        /// What it was spent on.
        stage: Stage,
        /// How long, in minutes.
        minutes: u32,
    },
    /// An entry is wrong; why is the act's reason.
    Strike {
        /// Which, counted from 1.
        number: u32,
    },
    /// The case is over.
    Close {
        /// How it ended, as the pack has it.
        outcome: String,
    },
    /// It was not over; why is the act's reason.
    Reopen,
}

stages! {
    /// What time is spent on.
    Stage {
        /// Finding out what happened.
        Investigation = "investigation",
        /// Hearing the person, and deciding.
        Hearing = "hearing",
        /// What follows: an appeal, training, putting things right.
        FollowUp = "follow-up",
    }
}

stages! {
    /// Where it stands.
    State {
        /// Time can be booked.
        Open = "open",
        /// The case is over.
        Closed = "closed",
    }
}

/// Some time spent on a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The day.
    pub on: Date,
    /// The grade of whoever spent it.
    pub grade: String,
    /// On what.
    pub stage: Stage,
    /// How long, in minutes.
    pub minutes: u32,
    /// What an hour of that grade cost when it was booked, in pence.
    pub pence_per_hour: u32,
    /// Who booked it.
    pub by: PersonId,
    /// It was wrong, and does not count.
    #[serde(default)]
    pub is_struck: bool,
}

/// One time sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CaseTime {
    /// The case.
    pub case: String,
    /// When it began.
    pub began_on: Date,
    /// Clauses that were not kept.
    pub clauses: BTreeSet<String>,
    /// What was booked, in order.
    pub entries: Vec<Entry>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Where it stands.
    pub state: State,
}

impl Machine for CaseTime {
    const KIND: &'static str = "case-time";
    const PREFIX: &'static str = "CT";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let rules = rules(world)?;
        let authority = guard::holder(world, act, &rules.kept_by)?;
        if opening.clauses.len() > MOST_CLAUSES {
            let problem = format!("choose at most {MOST_CLAUSES} clauses");
            return Err(Refused::field("clauses", problem));
        }
        let clauses = opening.clauses.iter();
        let clauses = clauses.map(|clause| field::name("clauses", clause));
        let sheet = Self {
            case: field::name("case", &opening.case)?,
            began_on: not_to_come("began_on", opening.began_on, act)?,
            clauses: clauses.collect::<Result<_, _>>()?,
            entries: Vec::new(),
            outcome: None,
            state: State::Open,
        };
        Ok(Follows::by(authority).taken(sheet, "open", || rules.clauses.clone()))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let rules = rules(world)?;
        let authority = guard::holder(world, act, &rules.kept_by)?;
        let mut next = self.clone();
        let name = match step {
            Step::Book {
                on,
                grade,
                stage,
                minutes,
            } => {
                self.needs("book", State::Open)?;
                let Some(&pence_per_hour) = rules.pence_per_hour.get(&grade) else {
                    return Err(Refused::field("grade", "choose a grade from the list"));
                };
                if !(1..=LONGEST_MINUTES).contains(&minutes) {
                    let problem = "enter a time of at least a minute and at most a day";
                    return Err(Refused::field("minutes", problem));
                }
                if self.entries.len() >= MOST_ENTRIES {
                    let problem =
                        format!("a sheet has at most {MOST_ENTRIES} entries; open another");
                    return Err(Refused::field("minutes", problem));
                }
                next.entries.push(Entry {
                    on: not_to_come("on", on, act)?,
                    grade,
                    stage,
                    minutes,
                    pence_per_hour,
                    by: acting::person(act)?.clone(),
                    is_struck: false,
                });
                "book"
            }
            Step::Strike { number } => {
                self.needs("strike", State::Open)?;
                guard::reason(act)?;
                let at = (number as usize).checked_sub(1);
                let entry = at.and_then(|at| next.entries.get_mut(at));
                let Some(entry) = entry.filter(|entry| !entry.is_struck) else {
                    let problem = "there is no entry of that number that counts";
                    return Err(Refused::field("number", problem));
                };
                entry.is_struck = true;
                "strike"
            }
            Step::Close { outcome } => {
                self.needs("close", State::Open)?;
                if !rules.outcomes.contains(&outcome) {
                    return Err(Refused::field("outcome", "choose how it ended"));
                }
                (next.outcome, next.state) = (Some(outcome), State::Closed);
                "close"
            }
            Step::Reopen => {
                self.needs("reopen", State::Closed)?;
                guard::reason(act)?;
                (next.outcome, next.state) = (None, State::Open);
                "reopen"
            }
        };
        Ok(Follows::by(authority).taken(next, name, || rules.clauses.clone()))
    }

    fn subject(&self) -> &PersonId {
        &NOBODY_IN_PARTICULAR
    }

    fn state(&self) -> &'static str {
        self.state.name()
    }

    fn is_over(&self) -> bool {
        self.state == State::Closed
    }
}

impl CaseTime {
    /// Entries that count.
    pub fn counted(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !entry.is_struck)
    }

    fn needs(&self, step: &'static str, state: State) -> Result<(), Refused> {
        let here = self.state.name();
        let refused = Refused::State { state: here, step };
        (self.state == state).then_some(()).ok_or(refused)
    }
}

/// A day that has come. Which day it is depends on the zone, so the day after is let through.
fn not_to_come(field: &'static str, day: Date, act: &Act) -> Result<Date, Refused> {
    let utc = act.at.to_zoned(jiff::tz::TimeZone::UTC).date();
    if utc.tomorrow().is_ok_and(|tomorrow| day > tomorrow) {
        return Err(Refused::field(field, "this day has not come yet; check it"));
    }
    Ok(day)
}

fn rules<'w>(world: &World<'w>) -> Result<&'w CaseTimeRules, Refused> {
    let rules = world.settings.case_time.as_ref();
    rules.ok_or_else(|| Refused::Rule {
        problem: "this council's policy has nobody book time to cases".to_owned(),
        clauses: Vec::new(),
    })
}
