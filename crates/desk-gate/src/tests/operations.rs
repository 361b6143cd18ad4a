//! What is answered, and what is on the record then.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use journal::Options;
use serde_json::{Value, json};

use super::{ALL, Council};

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn json_and_a_form_are_answered_the_same() {
    let council = Council::new();
    let asked = json!({ "activity": "join", "hardware_address": "02:00:00:00:09:09", "user": "ann",
                        "signed_in": true, "network": "staff", "medium": "wireless" });
    let form = "activity=join&hardware_address=02%3A00%3A00%3A00%3A09%3A09&user=ann&signed_in=true\
                &network=staff&medium=wireless&station=";
    let by_json = council.ask(&asked).await.json();
    let by_form = council.post("/v1/decide", FORM, form).await.json();
    assert_eq!(by_json["outcome"], "refuse", "{by_json:#}");
    assert_eq!(by_json["clauses"], by_form["clauses"]);
    let record = council.record();
    let decided: Vec<&Value> = record
        .iter()
        .filter(|entry| entry["kind"] == "join")
        .collect();
    assert_eq!(decided.len(), 2, "{record:#?}");
    assert_eq!(decided[0], decided[1]);
    assert_eq!(decided[0]["person"], "p1");
    assert_eq!(
        decided[0]["request"]["what"]["network"],
        json!(["wireless"])
    );
    let carried = record
        .iter()
        .find(|entry| entry["kind"] == "carried-out")
        .unwrap();
    let done = json!([{ "obligation": "incident:low", "outcome": "done" }]);
    assert_eq!(carried["obligations"], done);
}

#[tokio::test]
async fn a_script_is_answered_in_lines() {
    let council = Council::new();
    let request = Request::post("/v1/decide")
        .header(AUTHORIZATION, format!("Bearer {ALL}"))
        .header(CONTENT_TYPE, FORM)
        .header(ACCEPT, "text/plain")
        .body(Body::from("activity=join&hardware_address=020000000909"));
    let answered = council.send(request.unwrap()).await;
    assert_eq!(answered.headers[CONTENT_TYPE], "text/plain; charset=utf-8");
    let lines: Vec<&str> = answered.text.lines().collect();
    assert_eq!(
        lines[..4],
        [
            "outcome: refuse",
            "entry: 1",
            "binding: probity-1",
            "clauses: halton-3.1.11.a"
        ]
    );
    assert!(
        lines[4].starts_with("say: This device is not in"),
        "{lines:?}"
    );
    assert!(lines.iter().all(|line| line.len() <= 260), "{lines:?}");
    assert_eq!(lines.len(), 5, "{lines:?}");
}

#[tokio::test]
async fn what_somebody_writes_is_looked_through_and_never_on_the_record() {
    let council = Council::new();
    let text = "Her number is AB 12 34 56 C, zebra crossing";
    let asked = json!({ "activity": "chat", "from": "ann@council.example/phone", "to": "bob@council.example",
                        "text": text, "id": "m1" });
    let answered = council.ask(&asked).await;
    assert_eq!(answered.status, 200, "{}", answered.text);
    let record = council.record();
    let entry = &record[0];
    assert_eq!(entry["kind"], "chat");
    assert_eq!(entry["bytes"], text.len());
    assert_eq!(entry["findings"][0]["label"], "personal-data");
    assert_eq!(entry["request"]["what"]["recipient"], json!(["internal"]));
    let written = entry.to_string();
    assert!(
        !written.contains("zebra") && !written.contains("34 56"),
        "{written}"
    );
    // Where nobody's words are judged nothing is found either.
    let asked =
        json!({ "activity": "chat", "from": "ann", "to": "union@council.example", "text": text });
    council.ask(&asked).await;
    let record = council.record();
    let last = record.last().unwrap();
    assert_eq!(last["kind"], "chat", "{last:#}");
    assert!(last["findings"].is_null(), "{last:#}");
}

#[tokio::test]
async fn a_session_is_noted_with_its_confidence() {
    let council = Council::new();
    let form = "activity=join&hardware_address=02-00-00-00-01-01&user=ann&signed_in=true";
    let joined = council.post("/v1/decide", FORM, form).await.json();
    let binding = joined["binding"].as_str().unwrap();
    let tell = async |binding: &str| {
        let form = format!(
            "report=session&event=start&session=s1&hardware_address=02-00-00-00-01-01\
             &address=10.0.0.5&user=ann&binding={binding}"
        );
        let noted = council.post("/v1/report", FORM, form).await;
        assert_eq!(noted.status, 200, "{}", noted.text);
        noted.json()["confidence"].as_str().unwrap().to_owned()
    };
    assert_eq!(tell(binding).await, "bound");
    // None of its own, of nothing that is there, of something else, of another program.
    for other in ["", "probity-99999", "probity-0", "probity-x", "acme-1"] {
        assert_eq!(tell(other).await, "asserted", "{other}");
    }
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_answered() {
    let council = Council::with(Options {
        min_free_bytes: 0,
        // The start's entry fits, and no other.
        max_entry_bytes: 200,
        ..Options::default()
    });
    let asked = json!({ "activity": "join", "hardware_address": "02-00-00-00-01-01" });
    let answered = council.ask(&asked).await;
    answered.problem(503, "unavailable");
    assert_eq!(answered.headers["retry-after"], "5");
    assert!(council.record().is_empty());
}
