//! Pages that came out of a printer, as its log tells, and which decision they rest on.

use std::collections::BTreeSet;

use jiff::Timestamp;
use quick_cache::sync::Cache;
use serde::Serialize;

use super::PrintPurpose;
use crate::entry::cut;

/// Jobs whose last decision is remembered: several days of a large council's.
const REMEMBERED: usize = 16_384;

/// What one line of a print server's log tells.
#[derive(Debug, Clone, Copy)]
pub struct Printed<'a> {
    /// When it was logged.
    pub at: Timestamp,
    /// The log, by its path.
    pub log: &'a str,
    /// Which file of that name it was: logs are put away and begun anew.
    pub file: u64,
    /// Where the line ends in it, in bytes.
    pub end: u64,
    /// The printer.
    pub printer: &'a str,
    /// Whose job, in the print server's word.
    pub user: &'a str,
    /// The job's number.
    pub job: &'a str,
    /// Sides of paper, all copies together.
    pub pages: u64,
    /// What it was for, in its owner's word.
    pub purpose: PrintPurpose,
}

/// What was decided last about a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JobDecided {
    /// The entry.
    pub(crate) entry: u64,
    /// It went to the printer.
    pub(crate) let_through: bool,
    /// Its user had proved to be that.
    pub(crate) signed_in: bool,
    /// Permissions among the facts.
    pub(crate) permissions: BTreeSet<String>,
}

/// The last decision about each job, until a restart.
#[derive(Debug)]
pub(crate) struct Jobs(Cache<(String, String), JobDecided>);

impl Default for Jobs {
    fn default() -> Self {
        Self(Cache::new(REMEMBERED))
    }
}

impl Jobs {
    pub(crate) fn note(&self, printer: &str, job: &str, decided: JobDecided) {
        if !job.is_empty() {
            self.0.insert((printer.to_owned(), job.to_owned()), decided);
        }
    }

    pub(crate) fn decided(&self, printer: &str, job: &str) -> Option<JobDecided> {
        self.0.get(&(printer.to_owned(), job.to_owned()))
    }
}

/// Pages as they stand on the record.
#[derive(Debug, Serialize)]
pub struct PrintedEntry<'a> {
    log: &'a str,
    file: u64,
    end: u64,
    printer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<&'a str>,
    user: &'a str,
    /// Proved when the job was decided.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    signed_in: bool,
    job: &'a str,
    pages: u64,
    purpose: PrintPurpose,
    /// Permissions among the facts of the decision, such as a consent.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    permissions: BTreeSet<String>,
    /// The entry of the decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided: Option<u64>,
    /// False where filters counted pages of a job that then was held or refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    let_through: Option<bool>,
}

impl<'a> PrintedEntry<'a> {
    pub(crate) fn new(
        printed: &Printed<'a>,
        person: Option<&'a str>,
        decided: Option<JobDecided>,
    ) -> Self {
        let (entry, let_through) = match &decided {
            Some(decided) => (Some(decided.entry), Some(decided.let_through)),
            None => (None, None),
        };
        Self {
            log: cut(printed.log),
            file: printed.file,
            end: printed.end,
            printer: cut(printed.printer),
            person,
            user: cut(printed.user),
            job: cut(printed.job),
            pages: printed.pages,
            purpose: printed.purpose,
            signed_in: decided.as_ref().is_some_and(|decided| decided.signed_in),
            permissions: decided.map_or_else(BTreeSet::new, |decided| decided.permissions),
            decided: entry,
            let_through,
        }
    }
}
