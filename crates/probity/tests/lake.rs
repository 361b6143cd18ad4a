//! The lake by the program as it runs: filled beside the gates, also when they are killed; asked, joined,
//! verified and disposed of by the command line.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Longer than anything here takes on a busy machine.
const WITHIN: Duration = Duration::from_secs(60);

/// A folder with a configuration and a data directory.
struct Council {
    folder: tempfile::TempDir,
}

/// Running gates; killed when dropped.
struct Gates {
    child: Child,
    web: String,
}

impl Drop for Gates {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        self.child.wait().unwrap();
    }
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
        let config = format!(
            "data_dir = {data:?}\nregister = {register:?}\npack = \"walsall\"\n\
             [record]\nmin_free_bytes = 0\n[lake]\ncommit_every_seconds = 1\n\
             [web]\nlisten = \"127.0.0.1:0\"\nproxies = [\"127.0.0.1\"]\nuser_names = \"plain\"\n"
        );
        std::fs::write(folder.path().join("probity.toml"), config).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self) -> Gates {
        let mut child = Command::new(env!("CARGO_BIN_EXE_probity"))
            .args(["serve", "--config"])
            .arg(self.path("probity.toml"))
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = said.map(Result::unwrap);
        let up = said.find(|line| line.contains("the gates are up")).unwrap();
        let web = up.split("web ").nth(1).unwrap();
        let web = web.split(',').next().unwrap().to_owned();
        // Whoever does not read on would stop it.
        std::thread::spawn(move || said.for_each(drop));
        Gates { child, web }
    }

    fn probity(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_probity"));
        let data = self.path("data");
        command.args(args).arg("--data").arg(data);
        command.stdin(Stdio::null()).output().unwrap()
    }

    fn json(&self, args: &[&str]) -> Value {
        let output = self.probity(&[args, &["--format", "json"]].concat());
        let text = String::from_utf8([&output.stdout[..], &output.stderr[..]].concat()).unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{args:?}: {text}"))
    }

    /// Rows of pages in the lake, once nothing waits.
    fn pages(&self) -> u64 {
        let begun = Instant::now();
        loop {
            let output = self.probity(&["lake", "status", "--format", "json"]);
            let status: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
            if status["waiting"] == 0 {
                let months = status["months"].as_object().unwrap().values();
                let rows = months.filter_map(|month| month["kinds"]["web"]["rows"].as_u64());
                return rows.sum();
            }
            assert!(begun.elapsed() < WITHIN, "{output:?}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Gates {
    /// Asks for a page as Squid does.
    fn visit(&self, host: &str, path: &str) {
        let mut stream = TcpStream::connect(&self.web).unwrap();
        let head = format!("GET http://{host}{path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        write!(
            stream,
            "REQMOD icap://127.0.0.1/reqmod ICAP/1.0\r\nHost: 127.0.0.1\r\nAllow: 204\r\n\
             X-Client-IP: 10.1.2.3\r\nX-Client-Username: ann\r\nConnection: close\r\n\
             Encapsulated: req-hdr=0, null-body={}\r\n\r\n{head}",
            head.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("ICAP/1.0 20"), "{answer}");
    }
}

#[test]
fn what_the_gates_record_is_in_the_lake_once_also_when_they_are_killed() {
    let council = Council::new();
    let output = council.probity(&["lake", "status"]);
    assert_eq!(output.status.code(), Some(2), "there is no lake yet");
    for round in 0..5 {
        let gates = council.start();
        for page in 0..20 {
            gates.visit("news.example", &format!("/secret-path-{round}-{page}"));
        }
        if round % 2 == 0 {
            std::thread::sleep(Duration::from_millis(300 * round));
        } else {
            council.pages();
        }
        // Killed, with what was not taken yet left on the record.
        drop(gates);
    }
    let gates = council.start();
    assert_eq!(council.pages(), 100);
    let verified = council.json(&["lake", "verify"]);
    assert_eq!(verified["sound"], true, "{verified}");
    let compacted = council.json(&["lake", "compact"]);
    assert!(
        compacted["files_after"].as_u64() < compacted["files_before"].as_u64(),
        "{compacted}"
    );
    let files = council.probity(&["lake", "files", "--kind", "web"]);
    let files = String::from_utf8(files.stdout).unwrap();
    assert!(files.lines().count() > 0 && files.lines().all(|file| PathBuf::from(file).is_file()));
    for form in ["ocsf", "cloud-events"] {
        let exported = council.probity(&["lake", "export", "--as", form, "--kind", "web"]);
        let exported = String::from_utf8(exported.stdout).unwrap();
        assert_eq!(exported.lines().count(), 100);
        assert!(exported.contains("news.example"));
        for personal in ["\"ann\"", "10.1.2.3", "secret-path"] {
            assert!(!exported.contains(personal), "{personal}");
        }
    }
    let dispose = [
        "lake",
        "dispose",
        "--before",
        "2999-01-01",
        "--authorised-by",
        "monitoring-officer",
    ];
    let would = council.json(&[&dispose[..], &["--dry-run"]].concat());
    assert_eq!(would["certificates"][0]["authoriser"], "monitoring-officer");
    // The gates write the record; nobody else does meanwhile.
    let refused = council.probity(&dispose);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert_eq!(council.pages(), 100);
    drop(gates);
    let done = council.json(&dispose);
    let keys = done["certificates"][0]["keys_destroyed"]
        .as_array()
        .unwrap();
    assert!(!keys.is_empty());
    let keys = std::fs::read_dir(council.path("data/lake-keys")).unwrap();
    assert_eq!(keys.count(), 0);
    let tail = council.probity(&["record", "tail", "-n", "2"]);
    let tail = String::from_utf8(tail.stdout).unwrap();
    assert!(tail.contains("disposal of what the lake had of"), "{tail}");
    assert!(tail.contains("dispose done"), "{tail}");
    let sound = council.json(&["record", "verify"]);
    assert_eq!(sound["sound"], true, "{sound}");
    assert_eq!(sound["unsealed"], 0);
    // What was recorded since is taken by the next gates.
    let _gates = council.start();
    assert_eq!(council.pages(), 0);
    let verified = council.json(&["lake", "verify"]);
    assert_eq!(verified["sound"], true, "{verified}");
    assert!(verified["disposed_entries"].as_u64() > Some(100));
}

#[cfg(not(feature = "sql"))]
#[test]
fn without_its_engine_the_program_says_how_to_get_it() {
    let council = Council::new();
    for args in [
        &["lake", "query", "SELECT 1", "--purpose", "a test"][..],
        &["lake", "tables"],
    ] {
        let output = council.probity(args);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("--features sql"), "{said}");
    }
}

#[cfg(feature = "sql")]
mod sql {
    use rustix::process::{Pid, Signal, kill_process};

    use super::*;

    const COUNT: &str = "SELECT count(host) AS n, count(DISTINCT entry) AS entries FROM web";

    impl Council {
        fn ask(&self, sql: &str, more: &[&str]) -> Output {
            let query = [
                "lake",
                "query",
                sql,
                "--purpose",
                "a test",
                "--format",
                "json",
            ];
            self.probity(&[&query[..], more].concat())
        }

        fn answer(&self, sql: &str) -> Value {
            let output = self.ask(sql, &[]);
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{sql}: {output:?}"))
        }

        /// Questions on the record.
        fn asked(&self) -> Vec<String> {
            let tail = self.probity(&["record", "tail", "-n", "1000"]);
            let tail = String::from_utf8(tail.stdout).unwrap();
            let asked = tail
                .lines()
                .filter(|line| line.contains("query of the lake by "));
            asked.map(str::to_owned).collect()
        }
    }

    fn said(output: &Output) -> String {
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    #[test]
    fn a_question_is_on_the_record_before_it_is_answered() {
        let council = Council::new();
        let output = council.ask(COUNT, &[]);
        assert!(said(&output).contains("there is no lake"), "{output:?}");
        let gates = council.start();
        for page in 0..10 {
            gates.visit("news.example", &format!("/secret-path-{page}"));
        }
        assert_eq!(council.pages(), 10);
        let ten = serde_json::json!({ "n": 10, "entries": 10 });
        assert_eq!(council.answer(COUNT), ten, "by the gates");
        drop(gates);
        assert_eq!(council.answer(COUNT), ten, "by the command");
        let asked = council.asked();
        let [first, second] = &asked[..] else {
            panic!("{asked:?}")
        };
        for line in [first, second] {
            assert!(line.contains(&format!("for a test: {COUNT}")), "{line}");
        }
        let sound = council.json(&["record", "verify"]);
        assert_eq!(
            (&sound["sound"], &sound["unsealed"]),
            (&true.into(), &0.into()),
            "{sound}"
        );
        assert_eq!(
            std::fs::read_dir(council.path("data/lake-queries"))
                .unwrap()
                .count(),
            0
        );
        // What is refused needs no place there.
        for (sql, more, why) in [
            ("DROP TABLE web", &[][..], "only one question"),
            ("COPY web TO '/tmp/web.csv'", &[], "only one question"),
            (
                "SELECT * FROM pages",
                &[],
                "there are web, mail, matter, event, started, taken_up",
            ),
            ("SELECT path FROM web", &[], "path"),
            (COUNT, &["--limit", "0"], "--limit"),
        ] {
            let output = council.ask(sql, more);
            assert_eq!(output.status.code(), Some(2), "{sql} {more:?}: {output:?}");
            assert!(said(&output).contains(why), "{sql}: {}", said(&output));
            assert!(output.stdout.is_empty());
        }
        for purpose in [&[][..], &["--purpose", " "]] {
            let output = council.probity(&[&["lake", "query", COUNT], purpose].concat());
            assert_eq!(output.status.code(), Some(2), "{output:?}");
            assert!(said(&output).contains("--purpose"), "{output:?}");
        }
        assert_eq!(council.asked().len(), 2);
        let tables = council.json(&["lake", "tables"]);
        assert_eq!(tables[0]["name"], "web");
    }

    #[test]
    fn what_the_gates_do_not_record_is_not_answered() {
        let council = Council::new();
        let gates = council.start();
        gates.visit("news.example", "/");
        assert_eq!(council.pages(), 1);
        drop(gates);
        let config = std::fs::read_to_string(council.path("probity.toml")).unwrap();
        let without = config.replace("[lake]\ncommit_every_seconds = 1\n", "");
        std::fs::write(council.path("probity.toml"), without).unwrap();
        let _gates = council.start();
        let output = council.ask(COUNT, &[]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
        assert!(
            said(&output).contains("has their configuration [lake]?"),
            "{output:?}"
        );
        assert_eq!(
            std::fs::read_dir(council.path("data/lake-queries"))
                .unwrap()
                .count(),
            0
        );
    }

    #[test]
    fn a_question_ends_when_its_time_is_over_or_somebody_ends_it() {
        let council = Council::new();
        let gates = council.start();
        for page in 0..50 {
            gates.visit("news.example", &format!("/{page}"));
        }
        assert_eq!(council.pages(), 50);
        drop(gates);
        // Hundreds of thousand million rows, none of which is ever found.
        let froms: Vec<_> = ('a'..='g').map(|name| format!("web {name}")).collect();
        let endless = format!(
            "SELECT count(*) FROM {} WHERE a.entry + b.entry + c.entry + d.entry + e.entry + f.entry + g.entry < 0",
            froms.join(", ")
        );
        let begun = Instant::now();
        let output = council.ask(&endless, &["--seconds", "2"]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(
            said(&output).contains("longer than 2 seconds"),
            "{output:?}"
        );
        assert!(begun.elapsed() < WITHIN);
        let mut child = Command::new(env!("CARGO_BIN_EXE_probity"))
            .args([
                "lake",
                "query",
                &endless,
                "--purpose",
                "a test",
                "--seconds",
                "600",
                "--data",
            ])
            .arg(council.path("data"))
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        while council.asked().len() < 2 {
            assert!(begun.elapsed() < WITHIN);
            std::thread::sleep(Duration::from_millis(50));
        }
        kill_process(Pid::from_child(&child), Signal::INT).unwrap();
        assert!(!child.wait().unwrap().success());
        assert!(begun.elapsed() < WITHIN);
    }

    #[test]
    fn an_answer_is_the_same_wherever_a_compaction_was_killed() {
        let council = Council::new();
        let gates = council.start();
        let mut n = 0;
        for _ in 0..6 {
            for page in 0..10 {
                gates.visit("news.example", &format!("/{page}"));
            }
            n += 10;
            assert_eq!(council.pages(), n);
        }
        drop(gates);
        let all = serde_json::json!({ "n": n, "entries": n });
        for after in 0..12 {
            let mut child = Command::new(env!("CARGO_BIN_EXE_probity"))
                .args(["lake", "compact", "--data"])
                .arg(council.path("data"))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_millis(after * 3));
            child.kill().unwrap();
            assert_eq!(council.answer(COUNT), all, "while it may still be ending");
            child.wait().unwrap();
            assert_eq!(
                council.answer(COUNT),
                all,
                "killed after {after} steps of 3 ms"
            );
        }
        council.json(&["lake", "compact"]);
        assert_eq!(council.answer(COUNT), all);
    }
}
