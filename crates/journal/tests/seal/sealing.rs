//! Sealing: when it is due, after crashes, and the key file.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::time::Duration;

use journal::{Journal, SealError, SealEvery, SealKey, SealKeyError, Sealer};
use ledger::TreeSize;

use crate::sealed::{Sealed, at, entry, options, sealer};

#[test]
fn seals_after_so_many_entries_or_so_much_time() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = Journal::open(dir.path(), options()).unwrap();
    let key = SealKey::load_or_create(dir.path().join("key"), "journal.test").unwrap();
    let every = SealEvery {
        entries: 5,
        period: Duration::from_secs(10),
    };
    let (mut sealer, _) = Sealer::open(dir.path(), key, every).unwrap();
    let mut due = |append: u64, seconds: u64| {
        for n in 0..append {
            journal
                .append_synced_blocking((), &entry(n))
                .unwrap()
                .into_parts();
        }
        sealer
            .seal_if_due(&journal, at(seconds))
            .unwrap()
            .map(|seal| (seal.sequence, seal.size.0))
    };
    assert_eq!(due(0, 0), None, "nothing to seal");
    assert_eq!(due(1, 0), Some((0, 1)), "the first entry waits for nothing");
    assert_eq!(due(1, 9), None);
    assert_eq!(due(0, 10), Some((1, 2)), "the time has come");
    assert_eq!(due(4, 11), None);
    assert_eq!(due(1, 11), Some((2, 7)), "enough entries");
    assert_eq!(due(0, 99), None, "nothing new");
    assert_eq!(due(1, 5), Some((3, 8)), "a clock set back does not stop it");
}

#[test]
fn only_what_is_on_the_disk_is_sealed() {
    let dir = tempfile::tempdir().unwrap();
    let options = journal::Options {
        sync_within: Duration::from_secs(3600),
        ..options()
    };
    let (journal, _) = Journal::open(dir.path(), options).unwrap();
    let mut sealer = sealer(dir.path());
    journal.append((), b"in the kernel").unwrap().into_parts();
    assert_eq!(sealer.seal_now(&journal, at(0)).unwrap(), None);
    journal.sync_now().unwrap();
    assert_eq!(
        sealer.seal_now(&journal, at(0)).unwrap().unwrap().size,
        TreeSize(1)
    );
}

/// Every state a kill can leave: some of the leaves, then all and some of the checkpoint.
#[test]
fn sealing_goes_on_after_a_kill_at_any_point() {
    let made = Sealed::new(25, &[10, 25]);
    let (leaves, checkpoints) = (made.file("leaves"), made.file("checkpoints"));
    let (all_leaves, all_checkpoints) =
        (fs::read(&leaves).unwrap(), fs::read(&checkpoints).unwrap());
    let first = all_checkpoints
        .windows(3)
        .position(|w| w == b"\n\n\n")
        .unwrap()
        + 3;
    let states = (320..=800)
        .step_by(7)
        .map(|n| (n, first))
        .chain((first..=all_checkpoints.len()).map(|n| (800, n)));
    for (leaf_bytes, checkpoint_bytes) in states {
        fs::write(&leaves, &all_leaves[..leaf_bytes]).unwrap();
        fs::write(&checkpoints, &all_checkpoints[..checkpoint_bytes]).unwrap();
        let (journal, _) = Journal::open(made.dir.path(), options()).unwrap();
        let mut sealer = sealer(made.dir.path());
        let done = checkpoint_bytes == all_checkpoints.len();
        assert_eq!(sealer.sealed().0, if done { 25 } else { 10 });
        assert_eq!(sealer.seal_now(&journal, at(24)).unwrap().is_none(), done);
        assert_eq!(fs::read(&leaves).unwrap(), all_leaves);
        assert_eq!(
            fs::read(&checkpoints).unwrap(),
            all_checkpoints,
            "the same is signed again"
        );
        let report = made.verify();
        assert!(report.is_sound(), "{:?}", report.findings);
        assert_eq!((report.verified, report.checkpoints), (25, 2));
    }
}

#[test]
fn unwritten_stretches_after_a_power_cut_are_cut_off() {
    let made = Sealed::new(25, &[10, 25]);
    let mut checkpoints = fs::read(made.file("checkpoints")).unwrap();
    let length = checkpoints.len();
    checkpoints[length - 100..length - 20].fill(0);
    fs::write(made.file("checkpoints"), &checkpoints).unwrap();
    assert_eq!(sealer(made.dir.path()).sealed().0, 10);
}

#[test]
fn the_kept_tree_is_believed_only_if_it_fits() {
    let made = Sealed::new(25, &[10, 20]);
    for tree in [None, Some(vec![]), Some(vec![1; 100]), Some(vec![0; 8])] {
        match tree {
            None => fs::remove_file(made.file("tree")).unwrap(),
            Some(tree) => fs::write(made.file("tree"), tree).unwrap(),
        }
        assert_eq!(sealer(made.dir.path()).sealed().0, 20);
    }
    let mut leaves = fs::read(made.file("leaves")).unwrap();
    leaves[40] ^= 1;
    fs::write(made.file("leaves"), leaves).unwrap();
    let open = |key| Sealer::open(made.dir.path(), key, SealEvery::default());
    let key = || SealKey::load_or_create(made.file("key"), "journal.test").unwrap();
    assert!(matches!(open(key()), Err(SealError::Leaves { .. })));
    fs::write(made.file("leaves"), [0; 32]).unwrap();
    assert!(matches!(open(key()), Err(SealError::Leaves { .. })));
    let other = SealKey::load_or_create(made.file("other"), "journal.test").unwrap();
    assert!(matches!(open(other), Err(SealError::Checkpoint { .. })));
}

#[test]
fn one_sealer_and_never_behind_what_is_sealed() {
    let made = Sealed::new(25, &[25]);
    let mut first = sealer(made.dir.path());
    let key = SealKey::load_or_create(made.file("key"), "journal.test").unwrap();
    let second = Sealer::open(made.dir.path(), key, SealEvery::default());
    assert!(matches!(second, Err(SealError::InUse { .. })));
    fs::remove_file(made.segments().pop().unwrap()).unwrap();
    let (journal, _) = Journal::open(made.dir.path(), options()).unwrap();
    let outcome = first.seal_now(&journal, at(0));
    assert!(matches!(outcome, Err(SealError::JournalShorter { .. })));
}

#[test]
fn the_key_file_is_made_once_and_kept_private() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("key");
    let load = |name| SealKey::load_or_create(&path, name);
    assert!(matches!(
        load("two words"),
        Err(SealKeyError::Malformed { .. })
    ));
    let made = load("records.test/mail").unwrap();
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    assert_eq!(
        load("records.test/mail").unwrap().verifier(),
        made.verifier()
    );
    assert!(matches!(
        load("records.test/web"),
        Err(SealKeyError::OtherName { .. })
    ));
    let printed = made.verifier().to_string();
    assert_eq!(
        &ledger::VerifierKey::parse(&printed).unwrap(),
        made.verifier()
    );
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let too_open = load("records.test/mail");
    assert!(matches!(
        too_open,
        Err(SealKeyError::TooOpen { mode: 0o640, .. })
    ));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&path, "not a key").unwrap();
    assert!(matches!(
        load("records.test/mail"),
        Err(SealKeyError::Malformed { .. })
    ));
}
