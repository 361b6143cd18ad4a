//! The connection: bound, with a limit on everything, and what could go wrong in words.

use std::collections::HashMap;
use std::time::Duration;

use ldap3::adapters::{Adapter, EntriesOnly, PagedResults};
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, Scope, SearchEntry};
use serde::{Deserialize, Serialize};

use crate::ldap::mapping::Mapping;
use crate::ldap::reading::Entry;

/// Longest value of an attribute that is kept, in bytes; photographs are not asked for anyway.
const LONGEST_VALUE: usize = 4096;

/// Where the directory is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `ldaps://dc1.council.local`; `ldap://` only on this machine or with `starttls`.
    pub url: String,
    /// Begins in plain text and changes to TLS before anything is said.
    #[serde(default)]
    pub starttls: bool,
    /// The account that reads and writes.
    pub bind_dn: String,
    /// Where people are looked for.
    pub base: String,
    /// Which entries are people.
    pub filter: String,
    /// Entries asked for at a time. Active Directory gives at most 1,000.
    #[serde(default = "Settings::page")]
    pub page_entries: u16,
    /// More entries than this are a wrong base or filter.
    #[serde(default = "Settings::most")]
    pub most_entries: usize,
    /// How long one answer may take.
    #[serde(default = "Settings::within")]
    pub answer_within_seconds: u64,
}

impl Settings {
    fn page() -> u16 {
        500
    }

    fn most() -> usize {
        200_000
    }

    fn within() -> u64 {
        30
    }
}

/// Why the directory could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// It would send the password, and people's data, in plain text.
    #[error("`{0}` is not encrypted; write ldaps:// or set starttls")]
    PlainText(String),
    /// It cannot be reached, or does not answer in time.
    #[error("the directory cannot be reached at `{url}`")]
    Unreachable {
        /// Where.
        url: String,
        /// What went wrong.
        #[source]
        source: LdapError,
    },
    /// The account or its password is wrong.
    #[error("the directory does not admit `{0}`; check the account and its password")]
    NotAdmitted(String),
    /// It answered with an error, or with what is no answer.
    #[error("the directory refuses to be read")]
    Refused(#[source] LdapError),
    /// What it sent is not LDAP.
    #[error("what the directory sends cannot be understood")]
    NotUnderstood,
    /// More than there should be.
    #[error(
        "there are more than {0} entries; narrow the base or the filter, or raise most_entries"
    )]
    TooMany(usize),
}

/// An open, bound connection.
#[derive(Debug)]
pub struct Connection {
    ldap: Ldap,
    settings: Settings,
}

impl Connection {
    /// Connects and binds.
    pub async fn open(settings: &Settings, password: &str) -> Result<Self, DirectoryError> {
        let url = settings.url.to_ascii_lowercase();
        let host = url
            .strip_prefix("ldap://")
            .map(|rest| rest.split([':', '/']).next());
        let is_here = host.is_some_and(|host| matches!(host, Some("127.0.0.1" | "localhost")));
        if !url.starts_with("ldaps://")
            && !url.starts_with("ldapi://")
            && !settings.starttls
            && !is_here
        {
            return Err(DirectoryError::PlainText(settings.url.clone()));
        }
        let unreachable = |source| DirectoryError::Unreachable {
            url: settings.url.clone(),
            source,
        };
        let how = LdapConnSettings::new()
            .set_conn_timeout(settings.within_seconds())
            .set_starttls(settings.starttls);
        let (driver, mut ldap) = LdapConnAsync::with_settings(how, &settings.url)
            .await
            .map_err(unreachable)?;
        ldap3::drive!(driver);
        ldap.with_timeout(settings.within_seconds());
        let bound = ldap
            .simple_bind(&settings.bind_dn, password)
            .await
            .map_err(unreachable)?;
        bound
            .success()
            .map_err(|_| DirectoryError::NotAdmitted(settings.bind_dn.clone()))?;
        Ok(Self {
            ldap,
            settings: settings.clone(),
        })
    }

    /// Every entry that is a person, a page at a time.
    pub async fn people(&self, mapping: &Mapping) -> Result<Vec<Entry>, DirectoryError> {
        self.search(&self.settings.filter, mapping).await
    }

    /// The entry with a key, if there is one.
    pub async fn find(
        &self,
        key: &str,
        mapping: &Mapping,
    ) -> Result<Option<Entry>, DirectoryError> {
        Ok(self
            .search(&mapping.find(key), mapping)
            .await?
            .into_iter()
            .next())
    }

    async fn search(&self, filter: &str, mapping: &Mapping) -> Result<Vec<Entry>, DirectoryError> {
        let (ldap, settings, filter) =
            (self.ldap.clone(), self.settings.clone(), filter.to_owned());
        let attributes: Vec<_> = mapping
            .attributes()
            .into_iter()
            .map(str::to_owned)
            .collect();
        // The library ends a task over bytes that are no entry; a task of its own keeps that here.
        tokio::spawn(gather(ldap, settings, filter, attributes))
            .await
            .map_err(|_| DirectoryError::NotUnderstood)?
    }

    pub(super) fn ldap(&mut self) -> &mut Ldap {
        self.ldap.with_timeout(self.settings.within_seconds());
        &mut self.ldap
    }

    /// Ends it. The directory would notice by itself, later.
    pub async fn close(mut self) {
        let _gone = self.ldap.unbind().await;
    }
}

impl Settings {
    fn within_seconds(&self) -> Duration {
        Duration::from_secs(self.answer_within_seconds)
    }
}

async fn gather(
    mut ldap: Ldap,
    settings: Settings,
    filter: String,
    attributes: Vec<String>,
) -> Result<Vec<Entry>, DirectoryError> {
    let failed = DirectoryError::Refused;
    let page = i32::from(settings.page_entries.clamp(1, 1000));
    let adapters: Vec<Box<dyn Adapter<_, _>>> = vec![
        Box::new(EntriesOnly::new()),
        Box::new(PagedResults::new(page)),
    ];
    ldap.with_timeout(settings.within_seconds());
    let search = ldap.streaming_search_with(
        adapters,
        &settings.base,
        Scope::Subtree,
        &filter,
        attributes,
    );
    let mut search = search.await.map_err(failed)?;
    let mut entries = Vec::new();
    while let Some(entry) = search.next().await.map_err(failed)? {
        if entries.len() == settings.most_entries {
            return Err(DirectoryError::TooMany(settings.most_entries));
        }
        entries.push(entry_of(SearchEntry::construct(entry)));
    }
    search.finish().await.success().map_err(failed)?;
    Ok(entries)
}

fn entry_of(entry: SearchEntry) -> Entry {
    let mut values: HashMap<String, Vec<Vec<u8>>> = HashMap::new();
    let texts = entry.attrs.into_iter().map(|(name, values)| {
        (
            name,
            values
                .into_iter()
                .map(String::into_bytes)
                .collect::<Vec<_>>(),
        )
    });
    for (name, found) in texts.chain(entry.bin_attrs) {
        let found = found
            .into_iter()
            .filter(|value| value.len() <= LONGEST_VALUE);
        values.entry(name.to_lowercase()).or_default().extend(found);
    }
    Entry {
        dn: entry.dn,
        values,
    }
}
