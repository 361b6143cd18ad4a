//! One month's report of a unit on its way to those who manage it: scheduled, built, checked, issued, read,
//! and in the end recalled or archived.
//!
//! The report itself is no part of it: only which it is, and the sum of what was built, so that it can be
//! known later that what was read is what was checked. What a check finds wrong is never issued.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use policy::people::{ReportCycle, ReportRules};
use serde::{Deserialize, Serialize};

use crate::authority::Authority;
use crate::event::Act;
use crate::follows::Follows;
use crate::held_mail::NOBODY_IN_PARTICULAR;
use crate::id::{PersonId, PostId, UnitId};
use crate::machine::{Machine, Refused, Taken};
use crate::stage::stages;
use crate::world::World;
use crate::{acting, field, guard, telling, working_days};

/// Most faults that are kept of one report.
const MOST_FAULTS: usize = 10;

/// Most readers that are kept of one report.
const MOST_READERS: usize = 200;

stages! {
    /// What a report is for. One without a purpose cannot be scheduled.
    Purpose {
        /// Managers see how much their unit uses and what the policy stopped.
        Usage = "usage",
    }
}

/// Which report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// What it is for.
    pub purpose: Purpose,
    /// Its month, closed: `2026-03`.
    pub month: String,
    /// Its unit; none for the whole council.
    #[serde(default)]
    pub unit: Option<UnitId>,
}

/// What can be done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// It was made of the month's figures.
    Build {
        /// SHA-256 of what was made, hexadecimal.
        sha256: String,
    },
    /// It was looked through for what no report may say.
    Check {
        /// What was found, in words; nothing where it is fit.
        #[serde(default)]
        faults: Vec<String>,
    },
    /// Those who manage the unit are told.
    Issue,
    /// Somebody whose post reaches the unit opened it.
    Read,
    /// It is not to be relied on; why is the act's reason.
    Recall,
    /// Its time is over.
    Archive,
}

stages! {
    /// Where it stands.
    State {
        /// Its month is closed.
        Scheduled = "scheduled",
        /// It was made.
        Built = "built",
        /// Nothing was found in it that it may not say.
        Checked = "checked",
        /// Its readers were told.
        Issued = "issued",
        /// One of them opened it.
        Read = "read",
        /// It is not to be relied on.
        Recalled = "recalled",
        /// Its time was over.
        Archived = "archived",
    }
}

/// A report and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReportIssue {
    /// What it is for.
    pub purpose: Purpose,
    /// Its month.
    pub month: String,
    /// Its unit; none for the whole council.
    pub unit: Option<UnitId>,
    /// Which it is, as lists find it: `2026-03 parks`.
    pub about: String,
    /// SHA-256 of what was built.
    pub sha256: Option<String>,
    /// What the check found.
    pub faults: Vec<String>,
    /// When its readers were told.
    pub issued_at: Option<Timestamp>,
    /// Who opened it, and when first.
    pub readers: BTreeMap<PersonId, Timestamp>,
    /// Why it was recalled.
    pub recalled_because: Option<String>,
    /// Where it stands.
    pub state: State,
}

impl Machine for ReportIssue {
    const KIND: &'static str = "report-issue";
    const PREFIX: &'static str = "RI";
    type Opening = Opening;
    type Step = Step;

    fn open(opening: Opening, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        acting::by_itself(act)?;
        let (rules, _) = rules(world)?;
        let first: Result<Date, _> = format!("{}-01", opening.month).parse();
        if opening.month.len() != 7 || first.is_err() {
            let problem = "write the month as year and month, such as 2026-03";
            return Err(Refused::field("month", problem));
        }
        let scheduled = Self {
            about: about(&opening.month, opening.unit.as_ref()),
            purpose: opening.purpose,
            month: opening.month,
            unit: opening.unit,
            sha256: None,
            faults: Vec::new(),
            issued_at: None,
            readers: BTreeMap::new(),
            recalled_because: None,
            state: State::Scheduled,
        };
        Ok(Follows::default().taken(scheduled, "schedule", || rules.clauses.clone()))
    }

    fn take(&self, step: Step, act: &Act, world: &World<'_>) -> Result<Taken<Self>, Refused> {
        guard::bounded(act)?;
        let (rules, cycle) = rules(world)?;
        let mut next = self.clone();
        let (name, follows) = match step {
            Step::Build { sha256 } => {
                acting::by_itself(act)?;
                self.needs("build", &[State::Scheduled])?;
                next.sha256 = Some(guard::sha256("sha256", &sha256)?);
                next.state = State::Built;
                ("build", Follows::default())
            }
            Step::Check { faults } => {
                acting::by_itself(act)?;
                self.needs("check", &[State::Built])?;
                let faults = faults.iter().take(MOST_FAULTS);
                let faults: Result<_, _> = faults.map(|one| field::words("faults", one)).collect();
                next.faults = faults?;
                next.state = match next.faults.is_empty() {
                    true => State::Checked,
                    false => State::Recalled,
                };
                ("check", Follows::default())
            }
            Step::Issue => {
                acting::by_itself(act)?;
                self.needs("issue", &[State::Checked])?;
                next.state = State::Issued;
                next.issued_at = Some(act.at);
                let readers = self.recipients(rules, act.at, world);
                let told = readers.map(|who| telling::one(who, "report-issued"));
                ("issue", Follows::default().then(told))
            }
            Step::Read => {
                self.needs("read", &[State::Issued, State::Read])?;
                let authority = self.reader(rules, act, world)?;
                let by = acting::person(act)?.clone();
                if next.readers.len() < MOST_READERS {
                    next.readers.entry(by).or_insert(act.at);
                }
                next.state = State::Read;
                ("read", Follows::by(authority))
            }
            Step::Recall => {
                self.needs("recall", &[State::Issued, State::Read])?;
                let by = acting::person(act)?;
                let posts = &cycle.recalled_by;
                let authority = held(by, posts, act.at, world, |_| true)?;
                next.recalled_because = Some(guard::reason(act)?);
                next.state = State::Recalled;
                let told = self.readers.keys();
                let told = told.map(|who| telling::one(who, "report-recalled"));
                ("recall", Follows::by(authority).then(told))
            }
            Step::Archive => {
                acting::on_time(act, &step, self.due(world))?;
                next.state = State::Archived;
                ("archive", Follows::default())
            }
        };
        Ok(follows.taken(next, name, || rules.clauses.clone()))
    }

    fn subject(&self) -> &PersonId {
        &NOBODY_IN_PARTICULAR
    }

    fn state(&self) -> &'static str {
        self.state.name()
    }

    fn is_over(&self) -> bool {
        matches!(self.state, State::Recalled | State::Archived)
    }

    fn due(&self, world: &World<'_>) -> Option<(Timestamp, Step)> {
        let (_, cycle) = rules(world).ok()?;
        let issued_at = self.issued_at.filter(|_| !self.is_over())?;
        let over = working_days::days_after(issued_at, cycle.archived_after_days);
        Some((over, Step::Archive))
    }
}

/// What lists find a report by.
pub fn about(month: &str, unit: Option<&UnitId>) -> String {
    match unit {
        Some(unit) => format!("{month} {unit}"),
        None => month.to_owned(),
    }
}

/// Units of which somebody gets a report at a moment; none is the whole council.
pub fn scheduled(world: &World<'_>, at: Timestamp) -> Vec<Option<UnitId>> {
    let Ok((rules, _)) = rules(world) else {
        return Vec::new();
    };
    let mut units: Vec<_> = holdings(rules, at, world)
        .map(|(unit, _)| unit.cloned())
        .collect();
    units.sort_unstable();
    units.dedup();
    units
}

impl ReportIssue {
    /// Whether somebody opened it before.
    pub fn was_read_by(&self, who: &PersonId) -> bool {
        self.readers.contains_key(who)
    }

    /// Whoever holds a reading post of this very unit. Those above it can read it, and are told of theirs.
    fn recipients<'w>(
        &'w self,
        rules: &'w ReportRules,
        at: Timestamp,
        world: &'w World<'_>,
    ) -> impl Iterator<Item = &'w PersonId> {
        let of_unit =
            holdings(rules, at, world).filter(move |(unit, _)| *unit == self.unit.as_ref());
        of_unit.map(|(_, who)| who)
    }

    fn reader(
        &self,
        rules: &ReportRules,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Authority, Refused> {
        let by = acting::person(act)?;
        held(by, &rules.read_by, act.at, world, |above| {
            match (above, &self.unit) {
                (None, _) => true,
                (Some(above), Some(unit)) => world.people.is_within(unit, above),
                (Some(_), None) => false,
            }
        })
    }

    fn needs(&self, step: &'static str, states: &[State]) -> Result<(), Refused> {
        let state = self.state.name();
        let holds = states.contains(&self.state);
        holds.then_some(()).ok_or(Refused::State { state, step })
    }
}

fn rules<'w>(world: &World<'w>) -> Result<(&'w ReportRules, &'w ReportCycle), Refused> {
    let rules = world.settings.reports.as_ref();
    let cycle = rules.and_then(|rules| Some((rules, rules.cycle.as_ref()?)));
    cycle.ok_or_else(|| Refused::Rule {
        problem: "this council's policy has no reports issued".to_owned(),
        clauses: Vec::new(),
    })
}

/// Everybody who holds a reading post, with its unit.
fn holdings<'w>(
    rules: &'w ReportRules,
    at: Timestamp,
    world: &'w World<'_>,
) -> impl Iterator<Item = (Option<&'w UnitId>, &'w PersonId)> {
    let held = world.posts.holdings().iter().filter(move |held| {
        held.from <= at
            && held.until.is_none_or(|until| at < until)
            && rules.read_by.iter().any(|post| post == held.post.as_str())
    });
    held.map(|held| (held.unit.as_ref(), &held.person))
}

/// By which of these posts somebody acts, where it reaches far enough.
fn held(
    by: &PersonId,
    posts: &[String],
    at: Timestamp,
    world: &World<'_>,
    reaches: impl Fn(Option<&UnitId>) -> bool,
) -> Result<Authority, Refused> {
    let mut held = world.posts.of(by, at);
    let held = held.find(|held| {
        posts.iter().any(|post| post == held.post.as_str()) && reaches(held.unit.as_ref())
    });
    held.ok_or_else(|| Refused::Authority {
        posts: posts
            .iter()
            .map(|post| PostId::from(post.as_str()))
            .collect(),
    })
}
