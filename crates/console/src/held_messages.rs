//! What *Held mail* asks of whoever keeps the messages: what one says, as plain text.
//!
//! The console keeps no message. The program that serves it lends it this.

/// Shows messages that wait.
pub trait HeldMessages: Send + Sync {
    /// What the copy of this name says. Nothing in it is active: text alone.
    fn message(&self, copy: &str) -> Result<HeldMessage, MessageGone>;
}

/// A message as somebody reads it who decides about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldMessage {
    /// Its texts, in their order.
    pub texts: Vec<String>,
    /// Its attachments, by name and type.
    pub files: Vec<String>,
    /// There is more than is shown.
    pub is_cut: bool,
}

/// It cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the message is not kept here any more, or by another gate")]
pub struct MessageGone;
