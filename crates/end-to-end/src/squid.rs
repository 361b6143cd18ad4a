//! A private Squid: its own configuration, certificates, logs and port, the machine's binaries.
//!
//! It keeps no cache, finds the hosts it is told of and no others, takes any user name and
//! password, and asks whatever its further lines say. Needs root, as it drops to Debian's user.

use std::fmt::Write as _;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::process::{NotReady, Process, wait_for_port};

const PROGRAM: &str = "/usr/sbin/squid";
const HELPERS: &str = "/usr/lib/squid";

/// What a private Squid is to be like.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it listens.
    pub proxy: SocketAddr,
    /// Whether a line for `http_port` is among [`Self::lines`].
    pub port_is_given: bool,
    /// The hosts it finds, all at one address.
    pub hosts: Vec<String>,
    /// Their address.
    pub origin: Ipv4Addr,
    /// Further lines, such as those the product generates.
    pub lines: String,
}

/// A Squid that could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its folder could not be set up, or a program could not be run.
    #[error("squid cannot be set up")]
    Setup(#[from] io::Error),
    /// Squid found fault with its configuration.
    #[error("squid refuses its configuration: {0}")]
    Refused(String),
    /// It does not answer.
    #[error("squid does not start")]
    NotReady(#[from] NotReady),
}

/// A running Squid.
#[derive(Debug)]
pub struct Squid {
    folder: PathBuf,
    proxy: SocketAddr,
    _process: Process,
}

/// What is missing on this machine to run one, in words; none if nothing is.
pub fn missing() -> Option<String> {
    let needed = [
        (PROGRAM, "squid-openssl"),
        ("/usr/lib/squid/security_file_certgen", "squid-openssl"),
        ("/usr/bin/openssl", "openssl"),
        ("/usr/bin/curl", "curl"),
    ];
    let absent = needed.iter().find(|(path, _)| !Path::new(path).exists());
    if let Some((path, package)) = absent {
        return Some(format!("{path} is missing (apt-get install {package})"));
    }
    if !rustix::process::geteuid().is_root() {
        return Some("squid's tests need root: they listen on ports 80 and 443".to_owned());
    }
    None
}

/// The folder in which Squid keeps the certificates it makes, set up as its manual says.
pub fn make_certificate_store(folder: &Path) -> Result<(), StartError> {
    let helper = format!("{HELPERS}/security_file_certgen");
    run(Command::new(helper)
        .arg("-c")
        .arg("-s")
        .arg(folder)
        .args(["-M", "4MB"]))?;
    run(Command::new("chown").arg("-R").arg("proxy:").arg(folder))
}

impl Squid {
    /// Starts one in a folder that exists and that other users may enter.
    pub fn start(folder: &Path, options: &Options) -> Result<Self, StartError> {
        std::fs::create_dir_all(folder)?;
        let hosts: String = options
            .hosts
            .iter()
            .map(|host| format!("{} {host}\n", options.origin))
            .collect();
        std::fs::write(folder.join("hosts"), hosts)?;
        let config = folder.join("squid.conf");
        std::fs::write(&config, configuration(folder, options))?;
        run(Command::new("chown").arg("proxy:").arg(folder))?;
        run(Command::new(PROGRAM)
            .args(["-k", "parse", "-f"])
            .arg(&config))?;
        let log = std::fs::File::create(folder.join("output.log"))?;
        let mut command = Command::new(PROGRAM);
        command.arg("-N").arg("-f").arg(&config);
        command.stdin(std::process::Stdio::null());
        command.stdout(log.try_clone()?).stderr(log);
        let process = Process::start(&mut command)?;
        wait_for_port("squid", options.proxy, Duration::from_secs(30))?;
        Ok(Self {
            folder: folder.to_owned(),
            proxy: options.proxy,
            _process: process,
        })
    }

    /// Where it listens.
    pub fn proxy(&self) -> SocketAddr {
        self.proxy
    }

    /// What it logged about itself.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("cache.log")).unwrap_or_default()
    }

    /// One line for each request it answered.
    pub fn access_log(&self) -> String {
        std::fs::read_to_string(self.folder.join("access.log")).unwrap_or_default()
    }
}

fn configuration(folder: &Path, options: &Options) -> String {
    let folder = folder.display();
    let mut text = format!(
        "visible_hostname proxy.test
pid_filename {folder}/squid.pid
cache_log {folder}/cache.log
access_log stdio:{folder}/access.log
coredump_dir {folder}
hosts_file {folder}/hosts
# Nobody answers there: what is not in the hosts file is not found, and soon.
dns_nameservers {}
dns_timeout 1 second
pinger_enable off
cache deny all
cache_mem 8 MB
shutdown_lifetime 0 seconds
auth_param basic program {HELPERS}/basic_fake_auth
auth_param basic children 2
auth_param basic realm Council
acl signed_in proxy_auth REQUIRED
http_access deny !signed_in
http_access allow all
",
        options.origin
    );
    if !options.port_is_given {
        // Writing to a string does not fail.
        let _ = writeln!(text, "http_port {}", options.proxy);
    }
    text + &options.lines
}

fn run(command: &mut Command) -> Result<(), StartError> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(StartError::Refused(format!("{command:?}: {said}")))
}
