//! Where the three councils contradict each other, one engine gives three answers.
//!
//! Each test takes one matter on which the adopted policies differ and puts the same request to
//! all three packs. Where a council is silent its answer is a plain permit.
#![allow(clippy::unwrap_used, clippy::panic)]

mod packs_on_disk;

use std::sync::LazyLock;

use policy::decision::{Decision, Outcome};
use policy::pack::Pack;
use policy::request::Request;
use serde_json::{Value, json};

static CHORLEY: LazyLock<Pack> = LazyLock::new(|| packs_on_disk::pack("chorley"));
static HALTON: LazyLock<Pack> = LazyLock::new(|| packs_on_disk::pack("halton"));
static WALSALL: LazyLock<Pack> = LazyLock::new(|| packs_on_disk::pack("walsall"));

/// What one council is expected to answer.
enum Answer {
    /// This outcome, with these clauses (numbers only) and obligations among those that stand.
    Says(Outcome, &'static [&'static str], &'static [&'static str]),
    /// Nothing: the policy does not speak of it.
    Silent,
}

use Answer::{Says, Silent};
use Outcome::{Hold, Permit, Refuse, Warn};

/// Puts one request to all three councils.
#[track_caller]
fn check(request: &Value, chorley: &Answer, halton: &Answer, walsall: &Answer) {
    let request: Request = serde_json::from_value(request.clone()).unwrap();
    let asked = [
        (&*CHORLEY, chorley),
        (&*HALTON, halton),
        (&*WALSALL, walsall),
    ];
    for (pack, expected) in asked {
        let decision = pack.decide(&request);
        let council = &pack.settings().name;
        let (clauses, obligations) = spoken(&decision);
        assert_eq!(decision.unevaluated, [""; 0], "{council}");
        match expected {
            Says(outcome, among, duties) => {
                assert_eq!(decision.outcome, *outcome, "{council}: {clauses:?}");
                for clause in *among {
                    assert!(
                        clauses.iter().any(|spoke| spoke == clause),
                        "{council}: {clause} is not in {clauses:?}"
                    );
                }
                for duty in *duties {
                    assert!(
                        obligations.iter().any(|due| due == duty),
                        "{council}: {duty} is not in {obligations:?}"
                    );
                }
            }
            Silent => {
                assert_eq!(decision.outcome, Permit, "{council}: {clauses:?}");
                assert_eq!(clauses, [""; 0], "{council}");
            }
        }
    }
}

/// Numbers of the clauses that stand, and obligations. Walsall's disclaimer is on all mail that
/// leaves, whatever it says, so only the test of message endings looks at it.
fn spoken(decision: &Decision) -> (Vec<String>, Vec<String>) {
    let clauses = decision
        .standing()
        .filter(|reason| reason.rule != "disclaimer")
        .map(|reason| reason.clause.number().to_owned())
        .collect();
    let obligations = decision
        .obligations
        .iter()
        .map(ToString::to_string)
        .collect();
    (clauses, obligations)
}

/// Changes some keys of a request; tables merge.
fn with(request: &Value, change: Value) -> Value {
    fn overlay(under: &mut Value, over: Value) {
        match (under, over) {
            (Value::Object(under), Value::Object(over)) => {
                for (key, value) in over {
                    overlay(under.entry(key).or_insert(Value::Null), value);
                }
            }
            (under, over) => *under = over,
        }
    }
    let mut changed = request.clone();
    overlay(&mut changed, change);
    changed
}

#[test]
fn row_1_private_use_of_council_mail() {
    let mail = json!({
        "action": "send",
        "who": { "audience": "officer", "acceptance": "signed" },
        "when": { "clock": "on" },
        "what": { "recipient": ["external"], "marks": ["declared-personal"] },
    });
    check(
        &mail,
        &Says(Warn, &["4.5.e", "4.3.g"], &["count:private-mail"]),
        &Says(Refuse, &["3.1.2"], &[]),
        &Says(Permit, &["5.1.5"], &["count:personal-mail"]),
    );
    check(
        &with(&mail, json!({ "when": { "clock": "off" } })),
        &Says(Permit, &["4.5.e"], &["count:private-mail"]),
        &Says(Refuse, &["3.1.2"], &[]),
        &Silent,
    );
}

#[test]
fn row_2_private_web_in_work_time() {
    let page = json!({
        "action": "visit",
        "who": { "audience": "officer", "acceptance": "signed" },
        "when": { "clock": "on" },
        "what": { "method": "GET", "categories": ["shopping"] },
    });
    check(
        &page,
        &Says(Refuse, &["4.3.g"], &[]),
        &Says(Refuse, &["3.1.1"], &[]),
        &Says(Permit, &["5.1.3"], &["count:private-web"]),
    );
    // Halton looks at consent in work time, and at the day's minutes only in own time; Walsall at
    // excess in work time; Chorley at neither.
    check(
        &with(
            &page,
            json!({ "when": { "clock": "off" }, "what": { "quota_spent": true } }),
        ),
        &Says(Permit, &["4.5.e"], &[]),
        &Says(Refuse, &["3.1.3"], &[]),
        &Silent,
    );
    check(
        &with(&page, json!({ "what": { "quota_spent": true } })),
        &Says(Refuse, &["4.3.g"], &[]),
        &Says(Refuse, &["3.1.1"], &[]),
        &Says(Warn, &["7.2.3.b"], &[]),
    );
}

#[test]
fn row_3_private_web_off_the_clock() {
    let page = json!({
        "action": "visit",
        "who": { "audience": "officer", "acceptance": "signed" },
        "when": { "clock": "off" },
        "what": { "method": "GET", "categories": ["sports"] },
    });
    check(
        &page,
        &Says(Permit, &["4.5.e"], &["count:private-web"]),
        &Says(Permit, &["3.1.3"], &["count:private-web"]),
        &Silent,
    );
    // A privilege can be withdrawn; what is no privilege cannot.
    check(
        &with(&page, json!({ "who": { "withdrawn": ["private-web"] } })),
        &Says(Permit, &["4.5.e"], &[]),
        &Says(Refuse, &["3.1.12"], &[]),
        &Silent,
    );
    // No clock feed: nobody is held to it.
    check(
        &with(&page, json!({ "when": { "clock": "unknown" } })),
        &Silent,
        &Silent,
        &Silent,
    );
}

#[test]
fn row_4_councillors() {
    let mail = json!({
        "action": "send",
        "who": { "audience": "councillor", "acceptance": "signed" },
        "when": { "clock": "not-applicable" },
        "what": { "recipient": ["external"], "marks": ["declared-personal"] },
    });
    check(
        &mail,
        &Says(Permit, &["4.5.e"], &["count:private-mail"]),
        &Says(Refuse, &["3.1.2"], &[]),
        &Silent,
    );
    let editions = |audience| [&CHORLEY, &HALTON, &WALSALL].map(|pack| pack.edition_of(audience));
    assert_eq!(editions("officer"), ["officers", "staff", "officers"]);
    assert_eq!(editions("councillor"), ["members", "staff", "councillors"]);
    for pack in [&CHORLEY, &HALTON, &WALSALL] {
        assert_eq!(pack.settings().unclocked, ["councillor"]);
    }
    // Even a clock that says something says nothing about a member of Chorley.
    let page = json!({
        "action": "visit",
        "who": { "audience": "councillor", "acceptance": "signed" },
        "when": { "clock": "on" },
        "what": { "method": "GET", "categories": ["social_networks"] },
    });
    check(
        &page,
        &Says(Permit, &["4.5.e"], &[]),
        &Says(Refuse, &["3.1.1"], &[]),
        &Silent,
    );
}

#[test]
fn row_5_political_use() {
    let mail = json!({
        "action": "send",
        "who": { "audience": "officer", "acceptance": "signed" },
        "what": {
            "recipient": ["external"], "n_external": 10, "n_recent_external": 60,
            "findings": ["political-advocacy"],
        },
    });
    check(
        &mail,
        &Says(Permit, &["4.3.d"], &["incident:low"]),
        &Silent,
        &Says(Permit, &["7.2.9"], &["incident:low"]),
    );
    let by_councillor = with(&mail, json!({ "who": { "audience": "councillor" } }));
    check(
        &by_councillor,
        &Says(Refuse, &["4.3.f"], &[]),
        &Silent,
        &Silent,
    );
    let within_the_group = with(
        &by_councillor,
        json!({ "what": { "recipient": ["internal", "political-group"], "n_external": 0 } }),
    );
    check(
        &within_the_group,
        &Says(Permit, &["4.3.e"], &["count:group-communication"]),
        &Silent,
        &Silent,
    );
}

#[test]
fn row_6_the_track_a_breach_takes() {
    let routes = |audience| {
        [&CHORLEY, &HALTON, &WALSALL].map(|pack| pack.breach_route(audience).unwrap_or("none"))
    };
    assert_eq!(routes("officer"), ["disciplinary-procedure"; 3]);
    assert_eq!(
        routes("councillor"),
        [
            "code-of-conduct",
            "disciplinary-procedure",
            "monitoring-officer-and-chief-executive"
        ]
    );
    assert_eq!(routes("unknown"), ["none"; 3]);
}

#[test]
fn row_7_who_agrees_to_the_policy() {
    let chain = |pack: &Pack| pack.settings().approval_chain.join(" > ");
    assert_eq!(
        chain(&CHORLEY),
        "standards-committee > staff-matters > executive-cabinet"
    );
    assert_eq!(chain(&HALTON), "");
    assert_eq!(
        chain(&WALSALL),
        "SLT > employee-relations-forum > standards-committee"
    );
}

#[test]
fn row_12_personal_webmail() {
    let page = json!({
        "action": "visit",
        "who": { "audience": "officer", "acceptance": "signed" },
        "when": { "clock": "on" },
        "what": { "method": "GET", "categories": ["webmail"] },
    });
    check(
        &page,
        &Silent,
        &Says(Refuse, &["3.1.1"], &[]),
        &Says(Refuse, &["7.2.16"], &[]),
    );
    check(
        &with(&page, json!({ "what": { "site": ["mobile-device"] } })),
        &Silent,
        &Says(Refuse, &["3.3.1.b"], &[]),
        &Says(Refuse, &["7.2.16"], &[]),
    );
    // Halton's answer turns on the clock, Walsall's on IT's approval and on the audience.
    check(
        &with(&page, json!({ "when": { "clock": "off" } })),
        &Silent,
        &Silent,
        &Says(Refuse, &["7.2.16"], &[]),
    );
    check(
        &with(
            &page,
            json!({ "when": { "permissions": ["personal-webmail"] } }),
        ),
        &Silent,
        &Says(Refuse, &["3.1.1"], &[]),
        &Says(Permit, &["7.2.16"], &[]),
    );
    let councillor = json!({
        "who": { "audience": "councillor" },
        "when": { "clock": "not-applicable" },
    });
    check(&with(&page, councillor), &Silent, &Silent, &Silent);
}

#[test]
fn row_13_buying() {
    let checkout = json!({
        "action": "submit",
        "who": { "audience": "officer", "acceptance": "signed" },
        "when": { "clock": "off" },
        "what": {
            "method": "POST", "categories": ["shopping"],
            "findings": ["checkout", "council-address"],
        },
    });
    check(
        &checkout,
        &Says(Refuse, &["4.5.h"], &[]),
        &Says(Warn, &["4.b", "3.1.26"], &["incident:low"]),
        &Says(Refuse, &["7.5.1.a", "7.5.2"], &[]),
    );
    // With an address of one's own, Chorley has nothing against it.
    check(
        &with(&checkout, json!({ "what": { "findings": ["checkout"] } })),
        &Silent,
        &Says(Warn, &["4.b"], &[]),
        &Says(Refuse, &["7.5.2"], &[]),
    );
    // An order by mail waits everywhere, each time for another permission.
    let order = json!({
        "action": "send",
        "who": { "audience": "officer", "acceptance": "signed" },
        "what": { "recipient": ["external"], "findings": ["order"] },
    });
    check(
        &order,
        &Says(Hold, &["4.5.b.2"], &[]),
        &Says(Hold, &["3.1.17.a"], &[]),
        &Says(Hold, &["6.6.1.a"], &[]),
    );
    check(
        &with(
            &order,
            json!({ "when": { "permissions": ["council-order"] } }),
        ),
        &Says(Hold, &["4.5.b.2"], &[]),
        &Says(Hold, &["3.1.17.a"], &[]),
        &Says(Permit, &["6.6.1.a"], &[]),
    );
}

#[test]
fn row_14_software_downloads() {
    let download = json!({
        "action": "download",
        "who": { "audience": "officer", "acceptance": "signed" },
        "what": { "method": "GET", "media": ["executable"] },
    });
    let signed = |permission: &str| {
        with(
            &download,
            json!({ "when": { "permissions": [permission] } }),
        )
    };
    check(
        &download,
        &Silent,
        &Says(Refuse, &["3.1.15"], &[]),
        &Says(Refuse, &["7.4.2"], &[]),
    );
    // The head of IT's signature alone is enough for Walsall and half of what Halton asks.
    check(
        &signed("software-download"),
        &Silent,
        &Says(Refuse, &["3.1.15"], &[]),
        &Says(Permit, &["7.4.2"], &[]),
    );
    check(
        &signed("copyright-copy"),
        &Silent,
        &Says(Permit, &["3.1.15"], &[]),
        &Says(Refuse, &["7.4.2"], &[]),
    );
}

#[test]
fn row_19_sensitive_mail() {
    let mail = json!({
        "action": "send",
        "who": { "audience": "officer", "acceptance": "signed" },
        "what": { "recipient": ["external"], "findings": ["special-category"] },
    });
    check(
        &mail,
        &Says(Hold, &["4.5.d"], &[]),
        &Says(Hold, &["3.1.24.a"], &[]),
        &Says(Hold, &["6.5.1.b"], &[]),
    );
    // Advice is what Chorley asks for; Halton still encrypts; Walsall asks who may know.
    let advised = with(
        &mail,
        json!({ "when": { "permissions": ["sensitive-mail"] } }),
    );
    check(
        &advised,
        &Says(Permit, &["4.5.d"], &[]),
        &Says(Permit, &["3.1.24.a"], &["encrypt"]),
        &Says(Hold, &["6.5.1.b"], &[]),
    );
    let request: Request = serde_json::from_value(advised).unwrap();
    assert_eq!(spoken(&CHORLEY.decide(&request)).1, [""; 0]);
    // Chorley's secure connection carries everything to its addresses; the others look inside.
    let plain = with(
        &mail,
        json!({ "what": { "recipient": ["external", "secure"], "findings": [] } }),
    );
    check(
        &plain,
        &Says(Permit, &["4.2.c"], &["encrypt"]),
        &Silent,
        &Silent,
    );
}

#[test]
fn row_20_how_a_message_ends() {
    let mail = json!({
        "action": "send",
        "who": { "audience": "officer", "acceptance": "signed" },
        "what": { "recipient": ["external"], "marks": ["no-signature-block"] },
    });
    let request: Request = serde_json::from_value(mail.clone()).unwrap();
    check(&mail, &Silent, &Says(Warn, &["3.1.20"], &[]), &Silent);
    let obligations = |pack: &Pack| spoken(&pack.decide(&request)).1;
    assert_eq!(obligations(&CHORLEY), [""; 0]);
    assert_eq!(obligations(&HALTON), [""; 0]);
    assert_eq!(obligations(&WALSALL), ["disclaimer"]);
    let has = |pack: &Pack| {
        let mail = &pack.settings().mail;
        (!mail.signature_fields.is_empty(), mail.disclaimer.is_some())
    };
    assert_eq!(has(&CHORLEY), (false, false));
    assert_eq!(has(&HALTON), (true, false));
    assert_eq!(has(&WALSALL), (false, true));
}
