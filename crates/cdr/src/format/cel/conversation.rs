//! The channels of one call, and what they say of it when it is over.
//!
//! A leg is what a row of `cdr_csv` is: whoever called, and a telephone or trunk that was rung. Seconds
//! are those since *that* telephone answered, not since a queue did. Where nobody was rung, or nobody
//! answered but something else did (voicemail, an announcement), the caller's own channel is a leg.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::field;
use crate::format::asterisk;
use crate::leg::{Direction, Leg, Outcome, Voicemail};
use crate::number::{Party, Role};
use crate::reading::{Item, Settings};
use crate::set_aside::{Reason, SetAside};
use crate::when::Basis;

use super::{
    ACCOUNT, APPLICATION, CHANNEL, DIALLED, EXTENSION, EXTRA, Event, Kind, Moment, NUMBER, UNIQUE,
};

/// Channels of one call, as many as legs.
const MOST_CHANNELS: usize = crate::joining::MOST_LEGS;
/// Bytes of rows kept of one call: some hundred channels.
const MOST_TEXT: usize = 256 * 1024;

/// A call that is being put together.
#[derive(Debug)]
pub(super) struct Conversation {
    id: Box<str>,
    row: u64,
    channels: Vec<Channel>,
    /// Its rows as they were written, so that they can be read again.
    lines: Vec<Box<[u8]>>,
    held: usize,
    last: Option<Moment>,
    /// Since somebody was sent elsewhere, how many channels there had been.
    moved_after: Option<usize>,
}

/// One end of a call.
#[derive(Debug)]
struct Channel {
    row: u64,
    unique: Box<str>,
    name: Box<[u8]>,
    began: Moment,
    has_started: bool,
    answered: Option<Moment>,
    ended: Option<Moment>,
    number: Box<[u8]>,
    dialled: Box<[u8]>,
    account: Option<Box<str>>,
    voicemail: Option<Voicemail>,
    unanswered: Option<Outcome>,
}

impl Conversation {
    pub(super) fn new(id: &str, row: u64) -> Self {
        Self {
            id: id.into(),
            row,
            channels: Vec::new(),
            lines: Vec::new(),
            held: 0,
            last: None,
            moved_after: None,
        }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.lines.iter().map(|line| &**line)
    }

    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// When it was last heard of, in seconds since 1970.
    pub(super) fn last_heard_of(&self) -> i64 {
        self.last.map_or(0, |last| last.when.at.as_second())
    }

    /// Whether each of its channels hung up.
    pub(super) fn has_ended(&self) -> bool {
        self.channels.iter().all(|channel| channel.ended.is_some())
    }

    /// Takes in an event; gives how many bytes are kept of it.
    pub(super) fn take(&mut self, event: &Event<'_>, zone: &TimeZone) -> usize {
        let unique = String::from_utf8_lossy(event.cell(UNIQUE));
        let at = self.settled(event.at, unique.as_bytes(), zone);
        self.last = Some(at);
        match event.kind {
            Kind::CallEnded => return 0,
            Kind::Moved => {
                self.moved_after.get_or_insert(self.channels.len());
            }
            _ => {}
        }
        let known = self
            .channels
            .iter()
            .position(|known| *known.unique == *unique);
        let place = match known {
            Some(place) => place,
            None if self.channels.len() == MOST_CHANNELS => return 0,
            None => {
                self.channels.push(Channel::new(event, &unique, at));
                self.channels.len() - 1
            }
        };
        self.channels[place].take(event, at);
        if self.held + event.line.len() > MOST_TEXT {
            return 0;
        }
        self.lines.push(event.line.into());
        self.held += event.line.len();
        event.line.len()
    }

    /// Of an hour that happened twice, the time that fits: beside the channel's beginning, which its id
    /// tells, or else after what happened before.
    fn settled(&self, at: Moment, unique: &[u8], zone: &TimeZone) -> Moment {
        let mut when = at.when;
        if let Some(epoch) = asterisk::epoch(unique) {
            when = when.beside(epoch, zone);
        }
        if let Basis::Ambiguous { or_at } = when.basis
            && let Some(last) = self.last
            && at.instant() < last.instant()
        {
            when = when.beside(or_at.as_second(), zone);
        }
        Moment { when, ..at }
    }

    /// What it was: its legs, or why nobody can tell.
    pub(super) fn told(&self, settings: &Settings) -> Vec<Item> {
        let caller = self.channels.iter().find(|one| *one.unique == *self.id);
        let Some(caller) = caller.filter(|caller| caller.has_started) else {
            let (row, reason) = (self.row, Reason::NoBeginning);
            return vec![Item::SetAside(SetAside { row, reason })];
        };
        let of = Telling {
            caller,
            from: settings.numbers.party(&caller.number, Role::Calling),
            to: settings.numbers.party(&caller.dialled, Role::Called),
            id: Arc::from(&*self.id),
            settings,
        };
        let channels = self.channels.iter().enumerate();
        let rung: Vec<_> = channels
            .filter(|(_, channel)| channel.unique != caller.unique && !channel.is_local())
            .collect();
        let answered = rung.iter().any(|(_, channel)| channel.answered.is_some());
        let by_itself = rung.is_empty() || (!answered && caller.answered.is_some());
        let legs = rung.iter().map(|(place, channel)| {
            let moved = self.moved_after.is_some_and(|after| *place >= after);
            of.leg(channel, moved)
        });
        let own = by_itself.then(|| of.leg(caller, false));
        legs.chain(own)
            .map(|leg| Item::Leg(Box::new(leg)))
            .collect()
    }
}

impl Channel {
    fn new(event: &Event<'_>, unique: &str, at: Moment) -> Self {
        Self {
            row: event.row,
            unique: unique.into(),
            name: event.cell(CHANNEL).into(),
            began: at,
            has_started: false,
            answered: None,
            ended: None,
            number: [].into(),
            dialled: [].into(),
            account: None,
            voicemail: None,
            unanswered: None,
        }
    }

    fn take(&mut self, event: &Event<'_>, at: Moment) {
        let fill = |slot: &mut Box<[u8]>, value: &[u8]| {
            if slot.is_empty() {
                *slot = value.into();
            }
        };
        fill(&mut self.number, event.cell(NUMBER));
        // Names of the dial plan's own are not what somebody dialled.
        let dialled = [event.cell(EXTENSION), event.cell(DIALLED)];
        let is_number = |value: &&[u8]| value.iter().any(u8::is_ascii_digit);
        fill(
            &mut self.dialled,
            dialled.into_iter().find(is_number).unwrap_or(&[]),
        );
        let account = field::text(event.cell(ACCOUNT));
        self.account = self.account.take().or(account);
        self.voicemail = asterisk::voicemail(event.cell(APPLICATION)).or(self.voicemail);
        match event.kind {
            Kind::Started => self.has_started = true,
            Kind::Answered => self.answered = self.answered.or(Some(at)),
            Kind::Ended => {
                self.ended = self.ended.or(Some(at));
                self.unanswered = self.unanswered.or_else(|| outcome(event.cell(EXTRA)));
            }
            Kind::Moved | Kind::ApplicationStarted | Kind::CallEnded => {}
        }
    }

    /// Whether it is plumbing within the exchange, and nobody's telephone.
    fn is_local(&self) -> bool {
        self.name.starts_with(b"Local/")
    }
}

/// What the legs of one call have in common.
struct Telling<'a> {
    caller: &'a Channel,
    from: Party,
    to: Party,
    id: Arc<str>,
    settings: &'a Settings,
}

impl Telling<'_> {
    /// What the caller and this channel had to do with one another.
    fn leg(&self, channel: &Channel, is_elsewhere: bool) -> Leg {
        let (from, to) = (self.from.clone(), self.to.clone());
        let ended = channel.ended;
        let spoke = |since: Moment| ended.and_then(|ended| ended.seconds_since(since));
        let (outcome, answered_seconds) = match channel.answered {
            Some(answered) => (Outcome::Answered, spoke(answered)),
            None if ended.is_none() => (Outcome::Unknown, None),
            None => (channel.unanswered.unwrap_or(Outcome::NoAnswer), Some(0)),
        };
        let other = match channel.unique == self.caller.unique {
            true => &[][..],
            false => &channel.name,
        };
        let reached = is_elsewhere.then_some(&*channel.number);
        let reached =
            reached.filter(|number| !number.is_empty() && *number != &*self.caller.dialled);
        Leg {
            source: self.settings.source.clone(),
            row: channel.row,
            began: self.caller.began.when,
            duration_seconds: spoke(self.caller.began),
            answered_seconds,
            direction: Direction::between(&from, &to),
            extension: asterisk::extension(&from, &to, &self.caller.name, other),
            reached: reached.map(|number| self.settings.numbers.party(number, Role::Called)),
            from,
            to,
            outcome,
            person: self.caller.account.clone(),
            cost: None,
            marks: Vec::new(),
            voicemail: match other {
                [] => channel.voicemail,
                _ => None,
            },
            ids: [Some(self.id.clone()), None],
        }
    }
}

/// How a channel ended that was not answered, by what Asterisk adds to its hanging up.
fn outcome(extra: &[u8]) -> Option<Outcome> {
    /// What is asked of it.
    #[derive(Deserialize)]
    struct Hangup {
        /// By ITU-T Q.850.
        #[serde(default)]
        hangupcause: i64,
        #[serde(default)]
        dialstatus: String,
    }
    let hangup: Hangup = serde_json::from_slice(extra).ok()?;
    Some(match (&*hangup.dialstatus, hangup.hangupcause) {
        ("BUSY", _) | (_, 17) => Outcome::Busy,
        ("NOANSWER" | "CANCEL", _) => Outcome::NoAnswer,
        ("CONGESTION" | "CHANUNAVAIL", _) => Outcome::Failed,
        // Hung up by whoever called, nobody there, or somebody else was quicker.
        (_, 0 | 16 | 18 | 19 | 26) => Outcome::NoAnswer,
        _ => Outcome::Failed,
    })
}
