//! Directorates, services and teams, found by name below the unit above them.

use std::collections::{HashMap, HashSet};

use matters::id::{LONGEST, UnitId};
use matters::people::{People, Unit};
use sha2::{Digest, Sha256};

/// Units by name.
#[derive(Debug, Default)]
pub struct Units {
    /// By the unit above and the name in lower case.
    known: HashMap<(Option<UnitId>, String), UnitId>,
    ids: HashSet<UnitId>,
}

impl Units {
    /// Those of the register.
    pub fn of(people: &People) -> Self {
        let known = people.units().map(|unit| {
            let key = (unit.parent.clone(), unit.name.to_lowercase());
            (key, unit.id.clone())
        });
        Self {
            known: known.collect(),
            ids: people.units().map(|unit| unit.id.clone()).collect(),
        }
    }

    /// The unit at the end of a path of names; those nobody knew are added to `new`.
    pub fn find(&mut self, path: &[String], new: &mut Vec<Unit>) -> Option<UnitId> {
        path.iter().fold(None, |parent, name| {
            let key = (parent.clone(), name.to_lowercase());
            let id = self.known.entry(key).or_insert_with(|| {
                let id = id_of(parent.as_ref(), name, &self.ids);
                self.ids.insert(id.clone());
                new.push(Unit {
                    id: id.clone(),
                    name: name.clone(),
                    parent: parent.clone(),
                });
                id
            });
            Some(id.clone())
        })
    }
}

/// The path in words that go into an address; a hash where that is too long, empty or another's.
fn id_of(parent: Option<&UnitId>, name: &str, taken: &HashSet<UnitId>) -> UnitId {
    let words = name.to_lowercase();
    let words = words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("-");
    let full = match parent {
        Some(parent) => format!("{parent}.{slug}"),
        None => slug.clone(),
    };
    let id = UnitId::new(full);
    if !slug.is_empty() && id.as_str().len() <= LONGEST && !taken.contains(&id) {
        return id;
    }
    let whole = format!("{}\n{name}", parent.map(UnitId::as_str).unwrap_or_default());
    let hash = Sha256::digest(whole.as_bytes());
    let hash: String = hash
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    UnitId::new(format!("unit-{hash}"))
}
