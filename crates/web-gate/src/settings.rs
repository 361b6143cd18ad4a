//! What an operator may change about the web gate.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use icap_proto::identity::UserEncoding;
use serde::Deserialize;

/// How the proxies in front of us write the user's name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserNames {
    /// As it is.
    Plain,
    /// In base64: what `probity integrate squid` asks Squid for, so that no name can be mistaken.
    #[default]
    Base64,
    /// Guess. For proxies that mix both; a short name may be guessed wrong.
    Detect,
}

impl From<UserNames> for UserEncoding {
    fn from(names: UserNames) -> Self {
        match names {
            UserNames::Plain => Self::Plain,
            UserNames::Base64 => Self::Base64,
            UserNames::Detect => Self::Detect,
        }
    }
}

/// The web gate's part of the configuration. Unknown keys are refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Path of the service for requests, without its first slash.
    pub reqmod_service: String,
    /// Path of the service for responses.
    pub respmod_service: String,
    /// Proxies whose word about client and user is taken. From anybody else both stay unknown.
    pub trusted_peers: Vec<IpAddr>,
    /// How they write the user's name.
    pub user_names: UserNames,
    /// Whether Squid opens TLS (ssl-bump). Then a tunnel passes and the requests inside it are
    /// decided; without, the tunnel is all there is and is decided by its host.
    pub tls_opened: bool,
    /// Connections served at once; Squid is told. 4,096: two workers of Squid with 1,000 busy
    /// clients each and as many again idle.
    pub max_connections: u32,
    /// Seconds a request's heads may take to arrive. 10 s: Squid sends them in one piece.
    pub head_within_seconds: u32,
    /// Seconds without a byte of a body, or without room for our answer. 60 s: an uploader's
    /// link may stall, and Squid sends bodies as they come.
    pub body_pause_seconds: u32,
    /// Seconds a connection may rest between requests. 300 s: longer than Squid keeps it.
    pub idle_seconds: u32,
    /// Bytes of what a person sends that are looked through before it goes on; what is beyond them
    /// passes unread, and the rules are told so. 1 MiB: any form, and most documents. A connection
    /// that is sending takes as much memory. 0 looks at no more than a preview.
    pub inspected_bytes: u32,
    /// Minutes a coach page can be answered before it has to be asked for again.
    pub coach_page_minutes: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            reqmod_service: "reqmod".to_owned(),
            respmod_service: "respmod".to_owned(),
            trusted_peers: vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
            user_names: UserNames::default(),
            tls_opened: true,
            max_connections: 4096,
            head_within_seconds: 10,
            body_pause_seconds: 60,
            idle_seconds: 300,
            inspected_bytes: 1 << 20,
            coach_page_minutes: 10,
        }
    }
}

impl Settings {
    pub(crate) fn head_within(&self) -> Duration {
        Duration::from_secs(self.head_within_seconds.into())
    }

    pub(crate) fn body_pause(&self) -> Duration {
        Duration::from_secs(self.body_pause_seconds.into())
    }

    pub(crate) fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds.into())
    }

    /// Whether this peer's word about client and user is taken.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.trusted_peers
            .iter()
            .any(|trusted| trusted.to_canonical() == peer)
    }
}
