//! `probity demo` as a process of its own: a made-up council with a past, and its console.

use std::io::{self, BufReader};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::gate_process::program;
use crate::process::Process;
use crate::temp::Folder;

/// What it says of itself once it is up.
#[derive(Debug, Deserialize)]
struct Said {
    console: String,
    sign_ins: SignIns,
}

/// Who can sign in.
#[derive(Debug, Clone, Deserialize)]
pub struct SignIns {
    /// The passphrase of each.
    pub passphrase: String,
    /// One for each role.
    pub accounts: Vec<Account>,
}

/// Somebody who can sign in.
#[derive(Debug, Clone, Deserialize)]
pub struct Account {
    /// What they are at the council.
    pub role: String,
    /// What to sign in with.
    pub user_name: String,
}

/// A running demonstration.
#[derive(Debug)]
pub struct Demo {
    said: Said,
    _process: Process,
    _folder: Folder,
}

impl Demo {
    /// Starts one of this pack, and waits until its day was played.
    pub fn start(pack: &str) -> io::Result<Self> {
        let folder = Folder::new("demo")?;
        let log = std::fs::File::create(folder.join("log"))?;
        let mut command = Command::new(program()?);
        command.args(["demo", "--keep-running", "--format", "json", "--pack", pack]);
        command.env("TMPDIR", folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Process::start(command.stderr(log))?;
        let (_input, output) = process.pipes().ok_or(io::ErrorKind::BrokenPipe)?;
        // One document; what it prints stays open for as long as it runs.
        let mut output = serde_json::Deserializer::from_reader(BufReader::new(output));
        let said = Said::deserialize(&mut output).map_err(|error| {
            let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            io::Error::other(format!("the demonstration does not start: {error}\n{log}"))
        })?;
        Ok(Self {
            said,
            _process: process,
            _folder: folder,
        })
    }

    /// The console's address, ended by a slash.
    pub fn console(&self) -> &str {
        &self.said.console
    }

    /// Who can sign in.
    pub fn sign_ins(&self) -> &SignIns {
        &self.said.sign_ins
    }
}
