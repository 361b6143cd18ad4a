//! Appending, reopening and recovering.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use journal::{CannotRecord, Cut, DamageKind, Journal, OpenError, Options, Reader, Recovery};
use ledger::{EntryIndex, TreeSize};
use proptest::prelude::*;

fn small() -> Options {
    Options {
        segment_bytes: 400,
        min_free_bytes: 0,
        ..Options::default()
    }
}

fn open(dir: &Path) -> (Journal, Recovery) {
    Journal::open(dir, small()).unwrap()
}

fn entry(n: u64) -> Vec<u8> {
    format!("entry {n} {}", "x".repeat(n as usize % 50)).into_bytes()
}

fn append(dir: &Path, entries: std::ops::Range<u64>) {
    let (journal, _) = open(dir);
    for n in entries {
        let recorded = journal.append(n, &entry(n)).unwrap();
        assert_eq!((recorded.entry(), *recorded.value()), (EntryIndex(n), n));
    }
}

fn check(dir: &Path, n: u64) {
    let read: Vec<_> = Reader::from(dir, EntryIndex(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let expected: Vec<_> = (0..n).map(|n| (EntryIndex(n), entry(n))).collect();
    assert_eq!(read, expected);
}

fn segments(dir: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
    let mut segments: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|e| e == "journal"))
        .collect();
    segments.sort();
    segments
}

#[test]
fn indexes_go_on_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    for n in 0..10 {
        assert_eq!(
            open(dir.path()).1,
            Recovery {
                entries: TreeSize(n * 7),
                cut: None
            }
        );
        append(dir.path(), n * 7..(n + 1) * 7);
    }
    check(dir.path(), 70);
    assert!(segments(dir.path()).len() > 5);
}

#[test]
fn a_recorded_value_gives_access_and_is_given_back() {
    let dir = tempfile::tempdir().unwrap();
    let recorded = open(dir.path())
        .0
        .append(String::from("permit"), b"entry")
        .unwrap();
    assert_eq!((recorded.len(), recorded.value().as_str()), (6, "permit"));
    assert_eq!(recorded.into_parts(), ("permit".into(), EntryIndex(0)));
}

#[test]
fn only_one_writer_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path());
    assert!(matches!(
        Journal::open(dir.path(), small()),
        Err(OpenError::InUse { .. })
    ));
    drop(journal);
    open(dir.path());
}

#[test]
fn entries_are_bounded_and_the_disk_is_not_filled() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        max_entry_bytes: 10,
        ..small()
    };
    let (journal, _) = Journal::open(dir.path(), options).unwrap();
    let too_long = journal.append((), b"eleven byte");
    assert!(matches!(
        too_long,
        Err(CannotRecord::TooLong {
            bytes: 11,
            longest: 10
        })
    ));
    assert!(journal.append((), b"ten bytes.").is_ok());
    assert!(journal.append((), b"").is_ok());
    drop(journal);
    let options = Options {
        min_free_bytes: u64::MAX,
        ..small()
    };
    let (journal, _) = Journal::open(dir.path(), options).unwrap();
    for outcome in [
        journal.append((), b"x"),
        journal.append_synced_blocking((), b"x"),
    ] {
        assert!(matches!(outcome, Err(CannotRecord::DiskNearlyFull { .. })));
    }
    assert_eq!(journal.written(), TreeSize(2));
}

#[test]
fn entries_nobody_waits_for_are_synced_in_time() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        sync_within: Duration::from_millis(1),
        ..small()
    };
    let (journal, _) = Journal::open(dir.path(), options).unwrap();
    let recorded = journal.append((), b"entry").unwrap();
    while !journal.synced().covers(recorded.entry()) {
        std::thread::yield_now();
    }
}

#[test]
fn many_tasks_and_threads_append_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Arc::new(Journal::open(dir.path(), small()).unwrap().0);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    let tasks: Vec<_> = (0..20)
        .map(|task| {
            let journal = journal.clone();
            runtime.spawn(async move {
                for n in 0..20 {
                    let text = format!("{task} {n}");
                    let recorded = journal
                        .append_synced(text.clone(), text.as_bytes())
                        .await
                        .unwrap();
                    assert!(journal.synced().covers(recorded.entry()));
                }
            })
        })
        .collect();
    std::thread::scope(|scope| {
        for thread in 20..24 {
            let journal = &journal;
            scope.spawn(move || {
                for n in 0..20 {
                    let text = format!("{thread} {n}");
                    match n % 2 {
                        0 => journal.append((), text.as_bytes()),
                        _ => journal.append_synced_blocking((), text.as_bytes()),
                    }
                    .unwrap()
                    .into_parts();
                }
            });
        }
    });
    runtime.block_on(async {
        for task in tasks {
            task.await.unwrap();
        }
    });
    let read: Vec<String> = Reader::from(dir.path(), EntryIndex(0))
        .unwrap()
        .map(|e| String::from_utf8(e.unwrap().1).unwrap())
        .collect();
    assert_eq!(read.len(), 24 * 20);
    for who in 0..24 {
        let prefix = format!("{who} ");
        let own: Vec<_> = read
            .iter()
            .filter_map(|e| e.strip_prefix(&prefix))
            .collect();
        let expected: Vec<_> = (0..20).map(|n| n.to_string()).collect();
        assert_eq!(own, expected, "each one's entries stand in its order");
    }
}

#[test]
fn a_dropped_wait_neither_loses_the_entry_nor_hinders_others() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path());
    drop(journal.append_synced((), &entry(0)));
    let waiting = journal.append_synced((), &entry(1));
    journal
        .append_synced_blocking((), &entry(2))
        .unwrap()
        .into_parts();
    drop(journal);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    assert_eq!(runtime.block_on(waiting).unwrap().entry(), EntryIndex(1));
    check(dir.path(), 3);
}

#[test]
fn the_last_segment_cut_anywhere_is_recovered() {
    let dir = tempfile::tempdir().unwrap();
    append(dir.path(), 0..30);
    let last = segments(dir.path()).pop().unwrap();
    let bytes = fs::read(&last).unwrap();
    let first: u64 = last.file_stem().unwrap().to_str().unwrap().parse().unwrap();
    let mut whole_before = None;
    for length in 0..=bytes.len() {
        fs::write(&last, &bytes[..length]).unwrap();
        let (journal, recovery) = open(dir.path());
        let whole = recovery.entries.0;
        assert!(whole >= first && whole <= 30);
        assert!(
            whole_before.is_none_or(|before| whole >= before),
            "more bytes, more entries"
        );
        whole_before = Some(whole);
        if let Some(Cut {
            segment,
            offset,
            bytes: cut,
            entry,
            whole: 0,
        }) = recovery.cut
        {
            assert_eq!((segment, offset + cut), (last.clone(), length as u64));
            assert_eq!(entry, EntryIndex(whole));
        }
        assert_eq!(
            journal
                .append_synced_blocking((), &entry(whole))
                .unwrap()
                .entry()
                .0,
            whole
        );
        drop(journal);
        check(dir.path(), whole + 1);
        segments(dir.path())
            .into_iter()
            .filter(|s| *s > last)
            .for_each(|s| {
                fs::remove_file(s).unwrap();
            });
    }
    assert_eq!(whole_before, Some(30));
}

#[test]
fn a_tail_of_zeros_or_noise_is_cut_off() {
    for tail in [
        vec![0; 5000],
        vec![0xff; 3],
        b"noise".repeat(20),
        vec![1; 64 * 1024],
    ] {
        let dir = tempfile::tempdir().unwrap();
        append(dir.path(), 0..5);
        let last = segments(dir.path()).pop().unwrap();
        let whole = fs::read(&last).unwrap();
        fs::write(&last, [whole.as_slice(), &tail].concat()).unwrap();
        check(dir.path(), 5);
        let (_, recovery) = open(dir.path());
        // Zeros may have been written ahead: nothing is lost with them.
        let noise = tail[0] != 0;
        let cut = recovery.cut.map(|cut| cut.bytes);
        assert_eq!(cut, noise.then_some(tail.len() as u64));
        assert_eq!(fs::read(&last).unwrap(), whole);
    }
}

#[test]
fn damage_before_whole_entries_is_an_error_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    append(dir.path(), 0..3);
    // Written when those before were on the disk, and says so.
    append(dir.path(), 3..4);
    let last = segments(dir.path()).pop().unwrap();
    let whole = fs::read(&last).unwrap();
    let second = 32 + 16 + entry(0).len();
    // In its length (too long for the file, then beyond all bounds), checksum, index and payload.
    for (at, bit) in [(0, 1), (2, 1), (3, 0x80), (5, 1), (9, 1), (20, 1)] {
        let mut bytes = whole.clone();
        bytes[second + at] ^= bit;
        fs::write(&last, &bytes).unwrap();
        match Journal::open(dir.path(), small()) {
            Err(OpenError::Damaged(damage)) => {
                assert_eq!(
                    (damage.entry, damage.offset),
                    (EntryIndex(1), second as u64)
                );
            }
            Err(e) => unreachable!("byte {at}: {e}"),
            Ok((_, recovery)) => unreachable!("byte {at}: {recovery:?}"),
        }
        assert_eq!(fs::read(&last).unwrap(), bytes);
    }
    let mut bytes = whole.clone();
    bytes[3] ^= 1;
    fs::write(&last, &bytes).unwrap();
    let damage = Journal::open(dir.path(), small())
        .err()
        .unwrap()
        .to_string();
    assert!(
        damage.contains("not the beginning of a segment at byte 0"),
        "{damage}"
    );
    let mut bytes = whole;
    bytes[16] = 3;
    fs::write(&last, &bytes).unwrap();
    assert!(matches!(
        Journal::open(dir.path(), small()),
        Err(OpenError::Damaged(damage)) if damage.kind == DamageKind::LaterVersion(3)
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn opening_and_reading_arbitrary_bytes_never_panics(
        bytes in prop::collection::vec(any::<u8>(), 0..300), headed: bool, garbage in 0usize..200,
    ) {
        let dir = tempfile::tempdir().unwrap();
        append(dir.path(), 0..2);
        let last = segments(dir.path()).pop().unwrap();
        let mut file = if headed { fs::read(&last).unwrap() } else { Vec::new() };
        file.truncate(file.len().saturating_sub(garbage));
        file.extend_from_slice(&bytes);
        fs::write(&last, &file).unwrap();
        Reader::from(dir.path(), EntryIndex(0)).map(|reader| reader.count()).ok();
        Reader::tail(dir.path(), 1).map(|reader| reader.count()).ok();
        if let Ok((journal, recovery)) = Journal::open(dir.path(), small()) {
            let recorded = journal.append((), b"goes on").unwrap();
            prop_assert_eq!(recorded.entry().0, recovery.entries.0);
        }
    }
}
