//! People from the command line: brought in, appointed, let in, and asked about at a console.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

const PEOPLE: &str = "\
employee number,name,audience,directorate,manager number,contract start,email,account
1001,Morwenna Pryce,officer,Place,,01/04/2020,m.pryce@council.example,mpryce
1002,Ada Reyes,officer,Place,1001,30/04/2020,a.reyes@council.example,areyes
1003,Ben Ito,officer,Place,1001,01/05/2021,b.ito@council.example,bito
1004,Cal Doe,officer,Place,1001,31/04/2020,c.doe@council.example,cdoe
";

struct Council {
    folder: TempDir,
    config: String,
    console: String,
}

impl Council {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap();
        let console = port.local_addr().unwrap().to_string();
        let inbox = folder.path().join("in");
        fs::create_dir(&inbox).unwrap();
        let text = format!(
            "data_dir = \"{0}/data\"\npack = \"walsall\"\n[people]\n\
             database = \"sqlite://{0}/people.db?mode=rwc\"\n[people.council]\n\
             domains = [\"council.example\"]\n[console]\nlisten = \"{console}\"\n\
             [console.look]\nplain_http = true\n[feeds.hr]\nfolder = \"{0}/in\"\n\
             [feeds.scim]\naddress = \"http://127.0.0.1\"\n",
            folder.path().display()
        );
        let config = folder.path().join("probity.toml");
        fs::write(&config, text).unwrap();
        let config = config.to_str().unwrap().to_owned();
        let council = Self {
            folder,
            config,
            console,
        };
        council.file("people.csv", PEOPLE);
        council
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// A command on the database itself.
    fn here(&self, args: &[&str]) -> Output {
        probity(&[args, &["--config", &self.config]].concat())
    }

    fn here_json(&self, args: &[&str]) -> Value {
        json(&self.here(&[args, &["--format", "json"]].concat()))
    }

    /// A command to the console, with the token in this file.
    fn there(&self, token: &str, args: &[&str]) -> Output {
        let server = format!("http://{}", self.console);
        let whose = ["--server", &server, "--token-file", token];
        probity(&[args, &whose].concat())
    }

    fn there_json(&self, token: &str, args: &[&str]) -> Value {
        json(&self.there(token, &[args, &["--format", "json"]].concat()))
    }

    /// A token of somebody's, in a file.
    fn token(&self, person: &str, scopes: &[&str]) -> String {
        let mut args = vec!["account", "token", "--person", person];
        scopes
            .iter()
            .for_each(|scope| args.extend(["--scope", scope]));
        let made = self.here_json(&args);
        self.file(&format!("{person}.token"), made["token"].as_str().unwrap())
    }

    fn import(&self) {
        let imported = self.here_json(&["import", "hr", self.path("people.csv").to_str().unwrap()]);
        assert_eq!(imported["counts"]["added"], 3, "{imported}");
    }

    fn serve(&self) -> Serving {
        Serving::start(&self.config)
    }
}

fn probity(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_probity"))
        .args(args)
        .env_remove("PROBITY_SERVER")
        .env_remove("PROBITY_TOKEN_FILE")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", said(output)))
}

fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&text).into_owned()
}

struct Serving(Child);

impl Serving {
    fn start(config: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_probity"))
            .args(["serve", "--config", config])
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let up = lines.find(|line| line.as_ref().unwrap().contains("the gates are up"));
        assert!(up.is_some());
        // Whatever else it says must find a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self(child)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _status = self.0.wait();
    }
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_list_is_looked_at_first_and_then_brought_in_once() {
    let council = Council::new();
    let list = council.path("people.csv");
    let list = list.to_str().unwrap();
    let planned = council.here_json(&["import", "hr", list, "--dry-run"]);
    assert_eq!(planned["changes"].as_array().unwrap().len(), 3, "{planned}");
    assert_eq!(planned["changes"][0]["kind"], "joins");
    assert_eq!(planned["quarantined"][0]["field"], "contract start");
    let shown = said(&council.here(&["import", "hr", list, "--dry-run"]));
    assert!(
        shown.contains("set aside: row 5, contract start"),
        "{shown}"
    );
    assert!(shown.contains("Nothing was changed"), "{shown}");
    let imported = council.here_json(&["import", "hr", list]);
    assert_eq!(imported["counts"]["added"], 3, "{imported}");
    assert_eq!(imported["quarantined"][0]["row"], 5);
    let kept = fs::read_dir(council.path("data/received")).unwrap();
    assert_eq!(kept.count(), 1);
    let again = council.here_json(&["import", "hr", list]);
    assert_eq!(
        (&again["counts"]["added"], &again["counts"]["unchanged"]),
        (&0.into(), &3.into())
    );
    let clocks = "person,time,state\n1002,2026-03-02T08:00:00Z,in\n9999,2026-03-02T08:00:00Z,in\n";
    let clocks = council.file("clocks.csv", clocks);
    let planned = council.here_json(&["import", "clocks", &clocks, "--dry-run"]);
    let imported = council.here_json(&["import", "clocks", &clocks]);
    for counts in [&planned["counts"], &imported["counts"]] {
        assert_eq!(
            (&counts["added"], &counts["quarantined"]),
            (&1.into(), &1.into())
        );
    }
    let missing = council.here(&["import", "hr", "/nowhere.csv"]);
    assert_eq!(missing.status.code(), Some(2), "{}", said(&missing));
    let none = council.here(&["import", "directory"]);
    assert!(said(&none).contains("[feeds.directory]"), "{}", said(&none));
}

#[test]
fn the_first_hour_of_a_council() {
    let council = Council::new();
    council.import();
    let appointed = council.here_json(&["post", "appoint", "monitoring-officer", "mpryce"]);
    assert_eq!(appointed["post"], "monitoring-officer", "{appointed}");
    for (args, complaint) in [
        (
            &["post", "appoint", "emperor", "1001"][..],
            "no post `emperor`",
        ),
        (
            &["post", "appoint", "monitoring-officer", "nobody"],
            "nobody has the id",
        ),
        (&["post", "appoint", "head-of-service", "1001"], "--unit"),
        (
            &["post", "end", "monitoring-officer", "1003"],
            "does not hold",
        ),
        (
            &[
                "account",
                "token",
                "--person",
                "1001",
                "--scope",
                "everything",
            ],
            "no scope `everything`",
        ),
    ] {
        let output = council.here(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", said(&output));
        assert!(
            said(&output).contains(complaint),
            "{args:?}: {}",
            said(&output)
        );
    }
    let posts = said(&council.here(&["post", "list"]));
    assert!(
        posts.contains("monitoring-officer: Monitoring Officer\n  Morwenna Pryce"),
        "{posts}"
    );
    let added = council.here_json(&["account", "add", "1001"]);
    assert_eq!(added["name"], "mpryce");
    assert_eq!(added["passphrase"].as_str().unwrap().split('-').count(), 6);
    let twice = council.here(&["account", "add", "1001"]);
    assert_eq!(twice.status.code(), Some(2), "{}", said(&twice));
    let none = council.here(&["account", "reset", "a.reyes@council.example"]);
    assert!(said(&none).contains("no local account"), "{}", said(&none));
    let reset = council.here_json(&["account", "reset", "1001"]);
    assert_ne!(reset["passphrase"], added["passphrase"]);
    let closed = council.here_json(&["account", "close", "1001"]);
    assert_eq!(closed["account"], "closed");
    let token = council.here_json(&[
        "account",
        "token",
        "--service",
        "door",
        "--scope",
        "write:clockings",
    ]);
    let name = token["name"].as_str().unwrap();
    let listed = said(&council.here(&["account", "tokens"]));
    assert!(
        listed.contains(name) && !listed.contains(token["token"].as_str().unwrap()),
        "{listed}"
    );
    council.here_json(&["account", "end-token", name]);
    assert_eq!(said(&council.here(&["account", "tokens"])), "");
    // All of it is on the record as the operator's once a server runs.
    let _serving = council.serve();
    let data = council.path("data");
    let tail = || {
        said(&probity(&[
            "record",
            "tail",
            "-n",
            "200",
            "--data",
            data.to_str().unwrap(),
            "--format",
            "json",
        ]))
    };
    wait_until("the events are on the record", || {
        tail().contains("make-token")
    });
    let told = tail();
    let appointed = told
        .lines()
        .find(|line| line.contains("\"appoint\""))
        .unwrap();
    assert!(appointed.contains("\"operator\""), "{appointed}");
    for secret in [&added["passphrase"], &reset["passphrase"], &token["token"]] {
        assert!(!told.contains(secret.as_str().unwrap()));
    }
}

#[test]
fn the_desk_asks_a_console() {
    let council = Council::new();
    council.import();
    council.here_json(&["post", "appoint", "service-desk", "1001"]);
    let all = [
        "read:people",
        "read:matters",
        "write:requests",
        "write:permissions",
    ];
    let desk = council.token("1001", &all);
    let ada = council.token("1002", &all);
    let serving = council.serve();
    let found = said(&council.there(&desk, &["person", "find", "reyes"]));
    assert!(found.contains("Ada Reyes  officer"), "{found}");
    let nobody = council.there(&desk, &["person", "find", "zzz"]);
    assert_eq!(nobody.status.code(), Some(1), "{}", said(&nobody));
    let opened = council.there_json(
        &ada,
        &[
            "request",
            "open",
            "areyes",
            "--service",
            "email",
            "--need",
            "letters to residents",
        ],
    );
    assert_eq!(opened["state"], "draft", "{opened}");
    let reference = opened["reference"].as_str().unwrap();
    let wrong = council.there(&ada, &["request", "step", reference, "fly"]);
    assert_eq!(wrong.status.code(), Some(1), "{}", said(&wrong));
    let stale = council.there(
        &ada,
        &["request", "step", reference, "submit", "--version", "77"],
    );
    assert!(!stale.status.success(), "{}", said(&stale));
    let sent = council.there_json(&ada, &["request", "step", reference, "submit"]);
    assert_eq!(sent["state"], "awaiting-authorisation", "{sent}");
    let listed = said(&council.there(&ada, &["request", "list", "--person", "1002"]));
    assert!(
        listed.contains(reference) && listed.contains("email"),
        "{listed}"
    );
    let shown = said(&council.there(&ada, &["request", "show", reference]));
    assert!(shown.contains("submit by person"), "{shown}");
    let shown = said(&council.there(&ada, &["person", "show", "a.reyes@council.example"]));
    assert!(
        shown.contains(reference) && shown.contains("not signed"),
        "{shown}"
    );
    // Nobody authorises their own, whoever's token it is.
    let own = council.there(&ada, &["request", "step", reference, "authorise"]);
    assert_eq!(own.status.code(), Some(1), "{}", said(&own));
    let ask = [
        "permission",
        "ask",
        "1002",
        "--kind",
        "bulk-mail",
        "--why",
        "the spring campaign",
    ];
    let late = council.there(
        &ada,
        &[&ask[..], &["--until", "2099-01-01T00:00:00Z"]].concat(),
    );
    let complaint = "/when/ahead/until: at most 30 days are possible";
    assert!(said(&late).contains(complaint), "{}", said(&late));
    let asked = council.there_json(&ada, &[&ask[..], &["--until", &in_ten_days()]].concat());
    let permission = asked["reference"]
        .as_str()
        .unwrap_or_else(|| panic!("{asked}"));
    let listed = said(&council.there(&ada, &["permission", "list"]));
    assert!(listed.contains(permission), "{listed}");
    let shown = council.there_json(&ada, &["permission", "show", permission]);
    assert_eq!(
        shown["matter"]["matter"]["why"], "the spring campaign",
        "{shown}"
    );
    for (token, complaint) in [
        ("/nowhere", "cannot read the token"),
        (&council.file("no", "x"), "is no token"),
    ] {
        let output = council.there(token, &["person", "find", "ada"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(complaint), "{}", said(&output));
    }
    drop(serving);
    let away = council.there(&ada, &["person", "find", "ada"]);
    assert!(said(&away).contains("cannot be asked"), "{}", said(&away));
    let plain = probity(&[
        "person",
        "find",
        "x",
        "--server",
        "http://example.org",
        "--token-file",
        &ada,
    ]);
    assert!(said(&plain).contains("https://"), "{}", said(&plain));
}

fn in_ten_days() -> String {
    (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(240)).to_string()
}

#[test]
fn files_put_into_a_folder_are_taken_in_and_out() {
    let council = Council::new();
    let _serving = council.serve();
    let inbox = |name: &str| council.path("in").join(name);
    fs::write(inbox(".people.csv"), PEOPLE).unwrap();
    fs::write(inbox("broken.csv"), "no such columns\n1,2\n").unwrap();
    fs::rename(inbox(".people.csv"), inbox("people.csv")).unwrap();
    wait_until("the list is taken in", || !inbox("people.csv").exists());
    wait_until("the broken one is set aside", || {
        inbox("broken.csv.failed").exists()
    });
    let again = council.here_json(&["import", "hr", council.path("people.csv").to_str().unwrap()]);
    assert_eq!(again["counts"]["unchanged"], 3, "{again}");
    // Whoever was brought in is asked to sign, though nobody asked for it.
    let token = council.token("1002", &["read:matters"]);
    let server = format!("http://{}/api/v1/acceptances", council.console);
    wait_until("the new are asked to sign", || {
        let bearer = fs::read_to_string(&token).unwrap();
        let header = format!("Authorization: Bearer {bearer}");
        let output = Command::new("curl")
            .args(["-s", "-H", &header, &server])
            .output();
        let Ok(output) = output else { return true };
        said(&output).contains("\"due") || said(&output).contains("\"notified")
    });
}

#[test]
fn feeds_over_http_come_in_by_a_services_token() {
    let council = Council::new();
    council.import();
    let service = |scope: &str| {
        let made = council.here_json(&["account", "token", "--service", "s", "--scope", scope]);
        format!("Authorization: Bearer {}", made["token"].as_str().unwrap())
    };
    let (clocks, scim) = (service("write:clockings"), service("scim"));
    let _serving = council.serve();
    let curl = |args: &[&str]| Command::new("curl").arg("-s").args(args).output();
    let at = |path: &str| format!("http://{}{path}", council.console);
    let events =
        r#"[{"person":"1002","time":"2026-03-02T08:00:00Z","state":"in","source":"door"}]"#;
    let kind = "Content-Type: application/json";
    let Ok(output) = curl(&[
        "-H",
        &clocks,
        "-H",
        kind,
        "-d",
        events,
        &at("/api/v1/clockings"),
    ]) else {
        return;
    };
    assert_eq!(json(&output)["new"], 1, "{}", said(&output));
    let listed = json(&curl(&["-H", &scim, &at("/scim/v2/Users")]).unwrap());
    assert_eq!(listed["totalResults"], 0, "{listed}");
    let user = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"cdoe",
        "name":{"formatted":"Cal Doe"},"userType":"officer","active":true}"#;
    let kind = "Content-Type: application/scim+json";
    let made = json(&curl(&["-H", &scim, "-H", kind, "-d", user, &at("/scim/v2/Users")]).unwrap());
    let location = made["meta"]["location"].as_str().unwrap();
    assert!(
        location.starts_with("http://127.0.0.1/scim/v2/Users/"),
        "{made}"
    );
    let refused = json(&curl(&["-H", &clocks, &at("/scim/v2/Users")]).unwrap());
    assert_eq!(refused["status"], "401", "{refused}");
}

/// Only root can give a folder away, and only root is refused.
#[test]
fn root_makes_nothing_in_the_folder_of_somebody_else() {
    let council = Council::new();
    let data = council.path("data");
    fs::create_dir(&data).unwrap();
    if std::os::unix::fs::chown(&data, Some(65_534), None).is_err() {
        return;
    }
    let refused = council.here(&["import", "hr", &council.file("people.csv", PEOPLE)]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("belongs to nobody"), "{said}");
    assert!(said.contains("runuser -u nobody -- probity"), "{said}");
    assert_eq!(fs::read_dir(&data).unwrap().count(), 0);
    assert!(!council.path("people.db").exists());
}
