//! The phone gate behind the real Kamailio: one test for each folder of `integrations/kamailio`.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use end_to_end::gate_process::program;
use end_to_end::kamailio::{Kamailio, missing};
use end_to_end::numbered::Folders;
use end_to_end::ports;
use end_to_end::process::{Process, wait_until};
use journal::Reader;
use serde::Deserialize;
use serde_json::Value;

const FOLDERS: Folders = Folders::of("kamailio");

/// What `test.toml` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    proves: String,
    pack: String,
    /// The program is killed before anybody calls.
    #[serde(default)]
    killed: bool,
    #[serde(rename = "call")]
    calls: Vec<Call>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    from: String,
    to: String,
    /// The status the caller is told.
    status: u16,
    /// What its reason has in it.
    #[serde(default)]
    reason: String,
    /// The number that is called at the other end, if any is.
    #[serde(default)]
    reaches: Option<String>,
    /// What is on the record; nothing where nobody asks.
    #[serde(default)]
    recorded: Option<Recorded>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded {
    #[serde(default)]
    person: Option<String>,
    class: String,
    outcome: String,
}

fn read(folder: &str) -> Case {
    FOLDERS.read(folder)
}

end_to_end::numbered_tests! {
    read, unless missing;

    permitted_calls_are_put_through: "010-permitted" => play;
    refused_calls_reach_nobody: "020-refused" => play;
    codes_say_what_a_call_is: "030-codes" => play;
    emergencies_pass: "040-emergency" => play;
    emergencies_pass_with_probity_killed: "050-probity-gone" => play;
}

#[test]
fn every_folder_is_driven() {
    assert_eq!(FOLDERS.names_but(&[]), DRIVEN);
}

fn config(folder: &Path, case: &Case, gate: SocketAddr) -> String {
    format!(
        "data_dir = {:?}\nregister = {:?}\npack = {:?}\n[record]\nmin_free_bytes = 0\n\
         [calls]\nnumbers = {:?}\n[phone]\nlisten = \"{gate}\"\nexchanges = [\"127.0.0.1\"]\n\
         private_code = \"*10\"\nemergency_code = \"*11\"\n",
        folder.join("data"),
        FOLDERS.join("register.toml"),
        FOLDERS.join("../../policies").join(&case.pack),
        FOLDERS.join("numbers.toml"),
    )
}

fn play(case: &Case) {
    eprintln!("{}", case.proves);
    let folder = tempfile::Builder::new()
        .prefix("kamailio-")
        .tempdir()
        .unwrap();
    let folder = folder.keep();
    std::fs::create_dir(folder.join("data")).unwrap();
    let free = || ports::free().unwrap();
    let gate = free();
    let path = folder.join("probity.toml");
    std::fs::write(&path, config(&folder, case, gate)).unwrap();
    let log = std::fs::File::create(folder.join("probity.log")).unwrap();
    let mut command = Command::new(program().unwrap());
    command
        .args(["serve", "--config"])
        .arg(&path)
        .stdin(Stdio::null())
        .stderr(log);
    let mut serving = Process::start(&mut command).unwrap();
    wait_until("the gates", Duration::from_secs(60), || {
        let said = std::fs::read_to_string(folder.join("probity.log"));
        said.is_ok_and(|said| said.contains("the gates are up"))
    })
    .unwrap_or_else(|error| panic!("{error}; see {folder:?}"));
    let printed = Command::new(program().unwrap())
        .args(["integrate", "kamailio", "--config"])
        .arg(&path)
        .output()
        .unwrap();
    assert!(printed.status.success(), "{printed:?}");
    let lines = String::from_utf8(printed.stdout).unwrap();
    let mut kamailio = Kamailio::start(&folder, &lines, [free(), free(), free()])
        .unwrap_or_else(|error| panic!("{error}; see {folder:?}"));
    if case.killed {
        serving.kill();
    }
    let record = folder.join("data/record");
    for call in &case.calls {
        let before = entries(&record).len();
        let ended = kamailio
            .call(&call.from, &call.to)
            .unwrap_or_else(|error| panic!("{error}; see {folder:?}"));
        let told = format!("{} ", call.status);
        let as_expected = ended.told.starts_with(&told)
            && ended.told.contains(&call.reason)
            && ended.reached == call.reaches.iter().cloned().collect::<Vec<_>>();
        assert!(as_expected, "{call:?}: {ended:?}; see {folder:?}");
        let new: Vec<Value> = entries(&record).split_off(before);
        let set_ups: Vec<_> = new
            .iter()
            .filter(|entry| entry["kind"] == "call-set-up")
            .collect();
        match (&call.recorded, set_ups.as_slice()) {
            (None, []) => {}
            (Some(recorded), [entry]) => {
                let person = entry["person"].as_str().map(str::to_owned);
                assert_eq!(person, recorded.person, "{call:?}: {entry}");
                assert_eq!(
                    entry["to"]["class"],
                    recorded.class.as_str(),
                    "{call:?}: {entry}"
                );
                assert_eq!(
                    entry["decision"]["outcome"],
                    recorded.outcome.as_str(),
                    "{call:?}: {entry}"
                );
            }
            (_, found) => panic!("{call:?}: {found:?}; see {folder:?}"),
        }
    }
    drop(kamailio);
    drop(serving);
    // What went well needs no looking at.
    std::fs::remove_dir_all(folder).unwrap();
}

fn entries(record: &Path) -> Vec<Value> {
    let mut reader = Reader::tail(record, 100).unwrap();
    let mut entries = Vec::new();
    while let Some(entry) = reader.next_entry().unwrap() {
        entries.push(serde_json::from_slice(entry.payload).unwrap());
    }
    entries
}
