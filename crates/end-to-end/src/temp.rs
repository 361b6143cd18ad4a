//! A folder of one test.

use std::path::{Path, PathBuf};

/// A folder that goes with the test, unless the test failed: then it stays, with the logs in it,
/// and says where it is.
#[derive(Debug)]
pub struct Folder {
    folder: Option<tempfile::TempDir>,
}

impl Folder {
    /// A new folder that other users may enter, as the servers drop their privileges.
    pub fn new(name: &str) -> std::io::Result<Self> {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::Builder::new()
            .prefix(&format!("probity-{name}-"))
            .tempdir()?;
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))?;
        Ok(Self {
            folder: Some(folder),
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder
            .as_ref()
            .map_or(Path::new("/nonexistent"), tempfile::TempDir::path)
    }

    /// A path inside.
    pub fn join(&self, inner: impl AsRef<Path>) -> PathBuf {
        self.path().join(inner)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(folder) = self.folder.take()
        {
            eprintln!("left for inspection: {}", folder.keep().display());
        }
    }
}
