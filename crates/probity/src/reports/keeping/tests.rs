#![allow(clippy::unwrap_used)]

use content::contents::Contents;
use decision_point::desk::{
    ChatLine, DeskActivity, DeskEvent, PrintJob, PrintKind, PrintPurpose, Printed,
};
use decision_point::information::InformationPoint;
use decision_point::mail::MailEvent;
use decision_point::point::DecisionPoint;
use decision_point::web::WebEvent;
use journal::{Journal, Options};
use policy::request::Action;
use reports::entry::Channel;
use reports::facet::Facet;
use serde_json::json;

use super::*;

const SIX: [&str; 6] = ["ann", "bob", "cat", "dan", "eve", "fay"];

/// Six people of one unit.
fn register() -> Snapshot {
    let people = SIX.map(|id| {
        format!(
            "[[person]]\nid = {id:?}\nname = {id:?}\naudience = \"officer\"\nunit = \"parks\"\n\
             accounts = [{id:?}]\naddresses = [\"{id}@council.example\"]\nacceptance = \"signed\"\n"
        )
    });
    let text = format!(
        "[council]\ndomains = [\"council.example\"]\n[[unit]]\nid = \"parks\"\nname = \"Parks\"\n{}",
        people.concat()
    );
    Snapshot::parse(&text).unwrap()
}

struct Council {
    folder: tempfile::TempDir,
    journal: Journal,
    register: Snapshot,
}

impl Council {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::new(folder.path());
        data.create().unwrap();
        let (journal, _) = Journal::open(data.record(), Options::default()).unwrap();
        let people = SIX.map(|id| {
            format!(
                "[[person]]\nid = {id:?}\nname = {id:?}\naudience = \"officer\"\nunit = \"parks\"\n"
            )
        });
        let text = format!(
            "[council]\ndomains = [\"council.example\"]\n[[unit]]\nid = \"parks\"\nname = \"Parks\"\n{}",
            people.concat()
        );
        Self {
            register: Snapshot::parse(&text).unwrap(),
            folder,
            journal,
        }
    }

    fn keeping(&self) -> Keeping {
        Keeping::new(&DataDir::new(self.folder.path()), "Europe/London", "r")
    }

    /// Each of the six asks for a page.
    fn pages(&self, at: &str) {
        for person in SIX {
            let rest = json!({
                "client": "10.0.0.1", "person": person, "host": "news.example", "visit": true,
                "request": { "action": "visit" }, "decision": { "outcome": "permit" },
            });
            let head = format!("{{\"v\":1,\"at\":\"{at}\",\"kind\":\"web\",");
            let entry = head + &rest.to_string()[1..];
            let recorded = self.journal.append((), entry.as_bytes());
            recorded.unwrap().into_parts();
        }
    }

    fn bring(&self, keeping: &mut Keeping, now: &str) {
        let now = now.parse().unwrap();
        let done = keeping.bring_up_to_date(&self.register, now, false, Patience::Wait);
        done.unwrap().unwrap();
    }

    fn pages_of(&self, month: &str) -> Option<u64> {
        let month = self.keeping().month(month.parse().unwrap()).unwrap()?;
        let facet = Facet::Channel {
            channel: Channel::Web,
        };
        Some(month.figure(Some("parks"), &facet).told()?.count)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("reports").join(name)
    }
}

#[test]
fn a_month_is_kept_once_what_comes_late_has_come() {
    let council = Council::new();
    council.pages("2026-03-31T22:30:00Z");
    council.pages("2026-03-31T23:30:00Z"); // April, by the clock in London
    let mut keeping = council.keeping();
    council.bring(&mut keeping, "2026-04-03T22:59:59Z");
    assert_eq!(council.pages_of("2026-03"), None);
    council.bring(&mut keeping, "2026-04-03T23:00:00Z");
    assert_eq!(council.pages_of("2026-03"), Some(6));
    assert_eq!(keeping.closed().unwrap().len(), 1);
    // The keys of a closed month are gone.
    let open = std::fs::read_to_string(council.file("open.json")).unwrap();
    assert!(!open.contains("2026-03\",\"key"), "{open}");
    assert_eq!(open.matches("\"key\"").count(), 1);
}

/// The files a kill can leave behind, each at the worst moment.
#[test]
fn a_kill_neither_loses_nor_doubles_an_entry() {
    let council = Council::new();
    let open = council.file("open.json");
    council.pages("2026-03-10T09:00:00Z");
    // Killed before anything was kept.
    let mut keeping = council.keeping();
    council.bring(&mut keeping, "2026-03-10T10:00:00Z");
    let after_first = std::fs::read(&open).unwrap();
    std::fs::remove_file(&open).unwrap();
    council.bring(&mut council.keeping(), "2026-03-10T10:01:00Z");
    // Killed after more was read and before it was kept.
    council.pages("2026-03-11T09:00:00Z");
    std::fs::write(&open, after_first).unwrap();
    council.bring(&mut council.keeping(), "2026-03-11T10:02:00Z");
    let before_closing = std::fs::read(&open).unwrap();
    // Killed between the month's file and keeping that it was closed.
    council.bring(&mut council.keeping(), "2026-04-10T10:00:00Z");
    assert_eq!(council.pages_of("2026-03"), Some(12));
    std::fs::write(&open, before_closing).unwrap();
    council.pages("2026-04-10T10:00:00Z");
    council.bring(&mut council.keeping(), "2026-05-10T10:00:00Z");
    assert_eq!(council.pages_of("2026-03"), Some(12));
    assert_eq!(council.pages_of("2026-04"), Some(6));
}

#[test]
fn two_that_keep_the_same_figures_count_nothing_twice() {
    let council = Council::new();
    let (mut server, mut command) = (council.keeping(), council.keeping());
    for day in 10..20 {
        council.pages(&format!("2026-03-{day}T09:00:00Z"));
        let now = format!("2026-03-{day}T10:00:00Z");
        council.bring(&mut server, &now);
        council.bring(&mut command, &now);
    }
    council.bring(&mut server, "2026-04-10T10:00:00Z");
    assert_eq!(council.pages_of("2026-03"), Some(60));
}

#[test]
fn figures_wait_where_the_file_is_not_ours_and_say_so() {
    let council = Council::new();
    council.pages("2026-03-10T09:00:00Z");
    std::fs::create_dir_all(council.file("")).unwrap();
    std::fs::write(council.file("open.json"), "{").unwrap();
    let now = "2026-03-10T10:00:00Z".parse().unwrap();
    let done = council
        .keeping()
        .bring_up_to_date(&council.register, now, false, Patience::Wait);
    assert!(
        matches!(done, Err(KeepError::Unreadable { .. })),
        "{done:?}"
    );
    assert_eq!(
        std::fs::read_to_string(council.file("open.json")).unwrap(),
        "{"
    );
}

#[test]
fn whoever_finds_somebody_at_it_goes_away() {
    let council = Council::new();
    let keeping = council.keeping();
    let lock = keeping.lock(Patience::Wait).unwrap();
    let now = Timestamp::UNIX_EPOCH;
    let done = council
        .keeping()
        .bring_up_to_date(&council.register, now, false, Patience::Leave);
    assert!(matches!(done, Ok(Err(Busy))), "{done:?}");
    drop(lock);
}

/// A message of somebody to somebody, decided and recorded as the mail gate does.
async fn mail(point: &DecisionPoint, from: &str, account: Option<&str>, to: &str) {
    let message = format!("From: {from}\r\nTo: {to}\r\nSubject: Lunch\r\n\r\nAt noon?\r\n");
    let message = message.as_bytes();
    let reading = content::mail::read(message, None, &content::mail::Limits::default());
    let event = MailEvent {
        at: "2026-03-10T09:00:00Z".parse().unwrap(),
        queue_id: "4A",
        client: "10.0.0.1",
        authenticated: account,
        from_inside: false,
        mail_from: from,
        recipients: &[to.to_owned()],
        message,
        reading: &reading,
        contents: &point.information().look_through(message, &reading),
    };
    point.decide_mail(&event).await.unwrap().into_parts();
}

/// A page somebody asks for, decided and recorded as the web gate does.
async fn page(point: &DecisionPoint, account: &str, host: &str) {
    let event = WebEvent {
        at: "2026-03-10T09:00:00Z".parse().unwrap(),
        action: Action::Visit,
        client: "10.0.0.1",
        user: Some(account),
        method: "GET",
        host,
        port: 443,
        path: "/",
        tunnel: false,
        mobile: false,
        navigation: true,
        bytes: Some(100),
        media: None,
        contents: None,
    };
    point.decide_web(&event).await.unwrap().into_parts();
}

/// A line of chat and a job of four pages, decided and recorded as the desk gate does.
async fn chat_and_print(point: &DecisionPoint, account: &str) {
    let at = "2026-03-10T09:00:00Z".parse().unwrap();
    let line = ChatLine {
        from: account,
        to: "ann@council.example",
        room: false,
        readers: 0,
        incoming: false,
        id: "",
        bytes: 5,
        contents: &Contents::default(),
        unreadable: false,
    };
    let job = PrintJob {
        user: account,
        signed_in: true,
        printer: "hall",
        job: account,
        purpose: PrintPurpose::Work,
        kind: PrintKind::Print,
        colour: false,
        pages: 0,
    };
    for what in [DeskActivity::Chat(line), DeskActivity::Print(job)] {
        let tool = "desk";
        let event = DeskEvent { at, tool, what };
        point.decide_desk(&event).await.unwrap().into_parts();
    }
    let printed = Printed {
        at,
        log: "page_log",
        file: 1,
        end: 80,
        printer: "hall",
        user: account,
        job: account,
        pages: 4,
        purpose: PrintPurpose::Work,
    };
    point.note_printed(&[printed]).unwrap();
}

#[tokio::test]
async fn what_the_gates_record_is_what_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir::new(folder.path());
    let adopted = crate::knowledge::adopt("walsall").unwrap();
    let information = InformationPoint::new(adopted, register(), None);
    let record = crate::config::RecordConfig::default();
    let point = crate::gates::open_point(information, &data, &record, None).unwrap();
    for person in SIX {
        let own = format!("{person}@council.example");
        mail(&point, &own, Some(person), "ann@council.example").await;
        mail(&point, &own, Some(person), "resident@example.com").await;
        mail(&point, "resident@example.com", None, &own).await;
        page(&point, person, "intranet.council.example").await;
        page(&point, person, "news.example").await;
        chat_and_print(&point, person).await;
    }
    let mut keeping = Keeping::new(&data, "Europe/London", "r");
    let now = "2026-05-01T00:00:00Z".parse().unwrap();
    let done = keeping.bring_up_to_date(&register(), now, false, Patience::Wait);
    done.unwrap().unwrap();
    let march = keeping.month("2026-03".parse().unwrap()).unwrap().unwrap();
    let count = |facet: &Facet| Some(march.figure(Some("parks"), facet).told()?.count);
    let act = |channel: Channel, action: &str| {
        let action = action.to_owned();
        count(&Facet::Action { channel, action })
    };
    assert_eq!(act(Channel::Mail, "sent-inside"), Some(6));
    assert_eq!(act(Channel::Mail, "sent-outside"), Some(6));
    assert_eq!(act(Channel::Mail, "received"), Some(6));
    assert_eq!(act(Channel::Web, "page"), Some(12));
    let own = Facet::Label {
        channel: Channel::Web,
        label: "council-site".to_owned(),
    };
    assert_eq!(count(&own), Some(6));
    assert_eq!(act(Channel::Chat, "line-inside"), Some(6));
    assert_eq!(act(Channel::Print, "print"), Some(6));
    let print = Facet::Channel {
        channel: Channel::Print,
    };
    let pages = march.figure(Some("parks"), &print).told().unwrap().pages;
    assert_eq!(pages, 24);
}

#[test]
fn an_hour_in_which_nobody_looked_after_the_gates_is_in_the_service_report() {
    let council = Council::new();
    let mut keeping = council.keeping();
    let mut look = |now: &str, is_looking| {
        let now = now.parse().unwrap();
        let done = keeping.bring_up_to_date(&council.register, now, is_looking, Patience::Wait);
        done.unwrap().unwrap();
    };
    // Half an hour of running, an hour of nothing, and again half an hour.
    for minute in (0..=30).chain(90..=120) {
        look(
            &format!("2026-03-10T{:02}:{:02}:00Z", 9 + minute / 60, minute % 60),
            true,
        );
    }
    look("2026-04-10T00:00:00Z", false);
    let march = keeping.month("2026-03".parse().unwrap()).unwrap().unwrap();
    let report = reports::service::report(&march);
    let ran = &report.tables[0].rows[1].values;
    assert_eq!(ran[0].in_words(), "60");
    assert_eq!(ran[1].in_words(), "50.0 %");
}
