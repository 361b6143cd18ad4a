//! Enquiries to a shared mailbox: answered, asked again, closed by its manager, and late.
#![allow(clippy::unwrap_used)]

mod council;

use council::{Council, act, council, hour, person, told};
use matters::enquiry::{Enquiry, Opening, SETTLED_AFTER_DAYS, State, Step};
use matters::event::{Act, Actor};
use matters::machine::{Machine, Refused, Taken};

const DAY: i64 = 24;

fn by_the_gate(at: i64) -> Act {
    Act::of(Actor::Rule("gate".to_owned()), hour(at))
}

fn waiting(council: &Council) -> Enquiry {
    let opening = Opening {
        mailbox: "parks@example.org".to_owned(),
        manager: person("lou"),
        from: "resident@example.com".to_owned(),
        asks_for_information: false,
    };
    let taken = Enquiry::open(opening, &by_the_gate(0), &council.world());
    taken.unwrap().matter
}

fn by_itself(
    council: &Council,
    enquiry: &Enquiry,
    step: Step,
    at: i64,
) -> Result<Taken<Enquiry>, Refused> {
    enquiry.take(step, &by_the_gate(at), &council.world())
}

#[test]
fn an_answer_ends_the_wait_and_another_message_begins_it_again() {
    let council = council();
    let enquiry = waiting(&council);
    let answered = by_itself(&council, &enquiry, Step::Answer, 5)
        .unwrap()
        .matter;
    assert_eq!(answered.answered_at, Some(hour(5)));
    assert!(by_itself(&council, &answered, Step::Answer, 6).is_err());
    let again = by_itself(&council, &answered, Step::Receive, 50)
        .unwrap()
        .matter;
    assert_eq!((again.state, again.since), (State::Waiting, hour(50)));
    // A second message before the answer does not make it younger.
    assert!(by_itself(&council, &again, Step::Receive, 60).is_err());
}

#[test]
fn nobody_can_say_that_mail_came_or_went() {
    let council = council();
    let enquiry = waiting(&council);
    for step in [Step::Answer, Step::Remind, Step::Settle] {
        assert!(
            enquiry
                .take(step, &act("lou", 1), &council.world())
                .is_err()
        );
    }
}

#[test]
fn only_the_manager_says_that_it_needs_no_answer_and_says_why() {
    let council = council();
    let enquiry = waiting(&council);
    let take = |act: Act| enquiry.take(Step::NeedsNone, &act, &council.world());
    assert_eq!(
        take(act("mia", 1).because("an advertisement")),
        Err(Refused::OnlyBy(person("lou")))
    );
    let silent = Act::by(&person("lou"), hour(1));
    assert!(matches!(take(silent), Err(Refused::Field { .. })));
    let closed = take(act("lou", 1).because("an advertisement")).unwrap();
    assert_eq!(closed.clauses, council.settings.mailboxes.clauses);
    assert!(closed.matter.is_over());
}

#[test]
fn the_manager_is_told_once_that_it_waits_for_too_long() {
    let council = council();
    let enquiry = waiting(&council);
    // Five working days after a Monday: with the end of the next.
    let (late, step) = enquiry.due(&council.world()).unwrap();
    assert_eq!(step, Step::Remind);
    assert!(late > hour(6 * DAY) && late < hour(8 * DAY), "{late}");
    assert!(by_itself(&council, &enquiry, Step::Remind, 6 * DAY).is_err());
    let reminded = by_itself(&council, &enquiry, Step::Remind, 8 * DAY).unwrap();
    assert_eq!(told(&reminded), ["lou"]);
    assert_eq!(reminded.matter.due(&council.world()), None);
}

#[test]
fn it_is_over_when_nothing_comes_after_the_answer() {
    let council = council();
    let enquiry = waiting(&council);
    let answered = by_itself(&council, &enquiry, Step::Answer, 0)
        .unwrap()
        .matter;
    let days = i64::from(SETTLED_AFTER_DAYS) * DAY;
    assert!(by_itself(&council, &answered, Step::Settle, days - 1).is_err());
    let settled = by_itself(&council, &answered, Step::Settle, days)
        .unwrap()
        .matter;
    assert!(settled.is_over());
    assert!(by_itself(&council, &settled, Step::Receive, days + 1).is_err());
}

#[test]
fn it_goes_with_the_mailbox_to_another_manager() {
    let council = council();
    let enquiry = waiting(&council);
    let hand_on = |to: &str| Step::HandOn {
        manager: person(to),
    };
    assert!(by_itself(&council, &enquiry, hand_on("lou"), 1).is_err());
    let handed = by_itself(&council, &enquiry, hand_on("dan"), 1)
        .unwrap()
        .matter;
    assert_eq!(handed.subject(), &person("dan"));
    let named = enquiry.take(hand_on("dan"), &act("dan", 1), &council.world());
    assert!(named.is_err());
}
