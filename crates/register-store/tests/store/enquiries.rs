//! Mail with a shared mailbox: which messages are one thread, and what waits for an answer.

use matters::enquiry::{Enquiry, State};
use matters::id::MatterId;
use matters::mailbox::{self, GenericMailbox};
use register_store::Store;
use register_store::enquiries::{Calls, MOST_WAITING, Passed, Recipient};
use register_store::matters_kept::{Filter, Kept};

use crate::council::{by, hour, id, settle};
use crate::engines::{Database, on_both};
use crate::signing::{POTHOLES, ask, potholes, sign};

on_both!(
    an_answer_belongs_to_its_thread,
    what_is_no_answer_leaves_it_waiting,
    a_fresh_message_answers_whoever_waits,
    what_is_no_enquiry_begins_none,
    a_message_told_twice_is_one,
    enquiries_go_with_the_mailbox_to_another_manager,
    a_flood_fills_nothing,
);

const RESIDENT: &str = "resident@example.com";

/// Bob manages it; Ann and Bob look after it.
async fn mailbox(store: &Store) -> MatterId {
    settle(store).await;
    ask(store).await;
    let id = potholes(store).await;
    sign(store, "ann", 2).await;
    sign(store, "bob", 3).await;
    id
}

fn mail(own: &str, from: &str, to: &[&str], hours: i64) -> Passed {
    let recipient = |address: &&str| Recipient {
        address: (*address).to_owned(),
        is_outside: !address.ends_with("@walsall.example"),
    };
    Passed {
        entry: 0,
        at: hour(hours),
        message_id: Some(own.to_owned()),
        in_reply_to: None,
        mail_from: from.to_owned(),
        sender: None,
        is_automatic: false,
        is_circular: false,
        asks_for_information: false,
        recipients: to.iter().map(recipient).collect(),
    }
}

fn answering(parent: &str, mail: Passed) -> Passed {
    Passed {
        in_reply_to: Some(parent.to_owned()),
        ..mail
    }
}

fn by_person(who: &str, mail: Passed) -> Passed {
    Passed {
        sender: Some(id(who)),
        ..mail
    }
}

/// A resident asks.
fn asked() -> Passed {
    mail("q@example.com", RESIDENT, &["Potholes@walsall.example"], 10)
}

async fn told(store: &Store, mails: &[Passed]) {
    for mail in mails {
        let mail = std::slice::from_ref(mail);
        store
            .follow_record("gate", mail, &Calls::default(), 1)
            .await
            .unwrap();
    }
}

async fn all(store: &Store) -> Vec<Kept<Enquiry>> {
    let page = store.matters::<Enquiry>(&Filter::default()).await.unwrap();
    page.items
}

/// The states after each of these, of all there are.
async fn check(database: Database, mails: &[Passed], states: &[State]) {
    let store = database.open().await;
    mailbox(&store).await;
    told(&store, mails).await;
    let mut found: Vec<_> = all(&store).await;
    found.reverse();
    let found: Vec<_> = found.iter().map(|kept| kept.matter.state).collect();
    assert_eq!(found, states, "{mails:#?}");
}

async fn an_answer_belongs_to_its_thread(database: Database) {
    let store = database.open().await;
    mailbox(&store).await;
    let mut question = asked();
    question.asks_for_information = true;
    told(&store, &[question]).await;
    let standing = store.enquiries_of(POTHOLES).await.unwrap();
    assert_eq!((standing.waiting, standing.oldest), (1, Some(hour(10))));
    let kept = all(&store).await.remove(0);
    assert!(kept.matter.asks_for_information);
    assert_eq!(kept.matter.from, RESIDENT);
    assert_eq!(kept.matter.manager, id("bob"));
    let evidence = store
        .history(&kept.id)
        .await
        .unwrap()
        .remove(0)
        .act
        .evidence;
    assert_eq!(evidence, ["gate/0"]);
    // Ann answers from her own address; the resident thanks her, and adds a question.
    let answer = mail("a@walsall.example", "ann@walsall.example", &[RESIDENT], 20);
    let again = mail("q2@example.com", RESIDENT, &[POTHOLES], 30);
    told(
        &store,
        &[by_person("ann", answering("q@example.com", answer))],
    )
    .await;
    assert_eq!(all(&store).await[0].matter.state, State::Answered);
    assert_eq!(store.enquiries_of(POTHOLES).await.unwrap().waiting, 0);
    told(&store, &[answering("a@walsall.example", again)]).await;
    let kept = all(&store).await.remove(0);
    assert_eq!(
        (kept.matter.state, kept.matter.since),
        (State::Waiting, hour(30))
    );
    // A thread that is over does not go on.
    let needs_none = matters::enquiry::Step::NeedsNone;
    let act = by("bob", 31).because("settled by telephone");
    store
        .take::<Enquiry>(&kept.id, None, needs_none, &act)
        .await
        .unwrap();
    let later = mail("q3@example.com", RESIDENT, &[POTHOLES], 40);
    told(&store, &[answering("q2@example.com", later)]).await;
    let states: Vec<_> = all(&store)
        .await
        .iter()
        .map(|kept| kept.matter.state)
        .collect();
    assert_eq!(states, [State::Waiting, State::NeedsNone]);
}

async fn what_is_no_answer_leaves_it_waiting(database: Database) {
    let from_the_mailbox = |own: &str, to: &str| {
        let sent = mail(own, POTHOLES, &[to], 20);
        by_person("ann", answering("q@example.com", sent))
    };
    let mut absent = from_the_mailbox("absent@walsall.example", RESIDENT);
    absent.is_automatic = true;
    let passed_on = from_the_mailbox("f@walsall.example", "it@walsall.example");
    // Somebody else of the council writes to the resident about something of theirs.
    let other = mail("o@walsall.example", "it@walsall.example", &[RESIDENT], 20);
    let other = by_person("it", answering("q@example.com", other));
    let mut unrelated = mail("n@walsall.example", POTHOLES, &["x@example.net"], 20);
    unrelated.sender = Some(id("ann"));
    let mails = [asked(), absent, passed_on, other, unrelated];
    check(database, &mails, &[State::Waiting]).await;
}

async fn a_fresh_message_answers_whoever_waits(database: Database) {
    let second = mail("q2@example.com", RESIDENT, &[POTHOLES], 11);
    let third = mail("q3@example.net", "other@example.net", &[POTHOLES], 12);
    let fresh = mail("a@walsall.example", POTHOLES, &["Resident@Example.com"], 20);
    let fresh = by_person("bob", fresh);
    use State::{Answered, Waiting};
    let states = [Answered, Answered, Waiting];
    check(database, &[asked(), second, third, fresh], &states).await;
}

async fn what_is_no_enquiry_begins_none(database: Database) {
    let mut circular = asked();
    circular.is_circular = true;
    let mut automatic = asked();
    automatic.is_automatic = true;
    let mut report = asked();
    report.mail_from.clear();
    let own = mail("a@walsall.example", "ann@walsall.example", &[POTHOLES], 10);
    let mut stopped = asked();
    stopped.recipients.clear();
    let elsewhere = mail("e@example.com", RESIDENT, &["ann@walsall.example"], 10);
    let mails = [
        circular,
        automatic,
        report,
        by_person("ann", own),
        stopped,
        elsewhere,
    ];
    check(database, &mails, &[]).await;
}

async fn a_message_told_twice_is_one(database: Database) {
    // Another of that id, by somebody else, neither begins nor takes over a thread.
    let forged = mail("q@example.com", "somebody@example.net", &[POTHOLES], 11);
    check(database, &[asked(), asked(), forged], &[State::Waiting]).await;
}

async fn enquiries_go_with_the_mailbox_to_another_manager(database: Database) {
    let store = database.open().await;
    let mailbox = mailbox(&store).await;
    told(&store, &[asked()]).await;
    let step = mailbox::Step::NameManager { who: id("ann") };
    store
        .take::<GenericMailbox>(&mailbox, None, step, &by("head", 20))
        .await
        .unwrap();
    let kept = all(&store).await.remove(0);
    assert_eq!(kept.matter.manager, id("ann"));
    // How far a record was read is kept, for each record.
    assert_eq!(store.record_read("gate").await.unwrap(), Some(1));
    assert_eq!(store.record_read("another").await.unwrap(), None);
}

async fn a_flood_fills_nothing(database: Database) {
    let store = database.open().await;
    mailbox(&store).await;
    let flood: Vec<_> = (0..MOST_WAITING + 50)
        .map(|n| mail(&format!("{n}@example.com"), RESIDENT, &[POTHOLES], 10))
        .collect();
    store
        .follow_record("gate", &flood, &Calls::default(), 1)
        .await
        .unwrap();
    let waiting = store.enquiries_of(POTHOLES).await.unwrap().waiting;
    assert_eq!(waiting, u64::from(MOST_WAITING));
}
