//! The day played: every act handed to its gate, and the decision read back from the record.

use std::collections::BTreeMap;

use journal::Reader;
use ledger::EntryIndex;
use serde_json::Value;

use super::traffic::{self, Act};
use super::{mta, proxy};
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::gates::Gates;
use crate::print::{safe, say};

/// Hands every act to its gate and prints the decision from the record, not from the answer: what
/// is printed is what stands.
pub(super) fn play(
    gates: &Gates,
    data: &DataDir,
    human: bool,
    tally: &mut BTreeMap<String, u64>,
) -> Result<(), Failure> {
    let (Some(mail), Some(web)) = (gates.mail_address(), gates.web_address()) else {
        return Ok(());
    };
    let mut mta = mta::Mta::connect(mail)?;
    let mut proxy = proxy::Proxy::connect(web)?;
    let mut next = EntryIndex(gates.point().journal().written().0);
    for act in traffic::day() {
        let answer = match &act {
            Act::Mail(letter) => {
                let handling = mta.hand_over(letter)?;
                let mut told = vec![handling.verdict];
                told.extend(handling.changes);
                told.join("; ")
            }
            Act::Page(asking) => match proxy.ask(asking)? {
                proxy::Answer::GoesOn => "goes on".to_owned(),
                proxy::Answer::Changed => "goes on, changed".to_owned(),
                proxy::Answer::Page { status, bytes } => format!("page {status}, {bytes} bytes"),
            },
        };
        let written = EntryIndex(gates.point().journal().written().0);
        let mut reader = Reader::from(data.record(), next)?;
        while let Some(entry) = reader.next_entry()? {
            let record: Value = serde_json::from_slice(entry.payload)?;
            for (outcome, line) in lines(&record) {
                *tally.entry(outcome).or_insert(0) += 1;
                if human {
                    say!("{}", safe(&line));
                }
            }
        }
        next = written;
        if human && !answer.is_empty() {
            say!("          → {}", safe(&answer));
        }
    }
    Ok(())
}

/// One line for each decision of an entry: who, what, outcome, clause, why.
fn lines(record: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let line = |who: &str, what: &str, decision: &Value| {
        let outcome = text(&decision["outcome"]);
        let reasons = decision["reasons"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        let leading = reasons.iter().find(|reason| {
            reason["released_by"].is_null() && reason["outcome"] == decision["outcome"]
        });
        let released = reasons
            .iter()
            .find(|reason| !reason["released_by"].is_null());
        let why = match (leading, released) {
            (Some(reason), _) if outcome != "permit" => {
                format!("{} {}", text(&reason["clause"]), text(&reason["title"]))
            }
            (_, Some(reason)) => format!(
                "{} released by {}",
                text(&reason["clause"]),
                text(&reason["released_by"])
            ),
            (Some(reason), _) => format!("{} {}", text(&reason["clause"]), text(&reason["title"])),
            (None, None) => "no clause speaks against it".to_owned(),
        };
        let shown = format!("{outcome:<7} {who:<26} {what:<43} {why}");
        (outcome, shown)
    };
    match record["kind"].as_str() {
        Some("mail") => {
            let who = record["sender"]
                .as_str()
                .or(record["mail_from"].as_str())
                .unwrap_or("?")
                .to_owned();
            let groups = record["groups"].as_array().into_iter().flatten();
            groups
                .map(|group| {
                    let to: Vec<&str> = group["recipients"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .filter_map(Value::as_str)
                        .collect();
                    let to = match to[..] {
                        [] => String::new(),
                        [one] => one.to_owned(),
                        [one, ..] => format!("{one} and {} more", to.len() - 1),
                    };
                    line(&who, &format!("mail to {to}"), &group["decision"])
                })
                .collect()
        }
        Some("web") => {
            let who = record["person"].as_str().unwrap_or("unknown");
            let what = format!(
                "{} {}{}",
                text(&record["request"]["what"]["method"]),
                text(&record["host"]),
                text(&record["path"])
            );
            vec![line(who, &what, &record["decision"])]
        }
        _ => Vec::new(),
    }
}

/// Outcomes counted.
pub(super) fn summary(tally: &BTreeMap<String, u64>, data: &DataDir) -> Result<(), Failure> {
    say!("\noutcome   decisions");
    for outcome in ["permit", "warn", "hold", "refuse"] {
        say!(
            "{outcome:<9} {:>9}",
            tally.get(outcome).copied().unwrap_or(0)
        );
    }
    let mut entries = 0;
    let mut reader = Reader::from(data.record(), EntryIndex(0))?;
    while reader.next_entry()?.is_some() {
        entries += 1;
    }
    say!(
        "\n{entries} entries are on the record; every decision above was there before it was given."
    );
    Ok(())
}
