//! What the packs say about real bytes: messages and forms are written out, read, looked through
//! and decided, so that a clause is proven from the words in a letter to the outcome.
//!
//! The packs' own scenarios are given findings by name. Here nothing is given: each clause that
//! rests on findings has a text that makes it speak, and a twin as like it as an innocent text can
//! be. Left out are the labels nothing finds yet.
#![allow(clippy::unwrap_used, clippy::panic)]

mod chorley;
mod coverage;
mod halton;
mod letter;
mod record;
mod registered;
mod scanner;
mod town;
mod voices;
mod walsall;
