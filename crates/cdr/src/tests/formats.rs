//! One call of each format, field by field, and what is peculiar to the format.

use super::*;
use crate::format::Undetected;
use crate::format::freeswitch::{ReadTemplateError, Template};
use crate::format::mapping::Mapping;
use crate::leg::{Direction, Mark, Outcome};
use crate::number::{Class, Form};
use crate::reading::OpenError;
use crate::set_aside::Reason;
use crate::when::Basis;

const ASTERISK: &str = r#""acc7","2001","07700900123","office","""Ann B, Desk"" <2001>","PJSIP/2001-0000002a","PJSIP/trunk-0000002b","Dial","PJSIP/07700900123@trunk,30","2026-03-02 11:00:00","2026-03-02 11:00:08","2026-03-02 11:01:08",68,60,"ANSWERED","DOCUMENTATION","1772449200.7","""#;

#[test]
fn asterisk() {
    let leg = leg(ASTERISK);
    assert_eq!(leg.began.at.to_string(), "2026-03-02T11:00:00Z");
    assert_eq!(
        (leg.duration_seconds, leg.answered_seconds),
        (Some(68), Some(60))
    );
    assert_eq!(
        (leg.direction, leg.outcome),
        (Direction::Outgoing, Outcome::Answered)
    );
    assert_eq!(
        (&*leg.to.given, leg.to.class),
        ("07700900123", Class::Mobile)
    );
    assert_eq!(
        (leg.extension.as_deref(), leg.person.as_deref()),
        (Some("2001"), Some("acc7"))
    );
}

#[test]
fn asterisk_with_and_without_its_optional_columns() {
    let base = ASTERISK.split(r#","1772449200.7""#).next().unwrap();
    let check = |more: &str, id: Option<&str>| {
        let leg = leg(&format!("{base}{more}"));
        assert_eq!(leg.ids[0].as_deref(), id, "{more}");
    };
    check("", None);
    check(r#","1772449200.7""#, Some("1772449200.7"));
    check(r#","some text""#, None);
    check(r#","1772449200.7","some text""#, Some("1772449200.7"));
    check(r#","","1772449100.1","12""#, Some("1772449100.1"));
    check(
        r#","pbx-1772449200.7","","1772449100.1","12""#,
        Some("1772449100.1"),
    );
    check(
        r#","1772449200.7","text","","1772449100.1","12""#,
        Some("1772449100.1"),
    );
}

#[test]
fn of_what_asterisk_rang_the_extension_is_named_though_a_direct_number_was_dialled() {
    let row = ASTERISK
        .replace(
            "\"2001\",\"07700900123\"",
            "\"07700900123\",\"01922640001\"",
        )
        .replace("PJSIP/2001-0000002a", "PJSIP/trunk-0000002a")
        .replace("PJSIP/trunk-0000002b", "PJSIP/2002-0000002b");
    let leg = leg(&row);
    assert_eq!(leg.extension.as_deref(), Some("2002"));
    // Neither number is known to be ours, so nobody says which way it went.
    assert_eq!(leg.direction, Direction::Unknown);
}

#[test]
fn the_hour_that_happens_twice_is_ambiguous_unless_the_unique_id_settles_it() {
    let row = |id: &str| {
        let row = ASTERISK.replace("2026-03-02 11:00:00", "2026-10-25 01:30:00");
        leg(&row.replace("1772449200.7", id)).began
    };
    let unsettled = row("no id");
    assert!(matches!(unsettled.basis, Basis::Ambiguous { .. }));
    let second = row("1792891802.7");
    assert_eq!(
        (second.basis, second.at.to_string().as_str()),
        (Basis::Zone, "2026-10-25T01:30:00Z")
    );
    let first = row("1792888202.7");
    assert_eq!(
        (first.basis, first.at.to_string().as_str()),
        (Basis::Zone, "2026-10-25T00:30:00Z")
    );
}

const TEMPLATE: &str = r#""${caller_id_name}","${caller_id_number}","${destination_number}","${context}","${start_stamp}","${answer_stamp}","${end_stamp}","${duration}","${billsec}","${hangup_cause}","${uuid}","${bleg_uuid}","${accountcode}""#;

fn freeswitch(template: &str, text: &str) -> All {
    let template = Template::read(template).unwrap();
    read_as(
        text.as_bytes(),
        Some(Format::Freeswitch(Box::new(template))),
    )
}

#[test]
fn freeswitch_escapes_nothing_and_is_read_by_its_template() {
    let line = r#""Ann "Nan" B, Desk","2001","07700900123","default","2026-03-02 11:00:00","2026-03-02 11:00:08","2026-03-02 11:01:08","68","60","NORMAL_CLEARING","a-1","b-1","acc7""#;
    let all = freeswitch(TEMPLATE, line);
    assert_eq!(all.set_aside, []);
    let leg = all.calls[0].first();
    assert_eq!((&*leg.from.given, leg.to.class), ("2001", Class::Mobile));
    assert_eq!(
        (leg.duration_seconds, leg.answered_seconds),
        (Some(68), Some(60))
    );
    assert_eq!(
        (leg.outcome, leg.person.as_deref()),
        (Outcome::Answered, Some("acc7"))
    );
    let unclear = line.replace("B, Desk", r#"B","Desk"#) + "\n";
    assert_eq!(
        freeswitch(TEMPLATE, &unclear).set_aside[0].reason,
        Reason::TwoWays
    );
    assert_eq!(
        freeswitch(TEMPLATE, "\"a\",\"b\"\n").set_aside[0].reason,
        Reason::NotOfTemplate
    );
}

#[test]
fn freeswitch_templates_of_other_shapes() {
    let template = "INSERT INTO cdr VALUES ('${start_epoch}','${caller_id_number}','${destination_number}','${billsec}','${hangup_cause}');";
    let line = "INSERT INTO cdr VALUES ('1772449200','2001','2002','0','USER_BUSY');\n";
    let all = freeswitch(template, line);
    assert_eq!(all.set_aside, []);
    let leg = all.calls[0].first();
    assert_eq!(
        (leg.outcome, leg.direction),
        (Outcome::Busy, Direction::Internal)
    );
    assert_eq!(leg.began.basis, Basis::Given);
    let check = |template: &str, error: ReadTemplateError| {
        assert_eq!(Template::read(template).err(), Some(error), "{template}");
    };
    check("${uuid", ReadTemplateError::Unclosed);
    check(
        "${caller_id_number}${uuid}",
        ReadTemplateError::NotSeparated("caller_id_number".into()),
    );
    check(
        "${caller_id_number}",
        ReadTemplateError::Missing("`destination_number`"),
    );
    check("", ReadTemplateError::Missing("`caller_id_number`"));
}

/// A release with a column the reader does not know, between those it does.
pub(super) const CUCM: &str = "\
cdrRecordType,globalCallID_callManagerId,globalCallID_callId,dateTimeOrigination,callingPartyNumber,callingPartyUnicodeLoginUserID,origCause_value,originalCalledPartyNumber,somethingNew,finalCalledPartyNumber,destCause_value,dateTimeConnect,dateTimeDisconnect,duration,globalCallId_ClusterID,authCodeDescription,clientMatterCode,authorizationCodeValue
INTEGER,INTEGER,INTEGER,INTEGER,VARCHAR(50),VARCHAR(128),INTEGER,VARCHAR(50),INTEGER,VARCHAR(50),INTEGER,INTEGER,INTEGER,INTEGER,VARCHAR(50),VARCHAR(50),VARCHAR(32),VARCHAR(32)
1,2,1001,1772449200,2001,areyes,0,907700900123,9,907700900123,16,1772449208,1772449268,60,Cluster,private calls,M-17,4711
1,2,1002,1772449300,07700900123,,0,2001,9,2002,17,0,1772449310,0,Cluster,,,
";

#[test]
fn cisco_by_its_header_and_never_by_position() {
    let calls = calls(CUCM);
    let first = calls[0].first();
    assert_eq!(first.began.at.to_string(), "2026-03-02T11:00:00Z");
    assert_eq!(
        (first.duration_seconds, first.answered_seconds),
        (Some(68), Some(60))
    );
    assert_eq!(
        (first.to.class, first.direction),
        (Class::Mobile, Direction::Outgoing)
    );
    assert_eq!(first.person.as_deref(), Some("areyes"));
    let marks = [
        Mark::ForcedAuthorisation("private calls".into()),
        Mark::ClientMatter("M-17".into()),
    ];
    assert_eq!(first.marks, marks);
    assert!(
        !format!("{first:?}").contains("4711"),
        "a code is a credential"
    );
    let second = calls[1].first();
    assert_eq!(
        (second.outcome, second.answered_seconds),
        (Outcome::Busy, Some(0))
    );
    assert_eq!(
        second.extension.as_deref(),
        Some("2002"),
        "where it ended up"
    );
    assert_eq!(second.direction, Direction::Incoming);
}

#[test]
fn cisco_of_another_release_quoted_and_put_together_in_one_file() {
    let quoted = "\"globalCallID_callId\",\"cdrRecordType\",\"extra\",\"dateTimeOrigination\",\"callingPartyNumber\",\"originalCalledPartyNumber\",\"duration\",\"dateTimeConnect\"\n5,1,x,1772449200,2001,2002,10,1772449200\n";
    let calls = calls(&format!("{CUCM}{quoted}"));
    assert_eq!(calls.len(), 3);
    assert_eq!(calls[2].first().direction, Direction::Internal);
    assert_eq!(one(quoted).answered_seconds(), Some(10));
}

#[test]
fn cisco_quality_comes_apart_and_names_its_call() {
    let text = "cdrRecordType,globalCallID_callManagerId,globalCallID_callId,directoryNum,dateTimeStamp,numberPacketsLost,jitter,latency,globalCallId_ClusterID,deviceName,varVQMetrics\nINTEGER,INTEGER,INTEGER,VARCHAR(50),INTEGER,INTEGER,INTEGER,INTEGER,VARCHAR(50),VARCHAR(129),VARCHAR(600)\n2,2,1001,2001,1772449268,3,1,0,Cluster,SEP001122334455,\"MLQK=4.5,CS=1\"\n";
    let all = read(text);
    assert_eq!((all.calls.len(), all.set_aside.len()), (0, 0));
    let quality = &all.qualities[0];
    assert_eq!(
        (&*quality.call, quality.packets_lost),
        ("Cluster/2/1001", Some(3))
    );
    assert_eq!(
        &*calls(CUCM)[0].first().ids[0].clone().unwrap(),
        "Cluster/2/1001"
    );
}

const TEAMS: &str = "\u{feff}UsageId,Call ID,Conference ID,User Location,AAD ObjectId,UPN,User Display Name,Caller ID,Call Type,Number Type,Domestic/International,Destination Dialed,Destination Number,Start Time,End Time,Duration Seconds,Connection Fee,Charge,Currency,Capability
u-1,c-1,,GB,o-1,ann.b@council.example,Ann B,+441922640001,user_out,Subscriber,Domestic,United Kingdom,+44770090****,2026-03-02 11:00:00.0000000 +00:00,2026-03-02 11:01:00.0000000 +00:00,60,0.01,0.125,GBP,MCOPSTN1
u-2,c-1,,GB,,,,Front Desk,ucap_in,Service,Domestic,United Kingdom,+441922640002,2026-03-02 11:00:00.0000000 +00:00,,0,,,,MCOPSTN1
";

#[test]
fn teams_exports() {
    let calls = calls(TEAMS);
    assert_eq!(calls.len(), 2, "a Call ID is not unique and joins nothing");
    let first = calls[0].first();
    assert_eq!(
        (first.began.at.to_string().as_str(), first.began.basis),
        ("2026-03-02T11:00:00Z", Basis::Given)
    );
    assert_eq!(
        (first.to.form, first.to.class),
        (Form::Masked, Class::Mobile)
    );
    assert_eq!(first.direction, Direction::Outgoing);
    let cost = calls[0].cost().unwrap();
    assert_eq!(
        (cost.amount.to_string().as_str(), cost.currency.as_deref()),
        ("0.135", Some("GBP"))
    );
    let bot = calls[1].first();
    assert_eq!(
        (bot.from.form, bot.from.class),
        (Form::Text, Class::Unknown)
    );
    assert_eq!(
        (bot.person.as_deref(), bot.direction),
        (None, Direction::Incoming)
    );
    assert_eq!(bot.outcome, Outcome::Unknown);
}

#[test]
fn teams_direct_routing_says_why_a_call_failed() {
    let text = "CorrelationId,SIP Address,Display Name,Invite Time,Start Time,Failure Time,End Time,Duration (seconds),Success,Caller Number,Callee Number,Call Type,Final SIP Code,Shared Correlation ID\nk-1,ann.b@council.example,Ann B,2026-03-02T11:00:00Z,,2026-03-02T11:00:20Z,,0,No,+441922640001,+447700900123,dr_out,486,\n";
    let leg = leg(text);
    assert_eq!(
        (leg.outcome, leg.direction),
        (Outcome::Busy, Direction::Outgoing)
    );
    assert_eq!(leg.to.class, Class::Mobile);
}

#[test]
fn graph_pages_arrays_and_rows() {
    let row = r#"{"id":"u-1","callId":"c-1","userPrincipalName":"ann.b@council.example","startDateTime":"2026-03-02T11:00:00Z","endDateTime":"2026-03-02T11:01:00Z","duration":60,"charge":0.125,"connectionCharge":null,"currency":"GBP","callType":"user_out","callerNumber":"+441922640001","calleeNumber":"+447700900123","administrativeUnits":[]}"#;
    let other = row.replace("u-1", "u-2");
    let all = [
        format!("{{\"@odata.context\":\"x\",\"value\":[{row},{other}]}}"),
        format!("[{row},\n{other}]"),
        format!("{row}\n{other}\n"),
    ];
    for text in all {
        let calls = calls(&text);
        assert_eq!(calls.len(), 2, "{text}");
        let first = calls[0].first();
        assert_eq!(
            (first.answered_seconds, first.to.class),
            (Some(60), Class::Mobile)
        );
        assert_eq!(calls[0].cost().unwrap().amount.to_string(), "0.125");
    }
    let broken = read(&format!(
        "[{row},7,{{\"callType\":\"user_out\"}}]{{\"value\":["
    ));
    let reasons: Vec<_> = broken
        .set_aside
        .iter()
        .map(|bad| (bad.row, &bad.reason))
        .collect();
    assert_eq!(
        reasons,
        [
            (2, &Reason::NotARow),
            (3, &Reason::Missing("Start Time")),
            (4, &Reason::CutOff)
        ]
    );
    assert_eq!(broken.calls.len(), 1);
}

const MAPPING: &str = r#"
[file]
delimiter = ";"
skip_lines = 1
[columns]
from = "Mobile number"
person = "User"
date = "Date"
time = "Time"
to = "Number called"
duration = "Duration"
kind = "Type"
cost = "Cost (GBP)"
[formats]
currency = "GBP"
[calls]
outgoing = ["Voice", "Voice roaming"]
[private]
suffix = "*"
[line_2]
column = "Line"
values = ["2"]
"#;

fn bill(rows: &str) -> All {
    let mapping = Mapping::read(MAPPING).unwrap();
    let text = format!(
        "Account 12345 - February\nUser;Mobile number;Line;Date;Time;Type;Number called;Duration;Cost (GBP)\n{rows}"
    );
    read_as(text.as_bytes(), Some(Format::Mapped(Box::new(mapping))))
}

#[test]
fn mobile_bills_by_a_mapping_with_private_calls_and_line_2() {
    let all = bill(
        "Ann B;07700900001;1;02/03/2026;11:00:00;Voice;01922640001*;1:05;£0.12\nAnn B;07700900001;2;02/03/2026;12:00:00;Voice;0121 496 0000;0:30;0\nAnn B;07700900001;1;02/03/2026;12:01:00;SMS;07700900123;;0.02\n",
    );
    assert_eq!(
        (all.set_aside.len(), all.passed_over, all.calls.len()),
        (0, 1, 2)
    );
    let (first, second) = (all.calls[0].first(), all.calls[1].first());
    assert_eq!(
        (&*first.to.given, first.to.class),
        ("01922640001", Class::Local)
    );
    assert_eq!(
        (first.marks.as_slice(), first.answered_seconds),
        (&[Mark::Private, Mark::Line1][..], Some(65))
    );
    assert_eq!(first.cost.as_ref().unwrap().amount.to_string(), "0.12");
    assert_eq!(
        (second.marks.as_slice(), second.person.as_deref()),
        (&[Mark::Line2][..], Some("Ann B"))
    );
    assert_eq!(second.direction, Direction::Outgoing);
}

#[test]
fn mobile_bills_set_aside_single_rows() {
    let all = bill(
        "Ann B;07700900001;1;31/02/2026;11:00:00;Voice;01922640001;1:05;0\nAnn B;07700900001;1;02/03/2026;11:00:00;Voice\nAnn B;07700900001;1;02/03/2026;11:00:00;Voice;01922640001;long;0\n",
    );
    let rows: Vec<_> = all.set_aside.iter().map(|bad| bad.row).collect();
    assert_eq!((rows, all.calls.len()), (vec![3, 4, 5], 0));
}

#[test]
fn mappings_that_contradict_themselves_are_refused() {
    let base = "[columns]\nfrom = \"a\"\nto = \"b\"\nduration = \"c\"\n";
    for bad in [
        "",
        "when = \"d\"\ndate = \"e\"",
        "date = \"e\"",
        "when = \"d\"\n[calls]\noutgoing = [\"x\"]",
        "when = \"d\"\n[file]\ndelimiter = \"→\"",
        "when = \"d\"\nunknown = \"x\"",
    ] {
        assert!(Mapping::read(&format!("{base}{bad}")).is_err(), "{bad}");
    }
    assert!(Mapping::read(&format!("{base}when = \"d\"")).is_ok());
    let mapping = Mapping::read(&format!("{base}when = \"d\"")).unwrap();
    let opened = Reading::open(
        &b"a,b,c\n"[..],
        Some(Format::Mapped(Box::new(mapping))),
        settings(),
    );
    assert!(matches!(opened, Err(OpenError::NoColumn(name)) if name == "d"));
}

fn open(text: &str) -> OpenError {
    match Reading::open(text.as_bytes(), None, settings()) {
        Ok(reading) => panic!("taken for {}: {text}", reading.format()),
        Err(error) => error,
    }
}

#[test]
fn a_format_is_only_taken_where_it_is_certain() {
    let check = |text: &str, expected: Undetected| match open(text) {
        OpenError::Undetected(found) => assert_eq!(found, expected, "{text}"),
        other => panic!("{other}: {text}"),
    };
    check("", Undetected::Empty);
    check("\n\n", Undetected::Empty);
    check("name,number\nAnn,2001\n", Undetected::Uncertain);
    check(
        "INTEGER,INTEGER,INTEGER,VARCHAR(50),STRING\n1,2,3,x,y\n",
        Undetected::NoHeader,
    );
    check(
        "\"Ann\",\"2001\",\"2002\",\"default\",\"2026-03-02 11:00:00\",\"\",\"\",\"3\",\"0\",\"NORMAL_CLEARING\"\n",
        Undetected::NeedsTemplate,
    );
    let utf16 = Reading::open(&b"\xFF\xFEa\0"[..], None, settings());
    assert!(matches!(
        utf16,
        Err(OpenError::Undetected(Undetected::Utf16))
    ));
}
