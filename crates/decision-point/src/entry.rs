//! What stands on the record: one JSON object for each entry, version 1.
//!
//! An entry holds the facts and the decision, so that the decision can be worked out again, and
//! never the content: a message is known by its hash, a page by its address without the query.

pub(crate) mod call;

use std::collections::BTreeSet;

use jiff::Timestamp;
use policy::decision::Decision;
use policy::request::Request;
use serde::Serialize;

pub use self::call::{CallEntry, SetUpEntry};

use crate::desk::entry::{ChatEntry, JoinEntry, PrintEntry};
use crate::desk::printed::PrintedEntry;
use crate::desk::session::SessionEntry;
use crate::findings::{self, FindingEntry};
use crate::mail::{MailEvent, MailVerdict};
use crate::web::{Matched, WebEvent, WebVerdict};

/// Longest text of a stranger that goes into an entry, in bytes.
const LONGEST_TEXT: usize = 2048;

/// Longest address an SMTP envelope may hold: 64 + 1 + 255 (RFC 5321, 4.5.3.1).
const LONGEST_ADDRESS: usize = 320;

/// Room for recipients written out one by one, in bytes of the entry at the worst; beyond it only
/// their number stands. Half of the longest entry: some 2,000 usual addresses.
const ROOM_FOR_RECIPIENTS: usize = 512 * 1024;

/// One entry.
#[derive(Debug, Serialize)]
pub struct Entry<'a> {
    v: u8,
    at: Timestamp,
    #[serde(flatten)]
    what: What<'a>,
}

/// Kinds of entries.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum What<'a> {
    /// A message was decided.
    Mail(MailEntry<'a>),
    /// A page request was decided.
    Web(WebEntry<'a>),
    /// A chat line was decided.
    Chat(ChatEntry<'a>),
    /// A print job was decided.
    Print(PrintEntry<'a>),
    /// Pages came out of a printer.
    Printed(PrintedEntry<'a>),
    /// A device that wanted to join the network was decided.
    Join(JoinEntry<'a>),
    /// A device is on the network under an address, or no longer.
    Session(SessionEntry<'a>),
    /// A call that is over was judged.
    Call(CallEntry<'a>),
    /// A call was put through or not.
    CallSetUp(SetUpEntry<'a>),
    /// Somebody read a coach page and chose to go on.
    Acknowledged(AcknowledgedEntry<'a>),
    /// A message was refused before its content was read.
    UnreadMail(UnreadMailEntry<'a>),
    /// What came of an earlier entry's obligations.
    CarriedOut(CarriedOutEntry<'a>),
    /// The gates started, with this pack.
    Started(StartedEntry<'a>),
    /// From here on decisions rest on another register or other site lists.
    TakenUp(TakenUpEntry<'a>),
    /// Somebody took a step in a process between people.
    Matter(MatterEntry<'a>),
    /// Something that was kept is disposed of.
    Disposal(DisposalEntry<'a>),
    /// Somebody put a question to the lake.
    LakeQuery(LakeQueryEntry<'a>),
}

/// A message and what was decided for its recipients.
#[derive(Debug, Serialize)]
pub struct MailEntry<'a> {
    queue_id: &'a str,
    client: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    authenticated: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender: Option<&'a str>,
    mail_from: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_reply_to: Option<&'a str>,
    /// Written by a program, it says.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    automatic: bool,
    sha256: String,
    bytes: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<FindingEntry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    passed_over: Vec<&'static str>,
    n_recipients: usize,
    groups: Vec<GroupEntry<'a>>,
}

#[derive(Debug, Serialize)]
struct GroupEntry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<&'a str>,
    n_recipients: usize,
    recipients: Vec<&'a str>,
    request: &'a Request,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    permissions: &'a BTreeSet<String>,
    decision: &'a Decision,
}

/// A page request. Facts and decision are spliced in, see [`web`].
#[derive(Debug, Serialize)]
pub struct WebEntry<'a> {
    client: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    host: &'a str,
    port: u16,
    path: &'a str,
    visit: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<FindingEntry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    passed_over: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    matched: Option<&'a Matched>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    acknowledged: bool,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    permissions: &'a BTreeSet<String>,
}

/// A coach page read.
#[derive(Debug, Clone, Serialize)]
pub struct AcknowledgedEntry<'a> {
    /// The person, or the client when nobody signed in.
    pub who: &'a str,
    /// The clauses shown.
    pub clauses: &'a [policy::clause::ClauseId],
    /// The site.
    pub host: &'a str,
    /// The person's own words.
    pub reason: &'a str,
    /// Until when it counts.
    pub until: Timestamp,
}

/// A message that is refused whatever it says, because it is beyond what is read.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct UnreadMailEntry<'a> {
    /// The MTA's queue id.
    pub queue_id: &'a str,
    /// The client's address as the MTA names it.
    pub client: &'a str,
    /// Who signed in to send it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authenticated: Option<&'a str>,
    /// Envelope sender, without angle brackets; empty for a report.
    pub mail_from: &'a str,
    /// How many recipients were named.
    pub n_recipients: u64,
    /// Which limit it is beyond.
    pub why: &'a str,
}

/// What came of obligations.
#[derive(Debug, Clone, Serialize)]
pub struct CarriedOutEntry<'a> {
    /// The entry that demanded them.
    pub of: u64,
    /// Each with its outcome.
    pub obligations: &'a [CarriedOut],
}

/// What came of one obligation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CarriedOut {
    /// The obligation, or what the outcome itself demanded (`quarantine`, `redirect` …).
    pub obligation: String,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: CarriedOutcome,
}

/// Done, failed, or not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", content = "why", rename_all = "kebab-case")]
pub enum CarriedOutcome {
    /// Asked of the MTA or proxy, or done here.
    Done,
    /// Could not be done, and why.
    Failed(String),
    /// Nothing tells.
    NotKnown,
}

/// A start of the gates.
#[derive(Debug, Clone, Serialize)]
pub struct StartedEntry<'a> {
    /// Version of this program.
    pub program: &'a str,
    /// The pack's name.
    pub pack: &'a str,
    /// The pack's hash.
    pub pack_hash: &'a str,
}

/// A step in a process between people: a request, a signature, a permission, a withdrawal.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct MatterEntry<'a> {
    /// Its number where such steps are kept; each stands here once, in this order.
    pub number: u64,
    /// Who did what, when, on whose authority and by which clauses.
    pub event: &'a serde_json::Value,
}

/// The certificate of a disposal.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct DisposalEntry<'a> {
    /// What was disposed of, by which rule and on whose word.
    #[serde(flatten)]
    pub certificate: &'a serde_json::Value,
}

/// A question put to the lake at the server's command line.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct LakeQueryEntry<'a> {
    /// Who asked: an account of the machine.
    pub operator: &'a str,
    /// What for, in their words.
    pub purpose: &'a str,
    /// The question, whole.
    pub sql: &'a str,
    /// Of which state of the lake: the number of its manifest.
    pub manifest: u64,
}

/// A new version of what decisions rest on.
#[derive(Debug, Clone, Serialize)]
pub struct TakenUpEntry<'a> {
    /// `register`, `site-lists` or `offence-correction`.
    pub what: &'a str,
    /// SHA-256 of its contents, hexadecimal; for site lists the beginning of it; the version of the
    /// model for offence and of its correction, or `none`.
    pub version: &'a str,
}

impl<'a> Entry<'a> {
    /// An entry that happened at this moment.
    pub fn new(at: Timestamp, what: What<'a>) -> Self {
        Self { v: 1, at, what }
    }

    /// As it stands on the record.
    pub fn bytes(&self) -> Vec<u8> {
        // Entries are made of strings, numbers and lists, which always serialise.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The entry of a message.
    pub fn mail(event: &MailEvent<'a>, verdict: &'a MailVerdict, sha256: String) -> Self {
        let mut room = ROOM_FOR_RECIPIENTS;
        let group = |group: &'a crate::mail::Group| GroupEntry {
            person: group.person.as_deref(),
            n_recipients: group.recipients.len(),
            recipients: group
                .recipients
                .iter()
                .filter_map(|&place| event.recipients.get(place))
                .map(|address| cut_to(address, LONGEST_ADDRESS))
                .take_while(|address| {
                    // As JSON writes it at the worst: six characters for one.
                    let needed = address.len().saturating_mul(6).saturating_add(3);
                    let fits = needed <= room;
                    room = room.saturating_sub(needed);
                    fits
                })
                .collect(),
            request: &group.request,
            permissions: &group.permissions,
            decision: &group.decision,
        };
        let groups = verdict.groups.iter().map(group).collect();
        let header = &event.reading.header;
        let what = What::Mail(MailEntry {
            queue_id: cut(event.queue_id),
            client: cut(event.client),
            authenticated: event.authenticated.map(cut),
            sender: verdict.sender.as_deref(),
            mail_from: cut(event.mail_from),
            message_id: header.message_id.as_deref().map(cut),
            in_reply_to: header.in_reply_to.as_deref().map(cut),
            automatic: header.auto_submitted,
            sha256,
            bytes: event.message.len(),
            findings: findings::on_record(event.contents, verdict.finds()),
            passed_over: findings::passed_over(event.contents),
            n_recipients: event.recipients.len(),
            groups,
        });
        Self::new(event.at, what)
    }
}

/// The entry of a page request, as bytes. What was decided is spelled once for all requests with
/// the same facts, so it is put in as it is.
pub fn web(event: &WebEvent<'_>, verdict: &WebVerdict) -> Vec<u8> {
    let what = What::Web(WebEntry {
        client: cut(event.client),
        person: verdict.person.as_deref(),
        user: event.user.filter(|_| verdict.person.is_none()).map(cut),
        host: cut(event.host),
        port: event.port,
        path: cut(event.path),
        visit: event.navigation,
        bytes: event.bytes,
        findings: event
            .contents
            .map_or_else(Vec::new, |contents| findings::on_record(contents, true)),
        passed_over: event.contents.map_or_else(Vec::new, findings::passed_over),
        matched: verdict.matched.as_ref(),
        acknowledged: verdict.acknowledged,
        permissions: &verdict.permissions,
    });
    with_decision(&Entry::new(event.at, what), &verdict.decided.spelled)
}

/// An entry as bytes, with facts and decision as [`crate::brief::fields`] spells them.
pub(crate) fn with_decision(entry: &Entry<'_>, spelled: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(spelled.len() + 512);
    // Entries are made of strings, numbers and lists, which always serialise.
    let _ = serde_json::to_writer(&mut bytes, entry);
    // In place of the closing brace; an entry is never empty.
    bytes.pop();
    bytes.push(b',');
    bytes.extend_from_slice(spelled.as_bytes());
    bytes.push(b'}');
    bytes
}

/// The beginning of a text, cut between characters.
pub fn cut(text: &str) -> &str {
    cut_to(text, LONGEST_TEXT)
}

fn cut_to(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = (0..=most)
        .rev()
        .find(|&end| text.is_char_boundary(end))
        .unwrap_or(0);
    &text[..end]
}
