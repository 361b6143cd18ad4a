//! What stands in a folder of `integrations/postfix`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use end_to_end::numbered::{Folders, Numbers};
use end_to_end::pack_copy::{self, PackEdit};
use serde::Deserialize;

/// The folders.
pub const FOLDERS: Folders = Folders::of("postfix");

/// `test.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The sentence it proves.
    pub proves: String,
    /// The pack, by its folder in `policies`.
    pub pack: String,
    /// Changes to the pack's files.
    #[serde(default)]
    pub pack_edit: Vec<PackEdit>,
    /// How the gate listens: `unix` or `inet`.
    #[serde(default = "unix")]
    pub listen: String,
    /// Whether notices to people are sent.
    #[serde(default)]
    pub notices: bool,
    /// The verifier whose results count.
    pub trusted_authserv_id: Option<String>,
    /// Whether the gate may count on a route of Postfix that verifies TLS.
    #[serde(default)]
    pub encrypts: bool,
    /// What is remembered of earlier mail when it begins; a memory that just began unless given.
    pub memory: Option<Memory>,
    /// Further lines of `main.cf`; `@NEXT@` is the server everything goes to.
    #[serde(default)]
    pub main_cf: BTreeMap<String, String>,
    /// Further lines of `master.cf`.
    #[serde(default)]
    pub master_cf: Vec<String>,
    /// What is sent and what is to come of it.
    #[serde(default, rename = "step")]
    pub steps: Vec<Step>,
    /// Numbers for a test that is more than steps.
    #[serde(default)]
    pub numbers: Numbers,
    #[serde(skip)]
    pub folder: PathBuf,
}

fn unix() -> String {
    "unix".to_owned()
}

/// Earlier mail, as it is remembered by a gate that has seen some for long enough.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// Addresses that wrote here.
    #[serde(default)]
    pub wrote: Vec<String>,
    /// Addresses written to on most days.
    #[serde(default)]
    pub often_written_to: Vec<String>,
}

/// One message and what is to come of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The file with the message, lines ended by LF.
    pub message: String,
    /// An attachment of zeros in place of the line `@ATTACHMENT@`, decoded bytes.
    pub attachment_bytes: Option<usize>,
    /// Who is signed in.
    #[serde(rename = "as")]
    pub login: Option<String>,
    /// The client's address; the loopback unless given.
    pub client: Option<String>,
    pub from: String,
    pub to: Vec<String>,
    /// The code of the reply to the message.
    pub reply: u16,
    /// Pieces of the reply's text.
    #[serde(default)]
    pub says: Vec<String>,
    /// Messages that go on, in any order, notices apart.
    #[serde(default)]
    pub delivered: Vec<Expected>,
    /// Notices that are sent.
    #[serde(default)]
    pub notice: Vec<Expected>,
    /// Whether Postfix holds it.
    #[serde(default)]
    pub held: bool,
    /// What Postfix logs of its trying to hand it on, where it cannot.
    pub deferred: Option<String>,
    /// Copies the gate keeps.
    #[serde(default)]
    pub kept: Vec<ExpectedKept>,
    /// The groups of the entry, in any order.
    pub decided: Vec<ExpectedGroup>,
    /// What came of obligations, as `disclaimer: done`.
    #[serde(default)]
    pub carried: Vec<String>,
}

/// A message handed on by Postfix.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub to: Vec<String>,
    /// Values of header fields, exactly these.
    #[serde(default)]
    pub headers: BTreeMap<String, Vec<String>>,
    /// Pieces of text it has.
    #[serde(default)]
    pub has: Vec<String>,
    /// Pieces of text it must not have.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// Byte for byte what was sent, apart from Received and our own field.
    #[serde(default)]
    pub unchanged: bool,
    /// Contains the original body without a single byte changed.
    #[serde(default)]
    pub body_within: bool,
}

/// A copy in the gate's quarantine.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedKept {
    pub recipients: Vec<String>,
    pub outcome: String,
}

/// A group on the record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedGroup {
    pub recipients: Vec<String>,
    pub outcome: String,
    /// All clauses that stand.
    pub clauses: Vec<String>,
}

impl Case {
    pub fn read(folder: &str) -> Self {
        Self {
            folder: FOLDERS.join(folder),
            ..FOLDERS.read(folder)
        }
    }

    /// A number of the test.
    pub fn number(&self, name: &str) -> u64 {
        self.numbers.number(name)
    }

    /// A message of the folder as SMTP carries it.
    pub fn message(&self, name: &str, attachment_bytes: Option<usize>) -> Vec<u8> {
        let path = self.folder.join(name);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        let text = text.replace("> @DISCLAIMER@\n", &self.quoted_disclaimer());
        let mut message = text.replace('\n', "\r\n");
        if let Some(bytes) = attachment_bytes {
            message = message.replace("@ATTACHMENT@\r\n", &zeros_in_base64(bytes));
        }
        message.into_bytes()
    }

    /// The pack's disclaimer as a reader's program quotes it.
    fn quoted_disclaimer(&self) -> String {
        let path = pack_copy::original(&self.pack).join("pack.toml");
        let settings: toml::Value =
            toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let disclaimer = settings["mail"].get("disclaimer");
        let plain = disclaimer.and_then(|disclaimer| disclaimer["plain"].as_str());
        let lines = plain.unwrap_or_default().lines();
        lines.map(|line| format!("> {line}\n")).collect()
    }
}

/// Lines of base64 that decode to so many zeros.
fn zeros_in_base64(bytes: usize) -> String {
    let mut text = "A".repeat(bytes / 3 * 4);
    text.push_str(match bytes % 3 {
        0 => "",
        1 => "AA==",
        _ => "AAA=",
    });
    let lines = text.as_bytes().chunks(76);
    lines
        .map(|line| format!("{}\r\n", String::from_utf8_lossy(line)))
        .collect()
}
