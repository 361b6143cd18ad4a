//! The lake as it stands: the manifest it was opened at, and the one way in which it changes.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::LakeError;
use crate::keys::{Keys, fill_randomly};
use crate::manifest::{Disposing, FORM, FileMeta, MonthFiles, MonthRef, Part, Root};
use crate::partition::{Kind, Month};
use crate::store::Store;

/// Folder of manifests.
const MANIFEST: &str = "manifest";

/// How long an object that no manifest names stays: whoever reads may have begun with an earlier one.
pub(crate) const GRACE: Duration = Duration::from_secs(3600);

/// The lake, at one manifest.
#[derive(Debug)]
pub struct Lake {
    store: Store,
    keys: Keys,
    root: Root,
}

/// What changes in one step.
#[derive(Debug, Default)]
pub(crate) struct Change {
    pub(crate) add: Vec<FileMeta>,
    pub(crate) remove: Vec<FileMeta>,
    /// The new watermark: the next entry, and the leaf hash of the one before.
    pub(crate) taken: Option<(u64, String)>,
    pub(crate) disposing: Option<Disposing>,
    /// The disposal under way is ended.
    pub(crate) disposed: bool,
}

/// How much there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The record it is filled from.
    pub record: String,
    /// Entries before this one were taken.
    pub next: u64,
    /// Changes so far.
    pub sequence: u64,
    /// Entries disposed of.
    pub disposed_entries: u64,
    /// Whether a disposal waits to be ended.
    pub disposal_under_way: bool,
    /// Each month.
    pub months: BTreeMap<String, MonthStatus>,
}

/// How much there is of a month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MonthStatus {
    /// Each kind of event.
    pub kinds: BTreeMap<String, KindStatus>,
}

/// How much there is of a kind in a month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct KindStatus {
    /// Days with files.
    pub days: u64,
    /// Files, each with its sealed one.
    pub files: u64,
    /// Rows.
    pub rows: u64,
    /// Bytes that lie open.
    pub open_bytes: u64,
    /// Bytes that are sealed.
    pub sealed_bytes: u64,
}

impl Lake {
    /// Opens the lake at its last manifest; an empty one where there is none yet.
    pub async fn open(store: Store, keys: Keys, record: &str) -> Result<Self, LakeError> {
        let root = last_root(&store).await?.unwrap_or_else(|| Root {
            form: FORM,
            sequence: 0,
            record: record.to_owned(),
            next: 0,
            last_leaf: String::new(),
            disposed_entries: 0,
            months: BTreeMap::new(),
            disposing: None,
        });
        if root.record != record {
            return Err(LakeError::OtherName {
                found: root.record,
                wanted: record.to_owned(),
            });
        }
        Ok(Self { store, keys, root })
    }

    /// Opens a lake that is there, whichever record it is of; nothing where there is none.
    pub async fn open_any(store: Store, keys: Keys) -> Result<Option<Self>, LakeError> {
        let root = last_root(&store).await?;
        Ok(root.map(|root| Self { store, keys, root }))
    }

    /// The same lake at the last manifest there is now.
    pub async fn refresh(&mut self) -> Result<(), LakeError> {
        if let Some(root) = last_root(&self.store).await? {
            self.root = root;
        }
        Ok(())
    }

    /// The manifest it stands at.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// Where it lies.
    pub fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The files of a month.
    pub async fn month(&self, month: Month) -> Result<MonthFiles, LakeError> {
        match self.root.months.get(&month) {
            None => Ok(MonthFiles::default()),
            Some(said) => {
                let bytes = self.store.read(&said.object).await?;
                if Part::of(&bytes) != said.part {
                    return Err(LakeError::damaged(&said.object, "it was changed"));
                }
                parse(&said.object, &bytes)
            }
        }
    }

    /// How much there is.
    pub async fn status(&self) -> Result<Status, LakeError> {
        let mut months = BTreeMap::new();
        for month in self.root.months.keys() {
            let mut status = MonthStatus::default();
            let mut days: HashSet<(Kind, _)> = HashSet::new();
            for file in self.month(*month).await?.files {
                let kind = status.kinds.entry(file.kind.to_string()).or_default();
                kind.days += u64::from(days.insert((file.kind.clone(), file.day)));
                kind.files += 1;
                kind.rows += file.rows;
                kind.open_bytes += file.open.bytes;
                kind.sealed_bytes += file.sealed.bytes;
            }
            months.insert(month.to_string(), status);
        }
        Ok(Status {
            record: self.root.record.clone(),
            next: self.root.next,
            sequence: self.root.sequence,
            disposed_entries: self.root.disposed_entries,
            disposal_under_way: self.root.disposing.is_some(),
            months,
        })
    }

    /// Makes a change, whole or not at all. Files that are added are written already.
    pub(crate) async fn commit(&mut self, change: Change) -> Result<(), LakeError> {
        let mut root = self.root.clone();
        root.sequence += 1;
        if let Some((next, last_leaf)) = change.taken {
            (root.next, root.last_leaf) = (next, last_leaf);
        }
        if let Some(ended) = root.disposing.take_if(|_| change.disposed) {
            root.disposed_entries += ended.files.iter().map(|file| file.entries).sum::<u64>();
        }
        if change.disposing.is_some() {
            root.disposing = change.disposing;
        }
        let removed: HashSet<&str> = change.remove.iter().map(|file| &*file.path).collect();
        let touched = change.add.iter().chain(&change.remove);
        let touched: BTreeSet<Month> = touched.map(|file| file.day.month()).collect();
        let mut written: Vec<String> = change.add.iter().map(|file| file.path.clone()).collect();
        for month in touched {
            let mut files = self.month(month).await?.files;
            files.retain(|file| !removed.contains(&*file.path));
            let added = change.add.iter().filter(|file| file.day.month() == month);
            files.extend(added.cloned());
            if let Some(first) = files.first()
                && files.iter().any(|file| file.key != first.key)
            {
                return Err(LakeError::OtherKey { month });
            }
            files.sort_by(|a, b| a.path.cmp(&b.path));
            let (object, said) = self.write_month(month, root.sequence, &files).await?;
            written.push(object);
            match files.is_empty() {
                true => root.months.remove(&month),
                false => root.months.insert(month, said),
            };
        }
        self.store.settle(written.iter().map(String::as_str))?;
        let object = format!("{MANIFEST}/{:020}.json", root.sequence);
        match self.store.create(&object, serde_json::to_vec(&root)?).await {
            Err(LakeError::Store(object_store::Error::AlreadyExists { .. })) => {
                return Err(LakeError::Overtaken);
            }
            created => created?,
        }
        self.store.settle([&*object].into_iter())?;
        self.root = root;
        Ok(())
    }

    async fn write_month(
        &self,
        month: Month,
        sequence: u64,
        files: &[FileMeta],
    ) -> Result<(String, MonthRef), LakeError> {
        let object = format!("{MANIFEST}/{month}/{sequence:020}-{}.json", attempt()?);
        let files = MonthFiles {
            files: files.to_vec(),
        };
        let bytes = serde_json::to_vec(&files)?;
        let said = files.sums(object.clone(), Part::of(&bytes));
        self.store.create(&object, bytes).await?;
        Ok((object, said))
    }

    /// Takes away objects that no manifest names and that are older than an hour: what was replaced,
    /// and what a process left behind that died. Says how many.
    pub async fn sweep(&self, now: SystemTime) -> Result<u64, LakeError> {
        let mut named: HashSet<String> = HashSet::new();
        named.insert(format!("{MANIFEST}/{:020}.json", self.root.sequence));
        for (month, said) in &self.root.months {
            named.insert(said.object.clone());
            for file in self.month(*month).await?.files {
                named.insert(file.sealed_path());
                named.insert(file.path);
            }
        }
        let mut stale = Vec::new();
        let limit = now.checked_sub(GRACE).unwrap_or(SystemTime::UNIX_EPOCH);
        self.store
            .each(|object| {
                if !named.contains(&object.path) && object.written_at <= limit {
                    stale.push(object.path);
                }
            })
            .await?;
        for path in &stale {
            self.store.delete(path).await?;
        }
        Ok(stale.len() as u64)
    }
}

/// A word that tells the files of one attempt from those of every other.
pub(crate) fn attempt() -> Result<String, LakeError> {
    let mut draw = [0; 8];
    fill_randomly(&mut draw).map_err(LakeError::file("the system's randomness"))?;
    Ok(data_encoding::HEXLOWER.encode(&draw))
}

async fn last_root(store: &Store) -> Result<Option<Root>, LakeError> {
    let listed = store.below(MANIFEST).await?;
    let roots = listed.into_iter().map(|object| object.path);
    let Some(last) = roots.filter(|path| path.ends_with(".json")).max() else {
        return Ok(None);
    };
    let bytes = store.read(&last).await?;
    #[derive(serde::Deserialize)]
    struct Form {
        form: u32,
    }
    let Form { form } = parse(&last, &bytes)?;
    if form > FORM {
        return Err(LakeError::LaterVersion { object: last });
    }
    parse(&last, &bytes).map(Some)
}

fn parse<T: DeserializeOwned>(object: &str, bytes: &[u8]) -> Result<T, LakeError> {
    serde_json::from_slice(bytes).map_err(|error| LakeError::damaged(object, error))
}
