//! Killed with no warning, again and again, while mail comes in on several sessions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use end_to_end::process::wait_until;
use end_to_end::smtp_client::SmtpClient;

use crate::case::Case;
use crate::ordinary;
use crate::setting::Setting;

/// What the senders and the killer share.
#[derive(Default)]
struct Shared {
    /// Queue ids and subjects of what Postfix accepted.
    accepted: Mutex<Vec<(String, String)>>,
    attempts: AtomicUsize,
    /// The gate is down, so trying would only burn the processor.
    down: AtomicBool,
    done: AtomicBool,
}

impl Shared {
    fn n_accepted(&self) -> usize {
        self.accepted.lock().unwrap().len()
    }
}

pub fn recorded_once(case: &Case) {
    let mut setting = Setting::of(case);
    let server = setting.postfix.smtp();
    let shared = Shared::default();
    std::thread::scope(|scope| {
        for sender in 0..case.number("senders") {
            let shared = &shared;
            scope.spawn(move || {
                while !shared.done.load(Ordering::Relaxed) {
                    if shared.down.load(Ordering::Relaxed) {
                        std::thread::sleep(Duration::from_millis(1));
                        continue;
                    }
                    // An error is a session that broke; what was not answered was not accepted.
                    let _broken = session(server, sender, shared);
                }
            });
        }
        for round in 0..case.number("rounds") {
            let (before, more) = (shared.n_accepted(), (round % 5) as usize);
            let attempts = shared.attempts.load(Ordering::Relaxed);
            let moved = wait_until("mail to be accepted", Duration::from_secs(30), || {
                shared.n_accepted() > before + more
                    && shared.attempts.load(Ordering::Relaxed) > attempts
            });
            // Some further into the next message each time.
            std::thread::sleep(Duration::from_micros(round * 397 % 5_000));
            setting.gate.kill();
            shared.down.store(true, Ordering::Relaxed);
            let started = setting.gate.start_again();
            shared.down.store(false, Ordering::Relaxed);
            if moved.is_err() || started.is_err() {
                shared.done.store(true, Ordering::Relaxed);
            }
            moved.unwrap();
            started.unwrap();
        }
        shared.done.store(true, Ordering::Relaxed);
    });
    look_at_record(&setting, &shared.accepted.into_inner().unwrap());
}

/// Sends messages until something breaks.
fn session(server: std::net::SocketAddr, sender: u64, shared: &Shared) -> std::io::Result<()> {
    let envelope = ordinary::envelope();
    let mut client = SmtpClient::connect(server)?;
    client.greet(&envelope)?;
    while !shared.done.load(Ordering::Relaxed) {
        let n = shared.attempts.fetch_add(1, Ordering::Relaxed);
        let subject = format!("from {sender}, attempt {n}");
        let message =
            format!("From: ann.able@council.example\r\nSubject: {subject}\r\n\r\nHello\r\n");
        let reply = client.send(&envelope, message.as_bytes())?;
        match reply.queue_id() {
            Some(id) if reply.code == 250 => {
                let accepted = (id.to_owned(), subject);
                shared.accepted.lock().unwrap().push(accepted);
            }
            _ => return Ok(()),
        }
    }
    Ok(())
}

fn look_at_record(setting: &Setting, accepted: &[(String, String)]) {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for (_, entry) in setting.gate.record().unwrap() {
        if entry["kind"] == "mail" {
            let id = entry["queue_id"].as_str().unwrap().to_owned();
            *times.entry(id).or_default() += 1;
        }
    }
    let wrong: Vec<_> = accepted
        .iter()
        .filter(|(id, _)| times.get(id) != Some(&1))
        .collect();
    assert!(
        wrong.is_empty(),
        "accepted and not recorded exactly once: {wrong:?}"
    );
    assert!(times.values().all(|&n| n == 1), "recorded twice: {times:?}");

    setting
        .postfix
        .wait_until_delivered(Duration::from_secs(60))
        .unwrap();
    assert!(
        setting
            .sink
            .wait_for(accepted.len(), Duration::from_secs(60))
    );
    let delivered: Vec<String> = setting
        .sink
        .delivered()
        .iter()
        .flat_map(|d| d.values("Subject"))
        .collect();
    let wanted: BTreeSet<&String> = accepted.iter().map(|(_, subject)| subject).collect();
    assert_eq!(delivered.iter().collect::<BTreeSet<_>>(), wanted);
    assert_eq!(delivered.len(), wanted.len(), "each delivered once");
    eprintln!(
        "{} messages accepted, {} decided",
        accepted.len(),
        times.len()
    );
}
