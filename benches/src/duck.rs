//! DuckDB as a peer.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// DuckDB in a Python process, which reads a question a line and answers with the seconds it took and the
/// rows it found.
pub struct Duck {
    child: Child,
    answers: Lines<BufReader<ChildStdout>>,
}

/// Files of each view, by its name.
pub type Views = BTreeMap<String, Vec<PathBuf>>;

const PROGRAM: &str = "
import json, sys, time, duckdb
db = duckdb.connect()
db.execute(\"SET TimeZone = 'UTC'\")
db.execute('SET enable_progress_bar = false')
for name, files in json.loads(sys.stdin.readline()).items():
    db.execute(f'CREATE VIEW {name} AS SELECT * FROM read_parquet({files!r}, hive_partitioning = false)')
print('DuckDB', duckdb.__version__, flush=True)
for line in sys.stdin:
    begun = time.perf_counter()
    rows = db.execute(line).fetchall()
    print(time.perf_counter() - begun, len(rows), flush=True)
";

impl Duck {
    /// Starts it over some files. Gives what it calls itself too.
    pub fn start(views: &Views) -> Result<(Self, String), Box<dyn Error>> {
        let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
        let mut child = Command::new(python)
            .args(["-c", PROGRAM])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let out = child.stdout.take().ok_or("no output")?;
        let mut answers = BufReader::new(out).lines();
        let views: Vec<_> = views
            .iter()
            .map(|(name, files)| format!("{name:?}:{files:?}"))
            .collect();
        let input = child.stdin.as_mut().ok_or("no input")?;
        writeln!(input, "{{{}}}", views.join(","))?;
        match answers.next() {
            Some(Ok(name)) => Ok((Self { child, answers }, name)),
            _ => Err("it is not installed".into()),
        }
    }

    /// How long an answer took, and how many rows it has.
    pub fn ask(&mut self, sql: &str) -> Result<(Duration, u64), Box<dyn Error>> {
        let input = self.child.stdin.as_mut().ok_or("no input")?;
        writeln!(input, "{}", sql.replace('\n', " "))?;
        let answer = self.answers.next().ok_or("DuckDB ended")??;
        let (seconds, rows) = answer.split_once(' ').ok_or("no answer")?;
        Ok((Duration::from_secs_f64(seconds.parse()?), rows.parse()?))
    }
}

impl Drop for Duck {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends at the end of its input.
        let _ended = self.child.wait();
    }
}
