//! Facts of a message.

use serde::{Deserialize, Serialize};

use super::Labels;

/// Whether the name in the From header is the signed-in sender's to use.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Identity {
    /// The sender's own address.
    Own,
    /// Somebody else's, under a recorded delegation.
    Delegated,
    /// Somebody else's, with no delegation.
    Other,
    /// Nobody signed in, or the register does not know them.
    #[default]
    Unknown,
}

/// A message on its way to recipients who share the same labels.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// Labels of the sender.
    pub sender: Labels,
    /// Labels of these recipients.
    pub recipient: Labels,
    /// From header against sign-in.
    pub identity: Identity,
    /// Envelope recipients of the whole message.
    pub n_recipients: u64,
    /// Of these, outside the council.
    pub n_external: u64,
    /// Outside addresses every recipient can read, in To and Cc.
    pub n_visible_external: u64,
    /// Outside recipients of this sender within the pack's window, this message included.
    pub n_recent_external: u64,
    /// Whole message, bytes.
    pub size_bytes: u64,
    /// Largest attachment, decoded bytes.
    pub largest_attachment_bytes: u64,
    /// Kinds of attachment.
    pub attachments: Labels,
    /// What headers and structure say.
    pub marks: Labels,
    /// What the content holds, with confidence.
    pub findings: Labels,
    /// What the content may hold.
    pub suspicions: Labels,
}

impl Mail {
    pub(super) fn sets(&self) -> Vec<(&'static str, &Labels)> {
        vec![
            ("sender", &self.sender),
            ("recipient", &self.recipient),
            ("attachments", &self.attachments),
            ("marks", &self.marks),
            ("findings", &self.findings),
            ("suspicions", &self.suspicions),
        ]
    }
}
