//! The mail gate: the milter server that Postfix asks about every message.
//!
//! [`server::serve`] accepts connections on a Unix socket or TCP. Each connection gathers one
//! message after another, has the decision point decide and record it at its end, carries out
//! what was decided in one batch of replies, and records what came of it. A message that cannot
//! be decided or recorded is answered "try again later": the MTA keeps it, nothing is lost and
//! nothing passes unrecorded.
//!
//! What is not here: the protocol's bytes (`milter-proto`), reading mail (`content`), rules
//! (`policy`), and deciding (`decision-point`).
//!
//! [`submit`] is how the gate writes to people, and anybody else who has to.
//!
//! [`smuggling`] looks at the MTA from the other side: whether it lets one message pass for two.

mod answer;
mod carry_out;
mod connection;
mod copy;
mod edits;
mod gate;
mod gathered;
mod header_text;
mod memory;
mod notice;
mod plan;
mod prompt;
#[cfg(test)]
mod tests;

pub mod listener;
pub mod quarantine;
pub mod server;
pub mod settings;
pub mod smuggling;
pub mod submit;
