//! What people decide reaches the directory, and what it cannot take comes back to people.

use std::collections::BTreeMap;

use directory::connector::Connector;
use end_to_end::slapd::{BASE, PASSWORD};
use jiff::{SignedDuration, Timestamp};
use matters::acceptance::{self, Acceptance};
use matters::access_request::{self, AccessRequest, Stage, Wanted};
use matters::authority::Holding;
use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId};
use matters::signing_method::{self, SigningMethod};
use matters::withdrawal::{self, Withdrawal};
use register_store::Store;
use register_store::feeds::RunStatus;
use register_store::matters_kept::Filter;
use register_store::tasks::TaskState;

use crate::register::{Setting as Register, now};
use crate::setting::{Setting, account};

const STAFF: &str = "employeeType: staff\n";

/// A directory whose three people are in a register, where one of them asked for email.
struct Whole {
    directory: Setting,
    register: Register,
    connector: Connector,
    request: MatterId,
}

impl Whole {
    async fn start() -> Option<Self> {
        let directory = Setting::start()?;
        directory.add(&["ann", "head", "it"], STAFF);
        let entry = format!(
            "dn: {}\nchangetype: add\nobjectClass: groupOfNames\ncn: mail\nmember: cn=nobody,{BASE}\n",
            group()
        );
        directory.slapd.change(&entry).unwrap();
        let connector = Connector {
            settings: directory.settings.clone(),
            password: PASSWORD.to_owned(),
            mapping: directory.mapping.clone(),
            groups: BTreeMap::from([("email".to_owned(), group())]),
        };
        let register = Register::new().await;
        let taken = register
            .importer
            .take_in(&connector, &register.raw, now())
            .await
            .unwrap();
        assert_eq!(taken.imported.counts.added, 3);
        let mut whole = Self {
            directory,
            register,
            connector,
            request: MatterId::from("AR-NONE"),
        };
        whole.ask().await;
        Some(whole)
    }

    fn store(&self) -> &Store {
        &self.register.store
    }

    fn id(&self, account: &str) -> PersonId {
        let image = self.store().image();
        let mut all = image.people().all();
        let person = all.find(|person| person.accounts == [account]).unwrap();
        person.id.clone()
    }

    fn by(&self, account: &str) -> Act {
        Act::by(&self.id(account), now())
    }

    /// Everything but the last gate.
    async fn ask(&mut self) {
        let store = self.store().clone();
        for (who, post) in [
            ("head", "executive-director"),
            ("it", "assistant-director-it"),
            ("head", "chief-internal-auditor"),
            ("it", "strategic-transformation"),
        ] {
            let holding = Holding {
                post: post.into(),
                unit: None,
                person: self.id(who),
                from: now() - SignedDuration::from_hours(1),
                until: None,
            };
            store.appoint(holding, &feed()).await.unwrap();
        }
        let ann = self.id("ann");
        let opening = access_request::Opening {
            person: ann.clone(),
            service: "email".to_owned(),
            wanted: Wanted {
                need: "letters to residents".to_owned(),
                equipment: None,
                until: None,
                sponsor: None,
            },
            paper: None,
        };
        let draft = store
            .open_matter::<AccessRequest>(opening, &self.by("ann"))
            .await
            .unwrap();
        self.request = draft.id;
        for (step, who) in [
            (access_request::Step::Submit, "ann"),
            (access_request::Step::Authorise, "head"),
            (access_request::Step::Permit, "it"),
        ] {
            let act = self.by(who);
            let taken = store.take::<AccessRequest>(&self.request, None, step, &act);
            taken.await.unwrap();
        }
        let image = store.image();
        let mut verified = image.people().person(&ann).unwrap().clone();
        verified.verified_at = Some(now());
        store.put_person(verified, &feed()).await.unwrap();
    }

    /// The last gate.
    async fn sign(&self) {
        let store = self.store();
        let opening = signing_method::Opening {
            description: "The password again, then a button under the words.".to_owned(),
        };
        let (first, second) = (self.by("head"), self.by("it"));
        let proposed = store.open_matter::<SigningMethod>(opening, &first);
        let method = proposed.await.unwrap().id;
        let agree = signing_method::Step::Agree;
        let agreed = store.take::<SigningMethod>(&method, None, agree, &second);
        agreed.await.unwrap();
        store.ask_for_signatures(now(), &feed()).await.unwrap();
        let filter = Filter {
            subject: Some(self.id("ann")),
            ..Filter::default()
        };
        let asked = store.matters::<Acceptance>(&filter).await.unwrap();
        let asked = &asked.items[0];
        let format = || "html".to_owned();
        let (image, mut act) = (store.image(), self.by("ann"));
        let accept = acceptance::Step::Accept {
            format: format(),
            text_sha256: asked.matter.text_sha256.clone(),
            statement: image.pack().people().acceptance.statement.clone(),
            method: acceptance::Method::Electronic {
                authenticated_at: now(),
            },
        };
        let opened = acceptance::Step::Opened { format: format() };
        let taken = store.take::<Acceptance>(&asked.id, None, opened, &act);
        taken.await.unwrap();
        act.form_sha256 = Some("0".repeat(64));
        let taken = store.take::<Acceptance>(&asked.id, None, accept, &act);
        taken.await.unwrap();
    }

    async fn round(&self, at: Timestamp) {
        let store = self.store();
        self.connector.plan(store, at).await.unwrap();
        self.connector.deliver(store, at).await.unwrap();
        self.connector.close(store, at).await.unwrap();
    }

    async fn stage(&self) -> Stage {
        let kept = self.store().matter::<AccessRequest>(&self.request).await;
        kept.unwrap().matter.stage
    }

    /// Groups of `ann`'s account, and whether it can be used.
    async fn account(&mut self) -> (usize, bool) {
        let (accounts, _) = self.directory.import().await;
        let ann = account(&accounts, "ann");
        (ann.groups.len(), ann.enabled)
    }

    /// Open tasks about a service.
    async fn open_tasks(&self) -> Vec<(String, String)> {
        let tasks = self.store().tasks(None, TaskState::Open).await.unwrap();
        let tasks = tasks.into_iter();
        tasks
            .filter_map(|task| Some((task.task, task.service?)))
            .collect()
    }
}

fn group() -> String {
    format!("cn=mail,ou=groups,{BASE}")
}

fn feed() -> Act {
    Act::of(Actor::Feed("hr".to_owned()), now())
}

fn minute(n: i64) -> Timestamp {
    now() + SignedDuration::from_mins(n)
}

#[tokio::test(flavor = "multi_thread")]
async fn access_is_set_up_and_taken_away_by_itself() {
    let Some(mut whole) = Whole::start().await else {
        return;
    };
    whole.round(minute(0)).await;
    assert_eq!(whole.account().await, (0, true), "a gate is shut");
    whole.sign().await;
    assert_eq!(whole.stage().await, Stage::Provisioning);
    whole.round(minute(1)).await;
    assert_eq!(whole.account().await, (1, true));
    assert_eq!(whole.stage().await, Stage::Active);
    assert_eq!(whole.open_tasks().await, []);
    let opening = withdrawal::Opening {
        person: whole.id("ann"),
        kind: withdrawal::Kind::Leaving,
        effective_at: minute(10),
        until: None,
    };
    let store = whole.store().clone();
    store
        .open_matter::<Withdrawal>(opening, &feed())
        .await
        .unwrap();
    store.run_due(minute(9)).await.unwrap();
    whole.round(minute(9)).await;
    assert_eq!(whole.account().await, (1, true), "not a minute early");
    store.run_due(minute(10)).await.unwrap();
    whole.round(minute(10)).await;
    assert_eq!(whole.account().await, (0, false));
    assert_eq!(whole.stage().await, Stage::Ended);
    let left = whole.open_tasks().await;
    let email = ("revoke".to_owned(), "email".to_owned());
    assert!(!left.contains(&email), "{left:?}");
    // Services the directory has no group for stay the desk's.
    let telephone = ("revoke".to_owned(), "telephone".to_owned());
    assert!(left.contains(&telephone), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_directory_never_takes_is_the_desks() {
    let Some(mut whole) = Whole::start().await else {
        return;
    };
    let nowhere = format!("cn=none,ou=groups,{BASE}");
    whole.connector.groups = BTreeMap::from([("email".to_owned(), nowhere)]);
    whole.sign().await;
    whole.round(minute(1)).await;
    assert_eq!(whole.stage().await, Stage::Partial);
    let provision = ("provision".to_owned(), "email".to_owned());
    assert_eq!(whole.open_tasks().await, std::slice::from_ref(&provision));
    whole.round(minute(2)).await;
    assert_eq!(whole.open_tasks().await, [provision]);
    let history = whole.store().history(&whole.request).await.unwrap();
    let last = history.last().unwrap();
    assert_eq!(last.step, "provision-failed");
    assert!(last.act.reason.as_ref().unwrap().contains("no such group"));
    // Put right at the directory, and tried again after a night.
    let entry = format!(
        "dn: cn=none,ou=groups,{BASE}\nchangetype: add\nobjectClass: groupOfNames\ncn: none\n\
         member: cn=nobody,{BASE}\n"
    );
    whole.directory.slapd.change(&entry).unwrap();
    whole.round(minute(60)).await;
    assert_eq!(whole.stage().await, Stage::Partial, "not before");
    whole.round(minute(24 * 60)).await;
    assert_eq!(whole.account().await, (1, true));
    assert_eq!(whole.stage().await, Stage::Active);
    assert_eq!(whole.open_tasks().await, []);
}

/// What was still to be tried when the request was taken back is not tried any more.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_longer_wanted_is_not_brought_about() {
    let Some(mut whole) = Whole::start().await else {
        return;
    };
    whole.sign().await;
    whole.directory.slapd.stop();
    whole.round(minute(1)).await;
    let withdraw = access_request::Step::Withdraw;
    let act = whole.by("ann");
    let taken = whole
        .store()
        .take::<AccessRequest>(&whole.request, None, withdraw, &act);
    taken.await.unwrap();
    whole.directory.slapd.resume().unwrap();
    for at in [2, 3, 4, 5] {
        whole.round(minute(at)).await;
    }
    assert_eq!(whole.account().await, (0, true));
    // Nor after a night.
    whole.round(minute(24 * 60)).await;
    assert_eq!(whole.account().await, (0, true));
}

/// Whose services all come back can use their account again, whatever has a group.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_comes_back_with_its_services() {
    let Some(mut whole) = Whole::start().await else {
        return;
    };
    whole.sign().await;
    whole.round(minute(1)).await;
    let opening = withdrawal::Opening {
        person: whole.id("ann"),
        kind: withdrawal::Kind::Temporary,
        effective_at: minute(2),
        until: Some(minute(30)),
    };
    let store = whole.store().clone();
    let act = whole.by("head");
    let act = Act { at: now(), ..act }.because("an enquiry");
    store
        .open_matter::<Withdrawal>(opening, &act)
        .await
        .unwrap();
    store.run_due(minute(2)).await.unwrap();
    whole.round(minute(2)).await;
    assert_eq!(whole.account().await, (0, false));
    store.run_due(minute(30)).await.unwrap();
    whole.round(minute(30)).await;
    assert_eq!(whole.account().await, (1, true));
}

/// Somebody's account was deleted and made anew: the old one is not a second one.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_no_longer_there_does_not_count() {
    let Some(mut whole) = Whole::start().await else {
        return;
    };
    let gone = format!("dn: uid=ann,ou=people,{BASE}\nchangetype: delete\n");
    whole.directory.slapd.change(&gone).unwrap();
    whole.directory.add(&["ann"], STAFF);
    let register = &whole.register;
    let taken = register
        .importer
        .take_in(&whole.connector, &register.raw, now());
    taken.await.unwrap();
    let links = whole
        .store()
        .links_of("directory", &whole.id("ann"))
        .await
        .unwrap();
    assert_eq!(links.len(), 2);
    whole.sign().await;
    whole.round(minute(1)).await;
    assert_eq!(whole.account().await, (1, true));
    assert_eq!(whole.stage().await, Stage::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_was_away_is_told_once_it_is_back() {
    let Some(mut whole) = Whole::start().await else {
        return;
    };
    whole.sign().await;
    whole.directory.slapd.stop();
    whole.round(minute(1)).await;
    assert_eq!(whole.stage().await, Stage::Provisioning);
    let register = &whole.register;
    for n in 1..3 {
        let taken = register
            .importer
            .take_in(&whole.connector, &register.raw, minute(n));
        assert!(taken.await.is_err());
    }
    let runs = whole.store().runs(Some("directory"), 10).await.unwrap();
    let status: Vec<_> = runs.iter().map(|run| run.status).collect();
    assert_eq!(status, [RunStatus::Failed, RunStatus::Done]);
    whole.directory.slapd.resume().unwrap();
    whole.round(minute(2)).await;
    assert_eq!(whole.account().await, (1, true));
    assert_eq!(whole.stage().await, Stage::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_directory_is_compared_with_requests() {
    let Some(whole) = Whole::start().await else {
        return;
    };
    let run = whole.store().last_comparison().await.unwrap().unwrap();
    assert_eq!(run.counts.unchanged, 3);
    let found = whole.store().differences(run.id).await.unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|one| one["what"].as_str().unwrap())
        .collect();
    assert_eq!(found, ["account-without-request"; 3]);
    let kept = whole.register.raw.find(&run.sha256).unwrap();
    let text = std::fs::read_to_string(kept).unwrap();
    assert!(
        text.contains("\nuid: ann\n") && !text.contains(PASSWORD),
        "{text}"
    );
}
