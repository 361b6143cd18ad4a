#![allow(clippy::unwrap_used)]

use matters::event::{Act, Actor};
use register_store::feeds::{Batch, Counts, RunStatus};
use serde_json::json;

use crate::settings::Settings;
use crate::testing::Council;

const IT: &str = "assistant-director-it";

/// A run with so many rows set aside.
async fn run(council: &Council, feed: &str, n: u64, status: RunStatus) -> i64 {
    let (store, now) = (&council.store, council.console.now());
    let run = store
        .begin_run(feed, &"a".repeat(64), 1, now)
        .await
        .unwrap();
    let aside = |row: u64| {
        json!({
            "row": row, "field": "last day", "reason": format!("`31/04/{row}` is <b>no day</b>"),
            "hint": "correct it in HR", "about": "D-0042", "set_aside": "row",
        })
    };
    let batch = Batch {
        quarantined: (1..=n).map(aside).collect(),
        counts: Counts {
            added: 7,
            quarantined: n,
            ..Counts::default()
        },
        ..Batch::default()
    };
    let act = Act::of(Actor::Feed(feed.to_owned()), now);
    store.keep_batch(run, batch, &act).await.unwrap();
    store.finish_run(run, status, now).await.unwrap();
    run
}

#[tokio::test]
async fn each_feed_shows_how_it_is_and_each_row_what_to_do() {
    let council = Council::new().await;
    let mut it = council.signed_in(IT).await;
    it.get("/feeds")
        .await
        .is(200)
        .says("No feed has been taken in yet");
    let id = run(&council, "hr", 30, RunStatus::Done).await;
    run(&council, "directory", 0, RunStatus::Done).await;
    run(&council, "clock", 0, RunStatus::Failed).await;
    let shown = it.get("/feeds").await;
    shown
        .says("Rows set aside")
        .says("Well")
        .says("Could not be read")
        .says("Never");
    let shown = it.follow("Hr").await;
    assert_eq!(shown.address, format!("/feeds/{id}"));
    shown
        .says("`31/04/1` is <b>no day</b>")
        .says("correct it in HR")
        .says("D-0042");
    let shown = it.follow("Next page").await;
    shown.says("31/04/30").says("First");
    assert_eq!(shown.html.all("tr").count(), 6);
    it.get("/feeds?feed=clock").await.says("Run 3");
    council.wait_minutes(3 * 24 * 60);
    let mut hr = council.signed_in("hr").await;
    hr.get("/feeds").await.says("Too old").says("3 days");
}

#[tokio::test]
async fn a_long_history_has_pages() {
    let council = Council::new().await;
    for _ in 0..30 {
        run(&council, "hr", 0, RunStatus::Done).await;
    }
    let mut it = council.signed_in(IT).await;
    it.get("/feeds?feed=hr").await.says("Run 30").says("Run 6");
    let shown = it.follow("Next page").await;
    shown.says("Run 5").says("Run 1");
    assert!(shown.address.ends_with("?feed=hr&after=6"));
}

#[tokio::test]
async fn what_is_not_there_or_not_theirs_is_not_shown() {
    let council = Council::new().await;
    let id = run(&council, "hr", 1, RunStatus::Done).await;
    let mut officer = council.signed_in("officer").await;
    officer.get("/feeds").await.is(403);
    officer.get(&format!("/feeds/{id}")).await.is(403);
    let mut it = council.signed_in(IT).await;
    for nothing in ["0", "-1", "99", "99999999999999999999", "x", "%3Cb%3E"] {
        it.get(&format!("/feeds/{nothing}")).await.is(404);
    }
    for odd in [
        "after=-1",
        "after=x",
        "feed=%27--",
        "after=99999999999999999999",
    ] {
        it.get(&format!("/feeds?{odd}")).await.is(200);
        it.get(&format!("/feeds/{id}?{odd}")).await.is(200);
    }
}

#[tokio::test]
async fn who_could_not_be_told_by_email_is_shown() {
    use register_store::notice_mail::Mailed;

    let without = Council::new().await;
    let mut it = without.signed_in(IT).await;
    let shown = it.get("/feeds").await;
    assert!(!shown.text().contains("Notices by email"));
    let council = Council::with(Settings {
        notices_by_email: true,
        ..Settings::default()
    })
    .await;
    let mut it = council.signed_in(IT).await;
    let now = council.console.now();
    // What setting the council up told people.
    for one in council.store.notices_to_mail(now, 500).await.unwrap() {
        let sent = council.store.mailed(one.id, &Mailed::Sent, now).await;
        sent.unwrap();
    }
    it.get("/feeds").await.says("Notices by email").says("Well");
    let act = Act::of(Actor::Rule("new-version".to_owned()), now);
    council.store.ask_for_signatures(now, &act).await.unwrap();
    council.wait_minutes(1);
    council.store.run_due(council.console.now()).await.unwrap();
    it.get("/feeds").await.says("Being sent");
    let now = council.console.now();
    let due = council.store.notices_to_mail(now, 500).await.unwrap();
    let (first, rest) = due.split_first().unwrap();
    let given_up = Mailed::GivenUp("the server answered `550 <none> here`".to_owned());
    council
        .store
        .mailed(first.id, &given_up, now)
        .await
        .unwrap();
    for one in rest {
        council
            .store
            .mailed(one.id, &Mailed::Sent, now)
            .await
            .unwrap();
    }
    let shown = it.get("/feeds").await;
    shown
        .says("Some were given up")
        .says("550 <none> here")
        .says("Correct the address");
    // Who, but not what they were to be told.
    assert!(!shown.text().contains("policy-to-sign"));
}
