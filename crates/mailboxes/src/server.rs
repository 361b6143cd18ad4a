//! The IMAP server: where it is, and an account that may open each mailbox for its owner.

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_imap::{Authenticator, Client};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Url;

use crate::mailbox::Mailbox;

/// How long a connection, and each answer while signing in, may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection, encrypted or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug> Stream for T {}

/// Where mailboxes are, and what in them is personal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `imaps://mail.council.example`, or `imap://127.0.0.1:143` for a server on this machine.
    pub server: String,
    /// Certificates that sign the server's, in PEM; those of this machine where it is left out.
    #[serde(default)]
    pub authority: Option<PathBuf>,
    /// The account that may open each mailbox for its owner: a master user of Dovecot.
    pub account: String,
    /// By what the server knows a person.
    #[serde(default)]
    pub named_by: NamedBy,
    /// The folder everything in which is personal.
    #[serde(default = "folder")]
    pub folder: String,
    /// Keywords of a message that say that it is personal. Thunderbird's tag *Personal* is `$label3`.
    #[serde(default = "keywords")]
    pub keywords: Vec<String>,
    /// Folders in which messages with such a keyword are looked for, with all below them.
    #[serde(default = "folders")]
    pub folders: Vec<String>,
}

fn folder() -> String {
    "Personal".to_owned()
}

fn keywords() -> Vec<String> {
    vec!["Personal".to_owned(), "$label3".to_owned()]
}

fn folders() -> Vec<String> {
    ["INBOX", "Sent", "Archive", "Drafts"]
        .map(str::to_owned)
        .to_vec()
}

/// By what a server knows a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NamedBy {
    /// Their usual council address.
    #[default]
    Address,
    /// Their first sign-in name.
    Account,
}

/// Why a server or a mailbox cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The settings make no sense.
    #[error("{0}")]
    Settings(String),
    /// The certificates cannot be read.
    #[error("the certificates of the mail server's authority cannot be read")]
    Certificates(#[source] io::Error),
    /// Nobody there, or nobody whose certificate is good.
    #[error("the mail server cannot be reached")]
    Unreachable(#[source] io::Error),
    /// It takes too long.
    #[error("the mail server gives no answer within {} s", .0.as_secs())]
    Slow(Duration),
    /// It does not let the account in.
    #[error("the mail server does not let the account in; see account and password_file")]
    Account,
    /// There is no such mailbox, or the account may not open it.
    #[error("the mail server does not open this mailbox: {0}")]
    NoMailbox(String),
    /// The server lacks what a safe removal needs.
    #[error("the mail server has no UIDPLUS (RFC 4315), without which other messages could go too")]
    NoUidPlus,
    /// It answers what cannot be understood, or refuses.
    #[error("the mail server refuses, or breaks off")]
    Imap(#[from] async_imap::error::Error),
}

/// A server whose mailboxes can be opened.
#[derive(Debug, Clone)]
pub struct Server {
    pub(crate) settings: Arc<Settings>,
    password: Arc<str>,
    host: String,
    port: u16,
    tls: Option<Arc<ClientConfig>>,
}

impl Server {
    /// From settings and the account's password.
    pub fn new(settings: Settings, password: &str) -> Result<Self, ServerError> {
        let wrong = |problem: &str| ServerError::Settings(problem.to_owned());
        let url = Url::parse(&settings.server);
        let url = url.map_err(|error| wrong(&format!("server `{}`: {error}", settings.server)))?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        if host.is_empty() {
            return Err(wrong(
                "server names no host; use imaps://mail.council.example",
            ));
        }
        // To a URL parser this is any scheme, so an address is a name to it.
        let is_here = match host.parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => host == "localhost",
        };
        let (tls, usual) = match url.scheme() {
            "imaps" => (Some(tls(&settings)?), 993),
            "imap" if is_here => (None, 143),
            _ => {
                let problem = "server begins with imaps://; imap:// is for one on this machine, \
                               as a password and people's mail go over it";
                return Err(wrong(problem));
            }
        };
        check(&settings).map_err(ServerError::Settings)?;
        Ok(Self {
            host: host.to_owned(),
            port: url.port().unwrap_or(usual),
            settings: Arc::new(settings),
            password: password.into(),
            tls,
        })
    }

    /// Opens somebody's mailbox.
    pub(crate) async fn open(&self, owner: &str) -> Result<Mailbox, ServerError> {
        let opened = tokio::time::timeout(PATIENCE, self.signed_in(owner));
        opened.await.map_err(|_| ServerError::Slow(PATIENCE))?
    }

    async fn signed_in(&self, owner: &str) -> Result<Mailbox, ServerError> {
        let unreachable = ServerError::Unreachable;
        let tcp = TcpStream::connect((self.host.as_str(), self.port));
        let tcp = tcp.await.map_err(unreachable)?;
        let stream: Box<dyn Stream> = match &self.tls {
            None => Box::new(tcp),
            Some(config) => {
                let name = ServerName::try_from(self.host.clone());
                let name = name.map_err(|error| unreachable(io::Error::other(error)))?;
                let connector = TlsConnector::from(config.clone());
                Box::new(connector.connect(name, tcp).await.map_err(unreachable)?)
            }
        };
        let mut client = Client::new(stream);
        let greeting = client.read_response().await.map_err(unreachable)?;
        if greeting.is_none() {
            let closed = io::Error::from(io::ErrorKind::UnexpectedEof);
            return Err(unreachable(closed));
        }
        let plain = Plain {
            owner,
            account: &self.settings.account,
            password: &self.password,
        };
        let session = match client.authenticate("PLAIN", plain).await {
            Ok(session) => session,
            // RFC 5530: a wrong password is told from a mailbox that is not there.
            Err((async_imap::error::Error::No(why), _)) if why.contains("AUTHENTICATIONFAILED") => {
                return Err(ServerError::Account);
            }
            Err((async_imap::error::Error::No(why), _)) => return Err(ServerError::NoMailbox(why)),
            Err((error, _)) => return Err(error.into()),
        };
        Mailbox::of(session, self.settings.clone()).await
    }
}

/// SASL PLAIN (RFC 4616): one account acts for another.
struct Plain<'a> {
    owner: &'a str,
    account: &'a str,
    password: &'a str,
}

impl Authenticator for Plain<'_> {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        format!("{}\0{}\0{}", self.owner, self.account, self.password)
    }
}

fn tls(settings: &Settings) -> Result<Arc<ClientConfig>, ServerError> {
    let mut roots = RootCertStore::empty();
    match &settings.authority {
        Some(path) => {
            let unreadable = |error: String| ServerError::Certificates(io::Error::other(error));
            let all = CertificateDer::pem_file_iter(path);
            for certificate in all.map_err(|error| unreadable(error.to_string()))? {
                let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
                let added = roots.add(certificate);
                added.map_err(|error| unreadable(error.to_string()))?;
            }
        }
        None => {
            let found = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(found.certs);
        }
    }
    if roots.is_empty() {
        let problem = "no certificate is there";
        return Err(ServerError::Certificates(io::Error::other(problem)));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ServerError::Certificates(io::Error::other(error)))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn check(settings: &Settings) -> Result<(), String> {
    let is_name = |text: &String| {
        !text.is_empty()
            && text.len() <= 200
            && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
    };
    let mut folders = settings.folders.iter().chain([&settings.folder]);
    if let Some(folder) =
        folders.find(|folder| !is_name(folder) || folder.contains(['*', '%', '&']))
    {
        return Err(format!(
            "`{folder}` is no name of a folder; use ASCII letters, no `*`, `%` or `&`"
        ));
    }
    // An atom (RFC 3501, section 9) that is no flag of the system's.
    let is_atom = |text: &String| {
        is_name(text) && !text.contains(['(', ')', '{', ' ', '%', '*', '"', '\\', ']'])
    };
    if let Some(keyword) = settings.keywords.iter().find(|keyword| !is_atom(keyword)) {
        return Err(format!(
            "`{keyword}` is no keyword; use letters, digits and `$`, `-` or `_`"
        ));
    }
    if settings.account.is_empty() || settings.account.contains('\0') {
        return Err("account names nobody".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[track_caller]
    fn check(more: &str, expected: &str) {
        let text = format!("account = \"probity\"\n{more}");
        let settings: Settings = toml_of(&text);
        let made = Server::new(settings, "secret");
        let came = made.map_or_else(
            |error| error.to_string(),
            |server| format!("{}:{}", server.host, server.port),
        );
        assert!(came.contains(expected), "{more}: {came}");
    }

    fn toml_of(text: &str) -> Settings {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_password_goes_over_tls_or_stays_on_this_machine() {
        check("server = \"imap://127.0.0.1:1143\"", "127.0.0.1:1143");
        check("server = \"imap://[::1]\"", "::1:143");
        check("server = \"imap://localhost\"", "localhost:143");
        check("server = \"imap://mail.council.example\"", "imaps://");
        check("server = \"https://mail.council.example\"", "imaps://");
        check("server = \"mail.council.example\"", "server `mail");
    }

    #[test]
    fn names_that_would_say_more_than_a_name_are_no_names() {
        let here = "server = \"imap://127.0.0.1\"\n";
        for more in [
            "folder = \"*\"",
            "folder = \"\"",
            "folder = \"a\\r\\nb\"",
            "folders = [\"INBOX\", \"%\"]",
        ] {
            check(&format!("{here}{more}"), "no name of a folder");
        }
        for keyword in ["a b", "\\\\Seen", "x) DELETE", ""] {
            check(&format!("{here}keywords = [\"{keyword}\"]"), "no keyword");
        }
    }
}
