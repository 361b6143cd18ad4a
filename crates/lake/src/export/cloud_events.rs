//! CloudEvents 1.0: an envelope of agreed names around the row as it is.

use serde_json::{Value, json};

use super::Row;

/// The row in an envelope.
pub(super) fn event(row: &Row<'_>) -> Value {
    json!({
        "specversion": "1.0",
        "id": row.id(),
        // A reference by RFC 3986: the record's name is a host and a path.
        "source": format!("//{}", row.record),
        "type": format!("uk.gov.probity.{}.v{}", row.kind, row.table.version()),
        "time": row.cells.get("at"),
        "datacontenttype": "application/json",
        "data": row.cells,
    })
}
