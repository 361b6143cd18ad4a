//! Call records that tools hand over to the desk gate.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use desk_gate::calls::{NotTaken, RowSetAside, TakenCalls, TakesCalls, Taking};
use directory::raw_files::RawFiles;
use tokio::runtime::Handle;

use super::How;
use super::intake::{Intake, TakenIn};
use crate::failure::chain;

/// The way from the desk gate to the intake, which opens once it is known what is on the record.
#[derive(Clone, Default)]
pub(crate) struct Handed(Arc<OnceLock<Way>>);

/// What records are taken in with.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) intake: Arc<Intake>,
    pub(super) raw: RawFiles,
    /// How the records of each tool are read.
    pub(super) tools: HashMap<String, How>,
}

impl Handed {
    /// From now on.
    pub(super) fn open(&self, way: Way) {
        // It is opened once, by whoever follows calls.
        let _ = self.0.set(way);
    }
}

impl TakesCalls for Handed {
    fn take_in(&self, tool: &str, records: Bytes) -> Taking {
        let (way, tool) = (self.0.get().cloned(), tool.to_owned());
        Box::pin(async move {
            let Some(Way { intake, raw, tools }) = way else {
                return Err(NotTaken::Later("calls cannot be taken in yet".into()));
            };
            let how = tools.get(&tool).cloned().ok_or(NotTaken::NoFeed)?;
            let runtime = Handle::current();
            let work = tokio::task::spawn_blocking(move || {
                let kept = raw.keep(&records[..]);
                let kept = kept.map_err(|error| NotTaken::Later(error.into()))?;
                match intake.take_in(&kept, &tool, &how, &runtime) {
                    Ok(taken) => {
                        taken.log();
                        Ok(told(taken))
                    }
                    Err(error) if error.is_final() => Err(NotTaken::Unreadable(chain(&error))),
                    Err(error) => Err(NotTaken::Later(error.into())),
                }
            });
            work.await.map_err(|error| NotTaken::Later(error.into()))?
        })
    }
}

fn told(taken: TakenIn) -> TakenCalls {
    let aside = taken.set_aside.into_iter().map(|aside| RowSetAside {
        row: aside.row,
        reason: aside.reason,
    });
    TakenCalls {
        sha256: taken.sha256,
        format: taken.format,
        rows: taken.rows,
        recorded: taken.recorded,
        late: taken.late,
        known: taken.known,
        unfinished: taken.unfinished,
        n_set_aside: taken.n_set_aside,
        set_aside: aside.collect(),
    }
}
