//! Facts of chat lines, print jobs and devices, and one record for all of them.

use std::collections::BTreeSet;
use std::path::Path;

use content::contents::Contents;
use decision_point::desk::{
    ChatLine, DeskActivity, DeskEvent, Joining, Medium, PrintJob, PrintKind, PrintPurpose,
};
use decision_point::information::InformationPoint;
use decision_point::point::{DecisionPoint, WebDurability};
use decision_point::web::WebEvent;
use jiff::Timestamp;
use journal::{Journal, Options, Reader};
use ledger::EntryIndex;
use policy::decision::Outcome;
use policy::request::{Action, Activity, Labels, labels};
use register::assets::Assets;
use serde_json::Value;

const REGISTER: &str = r#"
[council]
domains = ["council.example"]
partner_domains = ["partner.example"]
confidential_routes = ["union@council.example"]

[[person]]
id = "p1"
name = "Ann Able"
audience = "officer"
accounts = ["ann"]
acceptance = "signed"

[[person]]
id = "p2"
name = "Bob Brown"
audience = "officer"
accounts = ["bob"]
acceptance = "signed"
"#;

const ASSETS: &str = "hardware_address,number,purchase,baseline_until,assigned_to
02-00-00-00-00-01,A-1,PO-1,,p1
02-00-00-00-00-02,A-2,,2026-03-02T12:00:00Z,
02-00-00-00-00-03,A-3,,,nobody
";

fn at() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

fn event(what: DeskActivity<'_>) -> DeskEvent<'_> {
    let (at, tool) = (at(), "t");
    DeskEvent { at, tool, what }
}

fn line<'a>(to: &'a str, contents: &'a Contents) -> ChatLine<'a> {
    ChatLine {
        from: "ann@chat.council.example",
        to,
        room: false,
        readers: 0,
        incoming: false,
        id: "",
        bytes: 5,
        contents,
        unreadable: false,
    }
}

#[test]
fn a_line_goes_to_whom_its_address_says() {
    let point = crate::information("halton", REGISTER);
    let nothing = Contents::default();
    let check = |line: ChatLine<'_>, recipient: Labels, findings: Labels| {
        let verdict = point.consider_desk(&event(DeskActivity::Chat(line)), &BTreeSet::new());
        let Activity::Chat(chat) = verdict.request.what else {
            panic!("no chat");
        };
        let found = (chat.recipient, chat.n_recipients, chat.findings);
        assert_eq!(found, (recipient, 1, findings));
        verdict.person
    };
    let none = Labels::new;
    let to = |to| line(to, &nothing);
    let person = check(to("bob@chat.council.example"), labels(["internal"]), none());
    assert_eq!(person.as_deref(), Some("p1"));
    check(
        to("x@partner.example"),
        labels(["external", "partner"]),
        none(),
    );
    check(to("x@stranger.example"), labels(["external"]), none());
    let unreadable = ChatLine {
        unreadable: true,
        ..to("bob@council.example")
    };
    check(unreadable, labels(["internal"]), labels(["unscannable"]));
    // What another server says of who wrote it names nobody of ours.
    let incoming = ChatLine {
        incoming: true,
        ..to("bob@council.example")
    };
    assert_eq!(check(incoming, labels(["internal"]), none()), None);
}

#[test]
fn a_job_is_what_its_owner_says() {
    let point = crate::information("halton", REGISTER);
    let check = |purpose, kind, colour, expected: Labels| {
        let job = PrintJob {
            user: "ann",
            signed_in: false,
            printer: "p",
            job: "1",
            purpose,
            kind,
            colour,
            pages: 3,
        };
        let verdict = point.consider_desk(&event(DeskActivity::Print(job)), &BTreeSet::new());
        let Activity::Print(print) = verdict.request.what else {
            panic!("no job");
        };
        assert_eq!(print.job, expected);
        assert_eq!(verdict.person.as_deref(), Some("p1"));
    };
    check(PrintPurpose::Unsaid, PrintKind::Print, false, labels([]));
    check(
        PrintPurpose::Work,
        PrintKind::Copy,
        true,
        labels(["copy", "colour"]),
    );
    check(
        PrintPurpose::Private,
        PrintKind::Scan,
        false,
        labels(["declared-private", "scan"]),
    );
}

/// What is known of a device, and whose act its joining is.
fn join(
    point: &InformationPoint,
    device: &str,
    user: Option<(&str, bool)>,
) -> (Labels, Option<String>) {
    let joining = Joining {
        device: device.parse().unwrap(),
        user: user.map(|(user, _)| user),
        signed_in: user.is_some_and(|(_, signed_in)| signed_in),
        network: "n",
        guest: true,
        medium: Some(Medium::Wireless),
        station: "",
    };
    let verdict = point.consider_desk(&event(DeskActivity::Join(joining)), &BTreeSet::new());
    let Activity::Join(join) = verdict.request.what else {
        panic!("no joining");
    };
    assert_eq!(join.network, labels(["guest", "wireless"]));
    (join.device, verdict.person)
}

#[test]
fn a_device_is_what_the_asset_register_says_and_whose_is_known_by_sign_in() {
    let point = crate::information("halton", REGISTER);
    // Where no register is kept nothing is known, and nothing held against anybody.
    let (known, _) = join(&point, "02-00-00-00-00-01", None);
    assert_eq!(known, labels([]));
    point.know_assets(Some(Assets::parse(ASSETS.as_bytes()).unwrap()));
    let check = |device: &str, user, expected: Labels, person: Option<&str>| {
        let found = join(&point, device, user);
        assert_eq!(
            found,
            (expected, person.map(str::to_owned)),
            "{device} {user:?}"
        );
    };
    let (owned, managed) = (
        labels(["registered", "owned"]),
        labels(["registered", "managed"]),
    );
    check("02-00-00-00-00-01", None, owned.clone(), Some("p1"));
    check(
        "02-00-00-00-00-01",
        Some(("bob", true)),
        owned.clone(),
        Some("p2"),
    );
    check(
        "02-00-00-00-00-01",
        Some(("bob", false)),
        owned.clone(),
        Some("p1"),
    );
    // Somebody signed in whom nobody knows: not whoever it was handed to.
    check("02-00-00-00-00-01", Some(("eve", true)), owned, None);
    check("02-00-00-00-00-02", None, managed, None);
    check("02-00-00-00-00-03", None, labels(["registered"]), None);
    check("02-00-00-00-00-04", None, labels(["unregistered"]), None);
}

/// Chat and what is put on shared sites are in one record, and one search by identity finds both.
#[tokio::test]
async fn chat_and_uploads_are_found_by_identity() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        min_free_bytes: 0,
        ..Options::default()
    };
    let (journal, _) = Journal::open(folder.path(), options).unwrap();
    let information = crate::information("halton", REGISTER);
    let point = DecisionPoint::new(information, journal, WebDurability::Synced, at()).unwrap();
    let contents = point.information().look_through_text("See you at three.");
    let chat = event(DeskActivity::Chat(line("bob@council.example", &contents)));
    let decided = point.decide_desk(&chat).await.unwrap();
    assert_eq!(decided.decision.outcome, Outcome::Permit);
    let upload = WebEvent {
        at: at(),
        action: Action::Submit,
        client: "10.0.0.1",
        user: Some("ann"),
        method: "PUT",
        host: "intranet.council.example",
        port: 443,
        path: "/team/plan.odt",
        tunnel: false,
        mobile: false,
        navigation: false,
        bytes: Some(100),
        media: None,
        contents: None,
    };
    let _recorded = point.decide_web(&upload).await.unwrap();
    let kinds = |person: &str| found(folder.path(), person);
    assert_eq!(kinds("p1"), ["chat", "web"]);
    assert!(kinds("p2").is_empty());
}

/// The kinds of entries about a person, in order.
fn found(folder: &Path, person: &str) -> Vec<String> {
    let mut reader = Reader::from(folder, EntryIndex(0)).unwrap();
    let mut kinds = Vec::new();
    while let Some(entry) = reader.next_entry().unwrap() {
        let entry: Value = serde_json::from_slice(entry.payload).unwrap();
        if entry["person"] == person {
            kinds.push(entry["kind"].as_str().unwrap().to_owned());
        }
    }
    kinds
}
