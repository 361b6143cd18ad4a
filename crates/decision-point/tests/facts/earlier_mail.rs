//! Facts that rest on earlier mail, gathered from messages as a gate sees them.

use std::collections::BTreeSet;

use content::mail::{Limits, read};
use correspondence::Correspondence;
use decision_point::information::InformationPoint;
use decision_point::mail::{MailEvent, MailVerdict};
use decision_point::past::Released;
use jiff::{SignedDuration, Timestamp};
use policy::request::{Activity, Mail};

const REGISTER: &str = r#"
[council]
domains = ["council.example"]
partner_domains = ["housingtrust.example"]
confidential_routes = ["union.example"]
spam_desk = "spam@council.example"

[[person]]
id = "ann"
name = "Ann Example"
audience = "officer"
accounts = ["ann"]
addresses = ["ann@council.example"]
private_addresses = ["ann.home@webmail.example"]
acceptance = "signed"
"#;

const ANN: &str = "ann@council.example";
const STRANGER: &str = "stranger@elsewhere.example";

/// A gate whose memory has gathered for 40 days.
struct Gate {
    information: InformationPoint,
    _folder: tempfile::TempDir,
}

impl Gate {
    fn new() -> Self {
        Self::of(40)
    }

    fn of(days: i64) -> Self {
        let mut information = crate::information("walsall", REGISTER);
        let folder = tempfile::tempdir().unwrap();
        let began = now() - SignedDuration::from_hours(24 * days);
        let limits = correspondence::Limits::default();
        let (memory, _) = Correspondence::open(folder.path(), &limits, began).unwrap();
        information.remember_in(memory);
        Self {
            information,
            _folder: folder,
        }
    }

    /// Decides a message and remembers it. Gives its facts, those of the first group.
    fn pass(&self, message: &Message<'_>) -> Mail {
        let mut verdict = None;
        self.with_event(message, |event| {
            let decided = self.information.consider_mail(event, &BTreeSet::new());
            self.information.remember_mail(event, &decided);
            verdict = Some(decided);
        });
        facts(&verdict.unwrap())
    }

    fn with_event(&self, message: &Message<'_>, see: impl FnOnce(&MailEvent<'_>)) {
        let text = format!("{}\nHello.\n", message.header).replace('\n', "\r\n");
        let reading = read(
            text.as_bytes(),
            Some("mx.council.example"),
            &Limits::default(),
        );
        let contents = self.information.look_through(text.as_bytes(), &reading);
        see(&MailEvent {
            at: now(),
            queue_id: "1",
            client: "192.0.2.1",
            authenticated: message.from.ends_with("@council.example").then_some("ann"),
            from_inside: false,
            mail_from: message.from,
            recipients: &[message.to.to_owned()],
            message: text.as_bytes(),
            reading: &reading,
            contents: &contents,
        });
    }

    #[track_caller]
    fn check(&self, message: &Message<'_>, label: &str, expected: bool) {
        let mail = self.pass(message);
        let sets = [&mail.sender, &mail.recipient, &mail.marks];
        let found = sets.iter().any(|labels| labels.contains(label));
        assert_eq!(found, expected, "{label} of {message:?}: {mail:?}");
    }
}

fn facts(verdict: &MailVerdict) -> Mail {
    match &verdict.groups[0].request.what {
        Activity::Send(mail) | Activity::Receive(mail) => mail.clone(),
        other => panic!("{other:?}"),
    }
}

fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

/// Envelope and header.
#[derive(Debug, Clone)]
struct Message<'m> {
    from: &'m str,
    to: &'m str,
    header: String,
}

fn message<'m>(from: &'m str, to: &'m str, fields: &str) -> Message<'m> {
    Message {
        from,
        to,
        header: format!("From: <{from}>\n{fields}"),
    }
}

#[test]
fn an_address_is_new_once_and_known_when_its_mail_was_delivered() {
    let gate = Gate::new();
    let first = message(STRANGER, ANN, "");
    gate.check(&first, "first-contact", true);
    gate.check(&first, "first-contact", false);
    // Whoever we write to is known too.
    gate.pass(&message(ANN, "resident@home.example", ""));
    let answer = message("Resident@home.example", ANN, "");
    gate.check(&answer, "first-contact", false);
    // And our own people at home.
    let home = message("ann.home@webmail.example", ANN, "");
    gate.check(&home, "first-contact", false);
}

#[test]
fn a_memory_that_has_not_gathered_for_long_calls_nobody_a_stranger() {
    let gate = Gate::of(29);
    gate.check(&message(STRANGER, ANN, ""), "first-contact", false);
    let slip = message(ANN, "bob@housingtrusts.example", "");
    gate.check(&slip, "look-alike", false);
}

/// Forging a sender, sending spam and sending what is held make nobody known.
#[test]
fn mail_nobody_was_meant_to_have_makes_no_address_known() {
    let failed = "Authentication-Results: mx.council.example; dmarc=fail\n";
    let spam = "X-Spam-Flag: YES\n";
    let program = "Content-Type: application/octet-stream; name=a.exe\n\nMZ\n";
    for fields in [failed, spam, program] {
        let gate = Gate::new();
        gate.check(&message(STRANGER, ANN, fields), "first-contact", true);
        gate.check(&message(STRANGER, ANN, ""), "first-contact", true);
    }
    // A person released what was held.
    let gate = Gate::new();
    let held = message(STRANGER, ANN, program);
    gate.with_event(&held, |event| {
        gate.information.remember_released(&Released {
            at: now(),
            sent: false,
            mail_from: STRANGER,
            recipients: &[ANN.to_owned()],
            reading: event.reading,
        });
    });
    gate.check(&message(STRANGER, ANN, ""), "first-contact", false);
}

/// Newsletters have an envelope of their own for each copy.
#[test]
fn mail_is_from_whom_its_reader_sees() {
    let gate = Gate::new();
    let letter = |bounce| Message {
        from: bounce,
        to: ANN,
        header: "From: News <news@paper.example>\n".to_owned(),
    };
    gate.check(&letter("bounce-1@mailer.example"), "first-contact", true);
    gate.check(&letter("bounce-2@mailer.example"), "first-contact", false);
    let other = message("bounce-1@mailer.example", ANN, "");
    gate.check(&other, "first-contact", true);
    // Reports come from machines.
    let report = Message {
        from: "",
        to: ANN,
        header: "From: Mail System <mailer-daemon@elsewhere.example>\n".to_owned(),
    };
    gate.check(&report, "first-contact", false);
    // Somebody's list brings our own words back.
    let list = Message {
        from: "list@lists.example",
        to: ANN,
        header: format!("From: <{ANN}>\n"),
    };
    gate.check(&list, "first-contact", false);
}

#[test]
fn an_automatic_answer_makes_nobody_known() {
    let gate = Gate::new();
    gate.pass(&message(ANN, STRANGER, "Auto-Submitted: auto-replied\n"));
    gate.check(&message(STRANGER, ANN, ""), "first-contact", true);
}

#[test]
fn a_slip_of_a_domain_often_written_to_is_told_and_only_to_who_writes() {
    let gate = Gate::new();
    let to = |domain| message(ANN, domain, "");
    gate.check(&to("bob@housingtrusts.example"), "look-alike", true);
    gate.check(&to("bob@housingtrust.example"), "look-alike", false);
    gate.check(&to("bob@counci1.example"), "look-alike", true);
    gate.check(&to("bob@elsewhere.example"), "look-alike", false);
    let from = message("bob@housingtrusts.example", "bob@housingtrusts.example", "");
    gate.check(&from, "look-alike", false);
}

#[test]
fn whoever_answers_or_passes_on_junk_is_told() {
    let gate = Gate::new();
    let id = "Message-ID: <junk@elsewhere.example>\n";
    gate.pass(&message(STRANGER, ANN, &format!("X-Spam-Flag: YES\n{id}")));
    let check = |fields: &str, expected| {
        gate.check(&message(ANN, STRANGER, fields), "junk-parent", expected);
    };
    check("In-Reply-To: <junk@elsewhere.example>\n", true);
    check("References: <a@b.example> <junk@elsewhere.example>\n", true);
    let enclosed = format!("Content-Type: message/rfc822\n\n{id}Subject: x\n");
    check(&enclosed, true);
    check("In-Reply-To: <other@elsewhere.example>\n", false);
    check("", false);
    // Whoever answers an answer to it answers that.
    check(
        "In-Reply-To: <answer@council.example>\nReferences: <junk@elsewhere.example> <answer@council.example>\n",
        false,
    );
    // A filter is not always right: what the pack delivers all the same has to be answered.
    let request = "Message-ID: <request@elsewhere.example>\nX-Spam-Flag: YES\n\n\
                   Under the Freedom of Information Act 2000 please send me your contracts.\n";
    gate.pass(&message(STRANGER, ANN, request));
    check("In-Reply-To: <request@elsewhere.example>\n", false);
    // What was not called junk is none.
    gate.pass(&message(
        STRANGER,
        ANN,
        "Message-ID: <good@elsewhere.example>\n",
    ));
    check("In-Reply-To: <good@elsewhere.example>\n", false);
}

#[test]
fn what_was_forwarded_to_the_spam_desk_is_passed_on_to_nobody_else() {
    let gate = Gate::new();
    let parent = "In-Reply-To: <nasty@elsewhere.example>\n";
    let forward = |to, subject: &str| message(ANN, to, &format!("Subject: {subject}\n{parent}"));
    let reported = |message: &Message<'_>, expected| {
        gate.check(message, "reported-parent", expected);
    };
    let bob = "bob@council.example";
    reported(&forward(bob, "FW: Look at this"), false);
    reported(&forward("spam@council.example", "FW: Look at this"), false);
    reported(&forward(bob, "Fwd: Look at this"), true);
    // To answer it is another matter.
    reported(&forward(STRANGER, "Re: Look at this"), false);
    // To a route in confidence, and from the desk itself, it may go on.
    reported(&forward("rep@union.example", "FW: Look at this"), false);
    let desk = Message {
        from: "spam@council.example",
        to: bob,
        header: format!("From: <spam@council.example>\nSubject: FW: No junk\n{parent}"),
    };
    reported(&desk, false);
    let enclosed = "Content-Type: message/rfc822\n\nMessage-ID: <nasty@elsewhere.example>\n";
    reported(&message(ANN, bob, enclosed), true);
}

/// The id of a message is for its sender to choose.
#[test]
fn nobody_can_have_our_own_messages_called_junk() {
    let gate = Gate::new();
    let id = "Message-ID: <agenda@council.example>\nX-Spam-Flag: YES\n";
    gate.pass(&message(STRANGER, ANN, id));
    let answer = message(ANN, STRANGER, "In-Reply-To: <agenda@council.example>\n");
    gate.check(&answer, "junk-parent", false);
}
