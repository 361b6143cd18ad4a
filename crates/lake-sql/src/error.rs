//! Why a question is not answered.

use datafusion::error::DataFusionError;
use datafusion::object_store::Error::NotFound;
use lake::LakeError;

/// Why a question is not answered.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// It would change something, or is several statements.
    #[error("only one question can be asked at a time: SELECT, WITH, EXPLAIN, DESCRIBE or SHOW")]
    NotAQuestion,
    /// It is longer than any question somebody writes.
    #[error("the question has {bytes} bytes; at most {most} can be asked")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// What is allowed.
        most: usize,
    },
    /// Nothing in the lake has this name.
    #[error("there is no table `{name}`; there are {there}")]
    NoTable {
        /// The name.
        name: String,
        /// Those there are.
        there: String,
    },
    /// It is not SQL, or names a column there is not, or divides by nought.
    #[error("the question cannot be answered: {}", .0.find_root())]
    Sql(Box<DataFusionError>),
    /// It would gather more in memory than it may.
    #[error(
        "the question needs more than {megabytes} MB of memory: ask about fewer days or columns, or with fewer groups"
    )]
    Memory {
        /// What is allowed.
        megabytes: usize,
    },
    /// A file was disposed of, or replaced more than an hour ago.
    #[error("files of the lake went away meanwhile; please ask again")]
    Gone,
    /// The lake cannot be read.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

impl AskError {
    /// What the engine says, in the terms of whoever asked.
    pub(crate) fn of(error: DataFusionError, megabytes: usize) -> Self {
        match error.find_root() {
            DataFusionError::ResourcesExhausted(_) => Self::Memory { megabytes },
            DataFusionError::ObjectStore(error) if matches!(**error, NotFound { .. }) => Self::Gone,
            // Of the end of a file, the engine keeps what the store said as text.
            DataFusionError::ParquetError(error) if error.to_string().contains(" not found: ") => {
                Self::Gone
            }
            _ => Self::Sql(Box::new(error)),
        }
    }
}
