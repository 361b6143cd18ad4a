//! A private PostgreSQL: its own data, one socket in its folder, the machine's binaries.
//!
//! It listens on no port and trusts whoever can reach the socket. Without root it runs as whoever
//! tests; with root as the user `postgres`, as the server refuses to be root. What it holds is lost
//! with the machine: nothing is flushed to disk.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use crate::process::{NotReady, Process, wait_until};
use crate::temp::Folder;

/// Where Debian keeps the servers, one folder for each major version.
const INSTALLED: &str = "/usr/lib/postgresql";

/// A PostgreSQL that could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its folder could not be set up, or a program could not be run.
    #[error("postgresql cannot be set up")]
    Setup(#[from] io::Error),
    /// One of its programs found fault.
    #[error("{program} failed: {said}")]
    Failed {
        /// Which.
        program: &'static str,
        /// Its own words.
        said: String,
    },
    /// It does not answer.
    #[error("postgresql does not start")]
    NotReady(#[from] NotReady),
}

/// A running PostgreSQL.
#[derive(Debug)]
pub struct Postgres {
    folder: Folder,
    programs: PathBuf,
    user: Option<(u32, u32)>,
    _server: Process,
}

/// The one tests of this process share while any of them holds it.
static SHARED: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());

/// What is missing on this machine to run one, in words; none if nothing is.
pub fn missing() -> Option<String> {
    if programs().is_none() {
        return Some("postgresql is not installed (apt-get install postgresql)".to_owned());
    }
    if rustix::process::geteuid().is_root() && ids("postgres").is_none() {
        return Some("there is no user `postgres` to run postgresql as".to_owned());
    }
    None
}

impl Postgres {
    /// Starts one of its own.
    pub fn start() -> Result<Self, StartError> {
        let folder = Folder::new("postgres")?;
        let programs = programs().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let root = rustix::process::geteuid().is_root();
        let user = root.then(|| ids("postgres")).flatten();
        let data = folder.join("data");
        for path in [folder.path(), &data] {
            std::fs::create_dir_all(path)?;
            if let Some((user, group)) = user {
                std::os::unix::fs::chown(path, Some(user), Some(group))?;
            }
        }
        let run = |program: &str| as_user(&programs.join(program), folder.path(), user);
        let mut initdb = run("initdb");
        initdb.args(["-U", "probity", "-A", "trust", "-E", "UTF8", "--locale=C"]);
        done("initdb", initdb.arg("--no-sync").arg("-D").arg(&data))?;
        let log = std::fs::File::create(folder.join("postgres.log"))?;
        let mut server = run("postgres");
        server.arg("-D").arg(&data).arg("-k").arg(folder.path());
        for setting in ["listen_addresses=", "fsync=off", "max_connections=200"] {
            server.args(["-c", setting]);
        }
        server.stdin(Stdio::null()).stdout(log.try_clone()?);
        let server = Process::start(server.stderr(log))?;
        let mut ready = run("pg_isready");
        ready.arg("-q").arg("-h").arg(folder.path());
        wait_until("postgresql", Duration::from_secs(30), || {
            ready.status().is_ok_and(|status| status.success())
        })?;
        Ok(Self {
            folder,
            programs,
            user,
            _server: server,
        })
    }

    /// The one shared by the tests of this process. It ends with the last of them.
    pub fn shared() -> Result<Arc<Self>, StartError> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = shared.upgrade() {
            return Ok(running);
        }
        let started = Arc::new(Self::start()?);
        *shared = Arc::downgrade(&started);
        Ok(started)
    }

    /// Makes an empty database of this name, and gives its address.
    pub fn database(&self, name: &str) -> Result<String, StartError> {
        let folder = self.folder.path();
        let mut createdb = as_user(&self.programs.join("createdb"), folder, self.user);
        createdb.arg("-h").arg(folder).args(["-U", "probity", name]);
        done("createdb", &mut createdb)?;
        Ok(format!(
            "postgres:///{name}?host={}&user=probity",
            folder.display()
        ))
    }
}

fn as_user(program: &Path, folder: &Path, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    if let Some((user, group)) = user {
        command.uid(user).gid(group);
    }
    command
}

fn done(program: &'static str, command: &mut Command) -> Result<(), StartError> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(StartError::Failed { program, said })
}

/// The folder of the newest server that is installed.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir(INSTALLED).ok()?;
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    versions
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("bin/postgres").exists())
        .max_by_key(version)
        .map(|path| path.join("bin"))
}

/// Numbers of a user and of its group.
fn ids(user: &str) -> Option<(u32, u32)> {
    let number = |which: &str| {
        let output = Command::new("id").args([which, user]).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    Some((number("-u")?, number("-g")?))
}
