//! Who the token stands for; people, units, posts and who holds them.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use matters::authority::{Authority, Holding};
use matters::id::{PersonId, PostId, UnitId};
use matters::people::{Employment, Person, Unit};
use register_store::tokens::Holder;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::caller::Caller;
use super::incoming::Filters;
use super::matters_of::{Page, limit};
use super::problem::{Kind, Problem, json_of};
use super::sight::Sight;
use super::{AT, Answer, Api};
use crate::paging::address;

/// Whose token it is, and what it is for.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Me {
    /// What the token is called in lists; not its secret.
    token: String,
    /// What may be done with it.
    scopes: BTreeSet<String>,
    /// When it ends.
    expires_at: Timestamp,
    /// The service, where it is a service's.
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    /// The person, where it is a person's.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<Shown>,
    /// Posts that person holds now, or acts for by a written delegation.
    posts: Vec<Authority>,
    /// Version of the policy in force.
    policy_version: String,
}

/// A person as programs see them.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PersonShown")]
pub(super) struct Shown {
    /// Stable id.
    id: PersonId,
    /// For people to read.
    name: String,
    /// `officer`, `councillor`, `agent` …
    audience: String,
    /// The number HR knows the person by.
    #[serde(skip_serializing_if = "Option::is_none")]
    employee_number: Option<String>,
    /// What the person does, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    job_title: Option<String>,
    /// Team, service or directorate.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<UnitId>,
    /// Line manager.
    #[serde(skip_serializing_if = "Option::is_none")]
    manager: Option<PersonId>,
    /// Who answers for somebody the council does not employ.
    #[serde(skip_serializing_if = "Option::is_none")]
    sponsor: Option<PersonId>,
    /// Spells of employment or office, oldest first.
    employed: Vec<Employment>,
    /// Sign-in names at the gates.
    accounts: Vec<String>,
    /// Council mail addresses, the usual one first.
    addresses: Vec<String>,
    /// When HR confirmed identity and post.
    #[serde(skip_serializing_if = "Option::is_none")]
    verified_at: Option<Timestamp>,
    /// Whether their signature on the policy in force stands.
    has_signed: bool,
}

impl Shown {
    /// Private addresses and numbers are not for programs.
    fn of(person: &Person, sight: &Sight) -> Self {
        let person = person.clone();
        Self {
            has_signed: sight.image.accepted().contains(&person.id),
            id: person.id,
            name: person.name,
            audience: person.audience,
            employee_number: person.employee_number,
            job_title: person.job_title,
            unit: person.unit,
            manager: person.manager,
            sponsor: person.sponsor,
            employed: person.employed,
            accounts: person.accounts,
            addresses: person.addresses,
            verified_at: person.verified_at,
        }
    }
}

pub(super) async fn me(State(api): State<Api>, caller: Caller) -> Answer {
    let image = api.console.store.image();
    let mut me = Me {
        token: caller.token.name.clone(),
        scopes: caller.token.scopes.clone(),
        expires_at: caller.token.expires_at,
        service: None,
        person: None,
        posts: Vec::new(),
        policy_version: image.pack().settings().version.clone(),
    };
    match &caller.token.holder {
        Holder::Service(service) => me.service = Some(service.clone()),
        Holder::Person(id) => {
            let sight = Sight::of(&api, &caller)?;
            let person = image.people().person(id);
            me.person = person.map(|person| Shown::of(person, &sight));
            me.posts = image.posts().of(id, caller.at).collect();
        }
    }
    Ok(json_of(StatusCode::OK, &me))
}

/// What the list of people is narrowed by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Narrowed {
    search: Option<String>,
    audience: Option<String>,
    unit: Option<String>,
    after: Option<String>,
    limit: Option<usize>,
}

impl Narrowed {
    fn fits(&self, person: &Person) -> bool {
        let is = |asked: &Option<String>, value: &str| {
            asked.as_deref().is_none_or(|asked| asked == value)
        };
        let unit = person.unit.as_ref().map_or("", UnitId::as_str);
        is(&self.audience, &person.audience) && is(&self.unit, unit) && self.is_found(person)
    }

    /// By a part of name, id, number, account or address, in any case.
    fn is_found(&self, person: &Person) -> bool {
        let Some(search) = self.search.as_deref().map(str::to_lowercase) else {
            return true;
        };
        let names = [person.id.as_str(), &person.name].into_iter();
        let names = names.chain(person.employee_number.as_deref());
        let names = names.chain(
            person
                .accounts
                .iter()
                .chain(&person.addresses)
                .map(String::as_str),
        );
        { names }.any(|name| name.to_lowercase().contains(&search))
    }
}

pub(super) async fn people(
    State(api): State<Api>,
    caller: Caller,
    Filters(asked): Filters<Narrowed>,
) -> Answer {
    let mut sight = Sight::of(&api, &caller)?;
    let limit = limit(asked.limit)?;
    let image = api.console.store.image();
    let after = asked.after.as_deref().unwrap_or_default();
    let alone = sight.is_alone();
    let all = image
        .people()
        .all()
        .filter(|person| person.id.as_str() > after);
    let all = all.filter(|person| !alone || person.id == sight.viewer.person);
    let mut all: Vec<_> = all.filter(|person| asked.fits(person)).collect();
    all.sort_by(|one, other| one.id.cmp(&other.id));
    let mut seen = all.into_iter().filter(|person| sight.sees_person(person));
    let found: Vec<_> = seen.by_ref().take(limit).collect();
    let more = seen.next().is_some();
    let limit = limit.to_string();
    let filters = [
        ("search", asked.search.as_deref().unwrap_or_default()),
        ("audience", asked.audience.as_deref().unwrap_or_default()),
        ("unit", asked.unit.as_deref().unwrap_or_default()),
        ("limit", &limit),
    ];
    let last = found
        .last()
        .filter(|_| more)
        .map(|person| person.id.as_str());
    let next = last.map(|last| address(&format!("{AT}/people"), &filters, Some(last)));
    let items = found
        .into_iter()
        .map(|person| Shown::of(person, &sight))
        .collect();
    Page { items, next }.answer()
}

pub(super) async fn person(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    let mut sight = Sight::of(&api, &caller)?;
    let image = api.console.store.image();
    let person = image.people().person(&PersonId::new(id));
    let person = person.filter(|person| sight.sees_person(person));
    let person = person.ok_or_else(|| Problem::new(Kind::NotFound))?;
    Ok(json_of(StatusCode::OK, &Shown::of(person, &sight)))
}

/// What lists without filters are read on by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    after: Option<String>,
    limit: Option<usize>,
}

impl Place {
    /// The page after this place of what is in order of its names.
    fn page<T>(
        &self,
        path: &str,
        mut all: Vec<T>,
        name: impl Fn(&T) -> &str,
    ) -> Result<Page<T>, Problem> {
        let limit = limit(self.limit)?;
        let after = self.after.as_deref().unwrap_or_default();
        all.retain(|one| name(one) > after);
        all.sort_by(|one, other| name(one).cmp(name(other)));
        let more = all.len() > limit;
        all.truncate(limit);
        let filters = [("limit", limit.to_string())];
        let filters = filters
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let last = all.last().filter(|_| more).map(name);
        let next = last.map(|last| address(&format!("{AT}{path}"), &filters, Some(last)));
        Ok(Page { items: all, next })
    }
}

pub(super) async fn units(
    State(api): State<Api>,
    caller: Caller,
    Filters(place): Filters<Place>,
) -> Answer {
    Sight::of(&api, &caller)?;
    let image = api.console.store.image();
    let units: Vec<Unit> = image.people().units().cloned().collect();
    place
        .page("/units", units, |unit| unit.id.as_str())?
        .answer()
}

/// A post of the pack, and who holds it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PostShown")]
pub(super) struct Post {
    /// As the pack spells it.
    id: PostId,
    /// For people to read.
    title: String,
    /// Whether each unit has its own.
    of_unit: bool,
    /// Who holds it now.
    holders: Vec<Holding>,
}

/// The register of authority, for those whose page it is; to others, the posts and what they hold.
pub(super) async fn posts(
    State(api): State<Api>,
    caller: Caller,
    Filters(place): Filters<Place>,
) -> Answer {
    let sight = Sight::of(&api, &caller)?;
    let keeps = api
        .console
        .access
        .may_open(&sight.viewer, "authority-register");
    let image = api.console.store.image();
    let held = |post: &PostId| {
        let now = |held: &&Holding| {
            let begun = held.from <= caller.at && held.until.is_none_or(|until| caller.at < until);
            begun && held.post == *post && (keeps || held.person == sight.viewer.person)
        };
        image
            .posts()
            .holdings()
            .iter()
            .filter(now)
            .cloned()
            .collect()
    };
    let posts = image.pack().people().posts.iter().map(|(id, post)| {
        let id = PostId::from(id.as_str());
        Post {
            holders: held(&id),
            id,
            title: post.title.clone(),
            of_unit: post.of_unit,
        }
    });
    let posts: Vec<_> = posts.collect();
    place
        .page("/posts", posts, |post| post.id.as_str())?
        .answer()
}
