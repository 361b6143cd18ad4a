//! A user as clients send and read it.

use serde_json::{Map, Value, json};

use crate::cell::{self, LONGEST_TEXT, Wrong};
use crate::scim::error::ScimError;

/// The core schema.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// What organisations add.
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// Most mail addresses of one user.
const MOST_EMAILS: usize = 20;
/// Longest id of the client's own, in characters.
const LONGEST_ID: usize = 128;

/// What is kept of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The client's own id.
    pub external_id: Option<String>,
    /// Sign-in name.
    pub user_name: String,
    /// Full name.
    pub name: Option<String>,
    /// What the person does.
    pub title: Option<String>,
    /// The client's word for the audience.
    pub user_type: Option<String>,
    /// Whether the person may sign in.
    pub active: bool,
    /// Mail addresses, the primary one first.
    pub emails: Vec<String>,
    /// The number HR knows the person by.
    pub employee_number: Option<String>,
    /// Division and department, the wider first.
    pub unit: Vec<String>,
    /// Our id of the line manager.
    pub manager: Option<String>,
}

impl User {
    /// Reads a resource. Attribute names are taken in any case.
    pub fn read(resource: &Value) -> Result<Self, ScimError> {
        let Some(resource) = resource.as_object() else {
            return Err(ScimError::Syntax("a user is an object in JSON".to_owned()));
        };
        let none = Map::new();
        let extension = field(resource, ENTERPRISE)
            .and_then(Value::as_object)
            .unwrap_or(&none);
        let user_name = text(resource, "userName", LONGEST_TEXT)?
            .ok_or_else(|| ScimError::Value("userName is missing".to_owned()))?;
        let manager = match field(extension, "manager") {
            Some(Value::Object(manager)) => text(manager, "value", LONGEST_ID)?,
            Some(Value::Array(_)) => {
                return Err(ScimError::Value("there is one manager".to_owned()));
            }
            _ => text(extension, "manager", LONGEST_ID)?,
        };
        let unit = [
            text(extension, "division", LONGEST_TEXT)?,
            text(extension, "department", LONGEST_TEXT)?,
        ];
        Ok(Self {
            external_id: text(resource, "externalId", LONGEST_ID)?,
            user_name,
            name: name(resource)?,
            title: text(resource, "title", LONGEST_TEXT)?,
            user_type: text(resource, "userType", LONGEST_TEXT)?,
            active: match field(resource, "active") {
                None | Some(Value::Null) => true,
                Some(active) => boolean(active)?,
            },
            emails: emails(resource)?,
            employee_number: text(extension, "employeeNumber", cell::LONGEST_KEY)?,
            unit: unit.into_iter().flatten().collect(),
            manager,
        })
    }

    /// The resource, without id and meta.
    pub fn resource(&self) -> Value {
        let mut user = json!({
            "schemas": [USER],
            "userName": self.user_name,
            "active": self.active,
        });
        let mut put = |name: &str, value: &Option<String>| {
            if let Some(value) = value {
                user[name] = value.as_str().into();
            }
        };
        put("externalId", &self.external_id);
        put("displayName", &self.name);
        put("title", &self.title);
        put("userType", &self.user_type);
        if let Some(name) = &self.name {
            user["name"] = json!({"formatted": name});
        }
        let emails = self.emails.iter().enumerate();
        let emails =
            emails.map(|(at, email)| json!({"value": email, "type": "work", "primary": at == 0}));
        let emails: Vec<_> = emails.collect();
        if !emails.is_empty() {
            user["emails"] = emails.into();
        }
        let mut extension = Map::new();
        if let Some(number) = &self.employee_number {
            extension.insert("employeeNumber".to_owned(), number.as_str().into());
        }
        let names: &[&str] = if self.unit.len() > 1 {
            &["division", "department"]
        } else {
            &["department"]
        };
        for (name, unit) in names.iter().zip(&self.unit) {
            extension.insert((*name).to_owned(), unit.as_str().into());
        }
        if let Some(manager) = &self.manager {
            extension.insert("manager".to_owned(), json!({"value": manager}));
        }
        if !extension.is_empty() {
            user["schemas"] = json!([USER, ENTERPRISE]);
            user[ENTERPRISE] = extension.into();
        }
        user
    }
}

/// An attribute, whatever the case of its name.
pub(super) fn field<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let exact = object.get(name);
    exact.or_else(|| {
        let same = object
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        same.map(|(_, value)| value)
    })
}

fn text(
    object: &Map<String, Value>,
    name: &str,
    longest: usize,
) -> Result<Option<String>, ScimError> {
    match field(object, name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(value)) => {
            let value = cell::text(value, longest).map_err(|wrong| wrong_value(name, &wrong))?;
            Ok((!value.is_empty()).then(|| value.to_owned()))
        }
        Some(_) => Err(ScimError::Value(format!("{name} is not a text"))),
    }
}

fn wrong_value(name: &str, wrong: &Wrong) -> ScimError {
    ScimError::Value(format!("{name} {}; {}", wrong.reason, wrong.hint))
}

/// `formatted`, else given and family name, else `displayName`.
fn name(resource: &Map<String, Value>) -> Result<Option<String>, ScimError> {
    let none = Map::new();
    let parts = field(resource, "name")
        .and_then(Value::as_object)
        .unwrap_or(&none);
    let given = text(parts, "givenName", LONGEST_TEXT)?;
    let family = text(parts, "familyName", LONGEST_TEXT)?;
    let formatted = text(parts, "formatted", LONGEST_TEXT)?;
    let joined = match (given, family) {
        (Some(given), Some(family)) => Some(format!("{given} {family}")),
        (one, other) => one.or(other),
    };
    let joined = joined.filter(|name| name.chars().count() <= LONGEST_TEXT);
    Ok(formatted
        .or(joined)
        .or(text(resource, "displayName", LONGEST_TEXT)?))
}

fn emails(resource: &Map<String, Value>) -> Result<Vec<String>, ScimError> {
    let emails = match field(resource, "emails") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(emails)) if emails.len() <= MOST_EMAILS => emails,
        Some(_) => {
            return Err(ScimError::Value(format!(
                "emails is not a list of at most {MOST_EMAILS}"
            )));
        }
    };
    let mut found: Vec<String> = Vec::new();
    for email in emails {
        let Some(email) = email.as_object() else {
            return Err(ScimError::Value(
                "an email is an object with a value".to_owned(),
            ));
        };
        let kind = field(email, "type")
            .and_then(Value::as_str)
            .unwrap_or("work");
        // Private addresses are for people to declare themselves.
        if !kind.eq_ignore_ascii_case("work") {
            continue;
        }
        let Some(value) = field(email, "value").and_then(Value::as_str) else {
            continue;
        };
        let address = cell::address(value).map_err(|wrong| wrong_value("emails", &wrong))?;
        if found.contains(&address) {
            continue;
        }
        let primary = field(email, "primary").is_some_and(|value| boolean(value).unwrap_or(false));
        match primary {
            true => found.insert(0, address),
            false => found.push(address),
        }
    }
    Ok(found)
}

/// True and false, also as the texts some providers send.
fn boolean(value: &Value) -> Result<bool, ScimError> {
    match value {
        Value::Bool(value) => Ok(*value),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(ScimError::Value("active is true or false".to_owned())),
    }
}
