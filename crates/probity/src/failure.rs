//! How a command ends when it does not end well.

use std::error::Error;

use crate::config::ReadConfigError;
use crate::packs::FindPackError;

/// Why a command failed. Exit codes: 1 something was found or failed, 2 it was asked wrongly.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command did its work and what it found is not in order; it has said so already.
    Found,
    /// It was asked for something that does not exist or makes no sense.
    Usage(String),
    /// It could not do its work.
    Failed(Box<dyn Error + Send + Sync>),
}

impl Failure {
    /// It was asked wrongly, in these words.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failed(error) if is_about_the_question(&**error) => 2,
            Self::Found | Self::Failed(_) => 1,
        }
    }

    /// What goes to standard error: the chain of causes, once.
    pub(crate) fn message(&self) -> Option<String> {
        match self {
            Self::Found => None,
            Self::Usage(message) => Some(message.clone()),
            Self::Failed(error) => Some(chain(&**error)),
        }
    }
}

/// An error with its causes, once.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}

/// Whether what was asked for is not there or makes no sense.
fn is_about_the_question(error: &(dyn Error + Send + Sync + 'static)) -> bool {
    error.downcast_ref::<ReadConfigError>().is_some()
        || matches!(error.downcast_ref(), Some(FindPackError::Unknown { .. }))
}

impl<E: Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Failed(Box::new(error))
    }
}
