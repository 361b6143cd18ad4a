#![allow(clippy::unwrap_used)]

use matters::case_time::CaseTime;
use matters::id::MatterId;

use crate::testing::{Browser, Council};

/// A sheet for a case; gives its page.
async fn opened(browser: &mut Browser, case: &str) -> String {
    browser.get("/cost-of-misuse/new").await.is(200);
    let shown = browser
        .send(&[
            ("case", case),
            ("began-day", "3"),
            ("began-month", "3"),
            ("began-year", "2027"),
            ("clauses", "walsall-6.2.1.a, walsall-7.2.2.a"),
        ])
        .await;
    shown.is(200).address.clone()
}

async fn booked(browser: &mut Browser, page: &str, grade: &str, time: &str) {
    browser.get(page).await.is(200);
    browser.follow("Book time").await.is(200);
    let time = [
        ("on-day", "4"),
        ("on-month", "3"),
        ("on-year", "2027"),
        ("stage", "hearing"),
        ("grade", grade),
        ("minutes", time),
    ];
    browser.send(&time).await.is(200);
}

async fn closed(browser: &mut Browser, page: &str, outcome: &str) {
    browser.get(page).await.is(200);
    browser.follow("Say how the case ended").await.is(200);
    browser.send(&[("outcome", outcome)]).await.is(200);
}

#[tokio::test]
async fn what_two_cases_cost_is_hours_times_rates() {
    let council = Council::new().await;
    let mut audit = council.signed_in("chief-internal-auditor").await;
    audit.get("/cost-of-misuse").await.says("There are none.");
    let first = opened(&mut audit, "HR/27/14").await;
    booked(&mut audit, &first, "Manager", "1:30").await;
    booked(&mut audit, &first, "Officer", "2").await;
    let mut hr = council.signed_in("hr").await;
    let second = opened(&mut hr, "WD-0001").await;
    booked(&mut hr, &second, "Officer", "0:20").await;
    closed(&mut hr, &second, "Warning").await;
    // 1.5 hours at 29.00, two and a third at 19.00.
    audit.get(&first).await.says("3:30").says("£81.50");
    hr.get(&second).await.says("£6.33").says("Warning");
    let report = audit.get("/cost-of-misuse/report?year=2026/27").await;
    report
        .says("What looking into misuse cost, 2026/27")
        .says("3:50:00")
        .says("£87.83")
        .says("not told");
    audit
        .get("/cost-of-misuse/report?year=2027/28")
        .await
        .says("£0.00");
    let paper = audit.file("/cost-of-misuse/paper?year=2026/27").await;
    paper.says(&["What looking into misuse cost, 2026/27", "£87.83"]);
    // What no address of ours asks for leads back.
    audit
        .get("/cost-of-misuse/report?year=2026")
        .await
        .says("Open a time sheet");
    audit
        .get("/cost-of-misuse?state=over")
        .await
        .says("WD-0001");
}

#[tokio::test]
async fn a_year_is_set_beside_one_from_older_files() {
    let earlier =
        "\n[people.case_time.earlier.\"2006/07\".Warning]\ncases = 7\nhours = 100\npounds = 2500\n";
    let council = Council::of_more("walsall", earlier).await;
    let mut audit = council.signed_in("chief-internal-auditor").await;
    let page = opened(&mut audit, "HR/27/14").await;
    booked(&mut audit, &page, "Officer", "10").await;
    let report = audit.get("/cost-of-misuse/report?year=2026/27").await;
    report
        .says("2006/07")
        .says("£2,500.00")
        .says("\u{2212}£2,310.00")
        .says("\u{2212}90:00:00");
}

#[tokio::test]
async fn a_wrong_entry_is_struck_out_and_a_closed_sheet_opened_again() {
    let council = Council::new().await;
    let mut audit = council.signed_in("chief-internal-auditor").await;
    let page = opened(&mut audit, "HR/27/15").await;
    let id = MatterId::from(page.rsplit('/').next().unwrap());
    booked(&mut audit, &page, "Manager", "24").await;
    audit.get(&page).await.is(200);
    audit.follow("Strike out an entry").await.is(200);
    assert_eq!(audit.send(&[]).await.is(422).errors().len(), 2);
    let wrong = audit.send(&[("number", "7"), ("reason", "typed")]).await;
    assert_eq!(wrong.is(422).errors().len(), 1);
    let right = [("number", "1"), ("reason", "The wrong case")];
    audit
        .send(&right)
        .await
        .says("Struck out")
        .says("£0.00")
        .says("The wrong case");
    closed(&mut audit, &page, "Dismissal").await;
    audit.get(&format!("{page}/book")).await.is(404);
    audit.get(&page).await.is(200);
    audit.follow("Open it again").await.is(200);
    audit.send(&[("reason", "An appeal")]).await.is(200);
    let sheet = council.store.matter::<CaseTime>(&id).await.unwrap().matter;
    assert_eq!((sheet.entries.len(), sheet.outcome), (1, None));
}

#[tokio::test]
async fn a_form_says_what_is_missing_and_others_see_no_sheet() {
    let council = Council::new().await;
    let mut audit = council.signed_in("chief-internal-auditor").await;
    audit.get("/cost-of-misuse/new").await.is(200);
    assert_eq!(audit.send(&[]).await.is(422).errors().len(), 2);
    let unknown = audit
        .send(&[
            ("case", "1"),
            ("began-day", "1"),
            ("began-month", "1"),
            ("began-year", "2026"),
            ("clauses", "walsall-99"),
        ])
        .await;
    assert_eq!(
        unknown.is(422).errors(),
        ["The policy has no clause walsall-99"]
    );
    let page = opened(&mut audit, "HR/27/16").await;
    audit.get(&page).await.is(200);
    audit.follow("Book time").await.is(200);
    assert_eq!(audit.send(&[]).await.is(422).errors().len(), 4);
    audit.get(&page).await.is(200);
    audit.follow("Say how the case ended").await.is(200);
    assert_eq!(audit.send(&[]).await.is(422).errors().len(), 1);
    let mut officer = council.signed_in("officer").await;
    for address in [
        "/cost-of-misuse",
        &page,
        "/cost-of-misuse/report?year=2026/27",
    ] {
        officer.get(address).await.is(403);
    }
    let elsewhere = Council::of("chorley").await;
    let mut audit = elsewhere.signed_in("chief-internal-auditor").await;
    audit.get("/cost-of-misuse").await.is(403);
}
