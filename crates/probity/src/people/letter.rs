//! What a notice says by mail: what happened, in a few words, and where to read the rest. Whoever
//! else is concerned, and why something was decided, is in the console, behind a sign-in.

use console::pages::page_of_matter;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use mail_gate::submit::Message;
use matters::notice::{can_be_declined, in_words};
use register_store::image::Image;
use register_store::notice_mail::{Choice, ToMail};
use register_store::{Store, StoreError};

use super::notices::NoticesConfig;

/// One message, ready to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Letter {
    to: String,
    subject: String,
    body: String,
    message_id: String,
    at: Timestamp,
}

impl Letter {
    /// The letter, or why there is none to be sent.
    pub(super) async fn to(
        store: &Store,
        config: &NoticesConfig,
        notice: &ToMail,
        now: Timestamp,
    ) -> Result<Result<Self, &'static str>, StoreError> {
        if store.has_left(&notice.person, now).await? {
            return Ok(Err("the person has left"));
        }
        let image = store.image();
        let person = image.people().person(&notice.person);
        let Some(to) = person.and_then(|person| person.addresses.first()) else {
            return Ok(Err("the person has no council address"));
        };
        // Whoever acts as a post has to know what waits for it.
        let declined = notice.post.is_none()
            && can_be_declined(&notice.notice)
            && store.notice_choice(&notice.person).await? == Choice::Needed;
        if declined {
            return Ok(Err("the person wants only what they have to know"));
        }
        Ok(Ok(Self::written(to, config, notice, &image)))
    }

    fn written(to: &str, config: &NoticesConfig, notice: &ToMail, image: &Image) -> Self {
        let settings = image.pack().settings();
        let words = in_words(&notice.notice);
        let console = config.console.trim_end_matches('/');
        let page = match notice.post {
            None => page_of_matter(notice.matter.as_str()),
            Some(_) => None,
        };
        let page = page.unwrap_or_else(|| "/".to_owned());
        let zone = TimeZone::get(&settings.zone).unwrap_or(TimeZone::UTC);
        let at = console::words::moment_in_words(notice.at, &zone);
        let mut body = format!(
            "{words}.\n\n\
             Please sign in to see what it says and what you can do:\n{console}{page}\n\n\
             Reference: {}\nWhen: {at}\n",
            notice.matter
        );
        if let Some(post) = &notice.post {
            let known = settings.people.posts.get(post.as_str());
            let title = known.map_or_else(
                || post.as_str().replace('-', " "),
                |post| post.title.clone(),
            );
            body.push_str(&format!("You get this because you are: {title}\n"));
        }
        let contacts = &settings.contacts;
        body.push_str(&format!(
            "\nNobody reads answers to this message. If you have a question, ask the {}:\n\
             telephone {}, email {}\n\n{}\n",
            contacts.desk, contacts.telephone, contacts.email, settings.council
        ));
        Self {
            to: to.to_owned(),
            subject: words,
            body,
            message_id: format!(
                "notice.{}.{}.{}@{}",
                notice.id.seq,
                notice.id.n,
                notice.at.as_microsecond(),
                config.domain().unwrap_or("localhost")
            ),
            at: notice.at,
        }
    }

    pub(super) fn message<'a>(&'a self, config: &'a NoticesConfig) -> Message<'a> {
        Message {
            from: &config.from,
            to: &self.to,
            subject: &self.subject,
            body: &self.body,
            message_id: Some(&self.message_id),
            at: self.at,
        }
    }
}
