//! How fast call records are read, beside a plain reader of such files that only tells cells apart, and
//! beside DuckDB, which reads the same file into a table of its columns with one row for each call.
//!
//! A million rows as Asterisk writes them: a quarter of them are further legs of a ring group. All on one
//! thread, in processor time, which holds when the machine is busy. `PYTHON` names an interpreter that has
//! DuckDB, if not `python3`.

use std::error::Error;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor};
use std::path::Path;
use std::time::Duration;

use benches::Samples;
use benches::arguments::Arguments;
use benches::duck::{Duck, Views};
use benches::usage::{cpu_of_tree, largest_resident};
use cdr::joining::Joiner;
use cdr::number::Numbers;
use cdr::reading::{Item, Reading, Settings};
use jiff::tz::TimeZone;

/// Goal: a year of a council's calls in seconds.
const ROWS_PER_SECOND: f64 = 500_000.0;
/// Goal: calls without their copies, in no more than twice the time DuckDB takes for as much.
const TIMES_THE_PEER: f64 = 2.0;

/// How much of a file is read at once.
const AT_ONCE: usize = 256 * 1024;

/// What Asterisk writes, as a table holds it.
const COLUMNS: [(&str, &str); 18] = [
    ("accountcode", "VARCHAR"),
    ("src", "VARCHAR"),
    ("dst", "VARCHAR"),
    ("dcontext", "VARCHAR"),
    ("clid", "VARCHAR"),
    ("channel", "VARCHAR"),
    ("dstchannel", "VARCHAR"),
    ("lastapp", "VARCHAR"),
    ("lastdata", "VARCHAR"),
    ("start", "TIMESTAMP"),
    ("answer", "VARCHAR"),
    ("end", "TIMESTAMP"),
    ("duration", "INTEGER"),
    ("billsec", "INTEGER"),
    ("disposition", "VARCHAR"),
    ("amaflags", "VARCHAR"),
    ("uniqueid", "VARCHAR"),
    ("userfield", "VARCHAR"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read()?;
    let (rows, runs) = if arguments.quick {
        (50_000, 1)
    } else {
        (1_000_000, 7)
    };
    let text = feed(rows)?.into_bytes();
    let settings = Settings {
        source: "made".into(),
        zone: TimeZone::get("Europe/London")?,
        numbers: Numbers::default(),
    };
    println!("{rows} rows of Asterisk, {} MB\n", text.len() / 1_000_000);
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(&file, &text)?;
    let mut duck = match Duck::start(&Views::new()) {
        Ok((duck, name)) => Some((duck, name)),
        Err(error) => {
            println!("without DuckDB ({error}): pip install duckdb");
            None
        }
    };
    let (mut cells, mut parsed, mut joined) = (Vec::new(), Vec::new(), Vec::new());
    let (mut from_file, mut by_duck) = (Vec::new(), Vec::new());
    let before = largest_resident(std::process::id());
    for _ in 0..runs {
        cells.push(timed(|| plain(&text), rows)?);
        parsed.push(timed(|| legs(&text, &settings), rows)?);
        let calls = rows - rows / 4;
        joined.push(timed(|| calls_of(Cursor::new(&text), &settings), calls)?);
        let opened =
            || -> io::Result<_> { Ok(BufReader::with_capacity(AT_ONCE, File::open(&file)?)) };
        from_file.push(timed(|| calls_of(opened()?, &settings), calls)?);
        if let Some((duck, _)) = &mut duck {
            by_duck.push(timed(|| rows_of(duck, file.path()), calls)?);
        }
    }
    let cells = told("cells only (csv)", cells, rows);
    let parsed = told("legs", parsed, rows);
    let joined = told("legs joined into calls", joined, rows);
    let from_file = told("the same from a file", from_file, rows);
    println!(
        "{:.2} times the time of cells only, legs joined",
        cells / joined
    );
    let peer = duck.map(|(_, name)| told(&format!("{name}, a row a call"), by_duck, rows));
    println!(
        "{:.0} MB more resident while reading than before",
        largest_resident(std::process::id()) - before
    );
    let verdict = |met| if met { "met" } else { "missed" };
    println!(
        "goal {ROWS_PER_SECOND} rows/s parsing: {}",
        verdict(parsed >= ROWS_PER_SECOND)
    );
    if let Some(peer) = peer {
        let times = peer / from_file;
        println!(
            "goal {TIMES_THE_PEER} times DuckDB's time end to end: {times:.2}, {}",
            verdict(times <= TIMES_THE_PEER)
        );
    }
    Ok(())
}

/// Rows a second of processor time, told on a line of its own.
#[expect(clippy::cast_precision_loss)]
fn told(what: &str, samples: Vec<Duration>, rows: usize) -> f64 {
    let median = Samples::of(samples).quantile(0.5);
    let rate = rows as f64 / median.as_secs_f64();
    println!("{what:<28}{rate:>12.0} rows/s");
    rate
}

/// The processor time of some work, which finds as much as it should.
fn timed(
    work: impl FnOnce() -> Result<usize, Box<dyn Error>>,
    expected: usize,
) -> Result<Duration, Box<dyn Error>> {
    let before = cpu_of_tree(std::process::id());
    let found = work()?;
    let took = cpu_of_tree(std::process::id()) - before;
    match found == expected {
        true => Ok(took),
        false => Err(format!("{found} in place of {expected}").into()),
    }
}

/// A known reader that tells cells apart and copies nothing out of them: what reading costs at the least.
fn plain(text: &[u8]) -> Result<usize, Box<dyn Error>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text);
    let (mut record, mut rows) = (csv::ByteRecord::new(), 0);
    while reader.read_byte_record(&mut record)? {
        rows += usize::from(record.len() == 18);
    }
    Ok(rows)
}

fn legs(text: &[u8], settings: &Settings) -> Result<usize, Box<dyn Error>> {
    let mut legs = 0;
    each(Cursor::new(text), settings, |_| legs += 1)?;
    Ok(legs)
}

fn calls_of(input: impl BufRead, settings: &Settings) -> Result<usize, Box<dyn Error>> {
    let (mut joiner, mut calls) = (Joiner::default(), 0);
    each(input, settings, |leg| {
        calls += usize::from(joiner.add(leg).is_some())
    })?;
    Ok(calls + joiner.finish().count())
}

/// The peer: how many rows its table has, each of the call's own id once.
fn rows_of(duck: &mut Duck, file: &Path) -> Result<usize, Box<dyn Error>> {
    let columns = COLUMNS.map(|(name, kind)| format!("'{name}': '{kind}'"));
    duck.ask("SET threads = 1")?;
    duck.ask(&format!(
        "CREATE OR REPLACE TABLE calls AS SELECT DISTINCT ON (uniqueid) * FROM read_csv('{}', \
         header = false, columns = {{{}}})",
        file.display(),
        columns.join(", ")
    ))?;
    let (_, rows) = duck.ask("SELECT 1 FROM calls")?;
    Ok(usize::try_from(rows)?)
}

fn each(
    input: impl BufRead,
    settings: &Settings,
    mut take: impl FnMut(cdr::leg::Leg),
) -> Result<(), Box<dyn Error>> {
    let mut reading = Reading::open(input, None, settings.clone())?;
    while let Some(item) = reading.next()? {
        match item {
            Item::Leg(leg) => take(*leg),
            other => return Err(io::Error::other(format!("{other:?}")).into()),
        }
    }
    Ok(())
}

/// Calls with two rows in one of three, as a ring group of two writes them.
fn feed(rows: usize) -> Result<String, Box<dyn Error>> {
    let zone = TimeZone::get("Europe/London")?;
    let begin = jiff::Timestamp::new(1_772_449_200, 0)?;
    let (mut text, mut row, mut call) = (String::with_capacity(rows * 260), 0, 0_u32);
    while row < rows {
        let at = begin.checked_add(jiff::SignedDuration::from_secs(i64::from(call) * 3))?;
        let start = at
            .to_zoned(zone.clone())
            .strftime("%Y-%m-%d %H:%M:%S")
            .to_string();
        let to = ["07700900123", "01922640001", "2042", "+33123456789"][call as usize % 4];
        // Every fourth row is a leg that rang in vain.
        let rang = if call % 3 == 0 {
            &["NO ANSWER", "ANSWERED"][..]
        } else {
            &["ANSWERED"][..]
        };
        for outcome in rang.iter().take(rows - row) {
            writeln!(
                text,
                "\"acc{}\",\"20{:02}\",\"{to}\",\"office\",\"\"\"Desk {}\"\" <20{:02}>\",\"PJSIP/20{:02}-{call:08x}\",\"PJSIP/trunk-{call:08x}\",\"Dial\",\"PJSIP/{to}@trunk,30\",\"{start}\",\"\",\"{start}\",{},60,\"{outcome}\",\"DOCUMENTATION\",\"{}.{call}\",\"\"",
                call % 50,
                call % 100,
                call % 100,
                call % 100,
                call % 100,
                68 + call % 30,
                at.as_second()
            )?;
            row += 1;
        }
        call += 1;
    }
    Ok(text)
}
