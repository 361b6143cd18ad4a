#![allow(clippy::unwrap_used)]

use crate::testing::{Browser, Council};

/// Answers everything up to the check, for a blog.
async fn answered(browser: &mut Browser) {
    browser.get("/ask-for-something").await.is(200);
    browser.follow("Ask for something new").await.is(200);
    browser
        .send(&[("kind", "blog")])
        .await
        .says("What is it limited to?");
    browser
        .send(&[("scope", "blog.example.org\r\n")])
        .await
        .says("Why do you need it?");
    browser
        .send(&[("why", "To write about the library")])
        .await
        .says("From which day");
    let from = [
        ("from-day", "11"),
        ("from-month", "3"),
        ("from-year", "2027"),
    ];
    browser.send(&from).await.says("last day");
    let until = [
        ("until-day", "30"),
        ("until-month", "4"),
        ("until-year", "2027"),
    ];
    browser.send(&until).await.says("Check your answers");
}

#[tokio::test]
async fn asking_is_one_question_a_page_and_ends_with_a_reference() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    answered(&mut browser).await;
    let shown = browser.last.clone().unwrap();
    shown
        .says("blog.example.org")
        .says("11 March 2027")
        .says("30 April 2027");
    let sent = browser.send(&[]).await;
    sent.is(200).says("Your request has been sent").says("PE-");
    let shown = browser.follow("See your request").await;
    shown
        .is(200)
        .says("Waiting for a decision")
        .says("To write about the library");
    browser
        .get("/ask-for-something")
        .await
        .says("Waiting for a decision");
}

#[tokio::test]
async fn a_changed_answer_leads_back_to_the_check() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    answered(&mut browser).await;
    let shown = browser
        .follow("Change the answer to “Why do you need it?”")
        .await;
    shown.is(200).says("To write about the library");
    let shown = browser.send(&[("why", "For the archive")]).await;
    shown
        .says("Check your answers")
        .says("For the archive")
        .says("30 April 2027");
}

#[tokio::test]
async fn sending_twice_asks_once() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    answered(&mut browser).await;
    let (action, fields) = browser.filled(&[]);
    let first = browser.post(&action, &fields).await;
    let second = browser.post(&action, &fields).await;
    assert_eq!(first.is(200).address, second.is(200).address);
    let references = browser.get("/ask-for-something").await;
    assert_eq!(references.html.classed("app-reference").count(), 1);
    // From another tab, with a token of its own: the answers have been sent.
    browser.get(&action).await.is(404).says("no longer kept");
}

#[tokio::test]
async fn every_wrong_answer_is_told_at_its_field_and_kept() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    browser.get("/ask-for-something/new").await;
    let shown = browser.send(&[("kind", "root-access")]).await;
    assert_eq!(shown.is(422).errors(), ["Select what you want to do"]);
    browser.send(&[("kind", "blog")]).await.is(200);
    let shown = browser.send(&[("scope", "blog\u{202e}.example")]).await;
    shown.is(422).says("[U+202E]");
    browser.send(&[("scope", "blog.example.org")]).await.is(200);
    let long = "a".repeat(2001);
    let shown = browser.send(&[("why", &long)]).await;
    assert_eq!(
        shown.is(422).errors(),
        ["This must be 2000 characters or fewer; remove 1"]
    );
    browser
        .send(&[("why", "<script>alert(1)</script>")])
        .await
        .is(200);
    let impossible = [
        ("from-day", "31"),
        ("from-month", "04"),
        ("from-year", "2027"),
    ];
    let shown = browser.send(&impossible).await;
    assert_eq!(
        shown.is(422).errors(),
        ["The first day must be a real date, like 31 3 2027"]
    );
    let day = shown
        .html
        .all("input")
        .find(|input| input.attribute("id") == "from-day")
        .unwrap();
    assert_eq!(day.attribute("value"), "31");
}

#[tokio::test]
async fn what_only_the_process_knows_goes_back_to_its_question() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    answered(&mut browser).await;
    browser
        .follow("Change the answer to “What is the last day you need it?”")
        .await;
    let far = [
        ("until-day", "30"),
        ("until-month", "4"),
        ("until-year", "2037"),
    ];
    browser.send(&far).await.says("Check your answers");
    let shown = browser.send(&[]).await;
    shown.is(422);
    assert_eq!(
        shown.errors(),
        ["At most 365 days are possible; choose an earlier day"]
    );
}

#[tokio::test]
async fn somebody_elses_reference_is_not_there() {
    let council = Council::new().await;
    let mut officer = council.signed_in("officer").await;
    answered(&mut officer).await;
    let draft = officer.last.as_ref().unwrap().address.clone();
    let sent = officer.send(&[]).await;
    let address = sent.address.trim_end_matches("/sent").to_owned();
    let mut colleague = council.signed_in("colleague").await;
    colleague.get(&address).await.is(404);
    colleague.get(&format!("{address}/take-back")).await.is(404);
    colleague.get(&draft).await.is(404);
    let mut manager = council.signed_in("manager").await;
    manager.get(&address).await.is(200);
}

#[tokio::test]
async fn a_stale_tab_is_told_and_changes_nothing() {
    let council = Council::new().await;
    let mut here = council.signed_in("officer").await;
    answered(&mut here).await;
    here.send(&[]).await;
    let shown = here.follow("See your request").await;
    let address = format!("{}/take-back", shown.address);
    let mut there = council.signed_in("officer").await;
    here.get(&address).await.is(200);
    there.get(&address).await.is(200);
    let missing = here.send(&[("reason", "")]).await;
    assert_eq!(
        missing.is(422).errors(),
        ["Enter why you no longer need it"]
    );
    here.send(&[("reason", "Not needed")])
        .await
        .says("No longer asked for");
    let stale = there.send(&[("reason", "Not needed either")]).await;
    stale.is(409).says("Somebody else was quicker");
    let shown = there.follow("Look at it as it stands now").await;
    shown.is(200);
}

/// Walsall B.2.1: the forms the policy needs are electronic, and none can be sent without what it asks.
#[tokio::test]
async fn every_form_of_the_policy_is_there_and_wants_its_answers() {
    let council = Council::new().await;
    for (who, form) in [
        ("officer", "/ask-for-a-service"),
        ("councillor", "/ask-for-a-service"),
        ("officer", "/ask-for-something/new"),
        ("officer", "/my-mailbox-sharing/new"),
        ("manager", "/starter-mover-leaver"),
        ("officer", "/report-a-problem/new"),
    ] {
        let mut browser = council.signed_in(who).await;
        browser.get(form).await.is(200);
        if form == "/ask-for-a-service" {
            // Its first page only says what can be asked for.
            browser.send(&[]).await.is(200);
        }
        let shown = browser.send(&[]).await;
        assert!(!shown.is(422).errors().is_empty(), "{form}");
    }
}
