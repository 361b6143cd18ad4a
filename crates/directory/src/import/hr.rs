//! HR's list.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use matters::event::{Act, Actor};
use register_store::feeds::Counts;
use tokio::sync::mpsc;

use super::{BATCH, ImportError, Imported, Importer, Progress, READER, counts};
use crate::hr::HrList;
use crate::plan::Plan;
use crate::plan::known::Known;
use crate::plan::planner::Planner;
use crate::plan::survey::Survey;
use crate::raw_files::RawFile;
use crate::sheet::SheetError;

/// The feed, as events name it.
const FEED: &str = "hr";

impl Importer {
    /// Goes through a list without changing anything, and shows each part of the plan. Blocks in a
    /// thread of its own.
    pub async fn plan_hr(
        &self,
        path: impl AsRef<Path>,
        now: Timestamp,
        mut show: impl FnMut(&Plan, Progress),
    ) -> Result<Imported, ImportError> {
        let mut plans = self.planned(path.as_ref().to_owned(), now).await?;
        let mut all = Counts::default();
        while let Some(plan) = plans.recv().await {
            let (plan, progress) = plan?;
            all += counts(&plan);
            show(&plan, progress);
        }
        Ok(Imported {
            run: None,
            counts: all,
        })
    }

    /// Imports a list that is kept, and tells how far it is after each batch.
    pub async fn import_hr(
        &self,
        file: &RawFile,
        now: Timestamp,
        progress: impl FnMut(Progress),
    ) -> Result<Imported, ImportError> {
        let run = self
            .store
            .begin_run(FEED, &file.sha256, READER, now)
            .await?;
        let went = self.take_hr(run, file, now, progress).await;
        self.finish(run, went, now).await
    }

    async fn take_hr(
        &self,
        run: i64,
        file: &RawFile,
        now: Timestamp,
        mut progress: impl FnMut(Progress),
    ) -> Result<Counts, ImportError> {
        let mut plans = self.planned(file.path.clone(), now).await?;
        let act = Act::of(Actor::Feed(FEED.to_owned()), now);
        let mut all = Counts::default();
        while let Some(plan) = plans.recv().await {
            let (plan, so_far) = plan?;
            all += counts(&plan);
            self.store.keep_batch(run, self.batch(plan), &act).await?;
            progress(so_far);
        }
        Ok(all)
    }

    /// Starts going through a list. One batch waits while another is kept.
    async fn planned(&self, path: PathBuf, now: Timestamp) -> Result<Plans, ImportError> {
        let (links, leaving) = (self.links(FEED).await?, self.leaving().await?);
        let (audiences, today) = (self.audiences(), self.today(now));
        let image = self.store.image();
        let (sender, plans) = mpsc::channel(1);
        tokio::task::spawn_blocking(move || {
            let councillors = image.pack().people().withdrawal.councillor.audience.clone();
            let known = Known::new(image.people(), &links, &leaving, audiences, today)
                .with_groups_of(councillors);
            // The other end is gone only if whoever asked has given up.
            let send = |plan| sender.blocking_send(Ok(plan)).is_ok();
            if let Err(error) = go_through(&path, &known, send) {
                let _gone = sender.blocking_send(Err(error.into()));
            }
        });
        Ok(plans)
    }
}

type Plans = mpsc::Receiver<Result<(Plan, Progress), ImportError>>;

fn open(path: &Path) -> Result<HrList<BufReader<File>>, SheetError> {
    HrList::open(BufReader::with_capacity(64 * 1024, File::open(path)?))
}

/// Reads the list twice, and hands over what is planned in batches until nobody takes them.
fn go_through(
    path: &Path,
    known: &Known<'_>,
    mut take: impl FnMut((Plan, Progress)) -> bool,
) -> Result<(), SheetError> {
    let mut survey = Survey::new(known);
    let mut progress = Progress::default();
    let mut list = open(path)?;
    while let Some(row) = list.stated()? {
        progress.of += 1;
        match row {
            Ok(stated) => survey.note(&stated),
            Err(broken) => survey.note_broken(&broken),
        }
    }
    survey.close();
    let mut planner = Planner::new(known, &survey);
    let mut plan = Plan::default();
    let mut list = open(path)?;
    while let Some(row) = list.stated()? {
        progress.rows += 1;
        match row {
            Ok(stated) => planner.take(stated, &mut plan),
            Err(broken) => plan.quarantined.push(broken),
        }
        let is_full = plan.changes.len() >= BATCH || plan.quarantined.len() >= BATCH;
        if is_full && !take((std::mem::take(&mut plan), progress)) {
            return Ok(());
        }
    }
    take((plan, progress));
    Ok(())
}
