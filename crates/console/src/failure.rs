//! What can go wrong, and the page each becomes. The one place where errors get a status and words.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use matters::machine::Refused;
use register_store::StoreError;

/// Why a page or an act is not there for whoever asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No such page, or no such matter that this person may see: the two look the same.
    #[error("there is nothing here")]
    NotFound,
    /// The page is not for this person.
    #[error("this is not for you to open")]
    NotAllowed,
    /// The act is not for this person.
    #[error("this is not for you to do")]
    NotYours,
    /// Posted from another site, or by nothing that looks like a browser with our page.
    #[error("this did not come from one of our pages")]
    NotOurForm,
    /// The form was made for another sign-in, or before the service was set up anew.
    #[error("this page was made for an earlier sign-in")]
    OldForm,
    /// The answers given so far are no longer kept.
    #[error("the answers of this form are no longer kept")]
    DraftGone,
    /// More than a form can hold.
    #[error("what was sent is too large")]
    TooLarge,
    /// The process says no.
    #[error(transparent)]
    Refused(Refused),
    /// Somebody changed it since the page was made.
    #[error("somebody else changed this meanwhile")]
    Stale,
    /// The password has to be given again first.
    #[error("this needs a fresh sign-in")]
    NotFresh,
    /// The database, or another part, does not answer.
    #[error("this cannot be looked up just now")]
    Unavailable(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// A defect.
    #[error("this went wrong on our side")]
    Broken(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

/// What a failure looks like to the person.
pub(crate) struct Said {
    pub(crate) status: StatusCode,
    pub(crate) heading: &'static str,
    pub(crate) sentences: Vec<String>,
    /// Looking at the same address afresh may help.
    pub(crate) again: bool,
}

impl Failure {
    /// Something of ours does not work.
    pub fn broken(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Broken(Arc::new(error))
    }

    /// Something we need does not answer.
    pub fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Unavailable(Arc::new(error))
    }

    pub(crate) fn said(&self) -> Said {
        let one = |status, heading, sentence: &str| Said {
            status,
            heading,
            sentences: vec![sentence.to_owned()],
            again: false,
        };
        let done = "Nothing was changed.".to_owned();
        match self {
            Self::NotFound => one(
                StatusCode::NOT_FOUND,
                "Page not found",
                "Check that the address or the reference is right. It may also be about somebody whose \
                 records are not yours to see.",
            ),
            Self::NotAllowed => one(
                StatusCode::FORBIDDEN,
                "You cannot open this page",
                "It is for people who hold certain posts. If you hold one of them, or act for somebody \
                 who does, ask for that to be recorded in the authority register.",
            ),
            Self::NotYours => one(
                StatusCode::FORBIDDEN,
                "You cannot do this",
                "It is for somebody who holds another post. Nothing was changed.",
            ),
            Self::NotOurForm => one(
                StatusCode::BAD_REQUEST,
                "We could not read what was sent",
                "Nothing was changed. Open the page again and send the form from there.",
            ),
            Self::OldForm => one(
                StatusCode::FORBIDDEN,
                "This page is too old to send",
                "You have signed in again since it was opened. Nothing was changed. Open the page \
                 again and send it from there.",
            ),
            Self::DraftGone => one(
                StatusCode::NOT_FOUND,
                "Your answers are no longer kept",
                "You have already sent them, or left the form for longer than a sign-in lasts. Start again if \
                 you still need to.",
            ),
            Self::TooLarge => one(
                StatusCode::PAYLOAD_TOO_LARGE,
                "What you sent is too large",
                "Nothing was changed. A file may have up to 12 megabytes.",
            ),
            Self::Refused(refused) => refusal(refused, done),
            Self::Stale => Said {
                status: StatusCode::CONFLICT,
                heading: "Somebody else was quicker",
                sentences: vec![
                    "This was changed after you opened the page, perhaps by you in another tab."
                        .to_owned(),
                    "What you sent was not used. Look at it as it stands now.".to_owned(),
                ],
                again: true,
            },
            Self::NotFresh => one(
                StatusCode::FORBIDDEN,
                "Confirm that it is you first",
                "To sign something you must have given your password in the last few minutes.",
            ),
            Self::Unavailable(_) => Said {
                status: StatusCode::SERVICE_UNAVAILABLE,
                heading: "This does not work just now",
                sentences: vec![
                    "A part of the service does not answer. Nothing was changed.".to_owned(),
                    "Try again in a few minutes. Email and internet go on as before.".to_owned(),
                ],
                again: true,
            },
            Self::Broken(_) => one(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong on our side",
                "It has been noted. Try again later, or tell the service desk what you were doing.",
            ),
        }
    }
}

fn refusal(refused: &Refused, done: String) -> Said {
    let (status, heading, again) = match refused {
        Refused::State { .. } => (StatusCode::CONFLICT, "This can no longer be done", true),
        Refused::Authority { .. } | Refused::OwnMatter | Refused::Named | Refused::OnlyBy(_) => {
            (StatusCode::FORBIDDEN, "You cannot do this", false)
        }
        Refused::NobodyKnown(_) => (StatusCode::NOT_FOUND, "Nobody by that name", false),
        Refused::Field { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "There is a problem", true),
        Refused::Rule { .. } => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "The policy does not allow this",
            false,
        ),
    };
    Said {
        status,
        heading,
        sentences: vec![sentence(&refused.to_string()), done],
        again,
    }
}

/// An error's message as a sentence on a page.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    let text = format!("{}{}", first.unwrap_or_default(), letters.as_str());
    if text.ends_with(['.', '?', '!']) {
        text
    } else {
        format!("{text}.")
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refused) => Self::Refused(refused),
            StoreError::Stale { .. } => Self::Stale,
            StoreError::Missing(_) => Self::NotFound,
            StoreError::Unavailable(_) => Self::unavailable(error),
            other => Self::broken(other),
        }
    }
}

/// A failure on its way to the layer that makes a page of it.
#[derive(Clone)]
pub(crate) struct Failed(pub(crate) Arc<Failure>);

impl Failed {
    /// Whether it only takes a fresh proof of who somebody is.
    pub(crate) fn is_not_fresh(&self) -> bool {
        matches!(*self.0, Failure::NotFresh)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.said().status.into_response();
        response.extensions_mut().insert(Failed(Arc::new(self)));
        response
    }
}
