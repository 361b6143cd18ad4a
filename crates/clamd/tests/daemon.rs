//! Against a clamd of Debian's `clamav-daemon`, with a signature database of the test's own.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use clamd::{Address, Answer, AskError, Clamd};
use tokio::process::{Child, Command};

const CLAMD: &str = "/usr/sbin/clamd";
const WITHIN: Duration = Duration::from_secs(20);

/// A private clamd, ended with the test.
struct Daemon {
    folder: tempfile::TempDir,
    _process: Child,
}

impl Daemon {
    /// `None`, and a word about it, where clamd is not installed; in CI that fails.
    async fn start() -> Option<Self> {
        if !Path::new(CLAMD).exists() {
            let in_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!in_ci, "the test needs Debian's clamav-daemon");
            eprintln!("not tested: Debian's clamav-daemon is missing");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        // "malicious" in hexadecimal.
        std::fs::write(path("own.ndb"), "Own.Test:0:*:6d616c6963696f7573\n").unwrap();
        let conf = format!(
            "LocalSocket {}\nDatabaseDirectory {}\nForeground yes\nUser root\nStreamMaxLength 1M\n",
            path("clamd.ctl"),
            folder.path().display()
        );
        std::fs::write(path("clamd.conf"), conf).unwrap();
        let process = Command::new(CLAMD)
            .arg(format!("--config-file={}", path("clamd.conf")))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let daemon = Self {
            folder,
            _process: process,
        };
        for _ in 0..200 {
            if daemon.client().ask(b"ready?").await.is_ok() {
                return Some(daemon);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("clamd does not start");
    }

    fn client(&self) -> Clamd {
        let socket = self.folder.path().join("clamd.ctl");
        Clamd::new(Address::Unix(socket), WITHIN)
    }
}

#[tokio::test]
async fn a_real_clamd_says_what_it_knows() {
    let Some(daemon) = Daemon::start().await else {
        return;
    };
    let clamd = Arc::new(daemon.client());
    let found = Answer::Found("Own.Test.UNOFFICIAL".to_owned());
    assert_eq!(clamd.ask(b"nothing to see").await.unwrap(), Answer::Clean);
    assert_eq!(clamd.ask(b"something malicious").await.unwrap(), found);
    // On the same session, and many at once.
    assert_eq!(clamd.ask(b"").await.unwrap(), Answer::Clean);
    let mut many = Vec::new();
    for n in 0..40 {
        let clamd = clamd.clone();
        let bytes: &[u8] = if n % 2 == 0 {
            b"malicious"
        } else {
            b"innocuous"
        };
        many.push(tokio::spawn(async move { clamd.ask(bytes).await }));
    }
    for (n, answer) in many.into_iter().enumerate() {
        let expected = if n % 2 == 0 {
            found.clone()
        } else {
            Answer::Clean
        };
        assert_eq!(answer.await.unwrap().unwrap(), expected, "{n}");
    }
    // Too long for it, which it says; the next question is answered again.
    let long = vec![b'x'; 3 << 20];
    let refused = clamd.ask(&long).await;
    assert!(
        matches!(
            refused,
            Err(AskError::Refused(_) | AskError::Unreachable(_))
        ),
        "{refused:?}"
    );
    assert_eq!(clamd.ask(b"malicious").await.unwrap(), found);
}

#[tokio::test]
async fn nobody_there_and_nobody_answering_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("silent");
    let address = Address::Unix(socket.clone());
    let clamd = Clamd::new(address, Duration::from_millis(200));
    assert!(matches!(
        clamd.ask(b"x").await,
        Err(AskError::Unreachable(_))
    ));
    let _silent = tokio::net::UnixListener::bind(socket).unwrap();
    assert!(matches!(clamd.ask(b"x").await, Err(AskError::TooSlow(_))));
}

#[test]
fn addresses() {
    let reads = |given: &str| given.parse::<Address>().map(|address| address.to_string());
    for good in ["unix:/run/clamav/clamd.ctl", "inet:127.0.0.1:3310"] {
        assert_eq!(reads(good).unwrap(), good);
    }
    for wrong in ["", "unix:run", "inet:host:1", "/run/clamd"] {
        assert!(reads(wrong).is_err(), "{wrong}");
    }
}
