#![allow(clippy::unwrap_used)]

use matters::acceptance::{self, Acceptance, Method};
use matters::enquiry::Enquiry;
use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId};
use matters::mailbox::{GenericMailbox, Opening, State, Step};
use register_store::enquiries::Calls;
use register_store::matters_kept::Filter;

use crate::testing::{Browser, Council, Shown};

const HEAD: &str = "head-of-service";

fn by(council: &Council, person: &str) -> Act {
    Act::by(&PersonId::from(person), council.console.now())
}

/// Signs the policy in force for somebody.
async fn signs(council: &Council, person: &str) {
    let (store, now) = (&council.store, council.console.now());
    let rule = Act::of(Actor::Rule("in-force".to_owned()), now);
    while store.ask_for_signatures(now, &rule).await.unwrap() > 0 {}
    let filter = Filter {
        subject: Some(PersonId::from(person)),
        ..Filter::default()
    };
    let kept = store
        .matters::<Acceptance>(&filter)
        .await
        .unwrap()
        .items
        .remove(0);
    let format = "html".to_owned();
    let opened = acceptance::Step::Opened {
        format: format.clone(),
    };
    let act = by(council, person);
    store
        .take::<Acceptance>(&kept.id, None, opened, &act)
        .await
        .unwrap();
    let accept = acceptance::Step::Accept {
        format,
        text_sha256: kept.matter.text_sha256.clone(),
        statement: council.console.people.acceptance.statement.clone(),
        method: Method::Electronic {
            authenticated_at: now,
        },
    };
    let mut act = by(council, person);
    act.form_sha256 = Some("0".repeat(64));
    store
        .take::<Acceptance>(&kept.id, None, accept, &act)
        .await
        .unwrap();
}

async fn asked(council: &Council, address: &str) -> MatterId {
    let opening = Opening {
        address: address.to_owned(),
        purpose: "Questions about parks".to_owned(),
        manager: "manager".into(),
        administrators: vec!["officer".into(), "colleague".into()],
        unit: "resources".into(),
    };
    let act = by(council, HEAD);
    let kept = council
        .store
        .open_matter::<GenericMailbox>(opening, &act)
        .await;
    kept.unwrap().id
}

/// In use, with two administrators.
async fn active(council: &Council) -> MatterId {
    signs(council, "officer").await;
    signs(council, "colleague").await;
    let id = asked(council, "parks@council.example").await;
    let steps = [
        ("service-desk", Step::Check),
        ("officer", Step::Agree),
        ("colleague", Step::Agree),
    ];
    for (who, step) in steps {
        let act = by(council, who);
        council
            .store
            .take::<GenericMailbox>(&id, None, step, &act)
            .await
            .unwrap();
    }
    assert_eq!(state(council, &id).await, State::Active);
    id
}

async fn state(council: &Council, id: &MatterId) -> State {
    let kept = council.store.matter::<GenericMailbox>(id).await;
    kept.unwrap().matter.state
}

/// Answers every question.
async fn answered(browser: &mut Browser, address: &str) -> Shown {
    browser.get("/mailboxes").await.is(200);
    browser.follow("Ask for a mailbox").await.is(200);
    browser.send(&[("address", address)]).await;
    browser
        .send(&[("purpose", "Questions about <b>parks</b>")])
        .await
        .says("Which directorate");
    browser
        .send(&[("unit", "resources")])
        .await
        .says("Who answers for it?");
    browser
        .send(&[("manager", "manager")])
        .await
        .says("Who administers it?");
    let shown = browser.send(&[("administrators", "officer\nnobody")]).await;
    let problem = "Nobody, or more than one person, is known as “nobody”";
    assert_eq!(shown.is(422).errors(), [problem]);
    let both = "officer\r\ncolleague@council.example";
    browser.send(&[("administrators", both)]).await
}

#[tokio::test]
async fn a_mailbox_is_asked_for_agreed_to_and_opened() {
    let council = Council::new().await;
    let mut head = council.signed_in(HEAD).await;
    answered(&mut head, "Parks@council.example")
        .await
        .says("Check your answers");
    let (action, fields) = head.filled(&[]);
    let first = head.post(&action, &fields).await;
    first
        .is(200)
        .says("Asked for")
        .says("Questions about <b>parks</b>");
    assert_eq!(head.post(&action, &fields).await.address, first.address);
    let id = MatterId::from(first.address.rsplit('/').next().unwrap());
    let mut desk = council.signed_in("service-desk").await;
    desk.get("/mailboxes?show=all")
        .await
        .says("parks@council.example");
    desk.follow("parks@council.example").await;
    desk.follow("Accept the request").await.is(200);
    desk.send(&[]).await.says("Request accepted");
    for who in ["officer", "colleague"] {
        signs(&council, who).await;
        let mut browser = council.signed_in(who).await;
        browser
            .get("/mailboxes")
            .await
            .says("You are asked to agree");
        browser.follow("parks@council.example").await;
        browser.follow("Agree to administer it").await;
        browser.send(&[]).await.is(200).says("You have agreed");
    }
    assert_eq!(state(&council, &id).await, State::Active);
    let mut manager = council.signed_in("manager").await;
    manager.get("/mailboxes?state=active").await.says("In use");
    manager
        .get("/mailboxes?state=closed")
        .await
        .says("Nothing matches");
}

#[tokio::test]
async fn what_only_the_process_knows_goes_back_to_its_question() {
    let council = Council::new().await;
    let mut head = council.signed_in(HEAD).await;
    answered(&mut head, "officer@council.example").await;
    let shown = head.send(&[]).await;
    let problem = "This is somebody's own address; a shared mailbox needs another";
    assert_eq!(shown.is(422).errors(), [problem]);
    let shown = head.send(&[("address", "pаrks@council.example")]).await;
    shown.is(422);
}

#[tokio::test]
async fn stepping_down_puts_it_at_risk_and_says_so_first() {
    let council = Council::new().await;
    let id = active(&council).await;
    let mut officer = council.signed_in("officer").await;
    officer.get(&format!("/mailboxes/{id}")).await.is(200);
    let shown = officer.follow("Step down as administrator").await;
    shown.says("it is at risk").says("Do not go on");
    officer.follow("Continue").await;
    officer
        .send(&[])
        .await
        .is(200)
        .says("You have stepped down");
    officer.get(&format!("/mailboxes/{id}")).await.is(404);
    let mut manager = council.signed_in("manager").await;
    let shown = manager.get("/mailboxes").await;
    shown.says("At risk");
    let shown = manager.follow("parks@council.example").await;
    shown
        .says("Too few people answer")
        .says("suspended on 25 March 2027");
    manager.follow("Name another administrator").await;
    let shown = manager.send(&[("who", "x\u{202e}")]).await;
    assert_eq!(shown.is(422).errors().len(), 1);
    manager
        .send(&[("who", "officer")])
        .await
        .says("Administrator named");
    manager.get(&format!("/mailboxes/{id}/add")).await;
    let shown = manager.send(&[("who", "officer")]).await;
    assert_eq!(
        shown.is(422).errors(),
        ["They are an administrator already"]
    );
}

#[tokio::test]
async fn closing_says_what_it_does_and_counts_once() {
    let council = Council::new().await;
    let id = active(&council).await;
    let mut manager = council.signed_in("manager").await;
    let mut other = council.signed_in("manager").await;
    manager.get(&format!("/mailboxes/{id}")).await;
    manager
        .follow("Close it")
        .await
        .says("cannot be opened again");
    manager.follow("Continue").await.is(200);
    other.get(&format!("/mailboxes/{id}/close")).await;
    manager
        .send(&[("redirect", "not an address")])
        .await
        .is(422);
    let to = [("redirect", "contact@council.example")];
    manager.send(&to).await.is(200).says("Mailbox closed");
    other.send(&[("redirect", "")]).await.is(409);
    assert_eq!(state(&council, &id).await, State::Closed);
    let shown = manager.get(&format!("/mailboxes/{id}")).await;
    shown.says("contact@council.example");
    assert!(!shown.text().contains("What you can do"));
}

#[tokio::test]
async fn a_refusal_needs_a_reason() {
    let council = Council::new().await;
    let id = asked(&council, "parks@council.example").await;
    let mut desk = council.signed_in("service-desk").await;
    desk.get(&format!("/mailboxes/{id}")).await;
    desk.follow("Refuse the request").await;
    let shown = desk.send(&[("reason", " ")]).await;
    assert_eq!(shown.is(422).errors(), ["Enter the reason"]);
    desk.send(&[("reason", "There is one")])
        .await
        .says("Request refused");
    assert_eq!(state(&council, &id).await, State::Refused);
}

#[tokio::test]
async fn what_is_not_theirs_is_not_there() {
    let council = Council::new().await;
    let id = active(&council).await;
    let mut agent = council.signed_in("agent").await;
    agent
        .get("/mailboxes")
        .await
        .says("You answer for no mailbox");
    agent.get(&format!("/mailboxes/{id}")).await.is(404);
    agent.get(&format!("/mailboxes/{id}/close")).await.is(404);
    agent.get("/mailboxes/new").await.is(403);
    let mut officer = council.signed_in("officer").await;
    officer.get(&format!("/mailboxes/{id}/close")).await.is(403);
    officer.get(&format!("/mailboxes/{id}/check")).await.is(403);
    officer
        .get(&format!("/mailboxes/{id}/explode"))
        .await
        .is(404);
    officer
        .get(&format!("/mailboxes/{id}/agree/warning"))
        .await
        .is(404);
    for nothing in ["GM-0000-0000", "PE-0000-0000", "%3Cb%3E", "new/x/address"] {
        officer.get(&format!("/mailboxes/{nothing}")).await.is(404);
    }
    for odd in [
        "page=-1",
        "page=99999999999999999999",
        "state=%27--",
        "show=all",
    ] {
        officer.get(&format!("/mailboxes?{odd}")).await.is(200);
    }
}

#[tokio::test]
async fn many_mailboxes_have_pages() {
    let council = Council::new().await;
    for n in 0..30 {
        asked(&council, &format!("box-{n}@council.example")).await;
    }
    let mut manager = council.signed_in("manager").await;
    let rows = |shown: &Shown| shown.html.all("tr").count() - 1;
    assert_eq!(rows(&manager.get("/mailboxes?state=requested").await), 25);
    let second = manager.follow("Next page").await;
    assert_eq!(rows(&second), 5);
    assert!(second.address.ends_with("?state=requested&page=2"));
}

/// Somebody outside wrote.
async fn enquiry(council: &Council, from: &str) -> MatterId {
    use register_store::enquiries::{Passed, Recipient};
    let mail = Passed {
        entry: 7,
        at: council.console.now(),
        message_id: Some(format!("{from}-1")),
        in_reply_to: None,
        mail_from: from.to_owned(),
        sender: None,
        is_automatic: false,
        is_circular: false,
        asks_for_information: true,
        recipients: vec![Recipient {
            address: "parks@council.example".to_owned(),
            is_outside: false,
        }],
    };
    let store = &council.store;
    store
        .follow_record("gate", &[mail], &Calls::default(), 8)
        .await
        .unwrap();
    let filter = Filter::default();
    let all = store.matters::<Enquiry>(&filter).await.unwrap();
    all.items[0].id.clone()
}

#[tokio::test]
async fn those_who_run_it_see_what_waits_and_others_only_how_much() {
    let council = Council::new().await;
    let mailbox = active(&council).await;
    let page = format!("/mailboxes/{mailbox}");
    let mut officer = council.signed_in("officer").await;
    officer
        .get(&page)
        .await
        .says("Unanswered enquiries")
        .says("None");
    let reference = enquiry(&council, "resident@example.com").await;
    officer.get(&page).await.says("1, since");
    officer
        .follow("See its enquiries")
        .await
        .is(200)
        .says("resident@example.com")
        .says("Less than a day")
        .says("Asks for information");
    officer
        .get(&format!("{page}/enquiries?state=answered"))
        .await
        .says("There are none.");
    // An administrator answers it; the manager alone says that it needs no answer.
    let own = format!("{page}/enquiries/{reference}");
    let shown = officer.get(&own).await;
    assert!(!shown.is(200).text().contains("Why does it need no answer?"));
    let mut desk = council.signed_in("service-desk").await;
    desk.get(&page).await.is(200).says("1, since");
    desk.get(&own).await.is(403);
    desk.get(&format!("{page}/enquiries")).await.is(403);
    let mut manager = council.signed_in("manager").await;
    manager
        .get(&own)
        .await
        .says("Freedom of Information Officer");
    let problems = manager.send(&[]).await;
    assert_eq!(problems.is(422).errors(), ["Enter why it needs no answer"]);
    manager
        .send(&[("reason", "Settled by telephone")])
        .await
        .is(200)
        .says("Needs no answer");
    officer.get(&page).await.says("None");
    // Of another mailbox there is no such enquiry.
    let other = asked(&council, "trees@council.example").await;
    manager
        .get(&format!("/mailboxes/{other}/enquiries/{reference}"))
        .await
        .is(404);
}
