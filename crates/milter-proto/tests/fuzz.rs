//! Whatever arrives, nothing panics, and what is well formed survives the trip.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::net::{Ipv4Addr, Ipv6Addr};

use milter_proto::address::Address;
use milter_proto::command::{Command, Peer};
use milter_proto::flags::{Actions, Steps};
use milter_proto::frame::Frames;
use milter_proto::header::{HeaderName, HeaderValue};
use milter_proto::mta::{Commands, MtaReply, plain_text};
use milter_proto::negotiate::{Offer, Wanted, negotiate};
use milter_proto::reply::{Replies, Verdict};
use milter_proto::session::{Due, Limits, Session};
use milter_proto::smtp_reply::{MAX_LINES, SmtpReply};
use milter_proto::stage::Stage;
use proptest::collection::vec;
use proptest::prelude::*;

const MAX: usize = 4096;

/// Feeds bytes through the whole path until the first error, in reads cut as
/// told, and returns the commands as the encoder writes them again.
fn feed(input: &[u8], cuts: &[usize]) -> Vec<u8> {
    let mut session = Session::new(Limits {
        recipients: 3,
        macro_bytes: 64,
        ..Limits::default()
    });
    let mut again = Commands::new();
    let (mut buffer, mut at) = (Vec::new(), 0);
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (input.len() + 1)).collect();
    cuts.sort_unstable();
    cuts.push(input.len());
    for cut in cuts {
        buffer.extend_from_slice(&input[at..cut]);
        at = cut;
        let mut frames = Frames::new(&buffer, MAX);
        while let Ok(Some(frame)) = frames.next_frame() {
            let _ = MtaReply::parse(frame);
            let Ok(command) = Command::parse(frame) else {
                continue;
            };
            again.command(&command);
            if session.accept(&command) == Ok(Due::Terms) {
                let terms = negotiate(&Offer::POSTFIX, &Wanted::default()).unwrap();
                session.agree(&terms);
            }
            let _ = session.macros().value(b"i");
        }
        assert!(frames.wanted() >= 1 && frames.wanted() <= 64 * 1024);
        let consumed = frames.consumed();
        buffer.drain(..consumed);
    }
    again.as_bytes().to_vec()
}

/// Bytes for a string field: anything but NUL.
fn string() -> impl Strategy<Value = Vec<u8>> {
    vec(1..=255u8, 0..12)
}

fn stage() -> impl Strategy<Value = Stage> {
    (0..Stage::ALL.len()).prop_map(|index| Stage::ALL[index])
}

/// One well-formed command, as bytes.
fn command() -> impl Strategy<Value = Vec<u8>> {
    let build = |write: &dyn Fn(&mut Commands)| {
        let mut commands = Commands::new();
        write(&mut commands);
        commands.as_bytes().to_vec()
    };
    let path = || vec(1..=255u8, 1..12);
    prop_oneof![
        any::<[u32; 3]>().prop_map(move |[version, actions, steps]| build(&|c| {
            let actions = Actions::from_bits(actions);
            c.offer(&Offer {
                version,
                actions,
                steps: Steps::from_bits(steps),
            });
        })),
        (string(), any::<u32>(), any::<u16>()).prop_map(move |(host, address, port)| build(&|c| {
            c.connect(
                &host,
                Peer::Inet {
                    address: Ipv4Addr::from(address),
                    port,
                },
            );
        })),
        (string(), any::<u128>(), any::<u16>()).prop_map(move |(host, address, port)| build(
            &|c| {
                c.connect(
                    &host,
                    Peer::Inet6 {
                        address: Ipv6Addr::from(address),
                        port,
                    },
                );
            }
        )),
        (string(), string()).prop_map(move |(host, path)| build(&|c| {
            c.connect(&host, Peer::Unix { path: &path })
                .connect(&host, Peer::Unknown);
        })),
        (path(), vec(string(), 0..4)).prop_map(move |(path, arguments)| build(&|c| {
            let arguments: Vec<&[u8]> = arguments.iter().map(|a| &a[..]).collect();
            c.mail(&path, &arguments).rcpt(&path, &arguments);
        })),
        (string(), string()).prop_map(move |(name, value)| build(&|c| {
            c.helo(&name).header(&name, &value).unknown(&value);
        })),
        (stage(), vec((string(), string()), 0..4)).prop_map(move |(stage, pairs)| build(&|c| {
            let pairs: Vec<(&[u8], &[u8])> = pairs.iter().map(|(n, v)| (&n[..], &v[..])).collect();
            c.macros(stage, &pairs);
        })),
        vec(any::<u8>(), 0..64).prop_map(move |body| build(&|c| {
            c.data().end_of_headers().body(&body).end_of_message(&body);
        })),
        Just(build(&|c| {
            c.abort().quit_new_connection().quit();
        })),
    ]
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(input in vec(any::<u8>(), 0..256), cuts in vec(any::<usize>(), 0..4)) {
        feed(&input, &cuts);
    }

    #[test]
    fn arbitrary_frames_never_panic(frames in vec((any::<u8>(), vec(any::<u8>(), 0..24)), 0..16)) {
        let mut input = Vec::new();
        for (code, data) in frames {
            input.extend_from_slice(&u32::try_from(data.len() + 1).unwrap().to_be_bytes());
            // Half of them with a letter that means something.
            input.push(if code < 128 { b"ABCDEHKLMNOQRTU"[usize::from(code) % 15] } else { code });
            input.extend_from_slice(&data);
        }
        feed(&input, &[]);
    }

    #[test]
    fn commands_survive_the_trip_however_cut(commands in vec(command(), 0..12), cuts in vec(any::<usize>(), 0..6)) {
        let input = commands.concat();
        prop_assert_eq!(&feed(&input, &cuts), &input);
    }

    #[test]
    fn one_flipped_byte_never_panics(commands in vec(command(), 1..8), at in any::<usize>(), bit in 0..8u8) {
        let mut input = commands.concat();
        let at = at % input.len();
        input[at] ^= 1 << bit;
        feed(&input, &[]);
    }

    #[test]
    fn headers_cannot_be_injected(name in ".{0,12}", value in vec(any::<u8>(), 0..40), spaced in any::<bool>()) {
        let (Ok(name), Ok(value)) = (HeaderName::new(&name), HeaderValue::new(&value)) else {
            return Ok(());
        };
        let steps = if spaced { Steps::LEADING_SPACE } else { Steps::NONE };
        let wanted = Wanted { required: Actions::ADD_HEADERS, steps, ..Wanted::default() };
        let mut replies = Replies::new(&negotiate(&Offer::POSTFIX, &wanted).unwrap());
        replies.add_header(&name, &value).unwrap();
        let mut frames = Frames::new(replies.as_bytes(), 1 << 20);
        let parsed = MtaReply::parse(frames.next_frame().unwrap().unwrap()).unwrap();
        let MtaReply::AddHeader { name, value } = parsed else { unreachable!("one header was added") };
        prop_assert!(name.iter().all(|byte| byte.is_ascii_graphic() && *byte != b':'));
        prop_assert!(!value.contains(&b'\r') && !value.contains(&0));
        for line in value.split(|&byte| byte == b'\n').skip(1) {
            prop_assert!(line.starts_with(b" ") || line.starts_with(b"\t"));
            prop_assert!(!line.trim_ascii().is_empty());
        }
    }

    #[test]
    fn folds_and_plain_values_are_taken(words in vec("[!-~]{1,20}", 1..8)) {
        for fold in ["\n ", "\r\n\t"] {
            let value = HeaderValue::new(words.join(fold)).unwrap();
            let expected = words.join(&fold.replace('\r', ""));
            prop_assert_eq!(value.as_bytes(), expected.as_bytes());
        }
    }

    #[test]
    fn addresses_stay_within_their_brackets(address in ".{0,24}") {
        if let Ok(address) = Address::new(&address) {
            let path = address.path();
            prop_assert!(path.starts_with('<') && path.ends_with('>'));
            prop_assert!(!path.bytes().any(|byte| byte.is_ascii_control()));
        }
    }

    #[test]
    fn smtp_replies_are_what_postfix_takes(
        code in 400..600u16,
        lines in vec("(?s).{0,700}", 0..5),
        subject in 0..1000u16,
    ) {
        let lines: Vec<&str> = lines.iter().map(|line| &**line).collect();
        let verdict = Verdict::Reply(SmtpReply::new(code, subject, 0, &lines).unwrap());
        let terms = negotiate(&Offer::POSTFIX, &Wanted::default()).unwrap();
        let mut replies = Replies::new(&terms);
        replies.answer(Stage::Connect, &verdict).unwrap();
        let mut frames = Frames::new(replies.as_bytes(), 1 << 20);
        let parsed = MtaReply::parse(frames.next_frame().unwrap().unwrap()).unwrap();
        let MtaReply::SmtpReply(wire) = parsed else { unreachable!("an SMTP reply was given") };
        let shown = String::from_utf8(plain_text(wire)).unwrap();
        let shown: Vec<&str> = shown.split("\r\n").collect();
        prop_assert!(shown.len() <= MAX_LINES);
        for (index, line) in shown.iter().enumerate() {
            let mark = if index + 1 == shown.len() { ' ' } else { '-' };
            let start = format!("{code}{mark}{}.{subject}.0 ", code / 100);
            prop_assert!(line.starts_with(&start), "{line}");
            prop_assert!(line.len() + 2 <= 512);
            prop_assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        }
    }
}
