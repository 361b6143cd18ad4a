//! What the council has to keep of somebody's mail, whatever its owner calls it.

use matters::hold::Hold;
use matters::id::{MatterId, PersonId};
use matters::incident::Incident;
use matters::machine::Machine;
use matters::member_misuse::MemberMisuse;
use matters::sign_in_misuse::SignInMisuse;
use matters::withdrawal::Withdrawal;
use register_store::matters_kept::Filter;
use register_store::{Store, StoreError, Stored};

use crate::message::Message;

/// Most holds over one person that are looked at one by one; with more, everything is kept.
const MOST: usize = 500;

/// What must not go, as things stand.
#[derive(Debug)]
pub(crate) enum Protected {
    /// Nothing may go: something about the person is being looked into, or there are too many holds.
    Everything,
    /// What one of these is over.
    Under(Vec<Hold>),
}

impl Protected {
    /// Of one person.
    pub(crate) async fn of(store: &Store, person: &PersonId) -> Result<Self, StoreError> {
        // A look that leads nowhere is over some day; until then what it may need stays.
        let is_looked_into = is_reported(store, person).await?
            || is_open::<Withdrawal>(store, person).await?
            || is_open::<MemberMisuse>(store, person).await?
            || is_open::<SignInMisuse>(store, person).await?;
        if is_looked_into {
            return Ok(Self::Everything);
        }
        let filter = Filter {
            limit: MOST,
            ..concerning(person)
        };
        let holds = store.matters::<Hold>(&filter).await?;
        if holds.more {
            return Ok(Self::Everything);
        }
        let holds = holds.items.into_iter().map(|kept| kept.matter);
        Ok(Self::Under(holds.collect()))
    }

    /// Whether this message has to stay.
    pub(crate) fn keeps(&self, message: &Message) -> bool {
        match self {
            Self::Everything => true,
            Self::Under(holds) => holds.iter().any(|hold| {
                let addresses = message.addresses.iter().map(String::as_str);
                hold.covers.message(addresses, message.day)
            }),
        }
    }
}

/// Whether a report of theirs, or about them, is open. Whom a report is about is told to nobody who has no
/// part in it, so there is no index to ask.
async fn is_reported(store: &Store, person: &PersonId) -> Result<bool, StoreError> {
    let mut after: Option<MatterId> = None;
    loop {
        let filter = Filter {
            is_over: Some(false),
            after,
            limit: MOST,
            ..Filter::default()
        };
        let page = store.matters::<Incident>(&filter).await?;
        let about = |incident: &Incident| {
            incident.reporter == *person || incident.implicated.as_ref() == Some(person)
        };
        if page.items.iter().any(|kept| about(&kept.matter)) {
            return Ok(true);
        }
        after = page.items.last().map(|kept| kept.id.clone());
        if !page.more || after.is_none() {
            return Ok(false);
        }
    }
}

async fn is_open<M: Machine + Stored>(
    store: &Store,
    person: &PersonId,
) -> Result<bool, StoreError> {
    let filter = Filter {
        limit: 1,
        ..concerning(person)
    };
    Ok(!store.matters::<M>(&filter).await?.items.is_empty())
}

fn concerning(person: &PersonId) -> Filter {
    Filter {
        concerning: Some(person.clone()),
        is_over: Some(false),
        ..Filter::default()
    }
}
