#![allow(clippy::unwrap_used)]

use matters::event::Act;
use matters::id::{MatterId, PersonId};
use matters::machine::Machine as _;
use matters::withdrawal::{Kind, Opening, Withdrawal, Withdrawn};

use crate::testing::{Browser, Council, Shown};

async fn last_day(browser: &mut Browser, day: &str) -> Shown {
    let day = [
        ("until-day", day),
        ("until-month", "3"),
        ("until-year", "2027"),
    ];
    browser.send(&day).await
}

/// The officer's internet is shut until the twelfth; gives the reference.
async fn limited(browser: &mut Browser) -> MatterId {
    browser
        .get("/service-limits")
        .await
        .says("No service is limited");
    browser.follow("Set a limit").await.is(200);
    browser
        .send(&[("who", "officer@council.example")])
        .await
        .says("Which services");
    browser.send(&[("services", "internet")]).await.is(200);
    last_day(browser, "12").await.says("protected from");
    browser
        .send(&[("reason", "A worm spreads from this address")])
        .await
        .says("that nobody is to blame")
        .says("Their line manager is not told");
    browser
        .follow("Continue")
        .await
        .says("Check the limit")
        .says("12 March 2027")
        .says("Internet");
    let shown = browser.send(&[]).await;
    shown.is(200).says("Service limited");
    MatterId::from(shown.address.split('/').nth(2).unwrap())
}

async fn kept(council: &Council, id: &MatterId) -> Withdrawal {
    council.store.matter(id).await.unwrap().matter
}

#[tokio::test]
async fn a_service_is_limited_and_opened_again() {
    let council = Council::new().await;
    let mut it = council.signed_in("assistant-director-it").await;
    let id = limited(&mut it).await;
    let internet = ["internet".to_owned()].into();
    let matter = kept(&council, &id).await;
    let now = council.console.now();
    assert_eq!(matter.withdraws(now), Some(Withdrawn::Services(&internet)));
    // Of those who run by themselves nothing is needed for it to count.
    council.store.run_due(now).await.unwrap();
    it.get("/service-limits")
        .await
        .says("In force")
        .says("13 March 2027 at midnight");
    it.follow(id.as_str())
        .await
        .says("A worm spreads from this address");
    it.follow("End it").await.is(200);
    let nothing = it.send(&[]).await;
    assert_eq!(
        nothing.is(422).errors(),
        ["Enter why it is no longer needed"]
    );
    it.send(&[("reason", "It is clean")])
        .await
        .says("Limit ended");
    let matter = kept(&council, &id).await;
    assert_eq!((matter.withdraws(now), matter.state()), (None, "restored"));
    it.get("/service-limits")
        .await
        .says("No service is limited");
    it.get("/service-limits?state=over").await.says("Ended");
    it.get(&format!("/service-limits/{id}/end")).await.is(409);
}

#[tokio::test]
async fn one_that_is_not_carried_out_yet_is_taken_back() {
    let council = Council::new().await;
    let mut it = council.signed_in("assistant-director-it").await;
    let id = limited(&mut it).await;
    it.get(&format!("/service-limits/{id}/end")).await.is(200);
    it.send(&[("reason", "The wrong person")])
        .await
        .says("Limit ended");
    let matter = kept(&council, &id).await;
    assert_eq!(matter.state(), "rejected");
    assert_eq!(matter.withdraws(council.console.now()), None);
}

#[tokio::test]
async fn the_person_alone_is_told_and_nobody_is_blamed() {
    let council = Council::new().await;
    let mut it = council.signed_in("assistant-director-it").await;
    let id = limited(&mut it).await;
    council.store.run_due(council.console.now()).await.unwrap();
    let mut officer = council.signed_in("officer").await;
    officer
        .get("/my-position")
        .await
        .says("Limited to protect the network")
        .says("Internet shut since 10 March 2027")
        .says("Nobody is to blame")
        .says("A worm spreads from this address")
        .says("nobody is to blame")
        .says(id.as_str());
    let mut manager = council.signed_in("manager").await;
    let shown = manager.get("/my-position").await;
    assert!(!shown.text().contains("limited"), "{}", shown.text());
}

#[tokio::test]
async fn it_ends_by_itself_on_its_day() {
    let council = Council::new().await;
    let mut it = council.signed_in("assistant-director-it").await;
    let id = limited(&mut it).await;
    council.store.run_due(council.console.now()).await.unwrap();
    council.wait_minutes(3 * 24 * 60);
    let now = council.console.now();
    assert_eq!(kept(&council, &id).await.withdraws(now), None);
    council.store.run_due(now).await.unwrap();
    assert_eq!(kept(&council, &id).await.state(), "restored");
}

#[tokio::test]
async fn it_is_for_those_the_policy_names() {
    let council = Council::new().await;
    let mut it = council.signed_in("assistant-director-it").await;
    let id = limited(&mut it).await;
    for who in [
        "officer",
        "manager",
        "service-desk",
        "chief-internal-auditor",
    ] {
        let mut browser = council.signed_in(who).await;
        browser.get("/service-limits").await.is(403);
        browser.get(&format!("/service-limits/{id}")).await.is(403);
    }
    // Another kind of withdrawal is not one of them.
    let now = council.console.now();
    let opening = Opening {
        person: PersonId::from("colleague"),
        kind: Kind::Temporary,
        effective_at: now,
        until: None,
    };
    let act = Act::by(&PersonId::from("head-of-service"), now).because("to be looked into");
    let other = council.store.open_matter::<Withdrawal>(opening, &act).await;
    let other = other.unwrap().id;
    it.get(&format!("/service-limits/{other}")).await.is(404);
    let shown = it.get("/service-limits").await;
    assert!(!shown.text().contains(other.as_str()));
}

#[tokio::test]
async fn what_cannot_be_is_told_at_its_field() {
    let council = Council::new().await;
    let mut it = council.signed_in("assistant-director-it").await;
    for (who, error) in [
        ("", "Enter a user name"),
        ("nobody-such", "There is nobody by this name"),
        ("assistant-director-it", "There is nobody by this name"), // nobody limits their own
    ] {
        it.get("/service-limits/new").await;
        let shown = it.send(&[("who", who)]).await;
        assert!(shown.is(422).errors()[0].starts_with(error), "{who}");
    }
    it.send(&[("who", "councillor")]).await.is(200);
    let shown = it.send(&[("services", "postage")]).await;
    assert_eq!(shown.is(422).errors(), ["Choose at least one service"]);
    it.send(&[("services", "internet"), ("services", "email")])
        .await
        .is(200);
    for (day, error) in [
        ("9", "The last day must be 10 March 2027 or later"),
        ("32", "The last day must be a real date, like 31 3 2027"),
        ("", "The last day must include a day"),
    ] {
        let shown = last_day(&mut it, day).await;
        assert_eq!(shown.is(422).errors(), [error]);
    }
    let far = [
        ("until-day", "1"),
        ("until-month", "1"),
        ("until-year", "9999"),
    ];
    it.send(&far).await.is(200);
    it.send(&[("reason", "A worm")])
        .await
        .says("Email and Internet");
    it.follow("Continue").await.is(200);
    let shown = it.send(&[]).await;
    let late = "This date must be within five years; check the year";
    assert_eq!(shown.is(422).errors(), [late]);
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let council = Council::new().await;
    let mut it = council.signed_in("assistant-director-it").await;
    let id = limited(&mut it).await;
    for (filter, listed) in [
        ("", true),
        ("?service=internet", true),
        ("?service=email", false),
        ("?service=nonsense", false),
        ("?who=OFFIC", true),
        ("?who=colleague", false),
        ("?state=over", false),
        ("?state=nonsense&after=nonsense", false),
    ] {
        let shown = it.get(&format!("/service-limits{filter}")).await;
        assert_eq!(shown.text().contains(id.as_str()), listed, "{filter}");
    }
    it.get("/service-limits?who=%E2%80%AEx").await.is(422);
}
