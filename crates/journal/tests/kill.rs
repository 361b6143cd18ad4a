//! A process that records is killed again and again: nothing it acknowledged may be lost, doubled
//! or out of order, and what it sealed must verify.
//!
//! The process is this test program itself, told by an environment variable to play that part.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::SystemTime;

use journal::{Journal, Options, Reader, SealEvery, SealKey, Sealer, verify};
use ledger::EntryIndex;

const DIR: &str = "JOURNAL_KILL_TEST_DIR";
const ROUND: &str = "JOURNAL_KILL_TEST_ROUND";
const ROUNDS: u64 = 40;
const THREADS: u64 = 4;

fn options() -> Options {
    Options {
        segment_bytes: 16 * 1024,
        min_free_bytes: 0,
        ..Options::default()
    }
}

fn sealer(dir: &Path) -> Sealer {
    let key = SealKey::load_or_create(dir.join("key"), "killed.test").unwrap();
    Sealer::open(
        dir,
        key,
        SealEvery {
            entries: 50,
            ..SealEvery::default()
        },
    )
    .unwrap()
    .0
}

/// Records until it is killed, and prints each entry once it is recorded.
fn record_until_killed(dir: &Path, round: &str) {
    let (journal, _) = Journal::open(dir, options()).unwrap();
    let mut sealer = sealer(dir);
    let say = |line: String| std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (journal, say) = (&journal, &say);
            scope.spawn(move || {
                for n in 0u64.. {
                    let text =
                        format!("{round} {thread} {n} {}", "x".repeat(n as usize * 37 % 900));
                    let recorded = match n % 3 {
                        0 => journal.append_synced_blocking((), text.as_bytes()),
                        _ => journal.append((), text.as_bytes()),
                    };
                    say(format!("recorded {} {text}\n", recorded.unwrap().entry()));
                }
            });
        }
        loop {
            sealer.seal_if_due(&journal, SystemTime::now()).unwrap();
            std::thread::yield_now();
        }
    });
}

#[test]
fn nothing_acknowledged_is_lost_when_killed() {
    if let (Some(dir), Ok(round)) = (std::env::var_os(DIR), std::env::var(ROUND)) {
        record_until_killed(Path::new(&dir), &round);
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::new();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "nothing_acknowledged_is_lost_when_killed",
                "--nocapture",
            ])
            .env(DIR, dir.path())
            .env(ROUND, round.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Killed after a random number of entries, while four threads are somewhere within theirs.
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(round * 2 + 1);
        let kill_after = (random >> 33) % 400;
        let mut lines = BufReader::new(child.stdout.take().unwrap()).split(b'\n');
        let mut heard = 0;
        let mut hear = |line: Vec<u8>| {
            let line = String::from_utf8(line).unwrap();
            // The harness writes its own line first, and the last line may be cut short.
            let Some((_, told)) = line.split_once("recorded ") else {
                return;
            };
            let Some((index, text)) = told.split_once(' ') else {
                return;
            };
            let n: Option<usize> = text.split(' ').nth(2).and_then(|n| n.parse().ok());
            if n.is_some_and(|n| text.ends_with(&format!(" {}", "x".repeat(n * 37 % 900)))) {
                let again = acknowledged.insert(index.parse::<u64>().unwrap(), text.to_owned());
                assert_eq!(again, None, "index {index} was given twice");
            }
        };
        while heard <= kill_after {
            hear(lines.next().expect("the child ended by itself").unwrap());
            heard += 1;
        }
        child.kill().unwrap();
        lines.for_each(|line| hear(line.unwrap()));
        child.wait().unwrap();
        check(dir.path(), &acknowledged);
    }
    assert!(acknowledged.len() as u64 > ROUNDS * 50);
    let (journal, _) = Journal::open(dir.path(), options()).unwrap();
    let mut sealer = sealer(dir.path());
    sealer.seal_now(&journal, SystemTime::now()).unwrap();
    let key = SealKey::load_or_create(dir.path().join("key"), "killed.test").unwrap();
    let report = verify(dir.path(), key.verifier()).unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!(
        (report.entries, report.verified),
        (journal.written().0, journal.written().0)
    );
}

/// Each acknowledged entry is there at its index, each text once, each thread's in its order.
fn check(dir: &Path, acknowledged: &BTreeMap<u64, String>) {
    let (journal, recovery) = Journal::open(dir, options()).unwrap();
    let mut last = BTreeMap::new();
    let mut read = 0;
    for entry in Reader::from(dir, EntryIndex(0)).unwrap() {
        let (index, payload) = entry.unwrap();
        let text = String::from_utf8(payload).unwrap();
        if let Some(told) = acknowledged.get(&index.0) {
            assert_eq!(*told, text);
        }
        let numbers: Vec<u64> = text
            .split(' ')
            .take(3)
            .map(|n| n.parse().unwrap())
            .collect();
        let before = last.insert((numbers[0], numbers[1]), numbers[2]);
        assert_eq!(
            before.map_or(0, |n| n + 1),
            numbers[2],
            "in order, none twice"
        );
        read += 1;
    }
    assert_eq!((recovery.entries.0, journal.written().0), (read, read));
    assert!(acknowledged.keys().all(|index| *index < read));
    let key = SealKey::load_or_create(dir.join("key"), "killed.test").unwrap();
    let report = verify(dir, key.verifier()).unwrap();
    let only_torn = |f: &journal::Finding| matches!(f, journal::Finding::CheckpointTorn { .. });
    assert!(
        report.findings.iter().all(only_torn),
        "{:?}",
        report.findings
    );
}
