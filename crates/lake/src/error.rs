//! Why the lake could not do something.

use std::path::PathBuf;

use crate::Month;

/// Why the lake could not do something. Nothing is changed then; what was begun is taken away later.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The object store did not answer, or has no room.
    #[error("the lake's object store cannot be used")]
    Store(#[from] object_store::Error),
    /// A file of the lake or beside it cannot be read or written.
    #[error("cannot use `{path}`")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Another process works on the lake.
    #[error("another process writes to the lake (`{path}` is locked)")]
    Locked {
        /// The lock.
        path: PathBuf,
    },
    /// The record cannot be read.
    #[error("the record cannot be read")]
    Record(#[from] journal::ReadError),
    /// The record does not hold the last entry that was taken from it.
    #[error(
        "entry {entry} of the record is not the one the lake was filled from: this lake belongs to \
         another record, or the record was cut back"
    )]
    OtherRecord {
        /// Which entry.
        entry: u64,
    },
    /// The manifest is for another record.
    #[error("this lake belongs to the record `{found}`, not to `{wanted}`")]
    OtherName {
        /// The name in the manifest.
        found: String,
        /// The name asked for.
        wanted: String,
    },
    /// An object is not what the manifest says, or not of a form known here.
    #[error("`{object}` of the lake is damaged: {why}")]
    Damaged {
        /// Which.
        object: String,
        /// In what way.
        why: String,
    },
    /// It was written by a later version of this program.
    #[error("`{object}` of the lake was written by a later version of this program")]
    LaterVersion {
        /// Which.
        object: String,
    },
    /// A month's key is not the one its files were sealed with. New pseudonyms would not match.
    #[error("the key of {month} is not the one its files were sealed with; put it back")]
    OtherKey {
        /// The month.
        month: Month,
    },
    /// Another writer was quicker; nothing was changed.
    #[error("another process changed the lake meanwhile")]
    Overtaken,
    /// Columns could not be written or read as Parquet.
    #[error("columns cannot be written or read")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// Columns do not fit their table.
    #[error("columns do not fit their table")]
    Arrow(#[from] arrow_schema::ArrowError),
    /// A manifest could not be spelled.
    #[error("a manifest cannot be written")]
    Spelling(#[from] serde_json::Error),
}

impl LakeError {
    pub(crate) fn damaged(object: impl Into<String>, why: impl ToString) -> Self {
        Self::Damaged {
            object: object.into(),
            why: why.to_string(),
        }
    }

    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
