//! What is found in messages and texts, on one core, beside a word list in GNU grep over the same text.
//!
//! Messages as a gate gets them: read, files opened, every detector. Then their texts alone, in one
//! piece, as grep gets them; and texts that grow, for how the cost grows with size.

use std::error::Error;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use benches::Samples;
use benches::arguments::Arguments;
use benches::mails::{made, read};
use content::contents::{Known, of_mail, of_text};
use content::document::Limits;
use content::mail;

/// Goals: messages a second and the slowest hundredth, and plain text a second.
const MESSAGES_A_SECOND: f64 = 3_000.0;
const P99: Duration = Duration::from_millis(5);
const MEGABYTES_A_SECOND: f64 = 50.0;

/// Words the peer looks for: as many as a council's filter has.
const LISTED: usize = 400;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read()?;
    let (sessions, runs) = if arguments.quick { (4, 1) } else { (20, 5) };
    let sessions = match &arguments.mails {
        Some(folder) => read(folder, 100, 400)?,
        None => made(sessions, 100, 400),
    };
    let messages: Vec<&[u8]> = sessions
        .iter()
        .flat_map(|session| session.mails.iter().map(|mail| mail.text.as_slice()))
        .collect();
    let bytes: usize = messages.iter().map(|message| message.len()).sum();
    println!(
        "{} messages of {} bytes on average, one core\n",
        messages.len(),
        bytes / messages.len().max(1)
    );
    in_messages(&messages, runs);
    let texts: Vec<String> = messages.iter().map(|message| text_of(message)).collect();
    in_texts(&texts, runs)?;
    growth(&texts);
    Ok(())
}

fn in_messages(messages: &[&[u8]], runs: usize) {
    let (known, limits) = (Known::default(), Limits::default());
    let look = |i: usize| {
        let message = messages[i % messages.len()];
        let reading = mail::read(message, None, &mail::Limits::default());
        of_mail(message, &reading, &known, &limits).findings.len()
    };
    let n = messages.len() * runs;
    let samples = Samples::take(n, |i| {
        look(i);
    });
    let start = Instant::now();
    let found: usize = (0..n).map(look).sum();
    let rate = per_second(n, start.elapsed());
    println!("{}", samples.line("a message: read, opened, all detectors"));
    println!(
        "  {rate:.0} messages a second (goal {MESSAGES_A_SECOND}); p99 goal {} ms; {:.3} findings a message\n",
        P99.as_millis(),
        number(found) / number(n),
    );
}

fn in_texts(texts: &[String], runs: usize) -> Result<(), Box<dyn Error>> {
    let whole = texts.concat();
    let known = Known::default();
    let mut ours = Vec::new();
    let mut peer = Vec::new();
    for _ in 0..runs {
        let start = Instant::now();
        for text in texts {
            of_text("", text, false, &known);
        }
        ours.push(start.elapsed());
        peer.push(grep(&whole)?);
    }
    let ours = Samples::of(ours).quantile(0.5);
    let peer = Samples::of(peer).quantile(0.5);
    println!(
        "their texts, all detectors: {:.1} MB/s (goal {MEGABYTES_A_SECOND})",
        megabytes(whole.len(), ours)
    );
    println!(
        "GNU grep -F -i -w with {LISTED} words, the same text: {:.1} MB/s",
        megabytes(whole.len(), peer)
    );
    println!("  ratio {:.2}\n", peer.as_secs_f64() / ours.as_secs_f64());
    Ok(())
}

/// Time of one pass of the peer, its start included: milliseconds beside seconds.
fn grep(text: &str) -> Result<Duration, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let (words, file) = (folder.path().join("words"), folder.path().join("text"));
    let list: String = (0..LISTED).map(|n| format!("offence{n}word\n")).collect();
    std::fs::write(&words, list)?;
    std::fs::File::create(&file)?.write_all(text.as_bytes())?;
    let start = Instant::now();
    let status = Command::new("grep")
        .args(["-F", "-i", "-w", "-c", "-f"])
        .args([&words, &file])
        .env("LC_ALL", "C.UTF-8")
        .stdout(Stdio::null())
        .status()?;
    // 1: nothing found, which is what these words are for.
    match status.code() {
        Some(0 | 1) => Ok(start.elapsed()),
        _ => Err("grep failed".into()),
    }
}

fn growth(texts: &[String]) {
    let known = Known::default();
    let words = texts.concat();
    println!("one text that grows:");
    for size in [10_000, 100_000, 1_000_000] {
        let mut text = String::with_capacity(size);
        while text.len() < size {
            let rest = (0..=size - text.len())
                .rev()
                .find(|end| words.is_char_boundary(*end))
                .unwrap_or(0);
            text.push_str(words.get(..rest).unwrap_or(&words));
        }
        let samples = Samples::take(3_000_000 / size, |_| {
            drop(of_text("", &text, false, &known))
        });
        let took = samples.quantile(0.5);
        println!(
            "  {size:>9} bytes {:>9.2} ms  {:.1} MB/s",
            took.as_secs_f64() * 1e3,
            megabytes(text.len(), took)
        );
    }
}

/// The text of a message that a reader is shown.
fn text_of(message: &[u8]) -> String {
    let reading = mail::read(message, None, &mail::Limits::default());
    let shown = reading.parts.iter().filter(|part| !part.attachment);
    shown.map(|part| reading.text_of(message, part)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn number(n: usize) -> f64 {
    n as f64
}

fn per_second(n: usize, took: Duration) -> f64 {
    number(n) / took.as_secs_f64()
}

fn megabytes(bytes: usize, took: Duration) -> f64 {
    number(bytes) / 1e6 / took.as_secs_f64()
}
