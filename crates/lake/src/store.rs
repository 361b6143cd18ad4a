//! The object store the lake lies in: a local folder, or any other that `object_store` knows.

use std::fs::File;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Place;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutOptions};

use crate::error::LakeError;

/// An object and when it was written.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) path: String,
    pub(crate) written_at: std::time::SystemTime,
}

/// Where the lake lies.
#[derive(Debug, Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    /// The folder, of a local one: what is written there is also brought to the disk.
    folder: Option<PathBuf>,
    #[cfg(test)]
    pub(crate) left: Option<Arc<std::sync::atomic::AtomicI64>>,
}

impl Store {
    /// A folder on this machine, closed to others; made if it is missing.
    pub fn local(folder: impl AsRef<Path>) -> Result<Self, LakeError> {
        let folder = folder.as_ref();
        let mut made = std::fs::DirBuilder::new();
        let made = made.recursive(true).mode(0o750).create(folder);
        made.map_err(LakeError::file(folder))?;
        Ok(Self {
            objects: Arc::new(LocalFileSystem::new_with_prefix(folder)?),
            folder: Some(folder.to_owned()),
            #[cfg(test)]
            left: None,
        })
    }

    /// Another store. It must refuse to write over an object that is to be created.
    pub fn remote(objects: Arc<dyn ObjectStore>) -> Self {
        Self {
            objects,
            folder: None,
            #[cfg(test)]
            left: None,
        }
    }

    /// As `object_store` has it, for readers that open files by themselves.
    pub fn objects(&self) -> &Arc<dyn ObjectStore> {
        &self.objects
    }

    /// In tests, the process "dies" after so many steps, each of which is done whole or not at all.
    fn step(&self) -> Result<(), LakeError> {
        #[cfg(test)]
        if let Some(left) = &self.left
            && left.fetch_sub(1, std::sync::atomic::Ordering::Relaxed) <= 0
        {
            return Err(LakeError::damaged("the process", "killed here"));
        }
        Ok(())
    }

    /// Creates an object; nothing else may have that name.
    pub(crate) async fn create(&self, path: &str, bytes: Vec<u8>) -> Result<(), LakeError> {
        self.step()?;
        let options = PutOptions::from(PutMode::Create);
        let payload = Bytes::from(bytes).into();
        self.objects
            .put_opts(&Place::from(path), payload, options)
            .await?;
        if let Some(folder) = &self.folder {
            let file = folder.join(path);
            let synced = File::open(&file).and_then(|file| file.sync_all());
            synced.map_err(LakeError::file(file))?;
        }
        Ok(())
    }

    /// Brings the names of what was created to the disk.
    pub(crate) fn settle<'p>(&self, paths: impl Iterator<Item = &'p str>) -> Result<(), LakeError> {
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        let mut folders = std::collections::BTreeSet::new();
        for path in paths {
            // A folder may have been made with it, and so on upwards.
            let above = Path::new(path).ancestors().skip(1);
            folders.extend(above.map(|above| folder.join(above)));
        }
        for folder in folders {
            let synced = File::open(&folder).and_then(|folder| folder.sync_all());
            synced.map_err(LakeError::file(folder))?;
        }
        Ok(())
    }

    /// An object, whole.
    pub(crate) async fn read(&self, path: &str) -> Result<Bytes, LakeError> {
        Ok(self.objects.get(&Place::from(path)).await?.bytes().await?)
    }

    /// Takes an object away; nothing to do where there is none.
    pub(crate) async fn delete(&self, path: &str) -> Result<(), LakeError> {
        self.step()?;
        match self.objects.delete(&Place::from(path)).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            deleted => Ok(deleted?),
        }
    }

    /// Objects right below a prefix.
    pub(crate) async fn below(&self, prefix: &str) -> Result<Vec<Listed>, LakeError> {
        let listed = self
            .objects
            .list_with_delimiter(Some(&Place::from(prefix)))
            .await?;
        Ok(listed.objects.into_iter().map(Listed::from).collect())
    }

    /// All objects, handed over one by one.
    pub(crate) async fn each(&self, mut take: impl FnMut(Listed)) -> Result<(), LakeError> {
        let mut objects = self.objects.list(None);
        while let Some(object) = objects.try_next().await? {
            take(Listed::from(object));
        }
        Ok(())
    }
}

impl From<object_store::ObjectMeta> for Listed {
    fn from(meta: object_store::ObjectMeta) -> Self {
        Self {
            path: meta.location.to_string(),
            written_at: meta.last_modified.into(),
        }
    }
}
