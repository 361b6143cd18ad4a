//! Finding packs: built in, or in a folder.

use std::path::{Path, PathBuf};

use policy::pack::{Files, Pack};
use policy::problem::LoadPackError;
use rust_embed::RustEmbed;

/// The packs this program carries.
#[derive(RustEmbed)]
#[folder = "../../policies"]
struct BuiltIn;

/// Most files and bytes a pack folder may have: a hundred times what the largest council needs.
const MOST_FILES: usize = 1_000;
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// Why a pack could not be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FindPackError {
    /// Neither built in nor a folder.
    #[error("there is no pack `{name}`: built in are {known}; a folder needs a pack.toml")]
    Unknown {
        /// As given.
        name: String,
        /// The built-in ones.
        known: String,
    },
    /// A file cannot be read.
    #[error("cannot read `{path}` of the pack")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The folder is too large to be a pack.
    #[error("`{folder}` holds more than a pack can; name the folder with pack.toml in it")]
    TooLarge {
        /// Which.
        folder: PathBuf,
    },
    /// It does not load.
    #[error(transparent)]
    Broken(#[from] LoadPackError),
}

/// Names of the built-in packs.
pub(crate) fn names() -> Vec<String> {
    let mut names: Vec<String> = BuiltIn::iter()
        .filter_map(|path| path.strip_suffix("/pack.toml").map(str::to_owned))
        .collect();
    names.sort();
    names
}

/// Loads a built-in pack, or one in a folder.
pub(crate) fn load(name: &str) -> Result<Pack, FindPackError> {
    Ok(Pack::load(&files(name)?)?)
}

/// The files of one.
pub(crate) fn files(name: &str) -> Result<Files, FindPackError> {
    if names().iter().any(|known| known == name) {
        let inside = |path: &str| path.strip_prefix(&format!("{name}/")).map(str::to_owned);
        let text = |path: &str| {
            BuiltIn::get(path).map(|file| String::from_utf8_lossy(&file.data).into_owned())
        };
        return Ok(BuiltIn::iter()
            .filter_map(|path| Some((inside(&path)?, text(&path)?)))
            .collect());
    }
    let folder = Path::new(name);
    if !folder.join("pack.toml").is_file() {
        return Err(FindPackError::Unknown {
            name: name.to_owned(),
            known: names().join(", "),
        });
    }
    read_folder(folder)
}

fn read_folder(root: &Path) -> Result<Files, FindPackError> {
    let mut files = Files::new();
    let mut bytes = 0;
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| FindPackError::Unreadable { path, source }
        };
        for entry in std::fs::read_dir(&folder).map_err(unreadable(&folder))? {
            let entry = entry.map_err(unreadable(&folder))?;
            let path = entry.path();
            let kind = entry.file_type().map_err(unreadable(&path))?;
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                bytes += entry.metadata().map_err(unreadable(&path))?.len();
                if files.len() >= MOST_FILES || bytes > MOST_BYTES {
                    return Err(FindPackError::TooLarge {
                        folder: root.to_owned(),
                    });
                }
                let text = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
                let inside = path.strip_prefix(root).unwrap_or(&path);
                files.insert(inside.to_string_lossy().replace('\\', "/"), text);
            }
        }
    }
    Ok(files)
}
