//! Decisions remembered under exactly the facts they rest on.
//!
//! The key is the whole [`Request`], and a request is all that [`Pack::decide`] sees, so no fact
//! can be missing from the key. What does not change a decision (the address of a page, the name of
//! a person) is not in a request, which is why a page with forty assets asks Cedar once.

use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::decision::Decision;
use crate::pack::Pack;
use crate::request::Request;

/// A pack and the decisions it has already taken. A new pack needs a new memo.
#[derive(Debug)]
pub struct Memo {
    pack: Arc<Pack>,
    decisions: Cache<Request, Arc<Decision>>,
}

impl Memo {
    /// Remembers up to `capacity` decisions of this pack, the least used ones going first.
    pub fn new(pack: Arc<Pack>, capacity: usize) -> Self {
        Self {
            pack,
            decisions: Cache::new(capacity),
        }
    }

    /// The pack that decides.
    pub fn pack(&self) -> &Arc<Pack> {
        &self.pack
    }

    /// The same decision as [`Pack::decide`], worked out at most once while it is remembered.
    pub fn decide(&self, request: &Request) -> Arc<Decision> {
        if let Some(decision) = self.decisions.get(request) {
            return decision;
        }
        let decision = Arc::new(self.pack.decide(request));
        self.decisions.insert(request.clone(), decision.clone());
        decision
    }
}
