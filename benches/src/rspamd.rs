//! A private rspamd: two self-scanning milter workers, whatever needs the network or a database
//! switched off, as Debian's package sets it up otherwise.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use end_to_end::process::{Process, wait_until};

use crate::peers;

/// They ask DNS, Redis or HTTP servers, or keep what they learn.
const OFF: [&str; 26] = [
    "rbl",
    "surbl",
    "spf",
    "dkim",
    "dmarc",
    "arc",
    "asn",
    "mx_check",
    "fuzzy_check",
    "phishing",
    "url_redirector",
    "rspamd_update",
    "reputation",
    "emails",
    "greylist",
    "history_redis",
    "neural",
    "replies",
    "ratelimit",
    "dkim_signing",
    "whitelist",
    "bimi",
    "multimap",
    "metadata_exporter",
    "once_received",
    "hfilter",
];

/// Starts one that listens on a socket in the folder.
pub fn start(folder: &Path, socket: &Path) -> Result<Process, Box<dyn std::error::Error>> {
    let program = peers::find("rspamd", "rspamd")?;
    configure(&folder.join("local.d"), folder, socket)?;
    let log = File::create(folder.join("rspamd.out"))?;
    let mut command = Command::new(program);
    command.args(["-f", "-i", "-c", "/etc/rspamd/rspamd.conf"]);
    for name in ["LOCAL_CONFDIR", "DBDIR", "RUNDIR", "LOGDIR"] {
        command.arg(format!("--var={name}={}", folder.display()));
    }
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    let process = Process::start(&mut command)?;
    // It compiles its expressions first, and its workers then load them from files of this kind.
    let loaded = |entry: fs::DirEntry| entry.path().extension().is_some_and(|end| end == "unser");
    let ready = || fs::read_dir(folder).is_ok_and(|files| files.flatten().any(loaded));
    wait_until("rspamd", Duration::from_secs(180), || {
        socket.exists() && ready()
    })?;
    Ok(process)
}

fn configure(local: &Path, folder: &Path, socket: &Path) -> io::Result<()> {
    fs::create_dir_all(local)?;
    for module in OFF {
        fs::write(
            local.join(module).with_extension("conf"),
            "enabled = false;\n",
        )?;
    }
    for worker in ["worker-normal.inc", "worker-controller.inc"] {
        fs::write(local.join(worker), "enabled = false;\n")?;
    }
    fs::write(local.join("logging.inc"), "level = \"notice\";\n")?;
    let proxy = format!(
        "bind_socket = \"{} mode=0666\";\ncount = 2;\nmilter = yes;\ntimeout = 120s;\n\
         upstream \"local\" {{ default = yes; self_scan = yes; }}\n",
        socket.display()
    );
    fs::write(local.join("worker-proxy.inc"), proxy)?;
    // Nothing answers there: whatever still asks gets an error at once.
    let options = format!(
        "dns {{ nameserver = [\"127.0.0.1:9\"]; timeout = 0.05s; retransmits = 1; }}\ncontrol_socket = \"{}/control.sock mode=0600\";\n",
        folder.display()
    );
    fs::write(local.join("options.inc"), options)
}
