#![allow(clippy::unwrap_used, clippy::panic)]

use policy::decision::Outcome;
use policy::request::Labels;

use super::*;
use crate::demo::council;

fn page(host: &str) -> TriedPage {
    TriedPage {
        action: Action::Visit,
        host: host.to_owned(),
        port: 443,
        path: "/".to_owned(),
    }
}

fn clauses(tried: &Tried) -> Vec<&str> {
    let standing = tried.decision.standing();
    standing.map(|reason| reason.clause.number()).collect()
}

#[test]
fn a_page_is_judged_as_for_the_person_and_leaves_no_trace() {
    let information = council::information("walsall").unwrap();
    let now = Timestamp::now();
    let ask = |who: &str, host: &str| {
        let tried = try_page(&information, &PersonId::from(who), &page(host), now);
        tried.unwrap().remove(0)
    };
    let officer = ask("officer", "webmail.example");
    assert_eq!(officer.decision.outcome, Outcome::Refuse);
    assert!(clauses(&officer).contains(&"7.2.16"));
    let approved = ask("approved", "webmail.example");
    assert_ne!(approved.decision.outcome, Outcome::Refuse, "there is leave");
    // However often one tries, no minute counts.
    for _ in 0..200 {
        let again = ask("officer", "webmail.example");
        assert_eq!(again.facts, officer.facts);
    }
    let nobody = PersonId::from("nobody-such");
    let tried = try_page(&information, &nobody, &page("example.org"), now);
    assert!(matches!(tried, Err(NotTried::NobodyKnown)));
}

/// Trying tells a starter what the gates would.
#[test]
fn who_was_granted_nothing_yet_is_told_how_to_ask() {
    for pack in ["walsall", "halton", "chorley"] {
        let information = council::information(pack).unwrap();
        let starter = PersonId::from("starter");
        let page = page("planning.example");
        let tried = try_page(&information, &starter, &page, Timestamp::now());
        let tried = tried.unwrap().remove(0);
        assert_eq!(tried.facts.who.granted, Some(Labels::new()));
        let reason = tried.decision.leading().unwrap();
        let notice = reason.notice.clone().unwrap();
        assert!(notice.contains("ask for it in the console"), "{notice}");
    }
}

#[test]
fn a_message_is_judged_by_what_was_said_of_it() {
    let information = council::information("walsall").unwrap();
    let now = Timestamp::now();
    let register = information.register();
    let officer = register.person("officer").unwrap();
    let message = TriedMessage {
        is_sent: true,
        from: officer.addresses[0].clone(),
        to: vec!["a@one.example".to_owned(), "b@two.example".to_owned()],
        subject: "Minutes".to_owned(),
        text: "Here they are".to_owned(),
        size_bytes: 25_000_000,
        attachments: Labels::from(["document".to_owned()]),
    };
    let who = PersonId::from("officer");
    let tried = try_message(&information, &who, &message, now).unwrap();
    let to: Vec<_> = tried
        .iter()
        .flat_map(|one| one.recipients.clone())
        .collect();
    assert_eq!(to, message.to);
    for one in &tried {
        let Activity::Send(mail) = &one.facts.what else {
            panic!("the officer sends it");
        };
        assert!(mail.size_bytes >= 20_000_000 && mail.attachments.contains("document"));
    }
    let received = TriedMessage {
        is_sent: false,
        from: "a@one.example".to_owned(),
        to: vec![officer.addresses[0].clone()],
        ..message
    };
    let tried = try_message(&information, &who, &received, now).unwrap();
    assert!(matches!(tried[0].facts.what, Activity::Receive(_)));
}
