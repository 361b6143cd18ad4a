//! A running server says how it is.
#![allow(clippy::unwrap_used, clippy::panic)]

mod prometheus;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

struct Serving {
    child: Child,
    status: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

impl Serving {
    fn start(config: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_probity"))
            .args(["serve", "--config", config])
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let up = lines
            .find(|line| line.as_ref().unwrap().contains("the gates are up"))
            .unwrap()
            .unwrap();
        // Whatever else it says must find a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let status = up.split("status http://").nth(1).unwrap();
        let status = status.split('/').next().unwrap().to_owned();
        Self { child, status }
    }

    /// Waits until the parts are in trouble, or are not.
    fn wait_for(&self, parts: &[&str], in_trouble: bool) -> String {
        let line = |part: &str| {
            format!(
                "probity_trouble{{part=\"{part}\"}} {}",
                u8::from(in_trouble)
            )
        };
        let mut metrics = String::new();
        for _ in 0..120 {
            metrics = self.get("/metrics");
            let says = |part: &&str| metrics.lines().any(|said| said == line(part));
            if parts.iter().all(says) {
                return metrics;
            }
            std::thread::sleep(Duration::from_millis(250));
        }
        panic!("{parts:?}: {in_trouble}\n{metrics}");
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.status).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

#[test]
fn a_running_server_says_how_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("probity.toml");
    let text = format!(
        "data_dir = \"{0}/data\"\npack = \"walsall\"\n\
         [people]\ndatabase = \"sqlite://{0}/people.db?mode=rwc\"\n\
         [people.council]\ndomains = [\"council.example\"]\n\
         [web]\nlisten = \"127.0.0.1:0\"\nproxies = [\"127.0.0.1\"]\n\
         [status]\nlisten = \"127.0.0.1:0\"\n",
        folder.path().display()
    );
    std::fs::write(&config, text).unwrap();
    let serving = Serving::start(config.to_str().unwrap());
    assert!(serving.get("/healthz").contains("200 OK"));
    let ready = serving.get("/readyz");
    assert!(
        ready.contains("200 OK") && ready.ends_with("ready\n"),
        "{ready}"
    );
    let metrics = serving.get("/metrics");
    for line in [
        "probity_record_working 1",
        r#"probity_trouble{part="database"} 0"#,
        r#"probity_waiting{what="tasks"} 0"#,
        r#"probity_decisions_total{action="visit",outcome="permit"} 0"#,
    ] {
        assert!(
            metrics.lines().any(|said| said == line),
            "{line}\n{metrics}"
        );
    }
    assert!(serving.get("/people").contains("404 Not Found"));
}

/// Lake, figures and the people's database are away while the server starts, and come back.
#[test]
fn parts_that_are_away_are_said_to_be_until_they_are_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let config = path("probity.toml");
    let text = format!(
        "data_dir = \"{0}/data\"\npack = \"walsall\"\n\
         [people]\ndatabase = \"sqlite://{0}/people/people.db?mode=rwc\"\n\
         [people.council]\ndomains = [\"council.example\"]\n\
         [lake]\nstore = \"{0}/lake\"\ncommit_every_seconds = 1\n\
         [web]\nlisten = \"127.0.0.1:0\"\nproxies = [\"127.0.0.1\"]\n\
         [status]\nlisten = \"127.0.0.1:0\"\n",
        folder.path().display()
    );
    std::fs::write(&config, text).unwrap();
    std::fs::create_dir(path("people")).unwrap();
    let places = ["people", "lake", "data/reports"];
    let parts = ["database", "lake", "figures"];
    let serving = Serving::start(config.to_str().unwrap());
    let metrics = serving.wait_for(&parts, false);
    assert!(metrics.contains("probity_lake_behind_entries"), "{metrics}");
    while !places.iter().all(|place| path(place).exists()) {
        std::thread::sleep(Duration::from_millis(100));
    }
    drop(serving);

    for place in places {
        std::fs::rename(path(place), path(place).with_extension("away")).unwrap();
        // No folder, for root neither.
        std::fs::write(path(place), "").unwrap();
    }
    let serving = Serving::start(config.to_str().unwrap());
    let metrics = serving.wait_for(&parts, true);
    assert!(metrics.contains("probity_trouble_since_timestamp_seconds{part=\"lake\"}"));
    serving.wait_for(&["record", "seal"], false);
    let ready = serving.get("/readyz");
    assert!(ready.contains("200 OK"), "the gates go on: {ready}");
    for what in [
        "lake: the record waits to be taken into the lake",
        "figures: figures of use wait",
        "database: the people's database is away",
    ] {
        assert!(ready.contains(what), "{ready}");
    }

    for place in places {
        std::fs::remove_file(path(place)).unwrap();
        std::fs::rename(path(place).with_extension("away"), path(place)).unwrap();
    }
    serving.wait_for(&parts, false);
    let ready = serving.get("/readyz");
    assert!(ready.ends_with("\r\n\r\nready\n"), "{ready}");
}
