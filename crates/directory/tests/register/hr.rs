//! HR's list into the register.

use std::fmt::Write as _;
use std::time::Instant;

use directory::import::ImportError;
use matters::withdrawal::{Kind, Stage, Withdrawal};
use register_store::feeds::{Counts, RunStatus};
use register_store::matters_kept::Filter;

use crate::setting::{Setting, now};

const HEADER: &str = "employee number,name,audience,post title,directorate,service,team,manager number,contract start,last working day,email\n";

fn council(n: usize, broken_every: usize) -> String {
    let mut list = HEADER.to_owned();
    for n in 1..=n {
        let start = if n % broken_every == 0 {
            "31/04/2007"
        } else {
            "30/04/2007"
        };
        let (service, team, manager) = (n % 40, n % 400, 1 + n / 12);
        let manager = if manager == n || n == 1 {
            String::new()
        } else {
            manager.to_string()
        };
        let _ = writeln!(
            list,
            "{n},\"Person {n}, of the council\",officer,Clerk,Place,Service {service},Team {team},{manager},{start},,p{n}@council.test"
        );
    }
    list
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_rows_are_imported_once() {
    let setting = Setting::new().await;
    let list = council(10_000, usize::MAX);
    let file = setting.file(&list);
    let mut seen = Vec::new();
    let begun = Instant::now();
    let imported = setting
        .importer
        .import_hr(&file, now(), |progress| seen.push(progress))
        .await
        .unwrap();
    println!("10,000 rows in {:?}", begun.elapsed());
    assert_eq!(
        (imported.counts.added, imported.counts.quarantined),
        (10_000, 0)
    );
    assert_eq!(
        seen.last().map(|last| (last.rows, last.of)),
        Some((10_000, 10_000))
    );
    assert!(seen.len() >= 5);
    let again = setting.import(&list).await;
    assert_eq!(
        again,
        Counts {
            unchanged: 10_000,
            ..Counts::default()
        }
    );
    let runs = setting.store.runs(Some("hr"), 10).await.unwrap();
    assert_eq!(runs.len(), 2);
    assert_eq!(
        (&runs[1].sha256, runs[1].status, runs[1].counts),
        (&file.sha256, RunStatus::Done, imported.counts)
    );
    assert_eq!(setting.raw.find(&file.sha256), Some(file.path));
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_rows_wait_and_the_others_come() {
    let setting = Setting::new().await;
    let mut shown = Counts::default();
    let file = setting.file(&council(2000, 100));
    let planned = setting
        .importer
        .plan_hr(&file, now(), |plan, _| {
            shown.added += plan.changes.len() as u64
        })
        .await
        .unwrap();
    assert_eq!((planned.run, shown.added), (None, 1980));
    assert_eq!(setting.store.image().people().all().count(), 0);
    let counts = setting.import(&council(2000, 100)).await;
    assert_eq!((counts.added, counts), (1980, planned.counts));
    let run = setting.store.runs(None, 1).await.unwrap()[0].clone();
    // Twenty rows, and the managers among them as others name them.
    assert_eq!(run.counts.quarantined, counts.quarantined);
    let rows = setting.store.quarantined(run.id, 0, 500).await.unwrap();
    assert_eq!(rows.len() as u64, counts.quarantined);
    assert_eq!(
        rows.iter().filter(|row| row["set_aside"] == "row").count(),
        20
    );
    let counts = setting.import(&council(2000, usize::MAX)).await;
    assert_eq!((counts.added, counts.quarantined), (20, 0));
}

/// Takes about a minute in a build for tests: run it by name.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "large"]
async fn two_hundred_thousand_rows_fit_into_little_memory() {
    let setting = Setting::new().await;
    // The same few thousand people over and over, as a broken export would have them.
    let mut list = HEADER.to_owned();
    for n in 0..200_000 {
        let day = if n % 100 == 0 {
            "31/04/2007"
        } else {
            "30/04/2007"
        };
        let _ = writeln!(list, "{n},Person {n},officer,Clerk,Place,Parks,,,{day},,");
    }
    let before = peak_kilobytes();
    let begun = Instant::now();
    let file = setting.file(&list);
    drop(list);
    let imported = setting
        .importer
        .import_hr(&file, now(), |_| {})
        .await
        .unwrap();
    println!(
        "200,000 rows in {:?}, {} MB more",
        begun.elapsed(),
        (peak_kilobytes() - before) / 1024
    );
    assert_eq!(
        (imported.counts.added, imported.counts.quarantined),
        (198_000, 2000)
    );
}

fn peak_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

async fn withdrawals(setting: &Setting) -> Vec<Withdrawal> {
    let found = setting
        .store
        .matters::<Withdrawal>(&Filter::default())
        .await
        .unwrap();
    let mut found: Vec<_> = found.items.into_iter().map(|kept| kept.matter).collect();
    found.sort_by_key(|withdrawal| withdrawal.stage == Stage::Rejected);
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_is_withdrawn_at_the_end_of_the_last_day() {
    let setting = Setting::new().await;
    let row = |day: &str| format!("{HEADER}1,Ann,officer,Clerk,Place,,,,2020-01-01,{day},\n");
    setting.import(&row("")).await;
    assert!(withdrawals(&setting).await.is_empty());
    assert_eq!(setting.import(&row("30/06/2026")).await.leaving, 1);
    let found = withdrawals(&setting).await;
    assert_eq!((found.len(), &found[0].kind), (1, &Kind::Leaving));
    // Midnight in London, in summer.
    assert_eq!(
        found[0].effective_at,
        "2026-06-30T23:00:00Z".parse().unwrap()
    );
    assert_eq!(setting.import(&row("30/06/2026")).await.leaving, 0);
    assert_eq!(setting.import(&row("03/07/2026")).await.leaving, 1);
    let found = withdrawals(&setting).await;
    assert_eq!(
        found[0].effective_at,
        "2026-07-03T23:00:00Z".parse().unwrap()
    );
    let alive = found
        .iter()
        .filter(|withdrawal| withdrawal.stage != Stage::Rejected);
    assert_eq!(alive.count(), 1);
    assert_eq!(setting.import(&row("03/07/2026")).await.leaving, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_cut_short_is_finished_by_the_next() {
    let setting = Setting::new().await;
    let list = council(6000, usize::MAX);
    let file = setting.file(&list);
    let (told, mut first) = tokio::sync::mpsc::unbounded_channel();
    let importer = setting.importer.clone();
    let cut = file.clone();
    let task = tokio::spawn(async move {
        importer
            .import_hr(&cut, now(), |_| {
                let _told = told.send(());
            })
            .await
    });
    first.recv().await.unwrap();
    task.abort();
    assert!(task.await.is_err());
    let half = setting.store.image().people().all().count();
    assert!(half > 0 && half < 6000, "{half}");
    let imported = setting
        .importer
        .import_hr(&file, now(), |_| {})
        .await
        .unwrap();
    assert_eq!(imported.counts.added + imported.counts.unchanged, 6000);
    assert_eq!(setting.store.image().people().all().count(), 6000);
    let runs = setting.store.runs(Some("hr"), 10).await.unwrap();
    let statuses: Vec<_> = runs.iter().map(|run| run.status).collect();
    assert_eq!(statuses, [RunStatus::Done, RunStatus::Interrupted]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_list_fails_as_a_whole() {
    let setting = Setting::new().await;
    let file = setting.file("1,Ann,officer\n");
    let failed = setting.importer.import_hr(&file, now(), |_| {}).await;
    assert!(matches!(failed, Err(ImportError::Sheet(_))));
    let run = &setting.store.runs(Some("hr"), 1).await.unwrap()[0];
    assert_eq!(
        (run.status, run.counts),
        (RunStatus::Failed, Counts::default())
    );
}
