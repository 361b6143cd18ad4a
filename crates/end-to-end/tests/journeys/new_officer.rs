//! A new officer gets email and the internet.

use end_to_end::browser::Habits;
use jiff::Zoned;

use crate::becoming_a_user::{EMAIL, INTERNET};
use crate::channels::{Channels, NOT_A_USER};
use crate::council::{self, DIRECTOR_IT, HEAD, HR, MANAGER, OFFICER};
use crate::deciding::{CONFIRM_NEED, Choice, PERMIT, VERIFY};
use crate::house::{self, House, SetUp};
use crate::leaver::is_without_everything;
use crate::seat::{Seat, Way};

const SIGN_INS: [&str; 5] = [
    OFFICER.account,
    MANAGER.account,
    HEAD.account,
    HR.account,
    DIRECTOR_IT.account,
];

const STARTER: [&str; 3] = [
    "Which services do they need?",
    "What do they need them for?",
    "What is the last day they need it?",
];

/// With a mouse. Up to the last gate nothing of theirs goes through, and each refusal says why; and
/// once HR's list says that they are no longer there, nothing goes through again.
#[test]
fn a_new_officer_gets_email_and_the_internet() {
    let way = Way {
        habits: Habits::default(),
        looks: true,
    };
    let Some(house) = house::open("new-officer", &SIGN_INS, SetUp::ByDirectory) else {
        return;
    };
    let (officer, mut channels) = becomes_a_user(&house, &way);
    let yesterday = Zoned::now().in_tz("Europe/London").unwrap().yesterday();
    let last_day = yesterday.unwrap().strftime("%d/%m/%Y").to_string();
    let list = house.lists.join("leavers.csv");
    std::fs::write(&list, council::list(&[(OFFICER, &last_day)])).unwrap();
    is_without_everything(&house, &officer, &mut channels);
    assert!(!list.exists(), "it is taken out of its folder");
}

/// The whole way, as the policy has it. Gives whoever is a user then, where they sit.
pub fn becomes_a_user<'h>(house: &'h House, way: &Way) -> (Seat<'h>, Channels<'h>) {
    let mut channels = house.channels_of(OFFICER);
    channels.mail_is_refused(NOT_A_USER);
    channels.web_is_refused(NOT_A_USER);

    asked_for_by_the_manager(house, way);
    channels.follow_step("submit");
    channels.mail_is_refused(NOT_A_USER);
    channels.web_is_refused(NOT_A_USER);

    let officer = house.sit_down(&OFFICER, way);
    officer.says("Somebody senior confirms that you need it");
    house.agree_to_signing(way);
    officer.reads_and_signs("Email and internet usage policy: Officers");
    channels.follow_step("accept");
    nothing_passes_yet(&channels);

    for (decider, choice, step) in [(HEAD, CONFIRM_NEED, "authorise"), (HR, VERIFY, "hr-verify")] {
        let seat = house.sit_down(&decider, way);
        decided(&seat, choice, step, &mut channels);
    }
    house.accounts().has(&[], true);

    // The last gate of each service; the directory is told by itself.
    let director = house.sit_down(&DIRECTOR_IT, way);
    director.decides(PERMIT, EMAIL, OFFICER.name);
    channels.follow_step("provisioned");
    house.accounts().has(&["email"], true);
    channels.mail_passes();
    channels.web_is_refused(NOT_A_USER);
    director.decides(PERMIT, INTERNET, OFFICER.name);
    channels.follow_step("provisioned");
    house.accounts().has(&["email", "internet"], true);
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
    channels.mail_is_refused(NOT_A_USER);
    channels.web_is_refused(NOT_A_USER);
}
