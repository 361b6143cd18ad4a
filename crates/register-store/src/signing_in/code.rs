//! One-time codes: taking one, and an app that is new.

use jiff::Timestamp;
use matters::event::Act;
use matters::id::PersonId;
use sign_in::session::Token;
use sign_in::totp::Secret;

use crate::accounts::Account;
use crate::random;
use crate::sessions::Client;
use crate::signing_in::record::Said;
use crate::signing_in::{SignIn, SignInError, wait};

impl SignIn {
    /// Begins to use an app that shows codes: gives the secret to show, once. It counts from the
    /// first code ([`SignIn::confirm_code`]); until then the app before stays in use.
    pub async fn new_code(&self, token: &Token, at: Timestamp) -> Result<Secret, SignInError> {
        let person = self.held_fresh(token, at).await?.person;
        let secret = Secret::new(random::draw()?);
        let sealed = self.key.seal(&secret.to_text(), person.as_str())?;
        let mut change = self.store.change().await?;
        let account = Account::of(&person, change.sql()).await?;
        let mut account = account.ok_or(SignInError::NoAccount(person))?;
        account.code_new = Some(sealed);
        account.put(change.sql()).await?;
        change.commit().await?;
        Ok(secret)
    }

    /// The app showed this code: from now on signing in takes one. Other sign-ins of the person end.
    pub async fn confirm_code(
        &self,
        token: &Token,
        code: &str,
        client: &Client,
        at: Timestamp,
    ) -> Result<(), SignInError> {
        let session = self.held(token, at).await?;
        let person = &session.person;
        let mut change = self.store.change().await?;
        let account = Account::of(person, change.sql()).await?;
        let mut account = account.ok_or_else(|| SignInError::NoAccount(person.clone()))?;
        let counted = self.counted(&account.name, client);
        wait(counted.wait(at, change.sql()).await?)?;
        let sealed = account.code_new.take().ok_or(SignInError::Over)?;
        let Some(step) = self.secret(&sealed, person)?.check(code, at, None) else {
            let subject = Some(person.clone());
            return self
                .fail(change, &counted, subject, "code", client, at)
                .await;
        };
        account.code = Some(sealed);
        account.code_step = Some(step);
        account.put(change.sql()).await?;
        change
            .say(Said::of(person, "set-code").from(client), at)
            .await?;
        let others = crate::sessions::Which::AllBut(&session.name);
        super::held::end(&mut change, person, others, &Act::by(person, at)).await?;
        Ok(change.commit().await?)
    }

    /// Signing in takes no code any more: the person's own wish, with a fresh password.
    pub async fn drop_code(
        &self,
        token: &Token,
        client: &Client,
        at: Timestamp,
    ) -> Result<(), SignInError> {
        let person = self.held_fresh(token, at).await?.person;
        let said = Said::of(&person, "drop-code").from(client);
        self.drop_code_of(&person, said, at).await
    }

    /// The same by somebody else's act: the telephone with the app is lost.
    pub async fn reset_code(&self, person: &PersonId, act: &Act) -> Result<(), SignInError> {
        let said = Said::of(person, "drop-code").act(act);
        self.drop_code_of(person, said, act.at).await
    }

    /// Whether signing in takes a code for this person.
    pub async fn has_code(&self, person: &PersonId) -> Result<bool, SignInError> {
        let account = Account::of(person, &mut *self.reader().await?).await?;
        Ok(account.is_some_and(|account| account.code.is_some()))
    }

    async fn drop_code_of(
        &self,
        person: &PersonId,
        said: Said,
        at: Timestamp,
    ) -> Result<(), SignInError> {
        let mut change = self.store.change().await?;
        let account = Account::of(person, change.sql()).await?;
        let mut account = account.ok_or_else(|| SignInError::NoAccount(person.clone()))?;
        account.code = None;
        account.code_new = None;
        account.code_step = None;
        account.put(change.sql()).await?;
        change.say(said, at).await?;
        Ok(change.commit().await?)
    }

    /// Whether a code is the account's; if so it is used up.
    pub(super) fn takes(
        &self,
        account: &mut Account,
        code: &str,
        at: Timestamp,
    ) -> Result<bool, SignInError> {
        let Some(sealed) = &account.code else {
            return Ok(false);
        };
        let secret = self.secret(sealed, &account.person)?;
        let step = secret.check(code, at, account.code_step);
        account.code_step = step.or(account.code_step);
        Ok(step.is_some())
    }

    fn secret(&self, sealed: &str, person: &PersonId) -> Result<Secret, SignInError> {
        let text = self.key.open(sealed, person.as_str())?;
        Ok(Secret::parse(&text).ok_or(crate::seal::CannotOpen)?)
    }
}
