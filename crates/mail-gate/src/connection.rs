//! One connection from the MTA: bytes in, commands in order, one write for each answer.

use std::io;
use std::sync::Arc;

use milter_proto::command::{Command, CommandError};
use milter_proto::flags::{Actions, Steps};
use milter_proto::frame::{DEFAULT_MAX_FRAME, FrameError, Frames};
use milter_proto::negotiate::{NegotiateError, Terms, Wanted, negotiate};
use milter_proto::reply::{Replies, ReplyError, Verdict};
use milter_proto::session::{self, Due, Limit, Session, SessionError};
use milter_proto::stage::Stage;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::answer;
use crate::gate::{Arrival, Concluded, Gate};
use crate::gathered::{Client, Gathered};
use crate::memory::NoRoom;

/// Room for input while nothing is going on, and inside a message, in bytes.
const IDLE_INPUT: usize = 1024;
const BUSY_INPUT: usize = 32 * 1024;

/// Why a connection ended before the MTA closed it. Whatever message was under way is not
/// accepted: the MTA keeps it and tries again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectionError {
    #[error("the stream is not the milter protocol")]
    Frame(#[from] FrameError),
    #[error("a command cannot be read")]
    Command(#[from] CommandError),
    #[error("the conversation makes no sense")]
    Session(#[from] SessionError),
    #[error("no terms with this MTA")]
    Terms(#[from] NegotiateError),
    #[error("an answer cannot be given")]
    Reply(#[from] ReplyError),
    #[error("a header name holds a colon or a line end")]
    HeaderName,
    #[error("the connection broke")]
    Broken(#[from] io::Error),
    #[error("silent for too long")]
    Silent,
}

/// Serves one connection until the MTA closes it or the gate stops.
pub(crate) async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    gate: Arc<Gate>,
    stop: watch::Receiver<bool>,
) -> Result<(), ConnectionError> {
    let limits = &gate.settings.limits;
    let session = Session::new(session::Limits {
        recipients: limits.recipients,
        header_bytes: limits.header_bytes as u64,
        body_bytes: limits.message_bytes as u64,
        ..session::Limits::default()
    });
    let connection = Connection {
        gate,
        session,
        terms: None,
        client: Client::default(),
        gathered: Gathered::default(),
        obstacle: None,
    };
    connection.run(stream, stop).await
}

/// What keeps the message under way from being read to its end.
#[derive(Debug, Clone, Copy)]
enum Obstacle {
    Over(Limit),
    NoRoom,
}

struct Connection {
    gate: Arc<Gate>,
    session: Session,
    /// Once they are agreed.
    terms: Option<Terms>,
    client: Client,
    gathered: Gathered,
    obstacle: Option<Obstacle>,
}

/// What follows from a command.
enum Next {
    /// Read on.
    Go,
    /// Write the answer.
    Answer,
    /// Write the answer to a message, then record what came of it.
    Conclude(Concluded),
    /// The MTA is done.
    Close,
}

impl Connection {
    async fn run(
        mut self,
        mut stream: impl AsyncRead + AsyncWrite + Unpin,
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), ConnectionError> {
        let limits = self.gate.settings.limits.clone();
        let mut input = Vec::new();
        loop {
            let mut frames = Frames::new(&input, DEFAULT_MAX_FRAME);
            let mut answer = Vec::new();
            let mut concluded = None;
            while let Some(frame) = frames.next_frame()? {
                match self.take(Command::parse(frame)?, &mut answer).await? {
                    Next::Go | Next::Answer => (),
                    Next::Conclude(end) => {
                        answer.extend_from_slice(&end.answer);
                        concluded = Some(end);
                        break;
                    }
                    Next::Close => return Ok(()),
                }
            }
            let (consumed, wanted) = (frames.consumed(), frames.wanted());
            if !answer.is_empty() {
                let written = write(&mut stream, &answer, limits.stalled).await;
                if let Some(end) = concluded {
                    self.gate.settle(end, written.is_ok());
                    self.gathered.clear();
                }
                written?;
            }
            input.drain(..consumed);
            if consumed > 0
                && Frames::new(&input, DEFAULT_MAX_FRAME)
                    .next_frame()?
                    .is_some()
            {
                continue;
            }
            let begun = !input.is_empty();
            if self.is_idle() && !begun {
                input.shrink_to(IDLE_INPUT);
                input.reserve(IDLE_INPUT);
            } else {
                input.reserve(wanted.max(BUSY_INPUT));
            }
            let patience = if begun { limits.stalled } else { limits.idle };
            let read = tokio::select! {
                read = timeout(patience, stream.read_buf(&mut input)) => read,
                // An idle connection ends at once, one inside a command or message goes on.
                _ = stop.wait_for(|stopped| *stopped), if !begun && self.is_idle() => return Ok(()),
            };
            match read {
                Ok(Ok(0)) if begun => {
                    return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
                }
                Ok(Ok(0)) => return Ok(()),
                Ok(read) => drop(read?),
                Err(_) => return Err(ConnectionError::Silent),
            }
        }
    }

    /// No message is under way.
    fn is_idle(&self) -> bool {
        self.gathered.recipients.is_empty() && self.gathered.message.is_empty()
    }

    async fn take(
        &mut self,
        command: Command<'_>,
        answer: &mut Vec<u8>,
    ) -> Result<Next, ConnectionError> {
        let due = match self.session.accept(&command) {
            Ok(due) => due,
            Err(SessionError::OverLimit { limit, due }) => {
                self.obstruct(Obstacle::Over(limit));
                due
            }
            Err(error) => return Err(error.into()),
        };
        self.gather(&command).await?;
        match due {
            Due::Nothing => Ok(Next::Go),
            Due::Close => Ok(Next::Close),
            Due::Terms => {
                self.agree(&command, answer)?;
                Ok(Next::Answer)
            }
            Due::Verdict(Stage::EndOfMessage) => {
                Ok(self.conclude().await.map_or(Next::Close, Next::Conclude))
            }
            // Only where the MTA did not agree to go on without an answer.
            Due::Verdict(stage) => {
                if let Some(terms) = &self.terms {
                    let mut replies = Replies::new(terms);
                    replies.answer(stage, &Verdict::Continue)?;
                    answer.extend_from_slice(replies.as_bytes());
                }
                Ok(Next::Answer)
            }
        }
    }

    fn agree(
        &mut self,
        command: &Command<'_>,
        answer: &mut Vec<u8>,
    ) -> Result<(), ConnectionError> {
        if let Command::Offer(offer) = command {
            let terms: Terms = negotiate(offer, &wanted())?;
            terms.encode(answer);
            self.session.agree(&terms);
            self.terms = Some(terms);
        }
        Ok(())
    }

    async fn gather(&mut self, command: &Command<'_>) -> Result<(), ConnectionError> {
        let memory = &self.gate.memory;
        match command {
            Command::Connect(connect) => {
                self.client = Client::of(connect);
                self.forget_message();
            }
            Command::QuitNewConnection => {
                self.client = Client::default();
                self.forget_message();
            }
            Command::Helo(_) | Command::Abort => self.forget_message(),
            Command::Mail(mail) => {
                self.forget_message();
                self.gathered.set_sender(mail.address());
            }
            _ if self.obstacle.is_some() => (),
            Command::Rcpt(rcpt) => self.gathered.add_recipient(rcpt.address()),
            Command::Header(header) => {
                if header
                    .name
                    .iter()
                    .any(|byte| matches!(byte, b':' | b'\r' | b'\n'))
                {
                    return Err(ConnectionError::HeaderName);
                }
                let added = self.gathered.add_header(header, memory).await;
                self.obstruct_unless(added);
            }
            Command::EndOfHeaders => {
                let added = self.gathered.add(b"\r\n", memory).await;
                self.obstruct_unless(added);
            }
            Command::Body(chunk) | Command::EndOfMessage(chunk) => {
                let added = self.gathered.add(chunk, memory).await;
                self.obstruct_unless(added);
            }
            _ => (),
        }
        Ok(())
    }

    fn obstruct_unless(&mut self, added: Result<(), NoRoom>) {
        if added.is_err() {
            self.obstruct(Obstacle::NoRoom);
        }
    }

    fn forget_message(&mut self) {
        self.gathered.clear();
        self.obstacle = None;
    }

    /// Stops gathering, so that what cannot be accepted takes no memory.
    fn obstruct(&mut self, obstacle: Obstacle) {
        self.obstacle.get_or_insert(obstacle);
        self.gathered.forget_content();
    }

    async fn conclude(&mut self) -> Option<Concluded> {
        let arrival = self.arrival();
        // The session lets no message in before terms are agreed.
        let terms = self.terms.as_ref()?;
        Some(match self.obstacle.take() {
            None => {
                let gate = self.gate.clone();
                gate.conclude(arrival, &mut self.gathered, terms).await
            }
            Some(Obstacle::NoRoom) => {
                tracing::warn!(queue_id = %arrival.queue_id, "a message is put off: no memory left");
                Concluded::bare(terms, &answer::too_busy())
            }
            Some(Obstacle::Over(limit)) => {
                let n = self.session.recipients();
                let refused = self.gate.refuse_unread(&arrival, &self.gathered, n, limit);
                Concluded::bare(terms, &refused.await)
            }
        })
    }

    fn arrival(&self) -> Arrival {
        let macros = self.session.macros();
        let text = |name: &[u8]| {
            let value = macros.value(name).filter(|value| !value.is_empty());
            value.map(|value| String::from_utf8_lossy(value).into_owned())
        };
        let inside = |ip| {
            let networks = &self.gate.settings.inside;
            networks.iter().any(|network| network.contains(ip))
        };
        Arrival {
            at: (self.gate.settings.clock)(),
            queue_id: text(b"i").unwrap_or_else(|| "unknown".to_owned()),
            client: self.client.address.clone(),
            // A client without an address is the MTA's own machine.
            inside: self
                .client
                .ip
                .map_or(self.client.address == "local", inside),
            authenticated: text(b"auth_authen"),
        }
    }
}

/// What is asked of the MTA: every edit there is, no question before the end of a message, the
/// message byte for byte, and only the macros that are facts.
fn wanted() -> Wanted {
    let list = |stage, names: &str| (stage, names.to_owned());
    Wanted {
        required: Actions::ADD_HEADERS
            | Actions::CHANGE_HEADERS
            | Actions::CHANGE_BODY
            | Actions::ADD_RECIPIENTS
            | Actions::DELETE_RECIPIENTS
            | Actions::QUARANTINE,
        optional: Actions::SET_MACRO_LISTS,
        steps: Steps::NO_HELO
            | Steps::NO_UNKNOWN
            | Steps::NO_DATA
            | Steps::NO_REPLY_CONNECT
            | Steps::NO_REPLY_MAIL
            | Steps::NO_REPLY_RCPT
            | Steps::NO_REPLY_HEADER
            | Steps::NO_REPLY_END_OF_HEADERS
            | Steps::NO_REPLY_BODY,
        required_steps: Steps::LEADING_SPACE,
        macros: vec![
            list(Stage::Connect, "{client_addr}"),
            list(Stage::Mail, "{auth_authen}"),
            list(Stage::Rcpt, "i"),
            list(Stage::EndOfHeaders, "i"),
            list(Stage::EndOfMessage, "i"),
        ],
    }
}

async fn write(
    stream: &mut (impl AsyncWrite + Unpin),
    answer: &[u8],
    within: std::time::Duration,
) -> Result<(), ConnectionError> {
    let written = timeout(within, async {
        stream.write_all(answer).await?;
        stream.flush().await
    });
    Ok(written.await.map_err(|_| ConnectionError::Silent)??)
}
