//! How long a council's register takes from the database into memory, and how much of it it fills.
//!
//! 5,000 people, each with twenty signatures over the years and twenty permissions in force. Beside
//! it the same rows read through the same driver and thrown away: what no reader can do without.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use benches::arguments::Arguments;
use benches::usage::{largest_resident, resident};
use benches::{Samples, pack_files};
use jiff::{SignedDuration, Timestamp};
use matters::authority::Holding;
use matters::event::{Act, Actor};
use matters::people::Person;
use matters::permission::{self, Permission};
use policy::pack::Pack;
use register::document::Council;
use register_store::Store;
use sqlx::{AnyConnection, Connection as _, Executor as _, Row as _};

const PEOPLE: u32 = 5_000;
const VERSIONS: u32 = 20;
const PERMISSIONS: u32 = 20;

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

/// Fills the tables with one person's rows as the store writes them, and copies of those.
async fn fill(url: &str, pack: &Arc<Pack>) -> Result<(), Box<dyn Error>> {
    let store = Store::open(url, pack.clone()).await?;
    let at: Timestamp = "2026-03-02T09:00:00Z".parse()?;
    let feed = Act::of(Actor::Feed("hr".to_owned()), at);
    let people = ["person-0", "desk"].map(person);
    store.put_people(people, [], &feed).await?;
    let desk = Holding {
        post: "service-desk".into(),
        unit: None,
        person: "desk".into(),
        from: at,
        until: None,
    };
    store.appoint(desk, &feed).await?;
    let opening = permission::Opening {
        person: "person-0".into(),
        kind: "bulk-mail".to_owned(),
        scope: Vec::new(),
        why: "the spring campaign".to_owned(),
        when: permission::When::Ahead {
            from: at,
            until: at + SignedDuration::from_hours(24 * 20),
        },
    };
    let asked = Act::by(&"person-0".into(), at);
    let kept = store.open_matter::<Permission>(opening, &asked).await?;
    let approve = permission::Step::Approve {
        narrowed: permission::Narrowed::default(),
    };
    let given = Act::by(&"desk".into(), at);
    store
        .take::<Permission>(&kept.id, None, approve, &given)
        .await?;
    store.ask_for_signatures(at, &feed).await?;
    store.close().await;
    let mut sql = AnyConnection::connect(url).await?;
    let text = COPIES
        .replace(":people", &PEOPLE.to_string())
        .replace(":versions", &VERSIONS.to_string())
        .replace(":permissions", &PERMISSIONS.to_string());
    sql.execute(sqlx::AssertSqlSafe(text)).await?;
    Ok(())
}

/// Copies of the first person's rows. Of the signatures all but one are superseded.
const COPIES: &str = "
CREATE TEMP TABLE n AS
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people)
    SELECT i FROM n;
INSERT INTO people SELECT 'person-' || i, changed_at, replace(body, 'person-0', 'person-' || i)
    FROM people, n WHERE id = 'person-0' AND i < :people;
INSERT INTO matters SELECT people.i || '-' || n.i || '-' || id, kind, 'person-' || people.i,
    CASE WHEN kind = 'acceptance' AND n.i > 1 THEN 'superseded' ELSE state END,
    kind = 'acceptance' AND n.i > 1, kind = 'acceptance' AND n.i > 1,
    about, version, due_at, opened_at, changed_at,
    CASE WHEN kind = 'acceptance' AND n.i > 1 THEN NULL ELSE fact END,
    replace(body, 'person-0', 'person-' || people.i)
    FROM matters, n, n AS people WHERE subject = 'person-0'
    AND n.i <= (CASE WHEN kind = 'acceptance' THEN :versions ELSE :permissions END);
DELETE FROM matters WHERE subject = 'person-0';
";

fn person(id: &str) -> Person {
    Person {
        id: id.into(),
        name: "Somebody with a name".to_owned(),
        audience: "officer".to_owned(),
        employee_number: Some("1234567".to_owned()),
        job_title: Some("Highways inspector".to_owned()),
        unit: None,
        manager: Some("desk".into()),
        sponsor: None,
        employed: Vec::new(),
        absent: None,
        accounts: vec![id.to_owned()],
        addresses: vec![format!("{id}@council.example")],
        private_addresses: vec![format!("{id}@home.example")],
        private_numbers: Vec::new(),
        format: None,
        verified_at: None,
    }
}
