//! A whole directory, once a night or when asked: read, kept, taken in, and compared with requests.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use matters::id::PersonId;
use register_store::feeds::RunStatus;
use register_store::{Fact, StoreError};

use super::ldap::{DirectoryPlan, FEED};
use super::{ImportError, Imported, Importer, READER};
use crate::connector::{Connector, has_ceased};
use crate::ldap::connection::{Connection, DirectoryError};
use crate::ldap::reading::{self, Entry};
use crate::ldif;
use crate::raw_files::{KeepError, RawFiles};
use crate::reconcile::{Access, Difference, reconcile};

/// What came of a directory.
#[derive(Debug)]
pub struct TakenIn {
    /// Its people.
    pub imported: Imported,
    /// Where accounts and requests do not agree.
    pub differences: Vec<Difference>,
}

/// Why a directory was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum TakeInError {
    /// It could not be read.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// What was read could not be kept.
    #[error(transparent)]
    Keep(#[from] KeepError),
    /// Whoever keeps it ended before its time.
    #[error("what was read could not be kept; try again")]
    Ended(#[from] tokio::task::JoinError),
    /// The register could not take it.
    #[error(transparent)]
    Import(#[from] ImportError),
}

impl From<StoreError> for TakeInError {
    fn from(error: StoreError) -> Self {
        Self::Import(error.into())
    }
}

impl Importer {
    /// What a directory would change.
    pub async fn plan_from(
        &self,
        connector: &Connector,
        now: Timestamp,
    ) -> Result<DirectoryPlan, TakeInError> {
        let entries = read(connector).await?;
        Ok(self
            .plan_directory(&entries, &connector.mapping, now)
            .await?)
    }

    /// Reads a directory whole, keeps what it said, takes it in and compares accounts with requests.
    pub async fn take_in(
        &self,
        connector: &Connector,
        raw: &RawFiles,
        now: Timestamp,
    ) -> Result<TakenIn, TakeInError> {
        let entries = match read(connector).await {
            Ok(entries) => entries,
            Err(error) => {
                self.note_unread(now).await?;
                return Err(error.into());
            }
        };
        let (files, text) = (raw.clone(), ldif::of(&entries));
        let kept = tokio::task::spawn_blocking(move || files.keep(text.as_bytes())).await??;
        let imported = self
            .import_directory(&entries, &connector.mapping, &kept.sha256, now)
            .await?;
        let differences = self.compare(connector, &entries).await?;
        let values: Vec<_> = differences
            .iter()
            // A struct of texts is always JSON.
            .filter_map(|difference| serde_json::to_value(difference).ok())
            .collect();
        let compared = entries.len() as u64;
        self.store
            .keep_comparison(&values, compared, &kept.sha256, now)
            .await?;
        Ok(TakenIn {
            imported,
            differences,
        })
    }

    /// Among the runs it stands once that the directory cannot be read, however often it is tried.
    async fn note_unread(&self, now: Timestamp) -> Result<(), StoreError> {
        let last = self.store.runs(Some(FEED), 1).await?;
        if last
            .first()
            .is_none_or(|run| run.status != RunStatus::Failed)
        {
            let run = self.store.begin_run(FEED, "", READER, now).await?;
            self.store.finish_run(run, RunStatus::Failed, now).await?;
        }
        Ok(())
    }

    async fn compare(
        &self,
        connector: &Connector,
        entries: &[Entry],
    ) -> Result<Vec<Difference>, StoreError> {
        let (accounts, _) = reading::read(entries, &connector.mapping);
        let links = self.store.links(FEED).await?;
        let people = links
            .into_iter()
            .map(|kept| (kept.link.key, kept.link.person));
        let groups: &BTreeMap<String, String> = &connector.groups;
        Ok(reconcile(
            &accounts,
            &people.collect(),
            &self.access(),
            groups,
        ))
    }

    /// What everybody may use, according to the requests.
    fn access(&self) -> HashMap<PersonId, Access> {
        let image = self.store.image();
        let people = image.people().all().map(|person| {
            let granted = image.facts(&person.id).filter_map(|(_, fact)| match fact {
                Fact::Granted(services) => Some(services.iter().cloned()),
                _ => None,
            });
            let access = Access {
                active: granted.flatten().collect(),
                is_withdrawn: has_ceased(&person.id, &image),
            };
            (person.id.clone(), access)
        });
        people.collect()
    }
}

async fn read(connector: &Connector) -> Result<Vec<Entry>, DirectoryError> {
    let connection = Connection::open(&connector.settings, &connector.password).await?;
    let entries = connection.people(&connector.mapping).await;
    connection.close().await;
    entries
}
