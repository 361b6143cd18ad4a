//! A private CUPS with one queue and a printer behind it: its own folder and port, the machine's scheduler.
//!
//! What stands between document and printer is a filter of two pages for each document, that tells of them
//! one by one or in all, as drivers do; this CUPS logs one line for each job either way. Needs root: the scheduler drops to Debian's user.

use std::fs;
use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::ports;
use crate::process::{NotReady, Process, wait_for_port};

const PROGRAM: &str = "/usr/sbin/cupsd";
const PROGRAMS: &str = "/usr/lib/cups";

/// Debian's user and group for printing.
const LP: u32 = 7;

/// The queue.
pub const QUEUE: &str = "office";

/// What a private CUPS is to be like.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// A backend, by its name and its text.
    pub backend: (&'a str, &'a str),
    /// What stands before the printer's own device, such as `probity:/`.
    pub before: &'a str,
    /// Further files in CUPS' own folder, by name.
    pub files: &'a [(&'a str, &'a str)],
}

/// A CUPS that could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its folder could not be set up, or it could not be run.
    #[error("cups cannot be set up")]
    Setup(#[from] io::Error),
    /// It does not listen.
    #[error("cups does not start")]
    NotReady(#[from] NotReady),
}

/// What came to the printer, one job after the other.
type Printed = Arc<Mutex<Vec<Vec<u8>>>>;

/// A running CUPS.
#[derive(Debug)]
pub struct Cups {
    folder: PathBuf,
    address: SocketAddr,
    printed: Printed,
    _process: Process,
}

/// What is missing on this machine to run one, in words; none if nothing is.
pub fn missing() -> Option<String> {
    let needed = [
        (PROGRAM, "cups-daemon"),
        ("/usr/lib/cups/backend/socket", "cups"),
        ("/usr/bin/lp", "cups-client"),
        ("/usr/bin/curl", "curl"),
    ];
    let absent = needed.iter().find(|(path, _)| !Path::new(path).exists());
    if let Some((path, package)) = absent {
        return Some(format!("{path} is missing (apt-get install {package})"));
    }
    let is_root = rustix::process::geteuid().is_root();
    (!is_root).then(|| "cups' tests need root: its scheduler drops to the user lp".to_owned())
}

impl Cups {
    /// Starts one in a folder that other users may enter.
    pub fn start(folder: &Path, options: &Options<'_>) -> Result<Self, StartError> {
        let (printer, printed) = printer()?;
        let address = ports::free()?;
        for made in ["etc/ppd", "bin/backend", "bin/filter", "log"] {
            fs::create_dir_all(folder.join(made))?;
        }
        for lp in ["cache", "state", "spool", "tmp"] {
            fs::create_dir_all(folder.join(lp))?;
            chown(folder.join(lp), Some(LP), Some(LP))?;
        }
        for program in ["daemon", "notifier", "cgi-bin", "driver", "monitor"] {
            symlink(
                Path::new(PROGRAMS).join(program),
                folder.join("bin").join(program),
            )?;
        }
        let (name, text) = options.backend;
        let socket = fs::read(format!("{PROGRAMS}/backend/socket"))?;
        program(&folder.join("bin/backend/socket"), &socket)?;
        program(&folder.join("bin/backend").join(name), text.as_bytes())?;
        program(&folder.join("bin/filter/two-pages"), FILTER.as_bytes())?;
        let etc = folder.join("etc");
        let queue = format!(
            "<Printer {QUEUE}>\nDeviceURI {}socket://{printer}\nState Idle\nAccepting Yes\nShared No\n\
             ErrorPolicy retry-job\nOpPolicy default\n</Printer>\n",
            options.before
        );
        let files = [
            ("cups-files.conf", files_conf(folder)),
            ("cupsd.conf", CUPSD.replace("ADDRESS", &address.to_string())),
            ("printers.conf", queue),
            ("ppd/office.ppd", PPD.to_owned()),
        ];
        let further = options.files.iter();
        let further = further.map(|(name, text)| (*name, (*text).to_owned()));
        for (name, text) in files.into_iter().chain(further) {
            fs::write(etc.join(name), text)?;
            chown(etc.join(name), Some(0), Some(LP))?;
        }
        let log = fs::File::create(folder.join("output.log"))?;
        let mut command = Command::new(PROGRAM);
        command.arg("-f").arg("-c").arg(etc.join("cupsd.conf"));
        command.arg("-s").arg(etc.join("cups-files.conf"));
        command.stdin(Stdio::null()).stdout(log.try_clone()?);
        let process = Process::start(command.stderr(log))?;
        wait_for_port("cups", address, Duration::from_secs(30))?;
        Ok(Self {
            folder: folder.to_owned(),
            address,
            printed,
            _process: process,
        })
    }

    /// Hands a job in, and gives its number.
    pub fn print(&self, user: &str, title: &str, text: &str, options: &[&str]) -> io::Result<u32> {
        let document = self.folder.join("document.txt");
        fs::write(&document, text)?;
        let mut command = self.command("lp");
        command.args(["-U", user, "-d", QUEUE, "-t", title]);
        for option in options {
            command.args(["-o", option]);
        }
        let said = said(command.arg(document))?;
        // `request id is office-3 (1 file(s))`
        let number = said.split(&format!("{QUEUE}-")).nth(1);
        let number = number.and_then(|rest| rest.split(' ').next()?.parse().ok());
        number.ok_or_else(|| io::Error::other(said))
    }

    /// Releases a job that is held.
    pub fn resume(&self, job: u32) -> io::Result<()> {
        let job = format!("{QUEUE}-{job}");
        said(self.command("lp").args(["-i", &job, "-H", "resume"])).map(drop)
    }

    /// Whether a job is still in the queue, be it that it is held.
    pub fn is_waiting(&self, job: u32) -> io::Result<bool> {
        let jobs = said(self.command("lpstat").args(["-W", "not-completed", "-o"]))?;
        Ok(jobs.contains(&format!("{QUEUE}-{job} ")))
    }

    /// Everything that came to the printer, one job after the other.
    pub fn printed(&self) -> Vec<Vec<u8>> {
        let printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        printed.clone()
    }

    /// What it logged about pages.
    pub fn page_log(&self) -> String {
        fs::read_to_string(self.folder.join("log/page_log")).unwrap_or_default()
    }

    /// What it logged about itself.
    pub fn log(&self) -> String {
        let read = |name| fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        read("output.log") + &read("log/error_log")
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command.args(["-h", &self.address.to_string()]);
        command.stdin(Stdio::null());
        command
    }
}

fn said(command: &mut Command) -> io::Result<String> {
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    match output.status.success() {
        true => Ok(text),
        false => Err(io::Error::other(
            text + &String::from_utf8_lossy(&output.stderr),
        )),
    }
}

fn program(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::write(path, bytes)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

/// A printer that takes whatever comes.
fn printer() -> io::Result<(SocketAddr, Printed)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let printed = Arc::new(Mutex::new(Vec::new()));
    let taking = printed.clone();
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let (mut connection, mut bytes) = (connection, Vec::new());
            if connection.read_to_end(&mut bytes).is_ok() {
                let mut taking = taking.lock().unwrap_or_else(PoisonError::into_inner);
                taking.push(bytes);
            }
        }
    });
    Ok((address, printed))
}

fn files_conf(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "ServerRoot {folder}/etc
ServerBin {folder}/bin
CacheDir {folder}/cache
StateDir {folder}/state
RequestRoot {folder}/spool
TempDir {folder}/tmp
DataDir /usr/share/cups
DocumentRoot /usr/share/cups/doc-root
AccessLog {folder}/log/access_log
ErrorLog {folder}/log/error_log
PageLog {folder}/log/page_log
SystemGroup root
User lp
Group lp
"
    )
}

/// `ADDRESS` stands for where it listens.
const CUPSD: &str = "LogLevel debug
Listen ADDRESS
Browsing No
WebInterface No
DefaultAuthType None
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  JobPrivateAccess all
  JobPrivateValues none
  SubscriptionPrivateAccess all
  SubscriptionPrivateValues none
  <Limit All>
    Order allow,deny
    Allow all
  </Limit>
</Policy>
";

const FILTER: &str = r#"#!/bin/sh
# job user title copies options [file]
if [ $# -eq 6 ]; then cat "$6"; else cat; fi
case $5 in
*page-by-page*) printf 'PAGE: 1 %s\nPAGE: 2 %s\n' "$4" "$4" >&2 ;;
*) echo "PAGE: total $((2 * $4))" >&2 ;;
esac
"#;

const PPD: &str = r#"*PPD-Adobe: "4.3"
*FormatVersion: "4.3"
*FileVersion: "1.0"
*LanguageVersion: English
*LanguageEncoding: ISOLatin1
*PCFileName: "OFFICE.PPD"
*Manufacturer: "Test"
*Product: "(Test)"
*ModelName: "Test"
*ShortNickName: "Test"
*NickName: "Test"
*PSVersion: "(3010.000) 0"
*LanguageLevel: "3"
*ColorDevice: False
*DefaultColorSpace: Gray
*cupsFilter: "text/plain 0 two-pages"
*OpenUI *PageSize/Media Size: PickOne
*OrderDependency: 10 AnySetup *PageSize
*DefaultPageSize: A4
*PageSize A4/A4: "<</PageSize[595 842]>>setpagedevice"
*CloseUI: *PageSize
*OpenUI *PageRegion: PickOne
*OrderDependency: 10 AnySetup *PageRegion
*DefaultPageRegion: A4
*PageRegion A4/A4: "<</PageSize[595 842]>>setpagedevice"
*CloseUI: *PageRegion
*DefaultImageableArea: A4
*ImageableArea A4/A4: "0 0 595 842"
*DefaultPaperDimension: A4
*PaperDimension A4/A4: "595 842"
"#;
