//! Spells of employment: several posts at once are one spell, and a return after a gap is another.

use jiff::civil::Date;
use matters::people::Employment;

use crate::stated::{Says, Stated};

/// What a feed says of one spell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spell {
    /// First day; not said by a leaver's row.
    pub from: Option<Date>,
    /// Last day.
    pub until: Says<Date>,
    /// Whether a last working day was given, not only the end of a contract.
    pub leaves: bool,
}

/// Puts the rows about one person together: posts that overlap are one spell, which lasts as long
/// as any of them. Oldest first; a spell without its first day comes last.
pub fn stated(rows: &[Stated]) -> Vec<Spell> {
    let mut spells: Vec<_> = rows.iter().filter_map(spell_of).collect();
    spells.sort_by_key(|spell| spell.from.unwrap_or(Date::MAX));
    let mut merged: Vec<Spell> = Vec::new();
    for spell in spells {
        match merged.last_mut() {
            Some(last) if touches(last, &spell) => *last = together(*last, spell),
            _ => merged.push(spell),
        }
    }
    merged
}

fn spell_of(row: &Stated) -> Option<Spell> {
    let until = row.ends();
    let says = row.starts.is_some() || until != Says::Nothing;
    says.then_some(Spell {
        from: row.starts,
        until,
        leaves: row.last_day.is().is_some(),
    })
}

fn touches(earlier: &Spell, later: &Spell) -> bool {
    match (earlier.until, later.from) {
        (Says::Is(until), Some(from)) => from <= until.tomorrow().unwrap_or(until),
        _ => true,
    }
}

fn together(a: Spell, b: Spell) -> Spell {
    // A row that ends a spell whose first day another row gives is about the same post.
    if b.from.is_none() || a.from.is_none() {
        let until = if b.until == Says::Nothing {
            a.until
        } else {
            b.until
        };
        return Spell {
            from: a.from.or(b.from),
            until,
            leaves: a.leaves || b.leaves,
        };
    }
    let until = match (a.until, b.until) {
        (Says::Is(one), Says::Is(other)) => Says::Is(one.max(other)),
        // One post goes on, so nobody leaves.
        (Says::None, _) | (_, Says::None) => Says::None,
        _ => Says::Nothing,
    };
    let leaves = match (a.until.is(), b.until.is()) {
        (Some(one), Some(other)) if one == other => a.leaves || b.leaves,
        (Some(one), Some(other)) => {
            if one > other {
                a.leaves
            } else {
                b.leaves
            }
        }
        _ => false,
    };
    Spell {
        from: a.from,
        until,
        leaves,
    }
}

/// What came of putting a spell among those known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// There already, or corrected.
    Known,
    /// One more.
    Added,
    /// It ends a spell, and nobody knows which.
    NoneToEnd,
    /// It would end before it begins.
    Backwards,
}

/// Puts a stated spell among those known, oldest first.
///
/// An end that is not said leaves the known one: a list of starters imported again does not bring
/// leavers back. Only an end that is denied does.
pub fn put(spell: &Spell, known: &mut Vec<Employment>) -> Put {
    let overlaps = |old: &Employment| match spell.from {
        None => true,
        Some(from) => {
            let before_it_ends = old.until.is_none_or(|until| from <= until);
            before_it_ends && spell.until.is().is_none_or(|until| old.from <= *until)
        }
    };
    // A leaver's row is about the last spell; a row with a first day stands for all it overlaps.
    let last = known.iter().rfind(|old| overlaps(old)).cloned();
    let Some(from) = spell.from.or(last.as_ref().map(|old| old.from)) else {
        return Put::NoneToEnd;
    };
    let until = match spell.until {
        Says::Is(until) => Some(until),
        Says::None => None,
        Says::Nothing => last.as_ref().and_then(|old| old.until),
    };
    if until.is_some_and(|until| until < from) {
        return Put::Backwards;
    }
    match (spell.from, &last) {
        (Some(_), _) => known.retain(|old| !overlaps(old)),
        (None, Some(last)) => known.retain(|old| old != last),
        (None, None) => {}
    }
    let at = known.partition_point(|old| old.from < from);
    known.insert(at, Employment { from, until });
    if last.is_some() {
        Put::Known
    } else {
        Put::Added
    }
}
