//! What people read before they sign: one edition of the policy, clause by clause, in the words of
//! `clauses.toml`, with a hash that stands for exactly this text.
//!
//! It holds every clause but those the edition is without and those that speak to other editions'
//! audiences only. Clauses for those who monitor, decide or govern stay in: whoever signs must know
//! what the council may do as much as what is asked of them.

use serde::{Deserialize, Serialize};

use crate::clause::{Clause, ClauseId};
use crate::digest::sha256;
use crate::settings::{Edition, Settings};

/// The first text hashed. It changes with what the hash covers, so that a signature given under one
/// reckoning is never taken for one under another.
const RECKONING: &str = "probity edition text 1";

/// One edition, to be read and signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditionText {
    /// The edition's name in the pack.
    pub edition: String,
    /// What the policy is called, then whom the edition is for.
    pub title: String,
    /// The adopted version.
    pub version: String,
    /// In the order of the policy.
    pub sections: Vec<Section>,
    /// SHA-256 over all of the above, hexadecimal.
    pub sha256: String,
}

/// One clause, to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The clause.
    pub id: ClauseId,
    /// Its heading.
    pub title: String,
    /// What it says.
    pub gist: String,
    /// What it speaks of: `email`, `web`, `account` …
    pub channel: String,
}

impl EditionText {
    pub(crate) fn of(settings: &Settings, clauses: &[Clause], name: &str) -> Option<Self> {
        let edition = settings.editions.get(name)?;
        let sections: Vec<_> = clauses
            .iter()
            .filter(|clause| is_for(settings, edition, clause))
            .map(|clause| Section {
                id: clause.id.clone(),
                title: clause.title.clone(),
                gist: clause.gist.clone(),
                channel: clause.channel.clone(),
            })
            .collect();
        let mut text = Self {
            edition: name.to_owned(),
            title: format!("{}: {}", settings.title, edition.title),
            version: settings.version.clone(),
            sections,
            sha256: String::new(),
        };
        text.sha256 = sha256(text.hashed());
        Some(text)
    }

    fn hashed(&self) -> impl Iterator<Item = &str> {
        let heading = [RECKONING, &self.edition, &self.title, &self.version];
        let sections = self.sections.iter().flat_map(|section| {
            [
                section.id.as_str(),
                &section.title,
                &section.gist,
                &section.channel,
            ]
        });
        heading.into_iter().chain(sections)
    }
}

/// A clause names groups of the policy's own, of which some are audiences of the pack.
fn is_for(settings: &Settings, edition: &Edition, clause: &Clause) -> bool {
    let mut audiences = clause
        .audience
        .iter()
        .filter(|group| settings.audiences.contains_key(*group))
        .peekable();
    let speaks_to_others =
        audiences.peek().is_some() && !audiences.any(|group| edition.audiences.contains(group));
    !edition.without.contains(&clause.id) && !speaks_to_others
}
