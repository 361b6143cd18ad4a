//! What feeds really do, each trap with rows of our own making.
#![allow(clippy::unwrap_used, clippy::panic)]

mod answering;
mod cel;
mod formats;
mod hostile;
mod joined;

use jiff::tz::TimeZone;

use crate::call::Call;
use crate::format::Format;
use crate::format::cucm::Quality;
use crate::joining::Joiner;
use crate::leg::Leg;
use crate::number::{Numbers, Settings as NumberSettings};
use crate::reading::{Item, Reading, Settings};
use crate::set_aside::SetAside;

/// All a feed says.
#[derive(Debug, Default, PartialEq)]
struct All {
    calls: Vec<Call>,
    qualities: Vec<Quality>,
    set_aside: Vec<SetAside>,
    passed_over: u64,
}

fn settings() -> Settings {
    let numbers = "outside_line = [\"9\"]\narea_codes = [\"01922\"]\nextensions = [\"2000-2999\"]";
    Settings {
        source: "test".into(),
        zone: TimeZone::get("Europe/London").unwrap(),
        numbers: Numbers::new(NumberSettings::read(numbers).unwrap()),
    }
}

fn read_as(text: &[u8], format: Option<Format>) -> All {
    let mut reading = Reading::open(text, format, settings()).unwrap();
    let (mut all, mut joiner) = (All::default(), Joiner::default());
    while let Some(item) = reading.next().unwrap() {
        match item {
            Item::Leg(leg) => all.calls.extend(joiner.add(*leg)),
            Item::Quality(quality) => all.qualities.push(*quality),
            Item::SetAside(set_aside) => all.set_aside.push(set_aside),
        }
    }
    all.calls.extend(joiner.finish());
    all.passed_over = reading.passed_over();
    all
}

fn read(text: &str) -> All {
    read_as(text.as_bytes(), None)
}

/// The calls of a feed of which nothing is set aside.
fn calls(text: &str) -> Vec<Call> {
    let all = read(text);
    assert_eq!(all.set_aside, []);
    all.calls
}

fn one(text: &str) -> Call {
    let mut calls = calls(text);
    assert_eq!(calls.len(), 1);
    calls.remove(0)
}

fn leg(text: &str) -> Leg {
    one(text).first().clone()
}
