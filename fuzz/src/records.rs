//! What telephone exchanges, print servers and logs write, and checkpoints of a record.

use cdr::format::Format;
use cdr::format::freeswitch::Template;
use cdr::format::mapping::Mapping;
use cdr::joining::Joiner;
use cdr::number::{Numbers, Settings as NumberSettings};
use cdr::reading::{Item, Reading, Settings};
use desk_gate::page_log::Printed;
use directory::sign_ins::{self, LocalTime};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ledger::{Checkpoint, SignedNote, VerifierKey};

use crate::Target;

/// Call records, in the format that the first byte names or as they are detected.
pub(crate) const CALLS: Target = Target {
    name: "calls",
    run: calls,
    samples: &[
        b"\0\"\",\"2001\",\"01632960001\",\"ctx\",\"A <2001>\",\"SIP/1\",\"SIP/2\",\"Dial\",\"x\",\
          \"2026-03-02 09:00:00\",\"2026-03-02 09:00:05\",\"2026-03-02 09:01:00\",60,55,\"ANSWERED\",\"DOC\",\"1.1\",\"\"\n",
        b"\x01\"2001\",\"01632960001\",\"2026-03-02 09:00:00\",\"55\",\"NORMAL_CLEARING\",\"u-1\"\n",
        b"\x02cdrRecordType,globalCallID_callId,dateTimeOrigination,dateTimeConnect,dateTimeDisconnect,duration\n\
          INTEGER,INTEGER,INTEGER,INTEGER,INTEGER,INTEGER\n1,2,1772442000,1772442005,1772442060,55\n",
        b"\x03UsageId,Call Type,Caller ID,Destination Number,Start Time,Duration Seconds,Charge\n1,user_out,+441632960001,+441632960002,2026-03-02T11:00:00Z,5,0.01\n",
        b"\x04[{\"callType\":\"user_out\",\"startDateTime\":\"2026-03-02T11:00:00Z\",\"id\":\"1\",\"duration\":5}]",
        b"\x05a,b,c,d,e\n2001,01632960001,2026-03-02 09:00,1:30,0.10\n",
        b"\x06a,b\n",
        b"\x07\"CHAN_START\",\"1772449200.1\",\"A\",\"2001\",\"2001\",\"\",\"\",\"2002\",\"ctx\",\"PJSIP/2001-1\",\"\",\"\",\"DOC\",\"\",\"1.1\",\"1.1\",\"\",\"\",\"\",\"\"\n\
          \"LINKEDID_END\",\"1772449209.5\",\"A\",\"2001\",\"2001\",\"\",\"\",\"2002\",\"ctx\",\"PJSIP/2001-1\",\"\",\"\",\"DOC\",\"\",\"1.1\",\"1.1\",\"\",\"\",\"\",\"\"\n",
        b"\x07eventtype,eventtime,channame,exten,cid_num,uniqueid,linkedid\nCHAN_START,2026-03-02 09:00:00.5,SIP/2001-1,2002,2001,1.1,1.1\nHANGUP,2026-03-02 09:00:09,SIP/2001-1,2002,2001,1.1,1.1\n",
    ],
};

fn calls(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else {
        return;
    };
    let template = "\"${caller_id_number}\",\"${destination_number}\",\"${start_stamp}\",\"${billsec}\",\"${hangup_cause}\",\"${uuid}\"";
    let mapping = "[columns]\nfrom = \"a\"\nto = \"b\"\nwhen = \"c\"\nduration = \"d\"\ncost = \"e\"\n[formats]\nduration = \"minutes\"";
    let format = match first % 8 {
        0 => Some(Format::Asterisk),
        1 => Template::read(template)
            .ok()
            .map(|read| Format::Freeswitch(Box::new(read))),
        2 => Some(Format::Cucm),
        3 => Some(Format::Teams),
        4 => Some(Format::Graph),
        5 => Mapping::read(mapping)
            .ok()
            .map(|read| Format::Mapped(Box::new(read))),
        7 => Some(Format::AsteriskCel),
        _ => None,
    };
    let numbers = "outside_line = [\"9\"]\narea_codes = [\"01922\"]\nextensions = [\"2000-2999\"]";
    let Ok(numbers) = NumberSettings::read(numbers) else {
        return;
    };
    let settings = Settings {
        source: "fuzz".into(),
        zone: TimeZone::UTC,
        numbers: Numbers::new(numbers),
    };
    let Ok(mut reading) = Reading::open(bytes, format, settings) else {
        return;
    };
    let (mut joiner, mut items, mut legs, mut told) = (Joiner::within(4), 0_u64, 0, 0);
    while let Ok(Some(item)) = reading.next() {
        items += 1;
        if let Item::Leg(leg) = item {
            legs += 1;
            told += joiner
                .add(*leg)
                .map_or(0, |call| call.legs().len() + call.copies as usize);
        }
    }
    told += joiner
        .finish()
        .map(|call| call.legs().len() + call.copies as usize)
        .sum::<usize>();
    assert_eq!(told, legs, "no leg is lost or told twice");
    assert_eq!(items + reading.passed_over(), reading.rows());
}

/// A line of a print server's page log.
pub(crate) const PAGE_LOG: Target = Target {
    name: "page-log",
    run: |bytes| {
        let _ = std::str::from_utf8(bytes).map(Printed::read);
    },
    samples: &[
        b"laser ann 12 [02/Mar/2026:09:00:00 +0000] total 3 - localhost Some letter na_letter one-sided",
        b"laser ann 12 [02/Mar/2026:09:00:00 +0000] 1 2 - localhost Some letter - -",
    ],
};

/// A signed checkpoint, its text and its keys.
pub(crate) const CHECKPOINT: Target = Target {
    name: "checkpoint",
    run: |bytes| {
        let _ = SignedNote::parse(bytes);
        if let Ok(text) = std::str::from_utf8(bytes) {
            let _ = VerifierKey::parse(text);
            if let Ok(checkpoint) = Checkpoint::parse(text) {
                assert_eq!(Checkpoint::parse(&checkpoint.to_text()), Ok(checkpoint));
            }
        }
    },
    samples: &[
        b"records.example/probity\n2\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        b"records.example/probity\n2\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\xe2\x80\x94 records.example/probity AAAAAAA=\n",
        b"records.example/probity+01234567+AVRLfGDLUIGf1mOVhLXZlwQvZFg7ks5jVCh4ulWq5Rau",
    ],
};

/// A line of a log of sign-ins.
pub(crate) const SIGN_INS: Target = Target {
    name: "sign-ins",
    run: |bytes| {
        let Ok(line) = std::str::from_utf8(bytes) else {
            return;
        };
        let local = LocalTime {
            zone: TimeZone::UTC,
            now: Timestamp::UNIX_EPOCH,
        };
        for format in [
            sign_ins::Format::Postfix,
            sign_ins::Format::Squid,
            sign_ins::Format::List,
        ] {
            let _ = sign_ins::read(line, format, &local);
        }
    },
    samples: &[
        b"2026-01-02T09:00:00.5+01:00 mx postfix/smtpd[7]: warning: unknown[10.1.4.7]: SASL PLAIN authentication failed: authentication failure, sasl_username=ann",
        b"Dec 31 23:00:00 mx postfix/submission/smtpd[7]: 4X1: client=pc.example[fd00::7], sasl_method=PLAIN, sasl_username=ann@council.example",
        b"1767344400.123      5 10.1.4.7 TCP_DENIED/407 4000 GET http://a/ ann HIER_NONE/- text/html",
        b"2026-01-02T09:00:00Z,ann,10.1.4.7,failed,door",
    ],
};
