//! Walsall: what is sent, what is received, what is posted and fetched.

pub(crate) mod receiving;
pub(crate) mod sending;
pub(crate) mod web;
