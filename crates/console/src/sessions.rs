//! Who a cookie stands for, and how somebody signs in. How sign-ins are kept, and what they cost
//! whoever guesses, is `register_store`'s business; what a provider's answer proves, `sign_in`'s.

use std::net::IpAddr;

use jiff::Timestamp;
use matters::id::PersonId;
use policy::people;
use register_store::sessions::Session;
use register_store::signing_in::{SignIn, SignInError};
use sign_in::oidc::Provider;
use sign_in::session::{Times, Token};

use crate::failure::Failure;
use crate::once::random;

pub(crate) mod caller;
pub(crate) mod cookie;

/// A sign-in that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub person: PersonId,
    /// A name for this sign-in that is not its secret. Form tokens are bound to it.
    pub session: String,
    /// When the person last proved who they are.
    pub authenticated_at: Timestamp,
}

impl SignedIn {
    /// Whether the person proved who they are recently enough to sign something.
    pub fn is_fresh(&self, rules: &people::Sessions, at: Timestamp) -> bool {
        let proved = self.authenticated_at;
        let times = Times {
            signed_in_at: proved,
            authenticated_at: proved,
            seen_at: proved,
        };
        times.is_fresh(rules, at)
    }
}

impl From<Session> for SignedIn {
    fn from(session: Session) -> Self {
        Self {
            person: session.person,
            session: session.name,
            authenticated_at: session.times.authenticated_at,
        }
    }
}

/// Signing in, and the sign-ins that hold.
#[derive(Debug)]
pub struct Sessions {
    /// By name and password, and what is kept.
    pub sign_in: SignIn,
    /// The council's own sign-in, where there is one.
    pub provider: Option<Provider>,
    proxies: Vec<IpAddr>,
}

impl Sessions {
    pub(crate) fn new(sign_in: SignIn, provider: Option<Provider>, proxies: Vec<IpAddr>) -> Self {
        let proxies = proxies.iter().map(IpAddr::to_canonical).collect();
        Self {
            sign_in,
            provider,
            proxies,
        }
    }

    /// The sign-in a cookie stands for, if it still holds. Counts as use.
    pub(crate) async fn find(
        &self,
        token: &Token,
        at: Timestamp,
    ) -> Result<Option<SignedIn>, Failure> {
        let found = self.sign_in.session(token, at).await?;
        Ok(found.map(SignedIn::from))
    }
}

/// A token nobody had before.
pub(crate) fn token() -> Result<Token, Failure> {
    let mut bytes = [0; 32];
    random(&mut bytes)?;
    Ok(Token::new(bytes))
}

/// How long to wait, in words.
pub(crate) fn wait_in_words(wait: jiff::SignedDuration) -> String {
    let minutes = wait.as_secs().max(1).unsigned_abs().div_ceil(60);
    let unit = if minutes == 1 { "minute" } else { "minutes" };
    format!("There were too many attempts. Wait {minutes} {unit} and try again")
}

/// What is wrong with what somebody typed, as an error at its field; anything else is the page's.
/// `wrong` is said where it is not to be told what exactly is wrong.
pub(crate) fn in_words(error: SignInError, wrong: &str) -> Result<String, Failure> {
    match error {
        SignInError::NotRecognised => Ok(wrong.to_owned()),
        SignInError::Wait(wait) => Ok(wait_in_words(wait)),
        SignInError::NotGoodEnough(why) => Ok(crate::form::capital(&why.to_string())),
        other => Err(other.into()),
    }
}

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Store(error) => error.into(),
            SignInError::NotFresh => Self::NotFresh,
            // The sign-in ended between the door and the act.
            SignInError::Over => Self::OldForm,
            SignInError::NoAccount(_) => Self::NotFound,
            SignInError::Hash(_) => Self::unavailable(error),
            other => Self::broken(other),
        }
    }
}

#[cfg(test)]
mod tests;
