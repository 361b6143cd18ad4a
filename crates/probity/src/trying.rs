//! What the gates would decide, for those who try it in the console. Nothing is recorded, no use of a
//! permission is taken, and no minute counts against anybody.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use console::trying::{Decides, NotTried, Tried, TriedMessage, TriedPage};
use content::mail::{self as reading, Limits};
use decision_point::information::InformationPoint;
use decision_point::mail::{self, MailEvent};
use decision_point::past::Past;
use decision_point::point::DecisionPoint;
use decision_point::web::{self, WebEvent};
use jiff::Timestamp;
use matters::id::PersonId;
use policy::request::{Action, Activity, Request};
use register::document::Person;
use site_categories::Live;

/// Asks the decision point of this process.
pub(crate) struct Trying(pub(crate) Arc<DecisionPoint>);

impl Decides for Trying {
    fn web(
        &self,
        person: &PersonId,
        page: &TriedPage,
        at: Timestamp,
    ) -> Result<Vec<Tried>, NotTried> {
        try_page(self.0.information(), person, page, at)
    }

    fn mail(
        &self,
        person: &PersonId,
        message: &TriedMessage,
        at: Timestamp,
    ) -> Result<Vec<Tried>, NotTried> {
        try_message(self.0.information(), person, message, at)
    }
}

fn try_page(
    information: &InformationPoint,
    person: &PersonId,
    page: &TriedPage,
    at: Timestamp,
) -> Result<Vec<Tried>, NotTried> {
    let register = information.register();
    let person = register
        .person(person.as_str())
        .ok_or(NotTried::NobodyKnown)?;
    let event = WebEvent {
        at,
        action: page.action,
        client: "",
        user: Some(account(person)?),
        method: match page.action {
            Action::Submit => "POST",
            _ => "GET",
        },
        host: &page.host,
        port: page.port,
        path: &page.path,
        tunnel: false,
        mobile: false,
        navigation: page.action == Action::Visit,
        bytes: None,
        media: None,
        contents: None,
    };
    let lists = information.lists().map(Live::current);
    let adopted = information.adopted();
    let lists = lists.as_deref();
    let verdict = web::consider(&event, adopted, &register, lists, None, &BTreeSet::new());
    Ok(vec![Tried {
        recipients: Vec::new(),
        decision: (*verdict.decision).clone(),
        facts: verdict.request,
    }])
}

fn try_message(
    information: &InformationPoint,
    person: &PersonId,
    message: &TriedMessage,
    at: Timestamp,
) -> Result<Vec<Tried>, NotTried> {
    let register = information.register();
    let person = register
        .person(person.as_str())
        .ok_or(NotTried::NobodyKnown)?;
    let bytes = written(message);
    let reading = reading::read(&bytes, None, &Limits::default());
    let contents = information.look_through(&bytes, &reading);
    let event = MailEvent {
        at,
        queue_id: "",
        client: "",
        authenticated: Some(account(person)?).filter(|_| message.is_sent),
        from_inside: false,
        mail_from: &message.from,
        recipients: &message.to,
        message: &bytes,
        reading: &reading,
        contents: &contents,
    };
    // Nothing sent before counts: what is tried stands for itself.
    let outside = mail::counted(&event, &register).map_or(0, |(_, outside)| outside);
    let adopted = information.adopted();
    let none = BTreeSet::new();
    let past = Past {
        recent_external: outside,
        correspondence: information.correspondence().map(|past| &**past),
    };
    let verdict = mail::consider(&event, adopted, &register, past, &none);
    let groups = verdict.groups.into_iter();
    let tried = groups.map(|group| {
        let facts = as_typed(information, group.request, message);
        let places = group.recipients.iter();
        Tried {
            recipients: places
                .filter_map(|place| message.to.get(*place).cloned())
                .collect(),
            decision: adopted.pack().decide(&facts),
            facts,
        }
    });
    Ok(tried.collect())
}

/// What the gates would see of the person; without it they see nobody.
fn account(person: &Person) -> Result<&str, NotTried> {
    let first = person.accounts.first().map(String::as_str);
    first.ok_or(NotTried::NobodyKnown)
}

/// The message as it would come over the wire, without what is attached.
fn written(message: &TriedMessage) -> Vec<u8> {
    let mut wire = String::new();
    let to = message.to.join(",\r\n ");
    let (from, subject) = (&message.from, &message.subject);
    let _ = write!(
        wire,
        "From: <{from}>\r\nTo: {to}\r\nSubject: {subject}\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    );
    wire.push_str(&message.text.replace('\n', "\r\n"));
    wire.into_bytes()
}

/// Size and attachments as they were said to be: they were not made up for trying.
fn as_typed(
    information: &InformationPoint,
    mut request: Request,
    message: &TriedMessage,
) -> Request {
    if let Activity::Send(mail) | Activity::Receive(mail) = &mut request.what {
        let pack = information.adopted().pack();
        let size = pack.least_alike(message.size_bytes);
        mail.size_bytes = mail.size_bytes.max(size);
        mail.attachments.extend(message.attachments.iter().cloned());
        if !message.attachments.is_empty() {
            mail.largest_attachment_bytes = mail.largest_attachment_bytes.max(size);
        }
    }
    request
}

#[cfg(test)]
mod tests;
