//! Permissions that are good for one use, at the moment of use.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use content::media::PartKind;
use decision_point::adopted::Adopted;
use decision_point::information::InformationPoint;
use decision_point::point::{DecisionPoint, WebDurability};
use decision_point::uses::{Taken, Taking, Uses};
use decision_point::web::WebEvent;
use jiff::Timestamp;
use journal::{Journal, Options};
use policy::decision::Outcome::{self, Permit, Refuse};
use policy::pack::Pack;
use policy::request::Action;
use register::snapshot::Snapshot;

/// One use of each permission; remembers what took it, and can be away.
#[derive(Default)]
struct OneEach {
    taken: Mutex<BTreeMap<String, String>>,
    away: bool,
}

impl Uses for OneEach {
    fn take<'a>(&'a self, reference: &'a str, activity: &'a str, _at: Timestamp) -> Taking<'a> {
        let answer = if self.away {
            Taken::Unknown
        } else {
            let mut taken = self.taken.lock().unwrap();
            let by = taken
                .entry(reference.to_owned())
                .or_insert_with(|| activity.to_owned());
            if by == activity {
                Taken::Yes
            } else {
                Taken::Spent
            }
        };
        Box::pin(std::future::ready(answer))
    }
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

fn at() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

fn point(folder: &Path, permissions: &str, uses: OneEach) -> (DecisionPoint, Arc<OneEach>) {
    let mut pack = BTreeMap::new();
    let walsall = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/walsall");
    files(&walsall, "", &mut pack);
    let adopted = Adopted::new(Arc::new(Pack::load(&pack).unwrap())).unwrap();
    let register = format!(
        r#"
        [council]
        domains = ["council.example"]
        [[person]]
        id = "p1"
        name = "Ann"
        audience = "officer"
        accounts = ["ann"]
        acceptance = "signed"
        {permissions}
        "#
    );
    let register = Snapshot::parse(&register).unwrap();
    let options = Options {
        min_free_bytes: 0,
        ..Options::default()
    };
    let (journal, _) = Journal::open(folder.join("journal"), options).unwrap();
    let information = InformationPoint::new(adopted, register, None);
    let mut point = DecisionPoint::new(information, journal, WebDurability::Written, at()).unwrap();
    let uses = Arc::new(uses);
    point.count_uses_with(uses.clone());
    (point, uses)
}

fn permission(reference: &str, counted: bool) -> String {
    format!(
        r#"
        [[permission]]
        reference = "{reference}"
        kind = "software-download"
        person = "p1"
        from = "2026-03-02T09:00:00Z"
        until = "2026-03-02T18:00:00Z"
        counted = {counted}
        "#
    )
}

async fn download(point: &DecisionPoint, path: &str, media: PartKind) -> Outcome {
    let event = WebEvent {
        at: at(),
        action: Action::Download,
        client: "10.0.0.1",
        user: Some("ann"),
        method: "GET",
        host: "tools.example",
        port: 443,
        path,
        tunnel: false,
        mobile: false,
        navigation: true,
        bytes: Some(1_000),
        media: Some(media),
        contents: None,
    };
    point.decide_web(&event).await.unwrap().decision.outcome
}

#[tokio::test]
async fn one_use_is_one_download_and_the_same_download_again() {
    let folder = tempfile::tempdir().unwrap();
    let (point, uses) = point(folder.path(), &permission("PE-1", true), OneEach::default());
    let program = PartKind::Executable;
    assert_eq!(
        download(&point, "/report", PartKind::Document).await,
        Permit
    );
    assert!(
        uses.taken.lock().unwrap().is_empty(),
        "nothing rested on it"
    );
    assert_eq!(download(&point, "/tool", program).await, Permit);
    assert_eq!(download(&point, "/tool", program).await, Permit, "resumed");
    assert_eq!(download(&point, "/other", program).await, Refuse);
    // Whoever looks after the gates sees it in numbers.
    let counted = point.tally().read();
    let downloads = counted.iter().find(|one| one.action == Action::Download);
    assert_eq!(downloads.unwrap().outcomes, [3, 0, 0, 1]);
    assert_eq!(downloads.unwrap().took.iter().sum::<u64>(), 4);
}

#[tokio::test]
async fn while_nobody_can_count_nothing_rests_on_a_counted_permission() {
    let folder = tempfile::tempdir().unwrap();
    let away = OneEach {
        away: true,
        ..OneEach::default()
    };
    let (point, _) = point(folder.path(), &permission("PE-1", true), away);
    assert_eq!(
        download(&point, "/tool", PartKind::Executable).await,
        Refuse
    );
}

#[tokio::test]
async fn a_permission_without_a_count_is_used_before_one_is_spent() {
    let folder = tempfile::tempdir().unwrap();
    let both = permission("PE-1", true) + &permission("PE-2", false);
    let (point, uses) = point(folder.path(), &both, OneEach::default());
    assert_eq!(
        download(&point, "/tool", PartKind::Executable).await,
        Permit
    );
    assert!(uses.taken.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_second_of_two_counted_permissions_serves_when_the_first_is_spent() {
    let folder = tempfile::tempdir().unwrap();
    let both = permission("PE-1", true) + &permission("PE-2", true);
    let (point, uses) = point(folder.path(), &both, OneEach::default());
    for path in ["/one", "/two"] {
        assert_eq!(download(&point, path, PartKind::Executable).await, Permit);
    }
    assert_eq!(
        download(&point, "/three", PartKind::Executable).await,
        Refuse
    );
    let spent: BTreeSet<_> = uses.taken.lock().unwrap().keys().cloned().collect();
    assert_eq!(spent, ["PE-1", "PE-2"].map(str::to_owned).into());
}
