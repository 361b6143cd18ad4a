#![allow(clippy::unwrap_used)]

use matters::id::PersonId;

use crate::testing::{Browser, Council, Shown};

const MO: &str = "monitoring-officer";

fn day<'a>(name: &'a str, day: &'a str, month: &'a str) -> Vec<(String, &'a str)> {
    vec![
        (format!("{name}-day"), day),
        (format!("{name}-month"), month),
        (format!("{name}-year"), "2027"),
    ]
}

async fn send(browser: &mut Browser, fields: &[(String, &str)]) -> Shown {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), *value))
        .collect();
    browser.send(&fields).await
}

/// Answers everything up to the check, for the colleague as head of the housing service.
async fn appointing(mo: &mut Browser) -> Shown {
    mo.get("/authority").await.is(200);
    mo.follow("Appoint somebody").await.says("Which post?");
    let shown = mo.send(&[("post", "head-of-service")]).await;
    shown.says("Of which directorate");
    mo.send(&[("unit", "housing")]).await.says("Who holds it?");
    mo.send(&[("who", "colleague@council.example")])
        .await
        .says("From which day?");
    send(mo, &day("from", "10", "3"))
        .await
        .says("Until the end of which day?");
    mo.send(&[("until-day", ""), ("until-month", ""), ("until-year", "")])
        .await
}

#[tokio::test]
async fn somebody_is_appointed_and_holds_the_post_from_then_on() {
    let council = Council::new().await;
    let mut mo = council.signed_in(MO).await;
    let shown = appointing(&mut mo).await;
    shown
        .says("Check your answers")
        .says("Colleague")
        .says("Housing")
        .says("No end");
    let (action, fields) = mo.filled(&[]);
    let first = mo.post(&action, &fields).await;
    first.is(200).says("Appointment recorded");
    let second = mo.post(&action, &fields).await;
    assert_eq!(second.is(200).address, first.address);
    let image = council.store.image();
    let colleague = PersonId::from("colleague");
    let held = image.posts().of(&colleague, council.console.now());
    assert_eq!(held.count(), 1);
    mo.get("/authority?who=colleague")
        .await
        .says("Head of Service for Housing");
    mo.get(&action).await.is(404).says("no longer kept");
}

#[tokio::test]
async fn wrong_answers_are_told_at_their_question() {
    let council = Council::new().await;
    let mut mo = council.signed_in(MO).await;
    mo.get("/authority/new/appoint").await;
    let shown = mo.send(&[("post", "king")]).await;
    assert_eq!(shown.is(422).errors(), ["Select a post"]);
    mo.send(&[("post", "legal")]).await.says("Who holds it?");
    for (typed, said) in [
        ("", "Enter an account, a number or an address"),
        (
            "nobody",
            "Nobody, or more than one person, is known by this; look them up in Find a person",
        ),
        (
            "a\u{202e}b",
            "This contains an invisible mark (U+202E) that changes the direction of text; type it again without",
        ),
    ] {
        let shown = mo.send(&[("who", typed)]).await;
        assert_eq!(shown.is(422).errors()[0], said);
    }
    mo.send(&[("who", "colleague")])
        .await
        .says("From which day?");
    let shown = send(&mut mo, &day("from", "9", "3")).await;
    assert_eq!(
        shown.is(422).errors(),
        ["The first day must be 10 March 2027 or later"]
    );
    let shown = send(&mut mo, &day("from", "31", "4")).await;
    assert_eq!(
        shown.is(422).errors(),
        ["The first day must be a real date, like 31 3 2027"]
    );
    send(&mut mo, &day("from", "1", "4")).await.is(200);
    let shown = send(&mut mo, &day("until", "31", "3")).await;
    assert_eq!(
        shown.is(422).errors(),
        ["The last day must be 1 April 2027 or later"]
    );
}

/// Answers everything up to the check.
async fn delegating(browser: &mut Browser, by: &str, to: &str, reference: &str) -> Shown {
    browser.get("/authority/new/delegate").await;
    browser
        .send(&[("post", "legal")])
        .await
        .says("Who gives it?");
    browser.send(&[("by", by)]).await.says("Who may act?");
    browser.send(&[("who", to)]).await.says("reference");
    browser
        .send(&[("reference", reference)])
        .await
        .says("From which day?");
    send(browser, &day("from", "10", "3"))
        .await
        .says("last day");
    send(browser, &day("until", "30", "4")).await
}

#[tokio::test]
async fn a_written_delegation_is_worth_what_its_giver_holds() {
    let council = Council::new().await;
    let mut mo = council.signed_in(MO).await;
    delegating(&mut mo, "officer", "colleague", "D-1")
        .await
        .says("Check your answers");
    let shown = mo.send(&[]).await;
    assert_eq!(
        shown.is(422).errors(),
        ["They do not hold this post on the first day"]
    );
    mo.send(&[("by", "legal")]).await.says("Check your answers");
    mo.send(&[]).await.is(200).says("Delegation recorded");
    let image = council.store.image();
    let colleague = PersonId::from("colleague");
    let held: Vec<_> = image
        .posts()
        .of(&colleague, council.console.now())
        .collect();
    assert_eq!(held[0].delegation.as_deref(), Some("D-1"));
    mo.get("/authority?show=delegations")
        .await
        .says("D-1")
        .says("Legal");
    // The same reference would take its place.
    mo.get("/authority/new/delegate").await;
    mo.send(&[("post", "legal")]).await;
    mo.send(&[("by", "legal")]).await;
    mo.send(&[("who", "officer")]).await;
    let shown = mo.send(&[("reference", "D-1")]).await;
    assert_eq!(
        shown.is(422).errors(),
        ["There is a delegation with this reference already"]
    );
}

#[tokio::test]
async fn authority_ends_behind_a_warning_and_with_a_reason() {
    let council = Council::new().await;
    let mut mo = council.signed_in(MO).await;
    let mut other = council.signed_in(MO).await;
    mo.get("/authority?who=foi-officer").await;
    let link = "End: Freedom of Information Officer, Foi Officer";
    let shown = mo.follow(link).await;
    shown.says("nothing can be decided by it");
    let key = shown.address.clone();
    mo.follow("Continue").await.is(200);
    other.get(&format!("{key}/when")).await.is(200);
    let shown = mo.send(&[("reason", "")]).await;
    assert_eq!(
        shown.is(422).errors(),
        ["Select when it ends", "Enter why it ends"]
    );
    let shown = mo.send(&[("when", "later"), ("reason", "Retires")]).await;
    assert_eq!(shown.is(422).errors(), ["Enter the last day"]);
    let (action, fields) = mo.filled(&[("when", "now"), ("reason", "Retired")]);
    let first = mo.post(&action, &fields).await;
    first.is(200).says("End recorded");
    assert_eq!(
        mo.post(&action, &fields).await.is(200).address,
        first.address
    );
    other
        .send(&[("when", "now"), ("reason", "Retired")])
        .await
        .is(409);
    other.get(&key).await.is(404);
    mo.get("/authority")
        .await
        .says("Posts nobody holds")
        .says("Freedom of Information Officer");
    mo.get("/authority?when=past").await.says("Foi Officer");
}

#[tokio::test]
async fn a_delegation_that_has_not_begun_never_begins() {
    let council = Council::new().await;
    let mut mo = council.signed_in(MO).await;
    mo.get("/authority/new/delegate").await;
    for answer in [
        ("post", "legal"),
        ("by", "legal"),
        ("who", "colleague"),
        ("reference", "D-9"),
    ] {
        mo.send(&[answer]).await.is(200);
    }
    send(&mut mo, &day("from", "1", "4")).await;
    send(&mut mo, &day("until", "30", "4")).await;
    mo.send(&[]).await.says("Delegation recorded");
    mo.get("/authority?show=delegations&when=later")
        .await
        .is(200);
    let link = "End: Assistant Director for Legal Services, Colleague";
    mo.follow(link).await;
    mo.follow("Continue").await;
    mo.send(&[("when", "now"), ("reason", "Too early")])
        .await
        .says("End recorded");
    council.wait_minutes(30 * 24 * 60);
    let image = council.store.image();
    let now = council.console.now();
    let colleague = PersonId::from("colleague");
    assert_eq!(image.posts().of(&colleague, now).count(), 0);
}

#[tokio::test]
async fn nobody_gives_themselves_authority_and_auditors_only_look() {
    let council = Council::new().await;
    let mut officer = council.signed_in("officer").await;
    officer.get("/authority").await.is(403);
    officer.get("/authority/new/appoint").await.is(403);
    let mut audit = council.signed_in("chief-internal-auditor").await;
    let shown = audit.get("/authority").await;
    assert!(!shown.is(200).text().contains("Appoint somebody"));
    audit.get("/authority/new/appoint").await.is(403);
    let mut mo = council.signed_in(MO).await;
    mo.get("/authority/new/appoint").await;
    for answer in [("post", "chief-internal-auditor"), ("who", MO)] {
        mo.send(&[answer]).await.is(200);
    }
    send(&mut mo, &day("from", "10", "3")).await;
    send(&mut mo, &day("until", "30", "4"))
        .await
        .says("Check your answers");
    mo.send(&[]).await.is(403);
    let shown = mo.get("/authority?who=monitoring-officer").await;
    assert!(!shown.text().contains("End: Monitoring Officer, Monitoring"));
    for nothing in [
        "end/0123",
        "end/%3Cb%3E",
        "new/king",
        "done/king",
        "new/x/post",
    ] {
        mo.get(&format!("/authority/{nothing}")).await.is(404);
    }
    let draft = mo.get("/authority/new/appoint").await.address;
    council
        .signed_in("deputy-monitoring-officer")
        .await
        .get(&draft)
        .await
        .is(403);
}

#[tokio::test]
async fn a_long_register_has_pages() {
    let council = Council::new().await;
    let mut mo = council.signed_in(MO).await;
    let rows = |shown: &Shown| shown.html.all("tr").count() - 1;
    let all = council.store.image().posts().holdings().len();
    let first = mo.get("/authority").await;
    assert_eq!(rows(&first), all.min(25));
    for odd in [
        "page=0",
        "page=-1",
        "page=99999999999999999999",
        "when=%27--",
        "show=x",
    ] {
        mo.get(&format!("/authority?{odd}")).await.is(200);
    }
    mo.get(&format!("/authority?who={}", "a".repeat(101)))
        .await
        .is(422);
}
