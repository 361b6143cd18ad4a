#![allow(clippy::unwrap_used)]

use matters::acceptance::{self, Acceptance, Method};
use matters::access_request::{self, AccessRequest, Stage, Wanted};
use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId};
use matters::incident::{self, Incident};
use register_store::deliveries::DeliveryRow;
use register_store::matters_kept::{Filter, Kept};
use register_store::tasks::TaskState;

use crate::testing::{Browser, Council};

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
    let page = store.matters::<Acceptance>(&filter).await.unwrap();
    let kept = &page.items[0];
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

/// An officer's request for email, with every gate open.
async fn to_provision(council: &Council) -> Kept<AccessRequest> {
    let (store, now) = (&council.store, council.console.now());
    signs(council, "officer").await;
    let image = store.image();
    let mut officer = image.people().person(&"officer".into()).unwrap().clone();
    officer.verified_at = Some(now);
    let feed = Act::of(Actor::Feed("hr".to_owned()), now);
    store.put_person(officer, &feed).await.unwrap();
    let opening = access_request::Opening {
        person: "officer".into(),
        service: "email".to_owned(),
        wanted: Wanted {
            need: "To answer residents".to_owned(),
            equipment: Some("A laptop".to_owned()),
            until: None,
            sponsor: None,
        },
        paper: None,
    };
    let opened = store
        .open_matter::<AccessRequest>(opening, &by(council, "officer"))
        .await
        .unwrap();
    let steps = [
        ("officer", access_request::Step::Submit),
        ("head-of-service", access_request::Step::Authorise),
        ("assistant-director-it", access_request::Step::Permit),
    ];
    let mut kept = opened;
    for (who, step) in steps {
        kept = store
            .take::<AccessRequest>(&kept.id, None, step, &by(council, who))
            .await
            .unwrap();
    }
    assert_eq!(kept.matter.stage, Stage::Provisioning);
    kept
}

async fn stage(council: &Council, id: &MatterId) -> Stage {
    let kept = council.store.matter::<AccessRequest>(id).await;
    kept.unwrap().matter.stage
}

async fn opened(council: &Council, link: &str) -> Browser {
    let mut desk = council.signed_in("service-desk").await;
    desk.get("/work-list").await.is(200);
    desk.follow(link).await.is(200);
    desk
}

#[tokio::test]
async fn what_is_set_up_is_in_use_from_then_on() {
    let council = Council::new().await;
    let kept = to_provision(&council).await;
    let mut desk = opened(&council, "Set up Email").await;
    let shown = desk.last.clone().unwrap();
    shown.says("A laptop").says("Officer");
    assert!(!shown.text().contains("To answer residents"));
    let shown = desk.send(&[("note", "")]).await;
    assert_eq!(shown.is(422).errors(), ["Select whether it is set up"]);
    let (action, fields) = desk.filled(&[("outcome", "done"), ("note", "")]);
    let first = desk.post(&action, &fields).await;
    first.is(200).says("Done").says("TA-");
    let second = desk.post(&action, &fields).await;
    assert_eq!(second.is(200).address, first.address);
    assert_eq!(stage(&council, &kept.id).await, Stage::Active);
    desk.get("/work-list?task=provision")
        .await
        .says("Nothing matches these filters");
    desk.get("/work-list?state=done").await.says("Set up Email");
}

#[tokio::test]
async fn what_failed_says_why_and_comes_back_on_the_list() {
    let council = Council::new().await;
    let kept = to_provision(&council).await;
    let mut desk = opened(&council, "Set up Email").await;
    let shown = desk.send(&[("outcome", "failed"), ("note", "")]).await;
    assert_eq!(shown.is(422).errors(), ["Enter what went wrong"]);
    let shown = desk
        .send(&[("outcome", "failed"), ("note", "a\u{202e}b")])
        .await;
    shown.is(422);
    let shown = desk
        .send(&[
            ("outcome", "failed"),
            ("note", "<b>The directory</b> is away"),
        ])
        .await;
    shown.is(200).says("Failure recorded");
    assert_eq!(stage(&council, &kept.id).await, Stage::Partial);
    desk.get("/work-list").await;
    desk.follow("Set up Email").await.says("Is it set up?");
}

#[tokio::test]
async fn what_connectors_gave_up_is_said_with_its_reason() {
    let council = Council::new().await;
    to_provision(&council).await;
    let row = DeliveryRow {
        id: "officer email member".to_owned(),
        person: "officer".into(),
        service: "email".to_owned(),
        due_at: None,
        status: "failed".to_owned(),
        body: serde_json::json!({
            "service": "email",
            "status": { "is": "failed", "at": council.console.now() },
            "reason": "no such <group>",
        }),
    };
    council.store.put_deliveries(&[row]).await.unwrap();
    let desk = opened(&council, "Set up Email").await;
    let shown = desk.last.unwrap();
    shown.says("Given up: no such <group>");
}

#[tokio::test]
async fn a_stale_tab_and_a_second_colleague_change_nothing() {
    let council = Council::new().await;
    let kept = to_provision(&council).await;
    let mut one = opened(&council, "Set up Email").await;
    let mut other = opened(&council, "Set up Email").await;
    let failed = [("outcome", "failed"), ("note", "Away")];
    one.send(&failed).await.is(200);
    let shown = other.send(&[("outcome", "done"), ("note", "")]).await;
    shown.is(409);
    assert_eq!(stage(&council, &kept.id).await, Stage::Partial);
}

#[tokio::test]
async fn a_task_is_there_for_those_whose_list_it_is_on() {
    let council = Council::new().await;
    to_provision(&council).await;
    let tasks = council.store.tasks(None, TaskState::Open).await.unwrap();
    let address = format!("/work-list/{}", tasks[0].id);
    council
        .signed_in("officer")
        .await
        .get(&address)
        .await
        .is(403);
    let mut it = council.signed_in("assistant-director-it").await;
    it.get(&address).await.is(404);
    it.get("/work-list").await.says("There is nothing to do.");
    let mut desk = council.signed_in("service-desk").await;
    for nothing in ["TA-0000-0000", "..%2F", "%3Cscript%3E", "%FF"] {
        let shown = desk.get(&format!("/work-list/{nothing}")).await;
        assert!([400, 404].contains(&shown.status.as_u16()), "{nothing}");
    }
    desk.get("/work-list?after=%00'--&waiting=-1&task=%3Cb%3E")
        .await
        .is(200);
    desk.get("/work-list?service=email")
        .await
        .says("Set up Email");
    desk.get("/work-list?waiting=1")
        .await
        .says("Nothing matches");
    council.wait_minutes(2 * 24 * 60);
    // The next sign-in is two days later.
    let mut desk = council.signed_in("service-desk").await;
    desk.get("/work-list?waiting=1").await.says("2 days");
}

#[tokio::test]
async fn long_lists_have_pages() {
    let council = Council::new().await;
    for n in 0..30 {
        let opening = incident::Opening {
            kind: incident::Kind::Virus,
            words: format!("A pop-up, number {n}"),
            happened_at: council.console.now(),
            url: None,
            message_id: None,
            implicated: None,
            key_sha256: None,
        };
        let act = by(&council, "officer");
        council
            .store
            .open_matter::<Incident>(opening, &act)
            .await
            .unwrap();
    }
    let mut desk = council.signed_in("service-desk").await;
    let rows = |shown: &crate::testing::Shown| shown.html.all("tr").count() - 1;
    let first = desk.get("/work-list?task=clean-device").await;
    assert_eq!(rows(&first), 25);
    let second = desk.follow("Next page").await;
    assert!(second.address.contains("task=clean-device&after=TA-"));
    assert_eq!(rows(&second), 5);
    let first = desk.get("/work-list/incidents?state=reported").await;
    assert_eq!(rows(&first), 25);
    assert_eq!(rows(&desk.follow("Next page").await), 5);
}

async fn reported(council: &Council, kind: incident::Kind, by_whom: &str) -> MatterId {
    let opening = incident::Opening {
        kind,
        words: "I opened it".to_owned(),
        happened_at: council.console.now(),
        url: Some("https://bad.example/page?secret=1".to_owned()),
        message_id: None,
        implicated: None,
        key_sha256: None,
    };
    let act = by(council, by_whom);
    let kept = council.store.open_matter::<Incident>(opening, &act).await;
    kept.unwrap().id
}

#[tokio::test]
async fn a_report_is_read_and_then_answered() {
    let council = Council::new().await;
    // Nobody manages the colleague, so the desk alone is told.
    let id = reported(&council, incident::Kind::Accident, "colleague").await;
    let mut desk = council.signed_in("service-desk").await;
    desk.get("/work-list").await;
    desk.follow("Reports of problems").await.is(200);
    let shown = desk.follow("Opened something by accident").await;
    shown.says("I opened it").says("https://bad.example/page");
    assert!(!shown.text().contains("secret"));
    let mut other = council.signed_in("service-desk").await;
    other.get(&format!("/work-list/incidents/{id}")).await;
    desk.send(&[]).await.is(200).says("You have read it");
    other.send(&[]).await.is(409);
    desk.get(&format!("/work-list/incidents/{id}")).await;
    let shown = desk.send(&[("feedback", " ")]).await;
    assert_eq!(shown.is(422).errors(), ["Enter what came of it"]);
    let answer = [("feedback", "<i>Nothing</i> was harmed")];
    desk.send(&answer).await.is(200).says("Answer sent");
    desk.get("/work-list/incidents")
        .await
        .says("There are none.");
    desk.get("/work-list/incidents?state=closed")
        .await
        .says("Opened something by accident");
}

#[tokio::test]
async fn a_report_about_somebody_is_not_the_desks_to_see() {
    let council = Council::new().await;
    let id = reported(&council, incident::Kind::ReportSomeone, "officer").await;
    let own = reported(&council, incident::Kind::Spam, "service-desk").await;
    let mut desk = council.signed_in("service-desk").await;
    desk.get(&format!("/work-list/incidents/{id}"))
        .await
        .is(404);
    let shown = desk.get(&format!("/work-list/incidents/{own}")).await;
    assert!(
        shown
            .html
            .all("main")
            .all(|main| !main.text.contains("I have read it"))
    );
    let mut it = council.signed_in("assistant-director-it").await;
    it.get("/work-list/incidents").await.is(403);
}
