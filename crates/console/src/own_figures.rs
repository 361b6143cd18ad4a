//! Figures about oneself, as tables show them.

use ::reports::entry::{Channel, Volume};
use ::reports::report::Value;
use ::reports::usage::{in_words, pence};

/// What their columns are.
pub(crate) fn columns() -> [&'static str; 7] {
    ["Service", "What", "Number", "Size", "Time", "Pages", "Cost"]
}

/// One row of them.
pub(crate) fn row(channel: Channel, action: &str, volume: Volume) -> Vec<String> {
    let measures = [
        Value::Count(volume.count),
        or_nothing(volume.bytes, Value::Bytes),
        time(volume),
        pages(volume),
        cost(volume),
    ];
    let names = [channel.title().to_owned(), what(action)];
    names
        .into_iter()
        .chain(measures.iter().map(Value::in_words))
        .collect()
}

/// What was done. Reports leave out what has no name there.
pub(crate) fn what(action: &str) -> String {
    match action {
        "" => "With permission, private or on a confidential route".to_owned(),
        action => in_words(action),
    }
}

/// Time spoken.
pub(crate) fn time(volume: Volume) -> Value {
    or_nothing(volume.seconds, Value::Seconds)
}

/// Sides of paper.
pub(crate) fn pages(volume: Volume) -> Value {
    or_nothing(volume.pages, Value::Pages)
}

/// What it cost.
pub(crate) fn cost(volume: Volume) -> Value {
    or_nothing(pence(volume), Value::Pence)
}

fn or_nothing(number: u64, value: fn(u64) -> Value) -> Value {
    match number {
        0 => Value::Nothing,
        number => value(number),
    }
}
