//! The lake: from the record to Parquet files, and questions our engine and DuckDB are asked of them.
//!
//! A made council of 5,000 people asks for pages as the gates record them: three million a day, of 2,000
//! sites of which few have most visits, with addresses on them that hardly ever repeat. The record is
//! written first and is not measured. Then it is taken to the lake on one thread, in batches as the gates
//! do it, and joined. A month of pages and calls follows, of which one division's report is made; and the
//! same report once three years lie beside that month. The questions need the feature `sql`, whose engine takes
//! long to compile.

#[cfg(feature = "sql")]
mod questions;
mod record;

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use benches::arguments::Arguments;
use benches::usage::{cpu_of_tree, resident};
use jiff::Timestamp;
#[cfg(feature = "sql")]
use jiff::tz::TimeZone;
use lake::compact::Worth;
use lake::{Follower, Keys, Lake, Store};
use ledger::TreeSize;

use crate::record::While;

/// Goals: a second, on two cores; and on disk, sealed columns included.
const EVENTS_PER_SECOND: f64 = 100_000.0;
const BYTES_PER_PAGE: f64 = 40.0;

const RECORD: &str = "council.example/record";
#[cfg(feature = "sql")]
/// Months that lie beside the one that is asked about, each with a thirtieth of its pages.
const EARLIER_MONTHS: i64 = 35;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read()?;
    let folder = tempfile::Builder::new()
        .prefix("probity-bench-")
        .tempdir_in(arguments.parent())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let size = Size {
        runs: if arguments.quick { 1 } else { 5 },
        pages: if arguments.quick { 100_000 } else { 3_000_000 },
        month: if arguments.quick { 60_000 } else { 6_000_000 },
    };
    if arguments.wants("day") {
        runtime.block_on(day(&folder.path().join("day"), size))?;
    }
    #[cfg(feature = "sql")]
    if arguments.wants("month") {
        runtime.block_on(month(&folder.path().join("month"), size))?;
    }
    Ok(())
}

#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(feature = "sql"), expect(dead_code, reason = "of the questions"))]
struct Size {
    runs: usize,
    pages: u64,
    month: u64,
}

fn met(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

async fn day(folder: &Path, size: Size) -> Result<(), Box<dyn Error>> {
    let pages = size.pages;
    let day = While {
        from: Timestamp::new(1_793_520_000, 0)?,
        days: 1,
        pages,
        calls: 0,
    };
    let (until, bytes) = record::record(&folder.join("record"), &[day])?;
    println!(
        "{pages} page requests, {} bytes each on the record\n",
        bytes / pages
    );
    let mut lake = fill(folder, until).await?;
    on_disk(&mut lake, pages).await?;
    #[cfg(feature = "sql")]
    {
        let views = questions::views(&lake, &folder.join("lake"), None).await?;
        questions::ask(lake, &views, &questions::OF_A_DAY, size.runs).await?;
    }
    Ok(())
}

#[cfg(feature = "sql")]
async fn month(folder: &Path, size: Size) -> Result<(), Box<dyn Error>> {
    let november = "2026-11-01T00:00:00Z".parse::<Timestamp>()?;
    let month = While {
        from: november,
        days: 30,
        pages: size.month,
        calls: size.month / 100,
    };
    let asked = "2026-11".parse()?;
    println!(
        "a month of {} page requests and {} calls",
        month.pages, month.calls
    );
    let mut lake = taken(folder, &[month]).await?;
    let files = folder.join("lake");
    let views = questions::views(&lake, &files, None).await?;
    let alone = questions::ask(lake, &views, &questions::OF_A_DIVISION, size.runs).await?;
    let mut earlier = Vec::new();
    for n in 1..=EARLIER_MONTHS {
        let from = november
            .to_zoned(TimeZone::UTC)
            .checked_sub(jiff::Span::new().months(n))?;
        earlier.push(While {
            from: from.timestamp(),
            days: 28,
            pages: size.month / 30,
            calls: size.month / 3000,
        });
    }
    println!(
        "the same month beside {EARLIER_MONTHS} others, of which DuckDB is given the files of that month alone"
    );
    lake = taken(folder, &earlier).await?;
    let views = questions::views(&lake, &files, Some(asked)).await?;
    let beside = questions::ask(lake, &views, &questions::OF_A_DIVISION, size.runs).await?;
    println!(
        "{:.2} times as long as with the month alone",
        beside / alone
    );
    Ok(())
}

#[cfg(feature = "sql")]
async fn taken(folder: &Path, whiles: &[While]) -> Result<Lake, Box<dyn Error>> {
    let (until, _) = record::record(&folder.join("record"), whiles)?;
    let mut lake = fill(folder, until).await?;
    lake.compact(Worth::All, |_| ()).await?;
    Ok(lake)
}

async fn fill(folder: &Path, until: TreeSize) -> Result<Lake, Box<dyn Error>> {
    let store = Store::local(folder.join("lake"))?;
    let mut lake = Lake::open(store, Keys::in_folder(folder.join("keys")), RECORD).await?;
    let mut follower = Follower::of(folder.join("record"));
    let me = std::process::id();
    let (begun, cpu) = (Instant::now(), cpu_of_tree(me));
    let mut memory = Vec::new();
    while lake.root().next < until.0 {
        follower.step(&mut lake, until).await?;
        memory.push(resident(me));
    }
    let (took, cpu) = (begun.elapsed(), cpu_of_tree(me) - cpu);
    let rate = per_second(until.0, took);
    println!(
        "taken to the lake: {rate:.0} events/s; {:.0} a second of one core's time",
        per_second(until.0, cpu)
    );
    println!(
        "goal {EVENTS_PER_SECOND:.0} events/s: {}",
        met(rate >= EVENTS_PER_SECOND)
    );
    let tenth = memory.len().div_ceil(10) - 1;
    if let (Some(early), Some(late)) = (memory.get(tenth), memory.last()) {
        println!("{early:.0} MB resident after a tenth, {late:.0} MB at the end\n");
    }
    Ok(lake)
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
fn per_second(n: u64, took: Duration) -> f64 {
    n as f64 / took.as_secs_f64()
}

async fn on_disk(lake: &mut Lake, pages: u64) -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    let done = lake.compact(Worth::All, |_| ()).await?;
    let took = begun.elapsed();
    println!(
        "compaction: {} files became {}, {:.0} rows/s",
        done.before,
        done.after,
        per_second(done.rows, took)
    );
    let (mut open, mut sealed) = (0, 0);
    for month in lake.root().months.keys() {
        for file in lake.month(*month).await?.files {
            (open, sealed) = (open + file.open.bytes, sealed + file.sealed.bytes);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "bytes for people")]
    let each = |bytes: u64| bytes as f64 / pages as f64;
    let all = each(open + sealed);
    println!(
        "{all:.1} bytes a page request on disk: {:.1} open, {:.1} sealed",
        each(open),
        each(sealed)
    );
    println!(
        "goal {BYTES_PER_PAGE:.0} bytes: {}\n",
        met(all <= BYTES_PER_PAGE)
    );
    Ok(())
}
