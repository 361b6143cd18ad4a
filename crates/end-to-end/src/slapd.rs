//! A private OpenLDAP: its own configuration, data and port, the machine's binary.
//!
//! It serves `dc=council,dc=test` with `ou=people` and `ou=groups` in it, and hands out at most 1,000
//! entries to whoever does not ask for pages.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::process::{NotReady, Process, wait_until};

const PROGRAM: &str = "/usr/sbin/slapd";
/// The top of what it serves.
pub const BASE: &str = "dc=council,dc=test";
/// An account that may do everything.
pub const ADMINISTRATOR: &str = "cn=admin,dc=council,dc=test";
/// Sets everything up; has no limits, so the tests do not read as this.
const ROOT: &str = "cn=root,dc=council,dc=test";
/// The password of both.
pub const PASSWORD: &str = "secret-of-a-test";

/// A directory that could not be started or filled.
#[derive(Debug, thiserror::Error)]
pub enum SlapdError {
    /// Its folder could not be set up, or a program could not be run.
    #[error("slapd cannot be set up")]
    Setup(#[from] io::Error),
    /// It does not answer.
    #[error("slapd does not start, see slapd.log")]
    NotReady(#[from] NotReady),
    /// It found fault with entries or changes.
    #[error("slapd refuses: {0}")]
    Refused(String),
}

/// Whose attributes it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// OpenLDAP's own: accounts can be locked, and entries say which groups they are in.
    OpenLdap,
    /// Active Directory's, as far as the schema goes: nothing of how it behaves.
    ActiveDirectory,
}

/// A running directory.
#[derive(Debug)]
pub struct Slapd {
    folder: PathBuf,
    address: SocketAddr,
    process: Option<Process>,
}

/// What is missing on this machine to run one, in words; none if nothing is.
pub fn missing() -> Option<String> {
    let needed = [
        (PROGRAM, "slapd"),
        ("/usr/lib/ldap/memberof.so", "slapd"),
        ("/usr/bin/ldapmodify", "ldap-utils"),
    ];
    let absent = needed.iter().find(|(path, _)| !Path::new(path).exists());
    absent.map(|(path, package)| format!("{path} is missing (apt-get install {package})"))
}

impl Slapd {
    /// Starts one in a folder that exists, at a free address.
    pub fn start(folder: &Path, address: SocketAddr, flavour: Flavour) -> Result<Self, SlapdError> {
        std::fs::create_dir_all(folder.join("data"))?;
        std::fs::write(folder.join("slapd.conf"), configuration(folder, flavour))?;
        let mut slapd = Self {
            folder: folder.to_owned(),
            address,
            process: None,
        };
        slapd.resume()?;
        slapd.change_as(ROOT, &format!(
            "dn: {BASE}\nchangetype: add\nobjectClass: organization\nobjectClass: dcObject\no: Council\ndc: council\n\n\
             dn: ou=people,{BASE}\nchangetype: add\nobjectClass: organizationalUnit\nou: people\n\n\
             dn: ou=groups,{BASE}\nchangetype: add\nobjectClass: organizationalUnit\nou: groups\n\n\
             dn: {ADMINISTRATOR}\nchangetype: add\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\n\
             cn: admin\nuserPassword: {PASSWORD}\n"
        ))?;
        Ok(slapd)
    }

    /// Ends it, keeping its data, so that nobody answers at its address.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Starts it again with the data it had.
    pub fn resume(&mut self) -> Result<(), SlapdError> {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.join("slapd.log"))?;
        let mut command = Command::new(PROGRAM);
        command.arg("-f").arg(self.folder.join("slapd.conf"));
        // `-d` keeps it in the foreground; 256 logs what was asked of it.
        command.args(["-d", "256", "-h", &self.url()]);
        command.stdin(Stdio::null());
        command.stdout(log.try_clone()?).stderr(log);
        let process = self.process.insert(Process::start(&mut command)?);
        // It listens before it answers; one that ended never will.
        let url = format!("ldap://{}/", self.address);
        wait_until("slapd", Duration::from_secs(30), || {
            if process.ended().is_some() {
                return true;
            }
            let mut search = Command::new("/usr/bin/ldapsearch");
            search.args(["-x", "-LLL", "-H", &url, "-s", "base", "-b", ""]);
            let search = search.stdout(Stdio::null()).stderr(Stdio::null()).status();
            search.is_ok_and(|status| status.success())
        })?;
        if process.ended().is_some() {
            let log = std::fs::read_to_string(self.folder.join("slapd.log"))?;
            return Err(SlapdError::Refused(log));
        }
        Ok(())
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("ldap://{}/", self.address)
    }

    /// Makes changes given as LDIF.
    pub fn change(&self, ldif: &str) -> Result<(), SlapdError> {
        self.change_as(ADMINISTRATOR, ldif)
    }

    fn change_as(&self, who: &str, ldif: &str) -> Result<(), SlapdError> {
        let mut command = Command::new("/usr/bin/ldapmodify");
        command.args(["-x", "-H", &self.url(), "-D", who, "-w", PASSWORD]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(ldif.as_bytes())?;
        }
        let output = child.wait_with_output()?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(SlapdError::Refused(said))
    }

    /// An entry's attributes as LDIF, those that are asked for.
    pub fn entry(&self, dn: &str, attributes: &[&str]) -> Result<String, SlapdError> {
        let mut command = Command::new("/usr/bin/ldapsearch");
        command.args(["-x", "-LLL", "-o", "ldif-wrap=no", "-H", &self.url()]);
        command.args(["-D", ADMINISTRATOR, "-w", PASSWORD, "-s", "base", "-b", dn]);
        let output = command.arg("(objectClass=*)").args(attributes).output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(SlapdError::Refused(said))
    }
}

fn configuration(folder: &Path, flavour: Flavour) -> String {
    let folder = folder.display();
    // Active Directory's schema defines for itself what the overlay for groups would bring.
    let (schema, groups) = match flavour {
        Flavour::OpenLdap => ("", "moduleload memberof\n"),
        Flavour::ActiveDirectory => ("include /etc/ldap/schema/msuser.schema\n", ""),
    };
    let overlay = match flavour {
        Flavour::OpenLdap => "overlay memberof\nmemberof-refint TRUE\n",
        Flavour::ActiveDirectory => "",
    };
    format!(
        "include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
{schema}pidfile {folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload refint
moduleload ppolicy
{groups}database mdb
directory {folder}/data
suffix {BASE}
rootdn {ROOT}
rootpw {PASSWORD}
maxsize 104857600
dbnosync
index objectClass eq
index entryUUID eq
index uid eq
limits dn.exact=\"{ADMINISTRATOR}\" size.soft=1000 size.hard=1000 size.pr=1000 size.prtotal=unlimited
{overlay}overlay refint
refint_attributes member manager
overlay ppolicy
access to * by dn.exact=\"{ADMINISTRATOR}\" manage by anonymous auth by * none
"
    )
}
