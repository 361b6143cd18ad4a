//! Deliveries kept in the register, tried at the directory when they are due.

use jiff::Timestamp;
use register_store::deliveries::DeliveryRow;
use register_store::{Store, StoreError};
use serde_json::Value;

use crate::delivery::{Delivery, Outcome, Status, Wanted};
use crate::ldap::connection::{Connection, Settings};
use crate::ldap::mapping::Mapping;
use crate::ldap::outward::carry_out;

/// Deliveries of one round; the next round takes the rest.
const ROUND: usize = 100;

/// Keeps what is wanted from now on. Of one account, service and kind of thing only the last counts:
/// who is to be out of a group need not be put in first.
pub async fn want(store: &Store, deliveries: &[Delivery]) -> Result<(), StoreError> {
    let rows: Vec<_> = deliveries.iter().map(row).collect();
    store.put_deliveries(&rows).await
}

/// Tries what is due, and keeps what came of it. How many were tried.
pub async fn deliver(
    store: &Store,
    settings: &Settings,
    password: &str,
    mapping: &Mapping,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let due = read(store.due_deliveries(now, ROUND).await?);
    if due.is_empty() {
        return Ok(0);
    }
    let mut connection = Connection::open(settings, password).await;
    let mut tried = 0;
    for delivery in due {
        let outcome = match &mut connection {
            Ok(connection) => carry_out(connection, mapping, &delivery.key, &delivery.wanted).await,
            Err(error) => Outcome::Later(error.to_string()),
        };
        let is_away = matches!(outcome, Outcome::Later(_));
        // Kept one at a time: what was brought about is not forgotten if this ends here.
        want(store, &[delivery.after(outcome, now)]).await?;
        tried += 1;
        // Each would wait as long; the others stay due, and whoever ceases meanwhile is not behind them.
        if is_away {
            break;
        }
    }
    if let Ok(connection) = connection {
        connection.close().await;
    }
    Ok(tried)
}

/// Deliveries as the register gives them. One of a later release is left to that release.
pub fn read(kept: Vec<Value>) -> Vec<Delivery> {
    let read = kept.into_iter().map(serde_json::from_value);
    read.filter_map(Result::ok).collect()
}

fn row(delivery: &Delivery) -> DeliveryRow {
    let kind = match delivery.wanted {
        Wanted::Member { .. } | Wanted::NotMember { .. } => "group",
        Wanted::Enabled | Wanted::Disabled => "account",
    };
    let (due_at, status) = match delivery.status {
        Status::Due { at } => (Some(at), "due"),
        Status::Done { .. } => (None, "done"),
        Status::Failed { .. } => (None, "failed"),
    };
    DeliveryRow {
        id: format!(
            "{}/{}/{}/{kind}",
            delivery.person, delivery.service, delivery.key
        ),
        person: delivery.person.clone(),
        service: delivery.service.clone(),
        due_at,
        status: status.to_owned(),
        // Texts, numbers and times are always JSON.
        body: serde_json::to_value(delivery).unwrap_or_default(),
    }
}
