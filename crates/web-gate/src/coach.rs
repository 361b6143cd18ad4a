//! Coach pages shown and not yet answered.
//!
//! Each carries a token of 128 random bits that works once, for the person it was shown to. Kept
//! in memory: after a restart the page is simply shown again.

use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use policy::clause::ClauseId;

/// Pages waited for at once; the oldest goes when one more is shown. At about 3 KB each, 12 MB.
const MOST_PENDING: usize = 4096;

/// Longest address returned to, in bytes. A longer one becomes the site's front page.
const LONGEST_RETURN: usize = 2048;

/// Where people are sent on from a coach page, on whatever site they were.
pub(crate) const CONTINUE_PATH: &str = "/.well-known/probity/continue";

/// A coach page shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pending {
    /// The person, or the client if nobody signed in.
    pub(crate) who: String,
    /// The clauses it explained.
    pub(crate) clauses: Vec<ClauseId>,
    /// The site it was shown on.
    pub(crate) host: String,
    /// Where the person wanted to go.
    pub(crate) return_to: String,
    until: Timestamp,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Coach {
    shown: Mutex<Shown>,
}

#[derive(Debug, Default)]
struct Shown {
    pages: HashMap<String, Pending>,
    order: VecDeque<String>,
}

/// The operating system gave no random bytes; no page can be made that nobody could forge.
#[derive(Debug, thiserror::Error)]
#[error("no random bytes for a coach page's token")]
pub(crate) struct NoToken(#[source] rustix::io::Errno);

impl Coach {
    /// Notes a page that is about to be shown, and gives the token for its form.
    pub(crate) fn show(
        &self,
        who: &str,
        clauses: Vec<ClauseId>,
        host: &str,
        return_to: String,
        until: Timestamp,
    ) -> Result<String, NoToken> {
        let token = token()?;
        let return_to = match return_to.len() > LONGEST_RETURN {
            true => "/".to_owned(),
            false => return_to,
        };
        let pending = Pending {
            who: who.to_owned(),
            clauses,
            host: host.to_owned(),
            return_to,
            until,
        };
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        while shown.order.len() >= MOST_PENDING {
            if let Some(oldest) = shown.order.pop_front() {
                shown.pages.remove(&oldest);
            }
        }
        shown.order.push_back(token.clone());
        shown.pages.insert(token.clone(), pending);
        Ok(token)
    }

    /// The page this token belongs to, if it was shown to `who` on `host` and is still good.
    pub(crate) fn find(
        &self,
        token: &str,
        who: &str,
        host: &str,
        at: Timestamp,
    ) -> Option<Pending> {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let pending = shown.pages.get(token)?;
        let good = at < pending.until && pending.who == who && pending.host == host;
        good.then(|| pending.clone())
    }

    /// Uses a token up. `false` if somebody else was quicker.
    pub(crate) fn use_up(&self, token: &str) -> bool {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.pages.remove(token).is_some()
    }
}

/// When a page shown now stops being good.
pub(crate) fn good_until(at: Timestamp, minutes: u32) -> Timestamp {
    at.checked_add(SignedDuration::from_mins(minutes.into()))
        .unwrap_or(Timestamp::MAX)
}

fn token() -> Result<String, NoToken> {
    let mut bytes = [0u8; 16];
    let mut filled = 0;
    while filled < bytes.len() {
        let rest = &mut bytes[filled..];
        filled += rustix::rand::getrandom(rest, rustix::rand::GetRandomFlags::empty())
            .map_err(NoToken)?;
    }
    Ok(bytes.iter().fold(String::with_capacity(32), |mut text, b| {
        // Writing to a string does not fail.
        let _ = write!(text, "{b:02x}");
        text
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn show(coach: &Coach, who: &str) -> String {
        let clauses = vec![ClauseId::new("a-1")];
        let back = "http://a.test/x?y".to_owned();
        coach.show(who, clauses, "a.test", back, at(600)).unwrap()
    }

    #[test]
    fn a_token_works_once_for_its_person_its_site_and_its_time() {
        let coach = Coach::default();
        let token = show(&coach, "p1");
        assert_eq!(token.len(), 32);
        assert_eq!(coach.find(&token, "p2", "a.test", at(1)), None);
        assert_eq!(coach.find(&token, "p1", "b.test", at(1)), None);
        assert_eq!(coach.find(&token, "p1", "a.test", at(600)), None);
        assert_eq!(coach.find("", "p1", "a.test", at(1)), None);
        let pending = coach.find(&token, "p1", "a.test", at(599)).unwrap();
        assert_eq!(pending.return_to, "http://a.test/x?y");
        assert!(coach.use_up(&token));
        assert!(!coach.use_up(&token));
        assert_eq!(coach.find(&token, "p1", "a.test", at(1)), None);
    }

    #[test]
    fn the_store_is_bounded_and_forgets_the_oldest() {
        let coach = Coach::default();
        let tokens: Vec<_> = (0..=MOST_PENDING).map(|_| show(&coach, "p")).collect();
        assert_eq!(coach.find(&tokens[0], "p", "a.test", at(1)), None);
        assert!(coach.find(&tokens[1], "p", "a.test", at(1)).is_some());
        assert_eq!(coach.shown.lock().unwrap().pages.len(), MOST_PENDING);
    }
}
