//! Signatures of different people, where a kind needs more than one.
//!
//! Somebody who holds two posts can give either signature, never both. Which of the two theirs is
//! stays open until the others have signed, so that nobody is kept out by the order of signing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::authority::Authority;
use crate::id::{PersonId, PostId};
use crate::machine::Refused;
use crate::world::World;

/// One person's agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Who signed.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Each needed signature this can stand for.
    pub may_be: Vec<Seat>,
}

/// A needed signature, and on whose authority somebody gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Seat {
    /// Place in the list of needed signatures, from 0.
    pub needed: usize,
    /// On whose authority.
    pub authority: Authority,
}

/// Adds somebody's signature to those given; returns them and the authority of the new one.
pub(super) fn sign(
    given: &[Signature],
    needed: &[Vec<PostId>],
    by: &PersonId,
    over: &PersonId,
    at: Timestamp,
    world: &World<'_>,
) -> Result<(Vec<Signature>, Authority), Refused> {
    if given.iter().any(|one| one.by == *by) {
        return Err(taken(
            "you have signed; the other signature is somebody else's to give",
        ));
    }
    // Nor does the one on whose authority somebody signed sign again themselves.
    let holders = seats(given).unwrap_or_default();
    let holders = holders.iter().map(|seat| seat.authority.holder.clone());
    let signers = given.iter().map(|one| one.by.clone());
    let signed: Vec<_> = signers.chain(holders).collect();
    let mut may_be = Vec::new();
    for (place, posts) in needed.iter().enumerate() {
        match world.authority(by, posts, over, &signed, at) {
            Ok(authority) => may_be.push(Seat {
                needed: place,
                authority,
            }),
            Err(Refused::Authority { .. }) => {}
            Err(refused) => return Err(refused),
        }
    }
    if may_be.is_empty() {
        return Err(Refused::Authority {
            posts: needed.iter().flatten().cloned().collect(),
        });
    }
    let mut all = given.to_vec();
    all.push(Signature {
        by: by.clone(),
        at,
        may_be,
    });
    let authority = seats(&all)
        .and_then(|seats| seats.last().map(|seat| seat.authority.clone()))
        .ok_or_else(|| taken("the signature you can give was given; another is still needed"))?;
    Ok((all, authority))
}

/// The needed signatures that were not given yet.
pub(super) fn missing<'a>(
    given: &[Signature],
    needed: &'a [Vec<PostId>],
) -> impl Iterator<Item = &'a Vec<PostId>> {
    let seats: Vec<usize> = seats(given)
        .unwrap_or_default()
        .iter()
        .map(|seat| seat.needed)
        .collect();
    let open = needed.iter().enumerate();
    open.filter_map(move |(place, posts)| (!seats.contains(&place)).then_some(posts))
}

/// A place of its own for each signature, if there is one. Packs ask for two or three signatures, so
/// trying every way costs nothing.
fn seats(signatures: &[Signature]) -> Option<Vec<&Seat>> {
    fn place<'a>(rest: &'a [Signature], seats: &mut Vec<&'a Seat>) -> bool {
        let Some((first, rest)) = rest.split_first() else {
            return true;
        };
        first.may_be.iter().any(|seat| {
            if seats.iter().any(|taken| taken.needed == seat.needed) {
                return false;
            }
            seats.push(seat);
            place(rest, seats) || {
                seats.pop();
                false
            }
        })
    }
    let mut seats = Vec::new();
    place(signatures, &mut seats).then_some(seats)
}

fn taken(problem: &str) -> Refused {
    Refused::Rule {
        problem: problem.to_owned(),
        clauses: Vec::new(),
    }
}
