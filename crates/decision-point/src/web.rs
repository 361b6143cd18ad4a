//! A page request as an event, and the request the policy decides for it.

use std::collections::BTreeSet;
use std::sync::Arc;

use content::contents::Contents;
use content::media::PartKind;
use jiff::Timestamp;
use policy::decision::{Decision, Outcome};
use policy::request::{Action, Activity, Clock, Labels, Principal, Request, Web};
use policy::settings::CountedTime;
use register::snapshot::{Aim, Snapshot};
use site_categories::{Categories, Match};

use crate::adopted::{Adopted, Decided};
use crate::findings;
use crate::mail::{circumstances, held, kind_label, references};
use crate::minutes::Minutes;
use crate::uses::rests_on;

/// A request to a site, or a body on its way.
#[derive(Debug, Clone, Copy)]
pub struct WebEvent<'a> {
    /// When it came.
    pub at: Timestamp,
    /// [`Action::Visit`], [`Action::Submit`] or [`Action::Download`].
    pub action: Action,
    /// The client's address, as the proxy names it; empty when not told.
    pub client: &'a str,
    /// Who signed in at the proxy.
    pub user: Option<&'a str>,
    /// HTTP method.
    pub method: &'a str,
    /// Host in lower case, without port.
    pub host: &'a str,
    /// Port.
    pub port: u16,
    /// Path without query.
    pub path: &'a str,
    /// Only the host is visible: a tunnel that is not opened.
    pub tunnel: bool,
    /// It comes from a telephone or tablet, as far as headers tell.
    pub mobile: bool,
    /// A person went to a page, as far as headers tell; false for the assets of one.
    pub navigation: bool,
    /// Bytes of the body, if known.
    pub bytes: Option<u64>,
    /// Kind of the body, if it was looked at.
    pub media: Option<PartKind>,
    /// What was found in the body, if it was looked through.
    pub contents: Option<&'a Contents>,
}

/// What was decided about it.
#[derive(Debug, Clone)]
pub struct WebVerdict {
    /// The facts.
    pub request: Request,
    /// What was decided on them.
    pub decision: Arc<Decision>,
    /// Whose act, if known.
    pub person: Option<String>,
    /// References of the permissions among the facts.
    pub permissions: BTreeSet<String>,
    /// Of these, the counted ones the decision rests on: see [`crate::uses`].
    pub uses: BTreeSet<String>,
    /// The list entry that gave the categories, and the version of the lists.
    pub matched: Option<Matched>,
    /// The person has read the warning and chosen to go on.
    pub acknowledged: bool,
    /// Facts and decision as the record spells them.
    pub(crate) decided: Arc<Decided>,
}

/// The list entry a site was found under.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Matched {
    /// The entry as the list has it.
    pub entry: String,
    /// The version of the lists, short.
    pub lists: String,
}

/// Works out what the policy says about a page request. `without` are permissions that could not be
/// taken.
pub fn consider(
    event: &WebEvent<'_>,
    adopted: &Adopted,
    register: &Snapshot,
    lists: Option<&Categories>,
    minutes: Option<&Minutes>,
    without: &BTreeSet<String>,
) -> WebVerdict {
    let person = event.user.and_then(|user| register.person_by_account(user));
    let (categories, matched) = categories(event, lists);
    let settings = &adopted.pack().settings().web;
    let is_private = settings
        .private_categories
        .iter()
        .any(|private| categories.contains(private));
    let core_hours = adopted.is_core_hours(event.at);
    let aim = Aim::Site(event.host);
    let held = held(person, event.at, aim, register, without);
    let when = circumstances(person, event.at, &held, core_hours, adopted, register);
    let counts = match settings.private_minutes_in {
        CountedTime::AnyTime => true,
        CountedTime::WorkingTime => when.clock == Clock::On,
    };
    let used = match (person, minutes) {
        (Some(person), Some(minutes)) if is_private && counts => {
            let (day, minute) = adopted.minute_of_day(event.at);
            Some((minutes, minutes.with(&person.id, day, minute)))
        }
        _ => None,
    };
    let quota_spent = match (&used, settings.private_minutes_a_day) {
        (Some((_, used)), Some(allowed)) => used.total() > allowed,
        _ => false,
    };
    let is_visit = event.action == Action::Visit;
    let bytes = event.bytes.filter(|_| !is_visit).unwrap_or(0);
    let contents = event.contents.filter(|_| !is_visit);
    let (mut findings, suspicions) = contents.map_or_else(Default::default, |contents| {
        findings::labels(contents, adopted)
    });
    if contents.is_some_and(|contents| !contents.is_complete()) {
        findings.insert("unscannable".to_owned());
    }
    let web = Web {
        categories,
        method: event.method.to_owned(),
        site: site_labels(event, register),
        quota_spent,
        bytes: adopted.pack().least_alike(bytes),
        media: event
            .media
            .filter(|_| !is_visit)
            .into_iter()
            .chain(contents.into_iter().flat_map(findings::kinds_inside))
            .filter_map(kind_label)
            .map(str::to_owned)
            .collect(),
        findings,
        suspicions,
    };
    let what = match event.action {
        Action::Submit => Activity::Submit(web),
        Action::Download => Activity::Download(web),
        _ => Activity::Visit(web),
    };
    let who = person.map_or_else(Principal::default, |person| {
        register.principal(person, event.at)
    });
    let request = Request { who, when, what };
    let decided = adopted.decide_spelled(&request);
    let decision = decided.decision.clone();
    let uses = rests_on(&held, &request, &decision, adopted);
    // What was stopped is not use, and what a permission was taken for does not count against anyone.
    let is_counted = decision.outcome < Outcome::Hold && uses.is_empty();
    if let Some((minutes, used)) = used.filter(|_| is_counted) {
        minutes.count(&used);
    }
    let person = person.map(|person| person.id.clone());
    WebVerdict {
        request,
        decision,
        person,
        permissions: references(&held),
        uses,
        matched,
        acknowledged: false,
        decided,
    }
}

fn categories(event: &WebEvent<'_>, lists: Option<&Categories>) -> (Labels, Option<Matched>) {
    match lists.map(|lists| lists.lookup(event.host, event.path)) {
        Some(Match::Found(found)) => {
            let matched = Matched {
                entry: found.entry().to_string(),
                lists: found.version().short(),
            };
            (
                found.categories().map(str::to_owned).collect(),
                Some(matched),
            )
        }
        Some(Match::Unknown) | None => (Labels::new(), None),
    }
}

fn site_labels(event: &WebEvent<'_>, register: &Snapshot) -> Labels {
    let is_address = event.host.starts_with('[') || event.host.parse::<std::net::IpAddr>().is_ok();
    let labels = [
        ("not-inspected", event.tunnel),
        ("ip-literal", is_address),
        (
            "unusual-port",
            event.method == "CONNECT" && event.port != 443,
        ),
        (
            "mobile-device",
            event.mobile || register.devices().is_mobile(event.client),
        ),
    ];
    labels
        .into_iter()
        .filter(|(_, holds)| *holds)
        .map(|(name, _)| name.to_owned())
        .collect()
}
