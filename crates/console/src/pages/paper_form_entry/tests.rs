#![allow(clippy::unwrap_used)]

use axum::body::Body;
use axum::http::{Request, header};
use matters::acceptance::{self, Acceptance};
use matters::access_request::{AccessRequest, Stage};
use matters::authority::Holding;
use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId};
use matters::people::Person;
use register_store::matters_kept::Filter;
use register_store::tasks::TaskState;
use tower::ServiceExt as _;

use crate::settings::Settings;
use crate::testing::{Browser, Council, Shown};

const PDF: &[u8] = b"%PDF-1.7 a form";

/// A council with two people at the service desk, and a folder for scans.
struct Desk {
    council: Council,
    _scans: tempfile::TempDir,
}

impl Desk {
    async fn new() -> Self {
        let scans = tempfile::tempdir().unwrap();
        let council = Council::with(Settings {
            scans: Some(scans.path().join("scans")),
            ..Settings::default()
        })
        .await;
        let now = council.console.now();
        let holding = Holding {
            post: "service-desk".into(),
            unit: None,
            person: "colleague".into(),
            from: now,
            until: None,
        };
        let act = Act::of(Actor::Feed("hr".to_owned()), now);
        council.store.appoint(holding, &act).await.unwrap();
        Self {
            council,
            _scans: scans,
        }
    }

    async fn first(&self) -> Browser {
        self.council.signed_in("service-desk").await
    }

    async fn second(&self) -> Browser {
        self.council.signed_in("colleague").await
    }

    async fn request(&self, id: &str) -> AccessRequest {
        let kept = self.council.store.matter::<AccessRequest>(&id.into()).await;
        kept.unwrap().matter
    }
}

/// Sends the form of the page with a file.
async fn upload(browser: &mut Browser, bytes: &[u8]) -> Shown {
    let (action, fields) = browser.filled(&[]);
    let mut body = Vec::new();
    for (name, value) in fields {
        let head = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend(head.bytes().chain(value.bytes()).chain(*b"\r\n"));
    }
    let head =
        "--x\r\nContent-Disposition: form-data; name=\"scan\"; filename=\"../../x.pdf\"\r\n\r\n";
    body.extend(head.bytes().chain(bytes.iter().copied()));
    body.extend(*b"\r\n--x--\r\n");
    let request = Request::post(&action)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap();
    browser.sent(request, &action).await
}

/// Answers everything of a request for access up to the check.
async fn typed(browser: &mut Browser) -> Shown {
    browser.get("/paper").await.is(200);
    browser.follow("Type in a request for access").await.is(200);
    browser
        .send(&[("person", "officer")])
        .await
        .says("Whose signature");
    browser
        .send(&[("signer", "manager")])
        .await
        .says("Which service");
    browser
        .send(&[("service", "email")])
        .await
        .says("needed for");
    browser
        .send(&[("need", "To answer residents")])
        .await
        .says("equipment");
    browser.send(&[("equipment", "")]).await.says("last day");
    let none = [("until-day", ""), ("until-month", ""), ("until-year", "")];
    browser.send(&none).await.says("Who of the council answers");
    browser
        .send(&[("sponsor", "")])
        .await
        .says("Choose the scan");
    upload(browser, PDF).await
}

async fn sent(browser: &mut Browser) -> String {
    typed(browser).await.is(200).says("Check your answers");
    let shown = browser.send(&[]).await;
    shown.is(200).says("The form has been typed in");
    let address = shown.address.trim_end_matches("/entered").to_owned();
    address.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_request_counts_once_a_second_person_compared_it() {
    let desk = Desk::new().await;
    let mut first = desk.first().await;
    typed(&mut first).await.says("Officer").says("Manager");
    let (action, fields) = first.filled(&[]);
    let once = first.post(&action, &fields).await;
    assert_eq!(
        first.post(&action, &fields).await.address,
        once.is(200).address
    );
    let reference = once.address.split('/').nth(2).unwrap().to_owned();
    assert_eq!(desk.request(&reference).await.stage, Stage::PaperUnchecked);
    let own = first.get(&format!("/paper/{reference}")).await;
    own.is(200).says("Somebody other than whoever typed it in");
    let mut second = desk.second().await;
    second.get("/paper").await.says("For you");
    second
        .follow("Request for Email")
        .await
        .says("To answer residents");
    let mut stale = desk.second().await;
    stale.get(&format!("/paper/{reference}")).await;
    let shown = second.send(&[("reason", "")]).await;
    let expected = ["Select whether it says the same as the scan"];
    assert_eq!(shown.is(422).errors(), expected);
    second
        .send(&[("same", "same"), ("reason", "")])
        .await
        .is(200)
        .says("Checked");
    stale
        .send(&[("same", "same"), ("reason", "")])
        .await
        .is(409);
    let matter = desk.request(&reference).await;
    assert_eq!(matter.stage, Stage::AwaitingAuthorisation);
    let tasks = desk
        .council
        .store
        .tasks(None, TaskState::Open)
        .await
        .unwrap();
    assert!(tasks.iter().all(|task| task.task != "check-paper"));
}

#[tokio::test]
async fn what_differs_goes_back_and_is_typed_in_anew() {
    let desk = Desk::new().await;
    let mut first = desk.first().await;
    let reference = sent(&mut first).await;
    let mut second = desk.second().await;
    second.get(&format!("/paper/{reference}")).await;
    let shown = second.send(&[("same", "other"), ("reason", " ")]).await;
    assert_eq!(shown.is(422).errors(), ["Enter what is different"]);
    let differs = [("same", "other"), ("reason", "It says <b>intranet</b> too")];
    second.send(&differs).await.is(200).says("Sent back");
    first
        .get("/paper")
        .await
        .says("Sent back, to be typed in anew");
    first.get(&format!("/paper/{reference}")).await;
    let shown = first.follow("Type it in anew").await;
    shown.is(200).says("To answer residents");
    let shown = first
        .send(&[("need", "To answer residents by email")])
        .await;
    shown.says("Check your answers");
    first
        .send(&[])
        .await
        .is(200)
        .says("The form has been typed in");
    assert_eq!(desk.request(&reference).await.stage, Stage::PaperUnchecked);
}

#[tokio::test]
async fn a_scan_is_what_it_says_and_opens_only_for_the_desk() {
    let desk = Desk::new().await;
    let mut first = desk.first().await;
    let reference = sent(&mut first).await;
    let address = format!("/paper/{reference}/scan");
    let request = Request::get(&address).header(header::COOKIE, first.cookie.clone().unwrap());
    let app = crate::app(desk.council.console.clone());
    let response = app
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/pdf");
    let how = response.headers()[header::CONTENT_DISPOSITION]
        .to_str()
        .unwrap();
    assert_eq!(how, format!("attachment; filename=\"{reference}.pdf\""));
    let body = axum::body::to_bytes(response.into_body(), 1 << 20)
        .await
        .unwrap();
    assert_eq!(&body[..], PDF);
    desk.council
        .signed_in("officer")
        .await
        .get(&address)
        .await
        .is(403);
    typed(&mut first).await;
    first
        .follow("Change the answer to “Choose the scan of the form”")
        .await;
    let shown = upload(&mut first, b"<script>alert(1)</script>").await;
    assert_eq!(
        shown.is(422).errors(),
        ["The scan must be a PDF, PNG or JPEG file"]
    );
    let large = [b"%PDF-".to_vec(), vec![b'a'; 10 * 1024 * 1024]].concat();
    let shown = upload(&mut first, &large).await;
    assert_eq!(
        shown.is(422).errors(),
        ["The scan must be 10 megabytes or smaller"]
    );
    let huge = [b"%PDF-".to_vec(), vec![b'a'; 13 * 1024 * 1024]].concat();
    upload(&mut first, &huge).await.is(413);
}

#[tokio::test]
async fn wrong_answers_are_told_at_their_question() {
    let desk = Desk::new().await;
    let mut first = desk.first().await;
    first.get("/paper/new/access").await;
    let shown = first.send(&[("person", "nobody\u{202e}")]).await;
    assert_eq!(shown.is(422).errors().len(), 1);
    // Nobody types in their own form.
    first.send(&[("person", "service-desk")]).await.is(403);
    first.get("/paper/new/access").await;
    // An agent's access has to end on a day, which only the process knows.
    first.send(&[("person", "agent")]).await.is(200);
    let shown = first.send(&[("signer", "officer")]).await;
    assert_eq!(shown.is(422).errors(), ["Select whose signature is on it"]);
    first.send(&[("signer", "agent")]).await.is(200);
    let shown = first.send(&[("service", "x")]).await;
    assert_eq!(shown.is(422).errors(), ["Select a service"]);
    first.send(&[("service", "email")]).await.is(200);
    first.send(&[("need", &"a".repeat(2001))]).await.is(422);
    first.send(&[("need", "<b>Work</b>")]).await.is(200);
    first.send(&[("equipment", "")]).await.is(200);
    let impossible = [
        ("until-day", "31"),
        ("until-month", "4"),
        ("until-year", "2027"),
    ];
    first.send(&impossible).await.is(422);
    let none = [("until-day", ""), ("until-month", ""), ("until-year", "")];
    first.send(&none).await.is(200);
    first.send(&[("sponsor", "")]).await.is(200);
    upload(&mut first, PDF).await.says("Check your answers");
    let shown = first.send(&[]).await;
    assert_eq!(shown.is(422).errors(), ["Enter the day access is to end"]);
}

#[tokio::test]
async fn a_signature_in_ink_counts_once_it_was_compared() {
    let desk = Desk::new().await;
    let (store, now) = (&desk.council.store, desk.council.console.now());
    let mut first = desk.first().await;
    let answers = async |first: &mut Browser| {
        first.get("/paper/new/signature").await.is(200);
        first
            .send(&[("person", "officer")])
            .await
            .says("How did they read");
        first.send(&[("format", "print")]).await.says("Which words");
        let shown = first.send(&[]).await;
        assert_eq!(shown.is(422).errors().len(), 1);
        first
            .send(&[("statement", "yes")])
            .await
            .says("Choose the scan");
        upload(first, PDF).await.says("Check your answers");
        first.send(&[]).await
    };
    let shown = answers(&mut first).await;
    assert_eq!(
        shown.is(422).errors(),
        ["There is nothing for this person to sign"]
    );
    let rule = Act::of(Actor::Rule("in-force".to_owned()), now);
    while store.ask_for_signatures(now, &rule).await.unwrap() > 0 {}
    let shown = answers(&mut first).await;
    shown.is(200).says("AC-");
    let officer = PersonId::from("officer");
    assert!(!store.image().accepted().contains(&officer));
    let mut second = desk.second().await;
    second.get("/paper").await;
    second.follow("Signature on the policy").await.is(200);
    second
        .send(&[("same", "same"), ("reason", "")])
        .await
        .says("counts from now on");
    assert!(store.image().accepted().contains(&officer));
    let filter = Filter {
        subject: Some(officer),
        ..Filter::default()
    };
    let page = store.matters::<Acceptance>(&filter).await.unwrap();
    assert_eq!(page.items[0].matter.stage, acceptance::Stage::Accepted);
}

#[tokio::test]
async fn whoever_is_not_at_the_desk_enters_and_sees_nothing() {
    let desk = Desk::new().await;
    let reference = sent(&mut desk.first().await).await;
    let mut officer = desk.council.signed_in("officer").await;
    for address in ["", "/new/access", "/new/signature"] {
        officer.get(&format!("/paper{address}")).await.is(403);
    }
    officer.get(&format!("/paper/{reference}")).await.is(403);
    let mut first = desk.first().await;
    for nothing in [
        "AR-0000-0000",
        "AC-0000-0000",
        "PE-0000-0000",
        "%3Cb%3E",
        "new/again",
        "new/x/person",
    ] {
        first.get(&format!("/paper/{nothing}")).await.is(404);
    }
    let draft = first.get("/paper/new/access").await.address;
    desk.second().await.get(&draft).await.is(404);
    let id = MatterId::from(reference.as_str());
    first.get(&format!("/paper/{id}/again")).await.is(404);
}

#[tokio::test]
async fn empty_forms_ask_what_is_typed_in() {
    let desk = Desk::new().await;
    let mut first = desk.first().await;
    first.get("/paper").await;
    first.follow("Print an empty form").await.is(200);
    let request = "/paper/blank/request.pdf";
    let missing = first.get(&format!("{request}?service=email")).await;
    assert_eq!(missing.is(422).errors(), ["Choose a group of people"]);
    let address = format!("{request}?service=email&audience=officer");
    first.file(&address).await.says(&[
        "Request for access: Email",
        "Officer",
        "Full name",
        "What is it needed for?",
        "Signature and date",
        "The need is confirmed. One of:",
        "Head of Service",
        "Identity and post are confirmed. Human resources",
        "It rests on:",
    ]);
    let address = format!("{request}?service=email&audience=councillor");
    first
        .file(&address)
        .await
        .says(&["Who the person is, is certified. One of:"]);
    let sheet = "/paper/blank/signature.pdf";
    let missing = first.get(&format!("{sheet}?edition=nobody")).await;
    assert_eq!(missing.is(422).errors(), ["Choose an edition"]);
    let image = desk.council.store.image();
    let text = image.pack().edition_text("officers").unwrap();
    let statement = image.pack().people().acceptance.statement.clone();
    first
        .file(&format!("{sheet}?edition=officers"))
        .await
        .says(&[
            "Version",
            &text.version,
            &text.sha256,
            "☐",
            "In Braille",
            &statement,
            "Signature and date",
        ]);
    // It is the desk's page.
    let mut officer = desk.council.signed_in("officer").await;
    assert_eq!(
        officer
            .file(&format!("{sheet}?edition=officers"))
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn what_was_typed_in_is_printed() {
    let desk = Desk::new().await;
    let mut first = desk.first().await;
    let reference = sent(&mut first).await;
    let address = format!("/paper/{reference}/typed.pdf");
    let scan = desk.request(&reference).await.paper.unwrap().scan;
    first.file(&address).await.says(&[
        "Request for Email",
        "To answer residents",
        "Typed in by",
        &scan,
        &reference,
    ]);
    let mut officer = desk.council.signed_in("officer").await;
    assert_eq!(officer.file(&address).await.status, 403);
}

/// Walsall 9.1.1.e: everybody finds the form on their screen. The desk has it on paper, of every service
/// and for every group, and what comes back signed stays bound to what was typed in from it.
#[tokio::test]
async fn request_forms_are_on_screen_and_on_paper() {
    let desk = Desk::new().await;
    let partner = |person: &mut Person| person.audience = "partner".to_owned();
    desk.council.add("partner", partner).await;
    for who in ["officer", "councillor", "agent", "partner"] {
        let mut browser = desk.council.signed_in(who).await;
        browser.get("/").await;
        let home = browser.last.clone().unwrap();
        let path = "/ask-for-a-service";
        let links = home.html.all("a");
        let mut links = links.map(|link| link.attribute("href"));
        assert!(links.any(|link| link == path), "{who}");
        browser.get(path).await.is(200);
        let shown = browser.send(&[]).await;
        shown.is(200).says("Which services do you need?");
        for service in desk.council.console.people.services.values() {
            shown.says(service);
        }
        let blank = "/paper/blank/request.pdf?service=email&audience=officer";
        assert_eq!(browser.file(blank).await.status, 403, "{who}");
    }
    let mut first = desk.first().await;
    let people = &desk.council.console.people;
    for (service, title) in &people.services {
        for audience in people.entry.keys() {
            let blank = format!("/paper/blank/request.pdf?service={service}&audience={audience}");
            first.file(&blank).await.says(&[
                &format!("Request for access: {title}"),
                "Full name",
                "What is it needed for?",
                "Signature and date",
            ]);
        }
    }
    let reference = sent(&mut first).await;
    let typed_in = desk.request(&reference).await;
    assert_eq!(typed_in.stage, Stage::PaperUnchecked);
    let mut second = desk.second().await;
    second.get(&format!("/paper/{reference}")).await.is(200);
    let same = [("same", "same"), ("reason", "")];
    second.send(&same).await.is(200).says("Checked");
    let checked = desk.request(&reference).await;
    assert_eq!(checked.stage, Stage::AwaitingAuthorisation);
    let scan = checked.paper.unwrap().scan;
    assert_eq!(scan, typed_in.paper.unwrap().scan);
    let folder = desk.council.console.settings.scans.as_deref();
    let (_, bytes) = crate::scans::find(folder, &scan).unwrap().unwrap();
    assert_eq!(bytes, PDF);
}

/// The files in the folder of scans: those that wait with a draft, and those of forms that were sent.
fn scans(desk: &Desk) -> (usize, usize) {
    let folder = desk.council.console.settings.scans.clone().unwrap();
    let files = |folder: &std::path::Path| {
        let all = std::fs::read_dir(folder).into_iter().flatten().flatten();
        all.filter(|file| file.path().is_file()).count()
    };
    (files(&folder.join("unsent")), files(&folder))
}

#[tokio::test]
async fn the_scan_of_a_form_nobody_sends_goes_with_it() {
    let desk = Desk::new().await;
    sent(&mut desk.first().await).await;
    assert_eq!(scans(&desk), (0, 1));
    typed(&mut desk.first().await)
        .await
        .says("Check your answers");
    assert_eq!(scans(&desk), (1, 1));
    desk.council.console.forget_abandoned().await.unwrap();
    assert_eq!(scans(&desk), (1, 1));
    desk.council.wait_minutes(10 * 60);
    desk.council.console.forget_abandoned().await.unwrap();
    assert_eq!(scans(&desk), (0, 1));
}

#[tokio::test]
async fn a_form_goes_on_with_its_scan_after_a_restart() {
    let desk = Desk::new().await;
    let mut browser = desk.first().await;
    let check = typed(&mut browser).await;
    let mut browser = desk.council.restarted(browser).await;
    browser
        .get(&check.address)
        .await
        .says("To answer residents");
    browser.send(&[]).await.says("The form has been typed in");
    assert_eq!(scans(&desk), (0, 1));
    // Sent is sent.
    browser
        .get(&check.address)
        .await
        .is(404)
        .says("no longer kept");
}

#[tokio::test]
async fn a_form_whose_scan_is_gone_asks_for_it_again() {
    let desk = Desk::new().await;
    let mut browser = desk.first().await;
    typed(&mut browser).await.says("Check your answers");
    let folder = desk.council.console.settings.scans.clone().unwrap();
    std::fs::remove_dir_all(folder.join("unsent")).unwrap();
    let shown = browser.send(&[]).await;
    assert_eq!(shown.is(422).errors(), ["Choose the scan once more"]);
}
