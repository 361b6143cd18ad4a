//! Reading: from anywhere, from the end, beside a writer, and the kept fixtures of each version.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use journal::{DamageKind, Journal, Options, ReadError, Reader};
use ledger::EntryIndex;

fn journal(dir: &Path) -> Journal {
    journal_of(dir, 300)
}

fn journal_of(dir: &Path, segment_bytes: u64) -> Journal {
    let options = Options {
        segment_bytes,
        min_free_bytes: 0,
        ..Options::default()
    };
    Journal::open(dir, options).unwrap().0
}

fn fill(journal: &Journal, entries: std::ops::Range<u64>) {
    for n in entries {
        journal
            .append((), n.to_string().as_bytes())
            .unwrap()
            .into_parts();
    }
}

fn indexes(reader: Reader) -> Vec<u64> {
    reader
        .map(|entry| {
            let (index, payload) = entry.unwrap();
            assert_eq!(payload, index.0.to_string().as_bytes());
            index.0
        })
        .collect()
}

#[test]
fn from_any_entry_to_the_end() {
    let dir = tempfile::tempdir().unwrap();
    fill(&journal(dir.path()), 0..100);
    for first in 0..=102 {
        let read = indexes(Reader::from(dir.path(), EntryIndex(first)).unwrap());
        assert_eq!(read, (first..100).collect::<Vec<_>>());
        let entry = Reader::entry(dir.path(), EntryIndex(first)).unwrap();
        assert_eq!(entry, (first < 100).then(|| first.to_string().into_bytes()));
    }
    for n in [0, 1, 5, 30, 99, 100, 1000] {
        let read = indexes(Reader::tail(dir.path(), n).unwrap());
        assert_eq!(read, (100 - n.min(100)..100).collect::<Vec<_>>());
    }
}

#[test]
fn an_empty_or_missing_directory_has_no_entries() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(
        indexes(Reader::from(dir.path(), EntryIndex(0)).unwrap()),
        []
    );
    assert_eq!(indexes(Reader::tail(dir.path(), 5).unwrap()), []);
    let missing = Reader::from(dir.path().join("nowhere"), EntryIndex(0));
    assert!(matches!(missing, Err(ReadError::Unreadable { .. })));
}

#[test]
fn a_reader_follows_the_writer_across_segments() {
    let dir = tempfile::tempdir().unwrap();
    let mut reader = Reader::from(dir.path(), EntryIndex(0)).unwrap();
    assert!(reader.next_entry().unwrap().is_none());
    let journal = journal(dir.path());
    let mut expected = 0;
    for round in 0..40 {
        fill(&journal, expected..expected + round % 7);
        for n in expected..expected + round % 7 {
            assert_eq!(reader.next_entry().unwrap().unwrap().index, EntryIndex(n));
        }
        expected += round % 7;
        assert!(reader.next_entry().unwrap().is_none());
        assert_eq!(reader.position().0, expected);
    }
    let mut behind = Reader::from(dir.path(), EntryIndex(expected + 3)).unwrap();
    assert!(behind.next_entry().unwrap().is_none());
    fill(&journal, expected..expected + 50);
    assert_eq!(behind.next_entry().unwrap().unwrap().index.0, expected + 3);
}

#[test]
fn a_reader_keeps_up_with_a_writer_in_another_thread() {
    let dir = tempfile::tempdir().unwrap();
    let journal = journal(dir.path());
    std::thread::scope(|scope| {
        scope.spawn(|| fill(&journal, 0..5000));
        let mut reader = Reader::from(dir.path(), EntryIndex(0)).unwrap();
        let mut next = 0;
        while next < 5000 {
            match reader.next_entry().unwrap() {
                None => std::thread::yield_now(),
                Some(entry) => {
                    assert_eq!(entry.payload, next.to_string().as_bytes());
                    next += 1;
                }
            }
        }
    });
}

/// Entries of all lengths, so that frames lie across pages, written over zeros: a frame can be seen
/// by halves, or after the one behind it. None of that may be taken for damage.
#[test]
fn nobody_who_reads_beside_the_writer_sees_damage() {
    const ENTRIES: u64 = 20_000;
    let text = |n: u64| format!("{n} {}", "x".repeat(n as usize * 37 % 700));
    let key = ledger::SigningKey::from_seed("reading.test", &[1; 32]).unwrap();
    for segment_bytes in [5_000, 1 << 26] {
        let dir = tempfile::tempdir().unwrap();
        let journal = journal_of(dir.path(), segment_bytes);
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for n in 0..ENTRIES {
                    journal.append((), text(n).as_bytes()).unwrap().into_parts();
                }
            });
            scope.spawn(|| {
                let mut reader = Reader::from(dir.path(), EntryIndex(0)).unwrap();
                let mut next = 0;
                while next < ENTRIES {
                    if let Some(entry) = reader.next_entry().unwrap() {
                        assert_eq!(entry.payload, text(next).as_bytes());
                        next += 1;
                    }
                }
            });
            while !writer.is_finished() {
                let tail = Reader::tail(dir.path(), 3).unwrap();
                tail.for_each(|entry| drop(entry.unwrap()));
                let report = journal::verify(dir.path(), key.verifier()).unwrap();
                assert!(report.is_sound(), "{:?}", report.findings);
            }
        });
    }
}

#[test]
fn a_missing_or_shortened_segment_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    fill(&journal(dir.path()), 0..100);
    let mut segments: Vec<_> = fs::read_dir(dir.path())
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "journal"))
        .collect();
    segments.sort();
    let bytes = fs::read(&segments[1]).unwrap();
    let outcome = || {
        let read: Result<Vec<_>, _> = Reader::from(dir.path(), EntryIndex(0)).unwrap().collect();
        match read {
            Err(ReadError::Damaged(damage)) => damage.kind,
            other => unreachable!("{other:?}"),
        }
    };
    fs::write(&segments[1], &bytes[..bytes.len() - 3]).unwrap();
    assert_eq!(outcome(), DamageKind::CutShort);
    fs::write(&segments[1], &bytes[..bytes.len() - 18]).unwrap();
    assert!(matches!(outcome(), DamageKind::Missing { .. }));
    fs::write(&segments[1], &bytes[..20]).unwrap();
    assert_eq!(outcome(), DamageKind::NotASegment);
    fs::remove_file(&segments[1]).unwrap();
    assert!(matches!(outcome(), DamageKind::Missing { .. }));
}

/// The stored format must stay readable: these directories were written by each version and are
/// kept.
#[test]
fn every_version_is_readable() {
    for version in 1..=journal::VERSION {
        check_fixture(&fixture(version));
    }
}

fn fixture(version: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/version-{version}"))
}

fn check_fixture(kept: &Path) {
    let read: Vec<_> = Reader::from(kept, EntryIndex(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let payloads: Vec<&[u8]> = read.iter().map(|(_, payload)| payload.as_slice()).collect();
    assert_eq!(
        payloads,
        [
            b"first".as_slice(),
            b"",
            b"{\"third\":3}",
            &[b'x'; 200],
            b"last"
        ]
    );

    let key = fs::read_to_string(kept.join("verifier-key")).unwrap();
    let key = ledger::VerifierKey::parse(key.trim()).unwrap();
    let report = journal::verify(kept, &key).unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!(
        (report.entries, report.verified, report.checkpoints),
        (5, 5, 2)
    );
}

/// What an older version wrote stays as it is; the present one begins a segment of its own.
#[test]
fn a_journal_of_version_1_goes_on_in_a_new_segment() {
    let dir = tempfile::tempdir().unwrap();
    let mut old = Vec::new();
    for file in fs::read_dir(fixture(1)).unwrap().map(Result::unwrap) {
        fs::copy(file.path(), dir.path().join(file.file_name())).unwrap();
        old.push((file.file_name(), fs::read(file.path()).unwrap()));
    }
    for n in 5..8 {
        let journal = journal_of(dir.path(), 1 << 20);
        let recorded = journal.append_synced_blocking((), b"goes on").unwrap();
        assert_eq!(recorded.entry(), EntryIndex(n));
    }
    for (name, bytes) in old {
        assert_eq!(fs::read(dir.path().join(name)).unwrap(), bytes);
    }
    let new = fs::read(dir.path().join("00000000000000000005.journal")).unwrap();
    assert_eq!((new[16], new.len()), (2, 32 + 3 * (16 + 7)));
    let read = Reader::from(dir.path(), EntryIndex(0)).unwrap();
    assert_eq!(read.map(Result::unwrap).count(), 8);

    // Without entries the old segment has the new one's name and becomes it.
    let empty = tempfile::tempdir().unwrap();
    let name = "00000000000000000000.journal";
    let header = fs::read(fixture(1).join(name)).unwrap()[..32].to_vec();
    fs::write(empty.path().join(name), header).unwrap();
    fill(&journal_of(empty.path(), 300), 0..3);
    let read = indexes(Reader::from(empty.path(), EntryIndex(0)).unwrap());
    assert_eq!(read, [0, 1, 2]);
}

/// Writes the fixture anew; only for a new version, into a new directory.
#[test]
#[ignore = "writes the fixture of the present version"]
fn write_fixture() {
    let dir = fixture(journal::VERSION);
    let options = Options {
        segment_bytes: 200,
        min_free_bytes: 0,
        ..Options::default()
    };
    let (journal, _) = Journal::open(&dir, options).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let key = journal::SealKey::load_or_create(elsewhere.path().join("key"), "fixture").unwrap();
    fs::write(dir.join("verifier-key"), format!("{}\n", key.verifier())).unwrap();
    let mut sealer = journal::Sealer::open(&dir, key, Default::default())
        .unwrap()
        .0;
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_800_000_000);
    for entry in [b"first".as_slice(), b"", b"{\"third\":3}"] {
        journal.append((), entry).unwrap().into_parts();
    }
    journal.sync_now().unwrap();
    sealer.seal_now(&journal, at).unwrap();
    for entry in [[b'x'; 200].as_slice(), b"last"] {
        journal
            .append_synced_blocking((), entry)
            .unwrap()
            .into_parts();
    }
    sealer.seal_now(&journal, at).unwrap();
    drop((journal, sealer));
    // As a kill leaves it: with zeros written ahead.
    let last = fs::File::options()
        .write(true)
        .open(dir.join("00000000000000000004.journal"))
        .unwrap();
    last.set_len(100).unwrap();
    for unneeded in ["journal.lock", "seal.lock", "tree"] {
        fs::remove_file(dir.join(unneeded)).unwrap();
    }
}
