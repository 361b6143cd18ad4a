//! What earlier mail says about a message, and what of a message is remembered.
//!
//! An address becomes known when mail from it was delivered, or when somebody here wrote to it; neither
//! spam, nor what failed authentication, nor what was held makes it so, and no automatic answer. Mail is
//! from whom its reader sees: the From field, or the envelope where that names several or nobody.
//!
//! A message is junk when the pack sent it to the spam desk. Whoever passes one on to the
//! spam desk themselves calls it junk and reports it. Messages of our own are never either.

use content::mail::MailReading;
use correspondence::{Called, Correspondence};
use jiff::Timestamp;
use policy::decision::Outcome;
use policy::obligation::Obligation;
use policy::request::{Activity, Labels, Mail};
use register::snapshot::Snapshot;

use crate::mail::{Group, MailEvent, MailVerdict};

/// What went before a message.
#[derive(Debug, Clone, Copy, Default)]
pub struct Past<'a> {
    /// The sender's outside recipients within the pack's window, this message's included.
    pub recent_external: u64,
    /// What is remembered of earlier mail, where somebody remembers.
    pub correspondence: Option<&'a Correspondence>,
}

impl Past<'_> {
    /// Whether nobody here has had mail from whom this message is from, as far as is known.
    pub(crate) fn is_first_contact(&self, event: &MailEvent<'_>, register: &Snapshot) -> bool {
        let author = author(event.mail_from, event.reading);
        let (Some(correspondence), Some(author)) = (self.correspondence, author) else {
            return false;
        };
        let is_ours =
            !register.is_outside(author) || register.person_by_private_address(author).is_some();
        !is_ours && correspondence.is_first_contact(author, event.at)
    }

    /// Whether the domain of an address differs by little from one often written to.
    pub(crate) fn is_look_alike(
        &self,
        address: &str,
        event: &MailEvent<'_>,
        register: &Snapshot,
    ) -> bool {
        let like = |past: &Correspondence| past.look_alike_of(address, event.at).is_some();
        register.is_outside(address) && self.correspondence.is_some_and(like)
    }

    /// Whether it answers or passes on what was called junk.
    pub(crate) fn has_junk_parent(&self, event: &MailEvent<'_>, register: &Snapshot) -> bool {
        let reading = event.reading;
        let mut ids = answered(reading).chain(enclosed(reading));
        !is_of_spam_desk(event, register) && ids.any(|id| self.was_called(id, Called::Junk, event))
    }

    /// Whether it passes on what was reported. To answer it is another matter.
    pub(crate) fn has_reported_parent(&self, event: &MailEvent<'_>, register: &Snapshot) -> bool {
        let reading = event.reading;
        let passed_on = answered(reading).filter(|_| is_passed_on(reading));
        let mut ids = passed_on.chain(enclosed(reading));
        !is_of_spam_desk(event, register)
            && ids.any(|id| self.was_called(id, Called::Reported, event))
    }

    fn was_called(&self, id: &str, called: Called, event: &MailEvent<'_>) -> bool {
        self.correspondence
            .is_some_and(|past| past.was_called(id, called, event.at))
    }
}

/// Leaves of the marks what holds for mail nobody reads: whoever takes what they met to a route in
/// confidence, to a union say, may do so.
pub(crate) fn keep_private(marks: &mut Labels) {
    marks.remove("junk-parent");
    marks.remove("reported-parent");
}

/// Remembers a message that was decided.
pub(crate) fn remember(
    event: &MailEvent<'_>,
    verdict: &MailVerdict,
    register: &Snapshot,
    past: &Correspondence,
) {
    if verdict.is_unevaluated() {
        return;
    }
    let delivered = |group: &&Group| group.decision.outcome < Outcome::Hold;
    for group in verdict.groups.iter().filter(delivered) {
        match &group.request.what {
            Activity::Send(mail) => remember_sent(event, group, mail, register, past),
            Activity::Receive(mail) => remember_received(event, group, mail, register, past),
            _ => (),
        }
    }
}

/// A message that was held, released by somebody, and handed on.
#[derive(Debug, Clone, Copy)]
pub struct Released<'a> {
    /// When it was handed on.
    pub at: Timestamp,
    /// One of ours sends it.
    pub sent: bool,
    /// Envelope sender.
    pub mail_from: &'a str,
    /// Envelope recipients.
    pub recipients: &'a [String],
    /// What was read of it.
    pub reading: &'a MailReading,
}

/// Remembers a released message: whoever released mail of a stranger says that it is good to have.
pub(crate) fn remember_released(
    released: &Released<'_>,
    register: &Snapshot,
    past: &Correspondence,
) {
    let Released { at, mail_from, .. } = *released;
    if released.sent {
        write_to(released.recipients.iter(), at, register, past);
    } else {
        hear(mail_from, released.reading, at, register, past);
    }
}

fn write_to<'r>(
    recipients: impl Iterator<Item = &'r String>,
    at: Timestamp,
    register: &Snapshot,
    past: &Correspondence,
) {
    for address in recipients.filter(|address| register.is_outside(address)) {
        past.wrote_to(address, at);
    }
}

fn remember_sent(
    event: &MailEvent<'_>,
    group: &Group,
    mail: &Mail,
    register: &Snapshot,
    past: &Correspondence,
) {
    // Whoever gets an automatic answer was not written to by anybody.
    if !event.reading.header.auto_submitted {
        let places = group.recipients.iter();
        let recipients = places.filter_map(|place| event.recipients.get(*place));
        write_to(recipients, event.at, register, past);
    }
    if mail.recipient.contains("spam-desk") {
        let reading = event.reading;
        for id in answered(reading).chain(enclosed(reading)) {
            for called in [Called::Junk, Called::Reported] {
                call(id, called, event.at, register, past);
            }
        }
    }
}

fn remember_received(
    event: &MailEvent<'_>,
    group: &Group,
    mail: &Mail,
    register: &Snapshot,
    past: &Correspondence,
) {
    let redirected = group
        .decision
        .obligations
        .contains(&Obligation::RedirectToSpamDesk);
    if redirected {
        if let Some(id) = &event.reading.header.message_id {
            call(id, Called::Junk, event.at, register, past);
        }
        return;
    }
    // What a filter called spam and the pack delivers all the same, a request for information say, is
    // no junk to whoever has to answer it.
    if !mail.marks.contains("spam") && !mail.marks.contains("authentication-failed") {
        hear(event.mail_from, event.reading, event.at, register, past);
    }
}

fn hear(
    mail_from: &str,
    reading: &MailReading,
    at: Timestamp,
    register: &Snapshot,
    past: &Correspondence,
) {
    let author = author(mail_from, reading).filter(|author| register.is_outside(author));
    if let Some(author) = author {
        past.heard_from(author, at);
    }
}

/// A stranger chooses the id of a message: one that stands under a domain of our own is left alone, so
/// that nobody can have our own threads called junk.
pub(crate) fn call(
    id: &str,
    called: Called,
    at: Timestamp,
    register: &Snapshot,
    past: &Correspondence,
) {
    // As people write it down, it may still have its brackets.
    let id = id.trim().trim_matches(['<', '>']);
    if register.is_outside(id) {
        past.call(id, called, at);
    }
}

/// From whom a reader sees it to be; nobody where it is a report, which comes from a machine.
fn author<'m>(mail_from: &'m str, reading: &'m MailReading) -> Option<&'m str> {
    if mail_from.is_empty() {
        return None;
    }
    match reading.header.from.as_slice() {
        [from] if from.address.contains('@') => Some(&from.address),
        _ => Some(mail_from),
    }
}

/// The message that is answered, or passed on in the text: threads name their first messages too, and
/// whoever answers an answer answers that.
fn answered(reading: &MailReading) -> impl Iterator<Item = &str> {
    let header = &reading.header;
    let answered = header.in_reply_to.iter().chain(&header.last_reference);
    answered.map(String::as_str)
}

fn enclosed(reading: &MailReading) -> impl Iterator<Item = &str> {
    reading.enclosed_ids.iter().map(String::as_str)
}

/// The spam desk hands on what was no junk: it has the last word on that.
fn is_of_spam_desk(event: &MailEvent<'_>, register: &Snapshot) -> bool {
    let desk = register.council().spam_desk.as_deref();
    desk.is_some_and(|desk| desk.eq_ignore_ascii_case(event.mail_from))
}

/// Whether the subject says that it is passed on.
fn is_passed_on(reading: &MailReading) -> bool {
    let subject = reading.header.subject.as_bytes();
    [&b"fw:"[..], b"fwd:"].iter().any(|begins| {
        let start = subject.get(..begins.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(begins))
    })
}
