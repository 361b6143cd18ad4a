//! A browser's requests through a proxy, made by `curl`.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

/// What came back.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The status of the last response; 0 if there was none.
    pub status: u16,
    /// Status of the proxy's answer to CONNECT; 0 without.
    pub connect_status: u16,
    /// Headers of the last response.
    pub headers: String,
    /// The body, whole only if [`Self::error`] is none.
    pub body: Vec<u8>,
    /// What curl found wrong: a connection refused, a body cut short, a certificate not trusted.
    pub error: Option<String>,
    /// Seconds it took.
    pub seconds: f64,
}

impl Fetched {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Asks through a proxy as a signed-in user, with further arguments for `curl`.
pub fn fetch(
    proxy: SocketAddr,
    user: Option<&str>,
    authorities: &Path,
    url: &str,
    arguments: &[String],
) -> io::Result<Fetched> {
    let folder = tempfile::tempdir()?;
    let (head, body) = (folder.path().join("head"), folder.path().join("body"));
    let mut command = Command::new("/usr/bin/curl");
    command.args([
        "--silent",
        "--show-error",
        "--max-time",
        "60",
        "--http1.1",
        "--disable",
    ]);
    command.args(["--proxy", &format!("http://{proxy}"), "--noproxy", ""]);
    if let Some(user) = user {
        command.args(["--proxy-user", &format!("{user}:secret")]);
    }
    if authorities.exists() {
        command.arg("--cacert").arg(authorities);
    }
    command
        .arg("--dump-header")
        .arg(&head)
        .arg("--output")
        .arg(&body);
    command.args(["--write-out", "%{http_code} %{http_connect} %{time_total}"]);
    command.args(arguments).arg(url).stdin(Stdio::null());
    let output = command.output()?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut told = told.split(' ');
    let mut number = || {
        told.next()
            .unwrap_or_default()
            .parse::<f64>()
            .unwrap_or(0.0)
    };
    let (status, connect_status, seconds) = (number() as u16, number() as u16, number());
    let headers = std::fs::read(&head).unwrap_or_default();
    let headers = String::from_utf8_lossy(&headers).into_owned();
    let last = headers
        .trim_end()
        .rsplit("\r\n\r\n")
        .next()
        .unwrap_or_default();
    let error = (!output.status.success())
        .then(|| String::from_utf8_lossy(&output.stderr).trim().to_owned());
    Ok(Fetched {
        status,
        connect_status,
        headers: last.to_owned(),
        body: std::fs::read(&body).unwrap_or_default(),
        error,
        seconds,
    })
}
