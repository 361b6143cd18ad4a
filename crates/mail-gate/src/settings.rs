//! What can be set about the mail gate, with safe defaults.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use register::network::Network;

/// Everything that can be set about the mail gate.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Clients in these networks are the council's own machines; their envelope sender names the
    /// person when nobody signed in. Only the loopback unless set: trust is given, not assumed.
    pub inside: Vec<Network>,
    /// The verifier whose Authentication-Results header counts; none unless set.
    pub trusted_authserv_id: Option<String>,
    /// Where messages are kept for recipients who do not get them while others do.
    pub quarantine: PathBuf,
    /// An SMTP server without this gate in front, such as Postfix's own re-injection port, that
    /// takes notices to the council's people. Without it nobody is told by mail.
    pub notices: Option<NoticeRoute>,
    /// Where a message waits.
    pub holds: Holds,
    /// How mail that must travel encrypted does so.
    pub encryption: Encryption,
    /// Bounds on what anybody may send or hold.
    pub limits: Limits,
    /// The time of day. Tests set it.
    pub clock: fn() -> Timestamp,
}

/// Where notices go and who they are from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRoute {
    /// Address of the SMTP server.
    pub server: SocketAddr,
    /// The From header; the envelope sender is always empty, so that no notice is answered.
    pub from: String,
}

/// Where a message waits that nobody gets until somebody decides about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Holds {
    /// In the MTA's hold queue, for whoever looks after the MTA to release.
    #[default]
    InTheMta,
    /// In the gate's own quarantine, from where it is handed to the MTA once somebody released it.
    Here,
}

/// How mail that must travel encrypted does so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encryption {
    /// The MTA has no such route: the message waits in quarantine.
    #[default]
    Hold,
    /// The header `Probity-Require-TLS: yes` is added, and the MTA sends what carries it through
    /// a transport that verifies the other side (`milter_header_checks` with a FILTER action).
    ByHeader,
}

/// Bounds on what anybody may send or hold.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Open connections. 4,096: Postfix has at most a few hundred SMTP sessions by default, and an
    /// idle connection costs a few kilobytes here. More are accepted and closed at once.
    pub connections: usize,
    /// One message, in bytes. 50 MiB; should be above the MTA's `message_size_limit`, whose
    /// refusal comes earlier.
    pub message_bytes: usize,
    /// All headers of a message, in bytes. 1 MiB: ten times Postfix's limit for one.
    pub header_bytes: usize,
    /// Recipients of a message. 10,000: ten times Postfix's limit by SMTP.
    pub recipients: u32,
    /// Messages of all sessions together while they are gathered, in bytes. 256 MiB. Reading and
    /// editing large ones takes up to three times their size again, for two at a time.
    pub memory_bytes: usize,
    /// How long a message waits for room in that memory before it is put off. 5 s: sessions that
    /// wait for one another must give way well within the MTA's patience.
    pub memory_wait: Duration,
    /// How long a connection may be silent between commands. 600 s: twice Postfix's
    /// `smtpd_timeout`, as its client decides when the next command comes.
    pub idle: Duration,
    /// How long the rest of a begun command may take, and how long the MTA may take to read our
    /// answer. 60 s.
    pub stalled: Duration,
    /// How long a decision may take until it is "try again later". 40 s: far below Postfix's
    /// `milter_content_timeout` (300 s), so the reply is ours and not the MTA's default action.
    pub decide_within: Duration,
    /// How long open connections may go on after the gate was told to stop. 10 s.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            message_bytes: 50 << 20,
            header_bytes: 1 << 20,
            recipients: 10_000,
            memory_bytes: 256 << 20,
            memory_wait: Duration::from_secs(5),
            idle: Duration::from_secs(600),
            stalled: Duration::from_secs(60),
            decide_within: Duration::from_secs(40),
            drain: Duration::from_secs(10),
        }
    }
}

impl Settings {
    /// The defaults, with the folder for kept messages.
    pub fn new(quarantine: impl Into<PathBuf>) -> Self {
        let loopback = ["127.0.0.0/8", "::1/128"];
        Self {
            inside: loopback
                .iter()
                .filter_map(|network| network.parse().ok())
                .collect(),
            trusted_authserv_id: None,
            quarantine: quarantine.into(),
            notices: None,
            holds: Holds::default(),
            encryption: Encryption::default(),
            limits: Limits::default(),
            clock: Timestamp::now,
        }
    }
}
