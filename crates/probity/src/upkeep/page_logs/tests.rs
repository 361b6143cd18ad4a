#![allow(clippy::unwrap_used)]

use std::io::Write as _;

use serde_json::Value;

use super::*;
use crate::data_dir::DataDir;
use crate::upkeep::tests::work_beside;

/// A line of a job's pages, of this minute.
fn line(job: u32, pages: u32) -> String {
    format!(
        "office ann {job} [02/Mar/2026:10:{job:02}:00 +0000] total {pages} private localhost A name - -\n"
    )
}

fn append(path: &Path, text: &str) {
    let mut file = File::options()
        .create(true)
        .append(true)
        .open(path)
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// Jobs and pages on the record, in order.
fn printed(data: &DataDir) -> Vec<(String, u64)> {
    let mut reader = Reader::from(data.record(), EntryIndex(0)).unwrap();
    let mut printed = Vec::new();
    while let Some(entry) = reader.next_entry().unwrap() {
        let entry: Value = serde_json::from_slice(entry.payload).unwrap();
        if entry["kind"] == "printed" {
            assert_eq!(entry["purpose"], "private");
            assert!(!entry.to_string().contains("A name"), "{entry}");
            let job = entry["job"].as_str().unwrap().to_owned();
            printed.push((job, entry["pages"].as_u64().unwrap()));
        }
    }
    printed
}

fn is(data: &DataDir, expected: &[(u32, u64)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(job, pages)| (job.to_string(), *pages))
        .collect();
    assert_eq!(printed(data), expected);
}

struct Setting {
    folder: tempfile::TempDir,
    data: DataDir,
    log: PathBuf,
}

impl Setting {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::new(&folder.path().join("data"));
        let log = folder.path().join("page_log");
        Self { folder, data, log }
    }

    fn work(&self) -> Work {
        work_beside(&self.data, None, vec![self.log.clone()])
    }

    /// What is kept of the place in the log.
    fn place(&self) -> PathBuf {
        self.work_path("place")
    }

    fn work_path(&self, ending: &str) -> PathBuf {
        let files = std::fs::read_dir(self.folder.path().join("data")).unwrap();
        let mut files = files.map(|file| file.unwrap().path());
        files
            .find(|file| file.extension().is_some_and(|found| found == ending))
            .unwrap()
    }
}

#[test]
fn lines_are_taken_once_as_they_come_and_whole() {
    let setting = Setting::new();
    let mut work = setting.work();
    work.read_page_logs().unwrap();
    is(&setting.data, &[]);
    append(&setting.log, &(line(1, 2) + &line(2, 5)));
    work.read_page_logs().unwrap();
    let third = line(3, 1);
    let (begin, end) = third.split_at(20);
    append(&setting.log, begin);
    work.read_page_logs().unwrap();
    is(&setting.data, &[(1, 2), (2, 5)]);
    append(&setting.log, &format!("{end}not a line\n{}", line(4, 1)));
    work.read_page_logs().unwrap();
    work.read_page_logs().unwrap();
    is(&setting.data, &[(1, 2), (2, 5), (3, 1), (4, 1)]);
}

#[test]
fn a_log_that_is_put_away_is_read_to_its_end_first() {
    let setting = Setting::new();
    let mut work = setting.work();
    append(&setting.log, &line(1, 1));
    work.read_page_logs().unwrap();
    append(&setting.log, &line(2, 2));
    std::fs::rename(&setting.log, setting.folder.path().join("page_log.O")).unwrap();
    work.read_page_logs().unwrap();
    append(&setting.log, &line(3, 3));
    work.read_page_logs().unwrap();
    work.read_page_logs().unwrap();
    is(&setting.data, &[(1, 1), (2, 2), (3, 3)]);
    // Emptied, and begun anew.
    std::fs::write(&setting.log, "").unwrap();
    work.read_page_logs().unwrap();
    append(&setting.log, &line(4, 4));
    work.read_page_logs().unwrap();
    is(&setting.data, &[(1, 1), (2, 2), (3, 3), (4, 4)]);
}

#[test]
fn after_a_restart_nothing_is_lost_or_taken_twice() {
    let setting = Setting::new();
    append(&setting.log, &line(1, 1));
    let mut work = setting.work();
    work.read_page_logs().unwrap();
    let kept = std::fs::read(setting.place()).unwrap();
    append(&setting.log, &line(2, 2));
    work.read_page_logs().unwrap();
    drop(work);
    // Killed between the record and the place.
    std::fs::write(setting.place(), kept).unwrap();
    append(&setting.log, &line(3, 3));
    setting.work().read_page_logs().unwrap();
    is(&setting.data, &[(1, 1), (2, 2), (3, 3)]);
    setting.work().read_page_logs().unwrap();
    is(&setting.data, &[(1, 1), (2, 2), (3, 3)]);
}

#[test]
fn a_place_nobody_can_read_is_told_and_nothing_is_taken() {
    let setting = Setting::new();
    append(&setting.log, &line(1, 1));
    setting.work().read_page_logs().unwrap();
    std::fs::write(setting.place(), "{").unwrap();
    append(&setting.log, &line(2, 2));
    let why = setting.work().read_page_logs().unwrap_err();
    assert!(why.contains("take the file away"), "{why}");
    is(&setting.data, &[(1, 1)]);
}
