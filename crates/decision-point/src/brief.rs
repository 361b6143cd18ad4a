//! Facts and decision as an entry spells them: what is empty, nought or not so is left out. Most pages
//! are like that in nearly everything, and reading gives back the same values.

use policy::decision::Decision;
use policy::request::Request;
use serde_json::Value;

/// The fields `request` and `decision` of an entry, as JSON without braces.
pub(crate) fn fields(request: &Request, decision: &Decision) -> String {
    // Both are made of strings, numbers and lists, which always serialise.
    let mut request = serde_json::to_value(request).unwrap_or_default();
    let mut decision = serde_json::to_value(decision).unwrap_or_default();
    // Not `who` as a whole: services granted to nobody and not known are two things.
    drop_where(&mut request["who"], |name, value| {
        name == "withdrawn" && is_nothing(value)
    });
    drop_where(&mut request["when"], |_, value| is_nothing(value));
    drop_where(&mut request["what"], |_, value| is_nothing(value));
    drop_where(&mut decision, |_, value| is_nothing(value));
    format!("\"request\":{request},\"decision\":{decision}")
}

fn drop_where(object: &mut Value, is_to_go: impl Fn(&str, &Value) -> bool) {
    if let Some(members) = object.as_object_mut() {
        members.retain(|name, value| !is_to_go(name, value));
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(so) => !so,
        Value::Number(number) => number.as_u64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_left_out_reads_as_it_was() {
        for granted in [json!(null), json!([]), json!(["internet"])] {
            let request: Request = serde_json::from_value(json!({
                "action": "visit",
                "who": { "audience": "officer", "granted": granted },
                "what": { "method": "GET", "bytes": 0, "quota_spent": false },
            }))
            .unwrap();
            let pack = json!({ "name": "t", "edition": "e", "version": "1", "hash": "h" });
            let decision: Decision = serde_json::from_value(json!({
                "outcome": "permit", "reasons": [], "obligations": [], "unevaluated": [],
                "pack": pack,
            }))
            .unwrap();
            let fields = fields(&request, &decision);
            let entry: Value = serde_json::from_str(&format!("{{{fields}}}")).unwrap();
            assert_eq!(entry["request"]["what"], json!({ "method": "GET" }));
            assert_eq!(
                entry["decision"],
                json!({ "outcome": "permit", "pack": pack })
            );
            let again: Request = serde_json::from_value(entry["request"].clone()).unwrap();
            assert_eq!(again, request);
            let again: Decision = serde_json::from_value(entry["decision"].clone()).unwrap();
            assert_eq!(again, decision);
        }
    }
}
