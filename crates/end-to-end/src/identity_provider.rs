//! A private OpenID Connect provider: the npm package `oidc-provider`, a certified implementation.

use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};

use crate::process::Process;

/// What our one client is called there, and its secret.
pub const CLIENT: (&str, &str) = ("probity", "a secret for tests");

/// A running provider. Anybody signs in there by a name alone.
#[derive(Debug)]
pub struct IdentityProvider {
    issuer: String,
    // In this order: it ends by itself with its input.
    _input: ChildStdin,
    _process: Process,
}

/// What is missing on this machine to run one, in words; none if nothing is.
pub fn missing() -> Option<String> {
    if Command::new("node").arg("--version").output().is_err() {
        return Some("node is not installed (apt-get install nodejs npm)".to_owned());
    }
    let packages = scripts().join("node_modules/oidc-provider");
    (!packages.exists())
        .then(|| "the packages of crates/end-to-end/node are missing (run npm ci there)".to_owned())
}

impl IdentityProvider {
    /// Starts one that sends people back to `redirect`.
    pub fn start(redirect: &str) -> io::Result<Self> {
        let mut command = Command::new("node");
        command
            .arg(scripts().join("identity-provider.js"))
            .args([redirect, CLIENT.1])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = Process::start(&mut command)?;
        let (input, output) = process.pipes().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut issuer = String::new();
        BufReader::new(output).read_line(&mut issuer)?;
        if issuer.is_empty() {
            return Err(io::Error::other("the provider did not start"));
        }
        Ok(Self {
            issuer: issuer.trim().to_owned(),
            _input: input,
            _process: process,
        })
    }

    /// Its address.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Goes to an address of the provider's as a browser would, signs in there as `name` if asked to,
    /// and gives the address the provider sends the browser back to. `cookies` is the browser's file
    /// of cookies.
    pub fn visit(&self, address: &str, name: &str, cookies: &Path) -> io::Result<String> {
        let form = self.follow(address, None, cookies)?;
        if !form.starts_with(&self.issuer) {
            return Ok(form);
        }
        self.follow(&form, Some(name), cookies)
    }

    /// Where redirects lead: the last address, be it ours and nobody listening there.
    fn follow(&self, address: &str, name: Option<&str>, cookies: &Path) -> io::Result<String> {
        let mut curl = Command::new("curl");
        curl.args([
            "--silent",
            "--location",
            "--max-redirs",
            "9",
            "--max-time",
            "20",
        ])
        .args(["--noproxy", "*", "--output", "/dev/null"])
        .args(["--write-out", "%{url_effective}", "--cookie-jar"])
        .arg(cookies)
        .arg("--cookie")
        .arg(cookies);
        if let Some(name) = name {
            curl.arg("--data-urlencode").arg(format!("name={name}"));
        }
        let output = curl.arg(address).output()?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("node")
}
