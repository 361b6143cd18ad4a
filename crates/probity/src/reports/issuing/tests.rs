#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use journal::{Journal, Options};
use matters::authority::Holding;
use matters::people::Unit;
use register::snapshot::Snapshot;
use serde_json::json;

use super::*;
use crate::data_dir::DataDir;
use crate::reports::Patience;

const MANAGER: &str = "divisional-manager";

/// Six people of parks ask for a page in March, which is closed by then.
fn figures(data: &DataDir) -> Keeping {
    data.create().unwrap();
    let (journal, _) = Journal::open(data.record(), Options::default()).unwrap();
    let mut register =
        "[council]\ndomains = [\"council.example\"]\n[[unit]]\nid = \"parks\"\nname = \"Parks\"\n"
            .to_owned();
    for person in ["a", "b", "c", "d", "e", "f"] {
        register += &format!(
            "[[person]]\nid = {person:?}\nname = {person:?}\naudience = \"officer\"\nunit = \"parks\"\n"
        );
        let rest = json!({
            "client": "10.0.0.1", "person": person, "host": "news.example", "visit": true,
            "request": { "action": "visit" }, "decision": { "outcome": "permit" },
        });
        let head = "{\"v\":1,\"at\":\"2026-03-10T09:00:00Z\",\"kind\":\"web\",".to_owned();
        let entry = head + &rest.to_string()[1..];
        journal.append((), entry.as_bytes()).unwrap().into_parts();
    }
    let mut keeping = Keeping::new(data, "Europe/London", "r");
    let register = Snapshot::parse(&register).unwrap();
    let now = "2026-04-10T00:00:00Z".parse().unwrap();
    let done = keeping.bring_up_to_date(&register, now, false, Patience::Wait);
    done.unwrap().unwrap();
    keeping
}

async fn store(folder: &std::path::Path, now: Timestamp) -> Store {
    let adopted = crate::knowledge::adopt("halton").unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.join("people.db").display());
    let store = Store::open(&url, Arc::clone(adopted.pack())).await.unwrap();
    let hr = Act::of(Actor::Feed("hr".to_owned()), now);
    let person = json!({
        "id": "mel", "name": "Mel", "audience": "officer", "unit": "parks", "addresses": ["mel@council.example"],
    });
    let unit = |id: &str| Unit {
        id: UnitId::from(id),
        name: id.to_owned(),
        parent: None,
    };
    let people = vec![serde_json::from_value(person).unwrap()];
    store
        .put_people(people, [unit("parks"), unit("new")], &hr)
        .await
        .unwrap();
    for unit in ["parks", "new"] {
        let holding = Holding {
            post: MANAGER.into(),
            unit: Some(UnitId::from(unit)),
            person: "mel".into(),
            from: now,
            until: None,
        };
        store.appoint(holding, &hr).await.unwrap();
    }
    store
}

#[tokio::test]
async fn a_closed_month_is_issued_once_to_the_manager_of_each_unit_that_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let keeping = figures(&DataDir::new(folder.path()));
    let now: Timestamp = "2026-04-10T08:00:00Z".parse().unwrap();
    let store = store(folder.path(), now).await;
    for _ in 0..3 {
        issue(&store, &keeping, now).await.unwrap();
    }
    let all = store
        .matters::<ReportIssue>(&Filter::default())
        .await
        .unwrap();
    let [kept] = &all.items[..] else {
        unreachable!("{all:?}");
    };
    assert_eq!(kept.matter.state, State::Issued);
    assert_eq!(kept.matter.about, "2026-03 parks");
    let history = store.history(&kept.id).await.unwrap();
    let steps: Vec<_> = history.iter().map(|event| event.step.as_str()).collect();
    assert_eq!(steps, ["schedule", "build", "check", "issue"]);
    assert!(
        history
            .iter()
            .all(|event| event.clauses == ["halton-5.d", "halton-3.1.6.b"])
    );
    let notices = store.notices_for(&"mel".into()).await.unwrap();
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].notice, "report-issued");
}

#[tokio::test]
async fn a_stop_in_between_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let keeping = figures(&DataDir::new(folder.path()));
    let now: Timestamp = "2026-04-10T08:00:00Z".parse().unwrap();
    let store = store(folder.path(), now).await;
    let act = Act::of(Actor::Rule(RULE.to_owned()), now);
    let opening = Opening {
        purpose: Purpose::Usage,
        month: "2026-03".to_owned(),
        unit: Some(UnitId::from("parks")),
    };
    let opened = store
        .open_matter::<ReportIssue>(opening, &act)
        .await
        .unwrap();
    issue(&store, &keeping, now).await.unwrap();
    let kept = store.matter::<ReportIssue>(&opened.id).await.unwrap();
    assert_eq!(kept.matter.state, State::Issued);
}

/// What is wrong is said from when it began; once the figures are back, the report is issued.
#[tokio::test]
async fn reports_wait_while_the_figures_cannot_be_read_and_are_issued_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let keeping = figures(&DataDir::new(folder.path()));
    let now: Timestamp = "2026-04-10T08:00:00Z".parse().unwrap();
    let store = store(folder.path(), now).await;
    let troubles = Troubles::default();
    let (place, aside) = (folder.path().join("reports"), folder.path().join("aside"));
    std::fs::rename(&place, &aside).unwrap();
    std::fs::write(&place, "").unwrap();
    for minute in 0..2 {
        let now = now + jiff::SignedDuration::from_mins(minute);
        once(&store, &keeping, &troubles, now).await;
    }
    let trouble = troubles.of(Part::Reports).unwrap();
    assert_eq!(trouble.since, now);
    assert!(trouble.why.starts_with("the figures cannot be read: "));

    std::fs::remove_file(&place).unwrap();
    std::fs::rename(&aside, &place).unwrap();
    once(&store, &keeping, &troubles, now).await;
    assert_eq!(troubles.of(Part::Reports), None);
    let about = report_issue::about("2026-03", Some(&UnitId::from("parks")));
    let kept = find(&store, &about).await.unwrap().unwrap();
    assert_eq!(kept.matter.state, State::Issued);
}
