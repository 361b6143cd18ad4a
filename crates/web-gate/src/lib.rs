//! The web gate: ICAP sessions with Squid.
//!
//! A proxy asks about every request (REQMOD) and every body that comes back (RESPMOD). The gate
//! turns each into an event, has the decision point decide and record it, and answers: it passes,
//! it passes through a slower pool, or the person gets a page that says what was stopped, by which
//! clause, what they may do now and whom to ask.
//!
//! [`serve`] is the service, [`settings::Settings`] what an operator may change, and [`integrate`]
//! the lines Squid needs. What is deliberately not here: reading of bodies beyond their first
//! bytes, TLS (Squid opens it or leaves it closed), and any decision.
//!
//! Invariants: no answer that enforces a decision is made from anything but
//! [`journal::Recorded`]; a body is never held beyond its preview; one connection's faults never
//! reach another.

mod answer;
mod body;
mod coach;
mod connection;
mod event;
mod exchange;
mod failure;
mod form;
pub mod integrate;
mod own_body;
mod pages;
mod serve;
pub mod settings;
mod workers;

pub use serve::{Clock, WebGate, serve};
