//! What *How the service is running* asks of whoever runs the gates.
//!
//! The console looks at no gate, disk or lake. The program that serves it lends it this. Nothing in it is
//! about a person, a site or a message.

use jiff::Timestamp;

/// Says how the service is.
pub trait Running: Send + Sync {
    /// At this moment.
    fn look(&self) -> Service;
}

/// How the service is at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// The version of the program.
    pub program: String,
    /// The pack in force, and its version.
    pub policy: String,
    /// When it was started.
    pub started_at: Timestamp,
    /// The gates there are.
    pub gates: Vec<Gate>,
    /// Entries of the record that are not in the lake yet. None without a lake, or before it was reached.
    pub lake_behind: Option<u64>,
    /// The disk of the data folder. None where it does not say.
    pub disk: Option<Disk>,
    /// Folders that feeds put files into.
    pub folders: Vec<Folder>,
    /// When the site lists in use were built, where there are any and they say so.
    pub site_lists_of: Option<Timestamp>,
    /// What is wrong.
    pub troubles: Vec<Trouble>,
}

/// What a gate did since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gate {
    /// What goes through it, in words: `Mail`.
    pub title: &'static str,
    /// Recorded decisions.
    pub decided: u64,
    /// Of these, held or refused.
    pub stopped: u64,
    /// Of these, with a rule that could not be evaluated.
    pub unevaluated: u64,
    /// Decisions that could not be recorded, and were not acted on.
    pub unrecorded: u64,
}

/// Room on a disk, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disk {
    /// Free.
    pub free: u64,
    /// Altogether.
    pub total: u64,
    /// Below this nothing new is accepted.
    pub needed: u64,
}

/// A folder that a feed puts files into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// What comes by it, in words: `Call records`.
    pub title: &'static str,
    /// How many files wait in it and how many could not be read; none where it cannot be looked at.
    pub files: Option<Files>,
}

/// Files in a folder of a feed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Files {
    /// Not taken in yet.
    pub waiting: u64,
    /// Could not be read.
    pub failed: u64,
}

/// Something that is wrong while the rest goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What it means, and what waits.
    pub what: &'static str,
    /// When it was first noticed.
    pub since: Timestamp,
    /// Why, as far as that names nobody.
    pub why: Option<String>,
    /// What to do.
    pub to_do: &'static str,
}
