//! What every way in has in common: asking, and signing the policy.

use crate::council::AGREE_TO_SIGNING;
use crate::house::House;
use crate::seat::{Seat, Way};

/// The services that a gate stands before.
pub const EMAIL: &str = "Email";
pub const INTERNET: &str = "Internet";

impl House {
    /// Both who are asked agree to how people sign on a page: until then nobody can.
    #[track_caller]
    pub fn agree_to_signing(&self, way: &Way) {
        let [first, second] = AGREE_TO_SIGNING;
        let seat = self.sit_down(&first, way);
        seat.go_to("How people sign");
        seat.says("People sign on paper only.");
        seat.press("Propose how people sign");
        seat.is_on("How do people sign?");
        seat.press("Propose and agree");
        seat.is_on("How people sign");
        seat.says("Waits for agreement");
        let method = seat.url();
        let seat = self.sit_down(&second, way);
        seat.open(&method);
        seat.is_on("How people sign");
        seat.follow("Agree to it");
        seat.is_on("Agree to it");
        seat.press("Agree to it");
        seat.is_on("How people sign");
        seat.says("Agreed");
    }
}

impl Seat<'_> {
    /// Answers what is asked of whoever asks for services, and sends it.
    #[track_caller]
    pub fn asks_for_email_and_internet(&self, need: &str, questions: [&str; 3]) {
        let [which, what_for, until] = questions;
        self.is_on(which);
        self.choose(EMAIL);
        self.choose(INTERNET);
        self.go_on_to(what_for);
        self.fill(what_for, need);
        self.go_on_to("Which equipment goes with it?");
        self.fill("Which equipment goes with it?", "A laptop");
        self.go_on_to(until);
        self.go_on_to("Check your answers");
        self.says("Email and Internet");
        self.says(need);
        self.press("Ask for access");
        self.is_on("Access asked for");
        self.says("AR-");
    }

    /// Reads the policy and signs it.
    #[track_caller]
    pub fn reads_and_signs(&self, title: &str) {
        self.go_to("Read and sign");
        self.press("Read it");
        self.is_on("How do you want to read it?");
        self.choose("Web page");
        self.go_on_to(title);
        self.press("Go on to sign");
        self.is_on("Check and sign");
        self.says("monitors the use of its email, internet and intranet");
        self.press("Accept and sign");
        self.is_on("You have signed the policy");
        self.follow("See what you signed, to print or keep");
        self.is_on("What you signed");
        self.says("Electronically, password given on");
    }
}
