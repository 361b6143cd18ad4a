//! A private Kamailio, and SIPp at both of its ends: everything on the loopback address, with ports of
//! their own, and the machine's binaries.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::process::{NotReady, Process, wait_until};

const PROGRAM: &str = "/usr/sbin/kamailio";
const SIPP: &str = "/usr/bin/sipp";
const MODULES: &str = "/usr/lib/*/kamailio/modules/http_client.so";

/// What a caller does: an INVITE, and when it is answered an ACK and a BYE.
const CALLER: &str = include_str!("kamailio/caller.xml");

/// A Kamailio that could not be started, or a call that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A program could not be run, or a file not be written.
    #[error("kamailio cannot be set up")]
    Setup(#[from] io::Error),
    /// Kamailio found fault with its configuration.
    #[error("kamailio refuses its configuration: {0}")]
    Refused(String),
    /// It does not answer.
    #[error("kamailio does not start")]
    NotReady(#[from] NotReady),
}

/// What is missing on this machine to run one, in words; none if nothing is.
pub fn missing() -> Option<String> {
    let (before, after) = MODULES.split_once('*').unwrap_or((MODULES, ""));
    let is_there = |folder: io::Result<std::fs::DirEntry>| {
        folder.is_ok_and(|folder| folder.path().join(after.trim_start_matches('/')).exists())
    };
    let module = std::fs::read_dir(before).is_ok_and(|mut all| all.any(is_there));
    let needed = [
        (Path::new(PROGRAM).exists(), "kamailio"),
        (module, "kamailio-utils-modules"),
        (Path::new(SIPP).exists(), "sip-tester"),
    ];
    let absent = needed.iter().find(|(is_there, _)| !is_there);
    absent.map(|(_, package)| format!("{package} is missing (apt-get install {package})"))
}

/// A running Kamailio, and whoever is called through it.
#[derive(Debug)]
pub struct Kamailio {
    folder: PathBuf,
    listen: SocketAddr,
    caller: SocketAddr,
    calls: usize,
    _called: Process,
    _process: Process,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The last status the caller was told, and its reason.
    pub told: String,
    /// The numbers that were called at the other end, each once.
    pub reached: Vec<String>,
}

impl Kamailio {
    /// Starts one in a folder that exists. `lines` are those the product generates; the addresses are free
    /// ones for Kamailio, for whoever is called, and for whoever calls.
    pub fn start(
        folder: &Path,
        lines: &str,
        [listen, called, caller]: [SocketAddr; 3],
    ) -> Result<Self, StartError> {
        let config = folder.join("kamailio.cfg");
        std::fs::write(&config, configuration(lines, listen, called))?;
        std::fs::write(folder.join("caller.xml"), CALLER)?;
        let checked = Command::new(PROGRAM)
            .arg("-c")
            .arg("-f")
            .arg(&config)
            .output()?;
        if !checked.status.success() {
            let said = String::from_utf8_lossy(&checked.stderr).into_owned();
            return Err(StartError::Refused(said));
        }
        let mut other_end = Command::new(SIPP);
        other_end
            .args(["-sn", "uas", "-i", "127.0.0.1", "-p"])
            .arg(called.port().to_string())
            .args(["-nostdin", "-trace_msg", "-message_file"])
            .arg(folder.join("called.log"));
        let other_end = quiet(&mut other_end, &folder.join("called.out"))?;
        let mut command = Command::new(PROGRAM);
        command
            .args(["-DD", "-E", "-m", "32", "-M", "4", "-f"])
            .arg(&config);
        let log = folder.join("kamailio.log");
        let process = quiet(&mut command, &log)?;
        wait_until("kamailio", Duration::from_secs(30), || {
            // It says how large its buffers are when its sockets are open.
            std::fs::read_to_string(&log).is_ok_and(|log| log.contains("SO_RCVBUF is finally"))
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            listen,
            caller,
            calls: 0,
            _called: other_end,
            _process: process,
        })
    }

    /// Calls a number from another, and waits for what comes of it.
    pub fn call(&mut self, from: &str, to: &str) -> Result<Ended, StartError> {
        self.calls += 1;
        let before = self.reached()?.len();
        let log = self.folder.join(format!("caller-{}.log", self.calls));
        let mut command = Command::new(SIPP);
        command
            .arg("-sf")
            .arg(self.folder.join("caller.xml"))
            .args(["-s", to, "-key", "caller", from, "-i", "127.0.0.1", "-p"])
            .arg(self.caller.port().to_string())
            .args([
                "-m",
                "1",
                "-nostdin",
                "-timeout",
                "20",
                "-trace_msg",
                "-message_file",
            ])
            .arg(&log)
            .arg(self.listen.to_string());
        let mut process = quiet(&mut command, &self.folder.join("caller.out"))?;
        wait_until("a call", Duration::from_secs(40), || {
            process.ended().is_some()
        })?;
        let heard = std::fs::read_to_string(&log)?;
        let mut told = heard
            .lines()
            .filter_map(|line| line.strip_prefix("SIP/2.0 "));
        // What ends the call comes after what is said while it is set up, and before the answer to its end.
        let is_final = |line: &&str| !line.starts_with('1');
        let told = told.find(is_final).unwrap_or_default().trim().to_owned();
        let reached = self.reached()?.split_off(before);
        Ok(Ended { told, reached })
    }

    /// The numbers that were called at the other end so far, in order; an INVITE sent again counts once.
    fn reached(&self) -> io::Result<Vec<String>> {
        let text = match std::fs::read_to_string(self.folder.join("called.log")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            text => text?,
        };
        let (mut numbers, mut known) = (Vec::new(), Vec::new());
        let mut number = None;
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("INVITE sip:") {
                number = rest.split('@').next().map(str::to_owned);
            }
            if let Some(id) = line.strip_prefix("Call-ID: ")
                && let Some(number) = number.take()
                && !known.iter().any(|known| known == id)
            {
                known.push(id.to_owned());
                numbers.push(number);
            }
        }
        Ok(numbers)
    }
}

fn quiet(command: &mut Command, log: &Path) -> io::Result<Process> {
    let log = std::fs::File::create(log)?;
    command.stdin(Stdio::null());
    command.stdout(log.try_clone()?).stderr(log);
    Process::start(command)
}

fn configuration(lines: &str, listen: SocketAddr, called: SocketAddr) -> String {
    format!(
        r#"#!KAMAILIO
debug=2
log_stderror=yes
children=2
auto_aliases=no
listen=udp:{listen}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
{lines}
request_route {{
    if (!is_method("ACK")) {{
        route(PROBITY);
    }}
    $du = "sip:{called}";
    t_relay();
}}
"#
    )
}
