//! Mailboxes of people who work for the council, on an IMAP server (RFC 3501 with UIDPLUS, RFC 4315).
//!
//! One thing is done in them: personal mail, which the policy does not want there, is listed to its owner
//! and removed after a period of grace, unless the council has to keep it. What counts as personal is what
//! its owner calls so, with a folder, a keyword or a header of their own: nothing here guesses, and
//! nothing reads a message.

mod letter;
mod mailbox;
mod message;
mod protected;
pub mod round;
pub mod server;
