//! A running server says how it is.
#![allow(clippy::unwrap_used, clippy::panic)]

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
