//! Export for a SIEM: one JSON object a line, of what lies open. Nothing sealed is read, so no id, address
//! or path can get out; people are pseudonyms, as in the tables.

mod cloud_events;
mod ocsf;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{TimestampMillisecondType, UInt64Type};
use arrow_array::{Array as _, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::encode::Rows;
use crate::error::LakeError;
use crate::manifest::{FileMeta, Part};
use crate::partition::{Day, Kind};
use crate::state::Lake;
use crate::tables::{Table, Type};

pub use ocsf::RELEASE as OCSF_RELEASE;

/// How events are spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The Open Cybersecurity Schema Framework, in the release [`OCSF_RELEASE`].
    Ocsf,
    /// CloudEvents 1.0 in its JSON form.
    CloudEvents,
}

/// Which events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of these kinds; of all if there is none.
    pub kinds: Vec<Kind>,
    /// From this day on.
    pub from: Option<Day>,
    /// Up to this day.
    pub to: Option<Day>,
    /// From this entry of the record on, to go on where an export ended.
    pub from_entry: u64,
}

impl Wanted {
    /// Whether a file may hold some of them.
    pub fn may_be_in(&self, file: &FileMeta) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&file.kind))
            && self.from.is_none_or(|from| file.day >= from)
            && self.to.is_none_or(|to| file.day <= to)
            && file.last >= self.from_entry
    }
}

/// One row, as it lies open.
pub(crate) struct Row<'r> {
    pub(crate) record: &'r str,
    pub(crate) kind: &'r Kind,
    pub(crate) table: Table,
    pub(crate) cells: Map<String, Value>,
}

impl Row<'_> {
    /// A text or a pseudonym.
    pub(crate) fn text(&self, column: &str) -> Option<&str> {
        self.cells.get(column).and_then(Value::as_str)
    }

    pub(crate) fn number(&self, column: &str) -> Option<u64> {
        self.cells.get(column).and_then(Value::as_u64)
    }

    /// Names this row and no other.
    pub(crate) fn id(&self) -> String {
        let entry = self.number("entry").unwrap_or_default();
        match self.number("group_index") {
            Some(group) => format!("{entry}.{group}"),
            None => entry.to_string(),
        }
    }

    /// When it happened, in milliseconds since 1970.
    pub(crate) fn time(&self) -> i64 {
        let at = self.text("at").and_then(|at| at.parse::<Timestamp>().ok());
        at.map_or(0, Timestamp::as_millisecond)
    }
}

impl Lake {
    /// Hands over each event, day by day and in the order of the record within a file. Says how many.
    pub async fn export<E: From<LakeError>>(
        &self,
        wanted: &Wanted,
        form: Form,
        mut take: impl FnMut(Value) -> Result<(), E>,
    ) -> Result<u64, E> {
        let mut n = 0;
        for month in self.root().months.keys() {
            let mut files = self.month(*month).await?.files;
            files.retain(|file| wanted.may_be_in(file));
            files.sort_by_key(|file| (file.day, file.first));
            for file in files {
                let bytes = self.store().read(&file.path).await.map_err(E::from)?;
                if Part::of(&bytes) != file.open {
                    return Err(LakeError::damaged(&file.path, "it was changed").into());
                }
                let rows = Rows::of(&file.path, false, bytes)?;
                let table = rows.table();
                for batch in rows {
                    let batch = batch?;
                    for row in 0..batch.num_rows() {
                        let row = Row {
                            record: &self.root().record,
                            kind: &file.kind,
                            table,
                            cells: cells(table, &batch, row),
                        };
                        if row.number("entry").unwrap_or_default() < wanted.from_entry {
                            continue;
                        }
                        n += 1;
                        take(match form {
                            Form::Ocsf => ocsf::event(&row),
                            Form::CloudEvents => cloud_events::event(&row),
                        })?;
                    }
                }
            }
        }
        Ok(n)
    }
}

/// The cells of a row that hold something; pseudonyms as sixteen hexadecimal digits, as many programs read
/// numbers of JSON inexactly.
fn cells(table: Table, rows: &RecordBatch, row: usize) -> Map<String, Value> {
    let mut cells = Map::new();
    let columns = table.columns().iter().filter(|column| !column.sealed);
    for (column, array) in columns.zip(rows.columns()) {
        let value = match (column.holds, value(array, row)) {
            (_, Value::Null) => continue,
            (Type::Pseudonym, Value::Number(number)) => {
                format!("{:016x}", number.as_u64().unwrap_or_default()).into()
            }
            (_, value) => value,
        };
        cells.insert(column.name.to_owned(), value);
    }
    cells
}

/// One value of a column; moments as RFC 3339.
pub(crate) fn value(column: &ArrayRef, row: usize) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::UInt64 => column.as_primitive::<UInt64Type>().value(row).into(),
        DataType::Boolean => column.as_boolean().value(row).into(),
        DataType::Utf8 => column.as_string::<i32>().value(row).into(),
        DataType::Timestamp(..) => {
            let at = column.as_primitive::<TimestampMillisecondType>().value(row);
            Timestamp::from_millisecond(at).map_or(Value::Null, |at| at.to_string().into())
        }
        _ => Value::Null,
    }
}
