//! A correction of the model for offence, as an operator makes one.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

const SENTENCE: &str = "Women can't read maps, so send one of the lads.";

fn probity(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_probity"));
    command.args(args).stdin(Stdio::null()).output().unwrap()
}

fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8(text).unwrap()
}

fn as_json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(output)))
}

/// A folder with a configuration, its data directory and a file of verdicts.
struct Council {
    folder: tempfile::TempDir,
    config: String,
}

impl Council {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let closed = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(&data, closed).unwrap();
        let config = folder.path().join("probity.toml");
        let register = folder.path().join("register.toml");
        std::fs::write(&register, "[council]\ndomains = [\"council.example\"]\n").unwrap();
        let text = format!(
            "data_dir = {data:?}\nregister = {register:?}\npack = \"walsall\"\n\
             [web]\nlisten = \"127.0.0.1:0\"\nproxies = [\"127.0.0.1\"]\n"
        );
        std::fs::write(&config, text).unwrap();
        let config = config.to_str().unwrap().to_owned();
        Self { folder, config }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn verdicts(&self, lines: &[Value]) -> String {
        let path = self.path("verdicts.jsonl");
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        std::fs::write(&path, text).unwrap();
        path
    }

    fn retrain(&self, args: &[&str]) -> Output {
        probity(&[&["content", "retrain", "--config", &self.config], args].concat())
    }

    /// What is found in the sentence with the correction of the data directory.
    fn scanned(&self) -> Value {
        let message = self.path("message.txt");
        std::fs::write(&message, SENTENCE).unwrap();
        let mut args = vec!["content", "scan", &message, "--format", "json"];
        let correction = self.path("data/offence.correction");
        if Path::new(&correction).exists() {
            args.extend(["--correction", &correction]);
        }
        as_json(&probity(&args))
    }

    fn finds(&self) -> bool {
        let findings = &self.scanned()["findings"];
        findings
            .as_array()
            .unwrap()
            .iter()
            .any(|f| f["label"] == "sexist")
    }
}

fn verdict(label: &str, words: &str, verdict: &str) -> Value {
    json!({ "label": label, "words": words, "verdict": verdict })
}

fn wrong(times: usize) -> Vec<Value> {
    vec![verdict("sexist", SENTENCE, "wrong"); times]
}

#[test]
fn a_correction_is_proposed_applied_and_taken_back() {
    let council = Council::new();
    assert!(council.finds());
    let path = council.verdicts(&wrong(4));

    let proposed = council.retrain(&[&path]);
    assert!(proposed.status.success(), "{}", said(&proposed));
    assert!(
        said(&proposed).contains("not in use yet: add --apply"),
        "{}",
        said(&proposed)
    );
    assert!(council.finds(), "what is proposed is not in use");

    let applied = as_json(&council.retrain(&[&path, "--apply", "--format", "json"]));
    assert_eq!(applied["applied"], true, "{applied}");
    assert_eq!(applied["verdicts"]["wrong"], 4);
    let of_wrong = &applied["held_back"]["wrong"];
    assert_eq!(
        of_wrong["found_before"], of_wrong["found_after"],
        "one text alone teaches nothing of others"
    );
    let heads = applied["frozen"]["heads"].as_array().unwrap();
    let found = |key: &str| {
        heads
            .iter()
            .map(|head| head[key].as_u64().unwrap())
            .sum::<u64>()
    };
    let (before, after) = (found("found_before"), found("found_after"));
    assert!(
        heads.len() == 8 && after > 100 && before - after <= 1,
        "{before}, {after}"
    );
    assert_eq!(applied["worse"], json!([]));
    assert!(!council.finds());
    assert_eq!(council.scanned()["model"], applied["proposed"]);

    let like = verdict(
        "sexist",
        "Women can't drive vans, so send one of the lads.",
        "wrong",
    );
    let second = council.verdicts(&[wrong(4), vec![like; 4]].concat());
    let second = as_json(&council.retrain(&[&second, "--apply", "--format", "json"]));
    assert_ne!(second["proposed"], applied["proposed"]);
    // Once more changes nothing, and does not push out the one before.
    council.retrain(&[&council.path("verdicts.jsonl"), "--apply"]);
    let back = as_json(&council.retrain(&["--rollback", "--format", "json"]));
    assert_eq!(back["in_use"], applied["proposed"]);
    let back = as_json(&council.retrain(&["--rollback", "--format", "json"]));
    assert_eq!(back["in_use"], applied["built_in"]);
    assert!(council.finds());
}

#[test]
fn what_makes_the_frozen_set_worse_is_not_applied_and_says_how_to_go_on() {
    let council = Council::new();
    let abuse = include_str!("../../trainer/examples/abuse.tsv").lines();
    let flood: Vec<Value> = abuse
        .filter_map(|line| line.split_once('\t'))
        .flat_map(|(label, words)| vec![verdict(label, words, "wrong"); 20])
        .collect();
    let path = council.verdicts(&flood);
    let refused = council.retrain(&[&path, "--apply"]);
    assert_eq!(refused.status.code(), Some(1));
    let text = said(&refused);
    for expected in [
        "this must not be used",
        "may be lost",
        "look again at the wrong verdicts",
    ] {
        assert!(text.contains(expected), "{text}");
    }
    assert!(!Path::new(&council.path("data/offence.correction")).exists());
    let refused = as_json(&council.retrain(&[&path, "--apply", "--format", "json"]));
    assert_eq!(refused["applied"], false);
    assert!(!refused["worse"].as_array().unwrap().is_empty());
}

#[test]
fn right_verdicts_leave_nothing_to_apply() {
    let council = Council::new();
    let lines = [
        verdict("sexist", SENTENCE, "right"),
        verdict("sexist", SENTENCE, "right-but-allowed"),
        verdict("order", "Please supply ten chairs.", "wrong"),
    ];
    let output = council.retrain(&[&council.verdicts(&lines), "--apply"]);
    assert!(output.status.success());
    let text = said(&output);
    assert!(
        text.contains("0 wrong, 1 right, 1 right but allowed; 1 not about offence"),
        "{text}"
    );
    assert!(text.contains("nothing to apply"), "{text}");
    assert!(!Path::new(&council.path("data/offence.correction")).exists());
}

#[test]
fn verdicts_about_held_mail_come_from_the_database_if_there_is_one() {
    let council = Council::new();
    let none = council.retrain(&["--held-mail"]);
    assert_eq!(none.status.code(), Some(2), "{}", said(&none));
    assert!(said(&none).contains("no [people]"), "{}", said(&none));
    let text = std::fs::read_to_string(&council.config).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("register"));
    let text = lines.collect::<Vec<_>>().join("\n");
    let people = council.path("people.db");
    let people = format!(
        "{text}\n[people]\ndatabase = \"sqlite://{people}?mode=rwc\"\n\
         [people.council]\ndomains = [\"council.example\"]\n"
    );
    std::fs::write(&council.config, people).unwrap();
    let empty = council.retrain(&["--held-mail"]);
    assert!(empty.status.success(), "{}", said(&empty));
    assert!(
        said(&empty).contains("0 wrong, 0 right"),
        "{}",
        said(&empty)
    );
}

#[test]
fn verdicts_come_from_standard_input_too_and_nonsense_is_told_what_to_do() {
    let council = Council::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_probity"))
        .args(["content", "retrain", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: String = wrong(3).iter().map(|line| format!("{line}\n")).collect();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(lines.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        said(&output).contains("verdicts: 3 wrong"),
        "{}",
        said(&output)
    );

    let check = |args: &[&str], expected: &str| {
        let output = council.retrain(args);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(expected), "{}", said(&output));
    };
    check(&[], "VERDICTS");
    check(
        &["nowhere.jsonl"],
        "cannot read the verdicts `nowhere.jsonl`",
    );
    check(&["--rollback", "--apply"], "cannot be used with");
    let bad = council.verdicts(&[verdict("rude", "x", "wrong"), verdict("insult", "x", "no")]);
    check(&[&bad], "line 1: `rude` is no label");
    check(&[&bad], "line 2: `no` is no verdict");
    check(&[&bad], "lines are like");
}

#[test]
fn a_running_server_takes_up_what_is_applied_and_check_tells_of_a_broken_one() {
    let council = Council::new();
    let mut serving = Command::new(env!("CARGO_BIN_EXE_probity"))
        .args(["serve", "--config", &council.config])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(serving.stderr.take().unwrap()).lines();
    let up = log.next().unwrap().unwrap();
    assert!(up.contains("the gates are up"), "{up}");
    let path = council.verdicts(&wrong(4));
    let applied = as_json(&council.retrain(&[&path, "--apply", "--format", "json"]));
    let data = council.path("data");
    let record = || {
        said(&probity(&[
            "record", "tail", "--data", &data, "--format", "json",
        ]))
    };
    let version = applied["proposed"].as_str().unwrap();
    let taken_up = || record().contains(version);
    let is_up = (0..600).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        taken_up()
    });
    assert!(is_up, "{}", record());
    // Whatever is broken is said in the log, and the server goes on.
    std::fs::write(council.path("data/offence.correction"), "junk").unwrap();
    let trouble = log.next().unwrap().unwrap();
    assert!(trouble.contains("this is no correction"), "{trouble}");
    let checked = probity(&["check", "--config", &council.config]);
    assert!(
        said(&checked).contains("correction: the correction"),
        "{}",
        said(&checked)
    );
    let id = serving.id().to_string();
    assert!(Command::new("kill").arg(&id).status().unwrap().success());
    assert!(serving.wait().unwrap().success());
}
