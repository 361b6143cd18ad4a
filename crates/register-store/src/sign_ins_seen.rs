//! Sign-ins to this console and to other systems, and what in them is a sign of misuse.
//!
//! Only what is lately so is kept, person by person; names nobody has are not kept at all, for people
//! type passwords there. Each thing counts once: what was counted towards a sign is dropped with it. A
//! success from an address forgives its failures, for that was somebody mistyping; what is tried from
//! elsewhere goes on counting.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId};
use matters::machine::Machine as _;
use matters::sign_in_misuse::{Certainty, Computer, Opening, Seen, SignInMisuse, Step, What};
use policy::people::SignInMisuseRules;
use register::workstations::Workstations;
use sqlx::Row as _;

use crate::change::{Change, instant};
use crate::error::StoreError;
use crate::image::Image;
use crate::load;
use crate::sessions::network_of;
use crate::store::Store;

/// Who finds it.
const RULE: &str = "sign-ins";

/// The same name at the same computer of somebody else is told of again after so long.
const QUIET: SignedDuration = SignedDuration::from_hours(1);

/// One sign-in that was tried, as another system tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInSeen {
    /// The name that was given: an account, or an address.
    pub who: String,
    /// Where: `mail`, `web` …
    pub system: String,
    /// From where, if that was told.
    pub address: Option<IpAddr>,
    /// When; of several in a row the last.
    pub at: Timestamp,
    /// Whether it was let in.
    pub succeeded: bool,
    /// How many in a row.
    pub times: u32,
}

/// How far a file was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePlace {
    /// Which file.
    pub path: String,
    /// Tells it from one that takes its place.
    pub file: u64,
    /// Where reading goes on, in bytes.
    pub place: u64,
}

impl Store {
    /// Says which computer is whose. Kept in memory only.
    pub fn set_workstations(&self, workstations: Workstations) {
        self.inner.workstations.store(workstations.into());
    }

    /// How far a file of sign-ins was read; none if nobody ever read it.
    pub async fn file_followed(&self, path: &str) -> Result<Option<FilePlace>, StoreError> {
        let row = sqlx::query("SELECT file, place FROM files_followed WHERE path = $1")
            .bind(path)
            .fetch_optional(self.inner.db.readers())
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(FilePlace {
            path: path.to_owned(),
            file: row.try_get::<i64, _>(0)?.cast_unsigned(),
            place: row.try_get::<i64, _>(1)?.cast_unsigned(),
        }))
    }

    /// Looks for misuse in what another system tells, in order, and keeps how far its file was read:
    /// a kill neither loses nor doubles any of it. `now` is when it is found.
    pub async fn follow_sign_ins(
        &self,
        seen: &[SignInSeen],
        place: &FilePlace,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut change = self.change().await?;
        let accounts = Accounts::of(&change.image);
        for one in seen {
            let Some(person) = accounts.person(&one.who) else {
                continue;
            };
            change.sign_in_seen(person, one, &accounts, now).await?;
        }
        sqlx::query(
            "INSERT INTO files_followed (path, file, place) VALUES ($1, $2, $3) \
             ON CONFLICT (path) DO UPDATE SET file = excluded.file, place = excluded.place",
        )
        .bind(place.path.as_str())
        .bind(place.file.cast_signed())
        .bind(place.place.cast_signed())
        .execute(change.sql())
        .await?;
        change.commit().await
    }
}

/// People by the names they sign in with.
pub(crate) struct Accounts(HashMap<String, PersonId>);

impl Accounts {
    fn of(image: &Image) -> Self {
        let names = image.people().all().flat_map(|person| {
            let names = person.accounts.iter().chain(&person.addresses);
            names.map(|name| (name.to_lowercase(), person.id.clone()))
        });
        Self(names.collect())
    }

    fn person(&self, name: &str) -> Option<&PersonId> {
        self.0.get(&name.trim().to_lowercase())
    }
}

impl Change<'_> {
    /// A sign-in of this console.
    pub(crate) async fn signed_in_here(
        &mut self,
        person: &PersonId,
        address: &str,
        succeeded: bool,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let one = SignInSeen {
            who: String::new(),
            system: "console".to_owned(),
            address: address.parse().ok(),
            at,
            succeeded,
            times: 1,
        };
        let accounts = match self.workstations().is_empty() {
            true => Accounts(HashMap::new()),
            false => Accounts::of(&self.image),
        };
        self.sign_in_seen(person, &one, &accounts, at).await
    }

    async fn sign_in_seen(
        &mut self,
        person: &PersonId,
        one: &SignInSeen,
        accounts: &Accounts,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if self.image.people().person(person).is_none() {
            return Ok(());
        }
        let rules = self.image.pack().people().sign_in_misuse.clone();
        self.forget(person, one.at, &rules).await?;
        let network = one.address.map(network_of).unwrap_or_default();
        if one.succeeded {
            self.keep_success(person, one, &network).await?;
            self.many_places(person, one, &rules, now).await?;
        } else {
            self.keep_failure(person, one, &network).await?;
            self.failures(person, one, &rules, now).await?;
        }
        self.others_computer(person, one, accounts, now).await
    }

    /// Drops what no longer counts.
    async fn forget(
        &mut self,
        person: &PersonId,
        at: Timestamp,
        rules: &SignInMisuseRules,
    ) -> Result<(), StoreError> {
        let longest = rules.failures_minutes.max(rules.places_minutes);
        sqlx::query("DELETE FROM sign_ins_seen WHERE person = $1 AND at <= $2")
            .bind(person.as_str())
            .bind(before(at, longest))
            .execute(self.sql())
            .await?;
        Ok(())
    }

    async fn keep_failure(
        &mut self,
        person: &PersonId,
        one: &SignInSeen,
        network: &str,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO sign_ins_seen (person, system, address, succeeded, at, n) \
             VALUES ($1, $2, $3, 0, $4, $5) ON CONFLICT (person, succeeded, at, system, address) \
             DO UPDATE SET n = sign_ins_seen.n + excluded.n",
        )
        .bind(person.as_str())
        .bind(one.system.as_str())
        .bind(network)
        .bind(one.at.as_microsecond())
        .bind(i64::from(one.times))
        .execute(self.sql())
        .await?;
        Ok(())
    }

    async fn keep_success(
        &mut self,
        person: &PersonId,
        one: &SignInSeen,
        network: &str,
    ) -> Result<(), StoreError> {
        if network.is_empty() {
            return Ok(());
        }
        // The failures of this place, and its earlier success.
        sqlx::query("DELETE FROM sign_ins_seen WHERE person = $1 AND address = $2")
            .bind(person.as_str())
            .bind(network)
            .execute(self.sql())
            .await?;
        sqlx::query(
            "INSERT INTO sign_ins_seen (person, system, address, succeeded, at, n) \
             VALUES ($1, $2, $3, 1, $4, 1)",
        )
        .bind(person.as_str())
        .bind(one.system.as_str())
        .bind(network)
        .bind(one.at.as_microsecond())
        .execute(self.sql())
        .await?;
        Ok(())
    }

    async fn failures(
        &mut self,
        person: &PersonId,
        one: &SignInSeen,
        rules: &SignInMisuseRules,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let since = before(one.at, rules.failures_minutes);
        let seen = self.lately(person, false, since).await?;
        let Some(seen) = seen.filter(|seen| seen.count >= rules.failures) else {
            return Ok(());
        };
        self.drop_counted(person, false).await?;
        self.found(person, What::Failures, one, seen, None, now)
            .await
    }

    async fn many_places(
        &mut self,
        person: &PersonId,
        one: &SignInSeen,
        rules: &SignInMisuseRules,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let since = before(one.at, rules.places_minutes);
        let Some(seen) = self.lately(person, true, since).await? else {
            return Ok(());
        };
        // One row a place.
        if seen.count < rules.places {
            return Ok(());
        }
        self.drop_counted(person, true).await?;
        self.found(person, What::ManyPlaces, one, seen, None, now)
            .await
    }

    /// What was seen of somebody since a moment; none where that is nothing.
    async fn lately(
        &mut self,
        person: &PersonId,
        succeeded: bool,
        since: i64,
    ) -> Result<Option<Seen>, StoreError> {
        let rows = sqlx::query(
            "SELECT address, at, n FROM sign_ins_seen \
             WHERE person = $1 AND succeeded = $2 AND at > $3 ORDER BY at",
        )
        .bind(person.as_str())
        .bind(i64::from(succeeded))
        .bind(since)
        .fetch_all(self.sql())
        .await?;
        let mut all: Option<Seen> = None;
        for row in rows {
            let at = instant(row.try_get(1)?)?;
            let n = u32::try_from(row.try_get::<i64, _>(2)?).unwrap_or(u32::MAX);
            let seen = all.get_or_insert_with(|| Seen {
                count: 0,
                first_at: at,
                last_at: at,
                addresses: BTreeSet::new(),
            });
            seen.count = seen.count.saturating_add(n);
            seen.last_at = at;
            let address: String = row.try_get(0)?;
            seen.addresses
                .extend((!address.is_empty()).then_some(address));
        }
        Ok(all)
    }

    async fn drop_counted(&mut self, person: &PersonId, succeeded: bool) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sign_ins_seen WHERE person = $1 AND succeeded = $2")
            .bind(person.as_str())
            .bind(i64::from(succeeded))
            .execute(self.sql())
            .await?;
        Ok(())
    }

    /// Whether the computer it came from is somebody else's.
    async fn others_computer(
        &mut self,
        person: &PersonId,
        one: &SignInSeen,
        accounts: &Accounts,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(address) = one.address else {
            return Ok(());
        };
        let computers = self.workstations();
        let computer = computers.at(address).and_then(|computer| {
            let owner = accounts.person(&computer.account)?;
            Some(Computer {
                person: owner.clone(),
                certainty: match computer.is_fixed {
                    true => Certainty::Fixed,
                    false => Certainty::Lent,
                },
            })
        });
        let Some(computer) = computer.filter(|computer| computer.person != *person) else {
            return Ok(());
        };
        let seen = Seen {
            count: one.times,
            first_at: one.at,
            last_at: one.at,
            addresses: [network_of(address)].into(),
        };
        self.found(person, What::OthersComputer, one, seen, Some(computer), now)
            .await
    }

    /// Opens a matter of it, or adds to the one that is open.
    async fn found(
        &mut self,
        person: &PersonId,
        what: What,
        one: &SignInSeen,
        seen: Seen,
        computer: Option<Computer>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let act = Act::of(Actor::Rule(RULE.to_owned()), now);
        let let_in = one.succeeded;
        if let Some((id, known)) = self.open_misuse(person, what, computer.as_ref()).await? {
            let is_new = !known.seen.addresses.is_superset(&seen.addresses)
                || (let_in && !known.let_in)
                || seen.last_at.duration_since(known.seen.last_at) >= QUIET;
            if what == What::OthersComputer && !is_new {
                return Ok(());
            }
            let row = self.row(&id, SignInMisuse::KIND).await?;
            let step = Step::Again { seen, let_in };
            return self.advance(&row, &known, step, &act).await;
        }
        let opening = Opening {
            person: person.clone(),
            what,
            system: one.system.clone(),
            seen,
            let_in,
            computer,
        };
        self.begin_matter::<SignInMisuse>(opening, &act)
            .await
            .map(drop)
    }

    /// The matter of the same kind about the same person, and computer, that is not over.
    async fn open_misuse(
        &mut self,
        person: &PersonId,
        what: What,
        computer: Option<&Computer>,
    ) -> Result<Option<(MatterId, SignInMisuse)>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, body FROM matters \
             WHERE kind = $1 AND subject = $2 AND about = $3 AND is_over = 0 ORDER BY id",
        )
        .bind(SignInMisuse::KIND)
        .bind(person.as_str())
        .bind(what.name())
        .fetch_all(self.sql())
        .await?;
        for row in rows {
            let id = MatterId::new(row.try_get::<String, _>(0)?);
            let known: SignInMisuse = load::parse(id.as_str(), row.try_get(1)?)?;
            let owner = known.computer.as_ref().map(|computer| &computer.person);
            if owner == computer.map(|computer| &computer.person) {
                return Ok(Some((id, known)));
            }
        }
        Ok(None)
    }
}

/// So many minutes before a moment, as tables hold it.
fn before(at: Timestamp, minutes: u32) -> i64 {
    let since = at.saturating_sub(SignedDuration::from_mins(i64::from(minutes)));
    since.unwrap_or(at).as_microsecond()
}
