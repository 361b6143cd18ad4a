//! Reports as an operator asks for them, from the entries of a record.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use journal::{Journal, Options};
use serde_json::{Value, json};

/// Two directorates: parks (with two teams) has fourteen people, libraries seven, of whom two in a team.
const UNITS: [(&str, &str); 5] = [
    ("parks", ""),
    ("gardens", "parks"),
    ("rangers", "parks"),
    ("libraries", ""),
    ("archive", "libraries"),
];

fn unit_of(person: usize) -> &'static str {
    match person {
        0..7 => "gardens",
        7..14 => "rangers",
        14..19 => "libraries",
        _ => "archive",
    }
}

const PEOPLE: usize = 21;

struct Council {
    folder: tempfile::TempDir,
    journal: Option<Journal>,
}

impl Council {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut register = "[council]\ndomains = [\"council.example\"]\n".to_owned();
        for (id, parent) in UNITS {
            register += &format!("[[unit]]\nid = {id:?}\nname = \"The {id}\"\n");
            if !parent.is_empty() {
                register += &format!("parent = {parent:?}\n");
            }
        }
        for person in 0..PEOPLE {
            let unit = unit_of(person);
            register += &format!(
                "[[person]]\nid = \"p{person}\"\nname = \"P {person}\"\naudience = \"officer\"\nunit = {unit:?}\n"
            );
        }
        std::fs::write(folder.path().join("register.toml"), register).unwrap();
        let config = format!(
            "data_dir = {:?}\nregister = {:?}\npack = \"walsall\"\n[web]\nlisten = \"127.0.0.1:0\"\n\
             proxies = [\"127.0.0.1\"]\n",
            folder.path().join("data"),
            folder.path().join("register.toml"),
        );
        std::fs::write(folder.path().join("probity.toml"), config).unwrap();
        let record = folder.path().join("data/record");
        std::fs::create_dir_all(&record).unwrap();
        let (journal, _) = Journal::open(record, Options::default()).unwrap();
        Self {
            folder,
            journal: Some(journal),
        }
    }

    fn entry(&self, at: &str, kind: &str, rest: &Value) {
        let head = format!("{{\"v\":1,\"at\":\"{at}\",\"kind\":\"{kind}\",");
        let entry = head + &rest.to_string()[1..];
        let journal = self.journal.as_ref().unwrap();
        journal.append((), entry.as_bytes()).unwrap().into_parts();
    }

    fn page(&self, person: usize, at: &str, category: &str, decision: &Value) {
        let rest = json!({
            "client": "10.0.0.1", "person": format!("p{person}"), "host": "site.example", "port": 443,
            "path": "/", "visit": true, "bytes": 1000,
            "request": { "action": "visit", "what": { "categories": [category] } },
            "decision": decision,
        });
        self.entry(at, "web", &rest);
    }

    fn mail(&self, person: usize, at: &str, to: &str, findings: &[&str], decision: &Value) {
        let rest = json!({
            "queue_id": "4A", "client": "10.0.0.1", "authenticated": format!("p{person}"),
            "sender": format!("p{person}"), "mail_from": "x@council.example", "bytes": 2000,
            "groups": [{
                "n_recipients": 1, "recipients": ["y@example.com"], "person": format!("p{person}"),
                "request": { "action": "send", "what": { "recipient": [to], "findings": findings } },
                "decision": decision,
            }],
        });
        self.entry(at, "mail", &rest);
    }

    fn call(&self, person: usize, at: &str, class: &str, decision: &Value) {
        let rest = json!({
            "id": "0", "learned": at, "direction": "outgoing", "extension": format!("20{person:02}"),
            "person": format!("p{person}"), "from": { "class": "internal" }, "to": { "class": class },
            "outcome": "answered", "answered_seconds": 60,
            "request": { "action": "call", "what": { "number": [class] } }, "decision": decision,
        });
        self.entry(at, "call", &rest);
    }

    /// A job, and its pages as they are logged.
    fn print(&self, person: usize, at: &str, purpose: &str, pages: u64) {
        let rest = json!({
            "tool": "cups", "person": format!("p{person}"), "user": "x", "signed_in": true, "printer": "hall",
            "job": "7", "purpose": purpose, "done": "print", "request": { "action": "print" },
            "decision": permit(),
        });
        self.entry(at, "print", &rest);
        let rest = json!({
            "log": "page_log", "file": 1, "end": 80, "printer": "hall", "person": format!("p{person}"),
            "user": "x", "signed_in": true, "job": "7", "pages": pages, "purpose": purpose, "decided": 1,
            "let_through": true,
        });
        self.entry(at, "printed", &rest);
    }

    fn report(&mut self, args: &[&str]) -> Output {
        // A record has one writer; a report only reads.
        drop(self.journal.take());
        let config = self.path("probity.toml");
        let mut command = Command::new(env!("CARGO_BIN_EXE_probity"));
        command.arg("report").args(args).arg("--config").arg(config);
        command.stdin(Stdio::null()).output().unwrap()
    }

    fn json(&mut self, args: &[&str]) -> Value {
        let output = self.report(&[args, &["--format", "json"]].concat());
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{error}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// What stands in one row of one table; nothing if there is no such row.
fn row(report: &Value, table: &str, row: &str) -> Option<Vec<String>> {
    let tables = report["tables"].as_array().unwrap();
    let table = tables.iter().find(|one| one["caption"] == table)?;
    let rows = table["rows"].as_array().unwrap();
    let row = rows
        .iter()
        .find(|one| one["name"].as_str().unwrap().starts_with(row))?;
    let values = row["values"].as_array().unwrap().iter();
    let text = |value: &Value| match &value["value"] {
        Value::Null => value["is"].as_str().unwrap().to_owned(),
        Value::String(words) => words.clone(),
        number => number.to_string(),
    };
    Some(values.map(text).collect())
}

fn permit() -> Value {
    json!({ "outcome": "permit", "reasons": [] })
}

fn stopped(outcome: &str, clause: &str) -> Value {
    json!({ "outcome": outcome, "reasons": [{ "clause": clause }] })
}

#[test]
fn each_manager_is_told_of_their_own_unit_and_the_sums_are_those_of_the_record() {
    let mut council = Council::new();
    for person in 0..PEOPLE {
        for _ in 0..=person {
            council.page(person, "2026-03-10T09:00:00Z", "news", &permit());
        }
        council.mail(person, "2026-03-11T09:00:00Z", "internal", &[], &permit());
        council.mail(person, "2026-03-11T09:00:00Z", "external", &[], &permit());
    }
    // Seven gardeners are refused, and seven of the libraries, of whom two are the archive.
    let refused = stopped("refuse", "walsall-7.2.16");
    for person in (0..7).chain(14..21) {
        council.page(person, "2026-03-12T09:00:00Z", "gambling", &refused);
    }
    // Seven of each directorate write what should not leave; it is held.
    let held = stopped("hold", "walsall-6.2.2");
    for person in (0..7).chain(14..21) {
        council.mail(
            person,
            "2026-03-12T09:00:00Z",
            "external",
            &["personal-data"],
            &held,
        );
    }
    // Seven gardeners and the two: the council's sum less that of parks would tell of the two.
    for person in (0..7).chain(19..21) {
        council.page(person, "2026-03-12T09:00:00Z", "shopping", &permit());
    }
    let pages =
        |people: std::ops::Range<usize>| people.map(|person| person as u64 + 1).sum::<u64>();
    let web = |report: &Value| row(report, "How much was used", "Internet").unwrap()[0].clone();

    let parks = council.json(&["usage", "--month", "2026-03", "--unit", "parks"]);
    assert_eq!(parks["purpose"], "usage");
    assert_eq!(web(&parks), (pages(0..14) + 14).to_string());
    let mail = row(&parks, "Email: what was done", "Sent outside").unwrap();
    assert_eq!(mail, ["21", "42000", "14", "not-told", "7", "not-told"]);
    let mail = row(&parks, "Email: what was done", "Sent inside").unwrap();
    assert_eq!(mail[..2], ["14", "28000"]);
    let category = |report: &Value, name: &str| {
        Some(row(report, "Internet: categories and findings", name)?[0].clone())
    };
    assert_eq!(category(&parks, "Gambling").as_deref(), Some("7"));
    let disclosed = row(&parks, "Email: categories and findings", "Personal data").unwrap();
    assert_eq!(disclosed[0], "7");
    let clause = row(&parks, "What clauses led to", "walsall-6.2.2").unwrap();
    assert_eq!(clause, ["not-told", "not-told", "7", "not-told"]);
    let clause = row(&parks, "What clauses led to", "walsall-7.2.16").unwrap();
    assert_eq!(clause, ["not-told", "not-told", "not-told", "7"]);

    let gardens = council.json(&["usage", "--month", "2026-03", "--unit", "gardens"]);
    assert_eq!(web(&gardens), (pages(0..7) + 14).to_string());

    let libraries = council.json(&["usage", "--month", "2026-03", "--unit", "libraries"]);
    assert_eq!(web(&libraries), (pages(14..21) + 7 + 2).to_string());
    assert_eq!(category(&libraries, "Gambling").as_deref(), Some("7"));
    let archive = council.json(&["usage", "--month", "2026-03", "--unit", "archive"]);
    assert_eq!(web(&archive), "not-told");
    let all = council.json(&["usage", "--month", "2026-03"]);
    assert_eq!(web(&all), (pages(0..PEOPLE) + 14 + 9).to_string());
    assert_eq!(category(&parks, "Shopping").as_deref(), Some("7"));
    assert_eq!(category(&all, "Shopping"), None);
    assert_eq!(category(&libraries, "Shopping"), None);
}

#[test]
fn calls_and_printing_are_in_the_figures_and_private_ones_in_the_volume_only() {
    let mut council = Council::new();
    let at = "2026-03-10T09:00:00Z";
    std::fs::write(
        council.path("tariff.toml"),
        "currency = \"GBP\"\n[rates]\nmobile = { per_minute = \"0.125\" }\n",
    )
    .unwrap();
    let config = std::fs::read_to_string(council.path("probity.toml")).unwrap();
    let tariff = council.path("tariff.toml");
    let config = format!("{config}[calls]\ntariff = {tariff:?}\n");
    std::fs::write(council.path("probity.toml"), config).unwrap();
    for person in 0..PEOPLE {
        council.call(person, at, "mobile", &permit());
        council.call(person, at, "emergency", &permit());
        council.print(person, at, "work", 3);
        council.print(person, at, "private", 100);
    }
    let warned = stopped("warn", "halton-3.3.1.a");
    for person in (0..7).chain(14..21) {
        council.call(person, at, "premium", &warned);
    }
    let parks = council.json(&["usage", "--month", "2026-03", "--unit", "parks"]);
    let used = |report: &Value, channel: &str| row(report, "How much was used", channel).unwrap();
    // Number, size, time in seconds, pages, pence: 14 minutes at 12.5p, and seven more without a price.
    assert_eq!(
        used(&parks, "Telephone")[..5],
        ["21", "nothing", "1260", "nothing", "175"]
    );
    assert_eq!(
        used(&parks, "Printing")[..5],
        ["14", "nothing", "nothing", "42", "nothing"]
    );
    let calls = row(&parks, "Telephone: what was done", "Call out").unwrap();
    assert_eq!(
        calls,
        ["21", "1260", "175", "14", "7", "not-told", "not-told"]
    );
    let premium = row(&parks, "Telephone: categories and findings", "Premium").unwrap();
    assert_eq!(premium, ["7", "420", "nothing"]);
    assert_eq!(
        row(&parks, "Telephone: categories and findings", "Emergency"),
        None
    );
    let jobs = row(&parks, "Printing: what was done", "Print").unwrap();
    assert_eq!(jobs[..2], ["14", "42"]);
    let clause = row(&parks, "What clauses led to", "halton-3.3.1.a").unwrap();
    assert_eq!(clause, ["not-told", "7", "not-told", "not-told"]);
    // What somebody said is their own is in the council's volume.
    let all = council.json(&["usage", "--month", "2026-03"]);
    assert_eq!(used(&all, "Telephone")[0], "35");
    assert_eq!(
        used(&all, "Printing")[..4],
        ["42", "nothing", "nothing", "2163"]
    );
}

#[test]
fn a_month_that_is_not_over_is_not_told_and_one_that_is_stays_as_it_was() {
    let mut council = Council::new();
    for person in 0..PEOPLE {
        council.page(person, "2026-03-10T09:00:00Z", "news", &permit());
    }
    let next = council.report(&["usage", "--month", "2999-01"]);
    assert_eq!(next.status.code(), Some(2));
    let said = String::from_utf8(next.stderr).unwrap();
    assert!(
        said.contains("January 2999 can be reported from 4 February 2999"),
        "{said}"
    );
    let first = council.json(&["usage", "--month", "2026-03"]);
    // Somebody's entry of that month comes years later.
    let (journal, _) = Journal::open(council.path("data/record"), Options::default()).unwrap();
    council.journal = Some(journal);
    council.page(0, "2026-03-10T09:00:00Z", "gambling", &permit());
    assert_eq!(council.json(&["usage", "--month", "2026-03"]), first);
    let nothing = council.report(&["usage", "--month", "2025-03"]);
    let said = String::from_utf8(nothing.stderr).unwrap();
    assert!(
        said.contains("the record has nothing of March 2025"),
        "{said}"
    );
    let unknown = council.report(&["usage", "--month", "2026-03", "--unit", "ghosts"]);
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn three_clauses_are_touched_and_all_others_are_shown_with_noughts() {
    let mut council = Council::new();
    for person in 0..PEOPLE {
        council.page(person, "2026-03-10T09:00:00Z", "news", &permit());
    }
    for person in 0..6 {
        let refused = stopped("refuse", "walsall-7.2.16");
        council.page(person, "2026-03-12T09:00:00Z", "gambling", &refused);
        let held = stopped("hold", "walsall-6.2.2");
        council.mail(
            person,
            "2026-03-12T09:00:00Z",
            "external",
            &["personal-data"],
            &held,
        );
        let event = json!({
            "kind": "incident", "subject": format!("p{}", person + 10), "step": "report", "to": "reported",
            "clauses": ["walsall-7.2.13"],
        });
        council.entry(
            "2026-03-14T09:00:00Z",
            "matter",
            &json!({ "number": 1, "event": event }),
        );
    }
    let report = council.json(&["compliance", "--month", "2026-03"]);
    let rows = report["tables"][0]["rows"].as_array().unwrap();
    let is_nought = |value: &Value| value["value"] == 0;
    let touched: Vec<_> = rows
        .iter()
        .filter(|row| !row["values"].as_array().unwrap().iter().all(is_nought))
        .map(|row| row["name"].as_str().unwrap().split(' ').next().unwrap())
        .collect();
    assert_eq!(
        touched,
        ["walsall-6.2.2", "walsall-7.2.13", "walsall-7.2.16"]
    );
    assert!(rows.len() > 150, "every clause of the pack");
    let of = |clause: &str| row(&report, "What clauses led to", &format!("{clause} ")).unwrap();
    assert_eq!(of("walsall-7.2.16"), ["0", "0", "6", "0", "0", "0"]);
    assert_eq!(of("walsall-6.2.2"), ["0", "6", "0", "0", "0", "0"]);
    assert_eq!(of("walsall-7.2.13"), ["0", "0", "0", "6", "0", "0"]);
}

#[test]
fn a_clause_that_few_touched_says_that_it_happened_and_not_how_often() {
    let mut council = Council::new();
    for person in 0..PEOPLE {
        council.page(person, "2026-03-10T09:00:00Z", "news", &permit());
    }
    for person in 0..4 {
        let refused = stopped("refuse", "walsall-7.2.16");
        council.page(person, "2026-03-12T09:00:00Z", "gambling", &refused);
    }
    let report = council.json(&["compliance", "--month", "2026-03"]);
    let of = row(&report, "What clauses led to", "walsall-7.2.16 ").unwrap();
    assert_eq!(of, ["0", "0", "some", "0", "0", "0"]);
    let service = council.json(&["service", "--month", "2026-03"]);
    let web = row(
        &service,
        "What went through the gates, and what they stopped",
        "Internet",
    );
    assert_eq!(web.unwrap(), ["25", "0", "0", "not-told"]);
}

#[test]
fn the_forecast_of_a_steady_year_lies_within_its_bounds() {
    let mut council = Council::new();
    for month in 1..=12 {
        for person in 0..PEOPLE {
            // 21 pages in January, and 21 more each month.
            for _ in 0..month {
                let at = format!("2025-{month:02}-10T09:00:00Z");
                council.page(person, &at, "news", &permit());
                council.call(person, &at, "local", &permit());
                council.print(person, &at, "work", 2);
            }
        }
    }
    let report = council.json(&["capacity"]);
    let spoken = row(&report, "Telephone, time", "2026-01 (forecast)").unwrap();
    assert_eq!(spoken, ["16380", "16380", "16380"]);
    let pages = row(&report, "Printing, pages", "2026-03 (forecast)").unwrap();
    assert_eq!(pages[0], "630");
    let requests = |month: &str| row(&report, "Internet, requests", month).unwrap();
    assert_eq!(requests("2025-12")[0], "252");
    assert_eq!(requests("2026-01 (forecast)"), ["273", "273", "273"]);
    assert_eq!(requests("2026-03 (forecast)")[0], "315");
    assert_eq!(
        row(&report, "Internet, size", "2025-12").unwrap()[0],
        "252000"
    );
}

#[test]
fn malicious_code_that_was_stopped_is_in_the_service_report() {
    let mut council = Council::new();
    for person in 0..PEOPLE {
        council.page(person, "2026-03-10T09:00:00Z", "news", &permit());
    }
    for person in 0..6 {
        let refused = stopped("refuse", "walsall-6.2.3.a");
        council.mail(
            person,
            "2026-03-12T09:00:00Z",
            "external",
            &["malware"],
            &refused,
        );
    }
    let service = council.json(&["service", "--month", "2026-03"]);
    let mail = row(
        &service,
        "What went through the gates, and what they stopped",
        "Email",
    );
    assert_eq!(mail.unwrap(), ["6", "6", "0", "6"]);
}

#[test]
fn every_format_says_the_same() {
    let mut council = Council::new();
    for month in ["2026-02", "2026-03"] {
        for person in 0..PEOPLE {
            council.page(person, &format!("{month}-10T09:00:00Z"), "news", &permit());
        }
    }
    let args = ["usage", "--month", "2026-03", "--unit", "parks", "--format"];
    let mut as_ = |format: &str| {
        let output = council.report(&[&args[..], &[format]].concat());
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(
        as_("human").contains("Internet      14"),
        "{}",
        as_("human")
    );
    let csv = as_("csv");
    assert!(csv.starts_with("purpose,month,unit,table,row,column,value\r\n"));
    assert!(
        csv.contains("usage,2026-03,parks,How much was used,Internet,Number,14\r\n"),
        "{csv}"
    );
    let html = as_("html");
    assert!(html.contains("<html lang=\"en-GB\">") && html.contains("<caption id=\"table-0\">"));
    assert!(html.contains("role=\"img\"") && html.contains("<title id=\"chart-1-title\">"));
    assert!(html.contains("Purpose: usage"));
    let pdf = council.report(&[&args[..], &["pdf"]].concat()).stdout;
    assert!(pdf.starts_with(b"%PDF-") && pdf.len() > 10_000);
    let output = Command::new(env!("CARGO_BIN_EXE_probity"))
        .args(["report", "usage", "--month", "March"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}
