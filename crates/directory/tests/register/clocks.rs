//! Clock events into the register, from lists and over HTTP.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use directory::bearer::Verifier;
use directory::clock::http::router;
use directory::clock::timeline::{standing, state_at};
use directory::clock::{Clocking, State};
use directory::import::clocks::ClockFeed;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::setting::{Setting, now};

async fn with_ann() -> Setting {
    let setting = Setting::new().await;
    setting
        .import("employee number,name,audience,start,account\n7,Ann,officer,2020-01-01,ann\n")
        .await;
    setting
}

async fn state(setting: &Setting, at: &str) -> State {
    let (from, until) = (Timestamp::UNIX_EPOCH, Timestamp::MAX);
    let rows = setting
        .store
        .clockings(&"e-7".into(), from, until)
        .await
        .unwrap();
    let rows: Vec<Clocking> = rows
        .into_iter()
        .map(|row| serde_json::from_value(row).unwrap())
        .collect();
    state_at(&standing(&rows), at.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_taken_once_and_corrected_later() {
    let setting = with_ann().await;
    let list = "person,time,state,source,event\n7,22/06/2026 08:00,in,gate,a\nANN,22/06/2026 12:00,out,gate,b\n9,22/06/2026 08:00,in,gate,c\n7,yesterday,in,gate,d\n";
    let file = setting.file(list);
    let first = setting
        .importer
        .import_clocks(&file, now(), |_| {})
        .await
        .unwrap()
        .counts;
    assert_eq!((first.added, first.unchanged, first.quarantined), (2, 0, 2));
    let again = setting
        .importer
        .import_clocks(&file, now(), |_| {})
        .await
        .unwrap()
        .counts;
    assert_eq!((again.added, again.unchanged, again.quarantined), (0, 2, 2));
    assert_eq!(state(&setting, "2026-06-22T11:30:00Z").await, State::Out);
    let late = setting.file("person,time,state,source,event\n7,22/06/2026 13:00,out,gate,b\n");
    setting
        .importer
        .import_clocks(&late, now(), |_| {})
        .await
        .unwrap();
    assert_eq!(state(&setting, "2026-06-22T11:30:00Z").await, State::In);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_come_over_http() {
    let setting = with_ann().await;
    let feed = ClockFeed {
        importer: setting.importer.clone(),
        raw: setting.raw.clone(),
        now,
    };
    let verifier = Verifier::new(|token| async move { token == "good" });
    let router = router(feed, TimeZone::UTC, verifier);
    let send = async |token: &str, body: String| {
        let request = Request::post("/clockings")
            .header("authorization", token)
            .body(Body::from(body));
        let answer = router.clone().oneshot(request.unwrap()).await.unwrap();
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), 1 << 20)
            .await
            .unwrap();
        (status, serde_json::from_slice::<Value>(&body).unwrap())
    };
    let event = |person: &str| json!({"person": person, "time": "2026-06-22T08:00:00Z", "state": "in", "source": "gate"});
    let body = json!([event("9"), event("ann"), 1]).to_string();
    let (status, said) = send("Bearer good", body.clone()).await;
    assert_eq!(
        (
            status,
            &said["new"],
            said["quarantined"].as_array().unwrap().len()
        ),
        (StatusCode::OK, &json!(1), 2)
    );
    assert_eq!(
        (
            &said["quarantined"][0]["row"],
            &said["quarantined"][1]["row"]
        ),
        (&json!(1), &json!(3))
    );
    assert_eq!(send("Bearer good", body).await.1["known"], 1);
    assert_eq!(state(&setting, "2026-06-22T09:00:00Z").await, State::In);
    assert_eq!(
        send("Bearer bad", "[]".to_owned()).await.0,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        send("Bearer good", "{}".to_owned()).await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        send("Bearer good", format!("[{}0]", "0,".repeat(1000)))
            .await
            .0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}
