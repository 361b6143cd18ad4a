//! Files of every version there ever was stay readable.
//!
//! `tests/fixtures/version-1` is a lake with its keys, as the version of the program wrote it that
//! first had tables of version 1. It is never written anew; a later version gets a folder of its own.

use super::*;
use crate::columns::Cell;
use crate::compact::Worth;
use crate::encode::Rows;
use crate::tables::Table;
use crate::{LakeError, encode};

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/version-1")
}

fn entries() -> Vec<Value> {
    let mut entries: Vec<_> = (0..8).map(|n| page(n, 2 + n % 2)).collect();
    entries.extend([message(2), step(), call()]);
    entries
}

/// Run once for each version, by hand: `LAKE_WRITE_FIXTURE=1`.
#[tokio::test]
async fn write_the_fixture() {
    if std::env::var_os("LAKE_WRITE_FIXTURE").is_none() {
        return;
    }
    let place = Place::new();
    let until = place.record(entries());
    let keys = Keys::in_folder(fixture().join("keys"));
    let store = Store::local(fixture().join("lake")).unwrap();
    let mut lake = Lake::open(store, keys, RECORD).await.unwrap();
    let mut follower = Follower::of(place.path("record")).with_batches_of(6);
    while lake.root().next < until {
        follower.step(&mut lake, TreeSize(until)).await.unwrap();
    }
    let lines = lines(&lake).await.join("\n");
    std::fs::write(fixture().join("lines.jsonl"), lines + "\n").unwrap();
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, to) = (
            entry.as_ref().unwrap().path(),
            to.join(entry.unwrap().file_name()),
        );
        match path.is_dir() {
            true => copy(&path, &to),
            false => drop(std::fs::copy(&path, &to).unwrap()),
        }
    }
}

#[tokio::test]
async fn what_version_1_wrote_is_read_joined_and_verified() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    copy(&fixture(), place.folder.path());
    for key in std::fs::read_dir(place.path("keys")).unwrap() {
        // What keeps the fixture keeps no such modes.
        let owner = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(key.unwrap().path(), owner).unwrap();
    }
    let expected = std::fs::read_to_string(fixture().join("lines.jsonl")).unwrap();
    let expected: Vec<_> = expected.lines().collect();
    let mut lake = place.open().await;
    let report = lake.verify(|| ()).await.unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!((report.entries, report.months_without_key), (11, 0));
    assert_eq!(lines(&lake).await, expected);
    let done = lake.compact(Worth::All, |_| ()).await.unwrap();
    assert!(done.after < done.before);
    assert_eq!(lines(&lake).await, expected);
    assert!(lake.verify(|| ()).await.unwrap().is_sound());
}

/// Columns that came later are empty in files from before; a file from after this program is not guessed
/// at.
#[test]
fn earlier_files_lack_columns_and_later_ones_are_refused() {
    let mut rows = Table::Event.rows();
    let n = Table::Event.columns().len();
    assert_eq!(n, 19);
    let mut cells = [Cell::Number(1); 19];
    cells[1] = Cell::Time(1);
    rows.push(cells);
    let (open, _) = rows.finish().unwrap();
    let earlier = open.project(&[0, 1, 3]).unwrap();
    let bytes = encode::with_version(Table::Event, 0, &earlier).unwrap();
    let read = Rows::of("f", false, bytes.into()).unwrap();
    let read: Vec<_> = read.map(Result::unwrap).collect();
    assert_eq!(read[0].schema(), Table::Event.schema());
    let column = read[0].column_by_name("outcome").unwrap();
    assert_eq!(arrow_array::Array::null_count(column), 1);
    let bytes = encode::with_version(Table::Event, 2, &open).unwrap();
    let later = Rows::of("f", false, bytes.into());
    assert!(matches!(later.err(), Some(LakeError::LaterVersion { .. })));
}
