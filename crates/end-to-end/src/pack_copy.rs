//! Packs of `policies`, as they are or as a copy with some text changed.
#![allow(
    clippy::panic,
    reason = "only tests change packs, and a change that does not fit is for its author"
)]

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// One piece of text in a file of the pack, replaced wherever it stands.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackEdit {
    /// The file, by its path in the pack.
    pub file: String,
    /// What has to be there.
    pub find: String,
    /// What stands there afterwards.
    pub replace: String,
}

/// The folder of a pack, by its name in `policies`.
pub fn original(pack: &str) -> PathBuf {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    policies.join(pack)
}

/// The pack's own folder, or with edits a changed copy at `copy`. An edit that finds nothing to
/// change fails the test.
pub fn edited(pack: &str, edits: &[PackEdit], copy: PathBuf) -> PathBuf {
    let original = original(pack);
    if edits.is_empty() {
        return original;
    }
    copy_all(&original, &copy).unwrap_or_else(|error| panic!("{original:?}: {error}"));
    for PackEdit {
        file,
        find,
        replace,
    } in edits
    {
        let path = copy.join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        assert!(text.contains(find), "{path:?} has no `{find}`");
        std::fs::write(&path, text.replace(find, replace))
            .unwrap_or_else(|error| panic!("{path:?}: {error}"));
    }
    copy
}

/// Every file of a pack's folder by its path in it, as packs are loaded.
pub fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        let entries = std::fs::read_dir(&inner).unwrap_or_else(|e| panic!("{inner:?}: {e}"));
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
            let name = path.strip_prefix(folder).unwrap_or(&path);
            files.insert(name.to_string_lossy().into_owned(), text);
        }
    }
    files
}

fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_all(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
