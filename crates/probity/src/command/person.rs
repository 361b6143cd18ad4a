//! `probity person`: who somebody is at the council, and what they may use.

use serde_json::{Value, json};

use super::matter::{PERMISSIONS, REQUESTS, line};
use crate::cli::Format;
use crate::cli::people::{PersonCommand, ThereArgs};
use crate::failure::Failure;
use crate::print::{safe, say};
use crate::remote::Remote;

/// Most people of one search, and most matters of one person and kind.
const MOST: usize = 100;

pub(crate) fn run(command: PersonCommand) -> Result<(), Failure> {
    match command {
        PersonCommand::Find { text, there } => find(&text, &there),
        PersonCommand::Show { person, there } => show(&person, &there),
    }
}

fn find(text: &str, there: &ThereArgs) -> Result<(), Failure> {
    let remote = Remote::new(there)?;
    let found = remote.list("people", &[("search", text)], MOST)?;
    for person in &found {
        match there.format.format {
            Format::Json => say!("{person}"),
            Format::Human => say!("{}", summary(person)),
        }
    }
    if found.is_empty() {
        // As grep does.
        return Err(Failure::Found);
    }
    Ok(())
}

fn show(named: &str, there: &ThereArgs) -> Result<(), Failure> {
    let remote = Remote::new(there)?;
    let id = remote.person(named)?;
    let person = remote.get(&["people", &id], &[])?;
    let about = [("person", id.as_str()), ("is_over", "false")];
    let requests = remote.list(REQUESTS, &about, MOST)?;
    let permissions = remote.list(PERMISSIONS, &about, MOST)?;
    let withdrawals = remote.list("withdrawals", &about, MOST)?;
    if there.format.format == Format::Json {
        say!(
            "{}",
            json!({
                "person": person,
                "requests": requests,
                "permissions": permissions,
                "withdrawals": withdrawals,
            })
        );
        return Ok(());
    }
    say!("{}", summary(&person));
    for (title, key) in [
        ("post", "job_title"),
        ("unit", "unit"),
        ("manager", "manager"),
        ("accounts", "accounts"),
        ("addresses", "addresses"),
    ] {
        let said = plain(&person[key]);
        if !said.is_empty() {
            say!("  {title}: {said}");
        }
    }
    let signed = person["has_signed"].as_bool() == Some(true);
    let said = if signed { "signed" } else { "not signed" };
    say!("  policy in force: {said}");
    for (title, matters) in [
        ("requests", requests),
        ("permissions", permissions),
        ("withdrawals", withdrawals),
    ] {
        say!("{title}:{}", if matters.is_empty() { " none" } else { "" });
        matters.iter().for_each(|matter| say!("  {}", line(matter)));
    }
    Ok(())
}

fn summary(person: &Value) -> String {
    let text = |key: &str| plain(&person[key]);
    format!("{}  {}  {}", text("id"), text("name"), text("audience"))
}

/// A text, or texts with commas between them.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => safe(text),
        Value::Array(all) => all.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => safe(&other.to_string()),
    }
}
