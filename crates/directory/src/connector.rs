//! Tasks of the service desk that a directory can be told by itself: who is in the group of a
//! service, and whose account can be used.
//!
//! Three movements, each of which may be cut short and begun again: [`Connector::plan`] makes
//! deliveries of open tasks, [`deliver`](crate::provisioning::deliver) tries them, and
//! [`Connector::close`] says at the processes what was brought about. What is wanted is always read
//! off the register as it stands, never off the task, so an old task does no harm.
//!
//! Taking away one service takes away its group. An account is disabled only when everything is
//! withdrawn: people sign in to their computers with it.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use matters::access_request::{AccessRequest, Stage, Step};
use matters::event::{Act, Actor};
use matters::id::{PersonId, PostId};
use register_store::feeds::Link;
use register_store::image::Image;
use register_store::tasks::{Task, TaskState};
use register_store::work_list::WorkList;
use register_store::{Fact, Store, StoreError};

use crate::delivery::{Delivery, Status, Wanted};
use crate::import::ldap::FEED;
use crate::ldap::connection::Settings;
use crate::ldap::mapping::Mapping;
use crate::provisioning;

/// What is looked at: access to be set up, given back, taken away.
const TASKS: [&str; 3] = ["provision", "restore", "revoke"];

/// Tasks of one kind looked at in one round; the rest comes when these are done.
const ROUND: usize = 200;

/// Most deliveries of one person: services and accounts are few.
const MOST: usize = 500;

/// What account deliveries stand under in place of a service.
pub const ACCOUNT: &str = "account";

/// A directory, and what a register may want of it.
#[derive(Clone)]
pub struct Connector {
    /// Where it is.
    pub settings: Settings,
    /// Of the account that reads and writes.
    pub password: String,
    /// Which attribute means what.
    pub mapping: Mapping,
    /// The name of the group's entry of each service that has one.
    pub groups: BTreeMap<String, String>,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector")
            .field("settings", &self.settings)
            .field("groups", &self.groups)
            .finish_non_exhaustive()
    }
}

/// One task, with what the register and the directory know of its person.
struct Job {
    task: Task,
    accounts: Vec<Link>,
    made: Vec<Delivery>,
}

impl Connector {
    /// Makes deliveries of what open tasks want and nobody has tried since they were opened.
    pub async fn plan(&self, store: &Store, now: Timestamp) -> Result<(), StoreError> {
        for job in self.jobs(store).await? {
            let image = store.image();
            let mut new = Vec::new();
            for (service, key, wanted) in self.wanted(&job, &image) {
                if !job.is_under_way(service, key, &wanted) {
                    let person = job.task.subject.clone();
                    new.push(Delivery::new(person, service, key, wanted, now));
                }
            }
            if !new.is_empty() {
                provisioning::want(store, &new).await?;
            }
        }
        Ok(())
    }

    /// Tries what is due. How many deliveries were tried.
    pub async fn deliver(&self, store: &Store, now: Timestamp) -> Result<usize, StoreError> {
        provisioning::deliver(store, &self.settings, &self.password, &self.mapping, now).await
    }

    /// Ends tasks all of which was brought about, and hands those back to people of which something
    /// was given up. A process that refuses keeps its task for people, and does not stop the others.
    pub async fn close(&self, store: &Store, now: Timestamp) -> Result<(), StoreError> {
        for job in self.jobs(store).await? {
            if !self.groups.contains_key(job.service()) {
                // Its account may have been told; the service itself is the desk's.
                continue;
            }
            let wanted = self.wanted(&job, &store.image());
            let came = job.came(&wanted);
            let closed = match came {
                Came::Open => continue,
                Came::Done => finish(store, &job.task, now).await,
                Came::GivenUp(reason) => hand_back(store, &job.task, reason, now).await,
            };
            match closed {
                Err(StoreError::Refused(refused)) => tracing::warn!(
                    task = %job.task.id,
                    why = &refused as &dyn std::error::Error,
                    "what the directory was told cannot be said at its process"
                ),
                other => other?,
            }
        }
        Ok(())
    }

    /// Tries once more what was given up and is still wanted, because a night has passed.
    pub async fn try_again(&self, store: &Store, now: Timestamp) -> Result<(), StoreError> {
        let failed = store.deliveries(None, Some("failed"), MOST).await?;
        let failed = provisioning::read(failed).into_iter();
        let again: Vec<_> = failed.map(|delivery| delivery.again(now)).collect();
        match again.is_empty() {
            true => Ok(()),
            false => provisioning::want(store, &again).await,
        }
    }

    async fn jobs(&self, store: &Store) -> Result<Vec<Job>, StoreError> {
        let image = store.image();
        let desk = [PostId::from(
            image.pack().people().access.provisioned_by.as_str(),
        )];
        let mut jobs = Vec::new();
        for task in TASKS {
            let list = WorkList {
                posts: &desk,
                state: TaskState::Open,
                task,
                service: "",
                before: None,
                after: None,
                limit: ROUND,
            };
            for task in store.work(&list).await?.items {
                let accounts = store.links_of(FEED, &task.subject).await?;
                let accounts: Vec<_> = accounts.into_iter().map(|kept| kept.link).collect();
                if !accounts.is_empty() {
                    let made = store.deliveries(Some(&task.subject), None, MOST).await?;
                    jobs.push(Job {
                        task,
                        accounts,
                        made: provisioning::read(made),
                    });
                }
            }
        }
        Ok(jobs)
    }

    /// What is to be so of each account, as the register stands: under which name, and for which key.
    ///
    /// Nothing is given where a person has several accounts: which of them is meant is for people to
    /// say. Taking away is for all of them.
    fn wanted<'j>(&self, job: &'j Job, image: &Image) -> Vec<(&'j str, &'j str, Wanted)> {
        let person = &job.task.subject;
        let service = job.service();
        let gives = job.task.task == "provision" || is_granted(person, service, image);
        if gives && job.accounts.len() > 1 {
            return Vec::new();
        }
        let group = self.groups.get(service).cloned();
        let mut wanted = Vec::new();
        for account in &job.accounts {
            let key = account.key.as_str();
            if let Some(group) = group.clone() {
                let membership = match gives {
                    true => Wanted::Member { group },
                    false => Wanted::NotMember { group },
                };
                wanted.push((service, key, membership));
            }
            if gives && group.is_some() {
                wanted.push((ACCOUNT, key, Wanted::Enabled));
            } else if has_ceased(person, image) {
                wanted.push((ACCOUNT, key, Wanted::Disabled));
            }
        }
        wanted
    }
}

/// Whether a service is in use.
fn is_granted(person: &PersonId, service: &str, image: &Image) -> bool {
    image.facts(person).any(|(_, fact)| {
        matches!(fact, Fact::Granted(services) if services.iter().any(|one| one == service))
    })
}

/// Whether everything is withdrawn by now.
pub(crate) fn has_ceased(person: &PersonId, image: &Image) -> bool {
    image.facts(person).any(|(_, fact)| {
        matches!(
            fact,
            Fact::Withdrawn { services, from: None } if services.iter().any(|one| one == "all")
        )
    })
}

/// What came of everything a task wants.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    Open,
    Done,
    GivenUp(String),
}

impl Job {
    fn service(&self) -> &str {
        self.task.service.as_deref().unwrap_or_default()
    }

    /// The delivery of this, if it was made for this task or is still being tried.
    fn made(&self, service: &str, key: &str, wanted: &Wanted) -> Option<&Delivery> {
        let same =
            |made: &&Delivery| made.service == service && made.key == key && made.wanted == *wanted;
        let made = self.made.iter().find(same)?;
        let is_ours = match made.status {
            Status::Due { .. } => true,
            Status::Done { at } | Status::Failed { at } => at >= self.task.opened_at,
        };
        is_ours.then_some(made)
    }

    fn is_under_way(&self, service: &str, key: &str, wanted: &Wanted) -> bool {
        self.made(service, key, wanted).is_some()
    }

    fn came(&self, wanted: &[(&str, &str, Wanted)]) -> Came {
        let mut came = if wanted.is_empty() {
            Came::Open
        } else {
            Came::Done
        };
        for (service, key, wanted) in wanted {
            match self.made(service, key, wanted) {
                Some(made) => match made.status {
                    Status::Done { .. } => {}
                    Status::Due { .. } => return Came::Open,
                    Status::Failed { .. } => {
                        came = Came::GivenUp(made.reason.clone().unwrap_or_default());
                    }
                },
                None => return Came::Open,
            }
        }
        came
    }
}

fn act(now: Timestamp) -> Act {
    Act::of(Actor::Feed(FEED.to_owned()), now)
}

/// Says at the process that access is set up, where it waits for that, and ends the task.
async fn finish(store: &Store, task: &Task, now: Timestamp) -> Result<(), StoreError> {
    if task.task == "provision" {
        let kept = store.matter::<AccessRequest>(&task.matter).await?;
        if matches!(kept.matter.stage, Stage::Provisioning | Stage::Partial) {
            let (step, act) = (Step::Provisioned, act(now));
            let taken = store.take::<AccessRequest>(&task.matter, Some(kept.version), step, &act);
            taken.await?;
        }
    }
    end(store, task, now).await
}

/// Says at the process why access could not be set up. The task that comes of it is for people.
async fn hand_back(
    store: &Store,
    task: &Task,
    reason: String,
    now: Timestamp,
) -> Result<(), StoreError> {
    if task.task != "provision" {
        return Ok(());
    }
    let kept = store.matter::<AccessRequest>(&task.matter).await?;
    if kept.matter.stage != Stage::Provisioning {
        return Ok(());
    }
    let (version, act) = (Some(kept.version), act(now).because(reason));
    let taken = store.take::<AccessRequest>(&task.matter, version, Step::ProvisionFailed, &act);
    taken.await?;
    end(store, task, now).await
}

/// Ends a task its step has not ended with it.
async fn end(store: &Store, task: &Task, now: Timestamp) -> Result<(), StoreError> {
    match store.task(&task.id).await?.finished_at {
        Some(_) => Ok(()),
        None => store.finish_task(&task.id, &act(now)).await,
    }
}
