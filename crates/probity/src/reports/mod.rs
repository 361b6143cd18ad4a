//! From the record to figures: kept month by month in the data directory, so that a report never reads
//! the record again.

mod follow;
mod issuing;
mod keeping;
mod lent;

pub(crate) use follow::follow;
pub(crate) use issuing::follow as follow_issuing;
pub(crate) use keeping::{Keeping, Patience};
