//! Sign-ins that hold: confirmed before a signature, listed, ended.

use jiff::SignedDuration;
use matters::event::Actor;
use matters::people::Employment;
use register_store::drafts::{Answers, DraftKey};
use register_store::signing_in::SignInError;
use register_store::signing_in::held::Proof;

use super::{PASSWORD, client, events, opened, prepared, second, steps};
use crate::council::{by, hour, hr_feed, id, person};
use crate::engines::{Database, on_both};

on_both!(
    a_signature_wants_a_fresh_proof,
    a_session_ends_by_itself,
    a_session_ends_with_the_person,
    sessions_are_listed_and_ended,
);

async fn a_signature_wants_a_fresh_proof(database: Database) {
    let (store, sign_in) = prepared(&database).await;
    let first = opened(&sign_in, "ann", second(0)).await;
    let (from, at) = (client(), second(10 * 60));
    assert!(matches!(
        sign_in.new_code(&first.token, at).await,
        Err(SignInError::NotFresh)
    ));
    let wrong = Proof::Password("wrong");
    let wrong = sign_in
        .re_authenticate(&first.token, wrong, &from, at)
        .await;
    assert!(matches!(wrong, Err(SignInError::NotRecognised)));
    let code = Proof::Code("123456");
    let code = sign_in.re_authenticate(&first.token, code, &from, at).await;
    assert!(
        matches!(code, Err(SignInError::NotRecognised)),
        "there is no app"
    );
    let proof = Proof::Password(PASSWORD);
    let second_token = sign_in
        .re_authenticate(&first.token, proof, &from, at)
        .await
        .unwrap();
    // Another token, the same sign-in; the one before is worth nothing.
    assert_eq!(second_token.session.name, first.session.name);
    assert_eq!(sign_in.session(&first.token, at).await.unwrap(), None);
    let session = sign_in
        .session(&second_token.token, at)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(session.times.authenticated_at, at);
    assert_eq!(session.times.signed_in_at, second(0));

    let secret = sign_in.new_code(&second_token.token, at).await.unwrap();
    let code = secret.code(at);
    sign_in
        .confirm_code(&second_token.token, &code, &from, at)
        .await
        .unwrap();
    let at = second(20 * 60);
    let code = secret.code(at);
    let proof = Proof::Code(&code);
    let third = sign_in
        .re_authenticate(&second_token.token, proof, &from, at)
        .await
        .unwrap();
    let again = sign_in
        .re_authenticate(&third.token, proof, &from, at)
        .await;
    assert!(
        matches!(again, Err(SignInError::NotRecognised)),
        "a code counts once"
    );
    let confirmed = steps(&store).await;
    assert_eq!(
        confirmed.iter().filter(|step| *step == "confirm").count(),
        2
    );
}

async fn a_session_ends_by_itself(database: Database) {
    let (_, sign_in) = prepared(&database).await;
    let minute = |n: i64| second(60 * n);
    let idle = opened(&sign_in, "ann", minute(0)).await;
    let used = opened(&sign_in, "bob", minute(0)).await;
    for n in 1..=24 {
        let found = sign_in.session(&used.token, minute(25 * n)).await.unwrap();
        // Ten hours are 24 times 25 minutes.
        assert_eq!(found.is_some(), n < 24, "{n}");
    }
    assert_eq!(
        sign_in.session(&idle.token, minute(30)).await.unwrap(),
        None
    );
}

async fn a_session_ends_with_the_person(database: Database) {
    let (store, sign_in) = prepared(&database).await;
    let here = opened(&sign_in, "ann", second(0)).await;
    let mut ann = person("ann");
    ann.employed = vec![Employment {
        from: "2020-01-01".parse().unwrap(),
        until: Some("2026-03-02".parse().unwrap()),
    }];
    store.put_person(ann, &hr_feed(1)).await.unwrap();
    assert!(
        sign_in
            .session(&here.token, second(1))
            .await
            .unwrap()
            .is_some(),
        "the last day"
    );
    let late = hour(8);
    let evening = opened(&sign_in, "ann", late).await;
    let mut ann = person("ann");
    ann.employed = vec![Employment {
        from: "2020-01-01".parse().unwrap(),
        until: Some("2026-03-01".parse().unwrap()),
    }];
    store.put_person(ann, &hr_feed(9)).await.unwrap();
    let at = late + SignedDuration::from_mins(1);
    let (person, flow) = (&id("ann"), "ask");
    let draft = DraftKey {
        id: "d",
        person,
        flow,
    };
    store
        .begin_draft(draft, &Answers::new(), late)
        .await
        .unwrap();
    assert_eq!(sign_in.session(&evening.token, at).await.unwrap(), None);
    // What they had begun goes with it.
    assert_eq!(store.drafts_left(at).await.unwrap(), [""; 0]);
    let last = events(&store).await.pop().unwrap().event;
    assert_eq!(
        (last.step.as_str(), &last.act.actor),
        ("sign-out", &Actor::Rule("ceased".to_owned()))
    );
}

async fn sessions_are_listed_and_ended(database: Database) {
    let (store, sign_in) = prepared(&database).await;
    let mut tokens = Vec::new();
    for n in 0..25 {
        tokens.push(opened(&sign_in, "ann", second(n)).await);
    }
    let bob = opened(&sign_in, "bob", second(30)).await;
    let mine = sign_in.sessions(&id("ann"), second(40)).await.unwrap();
    assert_eq!(mine.len(), 20);
    assert_eq!(mine[0], tokens[24].session);
    assert_eq!(
        sign_in.session(&tokens[4].token, second(40)).await.unwrap(),
        None
    );

    // Nobody ends another's by its name.
    let act = by("ann", 2);
    sign_in.end_session(&id("ann"), "\0", &act).await.unwrap();
    sign_in
        .end_session(&id("ann"), &bob.session.name, &act)
        .await
        .unwrap();
    sign_in
        .end_session(&id("ann"), &mine[0].name, &act)
        .await
        .unwrap();
    assert!(
        sign_in
            .session(&bob.token, second(41))
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(
        sign_in
            .sessions(&id("ann"), second(41))
            .await
            .unwrap()
            .len(),
        19
    );
    sign_in.sign_out_everywhere(&id("ann"), &act).await.unwrap();
    assert_eq!(sign_in.sessions(&id("ann"), second(41)).await.unwrap(), []);
    let ended = steps(&store)
        .await
        .iter()
        .filter(|step| *step == "sign-out")
        .count();
    assert_eq!(ended, 20);
}
