//! What a pack says in words, and where its editions part.
#![allow(clippy::unwrap_used)]

mod packs_on_disk;

use std::collections::BTreeSet;

use packs_on_disk::pack;
use policy::request::{
    Acceptance, Activity, Circumstances, Clock, Identity, Mail, Principal, Request, Web,
};
use policy::vocabulary::{LABELS, Set};

/// Clause 6.2.5 wants five things said to whoever gets mail from the council.
#[test]
fn the_disclaimer_says_all_five_things() {
    let walsall = pack("walsall");
    let disclaimer = walsall.settings().mail.disclaimer.as_ref().unwrap();
    for text in [&disclaimer.plain, &disclaimer.html] {
        let text = text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase();
        for (element, words) in [
            ("confidentiality", &["confidential"][..]),
            ("error", &["mistake", "error"]),
            ("personal views", &["views"]),
            ("interception", &["intercept", "read by others", "monitor"]),
            ("disclosure", &["disclose"]),
        ] {
            assert!(
                words.iter().any(|word| text.contains(word)),
                "{element} is missing: {text}"
            );
        }
    }
}

/// The printed policy has no text at this number; it is kept so that citations stay aligned.
#[test]
fn nothing_rests_on_the_reserved_number() {
    let halton = pack("halton");
    assert!(halton.clause("halton-3.2.1").is_some());
    let cites = |rule: &policy::rule::Rule| {
        rule.clauses
            .iter()
            .chain(&rule.releases)
            .any(|clause| clause.as_str() == "halton-3.2.1")
    };
    assert!(!halton.rules().iter().any(cites));
}

/// Members and officers are told apart by what the report names, and by nothing else: politics, the
/// clock, private use that hangs on it, and the track a breach takes.
#[test]
fn chorleys_editions_part_where_the_policy_says() {
    let chorley = pack("chorley");
    let named = [
        "chorley-4.3.d",
        "chorley-4.3.e",
        "chorley-4.3.f",
        "chorley-4.3.g",
        "chorley-4.5.e",
    ];
    let mut parted = BTreeSet::new();
    for what in activities() {
        let decide = |audience: &str, clock| {
            let request = Request {
                who: Principal {
                    audience: audience.to_owned(),
                    acceptance: Acceptance::Signed,
                    ..Principal::default()
                },
                when: Circumstances {
                    clock,
                    core_hours: true,
                    ..Circumstances::default()
                },
                what: what.clone(),
            };
            let decision = chorley.decide(&request);
            let reasons = decision
                .reasons
                .iter()
                .map(|r| (r.clause.to_string(), r.outcome));
            reasons.collect::<BTreeSet<_>>()
        };
        for clock in [Clock::On, Clock::Off, Clock::Unknown] {
            let (officer, member) = (
                decide("officer", clock),
                decide("councillor", Clock::NotApplicable),
            );
            parted.extend(
                officer
                    .symmetric_difference(&member)
                    .map(|(clause, _)| clause.clone()),
            );
        }
    }
    let elsewhere: Vec<_> = parted
        .iter()
        .filter(|clause| !named.contains(&clause.as_str()))
        .collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
    assert!(parted.len() >= 4, "{parted:?}");
    assert_ne!(
        chorley.breach_route("officer"),
        chorley.breach_route("councillor")
    );
}

/// Every label once, as mail and as pages of every category the pack calls private.
fn activities() -> Vec<Activity> {
    let mut activities = Vec::new();
    let of = |set: Set| {
        LABELS
            .iter()
            .filter(move |label| label.set == set)
            .map(|label| label.name.to_owned())
    };
    let mail = Mail {
        recipient: ["external".to_owned()].into(),
        identity: Identity::Own,
        n_recipients: 1,
        n_external: 1,
        n_recent_external: 1_000,
        n_visible_external: 1,
        ..Mail::default()
    };
    for finding in of(Set::Finding) {
        activities.push(Activity::Send(Mail {
            findings: [finding].into(),
            ..mail.clone()
        }));
    }
    for mark in of(Set::Mark) {
        activities.push(Activity::Send(Mail {
            marks: [mark].into(),
            ..mail.clone()
        }));
    }
    let categories = pack("chorley").settings().web.private_categories.clone();
    for category in categories
        .into_iter()
        .chain(["webmail".to_owned(), "malware".to_owned()])
    {
        let web = Web {
            categories: [category].into(),
            method: "GET".to_owned(),
            ..Web::default()
        };
        activities.push(Activity::Visit(web.clone()));
        for finding in of(Set::Finding) {
            let findings = [finding].into();
            activities.push(Activity::Submit(Web {
                method: "POST".to_owned(),
                findings,
                ..web.clone()
            }));
        }
    }
    activities
}
