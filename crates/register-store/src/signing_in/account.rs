//! Local accounts: adding one, changing its password, closing it and opening it again.

use jiff::Timestamp;
use matters::event::Act;
use matters::id::PersonId;
use sign_in::password;
use sign_in::session::Token;

use crate::accounts::Account;
use crate::change::Change;
use crate::drafts;
use crate::random;
use crate::sessions::{Client, Which};
use crate::signing_in::record::Said;
use crate::signing_in::{LONGEST_NAME, SignIn, SignInError, bounded, folded, held, wait, work};

/// Earlier hashes kept at most, whatever the pack remembers: each costs 20 ms at a change.
const MOST_EARLIER: usize = 24;

/// A person's local account, as far as others may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountState {
    /// The name to sign in with.
    pub name: String,
    /// Nobody can sign in with it.
    pub disabled: bool,
    /// The next sign-in asks for a new password.
    pub must_change: bool,
    /// Signing in takes a one-time code.
    pub has_code: bool,
    /// When the password was set.
    pub set_at: Timestamp,
}

impl SignIn {
    /// Adds a local account, with a first password that has to be changed unless it is `own`.
    pub async fn add_account(
        &self,
        person: &PersonId,
        name: &str,
        password: &str,
        whose: Whose,
        act: &Act,
    ) -> Result<(), SignInError> {
        let name = folded(name);
        let is_plain = |c: char| !c.is_whitespace() && !c.is_control();
        if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(is_plain) {
            return Err(SignInError::Name);
        }
        let mut account = Account {
            person: person.clone(),
            name,
            hash: String::new(),
            earlier: Vec::new(),
            set_at: act.at,
            must_change: whose == Whose::Issued,
            disabled: false,
            code: None,
            code_new: None,
            code_step: None,
        };
        account.hash = self.new_hash(password, &account).await?;
        let mut change = self.store.change().await?;
        change
            .image
            .world()
            .person(person)
            .map_err(crate::StoreError::from)?;
        if Account::of(person, change.sql()).await?.is_some()
            || Account::named(&account.name, change.sql()).await?.is_some()
        {
            return Err(SignInError::Taken);
        }
        account.put(change.sql()).await?;
        let said = Said::of(person, "add-account").act(act);
        let said = said.with(serde_json::json!({ "account": account.name }));
        change.say(said, act.at).await?;
        Ok(change.commit().await?)
    }

    /// A person's local account, if there is one.
    pub async fn account(&self, person: &PersonId) -> Result<Option<AccountState>, SignInError> {
        let account = Account::of(person, &mut *self.reader().await?).await?;
        Ok(account.map(|account| AccountState {
            name: account.name,
            disabled: account.disabled,
            must_change: account.must_change,
            has_code: account.code.is_some(),
            set_at: account.set_at,
        }))
    }

    /// Somebody who is signed in changes their password. Other sign-ins of theirs end.
    pub async fn change_password(
        &self,
        token: &Token,
        current: &str,
        new: &str,
        client: &Client,
        at: Timestamp,
    ) -> Result<(), SignInError> {
        let turn = self.turn().await?;
        let session = self.held(token, at).await?;
        let person = &session.person;
        let mut sql = self.reader().await?;
        let account = Account::of(person, &mut sql).await?;
        let account = account.ok_or_else(|| SignInError::NoAccount(person.clone()))?;
        let counted = self.counted(&account.name, client);
        wait(counted.wait(at, &mut sql).await?)?;
        drop(sql);
        if !self.fits(current, Some(&account)).await? {
            let change = self.store.change().await?;
            let subject = Some(person.clone());
            return self
                .fail(change, &counted, subject, "password", client, at)
                .await;
        }
        let hash = self.new_hash(new, &account).await?;
        drop(turn);
        let mut change = self.store.change().await?;
        self.set_password(&mut change, &account, hash, client, at)
            .await?;
        let others = Which::AllBut(&session.name);
        held::end(&mut change, person, others, &Act::by(person, at)).await?;
        Ok(change.commit().await?)
    }

    /// Sets a password by somebody else's act. It has to be changed at the next sign-in, and every
    /// sign-in of the person ends.
    pub async fn reset_password(
        &self,
        person: &PersonId,
        new: &str,
        act: &Act,
    ) -> Result<(), SignInError> {
        let account = Account::of(person, &mut *self.reader().await?).await?;
        let account = account.ok_or_else(|| SignInError::NoAccount(person.clone()))?;
        let hash = self.new_hash(new, &account).await?;
        let mut change = self.store.change().await?;
        let mut account = with_hash(&mut change, &account, hash, act.at).await?;
        account.must_change = true;
        account.put(change.sql()).await?;
        change
            .say(Said::of(person, "reset-password").act(act), act.at)
            .await?;
        held::end(&mut change, person, Which::All, act).await?;
        Ok(change.commit().await?)
    }

    /// Nobody can sign in with the account any more, and every sign-in of the person ends.
    pub async fn disable_account(&self, person: &PersonId, act: &Act) -> Result<(), SignInError> {
        self.set_disabled(person, true, act).await
    }

    /// The account can be used again.
    pub async fn enable_account(&self, person: &PersonId, act: &Act) -> Result<(), SignInError> {
        self.set_disabled(person, false, act).await
    }

    async fn set_disabled(
        &self,
        person: &PersonId,
        disabled: bool,
        act: &Act,
    ) -> Result<(), SignInError> {
        let mut change = self.store.change().await?;
        let account = Account::of(person, change.sql()).await?;
        let mut account = account.ok_or_else(|| SignInError::NoAccount(person.clone()))?;
        if account.disabled == disabled {
            return Ok(());
        }
        account.disabled = disabled;
        account.put(change.sql()).await?;
        let step = match disabled {
            true => "disable-account",
            false => "enable-account",
        };
        change.say(Said::of(person, step).act(act), act.at).await?;
        if disabled {
            held::end(&mut change, person, Which::All, act).await?;
            drafts::end_all(person, change.sql()).await?;
        }
        Ok(change.commit().await?)
    }

    /// The hash of a new password that is good enough.
    pub(super) async fn new_hash(
        &self,
        new: &str,
        account: &Account,
    ) -> Result<String, SignInError> {
        let image = self.store.image();
        let settings = image.pack().settings();
        let rules = settings.people.passwords.clone();
        let known = image.people().person(&account.person);
        let about = [
            known.map_or_else(String::new, |known| known.name.clone()),
            account.name.clone(),
            settings.council.clone(),
        ];
        // The password in use counts as one that was used.
        let mut earlier = account.earlier.clone();
        earlier.insert(0, account.hash.clone());
        earlier.retain(|hash| !hash.is_empty());
        let (new, salt) = (bounded(new), random::draw()?);
        work(move || {
            let about = about.each_ref().map(String::as_str);
            password::good_enough(&new, &rules, &about, &earlier)?;
            password::hash(&new, salt).map_err(|error| SignInError::Hash(Some(error)))
        })
        .await?
    }

    /// Sets a person's own new password.
    pub(super) async fn set_password(
        &self,
        change: &mut Change<'_>,
        account: &Account,
        hash: String,
        client: &Client,
        at: Timestamp,
    ) -> Result<(), SignInError> {
        let account = with_hash(change, account, hash, at).await?;
        account.put(change.sql()).await?;
        let said = Said::of(&account.person, "change-password").from(client);
        Ok(change.say(said, at).await?)
    }
}

/// Who knows a first password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The person alone.
    Own,
    /// Whoever handed it out, so it has to be changed.
    Issued,
}

/// The account with another password, if nobody changed that since it was read.
async fn with_hash(
    change: &mut Change<'_>,
    was: &Account,
    hash: String,
    at: Timestamp,
) -> Result<Account, SignInError> {
    let now = Account::of(&was.person, change.sql()).await?;
    let mut account = now
        .filter(|now| now.hash == was.hash)
        .ok_or(SignInError::Over)?;
    let old = std::mem::replace(&mut account.hash, hash);
    account.earlier.insert(0, old);
    account.earlier.truncate(MOST_EARLIER);
    account.must_change = false;
    account.set_at = at;
    Ok(account)
}
