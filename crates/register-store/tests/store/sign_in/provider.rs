//! The council's own sign-in: what is awaited, and whom it may vouch for.

use register_store::sessions::Method;
use register_store::signing_in::SignInError;
use sign_in::session::Token;

use super::{client, prepared, second};
use crate::council::{by, hr_feed, id, person};
use crate::engines::{Database, on_both};

on_both!(
    a_provider_is_awaited_once,
    a_provider_vouches_for_people_we_know,
);

async fn a_provider_is_awaited_once(database: Database) {
    let (_, sign_in) = prepared(&database).await;
    let [state, other] = [Token::new([1; 32]), Token::new([2; 32])];
    for token in [&state, &other] {
        let from = client();
        let waits = sign_in.await_provider(token, &"what was asked", &from, second(0));
        waits.await.unwrap();
    }
    let answered = async |state: &Token, cookie: &Token, at| {
        sign_in.provider_answered::<String>(state, cookie, at).await
    };
    let foreign = answered(&state, &other, second(1)).await;
    assert!(
        matches!(foreign, Err(SignInError::Over)),
        "another browser's"
    );
    assert_eq!(
        answered(&state, &state, second(1)).await.unwrap(),
        "what was asked"
    );
    let twice = answered(&state, &state, second(1)).await;
    assert!(matches!(twice, Err(SignInError::Over)), "replayed");
    let late = answered(&other, &other, second(600)).await;
    assert!(matches!(late, Err(SignInError::Over)), "too late");
}

async fn a_provider_vouches_for_people_we_know(database: Database) {
    let (store, sign_in) = prepared(&database).await;
    let from = client();
    let vouched = async |account: &str, current: Option<&Token>, at: i64| {
        sign_in
            .with_provider(account, current, &from, second(at))
            .await
    };
    for nobody in ["nobody", "", "ann@elsewhere.example"] {
        let refused = vouched(nobody, None, 0).await;
        assert!(
            matches!(refused, Err(SignInError::NotRecognised)),
            "{nobody}"
        );
    }
    // No local account is needed, only a place in the register.
    let head = vouched("HEAD", None, 1).await.unwrap();
    assert_eq!(head.session.person, id("head"));
    assert_eq!(head.session.method, Method::Provider);
    let again = vouched("head", Some(&head.token), 700).await.unwrap();
    assert_eq!(again.session.name, head.session.name);
    assert_eq!(again.session.times.authenticated_at, second(700));
    assert_eq!(
        sign_in.session(&head.token, second(700)).await.unwrap(),
        None
    );
    let other = vouched("ann", Some(&again.token), 701).await;
    assert!(
        matches!(other, Err(SignInError::NotRecognised)),
        "somebody else's sign-in"
    );
    // Of two with one name nobody knows which it is.
    let mut twin = person("bob");
    twin.accounts.push("Ann".to_owned());
    store.put_person(twin, &hr_feed(1)).await.unwrap();
    assert!(matches!(
        vouched("ann", None, 702).await,
        Err(SignInError::NotRecognised)
    ));
    sign_in
        .disable_account(&id("bob"), &by("it", 1))
        .await
        .unwrap();
    assert!(matches!(
        vouched("bob", None, 703).await,
        Err(SignInError::NotRecognised)
    ));
}
