//! A private Dovecot: its own configuration, mailboxes and port, the machine's binary.
//!
//! Every name with `@council.test` behind it has a mailbox, opened with [`PASSWORD`]; [`MASTER`] may open each
//! of them for its owner. It speaks plain text and TLS on two ports of the loopback address.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::certificates::Authority;
use crate::process::{NotReady, Process, wait_for_port};

const PROGRAM: &str = "/usr/sbin/dovecot";
/// The account that may open every mailbox.
pub const MASTER: &str = "probity";
/// The password of everybody.
pub const PASSWORD: &str = "secret-of-a-test";

/// Who owns the mail where root runs the tests: `nobody`, `nogroup`.
const NOBODY: (u32, u32) = (65_534, 65_534);

/// A server that could not be started.
#[derive(Debug, thiserror::Error)]
pub enum DovecotError {
    /// Its folder could not be set up, or the program could not be run.
    #[error("dovecot cannot be set up")]
    Setup(#[from] io::Error),
    /// It does not answer.
    #[error("dovecot does not start, see dovecot.log")]
    NotReady(#[from] NotReady),
}

/// A running server.
#[derive(Debug)]
pub struct Dovecot {
    folder: PathBuf,
    plain: SocketAddr,
    encrypted: SocketAddr,
    authority: PathBuf,
    process: Option<Process>,
}

/// What is missing on this machine to run one, in words; none if nothing is.
pub fn missing() -> Option<String> {
    let needed = [PROGRAM, "/usr/lib/dovecot/imap"];
    let absent = needed.iter().find(|path| !Path::new(path).exists());
    absent.map(|path| format!("{path} is missing (apt-get install dovecot-imapd)"))
}

impl Dovecot {
    /// Starts one in a folder that exists, with the mailboxes of these addresses.
    pub fn start(folder: &Path, addresses: &[&str]) -> Result<Self, DovecotError> {
        let (plain, encrypted) = (crate::ports::free()?, crate::ports::free()?);
        let authority = Authority::new(&folder.join("tls"), "Test mail authority")?;
        let with_key = authority.issue(&["localhost".to_owned()])?;
        let by = users()?;
        let mail = folder.join("mail");
        std::fs::create_dir_all(&mail)?;
        std::os::unix::fs::chown(&mail, Some(by.owner.0), Some(by.owner.1))?;
        let mut known = String::new();
        for address in addresses {
            known.push_str(&format!("{address}:{{PLAIN}}{PASSWORD}\n"));
        }
        std::fs::write(folder.join("users"), known)?;
        std::fs::write(
            folder.join("masters"),
            format!("{MASTER}:{{PLAIN}}{PASSWORD}\n"),
        )?;
        let configuration = configuration(folder, plain, encrypted, &with_key, &by);
        std::fs::write(folder.join("dovecot.conf"), configuration)?;
        let mut dovecot = Self {
            folder: folder.to_owned(),
            plain,
            encrypted,
            authority: authority.certificate(),
            process: None,
        };
        dovecot.resume()?;
        Ok(dovecot)
    }

    /// Ends it, keeping its mail.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Starts it again with the mail it had.
    pub fn resume(&mut self) -> Result<(), DovecotError> {
        let log = std::fs::File::create(self.folder.join("start.log"))?;
        let mut command = Command::new(PROGRAM);
        command
            .arg("-F")
            .arg("-c")
            .arg(self.folder.join("dovecot.conf"));
        command.stdin(Stdio::null());
        command.stdout(log.try_clone()?).stderr(log);
        self.process = Some(Process::start(&mut command)?);
        wait_for_port("dovecot", self.plain, Duration::from_secs(30))?;
        Ok(())
    }

    /// Where it speaks in plain text.
    pub fn plain(&self) -> SocketAddr {
        self.plain
    }

    /// Where it speaks TLS.
    pub fn encrypted(&self) -> SocketAddr {
        self.encrypted
    }

    /// The certificate that signs its own.
    pub fn authority(&self) -> &Path {
        &self.authority
    }

    /// What it logged.
    pub fn log(&self) -> io::Result<String> {
        std::fs::read_to_string(self.folder.join("dovecot.log"))
    }
}

/// Who the parts of it run as, and who owns the mail.
struct Users {
    internal: String,
    login: String,
    owner: (u32, u32),
}

/// Whoever runs the tests; but root, whom it lets own no mail, stands back for the package's users.
fn users() -> io::Result<Users> {
    let id = |what: &str| -> io::Result<String> {
        let said = Command::new("id").arg(what).output()?;
        Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
    };
    let number = |text: String| text.parse().map_err(io::Error::other);
    let (name, owner) = (id("-un")?, (number(id("-u")?)?, number(id("-g")?)?));
    Ok(if owner.0 == 0 {
        Users {
            internal: "dovecot".to_owned(),
            login: "dovenull".to_owned(),
            owner: NOBODY,
        }
    } else {
        Users {
            internal: name.clone(),
            login: name,
            owner,
        }
    })
}

fn configuration(
    folder: &Path,
    plain: SocketAddr,
    encrypted: SocketAddr,
    with_key: &Path,
    users: &Users,
) -> String {
    let (folder, with_key) = (folder.display(), with_key.display());
    let Users {
        internal,
        login,
        owner: (uid, gid),
    } = users;
    format!(
        "base_dir = {folder}/run\nlog_path = {folder}/dovecot.log\nprotocols = imap\nlisten = 127.0.0.1\n\
         default_internal_user = {internal}\ndefault_login_user = {login}\n\
         ssl = yes\nssl_cert = <{with_key}\nssl_key = <{with_key}\n\
         disable_plaintext_auth = no\nauth_mechanisms = plain\nauth_failure_delay = 0 s\nfirst_valid_uid = {uid}\n\
         mail_location = maildir:~/Maildir\n\
         passdb {{\n driver = passwd-file\n master = yes\n result_success = continue\n args = {folder}/masters\n}}\n\
         passdb {{\n driver = passwd-file\n args = {folder}/users\n}}\n\
         userdb {{\n driver = static\n args = uid={uid} gid={gid} home={folder}/mail/%u\n}}\n\
         namespace inbox {{\n inbox = yes\n separator = /\n mailbox Sent {{\n special_use = \\Sent\n auto = create\n }}\n\
          mailbox Personal {{\n auto = create\n }}\n}}\n\
         service imap-login {{\n chroot =\n inet_listener imap {{\n port = {}\n }}\n\
          inet_listener imaps {{\n port = {}\n ssl = yes\n }}\n}}\n\
         service anvil {{\n chroot =\n unix_listener anvil-auth-penalty {{\n mode = 0\n }}\n}}\n",
        plain.port(),
        encrypted.port()
    )
}
