//! What is decided about each kind of matter, and on which page.

#![allow(clippy::unwrap_used)]

use jiff::SignedDuration;
use matters::acceptance::{self, Acceptance};
use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId};
use matters::machine::Machine as _;
use matters::permission::{self, Permission, When};
use matters::withdrawal::{self, Withdrawal};

use super::{asked, state};
use crate::testing::Council;

async fn permission(council: &Council, kind: &str, scope: &[&str]) -> MatterId {
    let now = council.console.now();
    let opening = permission::Opening {
        person: PersonId::from("officer"),
        kind: kind.to_owned(),
        scope: scope.iter().map(|one| (*one).to_owned()).collect(),
        why: "For the library".to_owned(),
        when: When::Ahead {
            from: now,
            until: "2027-04-10T23:00:00Z".parse().unwrap(),
        },
    };
    let act = Act::by(&PersonId::from("officer"), now);
    let kept = council.store.open_matter::<Permission>(opening, &act).await;
    kept.unwrap().id
}

#[tokio::test]
async fn a_permission_is_granted_and_can_be_granted_for_less() {
    let council = Council::new().await;
    let id = permission(&council, "blog", &["a.example", "b.example"]).await;
    let mut browser = council.signed_in("assistant-director-it").await;
    let shown = browser.get("/to-decide?kind=permission").await;
    shown.says("Write a blog").says("Grant it");
    browser
        .follow("Write a blog over the council's network")
        .await
        .says("For the library");
    let shown = browser.send(&[("decision", "approve")]).await;
    shown.is(200).says("Change nothing to grant all of it");
    let day = |day, month, year| {
        [
            ("until-day", day),
            ("until-month", month),
            ("until-year", year),
        ]
    };
    let all = [("scope", "a.example"), ("scope", "b.example")];
    let late = [&all[..], &day("11", "4", "2027")].concat();
    browser
        .send(&late)
        .await
        .is(422)
        .says("10 April 2027 or earlier");
    let unreal = [&all[..], &day("31", "4", "2027")].concat();
    browser
        .send(&unreal)
        .await
        .is(422)
        .says("must be a real date");
    let none = day("9", "4", "2027");
    browser
        .send(&none)
        .await
        .is(422)
        .says("Choose at least one");
    let many = [&all[..], &day("9", "4", "2027"), &[("uses", "many")]].concat();
    browser.send(&many).await.is(422).says("whole number");
    let nought = [&all[..], &day("9", "4", "2027"), &[("uses", "0")]].concat();
    browser.send(&nought).await.is(422).says("at least one use");
    let less = [
        &[
            ("scope", "b.example"),
            ("conditions", "Once a week\r\n\r\nNo names"),
        ],
        &day("9", "4", "2027")[..],
    ];
    let shown = browser.send(&less.concat()).await;
    shown
        .is(200)
        .says("9 April 2027")
        .says("Once a week")
        .says("b.example");
    browser
        .send(&[])
        .await
        .is(200)
        .says("Permission granted")
        .says(id.as_str());
    let kept = council.store.matter::<Permission>(&id).await.unwrap();
    assert_eq!(kept.matter.state(), "active");
    assert_eq!(kept.matter.terms.scope, ["b.example"]);
    assert_eq!(kept.matter.terms.until.to_string(), "2027-04-09T23:00:00Z");
    assert_eq!(kept.matter.terms.conditions.len(), 3);
}

#[tokio::test]
async fn advice_comes_before_the_decision() {
    let council = Council::new().await;
    let id = permission(&council, "personal-webmail", &["mail.example"]).await;
    let mut it = council.signed_in("assistant-director-it").await;
    it.get("/to-decide").await.says("Refuse it");
    let mut desk = council.signed_in("service-desk").await;
    desk.get(&format!("/to-decide/{id}"))
        .await
        .says("Advise how to do it");
    desk.send(&[("decision", "advise")]).await.is(200);
    desk.send(&[("method", "")])
        .await
        .is(422)
        .says("Enter how to do it");
    desk.send(&[("method", "In the guest browser")])
        .await
        .says("Check your decision");
    desk.send(&[]).await.says("Advice recorded");
    it.get(&format!("/to-decide/{id}"))
        .await
        .says("In the guest browser")
        .says("Grant it");
}

#[tokio::test]
async fn what_is_sealed_is_there_for_its_deciders_only() {
    let council = Council::new().await;
    let id = permission(&council, "public-protection-account", &["mail.example"]).await;
    let address = format!("/to-decide/{id}");
    for other in ["assistant-director-it", "manager", "chief-internal-auditor"] {
        let mut browser = council.signed_in(other).await;
        browser
            .get("/to-decide")
            .await
            .says("Nothing waits for you");
        browser.get(&address).await.is(404);
    }
    let mut head = council.signed_in("head-of-public-protection").await;
    head.get("/to-decide")
        .await
        .says("account with another provider");
    head.get(&address).await.is(200).says("For the library");
}

#[tokio::test]
async fn a_councillor_is_certified_on_their_own_page() {
    let council = Council::new().await;
    let officer = asked(&council, "officer").await;
    let kept = asked(&council, "councillor").await;
    let mut browser = council.signed_in("monitoring-officer").await;
    let shown = browser.get("/certify-councillors").await;
    shown.is(200).says("Councillor").says("Certify who this is");
    assert!(!shown.text().contains("Officer Confirm"));
    browser
        .get(&format!("/certify-councillors/{}", officer.id))
        .await
        .says("nothing for you to decide");
    browser
        .get(&format!("/certify-councillors/{}", kept.id))
        .await
        .is(200);
    assert!(!browser.last.as_ref().unwrap().text().contains("Refuse it"));
    browser
        .send(&[("decision", "certify")])
        .await
        .says("Check your decision");
    browser.send(&[]).await.says("Certificate given");
    assert_eq!(state(&council, &kept.id).await, "awaiting-permission");
    council
        .signed_in("hr")
        .await
        .get("/certify-councillors")
        .await
        .is(403);
}

#[tokio::test]
async fn human_resources_say_who_somebody_is() {
    let council = Council::new().await;
    let kept = asked(&council, "officer").await;
    let mut hr = council.signed_in("hr").await;
    let address = format!("/verify-identity-and-post/{}", kept.id);
    hr.get("/verify-identity-and-post")
        .await
        .says("Identity and post are right");
    hr.get(&address).await.is(200);
    hr.send(&[("decision", "mismatch")]).await.says("Why?");
    hr.send(&[("reason", "No such post")])
        .await
        .says("Check your decision");
    hr.send(&[]).await.says("does not match");
    hr.get(&address).await.says("Found not to match");
    hr.send(&[("decision", "verify")])
        .await
        .says("Check your decision");
    hr.send(&[]).await.says("Identity and post confirmed");
    let shown = hr.get("/verify-identity-and-post").await;
    shown.says("No request waits for you");
    let mut manager = council.signed_in("manager").await;
    manager.get("/verify-identity-and-post").await.is(403);
}

#[tokio::test]
async fn services_are_restricted_only_after_a_warning() {
    let council = Council::new().await;
    let now = council.console.now();
    let opening = acceptance::Opening {
        person: PersonId::from("officer"),
        edition: council
            .store
            .image()
            .pack()
            .edition_of("officer")
            .to_owned(),
        version: council.store.image().pack().settings().version.clone(),
        text_sha256: "0".repeat(64),
        in_force_at: now,
    };
    let act = Act::of(Actor::Rule("version-in-force".to_owned()), now);
    let kept = council
        .store
        .open_matter::<Acceptance>(opening, &act)
        .await
        .unwrap();
    for _ in 0..20 {
        council.wait_minutes(7 * 24 * 60);
        council.store.run_due(council.console.now()).await.unwrap();
    }
    let mut browser = council.signed_in("assistant-director-it").await;
    browser
        .get("/to-decide?kind=restriction")
        .await
        .says("Policy not signed")
        .says("Officer");
    browser
        .get(&format!("/to-decide/{}", kept.id))
        .await
        .is(200);
    browser.send(&[("decision", "restrict")]).await.says("Why?");
    let shown = browser.send(&[("reason", "Three reminders")]).await;
    shown.is(200).says("Before you go on").says("no misconduct");
    browser
        .follow("Continue")
        .await
        .says("Check your decision")
        .says("Three reminders");
    browser.send(&[]).await.is(200).says("Services restricted");
    let kept = council.store.matter::<Acceptance>(&kept.id).await.unwrap();
    assert_eq!(kept.matter.state(), "restricted");
}

#[tokio::test]
async fn a_second_source_confirms_that_somebody_leaves() {
    let council = Council::new().await;
    let now = council.console.now();
    let opening = withdrawal::Opening {
        person: PersonId::from("officer"),
        kind: withdrawal::Kind::Leaving,
        effective_at: now + SignedDuration::from_hours(240),
        until: None,
    };
    let act = Act::by(&PersonId::from("manager"), now);
    let kept = council
        .store
        .open_matter::<Withdrawal>(opening, &act)
        .await
        .unwrap();
    let mut manager = council.signed_in("manager").await;
    manager
        .get("/to-decide")
        .await
        .says("Nothing waits for you");
    let mut hr = council.signed_in("hr").await;
    hr.get("/to-decide")
        .await
        .says("Confirm that they leave")
        .says("Leaver");
    hr.get(&format!("/to-decide/{}", kept.id))
        .await
        .says("Manager");
    hr.send(&[("decision", "verify")])
        .await
        .says("Check your decision");
    hr.send(&[]).await.says("Leaving confirmed");
    hr.get("/to-decide").await.says("Nothing waits for you");
    manager
        .get(&format!("/to-decide/{}", kept.id))
        .await
        .says("This is a mistake");
    manager.send(&[("decision", "reject")]).await.says("Why?");
    manager
        .send(&[("reason", "They stay after all")])
        .await
        .says("Check your decision");
    manager.send(&[]).await.says("Recorded as a mistake");
}
