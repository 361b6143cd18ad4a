//! A private Postfix: its own configuration, queue, logs and ports, the machine's binaries.
//!
//! It listens on the loopback only, looks nothing up, and hands everything it accepts to one
//! server, usually a [`crate::smtp_sink::SmtpSink`]. Needs root, as Postfix does.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::ports;
use crate::process::{NotReady, Process, wait_for_port, wait_until};
use crate::smtp_client::SmtpClient;

/// What a private Postfix is to be like.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where everything goes that it accepts.
    pub relay_to: SocketAddr,
    /// The milter's address as Postfix spells it; none asks nobody.
    pub milter: Option<String>,
    /// Further lines for `main.cf`, by name; they win over ours.
    pub main: Vec<(String, String)>,
    /// Further lines for `master.cf`.
    pub master: Vec<String>,
    /// Where it is to take mail and ask nobody; any free port if absent.
    pub reinjection: Option<SocketAddr>,
}

/// A Postfix that could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its folder could not be set up, or a program could not be run.
    #[error("postfix cannot be set up")]
    Setup(#[from] io::Error),
    /// Postfix found fault with its configuration.
    #[error("postfix refuses its configuration: {0}")]
    Refused(String),
    /// It does not answer.
    #[error("postfix does not start")]
    NotReady(#[from] NotReady),
}

/// A message in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// Its queue id.
    pub id: String,
    /// Which queue: `hold`, `deferred`, `active`, `incoming`.
    pub queue: String,
}

/// A running Postfix.
#[derive(Debug)]
pub struct Postfix {
    folder: PathBuf,
    smtp: SocketAddr,
    reinjection: SocketAddr,
    _master: Process,
}

/// What is missing on this machine to run one, in words; none if nothing is.
pub fn missing() -> Option<String> {
    if !Path::new("/usr/lib/postfix/sbin/master").exists() {
        return Some("postfix is not installed (apt-get install postfix)".to_owned());
    }
    if !rustix::process::geteuid().is_root() {
        return Some("postfix can only be started by root".to_owned());
    }
    None
}

impl Postfix {
    /// Starts one in a folder that exists and that other users may enter.
    pub fn start(folder: &Path, options: &Options) -> Result<Self, StartError> {
        let smtp = ports::free()?;
        let reinjection = options.reinjection.map_or_else(ports::free, Ok)?;
        let [config, queue, data] = ["config", "queue", "data"].map(|name| folder.join(name));
        for path in [&config, &queue, &data] {
            std::fs::create_dir_all(path)?;
        }
        std::fs::write(config.join("main.cf"), main_cf(folder, options))?;
        std::fs::write(
            config.join("master.cf"),
            master_cf(smtp, reinjection, options),
        )?;
        run(Command::new("chown").arg("postfix:").arg(&data))?;
        run(Command::new("/usr/sbin/postfix")
            .arg("-c")
            .arg(&config)
            .arg("check"))?;
        let log = std::fs::File::create(folder.join("master.log"))?;
        let mut command = Command::new("/usr/lib/postfix/sbin/master");
        command.arg("-c").arg(&config).arg("-d");
        command.stdin(std::process::Stdio::null());
        command.stdout(log.try_clone()?).stderr(log);
        let master = Process::start(&mut command)?;
        wait_for_port("postfix", smtp, Duration::from_secs(20))?;
        // The port is open before the first smtpd has read its configuration; this sees its greeting.
        SmtpClient::connect(smtp)?;
        Ok(Self {
            folder: folder.to_owned(),
            smtp,
            reinjection,
            _master: master,
        })
    }

    /// Where it takes mail and asks the milter.
    pub fn smtp(&self) -> SocketAddr {
        self.smtp
    }

    /// Where it takes mail and asks nobody.
    pub fn reinjection(&self) -> SocketAddr {
        self.reinjection
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("mail.log")).unwrap_or_default()
    }

    /// A command such as `postsuper` or `postqueue`, for this instance.
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(format!("/usr/sbin/{name}"));
        command.arg("-c").arg(self.folder.join("config"));
        command
    }

    /// `sendmail` for this instance, which takes mail on its standard input.
    pub fn sendmail(&self) -> Command {
        let mut command = Command::new("/usr/sbin/sendmail");
        command.arg("-C").arg(self.folder.join("config"));
        command
    }

    /// What lies in its queue.
    pub fn queued(&self) -> Vec<Queued> {
        let mut queued = Vec::new();
        for queue in ["hold", "deferred", "active", "incoming"] {
            collect(&self.folder.join("queue").join(queue), queue, &mut queued);
        }
        queued
    }

    /// Waits until everything not on hold has been handed on.
    pub fn wait_until_delivered(&self, within: Duration) -> Result<(), NotReady> {
        wait_until("an empty queue", within, || {
            self.queued().iter().all(|message| message.queue == "hold")
        })
    }
}

fn collect(folder: &Path, queue: &str, into: &mut Vec<Queued>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, queue, into);
        } else if let Some(name) = path.file_name() {
            into.push(Queued {
                id: name.to_string_lossy().into_owned(),
                queue: queue.to_owned(),
            });
        }
    }
}

fn run(command: &mut Command) -> Result<(), StartError> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(StartError::Refused(
        String::from_utf8_lossy(&said).into_owned(),
    ))
}

fn main_cf(folder: &Path, options: &Options) -> String {
    let folder = folder.display();
    let mut text = format!(
        "compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file_prefixes = {folder}
maillog_file = {folder}/mail.log
myhostname = mx.council.example
mydomain = council.example
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 0.0.0.0/0
relayhost = [{}]:{}
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_authorized_xclient_hosts = 127.0.0.0/8
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
in_flow_delay = 0
enable_long_queue_ids = yes
message_size_limit = 104857600
mailbox_size_limit = 0
queue_run_delay = 2s
minimal_backoff_time = 2s
maximal_backoff_time = 4s
milter_default_action = tempfail
milter_protocol = 6
milter_connect_timeout = 10s
",
        options.relay_to.ip(),
        options.relay_to.port()
    );
    if let Some(milter) = &options.milter {
        // Infallible: writing to a string.
        let _written = writeln!(
            text,
            "smtpd_milters = {milter}\nnon_smtpd_milters = {milter}"
        );
    }
    for (name, value) in &options.main {
        let _written = writeln!(text, "{name} = {value}");
    }
    text
}

fn master_cf(smtp: SocketAddr, reinjection: SocketAddr, options: &Options) -> String {
    let mut text = format!(
        "{smtp} inet n - n - - smtpd
{reinjection} inet n - n - - smtpd
  -o smtpd_milters=
  -o syslog_name=postfix/reinjection
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"
    );
    for line in &options.master {
        text.push_str(line);
        text.push('\n');
    }
    text
}
