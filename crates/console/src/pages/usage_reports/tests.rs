#![allow(clippy::unwrap_used)]

use matters::event::{Act, Actor};
use matters::id::MatterId;
use matters::report_issue::{Opening, Purpose, ReportIssue, State, Step};

use crate::testing::Council;

const OWN: &str = "/usage-reports/report?unit=resources&month=2027-01";
const OTHER: &str = "/usage-reports/report?unit=housing&month=2027-01";

/// What is on the record of looks at one unit's report: who, and how it ended.
async fn looks(council: &Council, unit: &str) -> Vec<(String, String, bool)> {
    let id = MatterId::new(format!("report usage 2027-01 {unit}"));
    let history = council.store.history(&id).await.unwrap();
    let events = history.iter().map(|event| {
        let who = event.act.actor.person().unwrap().as_str().to_owned();
        (who, event.to.clone(), event.authority.is_some())
    });
    events.collect()
}

#[tokio::test]
async fn a_head_of_service_reads_of_their_own_unit_and_of_no_other() {
    let council = Council::new().await;
    let mut head = council.signed_in("head-of-service").await;
    let shown = head.get("/usage-reports").await;
    shown.is(200).says("January 2027");
    assert!(!shown.text().contains("Housing") && !shown.text().contains("The whole council"));
    head.get(OWN)
        .await
        .is(200)
        .says("The resources")
        .says("walsall-7.2.16")
        .says("Purpose: usage");
    head.get(OTHER).await.is(403);
    head.get("/usage-reports/report?month=2027-01")
        .await
        .is(403);
    let read = |who: &str, to: &str, by_post| (who.to_owned(), to.to_owned(), by_post);
    let head = "head-of-service";
    assert_eq!(
        looks(&council, "resources").await,
        [read(head, "shown", true)]
    );
    assert_eq!(
        looks(&council, "housing").await,
        [read(head, "refused", false)]
    );
    assert_eq!(looks(&council, "").await, [read(head, "refused", false)]);
}

#[tokio::test]
async fn whoever_is_on_no_list_of_readers_does_not_get_to_any_report() {
    let council = Council::new().await;
    for person in ["officer", "manager", "service-desk", "divisional-manager"] {
        let mut browser = council.signed_in(person).await;
        for address in ["/usage-reports", OWN] {
            browser
                .get(address)
                .await
                .is(403)
                .says("You cannot open this page");
        }
    }
}

#[tokio::test]
async fn haltons_managers_read_of_their_division_and_its_auditors_of_all() {
    let council = Council::of("halton").await;
    let mut manager = council.signed_in("divisional-manager").await;
    manager.get(OWN).await.is(200).says("The resources");
    manager.get(OTHER).await.is(403);
    let mut auditor = council.signed_in("chief-internal-auditor").await;
    auditor.get(OTHER).await.is(200).says("The housing");
    council
        .signed_in("officer")
        .await
        .get(OWN)
        .await
        .is(403)
        .says("You cannot open this page");
    let housing = looks(&council, "housing").await;
    let read = |who: &str, to: &str, by_post| (who.to_owned(), to.to_owned(), by_post);
    assert_eq!(
        housing,
        [
            read("divisional-manager", "refused", false),
            read("chief-internal-auditor", "shown", true)
        ]
    );
}

#[tokio::test]
async fn in_chorley_no_clause_gives_anybody_reports() {
    let council = Council::of("chorley").await;
    for person in [
        "head-of-service",
        "chief-internal-auditor",
        "executive-director",
    ] {
        let mut browser = council.signed_in(person).await;
        browser.get(OWN).await.is(403);
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_leaves_no_trace() {
    let council = Council::new().await;
    let mut head = council.signed_in("head-of-service").await;
    for query in [
        "",
        "?unit=resources",
        "?unit=ghosts&month=2027-01",
        "?unit=resources&month=x",
    ] {
        let shown = head.get(&format!("/usage-reports/report{query}")).await;
        assert_eq!(shown.address, "/usage-reports", "{query}");
    }
    head.get("/usage-reports/report?unit=resources&month=2026-12")
        .await
        .is(404);
}

#[tokio::test]
async fn a_report_can_be_taken_away_as_a_file_with_its_tables_and_that_is_on_the_record() {
    let council = Council::new().await;
    let mut head = council.signed_in("head-of-service").await;
    head.get(OWN).await.says("Download this report (PDF)");
    let paper = |address: &str| address.replace("/report?", "/paper?");
    head.file(&paper(OWN)).await.says(&[
        "Use of email, the internet and telephones: The resources, January 2027",
        "Purpose: usage",
        "What clauses led to",
        "Clause",
        "Refused",
        "walsall-7.2.16",
    ]);
    assert_eq!(looks(&council, "resources").await.len(), 2);
    head.get(&paper(OTHER)).await.is(403);
}

#[tokio::test]
async fn a_line_is_referred_to_internal_audit_alone() {
    let council = Council::new().await;
    let mut head = council.signed_in("head-of-service").await;
    head.get(OWN).await.says("Refer a line to internal audit");
    head.get("/usage-reports/refer?unit=housing&month=2027-01")
        .await
        .is(403);
    head.get("/usage-reports/refer?unit=resources&month=2027-01")
        .await
        .is(200);
    let shown = head.send(&[("line", ""), ("reason", "")]).await;
    shown.is(422);
    assert_eq!(shown.errors().len(), 2);
    let line = ("line", "walsall-7.2.16 refused");
    let shown = head
        .send(&[line, ("reason", "All of it on one afternoon")])
        .await;
    let reference = shown.address.rsplit('/').next().unwrap().to_owned();
    shown
        .is(200)
        .says("The line has been referred")
        .says(&reference);

    let mut auditor = council.signed_in("chief-internal-auditor").await;
    auditor.get("/confidential-reports").await.says(&reference);
    let shown = auditor
        .get(&format!("/confidential-reports/{reference}"))
        .await;
    shown
        .says("January 2027")
        .says("walsall-7.2.16: refused 7 times")
        .says("All of it on one afternoon");
    for person in [
        "executive-director",
        "assistant-director-it",
        "service-desk",
        "other-head-of-service",
    ] {
        let mut browser = council.signed_in(person).await;
        let shown = browser
            .get(&format!("/usage-reports/referred/{reference}"))
            .await;
        assert_ne!(shown.status, 200, "{person}");
        let shown = browser
            .get(&format!("/confidential-reports/{reference}"))
            .await;
        assert_ne!(shown.status, 200, "{person}");
    }
}

/// January's report of resources, issued.
async fn issued(council: &Council) -> MatterId {
    let act = Act::of(Actor::Rule("reports".to_owned()), council.console.now());
    let opening = Opening {
        purpose: Purpose::Usage,
        month: "2027-01".to_owned(),
        unit: Some("resources".into()),
    };
    let opened = council
        .store
        .open_matter::<ReportIssue>(opening, &act)
        .await;
    let id = opened.unwrap().id;
    let build = Step::Build {
        sha256: "ab".repeat(32),
    };
    let check = Step::Check { faults: Vec::new() };
    for step in [build, check, Step::Issue] {
        let taken = council
            .store
            .take::<ReportIssue>(&id, None, step, &act)
            .await;
        taken.unwrap();
    }
    id
}

async fn state(council: &Council, id: &MatterId) -> State {
    let kept = council.store.matter::<ReportIssue>(id).await.unwrap();
    kept.matter.state
}

#[tokio::test]
async fn an_issued_report_is_found_from_its_notice_and_counts_as_read_once_it_was_opened() {
    let council = Council::new().await;
    let id = issued(&council).await;
    let mut head = council.signed_in("head-of-service").await;
    head.get("/my-position")
        .await
        .says("A month’s report of use is there for you to read");
    head.get("/usage-reports").await.is(200).says("Issued");
    assert_eq!(state(&council, &id).await, State::Issued);
    let shown = head.get(&format!("/usage-reports/{id}")).await;
    shown.is(200).says("The resources");
    assert_eq!(
        shown.address,
        "/usage-reports/report?unit=resources&month=2027-01"
    );
    assert_eq!(state(&council, &id).await, State::Read);
    let mut other = council.signed_in("other-head-of-service").await;
    let shown = other.get("/usage-reports").await;
    assert!(!shown.text().contains("Reports that were issued"));
    other.get(&format!("/usage-reports/{id}")).await.is(404);
    other
        .get(&format!("/usage-reports/{id}/recall"))
        .await
        .is(404);
}

#[tokio::test]
async fn a_report_is_recalled_with_a_reason_and_shown_to_nobody_then() {
    let council = Council::new().await;
    let id = issued(&council).await;
    let mut head = council.signed_in("head-of-service").await;
    head.get(OWN).await.is(200);
    head.get(&format!("/usage-reports/{id}/recall"))
        .await
        .is(403);
    let mut director = council.signed_in("assistant-director-it").await;
    // They read none of it.
    director.get(OWN).await.is(403);
    director.get("/usage-reports").await.is(200).says("Read");
    director.follow("Recall").await.is(200);
    let shown = director.send(&[("reason", "")]).await;
    shown.is(422);
    assert_eq!(shown.errors().len(), 1);
    let shown = director
        .send(&[("reason", "Calls were counted twice.")])
        .await;
    shown
        .is(200)
        .says("Recalled")
        .says("Calls were counted twice.");
    assert_eq!(state(&council, &id).await, State::Recalled);
    let shown = head.get(OWN).await;
    shown.is(200).says("Calls were counted twice.");
    assert!(!shown.text().contains("walsall-7.2.16"));
    head.get(&OWN.replace("/report?", "/paper?"))
        .await
        .says("no longer shown");
    head.get("/my-position")
        .await
        .says("A report of use that you read is not to be relied on");
}
