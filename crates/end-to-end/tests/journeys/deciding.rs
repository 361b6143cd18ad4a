//! Deciding about what waits for somebody: from the list over *check answers* to the confirmation.

use crate::seat::Seat;

/// What somebody chooses, and what is then said.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// The page on which it waits.
    pub page: &'static str,
    pub choice: &'static str,
    pub said: &'static str,
}

pub const CONFIRM_NEED: Choice = Choice {
    page: "To decide",
    choice: "Confirm that it is needed",
    said: "Need confirmed",
};
pub const CERTIFY: Choice = Choice {
    page: "Certify councillors",
    choice: "Certify who this is",
    said: "Certificate given",
};
pub const VERIFY: Choice = Choice {
    page: "Verify identity and post",
    choice: "Identity and post are right",
    said: "Identity and post confirmed",
};
pub const PERMIT: Choice = Choice {
    page: "To decide",
    choice: "Permit it",
    said: "Access permitted",
};

impl Seat<'_> {
    /// Decides about a service somebody asked for.
    #[track_caller]
    pub fn decides(&self, choice: Choice, service: &str, person: &str) {
        self.go_to(choice.page);
        self.follow(service);
        self.is_on(&format!("{service}: {person}"));
        self.choose(choice.choice);
        self.go_on_to("Check your decision");
        self.says(person);
        self.press(choice.choice);
        self.is_on(choice.said);
        self.press("Back to the list");
    }

    /// Does what the work list asks, and says so.
    #[track_caller]
    pub fn sets_up(&self, service: &str, person: &str) {
        self.go_to("Work list");
        let task = format!("Set up {service}");
        self.follow(&task);
        self.is_on(&task);
        self.says(person);
        self.choose("Yes, it works");
        self.press("Save");
        self.is_on("Done");
    }
}
