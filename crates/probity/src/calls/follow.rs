//! Where calls come from, followed while the gates run.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use decision_point::point::DecisionPoint;
use directory::raw_files::RawFiles;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::How;
use super::config::{CallsConfig, Source};
use super::growing::Growing;
use super::handed::{Handed, Way};
use super::intake::Intake;
use super::spool::Spool;
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::feeds::folder::{self, Untaken};

/// How often the spool of orders is looked at: somebody waits at a terminal.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Takes in what comes until `stopped`.
pub(crate) async fn follow(
    point: Arc<DecisionPoint>,
    config: CallsConfig,
    data: DataDir,
    handed: Handed,
    mut stopped: watch::Receiver<bool>,
) -> Result<(), Failure> {
    let mut running = None;
    let work = async {
        let running = &mut running;
        let zone = point.information().adopted().pack().settings().zone.clone();
        let feeds = config
            .feeds
            .iter()
            .filter_map(|feed| Some((feed.source()?, feed)))
            .map(|(source, feed)| Ok((source, feed.how(&zone)?)))
            .collect::<Result<Vec<_>, Failure>>()?;
        let numbers = config.numbers()?;
        let raw = RawFiles::new(data.received());
        let opening = {
            let (point, data, late) = (point.clone(), data.clone(), config.late_after_hours);
            move || Intake::open(point, &data, numbers, late)
        };
        let intake = Arc::new(tokio::task::spawn_blocking(opening).await??);
        let spool = Spool::new(&data);
        *running = Some(intake.clone());
        let (mut followed, mut tools) = (JoinSet::new(), HashMap::new());
        for (source, how) in feeds {
            let (intake, raw) = (intake.clone(), raw.clone());
            match source {
                Source::Folder(folder) => {
                    followed.spawn(async move {
                        folder::watch(&folder, folder::is_not_failed, |path| {
                            take_in(path, how.clone(), intake.clone(), raw.clone())
                        })
                        .await;
                    });
                }
                Source::File(path, every) => {
                    let growing = Growing::new(path, &data.calls_followed());
                    followed.spawn(grow(Arc::new(growing), every, how, intake, raw));
                }
                Source::Tool(tool) => {
                    tools.insert(tool, how);
                }
            }
        }
        handed.open(Way {
            intake: intake.clone(),
            raw: raw.clone(),
            tools,
        });
        loop {
            let (spool, intake, raw) = (spool.clone(), intake.clone(), raw.clone());
            let runtime = Handle::current();
            let carried_out =
                tokio::task::spawn_blocking(move || spool.carry_out(&intake, &raw, &runtime));
            if carried_out.await.is_err() {
                tracing::error!("an order about calls ended badly");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    let done = tokio::select! {
        done = work => done,
        // An error means that the sender is gone: stop as well.
        _ = stopped.wait_for(|stop| *stop) => Ok(()),
    };
    // The record is sealed next, so nothing may be written by now.
    if let Some(intake) = running {
        tokio::task::spawn_blocking(move || intake.stop()).await?;
    }
    done
}

/// Takes in what is added to a file, until dropped.
async fn grow(
    growing: Arc<Growing>,
    every: Duration,
    how: How,
    intake: Arc<Intake>,
    raw: RawFiles,
) {
    let mut waits = false;
    loop {
        let (growing, how) = (growing.clone(), how.clone());
        let (intake, raw, runtime) = (intake.clone(), raw.clone(), Handle::current());
        let shown = growing.path().display().to_string();
        let looked = tokio::task::spawn_blocking(move || {
            let source = growing
                .path()
                .file_name()
                .unwrap_or_default()
                .to_string_lossy();
            growing.look(|rows| {
                let kept = raw.keep(rows)?;
                let taken = intake.take_in(&kept, &source, &how, &runtime)?;
                taken.log();
                Ok::<_, Box<dyn Error + Send + Sync>>(())
            })
        });
        let error: Option<Box<dyn Error + Send + Sync>> = match looked.await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.into()),
            Err(error) => Some(error.into()),
        };
        if let Some(error) = &error
            && !waits
        {
            tracing::warn!(error = &**error, file = shown, "a file of calls waits");
        }
        waits = error.is_some();
        tokio::time::sleep(every).await;
    }
}

async fn take_in(
    path: std::path::PathBuf,
    how: How,
    intake: Arc<Intake>,
    raw: RawFiles,
) -> Result<folder::Look, Untaken> {
    let runtime = Handle::current();
    let work = tokio::task::spawn_blocking(move || {
        let (kept, look) = folder::keep(&path, &raw)?;
        let source = path.file_name().unwrap_or_default().to_string_lossy();
        match intake.take_in(&kept, &source, &how, &runtime) {
            Ok(taken) => {
                taken.log();
                Ok(look)
            }
            Err(error) if error.is_final() => Err(Untaken::Unreadable(error.into())),
            Err(error) => Err(Untaken::later(error)),
        }
    });
    work.await.map_err(Untaken::later)?
}
