//! The lake: from the record to Parquet files, and questions DuckDB is asked of them.
//!
//! A made council of 5,000 people asks for pages as the gates record them: three million a day, of 2,000
//! sites of which few have most visits, with addresses on them that hardly ever repeat. The record is
//! written first and is not measured. Then it is taken to the lake on one thread, in batches as the gates
//! do it, and joined; DuckDB shows that another engine reads the files, and how fast.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use benches::arguments::Arguments;
use benches::random::Random;
use benches::usage::{cpu_of_tree, resident};
use journal::{Journal, Options};
use lake::compact::Worth;
use lake::{Follower, Keys, Lake, Store};
use ledger::TreeSize;

/// Goals: a second, on two cores; and on disk, sealed columns included.
const EVENTS_PER_SECOND: f64 = 100_000.0;
const BYTES_PER_PAGE: f64 = 40.0;

const RECORD: &str = "council.example/record";
const PEOPLE: usize = 5_000;
const SITES: usize = 2_000;
const PAGES: u64 = 3_000_000;
const PAGES_QUICK: u64 = 100_000;

/// What is asked.
const QUESTIONS: [(&str, &str); 3] = [
    (
        "pages and bytes by site",
        "SELECT host, count(*) AS pages, sum(bytes) AS total FROM web GROUP BY host ORDER BY pages DESC, host LIMIT 20",
    ),
    (
        "people by hour and outcome",
        "SELECT date_trunc('hour', \"at\") AS h, outcome, count(DISTINCT person) AS people FROM web GROUP BY 1, 2 ORDER BY 1, 2",
    ),
    (
        "one site, refused",
        "SELECT count(*) FROM web WHERE host = 'site-7.example' AND outcome = 'refuse'",
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read()?;
    let pages = if arguments.quick { PAGES_QUICK } else { PAGES };
    let folder = tempfile::Builder::new()
        .prefix("probity-bench-")
        .tempdir_in(arguments.parent())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (until, bytes) = record(&folder.path().join("record"), pages)?;
    println!(
        "{pages} page requests, {} bytes each on the record\n",
        bytes / pages
    );
    let mut lake = runtime.block_on(fill(folder.path(), until))?;
    runtime.block_on(size(&mut lake, pages))?;
    let files = runtime.block_on(files(&lake, folder.path()))?;
    let runs = if arguments.quick { 1 } else { 5 };
    ask(&files, runs)
}

fn met(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

/// The record of one day. Gives how many entries there are, and their bytes.
fn record(folder: &Path, pages: u64) -> Result<(TreeSize, u64), Box<dyn Error>> {
    let options = Options {
        min_free_bytes: 0,
        ..Options::default()
    };
    let (journal, _) = Journal::open(folder, options)?;
    let mut random = Random::new(7);
    let begin = jiff::Timestamp::new(1_793_520_000, 0)?;
    let (mut entry, mut bytes) = (String::new(), 0);
    for n in 0..pages {
        entry.clear();
        // Pages of working hours, spread over a day.
        let at = begin.as_millisecond() + i64::try_from(n * 86_400_000 / pages)?;
        let at = jiff::Timestamp::from_millisecond(at)?;
        page(&mut entry, at, &mut random)?;
        bytes += entry.len() as u64;
        journal.append((), entry.as_bytes())?.into_parts();
    }
    Ok((journal.sync_now()?, bytes))
}

/// A page request as the web gate records it.
fn page(entry: &mut String, at: jiff::Timestamp, random: &mut Random) -> std::fmt::Result {
    // Few sites and people have most of it.
    let few = |random: &mut Random, of: usize| {
        random.below(of).min(random.below(of)).min(random.below(of))
    };
    let (person, site) = (few(random, PEOPLE), few(random, SITES));
    let category = ["news", "government", "reference", "shopping", "travel"][site % 5];
    let words = [
        "news", "articles", "static", "img", "api", "assets", "search", "view",
    ];
    let visit = random.below(10) == 0;
    write!(
        entry,
        "{{\"v\":1,\"at\":\"{at}\",\"kind\":\"web\",\"client\":\"10.{}.{}.{}\",\"person\":\"{}\",\"host\":\"site-{site}.example\",\
         \"port\":443,\"path\":\"/{}/{}/{:x}\",\"visit\":{visit},",
        person >> 16,
        person >> 8 & 255,
        person & 255,
        100_000 + person,
        random.pick(&words),
        random.pick(&words),
        random.below(200_000),
    )?;
    let audience = if person % 50 == 0 {
        "member"
    } else {
        "officer"
    };
    let clock = ["on", "off", "unknown"][person % 3];
    write!(
        entry,
        "\"matched\":{{\"entry\":\"site-{site}.example\",\"lists\":\"5f2d9c01\"}},\
         \"request\":{{\"action\":\"visit\",\"who\":{{\"acceptance\":\"signed\",\"audience\":\"{audience}\",\"granted\":[\"email\",\"internet\"]}},\
         \"when\":{{\"clock\":\"{clock}\",\"core_hours\":true}},\"what\":{{\"categories\":[\"{category}\"],\"method\":\"GET\"}}}},"
    )?;
    let pack = "\"pack\":{\"name\":\"walsall\",\"edition\":\"officers\",\"version\":\"2007-03\",\"hash\":\"9c0d5f2d9c0d5f2d9c0d5f2d9c0d5f2d9c0d5f2d9c0d5f2d9c0d5f2d9c0d5f2d\"}";
    match category == "shopping" && clock == "on" {
        true => write!(
            entry,
            "\"decision\":{{\"outcome\":\"refuse\",\"reasons\":[{{\"clause\":\"walsall-7.2.16\",\"title\":\"Own shopping waits for own time\",\
             \"rule\":\"shopping\",\"outcome\":\"refuse\",\"notice\":\"Look again when you have clocked off.\"}}],{pack}}}}}"
        ),
        false => write!(entry, "\"decision\":{{\"outcome\":\"permit\",{pack}}}}}"),
    }
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

async fn size(lake: &mut Lake, pages: u64) -> Result<(), Box<dyn Error>> {
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

async fn files(lake: &Lake, folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for month in lake.root().months.keys() {
        let of_month = lake.month(*month).await?.files;
        files.extend(
            of_month
                .iter()
                .map(|file| folder.join("lake").join(&file.path)),
        );
    }
    Ok(files)
}

/// Asks DuckDB; prints the median of each question.
fn ask(files: &[PathBuf], runs: usize) -> Result<(), Box<dyn Error>> {
    let mut peer = match Duck::start(files) {
        Ok(peer) => peer,
        Err(error) => {
            println!("without DuckDB ({error}): pip install duckdb");
            return Ok(());
        }
    };
    for (what, sql) in QUESTIONS {
        let mut times = (0..runs)
            .map(|_| peer.ask(sql))
            .collect::<Result<Vec<_>, _>>()?;
        times.sort_unstable();
        let median = times
            .get(times.len() / 2)
            .map_or(f64::NAN, Duration::as_secs_f64);
        println!("{what:<28} DuckDB {:>7.0} ms", median * 1e3);
    }
    Ok(())
}

/// DuckDB in a Python process, which reads a question a line and answers with the seconds it took.
struct Duck {
    child: std::process::Child,
    answers: std::io::Lines<std::io::BufReader<std::process::ChildStdout>>,
}

const DUCK: &str = "
import sys, time, duckdb
db = duckdb.connect()
db.execute(\"SET TimeZone = 'UTC'\")
files = sys.argv[1:]
db.execute('CREATE VIEW web AS SELECT * FROM read_parquet(' + repr(files) + ', hive_partitioning = false)')
print('ready', flush=True)
for line in sys.stdin:
    begun = time.perf_counter()
    rows = db.execute(line).fetchall()
    assert rows
    print(time.perf_counter() - begun, flush=True)
";

impl Duck {
    fn start(files: &[PathBuf]) -> Result<Self, Box<dyn Error>> {
        use std::io::BufRead as _;
        let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
        let mut child = Command::new(python)
            .args(["-c", DUCK])
            .args(files)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()?;
        let out = child.stdout.take().ok_or("no output")?;
        let mut answers = std::io::BufReader::new(out).lines();
        match answers.next() {
            Some(Ok(ready)) if ready == "ready" => Ok(Self { child, answers }),
            _ => Err("it is not installed".into()),
        }
    }

    fn ask(&mut self, sql: &str) -> Result<Duration, Box<dyn Error>> {
        use std::io::Write as _;
        let input = self.child.stdin.as_mut().ok_or("no input")?;
        writeln!(input, "{}", sql.replace('\n', " "))?;
        let answer = self.answers.next().ok_or("DuckDB ended")??;
        Ok(Duration::from_secs_f64(answer.parse()?))
    }
}

impl Drop for Duck {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends at the end of its input.
        let _ended = self.child.wait();
    }
}
