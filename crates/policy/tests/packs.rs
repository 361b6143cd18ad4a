//! The packs in this repository load, and their scenarios pass.
#![allow(clippy::unwrap_used, clippy::panic)]

mod packs_on_disk;

use std::collections::BTreeSet;

use packs_on_disk::{files, load, pack};
use policy::coverage::Coverage;
use policy::decision::Outcome;
use policy::pack::Pack;
use policy::request::{
    Activity, Circumstances, Clock, Labels, Mail, Principal, Request, Web, labels,
};

fn check(council: &str) {
    let coverage = Coverage::of(&pack(council));
    assert!(
        coverage.unproven.is_empty(),
        "{}",
        coverage.unproven.join("\n")
    );
}

#[test]
fn walsall() {
    check("walsall");
}

#[test]
fn halton() {
    check("halton");
}

#[test]
fn chorley() {
    check("chorley");
}

/// Rules that no case of any scenario fires.
fn silent_rules(pack: &Pack) -> Vec<&str> {
    let fired: BTreeSet<String> = pack
        .scenarios()
        .iter()
        .flat_map(|scenario| &scenario.cases)
        .flat_map(|case| pack.decide(&case.request).reasons)
        .map(|reason| reason.rule)
        .collect();
    let rules = pack.rules().iter().map(|rule| rule.id.as_str());
    rules.filter(|rule| !fired.contains(*rule)).collect()
}

// The rules listed here wait for another value of a parameter; tests below give it to them.
#[test]
fn every_rule_is_fired_by_a_scenario() {
    assert_eq!(silent_rules(&pack("halton")), ["signature-block-required"]);
    assert_eq!(
        silent_rules(&pack("chorley")),
        ["private-mail-refused-on-clock", "private-web-on-clock"]
    );
}

/// The council's pack with one value of `pack.toml` changed.
fn with_value(council: &str, parameter: &str, value: &str) -> Pack {
    let mut files = files(council);
    let settings = files.get_mut("pack.toml").unwrap();
    let at = settings
        .find(&format!("[parameters.{parameter}]"))
        .unwrap_or_else(|| panic!("no parameter `{parameter}`"));
    let from = at + settings[at..].find("value = ").unwrap();
    let to = from + settings[from..].find('\n').unwrap();
    settings.replace_range(from..to, &format!("value = {value}"));
    load(&files)
}

fn officer(clock: Clock, what: Activity) -> Request {
    Request {
        who: Principal {
            audience: "officer".to_owned(),
            ..Principal::default()
        },
        when: Circumstances {
            clock,
            ..Circumstances::default()
        },
        what,
    }
}

fn visit(category: &str) -> Activity {
    Activity::Visit(Web {
        categories: labels([category]),
        method: "GET".to_owned(),
        ..Web::default()
    })
}

fn outside(marks: Labels) -> Activity {
    Activity::Send(Mail {
        recipient: labels(["external"]),
        marks,
        ..Mail::default()
    })
}

#[track_caller]
fn comes_out(pack: &Pack, request: &Request, outcome: Outcome, clauses: &[&str]) {
    let decision = pack.decide(request);
    let standing: Vec<&str> = decision.standing().map(|r| r.clause.as_str()).collect();
    assert_eq!(decision.outcome, outcome, "{standing:?}");
    for clause in clauses {
        assert!(standing.contains(clause), "{clause} is not in {standing:?}");
    }
}

#[test]
fn halton_can_demand_the_signature_block() {
    let pack = with_value("halton", "signature_block", "\"hold\"");
    let without = officer(Clock::On, outside(labels(["no-signature-block"])));
    comes_out(&pack, &without, Outcome::Hold, &["halton-3.1.20"]);
    let with = officer(Clock::On, outside(labels([])));
    comes_out(&pack, &with, Outcome::Permit, &[]);
}

#[test]
fn halton_can_end_private_browsing_for_everybody() {
    let pack = with_value("halton", "private_web_offered", "false");
    for clock in [Clock::Off, Clock::Unknown, Clock::NotApplicable] {
        let request = officer(clock, visit("sports"));
        comes_out(&pack, &request, Outcome::Refuse, &["halton-3.1.12"]);
    }
    let work = officer(Clock::Off, visit("council-services"));
    comes_out(&pack, &work, Outcome::Permit, &[]);
}

#[test]
fn chorley_chooses_what_private_use_in_working_time_means() {
    let terms = ["chorley-4.5.e", "chorley-4.3.g"];
    let pack = with_value("chorley", "private_web_on_clock", "\"warn\"");
    let browsing = officer(Clock::On, visit("sports"));
    comes_out(&pack, &browsing, Outcome::Warn, &terms);
    let pack = with_value("chorley", "private_mail_on_clock", "\"refuse\"");
    let private = outside(labels(["declared-personal"]));
    let on = officer(Clock::On, private.clone());
    comes_out(&pack, &on, Outcome::Refuse, &terms);
    let unknown = officer(Clock::Unknown, private);
    comes_out(&pack, &unknown, Outcome::Permit, &terms[..1]);
}

// Rules cannot read a list from pack.toml, so they repeat it.
#[test]
fn rules_know_every_private_category() {
    for (council, clause) in [("halton", "halton-3.1.1"), ("chorley", "chorley-4.5.e")] {
        let pack = pack(council);
        for category in &pack.settings().web.private_categories {
            let request = officer(Clock::On, visit(category));
            comes_out(&pack, &request, Outcome::Refuse, &[clause]);
        }
    }
}
