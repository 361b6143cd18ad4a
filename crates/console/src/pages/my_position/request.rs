//! One request for access, whole: what is on the form, what was decided, what is missing. It is made
//! to be printed.

use axum::extract::Path;
use matters::access_request::{AccessRequest, Given, Identity};
use matters::id::MatterId;
use minijinja::{Value, context};

use super::standing;
use crate::people_named::name_of;
use crate::visit::{Answer, Visit};
use crate::words::moment_in_words;

pub(super) async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let id = MatterId::new(reference);
    let store = &visit.console.store;
    let kept = store.matter::<AccessRequest>(&id).await?;
    visit.may_see("see-request", &kept.matter.person)?;
    let history = store.history(&id).await?;
    let history: Vec<_> = history
        .iter()
        .map(|event| {
            context! {
                at => event.act.at.to_string(),
                step => event.step.clone(),
                reason => event.act.reason.clone(),
                post => event
                    .authority
                    .as_ref()
                    .map(|authority| authority.post.as_str().to_owned()),
            }
        })
        .collect();
    let (state, colour) = standing::in_words(Some(kept.matter.stage));
    let services = &visit.console.people.services;
    let service = services
        .get(&kept.matter.service)
        .unwrap_or(&kept.matter.service);
    let values = context! {
        title => format!("Request for access: {service}"),
        reference => id.as_str(),
        state,
        colour,
        asked => asked(&visit, &kept.matter),
        decided => decided(&visit, &kept.matter),
        missing => standing::missing(&visit, &kept.matter),
        history,
    };
    visit.show("my-position/request.html", values)
}

fn row(key: &str, value: String) -> Value {
    context! { key, value }
}

fn asked(visit: &Visit, matter: &AccessRequest) -> Vec<Value> {
    let image = visit.image();
    let moment = |at| moment_in_words(at, &visit.console.zone);
    let mut rows = vec![
        row("For", name_of(&image, &matter.person)),
        row("Asked for by", name_of(&image, &matter.requester)),
        row("What it is needed for", matter.wanted.need.clone()),
    ];
    let wanted = &matter.wanted;
    rows.extend((wanted.equipment.clone()).map(|equipment| row("Equipment", equipment)));
    rows.extend(wanted.until.map(|until| row("Needed until", moment(until))));
    let sponsor = wanted.sponsor.as_ref();
    rows.extend(sponsor.map(|sponsor| row("Answered for by", name_of(&image, sponsor))));
    if let Some(paper) = &matter.paper {
        rows.push(row("Asked for on paper", format!("Scan {}", paper.scan)));
        let typed = name_of(&image, &paper.entered_by);
        rows.push(row("Typed in by", typed));
        let checked = paper.checked_by.as_ref();
        rows.extend(checked.map(|by| row("Compared with the scan by", name_of(&image, by))));
    }
    rows
}

/// What was recorded of each gate.
fn decided(visit: &Visit, matter: &AccessRequest) -> Vec<Value> {
    let gates = &matter.gates;
    let moment = |at| moment_in_words(at, &visit.console.zone);
    let given = |key: &str, given: &Option<Given>| {
        let given = given.as_ref()?;
        let posts = &visit.console.people.posts;
        let by = given.authority.as_ref().map(|authority| {
            let post = posts.get(authority.post.as_str());
            let title = post.map(|post| post.title.clone());
            title.unwrap_or_else(|| authority.post.as_str().replace('-', " "))
        });
        let by = by.unwrap_or_else(|| "a standing rule".to_owned());
        Some(row(key, format!("{}, by {by}", moment(given.at))))
    };
    let identity = match gates.identity {
        Identity::Unverified => None,
        Identity::OnRecord(at) | Identity::Verified(at) => {
            Some(row("Identity and post confirmed", moment(at)))
        }
        Identity::Mismatch(at) => Some(row(
            "Identity and post",
            format!("Not as human resources knows them, said on {}", moment(at)),
        )),
    };
    let accepted = gates.accepted_at;
    let rows = [
        given("Certificate given", &gates.certified),
        given("Need confirmed", &gates.authorised),
        given("Permitted", &gates.permitted),
        identity,
        accepted.map(|at| row("Policy signed", format!("Known since {}", moment(at)))),
    ];
    rows.into_iter().flatten().collect()
}
