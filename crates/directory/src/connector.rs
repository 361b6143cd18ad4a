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

use jiff::{SignedDuration, Timestamp};
use matters::access_request::{AccessRequest, Stage, Step};
use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId, PostId};
use register_store::feeds::Link;
use register_store::image::Image;
use register_store::tasks::{Task, TaskState};
use register_store::work_list::WorkList;
use register_store::{Fact, Store, StoreError};

use crate::delivery::{Delivery, Status, Wanted};
use crate::import::ldap::{FEED, is_there};
use crate::ldap::connection::Settings;
use crate::ldap::mapping::Mapping;
use crate::provisioning;

/// What is looked at: access to be set up, given back, taken away.
const TASKS: [&str; 3] = ["provision", "restore", "revoke"];

/// Tasks read at once.
const PAGE: usize = 200;

/// What was given up is tried again after a night: somebody may have put it right.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(20);

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

/// One task, with what the register wants of its person now, and what the directory was told.
struct Job {
    task: Task,
    aim: Aim,
    accounts: Vec<Link>,
    made: Vec<Delivery>,
}

/// What is to be so of a person, as the register stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Aim {
    /// Whether the accounts are to be in the service's group; nothing where it has none, or nobody
    /// says.
    is_member: Option<bool>,
    /// Whether they are to be usable; nothing where that stays as it is.
    is_usable: Option<bool>,
}

impl Connector {
    /// Makes deliveries of what open tasks want and nobody has tried since they were opened.
    pub async fn plan(&self, store: &Store, now: Timestamp) -> Result<(), StoreError> {
        for job in self.jobs(store).await? {
            let mut new = Vec::new();
            for (service, key, wanted) in self.wanted(&job) {
                if job.made(service, key, &wanted, now).is_none() {
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
            let came = job.came(&self.wanted(&job), now);
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

    /// Tasks of people with an account of which the directory can be told something.
    async fn jobs(&self, store: &Store) -> Result<Vec<Job>, StoreError> {
        let mut jobs = Vec::new();
        for name in TASKS {
            for task in open_tasks(store, name).await? {
                let Some(aim) = self.aim(store, &task).await? else {
                    continue;
                };
                let accounts = store.links_of(FEED, &task.subject).await?;
                let accounts = accounts.into_iter().map(|kept| kept.link);
                let accounts: Vec<_> = accounts.filter(is_there).collect();
                if accounts.is_empty() {
                    continue;
                }
                let made = store.deliveries(Some(&task.subject), None, MOST).await?;
                jobs.push(Job {
                    task,
                    aim,
                    accounts,
                    made: provisioning::read(made),
                });
            }
        }
        Ok(jobs)
    }

    /// What a task comes to now; none if nothing.
    async fn aim(&self, store: &Store, task: &Task) -> Result<Option<Aim>, StoreError> {
        let image = store.image();
        let service = task.service.as_deref().unwrap_or_default();
        let has_group = self.groups.contains_key(service);
        let ceased = has_ceased(&task.subject, &image);
        // Most tasks are about services the directory knows nothing of.
        if !has_group && !ceased && task.task != "restore" {
            return Ok(None);
        }
        let gives = !ceased
            && match task.task.as_str() {
                "provision" => is_to_be_set_up(store, &task.matter).await?,
                _ => is_granted(&task.subject, service, &image),
            };
        let takes = task.task == "revoke" && !gives;
        let aim = Aim {
            is_member: (has_group && (gives || takes)).then_some(gives),
            is_usable: if ceased {
                Some(false)
            } else {
                gives.then_some(true)
            },
        };
        Ok(Some(aim).filter(|aim| aim.is_member.is_some() || aim.is_usable.is_some()))
    }

    /// What is to be so of each account: under which name, and for which key.
    ///
    /// Nothing is given where a person has several accounts: which of them is meant is for people to
    /// say. Taking away is for all of them.
    fn wanted<'j>(&self, job: &'j Job) -> Vec<(&'j str, &'j str, Wanted)> {
        let gives = job.aim.is_member == Some(true) || job.aim.is_usable == Some(true);
        if gives && job.accounts.len() > 1 {
            return Vec::new();
        }
        let service = job.service();
        let mut wanted = Vec::new();
        for account in &job.accounts {
            let key = account.key.as_str();
            let group = self.groups.get(service).cloned();
            if let (Some(is_member), Some(group)) = (job.aim.is_member, group) {
                let membership = match is_member {
                    true => Wanted::Member { group },
                    false => Wanted::NotMember { group },
                };
                wanted.push((service, key, membership));
            }
            match job.aim.is_usable {
                Some(true) => wanted.push((ACCOUNT, key, Wanted::Enabled)),
                Some(false) => wanted.push((ACCOUNT, key, Wanted::Disabled)),
                None => {}
            }
        }
        wanted
    }
}

/// Every open task of this name on the desk's list.
async fn open_tasks(store: &Store, name: &str) -> Result<Vec<Task>, StoreError> {
    let image = store.image();
    let desk = [PostId::from(
        image.pack().people().access.provisioned_by.as_str(),
    )];
    let mut all: Vec<Task> = Vec::new();
    loop {
        let page = store
            .work(&WorkList {
                posts: &desk,
                state: TaskState::Open,
                task: name,
                service: "",
                before: None,
                after: all.last().map(|task| &task.id),
                limit: PAGE,
            })
            .await?;
        all.extend(page.items);
        if !page.more {
            return Ok(all);
        }
    }
}

/// Whether a request waits for being set up, or for somebody to do so who could not.
async fn is_to_be_set_up(store: &Store, request: &MatterId) -> Result<bool, StoreError> {
    let kept = store.matter::<AccessRequest>(request).await?;
    Ok(matches!(
        kept.matter.stage,
        Stage::Provisioning | Stage::Partial
    ))
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

    /// The delivery of this that still counts for this task: one under way, done since it was opened,
    /// or given up no longer than a night ago.
    fn made(&self, service: &str, key: &str, wanted: &Wanted, now: Timestamp) -> Option<&Delivery> {
        let same =
            |made: &&Delivery| made.service == service && made.key == key && made.wanted == *wanted;
        let made = self.made.iter().find(same)?;
        let counts = match made.status {
            Status::Due { .. } => true,
            Status::Done { at } => at >= self.task.opened_at,
            Status::Failed { at } => {
                at >= self.task.opened_at && now.duration_since(at) < AGAIN_AFTER
            }
        };
        counts.then_some(made)
    }

    fn came(&self, wanted: &[(&str, &str, Wanted)], now: Timestamp) -> Came {
        let mut came = if wanted.is_empty() {
            Came::Open
        } else {
            Came::Done
        };
        for (service, key, wanted) in wanted {
            match self.made(service, key, wanted, now) {
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
