//! A directory: its people, and its accounts beside them.

use std::collections::HashMap;

use jiff::Timestamp;
use matters::event::{Act, Actor};
use matters::id::PersonId;
use register_store::feeds::{Batch, Counts, Link};
use serde_json::json;

use super::{BATCH, ImportError, Imported, Importer, READER, counts};
use crate::ldap::mapping::Mapping;
use crate::ldap::reading::{self, Account, Entry};
use crate::plan::Plan;
use crate::plan::known::Known;
use crate::plan::planner::plan;
use crate::stated::Who;

/// The feed, as events name it.
pub const FEED: &str = "directory";

/// What stands in place of an account that is no longer there; it goes when the account comes back.
const GONE: &str = "gone";

/// Whether a link is to an account that was there when the directory was last read.
pub(crate) fn is_there(link: &Link) -> bool {
    link.body.get(GONE).is_none()
}

/// What a directory would change.
#[derive(Debug)]
pub struct DirectoryPlan {
    /// Changes to people.
    pub plan: Plan,
    /// Every account.
    pub accounts: Vec<Account>,
    /// Whose it is, by key, where that is known or will be.
    pub people: HashMap<String, PersonId>,
    /// Accounts known from earlier that are no longer there, and whose they were. Nobody leaves by
    /// that; but nothing is wanted of such an account any more.
    pub gone: Vec<Link>,
}

impl Importer {
    /// What the entries of a directory would change.
    pub async fn plan_directory(
        &self,
        entries: &[Entry],
        mapping: &Mapping,
        now: Timestamp,
    ) -> Result<DirectoryPlan, ImportError> {
        let (links, leaving) = (self.links(FEED).await?, self.leaving().await?);
        let image = self.store.image();
        let today = self.today(now);
        let known = Known::new(image.people(), &links, &leaving, self.audiences(), today);
        let (accounts, stated) = reading::read(entries, mapping);
        let subjects: HashMap<_, _> = stated
            .iter()
            .flatten()
            .filter_map(|stated| match &stated.who {
                Who::Key(key) => Some((key.clone(), known.subject(stated))),
                Who::Number(_) => None,
            })
            .collect();
        let plan = plan(&known, stated);
        let joins: HashMap<_, _> = plan
            .changes
            .iter()
            .map(|change| (&change.after.id, ()))
            .collect();
        let exists = |id: &PersonId| known.person(id).is_some() || joins.contains_key(id);
        let people = subjects.into_iter().filter(|(_, id)| exists(id)).collect();
        let there: std::collections::HashSet<_> =
            accounts.iter().map(|account| &account.key).collect();
        let mut gone: Vec<_> = links
            .iter()
            .filter(|(key, _)| !there.contains(key))
            .map(|(key, linked)| Link {
                feed: FEED.to_owned(),
                key: key.clone(),
                person: linked.person.clone(),
                account: linked.account.clone().unwrap_or_default(),
                enabled: false,
                body: json!({ GONE: true }),
            })
            .collect();
        gone.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(DirectoryPlan {
            plan,
            accounts,
            people,
            gone,
        })
    }

    /// Imports the entries of a directory. `sha256` is of them as they were kept.
    pub async fn import_directory(
        &self,
        entries: &[Entry],
        mapping: &Mapping,
        sha256: &str,
        now: Timestamp,
    ) -> Result<Imported, ImportError> {
        let planned = self.plan_directory(entries, mapping, now).await?;
        let run = self.store.begin_run(FEED, sha256, READER, now).await?;
        let went = self.take_directory(run, planned, now).await;
        self.finish(run, went, now).await
    }

    async fn take_directory(
        &self,
        run: i64,
        planned: DirectoryPlan,
        now: Timestamp,
    ) -> Result<Counts, ImportError> {
        let act = Act::of(Actor::Feed(FEED.to_owned()), now);
        let DirectoryPlan {
            mut plan,
            accounts,
            people,
            gone,
        } = planned;
        let all = counts(&plan);
        while !plan.changes.is_empty() {
            let rest = plan.changes.split_off(plan.changes.len().min(BATCH));
            let part = Plan {
                units: std::mem::take(&mut plan.units),
                changes: std::mem::replace(&mut plan.changes, rest),
                ..Plan::default()
            };
            let batch = Batch {
                counts: Counts::default(),
                ..self.batch(part)
            };
            self.store.keep_batch(run, batch, &act).await?;
        }
        let link = |account: &Account| {
            Some(Link {
                feed: FEED.to_owned(),
                key: account.key.clone(),
                person: people.get(&account.key)?.clone(),
                account: account.account.clone(),
                enabled: account.enabled,
                body: json!({"dn": account.dn, "groups": account.groups}),
            })
        };
        let links = accounts.iter().filter_map(link);
        let links: Vec<_> = links.chain(gone).collect();
        for links in links.chunks(BATCH) {
            let links = links.to_vec();
            let batch = Batch {
                links,
                ..Batch::default()
            };
            self.store.keep_batch(run, batch, &act).await?;
        }
        // Last, as the counts say the run is whole.
        let rest = Batch {
            counts: all,
            ..self.batch(plan)
        };
        self.store.keep_batch(run, rest, &act).await?;
        Ok(all)
    }
}
