#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;

use super::*;
use crate::request::{Action, Call, Chat, Circumstances, Join, Mail, Print, Web, labels};

/// A pack of no clauses: enough for a schema.
const SETTINGS: &str = r#"
name = "x"
council = "X"
title = "X"
version = "1"
zone = "UTC"
default_edition = "all"
approval_chain = []
editions.all = { title = "All", audiences = ["officer"] }
audiences = { officer = ["users"], unknown = [] }
routes = {}
core_hours = { days = ["mon"], from = "09:00", to = "17:00" }
contacts = { desk = "d", telephone = "t", email = "e" }
mail = { recent_window_seconds = 1 }
web = { coach_minutes = 1, private_categories = [], never_opened = [], pass_when_unrecorded = [] }
parameters.limit = { value = 1, why = "y" }

[people]
posts = {}
services = {}
entry = {}
access = { provisioned_by = "d", expires_after_days = 1, clauses = [] }
acceptance = { statement = "s", due_within_days = 1, overdue_step_days = 1, days_after_return = 1, restricted_by = [], clauses = [] }
permissions = {}
delegation = { audiences = [], informed = "d", longest_days = 1, continuity_by = [], continuity_days = 1, clauses = [] }
mailboxes = { requested_by = [], checked_by = "d", min_administrators = 1, at_risk_working_days = 1, answer_working_days = 1, clauses = [] }

[people.withdrawal]
notified_by = {}
ordered_by = []
limited_by = []
councillor = { audience = "c", raised_by = "d", decided_by = "d", consulted = [], consultation_days = 1, clauses = [] }
clauses = []
"#;

fn requests() -> [Request; 10] {
    let mail = Mail {
        recipient: labels(["external"]),
        ..Mail::default()
    };
    let web = Web {
        categories: labels(["press"]),
        method: "GET".to_owned(),
        ..Web::default()
    };
    let call = Call {
        number: labels(["premium"]),
        ..Call::default()
    };
    [
        Activity::Send(mail.clone()),
        Activity::Receive(mail),
        Activity::Visit(web.clone()),
        Activity::Submit(web.clone()),
        Activity::Download(web),
        Activity::Call(call.clone()),
        Activity::Answer(call),
        Activity::Chat(Chat {
            recipient: labels(["external"]),
            ..Chat::default()
        }),
        Activity::Print(Print {
            job: labels(["colour"]),
            pages: 2,
        }),
        Activity::Join(Join {
            device: labels(["registered"]),
            network: labels(["wired"]),
        }),
    ]
    .map(|what| Request {
        who: Principal {
            granted: Some(labels(["email"])),
            ..Principal::default()
        },
        when: Circumstances::default(),
        what,
    })
}

/// Decisions skip Cedar's own check of the context; this is where it is made.
#[test]
fn every_context_and_entity_fits_the_schema() {
    let settings: Settings = toml::from_str(SETTINGS).unwrap();
    let schema = crate::compile::schema(&settings).unwrap();
    let names = Names::new().unwrap();
    for request in requests() {
        let resource = names.resource(&request.what);
        let action = names.action(&request.what).clone();
        let context = Context::from_pairs(attributes(&request.what, &request.when)).unwrap();
        CedarRequest::new(
            names.person.clone(),
            action,
            resource.clone(),
            context,
            Some(&schema),
        )
        .unwrap();
        for who in [&request.who, &Principal::default()] {
            let known = entities(&names, &settings, who).unwrap();
            let facts = known.iter().cloned().collect::<Vec<_>>();
            Entities::from_entities(facts, Some(&schema)).unwrap();
        }
    }
}

/// The memo's key is the whole request: so every fact a rule can read must be in the request.
#[test]
fn no_fact_is_missing_from_the_key() {
    let schema = include_str!("../schema.cedarschema");
    let attributes: BTreeSet<&str> = schema
        .lines()
        .filter_map(|line| {
            line.strip_prefix("  ")?
                .split_once(": ")
                .map(|(name, _)| name.trim_end_matches('?'))
        })
        .collect();
    assert!(attributes.len() > 25, "{attributes:?}");
    let mut keyed = BTreeSet::new();
    for request in requests() {
        let document = serde_json::to_value(request).unwrap();
        for part in ["who", "when", "what"] {
            keyed.extend(document[part].as_object().unwrap().keys().cloned());
        }
    }
    // Whether a category is known is read off the categories themselves.
    let missing: Vec<_> = attributes
        .iter()
        .filter(|name| !keyed.contains(**name) && **name != "category_known")
        .collect();
    assert!(
        missing.is_empty(),
        "rules can read {missing:?}, which no request holds"
    );
    assert_eq!(Action::ALL.len(), requests().len());
}
