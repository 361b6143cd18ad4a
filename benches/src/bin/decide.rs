//! `policy::decide` with the full Walsall pack, beside plain Cedar over the same policies.
//!
//! Fresh: every decision worked out. Replay: browsing as people browse (few kinds of sites, many
//! requests), with decisions remembered.

use std::error::Error;
use std::str::FromStr;
use std::sync::Arc;

use benches::{Samples, micros, pack_files};
use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityUid, PolicySet, Request as CedarRequest,
};
use policy::memo::Memo;
use policy::pack::Pack;
use policy::request::{
    Acceptance, Activity, Circumstances, Clock, Mail, Principal, Request, Web, labels,
};

const RUNS: usize = 5_000;
const REPLAY: usize = 1_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let files = pack_files("walsall");
    let pack = Arc::new(Pack::load(&files)?);
    println!("walsall: {} rules, one core\n", pack.rules().len());
    let requests = requests();
    let ours = Samples::take(RUNS, |i| drop(pack.decide(&requests[i % requests.len()])));
    println!("{}", ours.line("decide, worked out afresh"));
    for (name, request) in [("plain page", &requests[0]), ("busy message", &requests[5])] {
        let one = Samples::take(RUNS, |_| drop(pack.decide(request)));
        println!("{}", one.line(&format!("  of these, {name}")));
    }
    let plain = plain_cedar(&files)?;
    println!("{}", plain.line("plain Cedar, same policies in one set"));
    println!(
        "  ratio of medians: {:.1} times as fast as plain Cedar\n",
        plain.quantile(0.5).as_secs_f64() / ours.quantile(0.5).as_secs_f64()
    );
    replay(&pack);
    Ok(())
}

fn who(audience: &str) -> Principal {
    Principal {
        audience: audience.to_owned(),
        acceptance: Acceptance::Signed,
        ..Principal::default()
    }
}

fn requests() -> Vec<Request> {
    let when = Circumstances {
        clock: Clock::On,
        core_hours: true,
        permissions: labels([]),
    };
    let visit = |category: &str| Request {
        who: who("officer"),
        when: when.clone(),
        what: Activity::Visit(Web {
            categories: labels([category]),
            method: "GET".to_owned(),
            ..Web::default()
        }),
    };
    let mail = Mail {
        sender: labels(["internal"]),
        recipient: labels(["external"]),
        n_recipients: 3,
        n_external: 2,
        n_visible_external: 2,
        n_recent_external: 5,
        size_bytes: 120_000,
        largest_attachment_bytes: 80_000,
        attachments: labels(["document", "image"]),
        marks: labels(["reply", "no-signature-block"]),
        ..Mail::default()
    };
    vec![
        visit("press"),
        visit("webmail"),
        visit("shopping"),
        Request {
            who: who("councillor"),
            ..visit("press")
        },
        Request {
            who: who("officer"),
            when: when.clone(),
            what: Activity::Send(mail.clone()),
        },
        Request {
            who: who("officer"),
            when,
            what: Activity::Send(Mail {
                findings: labels([
                    "personal-data",
                    "political-advocacy",
                    "joke",
                    "order",
                    "insult",
                ]),
                marks: labels(["reply", "declared-personal", "bulk", "encrypted"]),
                attachments: labels(["executable", "encrypted-archive", "document"]),
                ..mail
            }),
        },
    ]
}

/// What one would write first: all policies in one set, context from JSON values, one call.
fn plain_cedar(
    files: &std::collections::BTreeMap<String, String>,
) -> Result<Samples, Box<dyn Error>> {
    let mut text = String::new();
    for (path, rules) in files {
        if path.ends_with(".cedar") {
            text += rules;
        }
    }
    let policies = PolicySet::from_str(&text)?;
    let person: EntityUid = r#"Person::"p""#.parse()?;
    let pack: EntityUid = r#"Pack::"this""#.parse()?;
    let parents = ["officer", "users", "workforce"]
        .iter()
        .map(|name| format!("Audience::\"{name}\"").parse().map_err(Box::new))
        .collect::<Result<_, Box<cedar_policy::ParseErrors>>>()?;
    let attributes = [
        (
            "audience".to_owned(),
            cedar_policy::RestrictedExpression::new_string("officer".to_owned()),
        ),
        (
            "acceptance".to_owned(),
            cedar_policy::RestrictedExpression::new_string("signed".to_owned()),
        ),
        (
            "withdrawn".to_owned(),
            cedar_policy::RestrictedExpression::new_set([]),
        ),
    ];
    let entities = Entities::from_entities(
        [
            Entity::new(person.clone(), attributes.into_iter().collect(), parents)?,
            Entity::new_no_attrs(pack, Default::default()),
        ],
        None,
    )?;
    let action: EntityUid = r#"Action::"visit""#.parse()?;
    let resource: EntityUid = r#"Page::"x""#.parse()?;
    let context = r#"{"clock":"on","core_hours":true,"permissions":[],"categories":["press"],"category_known":true,
        "method":"GET","site":[],"quota_spent":false,"bytes":0,"media":[],"findings":[],"suspicions":[]}"#;
    let authorizer = Authorizer::new();
    Ok(Samples::take(RUNS, |_| {
        if let Ok(context) = Context::from_json_str(context, None)
            && let Ok(request) = CedarRequest::new(
                person.clone(),
                action.clone(),
                resource.clone(),
                context,
                None,
            )
        {
            drop(authorizer.is_authorized(&request, &policies, &entities));
        }
    }))
}

/// Browsing: 400 people of two audiences, sites of 30 categories with a long tail, forty requests
/// to a page.
fn replay(pack: &Arc<Pack>) {
    let memo = Memo::new(pack.clone(), 16_384);
    let categories: Vec<String> = (0..30).map(|n| format!("category{n}")).collect();
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let started = std::time::Instant::now();
    let mut request = None;
    for i in 0..REPLAY {
        if i % 40 == 0 || request.is_none() {
            let draw = next();
            let category = &categories[((draw % 30) * (draw / 31 % 30) / 30) as usize];
            let audience = if draw % 12 == 0 {
                "councillor"
            } else {
                "officer"
            };
            let clock = [Clock::On, Clock::Off, Clock::Unknown][(draw / 7 % 3) as usize];
            request = Some((audience, category, clock));
        }
        if let Some((audience, category, clock)) = request {
            // The gate builds the facts anew for each request, so that is part of the cost.
            let facts = Request {
                who: who(audience),
                when: Circumstances {
                    clock,
                    core_hours: true,
                    permissions: labels([]),
                },
                what: Activity::Visit(Web {
                    categories: labels([category]),
                    method: "GET".to_owned(),
                    ..Web::default()
                }),
            };
            drop(memo.decide(&facts));
        }
    }
    let each = started.elapsed() / u32::try_from(REPLAY).unwrap_or(u32::MAX);
    println!(
        "{:<52} amortised {:>6.2} µs",
        format!("replay of {REPLAY} requests, remembered"),
        micros(each)
    );
}
