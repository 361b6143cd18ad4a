//! Whether services are sound: how long the gates ran, what harmful code they stopped, and how much had
//! to wait. For the council as a whole.

use crate::closed::ClosedMonth;
use crate::entry::{Channel, Outcome};
use crate::facet::Facet;
use crate::report::{Purpose, Report, Row, Table, Value};
use crate::usage::volume;

/// What malicious code is called on the record.
const MALWARE: &str = "malware";

/// Makes it of a month.
pub fn report(month: &ClosedMonth) -> Report {
    let (up, seen) = month.minutes();
    let share = match seen {
        0 => Value::Nothing,
        seen => Value::Percent(f64::from(up) / f64::from(seen) * 100.0),
    };
    let ran = Table {
        caption: "How long the gates ran".to_owned(),
        columns: ["", "Minutes", "Share"].map(str::to_owned).into(),
        rows: vec![
            Row {
                name: "Looked after".to_owned(),
                values: vec![Value::Count(seen.into()), Value::Nothing],
            },
            Row {
                name: "Ran".to_owned(),
                values: vec![Value::Count(up.into()), share],
            },
        ],
        chart: None,
    };
    let row = |channel: Channel| {
        let malware = Facet::Label {
            channel,
            label: MALWARE.to_owned(),
        };
        let all = Facet::Channel { channel };
        let number = |facet: &Facet| {
            volume(month.figure(None, facet), |volume| {
                Value::Count(volume.count)
            })
        };
        Row {
            name: channel.title().to_owned(),
            values: vec![
                number(&all),
                number(&malware),
                stopped(month, channel, Outcome::Hold),
                stopped(month, channel, Outcome::Refuse),
            ],
        }
    };
    Report {
        title: format!("How sound services are, {}", month.month().in_words()),
        purpose: Purpose::Service,
        unit: None,
        month: month.month(),
        notes: vec![
            "Minutes count from when this program first looked after the gates in the month."
                .to_owned(),
            "Figures about fewer than five people are not told.".to_owned(),
        ],
        tables: vec![
            ran,
            Table {
                caption: "What went through the gates, and what they stopped".to_owned(),
                columns: ["Gate", "All", "Malicious code found", "Held", "Refused"]
                    .map(str::to_owned)
                    .into(),
                rows: [Channel::Mail, Channel::Web].map(row).into(),
                chart: None,
            },
        ],
    }
}

/// What was stopped of a channel, as far as it is told.
fn stopped(month: &ClosedMonth, channel: Channel, outcome: Outcome) -> Value {
    let of = |facet: &Facet| match facet {
        Facet::Outcome {
            channel: through,
            outcome: became,
            ..
        } => *through == channel && *became == outcome,
        _ => false,
    };
    if month.few().any(of) {
        return Value::NotTold;
    }
    let told = month.figures(None).filter(|(facet, _)| of(facet));
    Value::Count(told.map(|(_, volume)| volume.count).sum())
}
