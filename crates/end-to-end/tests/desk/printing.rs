//! Jobs at a real CUPS, with the backend and the configuration that `probity integrate cups` prints.

use std::time::Duration;

use desk_gate::asked::Purpose;
use desk_gate::integrate::{self, cups as ours};
use desk_gate::page_log::Printed;
use desk_gate::tools::May;
use end_to_end::cups::{Cups, Options};
use end_to_end::numbered::{self, Folders};
use end_to_end::process::wait_until;
use end_to_end::temp::Folder;
use serde::Deserialize;
use serde_json::Value;

use crate::gate::{Gate, Known, TOKEN, clauses, text};

const FOLDERS: Folders = Folders::of("cups");

/// A title nobody but its writer is to read.
const TITLE: &str = "A letter to my solicitor";

/// `test.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The sentence it proves.
    proves: String,
    /// The pack, by its folder in `policies`.
    pack: String,
    /// What is handed in and what is to come of it.
    #[serde(rename = "step")]
    steps: Vec<Step>,
}

/// One job and what is to come of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// What time it becomes; unchanged unless given.
    at: Option<String>,
    /// The gate is stopped, or serves again.
    gate: Option<String>,
    /// Whose job is handed in; none, then the last job goes on.
    user: Option<String>,
    /// Its options.
    #[serde(default)]
    options: Vec<String>,
    /// The last job is released.
    #[serde(default)]
    resume: bool,
    /// `printed`, or `waits`.
    becomes: String,
    /// What the log then has of it.
    #[serde(default)]
    log_has: Vec<String>,
    /// The entry of the decision; none unless given.
    decided: Option<Decided>,
    /// Pages the page log tells of, line by line.
    #[serde(default)]
    pages: Vec<u64>,
    /// For what, on each of these lines.
    purpose: Option<Purpose>,
}

/// An entry of a job.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decided {
    #[serde(default)]
    person: String,
    user: String,
    purpose: String,
    outcome: String,
    #[serde(default)]
    clauses: Vec<String>,
    #[serde(default)]
    permissions: Vec<String>,
    #[serde(default)]
    job: Vec<String>,
}

#[test]
fn work_is_printed() {
    play("010-work");
}

#[test]
fn private_printing_waits_for_consent() {
    play("020-consent");
}

#[test]
fn nothing_is_printed_without_the_gate() {
    play("030-gate-gone");
}

#[test]
fn every_folder_is_driven() {
    for folder in FOLDERS.names_but(&[]) {
        let here = include_str!("printing.rs");
        assert!(here.contains(&format!("play(\"{folder}\")")), "{folder}");
    }
}

fn play(folder: &str) {
    if !numbered::is_possible(end_to_end::cups::missing()) {
        return;
    }
    let case: Case = FOLDERS.read(folder);
    let place = Folder::new("cups").unwrap();
    let register = std::fs::read_to_string(FOLDERS.join("register.toml")).unwrap();
    let mut gate = Gate::start(
        place.path(),
        &Known {
            pack: &case.pack,
            register: &register,
            assets: "hardware_address,number\n",
            may: May::Print,
            record_fails: false,
        },
    );
    let token = place.join("token");
    std::fs::write(&token, format!("{TOKEN}\n")).unwrap();
    let configuration = ours::configuration(&integrate::Gate {
        address: gate.address,
        token_file: &token,
    });
    let configuration = configuration.replace("again_after=10", "again_after=1");
    let options = Options {
        backend: ("probity", ours::BACKEND),
        before: "probity:/",
        files: &[("probity.conf", &configuration)],
    };
    let cups = Cups::start(&place.join("cups"), &options);
    let cups = cups.unwrap_or_else(|error| panic!("{error:?}"));
    let mut job = 0;
    for (n, step) in case.steps.iter().enumerate() {
        let says = format!("step {} of `{}`", n + 1, case.proves);
        play_step(step, &mut gate, &cups, &mut job, &says);
    }
}

fn play_step(step: &Step, gate: &mut Gate, cups: &Cups, job: &mut u32, says: &str) {
    let before = (gate.record().len(), cups.printed().len(), lines(cups).len());
    if let Some(time) = &step.at {
        gate.at(time);
    }
    match step.gate.as_deref() {
        Some("stop") => gate.stop(),
        Some("serve") => gate.serve(),
        _ => (),
    }
    let document = format!("{says}\n");
    if let Some(user) = &step.user {
        let options: Vec<&str> = step.options.iter().map(String::as_str).collect();
        *job = cups.print(user, TITLE, &document, &options).unwrap();
    }
    if step.resume {
        cups.resume(*job).unwrap();
    }
    let is_there = |log: &str| step.log_has.iter().all(|piece| log.contains(piece));
    // What the log says may be of an earlier step.
    let is_decided = || {
        let mut since = gate.record().into_iter().skip(before.0);
        step.decided.is_none() || since.any(|(_, entry)| entry["kind"] == "print")
    };
    let come = || match step.becomes.as_str() {
        "printed" => cups.printed().len() > before.1 && !cups.is_waiting(*job).unwrap(),
        "waits" => is_decided() && is_there(&cups.log()) && cups.is_waiting(*job).unwrap(),
        other => panic!("{says}: `{other}`"),
    };
    let came = wait_until(says, Duration::from_secs(60), come);
    came.unwrap_or_else(|error| panic!("{error}\n{}", cups.log()));
    assert!(is_there(&cups.log()), "{says}\n{}", cups.log());
    let printed = cups.printed().len() - before.1;
    assert_eq!(printed, usize::from(step.becomes == "printed"), "{says}");
    let record = gate.record();
    let since = record[before.0..].iter().map(|(_, entry)| entry);
    let since: Vec<&Value> = since.filter(|entry| entry["kind"] == "print").collect();
    match (since.as_slice(), &step.decided) {
        ([], None) => (),
        ([entry], Some(wanted)) => look_at(entry, wanted, *job, says),
        (found, wanted) => panic!("{says}: {found:#?} in place of {wanted:#?}"),
    }
    if !step.pages.is_empty() {
        let written = || lines(cups).len() >= before.2 + step.pages.len();
        wait_until(says, Duration::from_secs(20), written).unwrap();
        let log = cups.page_log();
        let read = log
            .lines()
            .skip(before.2)
            .map(|line| Printed::read(line).unwrap());
        for (line, pages) in read.zip(&step.pages) {
            let found = (line.printer, line.job, line.pages, Some(line.purpose));
            let job = job.to_string();
            assert_eq!(
                found,
                ("office", &*job, *pages, step.purpose),
                "{says}: {log}"
            );
            assert_eq!(
                Some(line.user),
                step.user.as_deref().or(Some("ann")),
                "{says}"
            );
        }
    }
}

fn lines(cups: &Cups) -> Vec<String> {
    cups.page_log().lines().map(str::to_owned).collect()
}

fn look_at(entry: &Value, wanted: &Decided, job: u32, says: &str) {
    let found = (
        text(&entry["person"]),
        text(&entry["user"]),
        text(&entry["purpose"]),
        text(&entry["decision"]["outcome"]),
        text(&entry["printer"]),
        text(&entry["job"]),
    );
    let job = job.to_string();
    let expected = (
        &*wanted.person,
        &*wanted.user,
        &*wanted.purpose,
        &*wanted.outcome,
        "office",
        &*job,
    );
    assert_eq!(found, expected, "{says}: {entry:#}");
    assert_eq!(clauses(entry), wanted.clauses, "{says}: {entry:#}");
    let texts = |value: &Value| -> Vec<String> {
        let texts = value.as_array().into_iter().flatten();
        texts.map(|one| text(one).to_owned()).collect()
    };
    assert_eq!(
        texts(&entry["permissions"]),
        wanted.permissions,
        "{says}: {entry:#}"
    );
    assert_eq!(
        texts(&entry["request"]["what"]["job"]),
        wanted.job,
        "{says}: {entry:#}"
    );
    assert!(!entry.to_string().contains(TITLE), "{says}: {entry:#}");
}
