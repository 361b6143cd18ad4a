//! A message for whatever is held.

use crate::held_messages::{HeldMessage, HeldMessages, MessageGone};

/// Keeps one message under every name but `gone`.
pub(crate) struct MadeUp;

impl HeldMessages for MadeUp {
    fn message(&self, copy: &str) -> Result<HeldMessage, MessageGone> {
        if copy == "gone" {
            return Err(MessageGone);
        }
        Ok(HeldMessage {
            texts: vec!["Dear Ned,\n<b>you old goat</b>".to_owned()],
            files: vec!["plan.pdf (application/pdf)".to_owned()],
            is_cut: true,
        })
    }
}
