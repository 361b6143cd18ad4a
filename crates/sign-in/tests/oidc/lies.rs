//! What is not believed, whoever says it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::Sha256;
use sign_in::oidc::{OidcError, Pending, Provider, Purpose, Settings};
use sign_in::session::Token;

use crate::liar::{Liar, unsigned};

const SECRET: &str = "a secret we share";

pub fn settings(issuer: &str, claim: &str) -> Settings {
    Settings {
        title: "your council account".to_owned(),
        issuer: issuer.to_owned(),
        client_id: "probity".to_owned(),
        client_secret: Some(SECRET.to_owned()),
        redirect: "http://127.0.0.1:1/sign-in/return".to_owned(),
        claim: claim.to_owned(),
        scopes: vec!["profile".to_owned()],
    }
}

pub fn param(address: &str, name: &str) -> String {
    let query = address.split_once('?').unwrap().1;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).unwrap().1.to_owned()
}

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

struct Asked {
    liar: Liar,
    provider: Provider,
    pending: Pending,
    claims: Value,
}

impl Asked {
    async fn for_purpose(purpose: Purpose) -> Self {
        let liar = Liar::start();
        let provider = Provider::new(settings(&liar.issuer, "sub")).unwrap();
        let state = Token::new([5; 32]);
        let asked = provider.ask(&state, purpose, "/sign/AC-1", now()).await;
        let (address, pending) = asked.unwrap();
        assert_eq!(param(&address, "state"), state.as_str());
        assert_eq!(param(&address, "response_type"), "code");
        assert_eq!(param(&address, "code_challenge_method"), "S256");
        assert_eq!(pending.return_to(), "/sign/AC-1");
        let at = now().as_second();
        let claims = json!({
            "iss": liar.issuer, "aud": "probity", "sub": "ann", "nonce": param(&address, "nonce"),
            "iat": at, "exp": at + 300, "auth_time": at,
        });
        Self {
            liar,
            provider,
            pending,
            claims,
        }
    }

    async fn answer(&self) -> Result<String, OidcError> {
        self.provider.answer("a code", &self.pending, now()).await
    }

    /// What becomes of a token with other claims.
    async fn with(&self, others: Value) -> Result<String, OidcError> {
        let mut claims = self.claims.clone();
        for (name, value) in others.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        self.liar.gives_token(&self.liar.sign(&claims));
        self.answer().await
    }
}

#[track_caller]
fn untrusted(what: &str, answer: Result<String, OidcError>) {
    assert!(
        matches!(answer, Err(OidcError::Untrusted(_))),
        "{what}: {answer:?}"
    );
}

#[tokio::test]
async fn what_holds_is_believed() {
    let asked = Asked::for_purpose(Purpose::SignIn).await;
    let at = now().as_second();
    for others in [
        json!({}),
        json!({ "exp": at - 30 }),
        json!({ "iat": at + 30 }),
        json!({ "auth_time": null }),
        json!({ "aud": ["probity"] }),
    ] {
        let answer = asked.with(others.clone()).await;
        assert_eq!(answer.unwrap(), "ann", "{others}");
    }
    // The proof that it was we who asked goes with the code.
    let sent = asked.liar.asked().pop().unwrap();
    assert!(
        sent.contains("code=a+code") && sent.contains("code_verifier="),
        "{sent}"
    );
}

#[tokio::test]
async fn what_does_not_hold_is_not_believed() {
    let asked = Asked::for_purpose(Purpose::SignIn).await;
    let at = now().as_second();
    for others in [
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "aud": "another" }),
        json!({ "aud": ["probity", "another"] }),
        json!({ "aud": [] }),
        json!({ "iss": "https://id.evil.example" }),
        json!({ "exp": at - 61 }),
        json!({ "iat": at + 61 }),
    ] {
        untrusted(&others.to_string(), asked.with(others).await);
    }
    for others in [
        json!({ "exp": null }),
        json!({ "iss": null }),
        json!({ "sub": 7 }),
    ] {
        assert!(asked.with(others.clone()).await.is_err(), "{others}");
    }
}

#[tokio::test]
async fn a_signature_is_the_providers_or_none() {
    let asked = Asked::for_purpose(Purpose::SignIn).await;
    let good = asked.liar.sign(&asked.claims);
    let [header, _, signature] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let mut claims = asked.claims.clone();
    claims["sub"] = json!("head");
    let changed = unsigned(&json!({}), &claims);
    let changed = changed.split_once('.').unwrap().1;
    let none = unsigned(&json!({ "alg": "none" }), &claims);
    let shared = unsigned(&json!({ "alg": "HS256" }), &claims);
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(shared.as_bytes());
    let mac = data_encoding::BASE64URL_NOPAD.encode(&mac.finalize().into_bytes());
    for (what, token) in [
        ("tampered", format!("{header}.{changed}.{signature}")),
        ("alg none", format!("{none}.")),
        ("alg none, with a signature", format!("{none}.{signature}")),
        ("our own secret", format!("{shared}.{mac}")),
        ("cut", good[..good.len() - 4].to_owned()),
    ] {
        asked.liar.gives_token(&token);
        let answer = asked.answer().await;
        let refused = matches!(
            answer,
            Err(OidcError::Untrusted(_) | OidcError::Unavailable(_))
        );
        assert!(refused, "{what}: {answer:?}");
    }
    // Another's key under a name of its own.
    let other = Liar::start();
    other.rotate("first");
    asked.liar.gives_token(&other.sign(&asked.claims));
    untrusted("another's key", asked.answer().await);
    other.rotate("unknown");
    asked.liar.gives_token(&other.sign(&asked.claims));
    untrusted("a key nobody knows", asked.answer().await);
}

#[tokio::test]
async fn keys_change_while_we_run() {
    let asked = Asked::for_purpose(Purpose::SignIn).await;
    assert_eq!(asked.with(json!({})).await.unwrap(), "ann");
    asked.liar.rotate("second");
    assert_eq!(asked.with(json!({})).await.unwrap(), "ann");
    let keys = asked.liar.asked();
    assert_eq!(
        keys.iter().filter(|path| path.starts_with("/keys")).count(),
        2
    );
}

#[tokio::test]
async fn a_fresh_proof_is_fresh() {
    let asked = Asked::for_purpose(Purpose::Confirm).await;
    let at = now().as_second();
    assert_eq!(asked.with(json!({})).await.unwrap(), "ann");
    untrusted("old", asked.with(json!({ "auth_time": at - 61 })).await);
    untrusted("unsaid", asked.with(json!({ "auth_time": null })).await);
}

#[tokio::test]
async fn a_name_is_a_text_of_some_length() {
    let liar = Asked::for_purpose(Purpose::SignIn).await;
    let provider = Provider::new(settings(&liar.liar.issuer, "upn")).unwrap();
    for (upn, known) in [
        (json!("ann@council.example"), true),
        (json!("x".repeat(256)), true),
        (json!("x".repeat(257)), false),
        (json!(" "), false),
        (json!(7), false),
        (json!(["ann"]), false),
        (Value::Null, false),
    ] {
        let mut claims = liar.claims.clone();
        claims["upn"] = upn.clone();
        liar.liar.gives_token(&liar.liar.sign(&claims));
        let answer = provider.answer("code", &liar.pending, now()).await;
        match answer {
            Ok(name) => assert!(known && json!(name) == upn),
            Err(OidcError::NoName { claim }) => assert!(!known && claim == "upn", "{upn}"),
            Err(other) => panic!("{upn}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn nonsense_is_bounded() {
    let asked = Asked::for_purpose(Purpose::SignIn).await;
    let refused = json!({ "error": "invalid_grant" }).to_string();
    asked.liar.gives("400 Bad Request", "", refused);
    assert!(matches!(asked.answer().await, Err(OidcError::NotConfirmed)));
    let long = "x".repeat(5_000);
    let answer = asked.provider.answer(&long, &asked.pending, now()).await;
    assert!(matches!(answer, Err(OidcError::NotConfirmed)));
    for (status, header, body) in [
        ("200 OK", "", "x".repeat(1 << 20)),
        ("200 OK", "", "not json".to_owned()),
        ("200 OK", "", "{}".to_owned()),
        ("200 OK", "", "[".repeat(100_000)),
        (
            "302 Found",
            "location: http://127.0.0.1:1/\r\n",
            String::new(),
        ),
        ("500 No", "", String::new()),
    ] {
        asked.liar.gives(status, header, body);
        let answer = asked.answer().await;
        assert!(
            matches!(answer, Err(OidcError::Unavailable(_))),
            "{status}: {answer:?}"
        );
    }
    // Nobody there.
    let away = Provider::new(settings("http://127.0.0.1:1", "sub")).unwrap();
    let later = now() + SignedDuration::from_hours(2);
    let ask = away
        .ask(&Token::new([1; 32]), Purpose::SignIn, "/", later)
        .await;
    assert!(matches!(ask, Err(OidcError::Unavailable(_))));
}
