//! `probity request` and `probity permission`: what people ask for and what is decided, at a console.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::person::plain;
use crate::cli::Format;
use crate::cli::people::{ListArgs, PermissionCommand, RequestCommand, StepArgs, ThereArgs};
use crate::failure::Failure;
use crate::print::say;
use crate::remote::{Remote, body};

/// Where requests for access are in the API.
pub(super) const REQUESTS: &str = "access-requests";
/// Where permissions are in the API.
pub(super) const PERMISSIONS: &str = "permissions";

pub(crate) fn request(command: RequestCommand) -> Result<(), Failure> {
    match command {
        RequestCommand::List(args) => list(REQUESTS, &args),
        RequestCommand::Show { reference, there } => show(REQUESTS, &reference, &there),
        RequestCommand::Open {
            person,
            service,
            need,
            equipment,
            until,
            sponsor,
            there,
        } => {
            let remote = Remote::new(&there)?;
            let sponsor = sponsor.map(|sponsor| remote.person(&sponsor)).transpose()?;
            let wanted = body(&[
                ("need", Some(json!(need))),
                ("equipment", equipment.map(Value::from)),
                ("until", until.map(|until| json!(until))),
                ("sponsor", sponsor.map(Value::from)),
            ]);
            let person = remote.person(&person)?;
            let opening = json!({"person": person, "service": service, "wanted": wanted});
            tell(&remote.begin(&[REQUESTS], &opening)?, &there);
            Ok(())
        }
        RequestCommand::Step(args) => step(REQUESTS, &args),
    }
}

pub(crate) fn permission(command: PermissionCommand) -> Result<(), Failure> {
    match command {
        PermissionCommand::List(args) => list(PERMISSIONS, &args),
        PermissionCommand::Show { reference, there } => show(PERMISSIONS, &reference, &there),
        PermissionCommand::Ask {
            person,
            kind,
            why,
            scope,
            from,
            until,
            there,
        } => {
            let remote = Remote::new(&there)?;
            let from = from.unwrap_or_else(Timestamp::now);
            let opening = json!({
                "person": remote.person(&person)?,
                "kind": kind,
                "why": why,
                "scope": scope,
                "when": {"ahead": {"from": from, "until": until}},
            });
            tell(&remote.begin(&[PERMISSIONS], &opening)?, &there);
            Ok(())
        }
        PermissionCommand::Step(args) => step(PERMISSIONS, &args),
    }
}

fn list(path: &str, args: &ListArgs) -> Result<(), Failure> {
    let remote = Remote::new(&args.there)?;
    let person = args.person.as_deref();
    let person = person.map(|person| remote.person(person)).transpose()?;
    let narrowed = [
        ("person", person.as_deref()),
        ("state", args.state.as_deref()),
        ("about", args.about.as_deref()),
        ("is_over", (!args.all).then_some("false")),
    ];
    let narrowed: Vec<_> = narrowed
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    for matter in remote.list(path, &narrowed, args.lines.into())? {
        tell(&matter, &args.there);
    }
    Ok(())
}

fn show(path: &str, reference: &str, there: &ThereArgs) -> Result<(), Failure> {
    let remote = Remote::new(there)?;
    let matter = remote.get(&[path, reference], &[])?;
    let history = remote.get(&[path, reference, "history"], &[])?;
    if there.format.format == Format::Json {
        say!(
            "{}",
            json!({"matter": matter, "history": history["events"]})
        );
        return Ok(());
    }
    say!("{}", line(&matter));
    for (name, value) in matter["matter"].as_object().into_iter().flatten() {
        if value.is_string() || value.is_number() {
            say!("  {}: {}", name.replace('_', " "), plain(value));
        }
    }
    for (name, value) in matter["matter"]["wanted"].as_object().into_iter().flatten() {
        say!("  {}: {}", name.replace('_', " "), plain(value));
    }
    say!("steps:");
    for event in history["events"].as_array().into_iter().flatten() {
        say!("  {}", happened(event));
    }
    Ok(())
}

fn step(path: &str, args: &StepArgs) -> Result<(), Failure> {
    let mut fields = Map::new();
    for pair in &args.with {
        let Some((name, value)) = pair.split_once('=') else {
            return Err(Failure::usage(format!(
                "`{pair}` is no NAME=VALUE, such as method=\"by the secure portal\""
            )));
        };
        let value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
        fields.insert(name.to_owned(), value);
    }
    fields.insert("step".to_owned(), json!(args.step));
    if let Some(reason) = &args.reason {
        fields.insert("reason".to_owned(), json!(reason));
    }
    let remote = Remote::new(&args.there)?;
    let at = [path, args.reference.as_str(), "steps"];
    let taken = remote.step(&at, args.version, &Value::Object(fields))?;
    tell(&taken, &args.there);
    Ok(())
}

fn tell(matter: &Value, there: &ThereArgs) {
    match there.format.format {
        Format::Json => say!("{matter}"),
        Format::Human => say!("{}", line(matter)),
    }
}

/// A matter in a line: reference, where it stands, what it is about, whose, since when.
pub(super) fn line(matter: &Value) -> String {
    let about = ["service", "kind"]
        .map(|key| plain(&matter["matter"][key]))
        .concat();
    format!(
        "{}  {}  {}  {}  since {}",
        plain(&matter["reference"]),
        plain(&matter["state"]),
        about,
        plain(&matter["person"]),
        plain(&matter["changed_at"])
    )
}

fn happened(event: &Value) -> String {
    let by = event["actor"].as_object().into_iter().flatten();
    let by: Vec<_> = by
        .map(|(kind, who)| format!("{kind} {}", plain(who)))
        .collect();
    let said = |before: &str, value: &Value| match plain(value) {
        text if text.is_empty() => text,
        text => format!("{before}{text}"),
    };
    format!(
        "{}  {} by {}{}{}",
        plain(&event["at"]),
        plain(&event["step"]),
        by.join(", "),
        said(" as ", &event["authority"]["post"]),
        said(": ", &event["reason"])
    )
}
