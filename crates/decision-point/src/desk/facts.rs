//! The facts of what comes to the desk gate, as rules read them.

use jiff::Timestamp;
use policy::request::{Chat, Join, Labels, Print};
use register::assets::{Asset, Standing};
use register::document::Person;
use register::snapshot::Snapshot;

use super::{ChatLine, Joining, Medium, PrintJob, PrintKind, PrintPurpose};
use crate::adopted::Adopted;
use crate::findings;

pub(super) fn chat(
    line: &ChatLine<'_>,
    adopted: &Adopted,
    register: &Snapshot,
    sender: Option<&Person>,
) -> Chat {
    let recipient = register.recipient_labels(line.to, sender);
    let (mut findings, mut suspicions) = findings::labels(line.contents, adopted);
    if line.unreadable || !line.contents.is_complete() {
        findings.insert("unscannable".to_owned());
    }
    if recipient.contains("confidential-route") {
        findings::keep_private(&mut findings, &mut suspicions);
    }
    let readers = match (line.room, line.readers) {
        (false, 0) => 1,
        (_, readers) => readers,
    };
    Chat {
        recipient,
        n_recipients: adopted.pack().least_alike(readers),
        findings,
        suspicions,
    }
}

pub(super) fn print(job: &PrintJob<'_>, adopted: &Adopted) -> Print {
    Print {
        job: those([
            ("declared-private", job.purpose == PrintPurpose::Private),
            ("colour", job.colour),
            ("copy", job.kind == PrintKind::Copy),
            ("scan", job.kind == PrintKind::Scan),
        ]),
        pages: adopted.pack().least_alike(job.pages),
    }
}

/// Where no asset register is kept nothing is known of any device.
pub(super) fn join(
    joining: &Joining<'_>,
    asset: Option<&Asset>,
    is_kept: bool,
    at: Timestamp,
) -> Join {
    let standing = asset.map(|asset| asset.standing(at));
    Join {
        device: those([
            ("registered", asset.is_some()),
            ("unregistered", asset.is_none() && is_kept),
            ("owned", standing == Some(Standing::Owned)),
            ("managed", standing == Some(Standing::Managed)),
            ("baseline-lapsed", standing == Some(Standing::Lapsed)),
        ]),
        network: those([
            ("guest", joining.guest),
            ("wired", joining.medium == Some(Medium::Wired)),
            ("wireless", joining.medium == Some(Medium::Wireless)),
        ]),
    }
}

fn those<const N: usize>(labels: [(&str, bool); N]) -> Labels {
    let held = labels.into_iter().filter(|(_, holds)| *holds);
    held.map(|(label, _)| label.to_owned()).collect()
}
