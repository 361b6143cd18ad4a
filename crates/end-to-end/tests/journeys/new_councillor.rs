//! A new councillor gets email and the internet: certified, by nobody's leave, and by no clock.

use end_to_end::browser::{Control, Habits, Hands};

use crate::becoming_a_user::{EMAIL, INTERNET};
use crate::channels::NOT_A_USER;
use crate::council::{COUNCILLOR, DESK, DIRECTOR_IT, HEAD, MONITOR};
use crate::deciding::{CERTIFY, PERMIT};
use crate::house::{self, SetUp};
use crate::seat::Way;

const SIGN_INS: [&str; 5] = [
    COUNCILLOR.account,
    MONITOR.account,
    HEAD.account,
    DIRECTOR_IT.account,
    DESK.account,
];

const OWN: [&str; 3] = [
    "Which services do you need?",
    "What do you need them for?",
    "What is the last day you need it?",
];

/// By keyboard alone. The Monitoring Officer certifies; no senior officer is asked for the need.
#[test]
fn a_new_councillor_is_certified_and_gets_email_and_the_internet() {
    let way = Way {
        habits: Habits {
            hands: Hands::Keyboard,
            ..Habits::default()
        },
        looks: true,
    };
    let Some(house) = house::open("new-councillor", &SIGN_INS, SetUp::ByHand) else {
        return;
    };
    let mut channels = house.channels_of(COUNCILLOR);
    channels.mail_is_refused(NOT_A_USER);
    channels.web_is_refused(NOT_A_USER);

    let councillor = house.sit_down(&COUNCILLOR, &way);
    assert!(councillor.within("Line manager").text().contains("None"));
    councillor.go_to("Ask for a service");
    councillor.press("Start");
    councillor.asks_for_email_and_internet("Letters of residents", OWN);
    channels.follow_step("submit");
    councillor.go_to("My position");
    councillor.says("A certificate of who you are");
    assert!(!councillor.text().contains("Somebody senior confirms"));
    house.agree_to_signing(&way);
    councillor.reads_and_signs("Email and internet usage policy: Councillors");
    channels.follow_step("accept");
    channels.mail_is_refused(NOT_A_USER);
    channels.web_is_refused(NOT_A_USER);

    // It is not theirs to judge.
    let head = house.sit_down(&HEAD, &way);
    head.go_to("To decide");
    assert!(!head.has(Control::Link, EMAIL));

    let monitor = house.sit_down(&MONITOR, &way);
    let director = house.sit_down(&DIRECTOR_IT, &way);
    let desk = house.sit_down(&DESK, &way);
    for service in [EMAIL, INTERNET] {
        monitor.decides(CERTIFY, service, COUNCILLOR.name);
        channels.follow_step("certify");
        director.decides(PERMIT, service, COUNCILLOR.name);
        channels.follow_step("permit");
        channels.web_is_refused(NOT_A_USER);
        desk.sets_up(service, COUNCILLOR.name);
        channels.follow_step("provisioned");
        channels.mail_passes();
    }
    channels.web_passes();
}
