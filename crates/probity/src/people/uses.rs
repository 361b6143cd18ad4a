//! Permissions that are good for a number of uses, taken by the gates from the people's database.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use decision_point::uses::{HeldThen, Taken, Taking, Uses};
use jiff::Timestamp;
use matters::id::{MatterId, PersonId};
use matters::permission::{Permission, State, Used};
use policy::people::Scope;
use register::document;
use register_store::Store;
use register_store::matters_kept::Filter;
use register_store::uses::Consumed;

/// How long a gate waits: well within what Postfix and Squid wait for an answer.
const WITHIN: Duration = Duration::from_secs(5);

/// States of permissions that were leave while their time lasted. One that was taken back is not among
/// them: until when it held is not in its terms.
const LEAVE: [&str; 3] = ["active", "expired", "exhausted"];

/// Permissions looked at in one go.
const MOST: usize = 500;

/// Seconds between the moment a use was taken, when a call was put through, and the call's beginning as the
/// exchange tells it.
const JUST_THEN: u64 = 300;

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

impl StoreUses {
    async fn leave_then(
        &self,
        person: &str,
        activity: &str,
        at: Timestamp,
    ) -> Option<Vec<document::Permission>> {
        let store = self.store.get()?;
        let mut filter = Filter {
            subject: Some(PersonId::new(person)),
            states: LEAVE.map(str::to_owned).to_vec(),
            limit: MOST,
            ..Filter::default()
        };
        let mut held = Vec::new();
        loop {
            let page = store.matters::<Permission>(&filter);
            let page = match tokio::time::timeout(WITHIN, page).await {
                Ok(Ok(page)) => page,
                Ok(Err(error)) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "what somebody was permitted cannot be looked up");
                    return None;
                }
                Err(_) => {
                    tracing::warn!("what somebody was permitted cannot be looked up in time");
                    return None;
                }
            };
            filter.after = page.items.last().map(|kept| kept.id.clone());
            let all = page.items.iter();
            held.extend(all.filter_map(|kept| leave(kept.id.as_str(), &kept.matter, activity, at)));
            if !page.more {
                return Some(held);
            }
        }
    }
}

/// A permission as it was leave for something done at a moment: in its time, and with a use that was taken
/// for it, or just then, or by nobody.
fn leave(
    reference: &str,
    permission: &Permission,
    activity: &str,
    at: Timestamp,
) -> Option<document::Permission> {
    let is_for_it = |used: &Used| {
        let apart = used.at.as_second().abs_diff(at.as_second());
        used.what == activity || apart <= JUST_THEN
    };
    let was_taken = permission.used.iter().any(is_for_it);
    if !permission.terms.cover(at) || !(was_taken || permission.uses_left() != Some(0)) {
        return None;
    }
    let limited = |to: Scope| match permission.rules.scope {
        Some(scope) if scope == to => permission.terms.scope.clone(),
        _ => Vec::new(),
    };
    let is_counted = permission.terms.uses.is_some() && permission.state == State::Active;
    Some(document::Permission {
        reference: reference.to_owned(),
        kind: permission.kind.clone(),
        person: permission.person.as_str().to_owned(),
        from: permission.terms.from,
        until: permission.terms.until,
        hosts: limited(Scope::Host),
        recipients: limited(Scope::Recipient),
        // What has ended is not taken from any more.
        counted: is_counted && !was_taken,
    })
}

impl Uses for StoreUses {
    fn take<'a>(&'a self, reference: &'a str, activity: &'a str, at: Timestamp) -> Taking<'a> {
        Box::pin(self.take_one(reference, activity, at))
    }

    fn held_then<'a>(&'a self, person: &'a str, activity: &'a str, at: Timestamp) -> HeldThen<'a> {
        Box::pin(self.leave_then(person, activity, at))
    }
}
