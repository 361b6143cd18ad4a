//! Against a certified provider. Where Node or its packages are not installed this says so and is
//! skipped, except under CI.

use end_to_end::identity_provider::{CLIENT, IdentityProvider, missing};
use end_to_end::numbered::is_possible;
use end_to_end::temp::Folder;
use jiff::Timestamp;
use sign_in::oidc::{OidcError, Provider, Purpose, Settings};
use sign_in::session::Token;

use crate::lies::{param, settings};

#[tokio::test]
async fn somebody_signs_in_at_a_real_provider() {
    if !is_possible(missing()) {
        return;
    }
    let redirect = settings("", "").redirect;
    let real = IdentityProvider::start(&redirect).unwrap();
    let provider = Provider::new(Settings {
        client_secret: Some(CLIENT.1.to_owned()),
        ..settings(real.issuer(), "preferred_username")
    })
    .unwrap();
    let folder = Folder::new("real-provider").unwrap();
    let cookies = folder.join("cookies");
    let state = Token::new([3; 32]);
    // The provider's clock is the machine's.
    let now = Timestamp::now;

    let asked = provider.ask(&state, Purpose::SignIn, "/", now()).await;
    let (address, pending) = asked.unwrap();
    let back = real.visit(&address, "ann", &cookies).unwrap();
    assert!(back.starts_with(&redirect), "{back}");
    assert_eq!(param(&back, "state"), state.as_str());
    let code = param(&back, "code");
    let name = provider.answer(&code, &pending, now()).await.unwrap();
    assert_eq!(name, "ann@council.example");
    let twice = provider.answer(&code, &pending, now()).await;
    assert!(matches!(twice, Err(OidcError::NotConfirmed)), "{twice:?}");

    // Whoever is signed in there comes straight back; a code is good for whom it was asked only.
    let ask = async || {
        provider
            .ask(&state, Purpose::SignIn, "/", now())
            .await
            .unwrap()
    };
    let (address, _) = ask().await;
    let (_, anothers) = ask().await;
    let back = real.visit(&address, "nobody asks", &cookies).unwrap();
    let stolen = provider
        .answer(&param(&back, "code"), &anothers, now())
        .await;
    assert!(matches!(stolen, Err(OidcError::NotConfirmed)), "{stolen:?}");

    // Before a signature the provider asks again, and says when it did.
    let asked = provider.ask(&state, Purpose::Confirm, "/", now()).await;
    let (address, pending) = asked.unwrap();
    let back = real.visit(&address, "ann", &cookies).unwrap();
    let name = provider
        .answer(&param(&back, "code"), &pending, now())
        .await;
    assert_eq!(name.unwrap(), "ann@council.example");
}
