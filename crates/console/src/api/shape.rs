//! The schemas bodies are published with, and whether a body is as its schema says.
//!
//! Made from the types of `matters`, then made narrower: unknown members are refused everywhere,
//! every text and list has an end, and steps nobody takes with a token are left out. Only what those
//! schemas are made of is understood here (JSON Schema 2020-12: types, members, lists, lengths,
//! choices), and all of that is held against what comes in, so the document says what is enforced.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};

use super::exposed::{self, Exposed};
use super::problem::FieldError;

/// Most errors said at once: enough to fill in a form again.
const MOST_ERRORS: usize = 20;

/// Longest text in somebody's own words, in characters; what names something has a shorter end of
/// its own in `matters`.
const LONGEST_TEXT: u64 = 2_000;

/// Most entries of a list: as many as a permission can name.
const MOST_ENTRIES: u64 = 50;

/// Most documents that go with one act, and the longest reference of one.
const MOST_EVIDENCE: u64 = 20;
const LONGEST_NAME: u64 = 254;

/// Every schema of a body, by its name in the document.
#[derive(Debug)]
pub(super) struct Shapes(BTreeMap<String, Value>);

impl Default for Shapes {
    fn default() -> Self {
        let mut shapes = Self(BTreeMap::new());
        exposed::with_each(&mut shapes);
        shapes
    }
}

impl exposed::Each for Shapes {
    fn kind<M: Exposed>(&mut self) {
        if M::OPEN.is_some() {
            let mut opening = incoming::<M::Opening>();
            opening["description"] = json!(format!("What is asked for: {}.", M::ONE));
            with_words(&mut opening);
            self.0.insert(M::opening_name(), opening);
        }
        let mut step = incoming::<M::Step>();
        if let Some(choices) = step["oneOf"].as_array_mut() {
            choices.retain(|choice| {
                let name = choice["properties"]["step"]["const"].as_str();
                name.is_some_and(|name| M::STEPS.iter().any(|(step, _)| *step == name))
            });
            choices.iter_mut().for_each(with_words);
        }
        step["description"] = json!(format!("What can be done with {}.", M::ONE));
        self.0.insert(M::step_name(), step);
    }
}

impl Shapes {
    /// Every schema, by name.
    pub(super) fn all(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }

    /// What is wrong with a body; nothing if it is as the schema says.
    pub(super) fn errors(&self, name: &str, body: &Value) -> Vec<FieldError> {
        let mut errors = Errors::default();
        match self.0.get(name) {
            Some(schema) => errors.check(schema, body, ""),
            None => errors.say("", "nothing can be sent here"),
        }
        errors.0.truncate(MOST_ERRORS);
        errors.0
    }
}

/// A type as it comes in, self-contained and bounded.
fn incoming<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    let settings = settings.with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let schema = SchemaGenerator::new(settings).into_root_schema_for::<T>();
    let mut schema = schema.to_value();
    bound(&mut schema);
    if let Some(all) = schema.as_object_mut() {
        all.remove("title");
    }
    schema
}

/// Gives everything in a schema an end.
fn bound(schema: &mut Value) {
    let Some(all) = schema.as_object_mut() else {
        return;
    };
    let is = |all: &Map<String, Value>, kind: &str| match all.get("type") {
        Some(Value::String(one)) => one == kind,
        Some(Value::Array(many)) => many.iter().any(|one| one == kind),
        _ => false,
    };
    let is_open = !["const", "enum", "format", "maxLength"]
        .iter()
        .any(|key| all.contains_key(*key));
    if is(all, "string") && is_open {
        all.insert("maxLength".to_owned(), LONGEST_TEXT.into());
    }
    if is(all, "array") {
        all.entry("maxItems").or_insert(MOST_ENTRIES.into());
    }
    if is(all, "object") && all.contains_key("properties") {
        all.insert("additionalProperties".to_owned(), false.into());
    }
    if all.get("format").is_some_and(|format| format == "uint32") {
        all.remove("format");
        all.insert("maximum".to_owned(), u32::MAX.into());
    }
    for key in ["oneOf", "anyOf"] {
        let choices = all.get_mut(key).and_then(Value::as_array_mut);
        choices.into_iter().flatten().for_each(bound);
    }
    if let Some(items) = all.get_mut("items") {
        bound(items);
    }
    let members = all.get_mut("properties").and_then(Value::as_object_mut);
    members
        .into_iter()
        .flatten()
        .for_each(|(_, member)| bound(member));
}

/// Adds what can go with every act.
fn with_words(schema: &mut Value) {
    schema["properties"]["reason"] = json!({
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_TEXT,
        "description": "Why, in the words of whoever acts. Some steps need it.",
    });
    schema["properties"]["evidence"] = json!({
        "type": "array",
        "maxItems": MOST_EVIDENCE,
        "items": { "type": "string", "minLength": 1, "maxLength": LONGEST_NAME },
        "description": "References of scans and documents.",
    });
}

/// What was found wrong so far.
#[derive(Debug, Default)]
struct Errors(Vec<FieldError>);

impl Errors {
    fn say(&mut self, at: &str, detail: impl Into<String>) {
        let (pointer, detail) = (at.to_owned(), detail.into());
        self.0.push(FieldError { pointer, detail });
    }

    fn check(&mut self, schema: &Value, value: &Value, at: &str) {
        if self.0.len() > MOST_ERRORS {
            return;
        }
        for key in ["oneOf", "anyOf"] {
            if let Some(choices) = schema[key].as_array() {
                return self.choose(choices, value, at);
            }
        }
        if let Some(only) = schema.get("const") {
            if only != value {
                self.say(at, format!("write {only}"));
            }
            return;
        }
        if let Some(choices) = schema["enum"].as_array() {
            if !choices.contains(value) {
                self.say(at, format!("choose one of {}", listed(choices)));
            }
            return;
        }
        if !is_of_type(&schema["type"], value) {
            self.say(at, format!("this is of type {}", words(&schema["type"])));
            return;
        }
        match value {
            Value::Object(members) => self.members(schema, members, at),
            Value::Array(entries) => self.entries(schema, entries, at),
            Value::String(text) => self.text(schema, text, at),
            Value::Number(number) => {
                let number = number.as_f64().unwrap_or_default();
                let least = schema["minimum"]
                    .as_f64()
                    .is_some_and(|least| number < least);
                let most = schema["maximum"].as_f64().is_some_and(|most| number > most);
                if least || most {
                    self.say(at, "this number is out of range");
                }
            }
            Value::Null | Value::Bool(_) => (),
        }
    }

    fn members(&mut self, schema: &Value, members: &Map<String, Value>, at: &str) {
        let known = schema["properties"].as_object();
        for name in schema["required"].as_array().into_iter().flatten() {
            let name = name.as_str().unwrap_or_default();
            if !members.contains_key(name) {
                self.say(&format!("{at}/{name}"), "this is missing");
            }
        }
        for (name, value) in members {
            let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
            match known.and_then(|known| known.get(name)) {
                Some(member) => self.check(member, value, &at),
                None => self.say(&at, "nothing has this name here; check the spelling"),
            }
        }
    }

    fn entries(&mut self, schema: &Value, entries: &[Value], at: &str) {
        let most = schema["maxItems"].as_u64().unwrap_or(MOST_ENTRIES);
        if entries.len() as u64 > most {
            return self.say(at, format!("at most {most} are possible"));
        }
        if schema["uniqueItems"] == true {
            let twice = (1..entries.len()).find(|&i| entries[..i].contains(&entries[i]));
            if let Some(twice) = twice {
                self.say(&format!("{at}/{twice}"), "this is there already");
            }
        }
        for (i, entry) in entries.iter().enumerate() {
            self.check(&schema["items"], entry, &format!("{at}/{i}"));
        }
    }

    fn text(&mut self, schema: &Value, text: &str, at: &str) {
        let length = text.chars().count() as u64;
        if schema["minLength"]
            .as_u64()
            .is_some_and(|least| length < least)
        {
            self.say(at, "this is empty");
        }
        if let Some(most) = schema["maxLength"].as_u64().filter(|most| length > *most) {
            self.say(at, format!("this is longer than {most} characters"));
        }
        match schema["format"].as_str() {
            Some("date-time") if text.parse::<Timestamp>().is_err() => {
                self.say(at, "write a moment such as 2027-03-10T09:30:00Z");
            }
            Some("date") if text.parse::<Date>().is_err() => {
                self.say(at, "write a day such as 2027-03-10");
            }
            _ => (),
        }
    }

    /// One of several forms. What is wrong is said of the form that was meant: the one whose fixed
    /// words are there.
    fn choose(&mut self, choices: &[Value], value: &Value, at: &str) {
        let tried = |choice: &Value| {
            let mut errors = Self::default();
            errors.check(choice, value, at);
            errors.0
        };
        let words: Vec<_> = choices
            .iter()
            .filter_map(|choice| choice.get("const"))
            .collect();
        if !words.is_empty() && value.is_string() {
            if !words.contains(&value) {
                self.say(at, format!("choose one of {}", listed(words)));
            }
            return;
        }
        let meant: Vec<_> = choices
            .iter()
            .filter(|choice| is_meant(choice, value))
            .collect();
        let errors = meant.into_iter().map(tried).min_by_key(Vec::len);
        match (
            errors,
            choices
                .iter()
                .find_map(|choice| tag(choice))
                .map(|(name, _)| name),
        ) {
            (Some(errors), _) => self.0.extend(errors),
            (None, Some(name)) => {
                let words = choices.iter().filter_map(tag).map(|(_, word)| word);
                self.say(
                    &format!("{at}/{name}"),
                    format!("choose one of {}", listed(words)),
                );
            }
            (None, None) => self.say(at, "this has none of the forms described for it"),
        }
    }
}

/// The member that says which form something has, and the word it has then.
fn tag(choice: &Value) -> Option<(&String, &Value)> {
    let members = choice["properties"].as_object()?;
    members
        .iter()
        .find_map(|(name, member)| Some((name, member.get("const")?)))
}

/// Whether a value means to have this form.
fn is_meant(choice: &Value, value: &Value) -> bool {
    if let Some((name, word)) = tag(choice) {
        return value.get(name) == Some(word);
    }
    if !choice["type"].is_null() && !is_of_type(&choice["type"], value) {
        return false;
    }
    match (
        choice["required"].as_array().map(Vec::as_slice),
        value.as_object(),
    ) {
        // A form named by its only member.
        (Some([only]), Some(members))
            if choice["properties"]
                .as_object()
                .is_some_and(|all| all.len() == 1) =>
        {
            only.as_str().is_some_and(|only| members.contains_key(only))
        }
        _ => true,
    }
}

fn is_of_type(kind: &Value, value: &Value) -> bool {
    let is = |kind: &str| match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    match kind {
        Value::String(kind) => is(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}

fn words(kind: &Value) -> String {
    match kind {
        Value::Array(kinds) => {
            let kinds = kinds.iter().filter_map(Value::as_str);
            kinds.collect::<Vec<_>>().join(" or ")
        }
        kind => kind.as_str().unwrap_or("another type").to_owned(),
    }
}

fn listed<'v>(choices: impl IntoIterator<Item = &'v Value>) -> String {
    let choices = choices.into_iter().map(Value::to_string);
    choices.collect::<Vec<_>>().join(", ")
}
