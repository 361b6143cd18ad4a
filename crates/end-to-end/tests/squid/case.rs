//! What stands in a folder of `integrations/squid`.

use std::collections::BTreeMap;

use end_to_end::numbered::{Folders, Numbers};
use end_to_end::pack_copy::PackEdit;
use serde::Deserialize;

/// The folders.
pub const FOLDERS: Folders = Folders::of("squid");

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
    /// Whether Squid opens TLS and the sites speak it.
    #[serde(default)]
    pub tls: bool,
    /// Slower pools, in bytes per second.
    #[serde(default)]
    pub pools: BTreeMap<String, u64>,
    /// Whether every entry but the first is too long for the journal.
    #[serde(default)]
    pub record_fails: bool,
    /// What is asked and what is to come of it.
    #[serde(default, rename = "step")]
    pub steps: Vec<Step>,
    /// Numbers for a test that is more than steps.
    #[serde(default)]
    pub numbers: Numbers,
}

/// One request and what is to come of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What time it becomes; unchanged unless given.
    pub at: Option<String>,
    /// Who is signed in; nobody unless given.
    #[serde(rename = "as")]
    pub user: Option<String>,
    /// What is asked for.
    #[serde(default)]
    pub url: String,
    /// In place of `url`: the reason given on the coach page last seen.
    pub answer: Option<String>,
    /// Ask as a browser that goes to a page.
    #[serde(default)]
    pub browser: bool,
    /// Post so many bytes.
    pub post_bytes: Option<usize>,
    /// Further arguments for curl.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// The status of the answer; 0 if there is none.
    pub status: u16,
    /// The proxy's answer to CONNECT.
    #[serde(default)]
    pub connect_status: u16,
    /// What curl finds wrong. Nothing, unless given: the answer is whole.
    pub fails: Option<String>,
    /// Pieces of the page.
    #[serde(default)]
    pub page_has: Vec<String>,
    /// Bytes of the page at most.
    pub page_at_most: Option<usize>,
    /// Lines of the head.
    #[serde(default)]
    pub headers_have: Vec<String>,
    #[serde(default)]
    pub headers_lack: Vec<String>,
    /// The body is what was posted.
    #[serde(default)]
    pub echoes: bool,
    /// Who issued the certificate the client was shown.
    pub certificate_by: Option<String>,
    /// Seconds it takes at least, and at most.
    pub slower_than: Option<f64>,
    pub faster_than: Option<f64>,
    /// What the site was asked over plain HTTP; anything unless given.
    pub origin_asked: Option<Vec<String>>,
    /// What no header line the site saw holds.
    #[serde(default)]
    pub origin_lacks: Vec<String>,
    /// The entries of requests and bodies, in order.
    #[serde(default)]
    pub decided: Vec<Decided>,
    /// What came of obligations, as `throttle:streaming: done`, in order.
    #[serde(default)]
    pub carried: Vec<String>,
    /// The entry of an answered coach page.
    pub acknowledged: Option<Acknowledged>,
}

/// An entry of a request or a body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    pub person: String,
    pub host: String,
    pub action: String,
    pub outcome: String,
    #[serde(default)]
    pub clauses: Vec<String>,
    pub visit: bool,
    #[serde(default)]
    pub acknowledged: bool,
    pub method: Option<String>,
    #[serde(default)]
    pub site: Vec<String>,
    pub media: Option<Vec<String>>,
    pub bytes: Option<u64>,
}

/// An entry of an answered coach page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledged {
    pub who: String,
    pub host: String,
    pub reason: String,
    pub until: String,
}

impl Case {
    pub fn read(folder: &str) -> Self {
        FOLDERS.read(folder)
    }

    /// A number of the test.
    pub fn number(&self, name: &str) -> u64 {
        self.numbers.number(name)
    }
}
