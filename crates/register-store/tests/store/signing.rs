//! Signatures: everybody is asked, and what a signature opens and keeps.

use matters::acceptance::{Acceptance, Method, Step};
use matters::access_request::{self, AccessRequest};
use matters::delegation::{self, Basis, Delegation, Right};
use matters::event::{Act, Actor};
use matters::id::MatterId;
use matters::machine::Machine as _;
use matters::mailbox::{self, GenericMailbox};
use matters::signing_method::{self, SigningMethod};
use policy::request::Acceptance as Signed;
use register::document::{Council, Person};
use register::snapshot::Snapshot;
use register_store::Store;
use register_store::matters_kept::Filter;
use register_store::tasks::TaskState;

use crate::council::{
    agree_to_signing, by, hour, hr_feed, id, pack, person, post, requested, settle, step,
};
use crate::engines::{Database, on_both};

on_both!(
    everybody_is_asked_once,
    every_group_is_asked_for_its_own_edition,
    a_signature_binds_to_what_was_read,
    what_was_agreed_is_known_as_it_stands,
    the_last_gate_opens,
    who_moves_shares_no_longer,
    a_mailbox_is_kept_by_signatures,
    a_shared_mailbox_is_known_as_it_stands,
    absence_defers,
);

pub const POTHOLES: &str = "potholes@walsall.example";

fn rule(hours: i64) -> Act {
    Act::of(Actor::Rule("adoption".to_owned()), hour(hours))
}

/// Asks everybody for a signature; how many were asked.
pub async fn ask(store: &Store) -> usize {
    store.ask_for_signatures(hour(0), &rule(0)).await.unwrap()
}

/// Somebody signs the officers' edition.
pub async fn sign(store: &Store, who: &str, hours: i64) {
    agree_to_signing(store).await;
    let filter = Filter {
        subject: Some(id(who)),
        ..Filter::default()
    };
    let asked = store.matters::<Acceptance>(&filter).await.unwrap();
    let asked = &asked.items[0];
    let text = pack().edition_text("officers").unwrap();
    let accept = Step::Accept {
        format: "html".to_owned(),
        text_sha256: text.sha256,
        statement: pack().settings().people.acceptance.statement.clone(),
        method: Method::Electronic {
            authenticated_at: hour(hours),
        },
    };
    let opened = Step::Opened {
        format: "html".to_owned(),
    };
    let mut act = by(who, hours);
    store
        .take::<Acceptance>(&asked.id, None, opened, &act)
        .await
        .unwrap();
    act.form_sha256 = Some("0".repeat(64));
    store
        .take::<Acceptance>(&asked.id, None, accept, &act)
        .await
        .unwrap();
}

fn ann(store: &Store) -> Person {
    let document = store.document(Council::default());
    document
        .people
        .into_iter()
        .find(|person| person.id == "ann")
        .unwrap()
}

/// What Ann may use; nothing was ever withdrawn from her here.
fn granted(store: &Store) -> Vec<String> {
    let ann = ann(store);
    assert_eq!(ann.withdrawn, [""; 0]);
    ann.granted.unwrap()
}

async fn everybody_is_asked_once(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    assert_eq!(ask(&store).await, 6);
    assert_eq!(ask(&store).await, 0);
    assert_eq!(ann(&store).acceptance, Signed::None);
    sign(&store, "ann", 1).await;
    assert_eq!(ann(&store).acceptance, Signed::Signed);
    assert!(store.image().accepted().contains(&id("ann")));
    // So it is for another process, and after a restart.
    let other = database.open().await;
    assert_eq!(other.image().accepted(), store.image().accepted());
    store.put_person(person("eve"), &hr_feed(2)).await.unwrap();
    assert_eq!(ask(&store).await, 1);
    other.refresh().await.unwrap();
    assert_eq!(ask(&other).await, 0);
}

/// Walsall's change 1: councillors, agents and partners are asked to accept it as officers are, each in
/// the edition for them.
async fn every_group_is_asked_for_its_own_edition(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let groups = [
        ("officer", "officers"),
        ("councillor", "councillors"),
        ("agent", "agents-and-partners"),
        ("partner", "agents-and-partners"),
    ];
    for (audience, _) in groups {
        let mut new = person(&format!("new-{audience}"));
        new.audience = audience.to_owned();
        store.put_person(new, &hr_feed(0)).await.unwrap();
    }
    ask(&store).await;
    for (audience, edition) in groups {
        let filter = Filter {
            subject: Some(id(&format!("new-{audience}"))),
            ..Filter::default()
        };
        let asked = store.matters::<Acceptance>(&filter).await.unwrap();
        let [asked] = &asked.items[..] else {
            panic!("{audience}: {asked:?}");
        };
        assert_eq!(asked.matter.state(), "due", "{audience}");
        assert_eq!(asked.matter.edition, edition, "{audience}");
        let text = pack().edition_text(edition).unwrap();
        assert_eq!(asked.matter.text_sha256, text.sha256, "{audience}");
    }
}

/// Walsall 5.2.4: a signature holds the person, the moment, the exact text and the form, and its event is
/// on the way to the record with them. Another text is not signed by it.
async fn a_signature_binds_to_what_was_read(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    ask(&store).await;
    let before = store.image().seq();
    sign(&store, "ann", 1).await;
    let filter = Filter {
        subject: Some(id("ann")),
        ..Filter::default()
    };
    let kept = store.matters::<Acceptance>(&filter).await.unwrap();
    let kept = &kept.items[0];
    let text = pack().edition_text("officers").unwrap();
    let signature = kept.matter.signature.clone().unwrap();
    assert!(kept.matter.stands());
    assert_eq!(kept.matter.text_sha256, text.sha256);
    assert_eq!(signature.form_sha256, "0".repeat(64));
    assert_eq!(signature.at, hour(1));
    assert_eq!(
        signature.statement,
        pack().settings().people.acceptance.statement
    );
    let events = store.events_after(before, 10).await.unwrap();
    let signed = events
        .iter()
        .find(|event| event.event.step == "accept")
        .unwrap();
    assert_eq!(signed.event.subject, id("ann"));
    assert_eq!(signed.event.act.actor, Actor::Person(id("ann")));
    assert_eq!(signed.event.act.form_sha256, Some("0".repeat(64)));
    assert_eq!(signed.event.matter, kept.id);
    let asked = Filter {
        subject: Some(id("bob")),
        ..Filter::default()
    };
    let asked = store.matters::<Acceptance>(&asked).await.unwrap();
    let mut act = by("bob", 1);
    act.form_sha256 = Some("0".repeat(64));
    let another = Step::Accept {
        format: "html".to_owned(),
        text_sha256: "ab".repeat(32),
        statement: signature.statement,
        method: Method::Electronic {
            authenticated_at: hour(1),
        },
    };
    let taken = store
        .take::<Acceptance>(&asked.items[0].id, None, another, &act)
        .await;
    assert!(taken.is_err(), "{taken:?}");
    assert!(!store.image().accepted().contains(&id("bob")));
}

/// Walsall B.2.2: every process and every start knows whether people may sign on a page.
async fn what_was_agreed_is_known_as_it_stands(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let other = database.open().await;
    assert!(!store.image().world().signs_on_a_page());
    agree_to_signing(&store).await;
    other.refresh().await.unwrap();
    for one in [&store, &other, &database.open().await] {
        assert!(one.image().world().signs_on_a_page());
    }
    let all = store.matters::<SigningMethod>(&Filter::default()).await;
    let id = &all.unwrap().items[0].id;
    let act = by("hpp", 3).because("a flaw was found");
    let withdraw = signing_method::Step::Withdraw;
    let taken = store.take::<SigningMethod>(id, None, withdraw, &act);
    taken.await.unwrap();
    other.refresh().await.unwrap();
    for one in [&store, &other, &database.open().await] {
        assert!(!one.image().world().signs_on_a_page());
    }
}

async fn the_last_gate_opens(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    ask(&store).await;
    let request = requested(&store, "email").await;
    step(
        &store,
        &request.id,
        access_request::Step::Authorise,
        "head",
        1,
    )
    .await;
    step(&store, &request.id, access_request::Step::Permit, "it", 2).await;
    let mut verified = person("ann");
    verified.verified_at = Some(hour(3));
    store.put_person(verified, &hr_feed(3)).await.unwrap();
    sign(&store, "ann", 4).await;
    let now = store.matter::<AccessRequest>(&request.id).await.unwrap();
    assert_eq!(now.matter.state(), "provisioning");
    let desk = post("service-desk");
    let open = store.tasks(Some(&desk), TaskState::Open).await.unwrap();
    let provision = open.iter().find(|task| task.task == "provision").unwrap();
    assert_eq!(provision.service.as_deref(), Some("email"));
    assert_eq!(granted(&store), [""; 0]);
    step(
        &store,
        &request.id,
        access_request::Step::Provisioned,
        "desk",
        5,
    )
    .await;
    assert_eq!(granted(&store), ["email"]);
    let open = store.tasks(Some(&desk), TaskState::Open).await.unwrap();
    assert!(open.iter().all(|task| task.task != "provision"), "{open:?}");
    // Another unit: somebody has to say that it is still right.
    let mut moved = person("ann");
    moved.verified_at = Some(hour(3));
    moved.job_title = Some("Inspector".to_owned());
    store.put_person(moved, &hr_feed(6)).await.unwrap();
    let now = store.matter::<AccessRequest>(&request.id).await.unwrap();
    assert_eq!(now.matter.state(), "mover-review");
    assert_eq!(granted(&store), ["email"]);
}

async fn who_moves_shares_no_longer(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let opening = delegation::Opening {
        owner: id("bob"),
        delegate: id("ann"),
        rights: [Right::Read, Right::SendOnBehalf].into(),
        basis: Basis::Agreement,
        why: "leave".to_owned(),
        when: delegation::When::Between {
            from: hour(0),
            until: hour(50),
        },
    };
    let proposed = store
        .open_matter::<Delegation>(opening, &by("bob", 0))
        .await
        .unwrap();
    let mine = Filter {
        concerning: Some(id("ann")),
        ..Filter::default()
    };
    let found = store.matters::<Delegation>(&mine).await.unwrap();
    assert_eq!(found.items.as_slice(), std::slice::from_ref(&proposed));
    for (step, who) in [
        (delegation::Step::DelegateAgree, "ann"),
        (delegation::Step::Inform, "it"),
    ] {
        let act = by(who, 1);
        let taken = store.take::<Delegation>(&proposed.id, None, step, &act);
        taken.await.unwrap();
    }
    let document = store.document(Council::default());
    let [shared] = &document.delegations[..] else {
        panic!("{document:?}");
    };
    assert_eq!(
        (shared.represents.as_str(), shared.delegate.as_str()),
        ("bob", "ann")
    );
    Snapshot::of(document).unwrap();
    let mut moved = person("ann");
    moved.unit = None;
    store.put_person(moved, &hr_feed(2)).await.unwrap();
    assert!(store.document(Council::default()).delegations.is_empty());
    let last = store.history(&proposed.id).await.unwrap().pop().unwrap();
    assert_eq!(last.step, "moved");
    assert_eq!(last.act.actor, Actor::Rule("follows:ann".to_owned()));
}

/// A shared mailbox that was asked for, checked and agreed to; nobody has signed the policy yet.
pub async fn potholes(store: &Store) -> MatterId {
    let opening = mailbox::Opening {
        address: POTHOLES.to_owned(),
        purpose: "reports of potholes".to_owned(),
        manager: id("bob"),
        administrators: vec![id("ann"), id("bob")],
        unit: "streets".into(),
    };
    let asked = store
        .open_matter::<GenericMailbox>(opening, &by("head", 0))
        .await
        .unwrap();
    for (step, who) in [
        (mailbox::Step::Check, "desk"),
        (mailbox::Step::Agree, "ann"),
        (mailbox::Step::Agree, "bob"),
    ] {
        let act = by(who, 1);
        let taken = store.take::<GenericMailbox>(&asked.id, None, step, &act);
        taken.await.unwrap();
    }
    asked.id
}

async fn a_mailbox_is_kept_by_signatures(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    ask(&store).await;
    let id = potholes(&store).await;
    sign(&store, "ann", 2).await;
    let now = store.matter::<GenericMailbox>(&id).await.unwrap();
    assert_eq!(now.matter.state(), "checked");
    sign(&store, "bob", 3).await;
    let now = store.matter::<GenericMailbox>(&id).await.unwrap();
    assert_eq!(now.matter.state(), "active");
    let document = store.document(Council::default());
    assert_eq!(document.mailboxes[0].administrators, ["ann", "bob"]);
    assert_eq!(document.delegations.len(), 2);
    let snapshot = Snapshot::of(document).unwrap();
    let ann = snapshot.person("ann").unwrap();
    assert!(snapshot.may_represent(ann, POTHOLES, hour(3)));
}

/// Walsall's change 7: a shared mailbox is asked for, looked after and given up, and the gates know it as
/// it stands.
async fn a_shared_mailbox_is_known_as_it_stands(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    ask(&store).await;
    let known = || {
        let snapshot = Snapshot::of(store.document(Council::default())).unwrap();
        let labels = snapshot.sender_labels(POTHOLES);
        let ours = |label: &String| label.starts_with("generic");
        labels.into_iter().filter(ours).collect::<Vec<_>>()
    };
    let mailbox = potholes(&store).await;
    sign(&store, "ann", 2).await;
    assert_eq!(known(), [""; 0]);
    sign(&store, "bob", 3).await;
    assert_eq!(known(), ["generic-mailbox"]);
    for (step, who, state, labels) in [
        (
            mailbox::Step::Remove { who: id("ann") },
            "ann",
            "at-risk",
            &["generic-at-risk", "generic-mailbox"][..],
        ),
        (
            mailbox::Step::Add { who: id("head") },
            "bob",
            "at-risk",
            &["generic-at-risk", "generic-mailbox"],
        ),
        (
            mailbox::Step::Close { redirect: None },
            "bob",
            "closed",
            &[],
        ),
    ] {
        let act = by(who, 4);
        let taken = store.take::<GenericMailbox>(&mailbox, None, step, &act);
        assert_eq!(taken.await.unwrap().matter.state(), state);
        assert_eq!(known(), labels, "{state}");
    }
}

async fn absence_defers(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    ask(&store).await;
    let mut away = person("ann");
    away.absent = Some(matters::people::Employment {
        from: "2026-03-02".parse().unwrap(),
        until: Some("2026-06-01".parse().unwrap()),
    });
    store.put_person(away, &hr_feed(1)).await.unwrap();
    let filter = Filter {
        subject: Some(id("ann")),
        ..Filter::default()
    };
    let state = async || {
        let page = store.matters::<Acceptance>(&filter).await.unwrap();
        page.items[0].matter.state()
    };
    assert_eq!(state().await, "deferred");
    store.put_person(person("ann"), &hr_feed(2)).await.unwrap();
    assert_eq!(state().await, "due");
}
