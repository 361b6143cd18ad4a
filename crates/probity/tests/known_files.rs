//! Documents, works and games as an operator registers them.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const PLAN: &str = "\
The board will close the depot in Mill Street at the end of September and move its forty-one staff to \
Northgate. Nobody has been told yet, and nothing is to be said before the unions have been met on the \
ninth. The saving is put at 312,000 a year, most of it rent, and the site has been promised to one \
bidder against two higher offers because that bidder will keep the footpath along the canal open. \
Should the sale fall through, the board would keep the depot for another year and look for the money in \
the repairs budget, where eleven roofs would then have to wait.";

fn probity(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_probity"));
    command.args(args).stdin(Stdio::null()).output().unwrap()
}

fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8(text).unwrap()
}

/// A folder with a configuration, a data directory, a document and a message that quotes it.
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
        let register = folder.path().join("register.toml");
        let people = "[council]\ndomains = [\"council.example\"]\n\n[[person]]\nid = \"ann\"\nname = \"Ann Example\"\n\
                      audience = \"officer\"\naccounts = [\"ann\"]\naddresses = [\"ann@council.example\"]\n\
                      acceptance = \"signed\"\n";
        std::fs::write(&register, people).unwrap();
        let text = format!(
            "data_dir = {data:?}\nregister = {register:?}\npack = \"walsall\"\n\
             [web]\nlisten = \"127.0.0.1:0\"\nproxies = [\"127.0.0.1\"]\n"
        );
        let config = folder.path().join("probity.toml");
        std::fs::write(&config, text).unwrap();
        let config = config.to_str().unwrap().to_owned();
        let council = Self { folder, config };
        council.write("papers/plan.txt", PLAN);
        let quoted: String = PLAN
            .split(". ")
            .map(|line| format!("> {line}.\r\n"))
            .collect();
        council.write(
            "message.eml",
            &format!("From: ann@council.example\r\nTo: bob@council.example\r\nSubject: Look\r\n\r\nWell?\r\n\r\n{quoted}"),
        );
        council
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn register(&self, file: &str, more: &[&str]) -> Output {
        let file = self.path(file);
        let args = ["content", "register", &file, "--config", &self.config];
        probity(&[&args, more].concat())
    }

    fn registered(&self, args: &[&str]) -> Output {
        probity(
            &[
                &["content", "registered"],
                args,
                &["--config", &self.config],
            ]
            .concat(),
        )
    }

    fn listed(&self) -> Value {
        as_json(&self.registered(&["list", "--format", "json"]))
    }

    /// What would happen to the message.
    fn checked(&self) -> String {
        let message = self.path("message.eml");
        said(&probity(&[
            "mail",
            "check",
            &message,
            "--as",
            "ann",
            "--config",
            &self.config,
        ]))
    }
}

fn as_json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(output)))
}

const AS_PLAN: [&str; 6] = [
    "--as",
    "registered-document",
    "--reference",
    "PLAN-1",
    "--owner",
    "legal",
];

#[test]
fn a_message_that_quotes_a_registered_document_is_held() {
    let council = Council::new();
    assert!(council.checked().contains("PERMIT"));
    let output = council.register("papers", &AS_PLAN);
    assert!(output.status.success(), "{}", said(&output));
    let told = said(&output);
    assert!(
        told.starts_with("registered PLAN-1 as registered-document: 1 file(s), "),
        "{told}"
    );
    let checked = council.checked();
    assert!(
        checked.contains("HOLD") && checked.contains("walsall-6.5.1.a"),
        "{checked}"
    );
    let known = council.path("data/known-files.register");
    let scanned = probity(&[
        "content",
        "scan",
        &council.path("message.eml"),
        "--known-files",
        &known,
    ]);
    let scanned = said(&scanned);
    assert!(
        scanned.contains("registered-document (high) in quoted 1:\n    PLAN-1 (owner legal): "),
        "{scanned}"
    );
    assert!(!scanned.contains("bidder"), "{scanned}");

    let output = council.registered(&["remove", "PLAN-1"]);
    assert_eq!(said(&output), "removed PLAN-1\n");
    assert!(council.checked().contains("PERMIT"));
}

#[test]
fn what_is_registered_is_listed() {
    let council = Council::new();
    assert_eq!(council.listed()["items"], Value::Array(Vec::new()));
    let none = said(&council.registered(&["list"]));
    assert!(none.contains("nothing is registered"), "{none}");
    let output = council.register(
        "papers",
        &[&AS_PLAN[..], &["--until", "2099-12-31", "--format", "json"]].concat(),
    );
    let made = as_json(&output);
    assert_eq!(
        (&made["replaced"], &made["reference"]),
        (&false.into(), &"PLAN-1".into()),
        "{made}"
    );
    assert_eq!(made["files"][0]["note"], Value::Null, "{made}");
    let listed = council.listed();
    let item = &listed["items"][0];
    assert_eq!(
        (&item["reference"], &item["as"], &item["owner"]),
        (
            &"PLAN-1".into(),
            &"registered-document".into(),
            &"legal".into()
        )
    );
    assert_eq!(
        (&item["in_force"], &item["files"]),
        (&true.into(), &1.into()),
        "{item}"
    );
    assert!(
        item["until"].as_str().unwrap().starts_with("2099-12-31")
            || item["until"].as_str().unwrap().starts_with("2100-01-01"),
        "{item}"
    );
    assert_eq!(listed["version"], made["version"]);
    let again = council.register("papers", &AS_PLAN);
    assert!(
        said(&again).starts_with("replaced PLAN-1"),
        "{}",
        said(&again)
    );
    // Two that share a text are told of, as it may be a form.
    let second = council.register(
        "papers",
        &["--as", "registered-document", "--reference", "PLAN-2"],
    );
    assert!(
        said(&second).contains("100 % of its text is in PLAN-1 too"),
        "{}",
        said(&second)
    );
}

#[test]
fn what_cannot_be_done_is_said_with_what_to_do() {
    let council = Council::new();
    council.write("short.txt", "Thank you.");
    council.write("letters/a.txt", PLAN);
    let check = |output: &Output, words: &str| {
        assert_eq!(output.status.code(), Some(2), "{}", said(output));
        assert!(said(output).contains(words), "{}", said(output));
    };
    check(
        &council.register("short.txt", &AS_PLAN),
        "nothing in it could be recognised again",
    );
    check(&council.register("nowhere", &AS_PLAN), "cannot read");
    check(
        &council.register("papers", &["--as", "secret", "--reference", "A"]),
        "registered-document, misdirected-document",
    );
    check(
        &council.register("papers", &["--as", "game", "--reference", ""]),
        "is no name",
    );
    check(
        &council.register(
            "papers",
            &[&AS_PLAN[..], &["--until", "2001-01-01"]].concat(),
        ),
        "--until is in the past",
    );
    check(
        &council.registered(&["remove", "PLAN-1"]),
        "`probity content registered list` shows what is",
    );
    assert!(council.register("papers", &AS_PLAN).status.success());
    let other = ["--as", "copyright-work", "--reference", "PLAN-1"];
    check(
        &council.register("letters", &other),
        "`probity content registered remove PLAN-1`",
    );
    let nowhere = probity(&[
        "content",
        "scan",
        &council.path("short.txt"),
        "--known-files",
        "/nowhere",
    ]);
    check(&nowhere, "make one with `probity content register`");
}

#[test]
fn a_damaged_register_is_reported() {
    let council = Council::new();
    assert!(council.register("papers", &AS_PLAN).status.success());
    let register = council.path("data/known-files.register");
    let bytes = std::fs::read(&register).unwrap();
    std::fs::write(&register, &bytes[..bytes.len() - 1]).unwrap();
    let output = probity(&["check", "--config", &council.config]);
    assert!(said(&output).contains("known files: "), "{}", said(&output));
    assert!(said(&output).contains("is damaged"), "{}", said(&output));
    let output = council.register("papers", &AS_PLAN);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert_eq!(std::fs::read(&register).unwrap(), bytes[..bytes.len() - 1]);
    std::fs::remove_file(council.path("data/known-files.register.key")).unwrap();
    std::fs::write(&register, &bytes).unwrap();
    assert!(said(&council.registered(&["list"])).contains("is not the key"));
}

/// Killed at any moment, a command leaves a register that reads.
#[test]
fn whoever_is_killed_leaves_the_old_register_or_the_new_one() {
    let council = Council::new();
    assert!(council.register("papers", &AS_PLAN).status.success());
    let file = council.path("papers");
    for wait in 0..12 {
        let reference = format!("R{wait}");
        let mut child = Command::new(env!("CARGO_BIN_EXE_probity"))
            .args(["content", "register", &file, "--config", &council.config])
            .args(["--as", "registered-document", "--reference", &reference])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(2 * wait));
        let _ = child.kill();
        child.wait().unwrap();
        let listed = council.listed();
        assert!(!listed["items"].as_array().unwrap().is_empty(), "{listed}");
        assert!(Path::new(&council.path("data/known-files.register.key")).exists());
    }
    assert!(council.register("papers", &AS_PLAN).status.success());
}
