//! Somebody at a screen of the console.

use std::ops::Deref;
use std::time::Duration;

use end_to_end::browser::{Control, Habits, Page, Whereabouts};
use end_to_end::process::wait_until;
use serde_json::json;

use crate::council::{PASSPHRASE, Resident};
use crate::house::House;

/// How long a page may take on a machine that is busy.
const WITHIN: Duration = Duration::from_secs(20);

/// Parts of the navigation.
const GROUPS: [&str; 5] = [
    "You",
    "Decisions and team",
    "Service desk",
    "Registers",
    "Policy",
];

/// How a way is walked.
#[derive(Debug, Clone, Default)]
pub struct Way {
    pub habits: Habits,
    /// Whether each page is looked at, and not only used.
    pub looks: bool,
}

/// A page of the console, and who is before it.
pub struct Seat<'h> {
    house: &'h House,
    page: Page,
    looks: bool,
}

impl Deref for Seat<'_> {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}

impl House {
    /// Signs somebody in at a computer of their own; the first time they choose their password.
    #[track_caller]
    pub fn sit_down(&self, who: &Resident, way: &Way) -> Seat<'_> {
        let seat = Seat {
            house: self,
            page: self.browser.visitor(&way.habits).tab(),
            looks: way.looks,
        };
        seat.open(&self.address("/"));
        seat.is_on("Sign in");
        let issued = self.issued.borrow_mut().remove(who.account);
        seat.fill("User name", who.account);
        seat.fill("Password", issued.as_deref().unwrap_or(PASSPHRASE));
        seat.press("Sign in");
        if issued.is_some() {
            seat.is_on("Choose a new password");
            seat.fill("New password", PASSPHRASE);
            seat.press("Continue");
        }
        seat.is_on("My position");
        seat
    }
}

impl Seat<'_> {
    /// The page has this heading, and suits everybody. Of pages with one heading the first is looked at.
    #[track_caller]
    pub fn is_on(&self, heading: &str) {
        let mut there = None;
        let arrived = wait_until("the page", WITHIN, || {
            // Between two pages there is nothing to ask.
            let asked = self.step("where", json!({})).ok();
            there = asked.and_then(|said| serde_json::from_value::<Whereabouts>(said).ok());
            there.as_ref().is_some_and(|there| there.heading == heading)
        });
        let there = there.map_or_else(|| "nowhere".to_owned(), |there| there.to_string());
        assert!(arrived.is_ok(), "not on `{heading}` but {there}");
        if self.looks && self.house.looked_at.borrow_mut().insert(heading.to_owned()) {
            self.suits_everybody(heading);
        }
        assert_eq!(self.problems(), [""; 0], "{heading}");
    }

    /// Goes to a page by way of the navigation.
    #[track_caller]
    pub fn go_to(&self, page: &str) {
        for group in GROUPS {
            if self.has(Control::Link, page) {
                break;
            }
            if self.has(Control::Link, group) {
                self.follow(group);
            }
            // A part with one page is that page.
            if self.title().starts_with(page) {
                break;
            }
        }
        // Also from the page itself, which may have changed since.
        if self.has(Control::Link, page) || !self.title().starts_with(page) {
            self.follow(page);
        }
        let title = self.title();
        assert!(title.starts_with(page), "{title}");
        // A page that is one question has that as its heading.
        self.is_on(&self.heading());
    }

    /// Goes on from one question to the page after it.
    #[track_caller]
    pub fn go_on_to(&self, heading: &str) {
        self.press("Continue");
        self.is_on(heading);
    }

    /// What this page says somewhere.
    #[track_caller]
    pub fn says(&self, words: &str) {
        let text = self.text();
        assert!(text.contains(words), "`{words}` is not in\n{text}");
    }
}
