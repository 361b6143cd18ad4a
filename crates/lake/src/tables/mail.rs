//! Messages: a row for each group of recipients for whom the same was decided, the first of them with
//! `group_index` 0. Who counts messages counts those.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Making;
use crate::columns::{Cell, Column, Rows, Type, open, sealed};
use crate::pseudonym::Whose;

/// Most domains of one group that are named; with more, the rest stand as `…`.
const MOST_DOMAINS: usize = 16;

/// Domains lie open, for those outside; the part before the @ never does.
pub(super) const COLUMNS: &[Column] = &[
    open("entry", Type::Number),
    open("at", Type::Time),
    open("learned_at", Type::Time),
    open("group_index", Type::Number),
    open("sender", Type::Pseudonym),
    open("sender_known", Type::Flag),
    open("sender_domain", Type::Text),
    open("person", Type::Pseudonym),
    open("recipient_domains", Type::Text),
    open("n_recipients", Type::Number),
    open("bytes", Type::Number),
    open("automatic", Type::Flag),
    open("action", Type::Text),
    open("sender_labels", Type::Text),
    open("recipient_labels", Type::Text),
    open("audience", Type::Text),
    open("clock", Type::Text),
    open("attachments", Type::Text),
    open("marks", Type::Text),
    open("findings", Type::Text),
    open("suspicions", Type::Text),
    open("outcome", Type::Text),
    open("clauses", Type::Text),
    open("obligations", Type::Text),
    open("unevaluated", Type::Text),
    open("edition", Type::Text),
    open("pack", Type::Text),
    sealed("queue_id"),
    sealed("client_address"),
    sealed("account"),
    sealed("sender_id"),
    sealed("mail_from"),
    sealed("message_id"),
    sealed("in_reply_to"),
    sealed("sha256"),
    sealed("person_id"),
    sealed("recipients"),
    sealed("permissions"),
    sealed("found"),
    sealed("passed_over"),
    sealed("request"),
];

#[derive(Debug, Deserialize)]
pub(crate) struct Entry<'e> {
    v: u32,
    pub(super) at: Timestamp,
    #[serde(default)]
    learned_at: Option<Timestamp>,
    #[serde(borrow)]
    kind: Cow<'e, str>,
    #[serde(default, borrow)]
    queue_id: Cow<'e, str>,
    #[serde(default, borrow)]
    client: Cow<'e, str>,
    #[serde(default, borrow)]
    authenticated: Option<Cow<'e, str>>,
    #[serde(default, borrow)]
    sender: Option<Cow<'e, str>>,
    #[serde(borrow)]
    mail_from: Cow<'e, str>,
    #[serde(default, borrow)]
    message_id: Option<Cow<'e, str>>,
    #[serde(default, borrow)]
    in_reply_to: Option<Cow<'e, str>>,
    #[serde(default)]
    automatic: bool,
    #[serde(default, borrow)]
    sha256: Cow<'e, str>,
    #[serde(default)]
    bytes: u64,
    #[serde(default, borrow)]
    findings: Option<&'e RawValue>,
    #[serde(default, borrow)]
    passed_over: Option<&'e RawValue>,
    #[serde(borrow)]
    groups: Vec<Group<'e>>,
}

#[derive(Debug, Deserialize)]
struct Group<'e> {
    #[serde(default, borrow)]
    person: Option<Cow<'e, str>>,
    #[serde(default)]
    n_recipients: u64,
    #[serde(default, borrow)]
    recipients: Vec<Cow<'e, str>>,
    #[serde(borrow)]
    request: &'e RawValue,
    #[serde(default, borrow)]
    permissions: Option<&'e RawValue>,
    #[serde(borrow)]
    decision: &'e RawValue,
}

impl<'e> Entry<'e> {
    /// A message nobody was to get has no row of its own, so it is an event.
    pub(super) fn of(payload: &'e [u8]) -> Option<Self> {
        let entry: Self = serde_json::from_slice(payload).ok()?;
        (entry.v == 1 && entry.kind == "mail" && !entry.groups.is_empty()).then_some(entry)
    }

    pub(super) fn rows(&self, number: u64, rows: &mut Rows, making: &mut Making<'_>) {
        let sender = match &self.sender {
            Some(person) => Some(making.names.of(Whose::Person, person)),
            None if self.mail_from.is_empty() => None,
            None => Some(
                making
                    .names
                    .of(Whose::Address, &self.mail_from.to_lowercase()),
            ),
        };
        let learned = self.learned_at.map(|at| Cell::Time(at.as_millisecond()));
        for (group, index) in self.groups.iter().zip(0..) {
            let person = group.person.as_deref();
            let asked = making.facts.asked(Some(group.request));
            let decided = making.facts.decided(Some(group.decision));
            let domains = domains(&group.recipients);
            let recipients = serde_json::to_string(&group.recipients).unwrap_or_default();
            let sender_domain = domain(&self.mail_from).unwrap_or_default();
            rows.push([
                Cell::Number(number),
                Cell::Time(self.at.as_millisecond()),
                learned.unwrap_or(Cell::Nothing),
                Cell::Number(index),
                sender.into(),
                Cell::Flag(self.sender.is_some()),
                Cell::text(&sender_domain),
                person
                    .map(|person| making.names.of(Whose::Person, person))
                    .into(),
                Cell::text(&domains),
                Cell::Number(group.n_recipients),
                Cell::Number(self.bytes),
                Cell::Flag(self.automatic),
                Cell::text(&asked.action),
                Cell::text(&asked.sender),
                Cell::text(&asked.recipient),
                Cell::text(&asked.audience),
                Cell::text(&asked.clock),
                Cell::text(&asked.attachments),
                Cell::text(&asked.marks),
                Cell::text(&asked.findings),
                Cell::text(&asked.suspicions),
                Cell::text(&decided.outcome),
                Cell::text(&decided.clauses),
                Cell::text(&decided.obligations),
                Cell::text(&decided.unevaluated),
                Cell::text(&decided.edition),
                Cell::text(&decided.pack),
                Cell::text(&self.queue_id),
                Cell::text(&self.client),
                self.authenticated.as_deref().into(),
                self.sender.as_deref().into(),
                Cell::text(&self.mail_from),
                self.message_id.as_deref().into(),
                self.in_reply_to.as_deref().into(),
                Cell::text(&self.sha256),
                person.into(),
                Cell::text(&recipients),
                group.permissions.map(RawValue::get).into(),
                self.findings.map(RawValue::get).into(),
                self.passed_over.map(RawValue::get).into(),
                Cell::Text(group.request.get()),
            ]);
        }
    }
}

/// The part behind the last @, in lower case. A stranger can write anything there, so only what can be
/// a domain's name counts.
fn domain(address: &str) -> Option<String> {
    let (_, domain) = address.rsplit_once('@')?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    let fits = (1..=253).contains(&domain.len()) && domain.bytes().all(plain);
    fits.then(|| domain.to_ascii_lowercase())
}

fn domains(addresses: &[Cow<'_, str>]) -> String {
    let domains: BTreeSet<String> = addresses.iter().filter_map(|a| domain(a)).collect();
    let mut named: Vec<&str> = domains.iter().take(MOST_DOMAINS).map(|d| &**d).collect();
    if domains.len() > MOST_DOMAINS {
        named.push("…");
    }
    named.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_before_the_last_at_sign_is_taken_for_a_domain() {
        assert_eq!(
            domain("ann@Council.Example"),
            Some("council.example".to_owned())
        );
        for address in ["", "ann", "ann@", "ann@<bob smith>", "\"a@b\"@c d"] {
            assert_eq!(domain(address), None, "{address}");
        }
    }
}
