//! A call as an event, and the request the policy decides for it: before it is put through, or as a feed
//! tells it afterwards.
//!
//! Calls to emergency numbers and to lines the council has declared private are judged by nobody: no rule
//! is asked, and nobody is named with them. Neither is a call judged of which nobody can say which way it
//! went.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use cdr::leg::{Direction, Mark, Voicemail};
use cdr::number::{Class, Form, Party};
use jiff::Timestamp;
use policy::decision::{Decision, Outcome, PackRef};
use policy::request::{Action, Activity, Call, Labels, Principal, Request};
use register::document::{Permission, Person};
use register::snapshot::{Aim, Snapshot};
use sha2::{Digest, Sha256};

use crate::adopted::{Adopted, Decided};
use crate::mail::{circumstances, held, references};
use crate::recent::Recent;
use crate::uses::rests_on;

/// What tells a call from every other, as the record has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub [u8; 16]);

impl CallId {
    /// Of whatever tells a call from every other.
    pub fn of(identity: &str) -> Self {
        let hash = Sha256::digest(identity);
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        Self(id)
    }

    /// As the record spells it: 32 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut id = [0; 16];
        if text.len() != 32 || !text.is_ascii() {
            return None;
        }
        for (place, byte) in id.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).ok()?;
        }
        Some(Self(id))
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl serde::Serialize for CallId {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// A call that a feed tells of.
#[derive(Debug, Clone, Copy)]
pub struct CallEvent<'a> {
    /// What tells it from every other.
    pub id: CallId,
    /// What the feed says.
    pub call: &'a cdr::call::Call,
    /// When it was learned of.
    pub learned: Timestamp,
    /// Learned of much later than usual.
    pub late: bool,
    /// The format it was read in.
    pub format: &'a str,
    /// SHA-256 of the file it was in, hexadecimal.
    pub file: &'a str,
    /// The number that was called dials into an internet provider.
    pub internet_access: bool,
    /// A public telephone stands at the site of our extension in it.
    pub near_public_telephone: bool,
}

impl CallEvent<'_> {
    /// When it began.
    pub fn at(&self) -> Timestamp {
        self.call.first().began.at
    }
}

/// A call that waits to be put through.
#[derive(Debug, Clone, Copy)]
pub struct SetUpEvent<'a> {
    /// What the exchange calls it.
    pub id: &'a str,
    /// When.
    pub at: Timestamp,
    /// The exchange that asks.
    pub exchange: &'a str,
    /// Who signed in at the telephone, if the exchange says so.
    pub user: Option<&'a str>,
    /// Which way it goes.
    pub direction: Direction,
    /// Who calls.
    pub from: &'a Party,
    /// What is called.
    pub to: &'a Party,
    /// What its caller says of it.
    pub says: Says,
    /// The number that is called dials into an internet provider.
    pub internet_access: bool,
    /// A public telephone stands at the caller's site.
    pub near_public_telephone: bool,
}

/// What a caller says of a call, by a code before the number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Says {
    /// Nothing.
    #[default]
    Nothing,
    /// That it is private.
    Private,
    /// That it is private and cannot wait.
    Emergency,
}

/// What was decided about a call.
#[derive(Debug, Clone)]
pub struct CallVerdict {
    /// Whose call, if known and to be named.
    pub person: Option<String>,
    /// Their team, service and directorate then, the narrowest first.
    pub units: Vec<String>,
    /// Our telephone in it, if to be named.
    pub extension: Option<String>,
    /// Whether the number of the other one is nobody's business.
    pub is_private: bool,
    /// References of the permissions among the facts.
    pub permissions: BTreeSet<String>,
    /// Of these, the counted ones the decision rests on: see [`crate::uses`].
    pub uses: BTreeSet<String>,
    /// What was decided.
    pub decision: Arc<Decision>,
    /// Which way it went; nothing where no rule was asked.
    pub(crate) action: Option<Action>,
    /// Under what it counts among recent calls.
    pub(crate) counted: Option<String>,
    /// Facts and decision as the record spells them; nothing where no rule was asked.
    pub(crate) judged: Option<Arc<Decided>>,
}

impl CallVerdict {
    /// Whether rules were asked.
    pub fn is_judged(&self) -> bool {
        self.judged.is_some()
    }
}

/// What decisions about calls rest on besides the call.
pub(crate) struct Known<'a> {
    pub(crate) adopted: &'a Adopted,
    pub(crate) register: &'a Snapshot,
    pub(crate) recent: &'a Recent,
    /// Permissions the person had then, which the register no longer lists.
    pub(crate) then: &'a [Permission],
    /// Permissions that could not be taken.
    pub(crate) without: &'a BTreeSet<String>,
}

/// A call as rules see it.
struct Facts<'a> {
    at: Timestamp,
    user: Option<&'a str>,
    direction: Direction,
    extension: &'a str,
    ours: &'a Party,
    other: &'a Party,
    manner: Labels,
    internet_access: bool,
    ended: bool,
    seconds: u64,
}

/// Works out what the policy says about a call that is over.
pub(crate) fn consider(event: &CallEvent<'_>, known: &Known<'_>) -> CallVerdict {
    let call = event.call;
    let first = call.first();
    let (ours, other) = sides(first.direction, &first.from, &first.to);
    let marks = call.marks();
    let has = |mark: &Mark| marks.contains(&mark);
    let answered = call.outcome() == cdr::leg::Outcome::Answered;
    let voicemail = call.voicemail() == Some(Voicemail::Took);
    let seconds = call.answered_seconds().unwrap_or(0);
    let manner = labels(&[
        ("answered", answered && !voicemail),
        ("voicemail", voicemail),
        ("diverted", diverted_to(call).is_some()),
        ("from-mobile", ours.class == Class::Mobile),
        ("second-line", has(&Mark::Line2)),
        (
            "second-line-available",
            has(&Mark::Line1) || has(&Mark::Line2),
        ),
        ("declared-private", has(&Mark::Private)),
        ("public-telephone", event.near_public_telephone),
    ]);
    let facts = Facts {
        at: event.at(),
        user: call.person(),
        direction: first.direction,
        extension: call.extension().unwrap_or(&ours.given),
        ours,
        other,
        manner,
        internet_access: event.internet_access,
        ended: true,
        seconds: u64::from(seconds),
    };
    judge(&facts, known)
}

/// Works out what the policy says about a call that waits to be put through.
pub(crate) fn consider_set_up(event: &SetUpEvent<'_>, known: &Known<'_>) -> CallVerdict {
    let (ours, other) = sides(event.direction, event.from, event.to);
    let manner = labels(&[
        ("from-mobile", ours.class == Class::Mobile),
        ("declared-private", event.says != Says::Nothing),
        ("declared-emergency", event.says == Says::Emergency),
        ("public-telephone", event.near_public_telephone),
    ]);
    let facts = Facts {
        at: event.at,
        user: event.user,
        direction: event.direction,
        extension: &ours.given,
        ours,
        other,
        manner,
        internet_access: event.internet_access,
        ended: false,
        seconds: 0,
    };
    judge(&facts, known)
}

fn judge(facts: &Facts<'_>, known: &Known<'_>) -> CallVerdict {
    let Known {
        adopted, register, ..
    } = *known;
    let nobody_judges = matches!(facts.other.class, Class::Emergency | Class::PrivateLine)
        || facts.ours.class == Class::PrivateLine;
    if nobody_judges {
        return unjudged(None, String::new(), true, known);
    }
    let person = person(facts, register);
    if facts.direction == Direction::Unknown {
        return unjudged(person, facts.extension.to_owned(), false, known);
    }
    let own_private = person.is_some_and(|person| {
        let given = register.is_private_number(person, &facts.other.given);
        given || whole(facts.other).is_some_and(|whole| register.is_private_number(person, &whole))
    });
    let number: Labels = [
        (facts.other.class.name(), true),
        ("own-private", own_private),
        ("internet-access", facts.internet_access),
    ]
    .iter()
    .filter(|(_, holds)| *holds)
    .map(|(label, _)| (*label).to_owned())
    .collect();
    let answers = facts.direction == Direction::Incoming;
    let counted = person.map(|person| {
        let kind: Vec<_> = number.iter().map(String::as_str).collect();
        let way = if answers { "from" } else { "to" };
        format!("{}\n{way}\n{}", person.id, kind.join("\n"))
    });
    let window = adopted.pack().settings().calls.recent_window_seconds;
    let n_recent = counted.as_ref().map_or(1, |counted| {
        known.recent.up_to(counted, facts.at, 1, window)
    });
    let aim = whole(facts.other);
    let aim = Aim::Number(aim.as_deref().unwrap_or(&facts.other.given));
    let mut held = held(person, facts.at, aim, register, known.without);
    let was_held = known.then.iter().filter(|permission| {
        let is_for = person.is_some_and(|person| person.id == permission.person);
        is_for && permission.from <= facts.at && facts.at < permission.until
    });
    held.extend(was_held);
    let core_hours = adopted.is_core_hours(facts.at);
    let when = circumstances(person, facts.at, &held, core_hours, adopted, register);
    let call = Call {
        number,
        manner: facts.manner.clone(),
        ended: facts.ended,
        seconds: adopted.pack().least_alike(facts.seconds),
        n_recent: adopted.pack().least_alike(n_recent),
    };
    let is_private = own_private
        || ["declared-private", "second-line"]
            .iter()
            .any(|label| call.manner.contains(*label));
    let what = match answers {
        true => Activity::Answer(call),
        false => Activity::Call(call),
    };
    let who = person.map_or_else(Principal::default, |person| {
        register.principal(person, facts.at)
    });
    let request = Request { who, when, what };
    let decided = adopted.decide_spelled(&request);
    let action = Some(request.what.action());
    CallVerdict {
        person: person.map(|person| person.id.clone()),
        units: person.map_or_else(Vec::new, |person| register.units_of(person)),
        extension: Some(facts.extension.to_owned()).filter(|given| !given.is_empty()),
        is_private,
        permissions: references(&held),
        uses: rests_on(&held, &request, &decided.decision, adopted),
        decision: decided.decision.clone(),
        action,
        counted,
        judged: Some(decided),
    }
}

/// What no rule is asked about goes through.
fn unjudged(
    person: Option<&Person>,
    extension: String,
    is_private: bool,
    known: &Known<'_>,
) -> CallVerdict {
    let pack = known.adopted.pack();
    let settings = pack.settings();
    let decision = Decision {
        outcome: Outcome::Permit,
        reasons: Vec::new(),
        obligations: Vec::new(),
        unevaluated: Vec::new(),
        pack: PackRef {
            name: settings.name.clone(),
            edition: settings.default_edition.clone(),
            version: settings.version.clone(),
            hash: pack.hash().to_owned(),
        },
    };
    CallVerdict {
        person: person.map(|person| person.id.clone()),
        units: person.map_or_else(Vec::new, |person| known.register.units_of(person)),
        extension: Some(extension).filter(|given| !given.is_empty()),
        is_private,
        permissions: BTreeSet::new(),
        uses: BTreeSet::new(),
        decision: Arc::new(decision),
        action: None,
        counted: None,
        judged: None,
    }
}

/// Who signed in, or else whose telephone it is.
fn person<'r>(facts: &Facts<'_>, register: &'r Snapshot) -> Option<&'r Person> {
    let signed_in = facts.user.and_then(|user| register.person_by_account(user));
    signed_in
        .or_else(|| register.person_by_extension(facts.extension))
        .or_else(|| register.person_by_extension(&whole(facts.ours)?))
}

/// Which party is ours, and which the other.
pub(crate) fn sides<'a>(
    direction: Direction,
    from: &'a Party,
    to: &'a Party,
) -> (&'a Party, &'a Party) {
    match direction {
        Direction::Incoming => (to, from),
        Direction::Outgoing | Direction::Internal | Direction::Unknown => (from, to),
    }
}

/// The whole number with its country.
pub(crate) fn whole(party: &Party) -> Option<String> {
    party.e164.map(|digits| format!("+{digits}"))
}

/// A party's number as it may stand on the record: never a name that came in place of one.
pub(crate) fn shown(party: &Party) -> Option<String> {
    match party.form {
        Form::Number | Form::Masked | Form::Feature | Form::Address => {
            Some(whole(party).unwrap_or_else(|| party.given.to_string()))
        }
        Form::Withheld | Form::Text | Form::Empty => None,
    }
}

/// Whether it ended up at another number outside than the one that was called.
/// The kind of number outside that a call was sent on to, if it was.
pub(crate) fn diverted_to(call: &cdr::call::Call) -> Option<Class> {
    let legs = call.legs().iter();
    let mut elsewhere = legs.filter_map(|leg| Some((leg, leg.reached.as_ref()?)));
    let outside =
        elsewhere.find(|(leg, reached)| !reached.is_internal() && reached.given != leg.to.given);
    outside.map(|(_, reached)| reached.class)
}

fn labels(all: &[(&str, bool)]) -> Labels {
    let mut labels = Labels::new();
    for (label, holds) in all {
        if *holds {
            labels.insert((*label).to_owned());
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_identity_reads_as_it_was_written() {
        let id = CallId::of("asterisk\n1772449200\n1772449200.1");
        assert_eq!(CallId::parse(&id.to_string()), Some(id));
        assert_ne!(CallId::of("asterisk\n1772449200\n1772449200.2"), id);
        for wrong in [
            "",
            "12",
            "x0123456789abcdef0123456789abcdef",
            "zz23456789abcdef0123456789abcdef",
        ] {
            assert_eq!(CallId::parse(wrong), None, "{wrong}");
        }
    }
}
