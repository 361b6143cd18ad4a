//! A folder of lists that goes away with the test.

use site_categories::{BuildError, BuildReport, Categories, Options, Refusal, build};
use std::fs;
use std::path::PathBuf;

pub(crate) struct Folder {
    place: tempfile::TempDir,
}

impl Folder {
    pub(crate) fn new() -> Folder {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("lists")).unwrap();
        Folder { place }
    }

    /// With lists: path in the folder, and text.
    pub(crate) fn with(lists: &[(&str, &str)]) -> Folder {
        let folder = Folder::new();
        for (name, text) in lists {
            folder.list(name, text);
        }
        folder
    }

    pub(crate) fn list(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.lists().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.lists().join(name)).unwrap();
    }

    pub(crate) fn lists(&self) -> PathBuf {
        self.place.path().join("lists")
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.place.path().join("sites")
    }

    pub(crate) fn build_with(&self, options: Options<'_>) -> Result<BuildReport, BuildError> {
        build(&self.lists(), &self.out(), options)
    }

    pub(crate) fn build(&self) -> BuildReport {
        self.build_with(Options::default()).unwrap()
    }

    pub(crate) fn refusal(&self, options: Options<'_>) -> Refusal {
        match self.build_with(options) {
            Err(BuildError::Refused { refusal, .. }) => refusal,
            other => panic!("not refused: {other:?}"),
        }
    }

    pub(crate) fn open(&self) -> Categories {
        Categories::open(&self.out()).unwrap()
    }

    /// What lies beside the lists: only ever the published file.
    pub(crate) fn beside(&self) -> Vec<String> {
        let items = fs::read_dir(self.place.path()).unwrap();
        let mut names: Vec<String> = items
            .map(|item| item.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// `n` hosts, one a row.
pub(crate) fn hosts(n: usize) -> String {
    (0..n).map(|n| format!("site{n}.example.org\n")).collect()
}
