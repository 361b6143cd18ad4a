//! `PATCH` (RFC 7644, 3.5.2) as identity providers send it: with paths, without, with operations in
//! any case, and with full attribute names as keys of a value.

use serde_json::{Map, Value, json};

use crate::cell;
use crate::scim::error::ScimError;
use crate::scim::filter;
use crate::scim::user::{ENTERPRISE, USER, field};

/// Most operations of one request.
const MOST_OPERATIONS: usize = 100;

/// Attributes that are kept, as they are spelled.
const CORE: [&str; 8] = [
    "externalId",
    "userName",
    "name",
    "displayName",
    "title",
    "userType",
    "active",
    "emails",
];
const EXTENSION: [&str; 4] = ["employeeNumber", "department", "division", "manager"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Op {
    Add,
    Replace,
    Remove,
}

/// Carries out a patch on a resource. Attributes that are not kept are passed over.
pub fn apply(resource: &mut Value, body: &Value) -> Result<(), ScimError> {
    let wrong = |said: &str| ScimError::Syntax(said.to_owned());
    let body = body
        .as_object()
        .ok_or_else(|| wrong("a patch is an object in JSON"))?;
    let operations = field(body, "Operations").and_then(Value::as_array);
    let operations = operations.ok_or_else(|| wrong("a patch has a list of Operations"))?;
    if operations.len() > MOST_OPERATIONS {
        return Err(ScimError::TooLarge);
    }
    for operation in operations {
        let operation = operation
            .as_object()
            .ok_or_else(|| wrong("an operation is an object"))?;
        let op = field(operation, "op")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let op = match op.to_ascii_lowercase().as_str() {
            "add" => Op::Add,
            "replace" => Op::Replace,
            "remove" => Op::Remove,
            _ => return Err(wrong("op is add, replace or remove")),
        };
        let value = field(operation, "value");
        match (field(operation, "path"), value) {
            (Some(Value::String(path)), value) => one(resource, op, path, value)?,
            (None | Some(Value::Null), Some(Value::Object(values))) if op != Op::Remove => {
                every(resource, op, values)?;
            }
            (None | Some(Value::Null), _) if op == Op::Remove => {
                return Err(ScimError::Path(String::new()));
            }
            _ => {
                return Err(wrong(
                    "an operation without a path has an object as its value",
                ));
            }
        }
    }
    Ok(())
}

fn every(resource: &mut Value, op: Op, values: &Map<String, Value>) -> Result<(), ScimError> {
    for (path, value) in values {
        match value {
            Value::Object(inner) if path.eq_ignore_ascii_case(ENTERPRISE) => {
                for (name, value) in inner {
                    one(resource, op, &format!("{ENTERPRISE}:{name}"), Some(value))?;
                }
            }
            _ if path.eq_ignore_ascii_case("schemas") => {}
            // Clients send back what they read.
            _ if path.eq_ignore_ascii_case("id") || path.eq_ignore_ascii_case("meta") => {}
            _ => one(resource, op, path, Some(value))?,
        }
    }
    Ok(())
}

struct Path<'a> {
    in_extension: bool,
    attribute: &'static str,
    filter: Option<(String, String)>,
    sub: Option<&'a str>,
}

/// Reads `[schema:]attribute[filter].sub`; nothing for attributes that are not kept.
fn read(path: &str) -> Result<Option<Path<'_>>, ScimError> {
    let unclear = || ScimError::Path(cell::clipped(path));
    let plain = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-$".contains(c))
    };
    let strip = |schema: &str| {
        let head = path.get(..schema.len())?;
        let rest = path.get(schema.len()..)?.strip_prefix(':')?;
        head.eq_ignore_ascii_case(schema).then_some(rest)
    };
    let (in_extension, rest) = match (strip(ENTERPRISE), strip(USER)) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ if path.to_ascii_lowercase().starts_with("urn:") => return Ok(None),
        _ => (false, path),
    };
    let (name, filter, sub) = match rest.split_once('[') {
        Some((name, rest)) => {
            let (inner, after) = rest.rsplit_once(']').ok_or_else(unclear)?;
            let sub = match after {
                "" => None,
                _ => Some(after.strip_prefix('.').ok_or_else(unclear)?),
            };
            (name, Some(filter::equals(inner).ok_or_else(unclear)?), sub)
        }
        None => match rest.split_once('.') {
            Some((name, sub)) => (name, None, Some(sub)),
            None => (rest, None, None),
        },
    };
    if !plain(name) || sub.is_some_and(|sub| !plain(sub)) {
        return Err(unclear());
    }
    if !in_extension && name.eq_ignore_ascii_case("id") {
        return Err(ScimError::Mutability("id"));
    }
    let kept: &[&'static str] = if in_extension { &EXTENSION } else { &CORE };
    let attribute = kept.iter().find(|kept| kept.eq_ignore_ascii_case(name));
    Ok(attribute.map(|attribute| Path {
        in_extension,
        attribute,
        filter,
        sub,
    }))
}

fn one(resource: &mut Value, op: Op, path: &str, value: Option<&Value>) -> Result<(), ScimError> {
    let Some(read) = read(path)? else {
        return Ok(());
    };
    let value = match (op, value) {
        (Op::Remove, _) => &Value::Null,
        (_, Some(value)) => value,
        (_, None) => return Err(ScimError::Syntax("the operation has no value".to_owned())),
    };
    if read.in_extension && !resource[ENTERPRISE].is_object() {
        resource[ENTERPRISE] = json!({});
    }
    let holder = if read.in_extension {
        &mut resource[ENTERPRISE]
    } else {
        resource
    };
    let target = &mut holder[read.attribute];
    if read.attribute == "emails" {
        return emails(target, op, &read, value)
            .ok_or_else(|| ScimError::Path(cell::clipped(path)));
    }
    if read.filter.is_some() {
        return Err(ScimError::Path(cell::clipped(path)));
    }
    match (read.sub, value) {
        (Some(sub), _) => set(target, read.attribute, sub, value),
        (None, Value::Object(parts)) if op == Op::Add || read.attribute == "name" => {
            for (sub, part) in parts {
                set(target, read.attribute, sub, part);
            }
        }
        (None, _) => *target = value.clone(),
    }
    Ok(())
}

fn set(target: &mut Value, attribute: &str, sub: &str, value: &Value) {
    if !target.is_object() {
        *target = json!({});
    }
    if let Some(parts) = target.as_object_mut() {
        // A new given or family name makes the name in full out of date.
        if attribute == "name" && !sub.eq_ignore_ascii_case("formatted") {
            parts.remove("formatted");
        }
        parts.retain(|name, _| !name.eq_ignore_ascii_case(sub));
        parts.insert(sub.to_owned(), value.clone());
    }
}

/// The one attribute with several values. A filter that fits nothing makes a value that fits it.
fn emails(target: &mut Value, op: Op, path: &Path<'_>, value: &Value) -> Option<()> {
    if !target.is_array() {
        *target = json!([]);
    }
    let list = target.as_array_mut()?;
    match (&path.filter, path.sub) {
        (None, Some(_)) => return None,
        (None, None) => {
            if op != Op::Add {
                list.clear();
            }
            match value {
                Value::Null => {}
                Value::Array(values) => list.extend(values.iter().cloned()),
                one => list.push(one.clone()),
            }
        }
        (Some((attribute, wanted)), sub) => {
            let fits = |email: &Value| {
                let found = email.as_object().and_then(|email| field(email, attribute));
                found.is_some_and(|found| match found {
                    Value::String(text) => text.eq_ignore_ascii_case(wanted),
                    Value::Bool(flag) => wanted == if *flag { "true" } else { "false" },
                    _ => false,
                })
            };
            match (op, sub) {
                (Op::Remove, None) => list.retain(|email| !fits(email)),
                (_, sub) => {
                    if !list.iter().any(fits) && op != Op::Remove {
                        let wanted = match wanted.as_str() {
                            "true" => json!(true),
                            "false" => json!(false),
                            text => json!(text),
                        };
                        list.push(json!({attribute.as_str(): wanted}));
                    }
                    for email in list.iter_mut().filter(|email| fits(email)) {
                        match sub {
                            Some(sub) => set(email, "emails", sub, value),
                            None => *email = value.clone(),
                        }
                    }
                }
            }
        }
    }
    Some(())
}
