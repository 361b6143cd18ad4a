//! People's ways through the console in a real browser, with the real Postfix, Squid and OpenLDAP
//! beside it: what somebody is given or loses on a page is what their mail and web do next.
//!
//! Each way has a test, and each is walked otherwise: with a mouse, by keyboard alone, and at 400 %
//! without script. On every page on the way it is looked whether it suits everybody; so it is for every
//! page there is, as everybody who may open it ([`every_page`]).
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub)]

mod becoming_a_user;
mod channels;
mod council;
mod deciding;
mod directory;
mod every_page;
mod failing_service;
mod held_mail;
mod house;
mod leaver;
mod new_councillor;
mod new_officer;
mod seat;
mod shared_mailbox;
