#![allow(clippy::unwrap_used)]

use matters::incident::{Incident, Kind};
use register_store::matters_kept::{Filter, Kept};

use crate::testing::{Browser, Council, Shown};

const TODAY: [(&str, &str); 3] = [
    ("happened_at-day", "10"),
    ("happened_at-month", "3"),
    ("happened_at-year", "2027"),
];

/// Up to the third question.
async fn begun(browser: &mut Browser, kind: &str) -> Shown {
    browser.get("/report-a-problem").await.is(200);
    browser.follow("Report something").await.is(200);
    browser
        .send(&[("kind", kind)])
        .await
        .says("When did it happen?");
    browser.send(&TODAY).await
}

async fn kept(council: &Council) -> Vec<Kept<Incident>> {
    let page = council.store.matters::<Incident>(&Filter::default()).await;
    page.unwrap().items
}

#[tokio::test]
async fn an_accident_is_three_questions_and_nobody_is_blamed() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    begun(&mut browser, "accident").await.says("What happened?");
    let no_file = browser.last.clone().unwrap();
    let mut inputs = no_file.html.all("input");
    assert!(!inputs.any(|input| input.attribute("type") == "file"));
    let fields = [
        ("words", "A picture came up"),
        ("url", "https://bad.example/a?session=1"),
    ];
    let check = browser.send(&fields).await;
    check
        .says("Check your report")
        .says("10 March 2027")
        .says("A picture came up");
    let sent = browser.send(&[]).await;
    sent.is(200)
        .says("You did the right thing. Do not forward or reopen it.")
        .says("your line manager and the ISS customer service desk");
    let shown = browser.follow("See your report").await;
    shown
        .says("Arrived")
        .says("https://bad.example/a")
        .says("not held against you");
    assert!(
        !shown.text().contains("session"),
        "what was asked is not kept"
    );
    browser.get("/report-a-problem").await.says("IN-");
    let matter = &kept(&council).await[0].matter;
    assert!(matter.in_good_faith);
}

#[tokio::test]
async fn a_report_about_somebody_goes_to_the_auditor_alone() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    let third = begun(&mut browser, "report-someone").await;
    third.says("Only internal audit reads this");
    let fields = [("words", "He reads her mail"), ("implicated", "manager")];
    browser.send(&fields).await.says("Only internal audit");
    let sent = browser.send(&[]).await;
    sent.says("You did the right thing.")
        .says("Nobody reads it but the Chief Internal Auditor");
    assert!(!sent.text().contains("forward"));
    let address = sent.address.trim_end_matches("/sent").to_owned();
    let kept = kept(&council).await;
    assert_eq!(kept[0].matter.kind, Kind::ReportSomeone);
    assert_eq!(kept[0].matter.implicated, Some("manager".into()));
    for other in ["manager", "service-desk", "colleague"] {
        let mut browser = council.signed_in(other).await;
        browser.get(&address).await.is(404);
        let shown = browser.get("/my-position").await;
        let reference = kept[0].id.as_str();
        assert!(!shown.text().contains(reference), "{other} is not told");
    }
}

#[tokio::test]
async fn a_manager_who_is_involved_is_not_told() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    begun(&mut browser, "too-much-access").await;
    let fields = [
        ("words", "I was given the keys to payroll"),
        ("implicated", "manager@council.example"),
    ];
    browser.send(&fields).await.says("Manager");
    let sent = browser.send(&[]).await;
    sent.is(200);
    assert!(!sent.text().contains("line manager"));
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_field() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    browser.get("/report-a-problem/new").await;
    let shown = browser.send(&[("kind", "murder")]).await;
    assert_eq!(shown.is(422).errors(), ["Select what you want to report"]);
    browser.send(&[("kind", "virus")]).await.is(200);
    let tomorrow = [
        ("happened_at-day", "11"),
        ("happened_at-month", "3"),
        ("happened_at-year", "2027"),
    ];
    assert_eq!(browser.send(&tomorrow).await.is(422).errors().len(), 1);
    browser.send(&TODAY).await.is(200);
    let fields = [
        ("words", ""),
        ("url", "https://b\u{430}d.example/"),
        ("implicated", "nobody-by-this-name"),
    ];
    let shown = browser.send(&fields).await;
    let errors = shown.is(422).errors();
    assert_eq!(errors.len(), 3);
    assert_eq!(errors[0], "Enter what happened");
    assert!(errors[1].contains("U+0430"));
    assert!(errors[2].starts_with("Nobody is known by this"));
    assert_eq!(kept(&council).await.len(), 0);
    // Oneself is nobody else: the process says so, at its field.
    let fields = [("words", "It blinks"), ("implicated", "officer")];
    browser.send(&fields).await.says("Check your report");
    let shown = browser.send(&[]).await;
    assert_eq!(shown.is(422).errors(), ["Name somebody else, or nobody"]);
}

#[tokio::test]
async fn an_earlier_day_is_shown_as_it_was_given() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    browser.get("/report-a-problem/new").await;
    browser.send(&[("kind", "spam")]).await;
    let earlier = [
        ("happened_at-day", "1"),
        ("happened_at-month", "3"),
        ("happened_at-year", "2027"),
    ];
    browser.send(&earlier).await;
    let check = browser.send(&[("words", "A prize")]).await;
    check.says("1 March 2027");
    browser.send(&[]).await.is(200);
    assert!(!kept(&council).await[0].matter.in_good_faith);
}
