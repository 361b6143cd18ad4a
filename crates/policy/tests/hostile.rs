//! Whatever stands in a pack's files, loading it ends with a pack or with a list of problems; and
//! remembered decisions are the decisions.
#![allow(clippy::unwrap_used)]

mod packs_on_disk;

use std::sync::{Arc, LazyLock};

use policy::memo::Memo;
use policy::pack::{Files, Pack};
use policy::request::{
    Acceptance, Activity, Circumstances, Clock, Identity, Labels, Mail, Principal, Request, Web,
    labels,
};
use policy::vocabulary::{LABELS, Set};
use proptest::prelude::*;

static CHORLEY: LazyLock<Files> = LazyLock::new(|| packs_on_disk::files("chorley"));
static WALSALL: LazyLock<Memo> =
    LazyLock::new(|| Memo::new(Arc::new(packs_on_disk::pack("walsall")), 64));

fn loads_or_says_why(files: &Files) {
    if let Err(error) = Pack::load(files) {
        assert!(!error.problems.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn arbitrary_files_never_panic(text in ".{0,400}", name in "(pack.toml|clauses.toml|rules/x.cedar|scenarios/x.toml|.{0,12})") {
        let mut files = CHORLEY.clone();
        files.insert(name, text);
        loads_or_says_why(&files);
    }

    #[test]
    fn damaged_files_never_panic(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), junk in "[ -~\\n]{0,6}") {
        let mut files = CHORLEY.clone();
        let path = files.keys().nth(which.index(files.len())).unwrap().clone();
        let text = files.get_mut(&path).unwrap();
        let mut place = at.index(text.len().max(1));
        while !text.is_char_boundary(place) {
            place -= 1;
        }
        text.insert_str(place, &junk);
        text.truncate(text.len().max(1) - 1);
        loads_or_says_why(&files);
    }
}

fn some_of(set: Set) -> impl Strategy<Value = Labels> {
    let names: Vec<&str> = LABELS
        .iter()
        .filter(|label| label.set == set)
        .map(|label| label.name)
        .collect();
    let most = names.len().min(4);
    prop::sample::subsequence(names, 0..=most)
        .prop_map(|names| names.into_iter().map(str::to_owned).collect())
}

fn requests() -> impl Strategy<Value = Request> {
    let who = (
        prop::sample::select(vec!["officer", "councillor", "agent", "unknown"]),
        prop::sample::select(vec![
            Acceptance::Signed,
            Acceptance::Due,
            Acceptance::None,
            Acceptance::Unknown,
        ]),
        prop::sample::select(vec![None, Some(labels([])), Some(labels(["email", "web"]))]),
    );
    let when = (
        prop::sample::select(vec![Clock::On, Clock::Off, Clock::Unknown]),
        any::<bool>(),
    );
    let mail = (
        some_of(Set::Sender),
        some_of(Set::Recipient),
        some_of(Set::Mark),
        some_of(Set::Kind),
        0_u64..100,
        0_u64..40_000_000,
    );
    let web = (
        prop::sample::select(vec!["webmail", "shopping", "games", "press", "adult"]),
        some_of(Set::Site),
        0_u64..300_000_000,
    );
    (who, when, mail, web, 0..5).prop_map(|(who, when, mail, web, action)| {
        let mail = Mail {
            sender: mail.0,
            recipient: mail.1,
            marks: mail.2,
            attachments: mail.3,
            identity: Identity::Own,
            n_recipients: mail.4,
            n_external: mail.4,
            largest_attachment_bytes: mail.5,
            ..Mail::default()
        };
        let web = Web {
            categories: [web.0.to_owned()].into(),
            method: "GET".to_owned(),
            site: web.1,
            bytes: web.2,
            ..Web::default()
        };
        Request {
            who: Principal {
                audience: who.0.to_owned(),
                acceptance: who.1,
                withdrawn: Labels::new(),
                granted: who.2,
            },
            when: Circumstances {
                clock: when.0,
                core_hours: when.1,
                permissions: Labels::new(),
            },
            what: match action {
                0 => Activity::Send(mail),
                1 => Activity::Receive(mail),
                2 => Activity::Visit(web),
                3 => Activity::Submit(web),
                _ => Activity::Download(web),
            },
        }
    })
}

proptest! {
    #[test]
    fn a_remembered_decision_is_the_decision(request in requests()) {
        let fresh = WALSALL.pack().decide(&request);
        prop_assert_eq!(&*WALSALL.decide(&request), &fresh);
        prop_assert_eq!(&*WALSALL.decide(&request), &fresh);
        prop_assert!(fresh.unevaluated.is_empty());
    }

    #[test]
    fn numbers_no_rule_can_tell_apart_decide_alike(
        size in prop_oneof![0_u64..300_000_000, 99_999_998_u64..100_000_003, 19_999_998_u64..20_000_003],
        kind in prop::sample::select(vec!["video", "archive", "document"]),
    ) {
        let download = |bytes| Request {
            who: Principal { audience: "officer".to_owned(), acceptance: Acceptance::Signed, ..Principal::default() },
            when: Circumstances { clock: Clock::On, core_hours: true, ..Circumstances::default() },
            what: Activity::Download(Web { bytes, media: [kind.to_owned()].into(), ..Web::default() }),
        };
        let pack = WALSALL.pack();
        prop_assert_eq!(pack.decide(&download(size)), pack.decide(&download(pack.least_alike(size))));
        prop_assert_ne!(pack.least_alike(99_999_999), pack.least_alike(100_000_000));
        prop_assert_eq!(pack.least_alike(100_000_001), pack.least_alike(250_000_000));
    }

    #[test]
    fn a_request_survives_its_json(request in requests()) {
        let text = serde_json::to_string(&request).unwrap();
        prop_assert_eq!(serde_json::from_str::<Request>(&text).unwrap(), request);
    }
}
