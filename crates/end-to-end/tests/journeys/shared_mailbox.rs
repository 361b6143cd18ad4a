//! A shared mailbox is opened, residents write to it, and whoever answers for it sees who still waits.

use std::time::Duration;

use end_to_end::browser::Habits;
use end_to_end::process::wait_until;
use end_to_end::smtp_client::{self, Envelope};

use crate::channels::Channels;
use crate::council::{DESK, DIRECTOR_IT, DOMAIN, HEAD, HR, MANAGER, OFFICER, Resident};
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

const MAILBOX: &str = "parks@council.example";
const RESIDENT: &str = "resident@outside.example";
const NEIGHBOUR: &str = "neighbour@outside.example";

const WITHIN: Duration = Duration::from_secs(20);

/// With a mouse.
#[test]
fn whoever_answers_for_a_shared_mailbox_sees_who_still_waits() {
    let Some(house) = house::open("shared-mailbox", &SIGN_INS, SetUp::ByDirectory) else {
        return;
    };
    let way = Way {
        habits: Habits::default(),
        looks: true,
    };
    let (officer, mut channels) = becomes_a_user(&house, &Way::default());
    let manager = house.sit_down(&MANAGER, &Way::default());
    manager.reads_and_signs("Email and internet usage policy: Officers");
    is_opened(&house, &officer, &manager, &mut channels);

    from_outside(&house, RESIDENT, "one", "When is the bowling green open?");
    let asks = "Under the Freedom of Information Act, please send me the cost of the new swings.";
    from_outside(&house, NEIGHBOUR, "two", asks);
    let manager = house.sit_down(&MANAGER, &way);
    waits(&manager, "2, the oldest since");
    manager.follow("See its enquiries");
    manager.is_on("Enquiries");
    let asked: Vec<_> = manager
        .rows()
        .into_iter()
        .skip(1)
        .map(|row| row[4].clone())
        .collect();
    assert_eq!(asked, ["Asks for information", ""]);

    // The officer answers one; the manager says of the other that it needs none.
    answers(&house, &OFFICER, RESIDENT, "one");
    waits(&manager, "1, since");
    manager.follow("See its enquiries");
    manager.follow(NEIGHBOUR);
    manager.is_on("Enquiry");
    manager.fill(
        "Why does it need no answer?",
        "The Freedom of Information Officer has it",
    );
    manager.press("It needs no answer");
    manager.says("Needs no answer");
    waits(&manager, "None");
    let record = house.gate.record().unwrap();
    let closed = record
        .iter()
        .find(|(_, entry)| entry["event"]["step"] == "needs-none");
    let event = &closed.unwrap().1["event"];
    assert_eq!(event["clauses"][1], "walsall-6.4.2.a", "{event}");
}

/// Asked for by a head of service, checked by the desk, agreed to by two administrators.
fn is_opened(house: &House, officer: &Seat<'_>, manager: &Seat<'_>, channels: &mut Channels<'_>) {
    let head = house.sit_down(&HEAD, &Way::default());
    head.go_to("Generic mailboxes");
    head.press("Ask for a mailbox");
    let name = |who: &Resident| format!("{}\n", who.account);
    head.fill("Which address should it have?", MAILBOX);
    head.go_on_to("Which council business does it serve?");
    head.fill(
        "Which council business does it serve?",
        "Questions about parks",
    );
    head.go_on_to("Which directorate, service or team does it belong to?");
    head.select(
        "Which directorate, service or team does it belong to?",
        "Planning",
    );
    head.go_on_to("Who answers for it?");
    head.fill("Who answers for it?", MANAGER.account);
    head.go_on_to("Who administers it?");
    head.fill("Who administers it?", &(name(&OFFICER) + &name(&MANAGER)));
    head.go_on_to("Check your answers");
    head.press("Ask for it");
    head.says(MAILBOX);
    let desk = house.sit_down(&DESK, &Way::default());
    desk.open(&house.address("/mailboxes?show=all"));
    desk.follow(MAILBOX);
    desk.follow("Accept the request");
    desk.press("Accept the request");
    desk.is_on("Request accepted");
    for seat in [officer, manager] {
        seat.go_to("Generic mailboxes");
        seat.follow(MAILBOX);
        seat.follow("Agree to administer it");
        seat.press("Agree to administer it");
        seat.is_on("You have agreed");
    }
    channels.follow_step("agree");
}

/// The mailbox's page says so.
fn waits(seat: &Seat<'_>, unanswered: &str) {
    seat.go_to("Generic mailboxes");
    seat.follow(MAILBOX);
    let said = wait_until("the enquiries", WITHIN, || {
        seat.reload();
        seat.text()
            .contains(&format!("Unanswered enquiries\t{unanswered}"))
    });
    assert!(said.is_ok(), "{unanswered}: {}", seat.text());
}

fn from_outside(house: &House, from: &str, id: &str, words: &str) {
    let envelope = Envelope {
        client: Some("192.0.2.7".to_owned()),
        mail_from: from.to_owned(),
        recipients: vec![MAILBOX.to_owned()],
        ..Envelope::default()
    };
    let message = format!(
        "From: {from}\r\nTo: {MAILBOX}\r\nSubject: A question\r\n\
         Date: Mon, 02 Mar 2026 10:00:00 +0000\r\nMessage-ID: <{id}@outside.example>\r\n\r\n\
         {words}\r\n"
    );
    let reply = smtp_client::send(house.postfix.smtp(), &envelope, message.as_bytes()).unwrap();
    assert_eq!(reply.code, 250, "{reply:?}");
}

fn answers(house: &House, who: &Resident, to: &str, id: &str) {
    let envelope = Envelope {
        login: Some(who.account.to_owned()),
        mail_from: who.address(),
        recipients: vec![to.to_owned()],
        ..Envelope::default()
    };
    let message = format!(
        "From: {} <{}>\r\nTo: {to}\r\nSubject: Re: A question\r\n\
         Date: Mon, 02 Mar 2026 11:00:00 +0000\r\nMessage-ID: <answer@{DOMAIN}>\r\n\
         In-Reply-To: <{id}@outside.example>\r\n\r\nFrom nine to five, every day.\r\n",
        who.name,
        who.address(),
    );
    let reply = smtp_client::send(house.postfix.smtp(), &envelope, message.as_bytes()).unwrap();
    assert_eq!(reply.code, 250, "{reply:?}");
}
