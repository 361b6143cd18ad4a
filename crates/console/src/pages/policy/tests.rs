#![allow(clippy::unwrap_used)]

use crate::testing::Council;

#[tokio::test]
async fn every_clause_of_the_edition_is_listed_once() {
    let council = Council::new().await;
    let image = council.store.image();
    let text = image.pack().edition_text("officers").unwrap();
    let mut browser = council.signed_in("officer").await;
    let mut shown = browser.get("/policy").await;
    let mut listed = Vec::new();
    loop {
        let rows = shown.html.all("th").filter_map(|cell| {
            let mut links = shown.html.within(cell, "a");
            let id = links.next()?.attribute("href").strip_prefix("/policy/")?;
            Some(id.to_owned())
        });
        listed.extend(rows.collect::<Vec<_>>());
        let next = shown
            .html
            .all("a")
            .find(|link| link.attribute("rel") == "next");
        let Some(next) = next.map(|link| link.attribute("href").to_owned()) else {
            break;
        };
        shown = browser.get(&next).await.is(200).clone();
    }
    let wanted: Vec<_> = text
        .sections
        .iter()
        .map(|section| section.id.as_str().to_owned())
        .collect();
    assert_eq!(listed, wanted);
}

#[tokio::test]
async fn filters_stand_in_the_address() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    let shown = browser.get("/policy?channel=email&state=rules").await;
    shown
        .is(200)
        .says("Email")
        .says("Met by rules at the gates");
    let tags: Vec<_> = shown
        .html
        .classed("govuk-tag")
        .map(|tag| tag.text.clone())
        .collect();
    assert!(!tags.is_empty());
    assert!(tags.iter().all(|tag| tag == "Met by rules at the gates"));
    let chosen = shown
        .html
        .all("option")
        .filter(|option| option.attributes.contains_key("selected"))
        .count();
    assert_eq!(chosen, 2);
    let none = browser.get("/policy?channel=nothing&state=%3Cb%3E").await;
    none.is(200).says("No clause is both");
}

#[tokio::test]
async fn a_clause_says_how_it_is_met_and_what_it_does() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    let shown = browser.get("/policy/walsall-7.2.16").await;
    shown
        .is(200)
        .says("Ask before using personal webmail")
        .says("How it is met")
        .says("You are told")
        .says("Open a personal mailbox on the web from a council computer");
    browser.get("/policy/walsall-99").await.is(404);
    // Every clause there is has a page that reads well.
    let image = council.store.image();
    for clause in image.pack().clauses() {
        let address = format!("/policy/{}", clause.id);
        browser.get(&address).await.is(200).says(&clause.title);
    }
}
