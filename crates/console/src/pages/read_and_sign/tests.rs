#![allow(clippy::unwrap_used)]

use axum::body::Body;
use axum::http::{Request, header};
use matters::acceptance::{Acceptance, Method, Opening, Stage, Step};
use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId};
use register_store::matters_kept::{Filter, Kept};
use tower::ServiceExt as _;

use crate::testing::{Browser, Council};

fn rule(council: &Council) -> Act {
    Act::of(Actor::Rule("new-version".to_owned()), council.console.now())
}

async fn asked() -> Council {
    let council = Council::new().await;
    let now = council.console.now();
    let act = rule(&council);
    while council.store.ask_for_signatures(now, &act).await.unwrap() > 0 {}
    council
}

async fn kept(council: &Council, person: &str) -> Kept<Acceptance> {
    let filter = Filter {
        subject: Some(PersonId::from(person)),
        ..Filter::default()
    };
    let page = council.store.matters::<Acceptance>(&filter).await.unwrap();
    page.items.into_iter().next().unwrap()
}

/// Reads it in a format, up to the page before the signature.
async fn read(browser: &mut Browser, format: &str) {
    browser.get("/read-and-sign").await.is(200);
    browser.follow("Read it").await.says("How do you want");
    let text = browser.send(&[("format", format)]).await;
    text.is(200).says("6.1.5.a");
    browser
        .follow("Go on to sign")
        .await
        .is(200)
        .says("Check and sign");
}

#[tokio::test]
async fn the_whole_text_is_read_and_signed() {
    let council = asked().await;
    let mut browser = council.signed_in("officer").await;
    read(&mut browser, "html").await;
    let shown = browser.last.clone().unwrap();
    shown
        .says("I have read the parts of this policy")
        .says("You are not asked to consent")
        .says("If you accept")
        .says("If you decline");
    let buttons: Vec<_> = shown
        .html
        .all("button")
        .filter(|button| button.attribute("name") == "answer")
        .collect();
    assert_eq!(buttons.len(), 2);
    assert_eq!(
        buttons[0].attribute("class"),
        buttons[1].attribute("class"),
        "both weigh the same"
    );
    let signed = browser.send(&[("answer", "accept")]).await;
    signed
        .is(200)
        .says("You have signed the policy")
        .says("AC-");
    let kept = kept(&council, "officer").await;
    let signature = kept.matter.signature.clone().unwrap();
    assert_eq!(kept.matter.stage, Stage::Accepted);
    assert_eq!(signature.format, "html");
    assert!(matches!(signature.method, Method::Electronic { .. }));
    let monitoring = "the council monitors the use of its email, internet and intranet";
    assert!(signature.statement.contains(monitoring));
    let record = browser
        .follow("See what you signed, to print or keep")
        .await;
    record
        .is(200)
        .says(monitoring)
        .says(&kept.matter.text_sha256)
        .says(&signature.form_sha256)
        .says("10 March 2027");
    let address = format!("/read-and-sign/{}/record.pdf", kept.id);
    let file = browser.file(&address).await;
    let statement: String = signature.statement.split_whitespace().collect();
    file.says(&[
        "What you signed",
        "Officer",
        "Version",
        &kept.matter.version,
        "Edition",
        "Signed on",
        "10 March 2027",
        "Web page",
        "Electronically, password given on",
        "Reference",
        kept.id.as_str(),
        &kept.matter.text_sha256,
        &signature.form_sha256,
        &statement,
        "Signed",
    ]);
    // Nobody else's is to be had.
    for who in ["manager", "service-desk", "colleague"] {
        let mut other = council.signed_in(who).await;
        assert_eq!(other.file(&address).await.status, 404, "{who}");
    }
    browser
        .get("/read-and-sign")
        .await
        .says("You have signed the policy in force");
    // There is nothing left to sign, whatever address is tried.
    let again = browser
        .get(&format!("/read-and-sign/{}/sign", kept.id))
        .await;
    assert_eq!(again.address, format!("/read-and-sign/{}", kept.id));
}

#[tokio::test]
async fn the_same_words_come_in_every_format() {
    let council = asked().await;
    let mut browser = council.signed_in("councillor").await;
    let reference = kept(&council, "councillor").await.id;
    let pack = council.store.image();
    let text = pack.pack().edition_text("councillors").unwrap();
    let at = |format: &str| format!("/read-and-sign/{reference}/text/{format}");
    for format in ["html", "large-print", "plain-text"] {
        // An address is no way round saying how one reads.
        browser
            .get(&at(format))
            .await
            .says("How do you want to read it?");
        let shown = browser.send(&[("format", format)]).await;
        assert_eq!(shown.is(200).address, at(format));
        for section in &text.sections {
            let words = section.gist.split_whitespace().collect::<Vec<_>>();
            shown.says(&words.join(" "));
        }
        let read = kept(&council, "councillor").await.matter.read.unwrap();
        assert_eq!(read.format, format);
    }
    browser.get(&at("braille")).await.is(404);
    let request = Request::get(format!("/read-and-sign/{reference}/policy.txt"))
        .header(header::COOKIE, browser.cookie.clone().unwrap())
        .body(Body::empty())
        .unwrap();
    let app = crate::app(council.console.clone());
    let file = app.oneshot(request).await.unwrap();
    let kind = file.headers()[header::CONTENT_TYPE].to_str().unwrap();
    assert!(kind.starts_with("text/plain"));
    let body = axum::body::to_bytes(file.into_body(), 1 << 20)
        .await
        .unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    assert!(body.contains(&text.sha256));
    // A word may be longer than a line, nothing else is.
    let long = |line: &&str| line.chars().count() > 72 && line.contains(' ');
    let is_sum = |line: &&str| line.starts_with("SHA-256");
    assert_eq!(body.lines().filter(long).find(|line| !is_sum(line)), None);
}

#[tokio::test]
async fn declining_needs_no_reason_and_ends_nothing() {
    let council = asked().await;
    let mut browser = council.signed_in("officer").await;
    read(&mut browser, "plain-text").await;
    let nothing = browser.send(&[]).await;
    assert_eq!(nothing.is(422).errors(), ["Choose to accept or to decline"]);
    let declined = browser.send(&[("answer", "decline"), ("reason", "")]).await;
    declined.is(200).says("not held against you");
    let matter = kept(&council, "officer").await.matter;
    assert_eq!(matter.stage, Stage::Declined);
    read(&mut browser, "large-print").await;
    browser.send(&[("answer", "accept")]).await.is(200);
    assert!(kept(&council, "officer").await.matter.stands());
}

#[tokio::test]
async fn a_signature_wants_a_fresh_sign_in() {
    let council = asked().await;
    let mut browser = council.signed_in("officer").await;
    read(&mut browser, "html").await;
    council.wait_minutes(20);
    let shown = browser.send(&[("answer", "accept")]).await;
    shown.is(200).says("Confirm that it is you");
    let reference = kept(&council, "officer").await.id;
    let shown = browser
        .get(&format!("/read-and-sign/{reference}/sign"))
        .await;
    shown.is(200).says("Confirm that it is you");
    assert_eq!(kept(&council, "officer").await.matter.stage, Stage::Opened);
}

#[tokio::test]
async fn a_page_that_was_open_too_long_signs_nothing() {
    let council = asked().await;
    let mut browser = council.signed_in("officer").await;
    read(&mut browser, "html").await;
    let (action, fields) = browser.filled(&[("answer", "accept")]);
    // Meanwhile another format is opened in another tab: this page says `Web page`.
    let reference = kept(&council, "officer").await.id;
    browser
        .get(&format!("/read-and-sign/{reference}/read"))
        .await;
    browser.send(&[("format", "large-print")]).await.is(200);
    let shown = browser.post(&action, &fields).await;
    shown.is(409).says("has changed since you opened it");
    read(&mut browser, "html").await;
    // And now a later version comes into force.
    let step = Step::Supersede {
        version: "2027-04".to_owned(),
    };
    council
        .store
        .take::<Acceptance>(&reference, None, step, &rule(&council))
        .await
        .unwrap();
    let shown = browser.send(&[("answer", "accept")]).await;
    shown.is(409).says("Nothing was signed");
}

/// An acceptance of an earlier version, whose text is no longer here.
async fn earlier(council: &Council) -> MatterId {
    let opening = Opening {
        person: PersonId::from("officer"),
        edition: "officers".to_owned(),
        version: "2005-01".to_owned(),
        text_sha256: "a".repeat(64),
        in_force_at: council.console.now(),
    };
    let opened = council
        .store
        .open_matter::<Acceptance>(opening, &rule(council))
        .await;
    opened.unwrap().id
}

#[tokio::test]
async fn another_text_than_the_one_in_force_is_not_shown_as_it() {
    let council = Council::new().await;
    let reference = earlier(&council).await;
    let mut browser = council.signed_in("officer").await;
    for page in ["read", "text/html", "policy.txt", "sign"] {
        let shown = browser
            .get(&format!("/read-and-sign/{reference}/{page}"))
            .await;
        shown.is(409).says("has changed since you opened it");
    }
    browser.get("/read-and-sign").await.says("Nothing waits");
}

#[tokio::test]
async fn a_new_version_is_due_again() {
    let council = Council::new().await;
    let reference = earlier(&council).await;
    let now = council.console.now();
    let officer = PersonId::from("officer");
    let image = council.store.image();
    let mut act = Act::by(&officer, now);
    act.form_sha256 = Some("b".repeat(64));
    let steps = [
        Step::Opened {
            format: "html".to_owned(),
        },
        Step::Accept {
            format: "html".to_owned(),
            text_sha256: "a".repeat(64),
            statement: image.pack().people().acceptance.statement.clone(),
            method: Method::Electronic {
                authenticated_at: now,
            },
        },
    ];
    for step in steps {
        let store = &council.store;
        store
            .take::<Acceptance>(&reference, None, step, &act)
            .await
            .unwrap();
    }
    let act = rule(&council);
    council.store.ask_for_signatures(now, &act).await.unwrap();
    let mut browser = council.signed_in("officer").await;
    let shown = browser.get("/read-and-sign").await;
    shown
        .says("You signed an earlier version")
        .says("Replaced by a later version")
        .says("version 2007-03");
}

#[tokio::test]
async fn nobody_sees_what_another_signed() {
    let council = asked().await;
    let reference = kept(&council, "officer").await.id;
    for other in ["manager", "service-desk", "chief-internal-auditor"] {
        let mut browser = council.signed_in(other).await;
        for page in ["", "/read", "/text/html", "/policy.txt", "/sign", "/signed"] {
            let address = format!("/read-and-sign/{reference}{page}");
            browser.get(&address).await.is(404);
        }
    }
}
