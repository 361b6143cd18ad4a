//! A private FreeRADIUS: its own folder, ports and people, the machine's modules. It is one network
//! access server's, and asks whatever its further lines say.

use std::fmt::Write as _;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::process::{NotReady, Process, wait_until};

const PROGRAM: &str = "/usr/sbin/freeradius";
const CLIENT: &str = "/usr/bin/radclient";
const SECRET: &str = "a secret of this test";

/// What a private FreeRADIUS is to be like.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// People who can sign in, each with a password.
    pub people: Vec<(String, String)>,
    /// A module in its folder, as a file of `mods-enabled`.
    pub module: String,
    /// Policies, as a file of `policy.d`.
    pub policy: String,
    /// Further files in its folder, by name.
    pub files: Vec<(String, String)>,
    /// Lines of the sections `authorize`, `post-auth` and `accounting`.
    pub sections: Vec<(String, String)>,
}

/// A FreeRADIUS that could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its folder could not be set up, or it could not be run.
    #[error("freeradius cannot be set up")]
    Setup(#[from] io::Error),
    /// It does not answer; its log is in its folder.
    #[error("freeradius does not start: {log}")]
    NotReady {
        /// The end of its log.
        log: String,
        /// What was waited for.
        #[source]
        source: NotReady,
    },
}

/// What it answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Such as `Access-Accept`; empty if there was none.
    pub kind: String,
    /// Its attributes as `radclient` shows them, such as `Reply-Message = "no"`.
    pub attributes: Vec<String>,
}

/// A running FreeRADIUS.
#[derive(Debug)]
pub struct FreeRadius {
    folder: PathBuf,
    authentication: SocketAddr,
    accounting: SocketAddr,
    _process: Process,
}

/// What is missing on this machine to run one, in words; none if nothing is.
pub fn missing() -> Option<String> {
    let needed = [
        (PROGRAM, "freeradius"),
        ("/usr/lib/freeradius/rlm_rest.so", "freeradius-rest"),
        (CLIENT, "freeradius-utils"),
    ];
    let absent = needed.iter().find(|(path, _)| !Path::new(path).exists());
    absent.map(|(path, package)| format!("{path} is missing (apt-get install {package})"))
}

impl FreeRadius {
    /// Starts one in a folder.
    pub fn start(folder: &Path, options: &Options) -> Result<Self, StartError> {
        std::fs::create_dir_all(folder)?;
        let (authentication, accounting) = (free_port()?, free_port()?);
        let people = options.people.iter();
        let people: String = people
            .map(|(name, password)| format!("{name} Cleartext-Password := \"{password}\"\n"))
            .collect();
        let configuration = configuration(folder, [authentication, accounting], &options.sections);
        let files = [
            ("users", people.as_str()),
            ("probity", &options.module),
            ("policy", &options.policy),
            ("radiusd.conf", &configuration),
        ];
        let further = options.files.iter();
        for (name, text) in files
            .into_iter()
            .chain(further.map(|(name, text)| (&**name, &**text)))
        {
            std::fs::write(folder.join(name), text)?;
        }
        let log = std::fs::File::create(folder.join("log"))?;
        let mut command = Command::new(PROGRAM);
        command.args(["-f", "-xx", "-l", "stdout", "-n", "radiusd", "-d"]);
        command.arg(folder).stdin(Stdio::null());
        command.stdout(log.try_clone()?).stderr(log);
        let process = Process::start(&mut command)?;
        let radius = Self {
            folder: folder.to_owned(),
            authentication,
            accounting,
            _process: process,
        };
        let ready = || radius.log().contains("Ready to process requests");
        let waited = wait_until("freeradius", Duration::from_secs(30), ready);
        waited.map_err(|source| StartError::NotReady {
            log: last_lines(&radius.log()),
            source,
        })?;
        Ok(radius)
    }

    /// Asks to be let in.
    pub fn ask(&self, attributes: &[String]) -> io::Result<Reply> {
        self.send(self.authentication, "auth", attributes)
    }

    /// Tells of a session.
    pub fn tell(&self, attributes: &[String]) -> io::Result<Reply> {
        self.send(self.accounting, "acct", attributes)
    }

    /// What it logged.
    pub fn log(&self) -> String {
        let log = std::fs::read(self.folder.join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// Sends one packet, once: a server that does not answer is told from one that refuses.
    fn send(&self, to: SocketAddr, kind: &str, attributes: &[String]) -> io::Result<Reply> {
        let packet = self.folder.join("packet");
        std::fs::write(&packet, attributes.join("\n"))?;
        let output = Command::new(CLIENT)
            .args(["-x", "-r", "1", "-t", "6", "-f"])
            .arg(packet)
            .args([&to.to_string(), kind, SECRET])
            .stdin(Stdio::null())
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut reply = Reply {
            kind: String::new(),
            attributes: Vec::new(),
        };
        for line in text.lines() {
            if let Some(received) = line.strip_prefix("Received ") {
                reply.kind = received.split(' ').next().unwrap_or_default().to_owned();
            } else if !reply.kind.is_empty() && line.starts_with('\t') {
                reply.attributes.push(line.trim().to_owned());
            }
        }
        Ok(reply)
    }
}

/// A port for datagrams nobody listens on at this moment.
fn free_port() -> io::Result<SocketAddr> {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

fn last_lines(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

fn configuration(folder: &Path, ports: [SocketAddr; 2], sections: &[(String, String)]) -> String {
    let folder = folder.display();
    let [authentication, accounting] = ports.map(|address| address.port());
    let mut text = format!(
        "prefix = /usr
exec_prefix = /usr
libdir = /usr/lib/freeradius
confdir = {folder}
raddbdir = ${{confdir}}
run_dir = ${{confdir}}
logdir = ${{confdir}}
name = radiusd
max_requests = 1024
log {{
	destination = stdout
}}
security {{
	allow_vulnerable_openssl = yes
	reject_delay = 0
	max_attributes = 200
}}
thread pool {{
	start_servers = 2
	max_servers = 8
	min_spare_servers = 1
	max_spare_servers = 4
}}
client network {{
	ipaddr = 127.0.0.1
	secret = \"{SECRET}\"
}}
modules {{
	pap {{
	}}
	expr {{
	}}
	files {{
		filename = ${{confdir}}/users
	}}
	# As Debian's mods-enabled/always.
	always reject {{
		rcode = reject
	}}
	always ok {{
		rcode = ok
	}}
	always noop {{
		rcode = noop
	}}
	$INCLUDE probity
}}
policy {{
	$INCLUDE policy
}}
server default {{
	listen {{
		type = auth
		ipaddr = 127.0.0.1
		port = {authentication}
	}}
	listen {{
		type = acct
		ipaddr = 127.0.0.1
		port = {accounting}
	}}
	authenticate {{
		pap
	}}
"
    );
    for (section, lines) in [
        ("authorize", "files\npap"),
        ("post-auth", ""),
        ("accounting", ""),
    ] {
        let ours = sections.iter().filter(|(name, _)| name == section);
        let ours: String = ours.map(|(_, line)| format!("\t\t{line}\n")).collect();
        // Writing to a string does not fail.
        let _ = writeln!(text, "\t{section} {{\n{ours}{lines}\n\t}}");
    }
    text + "}\n"
}
