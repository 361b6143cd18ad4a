//! Which figures may be told: nothing told, however it is added and subtracted, is about fewer than
//! five people.
//!
//! A figure is the sum over a set of cells. Figures that were told cut all cells into *pieces*: cells
//! that are in exactly the same figures are in one piece. Whatever somebody works out from the figures
//! by adding, subtracting and multiplying with numbers gives every cell of a piece the same weight, so
//! what they work out is about whole pieces. If each piece is about enough people, so is everything that
//! can be worked out. A figure is therefore told exactly if all pieces are still about enough people
//! after it cut them.
//!
//! What is worth more is asked first. The order has to depend on names alone and never on counts: who
//! sees that a figure is left out is not to learn more from it than that.
//!
//! Invariant: every piece is about enough people, or nothing is told at all.

use std::collections::BTreeSet;

/// Fewest people a figure may be about.
pub const FEWEST: usize = 5;

/// Somebody behind a cell: a hash that means nothing outside its month.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Somebody(u64);

impl Somebody {
    const UNNAMED: u64 = 1 << 63;

    /// A person of the register.
    pub fn named(hash: u64) -> Self {
        Self(hash & !Self::UNNAMED)
    }

    /// A computer or an address nobody could be bound to.
    pub fn unnamed(hash: u64) -> Self {
        Self(hash | Self::UNNAMED)
    }

    fn is_named(self) -> bool {
        self.0 & Self::UNNAMED == 0
    }
}

/// Whether a group is large enough. Whoever nobody could be bound to may be one of the others under
/// another name, and does not make a group of few larger.
pub fn is_enough(people: impl IntoIterator<Item = Somebody>) -> bool {
    let mut named = BTreeSet::new();
    let mut unnamed = BTreeSet::new();
    for somebody in people {
        if somebody.is_named() {
            named.insert(somebody);
            if named.len() >= FEWEST {
                return true;
            }
        } else if unnamed.len() < FEWEST {
            unnamed.insert(somebody);
        }
    }
    named.is_empty() && unnamed.len() >= FEWEST
}

/// Cells, cut into pieces by what was told of them.
#[derive(Debug)]
pub struct Partition<'a> {
    people: &'a [&'a BTreeSet<Somebody>],
    /// The piece each cell is in.
    piece_of: Vec<usize>,
    pieces: Vec<Vec<usize>>,
    tells: bool,
}

impl<'a> Partition<'a> {
    /// Cells of which nothing was told. Each has somebody behind it.
    pub fn new(people: &'a [&'a BTreeSet<Somebody>]) -> Self {
        Self {
            people,
            piece_of: vec![0; people.len()],
            pieces: vec![(0..people.len()).collect()],
            tells: is_enough(people.iter().flat_map(|people| people.iter().copied())),
        }
    }

    /// Whether the sum over these cells may be told; if so, it counts as told. Each cell stands there
    /// once. The sum over no cells is nought and tells nothing.
    pub fn tell(&mut self, cells: &[usize]) -> bool {
        if !self.tells {
            return false;
        }
        let mut inside: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut sorted: Vec<_> = cells
            .iter()
            .map(|&cell| (self.piece_of[cell], cell))
            .collect();
        sorted.sort_unstable();
        for (piece, cell) in sorted {
            match inside.last_mut() {
                Some((last, cells)) if *last == piece => cells.push(cell),
                _ => inside.push((piece, vec![cell])),
            }
        }
        inside.retain(|(piece, cells)| cells.len() < self.pieces[*piece].len());
        let mut cuts = Vec::new();
        for (piece, inside) in inside {
            // Both are in rising order.
            let mut taken = inside.iter().peekable();
            let rest = self.pieces[piece].iter().copied().filter(|cell| {
                let is_taken = taken.peek() == Some(&cell);
                if is_taken {
                    taken.next();
                }
                !is_taken
            });
            let rest: Vec<_> = rest.collect();
            if !self.is_enough(&inside) || !self.is_enough(&rest) {
                return false;
            }
            cuts.push((piece, inside, rest));
        }
        for (piece, inside, rest) in cuts {
            let new = self.pieces.len();
            for &cell in &inside {
                self.piece_of[cell] = new;
            }
            self.pieces[piece] = rest;
            self.pieces.push(inside);
        }
        true
    }

    fn is_enough(&self, cells: &[usize]) -> bool {
        is_enough(
            cells
                .iter()
                .flat_map(|&cell| self.people[cell].iter().copied()),
        )
    }
}

#[cfg(test)]
mod tests;
