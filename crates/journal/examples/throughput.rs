//! Prints how many entries a second the journal takes.
//!
//! `cargo run --release -p journal --example throughput -- [directory] [seconds]`
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use journal::{Journal, Options, Reader, SealEvery, SealKey, Sealer, verify};

const APPENDERS: usize = 64;
const ENTRY: [u8; 500] = [b'e'; 500];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let parent = arguments
        .next()
        .map_or_else(std::env::temp_dir, PathBuf::from);
    let seconds = arguments.next().map_or(3, |s| s.parse().unwrap());
    let span = Duration::from_secs(seconds);
    let dir = parent.join(format!("journal-throughput-{}", std::process::id()));
    let options = Options {
        min_free_bytes: 0,
        ..Options::default()
    };
    let journal = Arc::new(Journal::open(&dir, options).unwrap().0);

    report("synced, one thread", 1, span, |n| {
        journal
            .append_synced_blocking((), &ENTRY)
            .unwrap()
            .into_parts();
        n + 1
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let begun = Instant::now();
    let mut latencies: Vec<Duration> = runtime.block_on(async {
        let tasks: Vec<_> = (0..APPENDERS)
            .map(|_| {
                let journal = journal.clone();
                tokio::spawn(async move {
                    let mut latencies = Vec::new();
                    while begun.elapsed() < span {
                        let asked = Instant::now();
                        journal
                            .append_synced((), &ENTRY)
                            .await
                            .unwrap()
                            .into_parts();
                        latencies.push(asked.elapsed());
                    }
                    latencies
                })
            })
            .collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.unwrap());
        }
        all
    });
    let rate = latencies.len() as f64 / begun.elapsed().as_secs_f64();
    latencies.sort_unstable();
    let at = |part: f64| latencies[(latencies.len() as f64 * part) as usize];
    println!(
        "{:<28}{rate:>12.0} entries/s   p50 {:?}, p99 {:?}, p99.9 {:?}",
        format!("synced, {APPENDERS} tasks"),
        at(0.5),
        at(0.99),
        at(0.999)
    );
    for threads in [1, 2] {
        report(&format!("kernel, {threads} threads"), threads, span, |n| {
            journal.append((), &ENTRY).unwrap().into_parts();
            n + 1
        });
    }
    let entries = journal.sync_now().unwrap().0;

    let key = SealKey::load_or_create(dir.join("key"), "throughput").unwrap();
    let verifier = key.verifier().clone();
    let mut sealer = Sealer::open(&dir, key, SealEvery::default()).unwrap().0;
    timed("sealed", entries, || {
        sealer.seal_now(&journal, SystemTime::now()).unwrap();
    });
    timed("read", entries, || {
        let mut reader = Reader::from(&dir, ledger::EntryIndex(0)).unwrap();
        while reader.next_entry().unwrap().is_some() {}
    });
    timed("verified", entries, || {
        assert!(verify(&dir, &verifier).unwrap().is_sound())
    });
    let asked = Instant::now();
    Reader::tail(&dir, 10)
        .unwrap()
        .for_each(|entry| drop(entry.unwrap()));
    println!("{:<28}{:>12?}", "tail of 10", asked.elapsed());
    println!("{:<28}{:>12}", "largest memory", memory());
    drop(journal);
    let asked = Instant::now();
    Journal::open(&dir, Options::default()).unwrap();
    println!("{:<28}{:>12?}", "opened again", asked.elapsed());
    std::fs::remove_dir_all(&dir).unwrap();
}

fn report(what: &str, threads: usize, span: Duration, append: impl Fn(u64) -> u64 + Sync) {
    let begun = Instant::now();
    let appended: u64 = std::thread::scope(|scope| {
        let one = || {
            let mut n = 0;
            while begun.elapsed() < span {
                n = append(n);
            }
            n
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    println!(
        "{what:<28}{:>12.0} entries/s",
        appended as f64 / begun.elapsed().as_secs_f64()
    );
}

fn timed(what: &str, entries: u64, run: impl FnOnce()) {
    let begun = Instant::now();
    run();
    let rate = entries as f64 / begun.elapsed().as_secs_f64();
    println!("{what:<28}{rate:>12.0} entries/s   ({entries} entries)");
}

fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "not known".into(), |line| line.trim().to_owned())
}
