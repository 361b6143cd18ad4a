//! Private c-icap, e2guardian, Squid and nginx for the web's benchmark.

use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use end_to_end::ports;
use end_to_end::process::{Process, wait_until};

use crate::peers;

/// c-icap loads its list before it listens: half a minute for five million names.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// A running server.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its process.
    pub process: Process,
}

fn start(
    what: &str,
    command: &mut Command,
    folder: &Path,
    address: SocketAddr,
) -> Result<Server, Box<dyn Error>> {
    let log = File::create(folder.join("output.log"))?;
    let mut process = Process::start(
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log),
    )?;
    let mut ended = None;
    wait_until(what, READY_WITHIN, || {
        ended = process.ended();
        ended.is_some() || TcpStream::connect(address).is_ok()
    })?;
    let Some(status) = ended else {
        return Ok(Server { address, process });
    };
    let said = fs::read_to_string(folder.join("output.log")).unwrap_or_default();
    Err(format!("{what} ended with {status}; it said:\n{}", said.trim_end()).into())
}

/// c-icap: one process of 64 threads, no access log. With a list, its `srv_url_check` refuses
/// what is on it, by host and the domains above it; without, only its echo service.
pub fn c_icap(folder: &Path, list: Option<&Path>) -> Result<Server, Box<dyn Error>> {
    let program = peers::find("c-icap", "c-icap")?;
    fs::create_dir_all(folder)?;
    let address = ports::free()?;
    let mut config = format!(
        "PidFile {0}/pid\nCommandsSocket {0}/control\nTimeout 300\nMaxKeepAliveRequests -1\nKeepAliveTimeout 600\nStartServers 1\nMaxServers 1\n\
         MinSpareThreads 1\nMaxSpareThreads 64\nThreadsPerChild 64\nMaxRequestsPerChild 0\nPort {address}\nServerAdmin bench@bench.invalid\nServerName bench\n\
         TmpDir {0}\nDebugLevel 0\nModulesDir /usr/lib/x86_64-linux-gnu/c_icap\nServicesDir /usr/lib/x86_64-linux-gnu/c_icap\n\
         TemplateDir /usr/share/c_icap/templates/\nTemplateDefaultLanguage en\nLoadMagicFile /etc/c-icap/c-icap.magic\nServerLog {0}/server.log\nService echo srv_echo.so\n",
        folder.display()
    );
    if let Some(list) = list {
        if !Path::new("/usr/lib/x86_64-linux-gnu/c_icap/srv_url_check.so").exists() {
            return Err(
                "srv_url_check is not installed: apt-get install libc-icap-mod-urlcheck".into(),
            );
        }
        let _written = write!(
            config,
            "Service url_check srv_url_check.so\nurl_check.LookupTableDB listed domain hash:{}\nurl_check.Profile default block listed\nurl_check.Profile default pass ALL\n",
            list.display()
        );
    }
    fs::write(folder.join("c-icap.conf"), config)?;
    let mut command = Command::new(program);
    start(
        "c-icap",
        command.arg("-N").arg("-f").arg(folder.join("c-icap.conf")),
        folder,
        address,
    )
}

/// What e2guardian looks at for each page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checks {
    /// All that its package sets up: several lists, address and search patterns, headers.
    Packaged,
    /// The list, and nothing else.
    ListAlone,
}

/// e2guardian: one process of 64 threads, no log. It refuses what is on the list, by host and the
/// domains above it. The configuration is its package's, but for what a private one needs.
///
/// Its proxy's port cannot be left out, and its ICAP port is open to other machines whatever
/// address it is given. It outlives SIGTERM by more than ten seconds: kill it.
pub fn e2guardian(folder: &Path, list: &Path, checks: Checks) -> Result<Server, Box<dyn Error>> {
    let program = peers::find("e2guardian", "e2guardian")?;
    fs::create_dir_all(folder)?;
    // It writes its pid after it has given up being root.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777))?;
    let (address, proxy) = (ports::free()?, ports::free()?);
    let phrases = match checks {
        Checks::Packaged => "",
        Checks::ListAlone => "weightedphrasemode = 0\n",
    };
    let ours = format!(
        "nodaemon = on\nhttpworkers = 64\nloglevel = 0\nnologger = on\nloglocation = '{0}/access.log'\npidfilename = '{0}/pid'\n\
         filecachedir = '{0}'\nfilterip = {1}\nfilterports = {2}\nicapport = {3}\nicapreqmodurl = 'reqmod'\nicapresmodurl = 'respmod'\n{phrases}",
        folder.display(),
        proxy.ip(),
        proxy.port(),
        address.port()
    );
    let setting = |line: &str| line.split_once('=').map(|(name, _)| name.trim().to_owned());
    let mut replaced: Vec<_> = ours.lines().map(setting).collect();
    // Of a fixed port, so without.
    replaced.push(Some("transparenthttpsport".to_owned()));
    let packaged = fs::read_to_string("/etc/e2guardian/e2guardian.conf")?;
    let kept = packaged
        .lines()
        .filter(|line| !replaced.contains(&setting(line)));
    let config: String = kept.chain(ours.lines()).flat_map(|l| [l, "\n"]).collect();
    let list = list.display().to_string();
    let group = match checks {
        Checks::Packaged => fs::read_to_string("/etc/e2guardian/e2guardianf1.conf")?
            .replace("/etc/e2guardian/lists/bannedsitelist", &list),
        Checks::ListAlone => format!(
            "groupname = 'all'\nstoryboard = '{}/story'\nreportinglevel = 3\nmaxuploadsize = -1\nnaughtynesslimit = 50\n\
             sitelist = 'name=listed,messageno=500,path={list}'\n",
            folder.display(),
        ),
    };
    let story = "function(checkrequest)\nfunction(checkresponse)\nfunction(icap-checkresponse)\n\
         function(icap-checkrequest)\nif(urlin,listed) return setblock\nif(true) setgrey\n";
    fs::write(folder.join("story"), story)?;
    // It looks for its first group's file beside its own, by this name.
    fs::write(folder.join("e2guardianf1.conf"), group)?;
    fs::write(folder.join("e2guardian.conf"), config)?;
    let mut command = Command::new(program);
    start(
        "e2guardian",
        command
            .arg("-N")
            .arg("-c")
            .arg(folder.join("e2guardian.conf")),
        folder,
        address,
    )
}

/// nginx with one worker: the same page of 10,240 bytes for every address.
pub fn nginx(folder: &Path) -> Result<Server, Box<dyn Error>> {
    let page = format!(
        "<!doctype html><title>A page</title>{}",
        "p".repeat(10_240 - 36)
    );
    nginx_with(folder, page.as_bytes())
}

/// nginx with one worker: this page for every address. Another page wants another nginx, as it keeps
/// the file open.
pub fn nginx_with(folder: &Path, page: &[u8]) -> Result<Server, Box<dyn Error>> {
    let program = peers::find("nginx", "nginx-light")?;
    fs::create_dir_all(folder)?;
    let address = ports::free()?;
    let config = format!(
        "pid {0}/pid;\nerror_log {0}/error.log crit;\nworker_processes 1;\ndaemon off;\nuser root;\nevents {{ worker_connections 1024; }}\n\
         http {{ access_log off; keepalive_requests 1000000000; default_type text/html;\n\
         client_body_temp_path {0}/a; proxy_temp_path {0}/b; fastcgi_temp_path {0}/c; uwsgi_temp_path {0}/d; scgi_temp_path {0}/e;\n\
         server {{ listen {address}; root {0}; open_file_cache max=10; location / {{ try_files /page.html =404; }} }} }}\n",
        folder.display()
    );
    fs::write(folder.join("page.html"), page)?;
    fs::write(folder.join("nginx.conf"), config)?;
    let mut command = Command::new(program);
    start(
        "nginx",
        command
            .arg("-e")
            .arg(folder.join("error.log"))
            .arg("-c")
            .arg(folder.join("nginx.conf")),
        folder,
        address,
    )
}

/// Squid with one worker, no cache and no access log, behind which everything comes from a plain
/// parent. `icap` is the address of a service each request is put to.
///
/// The parent is not an `originserver`: Squid would keep connections for each host apart. Hosts
/// are in a file because Debian's Squid looks each up for its statistics, parent or not, and
/// without an answer holds on to finished requests.
pub fn squid(
    folder: &Path,
    origin: SocketAddr,
    hosts: &[String],
    icap: Option<&str>,
) -> Result<Server, Box<dyn Error>> {
    let program = peers::find("squid", "squid-openssl")?;
    fs::create_dir_all(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777))?;
    let address = ports::free()?;
    let file: String = hosts
        .iter()
        .map(|host| format!("127.0.0.1 {host}\n"))
        .collect();
    fs::write(folder.join("hosts"), file)?;
    let mut config = format!(
        "visible_hostname bench.invalid\nhttp_port {address}\npid_filename {0}/pid\ncache_log {0}/cache.log\naccess_log none\ncoredump_dir {0}\n\
         hosts_file {0}/hosts\ndns_nameservers 127.0.0.1\npinger_enable off\ncache deny all\ncache_mem 8 MB\nshutdown_lifetime 0 seconds\n\
         http_access allow all\ncache_peer {1} parent {2} 0 no-query no-digest no-netdb-exchange default\nnever_direct allow all\n\
         client_persistent_connections on\nserver_persistent_connections on\nmax_filedescriptors 4096\n",
        folder.display(),
        origin.ip(),
        origin.port()
    );
    if let Some(service) = icap {
        let _written = write!(
            config,
            "icap_enable on\nicap_persistent_connections on\nicap_preview_enable on\nadaptation_send_client_ip on\n\
             icap_service checked reqmod_precache icap://{service} bypass=off\nicap_service_failure_limit -1\nadaptation_access checked allow all\n"
        );
    }
    fs::write(folder.join("squid.conf"), config)?;
    let mut command = Command::new(program);
    start(
        "squid",
        command.arg("-N").arg("-f").arg(folder.join("squid.conf")),
        folder,
        address,
    )
}
