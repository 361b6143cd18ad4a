//! A kept message as plain text.

use console::held_messages::{HeldMessage, HeldMessages, MessageGone};
use content::shown;

use super::Held;

/// Most text shown of one message, in bytes: some fifty pages.
const MOST_TEXT: usize = 200 * 1024;

/// Shows what a gate keeps.
pub(crate) struct Showing(pub(super) Held);

impl HeldMessages for Showing {
    fn message(&self, copy: &str) -> Result<HeldMessage, MessageGone> {
        let name = self.0.name(copy).ok_or(MessageGone)?;
        let message = self.0.quarantine.message(name).map_err(|error| {
            tracing::warn!(copy, %error, "a held message cannot be shown");
            MessageGone
        })?;
        let shown = shown::of_mail(&message, MOST_TEXT);
        Ok(HeldMessage {
            texts: shown.texts,
            files: shown.files,
            is_cut: shown.is_cut,
        })
    }
}
