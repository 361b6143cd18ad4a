//! Site lists compiled into one memory-mapped file, and the lookup in it.
//!
//! Terms. A **list** is a plain text file of **rows**; a row names one or more
//! **entries**; an entry is a host, or a host and a path prefix; a **category**
//! is the name under which a list was filed. An entry may be in several
//! categories: the exact combination is a **set**, and the file stores each
//! set once.
//!
//! What one entry covers:
//! - `example.org` covers that host and every host below it;
//! - `example.org/games` covers that path and what is below it (`/games/chess`,
//!   `/games?all`, not `/gamesroom`), on that host and every host below it;
//! - an address (`192.0.2.7`, `[2001:db8::7]`) covers exactly that address.
//!
//! The narrowest entry answers alone: any path entry before any host entry,
//! then the longest host, then the longest path. Paths are compared without
//! regard to ASCII case, because the public lists are lower-cased, with
//! needless percent-encoding undone and repeated slashes made one.
//!
//! What this crate deliberately does not do: fetch lists, judge the text of a
//! page, convert Unicode host names (lists and gates give punycode), evaluate
//! regular expressions or ad-blocking rules, or decide what a category means.
//!
//! [`build`] reads a folder of lists and publishes one file; [`Categories`]
//! opens it; [`Live`] keeps a gate on the newest one that opens.

mod build;
mod categories;
mod compile;
mod format;
mod key;
mod lists;
mod live;
mod map;
mod replace;
mod row;
mod search;

pub use build::{BuildError, BuildReport, Options, Replaced, build};
pub use categories::{Categories, Entry, Found, Match, OpenError, SetId};
pub use format::{Category, ListVersion};
pub use lists::{FileTally, MAX_CATEGORIES, ReadListsError, Reading, RowNote};
pub use live::{Live, Refresh};
pub use replace::Refusal;
pub use row::{MAX_ROW_BYTES, Reason};
