//! What an import would change: the dry run, and what the import then does.
//!
//! Pure, and idempotent: once the changes of a plan stand in the register, the same feed plans
//! nothing. A feed is gone through twice. A [`survey`] first learns who is in it, who appears more
//! than once and whose managers go round in a circle; then the [`planner`] goes through it again and
//! puts changes into a [`Plan`], which whoever imports takes away in batches, so that the size of
//! the feed does not matter.

pub mod known;
pub mod merge;
pub mod planner;
pub mod spells;
pub mod survey;
pub mod units;

#[cfg(test)]
mod tests;

use jiff::civil::Date;
use matters::people::{Employment, Person, Unit};

use crate::quarantine::Quarantined;

/// Changes a feed would make, in the order in which they are made.
#[derive(Debug, Default)]
pub struct Plan {
    /// Units nobody knew.
    pub units: Vec<Unit>,
    /// People who would be added or changed.
    pub changes: Vec<Change>,
    /// People of whom the feed says nothing new.
    pub unchanged: u64,
    /// Rows that say word for word what an earlier one said.
    pub repeated: u64,
    /// What would be set aside.
    pub quarantined: Vec<Quarantined>,
}

/// A person as the feed would have them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The row it comes from; of several, the first.
    pub row: u64,
    /// What kind of change.
    pub kind: Kind,
    /// As known; none for somebody new.
    pub before: Option<Person>,
    /// As it would be.
    pub after: Person,
    /// Last day at work, where nobody has been told yet that it ends then: a withdrawal follows.
    pub leaves: Option<Date>,
}

/// Kinds of change, as HR speaks of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Somebody new.
    Joins,
    /// Somebody who had left is back, under the same number.
    Rejoins,
    /// Another post, unit, manager or audience.
    Moves,
    /// A name, date or address is put right.
    Corrects,
    /// Everything ends with a day.
    Leaves,
}

impl Kind {
    /// As people and tables say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Joins => "joins",
            Self::Rejoins => "rejoins",
            Self::Moves => "moves",
            Self::Corrects => "corrects",
            Self::Leaves => "leaves",
        }
    }
}

/// One field, before and after, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub field: &'static str,
    /// Empty if there was nothing.
    pub before: String,
    /// Empty if there is nothing now.
    pub after: String,
}

impl Change {
    /// What is different, field by field.
    pub fn differences(&self) -> Vec<Difference> {
        let before = self.before.as_ref().map(fields).unwrap_or_default();
        let pairs = fields(&self.after).into_iter().enumerate();
        let pairs = pairs.map(|(at, (field, after))| Difference {
            field,
            before: before
                .get(at)
                .map(|(_, text)| text.clone())
                .unwrap_or_default(),
            after,
        });
        pairs.filter(|pair| pair.before != pair.after).collect()
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, person) = (self.kind.name(), &self.after);
        write!(f, "row {}: {} {kind}", self.row, person.id)?;
        if let Some(day) = self.leaves {
            write!(f, ", last day {day}")?;
        }
        for Difference {
            field,
            before,
            after,
        } in self.differences()
        {
            write!(
                f,
                "\n    {field}: {} → {}",
                or_none(&before),
                or_none(&after)
            )?;
        }
        Ok(())
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "(none)" } else { text }
}

/// Everything a feed can change, as text.
fn fields(person: &Person) -> Vec<(&'static str, String)> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let spells: Vec<_> = person.employed.iter().map(spell).collect();
    vec![
        ("name", person.name.clone()),
        ("audience", person.audience.clone()),
        ("employee number", text(&person.employee_number)),
        ("political group", text(&person.group)),
        ("post title", text(&person.job_title)),
        (
            "unit",
            person
                .unit
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ),
        (
            "manager",
            person
                .manager
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ),
        ("employed", spells.join(", ")),
        (
            "absent",
            person.absent.as_ref().map(spell).unwrap_or_default(),
        ),
        ("addresses", person.addresses.join(", ")),
        ("accounts", person.accounts.join(", ")),
        ("telephones", person.extensions.join(", ")),
    ]
}

fn spell(spell: &Employment) -> String {
    match spell.until {
        Some(until) => format!("{} to {until}", spell.from),
        None => format!("from {}", spell.from),
    }
}
