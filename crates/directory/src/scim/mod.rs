//! A SCIM 2.0 server (RFC 7643, RFC 7644): an identity provider tells who is there and who is not.
//!
//! Users are created, read, listed, replaced, patched and deactivated, and never deleted: `DELETE`
//! deactivates. Groups are read. What a client sends beyond the attributes kept here is ignored, as
//! the RFC lets a server do. Who is kept where is behind [`Users`].

pub mod error;
pub mod filter;
pub mod kept;
pub mod patch;
pub mod router;
pub mod schemas;
pub mod user;
pub mod users;

#[cfg(test)]
mod memory;
#[cfg(test)]
mod tests;

pub use users::Users;
