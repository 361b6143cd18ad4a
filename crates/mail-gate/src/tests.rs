//! Whole conversations with a gate that decides by a real pack, without sockets.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use correspondence::Correspondence;
use decision_point::adopted::Adopted;
use decision_point::information::InformationPoint;
use decision_point::point::{DecisionPoint, WebDurability};
use jiff::Timestamp;
use journal::{Journal, Options, Reader};
use milter_proto::command::Peer;
use milter_proto::frame::Frames;
use milter_proto::mta::{Commands, MtaReply};
use milter_proto::negotiate::Offer;
use milter_proto::stage::Stage;
use policy::pack::{Files, Pack};
use proptest::prelude::*;
use register::snapshot::Snapshot;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::watch;

use crate::connection;
use crate::gate::Gate;
use crate::quarantine::Quarantine;
use crate::settings::{Holds, Settings};

const REGISTER: &str = r#"
[council]
domains = ["council.example"]
[[person]]
id = "p1"
name = "Ann"
audience = "officer"
accounts = ["ann"]
addresses = ["ann@council.example"]
acceptance = "signed"
[[person]]
id = "p2"
name = "Hal"
audience = "officer"
accounts = ["hal"]
addresses = ["hal@council.example"]
acceptance = "signed"
granted = ["web"]
[[person]]
id = "p3"
name = "Edith"
audience = "officer"
accounts = ["edith"]
addresses = ["edith@council.example"]
acceptance = "signed"
[[delegation]]
represents = "p3"
delegate = "p1"
from = "1969-12-01T00:00:00Z"
until = "1970-02-01T00:00:00Z"
[[list]]
address = "everybody@council.example"
all_staff = true
"#;

fn gate(folder: &Path, change: impl FnOnce(&mut Settings)) -> Arc<Gate> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/walsall");
    let mut files = Files::new();
    let rules = std::fs::read_dir(root.join("rules")).unwrap();
    let rules = rules.map(|file| format!("rules/{}", file.unwrap().file_name().display()));
    for name in rules.chain(["pack.toml".to_owned(), "clauses.toml".to_owned()]) {
        if root.join(&name).is_file() {
            files.insert(
                name.clone(),
                std::fs::read_to_string(root.join(name)).unwrap(),
            );
        }
    }
    let adopted = Adopted::new(Arc::new(Pack::load(&files).unwrap())).unwrap();
    let mut information = InformationPoint::new(adopted, Snapshot::parse(REGISTER).unwrap(), None);
    // Time begins here, so nothing can have been gathered before.
    let limits = correspondence::Limits {
        trusted_after_days: 0,
        ..correspondence::Limits::default()
    };
    let began = Timestamp::UNIX_EPOCH;
    let past = Correspondence::open(&folder.join("correspondence"), &limits, began).unwrap();
    information.remember_in(past.0);
    let options = Options {
        min_free_bytes: 0,
        ..Options::default()
    };
    let (journal, _) = Journal::open(folder.join("journal"), options).unwrap();
    let at = Timestamp::UNIX_EPOCH;
    let point = DecisionPoint::new(information, journal, WebDurability::Written, at).unwrap();
    let mut settings = Settings::new(folder.join("quarantine"));
    settings.clock = || Timestamp::UNIX_EPOCH;
    change(&mut settings);
    let quarantine = Quarantine::open(&settings.quarantine).unwrap();
    Gate::new(Arc::new(point), settings, quarantine)
}

/// The MTA's end of a connection.
fn connect(gate: &Arc<Gate>) -> (DuplexStream, watch::Sender<bool>) {
    let (ours, theirs) = duplex(64 * 1024);
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(connection::serve(theirs, gate.clone(), stopped));
    (ours, stop)
}

fn message(to: &[&str], body: &[u8]) -> Commands {
    message_of("ann", to, body)
}

/// A message of whoever signs in under this name.
fn message_of(who: &str, to: &[&str], body: &[u8]) -> Commands {
    message_from(who, &format!("{who}@council.example"), to, body)
}

/// A message of whoever signs in under this name, from this address.
fn message_from(who: &str, address: &str, to: &[&str], body: &[u8]) -> Commands {
    let mut commands = message_head(who, address, to);
    end(&mut commands, body);
    commands
}

/// Its beginning, to which header fields may be added.
fn message_head(who: &str, address: &str, to: &[&str]) -> Commands {
    let mut commands = Commands::new();
    commands.offer(&Offer::POSTFIX);
    commands.connect(
        b"host",
        Peer::Inet {
            address: [127, 0, 0, 1].into(),
            port: 25,
        },
    );
    commands.macros(Stage::Mail, &[(b"{auth_authen}", who.as_bytes())]);
    commands.mail(format!("<{address}>").as_bytes(), &[]);
    for to in to {
        commands.rcpt(format!("<{to}>").as_bytes(), &[]);
    }
    commands.header(b"From", format!(" {address}").as_bytes());
    commands
}

fn end(commands: &mut Commands, body: &[u8]) {
    commands.end_of_headers().body(body);
    commands.macros(Stage::EndOfMessage, &[(b"i", b"Q1")]);
    commands.end_of_message(b"");
}

/// Replies after the terms, in words.
async fn answers(stream: &mut DuplexStream) -> Vec<String> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let n = stream.read(&mut buffer).await.unwrap();
        bytes.extend_from_slice(&buffer[..n]);
        let mut frames = Frames::new(&bytes, 1 << 20);
        let mut replies = Vec::new();
        while let Some(frame) = frames.next_frame().unwrap() {
            let reply = MtaReply::parse(frame).unwrap();
            if matches!(reply, MtaReply::Terms { .. }) {
                continue;
            }
            let is_final = reply.is_final();
            replies.push(match reply {
                MtaReply::SmtpReply(text) => String::from_utf8_lossy(text).into_owned(),
                MtaReply::Quarantine(why) => format!("quarantine {}", String::from_utf8_lossy(why)),
                MtaReply::DeleteRecipient(who) => {
                    format!("without {}", String::from_utf8_lossy(who))
                }
                MtaReply::ChangeHeader { name, value, .. } => {
                    let (name, value) = (
                        String::from_utf8_lossy(name),
                        String::from_utf8_lossy(value),
                    );
                    format!("{name}:{value}")
                }
                other => format!("{other:?}"),
            });
            if is_final {
                return replies;
            }
        }
        if n == 0 {
            return vec!["closed".to_owned()];
        }
    }
}

#[tokio::test]
async fn a_conversation_is_answered_alike_however_it_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(folder.path(), |_| ());
    let to = ["bob@council.example", "everybody@council.example"];
    let whole = message(&to, b"Hello\r\n");
    for cut in (0..=whole.as_bytes().len()).step_by(7) {
        let (mut stream, _stop) = connect(&gate);
        let (first, rest) = whole.as_bytes().split_at(cut);
        stream.write_all(first).await.unwrap();
        tokio::task::yield_now().await;
        stream.write_all(rest).await.unwrap();
        let found = answers(&mut stream).await;
        assert!(found[1].starts_with("Probity-Decision: "), "{found:?}");
        assert_eq!(found[0], "without <everybody@council.example>");
        assert_eq!(found.last().unwrap(), "Accept");
    }
    assert!(!gate.quarantine.names().unwrap().is_empty());
}

#[tokio::test]
async fn held_mail_names_its_clause() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(folder.path(), |_| ());
    let (mut stream, _stop) = connect(&gate);
    let held = message(&["everybody@council.example"], b"Hello\r\n");
    stream.write_all(held.as_bytes()).await.unwrap();
    let found = answers(&mut stream).await.join("\n");
    assert!(
        found.contains("quarantine held: clause walsall-"),
        "{found}"
    );
}

/// The MTA need not keep what is kept here, and it goes on as the MTA would have sent it.
#[tokio::test]
async fn where_mail_waits_here_the_mta_drops_it_once_it_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(folder.path(), |settings| settings.holds = Holds::Here);
    let words = "You are a stupid fucking bitch and nobody on this team can stand you.";
    let to = ["resident@elsewhere.example", "edith@council.example"];
    let body = format!("{words}\r\n");
    let (mut stream, _stop) = connect(&gate);
    stream
        .write_all(message(&to, body.as_bytes()).as_bytes())
        .await
        .unwrap();
    assert_eq!(answers(&mut stream).await, ["Discard"]);
    let names = gate.quarantine.names().unwrap();
    let notes = names.iter().map(|name| gate.quarantine.note(name).unwrap());
    let notes: Vec<_> = notes.collect();
    assert_eq!(notes.len(), 2, "{notes:?}");
    for (name, note) in names.iter().zip(&notes) {
        assert!(note.waits() && note.sent, "{note:?}");
        assert_eq!(note.people[0], "p1");
        assert!(
            note.findings.iter().any(|found| found.label == "insult"),
            "{note:?}"
        );
        let message = gate.quarantine.message(name).unwrap();
        let goes_on = String::from_utf8(gate.quarantine.goes_on(name).unwrap()).unwrap();
        assert!(
            !String::from_utf8(message)
                .unwrap()
                .contains("Probity-Decision")
        );
        assert!(
            goes_on.contains("Probity-Decision: ") && goes_on.contains(words),
            "{goes_on}"
        );
        // Only who is outside gets the council's disclaimer.
        let outside = note.recipients == [to[0]];
        assert_eq!(goes_on.len() > words.len() + 400, outside, "{goes_on}");
    }
}

/// In one line: what, why, how to ask, whom to ask; and nothing of a withdrawal that never was.
#[tokio::test]
async fn who_was_granted_no_email_is_told_how_to_ask_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(folder.path(), |_| ());
    let (mut stream, _stop) = connect(&gate);
    let refused = message_of("hal", &["bob@council.example"], b"Hello\r\n");
    stream.write_all(refused.as_bytes()).await.unwrap();
    let found = answers(&mut stream).await;
    let [reply] = &found[..] else {
        panic!("{found:?}");
    };
    for piece in [
        "550 5.7.1 Refused under clause 5.1.1 (",
        "Your email access has not been granted yet, or has run out.",
        "ask for it in the console",
        "you have signed the policy. Ask the ISS customer service desk, 01632 960100.",
    ] {
        assert!(reply.contains(piece), "{piece} in {reply}");
    }
    assert!(!reply.contains("withdrawn"), "{reply}");
}

/// Walsall 5.3.6: whoever is signed in answers for it, so the record names them and what they signed in
/// as, and beside that in whose name they wrote.
#[tokio::test]
async fn the_record_names_who_signed_in_and_in_whose_name_they_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(folder.path(), |_| ());
    let edith = "edith@council.example";
    for (who, from, sender) in [
        ("ann", "ann@council.example", None),
        ("ann", edith, Some("Ann")),
        ("edith", edith, None),
    ] {
        let (mut stream, _stop) = connect(&gate);
        let sent = message_from(who, from, &["bob@council.example"], b"Hello\r\n");
        stream.write_all(sent.as_bytes()).await.unwrap();
        let found = answers(&mut stream).await;
        let shown = found.iter().any(|reply| reply.starts_with("Sender:"));
        assert_eq!(shown, sender.is_some(), "{found:?}");
    }
    let mut reader = Reader::tail(folder.path().join("journal"), u64::MAX).unwrap();
    let mut recorded = Vec::new();
    while let Some(entry) = reader.next_entry().unwrap() {
        let entry: Value = serde_json::from_slice(entry.payload).unwrap();
        if entry["kind"] == "mail" {
            let what = &entry["groups"][0]["request"]["what"];
            let facts = [
                &entry["authenticated"],
                &entry["sender"],
                &entry["mail_from"],
                &what["identity"],
            ];
            recorded.push(facts.map(|fact| fact.as_str().unwrap().to_owned()));
        }
    }
    assert_eq!(
        recorded,
        [
            ["ann", "p1", "ann@council.example", "own"],
            ["ann", "p1", edith, "delegated"],
            ["edith", "p3", edith, "own"],
        ]
    );
}

/// A message from outside; `fields` are header fields, one a line.
fn message_from_outside(from: &str, fields: &[(&str, &str)]) -> Commands {
    let mut commands = Commands::new();
    commands.offer(&Offer::POSTFIX);
    let peer = Peer::Inet {
        address: [203, 0, 113, 9].into(),
        port: 25,
    };
    commands.connect(b"host", peer);
    commands.mail(format!("<{from}>").as_bytes(), &[]);
    commands.rcpt(b"<ann@council.example>", &[]);
    commands.header(b"From", format!(" {from}").as_bytes());
    for (name, value) in fields {
        commands.header(name.as_bytes(), format!(" {value}").as_bytes());
    }
    commands.end_of_headers().body(b"Hello\r\n");
    commands.macros(Stage::EndOfMessage, &[(b"i", b"Q1")]);
    commands.end_of_message(b"");
    commands
}

async fn answer(gate: &Arc<Gate>, commands: &Commands) -> String {
    let (mut stream, _stop) = connect(gate);
    stream.write_all(commands.as_bytes()).await.unwrap();
    answers(&mut stream).await.join("\n")
}

/// Walsall 6.2.4.b: the text of a new writer passes, marked; from then on they are known.
#[tokio::test]
async fn mail_of_a_new_writer_is_marked_once() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(folder.path(), |_| ());
    let first = message_from_outside("new@home.example", &[("Subject", "Bins")]);
    let found = answer(&gate, &first).await;
    assert!(found.contains("Subject: [NEW SENDER] Bins"), "{found}");
    let found = answer(&gate, &first).await;
    assert!(
        !found.contains("NEW SENDER") && found.ends_with("Accept"),
        "{found}"
    );
    // Whoever is written to is known before they answer.
    let to = message(&["other@home.example"], b"Hello\r\n");
    answer(&gate, &to).await;
    let reply = message_from_outside("other@home.example", &[("Subject", "Re: Bins")]);
    let found = answer(&gate, &reply).await;
    assert!(
        !found.contains("NEW SENDER") && found.ends_with("Accept"),
        "{found}"
    );
}

/// Walsall 6.5.6.a: whoever answers what was called junk is told, and it passes.
#[tokio::test]
async fn whoever_answers_junk_is_warned() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(folder.path(), |_| ());
    let junk = [
        ("X-Spam-Flag", "YES"),
        ("Message-ID", "<junk@home.example>"),
    ];
    answer(&gate, &message_from_outside("offers@home.example", &junk)).await;
    let reply = |id: &str| {
        let mut commands = message_head("ann", "ann@council.example", &["offers@home.example"]);
        commands.header(b"In-Reply-To", format!(" <{id}>").as_bytes());
        end(&mut commands, b"Please stop.\r\n");
        commands
    };
    let warned = answer(&gate, &reply("junk@home.example")).await;
    assert!(
        warned.contains("; warn") && warned.ends_with("Accept"),
        "{warned}"
    );
    let other = answer(&gate, &reply("other@home.example")).await;
    assert!(other.contains("; permit"), "{other}");
}

#[tokio::test]
async fn a_message_without_room_is_put_off_and_the_next_one_taken() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(folder.path(), |settings| {
        settings.limits.memory_bytes = 128 * 1024;
        settings.limits.memory_wait = Duration::ZERO;
    });
    let (stream, _stop) = connect(&gate);
    let large = message(&["bob@council.example"], &vec![b'x'; 300_000]);
    let (reader, mut writer) = tokio::io::split(stream);
    writer.write_all(large.as_bytes()).await.unwrap();
    let mut stream = reader.unsplit(writer);
    let found = answers(&mut stream).await;
    assert!(found[0].starts_with("452 4.3.1"), "{found:?}");
    let mut next = Commands::new();
    next.abort()
        .mail(b"<ann@council.example>", &[])
        .rcpt(b"<bob@council.example>", &[]);
    next.header(b"X", b" y")
        .end_of_headers()
        .end_of_message(b"");
    stream.write_all(next.as_bytes()).await.unwrap();
    assert_eq!(answers(&mut stream).await.last().unwrap(), "Accept");
}

#[tokio::test]
async fn an_idle_connection_ends_when_the_gate_stops() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate(folder.path(), |_| ());
    let (mut stream, stop) = connect(&gate);
    stop.send(true).unwrap();
    assert_eq!(answers(&mut stream).await, ["closed"]);
}

#[test]
fn no_bytes_bring_a_connection_down_badly() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let gate = runtime.block_on(async { gate(folder.path(), |_| ()) });
    let whole = message(&["bob@council.example"], b"Hello\r\n")
        .as_bytes()
        .to_vec();
    let config = ProptestConfig::with_cases(128);
    proptest!(config, |(
        noise in proptest::collection::vec(any::<u8>(), 0..200),
        place in 0..whole.len(),
        over in any::<bool>(),
    )| {
        let mut bytes = whole.clone();
        let end = if over { (place + noise.len()).min(bytes.len()) } else { place };
        bytes.splice(place..end, noise);
        let ended = runtime.block_on(async {
            let (ours, theirs) = duplex(64 * 1024);
            let (_stop, stopped) = watch::channel(false);
            let served = tokio::spawn(connection::serve(theirs, gate.clone(), stopped));
            let (mut reader, mut writer) = tokio::io::split(ours);
            // The gate may close before it has read all.
            let _cut_off = writer.write_all(&bytes).await;
            let _closed = writer.shutdown().await;
            let mut answer = Vec::new();
            let _reset = reader.read_to_end(&mut answer).await;
            served.await
        });
        prop_assert!(ended.is_ok(), "panicked");
    });
}
