//! `probity.toml`: where things are and how the gates listen.
//!
//! What is decided is the pack's; nothing here can soften a rule.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use mail_gate::listener::Address;
use mail_gate::network::Network;
use serde::{Deserialize, Deserializer};
use web_gate::settings::UserNames;

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Where the record and what is held live.
    pub(crate) data_dir: PathBuf,
    /// A built-in pack or the folder of one.
    pub(crate) pack: String,
    /// The register file.
    pub(crate) register: PathBuf,
    /// The compiled site lists.
    #[serde(default)]
    pub(crate) categories: Option<PathBuf>,
    /// How the record is kept.
    #[serde(default)]
    pub(crate) record: RecordConfig,
    /// The mail gate.
    #[serde(default)]
    pub(crate) mail: Option<MailConfig>,
    /// The web gate.
    #[serde(default)]
    pub(crate) web: Option<WebConfig>,
}

/// How the record is kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RecordConfig {
    /// Name of the record in its checkpoints.
    pub(crate) name: String,
    /// Whether a page waits for the disk.
    pub(crate) web: WebRecord,
    /// How long an entry may be in memory only.
    pub(crate) sync_within_milliseconds: u64,
    /// Free space below which nothing new is accepted.
    pub(crate) min_free_bytes: u64,
    /// Longest time between two signed checkpoints.
    pub(crate) seal_every_seconds: u64,
}

/// Whether a page waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum WebRecord {
    /// Survives the death of the process at once.
    Written,
    /// Survives a power cut.
    Synced,
}

impl Default for RecordConfig {
    fn default() -> Self {
        Self {
            name: "probity.invalid/record".to_owned(),
            web: WebRecord::Written,
            sync_within_milliseconds: 50,
            min_free_bytes: 256 * 1024 * 1024,
            seal_every_seconds: 60,
        }
    }
}

/// The mail gate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailConfig {
    /// Where Postfix reaches it.
    #[serde(deserialize_with = "from_text")]
    pub(crate) listen: Address,
    /// Networks of the council's own machines, whose mail counts as sent from inside.
    #[serde(default, deserialize_with = "networks")]
    pub(crate) inside: Vec<Network>,
    /// The verifier whose Authentication-Results are believed.
    #[serde(default)]
    pub(crate) authserv_id: Option<String>,
    /// Where notices to the council's people are handed in.
    #[serde(default)]
    pub(crate) notices: Option<Notices>,
    /// How mail that must travel encrypted does so.
    #[serde(default)]
    pub(crate) encryption: Encryption,
    /// Largest message looked at.
    #[serde(default = "max_message_bytes")]
    pub(crate) max_message_bytes: usize,
}

/// Where notices to the council's people are handed in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Notices {
    /// An SMTP server without this gate in front.
    pub(crate) server: SocketAddr,
    /// The From header.
    pub(crate) from: String,
}

/// How mail that must travel encrypted does so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Encryption {
    /// There is no such route: it is held.
    #[default]
    Hold,
    /// Marked by a header that the MTA routes by.
    ByHeader,
}

fn max_message_bytes() -> usize {
    50 * 1024 * 1024
}

/// The web gate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebConfig {
    /// Where Squid reaches it.
    pub(crate) listen: SocketAddr,
    /// Proxies whose word about client and user is believed.
    pub(crate) proxies: Vec<IpAddr>,
    /// How they encode user names.
    #[serde(default)]
    pub(crate) user_names: UserNames,
    /// The proxy opens TLS (ssl-bump), so that a page inside a tunnel can be answered.
    #[serde(default = "yes")]
    pub(crate) tls_opened: bool,
}

fn yes() -> bool {
    true
}

/// Reads a value written as text by its own rules.
fn from_text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: std::fmt::Display>,
{
    String::deserialize(deserializer)?
        .parse()
        .map_err(serde::de::Error::custom)
}

fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Network>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts
        .iter()
        .map(|text| text.parse().map_err(serde::de::Error::custom))
        .collect()
}

/// Why a configuration was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadConfigError {
    /// It cannot be opened.
    #[error("cannot read configuration `{path}`; `probity init` prints one to start from")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is not of the documented shape.
    #[error("configuration `{path}` is wrong: {why}")]
    Wrong {
        /// Which.
        path: PathBuf,
        /// Where and what.
        why: String,
    },
}

impl Config {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, ReadConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ReadConfigError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text).map_err(|why| ReadConfigError::Wrong {
            path: path.to_owned(),
            why,
        })
    }

    /// Reads a text.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())
    }

    /// What `probity init` prints.
    pub(crate) fn example() -> &'static str {
        include_str!("probity.toml")
    }
}
