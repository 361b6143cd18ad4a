//! Tokens that programs use in place of a sign-in: whose they are, what they may do, and until when.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use matters::event::Act;
use matters::id::{MatterId, PersonId};
use matters::machine::Refused;
use serde_json::json;
use sign_in::session::Token;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::change::instant;
use crate::error::StoreError;
use crate::load;
use crate::random;
use crate::signing_in::{Said, is_user};
use crate::store::Store;

/// Most tokens one holder has at a time.
const MOST: usize = 50;

/// Most scopes of one token, and the longest of them in bytes.
const MOST_SCOPES: usize = 32;
const LONGEST_SCOPE: usize = 64;

/// Longest label, and longest name of a service, in bytes.
const LONGEST_LABEL: usize = 100;

/// Longest time a token is good for.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 366);

/// Uses within so long are noted once.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// Whose a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A person's: good for as long as they are a user.
    Person(PersonId),
    /// A service's, by its name: `hr-system`.
    Service(String),
}

impl Holder {
    /// The columns `person` and `service`.
    fn columns(&self) -> (&str, &str) {
        match self {
            Self::Person(person) => (person.as_str(), ""),
            Self::Service(service) => ("", service),
        }
    }
}

/// A token, without what makes it one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// What it is called in lists and events; not its secret.
    pub name: String,
    /// Whose it is.
    pub holder: Holder,
    /// What it is for, in words.
    pub label: String,
    /// What may be done with it.
    pub scopes: BTreeSet<String>,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// When it was last used, to five minutes.
    pub used_at: Option<Timestamp>,
}

/// What a token is to be.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Whose.
    pub holder: Holder,
    /// What it is for, in words.
    pub label: String,
    /// What may be done with it.
    pub scopes: BTreeSet<String>,
    /// Until when it is good, a year at most.
    pub expires_at: Timestamp,
}

impl NewToken {
    fn check(&self, at: Timestamp) -> Result<(), Refused> {
        let fits = |text: &str, most: usize| {
            !text.trim().is_empty() && text.len() <= most && !text.chars().any(char::is_control)
        };
        if !fits(&self.label, LONGEST_LABEL) {
            let problem = format!("say what it is for, in at most {LONGEST_LABEL} bytes");
            return Err(Refused::field("label", problem));
        }
        if let Holder::Service(service) = &self.holder
            && !fits(service, LONGEST_LABEL)
        {
            let problem = format!("name the service, in at most {LONGEST_LABEL} bytes");
            return Err(Refused::field("service", problem));
        }
        let scopes = self.scopes.iter().all(|scope| fits(scope, LONGEST_SCOPE));
        if !scopes || self.scopes.is_empty() || self.scopes.len() > MOST_SCOPES {
            return Err(Refused::field("scopes", "choose what may be done with it"));
        }
        let good_for = self.expires_at.duration_since(at);
        if good_for <= SignedDuration::ZERO || good_for > LONGEST {
            let problem = "choose an end that is to come, within a year";
            return Err(Refused::field("expires_at", problem));
        }
        Ok(())
    }
}

impl Store {
    /// Makes a token. What is given is shown once and kept nowhere.
    pub async fn make_token(
        &self,
        new: NewToken,
        act: &Act,
    ) -> Result<(ApiToken, Token), StoreError> {
        new.check(act.at)?;
        let draw = |error| StoreError::Unavailable(sqlx::Error::Io(error));
        let token = Token::new(random::draw().map_err(draw)?);
        let name: [u8; 10] = random::draw().map_err(draw)?;
        let kept = ApiToken {
            name: format!("TK-{}", data_encoding::BASE32_NOPAD.encode(&name)),
            holder: new.holder,
            label: new.label,
            scopes: new.scopes,
            made_at: act.at,
            expires_at: new.expires_at,
            used_at: None,
        };
        let scopes =
            serde_json::to_string(&kept.scopes).map_err(StoreError::unreadable("token"))?;
        let mut change = self.change().await?;
        if let Holder::Person(person) = &kept.holder {
            change.image.world().person(person)?;
        }
        let (person, service) = kept.holder.columns();
        let row = sqlx::query(
            "SELECT COUNT(*) FROM api_tokens WHERE person = $1 AND service = $2 AND expires_at > $3",
        )
        .bind(person)
        .bind(service)
        .bind(act.at.as_microsecond())
        .fetch_one(change.sql())
        .await?;
        if load::number(row.try_get(0)?) >= MOST as u64 {
            let problem = format!("there are {MOST} tokens already; end one first");
            return Err(Refused::field("holder", problem).into());
        }
        sqlx::query(
            "INSERT INTO api_tokens (digest, name, person, service, label, scopes, made_at, \
             expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(token.digest())
        .bind(kept.name.as_str())
        .bind(person)
        .bind(service)
        .bind(kept.label.as_str())
        .bind(scopes)
        .bind(kept.made_at.as_microsecond())
        .bind(kept.expires_at.as_microsecond())
        .execute(change.sql())
        .await?;
        let said = Said::of(&PersonId::from(person), "make-token").about(&kept.name);
        let detail = json!({ "service": service, "scopes": kept.scopes, "until": kept.expires_at });
        change.say(said.act(act).with(detail), act.at).await?;
        change.commit().await?;
        Ok((kept, token))
    }

    /// The token a program sent, if it is good at this moment. Counts as use.
    pub async fn token(
        &self,
        token: &Token,
        at: Timestamp,
    ) -> Result<Option<ApiToken>, StoreError> {
        let row = sqlx::query(
            "SELECT name, person, service, label, scopes, made_at, expires_at, used_at \
             FROM api_tokens WHERE digest = $1 AND expires_at > $2",
        )
        .bind(token.digest())
        .bind(at.as_microsecond())
        .fetch_optional(self.inner.db.readers())
        .await?;
        let Some(found) = row.as_ref().map(ApiToken::read).transpose()? else {
            return Ok(None);
        };
        if let Holder::Person(person) = &found.holder
            && !is_user(person, &self.image(), at)
        {
            return Ok(None);
        }
        if found
            .used_at
            .is_none_or(|used| at.duration_since(used) >= NOTED_EVERY)
        {
            let mut tx = self.inner.db.begin().await?;
            sqlx::query("UPDATE api_tokens SET used_at = $1 WHERE name = $2")
                .bind(at.as_microsecond())
                .bind(found.name.as_str())
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
        }
        Ok(Some(found))
    }

    /// A holder's tokens, or everybody's, the newest first, at most 500. Those whose time is over
    /// are among them, so that somebody can see why a program stopped.
    pub async fn tokens(&self, holder: Option<&Holder>) -> Result<Vec<ApiToken>, StoreError> {
        let (person, service) = holder.map_or(("", ""), Holder::columns);
        let rows = sqlx::query(
            "SELECT name, person, service, label, scopes, made_at, expires_at, used_at \
             FROM api_tokens WHERE ($1 = '' OR person = $1) AND ($2 = '' OR service = $2) \
             ORDER BY made_at DESC, name LIMIT 500",
        )
        .bind(person)
        .bind(service)
        .fetch_all(self.inner.db.readers())
        .await?;
        rows.iter().map(ApiToken::read).collect()
    }

    /// Ends a token, by its name.
    pub async fn end_token(&self, name: &str, act: &Act) -> Result<(), StoreError> {
        let missing = || StoreError::Missing(MatterId::from(name));
        // Not every database can be asked for any text.
        if !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(missing());
        }
        let mut change = self.change().await?;
        let row = sqlx::query("DELETE FROM api_tokens WHERE name = $1 RETURNING person")
            .bind(name)
            .fetch_optional(change.sql())
            .await?
            .ok_or_else(missing)?;
        let person = PersonId::new(row.try_get::<String, _>(0)?);
        let said = Said::of(&person, "end-token").about(name).act(act);
        change.say(said, act.at).await?;
        change.commit().await
    }
}

impl ApiToken {
    fn read(row: &AnyRow) -> Result<Self, StoreError> {
        let (person, service): (String, String) = (row.try_get("person")?, row.try_get("service")?);
        let name: String = row.try_get("name")?;
        let used_at: Option<i64> = row.try_get("used_at")?;
        Ok(Self {
            holder: match person.is_empty() {
                true => Holder::Service(service),
                false => Holder::Person(PersonId::new(person)),
            },
            label: row.try_get("label")?,
            scopes: load::parse(&name, row.try_get("scopes")?)?,
            made_at: instant(row.try_get("made_at")?)?,
            expires_at: instant(row.try_get("expires_at")?)?,
            used_at: used_at.map(instant).transpose()?,
            name,
        })
    }
}
