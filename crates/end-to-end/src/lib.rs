//! Private instances of the real servers that Probity stands beside, for tests against them.
//!
//! Every instance has its own folder, ports and processes, ends when it is dropped, and leaves its
//! folder with the logs behind when the test failed. Blocking and std only: a test reads top to
//! bottom. Nothing here is part of the product.

pub mod browser;
pub mod certificates;
pub mod cups;
pub mod curl;
pub mod demo_process;
pub mod dovecot;
pub mod freeradius;
pub mod gate_process;
pub mod identity_provider;
pub mod kamailio;
pub mod numbered;
pub mod origin;
pub mod pack_copy;
pub mod ports;
pub mod postfix;
pub mod postgres;
pub mod process;
pub mod prosody;
pub mod slapd;
pub mod smtp_client;
pub mod smtp_sink;
pub mod squid;
pub mod temp;
pub mod xmpp_client;
