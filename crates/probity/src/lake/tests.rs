#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;

use content::mail::{Limits, read};
use decision_point::entry::UnreadMailEntry;
use decision_point::mail::MailEvent;
use decision_point::point::WebDurability;
use decision_point::web::WebEvent;
use journal::Options;
use lake::export::{Form, Wanted};
use policy::request::Action;
use serde_json::{Value, json};

use super::*;
use crate::demo::council;

/// A decision point of the made-up council, with its record in a folder.
fn point(data: &DataDir) -> DecisionPoint {
    data.create().unwrap();
    let options = Options {
        min_free_bytes: 0,
        ..Options::default()
    };
    let (journal, _) = Journal::open(data.record(), options).unwrap();
    let information = council::information("walsall").unwrap();
    DecisionPoint::new(
        information,
        journal,
        WebDurability::Written,
        Timestamp::now(),
    )
    .unwrap()
}

async fn send(point: &DecisionPoint, from: &str, to: &[&str]) {
    let message = b"From: someone@council.example\r\nSubject: Hello\r\n\r\nGood morning.\r\n";
    let reading = read(message, None, &Limits::default());
    let contents = point.information().look_through(message, &reading);
    let recipients: Vec<String> = to.iter().map(ToString::to_string).collect();
    let event = MailEvent {
        at: Timestamp::now(),
        queue_id: "4A",
        client: "127.0.0.1",
        authenticated: (!from.ends_with("elsewhere.example")).then_some("officer"),
        from_inside: false,
        mail_from: from,
        recipients: &recipients,
        message,
        reading: &reading,
        contents: &contents,
    };
    let _recorded = point.decide_mail(&event).await.unwrap();
}

async fn visit(point: &DecisionPoint, host: &str, bytes: Option<u64>) {
    let event = WebEvent {
        at: Timestamp::now(),
        action: Action::Visit,
        client: "10.0.0.7",
        user: Some("officer"),
        method: "GET",
        host,
        port: 443,
        path: "/somewhere",
        tunnel: false,
        mobile: false,
        navigation: true,
        bytes,
        media: None,
        contents: None,
    };
    let _recorded = point.decide_web(&event).await.unwrap();
}

fn config() -> LakeConfig {
    toml::from_str("commit_every_seconds = 1").unwrap()
}

fn work(point: DecisionPoint, data: &DataDir, config: LakeConfig) -> Work {
    Work {
        follower: Follower::of(data.record()),
        point: Arc::new(point),
        data: data.clone(),
        record: "council.example/record".to_owned(),
        lake: None,
        tidied: None,
        troubles: Arc::default(),
        taken: watch::channel(None).0,
        config,
    }
}

/// What lies open, one row each.
async fn rows(work: &Work) -> Vec<Value> {
    let lake = Lake::open_any(
        store(&work.data, work.config.store.as_deref()).unwrap(),
        keys(&work.data),
    );
    let lake = lake.await.unwrap().unwrap();
    let mut rows = Vec::new();
    let take = |mut event: Value| -> Result<(), LakeError> {
        let mut row = event["data"].take();
        let table = event["type"].as_str().unwrap().split('.').nth(3);
        row["kind"] = table.unwrap().into();
        rows.push(row);
        Ok(())
    };
    let wanted = Wanted::default();
    lake.export(&wanted, Form::CloudEvents, take).await.unwrap();
    rows
}

fn day_of_council() -> (tempfile::TempDir, DataDir) {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir::new(&folder.path().join("data"));
    (folder, data)
}

/// What the gates record is what the tables read: nothing of it ends as an entry of no known kind.
/// Figures of the council's own and other sites, and of mail inside and outside, come out of them
/// (walsall-8.1.3).
#[tokio::test]
async fn figures_of_sites_and_mail_come_from_what_the_gates_recorded() {
    let (_folder, data) = day_of_council();
    let point = point(&data);
    for (host, times) in [("intranet.council.example", 3), ("news.example", 2)] {
        for n in 0..times {
            visit(&point, host, Some(1000 * (n + 1))).await;
        }
    }
    let officer = council::information("walsall").unwrap();
    let officer = officer.register().person("officer").unwrap().addresses[0].clone();
    send(&point, &officer, &[&officer]).await;
    send(&point, &officer, &["one@elsewhere.example", &officer]).await;
    send(&point, "two@elsewhere.example", &[&officer]).await;
    let unread = UnreadMailEntry {
        queue_id: "4B",
        client: "127.0.0.1",
        authenticated: None,
        mail_from: "three@elsewhere.example",
        n_recipients: 1000,
        why: "too many recipients",
    };
    let refused = point.refuse_unread_mail(unread, Timestamp::now()).await;
    let _recorded = refused.unwrap();
    let mut work = work(point, &data, config());
    work.once(&AtomicBool::new(false)).await;
    let rows = rows(&work).await;
    let mut sites: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for row in rows.iter().filter(|row| row["kind"] == "web") {
        assert_eq!(row["visit"], true);
        let site = sites.entry(row["host"].as_str().unwrap()).or_default();
        *site = (site.0 + 1, site.1 + row["bytes"].as_u64().unwrap());
    }
    let expected = [
        ("intranet.council.example", (3, 6000)),
        ("news.example", (2, 3000)),
    ];
    assert_eq!(sites, BTreeMap::from(expected));
    let mails: Vec<_> = rows.iter().filter(|row| row["kind"] == "mail").collect();
    let count = |action: &str, label: &str| {
        let has = |row: &&&Value| {
            let labels = row["recipient_labels"].as_str().unwrap_or_default();
            row["action"] == action && labels.split(' ').any(|found| found == label)
        };
        mails.iter().filter(has).count()
    };
    assert_eq!(
        (count("send", "internal"), count("send", "external")),
        (2, 1)
    );
    let received: Vec<_> = mails
        .iter()
        .filter(|row| row["action"] == "receive")
        .collect();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0]["sender_domain"], "elsewhere.example");
    assert_eq!(received[0]["sender_known"], false);
    let outside = mails
        .iter()
        .filter(|row| row["recipient_domains"] == "elsewhere.example");
    assert_eq!(outside.count(), 1);
    for row in &rows {
        assert_ne!(row["kind"], "unreadable");
        let decided = matches!(row["kind"].as_str(), Some("web" | "mail"));
        assert!(
            !decided || row["outcome"].is_string() && row["audience"].is_string(),
            "{row}"
        );
    }
}

#[tokio::test]
async fn days_are_disposed_of_by_the_rule_and_the_record_says_so_and_verifies() {
    let (_folder, data) = day_of_council();
    let point = point(&data);
    // A gate that reports what happened last year.
    let old = json!({ "v": 1, "at": "2025-03-02T09:00:00Z", "kind": "call", "person": "officer" });
    let old = old.to_string();
    point
        .journal()
        .append_synced_blocking((), old.as_bytes())
        .unwrap()
        .into_parts();
    visit(&point, "news.example", None).await;
    point.journal().sync_now().unwrap();
    let mut config = config();
    config.keep_days = Some(90);
    config.disposal_authorised_by = Some("monitoring-officer".to_owned());
    config.held_months = vec!["2025-03".to_owned()];
    let mut work = work(point, &data, config);
    work.once(&AtomicBool::new(false)).await;
    assert!(
        rows(&work).await.iter().any(|row| row["kind"] == "call"),
        "it is held"
    );
    work.config.held_months.clear();
    work.tidied = None;
    work.once(&AtomicBool::new(false)).await;
    work.once(&AtomicBool::new(false)).await;
    let left = rows(&work).await;
    assert!(left.iter().all(|row| row["kind"] != "call"));
    assert!(left.iter().any(|row| row["kind"] == "web"));
    let entries = Reader::from(data.record(), EntryIndex(0)).unwrap();
    let entries: Vec<Value> = entries
        .map(|entry| serde_json::from_slice(&entry.unwrap().1).unwrap())
        .collect();
    let of_kind = |kind: &str| {
        entries
            .iter()
            .filter(|e| e["kind"] == kind)
            .collect::<Vec<_>>()
    };
    let [certificate] = of_kind("disposal")[..] else {
        panic!("{entries:?}")
    };
    assert_eq!(certificate["rule"], "keep-days:90");
    assert_eq!(certificate["authoriser"], "monitoring-officer");
    assert_eq!(certificate["keys_destroyed"], json!(["2025-03"]));
    assert_eq!(certificate["parts"][0]["entries"], 1);
    assert_eq!(of_kind("carried-out").len(), 1);
    assert!(!data.lake_keys().join("2025-03.key").exists());
    let key = journal::SealKey::load_or_create(data.seal_key(), "council.example/record").unwrap();
    let verifier = key.verifier().clone();
    let every = journal::SealEvery::default();
    let (mut sealer, _) = journal::Sealer::open(data.record(), key, every).unwrap();
    sealer
        .seal_now(work.point.journal(), SystemTime::now())
        .unwrap();
    let report = journal::verify(data.record(), &verifier).unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!(report.verified, entries.len() as u64);
    let lake = work.lake.as_ref().unwrap();
    assert!(lake.verify(|| ()).await.unwrap().is_sound());
}

/// The store of the lake is away for a while: the gates record on, the part says what is wrong from when it
/// began, and afterwards every entry is in the lake once.
#[tokio::test]
async fn a_lake_that_is_away_is_said_to_be_and_gets_everything_once_it_is_back() {
    let (folder, data) = day_of_council();
    let point = point(&data);
    let place = folder.path().join("elsewhere");
    let mut config = config();
    config.store = Some(place.clone());
    let mut work = work(point, &data, config);
    let behind = |work: &Work| {
        let taken = work.taken.borrow().unwrap();
        work.point.journal().synced().0 - taken
    };
    let going = AtomicBool::new(false);
    visit(&work.point, "before.example", None).await;
    work.point.journal().sync_now().unwrap();
    work.once(&going).await;
    assert_eq!((work.troubles.of(Part::Lake), behind(&work)), (None, 0));

    // A file in place of the folder stops root, too, from writing there.
    let aside = folder.path().join("aside");
    std::fs::rename(&place, &aside).unwrap();
    std::fs::write(&place, "no folder").unwrap();
    visit(&work.point, "meanwhile.example", None).await;
    work.point.journal().sync_now().unwrap();
    work.once(&going).await;
    let first = work.troubles.of(Part::Lake).unwrap();
    assert!(first.why.contains("lake"), "{first:?}");
    visit(&work.point, "later.example", None).await;
    work.point.journal().sync_now().unwrap();
    work.once(&going).await;
    let second = work.troubles.of(Part::Lake).unwrap();
    assert_eq!(second.since, first.since);
    assert_eq!(behind(&work), 2);

    std::fs::remove_file(&place).unwrap();
    std::fs::rename(&aside, &place).unwrap();
    work.once(&going).await;
    assert_eq!((work.troubles.of(Part::Lake), behind(&work)), (None, 0));
    assert_eq!(work.troubles.of(Part::LakeTidying), None);
    let rows = rows(&work).await;
    let hosts = rows.iter().filter_map(|row| row["host"].as_str());
    let hosts: Vec<_> = hosts.collect();
    assert_eq!(
        hosts,
        ["before.example", "meanwhile.example", "later.example"]
    );
    assert!(work.lake.unwrap().verify(|| ()).await.unwrap().is_sound());
}

#[test]
fn what_makes_no_sense_is_said() {
    let problems = |text: &str| {
        toml::from_str::<LakeConfig>(text)
            .unwrap()
            .problems()
            .join("; ")
    };
    assert_eq!(problems(""), "");
    let whole = "keep_days = 90\ndisposal_authorised_by = \"monitoring-officer\"\nheld_months = [\"2026-03\"]";
    assert_eq!(problems(whole), "");
    assert!(problems("keep_days = 90").contains("needs disposal_authorised_by"));
    assert!(problems("keep_days = 0\ndisposal_authorised_by = \"x\"").contains("keep_days is 0"));
    assert!(problems("commit_every_seconds = 0").contains("commit_every_seconds"));
    assert!(problems("held_months = [\"March\"]").contains("`March` is not a month"));
}
