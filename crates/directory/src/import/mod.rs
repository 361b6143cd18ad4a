//! Feeds into the register: the dry run, the import, and how far it is.
//!
//! Reading and planning block and go on in a thread of their own; each batch it plans is kept in
//! one transaction. Whatever ends an import half way, doing it again finishes it.

pub mod clocks;
pub mod hr;
pub mod ldap;
pub mod whole;

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use matters::id::PersonId;
use register_store::feeds::{Batch, Counts, RunStatus};
use register_store::{Store, StoreError};
use serde_json::Value;

use crate::plan::known::Linked;
use crate::plan::{Kind, Plan};
use crate::quarantine::Quarantined;
use crate::sheet::SheetError;

/// Changes kept in one transaction: a second at most, so that others get their turn, and few enough of
/// them that copying the image for each does not count.
const BATCH: usize = 2000;
/// Version of the readers, kept with each run: what they make of a file may change.
pub const READER: u32 = 1;

/// Takes feeds into a register.
#[derive(Debug, Clone)]
pub struct Importer {
    store: Store,
    zone: TimeZone,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows gone through, of all there are.
    pub rows: u64,
    /// Rows there are, those set aside included.
    pub of: u64,
}

/// What came of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// The run it was; a dry run is none.
    pub run: Option<i64>,
    /// What came of its rows.
    pub counts: Counts,
}

/// Why a feed could not be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read at all. Nothing was taken from it.
    #[error("the feed cannot be read")]
    Sheet(#[from] SheetError),
    /// The register could not keep a part. What was kept before it stands; import again.
    #[error("the register could not keep a part of it; import it again")]
    Store(#[from] StoreError),
    /// The pack names a zone nobody knows.
    #[error("the pack's time zone `{0}` is not known")]
    Zone(String),
    /// The reader ended before its time.
    #[error("the reader of the feed ended before its time; import it again")]
    Ended,
}

impl Importer {
    /// Into this register, by its pack's zone and audiences.
    pub fn new(store: &Store) -> Result<Self, ImportError> {
        let name = store.image().pack().settings().zone.clone();
        let zone = TimeZone::get(&name).map_err(|_| ImportError::Zone(name))?;
        Ok(Self {
            store: store.clone(),
            zone,
        })
    }

    /// Audiences people can have.
    fn audiences(&self) -> Vec<String> {
        let image = self.store.image();
        image.pack().settings().audiences.keys().cloned().collect()
    }

    fn today(&self, now: Timestamp) -> Date {
        now.to_zoned(self.zone.clone()).date()
    }

    /// First moment without services of somebody whose last day this is.
    fn end_of(&self, day: Date) -> Option<Timestamp> {
        let after = day.tomorrow().ok()?;
        let start = after.to_zoned(self.zone.clone()).ok()?;
        Some(start.timestamp())
    }

    /// Who is withdrawn, or is to be, and the last day that means.
    async fn leaving(&self) -> Result<HashMap<PersonId, Date>, StoreError> {
        let leavers = self.store.leavers().await?;
        let days = leavers.into_iter().filter_map(|(person, from)| {
            let first_without = from.to_zoned(self.zone.clone());
            // A withdrawal within a day leaves that day the last.
            let before = first_without
                .timestamp()
                .checked_sub(jiff::SignedDuration::from_nanos(1));
            Some((person, before.ok()?.to_zoned(self.zone.clone()).date()))
        });
        Ok(days.collect())
    }

    async fn links(&self, feed: &str) -> Result<HashMap<String, Linked>, StoreError> {
        let links = self.store.links(feed).await?;
        let links = links.into_iter().map(|kept| {
            let account = Some(kept.link.account).filter(|account| !account.is_empty());
            (
                kept.link.key,
                Linked {
                    person: kept.link.person,
                    account,
                },
            )
        });
        Ok(links.collect())
    }

    fn batch(&self, plan: Plan) -> Batch {
        let counts = counts(&plan);
        let leaving = plan
            .changes
            .iter()
            .filter_map(|change| Some((change.after.id.clone(), self.end_of(change.leaves?)?)));
        Batch {
            leaving: leaving.collect(),
            units: plan.units,
            people: plan
                .changes
                .into_iter()
                .map(|change| change.after)
                .collect(),
            links: Vec::new(),
            quarantined: values(&plan.quarantined),
            counts,
        }
    }

    /// Ends a run as it went.
    async fn finish(
        &self,
        run: i64,
        went: Result<Counts, ImportError>,
        at: Timestamp,
    ) -> Result<Imported, ImportError> {
        match went {
            Ok(counts) => {
                self.store.finish_run(run, RunStatus::Done, at).await?;
                Ok(Imported {
                    run: Some(run),
                    counts,
                })
            }
            Err(error) => {
                // Why it failed matters more than that this could not be noted either.
                let _noted = self.store.finish_run(run, RunStatus::Failed, at).await;
                Err(error)
            }
        }
    }
}

/// What would come of a plan.
pub fn counts(plan: &Plan) -> Counts {
    let is_new = |kind| matches!(kind, Kind::Joins | Kind::Rejoins);
    let added = plan
        .changes
        .iter()
        .filter(|change| is_new(change.kind))
        .count() as u64;
    let leaving = plan
        .changes
        .iter()
        .filter(|change| change.leaves.is_some())
        .count() as u64;
    Counts {
        added,
        changed: plan.changes.len() as u64 - added,
        leaving,
        unchanged: plan.unchanged,
        repeated: plan.repeated,
        quarantined: plan.quarantined.len() as u64,
    }
}

fn values(quarantined: &[Quarantined]) -> Vec<Value> {
    // A struct of texts and numbers is always JSON.
    quarantined
        .iter()
        .filter_map(|aside| serde_json::to_value(aside).ok())
        .collect()
}
