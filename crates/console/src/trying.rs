//! What *Try it* asks of whoever can decide: the same question the gates put, about something that does
//! not happen.
//!
//! The console decides nothing and knows no site list. The program that serves it lends it this.

use jiff::Timestamp;
use matters::id::PersonId;
use policy::decision::Decision;
use policy::request::{Action, Labels, Request};

/// Says what would be decided. Nothing is recorded, counted or used up by asking.
pub trait Decides: Send + Sync {
    /// About a page.
    fn web(
        &self,
        person: &PersonId,
        page: &TriedPage,
        at: Timestamp,
    ) -> Result<Vec<Tried>, NotTried>;

    /// About a message: for each of the recipients, those alike together.
    fn mail(
        &self,
        person: &PersonId,
        message: &TriedMessage,
        at: Timestamp,
    ) -> Result<Vec<Tried>, NotTried>;
}

/// A page somebody would open, send something to or fetch something from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedPage {
    /// [`Action::Visit`], [`Action::Submit`] or [`Action::Download`].
    pub action: Action,
    /// In lower case.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Begins with a slash; without query.
    pub path: String,
}

/// A message somebody would send or be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedMessage {
    /// The person sends it; otherwise it comes to them.
    pub is_sent: bool,
    /// Sender's address.
    pub from: String,
    /// Recipients' addresses.
    pub to: Vec<String>,
    /// Subject, on one line.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// Whole message, bytes; 0 for as long as the rest makes it.
    pub size_bytes: u64,
    /// Kinds of attachment, as rules spell them.
    pub attachments: Labels,
}

/// What would be decided.
#[derive(Debug, Clone)]
pub struct Tried {
    /// For these recipients; nobody for a page.
    pub recipients: Vec<String>,
    /// The facts.
    pub facts: Request,
    /// What would be decided on them.
    pub decision: Decision,
}

/// Why it cannot be tried.
#[derive(Debug, thiserror::Error)]
pub enum NotTried {
    /// The gates have not heard of the person, who is new or no user.
    #[error("the gates do not know this person yet; try again in a minute")]
    NobodyKnown,
}
