//! A private Dovecot with two mailboxes, people under Chorley's policy, and a mailbox's owner at work.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use async_imap::{Client, Session};
use end_to_end::certificates::Authority;
use end_to_end::dovecot::{Dovecot, MASTER, PASSWORD, missing};
use end_to_end::numbered;
use end_to_end::temp::Folder;
use futures_util::TryStreamExt as _;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use mailboxes::round::{Mode, RoundError, Tally, round};
use mailboxes::server::{NamedBy, Server, Settings};
use matters::authority::Holding;
use matters::event::{Act, Actor};
use matters::id::{PersonId, PostId};
use matters::people::{Employment, Person};
use matters::personal_mail::PersonalMail;
use policy::pack::{Files, Pack};
use register_store::Store;
use register_store::matters_kept::{Filter, Kept};
use tokio::net::TcpStream;

pub const ADA: &str = "ada@council.test";
pub const BOB: &str = "bob@council.test";
/// The subject of a list.
pub const LISTED: &str = "Personal mail in your mailbox";

static PACK: LazyLock<Arc<Pack>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/chorley");
    let mut files = Files::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let inside = path.strip_prefix(&root).unwrap().to_str().unwrap();
            files.insert(inside.to_owned(), std::fs::read_to_string(&path).unwrap());
        }
    }
    Arc::new(Pack::load(&files).unwrap())
});

/// Noon of the first of June, and so many days later.
pub fn day(days: i64) -> Timestamp {
    let first: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
    first + SignedDuration::from_hours(24 * days)
}

pub fn person(id: &str) -> PersonId {
    PersonId::from(id)
}

pub fn act(who: &str, at: Timestamp) -> Act {
    Act::by(&person(who), at)
}

/// In the order they have to end.
pub struct Setting {
    pub dovecot: Dovecot,
    pub store: Store,
    folder: Folder,
}

impl Setting {
    /// Ada and Bob have mailboxes; Mo has an address without one, Cia and Lara not even that.
    pub async fn start() -> Option<Self> {
        if !numbered::is_possible(missing()) {
            return None;
        }
        let folder = Folder::new("mailboxes").unwrap();
        let dovecot = Dovecot::start(folder.path(), &[ADA, BOB]).unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.join("register").display());
        let store = Store::open(&url, PACK.clone()).await.unwrap();
        let feed = Act::of(Actor::Feed("hr".to_owned()), day(-30));
        for id in ["ada", "bob", "cia", "lara", "mo"] {
            let has_address = !["cia", "lara"].contains(&id);
            let addresses: Vec<_> = has_address
                .then(|| format!("{id}@council.test"))
                .into_iter()
                .collect();
            let person: Person = serde_json::from_value(serde_json::json!({
                "id": id, "name": id, "audience": "officer", "addresses": addresses,
                "accounts": [format!("{id}@council.test")],
            }))
            .unwrap();
            store.put_person(person, &feed).await.unwrap();
        }
        for (who, post) in [("lara", "legal"), ("cia", "chief-internal-auditor")] {
            let holding = Holding {
                post: PostId::from(post),
                unit: None,
                person: person(who),
                from: day(-30),
                until: None,
            };
            store.appoint(holding, &feed).await.unwrap();
        }
        Some(Self {
            dovecot,
            store,
            folder,
        })
    }

    pub fn by_itself(at: Timestamp) -> Act {
        Act::of(Actor::Rule("personal-mail".to_owned()), at)
    }

    pub fn server(&self, password: &str, is_encrypted: bool, named_by: NamedBy) -> Server {
        let authority = self.dovecot.authority().to_owned();
        let server = match is_encrypted {
            true => format!("imaps://localhost:{}", self.dovecot.encrypted().port()),
            false => format!("imap://{}", self.dovecot.plain()),
        };
        self.to(server, authority, password, named_by)
    }

    /// The same server, whose certificate nobody we trust has signed.
    pub fn server_of_another_authority(&self) -> Server {
        let other = Authority::new(&self.folder.join("other"), "Another").unwrap();
        let server = format!("imaps://localhost:{}", self.dovecot.encrypted().port());
        self.to(server, other.certificate(), PASSWORD, NamedBy::Address)
    }

    fn to(
        &self,
        server: String,
        authority: std::path::PathBuf,
        password: &str,
        named_by: NamedBy,
    ) -> Server {
        let settings = Settings {
            authority: Some(authority),
            named_by,
            ..toml::from_str(&format!("server = \"{server}\"\naccount = \"{MASTER}\"")).unwrap()
        };
        Server::new(settings, password).unwrap()
    }

    pub async fn round(&self, at: Timestamp) -> Result<Tally, RoundError> {
        let server = self.server(PASSWORD, false, NamedBy::Address);
        self.round_with(&server, Mode::Do, at).await
    }

    pub async fn say(&self, at: Timestamp) -> Result<Tally, RoundError> {
        let server = self.server(PASSWORD, false, NamedBy::Address);
        self.round_with(&server, Mode::Say, at).await
    }

    pub async fn round_with(
        &self,
        server: &Server,
        mode: Mode,
        at: Timestamp,
    ) -> Result<Tally, RoundError> {
        round(&self.store, server, mode, at, |_| {}).await
    }

    pub async fn only_list(&self) -> Kept<PersonalMail> {
        let page = self
            .store
            .matters::<PersonalMail>(&Filter::default())
            .await
            .unwrap();
        let [only] = <[_; 1]>::try_from(page.items).unwrap();
        only
    }

    pub async fn absent(&self, who: &str, from: Date, until: Date) {
        let image = self.store.image();
        let mut person = image.people().person(&person(who)).unwrap().clone();
        person.absent = Some(Employment {
            from,
            until: Some(until),
        });
        let feed = Act::of(Actor::Feed("hr".to_owned()), day(1));
        self.store.put_person(person, &feed).await.unwrap();
    }

    /// Somebody at their own mailbox.
    pub async fn owner(&self, address: &str) -> Owner {
        let stream = TcpStream::connect(self.dovecot.plain()).await.unwrap();
        let mut client = Client::new(stream);
        client.read_response().await.unwrap().unwrap();
        let session = client.login(address, PASSWORD).await;
        Owner(session.map_err(|(error, _)| error).unwrap())
    }
}

pub struct Owner(Session<TcpStream>);

impl Owner {
    pub async fn put(&mut self, folder: &str, from: &str, to: &str, subject: &str, more: &str) {
        let message = format!(
            "From: <{from}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nDate: Mon, 1 Jun 2026 10:00:00 +0100\r\n\
             Message-ID: <{}@example.org>\r\n{more}\r\nNothing of this is read.\r\n",
            subject.replace([' ', ':'], "-")
        );
        self.0.append(folder, None, None, message).await.unwrap();
    }

    pub async fn make(&mut self, folder: &str) {
        self.0.create(folder).await.unwrap();
    }

    async fn find(&mut self, subject: &str) -> String {
        for folder in ["INBOX", "Personal", "Sent"] {
            self.0.select(folder).await.unwrap();
            let found = self
                .0
                .uid_search(format!("SUBJECT \"{subject}\""))
                .await
                .unwrap();
            if let Some(uid) = found.iter().next() {
                return uid.to_string();
            }
        }
        panic!("{subject} is nowhere");
    }

    pub async fn keyword(&mut self, subject: &str, keyword: &str) {
        self.flag(subject, keyword).await;
    }

    pub async fn flag(&mut self, subject: &str, flag: &str) {
        let uid = self.find(subject).await;
        let stored = self
            .0
            .uid_store(uid, format!("+FLAGS.SILENT ({flag})"))
            .await
            .unwrap();
        stored.try_collect::<Vec<_>>().await.unwrap();
    }

    pub async fn expunge(&mut self, folder: &str) {
        self.0.select(folder).await.unwrap();
        let gone = self.0.expunge().await.unwrap();
        gone.try_collect::<Vec<_>>().await.unwrap();
    }

    pub async fn move_to(&mut self, from: &str, to: &str) {
        self.0.select(from).await.unwrap();
        self.0.uid_mv("1:*", to).await.unwrap();
    }

    /// What lies in a folder, sorted.
    pub async fn subjects(&mut self, folder: &str) -> Vec<String> {
        self.0.select(folder).await.unwrap();
        let found = self.0.uid_search("ALL").await.unwrap();
        let mut subjects = Vec::new();
        for uid in found {
            let fetched = self.0.uid_fetch(uid.to_string(), "ENVELOPE").await.unwrap();
            let fetched: Vec<_> = fetched.try_collect().await.unwrap();
            let subject = fetched[0].envelope().unwrap().subject.as_ref().unwrap();
            subjects.push(String::from_utf8(subject.to_vec()).unwrap());
        }
        subjects.sort();
        subjects
    }

    /// The text of the message with this subject in the inbox.
    pub async fn text(&mut self, subject: &str) -> Option<String> {
        self.0.select("INBOX").await.unwrap();
        let found = self
            .0
            .uid_search(format!("SUBJECT \"{subject}\""))
            .await
            .unwrap();
        let uid = found.iter().max()?.to_string();
        let fetched = self.0.uid_fetch(uid, "BODY.PEEK[TEXT]").await.unwrap();
        let fetched: Vec<_> = fetched.try_collect().await.unwrap();
        let text = data_encoding::BASE64_MIME_PERMISSIVE
            .decode(fetched[0].text()?)
            .unwrap();
        Some(String::from_utf8(text).unwrap())
    }
}
