//! What the record comes to: figures about units of a council that tell of nobody in them, and the
//! reports made of these figures.
//!
//! - [`entry`] says what an entry of the record counts as: who, through which channel, what, with what
//!   outcome, and how much.
//! - [`rollup`] adds entries up, month by month, in cells of one unit and one kind of use. A cell knows
//!   how many people are behind it by keyed hashes; the key is the month's own and goes when the month
//!   is closed.
//! - [`partition`] decides which figures may be told, so that nothing told, added or subtracted, is about
//!   fewer than five people.
//! - [`closed`] is what stays of a month: the figures that may be told, and no others.
//! - [`usage`], [`compliance`], [`capacity`] and [`service`] make a [`report::Report`] of closed months;
//!   [`html`], [`text`], [`csv`] and [`pdf`] show one, [`chart`] draws.
//! - [`misuse`] makes one of the time people booked to cases.
//! - [`guard`] looks through a report once more before it is given to anybody.
//!
//! Nothing here opens a file, asks the time or makes up a key: all of that comes in as arguments.

pub mod capacity;
pub mod chart;
pub mod closed;
pub mod compliance;
pub mod csv;
pub mod entry;
pub mod facet;
pub mod guard;
pub mod html;
pub mod misuse;
pub mod month;
pub mod partition;
pub mod pdf;
pub mod report;
pub mod rollup;
pub mod service;
pub mod text;
pub mod unit;
pub mod usage;
