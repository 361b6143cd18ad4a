//! Each entry is in the lake once, whatever happens on the way.

use object_store::local::LocalFileSystem;
use proptest::prelude::*;

use super::*;
use crate::compact::Worth;
use crate::dispose::Rule;
use crate::{Day, LakeError, WriterLock};

fn some_entries() -> Vec<Value> {
    let mut entries: Vec<_> = (0..40).map(|n| page(n, 2 + n % 3)).collect();
    entries.insert(7, message(2));
    entries.insert(20, step());
    entries.insert(30, call());
    entries
}

fn rule() -> Rule {
    Rule {
        name: "keep-days:30".to_owned(),
        authoriser: "monitoring-officer".to_owned(),
        before: "2026-11-04".parse::<Day>().unwrap(),
        held: Vec::new(),
    }
}

/// The lake's folder without waiting for the disk, which is a matter of power cuts.
fn unsynced(place: &Place) -> Store {
    place.store();
    let objects = LocalFileSystem::new_with_prefix(place.path("lake")).unwrap();
    Store::remote(std::sync::Arc::new(objects))
}

/// Everything the lake does, from wherever it stands; an error is where the process died.
async fn whole_life(
    place: &Place,
    journal: &Journal,
    store: Store,
    until: u64,
) -> Result<Lake, Box<dyn std::error::Error>> {
    let mut lake = Lake::open(store, place.keys(), RECORD).await?;
    let record = &mut OnRecord(journal);
    lake.finish_disposal(record).await?;
    let mut follower = Follower::of(place.path("record")).with_batches_of(15);
    while lake.root().next < until {
        follower.step(&mut lake, TreeSize(until)).await?;
    }
    lake.compact(Worth::All, |_| ()).await?;
    lake.dispose(&rule(), record).await?;
    Ok(lake)
}

#[tokio::test]
async fn killed_at_every_step_each_entry_is_there_once_and_each_certificate() {
    let until = some_entries().len() as u64;
    let mut last_words = None;
    for steps in 0.. {
        let place = Place::new().with_known_keys();
        place.record(some_entries());
        let journal = place.journal();
        let mut mortal = unsynced(&place);
        mortal.left = Some(std::sync::Arc::new(steps.into()));
        let died = whole_life(&place, &journal, mortal, until).await.is_err();
        let lake = whole_life(&place, &journal, place.store(), until)
            .await
            .unwrap();
        let report = lake.verify(|| ()).await.unwrap();
        assert!(
            report.is_sound(),
            "killed after {steps}: {:?}",
            report.findings
        );
        let words = lines(&lake).await;
        assert_eq!(*last_words.get_or_insert_with(|| words.clone()), words);
        let entries = journal::Reader::from(journal.dir(), ledger::EntryIndex(until)).unwrap();
        let entries: Vec<Value> = entries
            .map(|entry| serde_json::from_slice(&entry.unwrap().1).unwrap())
            .collect();
        let kinds: Vec<_> = entries
            .iter()
            .map(|e| e["kind"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["disposal", "carried-out"], "killed after {steps}");
        assert_eq!(entries[1]["of"], until);
        // What the dead left behind is taken away, and nothing else.
        let later = std::time::SystemTime::now() + 2 * crate::state::GRACE;
        lake.sweep(later).await.unwrap();
        assert!(lake.verify(|| ()).await.unwrap().is_sound());
        assert_eq!(lake.sweep(later).await.unwrap(), 0);
        if !died {
            assert!(steps > 50, "only {steps} steps");
            return;
        }
    }
}

#[tokio::test]
async fn a_disposal_says_what_it_was_and_ends_the_key_of_a_month() {
    let place = Place::new();
    let mut entries = some_entries();
    entries.push(call());
    let until = place.record(entries);
    let journal = place.journal();
    let mut lake = place.fill(15, until).await;
    let mut held = rule();
    held.held = vec!["2026-10".parse().unwrap()];
    let would = lake.would_dispose(&rule()).await.unwrap().unwrap();
    let certificates = lake.dispose(&held, &mut OnRecord(&journal)).await.unwrap();
    let [certificate] = &certificates[..] else {
        panic!("{certificates:?}")
    };
    let parts = certificate.parts.iter().map(|part| {
        (
            part.kind.name(),
            &*part.from,
            &*part.to,
            part.partitions,
            part.entries,
        )
    });
    let parts: Vec<_> = parts.collect();
    let expected = [
        ("mail", "2026-11-02", "2026-11-02", 1, 1),
        ("matter", "2026-11-03", "2026-11-03", 1, 1),
        ("web", "2026-11-02", "2026-11-03", 2, 27),
    ];
    assert_eq!(parts, expected);
    assert_eq!(would.parts.len(), 4);
    assert!(certificate.keys_destroyed.is_empty());
    assert!(place.path("keys/2026-10.key").exists());
    let certificates = lake
        .dispose(&rule(), &mut OnRecord(&journal))
        .await
        .unwrap();
    assert_eq!(certificates[0].keys_destroyed, ["2026-10".parse().unwrap()]);
    assert!(!place.path("keys/2026-10.key").exists());
    assert!(place.path("keys/2026-11.key").exists());
    let nothing = lake
        .dispose(&rule(), &mut OnRecord(&journal))
        .await
        .unwrap();
    assert!(nothing.is_empty());
    let report = lake.verify(|| ()).await.unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!(lake.root().disposed_entries + report.entries, until);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// However it was cut into batches, and joined again in between, the lake tells the same.
    #[test]
    fn batches_and_compaction_lose_nothing(
        sizes in proptest::collection::vec((1_u64..30, any::<bool>()), 3..12),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let place = Place::new();
            let until = place.record(some_entries());
            let at_once = place.fill(1000, until).await;
            let expected = lines(&at_once).await;
            let elsewhere = Store::local(place.path("pieces")).unwrap();
            let mut lake = Lake::open(elsewhere, place.keys(), RECORD).await.unwrap();
            let mut sizes = sizes.iter().cycle();
            while lake.root().next < until {
                let (size, compact) = sizes.next().unwrap();
                let mut follower = Follower::of(place.path("record")).with_batches_of(*size);
                follower.step(&mut lake, TreeSize(until)).await.unwrap();
                if *compact {
                    lake.compact(Worth::All, |_| ()).await.unwrap();
                }
            }
            assert_eq!(lines(&lake).await, expected);
            let done = lake.compact(Worth::All, |_| ()).await.unwrap();
            assert!(done.after <= done.before);
            assert_eq!(lines(&lake).await, expected);
            assert!(lake.verify(|| ()).await.unwrap().is_sound());
        });
    }
}

#[tokio::test]
async fn a_lake_goes_on_with_its_own_record_only() {
    let place = Place::new();
    let until = place.record(some_entries());
    let mut lake = place.fill(1000, until).await;
    // The same number of entries, but other ones.
    std::fs::remove_dir_all(place.path("record")).unwrap();
    let until = place.record((0..60).map(|n| page(n, 4)));
    let mut follower = Follower::of(place.path("record"));
    let refused = follower.step(&mut lake, TreeSize(until)).await;
    assert!(
        matches!(refused, Err(LakeError::OtherRecord { .. })),
        "{refused:?}"
    );
    let other = Lake::open(place.store(), place.keys(), "other.example/record").await;
    assert!(matches!(other, Err(LakeError::OtherName { .. })));
}

#[tokio::test]
async fn of_two_writers_one_is_told_that_it_was_overtaken() {
    let place = Place::new();
    let until = place.record(some_entries());
    let (mut first, mut second) = (place.open().await, place.open().await);
    let follower = || Follower::of(place.path("record"));
    follower().step(&mut first, TreeSize(until)).await.unwrap();
    let mut overtaken = follower();
    let refused = overtaken.step(&mut second, TreeSize(until)).await;
    assert!(matches!(refused, Err(LakeError::Overtaken)), "{refused:?}");
    second.refresh().await.unwrap();
    let taken = overtaken.step(&mut second, TreeSize(until)).await.unwrap();
    assert_eq!(taken.entries, 0);
    assert!(second.verify(|| ()).await.unwrap().is_sound());
    let lock = WriterLock::take(place.path("lock")).unwrap();
    assert!(matches!(
        WriterLock::take(place.path("lock")),
        Err(LakeError::Locked { .. })
    ));
    drop(lock);
    WriterLock::take(place.path("lock")).unwrap();
}

/// A key that was lost must not be followed by another: pseudonyms would no longer match.
#[tokio::test]
async fn a_lost_key_stops_its_month() {
    let place = Place::new();
    place.record([page(1, 2)]);
    place.fill(1000, 1).await;
    std::fs::remove_file(place.path("keys/2026-11.key")).unwrap();
    let until = place.record([page(2, 2)]);
    let mut lake = place.open().await;
    let refused = Follower::of(place.path("record"))
        .step(&mut lake, TreeSize(until))
        .await;
    assert!(
        matches!(refused, Err(LakeError::OtherKey { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn what_was_changed_or_is_missing_is_found() {
    let place = Place::new();
    let until = place.record(some_entries());
    let lake = place.fill(15, until).await;
    let mut paths = Vec::new();
    for month in lake.root().months.keys() {
        for file in lake.month(*month).await.unwrap().files {
            paths.extend([file.sealed_path(), file.path]);
        }
    }
    for path in paths {
        let file = place.path("lake").join(&path);
        let before = std::fs::read(&file).unwrap();
        let mut changed = before.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        std::fs::write(&file, changed).unwrap();
        let report = lake.verify(|| ()).await.unwrap();
        assert!(
            report
                .findings
                .iter()
                .any(|finding| finding.contains(&path))
        );
        std::fs::remove_file(&file).unwrap();
        let report = lake.verify(|| ()).await.unwrap();
        assert!(
            report
                .findings
                .iter()
                .any(|finding| finding.contains("missing"))
        );
        std::fs::write(&file, before).unwrap();
    }
    assert!(lake.verify(|| ()).await.unwrap().is_sound());
}
