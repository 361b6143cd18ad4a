//! How somebody stands, from what the register holds in memory; and the same as numbers.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use matters::id::UnitId;
use matters::people::Person;
use minijinja::{Value, context};
use register_store::Fact;
use register_store::image::Image;

use crate::visit::Visit;

/// Fewer people than this are not counted: a number of so few says who.
const FEWEST: usize = 5;

/// How somebody stands with the policy in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Policy {
    Signed,
    NotSigned,
    Restricted,
}

impl Policy {
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Signed => "Signed",
            Self::NotSigned => "Not signed",
            Self::Restricted => "Restricted until signed",
        }
    }

    pub(super) fn colour(self) -> &'static str {
        match self {
            Self::Signed => "green",
            Self::NotSigned => "yellow",
            Self::Restricted => "red",
        }
    }
}

/// How one person stands.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) policy: Policy,
    /// Permissions in force. What is sealed is not counted.
    pub(super) permissions: usize,
    /// First moment after which they are no user, if one is known and lies ahead.
    pub(super) leaves: Option<Timestamp>,
}

impl Standing {
    pub(super) fn of(person: &Person, image: &Image, at: Timestamp) -> Self {
        let settings = image.world().settings;
        let mut standing = Self {
            policy: Policy::NotSigned,
            permissions: 0,
            leaves: None,
        };
        for (_, fact) in image.facts(&person.id) {
            match fact {
                Fact::Signature {
                    restricted: true, ..
                } => standing.policy = Policy::Restricted,
                Fact::Permission(permission) => {
                    let kind = settings.permissions.get(&permission.kind);
                    standing.permissions += usize::from(kind.is_none_or(|kind| !kind.sealed));
                }
                Fact::Withdrawn { services, from } if services.iter().any(|one| one == "all") => {
                    standing.leaves = standing.leaves.or(*from);
                }
                _ => {}
            }
        }
        if image.accepted().contains(&person.id) {
            standing.policy = Policy::Signed;
        }
        standing.leaves = standing
            .leaves
            .or_else(|| last_day(person, image))
            .filter(|last| *last > at);
        standing
    }
}

/// The end of the last day of employment, where HR knows it.
fn last_day(person: &Person, image: &Image) -> Option<Timestamp> {
    let last = person.employed.last()?.until?;
    let zone = TimeZone::get(&image.pack().settings().zone).ok()?;
    Some(last.tomorrow().ok()?.to_zoned(zone).ok()?.timestamp())
}

/// For each unit a post of the viewer's reaches: numbers, and no names.
pub(super) fn units(visit: &Visit, image: &Image) -> Vec<Value> {
    let held = image.posts().of(&visit.viewer.person, visit.at);
    let units: BTreeSet<UnitId> = held.filter_map(|authority| authority.unit).collect();
    let units = units.iter().filter_map(|unit| image.people().unit(unit));
    units
        .map(|unit| {
            let within = image.people().all().filter(|person| {
                let own = person.unit.as_ref();
                own.is_some_and(|own| image.people().is_within(own, &unit.id))
            });
            let standings: Vec<_> = within
                .map(|one| Standing::of(one, image, visit.at))
                .collect();
            let signed = standings
                .iter()
                .filter(|one| one.policy == Policy::Signed)
                .count();
            context! {
                name => unit.name.clone(),
                counted => standings.len() >= FEWEST,
                people => standings.len(),
                signed,
                not_signed => standings.len() - signed,
                permissions => standings.iter().map(|one| one.permissions).sum::<usize>(),
                leaving => standings.iter().filter(|one| one.leaves.is_some()).count(),
            }
        })
        .collect()
}
