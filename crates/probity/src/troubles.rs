//! What is wrong at present with the parts of a running server: said once by whoever notices, however long
//! it lasts, and shown to whoever looks after it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

/// A part that may be in trouble while the rest goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Writing the record.
    Record,
    /// Signing the record.
    Seal,
    /// Compiled site lists.
    SiteLists,
    /// The register file.
    Register,
    /// What reviewers' verdicts corrected.
    Correction,
    /// The register of known files.
    KnownFiles,
    /// What is remembered of earlier mail.
    Memory,
    /// The asset register.
    Assets,
    /// Page logs of print servers.
    PageLogs,
    /// The people's database.
    Database,
    /// People's mailboxes.
    Mailboxes,
    /// Following the record into the lake.
    Lake,
    /// Compaction, disposal and tidying of the lake.
    LakeTidying,
    /// Figures of use, counted from the record.
    Figures,
    /// Monthly reports on their way to their readers.
    Reports,
    /// Steps between people on their way to the record.
    Steps,
    /// Notices by mail.
    Notices,
}

impl Part {
    /// All of them.
    pub(crate) const ALL: [Self; 17] = [
        Self::Record,
        Self::Seal,
        Self::SiteLists,
        Self::Register,
        Self::Correction,
        Self::KnownFiles,
        Self::Memory,
        Self::Assets,
        Self::PageLogs,
        Self::Database,
        Self::Mailboxes,
        Self::Lake,
        Self::LakeTidying,
        Self::Figures,
        Self::Reports,
        Self::Steps,
        Self::Notices,
    ];

    /// As measurements call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Seal => "seal",
            Self::SiteLists => "site-lists",
            Self::Register => "register",
            Self::Correction => "correction",
            Self::KnownFiles => "known-files",
            Self::Memory => "memory",
            Self::Assets => "assets",
            Self::PageLogs => "page-logs",
            Self::Database => "database",
            Self::Mailboxes => "mailboxes",
            Self::Lake => "lake",
            Self::LakeTidying => "lake-tidying",
            Self::Figures => "figures",
            Self::Reports => "reports",
            Self::Steps => "steps",
            Self::Notices => "notices",
        }
    }

    /// What it means that this part is in trouble, and what waits.
    pub(crate) fn trouble(self) -> &'static str {
        match self {
            Self::Record => "nothing can be recorded; mail is put off and pages are refused",
            Self::Seal => "the record cannot be sealed",
            Self::SiteLists => "the new site lists do not open; the old ones stay in use",
            Self::Register => "the new register cannot be used; the old one stays in use",
            Self::Correction => {
                "the correction of the model for offence cannot be used; what was in use stays so"
            }
            Self::KnownFiles => {
                "the register of known files cannot be used; what was in use stays so"
            }
            Self::Memory => "what is remembered of earlier mail cannot be written down",
            Self::Assets => "the new asset register cannot be used; the old one stays in use",
            Self::PageLogs => "a page log cannot be read on; it waits",
            Self::Database => "the people's database is away; the gates go on with its last word",
            Self::Mailboxes => "mailboxes cannot be gone over; what is personal in them stays",
            Self::Lake => "the record waits to be taken into the lake; none of it is lost",
            Self::LakeTidying => {
                "the lake's files are not put together, and days past retention wait to go"
            }
            Self::Figures => "figures of use wait; the record keeps what they are counted from",
            Self::Reports => "monthly reports wait to be issued",
            Self::Steps => "steps of people's processes wait to be recorded",
            Self::Notices => {
                "people are not told by mail for now; what they are told waits, and is on the console"
            }
        }
    }

    /// What to do about it. Each goes on by itself afterwards.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::Record => {
                "Make room on the disk of the data folder, and look at its health. Do not delete from the record."
            }
            Self::Seal => {
                "Keep the gates running and look at the disk and at the rights of the data folder."
            }
            Self::SiteLists => "Build the site lists again: probity categories build.",
            Self::Register => "Correct the register file; probity check says what is wrong.",
            Self::Correction => "Make it anew from the verdicts: probity content retrain.",
            Self::KnownFiles => "Put the register and its key back from their backups.",
            Self::Memory => "Look at room and rights of the data folder.",
            Self::Assets => "Correct the asset register; probity check says what is wrong.",
            Self::PageLogs => {
                "See whether the page logs of the print servers are there and may be read."
            }
            Self::Database => "Start the people’s database, or mend the way to it.",
            Self::Mailboxes => {
                "See whether the mail server is up; probity mailboxes go-over --dry-run tries it."
            }
            Self::Lake => {
                "See whether the lake’s folder or object store is there and has room. The lake catches up by itself."
            }
            Self::LakeTidying => {
                "See whether the lake’s folder or object store has room. It is tried again within minutes."
            }
            Self::Figures | Self::Reports => {
                "See whether the folder of reports in the data folder is there, has room and may be written."
            }
            Self::Steps => {
                "See whether the record takes entries and the people’s database answers."
            }
            Self::Notices => {
                "Start the mail server that notices go to, or let this machine relay by it."
            }
        }
    }

    /// Whether the reason is about disks, servers and files alone. Others may quote a line about somebody,
    /// and are for the log.
    pub(crate) fn is_about_nobody(self) -> bool {
        match self {
            Self::Record
            | Self::Seal
            | Self::SiteLists
            | Self::Memory
            | Self::Database
            | Self::Lake
            | Self::LakeTidying
            | Self::Figures
            | Self::Reports => true,
            Self::Register
            | Self::Correction
            | Self::KnownFiles
            | Self::Assets
            | Self::PageLogs
            | Self::Mailboxes
            | Self::Steps
            | Self::Notices => false,
        }
    }
}

/// Why a part is in trouble, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// When it was first noticed.
    pub(crate) since: Timestamp,
    /// What it says now.
    pub(crate) why: String,
}

/// The troubles of one server.
#[derive(Debug, Default)]
pub(crate) struct Troubles(Mutex<BTreeMap<Part, Trouble>>);

impl Troubles {
    /// Notes how a part is, and logs a trouble that is new.
    pub(crate) fn note(&self, part: Part, result: Result<(), String>, now: Timestamp) {
        let mut all = self.lock();
        let Err(why) = result else {
            if all.remove(&part).is_some() {
                tracing::info!(part = part.name(), "a trouble is over");
            }
            return;
        };
        let known = all.get(&part);
        if known.is_none_or(|known| known.why != why) {
            tracing::error!(why, what = part.trouble());
        }
        let since = known.map_or(now, |known| known.since);
        all.insert(part, Trouble { since, why });
    }

    /// What is wrong with one part.
    pub(crate) fn of(&self, part: Part) -> Option<Trouble> {
        self.lock().get(&part).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Part, Trouble>> {
        // Each change is one step, so what a panicked thread left is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_trouble_lasts_from_when_it_began_until_it_is_over() {
        let troubles = Troubles::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        let wrong = |why: &str| Err(why.to_owned());
        assert_eq!(troubles.of(Part::Seal), None);
        troubles.note(Part::Seal, wrong("no room"), at(1));
        troubles.note(Part::Seal, wrong("no disk"), at(2));
        troubles.note(Part::Database, Ok(()), at(2));
        let trouble = troubles.of(Part::Seal).unwrap();
        assert_eq!((trouble.since, &*trouble.why), (at(1), "no disk"));
        troubles.note(Part::Seal, Ok(()), at(3));
        assert_eq!(troubles.of(Part::Seal), None);
        troubles.note(Part::Seal, wrong("no room"), at(4));
        assert_eq!(troubles.of(Part::Seal).unwrap().since, at(4));
    }
}
