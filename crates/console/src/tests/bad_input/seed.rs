//! A council in the middle of its work: something waits for everybody.

use jiff::SignedDuration;
use matters::access_request::{self, AccessRequest, Wanted};
use matters::authority::Holding;
use matters::delegation::{self, Basis, Delegation, Right};
use matters::event::{Act, Actor};
use matters::held_mail::{self, HeldMail};
use matters::id::PersonId;
use matters::incident::{self, Incident};
use matters::mailbox::{self, GenericMailbox};
use matters::permission::{self, Permission};
use matters::report_issue::{self, ReportIssue};
use matters::sign_in_misuse::{self, SignInMisuse};
use matters::withdrawal::{self, Withdrawal};

use crate::settings::Settings;
use crate::testing::Council;

/// A council, and the folder of its scans.
pub(super) struct Seed {
    pub(super) council: Council,
    _scans: tempfile::TempDir,
}

/// The council of all tests, with matters in hand: enough of each kind that one may be used up.
pub(super) async fn council() -> Seed {
    let scans = tempfile::tempdir().unwrap();
    let settings = Settings {
        scans: Some(scans.path().join("scans")),
        ..Settings::default()
    };
    let council = Council::with(settings).await;
    council.add("agent-to-be", |_| {}).await;
    council.add("desk-two", |_| {}).await;
    council
        .add("stranger", |one| one.unit = Some("housing".into()))
        .await;
    let now = council.console.now();
    let desk = Holding {
        post: "service-desk".into(),
        unit: None,
        person: "desk-two".into(),
        from: now,
        until: None,
    };
    let feed = Act::of(Actor::Feed("hr".to_owned()), now);
    council.store.appoint(desk, &feed).await.unwrap();
    let rule = Act::of(Actor::Rule("in-force".to_owned()), now);
    while council.store.ask_for_signatures(now, &rule).await.unwrap() > 0 {}
    for who in ["officer", "colleague", "councillor", "agent"] {
        requests(&council, who).await;
    }
    for who in ["officer", "colleague"] {
        permissions(&council, who).await;
        incidents(&council, who).await;
    }
    held_mail(&council).await;
    misuse(&council).await;
    own_use(&council).await;
    reports(&council).await;
    sharing(&council).await;
    mailboxes(&council).await;
    withdrawals(&council).await;
    council.store.run_due(now).await.unwrap();
    Seed {
        council,
        _scans: scans,
    }
}

/// A few months' reports, so that some can be recalled.
async fn reports(council: &Council) {
    let act = Act::of(Actor::Rule("reports".to_owned()), council.console.now());
    for month in 1..=12 {
        let opening = report_issue::Opening {
            purpose: report_issue::Purpose::Usage,
            month: format!("2026-{month:02}"),
            unit: Some("resources".into()),
        };
        let opened = council
            .store
            .open_matter::<ReportIssue>(opening, &act)
            .await;
        let id = opened.unwrap().id;
        let build = report_issue::Step::Build {
            sha256: "ab".repeat(32),
        };
        let check = report_issue::Step::Check { faults: Vec::new() };
        for step in [build, check, report_issue::Step::Issue] {
            let taken = council
                .store
                .take::<ReportIssue>(&id, None, step, &act)
                .await;
            taken.unwrap();
        }
    }
}

/// Calls enough that each form about one can be sent, well and badly.
async fn own_use(council: &Council) {
    for (first, who) in [(0, "officer"), (100, "colleague")] {
        council.used(who, first, 20).await;
    }
}

fn by(council: &Council, person: &str) -> Act {
    Act::by(&PersonId::from(person), council.console.now()).because("there is work to do")
}

async fn requests(council: &Council, who: &str) {
    let end = council.console.now() + SignedDuration::from_hours(24 * 200);
    for service in ["email", "internet", "telephone"] {
        let opening = access_request::Opening {
            person: PersonId::from(who),
            service: service.to_owned(),
            wanted: Wanted {
                need: "Answering residents".to_owned(),
                equipment: None,
                until: Some(end),
                sponsor: (who == "agent").then(|| PersonId::from("manager")),
            },
            paper: None,
        };
        let act = by(council, who);
        let opened = council
            .store
            .open_matter::<AccessRequest>(opening, &act)
            .await;
        let id = opened.unwrap().id;
        let step = access_request::Step::Submit;
        let sent = council
            .store
            .take::<AccessRequest>(&id, None, step, &act)
            .await;
        sent.unwrap();
    }
}

async fn permissions(council: &Council, who: &str) {
    let now = council.console.now();
    for (kind, scope) in [
        ("blog", "a.example"),
        ("blog", "b.example"),
        ("personal-webmail", "mail.example"),
        ("forum-post", "forum.example"),
    ] {
        let opening = permission::Opening {
            person: PersonId::from(who),
            kind: kind.to_owned(),
            scope: vec![scope.to_owned(), format!("second.{scope}")],
            why: "For the library".to_owned(),
            when: permission::When::Ahead {
                from: now,
                until: now + SignedDuration::from_hours(24 * 20),
            },
        };
        let act = by(council, who);
        let store = &council.store;
        let Ok(kept) = store.open_matter::<Permission>(opening, &act).await else {
            panic!("nobody can ask for {kind}");
        };
        if who == "colleague" && kind == "blog" {
            let step = permission::Step::Approve {
                narrowed: permission::Narrowed::default(),
            };
            let act = by(council, "assistant-director-it");
            store
                .take::<Permission>(&kept.id, None, step, &act)
                .await
                .unwrap();
        }
    }
}

/// Messages that wait for two people, and words of one that was kept back by mistake.
async fn held_mail(council: &Council) {
    let gate = Act::of(
        Actor::Rule(held_mail::GATE.to_owned()),
        council.console.now(),
    );
    // Each that waits is decided in three ways, each a draft, of which a person has ten at a time.
    for n in 0..4 {
        let opening = held_mail::Opening {
            copy: format!("gate/{n}-0"),
            entry: n,
            at: council.console.now(),
            sent: true,
            person: Some("officer".into()),
            others: vec!["colleague".into()],
            mail_from: "officer@council.example".to_owned(),
            recipients: vec!["resident@elsewhere.example".to_owned()],
            subject: format!("Number {n} of many"),
            clauses: vec!["walsall-6.5.4".to_owned()],
            findings: vec![held_mail::Found {
                label: "insult".to_owned(),
                confidence: "high".to_owned(),
                words: format!("you old goat number {n}"),
            }],
            sha256: "ab".repeat(32),
        };
        let kept = council.store.open_matter::<HeldMail>(opening, &gate).await;
        if n < 2 {
            let step = held_mail::Step::Reject {
                verdicts: vec![held_mail::Verdict::Wrong],
            };
            let (id, desk) = (kept.unwrap().id, by(council, "service-desk"));
            let taken = council.store.take::<HeldMail>(&id, None, step, &desk);
            taken.await.unwrap();
        }
    }
}

/// Signs that a sign-in is misused: for whose it is to answer, and for the desk.
async fn misuse(council: &Council) {
    let now = council.console.now();
    let rule = Act::of(Actor::Rule("sign-ins".to_owned()), now);
    for n in 0..4 {
        let opening = sign_in_misuse::Opening {
            person: PersonId::from("officer"),
            what: sign_in_misuse::What::Failures,
            system: "mail".to_owned(),
            seen: sign_in_misuse::Seen {
                count: 10 + n,
                first_at: now,
                last_at: now,
                addresses: ["10.1.4.7".to_owned()].into(),
            },
            let_in: false,
            computer: None,
        };
        let opened = council.store.open_matter::<SignInMisuse>(opening, &rule);
        opened.await.unwrap();
    }
}

async fn incidents(council: &Council, who: &str) {
    let kinds = [incident::Kind::Spam; 4].into_iter();
    let kinds = kinds.chain([incident::Kind::ReportSomeone; 2]);
    for (n, kind) in kinds.enumerate() {
        let opening = incident::Opening {
            kind,
            words: format!("Number {n} of many"),
            happened_at: council.console.now(),
            url: None,
            message_id: None,
            implicated: None,
            key_sha256: None,
        };
        let act = by(council, who);
        council
            .store
            .open_matter::<Incident>(opening, &act)
            .await
            .unwrap();
    }
}

async fn sharing(council: &Council) {
    let now = council.console.now();
    let opening = |owner: &str, delegate: &str, basis: Basis| delegation::Opening {
        owner: PersonId::from(owner),
        delegate: PersonId::from(delegate),
        rights: [Right::Read].into(),
        basis,
        why: "While they are away".to_owned(),
        when: delegation::When::Between {
            from: now,
            until: now + SignedDuration::from_hours(48),
        },
    };
    let store = &council.store;
    for n in 0..3 {
        // One to be agreed to, one to be set up, one ordered; each to be ended as well.
        let act = by(council, "colleague");
        let asked = store
            .open_matter::<Delegation>(opening("officer", "colleague", Basis::Agreement), &act);
        let id = asked.await.unwrap().id;
        if n > 0 {
            let agree = by(council, "officer");
            let step = delegation::Step::OwnerAgree;
            store
                .take::<Delegation>(&id, None, step, &agree)
                .await
                .unwrap();
        }
        let order = by(council, "head-of-service");
        let order = store.open_matter::<Delegation>(
            opening("officer", "agent-to-be", Basis::Continuity),
            &order,
        );
        order.await.unwrap();
    }
}

async fn mailboxes(council: &Council) {
    for n in 0..3 {
        let opening = mailbox::Opening {
            address: format!("team-{n}@council.example"),
            purpose: "Questions about parks".to_owned(),
            manager: PersonId::from("manager"),
            administrators: vec![PersonId::from("officer"), PersonId::from("colleague")],
            unit: "resources".into(),
        };
        let act = by(council, "head-of-service");
        let asked = council.store.open_matter::<GenericMailbox>(opening, &act);
        asked.await.unwrap();
    }
}

async fn withdrawals(council: &Council) {
    let now = council.console.now();
    let later = now + SignedDuration::from_hours(240);
    for (who, kind, at, by_whom) in [
        (
            "agent-to-be",
            withdrawal::Kind::Leaving,
            later,
            "head-of-service",
        ),
        (
            "with-code",
            withdrawal::Kind::NetworkProtection {
                services: ["internet".to_owned()].into(),
            },
            now,
            "assistant-director-it",
        ),
        (
            "with-code",
            withdrawal::Kind::NetworkProtection {
                services: ["email".to_owned()].into(),
            },
            later,
            "assistant-director-it",
        ),
    ] {
        let opening = withdrawal::Opening {
            person: PersonId::from(who),
            kind,
            effective_at: at,
            until: None,
        };
        let act = by(council, by_whom);
        let opened = council.store.open_matter::<Withdrawal>(opening, &act).await;
        opened.unwrap();
    }
}
