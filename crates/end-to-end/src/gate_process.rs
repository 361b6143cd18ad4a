//! The mail gate as a process of its own, so that a test can kill it, starve it and weigh it.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use journal::{ReadError, Reader};
use ledger::EntryIndex;
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use serde::{Deserialize, Serialize};

use crate::process::{NotReady, Process, wait_until};

/// What the process is told, as `gate.toml` in its folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateConfig {
    /// Where to listen, as Postfix spells it.
    pub listen: String,
    /// Folder of the pack.
    pub pack: PathBuf,
    /// The register file.
    pub register: PathBuf,
    /// SMTP server for notices, if there is one.
    pub notices: Option<std::net::SocketAddr>,
    /// Whether Postfix has a route that verifies TLS.
    pub encrypts: bool,
    /// The verifier whose results count.
    pub trusted_authserv_id: Option<String>,
    /// Largest message, in bytes; the product's default unless set.
    pub message_bytes: Option<usize>,
    /// Most recipients; the product's default unless set.
    pub recipients: Option<u32>,
    /// Memory for all messages, in bytes; the product's default unless set.
    pub memory_bytes: Option<usize>,
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
    /// Starts `program` (the `mail-gate-alone` of this crate) in a folder that exists. A second
    /// start in the same folder goes on with the same record.
    pub fn start(
        program: &Path,
        folder: &Path,
        config: GateConfig,
    ) -> Result<Self, StartGateError> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("gate.toml"), toml::to_string(&config)?)?;
        let process = spawn(program, folder)?;
        let mut gate = Self {
            program: program.to_owned(),
            folder: folder.to_owned(),
            config,
            process,
        };
        gate.wait()?;
        Ok(gate)
    }

    /// Starts it again after [`Self::kill`].
    pub fn start_again(&mut self) -> Result<(), StartGateError> {
        let _none = std::fs::remove_file(self.folder.join("ready"));
        self.process = spawn(&self.program, &self.folder)?;
        self.wait()
    }

    fn wait(&mut self) -> Result<(), StartGateError> {
        let ready = self.folder.join("ready");
        wait_until("the mail gate", Duration::from_secs(60), || {
            ready.exists() || self.process.ended().is_some()
        })?;
        if ready.exists() {
            return Ok(());
        }
        Err(StartGateError::Setup(io::Error::other(format!(
            "the gate ended at once, see {}",
            self.folder.join("log").display()
        ))))
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

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.config.listen
    }

    /// What it logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// The folder of copies kept for some recipients.
    pub fn quarantine(&self) -> PathBuf {
        self.folder.join("quarantine")
    }

    /// Everything on its record, as JSON, with its number.
    pub fn record(&self) -> Result<Vec<(u64, serde_json::Value)>, ReadError> {
        let mut reader = Reader::from(self.folder.join("journal"), EntryIndex(0))?;
        let mut entries = Vec::new();
        while let Some(entry) = reader.next_entry()? {
            let value = serde_json::from_slice(entry.payload).unwrap_or_default();
            entries.push((entry.index.0, value));
        }
        Ok(entries)
    }
}

fn spawn(program: &Path, folder: &Path) -> io::Result<Process> {
    let log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join("log"))?;
    let mut command = Command::new(program);
    command.arg(folder).stdin(std::process::Stdio::null());
    command.stdout(log.try_clone()?).stderr(log);
    Process::start(&mut command)
}
