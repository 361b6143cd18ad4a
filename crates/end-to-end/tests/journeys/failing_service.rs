//! Something fails beside the gates, and the service desk reads what, since when and what to do.

use std::fs;
use std::time::Duration;

use end_to_end::browser::Habits;
use end_to_end::process::wait_until;

use crate::council::DESK;
use crate::house::{self, SetUp};
use crate::seat::Way;

const PAGE: &str = "How the service is running";

/// Figures are looked at every five seconds; the rest is for a machine that is busy.
const WITHIN: Duration = Duration::from_secs(30);

#[test]
fn what_fails_is_read_on_the_console_until_it_is_mended() {
    let Some(house) = house::open("failing-service", &[DESK.account], SetUp::ByHand) else {
        return;
    };
    let way = Way {
        habits: Habits::default(),
        looks: true,
    };
    let desk = house.sit_down(&DESK, &way);
    desk.go_to(PAGE);
    desk.says("Nothing.");

    let reports = house.gate.quarantine().with_file_name("reports");
    let aside = [&reports, &house.lists].map(|place| (place, place.with_extension("aside")));
    for (place, aside) in &aside {
        fs::rename(place, aside).unwrap();
    }
    // No folder, for root neither.
    fs::write(&reports, "").unwrap();
    let figures = "Figures of use wait; the record keeps what they are counted from";
    let says = |words: &str| {
        let said = wait_until("the page to say it", WITHIN, || {
            desk.go_to(PAGE);
            desk.text().contains(words)
        });
        assert!(said.is_ok(), "{words}\n{}", desk.text());
    };
    says(figures);
    desk.says("The folder cannot be looked at.");
    desk.says("Cannot read or write");
    desk.suits_everybody("with something failing");

    fs::remove_file(&reports).unwrap();
    for (place, aside) in &aside {
        fs::rename(aside, place).unwrap();
    }
    says("Nothing.");
}
