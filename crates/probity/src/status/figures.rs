//! What is looked at, gathered for one answer.

use std::time::Duration;

use decision_point::tally::Counted;
use jiff::Timestamp;
use register_store::StoreError;
use register_store::backlog::Backlog;

use super::Status;
use crate::disk::Room;
use crate::people::People;
use crate::troubles::{Part, Trouble};

/// How long the people's database may take: whoever asks this waits for seconds, not minutes.
const WITHIN: Duration = Duration::from_secs(2);

/// How a server is at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Figures {
    /// The pack in force: its name and version.
    pub(crate) pack: (String, String),
    /// What was decided since the start.
    pub(crate) counted: Vec<Counted>,
    /// The record.
    pub(crate) record: RecordFigures,
    /// Each part, and what is wrong with it.
    pub(crate) parts: Vec<(Part, Option<Trouble>)>,
    /// Entries of the record that are not in the lake yet; nothing without a lake, or before it was reached.
    pub(crate) lake_behind: Option<u64>,
    /// What the people's database says, where there is one and it answers.
    pub(crate) people: Option<PeopleFigures>,
}

/// How the record is.
#[derive(Debug, Clone)]
pub(crate) struct RecordFigures {
    /// Entries the kernel has.
    pub(crate) written: u64,
    /// Entries known to be on the disk.
    pub(crate) synced: u64,
    /// Why nothing is recorded at present.
    pub(crate) trouble: Option<String>,
    /// Room on its disk; nothing where the disk does not say.
    pub(crate) room: Option<Room>,
    /// Below this nothing new is accepted.
    pub(crate) min_free_bytes: u64,
}

/// What waits among people.
#[derive(Debug, Clone)]
pub(crate) struct PeopleFigures {
    /// In numbers; notices only where people are told by mail.
    pub(crate) backlog: Backlog,
    /// Whether they are.
    pub(crate) tells_by_mail: bool,
    /// Each feed, and when it was last taken in whole.
    pub(crate) feeds: Vec<(String, Option<Timestamp>)>,
}

impl Status {
    /// How it is now.
    pub(crate) async fn figures(&self) -> Figures {
        let journal = self.point.journal();
        let people = self.ask_people().await;
        let settings = self.point.information().adopted().pack().settings();
        Figures {
            pack: (settings.name.clone(), settings.version.clone()),
            counted: self.point.tally().read(),
            record: RecordFigures {
                // In this order, so that no more is said to be on the disk than was written.
                synced: journal.synced().0,
                written: journal.written().0,
                trouble: journal.trouble().map(|why| why.to_string()),
                room: Room::of(journal.dir()),
                min_free_bytes: self.min_free_bytes,
            },
            parts: Part::ALL
                .map(|part| (part, self.troubles.of(part)))
                .to_vec(),
            lake_behind: self.lake_behind(),
            people,
        }
    }

    /// Entries of the record that are not in the lake yet; nothing without a lake, or before it was reached.
    pub(super) fn lake_behind(&self) -> Option<u64> {
        let taken = (*self.lake_taken.as_ref()?.borrow())?;
        Some(self.point.journal().synced().0.saturating_sub(taken))
    }

    /// What the people's database says, where it answers; notes whether it does.
    pub(super) async fn ask_people(&self) -> Option<PeopleFigures> {
        let asked = ask(self.people.as_ref()?).await;
        let result = asked.as_ref().map(drop).map_err(Clone::clone);
        self.troubles.note(Part::Database, result, Timestamp::now());
        asked.ok()
    }
}

async fn ask(people: &People) -> Result<PeopleFigures, String> {
    let store = people.store().ok_or("it was not reached since the start")?;
    let asking = async {
        let runs = store.last_runs().await?;
        Ok(PeopleFigures {
            backlog: store.backlog().await?,
            tells_by_mail: people.tells_by_mail(),
            feeds: runs
                .into_iter()
                .map(|(run, whole)| (run.feed, whole))
                .collect(),
        })
    };
    match tokio::time::timeout(WITHIN, asking).await {
        Ok(answer) => answer.map_err(|error: StoreError| error.to_string()),
        Err(_) => Err("it does not answer in time".to_owned()),
    }
}

impl Figures {
    /// Why the gates cannot do their work. The people's database is no reason: they go on with what it
    /// said last.
    pub(crate) fn why_not_ready(&self) -> Vec<String> {
        let record = &self.record;
        let stopped = record
            .trouble
            .as_ref()
            .map(|why| format!("nothing can be recorded: {why}"));
        let full = record
            .room
            .filter(|room| room.free_bytes < record.min_free_bytes)
            .map(|room| {
                format!(
                    "the record's disk has {} bytes free, {} are needed: make room",
                    room.free_bytes, record.min_free_bytes
                )
            });
        stopped.into_iter().chain(full).collect()
    }

    /// What is wrong while the gates do their work, a line each.
    pub(crate) fn troubles(&self) -> impl Iterator<Item = String> {
        let troubles = self
            .parts
            .iter()
            .filter_map(|(part, trouble)| Some((part, trouble.as_ref()?)));
        troubles.map(|(part, Trouble { since, why })| {
            let (name, what) = (part.name(), part.trouble());
            format!("{name}: {what} (since {since:.0}): {why}")
        })
    }
}
