//! A new officer gets email and the internet.

use end_to_end::browser::Habits;

use crate::becoming_a_user::{EMAIL, INTERNET};
use crate::channels::Channels;
use crate::council::{DESK, DIRECTOR_IT, HEAD, HR, MANAGER, OFFICER};
use crate::deciding::{CONFIRM_NEED, Choice, PERMIT, VERIFY};
use crate::house::{self, House};
use crate::seat::{Seat, Way};

const ACCOUNTS: [&str; 6] = [
    OFFICER.account,
    MANAGER.account,
    HEAD.account,
    HR.account,
    DIRECTOR_IT.account,
    DESK.account,
];

const STARTER: [&str; 3] = [
    "Which services do they need?",
    "What do they need them for?",
    "What is the last day they need it?",
];

/// With a mouse. Up to the last gate nothing of theirs goes through, and each refusal says why.
#[test]
fn a_new_officer_gets_email_and_the_internet() {
    let way = Way {
        habits: Habits::default(),
        looks: true,
    };
    if let Some(house) = house::open("new-officer", &ACCOUNTS) {
        becomes_a_user(&house, &way);
    }
}

/// The whole way, as the policy has it. Gives whoever is a user then, where they sit.
pub fn becomes_a_user<'h>(house: &'h House, way: &Way) -> (Seat<'h>, Channels<'h>) {
    let mut channels = house.channels_of(OFFICER);
    channels.mail_is_refused("5.1.1");
    channels.web_is_refused("5.1.1");

    asked_for_by_the_manager(house, way);
    channels.follow_step("submit");
    channels.mail_is_refused("5.1.1");
    channels.web_is_refused("5.1.1");

    let officer = house.sit_down(&OFFICER, way);
    officer.says("Somebody senior confirms that you need it");
    officer.reads_and_signs("Email and internet usage policy");
    channels.follow_step("accept");
    nothing_passes_yet(&channels);

    for (decider, choice, step) in [
        (HEAD, CONFIRM_NEED, "authorise"),
        (HR, VERIFY, "hr-verify"),
        (DIRECTOR_IT, PERMIT, "permit"),
    ] {
        let seat = house.sit_down(&decider, way);
        decided(&seat, choice, step, &mut channels);
    }

    let desk = house.sit_down(&DESK, way);
    desk.sets_up(EMAIL, OFFICER.name);
    channels.follow_step("provisioned");
    channels.mail_passes();
    channels.web_is_refused("5.4.1");
    desk.sets_up(INTERNET, OFFICER.name);
    channels.follow_step("provisioned");
    channels.mail_passes();
    channels.web_passes();

    officer.go_to("My position");
    for service in [EMAIL, INTERNET] {
        let row = officer.within(service).text();
        assert!(row.contains("You may use it"), "{row}");
    }
    (officer, channels)
}

fn asked_for_by_the_manager(house: &House, way: &Way) {
    let manager = house.sit_down(&MANAGER, way);
    manager.go_to("Starter, mover, leaver");
    manager.choose("Somebody starts");
    manager.go_on_to("Who is starting?");
    manager.fill("Who is starting?", OFFICER.name);
    manager.press("Continue");
    manager.asks_for_email_and_internet("Answering planning applicants", STARTER);
}

/// One decision about each service; neither is the last.
fn decided(seat: &Seat<'_>, choice: Choice, step: &str, channels: &mut Channels<'_>) {
    for service in [EMAIL, INTERNET] {
        seat.decides(choice, service, OFFICER.name);
        channels.follow_step(step);
    }
    nothing_passes_yet(channels);
}

fn nothing_passes_yet(channels: &Channels<'_>) {
    channels.mail_is_refused("5.4.1");
    channels.web_is_refused("5.4.1");
}
