//! Columns to Parquet and back.
//!
//! Each file says its table and version in its own metadata, so that a file found by itself can be read.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, new_null_array};
use arrow_schema::SchemaRef;
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::{Compression, Encoding};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::columns::{Column, Type};
use crate::error::LakeError;
use crate::tables::Table;

/// Keys of the files' own metadata.
const TABLE: &str = "probity.table";
const VERSION: &str = "probity.version";

/// Rows read at once.
const ROWS_AT_ONCE: usize = 8192;

/// Columns with a different text in nearly every row: a dictionary of them is only in the way.
const NEARLY_ALL_DIFFERENT: [&str; 7] = [
    "path",
    "queue_id",
    "message_id",
    "in_reply_to",
    "sha256",
    "whole",
    "event",
];

fn properties(table: Table, version: u32, sealed: bool) -> WriterProperties {
    let say = |key: &str, value: String| KeyValue::new(key.to_owned(), value);
    let mut properties = WriterProperties::builder()
        .set_created_by(concat!("probity ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(vec![
            say(TABLE, table.name().to_owned()),
            say(VERSION, version.to_string()),
        ]))
        .set_compression(Compression::SNAPPY)
        // Of whole files: that is what is left out by time. Of pages they would cost more than they save.
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true);
    let columns = table.columns().iter().filter(|c| c.sealed == sealed);
    for Column { name, holds, .. } in columns {
        let path = ColumnPath::from(*name);
        if matches!(holds, Type::Time) || *name == "entry" {
            properties = properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        } else if NEARLY_ALL_DIFFERENT.contains(name) {
            properties = properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_LENGTH_BYTE_ARRAY);
        }
    }
    properties.build()
}

/// Writes rows of one side of a table.
pub(crate) struct Writer(ArrowWriter<Vec<u8>>);

impl Writer {
    pub(crate) fn new(table: Table, sealed: bool) -> Result<Self, LakeError> {
        let schema = match sealed {
            true => table.sealed_schema(),
            false => table.schema(),
        };
        let properties = properties(table, table.version(), sealed);
        Ok(Self(ArrowWriter::try_new(
            Vec::new(),
            schema,
            Some(properties),
        )?))
    }

    pub(crate) fn write(&mut self, rows: &RecordBatch) -> Result<(), LakeError> {
        Ok(self.0.write(rows)?)
    }

    pub(crate) fn finish(self) -> Result<Vec<u8>, LakeError> {
        Ok(self.0.into_inner()?)
    }
}

/// One batch as a file.
pub(crate) fn encode(table: Table, sealed: bool, rows: &RecordBatch) -> Result<Vec<u8>, LakeError> {
    let mut writer = Writer::new(table, sealed)?;
    writer.write(rows)?;
    writer.finish()
}

/// The rows of one side of a file, as the columns its table has now.
pub(crate) struct Rows {
    object: String,
    table: Table,
    schema: SchemaRef,
    reader: ParquetRecordBatchReader,
}

impl Rows {
    /// Opens a file. One of an earlier version reads as if the columns that came later were empty.
    pub(crate) fn of(object: &str, sealed: bool, bytes: Bytes) -> Result<Self, LakeError> {
        let damaged = |why: &dyn ToString| LakeError::damaged(object, why.to_string());
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(|e| damaged(&e))?;
        let said = builder.metadata().file_metadata().key_value_metadata();
        let said = |key: &str| {
            let said = said.into_iter().flatten().find(|said| said.key == key);
            said.and_then(|said| said.value.as_deref())
        };
        let table = said(TABLE).and_then(Table::named);
        let version: Option<u32> = said(VERSION).and_then(|version| version.parse().ok());
        let (Some(table), Some(version)) = (table, version) else {
            return Err(damaged(&"it does not say its table and version"));
        };
        if version > table.version() {
            return Err(LakeError::LaterVersion {
                object: object.to_owned(),
            });
        }
        let schema = match sealed {
            true => table.sealed_schema(),
            false => table.schema(),
        };
        let reader = builder.with_batch_size(ROWS_AT_ONCE).build();
        Ok(Self {
            object: object.to_owned(),
            table,
            schema,
            reader: reader.map_err(|e| damaged(&e))?,
        })
    }

    pub(crate) fn table(&self) -> Table {
        self.table
    }

    fn conform(&self, rows: &RecordBatch) -> Result<RecordBatch, LakeError> {
        let column = |field: &Arc<arrow_schema::Field>| -> ArrayRef {
            match rows.column_by_name(field.name()) {
                Some(column) => column.clone(),
                None => new_null_array(field.data_type(), rows.num_rows()),
            }
        };
        let columns = self.schema.fields().iter().map(column).collect();
        let conformed = RecordBatch::try_new(self.schema.clone(), columns);
        conformed.map_err(|error| LakeError::damaged(&self.object, error))
    }
}

impl Iterator for Rows {
    type Item = Result<RecordBatch, LakeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let rows = self.reader.next()?;
        let rows = rows.map_err(|error| LakeError::damaged(&self.object, error));
        Some(rows.and_then(|rows| self.conform(&rows)))
    }
}

/// A file as another version would have written it.
#[cfg(test)]
pub(crate) fn with_version(
    table: Table,
    version: u32,
    rows: &RecordBatch,
) -> Result<Vec<u8>, LakeError> {
    let properties = properties(table, version, false);
    let mut writer = ArrowWriter::try_new(Vec::new(), rows.schema(), Some(properties))?;
    writer.write(rows)?;
    Ok(writer.into_inner()?)
}
