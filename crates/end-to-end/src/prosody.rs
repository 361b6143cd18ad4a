//! A private Prosody: its own folder, ports and people, the machine's modules. People sign in with a
//! password over plain TCP, and no server is found but those whose port is known.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::ports;
use crate::process::{NotReady, Process, wait_for_port};

const PROGRAM: &str = "/usr/bin/prosody";

/// Everybody's password.
pub const PASSWORD: &str = "a password of this test";

/// What a private Prosody is to be like.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// The one host.
    pub host: &'a str,
    /// People on it.
    pub people: &'a [&'a str],
    /// A module, by the name of its file.
    pub module: (&'a str, &'a str),
    /// Lines of the host.
    pub lines: &'a str,
}

/// A Prosody that could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its folder could not be set up, or it could not be run.
    #[error("prosody cannot be set up")]
    Setup(#[from] io::Error),
    /// It does not listen.
    #[error("prosody does not start")]
    NotReady(#[from] NotReady),
}

/// A running Prosody.
#[derive(Debug)]
pub struct Prosody {
    folder: PathBuf,
    clients: SocketAddr,
    servers: SocketAddr,
    _process: Process,
}

/// What is missing on this machine to run one, in words; none if nothing is.
pub fn missing() -> Option<String> {
    let absent = !Path::new(PROGRAM).exists();
    absent.then(|| format!("{PROGRAM} is missing (apt-get install prosody)"))
}

impl Prosody {
    /// Starts one in a folder.
    pub fn start(folder: &Path, options: &Options<'_>) -> Result<Self, StartError> {
        let (clients, servers) = (ports::free()?, ports::free()?);
        let (modules, data) = (folder.join("modules"), folder.join("data"));
        let accounts = data.join(escaped(options.host)).join("accounts");
        for made in [&modules, &accounts] {
            std::fs::create_dir_all(made)?;
        }
        for person in options.people {
            let account = format!("return {{ [\"password\"] = \"{PASSWORD}\" }};\n");
            std::fs::write(accounts.join(format!("{person}.dat")), account)?;
        }
        let (name, text) = options.module;
        std::fs::write(modules.join(name), text)?;
        let config = folder.join("prosody.cfg.lua");
        std::fs::write(&config, configuration(folder, clients, servers, options))?;
        let log = std::fs::File::create(folder.join("output.log"))?;
        let mut command = Command::new(PROGRAM);
        command.arg("--config").arg(&config).arg("-F");
        command.stdin(Stdio::null()).stdout(log.try_clone()?);
        let process = Process::start(command.stderr(log))?;
        for port in [clients, servers] {
            wait_for_port("prosody", port, Duration::from_secs(30))?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            clients,
            servers,
            _process: process,
        })
    }

    /// Where people sign in.
    pub fn clients(&self) -> SocketAddr {
        self.clients
    }

    /// Where other servers come.
    pub fn servers(&self) -> SocketAddr {
        self.servers
    }

    /// What it logged.
    pub fn log(&self) -> String {
        let read = |name| std::fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        read("output.log") + &read("prosody.log")
    }
}

/// As Prosody names folders.
fn escaped(host: &str) -> String {
    let escape = |c: char| match c.is_ascii_alphanumeric() {
        true => c.to_string(),
        false => format!("%{:02x}", u32::from(c)),
    };
    host.chars().map(escape).collect()
}

fn configuration(
    folder: &Path,
    clients: SocketAddr,
    servers: SocketAddr,
    options: &Options<'_>,
) -> String {
    let (clients, servers) = (clients.port(), servers.port());
    let (folder, host, lines) = (folder.display(), options.host, options.lines);
    format!(
        "run_as_root = true
pidfile = \"{folder}/prosody.pid\"
data_path = \"{folder}/data\"
plugin_paths = {{ \"{folder}/modules\" }}
log = {{ info = \"{folder}/prosody.log\" }}
modules_enabled = {{ \"roster\", \"saslauth\", \"dialback\", \"disco\", \"presence\", \"message\", \"iq\" }}
interfaces = {{ \"127.0.0.1\" }}
c2s_ports = {{ {clients} }}
s2s_ports = {{ {servers} }}
c2s_direct_tls_ports = {{}}
s2s_direct_tls_ports = {{}}
http_ports = {{}}
https_ports = {{}}
c2s_require_encryption = false
s2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = \"internal_plain\"
VirtualHost \"{host}\"
{lines}"
    )
}
