//! Milter protocol version 6: bytes to commands, replies to bytes.
//!
//! Terms: the **MTA** (Postfix) drives; the **filter** (us) answers. A *command*
//! is one event of an SMTP conversation, a *reply* is either a verdict (one per
//! command that expects one) or a modification (any number, only at the end of a
//! message, before its verdict). *Macros* are the MTA's named facts about a
//! stage, such as `{auth_authen}` or the queue id `i`.
//!
//! The path through the crate: [`frame::Frames`] cuts the stream into frames,
//! [`command::Command::parse`] gives them meaning, [`session::Session`] checks
//! their order and keeps the macros, [`reply::Replies`] collects the answer so
//! that it can be written at once. [`mta`] is the other side of the wire, for
//! tests, the demo and benchmarks.
//!
//! What is not here: sockets, clocks, async, and the message itself. The gate
//! holds the message, sets timeouts and decides.
//!
//! There is no RFC. The facts are those of the published protocol descriptions
//! (versions 2 and 6) and the behaviour of Postfix 3.7.

pub mod address;
pub mod command;
pub mod fields;
pub mod flags;
pub mod frame;
pub mod header;
pub mod macros;
pub mod mta;
pub mod negotiate;
pub mod reply;
pub mod session;
pub mod smtp_reply;
pub mod stage;
