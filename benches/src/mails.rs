//! A set of mails like what a council gets: sizes, shapes and words, the same in every run.

use std::io;
use std::path::{Path, PathBuf};

use crate::random::Random;

/// The sizes are log-normal: half below 3.0 kB, a tenth above 17, a hundredth above 68, mean 7;
/// a measured mix of 2,000 business, list, spam and phishing mails had 3.0, 18, 66 and 7.1.
const MEDIAN_BYTES: f64 = 3_000.0;
const DEVIATION: f64 = 1.34;
const LARGEST_BYTES: f64 = 1_000_000.0;

const WORDS: [&str; 48] = [
    "the",
    "planning",
    "committee",
    "of",
    "agenda",
    "for",
    "Thursday",
    "and",
    "please",
    "find",
    "attached",
    "minutes",
    "from",
    "last",
    "meeting",
    "we",
    "will",
    "need",
    "to",
    "confirm",
    "highways",
    "budget",
    "before",
    "end",
    "month",
    "a",
    "resident",
    "in",
    "ward",
    "reported",
    "that",
    "street",
    "lighting",
    "is",
    "out",
    "again",
    "would",
    "you",
    "let",
    "me",
    "know",
    "when",
    "contractor",
    "can",
    "visit",
    "thanks",
    "regards",
    "invoice",
];

/// One message.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Envelope sender.
    pub from: String,
    /// Envelope recipient.
    pub to: String,
    /// Header and body, lines ended by CRLF.
    pub text: Vec<u8>,
}

/// What one client sends over one connection.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who signed in; nobody for mail from outside.
    pub login: Option<String>,
    /// The messages, in order.
    pub mails: Vec<Mail>,
}

/// Made mails: sessions by turns from outside and by an officer.
pub fn made(sessions: usize, mails: usize, officers: usize) -> Vec<Session> {
    let session = |number: usize| {
        let mut random = Random::new(number as u64);
        let out = (number % 2 == 1).then_some(number % officers);
        let mail = |n| {
            let officer = out.unwrap_or_else(|| random.below(officers));
            message(&mut random, number * mails + n, officer, out.is_some())
        };
        Session {
            login: out.map(|officer| format!("officer{officer}")),
            mails: (0..mails).map(mail).collect(),
        }
    };
    (0..sessions).map(session).collect()
}

/// Real mails from a folder, one a file, in the order of their names, as mail from outside; bare
/// line ends become CRLF.
pub fn read(folder: &Path, mails: usize, officers: usize) -> io::Result<Vec<Session>> {
    let files = std::fs::read_dir(folder)?
        .flatten()
        .map(|entry| entry.path());
    let mut paths: Vec<_> = files.filter(|path| path.is_file()).collect();
    paths.sort();
    let read = |(number, path): (usize, &PathBuf)| {
        let mut text = Vec::new();
        for line in std::fs::read(path)?.split_inclusive(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            text.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
            text.extend_from_slice(b"\r\n");
        }
        Ok(Mail {
            from: format!("person{number}@resident.example"),
            to: address(number % officers),
            text,
        })
    };
    let read: io::Result<Vec<Mail>> = paths.iter().enumerate().map(read).collect();
    let session = |mails: &[Mail]| Session {
        login: None,
        mails: mails.to_vec(),
    };
    Ok(read?.chunks(mails).map(session).collect())
}

/// An officer's address.
pub fn address(officer: usize) -> String {
    format!("officer{officer}@council.example")
}

fn message(random: &mut Random, number: usize, officer: usize, goes_out: bool) -> Mail {
    let size = (MEDIAN_BYTES * (DEVIATION * random.normal()).exp()).min(LARGEST_BYTES);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive and small"
    )]
    let size = size as usize;
    let outside = format!(
        "person{number}@{}.example",
        random.pick(&["supplier", "resident", "parish", "contractor"])
    );
    let (from, to) = match goes_out {
        true => (address(officer), outside),
        false => (outside, address(officer)),
    };
    let subject = text(random, 40).replace("\r\n", " ");
    let mut out = String::with_capacity(size + 1024);
    if !goes_out {
        out += &format!(
            "Received: from relay.isp.example (relay.isp.example [192.0.2.9])\r\n\tby out.isp.example with ESMTPS id {number:08x};\r\n\tMon, 2 Mar 2026 09:14:05 +0000\r\n"
        );
    }
    out += &format!(
        "From: Person Number {number} <{from}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nDate: Mon, 2 Mar 2026 09:14:02 +0000\r\n\
         Message-ID: <{number}.{officer}@mail.example>\r\nMIME-Version: 1.0\r\nX-Mailer: Mailer 12.4\r\n"
    );
    let room = size.saturating_sub(out.len()).max(80);
    let signature = "\r\n-- \r\nA. Officer\r\nPlanning Officer, Planning and Building\r\nThe Council, Civic Centre, High Street\r\nTelephone 01922 000000\r\nwww.council.example\r\n";
    match random.below(20) {
        0..=9 => {
            out += "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
            out += &text(random, room);
            out += signature;
        }
        10..=16 => {
            out += "Content-Type: multipart/alternative; boundary=\"=_alt\"\r\n\r\n--=_alt\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
            out += &text(random, room / 3);
            out += signature;
            out += "\r\n--=_alt\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>";
            out += &html(random, room * 2 / 3);
            out += &signature.replace("\r\n", "<br>\r\n");
            out += "</body></html>\r\n--=_alt--\r\n";
        }
        _ => {
            out += "Content-Type: multipart/mixed; boundary=\"=_mix\"\r\n\r\n--=_mix\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
            out += &text(random, room / 8);
            out += signature;
            out += "\r\n--=_mix\r\nContent-Type: application/pdf; name=\"report.pdf\"\r\nContent-Disposition: attachment; filename=\"report.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n";
            out += "JVBERi0xLjQK";
            out += &base64(random, room * 7 / 8);
            out += "\r\n--=_mix--\r\n";
        }
    }
    Mail {
        from,
        to,
        text: out.into_bytes(),
    }
}

/// Lines of words of about this many bytes in all.
fn text(random: &mut Random, bytes: usize) -> String {
    let mut out = String::with_capacity(bytes + 80);
    let mut line = 0;
    while out.len() < bytes {
        let word = random.pick(&WORDS);
        out += word;
        line += word.len() + 1;
        if line > 70 {
            out += "\r\n";
            line = 0;
        } else {
            out.push(' ');
        }
    }
    out
}

fn html(random: &mut Random, bytes: usize) -> String {
    let mut out = String::with_capacity(bytes + 200);
    while out.len() < bytes {
        out += "<p style=\"margin:0 0 1em\"><span class=\"body\">";
        out += &text(random, 200);
        out += "</span></p>\r\n";
    }
    out
}

fn base64(random: &mut Random, bytes: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes + 80);
    // The first line is begun already; 12 characters keep groups of four whole.
    let mut line = 12;
    while out.len() < bytes {
        for _ in 0..4 {
            out.push(char::from(ALPHABET[random.below(64)]));
        }
        line += 4;
        if line == 76 {
            out += "\r\n";
            line = 0;
        }
    }
    out
}
