//! A process that fills, compacts and disposes is killed at random moments, without a chance to tidy up.

use std::process::{Command, Stdio};
use std::time::Duration;

use super::*;
use crate::compact::Worth;

const FOLDER: &str = "LAKE_KILLED_FOLDER";
const ENTRIES: u64 = 6_000;
const ROUNDS: u64 = 25;

async fn work(folder: &Path) {
    let store = Store::local(folder.join("lake")).unwrap();
    let keys = Keys::in_folder(folder.join("keys"));
    let mut lake = Lake::open(store, keys, RECORD).await.unwrap();
    let mut follower = Follower::of(folder.join("record")).with_batches_of(97);
    while lake.root().next < ENTRIES {
        follower.step(&mut lake, TreeSize(ENTRIES)).await.unwrap();
        lake.compact(Worth::Needed, |_| ()).await.unwrap();
    }
}

#[test]
fn killed_at_any_moment_each_entry_is_there_once() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    if let Some(folder) = std::env::var_os(FOLDER) {
        runtime.block_on(work(Path::new(&folder)));
        return;
    }
    let place = Place::new();
    place.record((0..ENTRIES).map(|n| page(n, 2 + n % 3)));
    let (mut random, mut kills) = (0x9e37_79b9_7f4a_7c15_u64, 0);
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "tests::killed::killed_at_any_moment_each_entry_is_there_once",
            ])
            .env(FOLDER, place.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(round * 2 + 1);
        std::thread::sleep(Duration::from_millis(10 + (random >> 33) % 150));
        kills += u64::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        runtime.block_on(async {
            let lake = place.open().await;
            let report = lake.verify(|| ()).await.unwrap();
            assert!(report.is_sound(), "round {round}: {:?}", report.findings);
            assert_eq!(report.entries, lake.root().next);
        });
    }
    assert!(kills > 3, "it was never killed at work");
    runtime.block_on(async {
        work(place.folder.path()).await;
        let lake = place.open().await;
        let report = lake.verify(|| ()).await.unwrap();
        assert!(report.is_sound(), "{:?}", report.findings);
        assert_eq!((report.entries, report.rows), (ENTRIES, ENTRIES));
    });
}
