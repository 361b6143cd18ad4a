//! Packs: one council's policy, loaded, checked and ready to decide.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use cedar_policy::Entities;
use quick_cache::sync::Cache;
use serde::Deserialize;

use crate::clause::Clause;
use crate::compile::{self, ActionRules};
use crate::decision::Decision;
use crate::digest::sha256;
use crate::edition_text::EditionText;
use crate::evaluate::{self, Names};
use crate::people::{self, PeopleSettings};
use crate::problem::{LoadPackError, Problem};
use crate::request::{Action, Principal, Request};
use crate::rule::Rule;
use crate::scenario::Scenario;
use crate::settings::{ParameterValue, Settings};
use crate::thresholds::Thresholds;

/// The files of one pack: path inside the pack → text. Reading them is the caller's work.
pub type Files = BTreeMap<String, String>;

/// Days of the week as `core_hours` spells them.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Distinct combinations of audience, acceptance, withdrawals and grants kept ready: far more than
/// a council has.
const KEPT_PRINCIPALS: usize = 512;

/// One council's policy, ready to decide.
#[derive(Debug)]
pub struct Pack {
    settings: Settings,
    hash: String,
    clauses: Vec<Clause>,
    by_id: HashMap<String, usize>,
    rules: Vec<Rule>,
    editions: HashMap<String, HashMap<Action, ActionRules>>,
    edition_by_audience: HashMap<String, String>,
    scenarios: Vec<Scenario>,
    names: Names,
    thresholds: Thresholds,
    permission_kinds: BTreeSet<String>,
    entities: Cache<Principal, Arc<Entities>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClausesFile {
    #[serde(default)]
    clause: Vec<Clause>,
}

impl Pack {
    /// Loads a pack from its files, or says everything that is wrong with it.
    pub fn load(files: &Files) -> Result<Self, LoadPackError> {
        Self::try_load(files).map_err(|problems| LoadPackError { problems })
    }

    fn try_load(files: &Files) -> Result<Self, Vec<Problem>> {
        let settings: Settings = read(files, "pack.toml").map_err(|problem| vec![problem])?;
        let mut problems = settings_problems(&settings);
        let clauses = read::<ClausesFile>(files, "clauses.toml")
            .map(|file| file.clause)
            .unwrap_or_else(|problem| {
                problems.push(problem);
                Vec::new()
            });
        let by_id: HashMap<_, _> = clauses
            .iter()
            .enumerate()
            .map(|(i, clause)| (clause.id.to_string(), i))
            .collect();
        problems.extend(clause_problems(&settings, &clauses));
        let parsed = compile::parse(&settings, files).unwrap_or_else(|found| {
            problems.extend(found);
            Vec::new()
        });
        for compile::Parsed { rule, .. } in &parsed {
            for clause in rule.clauses.iter().chain(&rule.releases) {
                if !by_id.contains_key(clause.as_str()) {
                    let message = format!(
                        "rule `{}` cites `{clause}`, which is not in clauses.toml",
                        rule.id
                    );
                    problems.push(Problem::new(&rule.file, message));
                }
            }
        }
        let permission_kinds: BTreeSet<String> = parsed
            .iter()
            .flat_map(|parsed| compile::labels(&parsed.tree))
            .filter(|(set, _)| set == "permissions")
            .map(|(_, kind)| kind)
            .collect();
        problems.extend(people::problems(
            &settings,
            &|clause| by_id.contains_key(clause),
            &permission_kinds,
        ));
        let scenarios = crate::scenario::read(files, &mut problems);
        for scenario in &scenarios {
            if !by_id.contains_key(scenario.clause.as_str()) {
                let message = format!(
                    "a scenario is about `{}`, which is not in clauses.toml",
                    scenario.clause
                );
                problems.push(Problem::new(&scenario.file, message));
            }
        }
        let mut editions = HashMap::new();
        for edition in settings.editions.keys() {
            let mut actions = HashMap::new();
            for action in Action::ALL {
                match compile::action_rules(&settings, &parsed, edition, action) {
                    Ok(rules) => drop(actions.insert(action, rules)),
                    Err(problem) => problems.push(problem),
                }
            }
            editions.insert(edition.clone(), actions);
        }
        let names = Names::new().map_err(|error| vec![Problem::new("schema", error)])?;
        if !problems.is_empty() {
            return Err(problems);
        }
        let edition_by_audience = settings
            .editions
            .iter()
            .flat_map(|(name, edition)| {
                edition
                    .audiences
                    .iter()
                    .map(|audience| (audience.clone(), name.clone()))
            })
            .collect();
        let mut thresholds = Thresholds::default();
        for parameter in settings.parameters.values() {
            if let ParameterValue::Number(number) = parameter.value {
                thresholds.add(number);
            }
        }
        parsed
            .iter()
            .for_each(|parsed| thresholds.add_rule(&parsed.tree));
        let rules = parsed.into_iter().map(|parsed| parsed.rule).collect();
        let entities = Cache::new(KEPT_PRINCIPALS);
        let hash = sha256(files.iter().flat_map(|(path, text)| [path.as_str(), text]));
        Ok(Self {
            settings,
            hash,
            clauses,
            by_id,
            rules,
            editions,
            edition_by_audience,
            scenarios,
            names,
            thresholds,
            permission_kinds,
            entities,
        })
    }

    /// Decides one request.
    ///
    /// Pure: the same request and pack always give the same decision. A rule that cannot be
    /// evaluated is listed in `unevaluated`, never skipped in silence; the gate then applies its
    /// declared failure mode.
    pub fn decide(&self, request: &Request) -> Decision {
        evaluate::decide(self, request)
    }

    /// What `pack.toml` says.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// SHA-256 over all files of the pack, hexadecimal. It is in every decision.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// All clauses, in the order of the policy.
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// The clause with this id.
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.by_id
            .get(id)
            .and_then(|&place| self.clauses.get(place))
    }

    /// All rules, in the order of files and lines.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The scenarios that prove the rules.
    pub fn scenarios(&self) -> &[Scenario] {
        &self.scenarios
    }

    /// The edition an audience falls under.
    pub fn edition_of(&self, audience: &str) -> &str {
        self.edition_by_audience
            .get(audience)
            .unwrap_or(&self.settings.default_edition)
    }

    /// One edition as people read it before they sign, if the pack has it.
    pub fn edition_text(&self, edition: &str) -> Option<EditionText> {
        EditionText::of(&self.settings, &self.clauses, edition)
    }

    /// Who becomes a user and how, and who decides about permissions.
    pub fn people(&self) -> &PeopleSettings {
        &self.settings.people
    }

    /// Kinds of permissions some rule asks for.
    pub fn permission_kinds(&self) -> &BTreeSet<String> {
        &self.permission_kinds
    }

    /// The smallest number that no rule of this pack can tell from this one.
    pub fn least_alike(&self, value: u64) -> u64 {
        self.thresholds.least_alike(value)
    }

    /// The track a breach by this audience takes, if the pack names one.
    pub fn breach_route(&self, audience: &str) -> Option<&str> {
        self.settings.routes.get(audience).map(String::as_str)
    }

    pub(crate) fn rule(&self, place: usize) -> &Rule {
        &self.rules[place]
    }

    pub(crate) fn rules_for(&self, edition: &str, action: Action) -> Option<&ActionRules> {
        self.editions.get(edition)?.get(&action)
    }

    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    pub(crate) fn entities_of(&self, who: &Principal) -> Result<Arc<Entities>, String> {
        self.entities.get_or_insert_with(who, || {
            evaluate::entities(&self.names, &self.settings, who).map(Arc::new)
        })
    }
}

fn read<T: serde::de::DeserializeOwned>(files: &Files, path: &str) -> Result<T, Problem> {
    let text = files
        .get(path)
        .ok_or_else(|| Problem::new(path, "is missing"))?;
    toml::from_str(text)
        .map_err(|error| Problem::new(path, error.to_string().trim_end().to_owned()))
}

fn settings_problems(settings: &Settings) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut wrong = |message: String| problems.push(Problem::new("pack.toml", message));
    if !settings.editions.contains_key(&settings.default_edition) {
        wrong(format!(
            "default_edition `{}` is not among the editions",
            settings.default_edition
        ));
    }
    let mut owners: HashMap<&str, &str> = HashMap::new();
    for (name, edition) in &settings.editions {
        for audience in &edition.audiences {
            if !settings.audiences.contains_key(audience) {
                wrong(format!(
                    "edition `{name}` names audience `{audience}`, which [audiences] lacks"
                ));
            }
            if let Some(other) = owners.insert(audience, name) {
                wrong(format!(
                    "audience `{audience}` is in editions `{other}` and `{name}`; it can be in one"
                ));
            }
        }
    }
    for audience in settings.unclocked.iter().chain(settings.routes.keys()) {
        if !settings.audiences.contains_key(audience) {
            wrong(format!(
                "audience `{audience}` is named and [audiences] lacks it"
            ));
        }
    }
    if !settings.audiences.contains_key("unknown") {
        wrong(
            "[audiences] lacks `unknown`: say which groups somebody we cannot name belongs to"
                .to_owned(),
        );
    }
    let hours = &settings.core_hours;
    for day in hours
        .days
        .iter()
        .filter(|day| !DAYS.contains(&day.as_str()))
    {
        wrong(format!(
            "core_hours: `{day}` is not a day; use {}",
            DAYS.join(", ")
        ));
    }
    for time in [&hours.from, &hours.to] {
        if !is_time(time) {
            wrong(format!("core_hours: `{time}` is not a time such as 09:00"));
        }
    }
    if hours.from >= hours.to {
        wrong("core_hours end before they begin, so no moment would be inside".to_owned());
    }
    problems
}

/// `HH:MM`, which therefore compares as text.
fn is_time(text: &str) -> bool {
    let part = |digits: &str, below: u8| {
        digits.len() == 2 && digits.parse::<u8>().is_ok_and(|number| number < below)
    };
    text.split_once(':')
        .is_some_and(|(hour, minute)| part(hour, 24) && part(minute, 60))
}

fn clause_problems(settings: &Settings, clauses: &[Clause]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let known = |id: &crate::clause::ClauseId| clauses.iter().any(|clause| clause.id == *id);
    for (name, edition) in &settings.editions {
        for id in edition.without.iter().filter(|id| !known(id)) {
            let message =
                format!("edition `{name}` is without `{id}`, which is not in clauses.toml");
            problems.push(Problem::new("pack.toml", message));
        }
    }
    let mut seen = std::collections::HashSet::new();
    for clause in clauses {
        let id = clause.id.as_str();
        let mut wrong = |message: String| problems.push(Problem::new("clauses.toml", message));
        if !seen.insert(id) {
            wrong(format!("clause `{id}` stands twice"));
        }
        if !id.starts_with(&format!("{}-", settings.name)) {
            wrong(format!(
                "clause `{id}` does not start with `{}-`",
                settings.name
            ));
        }
        if clause.title.trim().is_empty() || clause.gist.trim().is_empty() {
            wrong(format!("clause `{id}` needs a title and a gist"));
        }
    }
    problems
}
