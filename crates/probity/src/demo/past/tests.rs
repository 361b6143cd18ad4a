#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use matters::acceptance::Acceptance;
use matters::access_request::AccessRequest;
use matters::id::PersonId;
use matters::incident::Incident;
use matters::mailbox::GenericMailbox;
use matters::permission::Permission;
use matters::withdrawal::Withdrawal;
use register::snapshot::Snapshot;
use register_store::matters_kept::Filter;
use register_store::seal::Key;
use register_store::sessions::Client;
use register_store::signing_in::{NextStep, SignIn};
use register_store::{Store, Stored};

use super::*;
use crate::demo::council;

const NOW: &str = "2026-03-02T11:00:00Z";

/// A council entered in a folder of its own.
struct Entered {
    folder: tempfile::TempDir,
    name: String,
    pack: Arc<Pack>,
}

impl Entered {
    fn url(&self) -> String {
        format!(
            "sqlite://{}?mode=rwc",
            self.folder.path().join("people").display()
        )
    }

    fn data(&self) -> DataDir {
        DataDir::new(self.folder.path())
    }

    async fn again(&self) -> SignIns {
        let pack = (self.name.as_str(), self.pack.clone());
        let entered = enter(&self.url(), pack, &self.data(), NOW.parse().unwrap()).await;
        entered.map_err(|failure| failure.message()).unwrap()
    }
}

/// Runs a check with the council of each pack.
fn each(check: impl AsyncFn(&Entered, SignIns, Store)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for name in packs::names() {
        let entered = Entered {
            folder: tempfile::tempdir().unwrap(),
            pack: Arc::new(packs::load(&name).unwrap()),
            name,
        };
        runtime.block_on(async {
            let sign_ins = entered.again().await;
            let store = Store::open(&entered.url(), entered.pack.clone()).await;
            check(&entered, sign_ins, store.unwrap()).await;
        });
    }
}

async fn states<M: Stored>(store: &Store) -> BTreeSet<&'static str> {
    let mut filter = Filter {
        limit: 500,
        ..Filter::default()
    };
    let mut states = BTreeSet::new();
    loop {
        let page = store.matters::<M>(&filter).await.unwrap();
        states.extend(page.items.iter().map(|kept| kept.matter.state()));
        filter.after = page.items.last().map(|last| last.id.clone());
        if !page.more {
            return states;
        }
    }
}

#[test]
fn the_cast_stands_in_the_store_as_its_stories_need_it() {
    each(async |entered, _, store| {
        let now = NOW.parse().unwrap();
        let document = store.document(council::addresses());
        for told in council::cast(&entered.pack, now) {
            let kept = document.people.iter().find(|one| one.id == told.id);
            let kept = kept.unwrap();
            assert_eq!(kept.name, told.name);
            if told.id == "leaver" {
                assert!(kept.withdrawn.contains(&"all".to_owned()), "{kept:?}");
                continue;
            }
            assert_eq!(
                kept.acceptance, told.acceptance,
                "{}: {kept:?}",
                entered.name
            );
            assert!(kept.withdrawn.is_empty(), "{kept:?}");
            let granted = kept.granted.clone().unwrap();
            for service in ["email", "web"] {
                let has = granted.iter().any(|one| one == service);
                assert_eq!(has, told.id != "starter", "{kept:?}");
            }
        }
        let has = |kind: &str| document.permissions.iter().any(|one| one.kind == kind);
        for kind in ["personal-webmail", "all-staff-mail"] {
            let knows = entered.pack.people().permissions.contains_key(kind);
            assert_eq!(has(kind), knows, "{kind}");
        }
        assert_eq!(document.mailboxes.len(), 1);
        assert_eq!(document.mailboxes[0].administrators.len(), 2);
        let shares = !entered.pack.people().delegation.audiences.is_empty();
        let writes_for = document
            .delegations
            .iter()
            .any(|one| one.represents == "director");
        assert_eq!(writes_for, shares, "{}", entered.name);
        Snapshot::of(document).unwrap();
    });
}

#[test]
fn there_is_something_of_everything() {
    each(async |entered, _, store| {
        let all = [
            (
                states::<AccessRequest>(&store).await,
                vec![
                    "draft",
                    "awaiting-authorisation",
                    "awaiting-certification",
                    "awaiting-permission",
                    "permitted",
                    "provisioning",
                    "active",
                    "suspended",
                    "refused",
                    "ended",
                ],
            ),
            (
                states::<Acceptance>(&store).await,
                vec![
                    "notified",
                    "overdue-1",
                    "deferred",
                    "accepted",
                    "declined",
                    "superseded",
                ],
            ),
            (
                states::<Permission>(&store).await,
                vec!["requested", "active", "expired", "refused"],
            ),
            (
                states::<Withdrawal>(&store).await,
                vec!["verified", "disabled"],
            ),
            (states::<GenericMailbox>(&store).await, vec!["active"]),
            (states::<Incident>(&store).await, vec!["reported"]),
        ];
        for (found, wanted) in all {
            for state in wanted {
                assert!(
                    found.contains(state),
                    "{}: no {state} in {found:?}",
                    entered.name
                );
            }
        }
        for post in entered.pack.people().posts.keys() {
            let holdings = store.image();
            let mut holdings = holdings.posts().holdings().iter();
            assert!(holdings.any(|held| held.post.as_str() == post), "{post}");
        }
        assert_eq!(store.runs(None, 10).await.unwrap().len(), 3);
    });
}

#[test]
fn each_role_signs_in_and_a_second_start_changes_nothing() {
    each(async |entered, sign_ins, store| {
        assert_eq!(sign_ins.accounts.len(), 10, "{sign_ins:?}");
        let key = Key::at(&entered.data().sign_in_key()).unwrap();
        let sign_in = SignIn::new(store.clone(), key);
        let client = Client::new("192.0.2.7".parse().unwrap(), "a browser");
        let account = &sign_ins.accounts[0];
        let begun = sign_in.begin(
            &account.user_name,
            &sign_ins.passphrase,
            &client,
            NOW.parse().unwrap(),
        );
        assert!(matches!(begun.await, Ok(NextStep::Done(_))));
        let before = store.image().seq();
        assert_eq!(entered.again().await.passphrase, sign_ins.passphrase);
        store.refresh().await.unwrap();
        assert_eq!(store.image().seq(), before);
        assert!(
            store
                .image()
                .people()
                .person(&PersonId::from("officer"))
                .is_some()
        );
    });
}
