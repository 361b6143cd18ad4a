//! What the desk gate decided, as it stands on the record: who, what and why, never what was said or
//! printed.

use std::collections::BTreeSet;

use policy::request::Activity;
use serde::Serialize;

use super::{DeskActivity, DeskEvent, DeskVerdict, PrintKind, PrintPurpose};
use crate::entry::{Entry, What, cut};
use crate::findings::{self, FindingEntry};

/// A chat line. Not even a hash of it: whoever can guess a line could try whether it was said.
#[derive(Debug, Serialize)]
pub struct ChatEntry<'a> {
    tool: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<&'a str>,
    from: &'a str,
    to: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    room: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    incoming: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    id: &'a str,
    bytes: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<FindingEntry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    passed_over: Vec<&'static str>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    permissions: &'a BTreeSet<String>,
}

/// A print job.
#[derive(Debug, Serialize)]
pub struct PrintEntry<'a> {
    tool: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<&'a str>,
    user: &'a str,
    signed_in: bool,
    printer: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    job: &'a str,
    purpose: PrintPurpose,
    done: PrintKind,
    #[serde(skip_serializing_if = "is_zero")]
    pages: u64,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    permissions: &'a BTreeSet<String>,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A device that wanted to join.
#[derive(Debug, Serialize)]
pub struct JoinEntry<'a> {
    tool: &'a str,
    device: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    asset: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    signed_in: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    network: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    station: &'a str,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    permissions: &'a BTreeSet<String>,
}

/// Whether this goes where nobody's words are judged.
fn is_confidential(verdict: &DeskVerdict) -> bool {
    match &verdict.request.what {
        Activity::Chat(chat) => chat.recipient.contains("confidential-route"),
        _ => false,
    }
}

/// The entry of what was decided, as bytes.
pub(crate) fn decided(event: &DeskEvent<'_>, verdict: &DeskVerdict) -> Vec<u8> {
    let (tool, person) = (event.tool, verdict.person.as_deref());
    let permissions = &verdict.permissions;
    let what = match &event.what {
        DeskActivity::Chat(line) => What::Chat(ChatEntry {
            tool,
            person,
            from: cut(line.from),
            to: cut(line.to),
            room: line.room,
            incoming: line.incoming,
            id: cut(line.id),
            bytes: line.bytes,
            findings: findings::on_record(line.contents, !is_confidential(verdict)),
            passed_over: findings::passed_over(line.contents),
            permissions,
        }),
        DeskActivity::Print(job) => What::Print(PrintEntry {
            tool,
            person,
            user: cut(job.user),
            signed_in: job.signed_in,
            printer: cut(job.printer),
            job: cut(job.job),
            purpose: job.purpose,
            done: job.kind,
            pages: job.pages,
            permissions,
        }),
        DeskActivity::Join(joining) => What::Join(JoinEntry {
            tool,
            device: joining.device.to_string(),
            asset: verdict.asset.as_deref(),
            person,
            user: joining.user.map(cut),
            signed_in: joining.signed_in,
            network: cut(joining.network),
            station: cut(joining.station),
            permissions,
        }),
    };
    crate::entry::with_decision(
        &Entry::new(event.at, what),
        &crate::brief::fields(&verdict.request, &verdict.decision),
    )
}
