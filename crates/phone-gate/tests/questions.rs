//! Questions of an exchange, by HTTP, with the packs in force.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use cdr::number::{Numbers, Settings as NumberSettings};
use decision_point::adopted::Adopted;
use decision_point::information::InformationPoint;
use decision_point::point::{DecisionPoint, WebDurability};
use jiff::Timestamp;
use journal::{Journal, Options, Reader};
use phone_gate::settings::Settings;
use phone_gate::{PATH, app};
use policy::pack::{Files, Pack};
use register::snapshot::Snapshot;
use serde_json::Value;
use tower::ServiceExt as _;

const REGISTER: &str = r#"
[council]
domains = ["council.example"]

[[person]]
id = "ann"
name = "Ann Able"
audience = "officer"
acceptance = "signed"
granted = ["telephone"]
extensions = ["2001"]

[[permission]]
reference = "per-1"
kind = "international-call"
person = "ann"
from = "2020-01-01T00:00:00Z"
until = "2120-01-01T00:00:00Z"
recipients = ["0033 140205050"]
"#;

const NUMBERS: &str =
    "outside_line = [\"9\"]\nextensions = [\"2000-2999\"]\nprivate_lines = [\"0800 1234567\"]";

fn read(folder: &Path, below: &str, into: &mut Files) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{below}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            read(&path, &format!("{name}/"), into);
        } else {
            into.insert(name, std::fs::read_to_string(path).unwrap());
        }
    }
}

struct Exchange {
    point: Arc<DecisionPoint>,
    folder: tempfile::TempDir,
}

fn settings() -> Settings {
    Settings {
        exchanges: vec!["127.0.0.1".parse().unwrap()],
        numbers: Numbers::new(NumberSettings::read(NUMBERS).unwrap()),
        private_code: Some("*10".to_owned()),
        emergency_code: Some("*11".to_owned()),
    }
}

impl Exchange {
    fn new() -> Self {
        let mut files = BTreeMap::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/halton");
        read(&root, "", &mut files);
        let adopted = Adopted::new(Arc::new(Pack::load(&files).unwrap())).unwrap();
        let register = Snapshot::parse(REGISTER).unwrap();
        let information = InformationPoint::new(adopted, register, None);
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            min_free_bytes: 0,
            ..Options::default()
        };
        let (journal, _) = Journal::open(folder.path(), options).unwrap();
        let now = Timestamp::now();
        let point = DecisionPoint::new(information, journal, WebDurability::Written, now);
        let point = Arc::new(point.unwrap());
        Self { point, folder }
    }

    async fn ask_from(&self, peer: &str, form: &str) -> (StatusCode, String) {
        let peer: SocketAddr = peer.parse().unwrap();
        let app = app(self.point.clone(), settings()).layer(Extension(ConnectInfo(peer)));
        let request = Request::post(PATH)
            .body(Body::from(form.to_owned()))
            .unwrap();
        let response = app.oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), 64 * 1024).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn ask(&self, to: &str) -> (StatusCode, String) {
        let form = format!("call=a84b%40exchange&from=2001&to={to}");
        self.ask_from("127.0.0.1:40000", &form).await
    }

    fn entries(&self) -> Vec<Value> {
        let mut reader = Reader::tail(self.folder.path(), 1000).unwrap();
        let mut entries = Vec::new();
        while let Some(entry) = reader.next_entry().unwrap() {
            entries.push(serde_json::from_slice(entry.payload).unwrap());
        }
        entries
    }
}

#[tokio::test]
async fn a_call_is_put_through_or_refused_with_its_clause_and_is_on_the_record_first() {
    let exchange = Exchange::new();
    let check = async |to: &str, status, says: &str| {
        let before = exchange.entries().len();
        let (answered, text) = exchange.ask(to).await;
        assert_eq!(
            (answered, text.contains(says)),
            (status, true),
            "{to}: {text}"
        );
        assert!(
            text.chars().count() <= 160 && !text.contains('\n'),
            "{text}"
        );
        let entry = &exchange.entries()[before];
        assert_eq!(entry["kind"], "call-set-up");
        assert_eq!(entry["person"], "ann");
        let refused = entry["decision"]["outcome"] == "refuse";
        assert_eq!(refused, status == StatusCode::FORBIDDEN);
    };
    check("901922640001", StatusCode::OK, "901922640001").await;
    check("*10901922640001", StatusCode::FORBIDDEN, "halton-3.3.2.a").await;
    check("*11901922640001", StatusCode::OK, "901922640001").await;
    check("909012345678", StatusCode::FORBIDDEN, "halton-1.f.5").await;
    check("9003312345678", StatusCode::FORBIDDEN, "halton-1.f.5").await;
    // What was granted for one number.
    check("90033140205050", StatusCode::OK, "90033140205050").await;
}

#[tokio::test]
async fn emergencies_pass_before_any_check_and_name_nobody() {
    let exchange = Exchange::new();
    for (peer, to) in [
        ("127.0.0.1:1", "999"),
        ("203.0.113.9:1", "9999"),
        ("203.0.113.9:1", "*10112"),
    ] {
        let form = format!("call=1&from=2001&to={to}");
        let (status, text) = exchange.ask_from(peer, &form).await;
        assert_eq!(
            (status, text.as_str()),
            (StatusCode::OK, to.trim_start_matches("*10"))
        );
    }
    // A journal that takes nothing does not stop them either.
    std::fs::remove_dir_all(exchange.folder.path()).unwrap();
    assert_eq!(exchange.ask("999").await.0, StatusCode::OK);
    let exchange = Exchange::new();
    exchange.ask("999").await;
    for _ in 0..500 {
        if exchange.entries().len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let entries = exchange.entries();
    let text = entries[1].to_string();
    assert_eq!(entries[1]["to"]["class"], "emergency");
    assert!(!text.contains("ann") && !text.contains("2001"), "{text}");
}

#[tokio::test]
async fn strangers_and_what_is_no_question_are_turned_away() {
    let exchange = Exchange::new();
    let form = "call=1&from=2001&to=901922640001";
    let (status, _) = exchange.ask_from("203.0.113.9:1", form).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, _) = exchange.ask_from("127.0.0.1:1", "call=1").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let (status, _) = exchange.ask_from("127.0.0.1:1", &"a".repeat(5000)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(exchange.entries().len(), 1, "nothing but the start");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_asked_over_a_socket_and_finishes_when_it_stops() {
    let exchange = Exchange::new();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = phone_gate::serve(listener, exchange.point.clone(), settings(), async {
        let _ = stopped.await;
    });
    let serving = tokio::spawn(serving);
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        let form = "call=1&from=2001&to=*10901922640001";
        let length = form.len();
        write!(stream, "POST {PATH} HTTP/1.1\r\nHost: gate\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{form}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    let answer = answer.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    assert!(answer.contains("halton-3.3.2.a"), "{answer}");
    stop.send(()).unwrap();
    serving.await.unwrap();
}
