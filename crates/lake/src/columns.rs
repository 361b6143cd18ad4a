//! Columns of rows as they are gathered: what a table says it has, filled cell by cell.

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, StringBuilder, TimestampMillisecondBuilder, UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A number that is not negative.
    Number,
    /// A moment, UTC, to the millisecond.
    Time,
    /// Text; several labels stand with a space between them.
    Text,
    /// Yes or no.
    Flag,
    /// A keyed pseudonym, the same within a month.
    Pseudonym,
}

impl Type {
    /// As Arrow calls it.
    pub fn arrow(self) -> DataType {
        match self {
            Self::Number | Self::Pseudonym => DataType::UInt64,
            Self::Time => DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
            Self::Text => DataType::Utf8,
            Self::Flag => DataType::Boolean,
        }
    }
}

/// One column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: Type,
    /// Whether it lies in the sealed file.
    pub sealed: bool,
}

/// A column anybody with access to the lake's files can read.
pub(crate) const fn open(name: &'static str, holds: Type) -> Column {
    Column {
        name,
        holds,
        sealed: false,
    }
}

/// A column under the month's key.
pub(crate) const fn sealed(name: &'static str) -> Column {
    Column {
        name,
        holds: Type::Text,
        sealed: true,
    }
}

/// One value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell<'a> {
    /// Nothing to say.
    Nothing,
    /// A number or a pseudonym.
    Number(u64),
    /// Milliseconds since 1970.
    Time(i64),
    /// Text.
    Text(&'a str),
    /// Yes or no.
    Flag(bool),
}

impl<'a> Cell<'a> {
    /// Text, where there is any.
    pub(crate) fn text(text: &'a str) -> Self {
        match text {
            "" => Self::Nothing,
            text => Self::Text(text),
        }
    }
}

impl From<Option<u64>> for Cell<'_> {
    fn from(number: Option<u64>) -> Self {
        number.map_or(Self::Nothing, Self::Number)
    }
}

impl<'a> From<Option<&'a str>> for Cell<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Nothing, Self::Text)
    }
}

enum Builder {
    Number(UInt64Builder),
    Time(TimestampMillisecondBuilder),
    Text(StringBuilder),
    Flag(BooleanBuilder),
}

impl Builder {
    fn new(holds: Type) -> Self {
        match holds {
            Type::Number | Type::Pseudonym => Self::Number(UInt64Builder::new()),
            Type::Time => Self::Time(TimestampMillisecondBuilder::new().with_timezone("UTC")),
            Type::Text => Self::Text(StringBuilder::new()),
            Type::Flag => Self::Flag(BooleanBuilder::new()),
        }
    }

    /// A value of another type than the column's counts as nothing; `rows_fit_their_columns` shows
    /// that no table gives one.
    fn push(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::Number(builder), Cell::Number(number)) => builder.append_value(number),
            (Self::Time(builder), Cell::Time(at)) => builder.append_value(at),
            (Self::Text(builder), Cell::Text(text)) => builder.append_value(text),
            (Self::Flag(builder), Cell::Flag(so)) => builder.append_value(so),
            (Self::Number(builder), _) => builder.append_null(),
            (Self::Time(builder), _) => builder.append_null(),
            (Self::Text(builder), _) => builder.append_null(),
            (Self::Flag(builder), _) => builder.append_null(),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Number(builder) => Arc::new(builder.finish()),
            Self::Time(builder) => Arc::new(builder.finish()),
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Flag(builder) => Arc::new(builder.finish()),
        }
    }
}

/// The schema of one side of a table. Everything but `entry` and `at` may be missing.
pub(crate) fn schema(columns: &[Column], sealed: bool) -> SchemaRef {
    let fields = columns.iter().filter(|column| column.sealed == sealed);
    let fields = fields.map(|column| {
        let always = matches!(column.name, "entry" | "at") && !sealed;
        Field::new(column.name, column.holds.arrow(), !always)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Rows of one table.
pub(crate) struct Rows {
    columns: &'static [Column],
    builders: Vec<Builder>,
    pub(crate) n: usize,
}

impl Rows {
    pub(crate) fn of(columns: &'static [Column]) -> Self {
        let builders = columns.iter().map(|column| Builder::new(column.holds));
        Self {
            columns,
            builders: builders.collect(),
            n: 0,
        }
    }

    /// Adds a row, its cells in the order of the table's columns.
    pub(crate) fn push<const N: usize>(&mut self, cells: [Cell<'_>; N]) {
        debug_assert_eq!(N, self.columns.len());
        for (builder, cell) in self.builders.iter_mut().zip(cells) {
            builder.push(cell);
        }
        self.n += 1;
    }

    /// The rows so far: what is open, and what is to be sealed.
    pub(crate) fn finish(mut self) -> Result<(RecordBatch, RecordBatch), ArrowError> {
        let (mut open, mut sealed) = (Vec::new(), Vec::new());
        for (column, builder) in self.columns.iter().zip(&mut self.builders) {
            match column.sealed {
                true => sealed.push(builder.finish()),
                false => open.push(builder.finish()),
            }
        }
        Ok((
            RecordBatch::try_new(schema(self.columns, false), open)?,
            RecordBatch::try_new(schema(self.columns, true), sealed)?,
        ))
    }
}
