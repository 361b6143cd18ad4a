//! What can be left unread: months and files whose rows cannot be asked for, by what the manifest says of them.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, StringViewArray, TimestampMillisecondArray, UInt64Array,
};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::{Column, ScalarValue};
use jiff::civil::Date;
use lake::manifest::FileMeta;
use lake::{Day, Month};

use crate::views::{DAY, KIND, MONTH};

const MILLISECONDS_A_DAY: i64 = 86_400_000;

/// One end of what rows that lie together hold; nothing where it is not known.
#[derive(Debug, Clone, Copy)]
struct End {
    at: Option<i64>,
    entry: Option<u64>,
    day: i32,
}

/// What rows that lie together hold.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    low: End,
    high: End,
    month: String,
    kind: Option<String>,
}

impl Bound {
    /// Of all rows of a month.
    pub(crate) fn month(month: Month) -> Self {
        let (first, last) = (month.first(), month.first().last_of_month());
        let (first, last) = (day(first), day(last));
        // What happened before 1970, or nobody knows when, lies in the first month there is.
        let is_dated = month != Day::UNKNOWN.month();
        let low = is_dated.then(|| i64::from(first) * MILLISECONDS_A_DAY);
        let end = |at, day| End {
            at,
            entry: None,
            day,
        };
        Self {
            low: end(low, first),
            high: end(Some((i64::from(last) + 1) * MILLISECONDS_A_DAY - 1), last),
            month: month.to_string(),
            kind: None,
        }
    }

    /// Of the rows of a file.
    pub(crate) fn file(file: &FileMeta) -> Self {
        let day = day(file.day.date());
        let end = |at, entry| End {
            at: Some(at),
            entry: Some(entry),
            day,
        };
        Self {
            low: end(file.from, file.first),
            high: end(file.to, file.last),
            month: file.day.month().to_string(),
            kind: Some(file.kind.name().to_owned()),
        }
    }
}

/// Days since 1970.
pub(crate) fn day(date: Date) -> i32 {
    let since = date.since(Date::constant(1970, 1, 1));
    since.map_or(0, |span| span.get_days())
}

/// Bounds of many, as the engine asks for them.
pub(crate) struct Bounds(pub(crate) Vec<Bound>);

impl Bounds {
    fn ends(&self, column: &Column, end: fn(&Bound) -> &End) -> Option<ArrayRef> {
        let ends = self.0.iter().map(end);
        Some(match column.name() {
            "at" => {
                let at: TimestampMillisecondArray = ends.map(|end| end.at).collect();
                Arc::new(at.with_timezone("UTC"))
            }
            "entry" => Arc::new(ends.map(|end| end.entry).collect::<UInt64Array>()),
            DAY => Arc::new(ends.map(|end| Some(end.day)).collect::<Date32Array>()),
            MONTH => {
                let months = self.0.iter().map(|bound| Some(&bound.month));
                Arc::new(months.collect::<StringViewArray>())
            }
            KIND => {
                let kinds = self.0.iter().map(|bound| bound.kind.as_ref());
                Arc::new(kinds.collect::<StringViewArray>())
            }
            _ => return None,
        })
    }
}

impl PruningStatistics for Bounds {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.ends(column, |bound| &bound.low)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.ends(column, |bound| &bound.high)
    }

    fn num_containers(&self) -> usize {
        self.0.len()
    }

    fn null_counts(&self, _column: &Column) -> Option<ArrayRef> {
        None
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        None
    }

    fn contained(&self, _column: &Column, _values: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}
