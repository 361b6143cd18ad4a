//! Files of calls that a command hands to the running gates: only they can write on the record.
//!
//! An order is a small file beside the file itself, which is kept by its SHA-256 like any other. It lies
//! in the spool until it is carried out, whatever ends the gates meanwhile.

use std::io;
use std::path::{Path, PathBuf};

use directory::raw_files::RawFiles;
use serde::{Deserialize, Serialize};

use super::How;
use super::intake::{Intake, TakenIn};
use crate::data_dir::DataDir;
use crate::failure::chain;
use crate::people::replace;
use tokio::runtime::Handle;

/// An order to take in a file that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    /// The file.
    pub(crate) sha256: String,
    /// What it is called.
    pub(crate) source: String,
    /// How it is read.
    pub(crate) how: How,
}

/// What came of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Answer {
    /// It was carried out.
    TakenIn(TakenIn),
    /// It cannot be, and why.
    Refused(String),
}

/// Where orders lie.
#[derive(Debug, Clone)]
pub(crate) struct Spool(PathBuf);

impl Spool {
    /// In a data directory.
    pub(crate) fn new(data: &DataDir) -> Self {
        Self(data.calls_spool())
    }

    /// Leaves an order.
    pub(crate) fn order(&self, order: &Order) -> io::Result<()> {
        std::fs::create_dir_all(&self.0)?;
        let answer = self.answer_path(&order.sha256);
        match std::fs::remove_file(answer) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        replace(&self.order_path(&order.sha256), &serde_json::to_vec(order)?)
    }

    /// Takes the answer to an order, once there is one.
    pub(crate) fn answer(&self, sha256: &str) -> io::Result<Option<Answer>> {
        let path = self.answer_path(sha256);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        std::fs::remove_file(&path)?;
        Ok(Some(serde_json::from_slice(&bytes)?))
    }

    /// Carries out the orders there are. Blocks.
    pub(crate) fn carry_out(&self, intake: &Intake, raw: &RawFiles, runtime: &Handle) {
        for path in self.orders().unwrap_or_default() {
            let order = std::fs::read(&path)
                .map_err(|error| error.to_string())
                .and_then(|bytes| {
                    serde_json::from_slice::<Order>(&bytes).map_err(|error| error.to_string())
                });
            let done = match order {
                Ok(order) => self.carry_out_one(&order, intake, raw, runtime),
                Err(why) => {
                    tracing::error!(why, order = %path.display(), "an order cannot be read");
                    true
                }
            };
            if done && let Err(error) = std::fs::remove_file(&path) {
                tracing::warn!(%error, order = %path.display(), "an order cannot be taken away");
            }
        }
    }

    /// Whether the order is done with.
    fn carry_out_one(
        &self,
        order: &Order,
        intake: &Intake,
        raw: &RawFiles,
        runtime: &Handle,
    ) -> bool {
        let answer = match raw.find(&order.sha256) {
            None => Answer::Refused("the file is not kept any more".to_owned()),
            Some(path) => {
                let file = directory::raw_files::RawFile {
                    sha256: order.sha256.clone(),
                    path,
                    bytes: 0,
                };
                match intake.take_in(&file, &order.source, &order.how, runtime) {
                    Ok(taken) => Answer::TakenIn(taken),
                    Err(error) if error.is_final() => Answer::Refused(chain(&error)),
                    Err(error) => {
                        let why = chain(&error);
                        tracing::warn!(why, file = order.source, "a file of calls waits");
                        return false;
                    }
                }
            }
        };
        let written = serde_json::to_vec(&answer).map_err(io::Error::from);
        let written = written.and_then(|bytes| replace(&self.answer_path(&order.sha256), &bytes));
        if let Err(error) = &written {
            tracing::warn!(%error, "what came of a file of calls cannot be told");
        }
        written.is_ok()
    }

    fn orders(&self) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.0)? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "order") {
                found.push(path);
            }
        }
        found.sort();
        Ok(found)
    }

    fn order_path(&self, sha256: &str) -> PathBuf {
        Path::new(&self.0).join(format!("{sha256}.order"))
    }

    fn answer_path(&self, sha256: &str) -> PathBuf {
        Path::new(&self.0).join(format!("{sha256}.answer"))
    }
}
