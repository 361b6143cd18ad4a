//! Who somebody is: passwords, one-time codes, how often one may try, and how long a sign-in lasts.
//!
//! Arithmetic and formats only. Random bytes and the time come in as arguments, and what is to be
//! remembered (hashes, failures, sessions) is kept by whoever calls. Nothing here tells a wrong name
//! from a wrong password, in words or in time. Only `oidc` is otherwise: it has to talk to the
//! council's provider, and draws what it says to it.

#[cfg(feature = "oidc")]
pub mod oidc;
pub mod password;
pub mod session;
pub mod throttle;
pub mod totp;
