//! Asterisk's Channel Event Logging, as `cel_custom` writes it by Asterisk's own sample.

use super::*;
use crate::leg::{Direction, Outcome, Voicemail};
use crate::number::Class;
use crate::set_aside::Reason;
use crate::when::Basis;

/// One event: its kind, seconds after 11:00:00 on 2 March 2026, number, what was dialled, channel, application, how
/// it hung up, and the ids.
fn event(
    kind: &str,
    after: &str,
    [number, dialled, channel]: [&str; 3],
    extra: &str,
    [unique, linked]: [&str; 2],
) -> String {
    let (seconds, micros) = after.split_once('.').unwrap_or((after, "0"));
    let at = 1_772_449_200 + seconds.parse::<u64>().unwrap();
    let application = match channel.starts_with("vm:") {
        true => "VoiceMail",
        false => "Dial",
    };
    let channel = channel.trim_start_matches("vm:");
    let extra = extra.replace('"', "\"\"");
    format!(
        "\"{kind}\",\"{at}.{micros:0<6}\",\"Ann \"\"A\"\" B\",\"{number}\",\"{number}\",\"\",\"\",\"{dialled}\",\"office\",\"{channel}\",\"{application}\",\"x\",\"DOCUMENTATION\",\"acc7\",\"{unique}\",\"{linked}\",\"\",\"\",\"\",\"{extra}\"\n"
    )
}

const A: [&str; 2] = ["1772449200.1", "1772449200.1"];
const B: [&str; 2] = ["1772449200.2", "1772449200.1"];
const C: [&str; 2] = ["1772449200.3", "1772449200.1"];
const ANN: [&str; 3] = ["2001", "2002", "PJSIP/2001-0000002a"];
const BEN: [&str; 3] = ["2002", "s", "PJSIP/2002-0000002b"];
const CAT: [&str; 3] = ["2003", "s", "PJSIP/2003-0000002c"];
const NORMAL: &str = r#"{"hangupcause":16,"hangupsource":"","dialstatus":"ANSWER"}"#;
const ELSEWHERE: &str = r#"{"hangupcause":26,"hangupsource":"","dialstatus":""}"#;

/// Ann calls a ring group: Ben's telephone and Cat's ring, Cat answers.
fn ring_group() -> Vec<String> {
    vec![
        event("CHAN_START", "0.9", ANN, "", A),
        event("APP_START", "0.95", ANN, "", A),
        event("CHAN_START", "1", BEN, "", B),
        event("CHAN_START", "1.1", CAT, "", C),
        event("ANSWER", "8.2", CAT, "", C),
        event("ANSWER", "8.25", ANN, "", A),
        event("HANGUP", "8.3", BEN, ELSEWHERE, B),
        event("CHAN_END", "8.3", BEN, "", B),
        event("BRIDGE_ENTER", "8.3", CAT, "", C),
        event("BRIDGE_ENTER", "8.3", ANN, "", A),
        event("HANGUP", "68.4", CAT, NORMAL, C),
        event("CHAN_END", "68.4", CAT, "", C),
        event("HANGUP", "68.5", ANN, NORMAL, A),
        event("CHAN_END", "68.5", ANN, "", A),
        event("LINKEDID_END", "68.5", ANN, "", A),
    ]
}

#[test]
fn channels_of_one_linked_id_are_one_call() {
    let call = one(&ring_group().concat());
    assert_eq!(call.first().began.at.to_string(), "2026-03-02T11:00:00Z");
    assert_eq!(call.first().began.basis, Basis::Given);
    assert_eq!(call.legs().len(), 2);
    assert_eq!(
        (call.outcome(), call.answered_seconds()),
        (Outcome::Answered, Some(60))
    );
    assert_eq!(
        (call.duration_seconds(), call.seconds_to_answer()),
        (Some(67), Some(7))
    );
    assert_eq!(call.first().direction, Direction::Internal);
    assert_eq!(
        (call.extension(), call.person()),
        (Some("2001"), Some("acc7"))
    );
    let rows: Vec<_> = call
        .legs()
        .iter()
        .map(|leg| (leg.row, leg.outcome))
        .collect();
    assert_eq!(rows, [(3, Outcome::NoAnswer), (4, Outcome::Answered)]);
    let all = read(&ring_group().concat());
    assert_eq!(all.passed_over, 13);
}

#[test]
fn the_two_logs_of_an_exchange_tell_of_the_same_calls() {
    let text = ring_group().concat();
    let mut reading = Reading::open(text.as_bytes(), None, settings()).unwrap();
    assert_eq!(
        (reading.format(), reading.numbered_by()),
        ("asterisk-cel", "asterisk")
    );
    let detail = format!(
        "\"\",\"2001\",\"2002\",\"\",\"\",\"{}\",\"{}\",\"Dial\",\"\",\"2026-03-02 11:00:00\",\"\",\"\",68,60,\"ANSWERED\",\"\",\"1772449200.1\",\"\"\n",
        ANN[2], CAT[2]
    );
    assert_eq!(
        one(&text).identity("asterisk"),
        one(&detail).identity("asterisk")
    );
}

#[test]
fn how_a_call_ends_is_told_as_in_call_records() {
    let check = |extra: &str, expected: Outcome| {
        let rows = [
            event("CHAN_START", "0", ANN, "", A),
            event("CHAN_START", "1", BEN, "", B),
            event("HANGUP", "8", BEN, extra, B),
            event("HANGUP", "9", ANN, "", A),
            event("LINKEDID_END", "9", ANN, "", A),
        ];
        let call = one(&rows.concat());
        assert_eq!(
            (call.outcome(), call.answered_seconds()),
            (expected, Some(0)),
            "{extra}"
        );
    };
    check("", Outcome::NoAnswer);
    check("no json", Outcome::NoAnswer);
    check(r#"{"hangupcause":16}"#, Outcome::NoAnswer);
    check(r#"{"hangupcause":17}"#, Outcome::Busy);
    check(r#"{"hangupcause":0,"dialstatus":"BUSY"}"#, Outcome::Busy);
    check(
        r#"{"hangupcause":127,"dialstatus":"NOANSWER"}"#,
        Outcome::NoAnswer,
    );
    check(r#"{"hangupcause":34,"dialstatus":""}"#, Outcome::Failed);
    check(r#"{"hangupcause":"34"}"#, Outcome::NoAnswer);
}

#[test]
fn voicemail_that_answers_is_a_leg_of_its_own() {
    let mailbox = ["2001", "2002", "vm:PJSIP/2001-0000002a"];
    let rows = [
        event("CHAN_START", "0", ANN, "", A),
        event("CHAN_START", "1", BEN, "", B),
        event("HANGUP", "21", BEN, r#"{"hangupcause":16}"#, B),
        event("ANSWER", "22", mailbox, "", A),
        event("HANGUP", "40", mailbox, NORMAL, A),
        event("LINKEDID_END", "40", mailbox, "", A),
    ];
    let call = one(&rows.concat());
    assert_eq!(call.legs().len(), 2);
    assert_eq!(call.voicemail(), Some(Voicemail::Took));
    assert_eq!(
        (call.outcome(), call.answered_seconds()),
        (Outcome::Answered, Some(18))
    );
}

#[test]
fn a_diverted_call_says_where_it_went() {
    let local = ["", "07700900123", "Local/07700900123@office-0000001;1"];
    let trunk = ["07700900123", "s", "PJSIP/trunk-0000002d"];
    let (d, l) = (["1772449202.5", A[1]], ["1772449201.4", A[1]]);
    let rows = [
        event("CHAN_START", "0", ANN, "", A),
        event("CHAN_START", "0.5", BEN, "", B),
        event(
            "FORWARD",
            "1",
            BEN,
            r#"{"forward":"Local/07700900123@office"}"#,
            B,
        ),
        event("CHAN_START", "1", local, "", l),
        event("HANGUP", "1", BEN, "", B),
        event("CHAN_START", "2", trunk, "", d),
        event("ANSWER", "9", trunk, "", d),
        event("HANGUP", "19", trunk, NORMAL, d),
        event("HANGUP", "19", local, NORMAL, l),
        event("HANGUP", "19", ANN, NORMAL, A),
        event("LINKEDID_END", "19", ANN, "", A),
    ];
    let call = one(&rows.concat());
    assert_eq!(
        call.legs().len(),
        2,
        "what is within the exchange is no telephone"
    );
    let reached = call.decisive().reached.as_ref().unwrap();
    assert_eq!(
        (&*reached.given, reached.class),
        ("07700900123", Class::Mobile)
    );
    assert_eq!(call.answered_seconds(), Some(10));
    assert_eq!(call.first().reached, None);
}

fn after(text: &str) -> (All, crate::reading::Unfinished) {
    let mut reading = Reading::open(text.as_bytes(), None, settings()).unwrap();
    let (mut all, mut joiner) = (All::default(), Joiner::default());
    while let Some(item) = reading.next().unwrap() {
        match item {
            Item::Leg(leg) => all.calls.extend(joiner.add(*leg)),
            Item::SetAside(set_aside) => all.set_aside.push(set_aside),
            Item::Quality(_) => {}
        }
    }
    all.calls.extend(joiner.finish());
    (all, reading.unfinished())
}

#[test]
fn a_call_that_goes_on_in_the_next_file_is_the_same_wherever_it_is_cut() {
    let rows = ring_group();
    let other = event("CHAN_START", "5", BEN, "", ["1772449205.9", "1772449205.9"]);
    for header in ["", HEADER] {
        for cut in 1..rows.len() {
            let (first, second) = rows.split_at(cut);
            let (all, unfinished) = after(&format!("{header}{}{other}", first.concat()));
            // After the last hanging up nothing is waited for.
            let is_over = cut >= rows.len() - 2;
            assert_eq!(
                (all.calls.len(), unfinished.calls),
                (usize::from(is_over), 2 - u64::from(is_over)),
                "{cut}"
            );
            if is_over {
                continue;
            }
            let rest = String::from_utf8(unfinished.rows).unwrap();
            let (all, unfinished) = after(&format!("{rest}{header}{}", second.concat()));
            assert_eq!((all.set_aside, unfinished.calls), (vec![], 1), "{cut}");
            let [call] = &all.calls[..] else {
                panic!("{cut}")
            };
            assert_eq!(
                (call.legs().len(), call.answered_seconds()),
                (2, Some(60)),
                "{cut}"
            );
        }
    }
}

const HEADER: &str = "eventtype,eventtime,cid_name,cid_num,cid_ani,cid_rdnis,cid_dnid,exten,context,channame,appname,appdata,amaflags,accountcode,uniqueid,linkedid,peer,userfield,userdeftype,extra\n";

#[test]
fn columns_are_found_by_name_where_there_is_a_header() {
    let rows = "LinkedId,UniqueId,EventType,EventTime,ChanName,CHANNEL(exten),CALLERID(num)\n\
        7.1,7.1,CHAN_START,2026-03-02 11:00:00.25,PJSIP/2001-1,9901922,2001\n\
        7.1,7.2,CHAN_START,2026-03-02 11:00:01.75,PJSIP/trunk-1,,901922\n\
        7.1,7.2,ANSWER,2026-03-02 11:00:04.5,PJSIP/trunk-1,,901922\n\
        7.1,7.2,HANGUP,2026-03-02 11:00:09.25,PJSIP/trunk-1,,901922\n\
        7.1,7.1,HANGUP,2026-03-02 11:00:09.25,PJSIP/2001-1,,2001\n";
    let call = one(rows);
    assert_eq!(
        (call.answered_seconds(), call.duration_seconds()),
        (Some(4), Some(9))
    );
    assert_eq!(call.first().began.basis, Basis::Zone);
    let short = rows.replace(",PJSIP/2001-1,,2001", "");
    assert!(matches!(
        read(&short).set_aside[0].reason,
        Reason::Width {
            found: 4,
            expected: 7
        }
    ));
}

#[test]
fn local_times_of_the_hour_that_happens_twice_are_settled_by_ids_and_by_order() {
    let call = |unique: &str| {
        let row = |kind: &str, at: &str| {
            format!("{kind},{at},PJSIP/2001-1,2002,2001,{unique},{unique}\n")
        };
        let text = [
            "eventtype,eventtime,channame,exten,cid_num,uniqueid,linkedid\n".to_owned(),
            row("CHAN_START", "2026-10-25 01:50:00"),
            row("ANSWER", "2026-10-25 01:50:10"),
            row("HANGUP", "2026-10-25 01:20:10"),
        ];
        one(&text.concat())
    };
    for unique in ["1792889400.1", "x"] {
        let call = call(unique);
        assert_eq!(call.first().began.at.to_string(), "2026-10-25T00:50:00Z");
        assert_eq!(call.answered_seconds(), Some(1800), "{unique}");
    }
    assert!(matches!(
        call("x").first().began.basis,
        Basis::Ambiguous { .. }
    ));
}

#[test]
fn what_cannot_be_a_row_is_set_aside_and_what_has_no_beginning_too() {
    let rows = ring_group();
    let check = |bad: String, reason: Reason| {
        let all = read(&format!("{}{bad}{}", rows[0], rows[1..].concat()));
        assert_eq!((all.calls.len(), &all.set_aside[0].reason), (1, &reason));
    };
    check(
        "a,b\n".to_owned(),
        Reason::Cells {
            found: 2,
            expected: "19 or 20",
        },
    );
    check(
        rows[2].replace("1772449201.", "soon"),
        Reason::field("eventtime", "time", b"soon000000"),
    );
    check(
        rows[2].replace("1772449200.1", ""),
        Reason::Missing("linkedid"),
    );
    check(
        rows[2].replace("1772449200.2", ""),
        Reason::Missing("uniqueid"),
    );
    let (all, unfinished) = after(&rows[1..].concat());
    assert_eq!((all.calls.len(), unfinished.calls), (0, 0));
    assert_eq!(
        all.set_aside,
        [SetAside {
            row: 2,
            reason: Reason::NoBeginning
        }]
    );
    // The row that a crash cut is no end of anything.
    let whole = rows.concat();
    let all = read(&whole[..whole.len() - 40]);
    assert_eq!(
        (all.calls.len(), all.set_aside[0].reason.clone()),
        (1, Reason::CutOff)
    );
}

#[test]
fn events_of_the_dial_plans_own_are_passed_over() {
    let mut rows = ring_group();
    rows.insert(1, event("MENU_CHOICE", "0.95", ANN, "", A));
    let all = read(&rows.concat());
    assert_eq!(
        (all.calls.len(), all.set_aside.len(), all.passed_over),
        (1, 0, 14)
    );
}

#[test]
fn a_call_nothing_was_heard_of_for_a_day_is_told_as_far_as_it_is_known() {
    let rows = ring_group();
    let open = rows[..6].concat();
    let later = |seconds: u32| {
        let ids = ["1772549200.9", "1772549200.9"];
        after(&format!(
            "{open}{}",
            event("CHAN_START", &seconds.to_string(), ANN, "", ids)
        ))
    };
    let (all, unfinished) = later(24 * 3600);
    assert_eq!((all.calls.len(), unfinished.calls), (0, 2));
    let (all, unfinished) = later(24 * 3600 + 10);
    assert_eq!((all.calls.len(), unfinished.calls), (1, 1));
    assert_eq!(all.calls[0].outcome(), Outcome::Answered);
    assert_eq!(all.calls[0].answered_seconds(), None);
    assert_eq!(all.calls[0].first().outcome, Outcome::Unknown);
}

#[test]
fn calls_that_never_end_do_not_fill_memory() {
    let open = |n: u64| {
        let id = format!("1772449200.{n}");
        event("CHAN_START", "0", ANN, "", [&id, &id])
    };
    let text: String = (0..5000).map(open).collect();
    let (all, unfinished) = after(&text);
    assert_eq!((all.calls.len(), unfinished.calls), (5000 - 4096, 4096));
}
