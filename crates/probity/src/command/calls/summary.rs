//! What was read, in numbers: bounded however much it was.

use std::collections::BTreeMap;
use std::path::Path;

use cdr::call::Call;
use cdr::leg::{Direction, Mark, Outcome};
use cdr::money::Money;
use cdr::number::Class;
use cdr::set_aside::SetAside;
use cdr::when::Basis;
use serde_json::{Value, json};

use crate::cli::Format;
use crate::print;
use crate::print::say;

/// Rows that were set aside, shown to people; the rest is counted.
const SHOWN: usize = 20;
/// Extensions counted apart; a feed with more is not of one council.
const MOST_EXTENSIONS: usize = 20_000;
/// Currencies summed apart.
const MOST_CURRENCIES: usize = 20;

/// Calls of some kind.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    calls: u64,
    answered: u64,
    seconds: u64,
}

impl Tally {
    fn add(&mut self, call: &Call) {
        self.calls += 1;
        self.answered += u64::from(call.outcome() == Outcome::Answered);
        self.seconds += u64::from(call.answered_seconds().unwrap_or(0));
    }

    fn as_json(self) -> Value {
        json!({ "calls": self.calls, "answered": self.answered, "answered_seconds": self.seconds })
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            calls,
            answered,
            seconds,
        } = self;
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(
            f,
            "{calls:>9}{answered:>10}{hours:>8}:{minutes:02}:{seconds:02}"
        )
    }
}

/// What was read, in numbers.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    files: u64,
    rows: u64,
    passed_over: u64,
    unfinished: u64,
    qualities: u64,
    copies: u64,
    further_legs: u64,
    uncertain: u64,
    all: Tally,
    directions: BTreeMap<Direction, Tally>,
    classes: BTreeMap<Class, Tally>,
    extensions: BTreeMap<Box<str>, Tally>,
    other_extensions: Tally,
    private: u64,
    line_2: u64,
    codes: u64,
    costs: BTreeMap<Box<str>, i64>,
    set_aside: u64,
    shown: Vec<String>,
}

impl Summary {
    /// Rows of the files that are done.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether everything could be read.
    pub(crate) fn is_whole(&self) -> bool {
        self.set_aside == 0
    }

    /// Counts a file that is done.
    pub(crate) fn file(&mut self, rows: u64, passed_over: u64, unfinished: u64) {
        self.files += 1;
        self.rows += rows;
        self.passed_over += passed_over;
        self.unfinished += unfinished;
    }

    pub(crate) fn count_quality(&mut self) {
        self.qualities += 1;
    }

    /// Counts a row that could not be read.
    pub(crate) fn set_aside(&mut self, path: &Path, bad: &SetAside) {
        self.set_aside += 1;
        if self.shown.len() < SHOWN {
            self.shown.push(format!("{} {bad}", path.display()));
        }
    }

    /// Counts a call.
    pub(crate) fn call(&mut self, call: &Call) {
        let first = call.first();
        self.copies += u64::from(call.copies);
        self.further_legs += call.legs().len() as u64 - 1;
        self.uncertain += u64::from(matches!(
            first.began.basis,
            Basis::Ambiguous { .. } | Basis::Skipped
        ));
        self.all.add(call);
        self.directions
            .entry(first.direction)
            .or_default()
            .add(call);
        // The other party's kind is what a call is about.
        let other = match first.direction {
            Direction::Incoming => &first.from,
            _ => &first.to,
        };
        self.classes.entry(other.class).or_default().add(call);
        // Nobody's emergencies are counted against them.
        if let Some(extension) = call
            .extension()
            .filter(|_| first.to.class != Class::Emergency)
        {
            self.extension(extension).add(call);
        }
        for mark in call.marks() {
            let count = match mark {
                Mark::Private => &mut self.private,
                Mark::Line2 => &mut self.line_2,
                // What it is not, is nothing to count.
                Mark::Line1 => continue,
                Mark::ForcedAuthorisation(_) | Mark::ClientMatter(_) => &mut self.codes,
            };
            *count += 1;
        }
        if let Some(cost) = call.cost() {
            let currency = cost.currency.unwrap_or_default();
            if self.costs.len() < MOST_CURRENCIES || self.costs.contains_key(&currency) {
                let sum = self.costs.entry(currency).or_default();
                *sum = sum.saturating_add(cost.amount.millionths);
            }
        }
    }

    fn extension(&mut self, extension: &str) -> &mut Tally {
        if !self.extensions.contains_key(extension) {
            if self.extensions.len() >= MOST_EXTENSIONS {
                return &mut self.other_extensions;
            }
            self.extensions.insert(extension.into(), Tally::default());
        }
        self.extensions
            .get_mut(extension)
            .unwrap_or(&mut self.other_extensions)
    }

    /// Tells it all.
    pub(crate) fn tell(&self, format: Format) {
        match format {
            Format::Human => self.tell_people(),
            Format::Json => say!("{}", self.as_json()),
        }
    }

    fn as_json(&self) -> Value {
        let directions = self
            .directions
            .iter()
            .map(|(direction, tally)| (name(*direction).to_owned(), tally.as_json()));
        let classes = self
            .classes
            .iter()
            .map(|(class, tally)| (class.name().to_owned(), tally.as_json()));
        let extensions = self
            .extensions
            .iter()
            .map(|(extension, tally)| (extension.to_string(), tally.as_json()));
        json!({
            "kind": "summary", "files": self.files, "rows": self.rows, "set_aside": self.set_aside,
            "passed_over": self.passed_over, "unfinished": self.unfinished, "quality": self.qualities, "copies": self.copies,
            "further_legs": self.further_legs, "uncertain_times": self.uncertain,
            "all": self.all.as_json(),
            "directions": directions.collect::<serde_json::Map<_, _>>(),
            "classes": classes.collect::<serde_json::Map<_, _>>(),
            "extensions": extensions.collect::<serde_json::Map<_, _>>(),
            "marks": { "private": self.private, "line_2": self.line_2, "codes": self.codes },
            "costs": self.costs.iter().map(|(currency, sum)| (currency.to_string(), json!(Money { millionths: *sum }))).collect::<serde_json::Map<_, _>>(),
        })
    }

    fn tell_people(&self) {
        say!("{:24}{:>9}{:>10}{:>14}", "", "calls", "answered", "spoken");
        say!("{:24}{}", "all", self.all);
        for (direction, tally) in &self.directions {
            say!("  {:22}{tally}", name(*direction));
        }
        say!("by the other party's number");
        for (class, tally) in &self.classes {
            say!("  {:22}{tally}", class.name());
        }
        if !self.extensions.is_empty() {
            say!("by extension, most calls first");
        }
        let mut extensions: Vec<_> = self.extensions.iter().collect();
        extensions.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.calls));
        for (extension, tally) in extensions.iter().take(SHOWN) {
            say!("  {:22}{tally}", print::safe(extension));
        }
        if extensions.len() > SHOWN {
            say!(
                "  and {} more (--format json has them all)",
                extensions.len() - SHOWN
            );
        }
        for (currency, sum) in &self.costs {
            say!(
                "cost {} {}",
                Money { millionths: *sum },
                print::safe(currency)
            );
        }
        let notes = [
            (self.private, "calls marked private"),
            (self.line_2, "calls on line 2"),
            (self.codes, "authorisation and client matter codes given"),
            (self.further_legs, "rows were further legs of a call"),
            (self.copies, "rows said again what another had said"),
            (
                self.uncertain,
                "calls began at a time that is not certain, as clocks changed",
            ),
            (self.passed_over, "rows are no calls"),
            (self.unfinished, "calls had not ended when their file did"),
            (self.qualities, "records of quality"),
        ];
        for (count, what) in notes.into_iter().filter(|(count, _)| *count > 0) {
            say!("{count} {what}");
        }
        say!(
            "{} rows read in {} files, {} set aside",
            self.rows,
            self.files,
            self.set_aside
        );
        self.shown
            .iter()
            .for_each(|bad| say!("  {}", print::safe(bad)));
        if self.set_aside > self.shown.len() as u64 {
            say!("  and {} more", self.set_aside - self.shown.len() as u64);
        }
    }
}

fn name(direction: Direction) -> &'static str {
    match direction {
        Direction::Incoming => "incoming",
        Direction::Outgoing => "outgoing",
        Direction::Internal => "internal",
        Direction::Unknown => "unknown direction",
    }
}
