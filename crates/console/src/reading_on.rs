//! Lists whose rows only the pages can tell apart: read on, a part at a time, until a page is full.

use matters::id::MatterId;
use register_store::matters_kept::{Filter, Kept};
use register_store::{Store, Stored};

use crate::failure::Failure;

/// Matters on one page.
pub(crate) const ON_A_PAGE: usize = 25;

/// Matters read at a time.
const PART: usize = 200;

/// Most read for one page. Beyond it the page ends early and leads on from there.
const MOST_READ: usize = 2_000;

/// One page of a list.
pub(crate) struct Part<M> {
    pub(crate) items: Vec<Kept<M>>,
    /// Where the next page begins after, if there may be more.
    pub(crate) last: Option<MatterId>,
}

/// The next matters of a list that are to be kept.
pub(crate) async fn read_on<M: Stored>(
    store: &Store,
    filter: Filter,
    mut keep: impl FnMut(&M) -> bool,
) -> Result<Part<M>, Failure> {
    let mut filter = Filter {
        limit: PART,
        ..filter
    };
    let (mut items, mut read) = (Vec::<Kept<M>>::new(), 0);
    loop {
        let part = store.matters::<M>(&filter).await?;
        read += part.items.len();
        let end = part.items.last().map(|kept| kept.id.clone());
        for kept in part.items.into_iter().filter(|kept| keep(&kept.matter)) {
            if items.len() == ON_A_PAGE {
                let last = items.last().map(|kept| kept.id.clone());
                return Ok(Part { items, last });
            }
            items.push(kept);
        }
        if !part.more || read >= MOST_READ {
            let last = end.filter(|_| part.more);
            return Ok(Part { items, last });
        }
        filter.after = end;
    }
}
