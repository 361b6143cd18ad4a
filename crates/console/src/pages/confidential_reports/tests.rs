#![allow(clippy::unwrap_used)]

use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId};
use matters::incident::{ANONYMOUS, Incident, Kind, Opening};

use crate::testing::Council;

const WORDS: &str = "Sells things from the office";

fn about(council: &Council, whom: Option<&str>, key: Option<String>) -> Opening {
    Opening {
        kind: Kind::ReportSomeone,
        words: WORDS.to_owned(),
        happened_at: council.console.now(),
        url: None,
        message_id: None,
        implicated: whom.map(PersonId::from),
        key_sha256: key,
    }
}

async fn opened(council: &Council, opening: Opening, act: &Act) -> MatterId {
    let kept = council.store.open_matter::<Incident>(opening, act).await;
    kept.unwrap().id
}

async fn reported(council: &Council, by: &str, whom: Option<&str>) -> MatterId {
    let act = Act::by(&PersonId::from(by), council.console.now());
    opened(council, about(council, whom, None), &act).await
}

#[tokio::test]
async fn internal_audit_reads_it_and_answers() {
    let council = Council::new().await;
    let id = reported(&council, "officer", Some("manager")).await;
    let mut audit = council.signed_in("chief-internal-auditor").await;
    let shown = audit.get("/confidential-reports").await;
    shown.is(200).says("What somebody else did").says("Officer");
    let shown = audit.follow("What somebody else did").await;
    shown.says(WORDS).says("Who is involved").says("Manager");
    let mut other_tab = council.signed_in("chief-internal-auditor").await;
    other_tab.get(&format!("/confidential-reports/{id}")).await;
    audit.send(&[]).await.is(200).says("You have read it");
    other_tab.send(&[]).await.is(409);
    audit.follow("Back to the reports").await;
    audit.follow("What somebody else did").await;
    let shown = audit.send(&[("feedback", "")]).await;
    assert_eq!(shown.is(422).errors(), ["Enter what came of it"]);
    let answer = [("feedback", "We have spoken to them")];
    audit.send(&answer).await.is(200).says("Answer sent");
    audit
        .get("/confidential-reports")
        .await
        .says("There are none.");
    let mut officer = council.signed_in("officer").await;
    let shown = officer.get(&format!("/report-a-problem/{id}")).await;
    shown.is(200).says("We have spoken to them");
}

#[tokio::test]
async fn nobody_else_learns_that_it_exists() {
    let council = Council::new().await;
    let id = reported(&council, "officer", Some("manager")).await;
    let image = council.store.image();
    let everybody = image.people().all().map(|person| person.id.clone());
    let everybody: Vec<PersonId> = everybody.collect();
    assert!(everybody.len() > 10);
    for person in everybody {
        if ["officer", "chief-internal-auditor"].contains(&person.as_str()) {
            continue;
        }
        let mut browser = council.signed_in(person.as_str()).await;
        let list = browser.get("/confidential-reports").await;
        let one = browser.get(&format!("/confidential-reports/{id}")).await;
        // Whoever stands in where the auditor is named has the page, and nothing on it.
        if person.as_str() == "monitoring-officer" {
            list.is(200).says("There are none.");
            one.is(404);
        } else {
            list.is(403);
            one.is(403);
            let navigation = browser.get("/to-decide").await;
            let offered = navigation.navigation();
            assert!(!offered.contains(&"/confidential-reports"), "{person}");
        }
        for address in [
            "/my-position",
            "/to-decide",
            "/my-team",
            "/work-list",
            "/work-list/incidents",
            "/report-a-problem",
            "/find-a-person?q=officer",
        ] {
            let shown = browser.get(address).await;
            let text = shown.text();
            assert!(!text.contains(id.as_str()), "{person} at {address}");
            assert!(!text.contains(WORDS), "{person} at {address}");
        }
        // As if there were no such reference.
        for page in ["/work-list/incidents", "/report-a-problem"] {
            let shown = browser.get(&format!("{page}/{id}")).await;
            let none = browser.get(&format!("{page}/IN-0000-0000")).await;
            assert_ne!(shown.status, 200, "{person} at {page}");
            assert_eq!(shown.text(), none.text(), "{person} at {page}");
        }
        let notices = council.store.notices_for(&person).await.unwrap();
        let about = notices.iter().filter(|notice| notice.matter == id);
        assert_eq!(about.count(), 0, "{person}");
    }
}

#[tokio::test]
async fn an_auditor_reads_nothing_about_themselves() {
    let council = Council::new().await;
    let named = reported(&council, "officer", Some("chief-internal-auditor")).await;
    let own = reported(&council, "chief-internal-auditor", Some("officer")).await;
    let mut audit = council.signed_in("chief-internal-auditor").await;
    audit
        .get("/confidential-reports")
        .await
        .says("There are none.");
    for id in [&named, &own] {
        audit
            .get(&format!("/confidential-reports/{id}"))
            .await
            .is(404);
    }
    // The alternate reads it in their place.
    let mut alternate = council.signed_in("monitoring-officer").await;
    alternate
        .get(&format!("/confidential-reports/{named}"))
        .await
        .is(200)
        .says(WORDS);
    alternate.send(&[]).await.is(200).says("You have read it");
}

#[tokio::test]
async fn one_without_a_name_is_heard_too() {
    let council = Council::new().await;
    let rule = Act::of(Actor::Rule(ANONYMOUS.to_owned()), council.console.now());
    let opening = about(&council, Some("manager"), Some("0".repeat(64)));
    opened(&council, opening, &rule).await;
    let mut audit = council.signed_in("chief-internal-auditor").await;
    let shown = audit.get("/confidential-reports").await;
    shown.is(200).says("Somebody who gave no name");
    audit.follow("What somebody else did").await.says(WORDS);
    audit.send(&[]).await.is(200).says("You have read it");
}

/// Walsall 9.2.1.c: a senior manager tells the Chief Internal Auditor of what looks like a breach, with a
/// form that gives a receipt number, and the auditor has it.
#[tokio::test]
async fn a_senior_managers_report_of_a_breach_reaches_the_auditor() {
    let council = Council::new().await;
    let mut director = council.signed_in("executive-director").await;
    director.get("/report-a-problem/new").await.is(200);
    director.send(&[("kind", "report-someone")]).await.is(200);
    let today = [
        ("happened_at-day", "10"),
        ("happened_at-month", "3"),
        ("happened_at-year", "2027"),
    ];
    director.send(&today).await.is(200);
    let fields = [("words", WORDS), ("implicated", "officer")];
    director.send(&fields).await.is(200);
    let sent = director.send(&[]).await;
    sent.says("Nobody reads it but the Chief Internal Auditor");
    let receipt = sent.address.trim_end_matches("/sent").to_owned();
    let receipt = receipt.rsplit('/').next().unwrap();
    sent.says(receipt);
    let mut audit = council.signed_in("chief-internal-auditor").await;
    let list = audit.get("/confidential-reports").await;
    list.says(receipt).says("Executive Director");
    let shown = audit.follow("What somebody else did").await;
    shown.says(WORDS).says("Officer");
}
