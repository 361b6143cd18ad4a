//! Coverage: which clauses are met now, by what, and what the others wait for.
//!
//! A clause is met when a rule cites it and scenarios fire that rule on facts somebody gathers, or
//! when it names the test that drives the process meeting it. A rule alone cannot meet a clause
//! that asks for a process, a record, a report or a signature. Everything else is said as it is.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::clause::{Clause, ClauseId, Control};
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
    /// Tests drive the process that meets it.
    MetByTest {
        /// Where each of them is.
        tests: Vec<String>,
    },
    /// Rules decide by it in part; the rest of its scenarios waits.
    Partly {
        /// What nothing produces yet.
        awaiting: Vec<String>,
        /// Rules that cite it.
        rules: Vec<String>,
        /// Sentences of the scenarios that fire them today.
        scenarios: Vec<String>,
    },
    /// Rules and scenarios stand ready, and the facts they rest on are not gathered yet.
    Waiting {
        /// What nothing produces yet.
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
        let mut fired: BTreeMap<&ClauseId, Vec<Fired<'_>>> = BTreeMap::new();
        for scenario in pack.scenarios() {
            let reports = scenario.play(pack);
            for (case, report) in scenario.cases.iter().zip(&reports) {
                if !report.wrong.is_empty() {
                    let wrong = report.wrong.join("; ");
                    unproven.push(format!("{} case {}: {wrong}", scenario.clause, report.case));
                    continue;
                }
                for clause in case.clauses.iter().chain(&case.released) {
                    fired.entry(clause).or_default().push(Fired {
                        says: &scenario.says,
                        own: *clause == scenario.clause,
                        awaited: vocabulary::awaited(&case.request),
                    });
                }
            }
        }
        let covered = |clause: &Clause| {
            let rules: Vec<String> = pack
                .rules()
                .iter()
                .filter(|rule| rule.clauses.contains(&clause.id))
                .map(|rule| rule.id.clone())
                .collect();
            let status = status(clause, rules, fired.get(&clause.id));
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

    /// Adds to the claims without proof every test that a clause names and that is not there. `read`
    /// gives the text of a file below the repository root, if there is such a file.
    pub fn look_for_tests(&mut self, pack: &Pack, read: impl Fn(&str) -> Option<String>) {
        for clause in pack.clauses() {
            let gone = clause.tests.iter().filter(|test| !is_there(test, &read));
            let gone = gone.map(|test| format!("{}: the test {test} is not there", clause.id));
            self.unproven.extend(gone);
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

/// Whether a test is there, by its path, with `::function` for a test function.
fn is_there(test: &str, read: impl Fn(&str) -> Option<String>) -> bool {
    let (path, function) = test.split_once("::").unwrap_or((test, ""));
    let Some(text) = read(path) else {
        return false;
    };
    function.is_empty() || text.contains(&format!("fn {function}("))
}

/// A passing case in which a clause spoke.
struct Fired<'a> {
    /// The scenario's sentence.
    says: &'a str,
    /// The scenario is the clause's own.
    own: bool,
    /// Labels of the case that nothing produces yet.
    awaited: Vec<&'static str>,
}

fn status(clause: &Clause, rules: Vec<String>, fired: Option<&Vec<Fired<'_>>>) -> Status {
    let fired = fired.map_or(&[][..], Vec::as_slice);
    if !rules.is_empty() && fired.is_empty() {
        return Status::Unproven { rules };
    }
    if !clause.tests.is_empty() {
        let tests = clause.tests.clone();
        return Status::MetByTest { tests };
    }
    if rules.is_empty() {
        return Status::Open;
    }
    // A clause's own scenarios say what belongs to it; others only touch it on their way.
    let has_own = fired.iter().any(|case| case.own);
    let counted = fired.iter().filter(|case| case.own || !has_own);
    let mut awaiting = BTreeSet::new();
    let mut scenarios = Vec::new();
    for case in counted {
        awaiting.extend(case.awaited.iter().map(|label| (*label).to_owned()));
        if case.awaited.is_empty() && !scenarios.iter().any(|says| says == case.says) {
            scenarios.push(case.says.to_owned());
        }
    }
    if let Some(process) = process(clause.control) {
        awaiting.insert(process.to_owned());
    }
    let awaiting: Vec<String> = awaiting.into_iter().collect();
    match (awaiting.is_empty(), scenarios.is_empty()) {
        (true, _) => Status::MetByRules { rules, scenarios },
        (false, false) => Status::Partly {
            awaiting,
            rules,
            scenarios,
        },
        (false, true) => Status::Waiting { awaiting, rules },
    }
}

/// What a clause of this control needs besides rules.
fn process(control: Control) -> Option<&'static str> {
    match control {
        Control::Prevent | Control::Detect | Control::Permit | Control::Config => None,
        Control::Workflow => Some("its process"),
        Control::Record => Some("its register"),
        Control::Report => Some("its report"),
        Control::Attest => Some("its signature"),
    }
}
