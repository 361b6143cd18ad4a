//! Probity as its own process, with the Walsall pack and a made-up council.

use std::fmt::Write as _;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use end_to_end::process::{NotReady, Process, wait_until};

use crate::arguments::Arguments;
use crate::mails::address;

/// Officers in the register.
pub const OFFICERS: usize = 400;

/// A gate that cannot take part.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Not built.
    #[error("`{0}` is not there: cargo build --release -p probity")]
    NotBuilt(PathBuf),
    /// Its folder or its process.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It ended, or is not ready.
    #[error("{0}; it said:\n{1}")]
    NotReady(NotReady, String),
}

/// A running `probity serve`.
#[derive(Debug)]
pub struct Gate {
    process: Process,
    /// From the start of the process until it said that its gates were up.
    pub ready_after: Duration,
    folder: PathBuf,
}

/// The program to measure.
pub fn program(arguments: &Arguments) -> Result<PathBuf, StartError> {
    let beside = std::env::current_exe()?.with_file_name("probity");
    let program = arguments.probity.clone().unwrap_or(beside);
    match program.is_file() {
        true => Ok(program),
        false => Err(StartError::NotBuilt(program)),
    }
}

impl Gate {
    /// Starts it in a folder of its own. `sections` are the configuration's `[mail]` or `[web]`,
    /// `categories` the compiled site lists.
    pub fn start(
        program: &Path,
        folder: &Path,
        sections: &str,
        categories: Option<&Path>,
    ) -> Result<Self, StartError> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("register.toml"), register())?;
        let mut config = format!(
            "data_dir = \"{0}/data\"\npack = \"walsall\"\nregister = \"{0}/register.toml\"\n",
            folder.display()
        );
        if let Some(file) = categories {
            // Infallible: writing to a string.
            let _written = writeln!(config, "categories = \"{}\"", file.display());
        }
        let _written = write!(
            config,
            "[record]\nname = \"bench.invalid/record\"\n{sections}"
        );
        Self::serve(program, folder, &config)
    }

    /// Starts it with a configuration, in a folder that exists.
    pub fn serve(program: &Path, folder: &Path, config: &str) -> Result<Self, StartError> {
        std::fs::write(folder.join("probity.toml"), config)?;
        let log = folder.join("probity.log");
        let begun = Instant::now();
        let mut command = Command::new(program);
        command
            .arg("serve")
            .arg("--config")
            .arg(folder.join("probity.toml"));
        command
            .stdin(Stdio::null())
            .stdout(File::create(folder.join("probity.out"))?)
            .stderr(File::create(&log)?);
        let mut process = Process::start(&mut command)?;
        let said = || {
            ["probity.out", "probity.log"]
                .map(|name| std::fs::read_to_string(folder.join(name)).unwrap_or_default())
                .concat()
        };
        let waited = wait_until("probity", Duration::from_secs(60), || {
            said().contains("the gates are up") || process.ended().is_some()
        });
        let ready_after = begun.elapsed();
        if let Err(not_ready) = waited {
            return Err(StartError::NotReady(not_ready, said()));
        }
        if process.ended().is_some() {
            let not_ready = NotReady {
                what: "probity".to_owned(),
                seconds: ready_after.as_secs(),
            };
            return Err(StartError::NotReady(not_ready, said()));
        }
        Ok(Self {
            process,
            ready_after,
            folder: folder.to_owned(),
        })
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("probity.log")).unwrap_or_default()
    }
}

/// A council of officers, all of whom have signed.
fn register() -> String {
    let mut text = String::from(
        "[council]\ndomains = [\"council.example\"]\npartner_domains = [\"parish.example\"]\n",
    );
    for officer in 0..OFFICERS {
        let _written = writeln!(
            text,
            "[[person]]\nid = \"p{officer}\"\nname = \"Officer {officer}\"\naudience = \"officer\"\naccounts = [\"officer{officer}\"]\n\
             addresses = [\"{}\"]\nacceptance = \"signed\"",
            address(officer)
        );
    }
    text
}
