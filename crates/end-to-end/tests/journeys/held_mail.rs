//! A message is held for its words, two people look at it, and it goes on.

use std::time::Duration;

use end_to_end::browser::Habits;
use end_to_end::process::wait_until;
use end_to_end::smtp_sink::Delivered;

use crate::channels::Channels;
use crate::council::{DESK, DIRECTOR_IT, HEAD, HR, MANAGER, OFFICER, Resident};
use crate::house::{self, House, SetUp};
use crate::new_officer::becomes_a_user;
use crate::seat::{Seat, Way};

const SIGN_INS: [&str; 6] = [
    OFFICER.account,
    MANAGER.account,
    HEAD.account,
    HR.account,
    DIRECTOR_IT.account,
    DESK.account,
];

/// What the program takes for an insult.
const WORDS: &str = "You are a stupid fucking bitch and nobody on this team can stand you";

/// What all it takes them for.
const FOUND: [&str; 5] = ["profane", "sexual", "sexist", "harassment", "insult"];

const HELD: &str = "Held message: Words that may offend";

const WITHIN: Duration = Duration::from_secs(20);

/// With a mouse. The sender sees that it waits and asks for it; what was found by mistake is passed over
/// from then on.
#[test]
fn what_was_held_by_mistake_goes_on_and_is_not_held_again() {
    let Some(house) = house::open("held-mail", &SIGN_INS, SetUp::ByDirectory) else {
        return;
    };
    let way = Way {
        habits: Habits::default(),
        looks: true,
    };
    let (officer, mut channels) = becomes_a_user(&house, &Way::default());
    is_held(&house, &channels);
    asked_for(&officer);
    channels.follow_step("ask");

    let desk = house.sit_down(&DESK, &way);
    read_first(&desk);
    decided(&desk, "Somebody else has to agree");
    channels.follow_step("propose");
    let to_manager = |mail: &Delivered| mail.recipients == [MANAGER.address()];
    assert!(!house.sink.delivered().iter().any(to_manager));
    let director = house.sit_down(&DIRECTOR_IT, &way);
    director.go_to("Held mail");
    director.follow("Words that may offend");
    director.is_on(HELD);
    decided(&director, "Message released");

    goes_on(&house, &OFFICER, &MANAGER);
    channels.follow_step("hand-over");
    director.go_to("Held mail");
    director.follow("Allowed words");
    director.is_on("Allowed words");
    director.says(WORDS);
    let reply = channels.says(WORDS);
    assert_eq!(reply.code, 250, "{reply:?}");
    goes_on(&house, &OFFICER, &MANAGER);
}

/// The sender is told that it was taken; nobody gets it, and Postfix has nothing left of it.
fn is_held(house: &House, channels: &Channels<'_>) {
    house.sink.take();
    let reply = channels.says(WORDS);
    assert_eq!(reply.code, 250, "{reply:?}");
    let gone = wait_until("Postfix to let go of it", WITHIN, || {
        let queued = house.postfix.queued();
        queued.iter().all(|message| message.queue != "hold")
    });
    assert!(gone.is_ok(), "{:?}", house.postfix.queued());
    let told = house.sink.take();
    let to_sender = |to: &[String]| to == [OFFICER.address()];
    assert!(
        told.iter().all(|mail| to_sender(&mail.recipients)),
        "{told:?}"
    );
}

fn asked_for(officer: &Seat<'_>) {
    let shown = wait_until("it to be there", WITHIN, || {
        officer.go_to("My position");
        officer.go_to("Held mail");
        officer.text().contains("Waits for a decision")
    });
    assert!(shown.is_ok(), "{}", officer.text());
    officer.is_on("Held mail to or from you");
    officer.follow("Plans");
    officer.is_on("A message that was held");
    officer.says(WORDS);
    officer.press("Ask for it to go on");
    officer.is_on("Ask for this message");
    officer.fill("Why should it go on?", "It is a line of a play we read");
    officer.press("Ask");
    officer.is_on("A message that was held");
    officer.says("Somebody has asked");
}

/// Reading the message itself needs a reason first.
fn read_first(desk: &Seat<'_>) {
    desk.go_to("Held mail");
    desk.follow("Words that may offend");
    desk.is_on(HELD);
    desk.says("It is a line of a play we read");
    desk.follow("Read the message itself");
    desk.is_on("You are about to read somebody’s message");
    desk.fill("Why do you have to read it?", "To see what play it is");
    desk.press("Read the message");
    desk.is_on("The message");
    desk.says(WORDS);
    desk.follow("Back");
    desk.is_on(HELD);
}

fn decided(seat: &Seat<'_>, said: &str) {
    seat.press("Decide");
    seat.is_on("Decide about this message");
    seat.choose("Release it");
    for label in FOUND {
        let legend = format!("“{WORDS}” was found to be: {label}. Is that right?");
        let asked = seat.within(&legend);
        asked.choose("Wrong: these words are not that");
    }
    seat.fill("Why?", "It is a line of a play");
    seat.go_on_to("Check your decision");
    seat.says("Wrong: these words are not that");
    seat.press("Release it");
    seat.is_on(said);
}

#[track_caller]
fn goes_on(house: &House, from: &Resident, to: &Resident) {
    let mut arrived = Vec::new();
    let there = wait_until("it to arrive", WITHIN, || {
        arrived.extend(house.sink.take());
        let is_it = |mail: &&Delivered| mail.recipients == [to.address()];
        arrived
            .iter()
            .any(|mail| is_it(&mail) && mail.text().contains(WORDS))
    });
    assert!(there.is_ok(), "{arrived:?}\n{}", house.gate.log());
    let one = arrived
        .iter()
        .find(|mail| mail.recipients == [to.address()]);
    assert_eq!(one.unwrap().mail_from, from.address());
}
