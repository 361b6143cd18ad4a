//! A message as an event, and the requests the policy decides for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use content::contents::Contents;
use content::mail::{AuthenticationResult, MailReading};
use content::media::PartKind;
use jiff::Timestamp;
use policy::decision::{Decision, Outcome};
use policy::request::{
    Action, Activity, Circumstances, Clock, Identity, Labels, Mail, Principal, Request,
};
use register::document::{Permission, Person};
use register::snapshot::{Aim, Snapshot};

use crate::adopted::Adopted;
use crate::findings;
use crate::marks::marks;
use crate::past::{self, Past};
use crate::uses::rests_on;

/// A message at its end, before anything is answered.
#[derive(Debug, Clone, Copy)]
pub struct MailEvent<'a> {
    /// When the end of the message came.
    pub at: Timestamp,
    /// The MTA's queue id.
    pub queue_id: &'a str,
    /// The client's address as the MTA names it.
    pub client: &'a str,
    /// Who signed in to send it.
    pub authenticated: Option<&'a str>,
    /// The client is one of the council's own machines.
    pub from_inside: bool,
    /// Envelope sender, without angle brackets; empty for a report.
    pub mail_from: &'a str,
    /// Envelope recipients, without angle brackets.
    pub recipients: &'a [String],
    /// Header and body as received.
    pub message: &'a [u8],
    /// What was read of it.
    pub reading: &'a MailReading,
    /// What was found in it.
    pub contents: &'a Contents,
}

/// Recipients for whom the same was decided.
#[derive(Debug, Clone)]
pub struct Group {
    /// Positions in [`MailEvent::recipients`].
    pub recipients: Vec<usize>,
    /// Whose facts they are, if one person's.
    pub person: Option<String>,
    /// The facts.
    pub request: Request,
    /// References of the permissions among the facts.
    pub permissions: BTreeSet<String>,
    /// Of these, the counted ones the decision rests on: see [`crate::uses`].
    pub uses: BTreeSet<String>,
    /// What was decided on them.
    pub decision: Arc<Decision>,
}

/// What was decided about a message.
#[derive(Debug, Clone)]
pub struct MailVerdict {
    /// Every recipient is in exactly one group.
    pub groups: Vec<Group>,
    /// Who sent it, if known.
    pub sender: Option<String>,
}

impl MailVerdict {
    /// The strictest outcome of all groups.
    pub fn strictest(&self) -> Outcome {
        self.groups
            .iter()
            .map(|group| group.decision.outcome)
            .max()
            .unwrap_or_default()
    }

    /// What was done, as it is counted.
    pub(crate) fn action(&self) -> Action {
        let group = self.groups.first();
        group.map_or(Action::Receive, |group| group.request.what.action())
    }

    /// Whether what the message says was judged for anybody.
    pub(crate) fn finds(&self) -> bool {
        let mut mails = self.groups.iter().map(|group| group.request.what.mail());
        mails.any(|mail| mail.is_some_and(|mail| !is_confidential(mail)))
    }

    /// Counted permissions it rests on.
    pub fn uses(&self) -> BTreeSet<String> {
        let uses = self.groups.iter().flat_map(|group| &group.uses);
        uses.cloned().collect()
    }

    /// Whether some rule could not be evaluated, so that the gate must not go on.
    pub fn is_unevaluated(&self) -> bool {
        self.groups
            .iter()
            .any(|group| !group.decision.unevaluated.is_empty())
    }
}

/// Works out what the policy says about a message. `without` are permissions that could not be taken.
pub fn consider(
    event: &MailEvent<'_>,
    adopted: &Adopted,
    register: &Snapshot,
    past: Past<'_>,
    without: &BTreeSet<String>,
) -> MailVerdict {
    let sender = sender(event, register);
    let sent = is_sent(event, register, sender);
    let common = common_facts(event, adopted, register, sender, past, sent);
    let core_hours = adopted.is_core_hours(event.at);
    // Mail from a private address somebody here has declared is that person's act, if a verifier we
    // trust says that it came from there: anybody can write an address on an envelope.
    let declared = register
        .person_by_private_address(event.mail_from)
        .filter(|_| is_authentic(event.reading));
    let mut groups: BTreeMap<Request, Alike<'_>> = BTreeMap::new();
    for (place, address) in event.recipients.iter().enumerate() {
        let mut labels = register.recipient_labels(address, sender);
        if sent && past.is_look_alike(address, event, register) {
            labels.insert("look-alike".to_owned());
        }
        if sender.is_some_and(|sender| is_of_own_group(sender, address, adopted, register)) {
            labels.insert("political-group".to_owned());
        }
        let (person, aim) = if sent {
            (sender, Aim::Recipient(address))
        } else {
            (
                declared.or_else(|| register.person_by_address(address)),
                Aim::Recipient(event.mail_from),
            )
        };
        let held = held(person, event.at, aim, register, without);
        let when = circumstances(person, event.at, &held, core_hours, adopted, register);
        let who = person.map_or_else(Principal::default, |person| {
            register.principal(person, event.at)
        });
        let mut mail = Mail {
            recipient: labels,
            ..common.clone()
        };
        if is_confidential(&mail) {
            findings::keep_private(&mut mail.findings, &mut mail.suspicions);
            past::keep_private(&mut mail.marks);
        }
        let what = if sent {
            Activity::Send(mail)
        } else {
            Activity::Receive(mail)
        };
        let group = groups.entry(Request { who, when, what }).or_default();
        group.recipients.push(place);
        group.held.extend(held);
        group.person = person.map(|person| person.id.clone());
    }
    let decide = |(request, alike): (Request, Alike<'_>)| {
        // Facts of several recipients are nobody's in particular.
        let of_one = sent || alike.recipients.len() == 1;
        let decision = adopted.decide(&request);
        Group {
            uses: rests_on(&alike.held, &request, &decision, adopted),
            decision,
            recipients: alike.recipients,
            person: alike.person.filter(|_| of_one),
            request,
            permissions: references(&alike.held),
        }
    };
    let groups = groups.into_iter().map(decide).collect();
    MailVerdict {
        groups,
        sender: sender.map(|person| person.id.clone()),
    }
}

/// Recipients about whom the facts are the same.
#[derive(Default)]
struct Alike<'r> {
    recipients: Vec<usize>,
    held: Vec<&'r Permission>,
    person: Option<String>,
}

/// The person who sends from here: whoever signed in, or the holder of the sender address when one
/// of the council's own machines sends.
pub fn sender<'r>(event: &MailEvent<'_>, register: &'r Snapshot) -> Option<&'r Person> {
    match event.authenticated {
        Some(account) => register.person_by_account(account),
        None if event.from_inside => register.person_by_address(event.mail_from),
        None => None,
    }
}

/// The sender to count a message against, and its outside recipients; only mail that leaves counts.
pub fn counted(event: &MailEvent<'_>, register: &Snapshot) -> Option<(String, u64)> {
    let sender = sender(event, register);
    let outside = n_external(event, register);
    let counts = outside > 0 && is_sent(event, register, sender);
    counts.then(|| match sender {
        Some(person) => (format!("person {}", person.id), outside),
        None => (format!("address {}", event.mail_from), outside),
    })
}

fn is_sent(event: &MailEvent<'_>, register: &Snapshot, sender: Option<&Person>) -> bool {
    sender.is_some() || event.authenticated.is_some() || is_ours_from_inside(event, register)
}

/// Whether a trusted verifier says that the message came from where it says.
fn is_authentic(reading: &MailReading) -> bool {
    reading
        .header
        .authentication
        .as_ref()
        .is_some_and(|results| {
            let results = [results.spf, results.dkim, results.dmarc];
            results.contains(&AuthenticationResult::Pass)
                && !results.contains(&AuthenticationResult::Fail)
        })
}

fn is_ours_from_inside(event: &MailEvent<'_>, register: &Snapshot) -> bool {
    event.from_inside && register.sender_labels(event.mail_from).contains("internal")
}

/// How many of the envelope's recipients are outside the council.
pub fn n_external(event: &MailEvent<'_>, register: &Snapshot) -> u64 {
    let outside = |address: &&String| register.is_outside(address);
    event.recipients.iter().filter(outside).count() as u64
}

/// Permissions of this person that are in force for exactly this aim.
pub(crate) fn held<'r>(
    person: Option<&Person>,
    at: Timestamp,
    aim: Aim<'_>,
    register: &'r Snapshot,
    without: &BTreeSet<String>,
) -> Vec<&'r Permission> {
    let mut held = person.map_or_else(Vec::new, |person| register.permissions(person, at, aim));
    held.retain(|permission| !without.contains(&permission.reference));
    held
}

/// What permissions are called on the record.
pub(crate) fn references(held: &[&Permission]) -> BTreeSet<String> {
    held.iter().map(|held| held.reference.clone()).collect()
}

/// What held for this person.
pub(crate) fn circumstances(
    person: Option<&Person>,
    at: Timestamp,
    held: &[&Permission],
    core_hours: bool,
    adopted: &Adopted,
    register: &Snapshot,
) -> Circumstances {
    let Some(person) = person else {
        return Circumstances {
            core_hours,
            ..Circumstances::default()
        };
    };
    let unclocked = adopted
        .pack()
        .settings()
        .unclocked
        .contains(&person.audience);
    let clock = if unclocked {
        Clock::NotApplicable
    } else {
        register.clock(person, at)
    };
    Circumstances {
        clock,
        core_hours,
        permissions: held.iter().map(|p| p.kind.clone()).collect(),
    }
}

fn common_facts(
    event: &MailEvent<'_>,
    adopted: &Adopted,
    register: &Snapshot,
    sender: Option<&Person>,
    past: Past<'_>,
    sent: bool,
) -> Mail {
    let reading = event.reading;
    let visible = reading
        .header
        .recipients
        .iter()
        .filter(|mailbox| register.is_outside(&mailbox.address))
        .count();
    let (findings, suspicions) = findings::labels(event.contents, adopted);
    // As far as the rules can tell: mail of like size is then decided once. The entry has the size.
    let alike = |number: u64| adopted.pack().least_alike(number);
    Mail {
        sender: sender_labels(event, register, past, sent),
        recipient: Labels::new(),
        identity: identity(event, register, sender),
        n_recipients: alike(event.recipients.len() as u64),
        n_external: alike(n_external(event, register)),
        n_visible_external: alike(visible as u64),
        n_recent_external: alike(past.recent_external),
        size_bytes: alike(event.message.len() as u64),
        largest_attachment_bytes: alike(reading.largest_attachment_bytes),
        attachments: attachments(event),
        marks: marks(event, adopted, register, sender, past, sent),
        findings,
        suspicions,
    }
}

fn sender_labels(event: &MailEvent<'_>, register: &Snapshot, past: Past<'_>, sent: bool) -> Labels {
    let mut labels = register.sender_labels(event.mail_from);
    // Anybody outside can write a scanner's address on an envelope.
    if sent && register.devices().is_scanner(event.mail_from, event.client) {
        labels.insert("scanner".to_owned());
    }
    if !sent && past.is_first_contact(event, register) {
        labels.insert("first-contact".to_owned());
    }
    labels
}

/// Whether this is the address of a councillor of the same political group. Of anybody else no group is
/// looked at, whatever the register holds.
fn is_of_own_group(sender: &Person, to: &str, adopted: &Adopted, register: &Snapshot) -> bool {
    let councillors = &adopted.pack().people().withdrawal.councillor.audience;
    let group = |person: &Person| {
        let group = person
            .group
            .as_deref()
            .map(|group| group.trim().to_lowercase());
        group.filter(|group| !group.is_empty() && person.audience == *councillors)
    };
    let own = group(sender);
    own.is_some() && own == register.person_by_address(to).and_then(group)
}

/// Whether this is mail that nobody's content is judged in.
fn is_confidential(mail: &Mail) -> bool {
    let route = "confidential-route";
    mail.sender.contains(route) || mail.recipient.contains(route)
}

/// Kinds of the message's parts and of the files inside them.
fn attachments(event: &MailEvent<'_>) -> Labels {
    let parts = event.reading.parts.iter().map(|part| part.kind);
    let kinds = parts.chain(findings::kinds_inside(event.contents));
    kinds.filter_map(kind_label).map(str::to_owned).collect()
}

/// The label of a kind of attachment or body, where rules tell it apart.
pub fn kind_label(kind: PartKind) -> Option<&'static str> {
    match kind {
        PartKind::Executable => Some("executable"),
        PartKind::Script => Some("script"),
        PartKind::MacroDocument => Some("macro-document"),
        PartKind::Archive => Some("archive"),
        PartKind::EncryptedArchive => Some("encrypted-archive"),
        PartKind::Audio => Some("audio"),
        PartKind::Video => Some("video"),
        PartKind::Image => Some("image"),
        PartKind::Document => Some("document"),
        PartKind::Game => Some("game"),
        PartKind::Text
        | PartKind::Html
        | PartKind::Message
        | PartKind::Signature
        | PartKind::Other => None,
    }
}

/// Whether the names in the From header and the envelope are the sender's to use.
fn identity(event: &MailEvent<'_>, register: &Snapshot, sender: Option<&Person>) -> Identity {
    let Some(person) = sender else {
        return Identity::Unknown;
    };
    let of = |address: &str| {
        if person
            .addresses
            .iter()
            .any(|own| own.eq_ignore_ascii_case(address))
        {
            Identity::Own
        } else if register.may_represent(person, address, event.at) {
            Identity::Delegated
        } else {
            Identity::Other
        }
    };
    let header = event
        .reading
        .header
        .from
        .iter()
        .map(|mailbox| of(&mailbox.address));
    let envelope = (!event.mail_from.is_empty()).then(|| of(event.mail_from));
    // Own < Delegated < Other: the worst of the names decides. No From at all names nobody else.
    header.chain(envelope).max().unwrap_or(Identity::Own)
}
