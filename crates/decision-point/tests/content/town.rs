//! Three councils with a pack each, one register and a few site lists.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use content::contents::Contents;
use content::mail::{Limits, read};
use decision_point::adopted::Adopted;
use decision_point::information::InformationPoint;
use decision_point::mail::{MailEvent, MailVerdict};
use decision_point::web::WebEvent;
use jiff::Timestamp;
use policy::decision::{Decision, Outcome};
use policy::pack::Pack;
use policy::request::Action;
use register::snapshot::Snapshot;
use site_categories::Live;

use crate::letter::{Mail, Transfer};

/// Everybody signed; all policies know officers and councillors.
const REGISTER: &str = r#"
[council]
domains = ["council.example"]
partner_domains = ["partner.example"]
secure_domains = ["hospital.example"]
webmail_domains = ["webmail.example"]
confidential_routes = ["speak.up@council.example", "union.example"]
spam_desk = "spam@council.example"

[[person]]
id = "ann"
name = "Ann Example"
audience = "officer"
accounts = ["ann"]
addresses = ["ann@council.example"]
private_addresses = ["ann.home@webmail.example"]
acceptance = "signed"

[[person]]
id = "bob"
name = "Bob Sample"
audience = "officer"
accounts = ["bob"]
addresses = ["bob@council.example"]
acceptance = "signed"

[[person]]
id = "cem"
name = "Cem Specimen"
audience = "councillor"
group = "Independent"
accounts = ["cem"]
addresses = ["cem@council.example"]
acceptance = "signed"

[[person]]
id = "dot"
name = "Dot Pattern"
audience = "councillor"
group = "independent"
addresses = ["dot@council.example"]

[[person]]
id = "eve"
name = "Eve Instance"
audience = "councillor"
group = "Green"
addresses = ["eve@council.example"]

[[person]]
id = "fay"
name = "Fay Likely"
audience = "officer"
group = "Independent"
addresses = ["fay@council.example"]

[[mailbox]]
address = "housing@council.example"
manager = "bob"
administrators = ["ann", "bob"]

[[delegation]]
represents = "housing@council.example"
delegate = "ann"
from = "2026-01-01T00:00:00Z"
until = "2027-01-01T00:00:00Z"
"#;

const LISTS: [(&str, &str); 4] = [
    ("blog.txt", "blog.test\n"),
    ("shopping.txt", "shop.test\n"),
    ("webmail.txt", "webmail.test\n"),
    ("filehosting.txt", "files.test\n"),
];

/// A council's pack, ready to decide.
pub(crate) struct Town {
    pub(crate) name: &'static str,
    pub(crate) point: InformationPoint,
}

pub(crate) static WALSALL: LazyLock<Town> = LazyLock::new(|| Town::of("walsall"));
pub(crate) static HALTON: LazyLock<Town> = LazyLock::new(|| Town::of("halton"));
pub(crate) static CHORLEY: LazyLock<Town> = LazyLock::new(|| Town::of("chorley"));

/// Whose act it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Who {
    /// Somebody signed in with this account, who sends or browses.
    Signed(&'static str),
    /// Nobody here: a message that comes in.
    Stranger,
}

pub(crate) const ANN: Who = Who::Signed("ann");
pub(crate) const CEM: Who = Who::Signed("cem");

impl Town {
    fn of(name: &'static str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
        let mut pack = BTreeMap::new();
        files(&root.join(name), "", &mut pack);
        let adopted = Adopted::new(Arc::new(Pack::load(&pack).unwrap())).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let lists = folder.path().join("lists");
        std::fs::create_dir(&lists).unwrap();
        for (list, sites) in LISTS {
            std::fs::write(lists.join(list), sites).unwrap();
        }
        let sites = folder.path().join("sites");
        site_categories::build(&lists, &sites, site_categories::Options::default()).unwrap();
        // Mapped, so it stays readable once the folder is gone.
        let live = Live::open(&sites).unwrap();
        let register = Snapshot::parse(REGISTER).unwrap();
        let point = InformationPoint::new(adopted, register, Some(live));
        point.recognise(Some(crate::registered::index()));
        Self { name, point }
    }

    /// What is found in a message and what is decided for its recipients.
    pub(crate) fn decide(&self, who: Who, mail: &Mail) -> (Contents, MailVerdict) {
        let mut decided = None;
        self.with_event(who, mail, |event| {
            decided = Some(self.point.consider_mail(event, &BTreeSet::new()));
        });
        let message = mail.bytes();
        let reading = read(&message, None, &Limits::default());
        (
            self.point.look_through(&message, &reading),
            decided.unwrap(),
        )
    }

    /// Reads a message, looks through it, and shows it as the event a gate makes of it.
    pub(crate) fn with_event(&self, who: Who, mail: &Mail, see: impl FnOnce(&MailEvent<'_>)) {
        let message = mail.bytes();
        let reading = read(&message, None, &Limits::default());
        let contents = self.point.look_through(&message, &reading);
        let authenticated = match who {
            Who::Signed(account) => Some(account),
            Who::Stranger => None,
        };
        see(&MailEvent {
            at: at(),
            queue_id: "1",
            client: "192.0.2.1",
            authenticated,
            from_inside: authenticated.is_some(),
            mail_from: &mail.from,
            recipients: &mail.to,
            message: &message,
            reading: &reading,
            contents: &contents,
        });
    }

    pub(crate) fn decide_web(&self, who: Who, transfer: &Transfer) -> (Contents, Arc<Decision>) {
        let body = transfer.body();
        let contents = self.point.look_through_body(&body);
        let Who::Signed(account) = who else {
            panic!("nobody browses");
        };
        let event = WebEvent {
            at: at(),
            action: if body.is_upload {
                Action::Submit
            } else {
                Action::Download
            },
            client: "10.0.0.1",
            user: Some(account),
            method: if body.is_upload { "POST" } else { "GET" },
            host: transfer.host,
            port: 443,
            path: "/",
            tunnel: false,
            mobile: false,
            navigation: true,
            bytes: Some(body.bytes.len() as u64),
            media: transfer.media,
            contents: Some(&contents),
        };
        let verdict = self.point.consider_web(&event, &BTreeSet::new());
        (contents, verdict.decision)
    }

    /// What stands of these decisions.
    fn stands<'d>(&self, decisions: impl Iterator<Item = &'d Decision>) -> Stands {
        let mut stands = Stands::default();
        for decision in decisions {
            stands.outcome = stands.outcome.max(decision.outcome);
            assert!(decision.unevaluated.is_empty(), "{decision:?}");
            for reason in decision.standing() {
                if ALWAYS.contains(&reason.rule.as_str()) {
                    continue;
                }
                spoken().insert(format!("{} {}", self.name, reason.rule));
                let clause = reason.clause.to_string();
                let clause = clause.strip_prefix(self.name).unwrap();
                let clause = clause.trim_start_matches('-').to_owned();
                match reason.rule.starts_with("perhaps-") {
                    true => stands.perhaps.insert(clause),
                    false => stands.sure.insert(clause),
                };
            }
        }
        stands
    }
}

/// What stands of the decisions about one message.
#[derive(Debug, Default)]
struct Stands {
    outcome: Outcome,
    /// Clauses, without the pack's name and without what is said of every message.
    sure: BTreeSet<String>,
    /// Clauses that rest on a suspicion.
    perhaps: BTreeSet<String>,
}

impl Stands {
    /// Nothing stands but what is expected. What offends is often suspected of more than it is
    /// found to be, and that comes and goes with the model: a suspicion more is no matter then,
    /// but it is one where nothing is expected.
    fn agrees(&self, outcome: Outcome, clauses: &[&str]) -> bool {
        let expected: BTreeSet<String> = clauses.iter().map(|&clause| clause.to_owned()).collect();
        let all: BTreeSet<String> = self.sure.union(&self.perhaps).cloned().collect();
        let agrees = match expected.is_empty() {
            true => all.is_empty(),
            false => self.sure.is_subset(&expected) && expected.is_subset(&all),
        };
        self.outcome == outcome && agrees
    }
}

static SPOKEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Rules that have spoken so far, as `pack rule`.
pub(crate) fn spoken() -> MutexGuard<'static, BTreeSet<String>> {
    SPOKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Rules that say something of every message that goes out.
const ALWAYS: [&str; 1] = ["disclaimer"];

/// Decides a message and compares the strictest outcome and all the clauses that stand.
#[track_caller]
pub(crate) fn check(town: &Town, who: Who, mail: &Mail, outcome: Outcome, clauses: &[&str]) {
    let (contents, verdict) = town.decide(who, mail);
    let stands = town.stands(verdict.groups.iter().map(|group| &*group.decision));
    let text = String::from_utf8_lossy(&mail.bytes()).into_owned();
    compare(&stands, (outcome, clauses), &text, &contents);
}

/// The same for what goes to a site or comes from one.
#[track_caller]
pub(crate) fn check_web(
    town: &Town,
    who: Who,
    transfer: &Transfer,
    outcome: Outcome,
    clauses: &[&str],
) {
    let (contents, decision) = town.decide_web(who, transfer);
    let stands = town.stands(std::iter::once(&*decision));
    let text = String::from_utf8_lossy(transfer.body().bytes).into_owned();
    compare(&stands, (outcome, clauses), &text, &contents);
}

#[track_caller]
fn compare(stands: &Stands, expected: (Outcome, &[&str]), text: &str, contents: &Contents) {
    assert!(
        stands.agrees(expected.0, expected.1),
        "{stands:?}, not {expected:?}\n{text}\n{}",
        told(contents)
    );
}

/// The findings, for whoever reads a failure.
fn told(contents: &Contents) -> String {
    let findings = contents.findings.iter().map(|finding| {
        let (hit, role) = (&finding.hit, finding.role.name());
        let confidence = hit.confidence.name();
        format!(
            "{} {confidence} {role} `{}` {:?}\n",
            hit.label, finding.quote, hit.evidence
        )
    });
    findings.collect()
}

pub(crate) fn at() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

fn files(folder: &Path, below: &str, into: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{below}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            files(&path, &format!("{name}/"), into);
        } else {
            into.insert(name, std::fs::read_to_string(path).unwrap());
        }
    }
}
