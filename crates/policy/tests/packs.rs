//! The packs in this repository load, and their scenarios pass.
#![allow(clippy::unwrap_used, clippy::panic)]

mod packs_on_disk;

use std::collections::BTreeSet;

use packs_on_disk::{files, load, pack};
use policy::coverage::Coverage;
use policy::decision::{Decision, Outcome, Tier};
use policy::pack::Pack;
use policy::request::{
    Acceptance, Activity, Circumstances, Clock, Labels, Mail, Principal, Request, Web, labels,
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
    assert_eq!(silent_rules(&pack("walsall")), [""; 0]);
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
    let standing: BTreeSet<&str> = decision.standing().map(|r| r.clause.as_str()).collect();
    let expected: BTreeSet<&str> = clauses.iter().copied().collect();
    assert_eq!((decision.outcome, standing), (outcome, expected));
    let mut forbidding = decision
        .standing()
        .filter(|reason| reason.outcome != Outcome::Permit);
    let first = forbidding.next().map(|reason| &reason.rule);
    assert!(
        forbidding.all(|reason| Some(&reason.rule) == first),
        "one rule at a time"
    );
}

#[test]
fn halton_can_demand_the_signature_block() {
    let pack = with_value("halton", "signature_block", "\"hold\"");
    let without = officer(Clock::On, outside(labels(["no-signature-block"])));
    comes_out(&pack, &without, Outcome::Hold, &["halton-3.1.20"]);
    let with = officer(Clock::On, outside(labels([])));
    comes_out(&pack, &with, Outcome::Permit, &[]);
    let inside = Activity::Send(Mail {
        recipient: labels(["internal"]),
        marks: labels(["no-signature-block"]),
        ..Mail::default()
    });
    comes_out(&pack, &officer(Clock::On, inside), Outcome::Permit, &[]);
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
    let unknown = officer(Clock::Unknown, visit("sports"));
    comes_out(&pack, &unknown, Outcome::Permit, &[]);
    let pack = with_value("chorley", "private_mail_on_clock", "\"refuse\"");
    let private = outside(labels(["declared-personal"]));
    let on = officer(Clock::On, private.clone());
    comes_out(&pack, &on, Outcome::Refuse, &terms);
    let unknown = officer(Clock::Unknown, private);
    comes_out(&pack, &unknown, Outcome::Permit, &terms[..1]);
    let ordinary = officer(Clock::On, outside(labels([])));
    comes_out(&pack, &ordinary, Outcome::Permit, &[]);
}

// Rules cannot read a list from pack.toml, so they repeat it.
#[test]
fn rules_know_every_private_category() {
    let (halton, chorley) = (pack("halton"), pack("chorley"));
    for category in &halton.settings().web.private_categories {
        let request = officer(Clock::On, visit(category));
        comes_out(&halton, &request, Outcome::Refuse, &["halton-3.1.1"]);
        let request = officer(Clock::Off, visit(category));
        comes_out(
            &halton,
            &request,
            Outcome::Permit,
            &["halton-3.1.3", "halton-2.d"],
        );
    }
    for category in &chorley.settings().web.private_categories {
        let request = officer(Clock::On, visit(category));
        let clauses = ["chorley-4.5.e", "chorley-4.3.g"];
        comes_out(&chorley, &request, Outcome::Refuse, &clauses);
        let request = officer(Clock::Off, visit(category));
        comes_out(&chorley, &request, Outcome::Permit, &clauses[..1]);
    }
}

/// Whatever a scenario asks of one audience comes out the same for the others, unless this clause
/// has a part in it.
#[track_caller]
fn decides_alike(council: &str, audiences: &[&str], apart_from: &str) {
    let pack = pack(council);
    let cases = pack.scenarios().iter().flat_map(|scenario| &scenario.cases);
    for case in cases.filter(|case| audiences.contains(&case.request.who.audience.as_str())) {
        let decide = |audience: &&str| {
            let mut request = case.request.clone();
            request.who.audience = (*audience).to_owned();
            pack.decide(&request)
        };
        let decisions: Vec<Decision> = audiences.iter().map(decide).collect();
        let cites = |decision: &Decision| {
            let mut clauses = decision.reasons.iter().map(|reason| reason.clause.as_str());
            clauses.any(|clause| clause == apart_from)
        };
        if !decisions.iter().any(cites) {
            for decision in &decisions {
                assert_eq!(*decision, decisions[0], "{:?}", case.request);
            }
        }
    }
}

#[test]
fn halton_has_one_text_for_everybody() {
    let pack = pack("halton");
    let audiences: Vec<&str> = pack
        .settings()
        .audiences
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(audiences.len(), 9);
    decides_alike("halton", &audiences, "");
}

// A person we cannot name falls under the officers' edition, but may not be staff.
#[test]
fn chorley_knows_no_politics_of_people_it_cannot_name() {
    decides_alike("chorley", &["officer", "unknown"], "chorley-4.3.d");
}

#[test]
fn the_law_and_withdrawals_stand_above_permissions() {
    let pack = pack("halton");
    let leading = |withdrawn, category| {
        let mut request = officer(Clock::Off, visit(category));
        request.who.withdrawn = withdrawn;
        pack.decide(&request).leading().map(|reason| reason.tier)
    };
    assert_eq!(leading(labels([]), "extremism"), Some(Tier::LegalStop));
    assert_eq!(leading(labels([]), "illegal"), Some(Tier::LegalStop));
    let withdrawn = Some(Tier::Withdrawal);
    assert_eq!(leading(labels(["web"]), "press"), withdrawn);
    assert_eq!(leading(labels(["private-web"]), "sports"), withdrawn);
    assert_eq!(leading(labels(["streaming"]), "radio"), withdrawn);
}

/// Three things may shut a service, and each is told in its own words: what was lost outranks what was
/// never had, and asking comes before signing.
#[test]
fn unsigned_not_granted_and_withdrawn_are_told_apart() {
    const UNSIGNED: &str = "read and sign the ";
    const NOT_GRANTED: &str = "yet, or ";
    for council in ["walsall", "halton", "chorley"] {
        let pack = pack(council);
        for what in [visit("press"), outside(labels([]))] {
            let told = |granted: Option<Labels>, acceptance, withdrawn| {
                let mut request = officer(Clock::Off, what.clone());
                request.who.granted = granted;
                request.who.acceptance = acceptance;
                request.who.withdrawn = withdrawn;
                let decision = pack.decide(&request);
                let refusing = decision
                    .standing()
                    .filter(|reason| reason.outcome == Outcome::Refuse);
                let mut said: Vec<String> = refusing.filter_map(|r| r.notice.clone()).collect();
                said.dedup();
                said
            };
            let (none, all) = (Some(labels([])), labels(["all"]));
            let both = told(none.clone(), Acceptance::None, labels([]));
            assert_eq!(both.len(), 2, "{both:?}");
            assert!(
                both[0].contains(NOT_GRANTED) && both[1].contains(UNSIGNED),
                "{both:?}"
            );
            let new = told(none.clone(), Acceptance::Signed, labels([]));
            assert_eq!(new, both[..1]);
            for word in ["withdrawn", "ended", "Refused"] {
                assert!(!new[0].contains(word), "{council}: {}", new[0]);
            }
            // Longer ones are cut where mail is refused.
            assert!(new[0].chars().count() <= 230, "{council}: {}", new[0]);
            let unsigned = told(None, Acceptance::None, labels([]));
            assert_eq!(unsigned, both[1..]);
            let lost = told(none, Acceptance::Signed, all.clone());
            assert_eq!(lost, told(None, Acceptance::Signed, all), "{council}");
            assert_eq!(lost.len(), 1, "{council}: {lost:?}");
        }
    }
}

/// A clause may name a test as its proof only if that test is there.
#[test]
fn every_test_a_clause_names_exists() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &str| std::fs::read_to_string(root.join(path)).ok();
    for council in ["walsall", "halton", "chorley"] {
        let pack = packs_on_disk::pack(council);
        let mut coverage = Coverage::of(&pack);
        coverage.look_for_tests(&pack, read);
        assert_eq!(coverage.unproven, [""; 0]);
    }
}

#[test]
fn a_named_test_that_is_not_there_is_a_claim_without_proof() {
    let pack = pack("chorley");
    let named: Vec<&String> = pack.clauses().iter().flat_map(|c| &c.tests).collect();
    let coverage = Coverage::of(&pack);
    let missed = |read: &dyn Fn(&str) -> Option<String>| {
        let mut coverage = coverage.clone();
        coverage.look_for_tests(&pack, read);
        coverage.unproven
    };
    assert_eq!(missed(&|_| None).len(), named.len());
    // The file is there, and the function has another name.
    let renamed = missed(&|_| Some("fn chorleys_editions_part_where_it_says() {".to_owned()));
    assert_eq!(renamed.len(), named.len());
    assert!(renamed[0].contains(named[0].as_str()), "{}", renamed[0]);
    let all = missed(&|_| {
        let functions = named.iter().filter_map(|test| test.split_once("::"));
        Some(
            functions
                .map(|(_, name)| format!("fn {name}() {{}}\n"))
                .collect(),
        )
    });
    assert_eq!(all, [""; 0]);
}

/// One test, or several.
#[test]
fn a_clause_names_its_tests() {
    let clause = |test: &str| {
        let text = format!(
            "id = \"x-1\"\ntitle = \"t\"\ngist = \"g\"\naudience = []\nchannel = \"web\"\n\
             control = \"RECORD\"\nhow = \"h\"\n{test}\n"
        );
        toml::from_str::<policy::clause::Clause>(&text)
    };
    assert_eq!(clause("").unwrap().tests, [""; 0]);
    assert_eq!(clause("test = \"a::b\"").unwrap().tests, ["a::b"]);
    assert_eq!(
        clause("test = [\"a::b\", \"c\"]").unwrap().tests,
        ["a::b", "c"]
    );
    assert!(clause("test = 1").is_err());
    assert!(clause("tests = [\"a\"]").is_err());
}

/// Every clause on mail and pages that asks to prevent, to detect or to permit has its rule, except
/// where only something else can meet it.
#[test]
fn clauses_about_mail_and_pages_have_rules() {
    use policy::clause::Control;
    // Only the firewall can see to it that there is no other way to the internet.
    let elsewhere = ["walsall-7.1.1"];
    for council in ["walsall", "halton", "chorley"] {
        let pack = pack(council);
        for clause in pack.clauses() {
            let asks = matches!(
                clause.control,
                Control::Prevent | Control::Detect | Control::Permit
            );
            let ours = matches!(clause.channel.as_str(), "email" | "web");
            let ruled = pack
                .rules()
                .iter()
                .any(|rule| rule.clauses.contains(&clause.id));
            let excepted = elsewhere.contains(&clause.id.as_str());
            assert!(!asks || !ours || ruled != excepted, "{}", clause.id);
        }
    }
}
