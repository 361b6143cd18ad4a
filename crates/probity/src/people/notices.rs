//! Notices to people, by mail: each goes once from the people's database to an SMTP server.
//!
//! One connection at a time, a few dozen messages on it, then a pause: a new policy makes as many
//! notices as there are people. A server that is away is tried again after growing waits; one that
//! does not take a message for now is offered it again, for five days. What is given up is said in
//! the log and stands on *Feeds health*. Killed between the server's word and ours, a message goes
//! out twice, under one Message-ID.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mail_gate::submit::{Session, SubmitError};
use register_store::notice_mail::{Mailed, ToMail};
use register_store::notices::NoticeId;
use register_store::{Store, StoreError};
use serde::Deserialize;

use super::letter::Letter;
use crate::failure::chain;
use crate::troubles::{Part, Troubles};

/// Messages on one connection. A server that is busy with them lets others in between.
const ON_A_CONNECTION: usize = 50;

/// Between two connections while there is more to send: some 3,000 messages a minute at most.
const PAUSE: Duration = Duration::from_secs(1);

/// How often those that come due without a change are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// First wait for a server or a database that is away; it doubles up to [`LONGEST_AWAY`].
const AWAY: Duration = Duration::from_secs(2);

/// Longest such wait: a server that comes back has the notices five minutes later.
const LONGEST_AWAY: Duration = Duration::from_secs(300);

/// First wait with a message the server does not take for now; it grows fourfold up to
/// [`LONGEST_WAIT`].
const REFUSED: SignedDuration = SignedDuration::from_mins(1);

/// Longest wait between two tries of a message.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(4);

/// How long a notice may wait altogether: as long as mail servers keep trying.
const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(5 * 24);

/// `[notices]` of the configuration: how people are told by mail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoticesConfig {
    /// An SMTP server without the gate in front.
    pub(crate) server: SocketAddr,
    /// The From header, with an address.
    pub(crate) from: String,
    /// Where people's browsers find the console: `https://probity.council.example`.
    pub(crate) console: String,
}

impl NoticesConfig {
    /// What is wrong with it.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.domain().is_none() {
            problems.push(format!(
                "[notices] from has no address in `{}`; use one such as \
                 \"Acceptable use <probity@council.example>\"",
                self.from
            ));
        }
        let is_address = ["https://", "http://"]
            .iter()
            .any(|scheme| self.console.starts_with(scheme));
        if !is_address
            || self
                .console
                .chars()
                .any(|c| c.is_whitespace() || c.is_control())
        {
            problems.push(format!(
                "[notices] console `{}` is no address of the console; use one such as \
                 https://probity.council.example",
                self.console
            ));
        }
        problems
    }

    /// What stands behind the `@` of its address: part of each Message-ID.
    pub(super) fn domain(&self) -> Option<&str> {
        let (_, after) = self.from.rsplit_once('@')?;
        let end = after
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.'))
            .unwrap_or(after.len());
        after.get(..end).filter(|domain| !domain.is_empty())
    }
}

/// Why sending stopped for now.
#[derive(Debug, thiserror::Error)]
pub(super) enum SendError {
    #[error("the people's database cannot be asked for notices")]
    Store(#[from] StoreError),
    #[error("notices wait for their mail server")]
    Server(#[from] SubmitError),
}

/// Sends until dropped.
pub(super) async fn keep_sending(store: &Store, config: &NoticesConfig, troubles: &Troubles) {
    let mut changes = store.changes();
    let (mut away, mut unsaid) = (AWAY, None);
    loop {
        changes.borrow_and_update();
        let now = Timestamp::now();
        let sent = send(store, config, &mut unsaid, now).await;
        let result = sent.as_ref().map(drop).map_err(|error| chain(error));
        troubles.note(Part::Notices, result, now);
        match sent {
            Ok(0) => {
                away = AWAY;
                // An error would mean that the store is gone, which we hold.
                let _ = tokio::time::timeout(LOOK_EVERY, changes.changed()).await;
            }
            Ok(_) => {
                away = AWAY;
                tokio::time::sleep(PAUSE).await;
            }
            Err(_) => {
                tokio::time::sleep(away).await;
                away = LONGEST_AWAY.min(away * 2);
            }
        }
    }
}

/// What came of a notice and could not be written down yet.
pub(super) type Unsaid = Option<(NoticeId, Mailed)>;

/// Sends what is due, as much as goes on one connection, and gives how many notices are settled or
/// put off. An error means that nothing was, and the rest has to wait.
pub(super) async fn send(
    store: &Store,
    config: &NoticesConfig,
    unsaid: &mut Unsaid,
    now: Timestamp,
) -> Result<usize, SendError> {
    // Before anything else, or it would be sent again for as long as it cannot be written down.
    if let Some((id, came)) = unsaid.as_ref() {
        store.mailed(*id, came, now).await?;
        *unsaid = None;
    }
    let due = store.notices_to_mail(now, ON_A_CONNECTION).await?;
    if !due.is_empty() {
        // Who was just told may have joined by another process a moment ago.
        store.refresh().await?;
    }
    let mut session = None;
    for (settled, notice) in due.iter().enumerate() {
        let (came, broken) = if is_too_old(notice, now) {
            let why = "it waited for more than five days".to_owned();
            (Some(Mailed::GivenUp(why)), None)
        } else {
            match Letter::to(store, config, notice, now).await? {
                Err(why) => (Some(Mailed::NotSent(why.to_owned())), None),
                Ok(letter) => hand_over(&mut session, config, &letter, notice, now).await,
            }
        };
        if let Some(came) = came {
            complain(notice, &came);
            let (id, came) = unsaid.insert((notice.id, came));
            store.mailed(*id, came, now).await?;
            *unsaid = None;
        }
        match broken {
            None => {}
            // A server that closes after so many messages is not away.
            Some(_) if settled > 0 => return Ok(settled),
            Some(broken) => return Err(broken.into()),
        }
    }
    if let Some(session) = session {
        session.close().await;
    }
    Ok(due.len())
}

/// What came of a letter, if anything, and why nothing more can be handed over, if so.
async fn hand_over(
    session: &mut Option<Session>,
    config: &NoticesConfig,
    letter: &Letter,
    notice: &ToMail,
    now: Timestamp,
) -> (Option<Mailed>, Option<SubmitError>) {
    let mut open = match session.take() {
        Some(open) => open,
        None => match Session::open(config.server).await {
            Ok(open) => open,
            // No fault of the letter's: it is the first again once the server is back.
            Err(error) => return (None, Some(error)),
        },
    };
    match open.hand_over(&letter.message(config)).await {
        Ok(()) => {
            *session = Some(open);
            (Some(Mailed::Sent), None)
        }
        // Nor is this.
        Err(error @ SubmitError::NotServed(_)) => (None, Some(error)),
        Err(error) => {
            let came = refused(notice, &error, now);
            if error.is_of_message() {
                *session = Some(open);
                return (Some(came), None);
            }
            // One over which connections break goes behind the others.
            (Some(came), Some(error))
        }
    }
}

fn is_too_old(notice: &ToMail, now: Timestamp) -> bool {
    now.duration_since(notice.at) >= GIVE_UP_AFTER
}

/// What a refusal means for a notice.
fn refused(notice: &ToMail, error: &SubmitError, now: Timestamp) -> Mailed {
    let why = error.to_string();
    if error.is_permanent() {
        return Mailed::GivenUp(why);
    }
    let wait = (0..notice.tries.min(10)).fold(REFUSED, |wait, _| LONGEST_WAIT.min(wait * 4));
    match now.checked_add(wait) {
        Ok(due) => Mailed::Later { due, why },
        Err(_) => Mailed::GivenUp(why),
    }
}

/// Says in the log that somebody was not told. Not what they were to be told.
fn complain(notice: &ToMail, came: &Mailed) {
    if let Mailed::GivenUp(why) = came {
        tracing::warn!(
            person = notice.person.as_str(),
            notice = format!("{}.{}", notice.id.seq, notice.id.n),
            why,
            "a notice could not be sent by mail and is given up"
        );
    }
}

#[cfg(test)]
mod tests;
