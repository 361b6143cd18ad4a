//! Answers given so far, where a form asks one question a page.
//!
//! The store keeps them, for the person who gave them: neither a restart nor another console loses
//! them. Each step stores its fields; the last page reads all of them again with the same rules as the
//! steps, so nothing gets by that a step would have refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use matters::id::PersonId;
use register_store::Store;
use register_store::drafts::{Answers, DraftError, DraftKey};

use crate::failure::Failure;
use crate::form::Form;
use crate::once::random;

/// Somebody's drafts of one kind of form.
pub(crate) struct Drafts<'a> {
    pub(crate) store: &'a Store,
    pub(crate) person: &'a PersonId,
    /// The kind of form.
    pub(crate) flow: &'static str,
    /// Now.
    pub(crate) at: Timestamp,
}

impl Drafts<'_> {
    /// Begins one with its first answers, and gives the name under which it stands in addresses.
    pub(crate) async fn begin(
        &self,
        answers: impl IntoIterator<Item = (String, Vec<String>)>,
    ) -> Result<String, Failure> {
        let mut id = [0; 12];
        random(&mut id)?;
        let id = URL_SAFE_NO_PAD.encode(id);
        let answers: Answers = answers.into_iter().collect();
        let key = self.key(&id);
        self.store.begin_draft(key, &answers, self.at).await?;
        Ok(id)
    }

    /// The answers so far, as a form to be read again. Somebody else's draft is not there.
    pub(crate) async fn form(&self, id: &str) -> Result<Form, Failure> {
        let answers = self.store.draft(self.key(id), self.at).await?;
        Ok(form_of(&answers))
    }

    /// Stores the answers of one step over those there were; gives all of them.
    pub(crate) async fn answer(
        &self,
        id: &str,
        answers: impl IntoIterator<Item = (String, Vec<String>)>,
    ) -> Result<Form, Failure> {
        let further = answers.into_iter().collect();
        let kept = self.store.answer_draft(self.key(id), further, self.at);
        Ok(form_of(&kept.await?))
    }

    /// Forgets a draft that was sent. What was sent stands, also where this fails.
    pub(crate) async fn finish(&self, id: &str) {
        if let Err(error) = self.store.finish_draft(self.key(id)).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "the draft of a form that was sent is still there");
        }
    }

    fn key<'k>(&'k self, id: &'k str) -> DraftKey<'k> {
        DraftKey {
            id,
            person: self.person,
            flow: self.flow,
        }
    }
}

fn form_of(answers: &Answers) -> Form {
    let values = answers.iter();
    Form::with(
        values
            .flat_map(|(field, values)| values.iter().map(|value| (field.as_str(), value.clone()))),
    )
}

impl From<DraftError> for Failure {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::Gone => Self::DraftGone,
            DraftError::TooLong => Self::TooLarge,
            DraftError::Store(error) => error.into(),
        }
    }
}
