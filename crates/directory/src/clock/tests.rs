#![allow(clippy::unwrap_used)]

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::list::ClockList;
use super::timeline::{standing, state_at, turns};
use super::*;

fn london() -> TimeZone {
    TimeZone::get("Europe/London").unwrap()
}

fn read(text: &str) -> Vec<Result<Clocking, Quarantined>> {
    let mut list = ClockList::open(text.as_bytes(), london()).unwrap();
    std::iter::from_fn(|| list.clocking().unwrap()).collect()
}

use crate::quarantine::Quarantined;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn times_are_read_in_the_councils_zone() {
    let check = |time: &str, expected: Option<(&str, &str)>| {
        let rows = read(&format!("person,time,state\n1,{time},in\n"));
        let found = rows[0].as_ref().ok().map(|row| (row.at, row.at_latest));
        assert_eq!(
            found,
            expected.map(|(from, to)| (at(from), at(to))),
            "{time}"
        );
    };
    let sure = |time| Some((time, time));
    check("2026-07-01T09:00:00Z", sure("2026-07-01T09:00:00Z"));
    check("2026-07-01T09:00:00+01:00", sure("2026-07-01T08:00:00Z"));
    check("2026-07-01T09:00", sure("2026-07-01T08:00:00Z"));
    check("01/12/2026 9:00", sure("2026-12-01T09:00:00Z"));
    check("01/12/26 09:00:30", sure("2026-12-01T09:00:30Z"));
    // The hour that occurs twice, and the one that never was.
    check(
        "25/10/2026 01:30",
        Some(("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")),
    );
    check("29/03/2026 01:30", None);
    check("31/04/2026 09:00", None);
    check("01/12/2026 25:00", None);
    check("01/12/2026", None);
    check("", None);
}

#[test]
fn order_tells_the_second_of_the_two_hours() {
    let rows = read("person,time,state\n1,25/10/2026 01:40,in\n1,25/10/2026 01:20,out\n");
    let out = rows[1].as_ref().unwrap();
    assert_eq!(
        (out.at, out.at_latest),
        (at("2026-10-25T01:20:00Z"), at("2026-10-25T01:20:00Z"))
    );
}

#[test]
fn what_cannot_be_read_is_set_aside() {
    let rows = read(
        "person,time,state,event\n,2026-07-01T09:00Z,in,\n1,x,in,\n1,2026-07-01T09:00,maybe,\n1,2026-07-01T09:00,void,\n1,2026-07-01T09:00,?,\n",
    );
    let said: Vec<_> = rows
        .iter()
        .map(|row| row.as_ref().map_or_else(|aside| &*aside.field, |_| "ok"))
        .collect();
    assert_eq!(said, ["person", "time", "state", "event", "ok"]);
}

#[test]
fn a_timeline_says_unknown_where_nobody_knows() {
    let rows = read(
        "person,time,state,source,event\n\
         1,2026-07-01T08:00Z,in,gate,a\n\
         1,2026-07-01T16:00Z,out,gate,b\n\
         1,2026-07-01T22:00Z,in,gate,c\n\
         1,2026-07-03T08:00Z,in,gate,d\n\
         1,2026-07-02T06:00Z,out,gate,e\n\
         1,2026-07-01T17:00Z,out,gate,b\n\
         1,2026-07-03T08:00Z,void,gate,d\n",
    );
    let rows: Vec<_> = rows.into_iter().map(Result::unwrap).collect();
    let standing = standing(&rows);
    let check =
        |time: &str, expected| assert_eq!(state_at(&standing, at(time)), expected, "{time}");
    check("2026-07-01T07:59:59Z", State::Unknown);
    check("2026-07-01T08:00:00Z", State::In);
    // Corrected days later: it was five, not four.
    check("2026-07-01T16:30:00Z", State::In);
    check("2026-07-01T17:00:00Z", State::Out);
    // Over midnight.
    check("2026-07-02T01:00:00Z", State::In);
    check("2026-07-02T06:00:00Z", State::Out);
    // That never happened.
    check("2026-07-03T09:00:00Z", State::Out);
}

#[test]
fn what_is_kept_of_a_clock_says_the_same_as_asking_it() {
    // The second clocking falls into the hour in which the first may mean either of two moments; the
    // last is never followed by going out.
    let rows = read(
        "person,time,state\n\
         1,25/10/2026 01:30,in\n\
         1,2026-10-25T01:00:00Z,out\n\
         1,2026-10-25T09:00:00Z,in\n",
    );
    let rows: Vec<_> = rows.into_iter().map(Result::unwrap).collect();
    let standing = standing(&rows);
    let turns = turns(&standing);
    let kept = |moment| {
        let last = turns.iter().rfind(|(from, _)| *from <= moment);
        last.map_or(State::Unknown, |(_, state)| *state)
    };
    let midnight = at("2026-10-25T00:00:00Z");
    for minute in 0..48 * 60 {
        let moment = midnight + SignedDuration::from_mins(minute);
        assert_eq!(kept(moment), state_at(&standing, moment), "{moment}");
    }
    let states: Vec<_> = turns.iter().map(|(_, state)| *state).collect();
    let expected = [State::Unknown, State::Out, State::In, State::Unknown];
    assert_eq!(states, expected);
}

#[test]
fn who_forgets_to_clock_out_is_not_at_work_for_ever() {
    let rows = read("person,time,state\n1,2026-07-01T08:00:00Z,in\n2,25/10/2026 01:30,in\n");
    let rows: Vec<_> = rows.into_iter().map(Result::unwrap).collect();
    assert_eq!(state_at(&[&rows[0]], at("2026-07-01T23:00:00Z")), State::In);
    assert_eq!(
        state_at(&[&rows[0]], at("2026-07-02T00:30:00Z")),
        State::Unknown
    );
    assert_eq!(
        state_at(&[&rows[1]], at("2026-10-25T01:00:00Z")),
        State::Unknown
    );
    assert_eq!(state_at(&[&rows[1]], at("2026-10-25T01:30:00Z")), State::In);
}

#[test]
fn events_in_json_are_set_aside_one_by_one() {
    let body = br#"[{"person":"1","time":"2026-07-01T08:00:00Z","state":"in","source":"gate"},
        {"person":"1","time":"2026-07-01T08:00:00Z","state":"in","source":"gate","more":1}, 7]"#;
    let events = json::read(body, &london()).unwrap();
    assert_eq!(
        events.iter().map(Result::is_ok).collect::<Vec<_>>(),
        [true, false, false]
    );
    assert!(json::read(b"{}", &london()).is_err());
    let many = format!("[{}0]", "0,".repeat(json::MOST_EVENTS));
    assert!(matches!(
        json::read(many.as_bytes(), &london()),
        Err(json::BodyError::TooMany(_))
    ));
}

proptest! {
    #[test]
    fn any_text_is_a_time_or_not(text in "[0-9TZ:/+ .-]{0,30}") {
        let _ = moment::read(&text, &london(), None);
    }

    #[test]
    fn any_body_is_answered(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = json::read(&body, &london());
    }

    #[test]
    fn any_list_ends(text in "(person,time,state\n)?[a-z0-9,\":/ \n]{0,200}") {
        if let Ok(mut list) = ClockList::open(text.as_bytes(), london()) {
            while let Ok(Some(_)) = list.clocking() {}
        }
    }
}
