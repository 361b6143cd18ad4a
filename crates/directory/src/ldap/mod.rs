//! LDAP directories, Active Directory among them: who has an account, whether it is enabled, and
//! which groups it is in; and the same the other way, when access begins or ends.
//!
//! Accounts are known by a key that survives a change of name (`objectGUID`, `entryUUID`). Disabled
//! is not deleted, and an entry that is gone is reported, never taken as a leaver.

pub mod connection;
pub mod mapping;
pub mod outward;
pub mod reading;
