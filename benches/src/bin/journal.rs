//! The journal, beside SQLite in WAL mode with `synchronous=FULL` and a plain loop of write and
//! fdatasync, on the same disk: entries of 500 bytes, each on the disk before it counts.
//!
//! Then ten million entries, sealed as they come, with the memory at every tenth.

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Command, id};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use benches::arguments::Arguments;
use benches::{Samples, peers, usage};
use journal::{Journal, Options, Reader, SealEvery, SealKey, Sealer, verify};

const ENTRY: [u8; 500] = [b'e'; 500];
/// As many gates' sessions as wait at once; for the peers, entries that share one sync.
const TOGETHER: [usize; 5] = [1, 16, 64, 256, 1024];
const GOAL: f64 = 50_000.0;
const MANY: u64 = 10_000_000;
const MANY_QUICK: u64 = 200_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read()?;
    let (span, runs, many) = match arguments.quick {
        true => (Duration::from_millis(500), 1, MANY_QUICK),
        false => (Duration::from_secs(3), 3, MANY),
    };
    let folder = tempfile::Builder::new()
        .prefix("probity-bench-")
        .tempdir_in(arguments.parent())?;
    let sqlite = peers::compile("sqlite", "libsqlite3-dev", &["sqlite3"], folder.path());
    if let Err(missing) = &sqlite {
        println!("without SQLite: {missing}\n");
    }
    println!(
        "durable entries a second, {} bytes each, median of {runs} runs of {span:?}\n",
        ENTRY.len()
    );
    println!(
        "{:>9} {:>12} {:>20} {:>12} {:>12}   {:>10} {:>10}",
        "together", "journal", "p50 / p99 ms", "SQLite", "plain loop", "/ SQLite", "/ plain"
    );
    let mut best = 0.0_f64;
    for together in TOGETHER {
        // The peers take turns within a run, so that a busy spell of the machine hits all.
        let (mut ours, mut theirs, mut plain) = (Vec::new(), Vec::new(), Vec::new());
        for run in 0..runs {
            let inside = |what: &str| folder.path().join(format!("{what}-{together}-{run}"));
            ours.push(journal_synced(&inside("journal"), together, span)?);
            plain.push(plain_loop(&inside("plain"), together, span)?);
            if let Ok(program) = &sqlite {
                theirs.push(sqlite_rate(program, &inside("sqlite"), together, span)?);
            }
        }
        ours.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (rate, latencies) = &ours[ours.len() / 2];
        let (theirs, plain) = (median(theirs), median(plain));
        let millis = |share| latencies.quantile(share).as_secs_f64() * 1e3;
        println!(
            "{together:>9} {rate:>12.0} {:>20} {theirs:>12.0} {plain:>12.0}   {:>9.1}x {:>9.1}x",
            format!("{:.2} / {:.2}", millis(0.5), millis(0.99)),
            rate / theirs,
            rate / plain,
        );
        best = best.max(*rate);
    }
    println!(
        "\ngoal: {GOAL:.0} durable entries/s; best {best:.0}: {}\n",
        met(best >= GOAL)
    );
    many_entries(&folder.path().join("many"), many)?;
    Ok(())
}

fn met(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or(f64::NAN)
}

fn open(dir: &Path) -> Result<Arc<Journal>, Box<dyn Error>> {
    let options = Options {
        min_free_bytes: 0,
        ..Options::default()
    };
    Ok(Arc::new(Journal::open(dir, options)?.0))
}

/// As the gates do it: tasks of an async runtime, each waiting for its entry.
fn journal_synced(
    dir: &Path,
    together: usize,
    span: Duration,
) -> Result<(f64, Samples), Box<dyn Error>> {
    let journal = open(dir)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()?;
    let begun = Instant::now();
    let latencies = runtime.block_on(async {
        let tasks: Vec<_> = (0..together)
            .map(|_| {
                let journal = journal.clone();
                tokio::spawn(async move {
                    let mut latencies = Vec::new();
                    while begun.elapsed() < span {
                        let asked = Instant::now();
                        journal.append_synced((), &ENTRY).await?.into_parts();
                        latencies.push(asked.elapsed());
                    }
                    Ok::<_, journal::CannotRecord>(latencies)
                })
            })
            .collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await??);
        }
        Ok::<_, Box<dyn Error>>(all)
    })?;
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = latencies.len() as f64 / begun.elapsed().as_secs_f64();
    Ok((rate, Samples::of(latencies)))
}

/// The least anyone could do: the entries of a batch, then a sync.
fn plain_loop(path: &Path, together: usize, span: Duration) -> Result<f64, Box<dyn Error>> {
    let mut file = File::create(path)?;
    let begun = Instant::now();
    let mut entries = 0_u32;
    while begun.elapsed() < span {
        for _ in 0..together {
            file.write_all(&ENTRY)?;
            entries += 1;
        }
        file.sync_data()?;
    }
    Ok(f64::from(entries) / begun.elapsed().as_secs_f64())
}

fn sqlite_rate(
    program: &Path,
    path: &Path,
    together: usize,
    span: Duration,
) -> Result<f64, Box<dyn Error>> {
    let mut command = Command::new(program);
    command
        .arg(path)
        .arg(together.to_string())
        .arg(ENTRY.len().to_string())
        .arg(span.as_secs_f64().to_string());
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let figures: Vec<f64> = said
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    match figures[..] {
        [rows, seconds] => Ok(rows / seconds),
        _ => Err(format!("SQLite failed: {}", String::from_utf8_lossy(&output.stderr)).into()),
    }
}

/// As a busy web gate: entries that do not wait for the disk, one thread sealing behind.
fn many_entries(dir: &Path, many: u64) -> Result<(), Box<dyn Error>> {
    let journal = open(dir)?;
    let key = SealKey::load_or_create(dir.join("key"), "bench.invalid/journal")?;
    let verifier = key.verifier().clone();
    let mut sealer = Sealer::open(dir, key, SealEvery::default())?.0;
    let done = AtomicBool::new(false);
    println!(
        "{many} entries, sealed meanwhile\n{:>12} {:>12} {:>14}",
        "entries", "entries/s", "resident MB"
    );
    let mut resident = Vec::new();
    std::thread::scope(|scope| {
        let sealing = scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                sealer.seal_if_due(&journal, SystemTime::now())?;
                std::thread::sleep(Duration::from_millis(20));
            }
            sealer.seal_now(&journal, SystemTime::now())
        });
        for tenth in 1..=10 {
            let begun = Instant::now();
            for _ in 0..many / 10 {
                journal.append((), &ENTRY)?.into_parts();
            }
            journal.sync_now()?;
            #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
            let rate = (many / 10) as f64 / begun.elapsed().as_secs_f64();
            resident.push(usage::resident(id()));
            println!(
                "{:>12} {rate:>12.0} {:>14.1}",
                many / 10 * tenth,
                usage::resident(id())
            );
        }
        done.store(true, Ordering::Release);
        match sealing.join() {
            Ok(sealed) => sealed.map(drop).map_err(Box::<dyn Error>::from),
            Err(_) => Err("the sealing thread panicked".into()),
        }
    })?;
    let grown = resident.last().copied().unwrap_or_default()
        - resident.first().copied().unwrap_or_default();
    println!(
        "goal: memory flat; grown by {grown:.1} MB after the first tenth: {}",
        met(grown < 8.0)
    );
    timed("read", many, || {
        let mut reader = Reader::from(dir, ledger::EntryIndex(0))?;
        while reader.next_entry()?.is_some() {}
        Ok(())
    })?;
    timed("verified", many, || {
        match verify(dir, &verifier)?.is_sound() {
            true => Ok(()),
            false => Err("the journal does not verify".into()),
        }
    })?;
    drop(journal);
    timed("opened again", many, || open(dir).map(drop))?;
    println!("largest memory {:.1} MB", usage::largest_resident(id()));
    Ok(())
}

fn timed(
    what: &str,
    entries: u64,
    run: impl FnOnce() -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    run()?;
    let seconds = begun.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = entries as f64 / seconds;
    println!("{what:<16} {seconds:>8.2} s {rate:>14.0} entries/s");
    Ok(())
}
