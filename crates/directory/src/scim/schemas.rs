//! What a client can ask about the server itself (RFC 7643, 5 to 7).

use serde_json::{Value, json};

use crate::scim::router::LARGEST_PAGE;
use crate::scim::user::{ENTERPRISE, USER};

/// The schema of groups.
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// What the server can do.
pub fn configuration() -> Value {
    let no = json!({"supported": false});
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": true},
        "bulk": {"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": true, "maxResults": LARGEST_PAGE},
        "changePassword": no,
        "sort": no,
        "etag": {"supported": true},
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "A token made in the console for this feed",
            "primary": true,
        }],
    })
}

/// Users and groups.
pub fn resource_types() -> Value {
    let kind = |name: &str, schema: &str, extensions: Value| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": name,
            "name": name,
            "endpoint": format!("/{name}s"),
            "schema": schema,
            "schemaExtensions": extensions,
        })
    };
    list(vec![
        kind(
            "User",
            USER,
            json!([{"schema": ENTERPRISE, "required": false}]),
        ),
        kind("Group", GROUP, json!([])),
    ])
}

/// Every schema.
pub fn all() -> Value {
    list(
        [USER, ENTERPRISE, GROUP]
            .into_iter()
            .filter_map(of)
            .collect(),
    )
}

/// One schema: the attributes that are kept.
pub fn of(id: &str) -> Option<Value> {
    let text = |name| attribute(name, "string", false, "readWrite", json!([]));
    let (name, attributes) = match id {
        USER => (
            "User",
            vec![
                required(text("userName")),
                attribute(
                    "name",
                    "complex",
                    false,
                    "readWrite",
                    json!([text("formatted"), text("givenName"), text("familyName")]),
                ),
                text("displayName"),
                text("title"),
                text("userType"),
                attribute("active", "boolean", false, "readWrite", json!([])),
                attribute(
                    "emails",
                    "complex",
                    true,
                    "readWrite",
                    json!([
                        text("value"),
                        text("type"),
                        attribute("primary", "boolean", false, "readWrite", json!([]))
                    ]),
                ),
            ],
        ),
        ENTERPRISE => (
            "EnterpriseUser",
            vec![
                text("employeeNumber"),
                text("division"),
                text("department"),
                attribute(
                    "manager",
                    "complex",
                    false,
                    "readWrite",
                    json!([text("value")]),
                ),
            ],
        ),
        GROUP => (
            "Group",
            vec![
                attribute("displayName", "string", false, "readOnly", json!([])),
                attribute(
                    "members",
                    "complex",
                    true,
                    "readOnly",
                    json!([text("value"), text("display")]),
                ),
            ],
        ),
        _ => return None,
    };
    Some(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": id,
        "name": name,
        "attributes": attributes,
    }))
}

fn attribute(name: &str, kind: &str, many: bool, mutability: &str, inner: Value) -> Value {
    let mut attribute = json!({
        "name": name,
        "type": kind,
        "multiValued": many,
        "required": false,
        "caseExact": false,
        "mutability": mutability,
        "returned": "default",
        "uniqueness": "none",
    });
    if kind == "complex" {
        attribute["subAttributes"] = inner;
    }
    attribute
}

fn required(mut attribute: Value) -> Value {
    attribute["required"] = true.into();
    attribute["uniqueness"] = "server".into();
    attribute
}

fn list(resources: Vec<Value>) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": resources.len(),
        "startIndex": 1,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    })
}
