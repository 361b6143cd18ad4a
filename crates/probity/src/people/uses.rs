//! Permissions that are good for a number of uses, taken by the gates from the people's database.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use decision_point::uses::{Taken, Taking, Uses};
use jiff::Timestamp;
use matters::id::MatterId;
use register_store::Store;
use register_store::uses::Consumed;

/// How long a gate waits: well within what Postfix and Squid wait for an answer.
const WITHIN: Duration = Duration::from_secs(5);

/// Takes uses from a store, once it is there.
#[derive(Debug, Clone)]
pub(crate) struct StoreUses {
    store: Arc<OnceLock<Store>>,
}

impl StoreUses {
    pub(super) fn new(store: Arc<OnceLock<Store>>) -> Self {
        Self { store }
    }

    async fn take_one(&self, reference: &str, activity: &str, at: Timestamp) -> Taken {
        let Some(store) = self.store.get() else {
            return Taken::Unknown;
        };
        let id = MatterId::new(reference);
        match tokio::time::timeout(WITHIN, store.consume(&id, at, activity)).await {
            Ok(Ok(Consumed::Taken { .. })) => Taken::Yes,
            Ok(Ok(_)) => Taken::Spent,
            Ok(Err(error)) => {
                tracing::warn!(
                    reference,
                    error = &error as &dyn std::error::Error,
                    "a permission could not be consulted; nothing rests on it"
                );
                Taken::Unknown
            }
            Err(_) => {
                tracing::warn!(reference, "a permission could not be consulted in time");
                Taken::Unknown
            }
        }
    }
}

impl Uses for StoreUses {
    fn take<'a>(&'a self, reference: &'a str, activity: &'a str, at: Timestamp) -> Taking<'a> {
        Box::pin(self.take_one(reference, activity, at))
    }
}
