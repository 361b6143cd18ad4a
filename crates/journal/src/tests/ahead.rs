//! Zeros written ahead: what the format makes of them, and what happens when they cannot be written
//! or taken off.

use std::fs;

use super::{by_hand, fail, journal, payloads};
use crate::format::{FrameHeader, MAX_INDEX, write_frame};
use crate::{CannotRecord, Journal, Options};

fn last_segment_bytes(dir: &tempfile::TempDir) -> u64 {
    let last = crate::segments::list(dir.path()).unwrap().pop().unwrap();
    let path = crate::segments::segment_path(dir.path(), last);
    fs::metadata(path).unwrap().len()
}

#[test]
fn zeros_head_no_frame() {
    let header = FrameHeader::read(&[0; 16]).unwrap();
    assert_eq!(header.length, 0);
    assert!(!header.fits(b""));
}

#[test]
fn a_frame_says_how_far_the_disk_had_the_journal() {
    let check = |index, durable, said| {
        let mut frame = Vec::new();
        write_frame(&mut frame, index, durable, b"entry");
        let header = FrameHeader::read(&frame).unwrap();
        assert!(header.fits(b"entry"));
        assert_eq!((header.index(), header.durable()), (index, said));
    };
    check(0, 0, 0);
    check(7, 7, 7);
    check(7, 3, 3);
    check(MAX_INDEX, MAX_INDEX, MAX_INDEX);
    let far = (1 << 24) - 1;
    check(far, 0, 0);
    check(far + 5, 0, 5); // Too far to say: it claims more, and then recovery refuses more.
    check(MAX_INDEX, 0, MAX_INDEX - far);
}

#[test]
fn the_file_grows_rarely_and_is_cut_when_closed() {
    let (dir, journal) = journal(by_hand());
    assert_eq!(last_segment_bytes(&dir), 32);
    for _ in 0..1000 {
        journal.append((), b"entry").unwrap().into_parts();
        assert_eq!(last_segment_bytes(&dir), 32 + 21 + 256 * 1024);
    }
    drop(journal);
    assert_eq!(last_segment_bytes(&dir), 32 + 1000 * 21);
}

#[test]
fn what_cannot_be_written_ahead_is_no_reason_not_to_record() {
    let (dir, journal) = journal(Options {
        segment_bytes: 1000,
        ..by_hand()
    });
    let text = |n: usize| format!("entry {n} {}", "x".repeat(n));
    fail(&journal.disk().faults.write_ahead, true);
    for n in 0..60 {
        fail(&journal.disk().faults.write_ahead, n % 10 < 8);
        journal
            .append_synced_blocking((), text(n).as_bytes())
            .unwrap()
            .into_parts();
    }
    let expected: Vec<_> = (0..60).map(text).collect();
    assert_eq!(payloads(&dir), expected);
    drop(journal);
    assert_eq!(payloads(&dir), expected);
}

#[test]
fn a_segment_is_not_left_behind_with_zeros() {
    let (dir, journal) = journal(Options {
        segment_bytes: 1000,
        ..by_hand()
    });
    journal.append((), &[b'a'; 600]).unwrap().into_parts();
    fail(&journal.disk().faults.set_len, true);
    let failed = journal.append((), &[b'b'; 600]);
    assert!(matches!(failed, Err(CannotRecord::Unwritable { .. })));
    fail(&journal.disk().faults.set_len, false);
    journal.append((), &[b'c'; 600]).unwrap().into_parts();
    assert_eq!(payloads(&dir), ["a".repeat(600), "c".repeat(600)]);
    let first = crate::segments::segment_path(dir.path(), 0);
    assert_eq!(fs::metadata(first).unwrap().len(), 32 + 16 + 600);
}

#[test]
fn zeros_that_cannot_be_taken_off_do_no_harm() {
    let (dir, journal) = journal(by_hand());
    journal.append((), b"before").unwrap().into_parts();
    fail(&journal.disk().faults.set_len, true);
    drop(journal);
    assert!(last_segment_bytes(&dir) > 256 * 1024);
    assert_eq!(payloads(&dir), ["before"]);
    let (journal, recovery) = Journal::open(dir.path(), by_hand()).unwrap();
    assert_eq!((recovery.entries.0, recovery.cut), (1, None));
    journal.append((), b"after").unwrap().into_parts();
    assert_eq!(payloads(&dir), ["before", "after"]);
}

#[test]
fn entries_are_numbered_as_far_as_a_frame_can_say() {
    let dir = tempfile::tempdir().unwrap();
    let disk = crate::disk::Disk::default();
    crate::writer::create_segment(dir.path(), MAX_INDEX, &disk).unwrap();
    let (journal, _) = Journal::open(dir.path(), by_hand()).unwrap();
    let last = journal.append((), b"the last").unwrap();
    assert_eq!(last.entry().0, MAX_INDEX);
    let failed = journal.append((), b"one more");
    assert!(matches!(failed, Err(CannotRecord::Unwritable { .. })));
    assert_eq!(payloads(&dir), ["the last"]);
}
