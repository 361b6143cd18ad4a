//! Sign-ins that hold: looking one up, confirming it before a signature, ending it.

use jiff::Timestamp;
use matters::event::{Act, Actor};
use matters::id::PersonId;
use sign_in::session::Token;

use crate::accounts::Account;
use crate::change::Change;
use crate::drafts;
use crate::sessions::{self, Client, Session, Which};
use crate::signing_in::record::Said;
use crate::signing_in::{Opened, SignIn, SignInError, is_user, may_use, token, wait};

/// Noting that a sign-in is used waits no longer than this for other changes; the next request notes
/// it then.
const NOTED_WITHIN: std::time::Duration = std::time::Duration::from_millis(200);

/// How somebody who is signed in proves who they are once more.
#[derive(Debug, Clone, Copy)]
pub enum Proof<'a> {
    /// By the account's password.
    Password(&'a str),
    /// By a one-time code.
    Code(&'a str),
}

impl SignIn {
    /// The sign-in a token stands for, if it still holds. Counts as use.
    ///
    /// That of somebody who ceased to be a user ends here, at whatever minute that took effect.
    pub async fn session(
        &self,
        token: &Token,
        at: Timestamp,
    ) -> Result<Option<Session>, SignInError> {
        let image = self.store.image();
        let rules = &image.pack().people().sessions;
        let mut sql = self.reader().await?;
        let Some(session) = Session::of(token, rules, at, &mut sql).await? else {
            return Ok(None);
        };
        drop(sql);
        if !is_user(&session.person, &image, at) {
            let ceased = Act::of(Actor::Rule("ceased".to_owned()), at);
            let mut change = self.store.change().await?;
            end(&mut change, &session.person, Which::All, &ceased).await?;
            drafts::end_all(&session.person, change.sql()).await?;
            change.commit().await?;
            return Ok(None);
        }
        if session.is_to_be_noted(rules, at) {
            let noted = tokio::time::timeout(NOTED_WITHIN, async {
                let mut tx = self.store.inner.db.begin().await?;
                session.saw(at, &mut tx).await?;
                Ok::<_, SignInError>(tx.commit().await?)
            });
            if let Ok(noted) = noted.await {
                noted?;
            }
        }
        Ok(Some(session))
    }

    /// A person's sign-ins that hold, the newest first, at most 20.
    pub async fn sessions(
        &self,
        person: &PersonId,
        at: Timestamp,
    ) -> Result<Vec<Session>, SignInError> {
        let image = self.store.image();
        let mut sql = self.reader().await?;
        Ok(Session::all_of(person, &image.pack().people().sessions, at, &mut sql).await?)
    }

    /// Somebody who is signed in proves once more who they are, before a signature. The token
    /// changes; the name of the sign-in stays.
    pub async fn re_authenticate(
        &self,
        token: &Token,
        proof: Proof<'_>,
        client: &Client,
        at: Timestamp,
    ) -> Result<Opened, SignInError> {
        let _turn = self.turn().await?;
        let session = self.held(token, at).await?;
        let mut sql = self.reader().await?;
        let account = Account::of(&session.person, &mut sql).await?;
        let name = account.as_ref().map_or("", |account| account.name.as_str());
        let counted = self.counted(name, client);
        wait(counted.wait(at, &mut sql).await?)?;
        drop(sql);
        let (fits, what) = match proof {
            Proof::Password(password) => (self.fits(password, account.as_ref()).await?, "password"),
            Proof::Code(_) => (true, "code"),
        };

        let mut change = self.store.change().await?;
        let now = Account::of(&session.person, change.sql()).await?;
        let same = |now: &Account| account.is_some_and(|was| was.hash == now.hash);
        let mut usable = now.filter(|now| fits && same(now) && may_use(now, &change.image, at));
        if let (Some(account), Proof::Code(code)) = (&mut usable, proof) {
            match self.takes(account, code, at)? {
                true => account.put(change.sql()).await?,
                false => usable = None,
            }
        }
        if usable.is_none() {
            let subject = Some(session.person);
            return self.fail(change, &counted, subject, what, client, at).await;
        }
        counted.succeed(change.sql()).await?;
        let opened = confirm(&mut change, session, client, at).await?;
        change.commit().await?;
        Ok(opened)
    }

    /// Ends one sign-in. One that is over already stays so.
    pub async fn sign_out(&self, token: &Token, at: Timestamp) -> Result<(), SignInError> {
        let image = self.store.image();
        let mut sql = self.reader().await?;
        let rules = &image.pack().people().sessions;
        let Some(session) = Session::of(token, rules, at, &mut sql).await? else {
            return Ok(());
        };
        drop(sql);
        let act = Act::by(&session.person, at);
        self.end(&session.person, Which::Only(&session.name), &act)
            .await
    }

    /// Ends one of a person's sign-ins by its name: on *My sign-ins*. Another's, or none, stays.
    pub async fn end_session(
        &self,
        person: &PersonId,
        session: &str,
        act: &Act,
    ) -> Result<(), SignInError> {
        // Not every database can be asked for any text.
        let is_name = session.bytes().all(|byte| byte.is_ascii_graphic());
        let name = if is_name { session } else { "" };
        self.end(person, Which::Only(name), act).await
    }

    /// Ends every sign-in of a person, by themselves or by somebody else's act.
    pub async fn sign_out_everywhere(
        &self,
        person: &PersonId,
        act: &Act,
    ) -> Result<(), SignInError> {
        self.end(person, Which::All, act).await
    }

    async fn end(&self, person: &PersonId, which: Which<'_>, act: &Act) -> Result<(), SignInError> {
        let mut change = self.store.change().await?;
        end(&mut change, person, which, act).await?;
        Ok(change.commit().await?)
    }

    /// The sign-in a token stands for, or [`SignInError::Over`].
    pub(super) async fn held(&self, token: &Token, at: Timestamp) -> Result<Session, SignInError> {
        self.session(token, at).await?.ok_or(SignInError::Over)
    }

    /// The same, if the person proved who they are a short while ago.
    pub(super) async fn held_fresh(
        &self,
        token: &Token,
        at: Timestamp,
    ) -> Result<Session, SignInError> {
        let session = self.held(token, at).await?;
        let image = self.store.image();
        match session.times.is_fresh(&image.pack().people().sessions, at) {
            true => Ok(session),
            false => Err(SignInError::NotFresh),
        }
    }
}

/// The person proved who they are: the sign-in goes on under another token.
pub(super) async fn confirm(
    change: &mut Change<'_>,
    mut session: Session,
    client: &Client,
    at: Timestamp,
) -> Result<Opened, SignInError> {
    let token = token()?;
    // It may have ended since it was looked up; then nothing is there to confirm.
    if !session.confirm(&token, at, change.sql()).await? {
        return Err(SignInError::Over);
    }
    session.times.authenticated_at = at;
    session.times.seen_at = at;
    let said = Said::of(&session.person, "confirm").about(&session.name);
    change.say(said.by(session.method, client), at).await?;
    Ok(Opened { token, session })
}

/// Ends sign-ins, each with its event.
pub(super) async fn end(
    change: &mut Change<'_>,
    person: &PersonId,
    which: Which<'_>,
    act: &Act,
) -> Result<(), SignInError> {
    for name in sessions::end(person, which, change.sql()).await? {
        let said = Said::of(person, "sign-out").about(&name).act(act);
        change.say(said, act.at).await?;
    }
    Ok(())
}
