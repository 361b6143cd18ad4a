//! Rows about one call are one call.

use super::*;
use crate::leg::Outcome;

fn asterisk(
    id: &str,
    start: &str,
    to: &str,
    channel: &str,
    seconds: (u32, u32),
    disposition: &str,
) -> String {
    let (whole, spoken) = seconds;
    format!(
        "\"\",\"07700900123\",\"{to}\",\"in\",\"\",\"PJSIP/trunk-1\",\"PJSIP/{channel}-2\",\"Dial\",\"\",\"2026-03-02 {start}\",\"\",\"\",{whole},{spoken},\"{disposition}\",\"DOCUMENTATION\",\"{id}\",\"\"\n"
    )
}

#[test]
fn a_ring_group_is_one_call_however_many_telephones_rang() {
    let text = [
        asterisk(
            "1772449200.1",
            "11:00:00",
            "2500",
            "2001",
            (10, 0),
            "NO ANSWER",
        ),
        asterisk("1772449300.9", "11:01:40", "2001", "2001", (5, 0), "BUSY"),
        asterisk(
            "1772449200.1",
            "11:00:00",
            "2500",
            "2002",
            (70, 60),
            "ANSWERED",
        ),
    ]
    .concat();
    let calls = calls(&text);
    assert_eq!(calls.len(), 2);
    let group = &calls[0];
    assert_eq!(
        (group.legs().len(), group.outcome()),
        (2, Outcome::Answered)
    );
    assert_eq!(
        (group.duration_seconds(), group.answered_seconds()),
        (Some(70), Some(60))
    );
    assert_eq!(group.extension(), Some("2002"), "whoever answered");
    assert_eq!(calls[1].outcome(), Outcome::Busy);
}

#[test]
fn a_row_that_comes_twice_counts_once() {
    let row = asterisk(
        "1772449200.1",
        "11:00:00",
        "2001",
        "2001",
        (70, 60),
        "ANSWERED",
    );
    let call = one(&row.repeat(3));
    assert_eq!((call.legs().len(), call.copies), (1, 2));
}

#[test]
fn an_id_that_begins_anew_a_day_later_is_another_call() {
    let call = |day: &str| {
        asterisk(
            "1772449200.1",
            "11:00:00",
            "2001",
            "2001",
            (70, 60),
            "ANSWERED",
        )
        .replace("2026-03-02", day)
    };
    assert_eq!(calls(&(call("2026-03-02") + &call("2026-03-04"))).len(), 2);
    assert_eq!(calls(&(call("2026-03-02") + &call("2026-03-03"))).len(), 1);
}

#[test]
fn both_sides_of_a_freeswitch_call_are_one_in_any_order() {
    let template = "${caller_id_number},${destination_number},${start_stamp},${duration},${billsec},${hangup_cause},${uuid},${bleg_uuid}";
    let a = "2001,2002,2026-03-02 11:00:00,68,60,NORMAL_CLEARING,a-1,b-1";
    let b = "2001,2002,2026-03-02 11:00:02,66,60,NORMAL_CLEARING,b-1,";
    let c = "2001,2003,2026-03-02 11:05:00,5,0,NO_ANSWER,c-1,";
    let d = "2001,2004,2026-03-02 11:00:01,7,0,NO_ANSWER,d-1,";
    // It rang in two places: the row that names both comes last.
    let e = "2001,2004,2026-03-02 11:00:00,8,0,NO_ANSWER,d-1,b-1";
    let check = |rows: &[&str], legs: &[usize], answered: Option<u32>| {
        let template = crate::format::freeswitch::Template::read(template).unwrap();
        let all = read_as(
            rows.join("\n").as_bytes(),
            Some(Format::Freeswitch(Box::new(template))),
        );
        assert_eq!(all.set_aside, []);
        let found: Vec<_> = all.calls.iter().map(|call| call.legs().len()).collect();
        assert_eq!(found, legs);
        assert_eq!(
            all.calls[0].answered_seconds(),
            answered,
            "what both sides say counts once"
        );
    };
    check(&[a, b, c], &[2, 1], Some(60));
    check(&[b, c, a], &[2, 1], Some(60));
    check(&[b, d, e, c], &[3, 1], Some(60));
}

#[test]
fn legs_of_a_transfer_share_a_correlation_id_and_their_costs_are_summed() {
    let row = |usage: &str, start: &str, seconds: u32, to: &str| {
        format!(
            "{usage},c-9,t-1,ann.b@council.example,+441922640001,user_out,{to},2026-03-02T{start}Z,{seconds},0.1,GBP\n"
        )
    };
    let header = "UsageId,Call ID,Shared Correlation ID,UPN,Caller ID,Call Type,Destination Number,Start Time,Duration Seconds,Charge,Currency\n";
    let text = [
        header.to_owned(),
        row("u-1", "11:00:00", 60, "+447700900123"),
        row("u-2", "11:00:50", 100, "+447700900124"),
    ]
    .concat();
    let call = one(&text);
    assert_eq!(
        (
            call.legs().len(),
            call.answered_seconds(),
            call.duration_seconds()
        ),
        (2, Some(150), Some(150))
    );
    assert_eq!(call.cost().unwrap().amount.to_string(), "0.2");
    // The same pull again, as pulls overlap: nothing is counted twice.
    let again = text.clone() + text.strip_prefix(header).unwrap();
    let call = one(&again);
    assert_eq!(
        (call.legs().len(), call.copies, call.answered_seconds()),
        (2, 2, Some(150))
    );
    // Different currencies make no sum.
    let mixed = text.replacen("0.1,GBP", "0.1,EUR", 1);
    assert_eq!(one(&mixed).cost(), None);
}

#[test]
fn cisco_joins_by_cluster_manager_and_call() {
    let text = super::formats::CUCM.replace("1,2,1002,1772449300", "1,2,1001,1772449300");
    assert_eq!(calls(&text).len(), 1);
    let text = text.replace("1,2,1001,1772449300", "1,3,1001,1772449300");
    assert_eq!(calls(&text).len(), 2, "another manager counts for itself");
}

#[test]
fn the_window_stays_as_small_as_it_is_told_to_be() {
    let mut text = String::new();
    for n in 0..50 {
        text += &asterisk(
            &format!("1772449200.{n}"),
            "11:00:00",
            "2001",
            "2001",
            (1, 1),
            "ANSWERED",
        );
    }
    let mut reading = Reading::open(text.as_bytes(), None, settings()).unwrap();
    let mut joiner = Joiner::within(8);
    let mut left = 0;
    while let Some(item) = reading.next().unwrap() {
        if let Item::Leg(leg) = item {
            left += usize::from(joiner.add(*leg).is_some());
        }
    }
    assert_eq!((left, joiner.finish().count()), (42, 8));
    assert_eq!(joiner.finish().count(), 0);
}

#[test]
fn reading_again_gives_the_same() {
    let text = asterisk(
        "1772449200.1",
        "11:00:00",
        "2001",
        "2001",
        (70, 60),
        "ANSWERED",
    ) + "broken,row\n";
    assert_eq!(read(&text), read(&text));
    assert_eq!(read(&text).set_aside.len(), 1);
}
