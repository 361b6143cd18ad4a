//! Scenarios: who, when, what, and what must come out. They prove rules, one clause at a time.
//!
//! A scenario gives one request and a row of cases; each case changes the request and states what
//! comes out. A case that does not list the scenario's clause proves that the clause stayed silent,
//! so a rule that fires too widely fails as surely as one that does not fire.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clause::ClauseId;
use crate::decision::{Decision, Outcome, Tier};
use crate::obligation::Obligation;
use crate::pack::{Files, Pack};
use crate::problem::Problem;
use crate::request::Request;
use crate::vocabulary;

/// One scenario of one clause.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// The clause it proves.
    pub clause: ClauseId,
    /// The sentence it proves, in our own words.
    pub says: String,
    /// What must come out for which request.
    pub cases: Vec<Case>,
    /// The file it stands in.
    pub file: String,
}

/// One row of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The whole request of this row.
    pub request: Request,
    /// What must come out.
    pub outcome: Outcome,
    /// Clauses that must be among the reasons that stand.
    pub clauses: Vec<ClauseId>,
    /// Clauses that must be among the reasons released.
    pub released: Vec<ClauseId>,
    /// Obligations that must be among those of the decision.
    pub obligations: Vec<Obligation>,
}

/// How one case came out.
#[derive(Debug, Clone, Serialize)]
pub struct CaseReport {
    /// The scenario's clause.
    pub clause: ClauseId,
    /// The scenario's sentence.
    pub says: String,
    /// Position of the case, from 1.
    pub case: usize,
    /// What differs from what was expected; empty when it passed.
    pub wrong: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioFile {
    #[serde(default)]
    scenario: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    clause: ClauseId,
    says: String,
    given: Value,
    cases: Vec<WrittenCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCase {
    #[serde(default)]
    with: Option<Value>,
    outcome: Outcome,
    #[serde(default)]
    clauses: Vec<ClauseId>,
    #[serde(default)]
    released: Vec<ClauseId>,
    #[serde(default)]
    obligations: Vec<Obligation>,
}

/// Reads all scenario files of a pack.
pub(crate) fn read(files: &Files, problems: &mut Vec<Problem>) -> Vec<Scenario> {
    let mut scenarios = Vec::new();
    for (path, text) in files
        .iter()
        .filter(|(path, _)| path.starts_with("scenarios/"))
    {
        match toml::from_str::<ScenarioFile>(text) {
            Ok(file) => {
                for written in file.scenario {
                    let clause = written.clause.clone();
                    match written.resolve(path) {
                        Ok(scenario) => scenarios.push(scenario),
                        Err(error) => problems.push(Problem::new(
                            path,
                            format!("scenario of `{clause}`: {error}"),
                        )),
                    }
                }
            }
            Err(error) => {
                problems.push(Problem::new(path, error.to_string().trim_end().to_owned()))
            }
        }
    }
    scenarios
}

impl Written {
    fn resolve(self, file: &str) -> Result<Scenario, String> {
        let mut cases = Vec::new();
        for case in self.cases {
            let mut document = self.given.clone();
            if let Some(with) = case.with {
                overlay(&mut document, with);
            }
            let request: Request =
                serde_json::from_value(document).map_err(|error| error.to_string())?;
            if let Some(label) = vocabulary::unknown(&request).first() {
                return Err(format!(
                    "label `{label}` is not in the vocabulary of its set"
                ));
            }
            cases.push(Case {
                request,
                outcome: case.outcome,
                clauses: case.clauses,
                released: case.released,
                obligations: case.obligations,
            });
        }
        Ok(Scenario {
            clause: self.clause,
            says: self.says,
            cases,
            file: file.to_owned(),
        })
    }
}

/// Lays one document over another: tables merge, everything else is replaced.
fn overlay(under: &mut Value, over: Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                overlay(under.entry(key).or_insert(Value::Null), value);
            }
        }
        (under, over) => *under = over,
    }
}

impl Scenario {
    /// Plays every case against a pack.
    pub fn play(&self, pack: &Pack) -> Vec<CaseReport> {
        let report = |(place, case): (usize, &Case)| CaseReport {
            clause: self.clause.clone(),
            says: self.says.clone(),
            case: place.saturating_add(1),
            wrong: self.differences(case, &pack.decide(&case.request)),
        };
        self.cases.iter().enumerate().map(report).collect()
    }

    fn differences(&self, case: &Case, decision: &Decision) -> Vec<String> {
        let mut wrong = Vec::new();
        if decision.outcome != case.outcome {
            wrong.push(format!(
                "expected {}, came out as {}",
                case.outcome, decision.outcome
            ));
        }
        let stands = |clause: &ClauseId| decision.standing().any(|reason| reason.clause == *clause);
        let is_released = |clause: &ClauseId| {
            decision
                .reasons
                .iter()
                .any(|reason| reason.clause == *clause && reason.released_by.is_some())
        };
        for clause in case.clauses.iter().filter(|clause| !stands(clause)) {
            wrong.push(format!("{clause} should be among the reasons"));
        }
        for clause in case.released.iter().filter(|clause| !is_released(clause)) {
            wrong.push(format!("{clause} should have been released"));
        }
        // A permission that releases a clause cites it too; that is not the clause speaking.
        let speaks = decision.standing().any(|reason| {
            let releases = reason.tier > Tier::Clause && reason.outcome == Outcome::Permit;
            reason.clause == self.clause && !releases
        });
        if !case.clauses.contains(&self.clause) && speaks {
            wrong.push(format!(
                "{} spoke, though the case does not expect it to",
                self.clause
            ));
        }
        for obligation in case
            .obligations
            .iter()
            .filter(|o| !decision.obligations.contains(o))
        {
            wrong.push(format!("obligation `{obligation}` is missing"));
        }
        for rule in &decision.unevaluated {
            wrong.push(format!("rule `{rule}` could not be evaluated"));
        }
        wrong
    }
}
