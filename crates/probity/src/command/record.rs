//! `probity record …`

use std::path::Path;
use std::time::Duration;

use journal::{Reader, Verification};
use ledger::{Checkpoint, EntryIndex, VerifierKey};
use serde_json::{Value, json};

use crate::cli::{Format, RecordCommand};
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::print::say;
use crate::print::{self, safe};

/// How often `tail --follow` looks for new entries.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// Runs one of them.
pub(crate) fn run(command: RecordCommand) -> Result<(), Failure> {
    match command {
        RecordCommand::Tail {
            lines,
            follow,
            record,
        } => tail(
            &DataDir::new(&record.data),
            lines,
            follow,
            record.format.format,
        ),
        RecordCommand::Show { entry, record } => {
            show(&DataDir::new(&record.data), entry, record.format.format)
        }
        RecordCommand::Checkpoint { record } => {
            checkpoint(&DataDir::new(&record.data), record.format.format)
        }
        RecordCommand::Verify {
            key,
            checkpoint,
            record,
        } => verify(
            &DataDir::new(&record.data),
            key.as_deref(),
            checkpoint.as_deref(),
            record.format.format,
        ),
    }
}

fn must_exist(folder: &Path) -> Result<(), Failure> {
    if folder.is_dir() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "there is no record in `{}`; name the data directory with --data",
        folder.display()
    )))
}

fn tail(data: &DataDir, lines: u64, follow: bool, format: Format) -> Result<(), Failure> {
    let folder = data.record();
    must_exist(&folder)?;
    let mut reader = Reader::tail(&folder, lines)?;
    loop {
        while let Some(entry) = reader.next_entry()? {
            match format {
                Format::Json => say!("{}", with_index(entry.index, entry.payload)),
                Format::Human => say!("{}", line(entry.index, entry.payload)),
            }
        }
        if !follow || !print::is_read() {
            return Ok(());
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn with_index(index: EntryIndex, payload: &[u8]) -> Value {
    json!({ "entry": index.0, "record": parse(payload) })
}

fn parse(payload: &[u8]) -> Value {
    serde_json::from_slice(payload)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(payload).into_owned()))
}

/// One entry as a line: who, what, outcome, clause.
fn line(index: EntryIndex, payload: &[u8]) -> String {
    let entry = parse(payload);
    let text = |key: &str| entry[key].as_str().unwrap_or("").to_owned();
    let decided = |decision: &Value| {
        let clauses = decision["reasons"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|reason| reason["released_by"].is_null())
            .filter_map(|reason| reason["clause"].as_str())
            .collect::<Vec<_>>();
        format!(
            "{} {}",
            decision["outcome"].as_str().unwrap_or("?"),
            clauses.join(" ")
        )
    };
    let what = match entry["kind"].as_str() {
        Some("mail") => {
            let groups = entry["groups"].as_array().into_iter().flatten();
            let outcomes: Vec<_> = groups.map(|group| decided(&group["decision"])).collect();
            format!(
                "mail {} from <{}>: {}",
                text("queue_id"),
                text("mail_from"),
                outcomes.join(" | ")
            )
        }
        Some("web") => {
            let who = entry["person"]
                .as_str()
                .or(entry["client"].as_str())
                .unwrap_or("?");
            format!(
                "web {who} {}{}: {}",
                text("host"),
                text("path"),
                decided(&entry["decision"])
            )
        }
        Some("call") => {
            let who = entry["person"]
                .as_str()
                .or(entry["extension"].as_str())
                .unwrap_or("nobody named");
            let party = |key: &str| {
                let party = &entry[key];
                let number = party["number"].as_str().unwrap_or("");
                format!("{number} ({})", party["class"].as_str().unwrap_or("?"))
            };
            format!(
                "call of {who}: {} to {}, {}: {}",
                party("from").trim_start(),
                party("to").trim_start(),
                text("outcome"),
                decided(&entry["decision"])
            )
        }
        Some("call-set-up") => {
            let who = entry["person"]
                .as_str()
                .or(entry["extension"].as_str())
                .unwrap_or("nobody named");
            let to = &entry["to"];
            format!(
                "call of {who} to {} ({}) before it is put through: {}",
                to["number"].as_str().unwrap_or("a number that is not told"),
                to["class"].as_str().unwrap_or("?"),
                decided(&entry["decision"])
            )
        }
        Some("acknowledged") => format!("acknowledged by {}: {}", text("who"), text("reason")),
        Some("carried-out") => {
            let done = entry["obligations"].as_array().into_iter().flatten();
            let list: Vec<_> = done
                .map(|o| {
                    format!(
                        "{} {}",
                        o["obligation"].as_str().unwrap_or("?"),
                        o["outcome"].as_str().unwrap_or("?")
                    )
                })
                .collect();
            format!("carried out for {}: {}", entry["of"], list.join(", "))
        }
        Some("started") => format!("started {} with pack {}", text("program"), text("pack")),
        Some("unread-mail") => format!(
            "mail {} from <{}> refused unread: {}",
            text("queue_id"),
            text("mail_from"),
            text("why")
        ),
        Some("taken-up") => format!("taken up: {} {:.12}", text("what"), text("version")),
        Some("matter") => {
            let event = &entry["event"];
            let text = |key: &str| event[key].as_str().unwrap_or("").to_owned();
            let clauses = event["clauses"].as_array().into_iter().flatten();
            let clauses: Vec<_> = clauses.filter_map(Value::as_str).collect();
            format!(
                "{} {}: {}, now {}, about {} {}",
                text("kind"),
                text("matter"),
                text("step"),
                text("to"),
                text("subject"),
                clauses.join(" ")
            )
        }
        Some("disposal") => {
            let parts = entry["parts"].as_array().into_iter().flatten();
            let entries: u64 = parts.filter_map(|part| part["entries"].as_u64()).sum();
            format!(
                "disposal of what the {} had of {entries} entries before {}, by the rule {}",
                text("of_store"),
                text("before"),
                text("rule")
            )
        }
        Some("lake-query") => format!(
            "query of the lake by {}, for {}: {}",
            text("operator"),
            text("purpose"),
            text("sql")
        ),
        _ => entry.to_string(),
    };
    safe(&format!("{:>8}  {}  {what}", index.0, text("at")))
}

fn show(data: &DataDir, entry: u64, format: Format) -> Result<(), Failure> {
    let folder = data.record();
    must_exist(&folder)?;
    match Reader::entry(&folder, EntryIndex(entry))? {
        Some(payload) if format == Format::Json => {
            print::json(&with_index(EntryIndex(entry), &payload))
        }
        Some(payload) => {
            say!("{}\n", line(EntryIndex(entry), &payload));
            print::json(&parse(&payload));
        }
        None => {
            return Err(Failure::usage(format!(
                "there is no entry {entry}; `probity record tail` shows the last ones"
            )));
        }
    }
    Ok(())
}

/// The last of the signed notes in a file that may hold many.
fn last_note(path: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("cannot read `{}`: {error}", path.display())))?;
    let last = text.trim_end().rsplit("\n\n\n").next().unwrap_or_default();
    Ok(format!("{}\n", last.trim()))
}

fn checkpoint(data: &DataDir, format: Format) -> Result<(), Failure> {
    must_exist(&data.record())?;
    let note = last_note(&data.record().join("checkpoints"))?;
    match format {
        Format::Json => print::json(&json!({ "checkpoint": note })),
        Format::Human => print::text(&note),
    }
    Ok(())
}

fn verify(
    data: &DataDir,
    key: Option<&str>,
    kept: Option<&Path>,
    format: Format,
) -> Result<(), Failure> {
    let folder = data.record();
    must_exist(&folder)?;
    let text = match key {
        Some(key) => key.to_owned(),
        None => std::fs::read_to_string(data.verifier_key()).map_err(|_| {
            Failure::usage("there is no verifier key beside the record yet; give yours with --key")
        })?,
    };
    let key = VerifierKey::parse(text.trim())?;
    let bar = crate::progress::counter("entries verified", format);
    let kept = kept.map(last_note).transpose()?;
    let kept = kept
        .map(|note| Checkpoint::verify(note.as_bytes(), &key))
        .transpose()?;
    let verification = Verification::new(&folder, &key);
    let verification = match &kept {
        Some(checkpoint) => verification.expecting(checkpoint),
        None => verification,
    };
    let report = verification.run(|entries| bar.set_position(entries))?;
    bar.finish_and_clear();
    let findings: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    if format == Format::Json {
        print::json(&json!({
            "sound": report.is_sound(), "entries": report.entries, "verified": report.verified,
            "unsealed": report.unsealed, "checkpoints": report.checkpoints,
            "findings": findings, "more_findings": report.more_findings,
        }));
    } else {
        say!(
            "{} entries read, {} confirmed by {} signed checkpoints, {} not sealed yet",
            report.entries,
            report.verified,
            report.checkpoints,
            report.unsealed
        );
        findings.iter().for_each(|finding| say!("  {finding}"));
        if report.more_findings > 0 {
            say!("  and {} more", report.more_findings);
        }
        say!(
            "{}",
            if report.is_sound() {
                "sound: nothing sealed was changed, removed, inserted or reordered"
            } else {
                "NOT SOUND"
            }
        );
    }
    if report.is_sound() {
        Ok(())
    } else {
        Err(Failure::Found)
    }
}
