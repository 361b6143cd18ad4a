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

/// Walsall 6.2.3.b, as people see it: the desk says what to do, whoever reported it says of each step
/// that it is done, and only then is it answered. Their manager reads it too.
#[tokio::test]
async fn what_is_advised_is_done_step_by_step() {
    let council = Council::new().await;
    let mut officer = council.signed_in("officer").await;
    begun(&mut officer, "virus").await;
    officer.send(&[("words", "A pop-up came")]).await.is(200);
    officer.send(&[]).await.is(200);
    let id = kept(&council).await[0].id.clone();
    let mine = format!("/report-a-problem/{id}");
    let shown = officer.get(&mine).await;
    assert!(!shown.text().contains("What you are asked to do"));

    let mut manager = council.signed_in("manager").await;
    manager.get("/my-team").await.is(200);
    manager.follow("Reports by your team").await.is(200);
    manager.follow("A virus, or what looks like one").await;
    manager.send(&[]).await.is(200).says("You have read it");

    let mut desk = council.signed_in("service-desk").await;
    let theirs = format!("/work-list/incidents/{id}");
    desk.get(&theirs).await.is(200);
    desk.send(&[]).await.is(200).says("You have read it");
    desk.get(&theirs).await.says("What are they to do?");
    // The form before the answer's.
    let advise = |desk: &Browser, steps: &str| {
        let (action, fields) = desk.filled(&[("steps", steps)]);
        let ours = |name: &str, value: String| match name {
            "step" => "advise".to_owned(),
            _ => value,
        };
        let fields = fields.into_iter();
        let fields: Vec<_> = fields
            .map(|(name, value)| (name.clone(), ours(&name, value)))
            .collect();
        (action, fields)
    };
    let (action, fields) = advise(&desk, " \n ");
    let shown = desk.post(&action, &fields).await;
    assert_eq!(shown.is(422).errors(), ["Enter what they are to do"]);
    desk.get(&theirs).await;
    let (action, fields) = advise(&desk, "Take the <b>cable</b> out\n\nBring it to us");
    let shown = desk.post(&action, &fields).await;
    shown
        .is(200)
        .says("Take the <b>cable</b> out (not done yet)");
    shown.says("has not said yet that everything they were asked to do is done");
    let position = officer.get("/my-position").await;
    position.says("You are asked to do something about your report");

    let shown = officer.get(&mine).await;
    shown
        .says("What you are asked to do")
        .says("Bring it to us");
    let (stale, fields) = officer.filled(&[]);
    officer.send(&[]).await.is(200).says("that it is done");
    desk.get(&theirs).await.says("said to be done");
    assert!(
        !desk
            .last
            .clone()
            .unwrap()
            .text()
            .contains("What came of it?")
    );
    officer.post(&stale, &fields).await.is(200); // sent twice is done once
    officer.get(&mine).await;
    officer.send(&[]).await.is(200);
    let shown = officer.last.clone().unwrap();
    assert_eq!(
        shown
            .html
            .all("main")
            .next()
            .unwrap()
            .text
            .matches("that it is done")
            .count(),
        2
    );
    desk.get(&theirs).await;
    let answer = [("feedback", "It is clean"), ("step", "close")];
    desk.send(&answer).await.is(200).says("Answer sent");
    officer.get(&mine).await.says("It is clean");
    // Nothing of it is for somebody else to say.
    let mut colleague = council.signed_in("colleague").await;
    colleague.get(&mine).await.is(404);
}

/// Stopped after each page: nothing of what was answered is lost.
#[tokio::test]
async fn a_form_goes_on_after_each_restart() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    browser.get("/report-a-problem/new").await;
    browser.send(&[("kind", "spam")]).await.is(200);
    let mut address = browser.last.clone().unwrap().address;
    for fields in [&TODAY[..], &[("words", "Pills, again")]] {
        browser = council.restarted(browser).await;
        browser.get(&address).await.is(200);
        address = browser.send(fields).await.is(200).address.clone();
    }
    browser = council.restarted(browser).await;
    browser
        .get(&address)
        .await
        .says("Pills, again")
        .says("10 March 2027");
    // It is nobody else's to see, wherever they ask.
    let other = council.signed_in("colleague").await;
    let mut other = council.restarted(other).await;
    other.get(&address).await.is(404).says("no longer kept");
    browser.send(&[]).await.says("Your report has been sent");
    assert_eq!(kept(&council).await[0].matter.words, "Pills, again");
    browser.get(&address).await.is(404).says("no longer kept");
}
