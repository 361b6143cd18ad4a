//! Against an SMTP server that is well, that refuses, that is away, and that goes silent.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::net::{Ipv4Addr, TcpListener};

use end_to_end::smtp_sink::{Delivered, SmtpSink};
use matters::access_request::{AccessRequest, Opening, Step, Wanted};
use matters::event::{Act, Actor};
use matters::id::PersonId;
use matters::incident::{self, Incident};
use matters::people::{Employment, Person};
use register_store::notice_mail::Choice;

use super::*;

fn hour(hours: i64) -> Timestamp {
    let monday: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
    monday + SignedDuration::from_hours(hours)
}

/// A council where people ask for services for one another, which tells those they ask for.
struct Council {
    store: Store,
    config: NoticesConfig,
    sink: SmtpSink,
    _folder: tempfile::TempDir,
}

fn person(id: &str, address: Option<&str>) -> Person {
    Person {
        id: id.into(),
        name: format!("{id} Example"),
        audience: "officer".to_owned(),
        employee_number: None,
        job_title: None,
        unit: None,
        manager: (id != "manager").then(|| "manager".into()),
        sponsor: None,
        employed: Vec::new(),
        absent: None,
        accounts: vec![id.to_owned()],
        addresses: address.into_iter().map(str::to_owned).collect(),
        private_addresses: vec![format!("{id}@home.example")],
        private_numbers: Vec::new(),
        extensions: Vec::new(),
        group: None,
        format: None,
        verified_at: None,
    }
}

impl Council {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!(
            "sqlite://{}?mode=rwc",
            folder.path().join("people.db").display()
        );
        let pack = crate::packs::load("walsall").unwrap();
        let store = Store::open(&url, std::sync::Arc::new(pack)).await.unwrap();
        let feed = Act::of(Actor::Feed("hr".to_owned()), hour(-10));
        let mut gone = person("gone", Some("gone@council.example"));
        gone.employed = vec![Employment {
            from: "2020-01-01".parse().unwrap(),
            until: Some("2026-03-02".parse().unwrap()),
        }];
        let people = [
            person("manager", Some("manager@council.example")),
            person("ann", Some("ann@council.example")),
            person("bob", Some("bob@council.example")),
            person("nowhere", None),
            gone,
        ];
        let many =
            (0..60).map(|n| person(&format!("p{n}"), Some(&format!("p{n}@council.example"))));
        let people = people.into_iter().chain(many);
        store.put_people(people, [], &feed).await.unwrap();
        let sink = SmtpSink::start().unwrap();
        let config = NoticesConfig {
            server: sink.address(),
            from: "Acceptable use <probity@council.example>".to_owned(),
            console: "https://probity.council.example/".to_owned(),
        };
        Self {
            store,
            config,
            sink,
            _folder: folder,
        }
    }

    /// The manager asks for a service for somebody, who is told.
    async fn ask_for(&self, person: &str) -> String {
        let act = Act::by(&PersonId::from("manager"), hour(0));
        let opening = Opening {
            person: person.into(),
            service: "email".to_owned(),
            wanted: Wanted {
                need: "a secret need".to_owned(),
                equipment: None,
                until: None,
                sponsor: None,
            },
            paper: None,
        };
        let kept = self.store.open_matter::<AccessRequest>(opening, &act).await;
        let id = kept.unwrap().id;
        let sent = self
            .store
            .take::<AccessRequest>(&id, None, Step::Submit, &act);
        sent.await.unwrap();
        id.to_string()
    }

    async fn send(&self, hours: i64) -> Result<usize, SendError> {
        send(&self.store, &self.config, &mut None, hour(hours)).await
    }

    async fn waiting(&self, hours: i64) -> u64 {
        let health = self.store.notice_mail_health(hour(hours), 10).await;
        health.unwrap().waiting
    }
}

/// Those to one recipient.
fn to<'d>(delivered: &'d [Delivered], recipient: &str) -> Vec<&'d Delivered> {
    let to = |one: &&Delivered| one.recipients == [recipient.to_owned()];
    delivered.iter().filter(to).collect()
}

#[tokio::test]
async fn people_are_told_in_few_words_and_once() {
    let council = Council::new().await;
    let reference = council.ask_for("ann").await;
    council.send(1).await.unwrap();
    council.send(2).await.unwrap();
    let delivered = council.sink.take();
    let anns = to(&delivered, "ann@council.example");
    let [told] = &anns[..] else {
        panic!("{delivered:?}");
    };
    assert_eq!(told.mail_from, "");
    assert_eq!(
        told.values("Subject"),
        ["Somebody asked for a service for you"]
    );
    assert_eq!(
        told.values("From"),
        ["Acceptable use <probity@council.example>"]
    );
    assert_eq!(told.values("Auto-Submitted"), ["auto-generated"]);
    let id = &told.values("Message-ID")[0];
    assert!(
        id.starts_with("<notice.") && id.ends_with("@council.example>"),
        "{id}"
    );
    let text = told.text();
    assert!(text.contains(&format!(
        "\r\nhttps://probity.council.example/my-position/{reference}\r\n"
    )));
    assert!(text.contains("ISS customer service desk"));
    // Nothing of what was asked, nor by whom.
    for kept_back in ["secret need", "manager", "home.example"] {
        assert!(!text.contains(kept_back), "{kept_back} in {text}");
    }
    assert_eq!(council.waiting(2).await, 0);
}

#[tokio::test]
async fn whoever_left_or_has_no_address_gets_none() {
    let council = Council::new().await;
    for who in ["gone", "nowhere", "bob"] {
        council.ask_for(who).await;
    }
    // The day after the last one of `gone`.
    council.send(24).await.unwrap();
    let delivered = council.sink.take();
    assert_eq!(to(&delivered, "bob@council.example").len(), 1);
    let text: String = delivered.iter().map(Delivered::text).collect();
    assert!(
        !text.contains("gone") && !text.contains("nowhere"),
        "{text}"
    );
    let health = council
        .store
        .notice_mail_health(hour(25), 10)
        .await
        .unwrap();
    assert_eq!((health.waiting, health.given_up), (0, 0));
}

#[tokio::test]
async fn only_what_one_can_do_without_is_left_out() {
    let council = Council::new().await;
    for who in ["ann", "bob"] {
        let opening = incident::Opening {
            kind: incident::Kind::Spam,
            words: "It is spam".to_owned(),
            happened_at: hour(-1),
            url: None,
            message_id: None,
            implicated: None,
            key_sha256: None,
        };
        let act = Act::by(&who.into(), hour(0));
        let reported = council.store.open_matter::<Incident>(opening, &act);
        reported.await.unwrap();
        council.ask_for(who).await;
    }
    let ann = PersonId::from("ann");
    let chosen = council.store.choose_notices(&ann, Choice::Needed, hour(0));
    chosen.await.unwrap();
    while council.send(1).await.unwrap() > 0 {}
    let delivered = council.sink.take();
    let subjects = |who: &str| {
        let told = to(&delivered, who);
        let mut subjects: Vec<_> = told.iter().flat_map(|one| one.values("Subject")).collect();
        subjects.sort();
        subjects
    };
    let (asked, arrived) = (
        "Somebody asked for a service for you",
        "Your report has arrived",
    );
    assert_eq!(subjects("ann@council.example"), [asked]);
    assert_eq!(subjects("bob@council.example"), [asked, arrived]);
}

#[tokio::test]
async fn one_who_is_refused_keeps_nobody_else_waiting() {
    let council = Council::new().await;
    council
        .sink
        .refuse("ann@council.example", "450 mailbox busy");
    council.sink.refuse(
        "bob@council.example",
        "550-no such mailbox\r\n550-here\r\n550 nor there",
    );
    for who in ["ann", "bob", "p1"] {
        council.ask_for(who).await;
    }
    council.send(0).await.unwrap();
    let first = council.sink.take();
    assert!(to(&first, "ann@council.example").is_empty());
    assert!(to(&first, "bob@council.example").is_empty());
    assert!(!to(&first, "p1@council.example").is_empty());
    let health = council.store.notice_mail_health(hour(0), 10).await.unwrap();
    let [given_up] = &health.latest_given_up[..] else {
        panic!("{health:?}");
    };
    assert_eq!(given_up.person, PersonId::from("bob"));
    assert!(given_up.why.contains("550-no such mailbox"), "{given_up:?}");
    assert_eq!(health.waiting, 1);
    // She is asked again after growing waits, and in the end mail is taken.
    for hours in [1, 2, 3] {
        council.send(hours).await.unwrap();
        assert_eq!(council.sink.take(), []);
    }
    council.sink.accept("ann@council.example");
    council.send(30).await.unwrap();
    assert_eq!(to(&council.sink.take(), "ann@council.example").len(), 1);
    assert_eq!(council.waiting(30).await, 0);
}

#[tokio::test]
async fn it_is_given_up_after_five_days() {
    let council = Council::new().await;
    council
        .sink
        .refuse("ann@council.example", "450 mailbox busy");
    council.ask_for("ann").await;
    let mut tries = 0;
    for hours in 0..200 {
        council.send(hours).await.unwrap();
        tries += u32::from(council.waiting(hours).await > 0);
    }
    // Up to the first try after five days.
    assert!((120..=124).contains(&tries), "it waited {tries} hours");
    let health = council
        .store
        .notice_mail_health(hour(200), 10)
        .await
        .unwrap();
    assert_eq!((health.waiting, health.given_up), (0, 1));
}

#[tokio::test]
async fn a_server_that_is_away_gets_all_when_it_is_back() {
    let mut council = Council::new().await;
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    council.config.server = free.local_addr().unwrap();
    drop(free);
    for who in ["ann", "bob"] {
        council.ask_for(who).await;
    }
    let waiting = council.waiting(0).await;
    for hours in 0..4 {
        let error = council.send(hours).await.unwrap_err();
        assert!(
            matches!(error, SendError::Server(SubmitError::Unreachable(_))),
            "{error:?}"
        );
    }
    assert_eq!(council.waiting(4).await, waiting);
    let back = SmtpSink::start_at(council.config.server).unwrap();
    // At once: being away is no fault of a message's.
    council.send(4).await.unwrap();
    assert_eq!(back.delivered().len() as u64, waiting);
    assert_eq!(council.waiting(4).await, 0);
}

#[tokio::test]
async fn a_server_that_takes_nothing_from_here_gives_up_nobody() {
    let council = Council::new().await;
    for who in ["ann", "bob"] {
        council.ask_for(who).await;
    }
    let waiting = council.waiting(0).await;
    council
        .sink
        .serve_nobody(Some("530 5.7.0 authenticate first"));
    let error = council.send(0).await.unwrap_err();
    assert!(
        error.to_string().contains("wait for their mail server"),
        "{error}"
    );
    assert_eq!(council.waiting(0).await, waiting);
    council.sink.serve_nobody(None);
    council.send(0).await.unwrap();
    assert_eq!(council.sink.take().len() as u64, waiting);
}

#[tokio::test]
async fn what_waited_too_long_is_old_and_goes_to_nobody() {
    let council = Council::new().await;
    council.ask_for("ann").await;
    let waiting = council.waiting(0).await;
    council.send(6 * 24).await.unwrap();
    assert_eq!(council.sink.take(), []);
    let health = council.store.notice_mail_health(hour(6 * 24), 10).await;
    let health = health.unwrap();
    assert_eq!((health.waiting, health.given_up), (0, waiting));
}

/// The database could not be written to when the server had taken it.
#[tokio::test]
async fn what_was_sent_and_could_not_be_written_down_is_not_sent_again() {
    let council = Council::new().await;
    council.ask_for("ann").await;
    let due = council.store.notices_to_mail(hour(0), 10).await.unwrap();
    let anns = |one: &&ToMail| one.person.as_str() == "ann";
    let sent = due.iter().find(anns).unwrap();
    let mut unsaid = Some((sent.id, Mailed::Sent));
    let (store, config) = (&council.store, &council.config);
    send(store, config, &mut unsaid, hour(0)).await.unwrap();
    assert_eq!(unsaid, None);
    assert!(to(&council.sink.take(), "ann@council.example").is_empty());
    assert_eq!(council.waiting(0).await, 0);
}

#[tokio::test]
async fn many_are_sent_a_connection_at_a_time() {
    let council = Council::new().await;
    for n in 0..60 {
        council.ask_for(&format!("p{n}")).await;
    }
    assert_eq!(council.send(1).await.unwrap(), ON_A_CONNECTION);
    assert_eq!(council.sink.delivered().len(), ON_A_CONNECTION);
    while council.send(1).await.unwrap() > 0 {}
    let delivered = council.sink.take();
    for n in 0..60 {
        let address = format!("p{n}@council.example");
        assert_eq!(to(&delivered, &address).len(), 1, "{address}");
    }
    let mut ids: Vec<_> = delivered
        .iter()
        .flat_map(|one| one.values("Message-ID"))
        .collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "each has its own name");
}

#[test]
fn a_configuration_says_what_is_wrong_with_it() {
    let check = |from: &str, console: &str, problems: usize| {
        let config = NoticesConfig {
            server: "127.0.0.1:25".parse().unwrap(),
            from: from.to_owned(),
            console: console.to_owned(),
        };
        assert_eq!(config.problems().len(), problems, "{:?}", config.problems());
    };
    check("a@b.example", "https://c.example", 0);
    check("Name <a@b.example>", "http://127.0.0.1:8080", 0);
    check("Name", "https://c.example", 1);
    check("a@", "c.example", 2);
    check("a@b.example", "https://c.example/ x", 1);
}
