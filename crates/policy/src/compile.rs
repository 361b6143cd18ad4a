//! Cedar text to policy sets that can be asked quickly.
//!
//! Two ideas make a decision cheap. Every rule is evaluated as a `permit`, whatever its effect, so
//! that one call of the authorizer lists *all* rules that hold (precedence is ours, in
//! [`crate::evaluate`]). And a rule whose first condition is `context.SET.contains("label")` is
//! filed under that label and only looked at when the request carries it; since `&&` evaluates from
//! the left, a skipped rule could neither have held nor erred.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::str::FromStr;

use cedar_policy::{Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator};
use serde_json::Value;

use crate::problem::Problem;
use crate::request::Action;
use crate::rule::{Effect, Reads, Rule};
use crate::settings::{ParameterValue, Settings};
use crate::vocabulary;

/// Rules of one edition for one action.
#[derive(Debug, Default)]
pub(crate) struct ActionRules {
    /// Rules without a guard.
    pub(crate) always: PolicySet,
    /// Rules by the label their first condition asks for: context attribute → label → rules.
    pub(crate) guarded: HashMap<String, HashMap<String, PolicySet>>,
}

/// One Cedar policy with its rule, before it is sorted into sets.
pub(crate) struct Parsed {
    pub(crate) rule: Rule,
    policy: Policy,
    actions: Vec<Action>,
    guards: Vec<(String, String)>,
    pub(crate) tree: Value,
}

/// Parses and strictly validates every rule file. Problems of all files come back together.
pub(crate) fn parse(
    settings: &Settings,
    files: &BTreeMap<String, String>,
) -> Result<Vec<Parsed>, Vec<Problem>> {
    let schema = schema(settings).map_err(|problem| vec![problem])?;
    let validator = Validator::new(schema);
    let mut parsed = Vec::new();
    let mut problems = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".cedar")) {
        match parse_file(settings, path, text, &validator) {
            Ok(rules) => parsed.extend(rules),
            Err(found) => problems.extend(found),
        }
    }
    let mut seen = BTreeSet::new();
    for Parsed { rule, .. } in &parsed {
        if !seen.insert(rule.id.clone()) {
            let message = format!(
                "rule id `{}` is used twice; ids are unique in a pack",
                rule.id
            );
            problems.push(Problem::new(&rule.file, message));
        }
    }
    if problems.is_empty() {
        Ok(parsed)
    } else {
        Err(problems)
    }
}

fn parse_file(
    settings: &Settings,
    path: &str,
    text: &str,
    validator: &Validator,
) -> Result<Vec<Parsed>, Vec<Problem>> {
    let edition = match path.split('/').collect::<Vec<_>>()[..] {
        ["rules", _] => None,
        ["rules", edition, _] if settings.editions.contains_key(edition) => {
            Some(edition.to_owned())
        }
        _ => {
            let message = "is not in rules/ or in rules/EDITION/ of an edition that exists";
            return Err(vec![Problem::new(path, message)]);
        }
    };
    let set = PolicySet::from_str(text)
        .map_err(|error| vec![Problem::new(path, format!("cannot be parsed: {error}"))])?;
    let mut problems: Vec<_> = validator
        .validate(&set, ValidationMode::Strict)
        .validation_errors()
        .map(|error| Problem::new(path, format!("does not fit the schema: {error}")))
        .collect();
    let mut policies: Vec<_> = set.policies().collect();
    policies.sort_by_key(|policy| position(policy.id()));
    let mut parsed = Vec::new();
    for policy in policies {
        let effect = match policy.effect() {
            cedar_policy::Effect::Forbid => Effect::Forbid,
            cedar_policy::Effect::Permit => Effect::Permit,
        };
        let name = policy
            .annotation("id")
            .unwrap_or("without an @id")
            .to_owned();
        let mut wrong = |message: String| {
            problems.push(Problem::new(path, format!("rule `{name}`: {message}")))
        };
        match (
            Rule::read(path, edition.clone(), effect, policy.annotations()),
            policy.to_json(),
        ) {
            (Ok(mut rule), Ok(tree)) => {
                read_by(&tree["conditions"], &mut rule.reads);
                if has_arithmetic(&tree) {
                    wrong(
                        "uses arithmetic, which can overflow and skip the rule; compare instead"
                            .to_owned(),
                    );
                }
                for (set, label) in labels(&tree) {
                    if !vocabulary::is_in_context(&set, &label) {
                        wrong(format!(
                            "label `{label}` is not in the vocabulary of `{set}`"
                        ));
                    }
                    if matches!(set.as_str(), "findings" | "suspicions") {
                        rule.reads.content.insert(label);
                    }
                }
                let (actions, guards) = (actions(&tree), guards(&tree));
                parsed.push(Parsed {
                    rule,
                    policy: policy.clone(),
                    actions,
                    guards,
                    tree,
                });
            }
            (Err(messages), _) => messages.into_iter().for_each(wrong),
            (_, Err(error)) => wrong(format!("cannot be read back: {error}")),
        }
    }
    if problems.is_empty() {
        Ok(parsed)
    } else {
        Err(problems)
    }
}

/// Cedar numbers parsed policies `policy0`, `policy1` … and lists them in hash order.
fn position(id: &PolicyId) -> usize {
    id.to_string()
        .trim_start_matches("policy")
        .parse()
        .unwrap_or(usize::MAX)
}

/// The schema, with the pack's parameters as attributes of `Pack`.
pub(crate) fn schema(settings: &Settings) -> Result<Schema, Problem> {
    let mut text = include_str!("schema.cedarschema").to_owned();
    text.push_str("\nentity Pack = {\n");
    for (name, parameter) in &settings.parameters {
        let kind = match parameter.value {
            ParameterValue::Switch(_) => "Bool",
            ParameterValue::Number(_) => "Long",
            ParameterValue::Word(_) => "String",
        };
        text.push_str(&format!("  \"{}\": {kind},\n", name.escape_default()));
    }
    text.push_str("};\n");
    match Schema::from_cedarschema_str(&text) {
        Ok((schema, _)) => Ok(schema),
        Err(error) => Err(Problem::new(
            "pack.toml",
            format!("parameters make no schema: {error}"),
        )),
    }
}

/// Sorts the rules of one edition and action into sets. A rule's Cedar id is its place in `parsed`.
pub(crate) fn action_rules(
    settings: &Settings,
    parsed: &[Parsed],
    edition: &str,
    action: Action,
) -> Result<ActionRules, Problem> {
    let mut rules = ActionRules::default();
    let without = settings
        .editions
        .get(edition)
        .map_or(&[][..], |e| &e.without);
    for (index, parsed) in parsed.iter().enumerate() {
        let elsewhere = parsed
            .rule
            .edition
            .as_deref()
            .is_some_and(|only| only != edition);
        let left_out = parsed
            .rule
            .clauses
            .iter()
            .all(|clause| without.contains(clause));
        if elsewhere || left_out || !parsed.actions.contains(&action) {
            continue;
        }
        let add = |set: &mut PolicySet| -> Result<(), Problem> {
            let wrong = |error: String| Problem::new(&parsed.rule.file, error);
            let policy = as_permit(&parsed.policy, index).map_err(wrong)?;
            set.add(policy).map_err(|error| wrong(error.to_string()))
        };
        if parsed.guards.is_empty() {
            add(&mut rules.always)?;
        }
        for (attribute, label) in &parsed.guards {
            let by_label = rules.guarded.entry(attribute.clone()).or_default();
            add(by_label.entry(label.clone()).or_default())?;
        }
    }
    Ok(rules)
}

fn as_permit(policy: &Policy, index: usize) -> Result<Policy, String> {
    let mut tree = policy.to_json().map_err(|error| error.to_string())?;
    tree["effect"] = "permit".into();
    Policy::from_json(Some(PolicyId::new(index.to_string())), tree)
        .map_err(|error| error.to_string())
}

/// The actions in a policy's scope.
fn actions(tree: &Value) -> Vec<Action> {
    let scope = &tree["action"];
    let named: Vec<&str> = std::iter::once(&scope["entity"])
        .chain(scope["entities"].as_array().into_iter().flatten())
        .filter_map(|entity| entity["id"].as_str())
        .collect();
    Action::ALL
        .into_iter()
        .filter(|action| scope["op"] == "All" || named.contains(&action.name()))
        .collect()
}

/// The labels of which a request must carry one before the rule can hold: read from the first
/// conjunct of the first `when`, if that is `context.SET.contains("x")` or `containsAny(["x", …])`.
fn guards(tree: &Value) -> Vec<(String, String)> {
    let Some(first) = tree["conditions"]
        .get(0)
        .filter(|condition| condition["kind"] == "when")
    else {
        return Vec::new();
    };
    let mut conjunct = &first["body"];
    while conjunct["&&"].is_object() {
        conjunct = &conjunct["&&"]["left"];
    }
    asked(conjunct)
}

/// The labels one `context.SET.contains("x")` or `containsAny(["x", …])` asks for.
fn asked(expression: &Value) -> Vec<(String, String)> {
    let of = |operator: &Value, labels: &[Value]| -> Option<Vec<(String, String)>> {
        let access = &operator["left"]["."];
        let set = access["attr"]
            .as_str()
            .filter(|_| access["left"]["Var"] == "context")?;
        let pair = |label: &Value| Some((set.to_owned(), label["Value"].as_str()?.to_owned()));
        labels.iter().map(pair).collect()
    };
    let (one, any) = (&expression["contains"], &expression["containsAny"]);
    let set = any["right"]["Set"].as_array();
    of(one, std::slice::from_ref(&one["right"]))
        .or_else(|| of(any, set?))
        .unwrap_or_default()
}

/// Every label a policy asks for, wherever it stands.
pub(crate) fn labels(tree: &Value) -> Vec<(String, String)> {
    let mut found = asked(tree);
    match tree {
        Value::Object(map) => found.extend(map.values().flat_map(labels)),
        Value::Array(items) => found.extend(items.iter().flat_map(labels)),
        _ => (),
    }
    found
}

/// Adds what an expression looks at.
fn read_by(expression: &Value, reads: &mut Reads) {
    for operator in [&expression["."], &expression["has"]] {
        if operator["left"]["Var"] == "principal" {
            reads
                .person
                .extend(operator["attr"].as_str().map(str::to_owned));
        }
    }
    reads.act |= expression["Var"] == "context";
    match expression {
        Value::Object(map) => map.values().for_each(|part| read_by(part, reads)),
        Value::Array(items) => items.iter().for_each(|part| read_by(part, reads)),
        _ => (),
    }
}

fn has_arithmetic(tree: &Value) -> bool {
    match tree {
        Value::Object(map) => map.iter().any(|(key, value)| {
            matches!(key.as_str(), "+" | "-" | "*" | "neg") || has_arithmetic(value)
        }),
        Value::Array(items) => items.iter().any(has_arithmetic),
        _ => false,
    }
}
