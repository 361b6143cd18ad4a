#![allow(clippy::unwrap_used)]

use jiff::SignedDuration;
use matters::acceptance::{self, Acceptance, Method};
use matters::event::{Act, Actor};
use matters::id::PersonId;
use matters::machine::Machine as _;
use matters::people::Employment;
use matters::permission::{self, Permission, When};
use matters::withdrawal::{self, Withdrawal};
use register_store::matters_kept::{Filter, Kept};

use crate::testing::Council;

async fn team(council: &Council, size: usize) {
    for n in 0..size {
        let manager = Some(PersonId::from("manager"));
        council
            .add(&format!("member-{n:02}"), |person| person.manager = manager)
            .await;
    }
}

#[tokio::test]
async fn a_manager_sees_their_own_team_and_nobody_else() {
    let council = Council::new().await;
    let mut browser = council.signed_in("manager").await;
    let shown = browser.get("/my-team").await;
    shown
        .is(200)
        .says("Your team of 2")
        .says("Officer")
        .says("Not signed");
    assert!(!shown.text().contains("Colleague"));
    browser
        .follow("Officer")
        .await
        .is(200)
        .says("Nothing is in use");
    for other in ["colleague", "manager", "nobody", "%00", "AR-1"] {
        browser.get(&format!("/my-team/{other}")).await.is(404);
    }
    council
        .signed_in("officer")
        .await
        .get("/my-team")
        .await
        .is(403);
    council
        .signed_in("service-desk")
        .await
        .get("/my-team/officer")
        .await
        .is(403);
}

#[tokio::test]
async fn leavers_and_permissions_are_there_and_what_is_sealed_is_not() {
    let council = Council::new().await;
    let now = council.console.now();
    let officer = PersonId::from("officer");
    for (kind, scope) in [
        ("public-protection-account", "mail.example"),
        ("blog", "blog.example"),
    ] {
        let opening = permission::Opening {
            person: officer.clone(),
            kind: kind.to_owned(),
            scope: vec![scope.to_owned()],
            why: "For the library".to_owned(),
            when: When::Ahead {
                from: now,
                until: now + SignedDuration::from_hours(240),
            },
        };
        let act = Act::by(&officer, now);
        council
            .store
            .open_matter::<Permission>(opening, &act)
            .await
            .unwrap();
    }
    let mut browser = council.signed_in("manager").await;
    browser
        .get("/my-team?show=leaving")
        .await
        .says("Nobody here");
    let shown = browser.get("/my-team/officer").await;
    shown.says("Write a blog").says("Requested");
    assert!(!shown.text().contains("another provider"));
    let opening = withdrawal::Opening {
        person: officer.clone(),
        kind: withdrawal::Kind::Leaving,
        effective_at: "2027-04-30T16:00:00Z".parse().unwrap(),
        until: None,
    };
    let act = Act::by(&PersonId::from("manager"), now);
    council
        .store
        .open_matter::<Withdrawal>(opening, &act)
        .await
        .unwrap();
    browser
        .get("/my-team?show=leaving")
        .await
        .says("30 April 2027 at 5pm");
    browser
        .get("/my-team/officer")
        .await
        .says("Leaver")
        .says("Notified");
}

#[tokio::test]
async fn a_large_team_has_pages_and_filters() {
    let council = Council::new().await;
    team(&council, 30).await;
    let until = "2027-06-30".parse().ok();
    council
        .add("member-07", |person| {
            person.manager = Some(PersonId::from("manager"));
            person.employed = vec![Employment {
                from: "2026-03-02".parse().unwrap(),
                until,
            }];
        })
        .await;
    let mut browser = council.signed_in("manager").await;
    let shown = browser.get("/my-team?show=unsigned").await;
    shown.says("Your team of 32").says("Member 23");
    assert!(!shown.text().contains("Member 24"));
    let link = shown
        .html
        .all("a")
        .find(|link| link.attribute("rel") == "next")
        .unwrap();
    let shown = browser.get(link.attribute("href")).await;
    shown.says("Member 24").says("Officer");
    assert!(shown.address.contains("show=unsigned"));
    browser
        .get("/my-team?show=leaving")
        .await
        .says("1 July 2027 at midnight");
    browser
        .get("/my-team?show=nonsense&after=nobody")
        .await
        .says("Member 00");
}

#[tokio::test]
async fn units_are_numbers_and_small_ones_are_not_even_that() {
    let council = Council::new().await;
    for (id, manager) in [("one", "head-of-service"), ("two", "other-head-of-service")] {
        council
            .add(id, |person| person.manager = Some(PersonId::from(manager)))
            .await;
    }
    let mut head = council.signed_in("head-of-service").await;
    let shown = head.get("/my-team").await;
    shown.says("Units your posts reach").says("Resources");
    assert!(!shown.text().contains("Colleague"));
    let mut other = council.signed_in("other-head-of-service").await;
    other
        .get("/my-team")
        .await
        .says("Fewer than 5")
        .says("Not shown");
}

/// The acceptance asked of somebody.
async fn asked(council: &Council, person: &str) -> Kept<Acceptance> {
    let filter = Filter {
        subject: Some(PersonId::from(person)),
        ..Filter::default()
    };
    let page = council.store.matters::<Acceptance>(&filter).await;
    page.unwrap().items.remove(0)
}

async fn signs(council: &Council, person: &str) {
    let kept = asked(council, person).await;
    let format = "html".to_owned();
    let accept = acceptance::Step::Accept {
        format: format.clone(),
        text_sha256: kept.matter.text_sha256.clone(),
        statement: council.console.people.acceptance.statement.clone(),
        method: Method::Electronic {
            authenticated_at: council.console.now(),
        },
    };
    let mut act = Act::by(&PersonId::from(person), council.console.now());
    act.form_sha256 = Some("0".repeat(64));
    for step in [acceptance::Step::Opened { format }, accept] {
        let taken = council
            .store
            .take::<Acceptance>(&kept.id, None, step, &act)
            .await;
        taken.unwrap();
    }
}

/// Walsall B.2.4: how many have signed is counted for the unit, who has not is named to their manager
/// alone, and when the two months are over whoever may do so restricts those.
#[tokio::test]
async fn who_has_not_signed_is_counted_named_to_the_manager_and_restricted_in_the_end() {
    let council = Council::new().await;
    team(&council, 6).await;
    council
        .add("one", |person| {
            person.manager = Some("head-of-service".into())
        })
        .await;
    let (store, now) = (&council.store, council.console.now());
    let rule = Act::of(Actor::Rule("in-force".to_owned()), now);
    while store.ask_for_signatures(now, &rule).await.unwrap() > 0 {}
    for person in ["member-00", "member-01", "member-02"] {
        signs(&council, person).await;
    }
    let mut head = council.signed_in("head-of-service").await;
    let shown = head.get("/my-team").await;
    let mut rows = shown.html.all("tr");
    let resources = rows.find(|row| row.text.contains("Resources")).unwrap();
    let cells = shown.html.within(resources, "td");
    let numbers: Vec<usize> = cells.filter_map(|cell| cell.text.parse().ok()).collect();
    assert_eq!(numbers[1..3], [3, numbers[0] - 3], "{numbers:?}");
    assert!(!shown.text().contains("Member 03"));
    let mut manager = council.signed_in("manager").await;
    let shown = manager.get("/my-team?show=unsigned").await;
    shown.says("Member 03").says("Member 05").says("Not signed");
    assert!(!shown.text().contains("Member 02"));

    for _ in 0..14 {
        council.wait_minutes(7 * 24 * 60);
        while store.run_due(council.console.now()).await.unwrap() > 0 {}
    }
    assert_eq!(
        asked(&council, "member-05").await.matter.state(),
        "restrict-proposed"
    );
    let it = PersonId::from("assistant-director-it");
    let act = Act::by(&it, council.console.now()).because("two months are over");
    let id = asked(&council, "member-05").await.id;
    let taken = store.take::<Acceptance>(&id, None, acceptance::Step::Restrict, &act);
    taken.await.unwrap();
    let mut manager = council.signed_in("manager").await;
    let shown = manager.get("/my-team?show=unsigned").await;
    shown.says("Restricted until signed");
    let document = store.document(Default::default());
    let person = document.people.iter().find(|one| one.id == "member-05");
    assert_eq!(person.unwrap().withdrawn, ["email", "web"]);
}
