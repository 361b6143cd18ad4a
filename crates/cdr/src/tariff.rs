//! What calls cost by a tariff, for feeds that do not say.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::money::{Cost, Money};
use crate::number::Class;

/// What calls cost, by the kind of number that is called.
#[derive(Debug, Clone)]
pub struct Tariff {
    currency: Box<str>,
    rates: BTreeMap<Class, Rate>,
}

#[derive(Debug, Clone, Copy)]
struct Rate {
    set_up: Money,
    per_minute: Money,
}

/// Why a tariff cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReadTariffError {
    /// Not TOML, or a key nobody knows.
    #[error("not a tariff")]
    Toml(#[from] toml::de::Error),
    /// Entries that make no sense.
    #[error("{}; write rates like `local = {{ set_up = \"0.05\", per_minute = \"0.01\" }}`", .0.join(", "))]
    Entries(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    currency: String,
    rates: BTreeMap<String, Written>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    set_up: Option<String>,
    per_minute: String,
}

impl Tariff {
    /// Reads a tariff from TOML; names every entry that makes no sense.
    pub fn read(text: &str) -> Result<Self, ReadTariffError> {
        let file: File = toml::from_str(text)?;
        let mut wrong = Vec::new();
        let mut rates = BTreeMap::new();
        for (name, written) in &file.rates {
            let class = Class::ALL.into_iter().find(|class| class.name() == name);
            let set_up = written.set_up.as_deref().unwrap_or("0");
            match (class, price(set_up), price(&written.per_minute)) {
                (Some(class), Some(set_up), Some(per_minute)) => {
                    rates.insert(class, Rate { set_up, per_minute });
                }
                (None, _, _) => wrong.push(format!("`{name}` is no kind of number")),
                _ => wrong.push(format!("the rate of `{name}` is no price")),
            }
        }
        if file.currency.len() != 3 || !file.currency.bytes().all(|b| b.is_ascii_uppercase()) {
            wrong.push(format!("`{}` is no currency, such as GBP", file.currency));
        }
        match wrong.is_empty() {
            true => Ok(Self {
                currency: file.currency.into(),
                rates,
            }),
            false => Err(ReadTariffError::Entries(wrong)),
        }
    }

    /// What a call to this kind of number costs that people spoke on for so many seconds; nothing where the
    /// tariff does not say. Charged by the second, rounded up to a millionth.
    pub fn cost(&self, class: Class, seconds: u32) -> Option<Cost> {
        let rate = self.rates.get(&class)?;
        let spoken = rate.per_minute.millionths.checked_mul(i64::from(seconds))?;
        let millionths = match seconds {
            0 => 0,
            _ => rate.set_up.millionths.checked_add((spoken + 59) / 60)?,
        };
        Some(Cost {
            amount: Money { millionths },
            currency: Some(self.currency.clone()),
        })
    }
}

fn price(text: &str) -> Option<Money> {
    Money::read(text).filter(|money| money.millionths >= 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn calls_cost_what_they_took_by_the_second() {
        let text = "currency = \"GBP\"\n[rates]\nlocal = { per_minute = \"0.012\" }\npremium = { set_up = \"0.50\", per_minute = \"1.50\" }\ninternal = { per_minute = \"0\" }";
        let tariff = Tariff::read(text).unwrap();
        let check = |class, seconds, expected: Option<&str>| {
            let cost = tariff
                .cost(class, seconds)
                .map(|cost| cost.amount.to_string());
            assert_eq!(cost.as_deref(), expected, "{class:?} {seconds}");
        };
        check(Class::Local, 60, Some("0.012"));
        check(Class::Local, 90, Some("0.018"));
        check(Class::Local, 1, Some("0.0002"));
        check(Class::Premium, 60, Some("2"));
        check(Class::Premium, 0, Some("0"));
        check(Class::Internal, 3600, Some("0"));
        check(Class::Mobile, 60, None);
    }

    #[test]
    fn a_tariff_that_makes_no_sense_names_all_of_it() {
        let text = "currency = \"pounds\"\n[rates]\nmars = { per_minute = \"1\" }\nlocal = { per_minute = \"-1\" }";
        let error = Tariff::read(text).unwrap_err().to_string();
        for part in ["pounds", "mars", "`local`"] {
            assert!(error.contains(part), "{error}");
        }
        assert!(Tariff::read("currency = \"GBP\"").is_err());
    }
}
