//! Matters of one kind: lists, one, its history, beginning one, taking a step.

use axum::extract::{Path, State};
use axum::http::header::{ETAG, LINK};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use matters::event::{Act, Event};
use matters::id::{MatterId, PersonId};
use register_store::matters_kept::{Filter, Kept};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::caller::Caller;
use super::exposed::Exposed;
use super::incoming::{Filters, Read, Sent, reference};
use super::once::Told;
use super::problem::{Kind, Problem, json_of};
use super::sight::Sight;
use super::{AT, Answer, Api};
use crate::paging::address;

/// Most items of one answer, and how many there are where nothing is said.
pub(super) const MOST: usize = 100;
pub(super) const USUAL: usize = 50;

/// Rows read at once while looking for what somebody may see, and how often, so that one request
/// reads a thousand rows at most. A page may so have fewer items than asked for, and more after it.
const BATCH: usize = 200;
const BATCHES: usize = 5;

/// A matter as programs see it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Kept{M}")]
pub(super) struct Shown<M> {
    /// Its reference.
    reference: MatterId,
    /// Its kind, as events spell it.
    kind: &'static str,
    /// Whom it is about.
    person: PersonId,
    /// Where it stands.
    state: &'static str,
    /// Whether nothing more can happen to it.
    is_over: bool,
    /// Counts its steps; the ETag to send in If-Match.
    version: i64,
    /// When it began.
    opened_at: Timestamp,
    /// When the last step was taken.
    changed_at: Timestamp,
    /// What is kept of it.
    matter: M,
}

impl<M: Exposed> Shown<M> {
    fn of(kept: Kept<M>) -> Self {
        Self {
            person: kept.matter.subject().clone(),
            kind: M::KIND,
            state: kept.matter.state(),
            is_over: kept.matter.is_over(),
            version: kept.version.0,
            opened_at: kept.opened_at,
            changed_at: kept.changed_at,
            matter: kept.matter.shown(),
            reference: kept.id,
        }
    }
}

/// One page of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub(super) struct Page<T> {
    /// What is on it. May be fewer than asked for though there are more.
    pub(super) items: Vec<T>,
    /// The address of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

impl<T: Serialize> Page<T> {
    /// The answer, with the next page's address in a header too (RFC 8288).
    pub(super) fn answer(self) -> Answer {
        let mut response = json_of(StatusCode::OK, &self);
        let link = self.next.map(|next| format!("<{next}>; rel=\"next\""));
        if let Some(link) = link.and_then(|link| HeaderValue::from_str(&link).ok()) {
            response.headers_mut().insert(LINK, link);
        }
        Ok(response)
    }
}

/// What a list is narrowed by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Narrowed {
    person: Option<String>,
    state: Option<String>,
    is_over: Option<bool>,
    about: Option<String>,
    after: Option<String>,
    limit: Option<usize>,
}

/// How many items were asked for.
pub(super) fn limit(asked: Option<usize>) -> Result<usize, Problem> {
    match asked.unwrap_or(USUAL) {
        limit @ 1..=MOST => Ok(limit),
        _ => Err(Problem::new(Kind::Malformed).saying("`limit` is from 1 to 100")),
    }
}

pub(super) async fn list<M: Exposed>(
    State(api): State<Api>,
    caller: Caller,
    Filters(asked): Filters<Narrowed>,
) -> Answer {
    let mut sight = Sight::of(&api, &caller)?;
    let limit = limit(asked.limit)?;
    let after = asked.after.as_deref().map(reference);
    let unclear = |_| Problem::new(Kind::Malformed).saying("`after` is a reference of the list");
    let states = asked.state.as_deref().unwrap_or_default().split(',');
    let mut filter = Filter {
        subject: asked.person.as_deref().map(PersonId::from),
        concerning: sight.is_alone().then(|| sight.viewer.person.clone()),
        states: states
            .filter(|state| !state.is_empty())
            .map(str::to_owned)
            .collect(),
        is_over: asked.is_over,
        about: asked.about.clone(),
        after: after.transpose().map_err(unclear)?,
        limit: BATCH,
    };
    let (mut items, mut last, mut more) = (Vec::new(), None, true);
    for _ in 0..BATCHES {
        let page = api.console.store.matters::<M>(&filter).await?;
        more = page.more;
        let of_batch = page.items.len();
        for (i, kept) in page.items.into_iter().enumerate() {
            last = Some(kept.id.clone());
            if sight.sees(&kept.matter) {
                items.push(Shown::of(kept));
            }
            if items.len() == limit {
                more |= i + 1 < of_batch;
                break;
            }
        }
        if !more || items.len() == limit {
            break;
        }
        filter.after.clone_from(&last);
    }
    let (limit, is_over) = (
        limit.to_string(),
        asked.is_over.map(|is_over| is_over.to_string()),
    );
    let filters = [
        ("person", asked.person.as_deref().unwrap_or_default()),
        ("state", asked.state.as_deref().unwrap_or_default()),
        ("is_over", is_over.as_deref().unwrap_or_default()),
        ("about", asked.about.as_deref().unwrap_or_default()),
        ("limit", &limit),
    ];
    let path = format!("{AT}/{}", M::PATH);
    let next = last
        .filter(|_| more)
        .map(|last| address(&path, &filters, Some(last.as_str())));
    Page { items, next }.answer()
}

/// Looks one up. To whoever may not see it, it is not there.
async fn seen<M: Exposed>(api: &Api, sight: &mut Sight, id: &MatterId) -> Result<Kept<M>, Problem> {
    let kept = api.console.store.matter::<M>(id).await?;
    // What was just opened elsewhere may rest on people this image has not seen.
    match sight.sees(&kept.matter) {
        true => Ok(kept),
        false => Err(Problem::new(Kind::NotFound)),
    }
}

pub(super) async fn one<M: Exposed>(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    let mut sight = Sight::of(&api, &caller)?;
    let kept = seen::<M>(&api, &mut sight, &reference(&id)?).await?;
    let tag = etag(&kept);
    let mut response = json_of(StatusCode::OK, &Shown::of(kept));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    Ok(response)
}

/// Every step of a matter.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct History {
    /// In the order they were taken.
    events: Vec<Event>,
}

pub(super) async fn history<M: Exposed>(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    let mut sight = Sight::of(&api, &caller)?;
    let kept = seen::<M>(&api, &mut sight, &reference(&id)?).await?;
    let events = api.console.store.history(&kept.id).await?;
    Ok(json_of(StatusCode::OK, &History { events }))
}

pub(super) async fn open<M: Exposed>(
    State(api): State<Api>,
    caller: Caller,
    sent: Sent,
) -> Result<Response, Problem> {
    let read: Read<M::Opening> = sent.read(&M::opening_name(), &api)?;
    let mut sight = Sight::of(&api, &caller)?;
    let me = sight.viewer.person.clone();
    let whom = M::about_whom(&read.asked).unwrap_or(&me);
    let invited = M::invited(&read.asked).contains(&&me);
    if !sight.may_begin(M::OPEN.unwrap_or_default(), whom, invited) {
        return Err(Problem::new(Kind::NotYours));
    }
    let act = read.act(Act::by(&me, caller.at), &sent);
    let store = &api.console.store;
    let Read { asked, body, .. } = read;
    let Some(request) = &sent.request else {
        let kept = store.open_matter::<M>(asked, &act).await;
        return kept
            .map(|kept| begun(&kept).response())
            .map_err(|error| Problem::of_store(&error, &body));
    };
    let _begun = api.underway.begin(request)?;
    let told = store
        .open_matter_once::<M, Told>(asked, &act, request, begun)
        .await;
    told.map(Told::response)
        .map_err(|error| Problem::of_answer(&error, &body))
}

pub(super) async fn step<M: Exposed>(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let id = reference(&id)?;
    let mut sight = Sight::of(&api, &caller)?;
    let store = &api.console.store;
    // Answered before, it is answered again, though it may have gone out of sight by that very step.
    if let Some(request) = &sent.request {
        let before: Result<Option<Told>, _> = store.answer(request, caller.at).await;
        if let Some(told) = before.map_err(|error| Problem::of_answer(&error, &().into()))? {
            return Ok(told.response());
        }
    }
    let kept = store.matter::<M>(&id).await?;
    let sees = sight.sees(&kept.matter);
    let named = sent.json()?;
    let actions = M::STEPS.iter().find(|(step, _)| named["step"] == *step);
    let may = match actions {
        Some((_, [])) => sees,
        Some((_, actions)) => sight.may_any(actions, &kept.matter),
        None => sees,
    };
    if !may {
        let kind = if sees { Kind::NotYours } else { Kind::NotFound };
        return Err(Problem::new(kind));
    }
    let expected = sent.version()?;
    let read: Read<M::Step> = sent.read(&M::step_name(), &api)?;
    let act = read.act(Act::by(&sight.viewer.person, caller.at), &sent);
    let Read { asked, body, .. } = read;
    let Some(request) = &sent.request else {
        let kept = store.take::<M>(&id, expected, asked, &act).await;
        return kept
            .map(|kept| taken(&kept).response())
            .map_err(|error| Problem::of_store(&error, &body));
    };
    let _begun = api.underway.begin(request)?;
    let told = store
        .take_once::<M, Told>((&id, expected), asked, &act, request, taken)
        .await;
    told.map(Told::response)
        .map_err(|error| Problem::of_answer(&error, &body))
}

fn etag<M>(kept: &Kept<M>) -> String {
    format!("\"{}\"", kept.version)
}

fn taken<M: Exposed>(kept: &Kept<M>) -> Told {
    Told {
        status: StatusCode::OK.as_u16(),
        location: None,
        etag: Some(etag(kept)),
        // A matter that was read from JSON is JSON again.
        body: serde_json::to_value(Shown::of(kept.clone())).unwrap_or_default(),
    }
}

fn begun<M: Exposed>(kept: &Kept<M>) -> Told {
    Told {
        status: StatusCode::CREATED.as_u16(),
        location: Some(format!("{AT}/{}/{}", M::PATH, kept.id)),
        ..taken(kept)
    }
}
