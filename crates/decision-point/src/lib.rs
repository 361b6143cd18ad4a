//! The one path every gate takes: gather the facts of an event, decide, record, and only then answer.
//!
//! [`information::InformationPoint`] knows the pack, the people and the site lists of the moment
//! and turns an event into requests the policy can decide. [`point::DecisionPoint`] records what
//! was decided; its answers come as [`journal::Recorded`], which nothing else can make, so a gate
//! cannot enforce a decision that is not on the record.

pub mod acknowledged;
pub mod adopted;
mod brief;
pub mod call;
pub mod desk;
pub mod disposal;
pub mod entry;
pub mod findings;
pub mod information;
pub mod lake_query;
pub mod mail;
mod marks;
pub mod minutes;
pub mod past;
pub mod point;
pub mod recent;
pub mod tally;
pub mod uses;
pub mod web;
