//! Questions, put to our engine and to DuckDB over the same files.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use lake::tables::Table;
use lake::{Lake, Month};
use lake_sql::{Bounds, Form, Questions};

use benches::duck::{Duck, Views};

/// A report may take so many times as long as DuckDB takes for it.
const TIMES_THE_PEER: f64 = 2.0;

/// The SQL both understand.
pub(crate) type Sql = (&'static str, &'static str);

/// About a day's pages.
pub(crate) const OF_A_DAY: [Sql; 3] = [
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

/// A month's report of one division, a twenty-fifth of the people.
pub(crate) const OF_A_DIVISION: [Sql; 4] = [
    (
        "use by day and outcome",
        "SELECT date_trunc('day', \"at\") AS d, outcome, count(*) AS pages, sum(bytes) AS total, count(DISTINCT person) AS people \
         FROM web WHERE \"at\" >= '2026-11-01T00:00:00Z' AND \"at\" < '2026-12-01T00:00:00Z' AND person % 25 = 7 \
         GROUP BY 1, 2 ORDER BY 1, 2",
    ),
    (
        "sites",
        "SELECT host, count(*) AS pages, count(DISTINCT person) AS people FROM web \
         WHERE \"at\" >= '2026-11-01T00:00:00Z' AND \"at\" < '2026-12-01T00:00:00Z' AND person % 25 = 7 AND visit \
         GROUP BY host HAVING count(DISTINCT person) >= 5 ORDER BY pages DESC, host LIMIT 50",
    ),
    (
        "clauses and categories",
        "SELECT clauses, categories, outcome, count(*) AS n, count(DISTINCT person) AS people FROM web \
         WHERE \"at\" >= '2026-11-01T00:00:00Z' AND \"at\" < '2026-12-01T00:00:00Z' AND person % 25 = 7 \
         GROUP BY 1, 2, 3 ORDER BY n DESC",
    ),
    (
        "calls by day, beside pages",
        "SELECT c.d, c.calls, w.pages FROM \
         (SELECT date_trunc('day', \"at\") AS d, count(*) AS calls FROM call \
          WHERE \"at\" >= '2026-11-01T00:00:00Z' AND \"at\" < '2026-12-01T00:00:00Z' AND person % 25 = 7 GROUP BY 1) c \
         JOIN (SELECT date_trunc('day', \"at\") AS d, count(*) AS pages FROM web \
          WHERE \"at\" >= '2026-11-01T00:00:00Z' AND \"at\" < '2026-12-01T00:00:00Z' AND person % 25 = 7 GROUP BY 1) w \
         ON c.d = w.d ORDER BY 1",
    ),
];

/// Files of a lake for DuckDB, of one month or of all.
pub(crate) async fn views(
    lake: &Lake,
    folder: &Path,
    only: Option<Month>,
) -> Result<Views, Box<dyn Error>> {
    let mut views = Views::new();
    for month in lake.root().months.keys() {
        if only.is_some_and(|only| only != *month) {
            continue;
        }
        for file in lake.month(*month).await?.files {
            let name = match file.table == Table::Event.name() {
                true => file.kind.name().replace('-', "_"),
                false => file.table.clone(),
            };
            views.entry(name).or_default().push(folder.join(&file.path));
        }
    }
    Ok(views)
}

/// Asks both in turn, prints the median of each question, and of all together.
pub(crate) async fn ask(
    lake: Lake,
    files: &Views,
    asked: &[Sql],
    runs: usize,
) -> Result<f64, Box<dyn Error>> {
    let bounds = Bounds {
        megabytes: 512,
        threads: 2,
    };
    let ours = Questions::of(lake, bounds)?;
    let mut peer = match Duck::start(files) {
        Ok((peer, name)) => {
            println!(
                "{:<28} {:>10} {:>12} {:>7}",
                "", "Probity ms", name, "ratio"
            );
            Some(peer)
        }
        Err(error) => {
            println!("without DuckDB ({error}): pip install duckdb");
            None
        }
    };
    let (mut all_ours, mut all_theirs) = (0.0, 0.0);
    for (what, sql) in asked {
        let (mut mine, mut theirs) = (Vec::new(), Vec::new());
        // The first time is for warming up.
        for run in 0..=runs {
            let begun = Instant::now();
            let told = ours
                .understand(sql)
                .await?
                .answer(Form::Csv, 100_000, |_| ())
                .await?;
            let took = begun.elapsed();
            if run > 0 {
                mine.push(took);
            }
            if let Some(peer) = &mut peer {
                let (took, rows) = peer.ask(sql)?;
                if rows != told.rows {
                    return Err(format!("{what}: {} rows, DuckDB has {rows}", told.rows).into());
                }
                if run > 0 {
                    theirs.push(took);
                }
            }
        }
        let (mine, theirs) = (median(mine), median(theirs));
        println!(
            "{what:<28} {mine:>10.0} {theirs:>12.0} {:>7.2}",
            mine / theirs
        );
        all_ours += mine;
        all_theirs += theirs;
    }
    let ratio = all_ours / all_theirs;
    println!(
        "{:<28} {all_ours:>10.0} {all_theirs:>12.0} {ratio:>7.2}",
        "all"
    );
    if peer.is_some() {
        println!(
            "goal {TIMES_THE_PEER:.0} times the peer: {}\n",
            crate::met(ratio <= TIMES_THE_PEER)
        );
    }
    Ok(all_ours)
}

/// In milliseconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    let median = times.get(times.len() / 2);
    median.map_or(f64::NAN, Duration::as_secs_f64) * 1e3
}
