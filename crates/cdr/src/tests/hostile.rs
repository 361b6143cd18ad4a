//! Whatever the bytes are, nothing panics, and every row is a call, set aside or passed over.

use proptest::prelude::*;

use super::*;
use crate::format::freeswitch::Template;
use crate::format::mapping::Mapping;
use crate::set_aside::Reason;

fn formats() -> Vec<Format> {
    let template = "\"${caller_id_number}\",\"${destination_number}\",\"${start_stamp}\",\"${billsec}\",\"${hangup_cause}\",\"${uuid}\"";
    let mapping = "[columns]\nfrom = \"a\"\nto = \"b\"\nwhen = \"c\"\nduration = \"d\"\ncost = \"e\"\n[formats]\nduration = \"minutes\"";
    vec![
        Format::Asterisk,
        Format::AsteriskCel,
        Format::Freeswitch(Box::new(Template::read(template).unwrap())),
        Format::Cucm,
        Format::Teams,
        Format::Graph,
        Format::Mapped(Box::new(Mapping::read(mapping).unwrap())),
    ]
}

fn survives(bytes: &[u8], format: Option<Format>) {
    let Ok(mut reading) = Reading::open(bytes, format, settings()) else {
        return;
    };
    let mut joiner = Joiner::within(4);
    let (mut items, mut legs, mut told) = (0_u64, 0, 0);
    let mut tell = |call: Call| {
        // What is told is worked out when it is written.
        serde_json::to_string(&call).unwrap();
        told += call.legs().len() + call.copies as usize;
    };
    while let Some(item) = reading.next().unwrap() {
        items += 1;
        match item {
            Item::Leg(leg) => {
                legs += 1;
                joiner.add(*leg).into_iter().for_each(&mut tell);
            }
            Item::SetAside(bad) => assert!(bad.to_string().len() < 1000),
            Item::Quality(_) => {}
        }
    }
    joiner.finish().for_each(&mut tell);
    assert_eq!(told, legs, "no leg is lost or told twice");
    assert_eq!(items + reading.passed_over(), reading.rows());
}

/// Bytes near enough to feeds that readers come to their later steps.
fn near_feeds() -> impl Strategy<Value = Vec<u8>> {
    let header = prop::sample::select(vec![
        "",
        "a,b,c,d,e\n",
        "UsageId,Call Type,Caller ID,Destination Number,Start Time,Duration Seconds,Charge\n",
        "cdrRecordType,globalCallID_callId,dateTimeOrigination,dateTimeStamp,dateTimeConnect,dateTimeDisconnect,duration\n",
        "eventtype,eventtime,channame,exten,cid_num,uniqueid,linkedid\n",
        "[{\"callType\":\"user_out\",\"startDateTime\":\"2026-03-02T11:00:00Z\",\"id\":",
    ]);
    let piece = prop::sample::select(vec![
        "\"",
        "\",\"",
        ",",
        "\n",
        "\r\n",
        "1",
        "2",
        "0",
        "-1",
        "99999999999",
        "user_in",
        "dr_out",
        "2026-10-25 01:30:00",
        "0000-01-01 00:00:00",
        "9999-12-31 23:59:59",
        "02/03/2026 11:00:00",
        "ANSWERED",
        "USER_BUSY",
        "+447700900123",
        "999",
        "*",
        "CHAN_START,1772449200.1,PJSIP/2001-1,2002,2001,1.1,1.1\n",
        "ANSWER,1772449203.1,PJSIP/2002-1,,2002,1.2,1.1\n",
        "LINKEDID_END,1772449204.1,,,,1.1,1.1\n",
        "HANGUP",
        "a-1",
        "1772449200.1",
        "1:05",
        "0.5",
        "{",
        "}",
        "[",
        "]",
        ":",
        "\u{feff}",
        "é",
        "1772449200",
        "253402300799",
    ]);
    (header, prop::collection::vec(piece, 0..80))
        .prop_map(|(header, pieces)| [header.as_bytes(), pieces.concat().as_bytes()].concat())
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        survives(&bytes, None);
        formats().into_iter().for_each(|format| survives(&bytes, Some(format)));
    }

    #[test]
    fn bytes_near_feeds(bytes in near_feeds()) {
        survives(&bytes, None);
        formats().into_iter().for_each(|format| survives(&bytes, Some(format)));
    }
}

#[test]
fn whatever_is_too_long_is_set_aside_and_the_rest_goes_on() {
    let good = "\"\",\"2001\",\"2002\",\"\",\"\",\"\",\"\",\"\",\"\",\"2026-03-02 11:00:00\",\"\",\"\",1,1,\"ANSWERED\",\"\"\n";
    let check = |bad: String, reason: Reason| {
        let all = read(&format!("{good}{bad}\n{good}"));
        assert_eq!(all.set_aside, [SetAside { row: 2, reason }]);
        assert_eq!(all.calls.len(), 2);
    };
    check(
        "x".repeat(200_000),
        Reason::TooLong(crate::rows::LONGEST_LINE),
    );
    check(
        "x".repeat(20_000),
        Reason::LongCell(crate::cells::LONGEST_CELL),
    );
    check(
        ",".repeat(2_000),
        Reason::TooManyCells(crate::cells::MOST_CELLS),
    );
    check("\"x".to_owned(), Reason::Unclosed);
    check(
        "a,b".to_owned(),
        Reason::Cells {
            found: 2,
            expected: "16 to 21",
        },
    );
    check(
        good.trim().replace("11:00", "25:00"),
        Reason::field("start", "time", b"2026-03-02 25:00:00"),
    );
}

#[test]
fn a_file_still_being_written_loses_only_its_last_row() {
    let good = "\"\",\"2001\",\"2002\",\"\",\"\",\"\",\"\",\"\",\"\",\"2026-03-02 11:00:00\",\"\",\"\",1,1,\"ANSWERED\",\"\"\n";
    for cut in 1..good.len() - 4 {
        let all = read(&format!("{good}{}", &good[..cut]));
        assert_eq!((all.calls.len(), all.set_aside.len()), (1, 1), "{cut}");
        assert_eq!(all.set_aside[0].reason, Reason::CutOff, "{cut}");
    }
}

#[test]
fn a_page_of_json_is_bounded() {
    let long = format!("[{}", "1,".repeat(9 << 20));
    let all = read(&long);
    assert_eq!(
        all.set_aside,
        [SetAside {
            row: 1,
            reason: Reason::LongDocument(16 << 20)
        }]
    );
}
