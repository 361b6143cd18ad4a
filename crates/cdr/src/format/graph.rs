//! Microsoft Graph: rows of the log of calls to and from the telephone network, as JSON.
//!
//! Pages as they were received (`{"value": […]}`), arrays, or one row after another; several of them
//! in one file. Each page is bounded, and held in memory while its rows are read.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::de::IoRead;
use serde_json::{Deserializer, StreamDeserializer, Value};

use crate::header::plain;
use crate::leg::Leg;
use crate::reading::Settings;
use crate::set_aside::Reason;

use super::teams;

/// Longest page, in bytes. Graph's have 1,000 rows at most, below a megabyte.
const LONGEST_PAGE: u64 = 16 << 20;

/// Pages being read.
pub(crate) struct Pages<R: BufRead> {
    values: StreamDeserializer<'static, IoRead<Bounded<R>>, Value>,
    read: Arc<AtomicU64>,
    rows: VecDeque<Value>,
    row: u64,
    is_over: bool,
    names: Vec<Vec<String>>,
}

impl<R: BufRead> Pages<R> {
    pub(crate) fn new(reader: R) -> Self {
        let read = Arc::new(AtomicU64::new(0));
        let reader = Bounded {
            reader,
            read: read.clone(),
        };
        let plain_names = |names: Vec<&str>| names.iter().map(|n| plain(n.as_bytes())).collect();
        Self {
            values: Deserializer::from_reader(reader).into_iter(),
            read,
            rows: VecDeque::new(),
            row: 0,
            is_over: false,
            names: teams::names().into_iter().map(plain_names).collect(),
        }
    }

    /// The next row, with its place from 1.
    pub(crate) fn row(
        &mut self,
        settings: &Settings,
    ) -> io::Result<Option<(u64, Result<Leg, Reason>)>> {
        while self.rows.is_empty() {
            if self.is_over {
                return Ok(None);
            }
            self.read.store(0, Ordering::Relaxed);
            match self.values.next() {
                None => self.is_over = true,
                Some(Ok(page)) => self.rows.extend(rows(page)),
                Some(Err(error)) => {
                    // Nobody can tell where the next page begins.
                    self.is_over = true;
                    self.row += 1;
                    let reason = match error.classify() {
                        _ if self.read.load(Ordering::Relaxed) > LONGEST_PAGE => {
                            Reason::LongDocument(LONGEST_PAGE)
                        }
                        serde_json::error::Category::Io => return Err(error.into()),
                        serde_json::error::Category::Eof => Reason::CutOff,
                        _ => Reason::Json(error.to_string()),
                    };
                    return Ok(Some((self.row, Err(reason))));
                }
            }
        }
        let Some(row) = self.rows.pop_front() else {
            return Ok(None);
        };
        self.row += 1;
        Ok(Some((self.row, self.leg(row, settings))))
    }

    fn leg(&self, row: Value, settings: &Settings) -> Result<Leg, Reason> {
        let Value::Object(row) = row else {
            return Err(Reason::NotARow);
        };
        let mut cells = vec![String::new(); self.names.len()];
        for (name, value) in row {
            let name = plain(name.as_bytes());
            if let Some(column) = self.names.iter().position(|names| names.contains(&name)) {
                cells[column] = match value {
                    Value::String(text) => text,
                    Value::Number(number) => number.to_string(),
                    Value::Bool(yes) => yes.to_string(),
                    Value::Null | Value::Array(_) | Value::Object(_) => continue,
                };
            }
        }
        teams::leg(self.row, |column| cells[column].trim().as_bytes(), settings)
    }
}

fn rows(page: Value) -> Vec<Value> {
    match page {
        Value::Array(rows) => rows,
        Value::Object(mut page) if page.get("value").is_some_and(Value::is_array) => {
            page.remove("value").map(rows).unwrap_or_default()
        }
        row => vec![row],
    }
}

/// A reader that ends a document that is too long.
struct Bounded<R> {
    reader: R,
    read: Arc<AtomicU64>,
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read.load(Ordering::Relaxed) > LONGEST_PAGE {
            return Ok(0);
        }
        let read = self.reader.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
