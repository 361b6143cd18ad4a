//! What the journal does when the disk fails, which only tests within the crate can arrange.
#![allow(clippy::unwrap_used)]

mod ahead;

use std::future::Future;
use std::os::unix::fs::FileExt;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ledger::EntryIndex;

use crate::{CannotRecord, Journal, Options, Reader};

fn journal(options: Options) -> (tempfile::TempDir, Journal) {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = Journal::open(dir.path(), options).unwrap();
    (dir, journal)
}

/// Nothing is synced unless a test asks for it.
fn by_hand() -> Options {
    Options {
        sync_within: Duration::from_secs(3600),
        min_free_bytes: 0,
        ..Options::default()
    }
}

fn fail(fault: &AtomicBool, fails: bool) {
    fault.store(fails, Ordering::SeqCst);
}

fn payloads(dir: &tempfile::TempDir) -> Vec<String> {
    let reader = Reader::from(dir.path(), EntryIndex(0)).unwrap();
    reader
        .map(|entry| String::from_utf8(entry.unwrap().1).unwrap())
        .collect()
}

#[test]
fn a_failed_sync_is_told_and_stops_the_journal_until_mended() {
    let (dir, journal) = journal(by_hand());
    journal
        .append_synced_blocking((), b"before")
        .unwrap()
        .into_parts();
    fail(&journal.disk().faults.sync, true);
    let kernel_only = journal.append((), b"in doubt").unwrap();
    let synced = journal.append_synced_blocking((), b"also in doubt");
    assert!(matches!(synced, Err(CannotRecord::Stopped { .. })));
    assert_eq!(journal.synced().0, 1);
    assert!(!journal.synced().covers(kernel_only.entry()));
    assert!(matches!(
        journal.append((), b"after"),
        Err(CannotRecord::Stopped { .. })
    ));
    assert!(matches!(
        journal.sync_now(),
        Err(CannotRecord::Stopped { .. })
    ));

    assert!(journal.mend().is_err());
    fail(&journal.disk().faults.sync, false);
    journal.mend().unwrap();
    assert!(journal.trouble().is_none());
    assert_eq!(journal.synced().0, 3);
    journal
        .append_synced_blocking((), b"after")
        .unwrap()
        .into_parts();
    assert_eq!(
        payloads(&dir),
        ["before", "in doubt", "also in doubt", "after"]
    );
}

#[test]
fn everyone_who_waits_is_told_of_a_failed_sync() {
    let (_dir, journal) = journal(by_hand());
    fail(&journal.disk().faults.sync, true);
    let waiting: Vec<_> = (0..20)
        .map(|n| journal.append_synced(n, b"entry"))
        .collect();
    for future in waiting {
        let outcome = std::thread::spawn(move || {
            let mut future = pin!(future);
            loop {
                match future
                    .as_mut()
                    .poll(&mut Context::from_waker(Waker::noop()))
                {
                    Poll::Ready(outcome) => return outcome.map(drop),
                    Poll::Pending => std::thread::yield_now(),
                }
            }
        });
        assert!(matches!(
            outcome.join().unwrap(),
            Err(CannotRecord::Stopped { .. })
        ));
    }
}

#[test]
fn a_failed_write_leaves_nothing_of_the_entry() {
    let (dir, journal) = journal(by_hand());
    journal.append((), b"before").unwrap().into_parts();
    fail(&journal.disk().faults.write, true);
    let failed = journal.append((), &[b'x'; 5000]);
    assert!(matches!(failed, Err(CannotRecord::Unwritable { .. })));
    fail(&journal.disk().faults.write, false);
    let recorded = journal.append((), b"after").unwrap();
    assert_eq!(recorded.entry(), EntryIndex(1));
    assert_eq!(payloads(&dir), ["before", "after"]);
}

#[test]
fn half_an_entry_that_cannot_be_removed_stops_the_journal_until_mended() {
    let (dir, journal) = journal(by_hand());
    journal.append((), b"before").unwrap().into_parts();
    let faults = &journal.disk().faults;
    fail(&faults.write, true);
    fail(&faults.set_len, true);
    let failed = journal.append((), &[b'x'; 5000]);
    assert!(matches!(failed, Err(CannotRecord::Unwritable { .. })));
    fail(&faults.write, false);
    assert!(matches!(
        journal.append((), b"after"),
        Err(CannotRecord::Stopped { .. })
    ));
    assert_eq!(
        payloads(&dir),
        ["before"],
        "a reader stops at the half entry"
    );
    fail(&faults.set_len, false);
    journal.mend().unwrap();
    journal
        .append_synced_blocking((), b"after")
        .unwrap()
        .into_parts();
    assert_eq!(payloads(&dir), ["before", "after"]);
}

#[test]
fn a_segment_is_not_left_behind_unsynced() {
    let (dir, journal) = journal(Options {
        segment_bytes: 1000,
        ..by_hand()
    });
    journal.append((), &[b'a'; 600]).unwrap().into_parts();
    fail(&journal.disk().faults.sync, true);
    let failed = journal.append((), &[b'b'; 600]);
    assert!(matches!(failed, Err(CannotRecord::Stopped { .. })));
    assert!(journal.trouble().is_some());
    fail(&journal.disk().faults.sync, false);
    journal.mend().unwrap();
    journal
        .append_synced_blocking((), &[b'c'; 600])
        .unwrap()
        .into_parts();
    assert_eq!(payloads(&dir), ["a".repeat(600), "c".repeat(600)]);
}

#[test]
fn what_cannot_be_read_back_is_not_declared_durable() {
    let (dir, journal) = journal(by_hand());
    journal
        .append_synced_blocking((), b"on the disk")
        .unwrap()
        .into_parts();
    fail(&journal.disk().faults.sync, true);
    journal
        .append((), b"dropped by the kernel")
        .unwrap()
        .into_parts();
    assert!(journal.sync_now().is_err());
    fail(&journal.disk().faults.sync, false);
    // The kernel gave the page up and reads back what the disk has: zeros.
    let segment = dir.path().join("00000000000000000000.journal");
    let file = std::fs::File::options().write(true).open(&segment).unwrap();
    let second = 32 + 16 + b"on the disk".len() as u64;
    file.write_all_at(&[0; 16 + 21], second).unwrap();
    assert!(journal.mend().is_err());
    assert!(journal.trouble().is_some());
    assert_eq!(journal.synced().0, 1);
}
