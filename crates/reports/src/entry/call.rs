//! Calls that are over, and those that were not put through.
//!
//! Calls with emergency numbers and private lines count nowhere: nobody is to be seen in them, not even
//! as one of a sum.

use std::collections::BTreeSet;

use cdr::leg::{Direction, Voicemail};
use cdr::money::Money;
use cdr::number::Class;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Act, Channel, Context, Counted, Decision, Detail, Kind, Volume, Whose, bounded};

/// Labels of a call that is its person's own business.
const PRIVATE: [&str; 2] = ["declared-private", "second-line"];

/// What money is counted in. A price without a currency is taken for it.
const CURRENCY: &str = "GBP";

#[derive(Debug, Deserialize)]
struct Entry {
    at: Timestamp,
    direction: Direction,
    #[serde(default)]
    extension: Option<String>,
    #[serde(default)]
    person: Option<String>,
    from: Party,
    to: Party,
    #[serde(default)]
    answered_seconds: Option<u32>,
    #[serde(default)]
    voicemail: Option<Voicemail>,
    #[serde(default)]
    cost: Option<Price>,
    #[serde(default)]
    permissions: Vec<IgnoredAny>,
    #[serde(default)]
    request: Request,
    decision: Decision,
}

#[derive(Debug, Deserialize)]
struct Party {
    class: Class,
}

#[derive(Debug, Deserialize)]
struct Price {
    amount: String,
    #[serde(default)]
    currency: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Request {
    #[serde(default)]
    what: What,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct What {
    number: BTreeSet<String>,
    manner: BTreeSet<String>,
}

/// What a call counts as that is over.
pub(super) fn count(payload: &[u8], context: &Context<'_>) -> Result<Counted, serde_json::Error> {
    let entry: Entry = serde_json::from_slice(payload)?;
    // Listening to one's messages is no call to anybody.
    if entry.is_nobodys() || entry.voicemail == Some(Voicemail::Listened) {
        return Ok(Counted::default());
    }
    let volume = Volume {
        count: 1,
        seconds: entry.answered_seconds.unwrap_or(0).into(),
        millionths: entry.cost(context),
        ..Volume::default()
    };
    let action = match entry.direction {
        Direction::Incoming => Some("call-in"),
        Direction::Outgoing => Some("call-out"),
        Direction::Internal => Some("call-inside"),
        // Nobody can say whose act it was.
        Direction::Unknown => None,
    };
    Ok(entry.counted(action, volume))
}

/// What a call counts as that waited to be put through: nothing if it was, as it is told of again when
/// it is over.
pub(super) fn count_set_up(payload: &[u8], _: &Context<'_>) -> Result<Counted, serde_json::Error> {
    let entry: Entry = serde_json::from_slice(payload)?;
    if entry.is_nobodys() || !entry.decision.outcome.is_stopped() {
        return Ok(Counted::default());
    }
    let volume = Volume {
        count: 1,
        ..Volume::default()
    };
    Ok(entry.counted(Some("not-put-through"), volume))
}

impl Entry {
    fn is_nobodys(&self) -> bool {
        let is_nobodys = |class| matches!(class, Class::Emergency | Class::PrivateLine);
        is_nobodys(self.from.class) || is_nobodys(self.to.class)
    }

    /// Whether somebody said that it was their own business, and no clause spoke against it.
    fn is_private(&self) -> bool {
        let what = &self.request.what;
        let is_said = what.number.contains("own-private")
            || PRIVATE.iter().any(|label| what.manner.contains(*label));
        is_said && !self.decision.outcome.is_adverse()
    }

    /// What it cost, by the feed or else by the tariff.
    fn cost(&self, context: &Context<'_>) -> u64 {
        let is_ours = |currency: Option<&str>| currency.is_none_or(|named| named == CURRENCY);
        let millionths = match &self.cost {
            Some(price) if is_ours(price.currency.as_deref()) => {
                Money::read(&price.amount).map(|money| money.millionths)
            }
            Some(_) => None,
            None if self.direction == Direction::Incoming => None,
            None => {
                let seconds = self.answered_seconds.unwrap_or(0);
                let cost = context
                    .tariff
                    .and_then(|tariff| tariff.cost(self.to.class, seconds));
                let cost = cost.filter(|cost| is_ours(cost.currency.as_deref()));
                cost.map(|cost| cost.amount.millionths)
            }
        };
        // A credit note is no cost.
        millionths.map_or(0, |millionths| u64::try_from(millionths).unwrap_or(0))
    }

    fn counted(self, action: Option<&str>, volume: Volume) -> Counted {
        let is_left_out =
            !self.permissions.is_empty() || self.decision.is_released() || self.is_private();
        let other = match self.direction {
            Direction::Incoming => self.from.class,
            _ => self.to.class,
        };
        let internet = self.request.what.number.get("internet-access").cloned();
        let detail = action.filter(|_| !is_left_out).map(|action| Detail {
            action: action.to_owned(),
            outcome: self.decision.outcome,
            clause: self.decision.clause(),
            labels: bounded(std::iter::once(other.name().to_owned()).chain(internet)),
        });
        let whose = match (self.person, self.extension) {
            (Some(person), _) => Whose::Person(person),
            (None, extension) => Whose::Unnamed(extension.unwrap_or_default()),
        };
        Counted::one(Act {
            at: self.at,
            whose,
            kind: Kind::Use {
                channel: Channel::Call,
                detail,
            },
            volume,
        })
    }
}
