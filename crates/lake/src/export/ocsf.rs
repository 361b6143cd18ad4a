//! OCSF: pages are HTTP Activity, messages Email Activity, steps between people Entity Management, and
//! everything else a Base Event. What has no name there stands in `unmapped`, by its column.

use serde_json::{Map, Value, json};

use super::Row;
use crate::tables::Table;

/// The release of the schema. Another one is another mapping.
pub const RELEASE: &str = "1.6.0";

/// The address of nobody: RFC 2606 keeps this domain from ever being one.
const NOBODY: &str = "pseudonym.invalid";

/// The row as an event of the class that fits.
pub(super) fn event(row: &Row<'_>) -> Value {
    let (category, class, activity) = match row.table {
        Table::Web => (4, 4002, http_activity(row)),
        Table::Mail => (
            4,
            4009,
            if row.text("action") == Some("send") {
                1
            } else {
                2
            },
        ),
        Table::Matter => (
            3,
            3004,
            if row.text("from_state").is_some() {
                3
            } else {
                1
            },
        ),
        Table::Event => (0, 0, 99),
    };
    let mut event = json!({
        "category_uid": category,
        "class_uid": class,
        "activity_id": activity,
        "type_uid": class * 100 + activity,
        "severity_id": severity(row),
        "time": row.time(),
        "metadata": {
            "version": RELEASE,
            "uid": row.id(),
            "event_code": row.kind.name(),
            "log_name": row.record,
            "profiles": if row.text("outcome").is_some() && matches!(row.table, Table::Web | Table::Mail) {
                json!(["host", "security_control"])
            } else {
                json!([])
            },
            "product": {
                "name": "Probity",
                "vendor_name": "Probity",
                "version": env!("CARGO_PKG_VERSION"),
            },
        },
        "unmapped": row.cells,
    });
    let Some(fields) = event.as_object_mut() else {
        return event;
    };
    match row.table {
        Table::Web => http(row, fields),
        Table::Mail => email(row, fields),
        Table::Matter => matter(row, fields),
        Table::Event => (),
    }
    if activity == 99 {
        fields.insert("activity_name".to_owned(), row.kind.name().into());
    }
    event
}

fn http_activity(row: &Row<'_>) -> u64 {
    match row.text("method").unwrap_or_default() {
        "CONNECT" => 1,
        "DELETE" => 2,
        "GET" => 3,
        "HEAD" => 4,
        "OPTIONS" => 5,
        "POST" => 6,
        "PUT" => 7,
        "TRACE" => 8,
        "PATCH" => 9,
        _ => 99,
    }
}

/// What was stopped is low, what passed is informational. How serious something is, a person says.
fn severity(row: &Row<'_>) -> u64 {
    match row.text("outcome") {
        Some("hold" | "refuse") => 2,
        _ => 1,
    }
}

/// The profile of whatever stands in the way.
fn control(row: &Row<'_>, fields: &mut Map<String, Value>) {
    let (action, disposition) = match row.text("outcome") {
        Some("permit") => (1, 1),
        Some("warn") => (1, 19),
        Some("hold") => (2, 3),
        Some("refuse") => (2, 2),
        _ => return,
    };
    fields.insert("action_id".to_owned(), action.into());
    fields.insert("disposition_id".to_owned(), disposition.into());
    if let Some(clauses) = row.text("clauses") {
        let rule = json!({ "name": clauses, "type": "clauses of the policy" });
        fields.insert("firewall_rule".to_owned(), rule);
    }
}

fn http(row: &Row<'_>, fields: &mut Map<String, Value>) {
    let host = row.text("host").unwrap_or("unknown.invalid");
    let port = row.number("port").unwrap_or_default();
    // The path is sealed.
    let url = match port {
        443 => format!("https://{host}/"),
        80 => format!("http://{host}/"),
        port => format!("//{host}:{port}/"),
    };
    let mut request = json!({ "url": { "url_string": url, "hostname": host, "port": port } });
    if let Some(method) = row.text("method") {
        request["http_method"] = method.into();
    }
    if let Some(bytes) = row.number("bytes") {
        request["length"] = bytes.into();
    }
    fields.insert("http_request".to_owned(), request);
    if let Some(client) = row.text("client") {
        fields.insert("src_endpoint".to_owned(), json!({ "uid": client }));
    }
    if let Some(person) = row.text("person") {
        let actor = json!({ "user": { "uid": person } });
        fields.insert("actor".to_owned(), actor);
    }
    control(row, fields);
}

fn email(row: &Row<'_>, fields: &mut Map<String, Value>) {
    let from = row.text("sender").unwrap_or("nobody");
    let mut email = json!({ "from": format!("{from}@{NOBODY}") });
    if let Some(bytes) = row.number("bytes") {
        email["size"] = bytes.into();
    }
    fields.insert("email".to_owned(), email);
    let is_inside = |labels: &str| {
        let labels = row.text(labels).unwrap_or_default();
        labels.split(' ').any(|label| label == "internal")
    };
    let direction = match (row.text("action"), is_inside("recipient_labels")) {
        (Some("send"), true) => 3,
        (Some("send"), false) => 2,
        (Some("receive"), _) => 1,
        _ => 0,
    };
    fields.insert("direction_id".to_owned(), direction.into());
    if let Some(person) = row.text("person") {
        let actor = json!({ "user": { "uid": person } });
        fields.insert("actor".to_owned(), actor);
    }
    control(row, fields);
}

fn matter(row: &Row<'_>, fields: &mut Map<String, Value>) {
    let entity = json!({
        "uid": row.text("matter").unwrap_or("unknown"),
        "type": row.text("matter_kind").unwrap_or("unknown"),
    });
    fields.insert("entity".to_owned(), entity);
    if let Some(actor) = row.text("actor") {
        let actor = json!({ "user": { "uid": actor } });
        fields.insert("actor".to_owned(), actor);
    }
    if let Some(step) = row.text("step") {
        fields.insert("comment".to_owned(), step.into());
    }
}
