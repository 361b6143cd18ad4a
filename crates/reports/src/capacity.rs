//! What the council will need: volumes month by month, and where they lead if nothing changes.
//!
//! The forecast is a straight line through the months (least squares), with the band in which a further
//! month falls 19 times out of 20 if months scatter about the line as they did. It is no more than that:
//! it knows no holidays, no elections and no new building.

use crate::chart::{Chart, Line, Point};
use crate::closed::{ClosedMonth, Figure};
use crate::entry::{Channel, Volume};
use crate::facet::Facet;
use crate::month::Month;
use crate::report::{Purpose, Report, Row, Table, Value};
use crate::usage::volume;

/// Months a forecast looks ahead.
pub const LOOKS_AHEAD: usize = 3;

/// Fewest months a line is drawn through. Two always lie on one, and say nothing of how they scatter.
pub const FEWEST_MONTHS: usize = 4;

/// Most months of the calendar a report reaches back over: ten years.
const MOST_MONTHS: usize = 120;

/// A value that is to be expected, and between which bounds 19 times out of 20.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// The most likely value.
    pub value: f64,
    /// The lower bound, never below nought.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

/// Where values lead that were taken at even distances, so many steps after the last. Nothing where there
/// are too few. A missing value is left out.
pub fn forecast(values: &[Option<f64>], steps: usize) -> Option<Vec<Expected>> {
    let known: Vec<(f64, f64)> = values
        .iter()
        .enumerate()
        .filter_map(|(place, value)| Some((as_f64(place), (*value)?)))
        .collect();
    if known.len() < FEWEST_MONTHS {
        return None;
    }
    let n = as_f64(known.len());
    let mean = |of: fn(&(f64, f64)) -> f64| known.iter().map(of).sum::<f64>() / n;
    let (mean_x, mean_y) = (mean(|point| point.0), mean(|point| point.1));
    let spread: f64 = known.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    let together: f64 = known.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let slope = together / spread;
    let line = |x: f64| mean_y + slope * (x - mean_x);
    let off: f64 = known.iter().map(|(x, y)| (y - line(*x)).powi(2)).sum();
    let deviation = (off / (n - 2.0)).sqrt();
    let quantile = student_97_5(known.len() - 2);
    let expected = (0..steps).map(|step| {
        let x = as_f64(values.len() + step);
        let margin = quantile * deviation * (1.0 + 1.0 / n + (x - mean_x).powi(2) / spread).sqrt();
        Expected {
            value: line(x).max(0.0),
            low: (line(x) - margin).max(0.0),
            high: (line(x) + margin).max(0.0),
        }
    });
    Some(expected.collect())
}

/// The 97.5 % point of Student's t (any table of it), by degrees of freedom; between the rows the one
/// before, which is the wider.
fn student_97_5(freedom: usize) -> f64 {
    const TABLE: [(usize, f64); 14] = [
        (1, 12.706),
        (2, 4.303),
        (3, 3.182),
        (4, 2.776),
        (5, 2.571),
        (6, 2.447),
        (7, 2.365),
        (8, 2.306),
        (9, 2.262),
        (10, 2.228),
        (15, 2.131),
        (20, 2.086),
        (30, 2.042),
        (60, 2.000),
    ];
    let below = TABLE.iter().rev().find(|(row, _)| *row <= freedom);
    below.map_or(TABLE[0].1, |(_, value)| *value)
}

// Counts of months and of bytes: a rounding in the sixteenth digit is nothing to a forecast.
#[allow(clippy::cast_precision_loss)]
fn as_f64(number: usize) -> f64 {
    number as f64
}

#[allow(clippy::cast_precision_loss)]
fn of_u64(number: u64) -> f64 {
    number as f64
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn to_u64(number: f64) -> u64 {
    number.round() as u64
}

/// One thing a council has to have enough of.
struct Need {
    channel: Channel,
    caption: &'static str,
    measure: fn(Volume) -> u64,
    value: fn(u64) -> Value,
}

const NEEDS: [Need; 5] = [
    Need {
        channel: Channel::Mail,
        caption: "Email, size",
        measure: |volume| volume.bytes,
        value: Value::Bytes,
    },
    Need {
        channel: Channel::Web,
        caption: "Internet, size",
        measure: |volume| volume.bytes,
        value: Value::Bytes,
    },
    Need {
        channel: Channel::Web,
        caption: "Internet, requests",
        measure: |volume| volume.count,
        value: Value::Count,
    },
    Need {
        channel: Channel::Call,
        caption: "Telephone, time",
        measure: |volume| volume.seconds,
        value: Value::Seconds,
    },
    Need {
        channel: Channel::Print,
        caption: "Printing, pages",
        measure: |volume| volume.pages,
        value: Value::Pages,
    },
];

/// Makes it of months, the oldest first. Nothing of no months.
pub fn report(months: &[ClosedMonth]) -> Option<Report> {
    let last = months.last()?;
    let tables = NEEDS.iter().filter_map(|need| need.table(months));
    Some(Report {
        title: format!("What will be needed, after {}", last.month().in_words()),
        purpose: Purpose::Capacity,
        unit: None,
        month: last.month(),
        notes: vec![
            format!(
                "The last {LOOKS_AHEAD} rows of a table are a forecast: a straight line through the months, \
                 with the bounds between which a month falls 19 times out of 20 if months go on scattering \
                 as they did. It knows nothing of what is planned."
            ),
            format!("Without {FEWEST_MONTHS} months there is no forecast."),
        ],
        tables: tables.collect(),
    })
}

impl Need {
    fn table(&self, months: &[ClosedMonth]) -> Option<Table> {
        let facet = Facet::Channel {
            channel: self.channel,
        };
        let (first, last) = (months.first()?.month(), months.last()?.month());
        // A month the record has nothing of keeps its place: the line goes by the calendar.
        let calendar: Vec<Month> = std::iter::successors(Some(first), |month| Some(month.next()))
            .take_while(|month| *month <= last)
            .take(MOST_MONTHS)
            .collect();
        let figures: Vec<Option<Figure>> = calendar
            .iter()
            .map(|name| {
                let month = months.iter().find(|month| month.month() == *name)?;
                Some(month.figure(None, &facet))
            })
            .collect();
        let measured: Vec<Option<u64>> = figures
            .iter()
            .map(|figure| match figure {
                Some(Figure::Told(volume)) => Some((self.measure)(*volume)),
                Some(Figure::Nobody) => Some(0),
                Some(Figure::NotTold) | None => None,
            })
            .collect();
        if measured.iter().all(|value| value.unwrap_or(0) == 0) {
            return None;
        }
        let values: Vec<_> = measured.iter().map(|value| value.map(of_u64)).collect();
        let forecast = forecast(&values, LOOKS_AHEAD).unwrap_or_default();
        let was = calendar.iter().zip(&figures).map(|(month, figure)| Row {
            name: month.to_string(),
            values: vec![
                figure.map_or(Value::Nothing, |figure| {
                    volume(figure, |volume| (self.value)((self.measure)(volume)))
                }),
                Value::Nothing,
                Value::Nothing,
            ],
        });
        let ahead = (1..).map(|step| last.plus(step));
        let will_be = ahead.clone().zip(&forecast).map(|(month, expected)| Row {
            name: format!("{month} (forecast)"),
            values: [expected.value, expected.low, expected.high]
                .map(|value| (self.value)(to_u64(value)))
                .into(),
        });
        let points = measured.iter().map(|value| Some(Point::at((*value)?)));
        let coming = forecast.iter().map(|expected| {
            Some(Point {
                value: to_u64(expected.value),
                band: Some((to_u64(expected.low), to_u64(expected.high))),
            })
        });
        let names = calendar.iter().map(Month::to_string);
        let chart = Chart {
            title: self.caption.to_owned(),
            ticks: names
                .chain(ahead.take(forecast.len()).map(|month| month.to_string()))
                .collect(),
            lines: vec![Line {
                name: self.caption.to_owned(),
                points: points.chain(coming).collect(),
            }],
        };
        Some(Table {
            caption: self.caption.to_owned(),
            columns: ["Month", "Volume", "At least", "At most"]
                .map(str::to_owned)
                .into(),
            rows: was.chain(will_be).collect(),
            chart: Some(chart),
        })
    }
}

#[cfg(test)]
mod tests;
