#![allow(clippy::unwrap_used)]

use crate::testing::Council;
use register_store::matters_kept::Lists;

#[tokio::test]
async fn a_web_address_is_tried_as_oneself() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    browser.get("/try-it").await.is(200);
    let form = browser.follow("Try a web address").await;
    assert!(!form.text().contains("As whom?"));
    let fields = [
        ("address", "WWW.Shop.example/basket?id=1"),
        ("action", "visit"),
    ];
    let shown = browser.send(&fields).await;
    shown
        .is(200)
        .says("Goes through")
        .says("As Officer, now")
        .says("Facts it was decided on");
    assert!(
        !shown.address.contains("shop"),
        "nothing typed in the address"
    );
    let fields = [
        ("address", "http://refused.example:8080"),
        ("action", "visit"),
    ];
    let shown = browser.send(&fields).await;
    shown
        .says("Does not go through")
        .says("7.2.16 Ask before using personal webmail")
        .says("Ask first");
    browser
        .follow("7.2.16 Ask before using personal webmail")
        .await
        .is(200);
}

#[tokio::test]
async fn a_message_is_tried_for_each_recipient() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    let form = browser.get("/try-it/message").await;
    form.says("A program");
    let fields = [
        ("direction", "sent"),
        ("from", "officer@council.example"),
        ("to", "a@one.example\r\nb@refused.example"),
        ("subject", "Minutes"),
        ("size", "25"),
        ("attachments", "executable"),
        ("attachments", "unicorn"),
    ];
    let shown = browser.send(&fields).await;
    shown
        .is(200)
        .says("What would happen for a@one.example")
        .says("What would happen for b@refused.example")
        .says("Does not go through")
        .says("25000000")
        .says("executable");
    assert!(!shown.text().contains("unicorn"));
}

#[tokio::test]
async fn only_some_may_try_as_others() {
    let council = Council::new().await;
    for who in ["assistant-director-it", "chief-internal-auditor"] {
        let mut browser = council.signed_in(who).await;
        browser.get("/try-it/page").await.says("As whom?");
        let fields = [
            ("person", "officer"),
            ("address", "example.org"),
            ("action", "download"),
        ];
        let shown = browser.send(&fields).await;
        shown.is(200).says("As Officer, now");
        assert!(
            !shown.text().contains("Facts"),
            "how others stand is not shown"
        );
        let fields = [("person", "nobody-such"), ("address", "example.org")];
        let errors = browser.send(&fields).await;
        assert_eq!(errors.is(422).errors().len(), 2);
    }
    for who in ["manager", "service-desk", "officer"] {
        let mut browser = council.signed_in(who).await;
        browser.get("/try-it/page").await;
        let fields = [
            ("person", "colleague"),
            ("address", "example.org"),
            ("action", "visit"),
        ];
        let shown = browser.send(&fields).await;
        assert!(!shown.text().contains("As Colleague"), "{who}");
    }
}

#[tokio::test]
async fn the_person_can_see_who_tried_as_them() {
    let council = Council::new().await;
    let mut it = council.signed_in("assistant-director-it").await;
    let mut officer = council.signed_in("officer").await;
    let mut seen = async || officer.get("/my-position").await.text().to_owned();
    for (person, address) in [
        ("", "example.org"),
        ("officer", ""),
        ("nobody-such", "a.example"),
    ] {
        it.get("/try-it/page").await;
        it.send(&[
            ("person", person),
            ("address", address),
            ("action", "visit"),
        ])
        .await;
        assert!(!seen().await.contains("Who looked"), "{person} {address}");
    }
    it.get("/try-it/page").await;
    let fields = [
        ("person", "officer"),
        ("address", "union.example/join"),
        ("action", "visit"),
    ];
    let shown = it.send(&fields).await;
    it.get(&shown.is(200).address).await.is(200);
    let seen = seen().await;
    let title = &council.console.people.posts["assistant-director-it"].title;
    let line = format!(
        "10 March 2027 at 9:30am: Assistant Director It, {title}, tried a web address as you"
    );
    assert_eq!(seen.matches(&line).count(), 1, "{seen}");
    assert!(
        !seen.contains("union"),
        "what was tried is theirs who tried"
    );
    let tries = council
        .store
        .overview(&"officer".into(), Lists::default(), 10)
        .await
        .unwrap()
        .tries;
    assert_eq!(tries.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_tried_is_told_at_its_field() {
    let council = Council::new().await;
    let mut browser = council.signed_in("officer").await;
    browser.get("/try-it/page").await;
    for address in [
        "",
        "ftp://example.org",
        "https://",
        "ex\u{430}mple.org",
        "a b.org",
        "http://example.org:99999",
        "https://u@example.org",
    ] {
        let fields = [("address", address), ("action", "visit")];
        let shown = browser.send(&fields).await;
        assert_eq!(shown.is(422).errors().len(), 1, "{address}");
    }
    browser.get("/try-it/message").await;
    let fields = [
        ("direction", "sent"),
        ("from", "nobody"),
        ("to", "a@b.example\r\nRcpt: x"),
        ("subject", "one\r\nBcc: other@example.org"),
        ("size", "-1"),
    ];
    let shown = browser.send(&fields).await;
    assert_eq!(shown.is(422).errors().len(), 4);
    browser.get("/try-it/telephone").await.is(404);
}
