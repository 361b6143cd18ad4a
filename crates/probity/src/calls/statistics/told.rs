//! What figures ask of an entry.

use cdr::leg::{Direction, Outcome, Voicemail};
use cdr::money::{Cost, Money};
use cdr::number::Class;
use cdr::tariff::Tariff;
use jiff::Timestamp;
use policy::request::{Activity, Clock, Request};
use serde::Deserialize;

/// A call, as the record has it.
#[derive(Debug, Deserialize)]
pub(super) struct Told {
    pub(super) kind: String,
    pub(super) at: Timestamp,
    #[serde(default = "unknown_direction")]
    direction: Direction,
    #[serde(default)]
    pub(super) extension: Option<String>,
    #[serde(default)]
    units: Vec<String>,
    #[serde(default)]
    to: Party,
    #[serde(default = "unknown_outcome")]
    outcome: Outcome,
    #[serde(default)]
    seconds_to_answer: Option<u32>,
    #[serde(default)]
    answered_seconds: Option<u32>,
    #[serde(default)]
    pub(super) voicemail: Option<Voicemail>,
    #[serde(default)]
    cost: Option<Price>,
    #[serde(default)]
    request: Option<Request>,
}

#[derive(Debug, Default, Deserialize)]
struct Party {
    #[serde(default)]
    number: Option<String>,
    #[serde(default)]
    class: Class,
}

#[derive(Debug, Deserialize)]
struct Price {
    amount: String,
    #[serde(default)]
    currency: Option<Box<str>>,
}

fn unknown_direction() -> Direction {
    Direction::Unknown
}

fn unknown_outcome() -> Outcome {
    Outcome::Unknown
}

/// Which way a call went for one of our telephones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    In,
    Out,
}

/// A call as one of our telephones had it.
#[derive(Debug, Clone)]
pub(crate) struct Side {
    pub(crate) at: Timestamp,
    pub(crate) extension: String,
    /// Units of the person then; nothing where they have to be looked up.
    pub(crate) units: Option<Vec<String>>,
    pub(crate) way: Way,
    /// Somebody answered, and no voicemail.
    pub(crate) answered: bool,
    pub(crate) took_message: bool,
    pub(crate) seconds_to_answer: Option<u32>,
    pub(crate) seconds: u32,
    pub(crate) cost: Option<Cost>,
    /// It has no price, and should have one.
    pub(crate) unpriced: bool,
    /// Its person was clocked on.
    pub(crate) in_work_time: bool,
}

impl Told {
    /// The call as each of our telephones in it had it; none where nobody is named.
    pub(super) fn sides(self, tariff: Option<&Tariff>) -> Vec<Side> {
        let Some(extension) = self.extension.clone() else {
            return Vec::new();
        };
        // Listening to one's messages is no call to anybody.
        if self.voicemail == Some(Voicemail::Listened) {
            return Vec::new();
        }
        let (seconds, class) = (self.answered_seconds.unwrap_or(0), self.to.class);
        let took_message = self.voicemail == Some(Voicemail::Took);
        let answered = self.outcome == Outcome::Answered && !took_message;
        let way = match self.direction {
            Direction::Incoming => Way::In,
            Direction::Outgoing | Direction::Internal => Way::Out,
            // Told without a way, it is nobody's figure.
            Direction::Unknown => return Vec::new(),
        };
        let told_cost = self.cost.as_ref().and_then(|price| {
            Some(Cost {
                amount: Money::read(&price.amount)?,
                currency: price.currency.clone(),
            })
        });
        let is_out = way == Way::Out;
        let cost = told_cost.or_else(|| tariff.filter(|_| is_out)?.cost(class, seconds));
        let side = Side {
            at: self.at,
            units: Some(self.units.clone()),
            way,
            answered,
            took_message: took_message && !is_out,
            seconds_to_answer: self.seconds_to_answer.filter(|_| answered && !is_out),
            seconds,
            unpriced: is_out && seconds > 0 && cost.is_none() && class != Class::Internal,
            cost,
            in_work_time: self.is_in_work_time(),
            extension,
        };
        let called = self
            .to
            .number
            .filter(|_| self.direction == Direction::Internal);
        let other = called.map(|extension| Side {
            extension,
            units: None,
            way: Way::In,
            took_message,
            seconds_to_answer: self.seconds_to_answer.filter(|_| answered),
            cost: None,
            unpriced: false,
            // The record has the clock of whoever called.
            in_work_time: false,
            ..side.clone()
        });
        std::iter::once(side).chain(other).collect()
    }

    fn is_in_work_time(&self) -> bool {
        let request = self.request.as_ref();
        request.is_some_and(|request| {
            request.when.clock == Clock::On
                && matches!(request.what, Activity::Call(_) | Activity::Answer(_))
        })
    }
}
