//! One connection from an MTA as a state machine: the order of commands, the
//! macros that came with them, and the limits of a message.
//!
//! It does not hold the message and gives no answers; it says what each command
//! calls for ([`Due`]) and stops a conversation that makes no sense. Where the
//! order is looser than a tidy SMTP dialogue, Postfix is the reason, and a
//! comment says so.

use crate::command::Command;
use crate::flags::Steps;
use crate::macros::MacroStore;
use crate::negotiate::Terms;
use crate::stage::Stage;

/// Bounds on what one connection or message may make us keep or count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Macros of all stages together, in bytes with their NULs. A TLS
    /// certificate's names are the longest usual ones, at a few hundred bytes.
    pub macro_bytes: usize,
    /// Recipients of a message. Postfix stops at 1,000 by SMTP
    /// (`smtpd_recipient_limit`); locally submitted mail may have more.
    pub recipients: u32,
    /// Headers of a message. Real mail has under 200.
    pub headers: u32,
    /// Names and values of all headers, in bytes.
    pub header_bytes: u64,
    /// The body, in bytes. Should be above the MTA's own message size limit,
    /// which is the one that gives the sender a proper reason.
    pub body_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            macro_bytes: 64 * 1024,
            recipients: 10_000,
            headers: 10_000,
            header_bytes: 4 * 1024 * 1024,
            body_bytes: 128 * 1024 * 1024,
        }
    }
}

/// Which limit of a message was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// [`Limits::recipients`]
    Recipients,
    /// [`Limits::headers`]
    Headers,
    /// [`Limits::header_bytes`]
    HeaderBytes,
    /// [`Limits::body_bytes`]
    BodyBytes,
}

/// What a command calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing may be written.
    Nothing,
    /// The terms of the connection: negotiate, [`Session::agree`], write them.
    Terms,
    /// A verdict at this stage; at the end of the message, modifications first.
    Verdict(Stage),
    /// Close the connection; nothing may be written.
    Close,
}

/// Why a command cannot be taken as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// The conversation makes no sense. Close the connection; whatever message
    /// was under way has not been accepted.
    #[error("`{command}` command while {phase}")]
    OutOfOrder {
        /// The command.
        command: &'static str,
        /// Where the conversation stood.
        phase: &'static str,
    },
    /// The macros exceed [`Limits::macro_bytes`]. Close the connection: facts we
    /// cannot keep must not be decided without.
    #[error("macros of {bytes} bytes exceed the limit of {max}")]
    MacrosTooLarge {
        /// What keeping them would take, in bytes.
        bytes: usize,
        /// The limit, in bytes.
        max: usize,
    },
    /// The message is over a limit. The conversation is intact: answer what is
    /// due with a refusal. Where nothing is due just read on; every further
    /// command of the message fails the same way, its end included, so it
    /// cannot be accepted in part by oversight.
    #[error("message is over the limit on {limit:?}")]
    OverLimit {
        /// The limit passed first.
        limit: Limit,
        /// What the command calls for all the same.
        due: Due,
    },
}

/// Where the conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    New,
    Offered,
    Ready,
    Connected,
    Mail,
    Rcpt,
    Data,
    Headers,
    Body,
    Ended,
    Closed,
}

impl Phase {
    fn describe(self) -> &'static str {
        match self {
            Self::New => "awaiting the offer",
            Self::Offered => "awaiting terms",
            Self::Ready => "awaiting a connect",
            Self::Connected | Self::Ended => "awaiting a message",
            Self::Mail | Self::Rcpt => "in the envelope",
            Self::Data => "after DATA",
            Self::Headers => "in the headers",
            Self::Body => "in the body",
            Self::Closed => "closed",
        }
    }
}

/// What has been counted of the message under way.
#[derive(Debug, Default)]
struct Tally {
    recipients: u32,
    headers: u32,
    header_bytes: u64,
    body_bytes: u64,
    over: Option<Limit>,
}

/// The state of one connection from an MTA.
#[derive(Debug)]
pub struct Session {
    limits: Limits,
    steps: Steps,
    phase: Phase,
    macros: MacroStore,
    tally: Tally,
}

impl Session {
    /// A connection that has just been opened.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            steps: Steps::NONE,
            phase: Phase::New,
            macros: MacroStore::new(limits.macro_bytes),
            tally: Tally::default(),
        }
    }

    /// The macros known now. Those of a message are kept until the command
    /// after its end, so that they are there for the verdict.
    pub fn macros(&self) -> &MacroStore {
        &self.macros
    }

    /// Recipients of the message under way, refused ones included.
    pub fn recipients(&self) -> u32 {
        self.tally.recipients
    }

    /// Sets the terms that were agreed, as [`Due::Terms`] asks. Without it every
    /// further command is out of order.
    pub fn agree(&mut self, terms: &Terms) {
        if self.phase == Phase::Offered {
            self.steps = terms.steps;
            self.phase = self.opened();
        }
    }

    /// Takes the next command and says what it calls for.
    pub fn accept(&mut self, command: &Command<'_>) -> Result<Due, SessionError> {
        let Some(next) = self.next_phase(command) else {
            let error = SessionError::OutOfOrder {
                command: name(command),
                phase: self.phase.describe(),
            };
            self.phase = Phase::Closed;
            return Err(error);
        };
        self.begin_anew(command, next);
        self.phase = next;
        if let Command::Macros(macros) = command
            && let Err(bytes) = self.macros.keep(macros)
        {
            self.phase = Phase::Closed;
            return Err(SessionError::MacrosTooLarge {
                bytes,
                max: self.limits.macro_bytes,
            });
        }
        if let Some(stage) = command.stage() {
            self.macros.spend(stage);
        }
        let due = self.due(command);
        self.count(command);
        match self.tally.over {
            Some(limit) if command.stage().is_some_and(Stage::is_of_message) => {
                Err(SessionError::OverLimit { limit, due })
            }
            _ => Ok(due),
        }
    }

    /// The phase after `command`, or `None` when it has no place here.
    fn next_phase(&self, command: &Command<'_>) -> Option<Phase> {
        use Phase::*;
        let phase = self.phase;
        let open = !matches!(phase, New | Offered | Closed);
        let idle = matches!(phase, Connected | Ended);
        // Where the MTA was told to leave MAIL out, a message starts without it.
        let envelope = matches!(phase, Mail | Rcpt) || idle && self.steps.contains(Steps::NO_MAIL);
        let content = envelope || matches!(phase, Data | Headers);
        let bodied = phase == Body || content && self.steps.contains(Steps::NO_END_OF_HEADERS);
        let (allowed, next) = match command {
            Command::Offer(_) => (phase == New, Offered),
            Command::Connect(_) => (phase == Ready, Connected),
            // Postfix reports a HELO before it drops the message under way.
            Command::Helo(_) => (idle || envelope, Connected),
            Command::Unknown(_) => (idle || envelope, if idle { Connected } else { phase }),
            // HELO may be missing (`smtpd_helo_required = no`), and MAIL comes
            // again when the first was refused, but not once it has recipients.
            Command::Mail(_) => (idle || phase == Mail, Mail),
            Command::Rcpt(_) => (envelope, Rcpt),
            Command::Data => (envelope, Data),
            Command::Header(_) => (content, Headers),
            Command::EndOfHeaders => (content, Body),
            Command::Body(_) => (bodied, Body),
            Command::EndOfMessage(_) => (bodied, Ended),
            Command::Macros(_) => (open, if phase == Ended { Connected } else { phase }),
            // Postfix also abandons after the end of a message, to be sure.
            Command::Abort => (open, if phase == Ready { Ready } else { Connected }),
            Command::Quit => (phase != Closed, Closed),
            Command::QuitNewConnection => (open, self.opened()),
        };
        allowed.then_some(next)
    }

    /// Where a new client starts: connected, if the MTA does not announce it.
    fn opened(&self) -> Phase {
        if self.steps.contains(Steps::NO_CONNECT) {
            Phase::Connected
        } else {
            Phase::Ready
        }
    }

    /// Drops what belongs to an earlier message or client.
    fn begin_anew(&mut self, command: &Command<'_>, next: Phase) {
        let left = self.phase == Phase::Ended;
        match command {
            Command::QuitNewConnection => self.macros.forget(|_| true),
            // The macros of this MAIL came before it and stay.
            Command::Mail(_) if !left => {
                self.macros
                    .forget(|stage| stage.is_of_message() && stage != Stage::Mail);
            }
            Command::Abort | Command::Helo(_) => self.macros.forget(Stage::is_of_message),
            _ if left => self.macros.forget(Stage::is_of_message),
            _ => return,
        }
        if next != Phase::Closed {
            self.tally = Tally::default();
        }
    }

    fn due(&self, command: &Command<'_>) -> Due {
        let unanswered = match command {
            Command::Offer(_) => return Due::Terms,
            Command::Quit => return Due::Close,
            Command::Macros(_) | Command::Abort | Command::QuitNewConnection => {
                return Due::Nothing;
            }
            Command::EndOfMessage(_) => return Due::Verdict(Stage::EndOfMessage),
            Command::Connect(_) => Steps::NO_REPLY_CONNECT,
            Command::Helo(_) => Steps::NO_REPLY_HELO,
            Command::Mail(_) => Steps::NO_REPLY_MAIL,
            Command::Rcpt(_) => Steps::NO_REPLY_RCPT,
            Command::Data => Steps::NO_REPLY_DATA,
            Command::Unknown(_) => Steps::NO_REPLY_UNKNOWN,
            Command::Header(_) => Steps::NO_REPLY_HEADER,
            Command::EndOfHeaders => Steps::NO_REPLY_END_OF_HEADERS,
            Command::Body(_) => Steps::NO_REPLY_BODY,
        };
        match command.stage() {
            Some(stage) if !self.steps.contains(unanswered) => Due::Verdict(stage),
            _ => Due::Nothing,
        }
    }

    fn count(&mut self, command: &Command<'_>) {
        let tally = &mut self.tally;
        match command {
            Command::Rcpt(_) => tally.recipients = tally.recipients.saturating_add(1),
            Command::Header(header) => {
                tally.headers = tally.headers.saturating_add(1);
                tally.header_bytes += (header.name.len() + header.value.len()) as u64;
            }
            Command::Body(chunk) | Command::EndOfMessage(chunk) => {
                tally.body_bytes += chunk.len() as u64;
            }
            _ => return,
        }
        let limits = &self.limits;
        let passed = [
            (tally.recipients > limits.recipients, Limit::Recipients),
            (tally.headers > limits.headers, Limit::Headers),
            (tally.header_bytes > limits.header_bytes, Limit::HeaderBytes),
            (tally.body_bytes > limits.body_bytes, Limit::BodyBytes),
        ];
        let first = passed
            .into_iter()
            .find_map(|(over, limit)| over.then_some(limit));
        tally.over = tally.over.or(first);
    }
}

fn name(command: &Command<'_>) -> &'static str {
    match command {
        Command::Offer(_) => "offer",
        Command::Connect(_) => "connect",
        Command::Helo(_) => "helo",
        Command::Mail(_) => "mail",
        Command::Rcpt(_) => "rcpt",
        Command::Data => "data",
        Command::Header(_) => "header",
        Command::EndOfHeaders => "end of headers",
        Command::Body(_) => "body",
        Command::EndOfMessage(_) => "end of message",
        Command::Macros(_) => "macros",
        Command::Abort => "abort",
        Command::Quit => "quit",
        Command::QuitNewConnection => "quit, new connection",
        Command::Unknown(_) => "unknown",
    }
}
