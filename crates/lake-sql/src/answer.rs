//! From a plan to text: rows in the order they come, up to a limit.

use std::borrow::Cow;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::json::writer::{LineDelimited, WriterBuilder};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::arrow::util::pretty::pretty_format_batches_with_options;
use datafusion::error::DataFusionError;
use futures_util::TryStreamExt as _;

use crate::ask::Question;
use crate::error::AskError;

/// How rows are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A table for people, told at the end.
    Table,
    /// One JSON object a line; what is not there is left out, moments are RFC 3339.
    Json,
    /// CSV (RFC 4180) with a line of names.
    Csv,
}

/// What was told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// So many rows.
    pub rows: u64,
    /// There are more.
    pub more: bool,
}

impl Question {
    /// Answers, in pieces of text; at most so many rows. It can be dropped at any moment.
    pub async fn answer(
        self,
        form: Form,
        most: usize,
        mut take: impl FnMut(&str),
    ) -> Result<Told, AskError> {
        let of = |error| AskError::of(error, self.megabytes);
        let (plan, most) = match self.is_about_itself {
            true => (self.plan, usize::MAX),
            false => (
                self.plan
                    .limit(0, Some(most.saturating_add(1)))
                    .map_err(of)?,
                most,
            ),
        };
        let mut rows = plan.execute_stream().await.map_err(of)?;
        let mut writer = Writer::of(form, rows.schema(), self.megabytes);
        let mut told = Told::default();
        while let Some(batch) = rows.try_next().await.map_err(of)? {
            let room = most.saturating_sub(usize::try_from(told.rows).unwrap_or(usize::MAX));
            told.more |= batch.num_rows() > room;
            let batch = batch.slice(0, batch.num_rows().min(room));
            told.rows += batch.num_rows() as u64;
            writer.write(batch, &mut take)?;
        }
        writer.finish(&mut take)?;
        Ok(told)
    }
}

/// Rows on their way to text.
struct Writer {
    form: Form,
    schema: SchemaRef,
    is_begun: bool,
    /// Rows of a table, whose columns are as wide as the widest of them.
    kept: Vec<RecordBatch>,
    kept_bytes: usize,
    megabytes: usize,
}

impl Writer {
    fn of(form: Form, schema: SchemaRef, megabytes: usize) -> Self {
        Self {
            form,
            schema,
            is_begun: false,
            kept: Vec::new(),
            kept_bytes: 0,
            megabytes,
        }
    }

    fn write(&mut self, rows: RecordBatch, take: &mut impl FnMut(&str)) -> Result<(), AskError> {
        let text = match self.form {
            Form::Table => {
                self.kept_bytes += rows.get_array_memory_size();
                if self.kept_bytes > self.megabytes << 20 {
                    return Err(AskError::Memory {
                        megabytes: self.megabytes,
                    });
                }
                self.kept.push(rows);
                return Ok(());
            }
            Form::Json => json(&rows).map_err(|error| self.unspeakable(error))?,
            Form::Csv => {
                let names = !std::mem::replace(&mut self.is_begun, true);
                csv(&rows, names).map_err(|error| self.unspeakable(error))?
            }
        };
        take(&text);
        Ok(())
    }

    fn finish(self, take: &mut impl FnMut(&str)) -> Result<(), AskError> {
        match self.form {
            Form::Table => {
                let nothing = RecordBatch::new_empty(self.schema.clone());
                let rows = if self.kept.is_empty() {
                    vec![nothing]
                } else {
                    self.kept.clone()
                };
                let table = pretty_format_batches_with_options(&rows, &FormatOptions::default());
                let table = table.map_err(|error| self.unspeakable(error))?;
                take(&format!("{}\n", safe(&table.to_string())));
            }
            Form::Csv if !self.is_begun => {
                let nothing = RecordBatch::new_empty(self.schema.clone());
                let names = csv(&nothing, true).map_err(|error| self.unspeakable(error))?;
                take(&names);
            }
            Form::Csv | Form::Json => (),
        }
        Ok(())
    }

    fn unspeakable(&self, error: ArrowError) -> AskError {
        AskError::of(
            DataFusionError::ArrowError(Box::new(error), None),
            self.megabytes,
        )
    }
}

/// Text of strangers, without what a terminal would obey.
fn safe(text: &str) -> String {
    let safe = |c: char| {
        if c.is_control() && c != '\n' {
            '\u{fffd}'
        } else {
            c
        }
    };
    text.chars().map(safe).collect()
}

fn json(rows: &RecordBatch) -> Result<String, ArrowError> {
    let mut text = Vec::new();
    let mut writer = WriterBuilder::new().build::<_, LineDelimited>(&mut text);
    writer.write(rows)?;
    writer.finish()?;
    drop(writer);
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn csv(rows: &RecordBatch, names: bool) -> Result<String, ArrowError> {
    let lost = |error: csv::Error| ArrowError::CsvError(error.to_string());
    let mut writer = csv::WriterBuilder::new();
    let mut writer = writer
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let schema = rows.schema();
    if names {
        let names = schema
            .fields()
            .iter()
            .map(|field| not_a_formula(field.name()).into_owned());
        writer.write_record(names).map_err(lost)?;
    }
    let format = FormatOptions::default();
    let columns = rows
        .columns()
        .iter()
        .map(|column| ArrayFormatter::try_new(column, &format));
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    for row in 0..rows.num_rows() {
        let mut fields = Vec::with_capacity(columns.len());
        for column in &columns {
            fields.push(column.value(row).try_to_string()?);
        }
        let fields = fields.iter().map(|field| not_a_formula(field).into_owned());
        writer.write_record(fields).map_err(lost)?;
    }
    let text = writer
        .into_inner()
        .map_err(|error| ArrowError::CsvError(error.to_string()))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// A field no spreadsheet takes for a formula.
fn not_a_formula(field: &str) -> Cow<'_, str> {
    let is_formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    match is_formula && field.parse::<f64>().is_err() {
        true => Cow::Owned(format!("'{field}")),
        false => Cow::Borrowed(field),
    }
}
