//! The schemas bodies are published with, and whether a body is as its schema says.
//!
//! Made from the types of [`crate::asked`]. Every body is one flat object, so only what such objects
//! are made of is understood here; all of it is held against what comes in, so the OpenAPI document
//! says what is enforced.

use axum::http::HeaderValue;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::asked::{Asked, Told};
use crate::problem::{FieldError, Kind, Problem};

/// Most members of a form. The longest body described has fewer by half.
const MOST_MEMBERS: usize = 32;

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    AsJson,
    AsForm,
}

/// A kind of body: the forms it may have, each told by a word.
#[derive(Debug)]
pub(crate) struct Shape {
    /// The member that has the word.
    pub(crate) tag: &'static str,
    /// A schema for each, without references.
    pub(crate) forms: Vec<Value>,
}

/// Both kinds of body.
#[derive(Debug)]
pub(crate) struct Shapes {
    pub(crate) asked: Shape,
    pub(crate) told: Shape,
}

impl Default for Shapes {
    fn default() -> Self {
        Self {
            asked: Shape::of::<Asked>("activity"),
            told: Shape::of::<Told>("report"),
        }
    }
}

impl Shape {
    fn of<T: JsonSchema>(tag: &'static str) -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        });
        let schema = settings.into_generator().into_root_schema_for::<T>();
        let mut forms = Vec::new();
        for form in schema.to_value()["oneOf"].as_array().into_iter().flatten() {
            let mut form = form.clone();
            // Nothing unknown is passed over: a tool that misspells a fact would be answered on others.
            form["additionalProperties"] = false.into();
            for (_, member) in form["properties"].as_object_mut().into_iter().flatten() {
                close(member);
            }
            forms.push(form);
        }
        Self { tag, forms }
    }

    /// The word of a form.
    pub(crate) fn word<'s>(&self, form: &'s Value) -> &'s str {
        form["properties"][self.tag]["const"]
            .as_str()
            .unwrap_or_default()
    }

    /// Reads a body, or says everything that is wrong with it.
    pub(crate) fn read<T: DeserializeOwned>(
        &self,
        kind: Option<&HeaderValue>,
        body: &[u8],
    ) -> Result<T, Problem> {
        let written = written(kind).ok_or_else(|| Problem::new(Kind::MediaType))?;
        let members = match written {
            Written::AsJson => serde_json::from_slice::<Map<String, Value>>(body)
                .map_err(|error| Problem::new(Kind::Malformed).saying(error.to_string()))?,
            Written::AsForm => form(body)?,
        };
        let mut errors = Errors(Vec::new());
        let word = members.get(self.tag).and_then(Value::as_str);
        let words = || {
            let words = self.forms.iter().map(|form| self.word(form));
            format!("say one of {}", words.collect::<Vec<_>>().join(", "))
        };
        let form = self.forms.iter().find(|form| word == Some(self.word(form)));
        let Some(form) = form else {
            errors.say(self.tag, words());
            return Err(Problem::invalid(errors.0));
        };
        let members = match written {
            Written::AsJson => members,
            Written::AsForm => as_described(form, members),
        };
        errors.check(form, &members);
        if !errors.0.is_empty() {
            return Err(Problem::invalid(errors.0));
        }
        serde_json::from_value(Value::Object(members)).map_err(|error| {
            // The schema is made from the type, so this is a defect of ours.
            tracing::error!(%error, "a body is as its schema says, and not as its type");
            Problem::new(Kind::Broken)
        })
    }
}

/// Gives an end to a text that has none, and leaves out what only other programs read.
fn close(member: &mut Value) {
    let Some(member) = member.as_object_mut() else {
        return;
    };
    member.remove("default");
    if member
        .get("format")
        .is_some_and(|format| format == "uint64")
    {
        member.remove("format");
    }
    // An enum whose words have meanings comes as a choice of constants.
    if let Some(Value::Array(choices)) = member.remove("oneOf") {
        let meanings = choices.iter().map(|choice| {
            let meaning = choice["description"].as_str().unwrap_or_default();
            format!(
                "- `{}`: {meaning}",
                choice["const"].as_str().unwrap_or_default()
            )
        });
        let meanings = meanings.collect::<Vec<_>>().join("\n");
        let said = member.get("description").and_then(Value::as_str);
        let said = said.unwrap_or_default().to_owned();
        member.insert(
            "description".to_owned(),
            format!("{said}\n\n{meanings}").into(),
        );
        let words = choices.iter().map(|choice| choice["const"].clone());
        member.insert("type".to_owned(), "string".into());
        member.insert("enum".to_owned(), words.collect::<Vec<_>>().into());
    }
}

fn written(kind: Option<&HeaderValue>) -> Option<Written> {
    let kind = kind?.to_str().ok()?;
    let kind = kind.split_once(';').map_or(kind, |(kind, _)| kind).trim();
    let is = |name: &str| kind.eq_ignore_ascii_case(name);
    if is("application/json") {
        Some(Written::AsJson)
    } else {
        is("application/x-www-form-urlencoded").then_some(Written::AsForm)
    }
}

/// The members of a form as texts. An empty one is none: who writes a form from a template leaves the
/// value out of what does not apply.
fn form(body: &[u8]) -> Result<Map<String, Value>, Problem> {
    let mut members = Map::new();
    for (n, (name, value)) in form_urlencoded::parse(body).enumerate() {
        if n >= MOST_MEMBERS {
            return Err(Problem::new(Kind::Malformed).saying("the form has too many members"));
        }
        if value.is_empty() {
            continue;
        }
        let before = members.insert(name.clone().into_owned(), value.into_owned().into());
        if before.is_some() {
            let error = FieldError {
                pointer: pointer(&name),
                detail: "this is there twice".to_owned(),
            };
            return Err(Problem::invalid(vec![error]));
        }
    }
    Ok(members)
}

/// The texts of a form as the types described. One that cannot be is left as it is, and then told.
fn as_described(form: &Value, members: Map<String, Value>) -> Map<String, Value> {
    let typed = |name: &str, value: Value| {
        let text = value.as_str().unwrap_or_default();
        match form["properties"][name]["type"].as_str() {
            Some("integer") => text.parse::<u64>().map_or(value, Value::from),
            Some("boolean") => text.parse::<bool>().map_or(value, Value::from),
            _ => value,
        }
    };
    members
        .into_iter()
        .map(|(name, value)| {
            let value = typed(&name, value);
            (name, value)
        })
        .collect()
}

fn pointer(name: &str) -> String {
    let name: String = name.chars().take(64).collect();
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// What is wrong with a body.
struct Errors(Vec<FieldError>);

impl Errors {
    fn say(&mut self, name: &str, detail: impl Into<String>) {
        // As many as there are members at most, and one for each that is missing.
        if self.0.len() < MOST_MEMBERS {
            self.0.push(FieldError {
                pointer: pointer(name),
                detail: detail.into(),
            });
        }
    }

    fn check(&mut self, form: &Value, members: &Map<String, Value>) {
        for name in form["required"].as_array().into_iter().flatten() {
            let name = name.as_str().unwrap_or_default();
            if !members.contains_key(name) {
                self.say(name, "this is missing");
            }
        }
        for (name, value) in members {
            match form["properties"].get(name) {
                Some(schema) => self.member(schema, name, value),
                None => self.say(name, "nothing has this name here; check the spelling"),
            }
        }
    }

    fn member(&mut self, schema: &Value, name: &str, value: &Value) {
        if schema.get("const").is_some() {
            // The word that told the form.
            return;
        }
        let kind = schema["type"].as_str().unwrap_or_default();
        match (kind, value) {
            ("string", Value::String(text)) => self.text(schema, name, text),
            ("boolean", Value::Bool(_)) => (),
            ("integer", Value::Number(number)) if number.is_u64() => {
                let most = schema["maximum"].as_f64();
                if number.as_f64() > most.or(Some(f64::MAX)) {
                    self.say(name, "this number is out of range");
                }
            }
            ("integer", _) => self.say(name, "this is a number from 0 on"),
            ("boolean", _) => self.say(name, "this is true or false"),
            _ => self.say(name, "this is a text"),
        }
    }

    fn text(&mut self, schema: &Value, name: &str, text: &str) {
        if let Some(words) = schema["enum"].as_array() {
            if !words.iter().any(|word| word == text) {
                let words = words.iter().filter_map(Value::as_str);
                let words = words.collect::<Vec<_>>().join(", ");
                self.say(name, format!("say one of {words}"));
            }
            return;
        }
        let length = text.chars().count() as u64;
        if schema["minLength"]
            .as_u64()
            .is_some_and(|least| length < least)
        {
            self.say(name, "this is too short");
        }
        // A text nobody gave an end must not come in without one.
        let most = schema["maxLength"].as_u64().unwrap_or_default();
        if length > most {
            self.say(name, format!("this is longer than {most} characters"));
        }
    }
}
