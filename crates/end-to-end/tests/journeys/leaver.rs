//! Somebody leaves, and everything stops at the minute.

use end_to_end::browser::Habits;
use jiff::Zoned;

use crate::channels::{Channels, NOT_A_USER};
use crate::council::{DESK, DIRECTOR_IT, HEAD, HR, MANAGER, OFFICER};
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

/// At 400 % and without script, by whoever says so and by whoever has to see to the rest.
#[test]
fn a_leaver_is_without_everything_from_the_minute_on() {
    let Some(house) = house::open("leaver", &SIGN_INS, SetUp::ByDirectory) else {
        return;
    };
    let (officer, mut channels) = becomes_a_user(&house, &Way::default());
    let way = Way {
        habits: Habits {
            percent: 400,
            script: false,
            ..Habits::default()
        },
        // What looks at a page is a script itself; these pages are looked at in `every_page`.
        looks: false,
    };
    let manager = house.sit_down(&MANAGER, &way);
    manager.go_to("Starter, mover, leaver");
    manager.choose("Somebody leaves, or services are to be withdrawn");
    manager.go_on_to("Who is it about?");
    manager.fill("Who is it about?", OFFICER.name);
    manager.go_on_to("What is to be withdrawn?");
    manager.choose("They leave");
    manager.go_on_to("From which minute?");
    // The minute that has begun: it is past when it is confirmed.
    let now = Zoned::now().in_tz("Europe/London").unwrap();
    manager.fill("Day", &now.day().to_string());
    manager.fill("Month", &now.month().to_string());
    manager.fill("Year", &now.year().to_string());
    manager.fill("Time", &now.strftime("%H:%M").to_string());
    manager.go_on_to("Why?");
    manager.fill("Why?", "A post elsewhere");
    manager.go_on_to("Before you go on");
    manager.says("Sign-ins, sharing of mailboxes, permissions and telephones end with it.");
    manager.press("Continue");
    manager.is_on("Check your answers");
    channels.mail_passes();
    channels.web_passes();
    manager.press("Withdraw");
    manager.is_on("Withdrawal recorded");
    manager.says("WD-");

    is_without_everything(&house, &officer, &mut channels);
    officer.fill("User name", OFFICER.account);
    officer.fill("Password", crate::council::PASSPHRASE);
    officer.press("Sign in");
    assert_eq!(
        officer.errors(),
        ["Your user name or password is not right"]
    );

    // What no machine can do is before the service desk.
    let desk = house.sit_down(&DESK, &way);
    desk.go_to("Work list");
    let task = "Divert mail and calls";
    desk.follow(task);
    desk.is_on(task);
    desk.says(OFFICER.name);
    desk.press("It is done");
    desk.is_on("Done");
    desk.press("Back to the work list");
    // HR is the second source.
    let hr = house.sit_down(&HR, &way);
    hr.go_to("To decide");
    hr.says(OFFICER.name);
}

/// From the step on that ended it: mail, web, the account in the directory, and the console.
pub fn is_without_everything(house: &House, leaver: &Seat<'_>, channels: &mut Channels<'_>) {
    channels.follow_step("end");
    channels.mail_is_refused(NOT_A_USER);
    channels.web_is_refused(NOT_A_USER);
    house.accounts().has(&[], false);
    leaver.reload();
    leaver.is_on("Sign in");
}
