//! What a message's header and structure say, as marks that rules ask for.

use content::ending::{self, Field, Known};
use content::footer::{EarlierCopy, earlier_copy};
use content::mail::{AuthenticationResult, Protection, Sensitivity};
use policy::request::Labels;
use policy::settings::DisclaimerScope;
use register::document::Person;
use register::snapshot::Snapshot;

use crate::adopted::Adopted;
use crate::mail::MailEvent;
use crate::past::Past;

/// What header and structure say, as rules ask for it.
pub(crate) fn marks(
    event: &MailEvent<'_>,
    adopted: &Adopted,
    register: &Snapshot,
    sender: Option<&Person>,
    past: Past<'_>,
    sent: bool,
) -> Labels {
    let header = &event.reading.header;
    let reading = event.reading;
    let failed = header.authentication.as_ref().is_some_and(|results| {
        [results.spf, results.dkim, results.dmarc].contains(&AuthenticationResult::Fail)
    });
    let signed = matches!(
        reading.protection,
        Protection::SmimeSigned | Protection::PgpSigned
    );
    let encrypted = matches!(
        reading.protection,
        Protection::SmimeEncrypted | Protection::PgpEncrypted
    );
    let marks = [
        ("reply", header.is_reply),
        ("bulk", header.bulk || header.list_id.is_some()),
        ("unsubscribe", header.list_unsubscribe),
        (
            "declared-personal",
            matches!(
                header.sensitivity,
                Some(Sensitivity::Personal | Sensitivity::Private)
            ),
        ),
        ("spam", header.upstream_spam == Some(true)),
        ("authentication-failed", failed),
        (
            "ambiguous",
            reading
                .ambiguities
                .iter()
                .any(|ambiguity| ambiguity.kind.is_structural()),
        ),
        (
            "unscannable",
            reading.unscannable.is_some() || !event.contents.is_complete(),
        ),
        (
            "type-mismatch",
            reading.parts.iter().any(|part| part.disguised),
        ),
        ("signed", signed),
        ("encrypted", encrypted),
        (
            "no-signature-block",
            sent && lacks_signature_block(event, adopted, sender),
        ),
        ("has-disclaimer", sent && has_disclaimer(event, adopted)),
        ("junk-parent", sent && past.has_junk_parent(event, register)),
        (
            "reported-parent",
            sent && past.has_reported_parent(event, register),
        ),
    ];
    marks
        .into_iter()
        .filter(|(_, holds)| *holds)
        .map(|(name, _)| name.to_owned())
        .collect()
}

fn lacks_signature_block(
    event: &MailEvent<'_>,
    adopted: &Adopted,
    sender: Option<&Person>,
) -> bool {
    let settings = adopted.pack().settings();
    let required: Vec<Field> = settings
        .mail
        .signature_fields
        .iter()
        .filter_map(|field| field.parse().ok())
        .collect();
    if required.is_empty() || event.reading.header.auto_submitted {
        return false;
    }
    let known = Known {
        council_name: &settings.council,
        person_name: sender.map(|person| person.name.as_str()),
        disclaimer: settings.mail.disclaimer.as_ref().map(|d| d.plain.as_str()),
    };
    !ending::signature_block(event.message, event.reading, &required, known)
        .missing
        .is_empty()
}

fn has_disclaimer(event: &MailEvent<'_>, adopted: &Adopted) -> bool {
    let Some(disclaimer) = &adopted.pack().settings().mail.disclaimer else {
        return false;
    };
    match earlier_copy(event.message, event.reading, &disclaimer.plain) {
        EarlierCopy::Own => true,
        EarlierCopy::Quoted => disclaimer.scope == DisclaimerScope::OncePerThread,
        EarlierCopy::None => false,
    }
}
