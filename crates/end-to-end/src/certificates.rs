//! Certificates for tests, made by `openssl` and thrown away with their folder.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A certificate authority in a folder.
#[derive(Debug, Clone)]
pub struct Authority {
    folder: PathBuf,
}

impl Authority {
    /// Makes one; `name` is what it calls itself.
    pub fn new(folder: &Path, name: &str) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let authority = Self {
            folder: folder.to_owned(),
        };
        let mut command = openssl(&["req", "-x509", "-days", "2", "-sha256"]);
        command
            .args(NEW_KEY)
            .args(["-subj", &format!("/CN={name}")]);
        command.args(["-addext", "basicConstraints=critical,CA:true"]);
        command.args(["-addext", "keyUsage=critical,keyCertSign,cRLSign"]);
        command.arg("-keyout").arg(authority.folder.join("key.pem"));
        command.arg("-out").arg(authority.certificate());
        run(&mut command)?;
        let both = authority.read("key.pem")? + &authority.read("certificate.pem")?;
        std::fs::write(authority.with_key(), both)?;
        Ok(authority)
    }

    /// Its certificate alone.
    pub fn certificate(&self) -> PathBuf {
        self.folder.join("certificate.pem")
    }

    /// Certificate and key in one file, as Squid takes them.
    pub fn with_key(&self) -> PathBuf {
        self.folder.join("both.pem")
    }

    /// A server's certificate and key, in one file.
    pub fn issue(&self, hosts: &[String]) -> io::Result<PathBuf> {
        let [request, key, certificate, both] =
            ["server.csr", "server.key", "server.crt", "server.pem"].map(|n| self.folder.join(n));
        let mut command = openssl(&["req", "-new", "-subj", "/CN=origin"]);
        command
            .args(NEW_KEY)
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&request);
        run(&mut command)?;
        let names: Vec<_> = hosts.iter().map(|host| format!("DNS:{host}")).collect();
        let extensions = self.folder.join("server.ext");
        std::fs::write(&extensions, format!("subjectAltName={}\n", names.join(",")))?;
        let mut command = openssl(&["x509", "-req", "-days", "2", "-sha256", "-CAcreateserial"]);
        command
            .arg("-in")
            .arg(&request)
            .arg("-CA")
            .arg(self.certificate());
        command.arg("-CAkey").arg(self.folder.join("key.pem"));
        command
            .arg("-extfile")
            .arg(&extensions)
            .arg("-out")
            .arg(&certificate);
        run(&mut command)?;
        std::fs::write(&both, self.read("server.key")? + &self.read("server.crt")?)?;
        Ok(both)
    }

    fn read(&self, name: &str) -> io::Result<String> {
        std::fs::read_to_string(self.folder.join(name))
    }
}

const NEW_KEY: [&str; 5] = [
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
];

fn openssl(arguments: &[&str]) -> Command {
    let mut command = Command::new("/usr/bin/openssl");
    command.args(arguments);
    command
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("{command:?}: {said}")))
}
