//! Feeds about people in, accounts and groups out.
//!
//! Every feed, whatever its form, is read into [`stated::Stated`]: what it says about one person.
//! [`plan`] compares that with the register and says what would change; nothing in it has a socket,
//! a file or a clock. What cannot be taken is [`quarantine::Quarantined`], with its row, its field,
//! what is wrong and what to do, and never stops the rest.

pub mod bearer;
pub mod cell;
pub mod clock;
pub mod connector;
pub mod delivery;
pub mod hr;
pub mod import;
pub mod ldap;
pub mod ldif;
pub mod plan;
pub mod provisioning;
pub mod quarantine;
pub mod raw_files;
pub mod reconcile;
pub mod scim;
pub mod sheet;
pub mod sign_ins;
pub mod stated;
