//! What the message's own header says, as the policy asks for it.

use super::Limits;
use super::addresses::{Mailbox, mailboxes};
use super::authentication::{self, AuthenticationResults};
use super::fields::{Fields, decoded_text, is_decodable, parse_value, truncate};

/// The sender's own marking (RFC 2156 and RFC 4021 section 2.1.55).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sensitivity {
    /// `Personal`.
    Personal,
    /// `Private`.
    Private,
    /// `Company-Confidential`.
    CompanyConfidential,
}

/// Claims in the header. Text is decoded and bounded; absent fields are empty or `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeaderFacts {
    /// At most 1,000 bytes.
    pub subject: String,
    /// At most 20 mailboxes.
    pub from: Vec<Mailbox>,
    /// Who sent it when that is not who it is from.
    pub sender: Option<Mailbox>,
    /// At most 20 mailboxes.
    pub reply_to: Vec<Mailbox>,
    /// To, then Cc; at most [`Limits::recipients`].
    pub recipients: Vec<Mailbox>,
    /// All To and Cc mailboxes, those not kept included.
    pub n_recipients: usize,
    /// Without its angle brackets.
    pub message_id: Option<String>,
    /// The first one named, without its angle brackets.
    pub in_reply_to: Option<String>,
    /// Message ids in References.
    pub n_references: usize,
    /// The last id in References, the message that was answered or passed on, without its angle
    /// brackets.
    pub last_reference: Option<String>,
    /// In-Reply-To or References is there, or the subject begins with `Re:`.
    pub is_reply: bool,
    /// The sender's marking.
    pub sensitivity: Option<Sensitivity>,
    /// Precedence is bulk, list or junk.
    pub bulk: bool,
    /// Whether there is a List-Unsubscribe field.
    pub list_unsubscribe: bool,
    /// The identifier inside the angle brackets, or the whole value.
    pub list_id: Option<String>,
    /// Auto-Submitted says anything but `no` (RFC 3834).
    pub auto_submitted: bool,
    /// What a spam filter before us said; `None` when none spoke.
    pub upstream_spam: Option<bool>,
    /// What the trusted verifier found; `None` when it wrote nothing.
    pub authentication: Option<AuthenticationResults>,
    /// The Date field as seconds since 1970 in UTC; `None` when absent or impossible.
    pub declared_at: Option<i64>,
}

/// The id of a message with this header.
pub(super) fn message_id(fields: &Fields<'_>) -> Option<String> {
    fields
        .first("message-id")
        .and_then(|field| first_id(&field.text()))
}

pub(super) fn read(
    fields: &Fields<'_>,
    trusted_authserv_id: Option<&str>,
    limits: &Limits,
) -> HeaderFacts {
    let text = |name: &str| fields.first(name).map(|field| field.text());
    let subject = fields
        .first("subject")
        .map(|field| decoded_text(field.value, 1000));
    let subject = subject.unwrap_or_default();
    let recipient_fields = fields.all("to").chain(fields.all("cc"));
    let (recipients, n_recipients) = mailboxes(recipient_fields, limits.recipients);
    let in_reply_to = text("in-reply-to").and_then(|value| first_id(&value));
    let n_references = fields
        .first("references")
        .map_or(0, |field| memchr::memchr_iter(b'<', field.value).count());
    let last_reference = fields
        .first("references")
        .and_then(|field| last_id(field.value));
    let begins_re = subject
        .get(..3)
        .is_some_and(|re| re.eq_ignore_ascii_case("re:"));
    HeaderFacts {
        is_reply: in_reply_to.is_some() || n_references > 0 || begins_re,
        subject,
        from: mailboxes(fields.all("from"), 20).0,
        sender: mailboxes(fields.all("sender"), 1).0.pop(),
        reply_to: mailboxes(fields.all("reply-to"), 20).0,
        recipients,
        n_recipients,
        message_id: message_id(fields),
        in_reply_to,
        n_references,
        last_reference,
        sensitivity: text("sensitivity").and_then(|value| sensitivity(&value)),
        bulk: text("precedence")
            .is_some_and(|word| ["bulk", "list", "junk"].contains(&&*word.to_ascii_lowercase())),
        list_unsubscribe: fields.first("list-unsubscribe").is_some(),
        list_id: text("list-id").map(|value| first_id(&value).unwrap_or(value)),
        auto_submitted: text("auto-submitted")
            .is_some_and(|word| !word.to_ascii_lowercase().starts_with("no")),
        upstream_spam: upstream_spam(fields),
        authentication: authentication::read(fields, trusted_authserv_id),
        declared_at: fields.first("date").and_then(|field| date(field.value)),
    }
}

/// What stands in the first angle brackets, or the first word; `None` when that is nothing.
fn first_id(value: &str) -> Option<String> {
    let inside = value.split_once('<').map_or(value, |(_, after)| after);
    let id = inside.split(['>', ' ', '\t']).next().unwrap_or_default();
    let mut id = id.to_owned();
    truncate(&mut id, 998);
    (!id.is_empty()).then_some(id)
}

/// What stands in the last angle brackets; looked for from the end, as threads grow long.
fn last_id(value: &[u8]) -> Option<String> {
    let start = memchr::memrchr(b'<', value)?;
    first_id(&String::from_utf8_lossy(value[start..].trim_ascii()))
}

fn sensitivity(value: &str) -> Option<Sensitivity> {
    match value.to_ascii_lowercase().as_str() {
        "personal" => Some(Sensitivity::Personal),
        "private" => Some(Sensitivity::Private),
        "company-confidential" | "company confidential" | "confidential" => {
            Some(Sensitivity::CompanyConfidential)
        }
        _ => None,
    }
}

/// One filter's yes outweighs another's no.
fn upstream_spam(fields: &Fields<'_>) -> Option<bool> {
    ["x-spam-flag", "x-spam", "x-spam-status"]
        .iter()
        .flat_map(|name| fields.all(name))
        .map(|field| field.text().to_ascii_lowercase().starts_with("yes"))
        .reduce(|one, other| one || other)
}

fn date(value: &[u8]) -> Option<i64> {
    if !is_decodable(value) {
        return None;
    }
    parse_value(
        value,
        |stream| stream.parse_date(),
        |parsed| {
            parsed
                .as_datetime()
                .filter(|date| date.is_valid())
                .map(|date| date.to_timestamp())
        },
    )
}
