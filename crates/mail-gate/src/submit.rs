//! Hands notices to an SMTP server: the least of SMTP that does it (RFC 5321), with bounds.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::header_text::unstructured;
use crate::notice::Notice;
use crate::settings::NoticeRoute;

/// How long handing over one notice may take altogether. 30 s: the server is the MTA beside us.
const WITHIN: Duration = Duration::from_secs(30);

/// Longest reply read, in bytes.
const LONGEST_REPLY: u64 = 64 * 1024;

/// Why a notice was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SubmitError {
    #[error("the notice server cannot be reached")]
    Unreachable(#[from] io::Error),
    #[error("the notice server did not take it in {} seconds", WITHIN.as_secs())]
    TooSlow,
    #[error("the notice server answered `{0}`")]
    Refused(String),
}

/// Hands one notice over, once for each of its recipients, so that nobody sees the others.
pub(crate) async fn submit(
    route: &NoticeRoute,
    notice: &Notice,
    at: Timestamp,
) -> Result<(), SubmitError> {
    timeout(WITHIN, dialogue(route, notice, at))
        .await
        .map_err(|_| SubmitError::TooSlow)?
}

async fn dialogue(route: &NoticeRoute, notice: &Notice, at: Timestamp) -> Result<(), SubmitError> {
    let stream = TcpStream::connect(route.server).await?;
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    expect(&mut stream, "220").await?;
    say(&mut stream, "EHLO localhost\r\n", "250").await?;
    for to in &notice.to {
        // Addresses come from the register or from an accepted envelope; one with a line end or
        // bracket could still speak SMTP for us.
        if milter_proto::address::Address::new(to).is_err() {
            continue;
        }
        say(&mut stream, "MAIL FROM:<>\r\n", "250").await?;
        say(&mut stream, &format!("RCPT TO:<{to}>\r\n"), "25").await?;
        say(&mut stream, "DATA\r\n", "354").await?;
        say(&mut stream, &written(route, notice, to, at), "250").await?;
    }
    // The notices are taken; how the goodbye goes changes nothing.
    let _goodbye = say(&mut stream, "QUIT\r\n", "221").await;
    Ok(())
}

/// The message with its closing dot.
fn written(route: &NoticeRoute, notice: &Notice, to: &str, at: Timestamp) -> String {
    let date = at.strftime("%a, %d %b %Y %H:%M:%S +0000");
    let mut text = format!(
        "From: {}\r\nTo: <{to}>\r\nSubject: {}\r\nDate: {date}\r\nAuto-Submitted: auto-generated\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n",
        unstructured(&route.from).replace('\n', "\r\n"),
        unstructured(&notice.subject).replace('\n', "\r\n"),
    );
    for line in notice.body.lines() {
        let line: String = line
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        if line.starts_with('.') {
            text.push('.');
        }
        text.push_str(&line);
        text.push_str("\r\n");
    }
    text.push_str(".\r\n");
    text
}

async fn say(
    stream: &mut BufReader<TcpStream>,
    line: &str,
    expected: &str,
) -> Result<(), SubmitError> {
    stream.write_all(line.as_bytes()).await?;
    expect(stream, expected).await
}

async fn expect(stream: &mut BufReader<TcpStream>, expected: &str) -> Result<(), SubmitError> {
    let mut bounded = stream.take(LONGEST_REPLY);
    loop {
        let mut line = String::new();
        if bounded.read_line(&mut line).await? == 0 {
            return Err(SubmitError::Unreachable(
                io::ErrorKind::UnexpectedEof.into(),
            ));
        }
        if !line.starts_with(expected) {
            return Err(SubmitError::Refused(
                line.trim().chars().take(200).collect(),
            ));
        }
        if line.as_bytes().get(3) != Some(&b'-') {
            return Ok(());
        }
    }
}
