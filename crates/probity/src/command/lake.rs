//! `probity lake …`

#[cfg(feature = "sql")]
mod query;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use indicatif::ProgressBar;
use journal::{Journal, Options, Reader, SealEvery, SealKey, Sealer};
use lake::compact::Worth;
use lake::dispose::{Certificate, Rule};
use lake::export::{Form, Wanted};
use lake::{Lake, LakeError, WriterLock};
use serde_json::{Value, json};

use crate::cli::Format;
use crate::cli::lake::{DisposeArgs, ExportArgs, ExportForm, LakeArg, LakeCommand};
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::lake::{OnRecord, keys, store};
use crate::print::say;
use crate::{print, progress};

/// How long to wait for the gates, which take the lake for a moment at a time.
const WAIT_FOR_WRITER: Duration = Duration::from_secs(60);

/// How often to look whether they are done.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Runs one of them.
pub(crate) fn run(command: LakeCommand) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let format = command.format();
    runtime.block_on(async {
        match command {
            LakeCommand::Status { lake, .. } => status(&lake, format).await,
            LakeCommand::Query(args) => query(args).await,
            LakeCommand::Tables { lake, .. } => tables(&lake, format).await,
            LakeCommand::Files {
                kind,
                from,
                to,
                lake,
            } => {
                let wanted = Wanted {
                    kinds: kind,
                    from,
                    to,
                    from_entry: 0,
                };
                files(&lake, &wanted).await
            }
            LakeCommand::Export(args) => export(&args).await,
            LakeCommand::Compact { lake, .. } => compact(&lake, format).await,
            LakeCommand::Verify { lake, .. } => verify(&lake, format).await,
            LakeCommand::Dispose(args) => dispose(&args, format).await,
        }
    })
}

#[cfg(feature = "sql")]
use query::{run as query, tables};

#[cfg(not(feature = "sql"))]
async fn query(_: crate::cli::lake::QueryArgs) -> Result<(), Failure> {
    Err(without_sql())
}

#[cfg(not(feature = "sql"))]
async fn tables(_: &LakeArg, _: Format) -> Result<(), Failure> {
    Err(without_sql())
}

#[cfg(not(feature = "sql"))]
fn without_sql() -> Failure {
    Failure::usage(
        "this program was built without its SQL engine: build it with `cargo build --release --features sql`, or \
         give the files of `probity lake files` to another engine, such as DuckDB",
    )
}

async fn open(args: &LakeArg) -> Result<Lake, Failure> {
    let data = DataDir::new(&args.data);
    let folder = args.store.clone().unwrap_or_else(|| data.lake());
    let none = || {
        Failure::usage(format!(
            "there is no lake in `{}`; the gates fill one where the configuration has [lake]",
            folder.display()
        ))
    };
    if !folder.is_dir() {
        return Err(none());
    }
    let lake = Lake::open_any(store(&data, Some(&folder))?, keys(&data)).await?;
    lake.ok_or_else(none)
}

/// Waits until no other process writes; the lake is then as that one left it.
async fn lock(args: &LakeArg, lake: &mut Lake) -> Result<WriterLock, Failure> {
    let path = DataDir::new(&args.data).lake_lock();
    let begun = Instant::now();
    loop {
        match WriterLock::take(&path) {
            Err(LakeError::Locked { .. }) if begun.elapsed() < WAIT_FOR_WRITER => {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            taken => {
                let lock = taken?;
                lake.refresh().await?;
                return Ok(lock);
            }
        }
    }
}

async fn status(args: &LakeArg, format: Format) -> Result<(), Failure> {
    let lake = open(args).await?;
    let status = lake.status().await?;
    let record = DataDir::new(&args.data).record();
    // Without a record beside it, nobody knows what waits.
    let on_record = match record.is_dir() {
        true => Some(end_of(&record)?),
        false => None,
    };
    let waits = on_record.map(|on_record| on_record.saturating_sub(status.next));
    if format == Format::Json {
        let mut told = serde_json::to_value(&status)?;
        told["waiting"] = json!(waits);
        print::json(&told);
        return Ok(());
    }
    say!("lake of the record {}", status.record);
    let waits = waits.map_or("nobody knows how many wait".to_owned(), |n| {
        format!("{n} wait")
    });
    say!(
        "{} entries taken, {waits}; {} disposed of",
        status.next,
        status.disposed_entries
    );
    if status.disposal_under_way {
        say!(
            "a disposal was begun and waits to be ended; the gates do so, or `probity lake dispose`"
        );
    }
    if !status.months.is_empty() {
        say!();
        say!(
            "{:<8} {:<14} {:>5} {:>6} {:>12} {:>10} {:>10}",
            "month",
            "kind",
            "days",
            "files",
            "rows",
            "open MB",
            "sealed MB"
        );
    }
    for (month, of_month) in &status.months {
        for (kind, has) in &of_month.kinds {
            let (open, sealed) = (megabytes(has.open_bytes), megabytes(has.sealed_bytes));
            say!(
                "{month:<8} {kind:<14} {:>5} {:>6} {:>12} {open:>10} {sealed:>10}",
                has.days,
                has.files,
                has.rows
            );
        }
    }
    Ok(())
}

/// Entries on the record.
fn end_of(record: &Path) -> Result<u64, Failure> {
    let mut reader = Reader::tail(record, 0)?;
    while reader.next_entry()?.is_some() {}
    Ok(reader.position().0)
}

/// With one place, for people.
fn megabytes(bytes: u64) -> String {
    format!("{}.{}", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}

/// Those that were replaced lie there for another hour, so a pattern of names would count rows twice.
async fn files(args: &LakeArg, wanted: &Wanted) -> Result<(), Failure> {
    let lake = open(args).await?;
    let data = DataDir::new(&args.data);
    let folder = args.store.clone().unwrap_or_else(|| data.lake());
    for month in lake.root().months.keys() {
        let files = lake.month(*month).await?.files;
        for file in files.iter().filter(|file| wanted.may_be_in(file)) {
            say!("{}", folder.join(&file.path).display());
        }
    }
    Ok(())
}

async fn export(args: &ExportArgs) -> Result<(), Failure> {
    let lake = open(&args.lake).await?;
    let form = match args.form {
        ExportForm::Ocsf => Form::Ocsf,
        ExportForm::CloudEvents => Form::CloudEvents,
    };
    let wanted = Wanted {
        kinds: args.kind.clone(),
        from: args.from,
        to: args.to,
        from_entry: args.from_entry,
    };
    let Some(path) = &args.out else {
        let take = |event: Value| {
            say!("{event}");
            match print::is_read() {
                true => Ok(()),
                false => Err(Failure::Found),
            }
        };
        return match lake.export(&wanted, form, take).await {
            // Whoever read has seen enough.
            Err(Failure::Found) => Ok(()),
            exported => exported.map(drop),
        };
    };
    let cannot = |error| Failure::usage(format!("cannot write `{}`: {error}", path.display()));
    let file = File::create_new(path).map_err(cannot)?;
    let mut file = BufWriter::new(file);
    let bar = progress::counter("events written", Format::Human);
    let take = |event: Value| -> Result<(), Failure> {
        writeln!(file, "{event}").map_err(cannot)?;
        bar.inc(1);
        Ok(())
    };
    let n = lake.export(&wanted, form, take).await?;
    let file = file
        .into_inner()
        .map_err(|error| cannot(error.into_error()))?;
    file.sync_all().map_err(cannot)?;
    bar.finish_and_clear();
    print::tell(&format!("{n} events written to {}", path.display()));
    Ok(())
}

async fn compact(args: &LakeArg, format: Format) -> Result<(), Failure> {
    let mut lake = open(args).await?;
    let _lock = lock(args, &mut lake).await?;
    let bar = progress::counter("rows joined", format);
    let done = lake.compact(Worth::All, |done| bar.inc(done.rows)).await?;
    bar.finish_and_clear();
    if format == Format::Json {
        let (before, after) = (done.before, done.after);
        print::json(&json!({ "files_before": before, "files_after": after, "rows": done.rows }));
    } else {
        say!(
            "{} files became {}, with {} rows",
            done.before,
            done.after,
            done.rows
        );
    }
    Ok(())
}

async fn verify(args: &LakeArg, format: Format) -> Result<(), Failure> {
    let lake = open(args).await?;
    let files = lake.root().months.values().map(|month| month.files).sum();
    let bar = match format {
        Format::Json => ProgressBar::hidden(),
        Format::Human => progress::counter("files verified", format),
    };
    bar.set_length(files);
    let report = lake.verify(|| bar.inc(1)).await?;
    bar.finish_and_clear();
    if format == Format::Json {
        print::json(&json!({
            "sound": report.is_sound(), "files": report.files, "rows": report.rows,
            "entries": report.entries, "disposed_entries": lake.root().disposed_entries,
            "months_without_key": report.months_without_key, "findings": report.findings,
            "more_findings": report.more_findings,
        }));
    } else {
        say!(
            "{} files with {} rows read; {} entries of the record are there once, {} were disposed of",
            report.files,
            report.rows,
            report.entries,
            lake.root().disposed_entries
        );
        if report.months_without_key > 0 {
            say!(
                "  sealed files of {} months were not opened, as their keys are not here",
                report.months_without_key
            );
        }
        report
            .findings
            .iter()
            .for_each(|finding| say!("  {}", print::safe(finding)));
        if report.more_findings > 0 {
            say!("  and {} more", report.more_findings);
        }
        say!(
            "{}",
            if report.is_sound() {
                "sound"
            } else {
                "NOT SOUND"
            }
        );
    }
    match report.is_sound() {
        true => Ok(()),
        false => Err(Failure::Found),
    }
}

async fn dispose(args: &DisposeArgs, format: Format) -> Result<(), Failure> {
    if args.authorised_by.trim().is_empty() {
        return Err(Failure::usage(
            "name the post on whose word days are disposed of",
        ));
    }
    let rule = Rule {
        name: args.rule.clone(),
        authoriser: args.authorised_by.clone(),
        before: args.before,
        held: args.held_month.clone(),
    };
    let mut lake = open(&args.lake).await?;
    let certificates: Vec<Certificate> = match args.dry_run {
        true => lake.would_dispose(&rule).await?.into_iter().collect(),
        false => {
            let data = DataDir::new(&args.lake.data);
            // The record has one writer: the gates, if they run.
            let (journal, _) = Journal::open(data.record(), Options::default())?;
            let _lock = lock(&args.lake, &mut lake).await?;
            let done = lake.dispose(&rule, &mut OnRecord(&journal)).await?;
            seal(&data, &journal, &lake.root().record)?;
            done
        }
    };
    if format == Format::Json {
        print::json(&json!({ "dry_run": args.dry_run, "certificates": certificates }));
        return Ok(());
    }
    if certificates.is_empty() {
        say!("nothing lies before {}, but for what is held", args.before);
    }
    for certificate in &certificates {
        tell(certificate, args.dry_run);
    }
    Ok(())
}

/// Seals what this process wrote on the record, as the gates do at their end.
fn seal(data: &DataDir, journal: &Journal, record: &str) -> Result<(), Failure> {
    let key = SealKey::load_or_create(data.seal_key(), record)?;
    let (mut sealer, _) = Sealer::open(data.record(), key, SealEvery::default())?;
    sealer.seal_now(journal, SystemTime::now())?;
    Ok(())
}

fn tell(certificate: &Certificate, dry_run: bool) {
    match dry_run {
        true => say!("this would go, by the rule {}:", certificate.rule),
        false => say!(
            "certificate {}, by the rule {}:",
            certificate.certificate,
            certificate.rule
        ),
    }
    for part in &certificate.parts {
        say!(
            "  {} {} to {}: {} days, {} entries, {} MB",
            part.kind,
            part.from,
            part.to,
            part.partitions,
            part.entries,
            megabytes(part.bytes)
        );
    }
    for month in &certificate.keys_destroyed {
        say!("  the key of {month}");
    }
}
