//! The numbers a pack's rules can tell apart.
//!
//! Rules compare counts and sizes with constants and with the pack's parameters, never with
//! arithmetic (the loader sees to that). So between two such numbers all values are alike to every
//! rule, and a fact may be given as the smallest of its kind: two downloads of different sizes then
//! are the same request, and the second is decided by memory.

use std::collections::BTreeSet;

use serde_json::Value;

/// Numbers at which some rule may begin to answer differently.
#[derive(Debug, Clone, Default)]
pub(crate) struct Thresholds {
    /// A constant and the number after it, so that `==` and `>` are told apart too.
    starts: BTreeSet<u64>,
    /// Some rule compares two facts with each other; then every number counts.
    all_differ: bool,
}

impl Thresholds {
    /// Adds a number the rules can read.
    pub(crate) fn add(&mut self, constant: i64) {
        if let Ok(constant) = u64::try_from(constant) {
            self.starts.extend([constant, constant.saturating_add(1)]);
        }
    }

    /// Adds every number one rule names.
    pub(crate) fn add_rule(&mut self, tree: &Value) {
        match tree {
            Value::Object(map) => {
                if let Some(number) = map.get("Value").and_then(Value::as_i64) {
                    self.add(number);
                }
                for operator in ["<", "<=", ">", ">=", "==", "!="] {
                    let sides = map
                        .get(operator)
                        .map(|sides| [&sides["left"], &sides["right"]]);
                    self.all_differ |=
                        sides.is_some_and(|sides| !sides.into_iter().any(is_constant));
                }
                map.values().for_each(|value| self.add_rule(value));
            }
            Value::Array(items) => items.iter().for_each(|item| self.add_rule(item)),
            _ => (),
        }
    }

    /// The smallest number no rule can tell from this one.
    pub(crate) fn least_alike(&self, value: u64) -> u64 {
        if self.all_differ {
            return value;
        }
        self.starts
            .range(..=value)
            .next_back()
            .copied()
            .unwrap_or(0)
    }
}

/// A literal, or an attribute of the pack.
fn is_constant(side: &Value) -> bool {
    let of = &side["."]["left"]["Value"]["__entity"]["type"];
    !side["Value"].is_null() || of == "Pack"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_between_two_thresholds_are_alike_and_the_thresholds_are_not() {
        let mut thresholds = Thresholds::default();
        thresholds.add(10);
        thresholds.add_rule(&serde_json::json!({ ">": { "left": {}, "right": { "Value": 20 } } }));
        let alike = [0, 9, 10, 11, 15, 20, 21, u64::MAX].map(|value| thresholds.least_alike(value));
        assert_eq!(alike, [0, 0, 10, 11, 11, 20, 21, 21]);
    }

    #[test]
    fn two_facts_compared_make_every_number_count() {
        let fact =
            |name: &str| serde_json::json!({ ".": { "left": { "Var": "context" }, "attr": name } });
        let mut thresholds = Thresholds::default();
        thresholds.add_rule(&serde_json::json!({ "<": { "left": fact("a"), "right": fact("b") } }));
        assert_eq!(thresholds.least_alike(7), 7);
    }
}
