//! Services as they stand, what each still waits for, and what was withdrawn.

use matters::access_request::{AccessRequest, Gate, Stage};
use matters::event::Actor;
use matters::id::PersonId;
use matters::withdrawal::{Kind, Withdrawal};
use minijinja::{Value, context};
use register_store::matters_kept::{Filter, Kept};

use crate::failure::Failure;
use crate::visit::Visit;

/// Requests and withdrawals of a working life, with room to spare.
const MOST: usize = 200;

/// All there ever was of a person.
pub(super) fn ever(person: &PersonId) -> Filter {
    Filter {
        subject: Some(person.clone()),
        limit: MOST,
        ..Filter::default()
    }
}

/// How a service was taken away. What protects the network counts for less: it blames nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum How {
    Limited,
    Withdrawn,
}

/// Every service of the pack: the request that is not over, or else the latest.
pub(super) fn services(
    visit: &Visit,
    requests: &[Kept<AccessRequest>],
    withdrawals: &[Kept<Withdrawal>],
) -> Vec<Value> {
    let withdrawn = withdrawn(visit, withdrawals);
    let services = &visit.console.people.services;
    services
        .keys()
        .map(|service| {
            let mut of_service = requests
                .iter()
                .filter(|kept| kept.matter.service == *service);
            let latest = of_service.clone().next();
            let request = of_service
                .find(|kept| is_waiting(kept.matter.stage) || is_used(kept.matter.stage))
                .or(latest);
            let of_service = withdrawn
                .iter()
                .filter(|(one, _)| one == service || one == "all");
            let withdrawn = of_service.map(|(_, how)| *how).max();
            row(visit, service, request, withdrawn)
        })
        .collect()
}

fn row(
    visit: &Visit,
    service: &str,
    request: Option<&Kept<AccessRequest>>,
    withdrawn: Option<How>,
) -> Value {
    let stage = request.map(|kept| kept.matter.stage);
    let (state, colour) = match (stage, withdrawn) {
        (Some(stage), Some(How::Withdrawn)) if is_used(stage) => ("Withdrawn", "red"),
        (Some(stage), Some(How::Limited)) if is_used(stage) => {
            ("Limited for now, to protect the network", "yellow")
        }
        (stage, _) => in_words(stage),
    };
    context! {
        service,
        state,
        colour,
        reference => request.map(|kept| kept.id.as_str().to_owned()),
        missing => request.map(|kept| missing(visit, &kept.matter)),
        expires_at => request
            .filter(|kept| is_waiting(kept.matter.stage))
            .map(|kept| kept.matter.expires_at.to_string()),
        until => request.and_then(|kept| kept.matter.wanted.until).map(|at| at.to_string()),
    }
}

/// What a request that is under way still waits for, in words.
pub(super) fn missing(visit: &Visit, matter: &AccessRequest) -> Vec<Value> {
    if !is_waiting(matter.stage) {
        return Vec::new();
    }
    let image = visit.image();
    let shut = matter.shut(&image.world()).unwrap_or_default();
    let mut missing: Vec<_> = shut.into_iter().map(gate).collect();
    match matter.stage {
        Stage::Draft => missing.push(context! { text => "Whoever is asking has not sent it yet" }),
        Stage::Returned => {
            missing.push(context! { text => "It was sent back to be put right by whoever asked" });
        }
        Stage::PaperUnchecked => {
            missing.push(context! { text => "A second person compares the form with its scan" });
        }
        Stage::Provisioning | Stage::Partial => {
            missing.push(context! { text => "The service desk sets it up" });
        }
        _ => (),
    }
    missing
}

fn gate(gate: Gate) -> Value {
    let text = match gate {
        Gate::Certificate => "A certificate of who you are",
        Gate::Need => "Somebody senior confirms that you need it",
        Gate::Permission => "Whoever runs the service permits it",
        Gate::Identity => "Human resources confirms your identity and post",
        Gate::Signature => "You read and sign the policy in force",
    };
    let href = (gate == Gate::Signature).then_some("/read-and-sign");
    context! { text, href }
}

/// Under way.
fn is_waiting(stage: Stage) -> bool {
    use Stage::*;
    matches!(
        stage,
        Draft
            | PaperUnchecked
            | AwaitingAuthorisation
            | AwaitingCertification
            | Returned
            | AwaitingPermission
            | Permitted
            | Provisioning
            | Partial
    )
}

/// In use, unless withdrawn.
fn is_used(stage: Stage) -> bool {
    matches!(stage, Stage::Active | Stage::MoverReview)
}

/// How the person stands to a service, and the colour that repeats it.
pub(super) fn in_words(stage: Option<Stage>) -> (&'static str, &'static str) {
    match stage {
        None => ("Not asked for", "grey"),
        Some(Stage::Active) => ("You may use it", "green"),
        Some(Stage::MoverReview) => (
            "You may use it; to be confirmed for your new work",
            "turquoise",
        ),
        Some(Stage::Suspended) => ("Suspended", "red"),
        Some(Stage::Refused) => ("Refused", "red"),
        Some(Stage::Ended) => ("Ended", "grey"),
        Some(Stage::Withdrawn) => ("No longer asked for", "grey"),
        Some(Stage::Expired) => ("Not finished in time", "grey"),
        Some(Stage::Returned | Stage::Draft) => ("To be put right", "yellow"),
        Some(Stage::Provisioning | Stage::Partial) => ("Being set up", "blue"),
        Some(_) => ("Not yet", "blue"),
    }
}

/// Services withdrawn at this moment, or `all`.
fn withdrawn(visit: &Visit, withdrawals: &[Kept<Withdrawal>]) -> Vec<(String, How)> {
    let now = withdrawals
        .iter()
        .filter(|kept| kept.matter.withdraws(visit.at).is_some());
    let each = now.flat_map(|kept| {
        let how = match kept.matter.kind {
            Kind::NetworkProtection { .. } => How::Limited,
            _ => How::Withdrawn,
        };
        let services = services_of(&kept.matter.kind).into_iter();
        services.map(move |service| (service, how))
    });
    each.collect()
}

fn services_of(kind: &Kind) -> Vec<String> {
    match kind {
        Kind::Leaving | Kind::Permanent | Kind::Temporary => vec!["all".to_owned()],
        Kind::Partial { services } | Kind::NetworkProtection { services } => {
            services.iter().cloned().collect()
        }
    }
}

/// What is or will be withdrawn, why, and whom to ask.
pub(super) async fn explained(
    visit: &Visit,
    withdrawals: &[Kept<Withdrawal>],
) -> Result<Vec<Value>, Failure> {
    let store = &visit.console.store;
    let mut shown = Vec::new();
    for kept in withdrawals {
        let matter = &kept.matter;
        let to_come = matter.effective_at > visit.at && matter.ended_at.is_none();
        if matter.withdraws(visit.at).is_none() && !to_come {
            continue;
        }
        let history = store.history(&kept.id).await?;
        let first = history.first();
        let services = services_of(&matter.kind);
        let signature = match &matter.by {
            Actor::Rule(rule) => rule.strip_prefix("acceptance:").map(str::to_owned),
            _ => None,
        };
        shown.push(context! {
            reference => kept.id.as_str(),
            everything => services.iter().any(|one| one == "all"),
            services,
            why => why(&matter.kind),
            no_blame => matches!(matter.kind, Kind::NetworkProtection { .. }),
            signature,
            reason => first.and_then(|event| event.act.reason.clone()),
            post => first
                .and_then(|event| event.authority.as_ref())
                .map(|authority| authority.post.as_str().to_owned()),
            from => matter.effective_at.to_string(),
            to_come,
            until => matter.until.map(|until| until.to_string()),
        });
    }
    Ok(shown)
}

fn why(kind: &Kind) -> &'static str {
    match kind {
        Kind::Leaving => "You are leaving, or your work here ends",
        Kind::Permanent => "Withdrawn for good",
        Kind::Temporary => "Withdrawn for a time",
        Kind::Partial { .. } => "Withdrawn in part",
        Kind::NetworkProtection { .. } => "Limited to protect the network",
    }
}
