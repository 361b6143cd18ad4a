#![allow(clippy::unwrap_used)]

use crate::testing::Council;

#[tokio::test]
async fn a_person_is_found_by_any_part_and_shown_by_status_alone() {
    let council = Council::new().await;
    council
        .add("ann-lee", |one| {
            one.employee_number = Some("D-0042".to_owned());
            one.private_addresses = vec!["ann@home.example".to_owned()];
            one.private_numbers = vec!["01922000000".to_owned()];
            one.format = Some("braille".to_owned());
            let days = serde_json::json!({ "from": "2027-01-01", "until": "2027-09-01" });
            one.absent = serde_json::from_value(days).ok();
        })
        .await;
    let mut desk = council.signed_in("service-desk").await;
    desk.get("/people").await.is(200);
    for typed in ["lee", "LEE  ann", "d-0042", "ann-lee@council"] {
        desk.get("/people").await;
        let shown = desk
            .get(&format!("/people?q={}", typed.replace(' ', "+")))
            .await;
        shown.is(200).says("Ann Lee").says("1 person");
    }
    desk.get("/people?q=home.example")
        .await
        .says("Nobody is found");
    desk.get("/people?q=ann-lee").await;
    let shown = desk.follow("Ann Lee").await;
    shown
        .is(200)
        .says("D-0042")
        .says("Not asked for")
        .says("Not signed");
    for private in ["home.example", "01922", "braille", "September", "absent"] {
        assert!(!shown.text().contains(private), "{private}");
    }
}

#[tokio::test]
async fn many_of_one_name_have_pages() {
    let council = Council::new().await;
    for n in 10..40 {
        council.add(&format!("smith-{n}"), |_| {}).await;
    }
    let mut desk = council.signed_in("hr").await;
    let shown = desk.get("/people?q=smith").await;
    shown.says("30 people").says("Smith 10");
    desk.follow("Next page").await.is(200).says("Smith 39");
    desk.follow("First page").await.says("Smith 10");
    for odd in ["page=0", "page=-1", "page=99999999999999999999", "page=x"] {
        desk.get(&format!("/people?q=smith&{odd}")).await.is(200);
    }
}

#[tokio::test]
async fn whoever_has_no_such_duty_finds_nobody() {
    let council = Council::new().await;
    let mut officer = council.signed_in("officer").await;
    officer.get("/people?q=lee").await.is(403);
    officer.get("/people/colleague").await.is(403);
    let mut desk = council.signed_in("service-desk").await;
    desk.get("/people/nobody").await.is(404);
    desk.get("/people/%3Cscript%3E").await.is(404);
    let mut audit = council.signed_in("chief-internal-auditor").await;
    audit.get("/people?q=officer").await.is(200);
    audit
        .get("/people/officer")
        .await
        .is(200)
        .says("Line manager");
}

#[tokio::test]
async fn what_is_looked_for_is_bounded_and_never_code() {
    let council = Council::new().await;
    council
        .add("odd-one", |one| one.name = "<b>Odd</b>\u{202e}".to_owned())
        .await;
    let mut desk = council.signed_in("service-desk").await;
    desk.get("/people?q=odd").await.says("<b>Odd</b>[U+202E]");
    let long = format!("/people?q={}", "a".repeat(101));
    let shown = desk.get(&long).await;
    assert_eq!(shown.is(422).errors().len(), 1);
    desk.get("/people?q=%27%20OR%201%3D1%20--")
        .await
        .says("Nobody is found");
    desk.get("/people?q=%00").await.is(422);
}
