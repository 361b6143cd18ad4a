//! Plays the steps of a folder: asks through Squid and looks at everything that came of it.

use std::collections::BTreeSet;

use end_to_end::curl::Fetched;
use serde_json::Value;

use crate::case::{Case, Decided, Step};
use crate::setting::Setting;

/// What browsers say when somebody goes to a page.
const BROWSER: [&str; 4] = [
    "--header",
    "Accept: text/html,application/xhtml+xml",
    "--header",
    "Sec-Fetch-Dest: document",
];

/// The coach page last seen: its address and its token.
type Seen = Option<(String, String)>;

pub fn play(case: &Case) {
    let setting = Setting::of(case);
    let mut seen = None;
    for (index, step) in case.steps.iter().enumerate() {
        let place = format!("step {} of `{}`", index + 1, case.proves);
        play_step(step, &setting, &mut seen, &place);
    }
}

fn play_step(step: &Step, setting: &Setting, seen: &mut Seen, place: &str) {
    if let Some(time) = &step.at {
        setting.gate.at(time);
    }
    setting.origin.take();
    let before = setting.gate.record().len();
    let (url, arguments) = request(step, setting, seen);
    let fetched = setting.fetch(step.user.as_deref(), &url, &arguments);
    if let Some(token) = token(&fetched) {
        *seen = Some((url, token));
    }
    look_at_answer(step, setting, &fetched, place);
    look_at_origin(step, setting, place);
    let record = setting.gate.record();
    let since: Vec<&Value> = record[before..].iter().map(|(_, entry)| entry).collect();
    look_at_record(step, &since, place);
}

fn request(step: &Step, setting: &Setting, seen: &Seen) -> (String, Vec<String>) {
    let mut arguments = step.arguments.clone();
    if step.browser || step.answer.is_some() {
        arguments.extend(BROWSER.map(str::to_owned));
    }
    if step.certificate_by.is_some() {
        arguments.push("--verbose".to_owned());
        let log = setting.folder.join("curl.log");
        arguments.extend(["--stderr".to_owned(), log.display().to_string()]);
    }
    if let Some(bytes) = step.post_bytes {
        let path = setting.folder.join("upload");
        std::fs::write(&path, upload(bytes)).unwrap();
        arguments.extend(["--data-binary".to_owned(), format!("@{}", path.display())]);
        // Waiting a second for permission to send is not what is tested.
        arguments.extend(["--header".to_owned(), "Expect:".to_owned()]);
    }
    let Some(reason) = &step.answer else {
        return (step.url.clone(), arguments);
    };
    let (page, token) = seen.as_ref().unwrap();
    let mut parts = page.splitn(4, '/');
    let (scheme, _, host) = (parts.next(), parts.next(), parts.next());
    let url = format!(
        "{}//{}/.well-known/probity/continue",
        scheme.unwrap(),
        host.unwrap()
    );
    for field in [format!("token={token}"), format!("reason={reason}")] {
        arguments.extend(["--data-urlencode".to_owned(), field]);
    }
    (url, arguments)
}

fn upload(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|n| (n % 251) as u8).collect()
}

fn token(fetched: &Fetched) -> Option<String> {
    let text = fetched.text();
    let (_, rest) = text.split_once("name=\"token\" value=\"")?;
    rest.split_once('"').map(|(token, _)| token.to_owned())
}

fn look_at_answer(step: &Step, setting: &Setting, fetched: &Fetched, place: &str) {
    let squid = || format!("{}\n{}", setting.squid.access_log(), setting.squid.log());
    match (&step.fails, &fetched.error) {
        (None, None) => (),
        (Some(expected), Some(error)) if error.contains(expected) => (),
        _ => panic!("{place}: {:?}\n{}", fetched.error, squid()),
    }
    let text = fetched.text();
    assert_eq!(fetched.status, step.status, "{place}: {text}\n{}", squid());
    assert_eq!(fetched.connect_status, step.connect_status, "{place}");
    for piece in &step.page_has {
        assert!(text.contains(piece), "{place}: `{piece}` in\n{text}");
    }
    if let Some(most) = step.page_at_most {
        assert!(
            fetched.body.len() <= most,
            "{place}: {}",
            fetched.body.len()
        );
    }
    for piece in &step.headers_have {
        assert!(
            fetched.headers.contains(piece),
            "{place}: {}",
            fetched.headers
        );
    }
    for piece in &step.headers_lack {
        assert!(
            !fetched.headers.contains(piece),
            "{place}: {}",
            fetched.headers
        );
    }
    if step.echoes {
        let sent = upload(step.post_bytes.unwrap());
        assert!(
            fetched.body == sent,
            "{place}: {} bytes",
            fetched.body.len()
        );
    }
    if let Some(issuer) = &step.certificate_by {
        let log = std::fs::read_to_string(setting.folder.join("curl.log")).unwrap();
        let issued = log
            .lines()
            .any(|line| line.contains("issuer:") && line.contains(issuer));
        assert!(issued, "{place}: {log}");
    }
    if let Some(least) = step.slower_than {
        assert!(fetched.seconds >= least, "{place}: {} s", fetched.seconds);
    }
    if let Some(most) = step.faster_than {
        assert!(fetched.seconds <= most, "{place}: {} s", fetched.seconds);
    }
}

fn look_at_origin(step: &Step, setting: &Setting, place: &str) {
    let asked = setting.origin.take();
    if let Some(expected) = &step.origin_asked {
        let lines: Vec<&String> = asked.iter().map(|asked| &asked.line).collect();
        assert_eq!(lines, expected.iter().collect::<Vec<_>>(), "{place}");
    }
    for piece in &step.origin_lacks {
        for header in asked.iter().flat_map(|asked| &asked.headers) {
            assert!(!header.contains(piece), "{place}: {header}");
        }
    }
}

fn look_at_record(step: &Step, since: &[&Value], place: &str) {
    let of_kind = |kind: &'static str| since.iter().filter(move |entry| entry["kind"] == kind);
    let decided: Vec<_> = of_kind("web").collect();
    assert_eq!(decided.len(), step.decided.len(), "{place}: {since:#?}");
    for (entry, wanted) in decided.into_iter().zip(&step.decided) {
        look_at_entry(entry, wanted, place);
    }
    let carried: Vec<String> = of_kind("carried-out")
        .flat_map(|entry| entry["obligations"].as_array().unwrap())
        .map(|came| format!("{}: {}", text(&came["obligation"]), text(&came["outcome"])))
        .collect();
    assert_eq!(carried, step.carried, "{place}: {since:#?}");
    let acknowledged: Vec<_> = of_kind("acknowledged").collect();
    assert_eq!(
        acknowledged.len(),
        usize::from(step.acknowledged.is_some()),
        "{place}"
    );
    if let Some(wanted) = &step.acknowledged {
        let found = acknowledged[0];
        for (name, value) in [
            ("who", &wanted.who),
            ("host", &wanted.host),
            ("reason", &wanted.reason),
            ("until", &wanted.until),
        ] {
            assert_eq!(text(&found[name]), value, "{place}: {found:#}");
        }
    }
}

fn look_at_entry(entry: &Value, wanted: &Decided, place: &str) {
    let (request, decision) = (&entry["request"], &entry["decision"]);
    let what = &request["what"];
    let found = (
        text(&entry["person"]),
        text(&entry["host"]),
        text(&request["action"]),
        text(&decision["outcome"]),
        entry["visit"] == true,
        entry["acknowledged"] == true,
    );
    let expected = (
        &*wanted.person,
        &*wanted.host,
        &*wanted.action,
        &*wanted.outcome,
        wanted.visit,
        wanted.acknowledged,
    );
    assert_eq!(found, expected, "{place}: {entry:#}");
    let standing: BTreeSet<&str> = decision["reasons"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|reason| reason["released_by"].is_null())
        .map(|reason| text(&reason["clause"]))
        .collect();
    let clauses = wanted.clauses.iter().map(String::as_str).collect();
    assert_eq!(standing, clauses, "{place}: {entry:#}");
    assert_eq!(labels(&what["site"]), wanted.site, "{place}: {entry:#}");
    if let Some(method) = &wanted.method {
        assert_eq!(text(&what["method"]), method, "{place}");
    }
    if let Some(media) = &wanted.media {
        assert_eq!(labels(&what["media"]), *media, "{place}: {entry:#}");
    }
    if let Some(bytes) = wanted.bytes {
        assert_eq!(entry["bytes"], bytes, "{place}: {entry:#}");
    }
}

/// None where the entry leaves them out.
fn labels(value: &Value) -> Vec<&str> {
    let labels = value.as_array().into_iter().flatten();
    labels.filter_map(Value::as_str).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
