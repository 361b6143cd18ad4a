//! One mailbox, opened for its owner: what its owner calls personal in it, and taking that away.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_imap::Session;
use async_imap::types::{Fetch, NameAttribute};
use futures_util::TryStreamExt as _;
use jiff::tz::TimeZone;

use crate::message::{Envelope, Message};
use crate::server::{ServerError, Settings, Stream};

/// Most folders that are looked into.
const MOST_FOLDERS: usize = 500;

/// Most messages of one folder that are looked at; the rest is next.
const MOST_MESSAGES: usize = 2_000;

/// Most messages named in one command: a line of a few kilobytes.
const AT_ONCE: usize = 200;

/// What is asked about a message. Nothing of it is read, so it stays unread.
const FACTS: &str = "(UID ENVELOPE INTERNALDATE RFC822.SIZE)";

/// An open mailbox.
#[derive(Debug)]
pub(crate) struct Mailbox {
    session: Session<Box<dyn Stream>>,
    settings: Arc<Settings>,
}

impl Mailbox {
    /// One whose owner is signed in.
    pub(crate) async fn of(
        mut session: Session<Box<dyn Stream>>,
        settings: Arc<Settings>,
    ) -> Result<Self, ServerError> {
        if !session.capabilities().await?.has_str("UIDPLUS") {
            return Err(ServerError::NoUidPlus);
        }
        Ok(Self { session, settings })
    }

    /// What its owner calls personal: everything in the folder for it, what bears the keyword, and what
    /// they declared so when they sent it.
    pub(crate) async fn personal(
        &mut self,
        owner: &str,
        addresses: &[String],
        zone: &TimeZone,
    ) -> Result<Vec<Message>, ServerError> {
        let mut found = Vec::new();
        for (folder, is_personal) in self.folders().await? {
            self.session.examine(&folder).await?;
            let searches = match is_personal {
                true => vec![(Vec::from(["UNDELETED".to_owned()]), false)],
                false => vec![
                    (by_keyword(&self.settings.keywords), false),
                    (by_declaration(addresses), true),
                ],
            };
            for (searches, is_own) in searches {
                let messages = self.search(owner, &folder, &searches, zone).await?;
                // A server finds an address within a longer one too.
                let counts = |message: &Message| !is_own || addresses.contains(&message.from);
                found.extend(messages.into_iter().filter(counts));
            }
        }
        let mut seen = BTreeSet::new();
        found.retain(|message| seen.insert((message.folder.clone(), message.uid)));
        Ok(found)
    }

    /// What one of these searches finds in the folder that is open.
    async fn search(
        &mut self,
        owner: &str,
        folder: &str,
        searches: &[String],
        zone: &TimeZone,
    ) -> Result<Vec<Message>, ServerError> {
        let mut uids = BTreeSet::new();
        for search in searches {
            uids.extend(self.session.uid_search(search).await?);
        }
        let uids: Vec<_> = uids.into_iter().take(MOST_MESSAGES).collect();
        let mut found = Vec::new();
        for some in uids.chunks(AT_ONCE) {
            let fetched = self.session.uid_fetch(set(some), FACTS).await?;
            let fetched: Vec<Fetch> = fetched.try_collect().await?;
            let messages = fetched.iter();
            found.extend(messages.filter_map(|fetch| fact(owner, folder, fetch, zone)));
        }
        Ok(found)
    }

    /// The folders that are looked into, and whether everything there is personal. One that is not there
    /// is passed over.
    async fn folders(&mut self) -> Result<Vec<(String, bool)>, ServerError> {
        let listed = self.session.list(None, Some("*")).await?;
        let listed: Vec<_> = listed.try_collect().await?;
        let settings = &self.settings;
        let is_in = |name: &str, delimiter: Option<&str>, folder: &str| {
            let is_inbox =
                folder.eq_ignore_ascii_case("INBOX") && name.eq_ignore_ascii_case("INBOX");
            let below = |rest: &str| {
                rest.is_empty() || delimiter.is_some_and(|delimiter| rest.starts_with(delimiter))
            };
            is_inbox || name.strip_prefix(folder).is_some_and(below)
        };
        let folders = listed.iter().filter_map(|name| {
            let (text, delimiter) = (name.name(), name.delimiter());
            let is_personal = is_in(text, delimiter, &settings.folder);
            let mut others = settings.folders.iter();
            let is_one = is_personal || others.any(|folder| is_in(text, delimiter, folder));
            let has_messages = !name.attributes().contains(&NameAttribute::NoSelect);
            (is_one && has_messages).then(|| (text.to_owned(), is_personal))
        });
        Ok(folders.take(MOST_FOLDERS).collect())
    }

    /// Removes these for good, and nothing else that somebody marked as deleted meanwhile.
    pub(crate) async fn remove(&mut self, messages: &[&Message]) -> Result<(), ServerError> {
        let mut by_folder: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for message in messages {
            by_folder
                .entry(&message.folder)
                .or_default()
                .push(message.uid);
        }
        for (folder, uids) in by_folder {
            self.session.select(folder).await?;
            for some in uids.chunks(AT_ONCE) {
                let set = set(some);
                let marked = self
                    .session
                    .uid_store(&set, "+FLAGS.SILENT (\\Deleted)")
                    .await?;
                marked.try_collect::<Vec<_>>().await?;
                let gone = self.session.uid_expunge(&set).await?;
                gone.try_collect::<Vec<_>>().await?;
            }
        }
        Ok(())
    }

    /// Puts a message into the inbox, unless one with this Message-ID lies there.
    pub(crate) async fn put(&mut self, message_id: &str, letter: &str) -> Result<(), ServerError> {
        self.session.examine("INBOX").await?;
        let search = format!("HEADER Message-ID \"{message_id}\"");
        if self.session.uid_search(search).await?.is_empty() {
            self.session.append("INBOX", None, None, letter).await?;
        }
        Ok(())
    }

    /// Says goodbye. What was done is done, so nothing follows from an error.
    pub(crate) async fn close(mut self) {
        if let Err(error) = self.session.logout().await {
            let error = &error as &dyn std::error::Error;
            tracing::debug!(error, "the mail server did not say goodbye");
        }
    }
}

fn by_keyword(keywords: &[String]) -> Vec<String> {
    let keywords = keywords.iter();
    keywords
        .map(|keyword| format!("UNDELETED KEYWORD {keyword}"))
        .collect()
}

/// A message is declared by whoever sends it, so only the owner's own count.
fn by_declaration(addresses: &[String]) -> Vec<String> {
    let is_plain = |address: &&String| {
        let mut bytes = address.bytes();
        bytes.all(|byte| (b'!'..=b'~').contains(&byte) && byte != b'"' && byte != b'\\')
    };
    let declared = "OR HEADER Sensitivity \"personal\" HEADER Sensitivity \"private\"";
    let addresses = addresses.iter().filter(is_plain);
    addresses
        .map(|address| format!("UNDELETED FROM \"{address}\" {declared}"))
        .collect()
}

fn set(uids: &[u32]) -> String {
    let numbers: Vec<_> = uids.iter().map(u32::to_string).collect();
    numbers.join(",")
}

fn fact(owner: &str, folder: &str, fetch: &Fetch, zone: &TimeZone) -> Option<Message> {
    let uid = fetch.uid?;
    let mut known = Envelope::default();
    if let Some(envelope) = fetch.envelope() {
        let owned = |text: &Option<std::borrow::Cow<'_, [u8]>>| {
            text.as_deref().unwrap_or_default().to_vec()
        };
        known.date = owned(&envelope.date);
        known.subject = owned(&envelope.subject);
        known.message_id = owned(&envelope.message_id);
        let text = |part: &Option<std::borrow::Cow<'_, [u8]>>| {
            String::from_utf8_lossy(part.as_deref().unwrap_or_default()).into_owned()
        };
        let addresses = |lists: [&Option<Vec<_>>; 3]| -> Vec<String> {
            let all = lists.into_iter().flatten().flatten();
            all.map(|one: &async_imap::imap_proto::Address<'_>| {
                format!("{}@{}", text(&one.mailbox), text(&one.host)).to_ascii_lowercase()
            })
            .collect()
        };
        known.from = addresses([&envelope.from, &envelope.sender, &None]);
        known.to = addresses([&envelope.to, &envelope.cc, &envelope.bcc]);
    }
    let arrived = fetch.internal_date().map(|at| at.timestamp());
    let size = fetch.size.unwrap_or_default();
    Some(Message::of(owner, folder, uid, &known, arrived, size, zone))
}
