#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use matters::access_request::{AccessRequest, Opening, Step, Wanted};
use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId};
use matters::withdrawal::{self, Kind, Withdrawal};

use crate::testing::Council;

fn by(council: &Council, who: &str) -> Act {
    Act::by(&PersonId::from(who), council.console.now())
}

/// The officer asks for email, and sends the request off.
async fn email_asked_for(council: &Council) -> MatterId {
    let opening = Opening {
        person: PersonId::from("officer"),
        service: "email".to_owned(),
        wanted: Wanted {
            need: "To write to residents".to_owned(),
            equipment: None,
            until: None,
            sponsor: None,
        },
        paper: None,
    };
    let act = by(council, "officer");
    let store = &council.store;
    let opened = store.open_matter::<AccessRequest>(opening, &act).await;
    let id = opened.unwrap().id;
    store
        .take::<AccessRequest>(&id, None, Step::Submit, &act)
        .await
        .unwrap();
    id
}

#[tokio::test]
async fn what_is_missing_is_said_in_words() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    let shown = browser.get("/my-position").await;
    shown
        .says("Not asked for")
        .says("you have not been asked to sign it yet")
        .says("Nothing beyond what the policy allows everybody");
    let id = email_asked_for(&council).await;
    let shown = browser.get("/my-position").await;
    shown
        .says("Still missing")
        .says("Somebody senior confirms that you need it")
        .says("Human resources confirms your identity and post")
        .says("You read and sign the policy in force");
    let act = by(&council, "head-of-service");
    let step = Step::Authorise;
    let store = &council.store;
    store
        .take::<AccessRequest>(&id, None, step, &act)
        .await
        .unwrap();
    let shown = browser.get("/my-position").await;
    assert!(!shown.text().contains("Somebody senior"));
    let request = browser.get(&format!("/my-position/{id}")).await;
    request
        .is(200)
        .says("To write to residents")
        .says("by Head of Service")
        .says("What is still missing");
}

#[tokio::test]
async fn a_request_is_shown_to_those_it_concerns() {
    let council = Council::new().await;
    let id = email_asked_for(&council).await;
    let address = format!("/my-position/{id}");
    for (who, status) in [
        ("officer", 200),
        ("manager", 200),
        ("head-of-service", 200),
        ("service-desk", 200),
        ("colleague", 404),
        ("other-head-of-service", 404),
    ] {
        let mut browser = council.signed_in(who).await;
        browser.get(&address).await.is(status);
        let file = browser.file(&format!("{address}/request.pdf")).await;
        assert_eq!(file.status, status, "{who}");
    }
}

#[tokio::test]
async fn a_request_is_printed_with_who_decided_in_which_post() {
    let council = Council::new().await;
    let id = email_asked_for(&council).await;
    let act = by(&council, "head-of-service").because("Needed 🦊 ŵ");
    let store = &council.store;
    let taken = store.take::<AccessRequest>(&id, None, Step::Authorise, &act);
    taken.await.unwrap();
    let mut browser = council.signed_in("officer").await;
    browser.get(&format!("/my-position/{id}")).await;
    let links = browser.last.clone().unwrap();
    let link = links
        .html
        .all("a")
        .find(|link| link.text.contains("PDF"))
        .unwrap();
    let file = browser.file(link.attribute("href")).await;
    file.says(&[
        "Request for access: Email",
        "Asked for by",
        "To write to residents",
        "Still missing",
        "You read and sign the policy in force",
        "Sent",
        "Authorise",
        "Head of Service",
        "Needed � ŵ",
        "Reference",
        id.as_str(),
    ]);
}

#[tokio::test]
async fn a_withdrawal_says_why_and_whom_to_ask() {
    let council = Council::new().await;
    let now = council.console.now();
    let opening = withdrawal::Opening {
        person: PersonId::from("officer"),
        kind: Kind::NetworkProtection {
            services: BTreeSet::from(["email".to_owned()]),
        },
        effective_at: now,
        until: None,
    };
    let act = by(&council, "assistant-director-it").because("A worm is about");
    let opened = council.store.open_matter::<Withdrawal>(opening, &act).await;
    let reference = opened.unwrap().id;
    let mut browser = council.signed_in("officer").await;
    let shown = browser.get("/my-position").await;
    shown
        .says("Limited to protect the network")
        .says("Nobody is to blame")
        .says("A worm is about")
        .says("ISS customer service desk")
        .says(reference.as_str());
    let mut colleague = council.signed_in("colleague").await;
    let shown = colleague.get("/my-position").await;
    assert!(!shown.text().contains("worm"));
}

#[tokio::test]
async fn notices_are_read_once() {
    let council = Council::new().await;
    let act = Act::of(Actor::Rule("new-version".to_owned()), council.console.now());
    let now = council.console.now();
    council.store.ask_for_signatures(now, &act).await.unwrap();
    council.wait_minutes(1);
    council.store.run_due(council.console.now()).await.unwrap();
    let mut browser = council.signed_in("officer").await;
    let shown = browser.get("/my-position").await;
    shown
        .says("New")
        .says("The policy waits to be read and signed")
        .says("Please sign by 9 May 2027");
    browser.send(&[]).await.is(200);
    let shown = browser.get("/my-position").await;
    assert_eq!(
        shown.html.classed("govuk-tag--blue").count(),
        0,
        "nothing is new any more"
    );
    browser.follow("Read and sign").await.is(200);
}

#[tokio::test]
async fn people_choose_what_comes_by_email() {
    use register_store::notice_mail::Choice;

    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    browser.get("/my-position").await;
    browser
        .follow("Choose what you are told by email as well")
        .await
        .is(200);
    let shown = browser.send(&[("choice", "nothing")]).await;
    assert_eq!(shown.errors(), ["Select what you want to be told by email"]);
    browser.send(&[("choice", "needed")]).await.is(200);
    let officer = PersonId::from("officer");
    let chosen = council.store.notice_choice(&officer).await.unwrap();
    assert_eq!(chosen, Choice::Needed);
}
