//! The numbered folders under `integrations`, one for each behaviour, and the tests they become.
//!
//! What stands in a `test.toml` is each server's own affair; here is only how the folders are
//! found, read and driven. A folder that cannot be read fails the test, by name.
#![allow(
    clippy::panic,
    reason = "only tests read these folders, and what is wrong with one is for its author"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The folders for one server.
#[derive(Debug, Clone, Copy)]
pub struct Folders {
    server: &'static str,
}

impl Folders {
    /// Those of a server, by its folder in `integrations`.
    pub const fn of(server: &'static str) -> Self {
        Self { server }
    }

    /// A path inside.
    pub fn join(self, inner: impl AsRef<Path>) -> PathBuf {
        let integrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../integrations");
        integrations.join(self.server).join(inner)
    }

    /// What `test.toml` in this folder says.
    pub fn read<T: DeserializeOwned>(self, folder: &str) -> T {
        let path = self.join(folder).join("test.toml");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        toml::from_str(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"))
    }

    /// The names of all folders but these, which serve the others; sorted.
    pub fn names_but(self, others: &[&str]) -> Vec<String> {
        let path = self.join("");
        let found = std::fs::read_dir(&path).and_then(|entries| {
            let mut names = Vec::new();
            for entry in entries {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    names.push(entry.file_name().to_string_lossy().into_owned());
                }
            }
            Ok(names)
        });
        let mut names = found.unwrap_or_else(|error| panic!("{path:?}: {error}"));
        names.retain(|name| !others.contains(&&**name));
        names.sort();
        names
    }
}

/// Numbers of a test that is more than steps, by name.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Numbers(BTreeMap<String, u64>);

impl Numbers {
    /// The number of this name; the environment variable `PROBITY_NAME` wins.
    pub fn number(&self, name: &str) -> u64 {
        let variable = format!("PROBITY_{}", name.to_uppercase());
        match std::env::var(&variable) {
            Ok(given) => given
                .parse()
                .unwrap_or_else(|_| panic!("{variable}={given}")),
            Err(_) => self.0[name],
        }
    }
}

/// Whether a test can run here, told what its server misses. Without a reason it can; with one it
/// is skipped and says so, except under CI, where what is missing is a failure.
pub fn is_possible(missing: Option<String>) -> bool {
    let Some(missing) = missing else {
        return true;
    };
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{missing}");
    eprintln!("skipped: {missing}");
    false
}

/// One test function for each folder, and their names as `DRIVEN`, to see that none is forgotten.
///
/// First how a folder is read and what tells what is missing on this machine, then a line for each
/// test: its name, its folder, and the function that drives what was read.
#[macro_export]
macro_rules! numbered_tests {
    ($read:path, unless $missing:path; $($name:ident: $folder:literal => $drive:path;)*) => {
        const DRIVEN: &[&str] = &[$($folder),*];
        $(#[test]
        fn $name() {
            if $crate::numbered::is_possible($missing()) {
                $drive(&$read($folder));
            }
        })*
    };
}
