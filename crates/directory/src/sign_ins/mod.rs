//! Sign-ins to other systems, as their logs tell them line by line: the mail server's, the web proxy's,
//! and a plain list for any other.
//!
//! A log says many other things; whatever is no sign-in is passed over. The name somebody gave comes
//! from outside and may be anything, so nothing is looked for behind it.

mod list;
mod postfix;
mod squid;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use register_store::sign_ins_seen::SignInSeen;
use serde::Deserialize;

/// Longest line that is looked at, in bytes; Postfix and Squid cut their own far below.
pub const LONGEST_LINE: usize = 8 * 1024;

/// Longest name that is looked up, in bytes: no account and no address is longer.
const LONGEST_NAME: usize = 254;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Postfix's log, with the beginnings syslog gives to its lines.
    Postfix,
    /// Squid's access log in its own format (`logformat squid`).
    Squid,
    /// `when,who,from,failed|succeeded,system`.
    List,
}

/// What local times in a log mean.
#[derive(Debug, Clone)]
pub struct LocalTime {
    /// The zone of the machine that writes them.
    pub zone: TimeZone,
    /// Now: syslog's older form has no year.
    pub now: Timestamp,
}

/// The sign-in a line tells of; none where it tells of something else.
pub fn read(line: &str, format: Format, local: &LocalTime) -> Option<SignInSeen> {
    if line.len() > LONGEST_LINE {
        return None;
    }
    let seen = match format {
        Format::Postfix => postfix::read(line, local),
        Format::Squid => squid::read(line),
        Format::List => list::read(line),
    }?;
    let is_name = (1..=LONGEST_NAME).contains(&seen.who.len());
    is_name.then_some(seen)
}

/// Several in a row of one name from one place, as one: a flood of failures is one with a number, and
/// a page a second is one use.
pub fn joined(all: impl IntoIterator<Item = SignInSeen>) -> Vec<SignInSeen> {
    let mut joined: Vec<SignInSeen> = Vec::new();
    for seen in all {
        let last = joined.iter_mut().rev().find(|one| one.who == seen.who);
        match last {
            Some(last)
                if last.succeeded == seen.succeeded
                    && last.address == seen.address
                    && last.system == seen.system =>
            {
                last.at = last.at.max(seen.at);
                last.times = last.times.saturating_add(seen.times);
            }
            _ => joined.push(seen),
        }
    }
    joined
}

/// The moment at which a line of syslog begins, and the rest of it: `2026-12-01T09:00:00.1+00:00 …` or
/// `Dec  1 09:00:00 …` in local time, of the year that puts it nearest before now.
fn syslog<'l>(line: &'l str, local: &LocalTime) -> Option<(Timestamp, &'l str)> {
    let (first, rest) = line.split_once(' ')?;
    if let Ok(at) = first.parse() {
        return Some((at, rest));
    }
    let (stamp, rest) = line.split_at_checked(15)?;
    let year = local.now.to_zoned(local.zone.clone()).year();
    let of = |year: i16| {
        let text = format!("{year} {stamp}");
        let civil = DateTime::strptime("%Y %b %e %H:%M:%S", text).ok()?;
        let zoned = local.zone.to_zoned(civil).ok()?;
        Some(zoned.timestamp())
    };
    // A clock that is a little ahead is not a year behind.
    let soon = local.now.as_second().saturating_add(24 * 3600);
    let at = of(year).filter(|at| at.as_second() <= soon);
    Some((at.or_else(|| of(year - 1))?, rest))
}

#[cfg(test)]
mod tests;
