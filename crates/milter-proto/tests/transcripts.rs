//! Conversations as Postfix 3.7 holds them: bytes in, what is due, bytes out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use milter_proto::command::{Command, Peer};
use milter_proto::flags::{Actions, Steps};
use milter_proto::frame::{DEFAULT_MAX_FRAME, Frames};
use milter_proto::mta::Commands;
use milter_proto::negotiate::{Offer, Terms, Wanted, negotiate};
use milter_proto::reply::{Replies, Verdict};
use milter_proto::session::{Due, Limit, Limits, Session, SessionError};
use milter_proto::stage::Stage;

const QUIET: Steps = Steps::from_bits(
    Steps::NO_REPLY_HEADER.bits() | Steps::NO_REPLY_BODY.bits() | Steps::LEADING_SPACE.bits(),
);

fn terms(actions: Actions, steps: Steps) -> Terms {
    let wanted = Wanted {
        required: actions,
        steps,
        ..Wanted::default()
    };
    negotiate(&Offer::POSTFIX, &wanted).unwrap()
}

/// Plays a filter that continues at every stage, over reads of the given sizes,
/// and returns what it wrote together with the commands it saw.
fn play(input: &[u8], cuts: &[usize], steps: Steps) -> (Vec<u8>, Vec<String>) {
    let terms = terms(Actions::ADD_HEADERS, steps);
    let mut session = Session::new(Limits::default());
    let mut replies = Replies::new(&terms);
    let (mut out, mut seen) = (Vec::new(), Vec::new());
    let (mut buffer, mut at) = (Vec::new(), 0);
    for &cut in cuts.iter().chain([&input.len()]) {
        buffer.extend_from_slice(&input[at..cut]);
        at = cut;
        let mut frames = Frames::new(&buffer, DEFAULT_MAX_FRAME);
        while let Some(frame) = frames.next_frame().unwrap() {
            let command = Command::parse(frame).unwrap();
            seen.push(format!("{command:?}"));
            match session.accept(&command).unwrap() {
                Due::Nothing | Due::Close => (),
                Due::Terms => {
                    session.agree(&terms);
                    terms.encode(&mut out);
                }
                Due::Verdict(stage) => replies.answer(stage, &Verdict::Continue).unwrap(),
            }
        }
        let consumed = frames.consumed();
        buffer.drain(..consumed);
        out.extend_from_slice(replies.as_bytes());
        replies.clear();
    }
    (out, seen)
}

/// One connection: offer, connect, EHLO, a message with two recipients, abort, quit.
fn fixed_connection() -> Vec<u8> {
    let mut commands = Commands::new();
    commands
        .offer(&Offer::POSTFIX)
        .macros(Stage::Connect, &[(b"{client_addr}", b"10.1.2.3")])
        .connect(
            b"mx.example",
            Peer::Inet {
                address: [10, 1, 2, 3].into(),
                port: 1234,
            },
        )
        .helo(b"mx.example")
        .macros(
            Stage::Mail,
            &[(b"{auth_authen}", b"clerk"), (b"i", b"4XyZ")],
        )
        .mail(b"<a@example>", &[b"SIZE=1000"])
        .rcpt(b"<b@example>", &[])
        .rcpt(b"<c@example>", &[])
        .data()
        .header(b"Subject", b" one\n two")
        .end_of_headers()
        .body(b"body.")
        .end_of_message(b"\r\n")
        .abort()
        .quit();
    commands.as_bytes().to_vec()
}

#[test]
fn commands_are_the_bytes_postfix_sends() {
    let mut commands = Commands::new();
    commands.offer(&Offer::POSTFIX);
    let by_hand = b"\0\0\0\x0dO\0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff";
    assert_eq!(commands.as_bytes(), by_hand);
    commands.clear();
    commands.connect(
        b"mx.example",
        Peer::Inet {
            address: [10, 1, 2, 3].into(),
            port: 1234,
        },
    );
    let by_hand = b"\0\0\0\x18Cmx.example\x004\x04\xd210.1.2.3\0";
    assert_eq!(commands.as_bytes(), by_hand);
}

#[test]
fn a_connection_reads_the_same_however_it_is_cut() {
    let input = fixed_connection();
    let (out, seen) = play(&input, &[], QUIET);
    let verdicts: &[u8] = b"\0\0\0\x01c";
    let mut expected = b"\0\0\0\x0dO\0\0\0\x06\0\0\0\x01\0\x18\0\x80".to_vec();
    // connect, helo, mail, two rcpt, data, end of headers, end of message
    expected.extend(verdicts.repeat(8));
    assert_eq!(out, expected);
    assert_eq!(seen.len(), 15);
    for cut in 0..=input.len() {
        assert_eq!(
            play(&input, &[cut], QUIET),
            (out.clone(), seen.clone()),
            "cut at {cut}"
        );
    }
    let each: Vec<usize> = (0..input.len()).collect();
    assert_eq!(play(&input, &each, QUIET), (out, seen));
}

/// Runs `commands` and returns the session with the last outcome.
fn run(limits: Limits, steps: Steps, commands: &Commands) -> (Session, Result<Due, SessionError>) {
    let mut session = Session::new(limits);
    let mut outcome = Ok(Due::Nothing);
    let mut frames = Frames::new(commands.as_bytes(), DEFAULT_MAX_FRAME);
    while let Some(frame) = frames.next_frame().unwrap() {
        outcome = session.accept(&Command::parse(frame).unwrap());
        if outcome == Ok(Due::Terms) {
            session.agree(&terms(Actions::NONE, steps));
        }
        if matches!(outcome, Err(SessionError::OutOfOrder { .. })) {
            break;
        }
    }
    (session, outcome)
}

/// One letter for each command, to write orders of commands shortly.
fn script(letters: &str) -> Commands {
    let mut commands = Commands::new();
    for letter in letters.chars() {
        match letter {
            'O' => commands.offer(&Offer::POSTFIX),
            'C' => commands.connect(b"host", Peer::Unknown),
            'H' => commands.helo(b"host"),
            'M' => commands.mail(b"<a@b>", &[]),
            'R' => commands.rcpt(b"<c@d>", &[]),
            'T' => commands.data(),
            'L' => commands.header(b"X", b"y"),
            'N' => commands.end_of_headers(),
            'B' => commands.body(b"text"),
            'E' => commands.end_of_message(b""),
            'D' => commands.macros(Stage::Mail, &[(b"i", b"1")]),
            'A' => commands.abort(),
            'Q' => commands.quit(),
            'K' => commands.quit_new_connection(),
            'U' => commands.unknown(b"XYZZY"),
            other => panic!("no command {other}"),
        };
    }
    commands
}

#[test]
fn the_order_of_commands() {
    #[track_caller]
    fn check(letters: &str, steps: Steps, in_order: bool) {
        let (_, outcome) = run(Limits::default(), steps, &script(letters));
        assert_eq!(outcome.is_ok(), in_order, "{letters}: {outcome:?}");
    }
    let all = Steps::NONE;
    check("OCHMRRTLLNBBEQ", all, true);
    check("OCHDMDRTDLNBEAMRTLNEAQ", all, true); // several messages
    check("OCHMRTLNEMRTLNE", all, true); // the abort in between is a courtesy
    check("OCMRTNE", all, true); // no HELO, no header
    check("OCHMAMRAHMRTLNBAMRTLNE", all, true); // abandoned at every point
    check("OCHHMHMRHAMRTLNE", all, true); // EHLO after STARTTLS, HELO for RSET
    check("OCHMMRTLNE", all, true); // the first sender was refused
    check("ODCDHDMAHUMRDHAAMRRTDLDLNBBEAAQ", all, true); // seen from Postfix 3.7.11
    check("OCUHUMURUAQ", all, true);
    check("OCHMRTLNEKCHMRTLNEK", all, true); // connection reused
    check("OQ", all, true);
    check("OAAQ", all, true);
    check("OHMRTLNE", Steps::NO_CONNECT, true);
    check("OCRTLNE", Steps::NO_MAIL, true);
    check("OCHMRTLBE", Steps::NO_END_OF_HEADERS, true);

    check("C", all, false);
    check("D", all, false);
    check("OO", all, false);
    check("OH", all, false);
    check("OCC", all, false);
    check("OCR", all, false);
    check("OCHL", all, false);
    check("OCHE", all, false);
    check("OCHMRM", all, false); // would mix two envelopes
    check("OCHMRTT", all, false);
    check("OCHMTR", all, false);
    check("OCHMRTLR", all, false);
    check("OCHMRTLB", all, false);
    check("OCHMRTLE", all, false);
    check("OCHMRTNL", all, false);
    check("OCHMRTLNH", all, false);
    check("OCHMRTLNM", all, false);
    check("OCHMRTLNEB", all, false);
    check("OCHMRTLNEE", all, false);
    check("OCHMRTLNBU", all, false);
    check("OCHMRKM", all, false);
    check("OCHQA", all, false);
}

#[test]
fn an_error_of_order_is_final() {
    let (mut session, outcome) = run(Limits::default(), Steps::NONE, &script("OCE"));
    let phase = "awaiting a message";
    let error = SessionError::OutOfOrder {
        command: "end of message",
        phase,
    };
    assert_eq!(outcome, Err(error));
    assert!(session.accept(&Command::Abort).is_err());
    assert!(session.accept(&Command::Quit).is_err());
}

#[test]
fn no_command_is_taken_before_the_terms() {
    let mut session = Session::new(Limits::default());
    assert_eq!(
        session.accept(&Command::Offer(Offer::POSTFIX)),
        Ok(Due::Terms)
    );
    assert!(session.accept(&Command::Abort).is_err());
}

#[test]
fn macros_belong_to_their_command() {
    let mut commands = script("OCH");
    commands
        .macros(
            Stage::Connect,
            &[(b"j", b"mx.example"), (b"{client_addr}", b"::1")],
        )
        .macros(
            Stage::Mail,
            &[(b"{auth_authen}", b"clerk"), (b"{mail_addr}", b"a@b")],
        )
        .mail(b"<a@b>", &[])
        .macros(Stage::Rcpt, &[(b"{rcpt_addr}", b"c@d")])
        .rcpt(b"<c@d>", &[]);
    let (session, _) = run(Limits::default(), Steps::NONE, &commands);
    let macros = session.macros();
    assert_eq!(macros.value(b"auth_authen"), Some(&b"clerk"[..]));
    assert_eq!(macros.value(b"{auth_authen}"), Some(&b"clerk"[..]));
    assert_eq!(macros.value(b"j"), Some(&b"mx.example"[..]));
    assert_eq!(macros.value(b"rcpt_addr"), Some(&b"c@d"[..]));
    assert_eq!(macros.value_at(Stage::Rcpt, b"j"), None);
    assert_eq!(macros.at(Stage::Connect).count(), 2);

    commands.rcpt(b"<e@f>", &[]);
    let (session, _) = run(Limits::default(), Steps::NONE, &commands);
    assert_eq!(
        session.macros().value(b"rcpt_addr"),
        None,
        "of the recipient before"
    );
    assert_eq!(session.recipients(), 2);

    commands.data().end_of_headers().end_of_message(b"");
    let (session, _) = run(Limits::default(), Steps::NONE, &commands);
    assert_eq!(
        session.macros().value(b"auth_authen"),
        Some(&b"clerk"[..]),
        "for the verdict"
    );

    let mut next = commands.clone();
    next.mail(b"<x@y>", &[]);
    let (session, _) = run(Limits::default(), Steps::NONE, &next);
    assert_eq!(
        session.macros().value(b"auth_authen"),
        None,
        "of the message before"
    );
    assert_eq!(session.macros().value(b"client_addr"), Some(&b"::1"[..]));

    let mut next = commands.clone();
    next.macros(Stage::Mail, &[(b"{auth_authen}", b"other")])
        .mail(b"<x@y>", &[]);
    let (session, _) = run(Limits::default(), Steps::NONE, &next);
    assert_eq!(session.macros().value(b"auth_authen"), Some(&b"other"[..]));
    assert_eq!(session.recipients(), 0);

    commands.quit_new_connection();
    let (session, _) = run(Limits::default(), Steps::NONE, &commands);
    assert_eq!(
        session.macros().value(b"client_addr"),
        None,
        "of the client before"
    );
}

#[test]
fn a_message_over_a_limit_fails_to_its_end() {
    #[track_caller]
    fn check(letters: &str, steps: Steps, expected: Result<Due, SessionError>) {
        let limits = Limits {
            recipients: 2,
            headers: 2,
            header_bytes: 4,
            body_bytes: 8,
            ..Limits::default()
        };
        assert_eq!(
            run(limits, steps, &script(letters)).1,
            expected,
            "{letters}"
        );
    }
    let over = |limit, due| Err(SessionError::OverLimit { limit, due });
    let verdict = Due::Verdict;
    check(
        "OCHMRRTLLNBBE",
        Steps::NONE,
        Ok(verdict(Stage::EndOfMessage)),
    );
    check(
        "OCHMRRR",
        Steps::NONE,
        over(Limit::Recipients, verdict(Stage::Rcpt)),
    );
    check(
        "OCHMRTLLL",
        Steps::NONE,
        over(Limit::Headers, verdict(Stage::Header)),
    );
    check(
        "OCHMRTLLL",
        Steps::NO_REPLY_HEADER,
        over(Limit::Headers, Due::Nothing),
    );
    check(
        "OCHMRTLNBBB",
        Steps::NONE,
        over(Limit::BodyBytes, verdict(Stage::Body)),
    );
    let end = verdict(Stage::EndOfMessage);
    check("OCHMRRRTLNBBBE", Steps::NONE, over(Limit::Recipients, end));
    check("OCHMRTLNBBBEM", Steps::NONE, Ok(verdict(Stage::Mail)));
    check("OCHMRTLNBBBAMR", Steps::NONE, Ok(verdict(Stage::Rcpt)));
}

#[test]
fn macros_are_bounded() {
    let limits = Limits {
        macro_bytes: 16,
        ..Limits::default()
    };
    let mut commands = script("OC");
    commands.macros(Stage::Helo, &[(b"a", b"123456")]); // 9 bytes
    commands.macros(Stage::Helo, &[(b"a", b"1234567890123")]); // 16, replaces the 9
    assert_eq!(run(limits, Steps::NONE, &commands).1, Ok(Due::Nothing));
    commands.macros(Stage::Mail, &[(b"a", b"")]); // 3 more
    let error = SessionError::MacrosTooLarge { bytes: 19, max: 16 };
    assert_eq!(run(limits, Steps::NONE, &commands).1, Err(error));
}
