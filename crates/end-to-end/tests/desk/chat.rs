//! Chat at a real Prosody, with the module and the lines that `probity integrate prosody` prints.

use std::path::Path;

use desk_gate::integrate::{self, prosody};
use desk_gate::tools::May;
use end_to_end::numbered::{self, Folders};
use end_to_end::prosody::{Options, PASSWORD, Prosody};
use end_to_end::temp::Folder;
use end_to_end::xmpp_client::XmppClient;
use serde::Deserialize;
use serde_json::Value;

use crate::gate::{Gate, Known, TOKEN, clauses, text};

const FOLDERS: Folders = Folders::of("prosody");
const HOST: &str = "chat.council.example";

/// `test.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The sentence it proves.
    proves: String,
    /// The pack, by its folder in `policies`.
    pack: String,
    /// Nothing can be recorded.
    #[serde(default)]
    record_fails: bool,
    /// What is written and what is to come of it.
    #[serde(rename = "step")]
    steps: Vec<Step>,
}

/// One stanza and what is to come of it. Ann writes, and Bob reads.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// What time it becomes; unchanged unless given.
    at: Option<String>,
    /// The gate is stopped, or serves again.
    gate: Option<String>,
    /// Whom it is for; Bob unless given.
    to: Option<String>,
    /// The kind of stanza, such as `message`.
    #[serde(default = "message")]
    stanza: String,
    /// What is in it, as XML.
    holds: String,
    /// It reaches Bob.
    #[serde(default)]
    arrives: bool,
    /// The condition of the error Ann is told.
    error: Option<String>,
    /// Pieces of that error.
    #[serde(default)]
    error_has: Vec<String>,
    /// The entry on the record; none unless given.
    decided: Option<Decided>,
    /// What no entry holds.
    #[serde(default)]
    record_lacks: Vec<String>,
}

fn message() -> String {
    "message".to_owned()
}

/// An entry of a line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decided {
    person: String,
    to: String,
    outcome: String,
    #[serde(default)]
    clauses: Vec<String>,
    #[serde(default)]
    recipient: Vec<String>,
    #[serde(default)]
    findings: Vec<String>,
    #[serde(default)]
    obligations: Vec<String>,
}

#[test]
fn what_is_said_is_on_the_record_by_identity() {
    play("010-recorded");
}

#[test]
fn what_may_not_be_said_goes_no_further() {
    play("020-forbidden");
}

#[test]
fn remarks_are_looked_at() {
    play("030-remarks");
}

#[test]
fn chat_reaches_listed_partners_alone() {
    play("040-federation");
}

#[test]
fn nothing_is_handed_on_without_the_gate() {
    play("050-gate-gone");
}

#[test]
fn nothing_is_handed_on_that_cannot_be_recorded() {
    play("060-no-record");
}

#[test]
fn a_server_that_is_not_listed_is_not_let_in() {
    if !numbered::is_possible(end_to_end::prosody::missing()) {
        return;
    }
    let place = Folder::new("prosody").unwrap();
    let gate = gate(&place, "halton", false);
    let prosody = start(&place, &gate);
    let come = |from: &str| {
        let mut server = XmppClient::connect(prosody.servers()).unwrap();
        let open = format!(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:db='jabber:server:dialback' \
             xmlns:stream='http://etherx.jabber.org/streams' from='{from}' to='{HOST}' version='1.0'>"
        );
        server.send(&open).unwrap();
        server
    };
    let said = come("stranger.example").until("</stream:stream>").unwrap();
    assert!(said.contains("policy-violation"), "{said}");
    let said = come("partner.example").until("</stream:features>").unwrap();
    assert!(!said.contains("policy-violation"), "{said}");
}

#[test]
fn every_folder_is_driven() {
    for folder in FOLDERS.names_but(&[]) {
        let here = include_str!("chat.rs");
        assert!(here.contains(&format!("play(\"{folder}\")")), "{folder}");
    }
}

fn gate(place: &Folder, pack: &str, record_fails: bool) -> Gate {
    let register = std::fs::read_to_string(FOLDERS.join("register.toml")).unwrap();
    Gate::start(
        place.path(),
        &Known {
            pack,
            register: &register,
            assets: "hardware_address,number\n",
            may: May::Chat,
            record_fails,
        },
    )
}

fn start(place: &Folder, gate: &Gate) -> Prosody {
    let token = place.join("token");
    std::fs::write(&token, format!("{TOKEN}\n")).unwrap();
    let lines = prosody::host(
        &integrate::Gate {
            address: gate.address,
            token_file: Path::new(&token),
        },
        &["partner.example".to_owned()],
    );
    let options = Options {
        host: HOST,
        people: &["ann", "bob", "cem"],
        module: ("mod_probity.lua", prosody::MODULE),
        lines: &lines,
    };
    Prosody::start(&place.join("prosody"), &options).unwrap_or_else(|error| panic!("{error:?}"))
}

struct Setting {
    gate: Gate,
    prosody: Prosody,
    ann: XmppClient,
    bob: XmppClient,
    cem: XmppClient,
}

fn play(folder: &str) {
    if !numbered::is_possible(end_to_end::prosody::missing()) {
        return;
    }
    let case: Case = FOLDERS.read(folder);
    let place = Folder::new("prosody").unwrap();
    let gate = gate(&place, &case.pack, case.record_fails);
    let prosody = start(&place, &gate);
    let sign_in = |name: &str| {
        let client = XmppClient::sign_in(prosody.clients(), HOST, name, PASSWORD);
        client.unwrap_or_else(|error| panic!("{error}\n{}", prosody.log()))
    };
    let (ann, bob, cem) = (sign_in("ann"), sign_in("bob"), sign_in("cem"));
    let mut setting = Setting {
        gate,
        ann,
        bob,
        cem,
        prosody,
    };
    for (n, step) in case.steps.iter().enumerate() {
        let says = format!("step {} of `{}`", n + 1, case.proves);
        play_step(step, &mut setting, n, &says);
    }
}

fn play_step(step: &Step, setting: &mut Setting, n: usize, says: &str) {
    match step.gate.as_deref() {
        Some("stop") => setting.gate.stop(),
        Some("serve") => setting.gate.serve(),
        _ => (),
    }
    if let Some(time) = &step.at {
        setting.gate.at(time);
    }
    let before = setting.gate.record().len();
    let (name, id) = (&step.stanza, format!("step-{n}"));
    let bob = format!("bob@{HOST}");
    let to = step.to.as_deref().unwrap_or(&bob);
    let kind = if name == "iq" { "get" } else { "chat" };
    let xml = format!(
        "<{name} type='{kind}' to='{to}' id='{id}'>{}</{name}>",
        step.holds
    );
    setting.ann.send(&xml).unwrap();
    let come = |who: &mut XmppClient, what: &str| {
        let came = who.until(what);
        came.unwrap_or_else(|error| panic!("{says}: {error}\n{}", setting.prosody.log()))
    };
    if let Some(condition) = &step.error {
        let told = come(&mut setting.ann, "</error>");
        for piece in step.error_has.iter().chain([condition, &id]) {
            assert!(told.contains(piece), "{says}: `{piece}` in {told}");
        }
    }
    if step.arrives {
        let came = come(&mut setting.bob, &format!("</{name}>"));
        assert!(came.contains(&id), "{says}: {came}");
    } else if step.gate.is_none() && step.error.as_deref() != Some("resource-constraint") {
        // What Cem writes after Ann was answered comes first if what Ann wrote does not come.
        let mark = format!(
            "<message type='chat' to='{bob}' id='mark-{n}'><body>Good day.</body></message>"
        );
        setting.cem.send(&mark).unwrap();
        let came = come(&mut setting.bob, &format!("mark-{n}"));
        assert!(!came.contains(&id), "{says}: {came}");
        come(&mut setting.bob, "</message>");
    }
    let record = setting.gate.record();
    let since: Vec<&Value> = record[before..].iter().map(|(_, entry)| entry).collect();
    for (entry, piece) in since
        .iter()
        .flat_map(|entry| step.record_lacks.iter().map(move |p| (entry, p)))
    {
        assert!(!entry.to_string().contains(piece), "{says}: {entry:#}");
    }
    let mut ours = since
        .iter()
        .filter(|entry| entry["kind"] == "chat" && entry["id"] == id);
    match (ours.next(), &step.decided) {
        (None, None) => (),
        (Some(entry), Some(wanted)) => look_at(entry, wanted, &since, says),
        (found, wanted) => panic!("{says}: {found:#?} in place of {wanted:#?}"),
    }
    assert!(ours.next().is_none(), "{says}: {since:#?}");
}

fn look_at(entry: &Value, wanted: &Decided, since: &[&Value], says: &str) {
    let found = (
        text(&entry["person"]),
        text(&entry["to"]),
        text(&entry["decision"]["outcome"]),
    );
    let expected = (&*wanted.person, &*wanted.to, &*wanted.outcome);
    assert_eq!(found, expected, "{says}: {entry:#}");
    assert_eq!(clauses(entry), wanted.clauses, "{says}: {entry:#}");
    let what = &entry["request"]["what"];
    let labels = |name: &str| -> Vec<String> {
        let labels = what[name].as_array().into_iter().flatten();
        labels.map(|label| text(label).to_owned()).collect()
    };
    assert_eq!(labels("recipient"), wanted.recipient, "{says}: {entry:#}");
    assert_eq!(labels("findings"), wanted.findings, "{says}: {entry:#}");
    let carried = since.iter().filter(|entry| entry["kind"] == "carried-out");
    let carried = carried.flat_map(|entry| entry["obligations"].as_array().unwrap());
    let carried: Vec<&str> = carried.map(|came| text(&came["obligation"])).collect();
    assert_eq!(carried, wanted.obligations, "{says}: {since:#?}");
}
