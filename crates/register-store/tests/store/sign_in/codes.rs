//! One-time codes: asked for, counted, used up.

use register_store::seal::Key;
use register_store::sessions::Method;
use register_store::signing_in::{NextStep, SignIn, SignInError};

use super::{PASSWORD, client, opened, prepared, second, steps};
use crate::council::id;
use crate::engines::{Database, on_both};

on_both!(
    a_code_is_asked_for_and_counts_once,
    a_wrong_code_is_tried_five_times,
);

async fn a_code_is_asked_for_and_counts_once(database: Database) {
    let (store, sign_in) = prepared(&database).await;
    let (ann, at) = (opened(&sign_in, "ann", second(0)).await, second(10));
    let elsewhere = opened(&sign_in, "ann", second(0)).await;
    let secret = sign_in.new_code(&ann.token, at).await.unwrap();
    let wrong = sign_in
        .confirm_code(&ann.token, "000000x", &client(), at)
        .await;
    assert!(matches!(wrong, Err(SignInError::NotRecognised)));
    assert!(!sign_in.has_code(&id("ann")).await.unwrap());
    let code = secret.code(at);
    sign_in
        .confirm_code(&ann.token, &code, &client(), at)
        .await
        .unwrap();
    assert!(sign_in.has_code(&id("ann")).await.unwrap());
    assert_eq!(sign_in.session(&elsewhere.token, at).await.unwrap(), None);
    assert!(sign_in.session(&ann.token, at).await.unwrap().is_some());

    let at = second(60);
    let next = sign_in.begin("ann", PASSWORD, &client(), at).await.unwrap();
    let NextStep::Code(step) = next else {
        panic!("{next:?}")
    };
    let used = sign_in.code(&step, &code, &client(), at).await;
    assert!(
        matches!(used, Err(SignInError::NotRecognised)),
        "it was used to begin with"
    );
    // Of two browsers that give the same code at once, one comes in.
    let next = sign_in.begin("ann", PASSWORD, &client(), at).await.unwrap();
    let NextStep::Code(other_step) = next else {
        panic!("{next:?}")
    };
    let other = SignIn::new(database.open().await, Key::new([7; 32]).unwrap());
    let code = secret.code(at);
    let from = client();
    let (one, two) = tokio::join!(
        sign_in.code(&step, &code, &from, at),
        other.code(&other_step, &code, &from, at),
    );
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    let done = one.or(two).unwrap();
    let NextStep::Done(opened) = done else {
        panic!("{done:?}")
    };
    assert_eq!(opened.session.method, Method::PasswordAndCode);

    sign_in
        .drop_code(&opened.token, &client(), at)
        .await
        .unwrap();
    assert!(!sign_in.has_code(&id("ann")).await.unwrap());
    let steps = steps(&store).await;
    for step in ["set-code", "drop-code", "fail"] {
        assert!(steps.iter().any(|other| other == step), "{step}");
    }
}

async fn a_wrong_code_is_tried_five_times(database: Database) {
    let (_, sign_in) = prepared(&database).await;
    let ann = opened(&sign_in, "ann", second(0)).await;
    let secret = sign_in.new_code(&ann.token, second(0)).await.unwrap();
    let code = secret.code(second(0));
    sign_in
        .confirm_code(&ann.token, &code, &client(), second(0))
        .await
        .unwrap();
    let at = |n: i64| second(90 + 30 * n);
    let next = sign_in
        .begin("ann", PASSWORD, &client(), at(0))
        .await
        .unwrap();
    let NextStep::Code(step) = next else {
        panic!("{next:?}")
    };
    for n in 0..5 {
        let wrong = sign_in.code(&step, "no code", &client(), at(n)).await;
        assert!(matches!(wrong, Err(SignInError::NotRecognised)), "{n}");
    }
    let good = sign_in
        .code(&step, &secret.code(at(6)), &client(), at(6))
        .await;
    assert!(matches!(good, Err(SignInError::Over)));
    // The step is good for ten minutes.
    let next = sign_in
        .begin("ann", PASSWORD, &client(), at(7))
        .await
        .unwrap();
    let NextStep::Code(step) = next else {
        panic!("{next:?}")
    };
    let good = sign_in
        .code(&step, &secret.code(at(27)), &client(), at(27))
        .await;
    assert!(matches!(good, Err(SignInError::Over)));
}
