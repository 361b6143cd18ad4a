#![allow(clippy::unwrap_used, clippy::panic)]

use content::document::Limits;
use content::finding::Label;
use content::known_files::{Class, Item, Register, take};
use content::mail;
use content::offence::correction::{Correction, Opinion, Verdict, propose};
use content::offence::model::checksum_of;
use correspondence::{Called, Correspondence};
use decision_point::information::InformationPoint;
use register::snapshot::Snapshot;

use super::*;
use crate::gates;
use crate::known_files::KnownFilesError;

const SENTENCE: &str = "Women can't read maps, so send one of the lads.";

/// Made of the sentence, and of as many more like it.
fn correction(more: usize) -> Correction {
    let like = ["Women can't drive vans, so send one of the lads."];
    let texts = like[..more].iter().chain(&[SENTENCE]);
    let verdicts = texts.flat_map(|text| {
        let verdict = Verdict {
            label: Label::Sexist,
            words: (*text).to_owned(),
            opinion: Opinion::Wrong,
        };
        vec![verdict; 4]
    });
    propose(&verdicts.collect::<Vec<_>>()).correction
}

/// The gates' knowledge over a data directory, as it is at a start.
fn work(data: &DataDir) -> Work {
    work_beside(data, None, Vec::new())
}

/// The same with files of the desk gate.
pub(super) fn work_beside(
    data: &DataDir,
    assets: Option<PathBuf>,
    page_logs: Vec<PathBuf>,
) -> Work {
    let adopted = knowledge::adopt("walsall").unwrap();
    let information = InformationPoint::new(adopted, Snapshot::default(), None);
    knowledge::correct(&information, data);
    knowledge::recognise(&information, &KnownFiles::at(&data.known_files()));
    let record = RecordConfig::default();
    let point = gates::open_point(information, data, &record, None).unwrap();
    let watch = Watch {
        assets,
        page_logs,
        register: None,
        known_files: KnownFiles::at(&data.known_files()),
        troubles: Arc::default(),
    };
    Work::new(Arc::new(point), data, &record, watch).unwrap()
}

impl Work {
    fn correction_in_use(&mut self) -> Option<String> {
        self.once();
        self.point.information().offence_version()
    }

    fn finds(&self, label: Label) -> bool {
        let message = format!("Subject: Trip\r\n\r\n{SENTENCE}\r\n");
        let reading = mail::read(message.as_bytes(), None, &mail::Limits::default());
        let information = self.point.information();
        let contents = information.look_through(message.as_bytes(), &reading);
        contents
            .findings
            .iter()
            .any(|found| found.hit.label == label)
    }

    /// Versions of corrections that stand on the record as taken up, in order.
    fn on_record(&self, data: &DataDir) -> Vec<String> {
        self.taken_up(data, "offence-correction")
    }

    fn taken_up(&self, data: &DataDir, what: &str) -> Vec<String> {
        self.point.journal().sync_now().unwrap();
        let mut reader = journal::Reader::from(data.record(), ledger::EntryIndex(0)).unwrap();
        let mut versions = Vec::new();
        while let Some(entry) = reader.next_entry().unwrap() {
            let entry: serde_json::Value = serde_json::from_slice(entry.payload).unwrap();
            if entry["what"] == what {
                versions.push(entry["version"].as_str().unwrap().to_owned());
            }
        }
        versions
    }

    fn trouble(&self) -> String {
        self.trouble_of(Part::Correction)
    }

    fn trouble_of(&self, part: Part) -> String {
        self.troubles
            .of(part)
            .map_or_else(String::new, |trouble| trouble.why)
    }
}

#[test]
fn a_correction_is_taken_up_while_running_and_goes_when_it_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir::new(folder.path());
    let (first, second) = (correction(0), correction(1));
    assert_ne!(first.version(), second.version());
    let mut work = work(&data);
    assert_eq!(work.correction_in_use(), None);
    assert!(work.finds(Label::Sexist));
    correction::apply(&data, &first).unwrap();
    assert_eq!(work.correction_in_use(), Some(first.version()));
    assert!(!work.finds(Label::Sexist));
    correction::apply(&data, &second).unwrap();
    assert_eq!(work.correction_in_use(), Some(second.version()));
    correction::roll_back(&data).unwrap();
    assert_eq!(work.correction_in_use(), Some(first.version()));
    correction::roll_back(&data).unwrap();
    assert_eq!(work.correction_in_use(), None);
    assert!(work.finds(Label::Sexist));
    let (first, second) = (first.version(), second.version());
    let taken_up = [&first, &second, &first, "none"];
    assert_eq!(work.on_record(&data), taken_up);
}

#[test]
fn a_correction_that_cannot_be_used_leaves_the_one_in_use_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir::new(folder.path());
    let sound = correction(0);
    correction::apply(&data, &sound).unwrap();
    // The start has it from the first message on, and the record says so once.
    let mut work = work(&data);
    assert!(!work.finds(Label::Sexist));
    assert_eq!(work.correction_in_use(), Some(sound.version()));
    assert_eq!(work.correction_in_use(), Some(sound.version()));
    assert_eq!(work.on_record(&data), [sound.version()]);

    std::fs::write(data.correction(), "junk").unwrap();
    assert_eq!(work.correction_in_use(), Some(sound.version()));
    assert!(
        work.trouble().contains("this is no correction"),
        "{}",
        work.trouble()
    );
    // Made for another model: 8 bytes after format and checksum name it.
    let mut other = sound.encode();
    other[16] ^= 1;
    let checksum = checksum_of(&other[16..]).to_le_bytes();
    other[8..16].copy_from_slice(&checksum);
    std::fs::write(data.correction(), other).unwrap();
    assert_eq!(work.correction_in_use(), Some(sound.version()));
    assert!(
        work.trouble().contains("make it anew from the verdicts"),
        "{}",
        work.trouble()
    );
    assert!(!work.finds(Label::Sexist));

    correction::apply(&data, &sound).unwrap();
    assert_eq!(work.correction_in_use(), Some(sound.version()));
    assert_eq!(work.trouble(), "");
}

/// Killed at any moment, a gate has forgotten no more than the last few seconds.
#[test]
fn what_is_remembered_of_earlier_mail_is_written_down_now_and_then() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir::new(folder.path());
    let limits = correspondence::Limits::default();
    let open = || {
        let opened = Correspondence::open(&data.correspondence(), &limits, Timestamp::now());
        opened.unwrap().0
    };
    let adopted = knowledge::adopt("walsall").unwrap();
    let mut information = InformationPoint::new(adopted, Snapshot::default(), None);
    information.remember_in(open());
    let record = RecordConfig::default();
    let point = Arc::new(gates::open_point(information, &data, &record, None).unwrap());
    let watch = Watch {
        assets: None,
        page_logs: Vec::new(),
        register: None,
        known_files: KnownFiles::at(&data.known_files()),
        troubles: Arc::default(),
    };
    let mut work = Work::new(point.clone(), &data, &record, watch).unwrap();
    let now = Timestamp::now();
    let memory = point.information().correspondence().unwrap();
    let is_kept = || {
        let kept = Correspondence::read(&data.correspondence(), &limits, now).unwrap();
        kept.unwrap()
            .was_called("1@elsewhere.example", Called::Junk, now)
    };
    memory.call("1@elsewhere.example", Called::Junk, now);
    work.once();
    assert!(!is_kept(), "not with every look");
    work.remembered = Instant::now().checked_sub(REMEMBER_EVERY).unwrap();
    work.once();
    assert!(is_kept());
}

/// A text, and the register in which it is a confidential document.
fn register_text(data: &DataDir, reference: &str, until: Option<i64>) -> String {
    let text: String = (0..40)
        .map(|n| {
            format!(
                "{reference} {n}: lot {} goes for {}. ",
                n * 37,
                n * 4_111 + 17
            )
        })
        .collect();
    let files = KnownFiles::at(&data.known_files());
    let key = files.key().unwrap();
    let class = Class::RegisteredDocument;
    let taken = take(text.as_bytes(), None, class, &key, &Limits::default());
    let item = Item {
        reference: reference.to_owned(),
        class,
        owner: None,
        registered_at: 0,
        until,
        prints: taken.prints,
    };
    let put = |register: &mut Register| -> Result<_, KnownFilesError> {
        register.put(item).unwrap();
        Ok(())
    };
    files.change(put).unwrap();
    text
}

impl Work {
    fn recognises(&self, text: &str) -> bool {
        let message = format!("Subject: Trip\r\n\r\n{text}\r\n");
        let reading = mail::read(message.as_bytes(), None, &mail::Limits::default());
        let information = self.point.information();
        let contents = information.look_through(message.as_bytes(), &reading);
        let findings = contents.findings.iter();
        findings
            .map(|found| found.hit.label)
            .any(|label| label == Label::RegisteredDocument)
    }
}

#[test]
fn known_files_are_taken_up_while_running_and_go_when_they_are_gone() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir::new(folder.path());
    let mut work = work(&data);
    work.once();
    let first = register_text(&data, "A", None);
    assert!(!work.recognises(&first));
    work.once();
    assert!(work.recognises(&first));
    let second = register_text(&data, "B", None);
    work.once();
    assert!(work.recognises(&first) && work.recognises(&second));

    let path = data.known_files();
    let sound = std::fs::read(&path).unwrap();
    std::fs::write(&path, &sound[..100]).unwrap();
    work.once();
    work.once();
    let trouble = work.trouble_of(Part::KnownFiles);
    assert!(trouble.contains("is damaged"), "{trouble}");
    assert!(work.recognises(&first) && work.recognises(&second));

    std::fs::write(&path, &sound).unwrap();
    work.once();
    assert_eq!(work.trouble_of(Part::KnownFiles), "");
    std::fs::remove_file(&path).unwrap();
    work.once();
    assert!(!work.recognises(&first) && !work.recognises(&second));
    let taken_up = work.taken_up(&data, "known-files");
    assert_eq!(taken_up.len(), 3, "{taken_up:?}");
    assert_eq!(taken_up[2], "none");
}

#[test]
fn what_is_registered_ends_while_running() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir::new(folder.path());
    let mut work = work(&data);
    let end = Timestamp::now().as_second() + 3_600;
    let ending = register_text(&data, "A", Some(end));
    let lasting = register_text(&data, "B", None);
    let at = |second| Timestamp::from_second(second).unwrap();
    assert_eq!(work.take_up_known_files(at(end - 1)), Some(Ok(())));
    assert!(work.recognises(&ending));
    assert_eq!(work.take_up_known_files(at(end - 1)), None);
    assert_eq!(work.take_up_known_files(at(end)), Some(Ok(())));
    assert!(!work.recognises(&ending) && work.recognises(&lasting));
    assert_eq!(work.take_up_known_files(at(end + 1)), None);
}

#[test]
fn the_gates_start_without_known_files_that_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir::new(folder.path());
    std::fs::write(data.known_files(), "junk").unwrap();
    let mut work = work(&data);
    work.once();
    let trouble = work.trouble_of(Part::KnownFiles);
    assert!(
        trouble.contains("this is no register of known files"),
        "{trouble}"
    );
}

#[test]
fn the_gates_start_without_a_correction_that_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir::new(folder.path());
    std::fs::write(data.correction(), "junk").unwrap();
    let mut work = work(&data);
    assert_eq!(work.correction_in_use(), None);
    assert!(work.finds(Label::Sexist));
    assert!(
        work.trouble().contains("this is no correction"),
        "{}",
        work.trouble()
    );
}

#[test]
fn a_disk_with_too_little_room_is_said_to_be_so_until_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut work = work(&DataDir::new(folder.path()));
    let needed = std::mem::replace(&mut work.min_free_bytes, u64::MAX);
    work.once();
    let trouble = work.troubles.of(Part::Record).unwrap();
    assert!(trouble.why.contains("bytes free that are needed"));
    work.min_free_bytes = needed;
    work.once();
    assert_eq!(work.troubles.of(Part::Record), None);
}
