//! Sign-ins that hold: their rows, and how long they last.

use jiff::{SignedDuration, Timestamp};
use matters::id::PersonId;
use policy::people;
use sign_in::session::{Standing, Times, Token};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use crate::change::instant;
use crate::error::StoreError;

/// Most sign-ins of one person at a time: beyond that the oldest ends.
const MOST: i64 = 20;

/// Longest name of a browser kept, in bytes: enough to recognise one's own.
const LONGEST_AGENT: usize = 120;

/// Requests within so long count as one use, so that reading pages writes little.
const SEEN_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// How somebody proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// A password.
    Password,
    /// A password and a one-time code.
    PasswordAndCode,
    /// The council's own sign-in: OpenID Connect.
    Provider,
}

impl Method {
    /// As tables and events spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::PasswordAndCode => "password-and-code",
            Self::Provider => "provider",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "password-and-code" => Self::PasswordAndCode,
            "provider" => Self::Provider,
            _ => Self::Password,
        }
    }
}

/// Where a request comes from, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    pub(crate) address: String,
    pub(crate) agent: String,
}

impl Client {
    /// `agent` is what the browser calls itself; the beginning of it is kept.
    pub fn new(address: std::net::IpAddr, agent: &str) -> Self {
        let agent: String = agent
            .chars()
            .filter(|c| !c.is_control())
            .take(LONGEST_AGENT)
            .collect();
        let end = agent.floor_char_boundary(LONGEST_AGENT);
        Self {
            address: address.to_canonical().to_string(),
            agent: agent[..end].to_owned(),
        }
    }

    /// What failures are counted for. Whoever has one IPv6 address has 2^64 of them.
    pub(crate) fn network(&self) -> String {
        match self.address.parse() {
            Ok(address) => network_of(address),
            Err(_) => self.address.clone(),
        }
    }
}

/// The same of an address.
pub(crate) fn network_of(address: std::net::IpAddr) -> String {
    match address.to_canonical() {
        std::net::IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
        v4 => v4.to_string(),
    }
}

/// One sign-in of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// What it is called in lists and events; not its secret.
    pub name: String,
    /// Who.
    pub person: PersonId,
    /// How they proved it.
    pub method: Method,
    /// When it began, was confirmed, and was last used (to the minute).
    pub times: Times,
    /// The address it began from.
    pub address: String,
    /// What the browser called itself, shortened.
    pub agent: String,
}

impl Session {
    /// The sign-in a token stands for, if it still counts.
    pub(crate) async fn of(
        token: &Token,
        rules: &people::Sessions,
        at: Timestamp,
        sql: &mut AnyConnection,
    ) -> Result<Option<Self>, StoreError> {
        let row = sqlx::query(
            "SELECT name, person, method, signed_in_at, authenticated_at, seen_at, address, agent \
             FROM sessions WHERE digest = $1",
        )
        .bind(token.digest())
        .fetch_optional(sql)
        .await?;
        let session = row.as_ref().map(Self::read).transpose()?;
        Ok(session.filter(|session| session.times.standing(rules, at) == Standing::Live))
    }

    /// Sign-ins of a person that still count, the newest first.
    pub(crate) async fn all_of(
        person: &PersonId,
        rules: &people::Sessions,
        at: Timestamp,
        sql: &mut AnyConnection,
    ) -> Result<Vec<Self>, StoreError> {
        let rows = sqlx::query(
            "SELECT name, person, method, signed_in_at, authenticated_at, seen_at, address, agent \
             FROM sessions WHERE person = $1 ORDER BY signed_in_at DESC, name LIMIT $2",
        )
        .bind(person.as_str())
        .bind(MOST)
        .fetch_all(sql)
        .await?;
        let mut sessions: Vec<_> = rows.iter().map(Self::read).collect::<Result<_, _>>()?;
        sessions.retain(|session| session.times.standing(rules, at) == Standing::Live);
        Ok(sessions)
    }

    /// Keeps a new one, and drops those that are long over or too many.
    pub(crate) async fn begin(
        &self,
        token: &Token,
        rules: &people::Sessions,
        sql: &mut AnyConnection,
    ) -> Result<(), StoreError> {
        let began = self.times.signed_in_at;
        let longest = SignedDuration::from_hours(i64::from(rules.longest_hours));
        sqlx::query("DELETE FROM sessions WHERE signed_in_at <= $1")
            .bind(
                began
                    .saturating_sub(longest)
                    .unwrap_or(began)
                    .as_microsecond(),
            )
            .execute(&mut *sql)
            .await?;
        sqlx::query(
            "DELETE FROM sessions WHERE person = $1 AND name IN (SELECT name FROM sessions \
             WHERE person = $1 ORDER BY signed_in_at DESC, name LIMIT 1000 OFFSET $2)",
        )
        .bind(self.person.as_str())
        .bind(MOST - 1)
        .execute(&mut *sql)
        .await?;
        sqlx::query(
            "INSERT INTO sessions (digest, name, person, method, signed_in_at, authenticated_at, \
             seen_at, address, agent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(token.digest())
        .bind(self.name.as_str())
        .bind(self.person.as_str())
        .bind(self.method.as_str())
        .bind(began.as_microsecond())
        .bind(self.times.authenticated_at.as_microsecond())
        .bind(self.times.seen_at.as_microsecond())
        .bind(self.address.as_str())
        .bind(self.agent.as_str())
        .execute(sql)
        .await?;
        Ok(())
    }

    /// The person proved once more who they are: another token stands for it from now on. Not if it
    /// ended meanwhile.
    pub(crate) async fn confirm(
        &self,
        token: &Token,
        at: Timestamp,
        sql: &mut AnyConnection,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE sessions SET digest = $1, authenticated_at = $2, seen_at = $2 WHERE name = $3",
        )
        .bind(token.digest())
        .bind(at.as_microsecond())
        .bind(self.name.as_str())
        .execute(sql)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Whether its use is to be noted again.
    pub(crate) fn is_to_be_noted(&self, rules: &people::Sessions, at: Timestamp) -> bool {
        // A quarter of what it may idle, where that is short, so that use never passes for none.
        let idle = SignedDuration::from_mins(i64::from(rules.idle_minutes));
        at.duration_since(self.times.seen_at) >= SEEN_EVERY.min(idle / 4)
    }

    /// Notes its use. One that ended meanwhile does not come back.
    pub(crate) async fn saw(
        &self,
        at: Timestamp,
        sql: &mut AnyConnection,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET seen_at = $1 WHERE name = $2 AND seen_at < $1")
            .bind(at.as_microsecond())
            .bind(self.name.as_str())
            .execute(sql)
            .await?;
        Ok(())
    }

    fn read(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let time = |column: &str| instant(row.try_get(column)?);
        Ok(Self {
            name: row.try_get("name")?,
            person: PersonId::new(row.try_get::<String, _>("person")?),
            method: Method::parse(row.try_get("method")?),
            times: Times {
                signed_in_at: time("signed_in_at")?,
                authenticated_at: time("authenticated_at")?,
                seen_at: time("seen_at")?,
            },
            address: row.try_get("address")?,
            agent: row.try_get("agent")?,
        })
    }
}

/// Ends a person's sign-ins: all, all but one, or only one. Gives the names of those it ended.
pub(crate) async fn end(
    person: &PersonId,
    which: Which<'_>,
    sql: &mut AnyConnection,
) -> Result<Vec<String>, StoreError> {
    let (text, name) = match which {
        Which::All => (
            "DELETE FROM sessions WHERE person = $1 AND name <> $2 RETURNING name",
            "",
        ),
        Which::AllBut(name) => (
            "DELETE FROM sessions WHERE person = $1 AND name <> $2 RETURNING name",
            name,
        ),
        Which::Only(name) => (
            "DELETE FROM sessions WHERE person = $1 AND name = $2 RETURNING name",
            name,
        ),
    };
    let rows = sqlx::query(text)
        .bind(person.as_str())
        .bind(name)
        .fetch_all(sql)
        .await?;
    Ok(rows
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?)
}

/// Which of a person's sign-ins.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which<'a> {
    All,
    AllBut(&'a str),
    Only(&'a str),
}
