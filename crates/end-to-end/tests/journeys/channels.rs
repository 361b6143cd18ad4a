//! What somebody's mail and web do.

use std::time::Duration;

use end_to_end::browser::{Habits, Page, Proxy};
use end_to_end::process::wait_until;
use end_to_end::smtp_client::{self, Envelope, Reply};

use crate::council::{MANAGER, Resident};
use crate::house::{House, SITE};

/// What is decided on a page reaches the gates within two seconds, what HR's list says within ten and
/// what taking it in takes: it has to stand still from one look at its folder to the next. The rest is
/// for a machine that is busy.
const WITHIN: Duration = Duration::from_secs(30);

/// Whoever is not a user, not yet or no more, is refused under section 5: which of its clauses stands
/// first is the rules' own affair, and their scenarios'.
pub const NOT_A_USER: &str = "5.";

/// Somebody's mail and web, and how far what was decided about them has been followed.
pub struct Channels<'h> {
    house: &'h House,
    who: Resident,
    web: Page,
    seen: u64,
}

impl House {
    pub fn channels_of(&self, who: Resident) -> Channels<'_> {
        let proxy = Proxy::of(self.squid.proxy(), who.account);
        let habits = Habits {
            proxy: Some(proxy),
            ..Habits::default()
        };
        Channels {
            house: self,
            who,
            web: self.browser.visitor(&habits).tab(),
            seen: 0,
        }
    }
}

impl Channels<'_> {
    /// Waits until a step that was just taken is on the record and the gates decide by it.
    #[track_caller]
    pub fn follow_step(&mut self, step: &str) {
        let mut number = None;
        let followed = wait_until("a step to reach the gates", WITHIN, || {
            let record = self.house.gate.record().unwrap();
            let mut steps = record.iter().filter(|(_, entry)| {
                entry["kind"] == "matter"
                    && entry["event"]["step"] == step
                    && entry["number"].as_u64() > Some(self.seen)
            });
            number = steps
                .next_back()
                .and_then(|(_, entry)| entry["number"].as_u64());
            let mut taken_up = record.iter().filter_map(|(_, entry)| {
                let version = entry["version"].as_str()?.strip_prefix("event ")?;
                version.parse::<u64>().ok()
            });
            number.is_some() && taken_up.next_back() >= number
        });
        let log = || self.house.gate.log();
        assert!(
            followed.is_ok(),
            "{step} after {}: {number:?}\n{}",
            self.seen,
            log()
        );
        self.seen = number.unwrap_or_default();
    }

    fn send(&self) -> Reply {
        self.says("The plans are in the usual folder.")
    }

    /// Sends a message to their manager.
    #[track_caller]
    pub fn says(&self, words: &str) -> Reply {
        let envelope = Envelope {
            login: Some(self.who.account.to_owned()),
            mail_from: self.who.address(),
            recipients: vec![MANAGER.address()],
            ..Envelope::default()
        };
        let message = format!(
            "From: {} <{}>\r\nTo: {}\r\nSubject: Plans\r\n\
             Date: Mon, 02 Mar 2026 10:00:00 +0000\r\nMessage-ID: <1@{}>\r\n\r\n\
             {words}\r\n",
            self.who.name,
            self.who.address(),
            MANAGER.address(),
            crate::council::DOMAIN,
        );
        smtp_client::send(self.house.postfix.smtp(), &envelope, message.as_bytes()).unwrap()
    }

    /// A message of theirs is refused under a clause that begins so, and goes nowhere.
    #[track_caller]
    pub fn mail_is_refused(&self, clause: &str) {
        self.house.sink.take();
        let reply = self.send();
        let words = format!("Refused under clause {clause}");
        assert_eq!(reply.code, 550, "{reply:?}");
        assert!(reply.text.contains(&words), "{words}: {reply:?}");
        assert_eq!(self.house.sink.take(), []);
    }

    /// A message of theirs is accepted, and arrives.
    #[track_caller]
    pub fn mail_passes(&self) {
        self.house.sink.take();
        let reply = self.send();
        assert_eq!(reply.code, 250, "{reply:?}");
        assert!(
            self.house.sink.wait_for(1, WITHIN),
            "{}",
            self.house.postfix.log()
        );
        let delivered = &self.house.sink.take()[0];
        assert_eq!(delivered.recipients, [MANAGER.address()]);
    }

    /// A page of theirs is refused with a page that names the clause, and the site is not asked.
    #[track_caller]
    pub fn web_is_refused(&self, clause: &str) {
        self.house.origin.take();
        let status = self.web.open(&format!("http://{SITE}/opening-hours.html"));
        let text = self.web.text();
        assert_eq!(status, 403, "{text}");
        let words = format!("Clause {clause}");
        assert!(
            text.contains(&words) && text.contains(SITE),
            "{words}: {text}"
        );
        assert!(self.house.origin.take().is_empty());
        let heading = format!("{} under {clause}", self.web.heading());
        if self.house.looked_at.borrow_mut().insert(heading.clone()) {
            self.web.suits_everybody(&heading);
        }
    }

    /// A page of theirs comes as the site gives it.
    #[track_caller]
    pub fn web_passes(&self) {
        self.house.origin.take();
        let status = self.web.open(&format!("http://{SITE}/opening-hours.html"));
        let text = self.web.text();
        assert_eq!(status, 200, "{text}");
        assert!(text.contains("Bins are emptied on Mondays"), "{text}");
        assert!(!self.house.origin.take().is_empty());
    }
}
