//! Answers given so far, where a form asks one question a page.
//!
//! They are kept in memory, for the person who gave them and for a day: a draft is not yet anything
//! that happened. Each step stores its fields; the last page reads all of them again with the same
//! rules as the steps, so nothing gets by that a step would have refused.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use matters::id::PersonId;

use crate::failure::Failure;
use crate::form::Form;
use crate::once::random;

/// How long answers are kept after the last one.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);

/// Drafts one person may have at a time; the oldest goes.
const MOST_EACH: usize = 10;

/// Drafts altogether: each of a council's people has one, with room to spare.
const MOST: usize = 20_000;

type Answers = BTreeMap<String, Vec<String>>;

struct Draft {
    person: PersonId,
    flow: &'static str,
    answers: Answers,
    at: Timestamp,
}

/// All drafts.
#[derive(Default)]
pub struct Drafts(Mutex<HashMap<String, Draft>>);

impl Drafts {
    /// Begins a draft of a flow, and gives the name under which it stands in addresses.
    pub fn begin(
        &self,
        person: &PersonId,
        flow: &'static str,
        at: Timestamp,
    ) -> Result<String, Failure> {
        let mut id = [0; 12];
        random(&mut id)?;
        let id = URL_SAFE_NO_PAD.encode(id);
        let mut drafts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if drafts.len() >= MOST {
            drafts.retain(|_, draft| at.duration_since(draft.at) < KEPT_FOR);
        }
        let of_person = drafts.iter().filter(|(_, draft)| draft.person == *person);
        let mut of_person: Vec<_> = of_person
            .map(|(id, draft)| (draft.at, id.clone()))
            .collect();
        of_person.sort();
        let surplus = (of_person.len() + 1).saturating_sub(MOST_EACH);
        for (_, oldest) in of_person.into_iter().take(surplus) {
            drafts.remove(&oldest);
        }
        if drafts.len() >= MOST {
            return Err(Failure::unavailable(std::io::Error::other(
                "too many unfinished forms are kept",
            )));
        }
        let draft = Draft {
            person: person.clone(),
            flow,
            answers: Answers::new(),
            at,
        };
        drafts.insert(id.clone(), draft);
        Ok(id)
    }

    /// The answers so far, as a form to be read again. Somebody else's draft is not there.
    pub fn form(
        &self,
        id: &str,
        person: &PersonId,
        flow: &'static str,
        at: Timestamp,
    ) -> Result<Form, Failure> {
        self.with(id, person, flow, at, |draft| {
            let answers = draft.answers.iter();
            Form::with(answers.flat_map(|(field, values)| {
                values.iter().map(|value| (field.as_str(), value.clone()))
            }))
        })
    }

    /// Stores the answers of one step over those there were.
    pub fn answer(
        &self,
        id: &str,
        person: &PersonId,
        flow: &'static str,
        at: Timestamp,
        answers: impl IntoIterator<Item = (String, Vec<String>)>,
    ) -> Result<(), Failure> {
        self.with(id, person, flow, at, |draft| {
            draft.answers.extend(answers);
            draft.at = at;
        })
    }

    /// Forgets a draft that was sent.
    pub fn finish(&self, id: &str) {
        let mut drafts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.remove(id);
    }

    fn with<T>(
        &self,
        id: &str,
        person: &PersonId,
        flow: &'static str,
        at: Timestamp,
        then: impl FnOnce(&mut Draft) -> T,
    ) -> Result<T, Failure> {
        let mut drafts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let draft = drafts.get_mut(id).filter(|draft| {
            let fresh = at.duration_since(draft.at) < KEPT_FOR;
            draft.person == *person && draft.flow == flow && fresh
        });
        draft.map(then).ok_or(Failure::DraftGone)
    }
}
