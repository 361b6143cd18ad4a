//! Plays the steps of a folder: sends each message and looks at everything that came of it.

use std::collections::BTreeSet;
use std::time::Duration;

use end_to_end::process::wait_until;
use end_to_end::smtp_client::{self, Envelope, Reply};
use end_to_end::smtp_sink::Delivered;
use serde_json::Value;

use crate::case::{Case, Expected, Step};
use crate::setting::Setting;

const WITHIN: Duration = Duration::from_secs(30);

pub fn play(case: &Case) {
    let setting = Setting::of(case);
    for (index, step) in case.steps.iter().enumerate() {
        let place = format!("step {} of `{}`", index + 1, case.proves);
        play_step(case, step, &setting, &place);
    }
}

fn play_step(case: &Case, step: &Step, setting: &Setting, place: &str) {
    let message = case.message(&step.message, step.attachment_bytes);
    let before = setting.gate.record().unwrap().len();
    let kept_before = kept(setting).len();
    let reply = smtp_client::send(setting.postfix.smtp(), &envelope(step), &message).unwrap();
    assert_eq!(
        reply.code,
        step.reply,
        "{place}: {reply:?}\n{}",
        setting.gate.log()
    );
    for piece in &step.says {
        assert!(
            reply.text.contains(piece),
            "{place}: `{piece}` in {reply:?}"
        );
    }
    look_at_record(step, setting, &reply, before, place);
    look_at_queue(step, setting, &reply, place);
    look_at_kept(step, setting, kept_before, place);
    look_at_deliveries(step, setting, &message, place);
}

pub fn envelope(step: &Step) -> Envelope {
    Envelope {
        login: step.login.clone(),
        client: step.client.clone(),
        mail_from: step.from.clone(),
        recipients: step.to.clone(),
    }
}

fn look_at_record(step: &Step, setting: &Setting, reply: &Reply, before: usize, place: &str) {
    // The outcome is written after the answer, so it may be a moment behind.
    let complete = wait_until("the record of a message", WITHIN, || {
        let record = setting.gate.record().unwrap();
        let since = &record[before..];
        let carried: BTreeSet<String> =
            since.iter().flat_map(|(_, entry)| carried(entry)).collect();
        step.carried.iter().all(|wanted| carried.contains(wanted))
    });
    let record = setting.gate.record().unwrap();
    let since: Vec<&Value> = record[before..].iter().map(|(_, entry)| entry).collect();
    assert!(
        complete.is_ok(),
        "{place}: {since:#?}\n{}",
        setting.gate.log()
    );
    let decided: Vec<&&Value> = since
        .iter()
        .filter(|entry| entry["kind"] == "mail")
        .collect();
    if step.decided.is_empty() {
        assert_eq!(decided.len(), 0, "{place}: it never came to a message");
        return;
    }
    assert_eq!(decided.len(), 1, "{place}: one entry for one message");
    if let Some(queue_id) = reply.queue_id() {
        assert_eq!(decided[0]["queue_id"], queue_id, "{place}");
    }
    let found: BTreeSet<_> = decided[0]["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(group)
        .collect();
    let wanted: BTreeSet<_> = step
        .decided
        .iter()
        .map(|group| {
            let sorted = |list: &[String]| list.iter().cloned().collect::<BTreeSet<String>>();
            (
                sorted(&group.recipients),
                group.outcome.clone(),
                sorted(&group.clauses),
            )
        })
        .collect();
    assert_eq!(found, wanted, "{place}: {:#}", decided[0]);
}

type Group = (BTreeSet<String>, String, BTreeSet<String>);

fn group(group: &Value) -> Group {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let standing = group["decision"]["reasons"].as_array().unwrap().iter();
    (
        group["recipients"]
            .as_array()
            .unwrap()
            .iter()
            .map(text)
            .collect(),
        text(&group["decision"]["outcome"]),
        standing
            .filter(|reason| reason["released_by"].is_null())
            .map(|reason| text(&reason["clause"]))
            .collect(),
    )
}

/// What came of obligations, as `disclaimer: done`.
fn carried(entry: &Value) -> Vec<String> {
    let obligations = entry["obligations"].as_array().into_iter().flatten();
    obligations
        .map(|came| {
            let of = came["obligation"].as_str().unwrap_or_default();
            let outcome = came["outcome"].as_str().unwrap_or_default();
            match came["why"].as_str() {
                Some(why) => format!("{of}: {outcome}, {why}"),
                None => format!("{of}: {outcome}"),
            }
        })
        .collect()
}

fn look_at_queue(step: &Step, setting: &Setting, reply: &Reply, place: &str) {
    let queued = setting.postfix.queued();
    let held = reply
        .queue_id()
        .is_some_and(|id| queued.iter().any(|q| q.id == id && q.queue == "hold"));
    assert_eq!(held, step.held, "{place}: {queued:?}");
}

fn kept(setting: &Setting) -> Vec<Value> {
    let folder = std::fs::read_dir(setting.gate.quarantine());
    let mut names: Vec<_> = folder
        .into_iter()
        .flatten()
        .map(|file| file.unwrap().path())
        .collect();
    names.sort();
    names
        .iter()
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| {
            assert!(path.with_extension("eml").exists(), "{path:?}");
            serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
        })
        .collect()
}

fn look_at_kept(step: &Step, setting: &Setting, before: usize, place: &str) {
    let kept = kept(setting);
    assert_eq!(kept.len() - before, step.kept.len(), "{place}: {kept:#?}");
    for wanted in &step.kept {
        let is_wanted = |kept: &Value| {
            kept["outcome"] == wanted.outcome.as_str()
                && kept["recipients"] == Value::from(wanted.recipients.clone())
        };
        assert!(
            kept.iter().any(is_wanted),
            "{place}: {wanted:?} in {kept:#?}"
        );
    }
}

fn look_at_deliveries(step: &Step, setting: &Setting, sent: &[u8], place: &str) {
    let expected = step.delivered.len() + step.notice.len();
    if let Some(why) = &step.deferred {
        let logged = wait_until(why, WITHIN, || setting.postfix.log().contains(why));
        assert!(logged.is_ok(), "{place}: {}", setting.postfix.log());
        assert!(setting.sink.delivered().is_empty(), "{place}: delivered");
        return;
    }
    setting.postfix.wait_until_delivered(WITHIN).unwrap();
    assert!(
        setting.sink.wait_for(expected, WITHIN),
        "{place}: {expected} expected, {:#?}",
        setting.sink.delivered()
    );
    let mut delivered = setting.sink.take();
    assert_eq!(delivered.len(), expected, "{place}: {delivered:#?}");
    for wanted in step.delivered.iter().chain(&step.notice) {
        let to: BTreeSet<&String> = wanted.to.iter().collect();
        let is_wanted = |d: &Delivered| d.recipients.iter().collect::<BTreeSet<_>>() == to;
        let found = delivered.iter().position(is_wanted);
        let found = found.unwrap_or_else(|| panic!("{place}: nothing to {to:?} in {delivered:#?}"));
        look_at(wanted, &delivered.remove(found), sent, place);
    }
}

fn look_at(wanted: &Expected, found: &Delivered, sent: &[u8], place: &str) {
    let text = found.text();
    for (name, values) in &wanted.headers {
        assert_eq!(&found.values(name), values, "{place}: {name} in\n{text}");
    }
    // Words may stand on other lines than they were written on.
    let flat = format!("{}\n{}", text.replace("\r\n", "\n"), words(&text));
    for piece in &wanted.has {
        assert!(flat.contains(piece), "{place}: `{piece}` in\n{text}");
    }
    for piece in &wanted.lacks {
        assert!(!flat.contains(piece), "{place}: no `{piece}` in\n{text}");
    }
    let sent = String::from_utf8_lossy(sent);
    if wanted.unchanged {
        assert!(without_traces(&text) == *sent, "{place}: changed\n{text}");
    }
    if wanted.body_within {
        let (_, body) = sent.split_once("\r\n\r\n").unwrap();
        assert!(
            text.contains(body.trim_end()),
            "{place}: body changed\n{text}"
        );
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The message without the fields that Postfix and the gate put into every one.
fn without_traces(text: &str) -> String {
    let (header, body) = text.split_once("\r\n\r\n").unwrap();
    let mut kept = String::new();
    let mut dropping = false;
    for line in header.split_inclusive("\r\n") {
        if !line.starts_with([' ', '\t']) {
            dropping = line.starts_with("Received:") || line.starts_with("Probity-Decision:");
        }
        if !dropping {
            kept.push_str(line);
        }
    }
    format!("{}\r\n\r\n{body}", kept.trim_end_matches("\r\n"))
}
