//! The program as a process of its own, so that a test can kill it, starve it and weigh it: the
//! gates, and the console where a test wants it.

mod config;

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use journal::{ReadError, Reader};
use ledger::EntryIndex;
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

use crate::process::{NotReady, Process, wait_until};

pub use config::{Directory, GateConfig, MailGate, People};

/// The program, which a test of another crate cannot ask Cargo for: it lies two folders above the
/// test itself. `cargo xtask test` builds it first.
pub fn program() -> io::Result<PathBuf> {
    let test = std::env::current_exe()?;
    let program = test.ancestors().nth(2).map(|folder| folder.join("probity"));
    program
        .filter(|program| program.is_file())
        .ok_or_else(|| io::Error::other("the program is not there: cargo build --package probity"))
}

/// A gate that could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartGateError {
    /// The program could not be run.
    #[error("the gate cannot be set up")]
    Setup(#[from] io::Error),
    /// It does not listen.
    #[error("the gate does not start")]
    NotReady(#[from] NotReady),
    /// The configuration cannot be written.
    #[error("the gate's configuration cannot be written")]
    Config(#[from] toml::ser::Error),
}

/// A running gate.
#[derive(Debug)]
pub struct GateProcess {
    program: PathBuf,
    folder: PathBuf,
    config: GateConfig,
    process: Process,
}

impl GateProcess {
    /// Starts `probity serve` in a folder that exists. A second start in the same folder goes on
    /// with the same record.
    pub fn start(folder: &Path, config: GateConfig) -> Result<Self, StartGateError> {
        configure(folder, &config)?;
        let program = program()?;
        let process = spawn(&program, folder)?;
        let mut gate = Self {
            program,
            folder: folder.to_owned(),
            config,
            process,
        };
        gate.wait()?;
        Ok(gate)
    }

    /// Starts it again after [`Self::kill`].
    pub fn start_again(&mut self) -> Result<(), StartGateError> {
        self.process = spawn(&self.program, &self.folder)?;
        self.wait()
    }

    /// Until it says that it is up; each start has a log of its own for that.
    fn wait(&mut self) -> Result<(), StartGateError> {
        let (up, mut ended) = ("the gates are up", false);
        let folder = self.folder.clone();
        let said = || std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        wait_until("the gates", Duration::from_secs(60), || {
            ended = self.process.ended().is_some();
            ended || said().contains(up)
        })?;
        if !ended {
            return Ok(());
        }
        let why = format!("the gate ended at once: {}", said());
        Err(StartGateError::Setup(io::Error::other(why)))
    }

    /// Kills it with no chance to tidy up.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Lets it write no byte to any file, or lifts that again.
    pub fn starve(&self, starved: bool) -> io::Result<()> {
        let now = getrlimit(Resource::Fsize);
        let current = if starved { Some(0) } else { now.maximum };
        let limit = Rlimit {
            current,
            maximum: now.maximum,
        };
        let pid = i32::try_from(self.process.id())
            .ok()
            .and_then(Pid::from_raw);
        prlimit(pid, Resource::Fsize, limit)?;
        Ok(())
    }

    /// Memory it has in use, in bytes.
    pub fn resident_bytes(&self) -> io::Result<u64> {
        self.memory("VmRSS:")
    }

    /// The most memory it has had in use since it was started, in bytes.
    pub fn peak_bytes(&self) -> io::Result<u64> {
        self.memory("VmHWM:")
    }

    fn memory(&self, name: &str) -> io::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
        kib.map(|kib| kib * 1024)
            .ok_or_else(|| io::Error::other("the kernel does not say"))
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        self.process.ended().is_none()
    }

    /// Where the mail gate listens, as Postfix spells it; empty without one.
    pub fn address(&self) -> &str {
        let mail = self.config.mail.as_ref();
        mail.map_or("", |mail| &mail.listen)
    }

    /// Its configuration, for other commands of the program.
    pub fn configuration(&self) -> PathBuf {
        self.folder.join("probity.toml")
    }

    /// What it logged.
    pub fn log(&self) -> String {
        let earlier = std::fs::read_to_string(self.folder.join("log-before")).unwrap_or_default();
        earlier + &std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// The folder of copies kept for some recipients.
    pub fn quarantine(&self) -> PathBuf {
        self.folder.join("quarantine")
    }

    /// Everything on its record, as JSON, with its number.
    pub fn record(&self) -> Result<Vec<(u64, serde_json::Value)>, ReadError> {
        let mut reader = Reader::from(self.folder.join("record"), EntryIndex(0))?;
        let mut entries = Vec::new();
        while let Some(entry) = reader.next_entry()? {
            let value = serde_json::from_slice(entry.payload).unwrap_or_default();
            entries.push((entry.index.0, value));
        }
        Ok(entries)
    }
}

/// Writes the configuration a gate in this folder will have, for commands that come before it.
pub fn configure(folder: &Path, config: &GateConfig) -> Result<PathBuf, StartGateError> {
    std::fs::create_dir_all(folder)?;
    let file = folder.join("probity.toml");
    std::fs::write(&file, config.text(folder)?)?;
    Ok(file)
}

fn spawn(program: &Path, folder: &Path) -> io::Result<Process> {
    let path = folder.join("log");
    if let Ok(earlier) = std::fs::read(&path) {
        let before = folder.join("log-before");
        let mut all = std::fs::read(&before).unwrap_or_default();
        all.extend(earlier);
        std::fs::write(before, all)?;
    }
    let log = std::fs::File::create(path)?;
    let mut command = Command::new(program);
    command
        .arg("serve")
        .arg("--config")
        .arg(folder.join("probity.toml"));
    command.stdin(std::process::Stdio::null());
    command.stdout(log.try_clone()?).stderr(log);
    Process::start(&mut command)
}
