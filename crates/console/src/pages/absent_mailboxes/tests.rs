#![allow(clippy::unwrap_used)]

use matters::delegation::{Delegation, State, Step};
use matters::event::Act;
use matters::id::{MatterId, PersonId};

use crate::testing::{Browser, Council, Shown};

async fn last_day(browser: &mut Browser, day: &str) -> Shown {
    let day = [
        ("until-day", day),
        ("until-month", "3"),
        ("until-year", "2027"),
    ];
    browser.send(&day).await
}

/// Somebody opens the officer's mailbox to their colleague; gives its reference.
async fn opened(browser: &mut Browser) -> MatterId {
    browser.get("/absent-mailboxes").await.is(200);
    browser.follow("Open a mailbox").await.is(200);
    browser
        .send(&[("owner", "officer@council.example")])
        .await
        .says("Who is to read it?");
    browser.send(&[("delegate", "colleague")]).await.is(200);
    last_day(browser, "12").await.says("Why can it not wait");
    browser
        .send(&[("why", "A tender closes on Friday")])
        .await
        .says("has not agreed to it")
        .says("What is marked private is not opened");
    let check = browser.follow("Continue").await;
    check
        .says("Check what you order")
        .says("12 March 2027")
        .says("A tender closes on Friday");
    let shown = browser.send(&[]).await;
    shown.is(200).says("The mailbox is to be opened");
    let reference = shown.address.split('/').nth(2).unwrap();
    MatterId::from(reference)
}

async fn state(council: &Council, id: &MatterId) -> State {
    let kept = council.store.matter::<Delegation>(id).await;
    kept.unwrap().matter.state
}

/// Who opens it and who sets it up differ from pack to pack.
#[tokio::test]
async fn it_is_opened_read_for_a_few_days_and_closed() {
    for (pack, opens, sets_up) in [
        ("walsall", "head-of-service", "assistant-director-it"),
        ("halton", "divisional-manager", "service-desk"),
        ("chorley", "head-of-service", "service-desk"),
    ] {
        let council = Council::of(pack).await;
        let mut manager = council.signed_in(opens).await;
        let id = opened(&mut manager).await;
        manager
            .get("/absent-mailboxes")
            .await
            .says("Agreed, to be set up");
        let act = Act::by(&PersonId::from(sets_up), council.console.now());
        let store = &council.store;
        let set_up = store.take::<Delegation>(&id, None, Step::Inform, &act);
        assert_eq!(set_up.await.unwrap().matter.state, State::Active, "{pack}");
        let mut owner = council.signed_in("officer").await;
        owner
            .get(&format!("/my-mailbox-sharing/{id}"))
            .await
            .says("A tender closes on Friday");
        manager
            .get(&format!("/absent-mailboxes/{id}"))
            .await
            .says("In force");
        manager.follow("Close it again").await.is(200);
        manager
            .send(&[("reason", "")])
            .await
            .is(422)
            .says("Enter why");
        manager
            .send(&[("reason", "The tender is in")])
            .await
            .says("Over; the owner has to be told")
            .says("Whoever ordered it ended it.");
        assert_eq!(state(&council, &id).await, State::OwnerToBeTold, "{pack}");
        manager
            .get(&format!("/absent-mailboxes/{id}/end"))
            .await
            .is(409);
    }
}

#[tokio::test]
async fn what_cannot_be_is_told_at_its_field() {
    let council = Council::new().await;
    let mut browser = council.signed_in("head-of-service").await;
    for (owner, error) in [
        ("", "Enter the owner"),
        ("nobody-such", "There is nobody by this name"),
        ("head-of-service", "There is nobody by this name"), // their own is shared, not opened
        ("agent", "The policy does not let this person’s mailbox"),
    ] {
        browser.get("/absent-mailboxes/new").await;
        let shown = browser.send(&[("owner", owner)]).await;
        assert!(shown.is(422).errors()[0].starts_with(error), "{owner}");
    }
    browser.send(&[("owner", "officer")]).await.is(200);
    for (delegate, error) in [
        ("", "Enter the user name"),
        ("nobody-such", "Nobody is known by this"),
        ("head-of-service", "You cannot open it to yourself"),
        ("agent", "The policy does not let this person read"),
    ] {
        let shown = browser.send(&[("delegate", delegate)]).await;
        assert!(shown.is(422).errors()[0].starts_with(error), "{delegate}");
    }
    browser.send(&[("delegate", "officer")]).await.is(200);
    last_day(&mut browser, "31").await.is(200);
    browser.send(&[("why", "It cannot wait")]).await.is(200);
    browser.follow("Continue").await.is(200);
    let shown = browser.send(&[]).await;
    let same = "A mailbox is shared with somebody else";
    assert_eq!(shown.is(422).errors(), [same]);
    browser.send(&[("delegate", "colleague")]).await.is(200);
    browser.follow("Continue").await.is(200);
    let shown = browser.send(&[]).await;
    let late = "At most 5 days are possible; choose an earlier day";
    assert_eq!(shown.is(422).errors(), [late]);
    last_day(&mut browser, "14").await.is(200);
    browser.follow("Continue").await.is(200);
    browser.send(&[]).await.says("The mailbox is to be opened");
}

#[tokio::test]
async fn it_is_seen_by_those_whose_post_reaches_the_owner() {
    let council = Council::new().await;
    let mut manager = council.signed_in("head-of-service").await;
    let id = opened(&mut manager).await;
    let one = format!("/absent-mailboxes/{id}");
    let list = |filter: &str| format!("/absent-mailboxes{filter}");
    for (who, status) in [
        ("executive-director", 200),
        ("other-head-of-service", 404),
        ("officer", 403),
        ("assistant-director-it", 403),
    ] {
        let mut browser = council.signed_in(who).await;
        browser.get(&one).await.is(status);
        let shown = browser.get(&list("")).await;
        let listed = shown.text().contains(id.as_str());
        assert_eq!(listed, status == 200, "{who}");
    }
    for (filter, listed) in [
        ("?state=agreed", true),
        ("?state=active", false),
        ("?state=nonsense", true),
        ("?who=OFFIC", true),
        ("?who=colleague", false), // by owner
    ] {
        let shown = manager.get(&list(filter)).await;
        assert_eq!(shown.text().contains(id.as_str()), listed, "{filter}");
    }
    // Sharing by agreement is not among them.
    let mut officer = council.signed_in("officer").await;
    officer.get("/my-mailbox-sharing/new").await.is(200);
    manager.get("/absent-mailboxes/DG-0000-0000").await.is(404);
}

#[tokio::test]
async fn a_long_list_has_pages_and_keeps_its_filters() {
    use matters::delegation::{Basis, Opening, Right, When};
    let council = Council::new().await;
    let act = Act::by(&PersonId::from("head-of-service"), council.console.now());
    for n in 0..60 {
        let owner = format!("away-{n:02}");
        council.add(&owner, |_| {}).await;
        let opening = Opening {
            owner: PersonId::new(owner),
            delegate: PersonId::from("colleague"),
            rights: [Right::Read].into(),
            basis: Basis::Continuity,
            why: "A deadline".to_owned(),
            when: When::Between {
                from: council.console.now(),
                until: council.console.now() + jiff::SignedDuration::from_hours(24),
            },
        };
        let opened = council.store.open_matter::<Delegation>(opening, &act);
        opened.await.unwrap();
    }
    let mut browser = council.signed_in("head-of-service").await;
    let mut shown = browser.get("/absent-mailboxes?who=away").await;
    let mut counts = Vec::new();
    loop {
        counts.push(shown.html.all("tr").count() - 1);
        let next = shown
            .html
            .all("a")
            .find(|link| link.attribute("rel") == "next")
            .map(|link| link.attribute("href").to_owned());
        let Some(next) = next else { break };
        assert!(next.contains("who=away"), "{next}");
        shown = browser.get(&next).await;
    }
    assert_eq!(counts, [25, 25, 10]);
}
