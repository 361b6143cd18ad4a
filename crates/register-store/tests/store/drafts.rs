//! Unfinished forms: whose they are, how many, how long, and that a kill loses none.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use matters::event::Act;
use register_store::Store;
use register_store::drafts::{Answers, DraftError, DraftKey, LONGEST, MOST_EACH};
use register_store::seal::Key;
use register_store::signing_in::SignIn;
use register_store::signing_in::account::Whose::Own;

use crate::council::{by, hour, id, pack, settle};
use crate::engines::{Database, on_both};

on_both!(
    answers_are_kept_over_those_before,
    nobody_else_has_them,
    of_too_many_the_oldest_goes,
    it_ends_with_the_longest_sign_in,
    whoever_is_no_user_has_none,
    what_is_too_long_is_not_kept,
    two_tabs_keep_both_answers,
    a_killed_process_loses_no_answer,
);

const FLOW: &str = "ask";

/// Who fills them in.
struct Person(matters::id::PersonId);

impl Person {
    fn key<'a>(&'a self, id: &'a str) -> DraftKey<'a> {
        DraftKey {
            id,
            person: &self.0,
            flow: FLOW,
        }
    }
}

fn ann() -> Person {
    Person(id("ann"))
}

fn answers(pairs: &[(&str, &str)]) -> Answers {
    let pairs = pairs.iter();
    pairs
        .map(|(field, value)| ((*field).to_owned(), vec![(*value).to_owned()]))
        .collect()
}

fn is_gone<T>(result: Result<T, DraftError>) -> bool {
    matches!(result, Err(DraftError::Gone))
}

async fn answers_are_kept_over_those_before(database: Database) {
    let store = database.open().await;
    let ann = ann();
    let first = answers(&[("kind", "bulk"), ("odd", "\0 \u{fffd} \" '")]);
    store
        .begin_draft(ann.key("a"), &first, hour(0))
        .await
        .unwrap();
    assert_eq!(store.draft(ann.key("a"), hour(1)).await.unwrap(), first);
    let second = answers(&[("why", "we must"), ("kind", "one")]);
    let all = store
        .answer_draft(ann.key("a"), second, hour(1))
        .await
        .unwrap();
    let expected = answers(&[
        ("kind", "one"),
        ("odd", "\0 \u{fffd} \" '"),
        ("why", "we must"),
    ]);
    assert_eq!(all, expected);
    // Another console of the same council.
    let other = database.open().await;
    assert_eq!(other.draft(ann.key("a"), hour(1)).await.unwrap(), expected);
    other.finish_draft(ann.key("a")).await.unwrap();
    assert!(is_gone(store.draft(ann.key("a"), hour(1)).await));
    let late = store.answer_draft(ann.key("a"), Answers::new(), hour(1));
    assert!(is_gone(late.await));
}

async fn nobody_else_has_them(database: Database) {
    let store = database.open().await;
    let (ann, bob) = (ann(), Person(id("bob")));
    let kept = answers(&[("why", "private")]);
    store
        .begin_draft(ann.key("a"), &kept, hour(0))
        .await
        .unwrap();
    assert!(is_gone(store.draft(bob.key("a"), hour(0)).await));
    let changed = store.answer_draft(bob.key("a"), answers(&[("why", "x")]), hour(0));
    assert!(is_gone(changed.await));
    store.finish_draft(bob.key("a")).await.unwrap();
    let other_form = DraftKey {
        flow: "other",
        ..ann.key("a")
    };
    assert!(is_gone(store.draft(other_form, hour(0)).await));
    for odd in ["", "b", "a\0", "a'", "../a", &"a".repeat(65)] {
        assert!(is_gone(store.draft(ann.key(odd), hour(0)).await), "{odd:?}");
    }
    assert_eq!(store.draft(ann.key("a"), hour(0)).await.unwrap(), kept);
}

async fn of_too_many_the_oldest_goes(database: Database) {
    let store = database.open().await;
    let (ann, bob) = (ann(), Person(id("bob")));
    let none = Answers::new();
    store
        .begin_draft(bob.key("bobs"), &none, hour(0))
        .await
        .unwrap();
    let names: Vec<String> = (0..=MOST_EACH).map(|n| format!("d{n}")).collect();
    for (minute, name) in (0..).zip(&names) {
        let at = hour(0) + jiff::SignedDuration::from_mins(minute);
        store.begin_draft(ann.key(name), &none, at).await.unwrap();
    }
    assert!(is_gone(store.draft(ann.key("d0"), hour(1)).await));
    assert!(store.draft(ann.key("d1"), hour(1)).await.is_ok());
    assert!(store.draft(bob.key("bobs"), hour(1)).await.is_ok());
}

async fn it_ends_with_the_longest_sign_in(database: Database) {
    let store = database.open().await;
    let ann = ann();
    let longest = i64::from(pack().people().sessions.longest_hours);
    let none = Answers::new();
    for name in ["a", "b"] {
        store
            .begin_draft(ann.key(name), &none, hour(0))
            .await
            .unwrap();
    }
    store
        .answer_draft(ann.key("b"), none.clone(), hour(1))
        .await
        .unwrap();
    assert!(store.draft(ann.key("a"), hour(longest - 1)).await.is_ok());
    assert!(is_gone(store.draft(ann.key("a"), hour(longest)).await));
    let late = store.answer_draft(ann.key("a"), none, hour(longest));
    assert!(is_gone(late.await));
    // And it is not only hidden.
    assert_eq!(store.drafts_left(hour(longest)).await.unwrap(), ["b"]);
    assert_eq!(store.drafts_left(hour(0)).await.unwrap(), ["b"]);
}

async fn whoever_is_no_user_has_none(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let sign_in = SignIn::new(store.clone(), Key::new([7; 32]).unwrap());
    let (ann, bob) = (ann(), Person(id("bob")));
    let password = "copper tiptoe marmalade";
    let it = by("it", 0);
    let added = sign_in.add_account(&ann.0, "ann", password, Own, &it);
    added.await.unwrap();
    let none = Answers::new();
    store
        .begin_draft(ann.key("a"), &none, hour(0))
        .await
        .unwrap();
    store
        .begin_draft(bob.key("b"), &none, hour(0))
        .await
        .unwrap();
    let act = Act::by(&bob.0, hour(1));
    sign_in.disable_account(&ann.0, &act).await.unwrap();
    assert_eq!(store.drafts_left(hour(1)).await.unwrap(), ["b"]);
}

async fn what_is_too_long_is_not_kept(database: Database) {
    let store = database.open().await;
    let ann = ann();
    let kept = answers(&[("why", "short")]);
    store
        .begin_draft(ann.key("a"), &kept, hour(0))
        .await
        .unwrap();
    let long = "x".repeat(LONGEST);
    let long = answers(&[("why", &long)]);
    let answered = store
        .answer_draft(ann.key("a"), long.clone(), hour(0))
        .await;
    assert!(matches!(answered, Err(DraftError::TooLong)));
    let begun = store.begin_draft(ann.key("b"), &long, hour(0)).await;
    assert!(matches!(begun, Err(DraftError::TooLong)));
    assert_eq!(store.draft(ann.key("a"), hour(0)).await.unwrap(), kept);
}

async fn two_tabs_keep_both_answers(database: Database) {
    let (one, other) = (database.open().await, database.open().await);
    let ann = ann();
    one.begin_draft(ann.key("a"), &Answers::new(), hour(0))
        .await
        .unwrap();
    let first = one.answer_draft(ann.key("a"), answers(&[("x", "1")]), hour(0));
    let second = other.answer_draft(ann.key("a"), answers(&[("y", "2")]), hour(0));
    let (first, second) = tokio::join!(first, second);
    first.unwrap();
    second.unwrap();
    let kept = one.draft(ann.key("a"), hour(0)).await.unwrap();
    assert_eq!(kept, answers(&[("x", "1"), ("y", "2")]));
}

const KILLS: usize = 10;

/// Tells the worker which database to work on.
const URL: &str = "PROBITY_TEST_DRAFTS";

async fn a_killed_process_loses_no_answer(database: Database) {
    let store = database.open().await;
    let ann = ann();
    store
        .begin_draft(ann.key("a"), &Answers::new(), hour(0))
        .await
        .unwrap();
    let mut last = 0;
    for _ in 0..KILLS {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "drafts::worker", "--ignored", "--nocapture"]);
        command.env(URL, &database.url).stdout(Stdio::piped());
        let mut worker = command.spawn().unwrap();
        let said = BufReader::new(worker.stdout.take().unwrap());
        let mut numbers = said
            .lines()
            .filter_map(|line| line.ok()?.strip_prefix("kept ")?.parse::<u64>().ok());
        last = numbers.by_ref().take(3).last().unwrap();
        worker.kill().unwrap();
        worker.wait().unwrap();
        drop(numbers);
        // Another process goes on from there.
        let kept = database
            .open()
            .await
            .draft(ann.key("a"), hour(1))
            .await
            .unwrap();
        let n: u64 = kept["n"][0].parse().unwrap();
        assert!(n >= last, "an answer that was acknowledged is gone");
        assert!(
            kept["long"][0].starts_with(&format!("{n}-")),
            "half an answer"
        );
    }
    assert!(last >= 3);
}

/// Not a test: the process that is killed.
#[tokio::test]
#[ignore = "run by the tests that kill it"]
async fn worker() {
    let Ok(url) = std::env::var(URL) else {
        return;
    };
    let store = Store::open(&url, pack()).await.unwrap();
    let ann = ann();
    let kept = store.draft(ann.key("a"), hour(0)).await.unwrap();
    let begin: u64 = kept.get("n").map_or(0, |n| n[0].parse().unwrap());
    for n in begin + 1.. {
        let text = format!("{n}-").repeat(2_000);
        let further = answers(&[("n", &n.to_string()), ("long", &text)]);
        store
            .answer_draft(ann.key("a"), further, hour(0))
            .await
            .unwrap();
        println!("kept {n}");
    }
}
