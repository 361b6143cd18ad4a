//! Permissions: who decides, how little and how long, and how they end.
#![allow(clippy::unwrap_used, clippy::panic)]

mod council;

use council::{Council, act, council, hour, person, told};
use matters::machine::{Machine, Refused};
use matters::permission::{Narrowed, Opening, Permission, State, Step, When};
use proptest::prelude::*;

const DAY: i64 = 24;

fn scope_of(kind: &str) -> Vec<String> {
    let scope = match kind {
        "blog" => "Blogs.Example.ORG.",
        "copyright-copy" => "Map of 1911",
        "bulk-mail" => "example.net",
        _ => return Vec::new(),
    };
    vec![scope.to_owned()]
}

fn opening(kind: &str, who: &str, from: i64, until: i64) -> Opening {
    Opening {
        person: person(who),
        kind: kind.to_owned(),
        scope: scope_of(kind),
        why: "for work".to_owned(),
        when: When::Ahead {
            from: hour(from),
            until: hour(until),
        },
    }
}

/// Asked for by the person at hour 0, for a day that begins at once.
fn asked(council: &Council, kind: &str, who: &str) -> Permission {
    let opening = opening(kind, who, 0, DAY);
    council.open(opening, who, 0).unwrap().matter
}

fn approve() -> Step {
    Step::Approve {
        narrowed: Narrowed::default(),
    }
}

fn advise() -> Step {
    let method = "by the secure route".to_owned();
    Step::Advise { method }
}

fn use_for(what: &str) -> Step {
    let what = what.to_owned();
    Step::Use { what }
}

/// Each signs in turn; the states after each, or `-` where it was refused.
fn check_signing(kind: &str, who: &str, signers: &[&str], states: &[&str]) {
    let council = council();
    let mut permission = asked(&council, kind, who);
    let mut after = Vec::new();
    for signer in signers {
        let step = match signer.strip_prefix('!') {
            Some(_) => advise(),
            None => approve(),
        };
        let signer = signer.trim_start_matches('!');
        after.push(match council.take(&permission, step, signer, 1) {
            Ok(taken) => {
                permission = taken.matter;
                permission.state()
            }
            Err(_) => "-",
        });
    }
    assert_eq!(after, states, "{kind} for {who}, signed by {signers:?}");
}

#[test]
fn those_the_pack_names_decide_and_nobody_decides_for_themselves() {
    check_signing("blog", "mia", &["adit"], &["active"]);
    check_signing("blog", "mia", &["lou", "mia", "mo"], &["-", "-", "-"]);
    check_signing("blog", "adit", &["adit", "mo"], &["-", "active"]); // the alternate
    check_signing("forum-post", "mia", &["dan", "lou"], &["-", "active"]);
    check_signing("forum-post", "solo", &["solo", "dan"], &["-", "-"]); // their own manager
    check_signing("forum-post", "pat", &["quin"], &["active"]); // managers of one another
    check_signing(
        "bulk-mail",
        "mia",
        &["!desk", "dan"],
        &["advised", "active"],
    );
    check_signing(
        "bulk-mail",
        "mia",
        &["!desk", "adit"],
        &["advised", "active"],
    );
    check_signing("bulk-mail", "bo", &["!desk", "dan"], &["advised", "-"]); // not of dan's unit
    check_signing("bulk-mail", "desk", &["!desk", "!dora"], &["-", "advised"]);
    check_signing("bulk-mail", "mia", &["adit", "!adit"], &["-", "-"]); // advice comes first
    check_signing("sensitive-mail", "mia", &["!desk"], &["active"]); // advice is all it needs
    check_signing("sensitive-mail", "mia", &["desk", "adit"], &["-", "-"]);
    check_signing(
        "public-protection-account",
        "dan",
        &["dan", "adit"],
        &["-", "-"],
    ); // no alternate
}

#[test]
fn two_signatures_are_of_two_people() {
    let kind = "copyright-copy";
    check_signing(kind, "mia", &["lou", "seb"], &["requested", "active"]);
    check_signing(kind, "mia", &["seb", "lou"], &["requested", "active"]);
    check_signing(kind, "mia", &["lou", "lou"], &["requested", "-"]);
    check_signing(
        kind,
        "mia",
        &["seb", "bo", "lou"],
        &["requested", "-", "active"],
    ); // one post twice
    // bo is ned's manager and ICT security: either signature, not both, in either order.
    check_signing(kind, "ned", &["bo", "bo"], &["requested", "-"]);
    check_signing(kind, "ned", &["bo", "seb"], &["requested", "active"]);
    check_signing(kind, "ned", &["seb", "bo"], &["requested", "active"]);
    check_signing(
        kind,
        "bo",
        &["bo", "seb", "adit"],
        &["-", "requested", "active"],
    );
}

#[test]
fn the_alternate_signs_where_the_only_other_holder_has_signed() {
    let mut council = council();
    council.end("ict-security", "seb", 0);
    let one = asked(&council, "copyright-copy", "ned");
    let one = council.take(&one, approve(), "bo", 1).unwrap();
    assert_eq!(one.matter.still_to_sign().len(), 1);
    assert_eq!(one.step, "sign");
    let two = council.take(&one.matter, approve(), "adit", 1).unwrap();
    assert_eq!((two.matter.state, two.step), (State::Active, "approve"));
}

#[test]
fn who_signs_for_somebody_and_that_somebody_are_one() {
    let mut council = council();
    council.delegate("ict-security", "bo", "dora", 0, DAY);
    let one = asked(&council, "copyright-copy", "ned");
    let one = council.take(&one, approve(), "dora", 1).unwrap().matter;
    assert_eq!(
        council.take(&one, approve(), "bo", 1).err(),
        Some(Refused::Named)
    );
}

/// What is left after one decision that changes something; nothing if it was refused.
fn check_narrowing(kind: &str, change: impl Fn(&mut Narrowed), allowed: bool) {
    let council = council();
    let mut permission = council
        .open::<Permission>(opening(kind, "mia", 2, DAY), "mia", 0)
        .unwrap()
        .matter;
    if !permission.rules.advised_by.is_empty() {
        permission = council
            .take(&permission, advise(), "desk", 0)
            .unwrap()
            .matter;
    }
    let mut narrowed = Narrowed::default();
    change(&mut narrowed);
    let step = Step::Approve {
        narrowed: narrowed.clone(),
    };
    let taken = council.take(&permission, step, "adit", 1);
    assert_eq!(taken.is_ok(), allowed, "{narrowed:?}: {taken:?}");
}

#[test]
fn a_decision_grants_less_and_never_more() {
    let only = |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect());
    check_narrowing("blog", |_| (), true);
    check_narrowing(
        "blog",
        |to| to.scope = only(&["my.blogs.example.org"]),
        true,
    );
    check_narrowing("blog", |to| to.scope = only(&["example.org"]), false);
    check_narrowing(
        "blog",
        |to| to.scope = only(&["evilblogs.example.org"]),
        false,
    );
    check_narrowing("blog", |to| to.scope = only(&[]), false); // empty would be everywhere
    check_narrowing("bulk-mail", |to| to.scope = only(&["a@example.net"]), true);
    check_narrowing(
        "bulk-mail",
        |to| to.scope = only(&["a@sub.example.net"]),
        false,
    );
    check_narrowing("blog", |to| to.from = Some(hour(3)), true);
    check_narrowing("blog", |to| to.from = Some(hour(1)), false);
    check_narrowing("blog", |to| to.until = Some(hour(23)), true);
    check_narrowing("blog", |to| to.until = Some(hour(25)), false);
    check_narrowing("blog", |to| to.until = Some(hour(2)), false);
    check_narrowing("blog", |to| to.uses = Some(5), true); // from any number to five
    check_narrowing("bulk-mail", |to| to.uses = Some(3), true);
    check_narrowing("bulk-mail", |to| to.uses = Some(4), false);
    check_narrowing("bulk-mail", |to| to.uses = Some(0), false);
    check_narrowing(
        "blog",
        |to| to.conditions = vec!["At home.".to_owned()],
        true,
    );
    check_narrowing("blog", |to| to.conditions = vec![String::new()], false);
    check_narrowing("blog", |to| to.conditions = vec!["x".to_owned(); 20], false);
}

fn check_opening(change: impl Fn(&mut Opening), who: &str, field: Option<&str>) {
    let mut opening = opening("blog", "mia", 0, DAY);
    change(&mut opening);
    let refused = council().open::<Permission>(opening, who, 0).err();
    let found = refused.as_ref().map(|refused| match refused {
        Refused::Field { field, .. } => field,
        _ => "",
    });
    assert_eq!(found, field, "{refused:?}");
}

#[test]
fn a_request_is_checked_when_it_comes() {
    check_opening(|_| (), "mia", None);
    check_opening(|_| (), "lou", None); // her manager for her
    check_opening(|_| (), "dan", Some(""));
    check_opening(|_| (), "rule", Some(""));
    check_opening(|to| to.person = person("who"), "mia", Some(""));
    check_opening(|to| to.kind = "fly".to_owned(), "mia", Some("kind"));
    check_opening(|to| to.kind = "nobody".to_owned(), "mia", Some(""));
    check_opening(|to| to.why = " \n".to_owned(), "mia", Some("why"));
    check_opening(|to| to.why = "x".repeat(2_001), "mia", Some("why"));
    check_opening(|to| to.scope.clear(), "mia", Some("scope"));
    for host in [
        "org",
        "https://example.org/",
        "a b.org",
        "ex\u{e4}mple.org",
        "a..org",
        "*.org",
    ] {
        check_opening(|to| to.scope = vec![host.to_owned()], "mia", Some("scope"));
    }
    check_opening(
        |to| to.scope = vec!["a.org".to_owned(); 51],
        "mia",
        Some("scope"),
    );
    let ahead = |from: i64, until: i64| When::Ahead {
        from: hour(from),
        until: hour(until),
    };
    check_opening(|to| to.when = ahead(-DAY, DAY), "mia", None);
    check_opening(|to| to.when = ahead(0, 365 * DAY + 1), "mia", None); // the end of summer time
    check_opening(|to| to.when = ahead(0, 365 * DAY + 2), "mia", Some("until"));
    check_opening(|to| to.when = ahead(-DAY, 0), "mia", Some("until"));
    check_opening(
        |to| to.when = ahead(367 * DAY, 368 * DAY),
        "mia",
        Some("from"),
    );
    check_opening(
        |to| to.when = When::Afterwards { done_at: hour(-1) },
        "mia",
        Some(""),
    );
    let forum =
        |who: &'static str| move |to: &mut Opening| *to = opening("forum-post", who, 0, DAY);
    check_opening(forum("ann"), "ann", Some("")); // for officers
    check_opening(forum("mia"), "mia", None);
}

#[test]
fn an_emergency_is_entered_within_five_working_days() {
    let council = council();
    let enter = |done_at: i64, at: i64| {
        let mut opening = opening("emergency-call", "mia", 0, 0);
        opening.when = When::Afterwards {
            done_at: hour(done_at),
        };
        council.open::<Permission>(opening, "mia", at)
    };
    assert!(enter(0, 7 * DAY).is_ok()); // Monday to Monday
    assert!(enter(0, 8 * DAY).is_err());
    assert!(enter(1, 0).is_err()); // still to come
    let entered = enter(0, DAY).unwrap().matter;
    let approved = council.take(&entered, approve(), "lou", 2 * DAY).unwrap();
    assert_eq!(approved.matter.state(), "exhausted");
    assert_eq!(approved.matter.grants(hour(0)), None); // nothing to come rests on it
}

#[test]
fn uses_are_counted_and_no_activity_counts_twice() {
    let council = council();
    let asked = asked(&council, "copyright-copy", "mia");
    assert!(council.take(&asked, use_for("a"), "rule", 1).is_err());
    let one = council.take(&asked, approve(), "lou", 1).unwrap().matter;
    assert!(council.take(&one, use_for("a"), "rule", 1).is_err());
    let two = council.take(&one, approve(), "seb", 2).unwrap().matter;
    assert_eq!(two.grants(hour(1)), None); // nothing before the decision
    assert_eq!(two.grants(hour(2)).unwrap().uses_left, Some(2));
    assert!(council.take(&two, use_for("a"), "mia", 3).is_err()); // gates take uses
    let used = council.take(&two, use_for("a"), "rule", 3).unwrap().matter;
    assert!(council.take(&used, use_for("a"), "rule", 3).is_err());
    assert!(council.take(&used, use_for("b"), "rule", DAY).is_err()); // its time is over
    let spent = council.take(&used, use_for("b"), "rule", 4).unwrap();
    assert_eq!(spent.matter.state(), "exhausted");
    assert_eq!(told(&spent), ["mia"]);
    assert_eq!(spent.matter.grants(hour(4)), None);
}

#[test]
fn time_reminds_begins_and_ends() {
    let council = council();
    let opening = opening("blog", "mia", 10 * DAY, 90 * DAY);
    let asked: Permission = council.open(opening, "mia", 0).unwrap().matter;
    let mut waits = asked.clone();
    assert_eq!(council.wait(&mut waits, 29 * DAY), ["remind", "escalate"]);
    assert_eq!(council.wait(&mut waits, 30 * DAY), ["lapse"]);
    assert_eq!(waits.state(), "lapsed");

    let mut runs = council.take(&asked, approve(), "adit", 1).unwrap().matter;
    assert_eq!(
        (runs.state(), runs.grants(hour(10 * DAY))),
        ("approved", None)
    );
    assert!(council.take(&runs, Step::Begin, "rule", 1).is_err()); // too soon
    assert!(council.take(&runs, Step::Begin, "mia", 11 * DAY).is_err()); // time's alone
    assert_eq!(council.wait(&mut runs, 11 * DAY), ["begin"]);
    assert!(runs.grants(hour(11 * DAY)).is_some());
    assert_eq!(runs.grants(hour(90 * DAY)), None); // even before time took its step
    assert_eq!(council.wait(&mut runs, 90 * DAY), ["expire"]);
    assert_eq!(runs.state(), "expired");
}

/// A step on a permission that is asked for (`false`) or active (`true`).
fn check_end(active: bool, step: Step, who: &str, state: &str) {
    let council = council();
    let mut permission = asked(&council, "blog", "mia");
    if active {
        permission = council
            .take(&permission, approve(), "adit", 1)
            .unwrap()
            .matter;
    }
    let taken = council.take(&permission, step.clone(), who, 2);
    let after = taken.as_ref().map_or("-", |taken| taken.matter.state());
    assert_eq!(after, state, "{step:?} by {who}: {taken:?}");
    if let Ok(taken) = taken {
        assert!(taken.matter.is_over());
        assert_eq!(taken.clauses, ["test-3"]);
        assert_eq!(taken.matter.due(&council.world()), None);
    }
}

#[test]
fn each_end_has_its_own_word() {
    check_end(false, Step::Refuse, "adit", "refused");
    check_end(false, Step::Refuse, "mia", "-");
    check_end(false, Step::Withdraw, "mia", "withdrawn");
    check_end(false, Step::Withdraw, "adit", "-");
    check_end(false, Step::Revoke, "adit", "-");
    check_end(false, Step::Left, "rule", "withdrawn");
    check_end(true, Step::Refuse, "adit", "-");
    check_end(true, Step::Withdraw, "mia", "-");
    check_end(true, Step::Revoke, "adit", "revoked");
    check_end(true, Step::Revoke, "mia", "revoked"); // given up
    check_end(true, Step::Revoke, "lou", "-");
    check_end(true, Step::Left, "rule", "revoked");
    check_end(true, Step::Left, "adit", "-");
    check_end(true, use_for("a"), "rule", "-"); // a blog is not counted
}

#[test]
fn a_refusal_says_why() {
    let council = council();
    let asked = asked(&council, "blog", "mia");
    let mut act = act("adit", 1);
    act.reason = None;
    assert!(asked.take(Step::Refuse, &act, &council.world()).is_err());
}

#[test]
fn only_those_who_may_act_are_told() {
    let council = council();
    let told_at = |kind: &str, who: &str| {
        let taken = council.open::<Permission>(opening(kind, who, 0, DAY), who, 0);
        told(&taken.unwrap())
    };
    assert_eq!(told_at("blog", "mia"), ["+assistant-director-it"]);
    assert_eq!(told_at("blog", "adit"), ["+monitoring-officer"]);
    assert_eq!(told_at("bulk-mail", "mia"), ["+service-desk"]);
    assert_eq!(told_at("copyright-copy", "bo"), ["+line-manager", "seb"]);
}

#[test]
fn what_is_kept_is_read_back() {
    let council = council();
    let asked = asked(&council, "copyright-copy", "mia");
    let kept = council.take(&asked, approve(), "lou", 1).unwrap().matter;
    let text = serde_json::to_string(&kept).unwrap();
    assert_eq!(serde_json::from_str::<Permission>(&text).unwrap(), kept);
    let step = r#"{"step":"approve","narrowed":{"uses":1}}"#;
    assert!(serde_json::from_str::<Step>(step).is_ok());
    assert!(serde_json::from_str::<Step>(r#"{"step":"approve","narowed":{}}"#).is_err());
}

const KINDS: [&str; 6] = [
    "blog",
    "copyright-copy",
    "bulk-mail",
    "sensitive-mail",
    "forum-post",
    "emergency-call",
];
const PEOPLE: [&str; 10] = [
    "mia", "ned", "lou", "dan", "bo", "seb", "desk", "adit", "mo", "rule",
];

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => proptest::option::of(0..4_u32).prop_map(|uses| Step::Approve {
            narrowed: Narrowed { uses, ..Narrowed::default() }
        }),
        2 => Just(advise()),
        4 => "[a-d]".prop_map(|what| use_for(&what)),
        1 => Just(Step::Revoke),
        1 => Just(Step::Refuse),
        1 => Just(Step::Begin),
        1 => Just(Step::Expire),
        1 => Just(Step::Lapse),
        1 => Just(Step::Left),
    ]
}

proptest! {
    #[test]
    fn nothing_is_active_without_every_signature_and_no_use_is_taken_that_was_not_granted(
        kind in proptest::sample::select(&KINDS[..]),
        who in proptest::sample::select(&PEOPLE[..9]),
        steps in proptest::collection::vec(
            (any_step(), proptest::sample::select(&PEOPLE[..]), 0..30_i64), 0..40),
    ) {
        let council = council();
        let mut permission = asked(&council, kind, who);
        let granted = council.settings.permissions[kind].uses;
        for (step, actor, at) in steps {
            let Ok(taken) = council.take(&permission, step, actor, at) else { continue };
            permission = taken.matter;
            let mut signers: Vec<_> = permission.signatures.iter().map(|one| &one.by).collect();
            signers.sort();
            signers.dedup();
            prop_assert_eq!(signers.len(), permission.signatures.len());
            prop_assert!(!signers.contains(&&permission.person));
            let rules = &permission.rules;
            if matches!(permission.state, State::Active | State::Approved | State::Exhausted) {
                prop_assert_eq!(signers.len(), rules.deciders.len());
                prop_assert_eq!(permission.advice.is_some(), !rules.advised_by.is_empty());
            }
            let used = permission.used.len();
            prop_assert!(permission.terms.uses.is_none_or(|uses| used <= uses as usize));
            prop_assert!(granted.is_none_or(|most| permission.terms.uses.is_some_and(|n| n <= most)));
            if let Some(grant) = permission.grants(hour(at)) {
                prop_assert_eq!(permission.state, State::Active);
                prop_assert_ne!(grant.uses_left, Some(0));
            }
        }
    }
}
