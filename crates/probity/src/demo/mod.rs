//! `probity demo`: a made-up council's day, played through the real gates over the real protocols.

pub(crate) mod council;
mod mta;
mod proxy;
mod traffic;

use std::collections::BTreeMap;

use journal::Reader;
use ledger::EntryIndex;
use serde_json::{Value, json};

use crate::cli::{DemoArgs, Format};
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::gates::{self, Bound, Facts, Gates};
use crate::print::say;
use crate::print::{self, safe};
use traffic::Act;

/// Plays the day.
pub(crate) fn run(args: &DemoArgs) -> Result<(), Failure> {
    let folder = tempfile::Builder::new().prefix("probity-demo-").tempdir()?;
    let data = DataDir::new(folder.path());
    let information = council::information(&args.pack.pack, Some(folder.path()))?;
    let people = information.register().n_people();
    let config = Config::parse(&format!(
        "data_dir = \"{}\"\npack = \"\"\nregister = \"\"\n[mail]\nlisten = \"inet:127.0.0.1:0\"\n\
         [web]\nlisten = \"127.0.0.1:0\"\nproxies = [\"127.0.0.1\"]\nuser_names = \"plain\"\n",
        folder.path().display()
    ))
    .map_err(|wrong| Failure::usage(wrong.join("; ")))?;
    let bound = Bound::new(&data, config.mail.as_ref(), config.web.as_ref())?;
    let point = gates::open_point(information, &data, &config.record)?;
    let mut gates = bound.start(point, &data, &config.record, Facts::Fixed)?;
    let human = args.format.format == Format::Human;
    if human {
        let adopted = gates.point().information().adopted();
        say!(
            "A made-up council of {people} people has adopted the {} pack ({} clauses, {} rules).\n\
             Its gates are up; this is its day.\n",
            adopted.pack().settings().name,
            adopted.pack().clauses().len(),
            adopted.pack().rules().len(),
        );
    }
    let mut tally = BTreeMap::new();
    play(&gates, &data, human, &mut tally)?;
    if human {
        summary(&tally, &data)?;
    } else {
        print::json(&json!({ "decisions": tally }));
    }
    if args.keep_running {
        print::tell(&format!(
            "\nThe gates stay up until you press Ctrl-C.\n  Postfix: smtpd_milters = inet:{}\n  Squid:   icap://{}/reqmod\n  record:  probity record tail --data {}",
            gates
                .mail_address()
                .map_or_else(String::new, |a| a.to_string()),
            gates
                .web_address()
                .map_or_else(String::new, |a| a.to_string()),
            folder.path().display(),
        ));
        gates.until_interrupted();
    }
    gates.stop()
}

/// Hands every act to its gate and prints the decision from the record, not from the answer: what
/// is printed is what stands.
fn play(
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

fn summary(tally: &BTreeMap<String, u64>, data: &DataDir) -> Result<(), Failure> {
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
