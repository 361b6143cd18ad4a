//! `probity decide`, `probity mail check`, `probity web check`: what would happen, and why.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use decision_point::information::InformationPoint;
use decision_point::mail::MailEvent;
use decision_point::web::WebEvent;
use jiff::Timestamp;
use policy::request::{Action, Request};
use register::document::Person;
use register::snapshot::Snapshot;
use serde_json::json;

use crate::address::SiteAddress;
use crate::cli::{AsArgs, DecideArgs, Format, MailCommand, WebCommand};
use crate::config::Config;
use crate::demo;
use crate::failure::Failure;
use crate::print::say;
use crate::{knowledge, packs, print};

/// Longest activity read.
const LONGEST_ACTIVITY: u64 = 1024 * 1024;

/// Longest message read.
const LONGEST_MESSAGE: u64 = 128 * 1024 * 1024;

/// Decides an activity on standard input.
pub(crate) fn run(args: &DecideArgs) -> Result<(), Failure> {
    let pack = packs::load(&args.pack.pack)?;
    let mut text = String::new();
    std::io::stdin()
        .take(LONGEST_ACTIVITY + 1)
        .read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST_ACTIVITY {
        return Err(Failure::usage("the activity is longer than 1 MiB"));
    }
    let request: Request = serde_json::from_str(&text).map_err(|error| {
        Failure::usage(format!(
            "the activity cannot be read: {error}; `probity decide --help` shows one"
        ))
    })?;
    if let Some(label) = policy::vocabulary::unknown(&request).first() {
        return Err(Failure::usage(format!(
            "the activity has the label `{label}`, which no rule can know; `probity decide --help` says where labels are listed"
        )));
    }
    let audiences = &pack.settings().audiences;
    if !audiences.contains_key(&request.who.audience) {
        let known: Vec<&str> = audiences.keys().map(String::as_str).collect();
        return Err(Failure::usage(format!(
            "the pack has no audience `{}`; it knows {}; `probity decide --help` shows an activity",
            request.who.audience,
            known.join(", ")
        )));
    }
    let decision = pack.decide(&request);
    match args.format {
        Format::Json => print::json(&decision),
        Format::Human => print::text(&print::decision(&decision)),
    }
    Ok(())
}

fn gather(config: Option<&Path>) -> Result<InformationPoint, Failure> {
    match config {
        Some(path) => Ok(knowledge::gather(&Config::read(path)?)?),
        None => Ok(demo::council::information("walsall")?),
    }
}

/// The person with this name, and the account by which a gate knows them.
fn named<'r>(register: &'r Snapshot, name: &str) -> Result<(&'r Person, &'r str), Failure> {
    let person = register
        .person(name)
        .or_else(|| register.person_by_account(name))
        .ok_or_else(|| {
            Failure::usage(format!(
                "`{name}` is nobody's id, account or address in the register"
            ))
        })?;
    let account = person
        .accounts
        .first()
        .or(person.addresses.first())
        .ok_or_else(|| {
            Failure::usage(format!(
                "`{name}` has neither account nor address, so no gate can know them"
            ))
        })?;
    Ok((person, account))
}

/// What would happen to a message.
pub(crate) fn mail(command: MailCommand) -> Result<(), Failure> {
    let MailCommand::Check { file, to, whom } = command;
    let information = gather(whom.config.as_deref())?;
    let register = information.register();
    let (person, account) = named(&register, &whom.person)?;
    let mut message = Vec::new();
    std::fs::File::open(&file)
        .map_err(|error| Failure::usage(format!("cannot read `{}`: {error}", file.display())))?
        .take(LONGEST_MESSAGE + 1)
        .read_to_end(&mut message)
        .map_err(|error| Failure::usage(format!("cannot read `{}`: {error}", file.display())))?;
    if message.len() as u64 > LONGEST_MESSAGE {
        return Err(Failure::usage("the message is longer than 128 MiB"));
    }
    let reading = content::mail::read(&message, None, &content::mail::Limits::default());
    let recipients: Vec<String> = if to.is_empty() {
        reading
            .header
            .recipients
            .iter()
            .map(|mailbox| mailbox.address.clone())
            .collect()
    } else {
        to
    };
    if recipients.is_empty() || recipients.iter().any(|address| !address.contains('@')) {
        return Err(Failure::usage(
            "a message needs recipients such as name@example.org; give them with --to",
        ));
    }
    let contents = information.look_through(&message, &reading);
    let event = MailEvent {
        at: whom.at.unwrap_or_else(Timestamp::now),
        queue_id: "",
        client: "",
        authenticated: Some(account),
        from_inside: false,
        mail_from: person.addresses.first().map_or("", String::as_str),
        recipients: &recipients,
        message: &message,
        reading: &reading,
        contents: &contents,
    };
    let verdict = information.consider_mail(&event, &BTreeSet::new());
    for group in &verdict.groups {
        let to: Vec<&str> = group
            .recipients
            .iter()
            .filter_map(|&place| recipients.get(place))
            .map(String::as_str)
            .collect();
        match whom.format.format {
            Format::Json => print::json(
                &json!({ "recipients": to, "request": group.request, "decision": group.decision.as_ref() }),
            ),
            Format::Human => print::text(&format!(
                "to {}\n{}",
                print::safe(&to.join(", ")),
                print::decision(&group.decision)
            )),
        }
    }
    Ok(())
}

/// What would happen to a page.
pub(crate) fn web(command: WebCommand) -> Result<(), Failure> {
    let WebCommand::Check { url, method, whom } = command;
    let AsArgs {
        person,
        at,
        config,
        format,
    } = &whom;
    let information = gather(config.as_deref())?;
    let register = information.register();
    let (_, account) = named(&register, person)?;
    let address = SiteAddress::parse(&url)?;
    let method = method.to_ascii_uppercase();
    let submits = matches!(method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE");
    let event = WebEvent {
        at: at.unwrap_or_else(Timestamp::now),
        action: if submits {
            Action::Submit
        } else {
            Action::Visit
        },
        client: "",
        user: Some(account),
        method: &method,
        host: &address.host,
        port: address.port,
        path: &address.path,
        tunnel: method == "CONNECT",
        mobile: false,
        navigation: true,
        bytes: None,
        media: None,
        contents: None,
    };
    let verdict = information.consider_web(&event, &BTreeSet::new());
    match format.format {
        Format::Json => print::json(&json!({
            "request": verdict.request, "matched": verdict.matched, "decision": verdict.decision.as_ref(),
        })),
        Format::Human => {
            let web = verdict.request.what.web();
            let categories = web.map(|web| web.categories.iter().cloned().collect::<Vec<_>>());
            let categories = categories.unwrap_or_default();
            say!(
                "{}: {}",
                address.host,
                if categories.is_empty() {
                    "in no list".to_owned()
                } else {
                    categories.join(", ")
                }
            );
            print::text(&print::decision(&verdict.decision));
        }
    }
    Ok(())
}
