//! What a figure may be about: everything, one channel, one kind of act, one outcome of a clause …
//!
//! The list is closed on purpose. Each further way of cutting the same month into figures leaves less
//! that can be told of small groups, as all figures are held against all others.

use serde::{Deserialize, Serialize};

use crate::entry::{Channel, Detail, Kind, Outcome};

/// What a figure is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum Facet {
    /// Whatever was done.
    Everything,
    /// Everything through one channel.
    Channel {
        /// Which.
        channel: Channel,
    },
    /// One kind of act.
    Action {
        /// Through which channel.
        channel: Channel,
        /// Which: `send-outside`, `visit` …
        action: String,
    },
    /// What became of one kind of act.
    Outcome {
        /// Through which channel.
        channel: Channel,
        /// Which kind.
        action: String,
        /// What became of it.
        outcome: Outcome,
    },
    /// What bears a label: a site's category, a finding.
    Label {
        /// Through which channel.
        channel: Channel,
        /// The label.
        label: String,
    },
    /// What a clause led to, through all channels.
    Clause {
        /// The clause in full: `walsall-7.2.3`.
        clause: String,
        /// What it led to.
        outcome: Outcome,
    },
    /// Processes between people that rest on a clause.
    Case {
        /// The clause in full.
        clause: String,
        /// `incident`, `withdrawal` …
        process: String,
    },
}

impl Facet {
    /// How fine it is: coarser figures are held to be worth more, and are decided first.
    pub(crate) fn depth(&self) -> usize {
        match self {
            Self::Everything => 0,
            Self::Channel { .. } => 1,
            Self::Action { .. } => 2,
            Self::Outcome { .. } | Self::Clause { .. } | Self::Case { .. } => 3,
            Self::Label { .. } => 4,
        }
    }

    /// Whether it is told of units, or of the council as a whole only.
    pub(crate) fn is_of_units(&self) -> bool {
        !matches!(self, Self::Case { .. })
    }

    /// What use of one kind is part of.
    pub(crate) fn of(kind: &Kind) -> Vec<Self> {
        match kind {
            Kind::Case { clause, process } => vec![Self::Case {
                clause: clause.clone(),
                process: process.clone(),
            }],
            Kind::Use { channel, detail } => {
                let channel = *channel;
                let mut facets = vec![Self::Everything, Self::Channel { channel }];
                if let Some(detail) = detail {
                    facets.extend(Self::of_detail(channel, detail));
                }
                facets
            }
        }
    }

    fn of_detail(channel: Channel, detail: &Detail) -> impl Iterator<Item = Self> {
        let action = || detail.action.clone();
        let outcome = detail.outcome;
        let labels = detail.labels.iter().map(move |label| Self::Label {
            channel,
            label: label.clone(),
        });
        let clause = detail.clause.clone();
        let clause = clause.map(|clause| Self::Clause { clause, outcome });
        let acts = [
            Self::Action {
                channel,
                action: action(),
            },
            Self::Outcome {
                channel,
                action: action(),
                outcome,
            },
        ];
        acts.into_iter().chain(labels).chain(clause)
    }
}
