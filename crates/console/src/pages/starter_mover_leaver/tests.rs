#![allow(clippy::unwrap_used)]

use matters::acceptance::{self, Acceptance};
use matters::access_request::{AccessRequest, Step};
use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId, PostId};
use matters::machine::Machine as _;
use matters::withdrawal::Withdrawal;
use register_store::matters_kept::Filter;
use register_store::tasks::TaskState;

use crate::testing::{Browser, Council, Shown};

const PATH: &str = "/starter-mover-leaver";

async fn begin(browser: &mut Browser, change: &str, who: &str) -> Shown {
    browser.get(PATH).await.is(200);
    browser.send(&[("change", change)]).await.is(200);
    browser.send(&[("who", who)]).await
}

async fn requests(council: &Council, person: &str) -> Vec<(String, &'static str)> {
    let filter = Filter {
        subject: Some(PersonId::from(person)),
        ..Filter::default()
    };
    let found = council
        .store
        .matters::<AccessRequest>(&filter)
        .await
        .unwrap()
        .items;
    let mut found: Vec<_> = found
        .iter()
        .map(|kept| (kept.matter.service.clone(), kept.matter.state()))
        .collect();
    found.sort();
    found
}

async fn starter(browser: &mut Browser, who: &str) {
    begin(browser, "starter", who)
        .await
        .is(200)
        .says("Which services");
    browser
        .send(&[])
        .await
        .is(422)
        .says("Choose at least one service");
    browser
        .send(&[("services", "email"), ("services", "internet")])
        .await
        .says("What do they need");
    browser
        .send(&[("need", "")])
        .await
        .is(422)
        .says("Enter what they need it for");
    browser
        .send(&[("need", "a\u{202e}b")])
        .await
        .is(422)
        .says("U+202E");
    browser
        .send(&[("need", &"a".repeat(2_001))])
        .await
        .is(422)
        .says("2000 characters or fewer");
    browser
        .send(&[("need", "<b>Letters</b>")])
        .await
        .says("Which equipment");
    browser
        .send(&[("equipment", "")])
        .await
        .says("What is the last day");
}

#[tokio::test]
async fn a_starters_services_are_asked_for_on_their_behalf() {
    let council = Council::new().await;
    let mut browser = council.signed_in("manager").await;
    starter(&mut browser, "officer@council.example").await;
    let shown = browser.send(&[]).await;
    shown
        .is(200)
        .says("Check your answers")
        .says("Email and Internet")
        .says("<b>Letters</b>");
    let (address, fields) = browser.filled(&[]);
    let shown = browser.post(&address, &fields).await;
    shown
        .is(200)
        .says("Access asked for")
        .says("References")
        .says("AR-");
    browser
        .post(&address, &fields)
        .await
        .is(200)
        .says("Access asked for");
    let asked = requests(&council, "officer").await;
    let waits = "awaiting-authorisation";
    assert_eq!(
        asked,
        [("email".to_owned(), waits), ("internet".to_owned(), waits)]
    );
    starter(&mut browser, "Officer").await;
    browser.send(&[]).await.says("Check your answers");
    let shown = browser.send(&[]).await;
    shown.is(422).says("Email is in use or asked for already");
    assert_eq!(requests(&council, "officer").await.len(), 2);
}

#[tokio::test]
async fn who_is_not_the_councils_own_needs_a_last_day() {
    let council = Council::new().await;
    let mut browser = council.signed_in("manager").await;
    starter(&mut browser, "agent").await;
    browser.send(&[]).await.is(422).says("Enter the last day");
    let day = |day, month, year| {
        [
            ("until-day", day),
            ("until-month", month),
            ("until-year", year),
        ]
    };
    browser
        .send(&day("31", "4", "2027"))
        .await
        .is(422)
        .says("must be a real date");
    browser
        .send(&day("1", "3", "2027"))
        .await
        .is(422)
        .says("10 March 2027 or later");
    let shown = browser.send(&day("30", "4", "2027")).await;
    shown.says("Check your answers").says("30 April 2027");
    browser.send(&[]).await.is(200).says("Access asked for");
}

#[tokio::test]
async fn nobody_speaks_for_people_who_are_not_theirs() {
    let council = Council::new().await;
    council.signed_in("officer").await.get(PATH).await.is(403);
    let mut browser = council.signed_in("manager").await;
    for other in ["colleague", "nobody", "councillor", "Head Of Service"] {
        let shown = begin(&mut browser, "starter", other).await;
        shown.is(422).says("There is nobody by this name");
        begin(&mut browser, "mover", other).await.is(422);
        begin(&mut browser, "leaver", other).await.is(422);
    }
    begin(&mut browser, "leaver", "manager").await.is(422);
    browser.get(PATH).await;
    browser
        .send(&[("change", "nonsense")])
        .await
        .is(422)
        .says("Choose what has happened");
    browser.get(&format!("{PATH}/nonsense/who")).await.is(404);
    let mine = begin(&mut browser, "starter", "officer").await.address;
    browser
        .get(&mine.replace("services", "nonsense"))
        .await
        .is(404);
    // Out of order: the first question that is open is asked.
    browser
        .get(&mine.replace("services", "check"))
        .await
        .says("Which services");
    let mut head = council.signed_in("head-of-service").await;
    head.get(&mine).await.is(404);
}

/// Somebody's signature on the policy in force.
async fn sign(council: &Council, person: &str) {
    let at = council.console.now();
    let (image, text_sha256) = (council.store.image(), "0".repeat(64));
    let opening = acceptance::Opening {
        person: PersonId::from(person),
        edition: image.pack().edition_of("officer").to_owned(),
        version: image.pack().settings().version.clone(),
        text_sha256: text_sha256.clone(),
        in_force_at: at,
    };
    let rule = Act::of(Actor::Rule("version-in-force".to_owned()), at);
    let kept = council
        .store
        .open_matter::<Acceptance>(opening, &rule)
        .await
        .unwrap();
    let mut act = Act::by(&PersonId::from(person), at);
    let format = "html".to_owned();
    let open = acceptance::Step::Opened {
        format: format.clone(),
    };
    council
        .store
        .take::<Acceptance>(&kept.id, None, open, &act)
        .await
        .unwrap();
    act.form_sha256 = Some(text_sha256.clone());
    let accept = acceptance::Step::Accept {
        format,
        text_sha256,
        statement: image.pack().people().acceptance.statement.clone(),
        method: acceptance::Method::Electronic {
            authenticated_at: at,
        },
    };
    council
        .store
        .take::<Acceptance>(&kept.id, None, accept, &act)
        .await
        .unwrap();
}

/// Somebody's email, in use.
async fn active(council: &Council) -> MatterId {
    let mut browser = council.signed_in("manager").await;
    starter(&mut browser, "officer").await;
    browser.send(&[]).await;
    browser.send(&[]).await.is(200);
    let filter = Filter {
        subject: Some(PersonId::from("officer")),
        about: Some("email".to_owned()),
        ..Filter::default()
    };
    let id = council
        .store
        .matters::<AccessRequest>(&filter)
        .await
        .unwrap()
        .items[0]
        .id
        .clone();
    sign(council, "officer").await;
    let steps = [
        ("head-of-service", Step::Authorise),
        ("assistant-director-it", Step::Permit),
        ("hr", Step::HrVerify),
        ("service-desk", Step::Provisioned),
    ];
    for (who, step) in steps {
        let act = Act::by(&PersonId::from(who), council.console.now());
        council
            .store
            .take::<AccessRequest>(&id, None, step, &act)
            .await
            .unwrap();
    }
    id
}

async fn mover(browser: &mut Browser) {
    begin(browser, "mover", "officer")
        .await
        .is(200)
        .says("What is their name now?");
    let field = browser
        .last
        .as_ref()
        .unwrap()
        .html
        .all("input")
        .find(|one| one.attribute("id") == "name");
    assert_eq!(field.unwrap().attribute("value"), "Officer");
    browser.send(&[("name", "")]).await.is(422);
    browser
        .send(&[("name", "Olive Officer")])
        .await
        .says("What is their post now?");
    browser
        .send(&[("post", "Planner")])
        .await
        .says("Where do they work now?");
    browser
        .send(&[("unit", "nonsense")])
        .await
        .is(422)
        .says("Choose where they work");
    browser
        .send(&[("unit", "housing")])
        .await
        .says("Check your answers")
        .says("Housing");
}

#[tokio::test]
async fn a_managers_word_of_a_move_has_access_confirmed_anew() {
    let council = Council::new().await;
    let id = active(&council).await;
    let mut browser = council.signed_in("manager").await;
    mover(&mut browser).await;
    browser.last.as_ref().unwrap().says("HR changes the record");
    browser
        .send(&[])
        .await
        .is(200)
        .says("Move recorded")
        .says(id.as_str());
    let kept = council.store.matter::<AccessRequest>(&id).await.unwrap();
    assert_eq!(kept.matter.state(), "mover-review");
    let event = council.store.history(&id).await.unwrap().pop().unwrap();
    assert!(event.act.reason.unwrap().contains("Planner, in Housing"));
    mover(&mut browser).await;
    browser
        .send(&[])
        .await
        .is(422)
        .says("nothing to confirm anew");
}

/// Walsall 9.2.1.f: a senior manager says what is new about one of their own, in the manager's stead; the
/// desk has it to see to, and nothing of the record changes by their word.
#[tokio::test]
async fn a_senior_managers_word_of_a_move_comes_to_the_desk() {
    for who in [
        "head-of-service",
        "assistant-director",
        "executive-director",
    ] {
        let council = Council::new().await;
        let id = active(&council).await;
        for other in ["other-head-of-service", "monitoring-officer"] {
            let mut browser = council.signed_in(other).await;
            let shown = begin(&mut browser, "mover", "officer").await;
            assert_eq!(shown.is(422).errors().len(), 1, "{other}");
            shown.says("There is nobody by this name");
        }
        for nobody in ["colleague", "service-desk"] {
            let mut browser = council.signed_in(nobody).await;
            browser.get(PATH).await.is(403);
        }
        let mut browser = council.signed_in(who).await;
        begin(&mut browser, "mover", who).await.is(422);
        mover(&mut browser).await;
        browser.last.as_ref().unwrap().says("HR changes the record");
        browser.send(&[]).await.is(200).says("Move recorded");
        let kept = council.store.matter::<AccessRequest>(&id).await.unwrap();
        assert_eq!(kept.matter.state(), "mover-review");
        let event = council.store.history(&id).await.unwrap().pop().unwrap();
        let said = event.act.reason.unwrap();
        assert_eq!(said, "now Olive Officer, Planner, in Housing");
        let image = council.store.image();
        let person = image.people().person(&PersonId::from("officer")).unwrap();
        assert_eq!(person.name, "Officer");
        let desk = PostId::from("service-desk");
        let tasks = council.store.tasks(Some(&desk), TaskState::Open).await;
        let tasks = tasks.unwrap().into_iter();
        let tasks: Vec<_> = tasks.map(|task| (task.task, task.matter)).collect();
        assert!(
            tasks.contains(&("retest-permissions".to_owned(), id)),
            "{who}: {tasks:?}"
        );
    }
}

#[tokio::test]
async fn human_resources_change_the_record() {
    let council = Council::new().await;
    let id = active(&council).await;
    let mut browser = council.signed_in("hr").await;
    mover(&mut browser).await;
    browser.last.as_ref().unwrap().says("The record is changed");
    browser.send(&[]).await.is(200).says("Move recorded");
    let image = council.store.image();
    let person = image.people().person(&PersonId::from("officer")).unwrap();
    assert_eq!(person.name, "Olive Officer");
    assert_eq!(person.unit.as_ref().unwrap().as_str(), "housing");
    let kept = council.store.matter::<AccessRequest>(&id).await.unwrap();
    assert_eq!(kept.matter.state(), "mover-review");
    begin(&mut browser, "mover", "officer").await;
    browser.send(&[("name", "Olive Officer")]).await;
    browser.send(&[("post", "Planner")]).await;
    browser
        .send(&[("unit", "housing")])
        .await
        .is(422)
        .says("Nothing of this differs");
}

const DAY: [(&str, &str); 3] = [
    ("from-day", "30"),
    ("from-month", "4"),
    ("from-year", "2027"),
];

async fn only(council: &Council) -> Withdrawal {
    let found = council
        .store
        .matters::<Withdrawal>(&Filter::default())
        .await
        .unwrap();
    assert_eq!(found.items.len(), 1);
    found.items[0].matter.clone()
}

#[tokio::test]
async fn a_leaver_is_without_from_the_minute_named_after_a_warning() {
    let council = Council::new().await;
    let mut browser = council.signed_in("manager").await;
    let shown = begin(&mut browser, "leaver", "officer").await;
    shown.is(200).says("They leave");
    assert!(
        !shown.text().contains("Some services"),
        "a manager orders nothing"
    );
    browser.send(&[("kind", "permanent")]).await.is(422);
    browser
        .send(&[("kind", "leaving")])
        .await
        .says("From which minute?");
    let with = |time| [&DAY[..], &[("time", time)]].concat();
    for wrong in ["", "25:00", "5pm", "1:2:3", "١٧:٠٠"] {
        browser.send(&with(wrong)).await.is(422).says("time");
    }
    let unreal = [
        ("from-day", "31"),
        ("from-month", "4"),
        ("from-year", "2027"),
        ("time", "17:00"),
    ];
    browser
        .send(&unreal)
        .await
        .is(422)
        .says("must be a real date");
    browser.send(&with("17:00")).await.says("Why?");
    let shown = browser.send(&[("reason", "")]).await;
    shown.says("Before you go on").says("30 April 2027 at 5pm");
    browser
        .follow("Continue")
        .await
        .says("Check your answers")
        .says("They leave");
    let shown = browser.send(&[]).await;
    shown.is(200).says("Withdrawal recorded").says("WD-");
    let kept = only(&council).await;
    assert_eq!(kept.effective_at.to_string(), "2027-04-30T16:00:00Z");
    assert_eq!(kept.state(), "notified");
    browser.get(&shown.address.replace("done", "check")).await;
    browser.send(&[]).await.is(200).says("Withdrawal recorded");
    only(&council).await;
}

#[tokio::test]
async fn who_may_order_a_withdrawal_names_what_and_why() {
    let council = Council::new().await;
    let mut browser = council.signed_in("head-of-service").await;
    begin(&mut browser, "leaver", "officer")
        .await
        .says("Some services")
        .says("They leave");
    browser
        .send(&[("kind", "partial")])
        .await
        .says("Which services");
    browser
        .send(&[("some", "internet"), ("some", "nonsense")])
        .await
        .says("From which minute?");
    let from = [&DAY[..], &[("time", "00:00")]].concat();
    browser
        .send(&from)
        .await
        .says("What is the last day without?");
    let back = [
        ("back-day", "29"),
        ("back-month", "4"),
        ("back-year", "2027"),
    ];
    browser.send(&back).await.is(422).says("must not be before");
    let back = [
        ("back-day", "14"),
        ("back-month", "5"),
        ("back-year", "2027"),
    ];
    browser.send(&back).await.says("Why?");
    browser
        .send(&[("reason", "")])
        .await
        .is(422)
        .says("Enter the reason");
    browser
        .send(&[("reason", "By agreement")])
        .await
        .says("Before you go on");
    browser
        .follow("Continue")
        .await
        .says("14 May 2027")
        .says("Internet");
    browser.send(&[]).await.is(200).says("Withdrawal recorded");
    let kept = only(&council).await;
    assert_eq!(kept.until.unwrap().to_string(), "2027-05-14T23:00:00Z");
    assert_eq!(kept.state(), "scheduled");
}
