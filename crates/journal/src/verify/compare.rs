//! Holds entries, leaf hashes and signed roots against one another.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use ledger::{Checkpoint, EntryIndex, NodeHash, Tree, TreeSize, VerifierKey};

use super::entries::Place;
use super::report::{Finding, VerifyReport};
use crate::damage::Damage;
use crate::seal::{LEAF_BYTES, Notes, Record, Seal};
use crate::segments::segment_path;

/// Stretches of differing entries remembered between two confirmed checkpoints.
const MAX_STRETCHES: usize = 256;

/// Consecutive entries that differ from their leaf hashes.
struct Stretch {
    first: u64,
    last: u64,
    place: Place,
}

pub(super) struct Comparison<'a, N> {
    dir: PathBuf,
    key: &'a VerifierKey,
    expected: Option<&'a Checkpoint>,
    notes: Notes<N>,
    leaves: BufReader<Box<dyn Read>>,
    leaf_count: u64,
    /// Genuine checkpoints that are still ahead: at most one.
    ahead: VecDeque<Seal>,
    /// Not known behind a checkpoint that is not genuine, which is a finding already.
    next_sequence: Option<u64>,
    /// The tree if the entries are right (leaf hashes only where an entry is missing), ...
    by_entries: Tree,
    /// ... and if the leaf hashes are right (entries only where a leaf hash is missing).
    by_leaves: Tree,
    /// Entry and leaf hash are both missing somewhere: no root can be worked out any more.
    lost: bool,
    confirmed: u64,
    /// Entries read, and entries read that differ, since the last confirmed root.
    read: u64,
    differing: u64,
    stretches: Vec<Stretch>,
    /// The last checkpoint did not come out and was reported.
    unconfirmed: bool,
    size: u64,
    report: VerifyReport,
}

impl<'a, N: BufRead> Comparison<'a, N> {
    pub(super) fn new(
        dir: &Path,
        key: &'a VerifierKey,
        expected: Option<&'a Checkpoint>,
        notes: Notes<N>,
    ) -> Self {
        Self {
            dir: dir.to_owned(),
            key,
            expected,
            notes,
            leaves: BufReader::new(Box::new(io::empty())),
            leaf_count: 0,
            ahead: VecDeque::new(),
            next_sequence: Some(0),
            by_entries: Tree::default(),
            by_leaves: Tree::default(),
            lost: false,
            confirmed: 0,
            read: 0,
            differing: 0,
            stretches: Vec::new(),
            unconfirmed: false,
            size: 0,
            report: VerifyReport::default(),
        }
    }

    pub(super) fn with_leaves(
        mut self,
        leaves: BufReader<Box<dyn Read>>,
        count: u64,
    ) -> io::Result<Self> {
        (self.leaves, self.leaf_count) = (leaves, count);
        self.look_ahead()?;
        self.check_expected();
        Ok(self)
    }

    pub(super) fn entries(&self) -> u64 {
        self.report.entries
    }

    pub(super) fn damage(&mut self, damage: Damage) {
        self.report.find(Finding::Damaged(damage));
    }

    pub(super) fn torn_end(&mut self, damage: Damage) {
        self.report.torn_end = Some(damage);
    }

    /// Takes the next whole entry; those before it that did not come are missing.
    pub(super) fn entry(&mut self, index: u64, leaf: NodeHash, place: Place) -> io::Result<()> {
        self.missing_until(index)?;
        self.report.entries += 1;
        self.report.unsealed += u64::from(self.ahead.is_empty());
        self.take(Some((leaf, place)))
    }

    /// Says what is left to say when no entry follows; `end` is the index that would have.
    pub(super) fn finish(mut self, end: u64) -> io::Result<VerifyReport> {
        while let Some(seal) = self.ahead.front() {
            let size = seal.size.0;
            self.missing_until(size)?;
        }
        let (sealed, leaf_count) = (self.report.sealed, self.leaf_count);
        if end < sealed.0 {
            // What is torn there was sealed, so it was whole.
            if let Some(torn) = self.report.torn_end.take() {
                self.report.find(Finding::Damaged(torn));
            }
            self.report.find(Finding::EntriesMissing {
                from: EntryIndex(end),
                sealed,
            });
        }
        if leaf_count < sealed.0 {
            self.report.find(Finding::LeavesMissing {
                from: EntryIndex(leaf_count),
                sealed,
            });
        }
        self.tell_stretches(|dir, s| Finding::Differing {
            first: EntryIndex(s.first),
            last: EntryIndex(s.last),
            segment: segment_path(dir, s.place.segment),
            offset: s.place.offset,
        });
        if let Some(expected) = self.expected.take_if(|e| e.size.0 > self.size) {
            let (size, found) = (expected.size, TreeSize(self.size));
            self.report.find(Finding::NotAsExpected { size, found });
        }
        self.report.unsealed_leaves = leaf_count.saturating_sub(sealed.0);
        Ok(self.report)
    }

    fn missing_until(&mut self, index: u64) -> io::Result<()> {
        while self.size < index {
            if self.size >= self.leaf_count {
                // Nothing is known up to there. Checkpoints between cannot be confirmed.
                self.lost = true;
                let next = self
                    .ahead
                    .front()
                    .map_or(index, |seal| seal.size.0.min(index));
                self.size = next.max(self.size + 1);
                self.at_size()?;
            } else {
                self.take(None)?;
            }
        }
        Ok(())
    }

    /// Takes what stands at the present index: the entry, if it is there, and the leaf hash.
    fn take(&mut self, entry: Option<(NodeHash, Place)>) -> io::Result<()> {
        let leaf = self.next_leaf()?;
        let index = self.size;
        if let Some((hash, place)) = entry {
            self.read += 1;
            if leaf.is_some_and(|leaf| leaf != hash) {
                self.differing += 1;
                let full = self.stretches.len() == MAX_STRETCHES;
                match self.stretches.last_mut() {
                    Some(stretch) if stretch.last + 1 == index => stretch.last = index,
                    _ if full => self.report.more_findings += 1,
                    _ => self.stretches.push(Stretch {
                        first: index,
                        last: index,
                        place,
                    }),
                }
            }
        }
        let hash = entry.map(|(hash, _)| hash);
        match (hash.or(leaf), leaf.or(hash)) {
            (Some(by_entry), Some(by_leaf)) => {
                self.by_entries.push(by_entry);
                self.by_leaves.push(by_leaf);
            }
            _ => self.lost = true,
        }
        self.size += 1;
        self.at_size()
    }

    fn next_leaf(&mut self) -> io::Result<Option<NodeHash>> {
        if self.size >= self.leaf_count {
            return Ok(None);
        }
        let mut leaf = [0; LEAF_BYTES as usize];
        self.leaves.read_exact(&mut leaf)?;
        // A stretch that never reached the disk before a power cut reads as zeros.
        Ok((leaf != [0; LEAF_BYTES as usize]).then_some(NodeHash(leaf)))
    }

    /// Checks the checkpoint that ends here, if one does.
    fn at_size(&mut self) -> io::Result<()> {
        self.check_expected();
        if self
            .ahead
            .front()
            .is_some_and(|seal| seal.size.0 <= self.size)
            && let Some(seal) = self.ahead.pop_front()
        {
            self.check_seal(&seal);
            self.look_ahead()?;
        }
        self.report.unsealed = match self.ahead.is_empty() {
            true => self
                .report
                .entries
                .min(self.size - self.report.sealed.0.min(self.size)),
            false => 0,
        };
        Ok(())
    }

    fn check_seal(&mut self, seal: &Seal) {
        let leaves_right = !self.lost && self.by_leaves.root() == seal.root;
        let entries_right = !self.lost && self.by_entries.root() == seal.root;
        if !leaves_right && !entries_right {
            let (from, to) = (TreeSize(self.confirmed), seal.size);
            if !std::mem::replace(&mut self.unconfirmed, true) {
                let sequence = seal.sequence;
                self.report
                    .find(Finding::Unconfirmed { from, to, sequence });
            }
            return;
        }
        self.report.verified += self.read;
        if leaves_right {
            self.report.verified -= self.differing;
            self.by_entries = self.by_leaves.clone();
            self.tell_stretches(|dir, s| Finding::EntriesChanged {
                first: EntryIndex(s.first),
                last: EntryIndex(s.last),
                segment: segment_path(dir, s.place.segment),
                offset: s.place.offset,
            });
        } else {
            self.by_leaves = self.by_entries.clone();
            self.tell_stretches(|_, s| Finding::LeavesChanged {
                first: EntryIndex(s.first),
                last: EntryIndex(s.last),
                offset: s.first * LEAF_BYTES,
            });
        }
        (self.read, self.differing, self.unconfirmed) = (0, 0, false);
        self.confirmed = seal.size.0;
    }

    fn tell_stretches(&mut self, finding: impl Fn(&Path, &Stretch) -> Finding) {
        for stretch in std::mem::take(&mut self.stretches) {
            self.report.find(finding(&self.dir, &stretch));
        }
    }

    fn check_expected(&mut self) {
        let Some(expected) = self.expected.take_if(|e| e.size.0 <= self.size) else {
            return;
        };
        let roots = [self.by_entries.root(), self.by_leaves.root()];
        let reached = expected.size.0 == self.size && !self.lost;
        if !reached || !roots.contains(&expected.root) {
            let (size, found) = (expected.size, TreeSize(self.size));
            self.report.find(Finding::NotAsExpected { size, found });
        }
    }

    /// Reads on to the next genuine checkpoint that is further than all before.
    fn look_ahead(&mut self) -> io::Result<()> {
        while let Some(record) = self.notes.next_record()? {
            let after = self.report.sealed;
            let (offset, note) = match record {
                Record::Note(offset, note) => (offset, note),
                Record::Torn(offset) => {
                    self.report.find(Finding::CheckpointTorn { offset, after });
                    continue;
                }
            };
            let seal = match Seal::verify(&note, self.key) {
                Ok(seal) => seal,
                Err(source) => {
                    self.report.find(Finding::Checkpoint {
                        offset,
                        after,
                        source,
                    });
                    self.next_sequence = None;
                    continue;
                }
            };
            let found = seal.sequence;
            let expected = self.next_sequence.unwrap_or(found);
            if found != expected || seal.size <= after {
                self.report.find(Finding::CheckpointOrder {
                    offset,
                    after,
                    expected,
                    found,
                });
            }
            self.next_sequence = Some(expected.max(found.saturating_add(1)));
            if seal.size > after {
                self.report.checkpoints += 1;
                self.report.sealed = seal.size;
                self.ahead.push_back(seal);
                break;
            }
        }
        Ok(())
    }
}
