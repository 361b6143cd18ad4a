//! What somebody would type who means it: enough for the next page to show.

use super::found::{Field, Form};

/// A small file that is what a scan is.
pub(super) const SCAN: &[u8] = b"%PDF-1.7 a form";

/// A form filled in, for every choice of its first question that has several: each may lead on to
/// pages of its own.
pub(super) fn variants(form: &Form, role: &str) -> Vec<Vec<(String, String)>> {
    let first = form.fields.iter().find_map(|field| match field {
        Field::Choice {
            name,
            values,
            many: false,
        } => Some((name, values)),
        _ => None,
    });
    let Some((name, values)) = first else {
        return vec![filled(form, role)];
    };
    let values = values.iter().filter(|value| !value.is_empty());
    let variants = values.map(|value| {
        let mut fields = filled(form, role);
        fields.retain(|(own, _)| own != name);
        fields.push((name.clone(), value.clone()));
        fields
    });
    variants.collect()
}

/// A form filled in, without its files.
pub(super) fn filled(form: &Form, role: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for field in &form.fields {
        match field {
            Field::Hidden { name, value } => fields.push((name.clone(), value.clone())),
            Field::Text { name, value } if value.is_empty() => {
                fields.push((name.clone(), typed(&form.action, name, role).to_owned()));
            }
            Field::Text { name, value } => fields.push((name.clone(), value.clone())),
            Field::Day { name } => fields.extend(day(name)),
            Field::Choice { name, values, .. } => {
                let value = values.iter().find(|value| !value.is_empty());
                fields.extend(value.map(|value| (name.clone(), value.clone())));
            }
            Field::File { .. } => {}
        }
    }
    fields
}

fn typed(action: &str, name: &str, role: &str) -> &'static str {
    let somebody = match role {
        "officer" => "colleague",
        "councillor" | "agent" => "officer",
        _ => "officer",
    };
    match name {
        "who" | "owner" | "person" | "holder" | "with" => somebody,
        "delegate" | "implicated" => "agent-to-be",
        "to" if action.starts_with("/authority") => "colleague",
        "administrators" => "colleague\nofficer",
        "manager" | "sponsor" => "manager",
        "address" if action.starts_with("/try-it") => "www.example.org/news",
        "address" => "parks@council.example",
        "from" => "officer@council.example",
        "to" => "somebody@partner.example",
        "redirect" => "elsewhere@council.example",
        "scope" | "url" => "www.example.org",
        "message_id" => "<one@council.example>",
        "time" => "17:00",
        "size" | "uses" => "1",
        "reference" => "D-17",
        "clauses" => "walsall-6.2.1.a",
        "minutes" => "1:30",
        "number" => "1",
        _ => "In plain words",
    }
}

/// Days within every form's bounds; today is Wednesday, 10 March 2027.
pub(super) fn day(name: &str) -> [(String, String); 3] {
    let day = match name {
        "happened_at" | "done" | "began" | "on" => "9",
        "from" => "11",
        _ => "12",
    };
    of_day(name, [day, "3", "2027"])
}

pub(super) fn of_day(name: &str, parts: [&str; 3]) -> [(String, String); 3] {
    let part = |part: &str, value: &str| (format!("{name}-{part}"), value.to_owned());
    let [day, month, year] = parts;
    [part("day", day), part("month", month), part("year", year)]
}
