#![allow(clippy::unwrap_used)]

use decision_point::tally::Counted;
use jiff::Timestamp;
use policy::request::Action;
use register_store::backlog::Backlog;

use super::figures::{Figures, PeopleFigures, RecordFigures};
use super::*;
use crate::disk::Room;
use crate::troubles::{Part, Trouble};

fn room(free_bytes: u64) -> Room {
    Room {
        free_bytes,
        total_bytes: 1_000,
    }
}

fn figures() -> Figures {
    let trouble = Trouble {
        since: Timestamp::from_second(7).unwrap(),
        why: "no disk".to_owned(),
    };
    Figures {
        pack: ("walsall".to_owned(), "2007".to_owned()),
        counted: vec![Counted {
            action: Action::Visit,
            outcomes: [5, 0, 1, 2],
            unevaluated: 3,
            unrecorded: 4,
            took: [6, 0, 0, 0, 1, 0, 0, 0, 0, 1],
            seconds: 12.5,
        }],
        record: RecordFigures {
            written: 10,
            synced: 9,
            trouble: None,
            room: Some(room(100)),
            min_free_bytes: 100,
        },
        lake_behind: Some(12),
        parts: vec![(Part::Seal, Some(trouble)), (Part::Database, None)],
        people: Some(PeopleFigures {
            backlog: Backlog {
                tasks: 2,
                oldest_task: Some(Timestamp::from_second(1_000).unwrap()),
                held: 1,
                ..Backlog::default()
            },
            tells_by_mail: true,
            feeds: vec![
                (
                    "hr".to_owned(),
                    Some(Timestamp::from_second(2_000).unwrap()),
                ),
                ("clocks".to_owned(), None),
            ],
        }),
    }
}

#[test]
fn figures_are_text_that_prometheus_reads() {
    let text = exposition::of(figures()).unwrap();
    for line in [
        r#"probity_decisions_total{action="visit",outcome="refuse"} 2"#,
        r#"probity_decisions_unevaluated_total{action="visit"} 3"#,
        r#"probity_decisions_unrecorded_total{action="visit"} 4"#,
        r#"probity_decision_seconds_sum{action="visit"} 12.5"#,
        r#"probity_decision_seconds_count{action="visit"} 8"#,
        r#"probity_decision_seconds_bucket{le="0.005",action="visit"} 7"#,
        r#"probity_decision_seconds_bucket{le="+Inf",action="visit"} 8"#,
        r#"probity_record_entries{state="synced"} 9"#,
        r#"probity_record_working 1"#,
        r#"probity_trouble{part="seal"} 1"#,
        r#"probity_trouble{part="database"} 0"#,
        r#"probity_trouble_since_timestamp_seconds{part="seal"} 7"#,
        "probity_lake_behind_entries 12",
        r#"probity_waiting{what="tasks"} 2"#,
        r#"probity_feed_taken_timestamp_seconds{feed="hr"} 2000"#,
        "# EOF",
    ] {
        assert!(
            text.lines().any(|written| written == line),
            "{line}\n{text}"
        );
    }
    assert!(!text.contains("clocks"), "it was never taken in: {text}");
}

#[test]
fn the_gates_are_ready_while_they_can_record() {
    let ready = figures();
    assert_eq!(ready.why_not_ready(), Vec::<String>::new());
    assert_eq!(
        ready.troubles().collect::<Vec<_>>(),
        ["seal: the record cannot be sealed (since 1970-01-01T00:00:07Z): no disk"]
    );
    let mut full = figures();
    full.record.room = Some(room(99));
    assert!(full.why_not_ready()[0].contains("make room"));
    let mut stopped = figures();
    stopped.record.trouble = Some("no disk".to_owned());
    assert_eq!(
        stopped.why_not_ready(),
        ["nothing can be recorded: no disk"]
    );
    // The gates go on without it.
    let mut alone = figures();
    alone.people = None;
    assert_eq!(alone.why_not_ready(), Vec::<String>::new());
}

/// What the dashboard and the alerts ask for is there.
#[test]
fn whatever_the_files_for_prometheus_ask_for_is_told() {
    let text = exposition::of(figures()).unwrap();
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../integrations/prometheus");
    for file in ["dashboard.json", "alerts.yml"] {
        let asks = std::fs::read_to_string(folder.join(file)).unwrap();
        let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
        let names = asks.match_indices("probity_").map(|(at, _)| {
            let rest = &asks[at..];
            &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())]
        });
        let names: std::collections::BTreeSet<_> = names.collect();
        assert!(names.len() > 3, "{file}: {names:?}");
        for name in names {
            let told = |line: &str| {
                line.starts_with(&format!("{name}{{")) || line.starts_with(&format!("{name} "))
            };
            assert!(text.lines().any(told), "{file} asks for {name}");
        }
    }
}
