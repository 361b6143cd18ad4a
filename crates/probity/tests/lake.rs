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
