//! What clocks say.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use jiff::Timestamp;
use matters::id::PersonId;
use matters::people::People;
use register_store::clockings::ClockingRow;
use register_store::feeds::Counts;
use sha2::{Digest as _, Sha256};

use super::{BATCH, ImportError, Imported, Importer, Progress, READER, values};
use crate::clock::Clocking;
use crate::clock::http::{Clockings, Kept, Unavailable};
use crate::clock::list::ClockList;
use crate::quarantine::Quarantined;
use crate::raw_files::{RawFile, RawFiles, hex};
use crate::sheet::SheetError;

/// The feed, as runs name it.
const FEED: &str = "clock";

/// Clock events over HTTP, kept in a register. Each request is a run.
#[derive(Debug, Clone)]
pub struct ClockFeed {
    /// The register.
    pub importer: Importer,
    /// Where the bodies of requests are kept.
    pub raw: RawFiles,
    /// The time: this is an edge.
    pub now: fn() -> Timestamp,
}

/// Who is meant by numbers and sign-in names.
struct Badges<'a>(HashMap<String, Option<&'a PersonId>>);

impl<'a> Badges<'a> {
    fn of(people: &'a People) -> Self {
        let mut badges: HashMap<String, Option<&PersonId>> = HashMap::new();
        for person in people.all() {
            let names = person.accounts.iter().chain(&person.employee_number);
            for name in names.map(|name| name.to_lowercase()) {
                // One person's number may be another's account: then it is nobody's.
                let meant = badges.entry(name).or_insert(Some(&person.id));
                meant.take_if(|known| *known != &person.id);
            }
        }
        Self(badges)
    }

    fn row(&self, clocking: &Clocking) -> Result<ClockingRow, Quarantined> {
        let person = self
            .0
            .get(&clocking.person.to_lowercase())
            .copied()
            .flatten();
        let person = person.ok_or_else(|| {
            let reason = "is nobody's number or account, or that of two people";
            let hint = "import the person first, then this again";
            Quarantined::row(clocking.row, "person", reason, hint).about(clocking.person.clone())
        })?;
        Ok(ClockingRow {
            id: id_of(clocking),
            person: person.clone(),
            at: clocking.at,
            // A struct of texts and times is always JSON.
            body: serde_json::to_value(clocking).unwrap_or_default(),
        })
    }
}

/// A hash of what was said, wherever in a file it stood.
fn id_of(clocking: &Clocking) -> String {
    let mut hash = Sha256::new();
    let site = clocking.site.as_deref().unwrap_or_default();
    let event = clocking.event.as_deref().unwrap_or_default();
    let (at, latest) = (clocking.at.to_string(), clocking.at_latest.to_string());
    for part in [
        &clocking.person,
        &at,
        &latest,
        clocking.state.name(),
        site,
        &clocking.source,
        event,
    ] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex(&hash.finalize())
}

impl Importer {
    /// Goes through a list of clock events without keeping any. Blocks. Which of them are known
    /// already is not looked up: kept, they would count once all the same.
    pub fn plan_clocks(
        &self,
        path: impl AsRef<Path>,
    ) -> Result<(Counts, Vec<Quarantined>), ImportError> {
        let image = self.store.image();
        let badges = Badges::of(image.people());
        let (mut counts, mut aside) = (Counts::default(), Vec::new());
        let mut list = self.list_of_clocks(path.as_ref())?;
        while let Some(row) = list.clocking()? {
            match row.and_then(|clocking| badges.row(&clocking)) {
                Ok(_) => counts.added += 1,
                Err(broken) => aside.push(broken),
            }
        }
        counts.quarantined = aside.len() as u64;
        Ok((counts, aside))
    }

    fn list_of_clocks(&self, path: &Path) -> Result<ClockList<BufReader<File>>, SheetError> {
        ClockList::open(BufReader::new(File::open(path)?), self.zone.clone())
    }

    /// Imports a list of clock events that is kept.
    pub async fn import_clocks(
        &self,
        file: &RawFile,
        now: Timestamp,
        mut progress: impl FnMut(Progress),
    ) -> Result<Imported, ImportError> {
        let run = self
            .store
            .begin_run(FEED, &file.sha256, READER, now)
            .await?;
        let went = self.take_clocks(run, file, &mut progress).await;
        self.finish(run, went, now).await
    }

    async fn take_clocks(
        &self,
        run: i64,
        file: &RawFile,
        progress: &mut impl FnMut(Progress),
    ) -> Result<Counts, ImportError> {
        let image = self.store.image();
        let badges = Badges::of(image.people());
        let mut list = self.list_of_clocks(&file.path)?;
        let (mut all, mut rows, mut aside) = (Counts::default(), Vec::new(), Vec::new());
        let mut so_far = Progress::default();
        loop {
            let row = list.clocking()?;
            let is_last = row.is_none();
            if let Some(row) = row {
                so_far.rows += 1;
                match row.and_then(|clocking| badges.row(&clocking)) {
                    Ok(row) => rows.push(row),
                    Err(broken) => aside.push(broken),
                }
            }
            if is_last || rows.len() + aside.len() >= BATCH {
                all += self
                    .store
                    .keep_clockings(run, &rows, &values(&aside))
                    .await?;
                rows.clear();
                aside.clear();
                progress(so_far);
            }
            if is_last {
                return Ok(all);
            }
        }
    }
}

impl Clockings for ClockFeed {
    async fn keep(
        &self,
        raw: &[u8],
        events: Vec<Clocking>,
        mut aside: Vec<Quarantined>,
    ) -> Result<Kept, Unavailable> {
        let (files, bytes, now) = (self.raw.clone(), raw.to_vec(), (self.now)());
        let kept = tokio::task::spawn_blocking(move || files.keep(&*bytes)).await;
        let file = kept.map_err(|error| Unavailable(error.into()))?;
        let file = file.map_err(|error| Unavailable(error.into()))?;
        let image = self.importer.store.image();
        let badges = Badges::of(image.people());
        let mut rows = Vec::new();
        for event in &events {
            match badges.row(event) {
                Ok(row) => rows.push(row),
                Err(unknown) => aside.push(unknown),
            }
        }
        aside.sort_by_key(|aside| aside.row);
        let store = &self.importer.store;
        let run = store.begin_run(FEED, &file.sha256, READER, now).await;
        let run = run.map_err(|error| Unavailable(error.into()))?;
        let went = store
            .keep_clockings(run, &rows, &values(&aside))
            .await
            .map_err(ImportError::from);
        let imported = self.importer.finish(run, went, now).await;
        let counts = imported.map_err(|error| Unavailable(error.into()))?.counts;
        Ok(Kept {
            new: counts.added,
            known: counts.unchanged,
            quarantined: aside,
        })
    }
}
