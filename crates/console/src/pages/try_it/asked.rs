//! What is tried: a page or a message, read from the form.

use ::policy::request::{Action, Labels};
use ::policy::vocabulary::{LABELS, Set, Source};
use matters::id::PersonId;
use minijinja::{Value, context};

use super::can_choose;
use crate::form::{Form, Text};
use crate::people_named::exactly;
use crate::trying::{TriedMessage, TriedPage};
use crate::visit::Visit;

/// Recipients of a tried message: more than a long list has.
const MOST_RECIPIENTS: usize = 600;

/// Largest size that can be tried, in megabytes.
const MOST_MEGABYTES: u64 = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Page,
    Message,
}

impl Kind {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "page" => Some(Self::Page),
            "message" => Some(Self::Message),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Message => "message",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Page => "Try a web address",
            Self::Message => "Try a message",
        }
    }

    pub(super) fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Page => &["person", "address", "action"],
            Self::Message => &[
                "person",
                "direction",
                "from",
                "to",
                "subject",
                "text",
                "size",
                "attachments",
            ],
        }
    }
}

/// What is tried, and as whom.
pub(super) enum Asked {
    Page(PersonId, TriedPage),
    Message(PersonId, TriedMessage),
}

impl Asked {
    pub(super) fn person(&self) -> &PersonId {
        match self {
            Self::Page(person, _) | Self::Message(person, _) => person,
        }
    }
}

/// The form to begin with: a message goes out from one's own address.
pub(super) fn first(visit: &Visit, kind: Kind) -> Form {
    let image = visit.image();
    let person = image.people().person(&visit.viewer.person);
    let from = person.and_then(|person| person.addresses.first().cloned());
    match kind {
        Kind::Page => Form::with([("action", Action::Visit.name().to_owned())]),
        Kind::Message => Form::with([
            ("direction", "sent".to_owned()),
            ("from", from.unwrap_or_default()),
        ]),
    }
}

pub(super) fn read(visit: &Visit, kind: Kind, form: &mut Form) -> Option<Asked> {
    let person = person(visit, form);
    match kind {
        Kind::Page => {
            let page = page(form);
            form.is_good().then_some(())?;
            Some(Asked::Page(person?, page?))
        }
        Kind::Message => {
            let message = message(form);
            form.is_good().then_some(())?;
            Some(Asked::Message(person?, message?))
        }
    }
}

/// Oneself, unless one may and does name somebody else.
fn person(visit: &Visit, form: &mut Form) -> Option<PersonId> {
    let typed = form.text("person", &Text::optional());
    if typed.is_empty() || !can_choose(visit) {
        return Some(visit.viewer.person.clone());
    }
    let image = visit.image();
    let found = exactly(&image, &typed).map(|person| person.id.clone());
    if found.is_none() {
        form.error(
            "person",
            "Nobody is known by this. Enter a user name, staff number or council email address",
        );
    }
    found
}

fn page(form: &mut Form) -> Option<TriedPage> {
    let address = Text::required("Enter a web address, like www.example.org/news")
        .longest(500)
        .address();
    let typed = form.text("address", &address);
    let site = site(&typed);
    if site.is_none() && !typed.is_empty() {
        form.error(
            "address",
            "This is no web address; enter one like https://www.example.org/news",
        );
    }
    let find = |name: &str| {
        let mut offered = [Action::Visit, Action::Submit, Action::Download].into_iter();
        offered.find(|action| action.name() == name)
    };
    let action = form.choice("action", find, "Select what is done there");
    let (host, port, path) = site?;
    Some(TriedPage {
        action: action?,
        host,
        port,
        path,
    })
}

/// Host in lower case, port, and path without query.
fn site(typed: &str) -> Option<(String, u16, String)> {
    let (scheme, rest) = typed.split_once("://").unwrap_or(("https", typed));
    let usual = match scheme.to_ascii_lowercase().as_str() {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let rest = rest.split(['?', '#']).next()?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (authority, usual),
    };
    let of_host = |c: char| c.is_ascii_alphanumeric() || "-._[]:".contains(c);
    let is_host = !host.is_empty() && host.len() <= 253 && host.chars().all(of_host);
    let path = if path.is_empty() { "/" } else { path };
    is_host.then(|| (host.to_ascii_lowercase(), port, path.to_owned()))
}

fn message(form: &mut Form) -> Option<TriedMessage> {
    let find = |name: &str| match name {
        "sent" => Some(true),
        "received" => Some(false),
        _ => None,
    };
    let is_sent = form.choice("direction", find, "Select who sends it");
    let from = Text::required("Enter the sender’s email address")
        .longest(254)
        .address();
    let from = form.text("from", &from);
    if !from.is_empty() && !is_address(&from) {
        form.error("from", "This is no email address, like name@example.org");
    }
    let to = Text::required("Enter the recipients’ email addresses, one on each line")
        .longest(200_000)
        .lines();
    let typed = form.text("to", &to);
    let to: Vec<String> = typed
        .split_whitespace()
        .map(|one| one.trim_end_matches([',', ';']).to_owned())
        .collect();
    if let Some(wrong) = to.iter().find(|one| !is_address(one)) {
        form.error(
            "to",
            format!("“{wrong}” is no email address, like name@example.org"),
        );
    } else if to.len() > MOST_RECIPIENTS {
        form.error(
            "to",
            format!("Enter at most {MOST_RECIPIENTS} recipients to try"),
        );
    }
    let subject = form.text("subject", &Text::optional().longest(500));
    let text = form.text("text", &Text::optional().longest(10_000).lines());
    let size_bytes = size(form);
    Some(TriedMessage {
        is_sent: is_sent?,
        from,
        to,
        subject,
        text,
        size_bytes: size_bytes?,
        attachments: attached(form),
    })
}

/// Megabytes, whole; 0 where nothing is entered.
fn size(form: &mut Form) -> Option<u64> {
    let typed = form.text("size", &Text::optional().longest(12));
    if typed.is_empty() {
        return Some(0);
    }
    let size = typed.parse().ok().filter(|size| *size <= MOST_MEGABYTES);
    if size.is_none() {
        form.error(
            "size",
            format!("Enter a whole number of megabytes, up to {MOST_MEGABYTES}"),
        );
    }
    size.map(|size: u64| size * 1_000_000)
}

fn attached(form: &Form) -> Labels {
    let chosen = form.all("attachments").iter();
    let known = |name: &&String| kinds().any(|(known, _)| known == name.as_str());
    chosen.filter(known).cloned().collect()
}

/// One sign between something and something else, and nothing that could end a header.
fn is_address(typed: &str) -> bool {
    let Some((name, domain)) = typed.rsplit_once('@') else {
        return false;
    };
    let plain = |c: char| c.is_ascii_graphic() && !"<>()\",;:\\".contains(c);
    !name.is_empty() && domain.contains('.') && typed.len() <= 254 && typed.chars().all(plain)
}

/// Kinds of attachment the gates tell apart.
fn kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
    let labels = LABELS.iter();
    let kinds = labels.filter(|one| one.set == Set::Kind && one.source == Source::Gathered);
    kinds.map(|one| (one.name, one.means))
}

pub(super) fn attachments() -> Vec<Value> {
    kinds()
        .map(|(value, means)| context! { value, text => crate::form::capital(means) })
        .collect()
}

pub(super) fn actions() -> Vec<Value> {
    [
        (Action::Visit, "Open the page"),
        (
            Action::Submit,
            "Send something to it: a form, a file, a post",
        ),
        (Action::Download, "Fetch a file from it"),
    ]
    .map(|(action, text)| context! { value => action.name(), text })
    .into()
}
