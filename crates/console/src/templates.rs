//! Templates: all files of `templates/`, in the program itself.
//!
//! Every value is escaped; invisible marks that turn the direction of text are shown for what they
//! are, wherever they come from. Filters say days, times, posts and services in words.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use minijinja::value::ValueKind;
use minijinja::{Environment, Error, Value, escape_formatter};
use policy::people::PeopleSettings;
use rust_embed::RustEmbed;

use crate::form::text::turns_direction;
use crate::words;

#[derive(RustEmbed)]
#[folder = "templates"]
struct Files;

/// Reads every template. The assets' addresses are given in, as they change with each build.
pub(crate) fn read(
    people: &PeopleSettings,
    zone: TimeZone,
    addresses: BTreeMap<&'static str, String>,
) -> Result<Environment<'static>, Error> {
    let mut templates = Environment::new();
    templates.set_formatter(|out, state, value| match visible(value) {
        Some(shown) => escape_formatter(out, state, &shown),
        None => escape_formatter(out, state, value),
    });
    templates.add_global("assets", Value::from(addresses));
    templates.add_filter("moment", move |at: &str| {
        at.parse::<Timestamp>()
            .map_or_else(|_| at.to_owned(), |at| words::moment_in_words(at, &zone))
    });
    templates.add_filter("day", |day: &str| {
        day.parse::<Date>()
            .map_or_else(|_| day.to_owned(), words::day_in_words)
    });
    templates.add_filter("plain", |label: &str| label.replace('-', " "));
    let posts = people.posts.iter();
    let posts: BTreeMap<_, _> = posts
        .map(|(post, of)| (post.clone(), of.title.clone()))
        .collect();
    templates.add_filter("post", move |post: &str| named(&posts, post));
    let services = people.services.clone();
    templates.add_filter("service", move |service: &str| named(&services, service));
    for path in Files::iter() {
        if let Some(file) = Files::get(&path) {
            let source = String::from_utf8_lossy(&file.data).into_owned();
            templates.add_template_owned(path.into_owned(), source)?;
        }
    }
    Ok(templates)
}

fn named(names: &BTreeMap<String, String>, label: &str) -> String {
    let name = names.get(label).cloned();
    name.unwrap_or_else(|| label.replace('-', " "))
}

/// The same text with direction marks made visible; none if it has none.
fn visible(value: &Value) -> Option<Value> {
    if value.kind() != ValueKind::String || value.is_safe() {
        return None;
    }
    let text = value.as_str()?;
    text.contains(turns_direction).then(|| {
        let mut shown = String::with_capacity(text.len() + 16);
        for c in text.chars() {
            if turns_direction(c) {
                let _ = write!(shown, "[U+{:04X}]", u32::from(c));
            } else {
                shown.push(c);
            }
        }
        Value::from(shown)
    })
}

#[cfg(test)]
mod tests;
