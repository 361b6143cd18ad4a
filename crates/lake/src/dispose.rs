//! Retention: whole partitions go, and a certificate of it stands on the record.
//!
//! 1. One manifest says what is disposed of; from then on nobody sees it.
//! 2. The certificate is recorded.
//! 3. Files go, and the keys of months that have no file left.
//! 4. That it was done is recorded.
//! 5. A manifest ends it.
//!
//! Killed anywhere, [`Lake::finish_disposal`] goes on from there: the record is asked which of both
//! entries it holds already, so each stands there once.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::LakeError;
use crate::manifest::{Disposing, FileMeta};
use crate::partition::{Day, Kind, Month};
use crate::state::{Change, Lake, attempt};

/// Files of one certificate, give or take those of a month: the manifest holds their names meanwhile.
const MOST_FILES: usize = 4096;

/// What is to go, and on whose word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What it is called, such as `keep-days:90`.
    pub name: String,
    /// Who answers for it.
    pub authoriser: String,
    /// Everything that happened before this day.
    pub before: Day,
    /// Months of which nothing goes, as a hold is on them.
    pub held: Vec<Month>,
}

/// What goes of one kind in one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DisposedPart {
    /// The kind of events.
    pub kind: Kind,
    /// The month.
    pub month: Month,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Partitions, one for each day.
    pub partitions: u64,
    /// Entries of the record they held.
    pub entries: u64,
    /// The first of these entries.
    pub first_entry: u64,
    /// The last; some between may be elsewhere.
    pub last_entry: u64,
    /// Bytes.
    pub bytes: u64,
}

/// What stands on the record of a disposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Certificate {
    /// What it is known by.
    pub certificate: String,
    /// What was disposed of: `lake`.
    pub of_store: &'static str,
    /// By which rule.
    pub rule: String,
    /// On whose word.
    pub authoriser: String,
    /// Everything before this day.
    pub before: String,
    /// What it was.
    pub parts: Vec<DisposedPart>,
    /// Months whose keys are destroyed with it.
    pub keys_destroyed: Vec<Month>,
}

/// The record, as far as a disposal needs it.
pub trait Records {
    /// Why it cannot be read or written.
    type Error;

    /// The entry after the last.
    fn next(&self) -> u64;

    /// The entry of this certificate, among those from one on.
    fn find(&self, certificate: &str, from: u64) -> Result<Option<u64>, Self::Error>;

    /// Whether it says already that this entry was carried out.
    fn is_carried_out(&self, entry: u64) -> Result<bool, Self::Error>;

    /// Records a certificate, on the disk when this returns, and gives its entry.
    fn certify(&mut self, certificate: &Certificate) -> Result<u64, Self::Error>;

    /// Records that it was carried out, on the disk when this returns.
    fn carried_out(&mut self, entry: u64) -> Result<(), Self::Error>;
}

/// Why nothing, or not everything, was disposed of. What is left is done the next time.
#[derive(Debug, thiserror::Error)]
pub enum DisposeError<E: std::error::Error + 'static> {
    /// The lake could not be changed.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// The record could not be asked or written.
    #[error("a disposal cannot be recorded")]
    Record(#[source] E),
}

impl Lake {
    /// What a rule would dispose of now; nothing is changed.
    pub async fn would_dispose(&self, rule: &Rule) -> Result<Option<Certificate>, LakeError> {
        let begun = self.begin_disposal(rule, 0, usize::MAX).await?;
        Ok(begun.map(|disposing| certificate(&disposing)))
    }

    async fn begin_disposal(
        &self,
        rule: &Rule,
        from: u64,
        most: usize,
    ) -> Result<Option<Disposing>, LakeError> {
        let (mut files, mut keys) = (Vec::new(), Vec::new());
        let months = self.root().months.keys().copied();
        for month in months.filter(|month| !rule.held.contains(month)) {
            let of_month = self.month(month).await?.files;
            let (go, stay): (Vec<_>, Vec<_>) = of_month
                .into_iter()
                .partition(|file| file.day < rule.before);
            if stay.is_empty() && !go.is_empty() {
                keys.push(month);
            }
            files.extend(go);
            if files.len() >= most {
                break;
            }
        }
        if files.is_empty() {
            return Ok(None);
        }
        Ok(Some(Disposing {
            certificate: attempt()?,
            from_entry: from,
            rule: rule.name.clone(),
            authoriser: rule.authoriser.clone(),
            before: rule.before,
            files,
            keys,
        }))
    }

    /// Disposes of what a rule says, after what was begun before. Gives the certificates.
    pub async fn dispose<R: Records<Error: std::error::Error + 'static>>(
        &mut self,
        rule: &Rule,
        record: &mut R,
    ) -> Result<Vec<Certificate>, DisposeError<R::Error>> {
        let mut done: Vec<_> = self.finish_disposal(record).await?.into_iter().collect();
        while let Some(disposing) = self.begin_disposal(rule, record.next(), MOST_FILES).await? {
            let change = Change {
                remove: disposing.files.clone(),
                disposing: Some(disposing),
                ..Change::default()
            };
            self.commit(change).await?;
            done.extend(self.finish_disposal(record).await?);
        }
        Ok(done)
    }

    /// Ends a disposal that was begun, if one was.
    pub async fn finish_disposal<R: Records<Error: std::error::Error + 'static>>(
        &mut self,
        record: &mut R,
    ) -> Result<Option<Certificate>, DisposeError<R::Error>> {
        let Some(disposing) = self.root().disposing.clone() else {
            return Ok(None);
        };
        let certificate = certificate(&disposing);
        let recorded = record.find(&disposing.certificate, disposing.from_entry);
        let entry = match recorded.map_err(DisposeError::Record)? {
            Some(entry) => entry,
            None => record.certify(&certificate).map_err(DisposeError::Record)?,
        };
        for file in &disposing.files {
            self.store().delete(&file.sealed_path()).await?;
            self.store().delete(&file.path).await?;
        }
        for month in &disposing.keys {
            // Something of that month may have come late meanwhile.
            if !self.root().months.contains_key(month) {
                self.keys().destroy(*month)?;
            }
        }
        if !record.is_carried_out(entry).map_err(DisposeError::Record)? {
            record.carried_out(entry).map_err(DisposeError::Record)?;
        }
        let change = Change {
            disposed: true,
            ..Change::default()
        };
        self.commit(change).await?;
        Ok(Some(certificate))
    }
}

fn certificate(disposing: &Disposing) -> Certificate {
    let mut parts: BTreeMap<(&Kind, Month), Vec<&FileMeta>> = BTreeMap::new();
    for file in &disposing.files {
        let part = parts.entry((&file.kind, file.day.month())).or_default();
        part.push(file);
    }
    let parts = parts.into_iter().map(|((kind, month), files)| {
        let days: std::collections::BTreeSet<Day> = files.iter().map(|file| file.day).collect();
        let day = |day: Option<&Day>| day.map_or(String::new(), Day::to_string);
        DisposedPart {
            kind: kind.clone(),
            month,
            from: day(days.first()),
            to: day(days.last()),
            partitions: days.len() as u64,
            entries: files.iter().map(|file| file.entries).sum(),
            first_entry: files
                .iter()
                .map(|file| file.first)
                .min()
                .unwrap_or_default(),
            last_entry: files.iter().map(|file| file.last).max().unwrap_or_default(),
            bytes: files.iter().map(|file| file.bytes()).sum(),
        }
    });
    Certificate {
        certificate: disposing.certificate.clone(),
        of_store: "lake",
        rule: disposing.rule.clone(),
        authoriser: disposing.authoriser.clone(),
        before: disposing.before.to_string(),
        parts: parts.collect(),
        keys_destroyed: disposing.keys.clone(),
    }
}
