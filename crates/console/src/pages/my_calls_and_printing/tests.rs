#![allow(clippy::unwrap_used)]

use matters::id::{MatterId, PersonId};

use crate::testing::Council;

const PATH: &str = "/my-calls-and-printing";
const ONE: &str = "/my-calls-and-printing/one?of=record/1";

#[tokio::test]
async fn a_call_is_declared_personal_once_on_the_record_with_its_clause() {
    let council = Council::of("halton").await;
    council.used("officer", 0, 3).await;
    let mut browser = council.signed_in("officer").await;
    let shown = browser.get(PATH).await;
    shown.is(200).says("March 2027").says("+441922654321");
    assert!(!shown.text().contains("Your personal calls"));
    browser.get(ONE).await.is(200).says("halton-3.3.2.a");
    let shown = browser.send(&[]).await;
    shown
        .is(200)
        .says("It counts as personal now")
        .says("Your personal calls and printing of this month cost £0.17");
    let matter = MatterId::from("personal use record/1");
    let history = council.store.history(&matter).await.unwrap();
    let [event] = &history[..] else {
        unreachable!("{history:?}");
    };
    assert_eq!(event.subject, PersonId::from("officer"));
    assert_eq!(event.clauses, ["halton-3.3.2.a", "halton-3.1.29"]);
    let shown = browser.get(ONE).await;
    shown.is(200).says("It counts as personal");
    let mut forms = shown.html.all("form");
    assert!(forms.all(|form| !form.attribute("action").contains("/one")));
}

#[tokio::test]
async fn personal_pages_cost_what_the_policy_says_and_others_nothing() {
    let council = Council::of("halton").await;
    for (entry, pages, is_colour) in [(1, 4, true), (2, 7, false), (3, 9, true)] {
        council.printed("officer", entry, pages, is_colour).await;
    }
    let mut browser = council.signed_in("officer").await;
    let shown = browser.get(PATH).await;
    shown
        .is(200)
        .says("A personal page costs £0.03, one in colour £0.15.");
    assert!(!shown.text().contains("of this month cost"));
    let shown = browser.get(ONE).await;
    assert!(!shown.is(200).text().contains("£0.60"));
    browser.send(&[]).await.says("of this month cost £0.60");
    browser.get(ONE).await.is(200).says("£0.60");
    browser.get(&ONE.replace("/1", "/2")).await.is(200);
    let shown = browser.send(&[]).await;
    shown.says("£0.21").says("of this month cost £0.81");
    assert!(!shown.text().contains("£1.35"), "what is the council's");
}

#[tokio::test]
async fn nobody_sees_or_declares_those_of_others() {
    let council = Council::new().await;
    council.used("officer", 0, 3).await;
    let mut own = council.signed_in("officer").await;
    own.get(ONE).await.is(200);
    let (address, _) = own.filled(&[]);
    for person in [
        "colleague",
        "manager",
        "chief-internal-auditor",
        "service-desk",
    ] {
        let mut browser = council.signed_in(person).await;
        let shown = browser.get(PATH).await;
        shown.is(200).says("There are none in this month");
        browser.get("/my-sign-ins").await;
        let (_, token) = browser.filled(&[]);
        browser.get(ONE).await.is(404);
        browser.post(&address, &token).await.is(404);
    }
    for of in ["", "record/99", "record/-1", "x", "%00/1", "record/1/"] {
        let address = format!("{PATH}/one?of={of}");
        own.get(&address).await.is(404);
    }
}

#[tokio::test]
async fn what_is_too_long_ago_can_no_longer_be_declared() {
    let council = Council::new().await;
    council.used("officer", 0, 3).await;
    let mut browser = council.signed_in("officer").await;
    browser.get(ONE).await.says("Declare personal");
    let (address, _) = browser.filled(&[]);
    council.wait_minutes(32 * 24 * 60);
    let mut browser = council.signed_in("officer").await;
    let shown = browser.get(ONE).await;
    shown.is(200).says("It can no longer be declared personal");
    browser.get("/my-sign-ins").await;
    let (_, token) = browser.filled(&[]);
    browser.post(&address, &token).await.is(422);
}

#[tokio::test]
async fn long_lists_go_on_on_the_next_page() {
    let council = Council::new().await;
    council.used("officer", 0, 60).await;
    let mut browser = council.signed_in("officer").await;
    let count = |text: &str| text.matches("+441922654321").count();
    let shown = browser.get(PATH).await;
    assert_eq!(count(shown.text()), 50);
    let shown = browser.follow("Next page").await;
    assert_eq!(count(shown.text()), 10);
    for after in ["x", "-1", "99999999999"] {
        browser
            .get(&format!("{PATH}?after={after}&month=x"))
            .await
            .is(200);
    }
}
