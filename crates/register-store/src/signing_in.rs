//! Signing in: who somebody is, step by step, with what has to be remembered and put on the record.
//!
//! A sign-in goes from name and password ([`SignIn::begin`]) to a one-time code where the account has
//! one, to a new password where somebody else knows this one, to a [`Session`]. Between two of these
//! the browser keeps a [`Token`] for the step. The council's own sign-in comes in by
//! [`SignIn::with_provider`].
//!
//! A wrong name, a wrong password, a wrong code and an account that may not be used get one answer
//! for one amount of work. Every sign-in, failure, sign-out and change of an account is an event of
//! the kind `sign-in`, in the transaction that makes it so. What was typed as a name is in no event
//! unless there is such an account: people type passwords there.
//!
//! [`Session`]: crate::sessions::Session

pub mod account;
mod code;
pub mod held;
mod provider;
mod record;

use std::io;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use matters::id::PersonId;
use sign_in::password::{self, NotGoodEnough};
use sign_in::session::{Times, Token};
use sqlx::Any;
use sqlx::pool::PoolConnection;
use tokio::sync::{Semaphore, SemaphorePermit};
use unicode_normalization::UnicodeNormalization as _;

use crate::accounts::Account;
use crate::change::Change;
use crate::db::WAIT;
use crate::error::StoreError;
use crate::image::Image;
use crate::kind::Fact;
use crate::random;
use crate::seal::{CannotOpen, Key};
use crate::sessions::{Client, Method, Session};
use crate::steps::{self, Waiting};
use crate::store::Store;
use crate::throttle::Counted;
pub(crate) use record::Said;

/// Passwords looked at side by side: each takes a core and 19 MiB. A try is counted before the next
/// has its turn, so this is also how many can run ahead of the count.
const SIDE_BY_SIDE: usize = 2;

/// Longest name of an account, in bytes.
const LONGEST_NAME: usize = 64;

/// What stands for all services in a withdrawal.
const ALL_SERVICES: &str = "all";

/// Signing in. Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub struct SignIn {
    store: Store,
    key: Arc<Key>,
    turns: Arc<Semaphore>,
}

/// What comes next for somebody who signs in.
#[derive(Debug)]
pub enum NextStep {
    /// Ask for a one-time code: [`SignIn::code`].
    Code(Token),
    /// Ask for a new password: [`SignIn::new_password`].
    NewPassword(Token),
    /// Signed in.
    Done(Opened),
}

/// A sign-in that holds from now on.
#[derive(Debug)]
pub struct Opened {
    /// For the browser to keep, and nobody else.
    pub token: Token,
    /// The sign-in.
    pub session: Session,
}

/// Why somebody is not signed in, or an account not changed.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Name, password or code is wrong, or the account may not be used. Which, nobody is told.
    #[error("that is not a name with its password or code; check both and try again")]
    NotRecognised,
    /// Too many failures. The try was not looked at.
    #[error("there were too many tries; wait {} s and try again", .0.as_secs().max(1))]
    Wait(SignedDuration),
    /// The sign-in, or this step of it, is over.
    #[error("this took too long or was done before; sign in again")]
    Over,
    /// The password was given too long ago for this.
    #[error("give your password again first")]
    NotFresh,
    /// The new password is not taken.
    #[error(transparent)]
    NotGoodEnough(#[from] NotGoodEnough),
    /// Empty, too long, or with spaces or invisible signs.
    #[error("an account name has 1 to {LONGEST_NAME} letters, digits or signs and no spaces")]
    Name,
    /// Somebody else's, or the person has an account.
    #[error("there is such an account already; choose another name or change that one")]
    Taken,
    /// The person has no local account.
    #[error("`{0}` has no local account")]
    NoAccount(PersonId),
    /// The key is not the one the secret was sealed with.
    #[error(transparent)]
    Sealed(#[from] CannotOpen),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    Random(#[from] io::Error),
    /// A password could not be hashed: out of memory.
    #[error("passwords cannot be looked at just now; try again in a moment")]
    Hash(#[source] Option<argon2::password_hash::Error>),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for SignInError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl SignIn {
    /// Signing in to a store. `key` seals secrets; every process on this database has the same.
    pub fn new(store: Store, key: Key) -> Self {
        Self {
            store,
            key: Arc::new(key),
            turns: Arc::new(Semaphore::new(SIDE_BY_SIDE)),
        }
    }

    /// Somebody gives a name and a password.
    pub async fn begin(
        &self,
        name: &str,
        password: &str,
        client: &Client,
        at: Timestamp,
    ) -> Result<NextStep, SignInError> {
        let name = folded(name);
        let _turn = self.turn().await?;
        let counted = self.counted(&name, client);
        let mut sql = self.reader().await?;
        wait(counted.wait(at, &mut sql).await?)?;
        let found = Account::named(&name, &mut sql).await?;
        drop(sql);
        let fits = self.fits(password, found.as_ref()).await?;

        let mut change = self.store.change().await?;
        // As it is now: it may have been disabled, or its password changed, in the meantime.
        let now = Account::named(&name, change.sql()).await?;
        let same = |was: &&Account| now.as_ref().is_some_and(|now| now.hash == was.hash);
        match found
            .as_ref()
            .filter(|_| fits)
            .filter(same)
            .and(now.clone())
        {
            Some(account) if may_use(&account, &change.image, at) => {
                self.after_password(change, account, client, at).await
            }
            _ => {
                let subject = now.map(|account| account.person);
                self.fail(change, &counted, subject, "password", client, at)
                    .await
            }
        }
    }

    /// Somebody gives the one-time code that [`NextStep::Code`] asks for.
    pub async fn code(
        &self,
        step: &Token,
        code: &str,
        client: &Client,
        at: Timestamp,
    ) -> Result<NextStep, SignInError> {
        let mut change = self.store.change().await?;
        let found = steps::find::<()>(step, Waiting::Code, at, change.sql()).await?;
        let person = found.ok_or(SignInError::Over)?.person;
        let account = Account::of(&person, change.sql()).await?;
        let mut account = account.ok_or(SignInError::Over)?;
        let counted = self.counted(&account.name, client);
        wait(counted.wait(at, change.sql()).await?)?;
        let good = may_use(&account, &change.image, at) && self.takes(&mut account, code, at)?;
        if !good {
            steps::tried(step, change.sql()).await?;
            return self
                .fail(change, &counted, Some(person), "code", client, at)
                .await;
        }
        account.put(change.sql()).await?;
        steps::take(step, change.sql()).await?;
        self.after_proof(change, account, Method::PasswordAndCode, client, at)
            .await
    }

    /// Somebody gives the new password that [`NextStep::NewPassword`] asks for.
    pub async fn new_password(
        &self,
        step: &Token,
        new: &str,
        client: &Client,
        at: Timestamp,
    ) -> Result<Opened, SignInError> {
        let _turn = self.turn().await?;
        let mut sql = self.reader().await?;
        let found = steps::find::<Method>(step, Waiting::NewPassword, at, &mut sql).await?;
        let steps::Found { person, body } = found.ok_or(SignInError::Over)?;
        let account = Account::of(&person, &mut sql).await?;
        drop(sql);
        let account = account.ok_or(SignInError::Over)?;
        let hash = self.new_hash(new, &account).await?;

        let mut change = self.store.change().await?;
        if !steps::take(step, change.sql()).await? || !may_use(&account, &change.image, at) {
            return Err(SignInError::Over);
        }
        self.set_password(&mut change, &account, hash, client, at)
            .await?;
        let opened = self.open(&mut change, &person, body, client, at).await?;
        change.commit().await?;
        Ok(opened)
    }

    async fn after_password(
        &self,
        mut change: Change<'_>,
        account: Account,
        client: &Client,
        at: Timestamp,
    ) -> Result<NextStep, SignInError> {
        if account.code.is_none() {
            return self
                .after_proof(change, account, Method::Password, client, at)
                .await;
        }
        let token = token()?;
        let person = account.person.as_str();
        steps::keep(
            &token,
            Waiting::Code,
            person,
            &(),
            (client, at),
            change.sql(),
        )
        .await?;
        change.commit().await?;
        Ok(NextStep::Code(token))
    }

    async fn after_proof(
        &self,
        mut change: Change<'_>,
        account: Account,
        method: Method,
        client: &Client,
        at: Timestamp,
    ) -> Result<NextStep, SignInError> {
        self.counted(&account.name, client)
            .succeed(change.sql())
            .await?;
        let person = &account.person;
        let longest = change.image.pack().people().passwords.longest_days;
        let is_old = longest.is_some_and(|days| {
            at.duration_since(account.set_at) >= SignedDuration::from_hours(24 * i64::from(days))
        });
        let next = if account.must_change || is_old {
            let token = token()?;
            let (waiting, sql) = (Waiting::NewPassword, change.sql());
            steps::keep(&token, waiting, person.as_str(), &method, (client, at), sql).await?;
            NextStep::NewPassword(token)
        } else {
            NextStep::Done(self.open(&mut change, person, method, client, at).await?)
        };
        change.commit().await?;
        Ok(next)
    }

    /// Opens a session, with a token nobody had before.
    async fn open(
        &self,
        change: &mut Change<'_>,
        person: &PersonId,
        method: Method,
        client: &Client,
        at: Timestamp,
    ) -> Result<Opened, SignInError> {
        let token = token()?;
        let session = Session {
            name: session_name()?,
            person: person.clone(),
            method,
            times: Times {
                signed_in_at: at,
                authenticated_at: at,
                seen_at: at,
            },
            address: client.address.clone(),
            agent: client.agent.clone(),
        };
        let rules = change.image.pack().people().sessions.clone();
        session.begin(&token, &rules, change.sql()).await?;
        let said = Said::of(person, "sign-in").about(&session.name);
        change.say(said.by(method, client), at).await?;
        change
            .signed_in_here(person, &client.address, true, at)
            .await?;
        Ok(Opened { token, session })
    }

    /// Counts a failure, puts it on the record, and gives the answer every failure gets.
    async fn fail<T>(
        &self,
        mut change: Change<'_>,
        counted: &Counted,
        subject: Option<PersonId>,
        what: &'static str,
        client: &Client,
        at: Timestamp,
    ) -> Result<T, SignInError> {
        counted.fail(at, change.sql()).await?;
        let said = Said::failure(subject.clone(), what, client);
        change.say(said, at).await?;
        if let Some(person) = &subject {
            let from = &client.address;
            change.signed_in_here(person, from, false, at).await?;
        }
        change.commit().await?;
        Err(SignInError::NotRecognised)
    }

    /// Whether a password is an account's; as much work where there is no account.
    async fn fits(&self, password: &str, account: Option<&Account>) -> Result<bool, SignInError> {
        let hash = account.map(|account| account.hash.clone());
        let password = bounded(password);
        work(move || match hash {
            Some(hash) => password::fits(&password, &hash),
            None => {
                password::fits_nobody(&password);
                false
            }
        })
        .await
    }

    /// Its turn to look at a password.
    async fn turn(&self) -> Result<SemaphorePermit<'_>, SignInError> {
        match tokio::time::timeout(WAIT, self.turns.acquire()).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(SignInError::Hash(None)),
        }
    }

    fn counted(&self, name: &str, client: &Client) -> Counted {
        Counted::of(name, &client.network(), &self.key)
    }

    async fn reader(&self) -> Result<PoolConnection<Any>, sqlx::Error> {
        self.store.inner.db.readers().acquire().await
    }
}

/// Whether an account may be used: not disabled, and its person still a user.
fn may_use(account: &Account, image: &Image, at: Timestamp) -> bool {
    !account.disabled && is_user(&account.person, image, at)
}

/// Whether a person may be signed in at a moment: known, not gone, and not without all services.
/// Somebody who has yet to begin may: there is a policy to read and sign first.
pub(crate) fn is_user(person: &PersonId, image: &Image, at: Timestamp) -> bool {
    let Some(known) = image.people().person(person) else {
        return false;
    };
    let zone = TimeZone::get(&image.pack().settings().zone).unwrap_or(TimeZone::UTC);
    let today = at.to_zoned(zone).date();
    let mut spells = known.employed.iter().peekable();
    let has_left = spells.peek().is_some()
        && spells.all(|spell| spell.until.is_some_and(|until| until < today));
    let withdrawn = image.facts(person).any(|(_, fact)| match fact {
        Fact::Withdrawn { services, from } => {
            let all = services.iter().any(|service| service == ALL_SERVICES);
            // At its minute, whether or not somebody has carried it out by then.
            all && from.is_none_or(|from| from <= at)
        }
        _ => false,
    });
    !has_left && !withdrawn
}

/// A name as accounts have it: look-alike forms of one letter, and capitals, are one. What no account
/// is called stays so: a control character, which not every database can hold, becomes a space.
fn folded(name: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let bounded = name.trim().chars().take(LONGEST_NAME + 1).map(plain);
    bounded.nfkc().flat_map(char::to_lowercase).collect()
}

fn wait(wait: SignedDuration) -> Result<(), SignInError> {
    match wait.is_zero() {
        true => Ok(()),
        false => Err(SignInError::Wait(wait)),
    }
}

/// No more of a password than can be one, and so much more that it is seen to be too long.
fn bounded(password: &str) -> String {
    password[..password.floor_char_boundary(password::LONGEST + 4)].to_owned()
}

fn token() -> io::Result<Token> {
    random::draw().map(Token::new)
}

fn session_name() -> io::Result<String> {
    let random: [u8; 10] = random::draw()?;
    Ok(format!(
        "SI-{}",
        data_encoding::BASE32_NOPAD.encode(&random)
    ))
}

/// Work that takes a core for a while.
async fn work<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, SignInError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| SignInError::Hash(None))
}
