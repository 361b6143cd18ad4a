//! Users kept in the register.
//!
//! An id is the person's. A user that becomes inactive keeps everything, but the account behind it
//! counts as one that cannot be used; who leaves is for HR and managers to say.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use matters::event::{Act, Actor};
use matters::id::{PersonId, UnitId};
use register_store::feeds::{KeptLink, Link};
use register_store::{Store, StoreError};
use sha2::{Digest as _, Sha256};

use crate::plan::Plan;
use crate::plan::known::{Known, Linked};
use crate::plan::planner::plan;
use crate::raw_files::hex;
use crate::scim::error::ScimError;
use crate::scim::filter::Match;
use crate::scim::user::User;
use crate::scim::users::{Group, Kept, Page, Part, Users};
use crate::stated::{Says, Stated, Weight, Who};

/// The feed, as events name it.
const FEED: &str = "scim";

/// Users kept in the register.
#[derive(Debug, Clone)]
pub struct Register {
    /// Where.
    pub store: Store,
    /// What the client's user types mean, in lower case; an audience's own name needs no entry.
    pub audiences: BTreeMap<String, String>,
    /// The time: this is an edge.
    pub now: fn() -> Timestamp,
}

impl Users for Register {
    async fn list(&self, matching: Option<Match>, part: Part) -> Result<Page<Kept>, ScimError> {
        let links = self.links().await?;
        let mut found = Vec::new();
        for link in links {
            let kept = kept_of(link)?;
            let fits = match &matching {
                None => true,
                Some(Match::UserName(name)) => kept.user.user_name.eq_ignore_ascii_case(name),
                Some(Match::ExternalId(id)) => kept.user.external_id.as_ref() == Some(id),
                Some(Match::Id(id)) => kept.id == *id,
            };
            found.extend(fits.then_some(kept));
        }
        Ok(page(found, part))
    }

    async fn read(&self, id: &str) -> Result<Kept, ScimError> {
        let links = self.links().await?;
        let link = links.into_iter().find(|kept| kept.link.key == id);
        kept_of(link.ok_or_else(|| ScimError::NotFound(id.to_owned()))?)
    }

    async fn create(&self, user: User) -> Result<Kept, ScimError> {
        let now = (self.now)();
        let links = self.links().await?;
        unique(&links, None, &user)?;
        // Made of what was said and when, and never used again for anybody else.
        let made = format!("{}\n{now}", user.user_name);
        let key = format!("s{}", &hex(&Sha256::digest(made.as_bytes()))[..16]);
        let (person, plan) = self.planned(&links, &key, &user, now)?;
        if links.iter().any(|kept| kept.link.person == person) {
            return Err(ScimError::Uniqueness("this person"));
        }
        self.keep(person, 0, &user, plan, now).await
    }

    async fn replace(&self, id: &str, version: &str, user: User) -> Result<Kept, ScimError> {
        let now = (self.now)();
        let links = self.links().await?;
        unique(&links, Some(id), &user)?;
        let (person, plan) = self.planned(&links, id, &user, now)?;
        let version = version.parse().map_err(|_| ScimError::Stale)?;
        self.keep(person, version, &user, plan, now).await
    }

    async fn groups(&self, part: Part) -> Result<Page<Group>, ScimError> {
        let mut groups = self.units().await?;
        groups.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(page(groups, part))
    }

    async fn group(&self, id: &str) -> Result<Group, ScimError> {
        let group = self.units().await?.into_iter().find(|group| group.id == id);
        group.ok_or_else(|| ScimError::NotFound(id.to_owned()))
    }
}

impl Register {
    async fn links(&self) -> Result<Vec<KeptLink>, ScimError> {
        self.store.links(FEED).await.map_err(unavailable)
    }

    /// What a user would change, and whom it means. Everything it says is taken, or nothing.
    fn planned(
        &self,
        links: &[KeptLink],
        key: &str,
        user: &User,
        now: Timestamp,
    ) -> Result<(PersonId, Plan), ScimError> {
        let image = self.store.image();
        let accounts: HashMap<_, _> = links
            .iter()
            .map(|kept| (&kept.link.person, kept.link.account.clone()))
            .collect();
        // Ids are the people's own, so anybody known can be named as a manager.
        let people = image.people().all().map(|person| {
            let linked = Linked {
                person: person.id.clone(),
                account: accounts.get(&person.id).cloned(),
            };
            (person.id.as_str().to_owned(), linked)
        });
        let (people, nobody) = (people.collect(), HashMap::new());
        let audiences = image.pack().settings().audiences.keys().cloned();
        // Without days of employment in it, the day plays no part.
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let known = Known::new(image.people(), &people, &nobody, audiences, today);
        let stated = self.stated(key, user);
        let person = known.subject(&stated);
        let plan = plan(&known, vec![Ok(stated)]);
        match plan.quarantined.first() {
            Some(aside) => {
                let said = format!("{} {}; {}", aside.field, aside.reason, aside.hint);
                Err(ScimError::Value(said))
            }
            None => Ok((person, plan)),
        }
    }

    fn stated(&self, key: &str, user: &User) -> Stated {
        let mut stated = Stated::about(1, Who::Key(key.to_owned()), Weight::Fills);
        stated.employee_number.clone_from(&user.employee_number);
        stated.name = user.name.clone().or_else(|| Some(user.user_name.clone()));
        stated.audience = user.user_type.as_ref().map(|kind| {
            let kind = kind.to_lowercase();
            self.audiences.get(&kind).cloned().unwrap_or(kind)
        });
        stated.job_title.clone_from(&user.title);
        stated.unit.clone_from(&user.unit);
        stated.manager = match &user.manager {
            Some(manager) => Says::Is(Who::Key(manager.clone())),
            None => Says::Nothing,
        };
        stated.account = Some(user.user_name.clone());
        stated.address = user.emails.first().cloned();
        stated
    }

    async fn keep(
        &self,
        person: PersonId,
        version: i64,
        user: &User,
        plan: Plan,
        now: Timestamp,
    ) -> Result<Kept, ScimError> {
        let link = Link {
            feed: FEED.to_owned(),
            key: person.as_str().to_owned(),
            person: person.clone(),
            account: user.user_name.clone(),
            enabled: user.active,
            body: user.resource(),
        };
        let people = plan.changes.into_iter().map(|change| change.after);
        let act = Act::of(Actor::Feed(FEED.to_owned()), now);
        let kept = self
            .store
            .keep_link(&link, version, people, plan.units, &act)
            .await;
        match kept.map_err(unavailable)? {
            true => self.read(person.as_str()).await,
            false => Err(ScimError::Stale),
        }
    }

    /// Units as groups, with those of their people who are users.
    async fn units(&self) -> Result<Vec<Group>, ScimError> {
        let links = self.links().await?;
        let image = self.store.image();
        let mut members: HashMap<&UnitId, Vec<(String, String)>> = HashMap::new();
        for kept in &links {
            let person = image.people().person(&kept.link.person);
            if let Some((unit, person)) =
                person.and_then(|person| Some((person.unit.as_ref()?, person)))
            {
                let member = (kept.link.key.clone(), person.name.clone());
                members.entry(unit).or_default().push(member);
            }
        }
        let groups = image.people().units().map(|unit| Group {
            id: unit.id.as_str().to_owned(),
            name: unit.name.clone(),
            members: members.remove(&unit.id).unwrap_or_default(),
        });
        Ok(groups.collect())
    }
}

fn unique(links: &[KeptLink], own: Option<&str>, user: &User) -> Result<(), ScimError> {
    let mut others = links
        .iter()
        .filter(|kept| Some(kept.link.key.as_str()) != own);
    match others.any(|kept| kept.link.account.eq_ignore_ascii_case(&user.user_name)) {
        true => Err(ScimError::Uniqueness("userName")),
        false => Ok(()),
    }
}

fn page<T>(items: Vec<T>, part: Part) -> Page<T> {
    Page {
        total: items.len(),
        items: items.into_iter().skip(part.skip).take(part.count).collect(),
    }
}

fn kept_of(kept: KeptLink) -> Result<Kept, ScimError> {
    Ok(Kept {
        id: kept.link.key,
        user: User::read(&kept.link.body)?,
        version: kept.version.to_string(),
        created: kept.first_at,
        changed: kept.changed_at,
    })
}

fn unavailable(error: StoreError) -> ScimError {
    ScimError::Unavailable(error.into())
}
