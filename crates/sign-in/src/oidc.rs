//! The council's own sign-in: a client of one OpenID Connect provider (OpenID Connect Core 1.0,
//! Discovery 1.0; authorization code with PKCE, RFC 7636).
//!
//! [`Provider::ask`] gives the address to send somebody to and what has to be remembered until they
//! come back; [`Provider::answer`] takes the code they come back with, and gives the name the
//! provider vouches for. Whose name that is, and whether they may come in, is decided elsewhere:
//! nobody gets an account here.
//!
//! What a provider sends is bounded in size and time, comes over TLS (or from this machine), and
//! redirects are not followed.

mod http;

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreJwsSigningAlgorithm,
    CoreProviderMetadata,
};
use openidconnect::url::{Host, Url};
use openidconnect::{
    AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, SignatureVerificationError, TokenResponse as _,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::session::Token;
use http::Http;

/// The provider's clock and ours may differ by this.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// What the provider says of itself, its keys among it, is asked for again after this.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Longest name taken from a claim, in bytes.
const LONGEST_NAME: usize = 256;

/// Longest code a browser brings, in bytes: providers put whole tokens into it.
const LONGEST_CODE: usize = 4_096;

/// Longest path to come back to, in bytes.
const LONGEST_PATH: usize = 1_024;

/// Signatures taken: those by a key only the provider has. `none`, and those made with our own
/// secret, are not among them, whatever the provider says of itself.
const SIGNED_BY: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// `[sign_in.provider]` of the configuration.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What the button says after *Sign in with*.
    pub title: String,
    /// The provider's address, as its tokens name it.
    pub issuer: String,
    /// What the provider knows us by.
    pub client_id: String,
    /// The secret we share with it; none for a public client.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// Where the provider sends people back to: the console's address with `/sign-in/return`.
    pub redirect: String,
    /// The claim that holds somebody's sign-in name in the register. Choose one people cannot set
    /// for themselves.
    #[serde(default = "subject")]
    pub claim: String,
    /// Scopes to ask for beside `openid`.
    #[serde(default)]
    pub scopes: Vec<String>,
}

fn subject() -> String {
    "sub".to_owned()
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Not an address, or one whose traffic others can read.
    #[error("`{key}` is `{value}`; write an address that begins with https://")]
    Address {
        /// Which key.
        key: &'static str,
        /// What it is.
        value: String,
    },
    /// No certificates to tell the provider by.
    #[error("this machine's certificates cannot be read; install ca-certificates")]
    Certificates(#[source] std::io::Error),
}

/// Why a provider's answer is not taken.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// It does not answer, or not with what the standard says.
    #[error("the council's sign-in does not answer as it should; try again in a moment")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It does not take the code: an old one, or one it gave to somebody else.
    #[error("the council's sign-in did not confirm this; sign in again")]
    NotConfirmed,
    /// What it says does not hold: signature, issuer, audience, nonce, or time.
    #[error("the council's sign-in gave an answer that cannot be trusted; tell the service desk")]
    Untrusted(#[source] ClaimsVerificationError),
    /// It says who, but not by the claim that is configured.
    #[error("the council's sign-in did not say `{claim}`; tell the service desk")]
    NoName {
        /// The claim.
        claim: String,
    },
}

impl OidcError {
    fn unavailable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(error.into())
    }
}

/// What somebody is sent to the provider for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To sign in. Who is signed in there already need do nothing.
    SignIn,
    /// To prove now who they are, before a signature.
    Confirm,
}

/// What has to be remembered until the provider answers. A secret.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pending {
    nonce: String,
    verifier: String,
    purpose: Purpose,
    asked_at: Timestamp,
    return_to: String,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending")
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

impl Pending {
    /// The path on our own pages that somebody was on the way to.
    pub fn return_to(&self) -> &str {
        &self.return_to
    }

    /// What they were sent for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }
}

/// The provider, as the settings name it.
#[derive(Debug)]
pub struct Provider {
    settings: Settings,
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    http: Http,
    known: Mutex<Option<(Timestamp, CoreProviderMetadata)>>,
}

impl Provider {
    /// Reads settings. Nothing is asked of the provider yet, so it may be away now.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let issuer = secure("issuer", &settings.issuer)?;
        secure("redirect", &settings.redirect)?;
        let wrong = |key, value: &str| SettingsError::Address {
            key,
            value: value.to_owned(),
        };
        Ok(Self {
            http: Http::new(is_here(&issuer)).map_err(SettingsError::Certificates)?,
            issuer: IssuerUrl::new(settings.issuer.clone())
                .map_err(|_| wrong("issuer", &settings.issuer))?,
            redirect: RedirectUrl::new(settings.redirect.clone())
                .map_err(|_| wrong("redirect", &settings.redirect))?,
            known: Mutex::default(),
            settings,
        })
    }

    /// What the button says after *Sign in with*.
    pub fn title(&self) -> &str {
        &self.settings.title
    }

    /// The address to send somebody to, and what has to be remembered under `state`. `return_to` is
    /// where they go after that: a path on our own pages, or the first page if it is not one.
    pub async fn ask(
        &self,
        state: &Token,
        purpose: Purpose,
        return_to: &str,
        at: Timestamp,
    ) -> Result<(String, Pending), OidcError> {
        let client = self.client(self.metadata(at).await?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let state = CsrfToken::new(state.as_str().to_owned());
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let scopes = self.settings.scopes.iter().cloned().map(Scope::new);
        let mut request = client
            .authorize_url(flow, move || state, Nonce::new_random)
            .add_scopes(scopes)
            .set_pkce_challenge(challenge);
        if purpose == Purpose::Confirm {
            request = request
                .add_prompt(CoreAuthPrompt::Login)
                .set_max_age(std::time::Duration::ZERO);
        }
        let (address, _, nonce) = request.url();
        let pending = Pending {
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
            purpose,
            asked_at: at,
            return_to: own_path(return_to).to_owned(),
        };
        Ok((address.into(), pending))
    }

    /// The sign-in name the provider vouches for, against the code somebody came back with.
    pub async fn answer(
        &self,
        code: &str,
        pending: &Pending,
        at: Timestamp,
    ) -> Result<String, OidcError> {
        if code.len() > LONGEST_CODE {
            return Err(OidcError::NotConfirmed);
        }
        let metadata = self.metadata(at).await?;
        let token = self.exchange(metadata.clone(), code, pending).await?;
        let verified = match self.verify(metadata, &token, pending, at) {
            // The provider has new keys.
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                *self.known.lock().await = None;
                self.verify(self.metadata(at).await?, &token, pending, at)
            }
            verified => verified,
        };
        verified.map_err(OidcError::Untrusted)?;
        let claim = &self.settings.claim;
        claim_of(&token.to_string(), claim).ok_or_else(|| OidcError::NoName {
            claim: claim.clone(),
        })
    }

    async fn exchange(
        &self,
        metadata: CoreProviderMetadata,
        code: &str,
        pending: &Pending,
    ) -> Result<CoreIdToken, OidcError> {
        use openidconnect::RequestTokenError::ServerResponse;
        let response = self
            .client(metadata)
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(OidcError::unavailable)?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.clone()))
            .request_async(&self.http)
            .await
            .map_err(|error| match error {
                ServerResponse(_) => OidcError::NotConfirmed,
                other => OidcError::unavailable(other),
            })?;
        let token = response.id_token();
        token
            .cloned()
            .ok_or_else(|| OidcError::unavailable("there is no id_token in the provider's answer"))
    }

    /// Whether a token is the provider's, for us, for this question, and of now.
    fn verify(
        &self,
        metadata: CoreProviderMetadata,
        token: &CoreIdToken,
        pending: &Pending,
        at: Timestamp,
    ) -> Result<(), ClaimsVerificationError> {
        let second = at.as_second();
        let skew = SKEW.as_secs();
        let Some(lenient) = chrono::DateTime::from_timestamp(second - skew, 0) else {
            return Err(ClaimsVerificationError::Other("no such time".to_owned()));
        };
        let client = self.client(metadata);
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(SIGNED_BY)
            .set_time_fn(move || lenient)
            .set_issue_time_verifier_fn(move |issued| match issued.timestamp() <= second + skew {
                true => Ok(()),
                false => Err("issued in the future".to_owned()),
            })
            .set_auth_time_verifier_fn(|authenticated| match authenticated {
                _ if pending.purpose == Purpose::SignIn => Ok(()),
                Some(time) if time.timestamp() >= pending.asked_at.as_second() - skew => Ok(()),
                _ => Err("not since it was asked for".to_owned()),
            });
        let nonce = Nonce::new(pending.nonce.clone());
        token.claims(&verifier, &nonce).map(drop)
    }

    /// What the provider says of itself, asked for if that is too long ago.
    async fn metadata(&self, at: Timestamp) -> Result<CoreProviderMetadata, OidcError> {
        let mut known = self.known.lock().await;
        if let Some((asked_at, metadata)) = &*known
            && at.duration_since(*asked_at).abs() < KNOWN_FOR
        {
            return Ok(metadata.clone());
        }
        let metadata = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http)
            .await
            .map_err(OidcError::unavailable)?;
        *known = Some((at, metadata.clone()));
        Ok(metadata)
    }

    fn client(&self, metadata: CoreProviderMetadata) -> Client {
        let id = ClientId::new(self.settings.client_id.clone());
        let secret = self.settings.client_secret.clone().map(ClientSecret::new);
        CoreClient::from_provider_metadata(metadata, id, secret)
            .set_redirect_uri(self.redirect.clone())
    }
}

/// A client as a provider's metadata make it: they may leave out where tokens are to be had.
type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// An address whose traffic only its two ends can read.
fn secure(key: &'static str, address: &str) -> Result<Url, SettingsError> {
    let url = Url::parse(address).ok();
    url.filter(|url| url.scheme() == "https" || is_here(url))
        .ok_or_else(|| SettingsError::Address {
            key,
            value: address.to_owned(),
        })
}

/// Whether an address is plain HTTP to this machine.
fn is_here(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(v4)) => v4.is_loopback(),
        Some(Host::Ipv6(v6)) => v6.is_loopback(),
        None => false,
    };
    loopback && url.scheme() == "http"
}

/// A path on our own pages; the first page in place of what a browser would take for another's.
fn own_path(path: &str) -> &str {
    let mut signs = path.chars();
    let begins = signs.next() == Some('/') && !matches!(signs.next(), Some('/' | '\\'));
    let plain = path
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    match begins && plain && path.len() <= LONGEST_PATH {
        true => path,
        false => "/",
    }
}

/// A claim of a token that was verified, if it is a text somebody can be known by.
fn claim_of(token: &str, claim: &str) -> Option<String> {
    let payload = token.split('.').nth(1)?;
    let payload = data_encoding::BASE64URL_NOPAD
        .decode(payload.as_bytes())
        .ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&payload).ok()?;
    let name = claims.get(claim)?.as_str()?;
    let fits = !name.trim().is_empty() && name.len() <= LONGEST_NAME;
    fits.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_are_come_back_to() {
        for own in ["/", "/requests/AR-7F3K-29QD?page=2#x"] {
            assert_eq!(own_path(own), own);
        }
        let long = format!("/{}", "x".repeat(LONGEST_PATH));
        for other in [
            "",
            "x",
            "//evil.example",
            "/\\evil",
            "https://evil",
            "/a\nb",
            "/é",
            &long,
        ] {
            assert_eq!(own_path(other), "/", "{other}");
        }
    }

    #[test]
    fn a_provider_is_asked_over_tls_or_on_this_machine() {
        for good in [
            "https://id.council.example",
            "http://127.0.0.1:9",
            "http://[::1]:9",
        ] {
            assert!(secure("issuer", good).is_ok(), "{good}");
        }
        for bad in [
            "http://id.council.example",
            "http://localhost.evil.example",
            "x",
            "file:///",
        ] {
            assert!(secure("issuer", bad).is_err(), "{bad}");
        }
    }
}
