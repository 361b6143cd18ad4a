//! Sends mail as fast as a server takes it, over a number of connections at a time.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use end_to_end::smtp_client::{Envelope, SmtpClient};

use crate::Samples;
use crate::mails::{Mail, Session};

/// What came of it.
#[derive(Debug)]
pub struct Sent {
    /// From the end of the data until the answer, for each mail.
    pub end_of_data: Samples,
    /// Mails answered 2xx.
    pub accepted: usize,
    /// Mails answered otherwise, and the last such answer.
    pub refused: Option<(usize, String)>,
}

/// Sends all sessions, so many at a time, each on a connection of its own.
pub fn send(server: SocketAddr, sessions: &[Session], at_once: usize) -> io::Result<Sent> {
    let next = AtomicUsize::new(0);
    let work = || -> io::Result<Vec<Answer>> {
        let mut answers = Vec::new();
        while let Some(session) = sessions.get(next.fetch_add(1, Ordering::Relaxed)) {
            send_session(server, session, &mut answers)?;
        }
        Ok(answers)
    };
    let answers = thread::scope(|scope| {
        let threads: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
        let joined = threads.into_iter().map(|thread| {
            let panicked = |_| Err(io::Error::other("a sending thread panicked"));
            thread.join().unwrap_or_else(panicked)
        });
        joined.collect::<io::Result<Vec<_>>>()
    })?;
    let (taken, refused): (Vec<_>, Vec<_>) = answers
        .into_iter()
        .flatten()
        .partition(|answer| answer.refusal.is_none());
    let last = refused.last().and_then(|answer| answer.refusal.clone());
    Ok(Sent {
        accepted: taken.len(),
        refused: last.map(|text| (refused.len(), text)),
        end_of_data: Samples::of(
            taken
                .iter()
                .chain(&refused)
                .map(|answer| answer.waited)
                .collect(),
        ),
    })
}

struct Answer {
    waited: Duration,
    refusal: Option<String>,
}

fn send_session(
    server: SocketAddr,
    session: &Session,
    answers: &mut Vec<Answer>,
) -> io::Result<()> {
    let mut client = SmtpClient::connect(server)?;
    client.greet(&Envelope {
        login: session.login.clone(),
        client: Some("192.0.2.25".to_owned()),
        ..Envelope::default()
    })?;
    for mail in &session.mails {
        answers.push(send_mail(&mut client, mail)?);
    }
    client.say("QUIT").map(drop)
}

fn send_mail(client: &mut SmtpClient, mail: &Mail) -> io::Result<Answer> {
    let expect = |code: u16, reply: end_to_end::smtp_client::Reply| match reply.code == code {
        true => Ok(()),
        false => Err(io::Error::other(format!("{} {}", reply.code, reply.text))),
    };
    expect(250, client.say(&format!("MAIL FROM:<{}>", mail.from))?)?;
    expect(250, client.say(&format!("RCPT TO:<{}>", mail.to))?)?;
    expect(354, client.say("DATA")?)?;
    // Made mails have no line that begins with a dot; real ones may.
    let mut data = Vec::with_capacity(mail.text.len() + 64);
    for line in mail.text.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            data.push(b'.');
        }
        data.extend_from_slice(line);
    }
    data.extend_from_slice(b".\r\n");
    client.write(&data)?;
    let asked = Instant::now();
    let reply = client.reply()?;
    Ok(Answer {
        waited: asked.elapsed(),
        refusal: (reply.code / 100 != 2).then(|| format!("{} {}", reply.code, reply.text)),
    })
}
