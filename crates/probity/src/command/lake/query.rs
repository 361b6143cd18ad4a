//! `probity lake query` and `probity lake tables`

use std::path::PathBuf;
use std::time::{Duration, Instant};

use journal::{Journal, OpenError, Options};
use lake_sql::{AskError, Bounds, Form, Questions, STACK_BYTES, Told};
use rustix::process::{Resource, Rlimit, setrlimit};
use serde_json::{Value, json};

use super::{open, seal};
use crate::cli::Format;
use crate::cli::lake::{LakeArg, QueryArgs, QueryFormat};
use crate::data_dir::DataDir;
use crate::failure::{Failure, chain};
use crate::lake::asked::{Asked, RECORDED, WAITS};
use crate::operator;
use crate::people::replace;
use crate::print::{self, say};

/// Longest purpose, in characters.
const LONGEST_PURPOSE: usize = 200;

/// How long to wait for the gates to put a question on the record.
const WAIT_FOR_RECORD: Duration = Duration::from_secs(10);

/// How often to look whether they did.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Beside what the engine gathers, in bytes: the program, what is read at a time, what a function makes of
/// one batch. Beyond it the process ends.
const ROOM_BESIDE: u64 = 1 << 30;

/// Threads of a question.
const THREADS: usize = 2;

/// Asks.
pub(super) async fn run(args: QueryArgs) -> Result<(), Failure> {
    let purpose = purpose(&args.purpose)?;
    operator::refuse_as_root(&args.lake.data)?;
    // The last resort: a function can make a gigabyte of one value.
    let most = Some(ROOM_BESIDE + (args.memory << 20));
    let limit = Rlimit {
        current: most,
        maximum: most,
    };
    setrlimit(Resource::Data, limit)?;
    let (seconds, rows) = (args.seconds, args.limit);
    // With threads of its own, so that the clock here goes on whatever the engine does.
    let engine = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        // Each has a stack; these read files.
        .max_blocking_threads(THREADS)
        .thread_stack_size(STACK_BYTES)
        .enable_all()
        .build()?;
    let task = engine.spawn(ask(args, purpose));
    let told = tokio::time::timeout(Duration::from_secs(seconds), task).await;
    engine.shutdown_background();
    let Ok(told) = told else {
        return Err(Failure::usage(format!(
            "the question took longer than {seconds} seconds: ask about fewer days, or give --seconds"
        )));
    };
    if told??.more {
        print::tell(&format!(
            "there are more than {rows} rows; --limit shows more of them"
        ));
    }
    Ok(())
}

async fn ask(args: QueryArgs, purpose: String) -> Result<Told, Failure> {
    let size = |number| usize::try_from(number).unwrap_or(usize::MAX);
    let bounds = Bounds {
        megabytes: size(args.memory),
        threads: THREADS,
    };
    let questions = Questions::of(open(&args.lake).await?, bounds).map_err(failure)?;
    let question = questions.understand(&args.sql).await.map_err(failure)?;
    let asked = Asked {
        operator: operator::user(),
        purpose,
        sql: args.sql,
        manifest: questions.manifest(),
    };
    put_on_record(&DataDir::new(&args.lake.data), questions.record(), &asked).await?;
    let form = match args.format {
        QueryFormat::Table => Form::Table,
        QueryFormat::Json => Form::Json,
        QueryFormat::Csv => Form::Csv,
    };
    let told = question.answer(form, size(args.limit), print::text).await;
    told.map_err(failure)
}

/// Most of what goes wrong is the question's.
fn failure(error: AskError) -> Failure {
    match error {
        AskError::Lake(_) | AskError::Gone => error.into(),
        error => Failure::usage(chain(&error)),
    }
}

fn purpose(text: &str) -> Result<String, Failure> {
    let text = text.trim();
    match (1..=LONGEST_PURPOSE).contains(&text.chars().count()) {
        true => Ok(text.to_owned()),
        false => Err(Failure::usage(format!(
            "say with --purpose what the answer is for, in at most {LONGEST_PURPOSE} characters; it stands on the record"
        ))),
    }
}

/// Prints the views and their columns. That is about the program and not about anybody.
pub(super) async fn tables(args: &LakeArg, format: Format) -> Result<(), Failure> {
    let bounds = Bounds {
        megabytes: 64,
        threads: 1,
    };
    let questions = Questions::of(open(args).await?, bounds).map_err(failure)?;
    let described = questions.described().await.map_err(failure)?;
    if format == Format::Json {
        let columns = |columns: &[(&'static str, &'static str)]| -> Vec<Value> {
            let column = |(name, holds): &(&str, &str)| json!({ "name": name, "holds": holds });
            columns.iter().map(column).collect()
        };
        let tables = described.iter();
        let tables =
            tables.map(|table| json!({ "name": table.name, "columns": columns(&table.columns) }));
        print::json(&tables.collect::<Vec<_>>());
        return Ok(());
    }
    for table in described {
        say!("{}", table.name);
        for (name, holds) in table.columns {
            say!("  {name:<18} {holds}");
        }
    }
    Ok(())
}

/// Returns once the question is on the record: by the gates, or by this process where none run.
async fn put_on_record(data: &DataDir, record: &str, asked: &Asked) -> Result<(), Failure> {
    if !data.record().is_dir() {
        return Err(Failure::usage(format!(
            "there is no record in `{}`: questions are put on it before they are answered",
            data.path().display()
        )));
    }
    let handed = Handed::name(data)?;
    let since = Instant::now();
    let mut is_handed_over = false;
    loop {
        match Journal::open(data.record(), Options::default()) {
            Ok((journal, _)) => {
                // The gates may have ended after they recorded it.
                if !handed.recorded.exists() {
                    asked.record(&journal)?;
                    seal(data, &journal, record)?;
                }
                return Ok(());
            }
            Err(OpenError::InUse { .. }) => (),
            Err(error) => return Err(error.into()),
        }
        if !std::mem::replace(&mut is_handed_over, true) {
            std::fs::create_dir_all(data.lake_queries())?;
            replace(&handed.waits, &serde_json::to_vec(asked)?)?;
        }
        if handed.recorded.exists() {
            return Ok(());
        }
        if since.elapsed() > WAIT_FOR_RECORD {
            return Err(Failure::usage(
                "the gates run and did not put the question on the record, so it is not answered: \
                 has their configuration [lake]? See their log",
            ));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// A question where the gates look for it; taken away when dropped.
struct Handed {
    waits: PathBuf,
    recorded: PathBuf,
}

impl Handed {
    fn name(data: &DataDir) -> Result<Self, Failure> {
        let mut drawn = [0; 8];
        rustix::rand::getrandom(&mut drawn, rustix::rand::GetRandomFlags::empty())?;
        let name = format!("{:016x}.{WAITS}", u64::from_le_bytes(drawn));
        let waits = data.lake_queries().join(name);
        Ok(Self {
            recorded: waits.with_extension(RECORDED),
            waits,
        })
    }
}

impl Drop for Handed {
    fn drop(&mut self) {
        let _taken = std::fs::remove_file(&self.waits);
        let _taken = std::fs::remove_file(&self.recorded);
    }
}
