//! How the service is, as the console is lent it: the same figures as programs are told, and the folders
//! of feeds beside them.

use std::path::{Path, PathBuf};

use console::running::{Disk, Folder, Gate, Running, Service, Trouble};
use decision_point::tally::{Counted, OUTCOMES};
use jiff::Timestamp;
use policy::decision::Outcome;
use policy::request::Action;

use super::Status;
use crate::disk::Room;
use crate::feeds::folder;
use crate::troubles::Part;

/// What is there to be shown beside the figures.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    /// When the server was started.
    pub(crate) started_at: Timestamp,
    /// Which gates there are.
    pub(crate) gates: Vec<Channel>,
    /// Folders that feeds put files into.
    pub(crate) folders: Vec<FeedFolder>,
}

/// A folder that a feed puts files into.
#[derive(Debug, Clone)]
pub(crate) struct FeedFolder {
    /// What comes by it, in words.
    pub(crate) title: &'static str,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Which of its files are taken in.
    pub(crate) wants: fn(&Path) -> bool,
}

/// What a gate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Mail,
    Web,
    Phone,
    Desk,
}

impl Channel {
    fn title(self) -> &'static str {
        match self {
            Self::Mail => "Mail",
            Self::Web => "Web pages",
            Self::Phone => "Telephone calls",
            Self::Desk => "Chat, printing and networks",
        }
    }

    fn of(action: Action) -> Self {
        match action {
            Action::Send | Action::Receive => Self::Mail,
            Action::Visit | Action::Submit | Action::Download => Self::Web,
            Action::Call | Action::Answer => Self::Phone,
            Action::Chat | Action::Print | Action::Join => Self::Desk,
        }
    }

    /// What was decided for it.
    fn gate(self, counted: &[Counted]) -> Gate {
        let mut gate = Gate {
            title: self.title(),
            ..Gate::default()
        };
        for one in counted.iter().filter(|one| Self::of(one.action) == self) {
            for (outcome, count) in OUTCOMES.iter().zip(one.outcomes) {
                gate.decided += count;
                if matches!(outcome, Outcome::Hold | Outcome::Refuse) {
                    gate.stopped += count;
                }
            }
            gate.unevaluated += one.unevaluated;
            gate.unrecorded += one.unrecorded;
        }
        gate
    }
}

/// How the service is, for the console.
pub(crate) struct Shown {
    pub(crate) status: Status,
    pub(crate) beside: Beside,
}

impl Running for Shown {
    fn look(&self) -> Service {
        let point = &self.status.point;
        let (journal, information) = (point.journal(), point.information());
        let settings = information.adopted().pack().settings();
        let counted = point.tally().read();
        let gates = self.beside.gates.iter();
        let folders = self.beside.folders.iter().map(|feed| Folder {
            title: feed.title,
            files: folder::count(&feed.path, feed.wants).ok(),
        });
        let built_at = information
            .lists()
            .map(|lists| lists.current().created_at());
        let disk = Room::of(journal.dir()).map(|room| Disk {
            free: room.free_bytes,
            total: room.total_bytes,
            needed: self.status.min_free_bytes,
        });
        Service {
            program: env!("CARGO_PKG_VERSION").to_owned(),
            policy: format!("{} {}", settings.name, settings.version),
            started_at: self.beside.started_at,
            gates: gates.map(|gate| gate.gate(&counted)).collect(),
            lake_behind: self.status.lake_behind(),
            disk,
            folders: folders.collect(),
            // Lists built for a test say nothing of when.
            site_lists_of: built_at
                .filter(|at| *at > 0)
                .and_then(|at| Timestamp::from_second(at).ok()),
            troubles: Part::ALL
                .into_iter()
                .filter_map(|part| self.trouble(part))
                .collect(),
        }
    }
}

impl Shown {
    fn trouble(&self, part: Part) -> Option<Trouble> {
        let trouble = self.status.troubles.of(part)?;
        Some(Trouble {
            what: part.trouble(),
            since: trouble.since,
            why: Some(trouble.why).filter(|_| part.is_about_nobody()),
            to_do: part.remedy(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_counts_what_goes_through_it() {
        let counted = |action, outcomes| Counted {
            action,
            outcomes,
            unevaluated: 1,
            unrecorded: 2,
            took: [0; 10],
            seconds: 0.0,
        };
        let all = [
            counted(Action::Send, [5, 4, 2, 1]),
            counted(Action::Receive, [1, 0, 0, 1]),
            counted(Action::Visit, [100, 0, 0, 0]),
        ];
        let gate = Channel::Mail.gate(&all);
        assert_eq!((gate.decided, gate.stopped), (14, 4));
        assert_eq!((gate.unevaluated, gate.unrecorded), (2, 4));
        assert_eq!(Channel::Phone.gate(&all).decided, 0);
    }
}
