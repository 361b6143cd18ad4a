//! What a power cut may leave: of the frames that were not synced any may be missing, wholly or in
//! part, whatever became of those behind. And what it cannot have left.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use journal::{Cut, Journal, OpenError, Options, ReadError, Reader, SealEvery, SealKey, Sealer};
use ledger::{EntryIndex, SigningKey};
use proptest::prelude::*;

/// Syncs happen only when a test asks for them.
fn options() -> Options {
    Options {
        sync_within: Duration::from_secs(3600),
        min_free_bytes: 0,
        ..Options::default()
    }
}

fn entry(n: u64) -> Vec<u8> {
    format!("entry {n:02}").into_bytes()
}

/// Every entry has the same length.
const FRAME: usize = 16 + 8;

fn frame(n: u64) -> Range<usize> {
    let start = 32 + n as usize * FRAME;
    start..start + FRAME
}

/// A journal as the kernel has it, its writer still there: zeros are written ahead.
struct Running {
    dir: tempfile::TempDir,
    journal: Journal,
}

impl Running {
    /// Appends so many entries, syncs, and appends the next so many, as often as asked.
    fn new(between_syncs: &[u64]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (journal, _) = Journal::open(dir.path(), options()).unwrap();
        let mut next = 0;
        for (nth, entries) in between_syncs.iter().enumerate() {
            if nth > 0 {
                journal.sync_now().unwrap();
            }
            for n in next..next + entries {
                journal.append((), &entry(n)).unwrap().into_parts();
            }
            next += entries;
        }
        Self { dir, journal }
    }

    /// Its directory after a power cut that left the file so.
    fn cut(&self, leave: impl FnOnce(&mut Vec<u8>)) -> Left {
        let dir = tempfile::tempdir().unwrap();
        for file in fs::read_dir(self.dir.path()).unwrap().map(Result::unwrap) {
            fs::copy(file.path(), dir.path().join(file.file_name())).unwrap();
        }
        let left = Left { dir };
        let mut bytes = fs::read(left.segment()).unwrap();
        leave(&mut bytes);
        fs::write(left.segment(), bytes).unwrap();
        left
    }
}

struct Left {
    dir: tempfile::TempDir,
}

impl Left {
    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn segment(&self) -> PathBuf {
        self.path().join("00000000000000000000.journal")
    }

    /// Read, verified, opened and gone on with, it has so many entries; gives what was cut off.
    fn check(&self, entries: u64) -> Option<Cut> {
        let read: Result<Vec<_>, _> = Reader::from(self.path(), EntryIndex(0)).unwrap().collect();
        let read: Vec<_> = read.unwrap().into_iter().map(|(_, bytes)| bytes).collect();
        assert_eq!(read, (0..entries).map(entry).collect::<Vec<_>>());
        let report = journal::verify(self.path(), key().verifier()).unwrap();
        assert!(report.is_sound(), "{:?}", report.findings);
        assert_eq!(report.entries, entries);
        let (journal, recovery) = Journal::open(self.path(), options()).unwrap();
        assert_eq!(recovery.entries.0, entries);
        assert_eq!(report.torn_end.is_some(), recovery.cut.is_some());
        let goes_on = journal.append_synced_blocking((), b"goes on").unwrap();
        assert_eq!(goes_on.entry().0, entries);
        recovery.cut
    }

    /// Whoever looks finds this entry damaged, and opening changes nothing.
    fn check_refused(&self, damaged: u64) {
        let before = fs::read(self.segment()).unwrap();
        match Journal::open(self.path(), options()) {
            Err(OpenError::Damaged(damage)) => assert_eq!(damage.entry.0, damaged),
            Err(e) => unreachable!("{e}"),
            Ok((_, recovery)) => unreachable!("{recovery:?}"),
        }
        assert_eq!(fs::read(self.segment()).unwrap(), before);
        let report = journal::verify(self.path(), key().verifier()).unwrap();
        assert!(
            report.findings[0]
                .to_string()
                .contains(&format!("entry {damaged} "))
        );
    }
}

fn key() -> SigningKey {
    SigningKey::from_seed("power.test", &[1; 32]).unwrap()
}

#[test]
fn a_frame_torn_at_any_byte_is_cut_off() {
    let running = Running::new(&[2, 1]);
    for torn in frame(2) {
        let left = running.cut(|bytes| bytes[torn..].fill(0));
        let cut = left.check(2);
        assert_eq!(cut.is_none(), torn == frame(2).start);
        assert!(cut.is_none_or(|cut| (cut.entry.0, cut.whole) == (2, 0)));
        // Or the file is shorter than what was written ahead.
        for bytes_left in [torn, torn + 1, frame(2).end + 5] {
            let short = running.cut(|bytes| {
                bytes[torn..].fill(0);
                bytes.truncate(bytes_left);
            });
            short.check(2);
        }
    }
    running.cut(|_| ()).check(3);
}

#[test]
fn an_entry_missing_before_others_not_synced_is_cut_off_with_them() {
    let running = Running::new(&[2, 5]);
    for lost in 2..6 {
        let left = running.cut(|bytes| bytes[frame(lost)].fill(0));
        let cut = left.check(lost).unwrap();
        assert_eq!((cut.entry.0, cut.whole), (lost, 6 - lost));
        assert_eq!(cut.offset, frame(lost).start as u64);
    }
    let left = running.cut(|bytes| {
        bytes[frame(3)].fill(0);
        bytes[frame(5)].fill(0);
    });
    assert_eq!(left.check(3).unwrap().whole, 2);
}

#[test]
fn an_entry_missing_that_was_on_the_disk_is_damage() {
    let running = Running::new(&[4, 2, 3]);
    for lost in 0..6 {
        running
            .cut(|bytes| bytes[frame(lost)].fill(0))
            .check_refused(lost);
        // Whatever else is missing, one frame is enough that says so.
        let left = running.cut(|bytes| {
            bytes[frame(lost)].fill(0);
            (lost + 1..8).for_each(|n| bytes[frame(n)].fill(0));
        });
        left.check_refused(lost);
        let read = Reader::from(left.path(), EntryIndex(0)).unwrap().last();
        assert!(matches!(read, Some(Err(ReadError::Damaged(damage))) if damage.entry.0 == lost));
    }
    running.cut(|bytes| bytes[frame(6)].fill(0)).check(6);
}

#[test]
fn no_crash_moves_an_entry() {
    let running = Running::new(&[3]);
    let left = running.cut(|bytes| {
        bytes.splice(frame(1).start..frame(1).start, *b"inserted");
    });
    left.check_refused(1);
}

/// Nothing behind says that the last ones synced were: that they were sealed does.
#[test]
fn what_was_sealed_was_on_the_disk() {
    let running = Running::new(&[5, 0]);
    let lose = |bytes: &mut Vec<u8>| bytes[frame(2)].fill(0);
    running.cut(lose).check(2);
    let dir = running.dir.path();
    let key = SealKey::load_or_create(dir.join("key"), "power.test").unwrap();
    let mut sealer = Sealer::open(dir, key, SealEvery::default()).unwrap().0;
    sealer
        .seal_now(&running.journal, SystemTime::now())
        .unwrap();
    let refused = Journal::open(running.cut(lose).path(), options());
    assert!(matches!(refused, Err(OpenError::Damaged(damage)) if damage.entry.0 == 2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Nothing synced is lost, nothing before the first lost entry either, and it always opens.
    #[test]
    fn whatever_a_power_cut_leaves_is_recovered(
        between_syncs in prop::collection::vec(0u64..8, 1..4),
        kept in prop::collection::vec(prop_oneof![Just(FRAME), 0..=FRAME], 24),
        truncated: bool,
    ) {
        let running = Running::new(&between_syncs);
        let written: u64 = between_syncs.iter().sum();
        let synced = written - between_syncs.last().unwrap();
        let mut whole = written;
        let left = running.cut(|bytes| {
            for (n, kept) in (synced..written).zip(&kept) {
                bytes[frame(n)][*kept..].fill(0);
                if *kept < FRAME {
                    whole = whole.min(n);
                }
            }
            if truncated {
                bytes.truncate(frame(written).start);
            }
        });
        left.check(whole);
    }
}
