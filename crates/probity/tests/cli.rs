//! The program as a user runs it.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use correspondence::{Called, Correspondence};
use end_to_end::numbered::is_possible;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

const REGISTER: &str = r#"
[council]
domains = ["council.example"]

[[person]]
id = "p1"
name = "Ada Reyes"
audience = "officer"
accounts = ["ada"]
addresses = ["ada.reyes@council.example"]
acceptance = "signed"
"#;

fn probity(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_probity"))
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(args: &[&str]) -> Value {
    let output = probity(&[args, &["--format", "json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!(
            "{args:?}: {error}: {}",
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

fn with_input(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_probity"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

/// A configuration on free ports, in a folder of its own.
fn configured(folder: &Path) -> String {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let data = folder.join("data");
    std::fs::create_dir(&data).unwrap();
    let closed = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(&data, closed).unwrap();
    std::fs::write(folder.join("register.toml"), REGISTER).unwrap();
    let example = text(&probity(&["init"]))
        .replace("/var/lib/probity", data.to_str().unwrap())
        .replace("/etc/probity", folder.to_str().unwrap())
        .replace("/var/spool/postfix/probity", folder.to_str().unwrap())
        .replace("127.0.0.1:1344", &format!("127.0.0.1:{port}"));
    let config = folder.join("probity.toml");
    std::fs::write(&config, example).unwrap();
    config.to_str().unwrap().to_owned()
}

#[test]
fn the_demo_decides_every_act_of_its_day_whatever_the_pack() {
    for pack in ["walsall", "halton", "chorley"] {
        let output = probity(&["demo", "--pack", pack]);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let shown = text(&output);
        assert!(
            shown.contains(&format!("adopted the {pack} pack")),
            "{shown}"
        );
        assert!(shown.contains("refuse  starter "), "{shown}");
        assert!(
            shown.contains("every decision above was there before it was given"),
            "{shown}"
        );
    }
    let tally = &json(&["demo"])["decisions"];
    let n: u64 = tally
        .as_object()
        .unwrap()
        .values()
        .map(|n| n.as_u64().unwrap())
        .sum();
    assert!(n >= 40, "{tally}");
    for outcome in ["permit", "warn", "hold", "refuse"] {
        assert!(
            tally[outcome].as_u64().unwrap() > 0,
            "{outcome} never happened: {tally}"
        );
    }
}

#[test]
fn the_printed_configuration_is_in_order_and_a_broken_one_is_told_all_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let config = configured(folder.path());
    let output = probity(&["check", "--config", &config]);
    assert!(output.status.success(), "{}", text(&output));

    let broken = std::fs::read_to_string(&config)
        .unwrap()
        .replace("pack = \"walsall\"", "pack = \"atlantis\"");
    std::fs::write(&config, broken).unwrap();
    let twice = format!(
        "{REGISTER}{}",
        REGISTER
            .split_once("[[person]]")
            .unwrap()
            .1
            .replace("id =", "[[person]]\nid =")
            .trim_start()
    );
    std::fs::write(folder.path().join("register.toml"), twice).unwrap();
    std::fs::set_permissions(
        folder.path().join("data"),
        std::os::unix::fs::PermissionsExt::from_mode(0o777),
    )
    .unwrap();
    let report = json(&["check", "--config", &config]);
    let about: Vec<&str> = report["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["about"].as_str().unwrap())
        .collect();
    for part in ["pack", "register", "data directory"] {
        assert!(about.contains(&part), "{report}");
    }
    assert_eq!(
        probity(&["check", "--config", &config]).status.code(),
        Some(1)
    );
}

/// Of councillors it is public, of anybody else a secret of theirs.
#[test]
fn a_political_group_of_somebody_else_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let config = configured(folder.path());
    let group = format!("{REGISTER}group = \"Independent\"\n");
    let of_councillor = group.replace("officer", "councillor");
    for (register, is_told) in [(group, true), (of_councillor, false)] {
        std::fs::write(folder.path().join("register.toml"), register).unwrap();
        let report = json(&["check", "--config", &config]).to_string();
        assert_eq!(
            report.contains("`p1` has a political group"),
            is_told,
            "{report}"
        );
    }
}

/// Only a rule keeps shut what nobody granted, so a pack without one is not in order where people are
/// kept; and a misspelt grant opens nothing.
#[test]
fn grants_that_no_rule_reads_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let config = configured(folder.path());
    let register = format!("{REGISTER}granted = [\"email\", \"internet\"]\n");
    std::fs::write(folder.path().join("register.toml"), register).unwrap();
    let report = json(&["check", "--config", &config]).to_string();
    assert!(report.contains("`p1` has `internet` granted"), "{report}");

    let pack = folder.path().join("chorley");
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/chorley");
    for name in ["pack.toml", "clauses.toml", "rules/web.cedar"] {
        let to = pack.join(name);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(ours.join(name), to).unwrap();
    }
    let text = std::fs::read_to_string(&config).unwrap();
    let ours = format!("pack = {:?}", pack.to_str().unwrap());
    let by_hand = text.replace("pack = \"walsall\"", &ours);
    let register = by_hand.lines().find(|line| line.starts_with("register = "));
    let people = "[people]\ndatabase = \"sqlite::memory:\"\n[people.council]\ndomains = []\n";
    let kept = format!("{}\n{people}", by_hand.replace(register.unwrap(), ""));
    for (text, is_told) in [(kept, true), (by_hand.clone(), false)] {
        std::fs::write(&config, text).unwrap();
        let report = json(&["check", "--config", &config]).to_string();
        assert!(
            report.contains("no scenario fires"),
            "the pack is read: {report}"
        );
        let told = report.contains("no rule reads `principal.granted`");
        assert_eq!(told, is_told, "{report}");
    }
}

#[test]
fn every_problem_of_a_configuration_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let config = configured(folder.path());
    let text = std::fs::read_to_string(&config).unwrap();
    let text = text
        .replace(
            "seal_every_seconds = 60",
            "seal_every_seconds = 0\nseal_evry = 1",
        )
        .replace("[web]", "[web]\ncolour = \"red\"")
        .replace("probity.invalid/record", "two words")
        .replace("trusted_after_days = 30", "trusted_after_days = 0")
        .replace("addresses = 250000", "addresses = 10")
        .replace("pack = \"walsall\"", "pack = \"atlantis\"");
    std::fs::write(&config, text).unwrap();
    let report = json(&["check", "--config", &config]).to_string();
    for part in [
        "seal_evry",
        "colour",
        "seal_every_seconds is 0",
        "[record] name",
        "[mail.memory] trusted_after_days is 0",
        "[mail.memory] addresses is below 1000",
        "atlantis",
    ] {
        assert!(report.contains(part), "{part}: {report}");
    }
    assert_eq!(
        probity(&["serve", "--config", &config]).status.code(),
        Some(2)
    );
}

#[test]
fn a_start_that_fails_on_a_taken_port_records_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let config = configured(folder.path());
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let text = std::fs::read_to_string(&config).unwrap();
    let free = text
        .split("[web]")
        .nth(1)
        .unwrap()
        .split("listen = \"")
        .nth(1)
        .unwrap();
    let free = free.split('"').next().unwrap();
    let text = text.replace(free, &taken.local_addr().unwrap().to_string());
    std::fs::write(&config, text).unwrap();
    assert_eq!(
        probity(&["serve", "--config", &config]).status.code(),
        Some(1)
    );
    assert!(!folder.path().join("data/record").exists());
}

#[test]
fn an_answer_nobody_can_read_changes_no_exit_code() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_probity"));
    let status = command
        .args(["policy", "list"])
        .stdout(full)
        .stderr(Stdio::null())
        .status();
    assert_eq!(status.unwrap().code(), Some(1));
}

#[test]
fn an_activity_is_decided_and_nonsense_is_told_what_to_do() {
    let activity = r#"{"action":"visit","who":{"audience":"officer","acceptance":"signed"},
        "what":{"categories":["webmail"],"method":"GET"}}"#;
    let output = with_input(&["decide"], activity);
    let decision: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(decision["outcome"], "refuse");
    assert_eq!(decision["reasons"][0]["clause"], "walsall-7.2.16");
    assert_eq!(decision["unevaluated"], Value::Array(vec![]));
    let human = with_input(
        &["decide", "--format", "human", "--pack", "chorley"],
        activity,
    );
    assert!(
        String::from_utf8_lossy(&human.stdout).starts_with("PERMIT"),
        "{human:?}"
    );

    for nonsense in [
        "",
        "{",
        r#"{"action":"fly"}"#,
        r#"{"action":"visit","what":{"colour":"red"}}"#,
        r#"{"action":"visit","who":{"audience":"martian"}}"#,
        r#"{"action":"send","what":{"marks":["replyy"]}}"#,
    ] {
        let output = with_input(&["decide"], nonsense);
        assert_eq!(output.status.code(), Some(2), "{nonsense}");
        assert!(
            String::from_utf8_lossy(&output.stderr).contains("--help"),
            "{output:?}"
        );
    }
}

#[test]
fn what_would_happen_can_be_asked_for_a_person_and_a_time() {
    let check = |args: &[&str], outcome: &str| {
        let answer = json(args);
        assert_eq!(answer["decision"]["outcome"], outcome, "{args:?}: {answer}");
    };
    let at = ["--at", "2026-03-02T11:00:00Z"];
    let web = |url: &'static str, person: &'static str| {
        [&["web", "check", url, "--as", person], &at[..]].concat()
    };
    check(&web("https://webmail.example/inbox", "officer"), "refuse");
    check(&web("webmail.example", "councillor"), "permit");
    check(&web("http://nobody-knows.example/", "officer"), "permit");
    let folder = tempfile::tempdir().unwrap();
    let mail = folder.path().join("mail.eml");
    std::fs::write(&mail, "From: amara.osei@council.example\r\nTo: all-staff@council.example\r\nSubject: Cake\r\n\r\nHelp yourselves.\r\n").unwrap();
    check(
        &[
            &["mail", "check", mail.to_str().unwrap(), "--as", "officer"],
            &at[..],
        ]
        .concat(),
        "hold",
    );
    for odd in [
        "a..b",
        "https://webmail.example\\@evil.example/",
        "two words",
        "",
    ] {
        assert_eq!(
            probity(&["web", "check", odd, "--as", "officer"])
                .status
                .code(),
            Some(2),
            "{odd}"
        );
    }
    let stranger = probity(&["web", "check", "example.org", "--as", "nobody"]);
    assert_eq!(stranger.status.code(), Some(2));
}

/// What the gate remembers, `mail check` can look up, also while the gate runs.
#[test]
fn what_went_before_counts_for_what_would_happen() {
    let folder = tempfile::tempdir().unwrap();
    let config = configured(folder.path());
    let mail = folder.path().join("mail.eml");
    let text = "From: ada.reyes@council.example\r\nTo: jo@housingtrusts.example\r\n\
                In-Reply-To: <junk@elsewhere.example>\r\nSubject: Hello\r\n\r\nHello.\r\n";
    std::fs::write(&mail, text).unwrap();
    let facts = || {
        let mail = mail.to_str().unwrap();
        json(&["mail", "check", mail, "--as", "p1", "--config", &config])["request"]["what"].clone()
    };
    let empty = facts();
    assert!(!folder.path().join("data/correspondence").exists());
    let ago = |days: i64| Timestamp::now() - SignedDuration::from_hours(24 * days);
    let memory = folder.path().join("data/correspondence");
    let limits = correspondence::Limits::default();
    let (past, _) = Correspondence::open(&memory, &limits, ago(40)).unwrap();
    for days in 1..=5 {
        past.wrote_to("jo@housingtrust.example", ago(6 - days));
    }
    past.call("junk@elsewhere.example", Called::Junk, ago(1));
    past.flush().unwrap();
    let with_past = facts();
    for (set, label) in [("recipient", "look-alike"), ("marks", "junk-parent")] {
        let has = |facts: &Value| {
            let labels = facts[set].as_array().into_iter().flatten();
            labels.into_iter().any(|found| found == label)
        };
        assert!(!has(&empty), "{empty}");
        assert!(has(&with_past), "{label} in {with_past}");
    }
}

#[test]
fn every_question_about_policy_has_a_json_answer() {
    assert_eq!(json(&["policy", "list"]).as_array().unwrap().len(), 3);
    assert_eq!(
        json(&["policy", "check", "--pack", "halton"])["sound"],
        true
    );
    assert_eq!(
        json(&["policy", "show", "walsall-7.2.16"])["status"]["status"],
        "met-by-rules"
    );
    let coverage = json(&["policy", "coverage"]);
    let clauses: usize = coverage
        .as_array()
        .unwrap()
        .iter()
        .map(|pack| pack["clauses"].as_array().unwrap().len())
        .sum();
    assert_eq!(clauses, 406);
    assert!(
        json(&["policy", "test"])
            .as_array()
            .unwrap()
            .iter()
            .all(|case| case["wrong"] == Value::Array(vec![]))
    );
    assert_eq!(
        probity(&["policy", "show", "walsall-99"]).status.code(),
        Some(2)
    );
}

#[test]
fn both_integrations_print_what_to_add() {
    assert!(text(&probity(&["integrate", "postfix"])).contains("milter_default_action = tempfail"));
    assert!(text(&probity(&["integrate", "squid"])).contains("bypass=off"));
}

/// Postfix and Squid as `integrate` wants them, in files beside a configuration. What to check them with.
fn integrated(folder: &Path) -> Vec<String> {
    let config = configured(folder);
    let mut check = vec!["check".to_owned(), "--config".to_owned(), config.clone()];
    for (software, file, option) in [
        ("postfix", "main.cf", "--main-cf"),
        ("squid", "squid.conf", "--squid-conf"),
    ] {
        let printed = text(&probity(&["integrate", software, "--config", &config]));
        let path = folder.join(file);
        std::fs::write(&path, format!("# Of the council\n\n{printed}")).unwrap();
        check.extend([option.to_owned(), path.to_str().unwrap().to_owned()]);
    }
    check
}

/// Where the line stands in a file, counted from 1.
fn line_of(path: &Path, line: &str) -> u64 {
    let text = std::fs::read_to_string(path).unwrap();
    let place = text.lines().position(|one| one == line).unwrap();
    u64::try_from(place).unwrap() + 1
}

/// Both gates' surroundings are set from one configuration, and whatever somebody changes by hand in
/// them is told with its line.
#[test]
fn a_rule_edited_by_hand_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let check = integrated(folder.path());
    let check: Vec<&str> = check.iter().map(String::as_str).collect();
    let output = probity(&check);
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(text(&output), "everything is in order\n");

    let edit = |file: &str, from: &str, to: &str| {
        let path = folder.path().join(file);
        let before = std::fs::read_to_string(&path).unwrap();
        assert!(before.contains(from), "{from}");
        std::fs::write(&path, before.replace(from, to)).unwrap();
        path
    };
    let rule = "adaptation_access probity_reqmod deny localhost";
    let ours = "adaptation_access probity_reqmod allow all";
    let squid = edit("squid.conf", ours, &format!("{rule}\n{ours}"));
    let away = "milter_default_action = accept";
    let main = edit("main.cf", "milter_default_action = tempfail", away);
    edit("main.cf", "non_smtpd_milters = $smtpd_milters\n", "");
    let report = json(&check);
    assert_eq!(report["sound"], false);
    let problems = report["problems"].as_array().unwrap();
    let told = |about: &str, line: Option<u64>, words: &str| {
        let problem = problems.iter().find(|problem| {
            problem["about"] == about && problem["problem"].as_str().unwrap().contains(words)
        });
        let problem = problem.unwrap_or_else(|| panic!("{words}: {report}"));
        assert_eq!(problem["line"].as_u64(), line, "{problem}");
    };
    told("squid.conf", Some(line_of(&squid, rule)), rule);
    told("main.cf", Some(line_of(&main, away)), away);
    told(
        "main.cf",
        None,
        "`non_smtpd_milters = $smtpd_milters` is missing",
    );
    assert_eq!(problems.len(), 3, "{report}");
    let output = probity(&check);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output);
    let line = line_of(&squid, rule);
    assert!(
        said.contains(&format!("squid.conf line {line}: `{rule}`")),
        "{said}"
    );
}

#[test]
fn live_files_that_cannot_be_compared_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let check = integrated(folder.path());
    let mut check: Vec<&str> = check.iter().map(String::as_str).collect();
    check.extend(["--master-cf", "/nowhere/master.cf"]);
    let squid = folder.path().join("squid.conf");
    let included = format!(
        "include /etc/squid/conf.d/*.conf\n{}",
        std::fs::read_to_string(&squid).unwrap()
    );
    std::fs::write(&squid, included).unwrap();
    let report = json(&check);
    assert_eq!(report["problems"].as_array().unwrap().len(), 1, "{report}");
    let problem = report["problems"][0]["problem"].as_str().unwrap();
    assert!(
        problem.contains("cannot read `/nowhere/master.cf`"),
        "{problem}"
    );
    let note = &report["notes"][0];
    assert_eq!(
        (note["about"].as_str(), note["line"].as_u64()),
        (Some("squid.conf"), Some(1))
    );
    // And of a gate that is not there nothing can be said.
    let config = folder.path().join("probity.toml");
    let whole = std::fs::read_to_string(&config).unwrap();
    let web = whole.find("[web]").unwrap();
    let rest = whole[web + 1..]
        .find("\n[")
        .map_or("", |end| &whole[web + 1 + end..]);
    std::fs::write(&config, format!("{}{rest}", &whole[..web])).unwrap();
    let report = json(&check).to_string();
    assert!(
        report.contains("the configuration has no [web] gate to compare it with"),
        "{report}"
    );
}

/// What Postfix itself prints of such a file says the same.
#[test]
fn what_postconf_prints_is_compared_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let check = integrated(folder.path());
    let check: Vec<&str> = check.iter().map(String::as_str).collect();
    let main = folder.path().join("main.cf");
    let postconf = |options: &str| {
        let mut command = Command::new("/usr/sbin/postconf");
        command.arg("-c").arg(folder.path()).arg(options).output()
    };
    let missing = || "postconf is not installed (apt-get install postfix)".to_owned();
    if !is_possible(postconf("-n").is_err().then(missing)) {
        return;
    }
    for options in ["-n", "-nx"] {
        let written = std::fs::read_to_string(&main).unwrap();
        let printed = postconf(options).unwrap();
        std::fs::write(&main, &printed.stdout).unwrap();
        let output = probity(&check);
        assert!(output.status.success(), "{options}: {}", text(&output));
        std::fs::write(&main, written).unwrap();
    }
}

#[test]
fn coverage_looks_for_the_tests_clauses_name() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let coverage = |sources: &Path| {
        let sources = sources.to_str().unwrap();
        probity(&["policy", "coverage", "--tests", sources])
    };
    assert!(coverage(&sources).status.success());
    let elsewhere = tempfile::tempdir().unwrap();
    let output = coverage(elsewhere.path());
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output);
    let journey = "new_officer.rs::a_new_officer_gets_email_and_the_internet is not there";
    assert!(said.contains(journey), "{said}");
}

#[test]
fn the_gates_run_stop_and_leave_a_record_in_which_a_flipped_bit_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let config = configured(folder.path());
    let mut serving = Command::new(env!("CARGO_BIN_EXE_probity"))
        .args(["serve", "--config", &config])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(serving.stderr.take().unwrap())
        .read_line(&mut said)
        .unwrap();
    assert!(said.contains("the gates are up"), "{said}");
    let id = serving.id().to_string();
    assert!(Command::new("kill").arg(&id).status().unwrap().success());
    assert!(serving.wait().unwrap().success());

    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    assert!(text(&probity(&["record", "tail", "--data", data])).contains("started"));
    assert_eq!(
        json(&["record", "show", "0", "--data", data])["record"]["pack"],
        "walsall"
    );
    assert_eq!(json(&["record", "verify", "--data", data])["sound"], true);

    let kept = folder.path().join("kept");
    std::fs::write(
        &kept,
        text(&probity(&["record", "checkpoint", "--data", data])),
    )
    .unwrap();
    let with_kept = [
        "record",
        "verify",
        "--data",
        data,
        "--checkpoint",
        kept.to_str().unwrap(),
    ];
    assert_eq!(json(&with_kept)["sound"], true);
    let segment = std::fs::read_dir(format!("{data}/record"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            path.extension()
                .is_some_and(|extension| extension == "journal")
        })
        .unwrap();
    // Cut back to nothing, together with everything that was sealed: only the kept one knows.
    let sealed = ["leaves", "checkpoints", "tree"].map(|name| format!("{data}/record/{name}"));
    let whole = sealed.each_ref().map(|path| std::fs::read(path).unwrap());
    let entries = std::fs::read(&segment).unwrap();
    let header = 32;
    std::fs::write(&segment, &entries[..header]).unwrap();
    sealed
        .iter()
        .for_each(|path| std::fs::remove_file(path).unwrap());
    assert_eq!(json(&["record", "verify", "--data", data])["sound"], true);
    assert_eq!(json(&with_kept)["sound"], false);
    std::fs::write(&segment, entries).unwrap();
    sealed
        .iter()
        .zip(whole)
        .for_each(|(path, bytes)| std::fs::write(path, bytes).unwrap());

    let mut bytes = std::fs::read(&segment).unwrap();
    let place = bytes.len() - 8;
    bytes[place] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    let report = json(&["record", "verify", "--data", data]);
    assert_eq!(report["sound"], false, "{report}");
    assert!(
        report["findings"][0].as_str().unwrap().contains("journal"),
        "{report}"
    );
}

#[test]
fn site_lists_are_compiled_and_asked_and_broken_ones_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let lists = folder.path().join("lists");
    std::fs::create_dir_all(lists.join("games")).unwrap();
    std::fs::write(lists.join("games/domains"), "play.example\nfun.example\n").unwrap();
    std::fs::write(lists.join("news.txt"), "# newspapers\npaper.example\n").unwrap();
    let (lists, out) = (
        lists.to_str().unwrap().to_owned(),
        folder.path().join("lists.bin"),
    );
    let out = out.to_str().unwrap();
    assert_eq!(
        json(&["categories", "build", &lists, "--out", out])["entries"],
        3
    );
    let asked = json(&[
        "categories",
        "show",
        "--file",
        out,
        "https://www.play.example/now",
    ]);
    assert_eq!(asked["categories"][0], "games");
    std::fs::remove_file(format!("{lists}/news.txt")).unwrap();
    let refused = json(&["categories", "build", &lists, "--out", out]);
    assert_eq!(refused["published"], false, "{refused}");
    assert_eq!(
        json(&["categories", "show", "--file", out, "paper.example"])["categories"][0],
        "news"
    );
}

#[test]
fn call_records_are_summed_up_and_bad_rows_told() {
    let folder = tempfile::tempdir().unwrap();
    let row = |to: &str, talked: u32, outcome: &str| {
        format!(
            "\"\",\"2001\",\"{to}\",\"\",\"\",\"\",\"\",\"\",\"\",\"2026-03-02 11:00:00\",\"\",\"\",{},{talked},\"{outcome}\",\"\"\n",
            talked + 8
        )
    };
    let text = [
        row("07700900123", 60, "ANSWERED"),
        row("999", 20, "ANSWERED"),
        "half,a,row\n".to_owned(),
        row("2002", 0, "BUSY"),
    ]
    .concat();
    let file = folder.path().join("Master.csv");
    std::fs::write(&file, &text).unwrap();
    let file = file.to_str().unwrap();

    let output = probity(&["calls", "read", file]);
    assert_eq!(output.status.code(), Some(1), "a row was set aside");
    let told = String::from_utf8(output.stdout).unwrap();
    for line in [
        "all                             3         2       0:01:20",
        "  mobile                        1         1       0:01:00",
        "  emergency                     1         1       0:00:20",
        // Nobody's emergencies are counted against them.
        "  2001                          2         1       0:01:00",
        "4 rows read in 1 files, 1 set aside",
        "row 3: 3 cells where there should be 16 to 21",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }

    let output = with_input(&["calls", "read", "-", "--format", "json"], &text);
    let lines: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let kinds: Vec<_> = lines
        .iter()
        .map(|line| line["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["call", "call", "set-aside", "call", "summary"]);
    assert_eq!(lines[0]["call"]["to"]["class"], "mobile");
    assert_eq!(lines[0]["call"]["at"], "2026-03-02T11:00:00Z");
    assert_eq!(lines[4]["all"]["calls"], 3);
}

#[test]
fn what_call_records_need_to_be_read_is_said() {
    let check = |args: &[&str], input: &str, expected: &str| {
        let output = with_input(&[&["calls", "read", "-"], args].concat(), input);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected), "{said}");
    };
    check(&[], "a,b\n1,2\n", "--as FORMAT");
    check(&["--as", "freeswitch"], "", "--template");
    check(&["--as", "mapped"], "", "--mapping");
    check(&["--zone", "Europe/Walsall"], "", "Europe/London");
    check(&["--template", "${uuid}"], "", "caller_id_number");
}
