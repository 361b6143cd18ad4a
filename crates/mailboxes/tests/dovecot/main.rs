//! Personal mail in a real Dovecot, by Chorley's policy: listed, and removed after grace unless it has to be
//! kept.
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub)]

mod setting;

use jiff::civil::date;
use mailboxes::round::{Mode, RoundError};
use mailboxes::server::NamedBy;
use matters::hold::{Covers, Hold, Opening};
use matters::incident::{self, Incident};
use matters::personal_mail::{PersonalMail, State};
use register_store::matters_kept::Filter;
use setting::{ADA, BOB, LISTED, Setting, act, day, person};

/// Chorley 4.5.f: two messages are marked as personal and one of them is under a hold; after the time of
/// grace only the other is gone, and the record says so.
#[tokio::test]
async fn what_is_marked_is_listed_and_goes_unless_it_is_held() {
    let Some(setting) = Setting::start().await else {
        return;
    };
    let mut ada = setting.owner(ADA).await;
    ada.put("INBOX", "mum@home.test", ADA, "Sunday lunch", "")
        .await;
    ada.put("INBOX", "court@example.org", ADA, "Your hearing", "")
        .await;
    ada.put("INBOX", "clerk@council.test", ADA, "Minutes", "")
        .await;
    ada.keyword("Sunday lunch", "Personal").await;
    ada.keyword("Your hearing", "$label3").await;
    let tally = setting.round(day(0)).await.unwrap();
    assert_eq!((tally.listed, tally.lists, tally.removed), (2, 1, 0));
    let list = ada.text(LISTED).await.unwrap();
    for said in [
        "2 messages",
        "Sunday lunch",
        "mum@home.test",
        "Your hearing",
        "2026-06-15",
        "chorley-4.5.f",
    ] {
        assert!(list.contains(said), "{said} in {list}");
    }
    assert!(!list.contains("Minutes"), "{list}");
    let held = Opening {
        person: person("ada"),
        covers: Covers {
            with: Some("example.org".to_owned()),
            ..Covers::default()
        },
    };
    let lawyer = act("lara", day(1)).because("The court asked for it");
    setting
        .store
        .open_matter::<Hold>(held, &lawyer)
        .await
        .unwrap();
    let tally = setting.round(day(13)).await.unwrap();
    assert_eq!((tally.removed, tally.kept), (0, 0), "time is not over");
    assert_eq!(ada.subjects("INBOX").await.len(), 5, "three, and two lists");
    // Somebody deleted it and thought better of it: that is for its owner to say.
    ada.flag("Minutes", "\\Deleted").await;
    let said = setting.say(day(14)).await.unwrap();
    assert_eq!((said.removed, said.kept), (1, 1));
    assert_eq!(
        ada.subjects("INBOX").await.len(),
        5,
        "a dry run changes nothing"
    );
    let tally = setting.round(day(14)).await.unwrap();
    assert_eq!((tally.removed, tally.kept, tally.failed), (1, 1, 0));
    assert_eq!(
        ada.subjects("INBOX").await,
        ["Minutes", LISTED, LISTED, "Your hearing"]
    );
    let done = setting
        .store
        .matters::<PersonalMail>(&Filter::default())
        .await
        .unwrap();
    let last = done
        .items
        .iter()
        .find(|kept| kept.matter.state == State::Done)
        .unwrap();
    assert_eq!((last.matter.removed.len(), last.matter.kept), (1, 1));
    let history = setting.store.history(&last.id).await.unwrap();
    let steps: Vec<_> = history.iter().map(|event| event.step.as_str()).collect();
    assert_eq!(steps, ["list", "remind", "begin", "finish"]);
    assert!(
        history
            .iter()
            .all(|event| event.clauses == ["chorley-4.5.f"])
    );
    let written = serde_json::to_string(&history).unwrap();
    assert!(
        !written.contains("lunch") && !written.contains("home.test"),
        "{written}"
    );
}

#[tokio::test]
async fn the_folder_the_tag_and_what_one_declared_oneself_are_personal_and_nothing_else() {
    let Some(setting) = Setting::start().await else {
        return;
    };
    let mut ada = setting.owner(ADA).await;
    let personal = "Sensitivity: Personal\r\n";
    ada.put("Personal", "mum@home.test", ADA, "In the folder", "")
        .await;
    ada.put("Sent", ADA, "mum@home.test", "Declared", personal)
        .await;
    ada.put(
        "Sent",
        "not-ada@council.test",
        ADA,
        "Of somebody else",
        personal,
    )
    .await;
    ada.put(
        "INBOX",
        "stranger@example.org",
        ADA,
        "Private: buy this",
        personal,
    )
    .await;
    ada.make("Projects").await;
    ada.put(
        "Projects",
        "mum@home.test",
        ADA,
        "Not looked for here",
        personal,
    )
    .await;
    let tally = setting.round(day(0)).await.unwrap();
    assert_eq!((tally.listed, tally.mailboxes, tally.without), (2, 2, 3));
    let list = ada.text(LISTED).await.unwrap();
    assert!(
        list.contains("In the folder") && list.contains("Declared"),
        "{list}"
    );
    // Its owner says that it is not personal after all.
    ada.move_to("Personal", "INBOX").await;
    let tally = setting.round(day(14)).await.unwrap();
    assert_eq!(tally.removed, 1);
    assert!(
        ada.subjects("INBOX")
            .await
            .contains(&"In the folder".to_owned())
    );
    assert_eq!(ada.subjects("Sent").await, ["Of somebody else"]);
}

#[tokio::test]
async fn a_list_comes_once_a_week_while_there_is_something_on_it() {
    let Some(setting) = Setting::start().await else {
        return;
    };
    let mut ada = setting.owner(ADA).await;
    ada.put("Personal", "mum@home.test", ADA, "One", "").await;
    let mut lists = Vec::new();
    for at in [0, 1, 3, 6, 7, 8, 13, 14, 15, 20, 21, 22, 29] {
        if at == 3 {
            ada.put("Personal", "mum@home.test", ADA, "Two", "").await;
        }
        if setting.round(day(at)).await.unwrap().lists == 1 {
            lists.push(at);
        }
        // A second round on the same day says nothing again.
        assert_eq!(setting.round(day(at)).await.unwrap().lists, 0);
    }
    // "Two" is first named on day 7, so it goes on day 21.
    assert_eq!(lists, [0, 7, 14]);
    assert_eq!(ada.subjects("INBOX").await, [LISTED, LISTED, LISTED]);
    assert!(ada.subjects("Personal").await.is_empty());
}

#[tokio::test]
async fn while_something_is_looked_into_and_while_somebody_is_away_nothing_goes() {
    let Some(setting) = Setting::start().await else {
        return;
    };
    let (mut ada, mut bob) = (setting.owner(ADA).await, setting.owner(BOB).await);
    ada.put("Personal", "mum@home.test", ADA, "Hers", "").await;
    bob.put("Personal", "mum@home.test", BOB, "His", "").await;
    setting.round(day(0)).await.unwrap();
    let report = incident::Opening {
        kind: incident::Kind::ReportSomeone,
        words: "She runs a shop from her desk".to_owned(),
        happened_at: day(1),
        url: None,
        message_id: None,
        implicated: Some(person("ada")),
        key_sha256: None,
    };
    setting
        .store
        .open_matter::<Incident>(report, &act("cia", day(1)))
        .await
        .unwrap();
    setting
        .absent("bob", date(2026, 6, 10), date(2026, 6, 20))
        .await;
    let tally = setting.round(day(14)).await.unwrap();
    assert_eq!(
        (tally.removed, tally.kept),
        (0, 1),
        "hers has to be kept, his is not due"
    );
    assert_eq!(ada.subjects("Personal").await, ["Hers"]);
    // Back on the 21st: two weeks from then.
    setting.round(day(33)).await.unwrap();
    assert_eq!(bob.subjects("Personal").await, ["His"]);
    let tally = setting.round(day(35)).await.unwrap();
    assert_eq!(tally.removed, 1);
    assert!(bob.subjects("Personal").await.is_empty());
    assert_eq!(ada.subjects("Personal").await, ["Hers"]);
}

/// Killed between the word on the record and the removal, and between the removal and the word that it is
/// done: the next round takes it up, and a hold placed meanwhile is heeded.
#[tokio::test]
async fn a_round_that_was_cut_short_is_taken_up_where_it_stopped() {
    use matters::personal_mail::Step;
    let Some(setting) = Setting::start().await else {
        return;
    };
    let mut ada = setting.owner(ADA).await;
    ada.put("Personal", "mum@home.test", ADA, "One", "").await;
    ada.put("Personal", "court@example.org", ADA, "Two", "")
        .await;
    ada.put("Personal", "dad@home.test", ADA, "Three", "").await;
    setting.round(day(0)).await.unwrap();
    let list = setting.only_list().await;
    let begin = Step::Begin {
        messages: list.matter.messages.clone(),
        kept: 0,
    };
    let rule = Setting::by_itself(day(14));
    setting
        .store
        .take::<PersonalMail>(&list.id, None, begin, &rule)
        .await
        .unwrap();
    ada.flag("One", "\\Deleted").await;
    ada.expunge("Personal").await;
    let held = Opening {
        person: person("ada"),
        covers: Covers {
            with: Some("court@example.org".to_owned()),
            ..Covers::default()
        },
    };
    let lawyer = act("lara", day(14)).because("The court asked for it");
    setting
        .store
        .open_matter::<Hold>(held, &lawyer)
        .await
        .unwrap();
    setting.round(day(14)).await.unwrap();
    assert_eq!(ada.subjects("Personal").await, ["Two"]);
    let list = setting
        .store
        .matter::<PersonalMail>(&list.id)
        .await
        .unwrap();
    assert_eq!(
        (
            list.matter.state,
            list.matter.removed.len(),
            list.matter.kept
        ),
        (State::Done, 2, 1)
    );
}

#[tokio::test]
async fn a_server_that_cannot_be_used_ends_the_round_and_loses_nothing() {
    let Some(mut setting) = Setting::start().await else {
        return;
    };
    let mut ada = setting.owner(ADA).await;
    ada.put("Personal", "mum@home.test", ADA, "Hers", "").await;
    let why = |error: RoundError| {
        let source = std::error::Error::source(&error).unwrap();
        source.to_string()
    };
    let wrong = setting.server("not the password", false, NamedBy::Address);
    let error = setting
        .round_with(&wrong, Mode::Do, day(0))
        .await
        .unwrap_err();
    assert!(
        why(error).contains("does not let the account"),
        "a wrong password is no missing mailbox"
    );
    setting.dovecot.stop();
    let error = setting.round(day(0)).await.unwrap_err();
    assert!(why(error).contains("cannot be reached"));
    setting.dovecot.resume().unwrap();
    assert_eq!(setting.round(day(0)).await.unwrap().listed, 1);
}

#[tokio::test]
async fn over_tls_only_the_server_with_the_right_certificate_is_told_the_password() {
    let Some(setting) = Setting::start().await else {
        return;
    };
    let mut ada = setting.owner(ADA).await;
    ada.put("Personal", "mum@home.test", ADA, "Hers", "").await;
    let encrypted = setting.server(end_to_end::dovecot::PASSWORD, true, NamedBy::Address);
    let tally = setting
        .round_with(&encrypted, Mode::Do, day(0))
        .await
        .unwrap();
    assert_eq!((tally.mailboxes, tally.listed), (2, 1));
    let by_account = setting.server(end_to_end::dovecot::PASSWORD, true, NamedBy::Account);
    let tally = setting
        .round_with(&by_account, Mode::Do, day(7))
        .await
        .unwrap();
    assert_eq!((tally.mailboxes, tally.lists), (2, 1));
    let stranger = setting.server_of_another_authority();
    let error = setting
        .round_with(&stranger, Mode::Do, day(14))
        .await
        .unwrap_err();
    assert!(matches!(error, RoundError::Server(_)));
}
