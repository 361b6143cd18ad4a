//! Verification finds whatever was done to a sealed journal, and where.

use std::fs;

use journal::{DamageKind, Finding, Verification, VerifyReport};
use ledger::{Checkpoint, EntryIndex, SigningKey, TreeSize, VerifierKey, leaf_hash};
use proptest::prelude::*;

use crate::sealed::{Sealed, entry, frame, renumber};

/// 40 entries, of which 10, 20 and 30 are sealed.
fn sealed() -> Sealed {
    Sealed::new(40, &[10, 20, 30])
}

fn changed(report: &VerifyReport) -> Vec<(u64, u64)> {
    let stretch = |finding: &Finding| match finding {
        Finding::EntriesChanged { first, last, .. } => (first.0, last.0),
        other => unreachable!("{other}"),
    };
    report.findings.iter().map(stretch).collect()
}

#[test]
fn an_untouched_journal_is_sound_and_counted() {
    let journal = sealed();
    let mut last = 0;
    let report = Verification::new(journal.dir.path(), &journal.key)
        .run(|done| last = done)
        .unwrap();
    assert!(report.is_sound());
    assert_eq!(
        (report.entries, report.verified, report.unsealed),
        (40, 30, 10)
    );
    assert_eq!(
        (report.sealed, report.checkpoints, report.unsealed_leaves),
        (TreeSize(30), 3, 0)
    );
    assert_eq!(last, 40);
    let report = Sealed::new(5, &[]).verify();
    assert!(report.is_sound());
    assert_eq!(
        (report.entries, report.verified, report.unsealed),
        (5, 0, 5)
    );
}

/// Each byte of each file in turn; the file and the place must be named.
#[test]
fn every_flipped_byte_is_found_and_placed() {
    let journal = Sealed::new(24, &[9, 24]);
    let mut files = journal.segments();
    files.extend([journal.file("leaves"), journal.file("checkpoints")]);
    for file in files {
        let whole = fs::read(&file).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            fs::write(&file, &bytes).unwrap();
            let report = journal.verify();
            let place = format!("byte {at} of {}: {:?}", file.display(), report.findings);
            let (offset, longest) = match report.findings.first() {
                Some(Finding::Damaged(damage)) => {
                    assert_eq!(damage.segment, file, "{place}");
                    (damage.offset, 16 + 20)
                }
                Some(Finding::LeavesChanged {
                    first,
                    last,
                    offset,
                }) => {
                    assert_eq!((first, first.0 as usize), (last, at / 32), "{place}");
                    (*offset, 32)
                }
                Some(
                    Finding::Checkpoint { offset, .. } | Finding::CheckpointTorn { offset, .. },
                ) => (*offset, 400),
                _ => unreachable!("{place}"),
            };
            assert!((offset..offset + longest).contains(&(at as u64)), "{place}");
        }
        fs::write(&file, &whole).unwrap();
    }
    assert!(journal.verify().is_sound());
}

#[test]
fn a_forger_who_mends_the_checksums_is_found() {
    let check = |change: fn(&mut Vec<(u64, Vec<u8>)>), expected: &[(u64, u64)]| {
        let journal = sealed();
        journal.forge(change);
        let report = journal.verify();
        assert_eq!(changed(&report), expected);
        report
    };
    check(|entries| entries[13].1[0] ^= 1, &[(13, 13)]);
    check(|entries| entries[29].1.push(b'!'), &[(29, 29)]);
    check(|entries| entries[35].1.push(b'!'), &[]); // Not sealed yet.
    let edits = |entries: &mut Vec<(u64, Vec<u8>)>| {
        [3, 4, 5, 12].into_iter().for_each(|n| entries[n].1.clear());
    };
    let report = check(edits, &[(3, 5), (12, 12)]);
    assert_eq!((report.entries, report.verified), (40, 26));
    let swap = |entries: &mut Vec<(u64, Vec<u8>)>| {
        entries.swap(7, 15);
        renumber(entries);
    };
    check(swap, &[(7, 7), (15, 15)]);
    let remove = |entries: &mut Vec<(u64, Vec<u8>)>| {
        entries.remove(7);
        renumber(entries);
    };
    check(remove, &[(7, 9), (10, 19), (20, 29)]);
    let insert = |entries: &mut Vec<(u64, Vec<u8>)>| {
        entries.insert(12, (0, b"never happened".to_vec()));
        renumber(entries);
    };
    check(insert, &[(12, 19), (20, 29)]);
}

#[test]
fn a_forger_who_does_not_renumber_is_found() {
    let journal = sealed();
    journal.forge(|entries| drop(entries.remove(7)));
    let kinds = |journal: &Sealed| -> Vec<(u64, DamageKind)> {
        let damage = |finding| match finding {
            Finding::Damaged(damage) => (damage.entry.0, damage.kind),
            other => unreachable!("{other}"),
        };
        journal.verify().findings.into_iter().map(damage).collect()
    };
    let missing = |n| DamageKind::Missing {
        until: EntryIndex(n),
    };
    let other = |n| DamageKind::OtherEntry(EntryIndex(n));
    assert_eq!(kinds(&journal), [(7, missing(8))]);
    let journal = sealed();
    journal.forge(|entries| entries.swap(7, 8));
    assert_eq!(kinds(&journal), [(7, missing(8)), (9, other(7))]);
    let journal = sealed();
    journal.forge(|entries| entries.insert(7, (7, b"a second seventh".to_vec())));
    let report = journal.verify();
    assert!(report.findings.len() == 2 && report.findings[0].to_string().contains("entry 7 "));
    let journal = sealed();
    journal.forge(|entries| entries.insert(7, (u64::MAX, b"from far away".to_vec())));
    // The highest index that fits a frame.
    assert_eq!(kinds(&journal), [(7, other((1 << 40) - 1))]);
    assert_eq!(journal.verify().verified, 30);
}

#[test]
fn entry_and_leaf_forged_alike_lie_between_two_checkpoints() {
    let journal = sealed();
    journal.forge(|entries| entries[13].1 = b"forged".to_vec());
    let mut leaves = fs::read(journal.file("leaves")).unwrap();
    leaves[13 * 32..14 * 32].copy_from_slice(&leaf_hash(b"forged").0);
    fs::write(journal.file("leaves"), leaves).unwrap();
    let report = journal.verify();
    let (from, to) = (TreeSize(10), TreeSize(20));
    assert_eq!(
        report.findings,
        [Finding::Unconfirmed {
            from,
            to,
            sequence: 1
        }]
    );
    assert_eq!(report.verified, 10);
}

#[test]
fn what_is_cut_off_is_missed() {
    // At a checkpoint, so that every remaining one fits.
    let journal = sealed();
    journal.forge(|entries| entries.truncate(20));
    let (from, sealed_size) = (EntryIndex(20), TreeSize(30));
    let missing = Finding::EntriesMissing {
        from,
        sealed: sealed_size,
    };
    assert_eq!(journal.verify().findings, std::slice::from_ref(&missing));
    let leaves = fs::read(journal.file("leaves")).unwrap();
    fs::write(journal.file("leaves"), &leaves[..20 * 32]).unwrap();
    let report = journal.verify();
    assert_eq!(
        (report.verified, report.findings.len()),
        (20, 3),
        "{:?}",
        report.findings
    );
    assert!(report.findings.contains(&missing));
    assert!(report.findings.contains(&Finding::LeavesMissing {
        from,
        sealed: sealed_size
    }));

    // With leaves and checkpoints cut alike only a checkpoint kept elsewhere tells.
    let checkpoints = fs::read_to_string(journal.file("checkpoints")).unwrap();
    let kept = checkpoints.rfind("journal.test\n30").unwrap();
    let last = Checkpoint::verify(
        &checkpoints.as_bytes()[kept..checkpoints.len() - 2],
        &journal.key,
    );
    fs::write(journal.file("checkpoints"), &checkpoints[..kept]).unwrap();
    assert!(journal.verify().is_sound());
    let last = last.unwrap();
    let against = Verification::new(journal.dir.path(), &journal.key).expecting(&last);
    let (size, found) = (TreeSize(30), TreeSize(20));
    assert_eq!(
        against.run(|_| ()).unwrap().findings,
        [Finding::NotAsExpected { size, found }]
    );
}

#[test]
fn a_checkpoint_kept_elsewhere_is_held_against_the_journal() {
    let journal = sealed();
    let expect = |n: u64, forged: bool| {
        let extensions = Vec::new();
        let mut tree = ledger::Tree::default();
        (0..n).for_each(|n| tree.push(leaf_hash(&entry(n))));
        if forged {
            tree.push(leaf_hash(b"never happened"));
        }
        let checkpoint = Checkpoint {
            origin: "journal.test".into(),
            size: tree.size(),
            root: tree.root(),
            extensions,
        };
        let report = Verification::new(journal.dir.path(), &journal.key).expecting(&checkpoint);
        report.run(|_| ()).unwrap().is_sound()
    };
    for n in [0, 1, 10, 15, 30, 40] {
        assert!(expect(n, false), "{n}");
        assert!(!expect(n, true), "{n}");
    }
}

#[test]
fn a_segment_taken_away_is_missed() {
    let journal = sealed();
    let segments = journal.segments();
    let first = |n: usize| -> u64 {
        segments[n]
            .file_stem()
            .unwrap()
            .to_str()
            .unwrap()
            .parse()
            .unwrap()
    };
    fs::remove_file(&segments[1]).unwrap();
    let report = journal.verify();
    let Finding::Damaged(damage) = &report.findings[0] else {
        unreachable!("{report:?}")
    };
    assert_eq!(damage.entry, EntryIndex(first(1)));
    assert_eq!(
        damage.kind,
        DamageKind::Missing {
            until: EntryIndex(first(2))
        }
    );
    assert_eq!(report.verified, 30 - (first(2) - first(1)));
}

#[test]
fn checkpoints_removed_reordered_or_foreign_are_found() {
    let check = |change: fn(Vec<&str>) -> Vec<String>, expected: &[&str]| {
        let journal = sealed();
        let file = journal.file("checkpoints");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(
            &file,
            change(text.split_inclusive("\n\n\n").collect()).concat(),
        )
        .unwrap();
        let report = journal.verify();
        let said: Vec<_> = report.findings.iter().map(Finding::to_string).collect();
        assert_eq!(said.len(), expected.len(), "{said:?}");
        for (said, expected) in said.iter().zip(expected) {
            assert!(said.contains(expected), "{said}");
        }
        report
    };
    check(
        |n| vec![n[0].into(), n[2].into()],
        &["checkpoint 2 stands where checkpoint 1 belongs"],
    );
    check(
        |n| vec![n[1].into(), n[2].into()],
        &["checkpoint 1 stands where checkpoint 0 belongs"],
    );
    check(
        |n| vec![n[1].into(), n[0].into(), n[2].into()],
        &[
            "checkpoint 1 stands where checkpoint 0",
            "checkpoint 0 stands where checkpoint 2",
        ],
    );
    check(
        |n| vec![n[0].into(), n[0].into(), n[1].into(), n[2].into()],
        &["checkpoint 0 stands where checkpoint 1"],
    );
    // The last one taken away: no proof of tampering, but the leaves without checkpoint show.
    let report = check(|n| vec![n[0].into(), n[1].into()], &[]);
    assert_eq!((report.unsealed_leaves, report.sealed), (10, TreeSize(20)));
    check(
        |n| vec![n[0].into(), n[1].replace("\n20\n", "\n19\n"), n[2].into()],
        &["not genuine"],
    );
    check(
        |n| vec![n[0].into(), "x".repeat(40_000), n[1].into(), n[2].into()],
        &["not genuine"; 2],
    );

    let stranger = SigningKey::from_seed("journal.test", &[5; 32]).unwrap();
    let journal = sealed();
    let report = journal::verify(journal.dir.path(), stranger.verifier()).unwrap();
    assert_eq!((report.findings.len(), report.verified), (3, 0));
}

#[test]
fn the_report_stays_small_however_much_is_wrong() {
    let journal = sealed();
    journal.forge(|entries| {
        entries.clear();
        entries.extend((0..5000).map(|_| (0, b"again and again".to_vec())));
    });
    let report = journal.verify();
    assert_eq!(report.findings.len(), journal::MAX_FINDINGS);
    assert!(report.more_findings > 3000);
}

fn key() -> VerifierKey {
    SigningKey::from_seed("journal.test", &[1; 32])
        .unwrap()
        .verifier()
        .clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_flipped_bits_are_found(bits in prop::collection::vec(any::<prop::sample::Index>(), 1..4)) {
        let journal = Sealed::new(12, &[5, 12]);
        let mut files = journal.segments();
        files.extend([journal.file("leaves"), journal.file("checkpoints")]);
        let mut contents: Vec<Vec<u8>> = files.iter().map(|f| fs::read(f).unwrap()).collect();
        let original = contents.clone();
        let total: usize = contents.iter().map(Vec::len).sum();
        for bit in bits {
            let mut at = bit.index(total * 8);
            for content in &mut contents {
                if at < content.len() * 8 {
                    content[at / 8] ^= 1 << (at % 8);
                    break;
                }
                at -= content.len() * 8;
            }
        }
        files.iter().zip(&contents).for_each(|(file, bytes)| fs::write(file, bytes).unwrap());
        prop_assert_eq!(journal.verify().is_sound(), contents == original);
    }

    #[test]
    fn any_forgery_is_found(
        edits in prop::collection::vec((0usize..20, prop::collection::vec(any::<u8>(), 0..12)), 1..4),
        removed in prop::option::of(0usize..20),
        swapped in prop::option::of((0usize..19, 0usize..19)),
    ) {
        let journal = Sealed::new(20, &[8, 20]);
        let mut same = false;
        journal.forge(|entries| {
            let before = entries.clone();
            edits.into_iter().for_each(|(n, payload)| entries[n].1 = payload);
            removed.into_iter().for_each(|n| drop(entries.remove(n)));
            swapped.into_iter().for_each(|(a, b)| entries.swap(a, b));
            renumber(entries);
            same = *entries == before;
        });
        prop_assert_eq!(journal.verify().is_sound(), same);
    }

    #[test]
    fn arbitrary_files_never_panic(
        segment in prop::collection::vec(any::<u8>(), 0..200), frames in prop::collection::vec(any::<u64>(), 0..4),
        leaves in prop::collection::vec(any::<u8>(), 0..100), checkpoints in "[a-z0-9+/=— \n]{0,200}",
    ) {
        let journal = Sealed::new(2, &[]);
        let path = journal.segments().pop().unwrap();
        let mut bytes = fs::read(&path).unwrap();
        frames.iter().for_each(|index| bytes.extend(frame(*index, b"forged")));
        bytes.extend(segment);
        fs::write(&path, bytes).unwrap();
        fs::write(journal.file("leaves"), leaves).unwrap();
        fs::write(journal.file("checkpoints"), checkpoints).unwrap();
        journal::verify(journal.dir.path(), &key()).unwrap();
    }
}
