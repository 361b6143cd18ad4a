//! Coverage: which clauses are met now, by what, and what the others wait for.
//!
//! A clause is met when a rule cites it and a scenario fires that rule on facts somebody gathers,
//! or when it names the test that drives the process meeting it. Everything else is said as it is.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::clause::{ClauseId, Control};
use crate::pack::Pack;
use crate::vocabulary;

/// How far a clause is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum Status {
    /// Rules decide by it and a scenario proves them.
    MetByRules {
        /// Rules that cite it.
        rules: Vec<String>,
        /// Sentences of the scenarios that fire them.
        scenarios: Vec<String>,
    },
    /// A test drives the process that meets it.
    MetByTest {
        /// Where the test is.
        test: String,
    },
    /// Rules and scenarios stand ready, and the facts they rest on are not gathered yet.
    Waiting {
        /// Labels nothing produces yet.
        awaiting: Vec<String>,
        /// Rules that cite it.
        rules: Vec<String>,
    },
    /// A rule cites it and no scenario fires the rule: a claim without proof.
    Unproven {
        /// Rules that cite it.
        rules: Vec<String>,
    },
    /// Nothing meets it yet.
    Open,
}

impl Status {
    /// Met now, and shown to be.
    pub fn is_met(&self) -> bool {
        matches!(self, Self::MetByRules { .. } | Self::MetByTest { .. })
    }
}

/// One clause and how far it is met.
#[derive(Debug, Clone, Serialize)]
pub struct Covered {
    /// The clause.
    pub clause: ClauseId,
    /// Its title.
    pub title: String,
    /// Its channel.
    pub channel: String,
    /// What it asks of the system.
    pub control: Control,
    /// How far it is met.
    #[serde(flatten)]
    pub status: Status,
}

/// Coverage of one pack.
#[derive(Debug, Clone, Serialize)]
pub struct Coverage {
    /// The pack.
    pub pack: String,
    /// All clauses, in the order of the policy.
    pub clauses: Vec<Covered>,
    /// Claims that no test shows: scenarios that fail, rules without a scenario.
    pub unproven: Vec<String>,
}

impl Coverage {
    /// Works out the coverage of a pack by playing its scenarios.
    pub fn of(pack: &Pack) -> Self {
        let mut unproven = Vec::new();
        // Clause → sentences of passing scenarios that fire it, and what each firing case awaits.
        let mut fired: BTreeMap<&ClauseId, Vec<(&str, Vec<&str>)>> = BTreeMap::new();
        for scenario in pack.scenarios() {
            let reports = scenario.play(pack);
            for (case, report) in scenario.cases.iter().zip(&reports) {
                if !report.wrong.is_empty() {
                    let wrong = report.wrong.join("; ");
                    unproven.push(format!("{} case {}: {wrong}", scenario.clause, report.case));
                    continue;
                }
                for clause in case.clauses.iter().chain(&case.released) {
                    let awaited = vocabulary::awaited(&case.request);
                    fired
                        .entry(clause)
                        .or_default()
                        .push((&scenario.says, awaited));
                }
            }
        }
        let covered = |clause: &crate::clause::Clause| {
            let rules: Vec<String> = pack
                .rules()
                .iter()
                .filter(|rule| rule.clauses.contains(&clause.id))
                .map(|rule| rule.id.clone())
                .collect();
            let status = status(clause.test.as_deref(), rules, fired.get(&clause.id));
            Covered {
                clause: clause.id.clone(),
                title: clause.title.clone(),
                channel: clause.channel.clone(),
                control: clause.control,
                status,
            }
        };
        let clauses: Vec<Covered> = pack.clauses().iter().map(covered).collect();
        for covered in &clauses {
            if let Status::Unproven { rules } = &covered.status {
                unproven.push(format!(
                    "{}: no scenario fires {}",
                    covered.clause,
                    rules.join(", ")
                ));
            }
        }
        Self {
            pack: pack.settings().name.clone(),
            clauses,
            unproven,
        }
    }

    /// How many clauses are met now.
    pub fn met(&self) -> usize {
        self.clauses
            .iter()
            .filter(|covered| covered.status.is_met())
            .count()
    }
}

fn status(
    test: Option<&str>,
    rules: Vec<String>,
    fired: Option<&Vec<(&str, Vec<&str>)>>,
) -> Status {
    let fired = fired.map_or(&[][..], Vec::as_slice);
    let mut scenarios: Vec<String> = fired
        .iter()
        .filter(|(_, awaited)| awaited.is_empty())
        .map(|(says, _)| (*says).to_owned())
        .collect();
    scenarios.dedup();
    match (test, rules.is_empty(), scenarios.is_empty()) {
        (_, false, false) => Status::MetByRules { rules, scenarios },
        (Some(test), ..) => Status::MetByTest {
            test: test.to_owned(),
        },
        (None, true, _) => Status::Open,
        (None, false, true) if fired.is_empty() => Status::Unproven { rules },
        (None, false, true) => {
            let awaiting: BTreeSet<String> = fired
                .iter()
                .flat_map(|(_, awaited)| awaited)
                .map(|label| (*label).to_owned())
                .collect();
            Status::Waiting {
                awaiting: awaiting.into_iter().collect(),
                rules,
            }
        }
    }
}
