//! Bytes to facts: what a message, a file or a form is made of, and what is found in it; and careful
//! edits back.
//!
//! Everything here is pure: bytes in, plain values out, no clock, no randomness, no files. A
//! stranger chooses the bytes, so time is linear in the input and memory is bounded by
//! [`mail::Limits`] and [`document::Limits`]; no input makes these functions panic.
//!
//! - [`contents`]: everything found in a message or in a body on the web.
//! - [`mail`]: a message as facts for the policy: who, what parts, what is odd about it.
//! - [`media`]: what a file really is; the web gate asks the same question of downloads.
//! - [`known_files`]: documents, works and games that somebody has registered.
//! - [`malware`]: malicious code known by its bytes.
//! - [`document`]: the texts in a file, archives and files within files opened.
//! - [`footer`]: adds the council's disclaimer without breaking what is around it.
//! - [`ending`]: whether the sender's own text ends with the details the council asks for.
//! - [`passages`]: whose words stand where in a text.
//! - [`finding`]: what detectors say of a text or a file, each with its evidence.
//! - [`sensitive`]: personal data, special categories, passwords and protective markings in a text.
//! - [`offence`]: abuse and offence in a text.
//! - [`purpose`]: what a letter or a form does: asks, orders, argues, sells, is passed on.

pub mod contents;
pub mod document;
pub mod ending;
pub mod finding;
pub mod footer;
pub mod known_files;
pub mod mail;
pub mod malware;
pub mod media;
pub mod offence;
pub mod passages;
pub mod purpose;
pub mod sensitive;
pub mod shown;

mod bits;
mod charset;
mod eight;
mod html;
mod transfer;
