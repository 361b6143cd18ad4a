#![allow(clippy::unwrap_used)]

use jiff::SignedDuration;
use matters::event::Act;
use matters::id::PersonId;
use matters::people::Employment;
use matters::permission::{self, Permission, When};
use matters::withdrawal::{self, Withdrawal};

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
