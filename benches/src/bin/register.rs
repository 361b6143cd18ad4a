//! How long a council's register takes from the database into memory, and how much of it it fills.
//!
//! 5,000 people, each with twenty signatures over the years and twenty permissions in force. Beside
//! it the same rows read through the same driver and thrown away: what no reader can do without.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use benches::arguments::Arguments;
use benches::council::{PEOPLE, PERMISSIONS, VERSIONS, fill};
use benches::usage::{largest_resident, resident};
use benches::{Samples, pack_files};
use policy::pack::Pack;
use register::document::Council;
use register_store::Store;
use sqlx::{AnyConnection, Connection as _, Row as _};

/// Goals: a restart is not noticed, and the register is not what fills a small machine.
const REBUILT_WITHIN: Duration = Duration::from_millis(500);
const MEGABYTES: f64 = 100.0;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read()?;
    let runs = if arguments.quick { 1 } else { 10 };
    let folder = match &arguments.dir {
        Some(dir) => tempfile::tempdir_in(dir)?,
        None => tempfile::tempdir()?,
    };
    let url = format!(
        "sqlite://{}?mode=rwc",
        folder.path().join("register").display()
    );
    let pack = Arc::new(Pack::load(&pack_files("walsall"))?);
    fill(&url, &pack).await?;
    println!("{PEOPLE} people, {VERSIONS} signatures and {PERMISSIONS} permissions each, SQLite\n");
    let before = resident(std::process::id());
    let store = Store::open(&url, pack.clone()).await?;
    let document = store.document(Council::default());
    println!(
        "{} people and {} permissions in memory; {:.0} MB resident, {:.0} MB more than before (goal {MEGABYTES} MB); at most {:.0} MB so far",
        document.people.len(),
        document.permissions.len(),
        resident(std::process::id()),
        resident(std::process::id()) - before,
        largest_resident(std::process::id()),
    );
    let (mut rebuilt, mut read, mut documents) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        rebuilt.push(timed(Store::open(&url, pack.clone())).await?);
        read.push(timed(rows_only(&url)).await?);
        let start = Instant::now();
        drop(store.document(Council::default()));
        documents.push(start.elapsed());
    }
    let rebuilt = Samples::of(rebuilt);
    println!("{}", rebuilt.line("opened and read into memory"));
    println!("{}", Samples::of(read).line("the same rows, thrown away"));
    println!("{}", Samples::of(documents).line("document for the gates"));
    let met = rebuilt.quantile(0.5) <= REBUILT_WITHIN;
    println!(
        "goal {REBUILT_WITHIN:?}: {}",
        if met { "met" } else { "missed" }
    );
    Ok(())
}

async fn timed<T, E: Error + 'static>(
    work: impl Future<Output = Result<T, E>>,
) -> Result<Duration, Box<dyn Error>> {
    let start = Instant::now();
    drop(work.await?);
    Ok(start.elapsed())
}

/// Reads every row an image is made of, through the same driver.
async fn rows_only(url: &str) -> Result<usize, sqlx::Error> {
    use futures_util::TryStreamExt as _;
    let mut sql = AnyConnection::connect(url).await?;
    let mut bytes = 0;
    for text in [
        "SELECT id, body FROM people",
        "SELECT id, fact FROM matters WHERE fact IS NOT NULL",
    ] {
        let mut rows = sqlx::query(text).fetch(&mut sql);
        while let Some(row) = rows.try_next().await? {
            bytes += row.try_get::<&str, _>(1)?.len();
        }
    }
    Ok(bytes)
}
