//! One request for access, whole: what is on the form, what was decided, what is missing; and the
//! same as a file.

use axum::extract::Path;
use matters::access_request::{AccessRequest, Given, Identity};
use matters::id::MatterId;
use minijinja::{Value, context};
use paper::Block;
use register_store::matters_kept::Kept;

use super::standing;
use crate::failure::Failure;
use crate::people_named::name_of;
use crate::printing;
use crate::visit::{Answer, Visit};
use crate::words::{self, moment_in_words};

async fn found(visit: &Visit, reference: String) -> Result<Kept<AccessRequest>, Failure> {
    let id = MatterId::new(reference);
    let kept = visit.console.store.matter::<AccessRequest>(&id).await?;
    visit.may_see("see-request", &kept.matter.person)?;
    Ok(kept)
}

fn title(visit: &Visit, matter: &AccessRequest) -> String {
    let services = &visit.console.people.services;
    let service = services.get(&matter.service).unwrap_or(&matter.service);
    format!("Request for access: {service}")
}

/// The form as it was filled in, and what became of it.
pub(super) async fn printed(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let history = visit.console.store.history(&kept.id).await?;
    let matter = &kept.matter;
    let (state, _) = standing::in_words(Some(matter.stage));
    let missing = standing::missing(&visit, matter);
    let missing = missing.iter().filter_map(|gate| gate.get_attr("text").ok());
    let missing: Vec<_> = missing.map(|text| text.to_string()).collect();
    let mut decided = vec![row("State", state.to_owned())];
    decided.extend(self::decided(&visit, matter));
    decided.extend((!missing.is_empty()).then(|| row("Still missing", missing.join("\n"))));
    let mut proof = vec![
        row("Reference", kept.id.to_string()),
        row("Printed on", moment_in_words(visit.at, &visit.console.zone)),
    ];
    // What was sent first is the form; later steps have forms of their own.
    let form = history
        .iter()
        .find_map(|event| event.act.form_sha256.clone());
    let code = "Verification code: check sum of the form as it was sent (SHA-256)";
    proof.extend(form.map(|form| row(code, form)));
    let version = history.last().map(|event| event.policy_version.clone());
    proof.extend(version.map(|version| row("Version of the policy", version)));
    let blocks = vec![
        Block::Heading("What was asked for".to_owned()),
        printing::rows(&asked(&visit, matter)),
        Block::Heading("What was decided".to_owned()),
        printing::rows(&decided),
        Block::Heading("What happened".to_owned()),
        printing::history(&visit, &history),
        Block::Heading("How to check this".to_owned()),
        printing::rows(&proof),
        Block::Paragraph(
            "The council’s record holds every step above under this reference.".to_owned(),
        ),
    ];
    let reference = kept.id.to_string();
    let document = visit.document(title(&visit, matter), Some(reference.clone()), blocks);
    visit.print(&reference, document).await
}

pub(super) async fn show(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let id = &kept.id;
    let history = visit.history(id).await?;
    let (state, colour) = standing::in_words(Some(kept.matter.stage));
    let values = context! {
        title => title(&visit, &kept.matter),
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
        let authority = given.authority.as_ref();
        let by =
            authority.map(|authority| words::post(&visit.console.people, authority.post.as_str()));
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
