//! What Postfix, Squid and OpenLDAP need from this configuration, and how their live files differ from it.
//!
//! What is printed for the operator is the one statement of what belongs there: the comparison reads
//! it with the same reader as the live file, so the two cannot drift apart themselves.

pub(crate) mod drift;
mod main_cf;
mod master_cf;
pub(crate) mod openldap;
mod postfix_drift;
pub(crate) mod printed;
mod squid_conf;
mod squid_drift;

pub(crate) use postfix_drift::{Live, postfix};
pub(crate) use squid_drift::squid;
