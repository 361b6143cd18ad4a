//! `probity.toml`: where things are and how the gates listen.
//!
//! What is decided is the pack's; nothing here can soften a rule.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use desk_gate::tools::May;
use mail_gate::listener::Address;
use register::document::{Council, List};
use register::network::Network;
use serde::{Deserialize, Deserializer};
use web_gate::settings::UserNames;

use crate::calls::CallsConfig;
use crate::console::ConsoleConfig;
use crate::desk::DeskConfig;
use crate::feeds::FeedsConfig;
use crate::lake::LakeConfig;
use crate::mailboxes::MailboxesConfig;
use crate::people::NoticesConfig;
use crate::status::StatusConfig;

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Where the record and what is held live.
    pub(crate) data_dir: PathBuf,
    /// A built-in pack or the folder of one.
    pub(crate) pack: String,
    /// The register file, where there is no `[people]`.
    #[serde(default)]
    pub(crate) register: Option<PathBuf>,
    /// People, their requests and permissions, in a database.
    #[serde(default)]
    pub(crate) people: Option<PeopleConfig>,
    /// The console.
    #[serde(default)]
    pub(crate) console: Option<ConsoleConfig>,
    /// Feeds about people.
    #[serde(default)]
    pub(crate) feeds: FeedsConfig,
    /// How people are told by mail.
    #[serde(default)]
    pub(crate) notices: Option<NoticesConfig>,
    /// Telephone calls.
    #[serde(default)]
    pub(crate) calls: Option<CallsConfig>,
    /// The compiled site lists.
    #[serde(default)]
    pub(crate) categories: Option<PathBuf>,
    /// Files of signatures of malicious code.
    #[serde(default)]
    pub(crate) signatures: Vec<PathBuf>,
    /// The register of known files, where it is not in the data directory.
    #[serde(default)]
    pub(crate) known_files: Option<PathBuf>,
    /// A virus scanner.
    #[serde(default)]
    pub(crate) scanner: Option<ScannerConfig>,
    /// How the record is kept.
    #[serde(default)]
    pub(crate) record: RecordConfig,
    /// Where programs that watch the server reach it.
    #[serde(default)]
    pub(crate) status: Option<StatusConfig>,
    /// The lake the record is taken to.
    #[serde(default)]
    pub(crate) lake: Option<LakeConfig>,
    /// People's mailboxes on an IMAP server.
    #[serde(default)]
    pub(crate) mailboxes: Option<MailboxesConfig>,
    /// The mail gate.
    #[serde(default)]
    pub(crate) mail: Option<MailConfig>,
    /// The web gate.
    #[serde(default)]
    pub(crate) web: Option<WebConfig>,
    /// The desk gate.
    #[serde(default)]
    pub(crate) desk: Option<DeskConfig>,
    /// The phone gate.
    #[serde(default)]
    pub(crate) phone: Option<PhoneConfig>,
}

/// The phone gate. What is known about numbers stands in `[calls]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PhoneConfig {
    /// Where exchanges reach it.
    pub(crate) listen: SocketAddr,
    /// Machines whose questions are answered.
    pub(crate) exchanges: Vec<IpAddr>,
    /// What is dialled before the number of a private call.
    #[serde(default)]
    pub(crate) private_code: Option<String>,
    /// What is dialled before the number of a private call that cannot wait.
    #[serde(default)]
    pub(crate) emergency_code: Option<String>,
}

impl PhoneConfig {
    /// What cannot be used of it.
    fn problems(&self) -> Vec<String> {
        let codes = [
            ("private_code", &self.private_code),
            ("emergency_code", &self.emergency_code),
        ];
        let is_code = |code: &str| {
            let digits = code.strip_prefix('*').unwrap_or_default();
            digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        let wrong = codes.iter().filter_map(|(name, code)| {
            let code = code.as_deref().filter(|code| !is_code(code))?;
            Some(format!(
                "[phone] {name} `{code}` is not a star and two digits, such as *10"
            ))
        });
        let same = (self.private_code.is_some() && self.private_code == self.emergency_code)
            .then(|| "[phone] private_code and emergency_code are the same".to_owned());
        wrong.chain(same).collect()
    }
}

/// People, their requests and permissions, in a database.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeopleConfig {
    /// `sqlite:///folder/file?mode=rwc` or `postgres://user@host/name`.
    pub(crate) database: String,
    /// The council's own addresses and those it knows.
    pub(crate) council: Council,
    /// Distribution lists.
    #[serde(default, rename = "list")]
    pub(crate) lists: Vec<List>,
}

/// A virus scanner that looks at messages and bodies too.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScannerConfig {
    /// Where clamd listens.
    #[serde(deserialize_with = "from_text")]
    pub(crate) clamd: clamd::Address,
    /// How long it may take for one answer.
    #[serde(default = "scanned_within_seconds")]
    pub(crate) within_seconds: u64,
}

/// 10 s: clamd takes well under one for what passes a mail gate, and Postfix waits for 300.
fn scanned_within_seconds() -> u64 {
    10
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
    #[serde(default)]
    pub(crate) inside: Vec<Network>,
    /// The verifier whose Authentication-Results are believed.
    #[serde(default)]
    pub(crate) authserv_id: Option<String>,
    /// Where notices to the council's people are handed in.
    #[serde(default)]
    pub(crate) notices: Option<Notices>,
    /// Where a message waits.
    #[serde(default)]
    pub(crate) holds: Holds,
    /// How mail that must travel encrypted does so.
    #[serde(default)]
    pub(crate) encryption: Encryption,
    /// Largest message looked at.
    #[serde(default = "max_message_bytes")]
    pub(crate) max_message_bytes: usize,
    /// What is remembered of earlier mail.
    #[serde(default)]
    pub(crate) memory: MemoryConfig,
}

/// What is remembered of earlier mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MemoryConfig {
    /// Days it gathers until anybody is a stranger to it.
    pub(crate) trusted_after_days: u32,
    /// Addresses that wrote here, and as many that were written to.
    pub(crate) addresses: usize,
}

impl Default for MemoryConfig {
    fn default() -> Self {
        let limits = correspondence::Limits::default();
        Self {
            trusted_after_days: limits.trusted_after_days,
            addresses: limits.addresses,
        }
    }
}

impl MemoryConfig {
    /// The bounds of the memory.
    pub(crate) fn limits(&self) -> correspondence::Limits {
        correspondence::Limits {
            trusted_after_days: self.trusted_after_days,
            addresses: self.addresses,
            ..correspondence::Limits::default()
        }
    }
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

/// Where a message waits that nobody gets until somebody decides about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Holds {
    /// In its hold queue, for whoever looks after it.
    #[default]
    InTheMailServer,
    /// In the data directory, for those the pack names, on the console.
    Here,
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
    /// How much of a body is looked through.
    #[serde(default = "inspected_bytes")]
    pub(crate) inspected_bytes: u32,
}

fn inspected_bytes() -> u32 {
    web_gate::settings::Settings::default().inspected_bytes
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
    /// It is not of the documented shape, or a value makes no sense.
    #[error("configuration `{path}` is wrong: {}", .problems.join("; "))]
    Wrong {
        /// Which.
        path: PathBuf,
        /// Everything that is wrong.
        problems: Vec<String>,
    },
}

/// Keys of each section; of the file itself first.
const KEYS: [(&str, &[&str]); 23] = [
    (
        "",
        &[
            "data_dir",
            "pack",
            "register",
            "people",
            "console",
            "feeds",
            "calls",
            "notices",
            "categories",
            "signatures",
            "known_files",
            "scanner",
            "record",
            "status",
            "lake",
            "mailboxes",
            "mail",
            "web",
            "desk",
            "phone",
        ],
    ),
    (
        "lake",
        &[
            "store",
            "commit_every_seconds",
            "keep_days",
            "disposal_authorised_by",
            "held_months",
        ],
    ),
    ("mailboxes", &["imap", "password_file", "at"]),
    (
        "mailboxes.imap",
        &[
            "server",
            "authority",
            "account",
            "named_by",
            "folder",
            "keywords",
            "folders",
        ],
    ),
    ("scanner", &["clamd", "within_seconds"]),
    ("people", &["database", "council", "list"]),
    (
        "people.council",
        &[
            "domains",
            "partner_domains",
            "secure_domains",
            "webmail_domains",
            "confidential_routes",
            "spam_desk",
            "scanners",
            "mobile_devices",
        ],
    ),
    (
        "console",
        &["listen", "logo", "look", "proxies", "provider"],
    ),
    (
        "feeds",
        &[
            "hr",
            "clocks",
            "scim",
            "directory",
            "sign_ins",
            "workstations",
        ],
    ),
    ("feeds.hr", &["folder"]),
    ("feeds.clocks", &["folder"]),
    ("feeds.scim", &["address", "audiences"]),
    (
        "feeds.directory",
        &[
            "server",
            "password_file",
            "kind",
            "attributes",
            "audiences",
            "groups",
            "read_at",
        ],
    ),
    ("calls", &["numbers", "tariff", "late_after_hours", "feed"]),
    ("notices", &["server", "from", "console"]),
    (
        "record",
        &[
            "name",
            "web",
            "sync_within_milliseconds",
            "min_free_bytes",
            "seal_every_seconds",
        ],
    ),
    (
        "mail",
        &[
            "listen",
            "inside",
            "authserv_id",
            "notices",
            "holds",
            "encryption",
            "max_message_bytes",
            "memory",
        ],
    ),
    ("status", &["listen"]),
    (
        "desk",
        &["listen", "assets", "page_logs", "guest_networks", "tool"],
    ),
    (
        "phone",
        &["listen", "exchanges", "private_code", "emergency_code"],
    ),
    ("mail.memory", &["trusted_after_days", "addresses"]),
    ("mail.notices", &["server", "from"]),
    (
        "web",
        &[
            "listen",
            "proxies",
            "user_names",
            "tls_opened",
            "inspected_bytes",
        ],
    ),
];

/// Least message size that makes sense: below it ordinary mail would be refused.
const LEAST_MESSAGE_BYTES: usize = 1024 * 1024;

/// Fewest addresses that make sense to remember: below, people one knows are soon forgotten.
const FEWEST_ADDRESSES: usize = 1000;

/// Longest time an entry may stay in memory only.
const MOST_SYNC_MILLISECONDS: u64 = 10_000;

impl Config {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, ReadConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ReadConfigError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text).map_err(|problems| ReadConfigError::Wrong {
            path: path.to_owned(),
            problems,
        })
    }

    /// Reads a text, or says everything that is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, Vec<String>> {
        match Self::examine(text) {
            (Some(config), problems) if problems.is_empty() => Ok(config),
            (_, problems) => Err(problems),
        }
    }

    /// Reads a text as far as it can be read, and says everything that is wrong with it.
    pub(crate) fn examine(text: &str) -> (Option<Self>, Vec<String>) {
        let wrong = |error: toml::de::Error| error.to_string().trim_end().to_owned();
        let mut table: toml::Table = match toml::from_str(text) {
            Ok(table) => table,
            Err(error) => return (None, vec![wrong(error)]),
        };
        let mut problems = Vec::new();
        for (section, keys) in KEYS {
            if let Some(found) = below(&mut table, section) {
                let unknown: Vec<String> = found
                    .keys()
                    .filter(|key| !keys.contains(&key.as_str()))
                    .cloned()
                    .collect();
                for key in unknown {
                    found.remove(&key);
                    let place = if section.is_empty() {
                        "the file"
                    } else {
                        section
                    };
                    problems.push(format!("{place} has a key `{key}` that nothing reads"));
                }
            }
        }
        match table.try_into::<Self>() {
            Ok(config) => {
                problems.extend(config.contradictions());
                (Some(config), problems)
            }
            Err(error) => {
                problems.push(wrong(error));
                (None, problems)
            }
        }
    }

    fn contradictions(&self) -> Vec<String> {
        let record = &self.record;
        let bad_name = record.name.is_empty()
            || record
                .name
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || c == '+');
        let too_small = self
            .mail
            .as_ref()
            .is_some_and(|m| m.max_message_bytes < LEAST_MESSAGE_BYTES);
        let memory = self.mail.iter().map(|mail| &mail.memory);
        let mut memory = memory.map(|memory| (memory.addresses, memory.trusted_after_days));
        let forgetful = memory.clone().any(|(most, _)| most < FEWEST_ADDRESSES);
        let rash = memory.any(|(_, days)| days == 0);
        let holds_here = self.mail.iter().any(|mail| mail.holds == Holds::Here);
        let rows = [
            (
                bad_name,
                "[record] name is empty or has a space or a `+`; use one such as records.council.example/probity",
            ),
            (
                record.seal_every_seconds == 0,
                "[record] seal_every_seconds is 0; use 1 or more",
            ),
            (
                !(1..=MOST_SYNC_MILLISECONDS).contains(&record.sync_within_milliseconds),
                "[record] sync_within_milliseconds is not between 1 and 10000",
            ),
            (
                too_small,
                "[mail] max_message_bytes is below 1 MiB; ordinary mail would be refused",
            ),
            (
                forgetful,
                "[mail.memory] addresses is below 1000; people one knows would soon be strangers",
            ),
            (
                rash,
                "[mail.memory] trusted_after_days is 0; everybody would be a stranger on the first day",
            ),
            (
                self.register.is_some() == self.people.is_some(),
                "people come from one place: name either a register file or [people], not both",
            ),
            (
                self.console.is_some() && self.people.is_none(),
                "[console] needs [people]: it has nothing to show without their database",
            ),
            (
                self.people.is_none() && !self.feeds.is_empty(),
                "[feeds] needs [people]: what feeds bring is kept in their database",
            ),
            (
                self.console.is_none() && self.feeds.scim.is_some(),
                "[feeds.scim] needs [console], which listens for it",
            ),
            (
                holds_here && self.console.is_none(),
                "[mail] holds = \"here\" needs [console], where people decide about held mail",
            ),
            (
                holds_here && self.mail.iter().any(|mail| mail.notices.is_none()),
                "[mail] holds = \"here\" needs [mail.notices]: by that server released mail goes on",
            ),
            (
                self.notices.is_some() && self.people.is_none(),
                "[notices] needs [people]: what people are told is kept in their database",
            ),
            (
                self.mailboxes.is_some() && self.people.is_none(),
                "[mailboxes] needs [people]: whose mailbox is whose is kept in their database",
            ),
            (
                self.mail.is_none()
                    && self.web.is_none()
                    && self.desk.is_none()
                    && self.phone.is_none()
                    && self.calls.is_none()
                    && self.console.is_none(),
                "there is neither [mail] nor [web] nor [desk] nor [phone] nor [calls] nor [console]: nothing to run",
            ),
        ];
        let rows = rows.into_iter().filter(|(holds, _)| *holds);
        let mut problems: Vec<_> = rows.map(|(_, what)| what.to_owned()).collect();
        problems.extend(self.console.iter().flat_map(ConsoleConfig::problems));
        problems.extend(self.desk.iter().flat_map(DeskConfig::problems));
        problems.extend(self.feeds.problems());
        // Any zone will do to try the rest.
        problems.extend(self.calls.iter().flat_map(|calls| calls.problems("UTC")));
        for tool in self.calls.iter().flat_map(CallsConfig::tools) {
            let tools = self.desk.iter().flat_map(|desk| &desk.tools);
            let mut named = tools.filter(|known| known.name == tool);
            if !named.any(|known| known.may.contains(&May::Calls)) {
                problems.push(format!(
                    "[[calls.feed]] `{tool}` needs a [[desk.tool]] of this name with may = [\"calls\"]"
                ));
            }
        }
        problems.extend(self.phone.iter().flat_map(PhoneConfig::problems));
        problems.extend(self.notices.iter().flat_map(NoticesConfig::problems));
        problems.extend(self.mailboxes.iter().filter_map(MailboxesConfig::problems));
        problems.extend(self.lake.iter().flat_map(LakeConfig::problems));
        problems
    }

    /// What `probity init` prints.
    pub(crate) fn example() -> &'static str {
        include_str!("probity.toml")
    }
}

/// The section with this path; the table itself for none.
fn below<'t>(table: &'t mut toml::Table, path: &str) -> Option<&'t mut toml::Table> {
    path.split('.')
        .filter(|name| !name.is_empty())
        .try_fold(table, |table, name| table.get_mut(name)?.as_table_mut())
}
