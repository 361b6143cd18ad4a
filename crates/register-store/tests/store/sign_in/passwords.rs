//! Passwords: issued, changed, reset.

use register_store::signing_in::account::Whose;
use register_store::signing_in::{NextStep, SignInError};
use sign_in::password::NotGoodEnough;

use super::{PASSWORD, client, opened, prepared, second, steps};
use crate::council::{by, hour, id};
use crate::engines::{Database, on_both};

on_both!(an_issued_password_has_to_be_changed, a_password_is_changed,);

const ANOTHER: &str = "violet otter stapler";

async fn an_issued_password_has_to_be_changed(database: Database) {
    let (store, sign_in) = prepared(&database).await;
    let add = |who: &'static str, name: &'static str, password: &'static str| {
        let sign_in = sign_in.clone();
        async move {
            let act = by("it", 0);
            sign_in
                .add_account(&id(who), name, password, Whose::Issued, &act)
                .await
        }
    };
    assert!(matches!(
        add("head", "a b", PASSWORD).await,
        Err(SignInError::Name)
    ));
    assert!(matches!(
        add("head", "", PASSWORD).await,
        Err(SignInError::Name)
    ));
    assert!(matches!(
        add("head", "Ann", PASSWORD).await,
        Err(SignInError::Taken)
    ));
    assert!(matches!(
        add("ann", "other", PASSWORD).await,
        Err(SignInError::Taken)
    ));
    assert!(matches!(
        add("x", "x", PASSWORD).await,
        Err(SignInError::Store(_))
    ));
    let short = add("head", "head", "short").await;
    assert!(matches!(
        short,
        Err(SignInError::NotGoodEnough(NotGoodEnough::Short { .. }))
    ));
    add("head", "head", PASSWORD).await.unwrap();

    let next = sign_in
        .begin("head", PASSWORD, &client(), second(0))
        .await
        .unwrap();
    let NextStep::NewPassword(step) = next else {
        panic!("{next:?}")
    };
    let same = sign_in
        .new_password(&step, PASSWORD, &client(), second(1))
        .await;
    assert!(matches!(
        same,
        Err(SignInError::NotGoodEnough(NotGoodEnough::Used))
    ));
    let opened = sign_in
        .new_password(&step, ANOTHER, &client(), second(2))
        .await
        .unwrap();
    assert_eq!(opened.session.person, id("head"));
    let twice = sign_in
        .new_password(&step, "lantern gravel sofa", &client(), second(3))
        .await;
    assert!(matches!(twice, Err(SignInError::Over)));
    let old = sign_in.begin("head", PASSWORD, &client(), second(4)).await;
    assert!(matches!(old, Err(SignInError::NotRecognised)));
    let new = sign_in
        .begin("head", ANOTHER, &client(), second(5))
        .await
        .unwrap();
    assert!(matches!(new, NextStep::Done(_)));
    let steps = steps(&store).await;
    assert_eq!(
        &steps[2..],
        [
            "add-account",
            "change-password",
            "sign-in",
            "fail",
            "sign-in"
        ]
    );
}

async fn a_password_is_changed(database: Database) {
    let (_, sign_in) = prepared(&database).await;
    let here = opened(&sign_in, "ann", second(0)).await;
    let elsewhere = opened(&sign_in, "ann", second(0)).await;
    let (token, from) = (&here.token, client());
    let wrong = sign_in
        .change_password(token, "wrong", ANOTHER, &from, second(1))
        .await;
    assert!(matches!(wrong, Err(SignInError::NotRecognised)));
    sign_in
        .change_password(token, PASSWORD, ANOTHER, &from, second(2))
        .await
        .unwrap();
    assert!(sign_in.session(token, second(3)).await.unwrap().is_some());
    assert_eq!(
        sign_in.session(&elsewhere.token, second(3)).await.unwrap(),
        None
    );
    let back = sign_in
        .change_password(token, ANOTHER, PASSWORD, &from, second(4))
        .await;
    assert!(matches!(
        back,
        Err(SignInError::NotGoodEnough(NotGoodEnough::Used))
    ));

    let (ann, act) = (id("ann"), by("it", 2));
    let reset = sign_in.reset_password(&ann, "lantern gravel sofa", &act);
    reset.await.unwrap();
    assert_eq!(sign_in.session(token, hour(2)).await.unwrap(), None);
    let next = sign_in
        .begin("ann", "lantern gravel sofa", &from, hour(2))
        .await
        .unwrap();
    assert!(matches!(next, NextStep::NewPassword(_)));
}
