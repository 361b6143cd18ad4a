//! What a test stands in: a folder, a sink, the gate and a Postfix between them.

use std::path::{Path, PathBuf};
use std::process::Command;

use correspondence::Correspondence;
use end_to_end::gate_process::{GateConfig, GateProcess, MailGate, People};
use end_to_end::postfix::{Options, Postfix};
use end_to_end::smtp_sink::SmtpSink;
use end_to_end::temp::Folder;
use end_to_end::{pack_copy, ports, process};
use jiff::{SignedDuration, Timestamp};

use crate::case::{Case, FOLDERS, Memory};

/// In the order they have to end: Postfix first, the folder last.
pub struct Setting {
    pub postfix: Postfix,
    pub gate: GateProcess,
    pub sink: SmtpSink,
    pub _folder: Folder,
}

impl Setting {
    /// Sets everything up as the case asks.
    pub fn of(case: &Case) -> Self {
        Self::with(case, |_| (), |_| ())
    }

    /// As [`Self::of`], with changes.
    pub fn with(
        case: &Case,
        change_gate: impl FnOnce(&mut GateConfig),
        change_postfix: impl FnOnce(&mut Options),
    ) -> Self {
        process::allow_descriptors(8192).unwrap();
        let folder = Folder::new("postfix").unwrap();
        let sink = SmtpSink::start().unwrap();
        let listen = match case.listen.as_str() {
            "unix" => format!(
                "unix:{}",
                socket_folder(folder.path()).join("milter").display()
            ),
            "inet" => format!("inet:{}", ports::free().unwrap()),
            other => panic!("listen is unix or inet, not {other}"),
        };
        let mut config = GateConfig {
            pack: pack_copy::edited(&case.pack, &case.pack_edit, folder.join("pack")),
            people: People::File(FOLDERS.join("register.toml")),
            categories: None,
            mail: Some(MailGate {
                listen: listen.clone(),
                notices: case.notices.then(|| sink.address()),
                encrypts: case.encrypts,
                holds_here: false,
                trusted_authserv_id: case.trusted_authserv_id.clone(),
            }),
            web: None,
            console: None,
            directory: None,
            lists: None,
        };
        change_gate(&mut config);
        if let Some(memory) = &case.memory {
            remember(memory, &folder.join("gate").join("correspondence"));
        }
        let gate = GateProcess::start(&folder.join("gate"), config)
            .unwrap_or_else(|error| panic!("{error:?}"));
        let next = format!("[{}]:{}", sink.address().ip(), sink.address().port());
        let mut options = Options {
            relay_to: sink.address(),
            milter: Some(listen),
            main: case
                .main_cf
                .iter()
                .map(|(name, value)| (name.clone(), value.replace("@NEXT@", &next)))
                .collect(),
            master: case.master_cf.clone(),
            reinjection: None,
        };
        change_postfix(&mut options);
        let postfix = Postfix::start(&folder.join("postfix"), &options)
            .unwrap_or_else(|error| panic!("{error:?}"));
        Self {
            postfix,
            gate,
            sink,
            _folder: folder,
        }
    }

    /// The entries of messages with this queue id.
    pub fn entries_of(&self, queue_id: &str) -> Vec<(u64, serde_json::Value)> {
        let mut record = self.gate.record().unwrap();
        record.retain(|(_, entry)| entry["kind"] == "mail" && entry["queue_id"] == queue_id);
        record
    }
}

/// Writes down what a gate would remember that began to gather 40 days ago.
fn remember(memory: &Memory, folder: &Path) {
    let ago = |days: i64| Timestamp::now() - SignedDuration::from_hours(24 * days);
    let limits = correspondence::Limits::default();
    let (past, _) = Correspondence::open(folder, &limits, ago(40)).unwrap();
    for days in [9, 8, 7, 6, 5] {
        let wrote = memory.wrote.iter();
        wrote.for_each(|address| past.heard_from(address, ago(days)));
        let written_to = memory.often_written_to.iter();
        written_to.for_each(|address| past.wrote_to(address, ago(days)));
    }
    past.flush().unwrap();
}

/// A folder whose sockets Postfix may use, made as `probity init` advises: they belong to its group.
fn socket_folder(folder: &Path) -> PathBuf {
    let folder = folder.join("sockets");
    let mut install = Command::new("install");
    install
        .args(["-d", "-g", "postfix", "-m", "2750"])
        .arg(&folder);
    assert!(install.status().unwrap().success());
    folder
}
