//! The packs of this repository, read from disk for the tests.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops here")]

use std::path::Path;

use policy::pack::{Files, Pack};

/// Every file of one council's pack.
pub(crate) fn files(council: &str) -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../policies")
        .join(council);
    let mut files = Files::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let inside = path.strip_prefix(&root).unwrap().to_str().unwrap();
                files.insert(inside.to_owned(), std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// A pack made of these files. When it does not load, every problem is printed.
pub(crate) fn load(files: &Files) -> Pack {
    Pack::load(files).unwrap_or_else(|error| {
        let problems: String = error.problems.iter().map(|p| format!("{p}\n")).collect();
        panic!("{problems}")
    })
}

/// One council's pack as it stands.
pub(crate) fn pack(council: &str) -> Pack {
    load(&files(council))
}
