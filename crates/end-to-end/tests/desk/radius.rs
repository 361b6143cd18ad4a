//! Devices at a real FreeRADIUS, with the lines that `probity integrate freeradius` prints.

use std::path::Path;

use desk_gate::integrate;
use desk_gate::tools::May;
use end_to_end::freeradius::{self, FreeRadius, Options, Reply};
use end_to_end::numbered::{self, Folders};
use end_to_end::temp::Folder;
use serde::Deserialize;
use serde_json::Value;

use crate::gate::{Gate, Known, TOKEN, clauses, text};

const FOLDERS: Folders = Folders::of("freeradius");

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
    /// What is sent and what is to come of it.
    #[serde(rename = "step")]
    steps: Vec<Step>,
}

/// One packet and what is to come of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// What time it becomes; unchanged unless given.
    at: Option<String>,
    /// The gate is stopped, or serves again.
    gate: Option<String>,
    /// Attributes of a device that asks to be let in.
    #[serde(default)]
    ask: Vec<String>,
    /// Attributes of what is told of a session.
    #[serde(default)]
    tell: Vec<String>,
    /// Hand back the `Class` last given.
    #[serde(default)]
    with_class: bool,
    /// The kind of the reply; empty if there is to be none.
    reply: String,
    /// Pieces of its attributes.
    #[serde(default)]
    reply_has: Vec<String>,
    /// The entry of a joining; none unless given.
    decided: Option<Decided>,
    /// The entry of a session; none unless given.
    session: Option<Noted>,
}

/// An entry of a joining.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decided {
    device: String,
    outcome: String,
    #[serde(default)]
    clauses: Vec<String>,
    #[serde(default)]
    asset: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    signed_in: bool,
    #[serde(default)]
    network: Vec<String>,
}

/// An entry of a session.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Noted {
    confidence: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    user: String,
    #[serde(default)]
    asset: String,
    #[serde(default)]
    address: String,
    from: String,
    until: String,
    /// It is known which joining it is of.
    #[serde(default)]
    joined: bool,
    /// Clauses of that joining's decision.
    #[serde(default)]
    clauses: Vec<String>,
}

#[test]
fn the_councils_devices_join() {
    play("010-owned");
}

#[test]
fn a_device_nobody_registered_is_refused() {
    play("020-unregistered");
}

#[test]
fn a_device_nobody_vouches_for_any_longer_is_refused() {
    play("030-lapsed");
}

#[test]
fn an_address_is_bound_to_whoever_signed_in() {
    play("040-bound");
}

#[test]
fn ones_own_device_on_the_network_for_guests_is_linked_to_its_clause() {
    play("050-own-device");
}

#[test]
fn nothing_joins_without_the_gate() {
    play("060-gate-gone");
}

#[test]
fn nothing_joins_that_cannot_be_recorded() {
    play("070-no-record");
}

#[test]
fn every_folder_is_driven() {
    for folder in FOLDERS.names_but(&[]) {
        let here = include_str!("radius.rs");
        assert!(here.contains(&format!("play(\"{folder}\")")), "{folder}");
    }
}

fn play(folder: &str) {
    if !numbered::is_possible(freeradius::missing()) {
        return;
    }
    let case: Case = FOLDERS.read(folder);
    let place = Folder::new("freeradius").unwrap();
    let read = |name| std::fs::read_to_string(FOLDERS.join(name)).unwrap();
    let mut gate = Gate::start(
        place.path(),
        &Known {
            pack: &case.pack,
            register: &read("register.toml"),
            assets: &read("assets.csv"),
            may: May::Join,
            record_fails: case.record_fails,
        },
    );
    let radius = start(&place, &gate);
    let mut class = None;
    for (n, step) in case.steps.iter().enumerate() {
        let says = format!("step {} of `{}`", n + 1, case.proves);
        play_step(step, &mut gate, &radius, &mut class, &says);
    }
}

fn start(place: &Folder, gate: &Gate) -> FreeRadius {
    let ours = integrate::freeradius::freeradius(&integrate::Gate {
        address: gate.address,
        token_file: Path::new("/etc/probity/freeradius.token"),
    });
    let sections = ours.sections.iter();
    let options = Options {
        people: vec![("ann".to_owned(), "a password".to_owned())],
        files: vec![(
            "probity-token.conf".to_owned(),
            format!("token = \"{TOKEN}\"\n"),
        )],
        sections: sections
            .map(|(section, line)| ((*section).to_owned(), (*line).to_owned()))
            .collect(),
        module: ours.module,
        policy: ours.policy,
    };
    FreeRadius::start(&place.join("freeradius"), &options).unwrap_or_else(|e| panic!("{e}"))
}

fn play_step(
    step: &Step,
    gate: &mut Gate,
    radius: &FreeRadius,
    class: &mut Option<String>,
    says: &str,
) {
    match step.gate.as_deref() {
        Some("stop") => gate.stop(),
        Some("serve") => gate.serve(),
        _ => (),
    }
    if let Some(time) = &step.at {
        gate.at(time);
    }
    let before = gate.record().len();
    let with_class = |attributes: &[String]| {
        let mut attributes = attributes.to_vec();
        if step.with_class {
            attributes.push(class.clone().unwrap());
        }
        attributes
    };
    let reply = match step.ask.is_empty() {
        false => radius.ask(&with_class(&step.ask)),
        true => radius.tell(&with_class(&step.tell)),
    };
    let reply = reply.unwrap();
    look_at_reply(step, &reply, radius, says);
    let given = reply.attributes.iter();
    let mut given = given.filter(|attribute| attribute.starts_with("Class = "));
    if let Some(given) = given.next_back() {
        *class = Some(given.clone());
    }
    let record = gate.record();
    let of_kind = |kind: &str| {
        let since = record[before..].iter().map(|(_, entry)| entry);
        let found: Vec<&Value> = since.filter(|entry| entry["kind"] == kind).collect();
        assert!(found.len() <= 1, "{says}: {found:#?}");
        found.first().copied()
    };
    match (of_kind("join"), &step.decided) {
        (None, None) => (),
        (Some(entry), Some(wanted)) => look_at_joining(entry, wanted, says),
        (found, wanted) => panic!("{says}: {found:#?} in place of {wanted:#?}"),
    }
    match (of_kind("session"), &step.session) {
        (None, None) => (),
        (Some(entry), Some(wanted)) => look_at_session(entry, wanted, &record, says),
        (found, wanted) => panic!("{says}: {found:#?} in place of {wanted:#?}"),
    }
}

fn look_at_reply(step: &Step, reply: &Reply, radius: &FreeRadius, says: &str) {
    assert_eq!(
        reply.kind,
        step.reply,
        "{says}: {reply:?}\n{}",
        radius.log()
    );
    for piece in &step.reply_has {
        let mut attributes = reply.attributes.iter();
        let has = attributes.any(|attribute| attribute.contains(piece));
        assert!(has, "{says}: `{piece}` in {reply:?}");
    }
}

fn look_at_joining(entry: &Value, wanted: &Decided, says: &str) {
    let found = (
        text(&entry["device"]),
        text(&entry["decision"]["outcome"]),
        text(&entry["asset"]),
        text(&entry["person"]),
        entry["signed_in"] == true,
    );
    let expected = (
        &*wanted.device,
        &*wanted.outcome,
        &*wanted.asset,
        &*wanted.person,
        wanted.signed_in,
    );
    assert_eq!(found, expected, "{says}: {entry:#}");
    assert_eq!(clauses(entry), wanted.clauses, "{says}: {entry:#}");
    let network = entry["request"]["what"]["network"].as_array();
    let network: Vec<&str> = network.into_iter().flatten().map(text).collect();
    assert_eq!(network, wanted.network, "{says}: {entry:#}");
}

fn look_at_session(entry: &Value, wanted: &Noted, record: &[(u64, Value)], says: &str) {
    let found = (
        text(&entry["confidence"]),
        text(&entry["person"]),
        text(&entry["user"]),
        text(&entry["asset"]),
        text(&entry["address"]),
        text(&entry["from"]),
        text(&entry["until"]),
    );
    let expected = (
        &*wanted.confidence,
        &*wanted.person,
        &*wanted.user,
        &*wanted.asset,
        &*wanted.address,
        &*wanted.from,
        &*wanted.until,
    );
    assert_eq!(found, expected, "{says}: {entry:#}");
    let joined = entry["joined"].as_u64();
    assert_eq!(joined.is_some(), wanted.joined, "{says}: {entry:#}");
    let joining = record.iter().find(|(n, _)| Some(*n) == joined);
    let cited = joining.map_or_else(Vec::new, |(_, joining)| clauses(joining));
    assert_eq!(cited, wanted.clauses, "{says}: {entry:#}");
}
