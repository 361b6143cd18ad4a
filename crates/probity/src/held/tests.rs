#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use correspondence::Correspondence;
use decision_point::information::InformationPoint;
use matters::authority::Holding;
use matters::id::PostId;
use policy::decision::Outcome;
use register::snapshot::Snapshot;
use register_store::matters_kept::Page;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::*;
use crate::config::RecordConfig;
use crate::data_dir::DataDir;
use crate::{gates, knowledge};

struct Setting {
    held: Held,
    store: Store,
    _folder: tempfile::TempDir,
}

impl Setting {
    async fn new(server: Option<SocketAddr>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!(
            "sqlite://{}?mode=rwc",
            folder.path().join("people").display()
        );
        let adopted = knowledge::adopt("walsall").unwrap();
        let store = Store::open(&url, Arc::clone(adopted.pack())).await.unwrap();
        with_a_desk(&store).await;
        let held = Held::open(&folder.path().join("quarantine"), "test/record", server).unwrap();
        Self {
            held,
            store,
            _folder: folder,
        }
    }

    fn keep(&self, entry: u64, outcome: Outcome) -> String {
        let note = note(entry, outcome);
        let quarantine = &self.held.quarantine;
        quarantine
            .keep(
                &note,
                0,
                b"Subject: Hello\r\n\r\nreceived\r\n",
                Some(b"Subject: Hello\r\n\r\n.sent\r\n"),
            )
            .unwrap()
    }

    /// A message that came in.
    fn keep_from_outside(&self, mail_from: &str) {
        let note = Kept {
            mail_from: mail_from.to_owned(),
            recipients: vec!["ann@council.example".to_owned()],
            sent: false,
            ..note(9, Outcome::Hold)
        };
        let message = format!("From: <{mail_from}>\r\nSubject: Hello\r\n\r\nreceived\r\n");
        let quarantine = &self.held.quarantine;
        quarantine.keep(&note, 0, message.as_bytes(), None).unwrap();
    }

    async fn once(&self, known: &mut Known) -> Result<(), HeldError> {
        self.held.once(&self.store, known).await
    }

    async fn all(&self) -> Vec<matters_kept::Kept<HeldMail>> {
        let page: Page<_> = self.store.matters(&Filter::default()).await.unwrap();
        page.items
    }

    /// The desk decides.
    async fn decide(&self, step: Step) {
        let kept = self.all().await.remove(0);
        let desk = PersonId::from("desk");
        let act = Act::by(&desk, Timestamp::now()).because("it is right");
        self.store
            .take::<HeldMail>(&kept.id, None, step, &act)
            .await
            .unwrap();
    }
}

fn note(entry: u64, outcome: Outcome) -> Kept {
    Kept {
        v: mail_gate::quarantine::VERSION,
        entry,
        at: Timestamp::now(),
        queue_id: "4ABC".to_owned(),
        mail_from: "a@council.example".to_owned(),
        recipients: vec!["b@x.example".to_owned(), "no@x.example".to_owned()],
        outcome,
        clauses: vec![policy::clause::ClauseId::new("walsall-6.5.2")],
        sent: true,
        people: Vec::new(),
        subject: "Hello".to_owned(),
        findings: Vec::new(),
    }
}

async fn with_a_desk(store: &Store) {
    let feed = Act::of(Actor::Feed("hr".to_owned()), Timestamp::now());
    let desk = serde_json::json!({ "id": "desk", "name": "Desk", "audience": "officer" });
    let desk = serde_json::from_value(desk).unwrap();
    store.put_person(desk, &feed).await.unwrap();
    let holding = Holding {
        post: PostId::from("service-desk"),
        unit: None,
        person: PersonId::from("desk"),
        from: Timestamp::UNIX_EPOCH,
        until: None,
    };
    store.appoint(holding, &feed).await.unwrap();
}

fn release() -> Step {
    Step::Release {
        verdicts: Vec::new(),
    }
}

fn reject() -> Step {
    Step::Reject {
        verdicts: Vec::new(),
    }
}

/// A mail server that knows no `no@…`; gives what it took.
async fn server() -> (SocketAddr, tokio::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (send, took) = tokio::sync::mpsc::channel(10);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            let (mut said, mut data) = (String::new(), false);
            stream.write_all(b"220 here\r\n").await.unwrap();
            let mut line = String::new();
            while stream.read_line(&mut line).await.unwrap() > 0 {
                said.push_str(&line);
                let answer: &[u8] = match line.trim_end() {
                    "." if data => {
                        data = false;
                        send.send(std::mem::take(&mut said)).await.unwrap();
                        b"250 taken\r\n"
                    }
                    _ if data => b"",
                    "DATA" => {
                        data = true;
                        b"354 go on\r\n"
                    }
                    "RCPT TO:<no@x.example>" => b"550 nobody\r\n",
                    "QUIT" => b"221 bye\r\n",
                    _ => b"250 well\r\n",
                };
                stream.write_all(answer).await.unwrap();
                line.clear();
            }
        }
    });
    (address, took)
}

/// Whoever released it said that it is good to have.
#[tokio::test(flavor = "multi_thread")]
async fn whose_mail_was_released_is_no_stranger() {
    let (address, mut took) = server().await;
    let mut setting = Setting::new(Some(address)).await;
    let folder = tempfile::tempdir().unwrap();
    let adopted = knowledge::adopt("walsall").unwrap();
    let register = Snapshot::parse("[council]\ndomains = [\"council.example\"]\n").unwrap();
    let mut information = InformationPoint::new(adopted, register, None);
    let limits = correspondence::Limits {
        trusted_after_days: 0,
        ..correspondence::Limits::default()
    };
    let memory = Correspondence::open(&folder.path().join("memory"), &limits, Timestamp::now());
    information.remember_in(memory.unwrap().0);
    let data = DataDir::new(&folder.path().join("data"));
    let point = gates::open_point(information, &data, &RecordConfig::default(), None).unwrap();
    let point = Arc::new(point);
    setting.held = setting.held.remembered_by(point.clone());
    let is_new = || {
        let memory = point.information().correspondence().unwrap();
        memory.is_first_contact("sam@home.example", Timestamp::now())
    };
    setting.keep_from_outside("sam@home.example");
    let mut known = Known::default();
    setting.once(&mut known).await.unwrap();
    assert!(is_new(), "it waits");
    setting.decide(release()).await;
    setting.once(&mut known).await.unwrap();
    assert!(took.recv().await.unwrap().contains("received"));
    assert!(!is_new());
}

#[tokio::test]
async fn each_copy_becomes_one_matter_also_after_a_restart() {
    let setting = Setting::new(None).await;
    setting.keep(7, Outcome::Hold);
    setting.keep(8, Outcome::Refuse);
    for _ in 0..2 {
        let mut known = Known::default();
        setting.once(&mut known).await.unwrap();
        setting.once(&mut known).await.unwrap();
        assert_eq!(known.matters.len(), 2);
        assert_eq!(known.matters["8-0"], None); // evidence only: nobody releases it
    }
    let all = setting.all().await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].matter.copy, "test/record/7-0");
    assert_eq!(all[0].matter.held_under, ["walsall-6.5.2"]);
}

#[tokio::test]
async fn what_is_released_goes_on_as_it_is_to_go_and_leaves_nothing_here() {
    let (server, mut took) = server().await;
    let setting = Setting::new(Some(server)).await;
    let name = setting.keep(7, Outcome::Hold);
    let mut known = Known::default();
    setting.once(&mut known).await.unwrap();
    setting.decide(release()).await;
    setting.once(&mut known).await.unwrap();
    let taken = took.recv().await.unwrap();
    assert!(
        taken.contains("MAIL FROM:<a@council.example>\r\n"),
        "{taken}"
    );
    assert!(
        taken.ends_with("DATA\r\nSubject: Hello\r\n\r\n..sent\r\n.\r\n"),
        "{taken}"
    );
    let kept = setting.all().await.remove(0).matter;
    assert_eq!(
        (kept.state.name(), kept.refused),
        ("delivered", vec!["no@x.example".to_owned()])
    );
    assert!(setting.held.quarantine.message(&name).is_err());
    setting.once(&mut known).await.unwrap();
    assert!(took.try_recv().is_err());
}

#[tokio::test]
async fn one_that_cannot_be_read_keeps_no_other_waiting() {
    let (server, mut took) = server().await;
    let setting = Setting::new(Some(server)).await;
    let broken = setting.held.quarantine.folder().join("3-0.json");
    std::fs::write(broken, "{").unwrap();
    setting.keep(7, Outcome::Hold);
    let mut known = Known::default();
    assert!(setting.once(&mut known).await.is_err());
    setting.decide(release()).await;
    assert!(setting.once(&mut known).await.is_err());
    assert!(took.recv().await.unwrap().contains(".sent"));
}

#[tokio::test]
async fn a_server_that_is_away_keeps_it_waiting_and_nothing_is_lost() {
    let gone = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    for server in [Some(gone), None] {
        let setting = Setting::new(server).await;
        let name = setting.keep(7, Outcome::Hold);
        let mut known = Known::default();
        setting.once(&mut known).await.unwrap();
        setting.decide(release()).await;
        assert!(setting.once(&mut known).await.is_err());
        assert_eq!(setting.all().await[0].matter.state.name(), "released");
        assert!(setting.held.quarantine.message(&name).is_ok());
    }
}

#[tokio::test]
async fn what_nobody_keeps_is_disposed_of_and_evidence_is_not() {
    for (step, remains) in [(Some(reject()), 0), (Some(Step::Seal), 1), (None, 1)] {
        let setting = Setting::new(None).await;
        setting.keep(7, Outcome::Hold);
        let mut known = Known::default();
        setting.once(&mut known).await.unwrap();
        if let Some(step) = step.clone() {
            setting.decide(step).await;
        }
        setting.once(&mut known).await.unwrap();
        let names = setting.held.quarantine.names().unwrap();
        assert_eq!(names.len(), remains, "{step:?}");
    }
}
