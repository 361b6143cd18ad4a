//! Signing in by the council's own sign-in (OpenID Connect). What is asked of the provider and what
//! its answer proves is `sign_in::oidc`'s; here is what is remembered between the two, and whose
//! answer it is.

use jiff::Timestamp;
use matters::id::PersonId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sign_in::session::Token;

use crate::image::Image;
use crate::sessions::{Client, Method};
use crate::signing_in::record::Said;
use crate::signing_in::{Opened, SignIn, SignInError, folded, held, is_user};
use crate::steps::{self, Waiting};

impl SignIn {
    /// Keeps what was asked of the provider until its answer comes: ten minutes at most. `state` goes
    /// to the provider, and into a cookie, so that nobody else's answer is taken for this browser's.
    pub async fn await_provider(
        &self,
        state: &Token,
        pending: &(impl Serialize + Sync),
        client: &Client,
        at: Timestamp,
    ) -> Result<(), SignInError> {
        let mut tx = self.store.inner.db.begin().await?;
        steps::keep(state, Waiting::Provider, "", pending, (client, at), &mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// What was asked under a state, once. `in_cookie` is the state this browser was given.
    pub async fn provider_answered<T: DeserializeOwned>(
        &self,
        state: &Token,
        in_cookie: &Token,
        at: Timestamp,
    ) -> Result<T, SignInError> {
        if state.digest() != in_cookie.digest() {
            return Err(SignInError::Over);
        }
        let mut tx = self.store.inner.db.begin().await?;
        let found = steps::find(state, Waiting::Provider, at, &mut tx).await?;
        let taken = steps::take(state, &mut tx).await?;
        tx.commit().await?;
        let pending = found.filter(|_| taken).map(|found| found.body);
        pending.ok_or(SignInError::Over)
    }

    /// Signs in the person the provider named by `account`. With the token of a sign-in that holds,
    /// confirms that one instead, if it is the same person's.
    ///
    /// The person has to be in the register with this among their sign-in names, and be the only one:
    /// nobody becomes known by signing in.
    pub async fn with_provider(
        &self,
        account: &str,
        current: Option<&Token>,
        client: &Client,
        at: Timestamp,
    ) -> Result<Opened, SignInError> {
        let current = match current {
            Some(token) => self.session(token, at).await?,
            None => None,
        };
        let mut change = self.store.change().await?;
        let person = owner(account, &change.image)
            .filter(|person| is_user(person, &change.image, at))
            .filter(|person| current.as_ref().is_none_or(|held| held.person == *person));
        let Some(person) = person else {
            change
                .say(Said::failure(None, "provider", client), at)
                .await?;
            change.commit().await?;
            return Err(SignInError::NotRecognised);
        };
        let disabled = crate::accounts::Account::of(&person, change.sql()).await?;
        if disabled.is_some_and(|account| account.disabled) {
            let failure = Said::failure(Some(person), "provider", client);
            change.say(failure, at).await?;
            change.commit().await?;
            return Err(SignInError::NotRecognised);
        }
        let opened = match current {
            Some(session) => held::confirm(&mut change, session, client, at).await?,
            None => {
                self.open(&mut change, &person, Method::Provider, client, at)
                    .await?
            }
        };
        change.commit().await?;
        Ok(opened)
    }
}

/// The only person with this sign-in name.
fn owner(account: &str, image: &Image) -> Option<PersonId> {
    let account = folded(account);
    let is_theirs = |names: &[String]| names.iter().any(|name| folded(name) == account);
    let mut owners = image
        .people()
        .all()
        .filter(|person| is_theirs(&person.accounts));
    let owner = owners.next().filter(|_| !account.is_empty())?;
    owners.next().is_none().then(|| owner.id.clone())
}
