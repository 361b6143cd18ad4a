//! The monthly usage report of one unit, for whoever manages it.
//!
//! It sets a unit beside its own earlier months and never beside another unit: there are no league
//! tables. What is told is what [`crate::closed`] left; what is not told says so and is part of the sums
//! above it.

use std::collections::{BTreeMap, BTreeSet};

use crate::chart::{Chart, Line, Point};
use crate::closed::{ClosedMonth, Figure};
use crate::entry::{Channel, Outcome, Volume};
use crate::facet::Facet;
use crate::report::{Purpose, Report, Row, Table, Value};

/// Earlier months a report looks back on.
pub const LOOKS_BACK: usize = 12;

/// There is no such unit in that month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the register had no unit `{0}` in that month")]
pub struct NoSuchUnit(pub String);

/// Makes it of a month and those before it, the oldest first.
pub fn report(
    unit: Option<&str>,
    month: &ClosedMonth,
    earlier: &[ClosedMonth],
) -> Result<Report, NoSuchUnit> {
    let name = match unit {
        Some(id) => {
            let unit = month.units().unit(id);
            unit.ok_or_else(|| NoSuchUnit(id.to_owned()))?.name.clone()
        }
        None => "the whole council".to_owned(),
    };
    let earlier = &earlier[earlier.len().saturating_sub(LOOKS_BACK)..];
    let about = About {
        unit,
        month,
        earlier,
    };
    let mut tables = vec![about.volumes()];
    tables.extend(about.trend());
    tables.extend(
        Channel::ALL
            .into_iter()
            .filter_map(|channel| about.acts(channel)),
    );
    tables.extend(
        Channel::ALL
            .into_iter()
            .filter_map(|channel| about.labels(channel)),
    );
    tables.extend(about.clauses());
    Ok(Report {
        title: format!(
            "Use of email, the internet and telephones: {name}, {}",
            month.month().in_words()
        ),
        purpose: Purpose::Usage,
        unit: unit.map(str::to_owned),
        month: month.month(),
        notes: notes(unit.is_some()),
        tables,
    })
}

fn notes(is_of_unit: bool) -> Vec<String> {
    let mut notes = vec![
        "Figures are about groups. None is about fewer than five people, and none can be worked out that \
         is: where it could, a figure is not told. It is still part of the sums."
            .to_owned(),
    ];
    notes.push(match is_of_unit {
        true => "Left out: what somebody had permission for or said is their own, what somebody reported \
                 themselves within a day, confidential routes, and what cannot be put down to a person \
                 for certain."
            .to_owned(),
        false => "Everything that went through the gates is in the sums, but for calls to emergency \
                  numbers and private lines. What somebody had permission for or said is their own, what \
                  somebody reported themselves within a day, and confidential routes are in no other \
                  figure."
            .to_owned(),
    });
    notes
}

/// What was stopped under one clause, as one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The clause in full.
    pub clause: String,
    /// What it led to.
    pub outcome: Outcome,
    /// How often.
    pub count: u64,
}

/// What was held or refused in a unit, or in the council, as far as it may be told.
pub fn exceptions(unit: Option<&str>, month: &ClosedMonth) -> Vec<Exception> {
    let figures = month.figures(unit);
    let exceptions = figures.filter_map(|(facet, volume)| match facet {
        Facet::Clause { clause, outcome } if *outcome >= Outcome::Hold => Some(Exception {
            clause: clause.clone(),
            outcome: *outcome,
            count: volume.count,
        }),
        _ => None,
    });
    exceptions.collect()
}

struct About<'a> {
    unit: Option<&'a str>,
    month: &'a ClosedMonth,
    earlier: &'a [ClosedMonth],
}

impl About<'_> {
    fn figure(&self, facet: &Facet) -> Figure {
        self.month.figure(self.unit, facet)
    }

    /// Facets told of this unit that are wanted, in order.
    fn told<T>(&self, wanted: impl Fn(&Facet) -> Option<T>) -> Vec<(T, Volume)> {
        let figures = self.month.figures(self.unit);
        let wanted = figures.filter_map(|(facet, volume)| Some((wanted(facet)?, volume)));
        wanted.collect()
    }

    fn volumes(&self) -> Table {
        let last = self.earlier.last();
        let last = last.filter(|last| last.month().next() == self.month.month());
        let row = |name: &str, facet: &Facet| {
            let now = self.figure(facet);
            let before = last.map(|last| last.figure(self.unit, facet));
            Row {
                name: name.to_owned(),
                values: [
                    volume(now, |volume| Value::Count(volume.count)),
                    volume(now, |volume| sized(volume.bytes, Value::Bytes)),
                    volume(now, |volume| sized(volume.seconds, Value::Seconds)),
                    volume(now, |volume| sized(volume.pages, Value::Pages)),
                    volume(now, |volume| sized(pence(volume), Value::Pence)),
                    change(now, before),
                ]
                .into(),
            }
        };
        let channels = Channel::ALL.into_iter();
        let used = channels.filter(|channel| self.is_used(*channel));
        let mut rows: Vec<_> = used
            .map(|channel| row(channel.title(), &Facet::Channel { channel }))
            .collect();
        rows.push(row("Together", &Facet::Everything));
        Table {
            caption: "How much was used".to_owned(),
            columns: [
                "Channel",
                "Number",
                "Size",
                "Time",
                "Pages",
                "Cost",
                "Against the month before",
            ]
            .map(str::to_owned)
            .into(),
            rows,
            chart: None,
        }
    }

    /// Whether a channel is one the council has at all.
    fn is_used(&self, channel: Channel) -> bool {
        let facet = Facet::Channel { channel };
        let is_there = |month: &ClosedMonth| month.figure(None, &facet) != Figure::Nobody;
        is_there(self.month) || self.earlier.iter().any(is_there)
    }

    fn trend(&self) -> Option<Table> {
        if self.earlier.is_empty() {
            return None;
        }
        let months = || self.earlier.iter().chain([self.month]);
        let channels: Vec<_> = Channel::ALL
            .into_iter()
            .filter(|channel| self.is_used(*channel))
            .collect();
        let figure = |month: &ClosedMonth, channel: Channel| {
            month.figure(self.unit, &Facet::Channel { channel })
        };
        let rows = months().map(|month| Row {
            name: month.month().to_string(),
            values: channels
                .iter()
                .map(|channel| volume(figure(month, *channel), |volume| Value::Count(volume.count)))
                .collect(),
        });
        let lines = channels.iter().map(|channel| Line {
            name: channel.title().to_owned(),
            points: months()
                .map(|month| {
                    let count = figure(month, *channel).told()?.count;
                    Some(Point::at(count))
                })
                .collect(),
        });
        let caption = "Month by month, numbers".to_owned();
        Some(Table {
            chart: Some(Chart {
                title: caption.clone(),
                ticks: months().map(|month| month.month().to_string()).collect(),
                lines: lines.collect(),
            }),
            caption,
            columns: std::iter::once("Month".to_owned())
                .chain(channels.iter().map(|channel| channel.title().to_owned()))
                .collect(),
            rows: rows.collect(),
        })
    }

    /// Kinds of act through a channel, and what became of them.
    fn acts(&self, channel: Channel) -> Option<Table> {
        let acts = self.told(|facet| match facet {
            Facet::Action {
                channel: of,
                action,
            } if *of == channel => Some(action.clone()),
            _ => None,
        });
        let became: BTreeMap<(String, Outcome), Volume> = self
            .told(|facet| match facet {
                Facet::Outcome {
                    channel: of,
                    action,
                    outcome,
                } if *of == channel => Some((action.clone(), *outcome)),
                _ => None,
            })
            .into_iter()
            .collect();
        // An outcome can be told where the kind of act as a whole cannot.
        let mut all: BTreeMap<String, Option<Volume>> = BTreeMap::new();
        all.extend(became.keys().map(|(action, _)| (action.clone(), None)));
        all.extend(
            acts.into_iter()
                .map(|(action, volume)| (action, Some(volume))),
        );
        if all.is_empty() {
            return None;
        }
        let outcomes = [
            Outcome::Permit,
            Outcome::Warn,
            Outcome::Hold,
            Outcome::Refuse,
        ];
        let rows = all.into_iter().map(|(action, whole)| Row {
            values: measures(channel)
                .map(|measure| whole.map_or(Value::NotTold, measure.value))
                .chain(outcomes.map(|outcome| {
                    let volume = became.get(&(action.clone(), outcome));
                    volume.map_or(Value::NotTold, |volume| Value::Count(volume.count))
                }))
                .collect(),
            name: in_words(&action),
        });
        Some(Table {
            caption: format!("{}: what was done", channel.title()),
            columns: std::iter::once("What")
                .chain(measures(channel).map(|measure| measure.title))
                .map(str::to_owned)
                .chain(outcomes.map(|outcome| capitalised(outcome.title())))
                .collect(),
            rows: rows.collect(),
            chart: None,
        })
    }

    fn labels(&self, channel: Channel) -> Option<Table> {
        let labels = self.told(|facet| match facet {
            Facet::Label { channel: of, label } if *of == channel => Some(label.clone()),
            _ => None,
        });
        if labels.is_empty() {
            return None;
        }
        let rows = labels.into_iter().map(|(label, volume)| Row {
            name: in_words(&label),
            values: measures(channel)
                .map(|measure| (measure.value)(volume))
                .collect(),
        });
        Some(Table {
            caption: format!("{}: categories and findings", channel.title()),
            columns: std::iter::once("Category")
                .chain(measures(channel).map(|measure| measure.title))
                .map(str::to_owned)
                .collect(),
            rows: rows.collect(),
            chart: None,
        })
    }

    fn clauses(&self) -> Option<Table> {
        let told: BTreeMap<(String, Outcome), Volume> = self
            .told(|facet| match facet {
                Facet::Clause { clause, outcome } => Some((clause.clone(), *outcome)),
                _ => None,
            })
            .into_iter()
            .collect();
        if told.is_empty() {
            return None;
        }
        let clauses: BTreeSet<_> = told.keys().map(|(clause, _)| clause.clone()).collect();
        let outcomes = [
            Outcome::Permit,
            Outcome::Warn,
            Outcome::Hold,
            Outcome::Refuse,
        ];
        let rows = clauses.into_iter().map(|clause| Row {
            values: outcomes
                .map(|outcome| {
                    let volume = told.get(&(clause.clone(), outcome));
                    volume.map_or(Value::NotTold, |volume| Value::Count(volume.count))
                })
                .into(),
            name: clause,
        });
        Some(Table {
            caption: "What clauses led to".to_owned(),
            columns: std::iter::once("Clause".to_owned())
                .chain(outcomes.map(|outcome| capitalised(outcome.title())))
                .collect(),
            rows: rows.collect(),
            chart: None,
        })
    }
}

/// One way to measure use.
struct Measure {
    title: &'static str,
    value: fn(Volume) -> Value,
}

/// How use of a channel is measured.
fn measures(channel: Channel) -> impl Iterator<Item = Measure> {
    const NUMBER: Measure = Measure {
        title: "Number",
        value: |volume| Value::Count(volume.count),
    };
    const SIZE: Measure = Measure {
        title: "Size",
        value: |volume| sized(volume.bytes, Value::Bytes),
    };
    const TIME: Measure = Measure {
        title: "Time",
        value: |volume| sized(volume.seconds, Value::Seconds),
    };
    const PAGES: Measure = Measure {
        title: "Pages",
        value: |volume| sized(volume.pages, Value::Pages),
    };
    const COST: Measure = Measure {
        title: "Cost",
        value: |volume| sized(pence(volume), Value::Pence),
    };
    let others = match channel {
        Channel::Mail | Channel::Web | Channel::Chat => vec![SIZE],
        Channel::Call => vec![TIME, COST],
        Channel::Print => vec![PAGES],
        Channel::Device => Vec::new(),
    };
    std::iter::once(NUMBER).chain(others)
}

/// What something cost, rounded to pence.
pub fn pence(volume: Volume) -> u64 {
    volume.millionths.saturating_add(5_000) / 10_000
}

/// A figure as it stands in a table.
pub(crate) fn volume(figure: Figure, value: impl Fn(Volume) -> Value) -> Value {
    match figure {
        Figure::Told(volume) => value(volume),
        Figure::Nobody => value(Volume::default()),
        Figure::NotTold => Value::NotTold,
    }
}

/// Nothing where a channel has no such measure.
pub(crate) fn sized(number: u64, value: fn(u64) -> Value) -> Value {
    match number {
        0 => Value::Nothing,
        number => value(number),
    }
}

/// By how much a number rose or fell, in percent.
fn change(now: Figure, before: Option<Figure>) -> Value {
    let (Some(now), Some(before)) = (now.told(), before.and_then(Figure::told)) else {
        return Value::Nothing;
    };
    // Numbers of messages are far below 2^52, where floating point is exact.
    #[allow(clippy::cast_precision_loss)]
    let [now, before] = [now.count as f64, before.count as f64];
    match before > 0.0 {
        true => Value::Percent((now - before) / before * 100.0),
        false => Value::Nothing,
    }
}

/// A label or kind of act for people.
pub fn in_words(label: &str) -> String {
    capitalised(&label.replace('-', " "))
}

fn capitalised(words: &str) -> String {
    let mut characters = words.chars();
    let first = characters.next().map(|first| first.to_uppercase());
    first.into_iter().flatten().chain(characters).collect()
}
