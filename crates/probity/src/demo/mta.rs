//! The MTA's end of a milter connection: what Postfix would say, message by message.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use milter_proto::command::Peer;
use milter_proto::flags::{Actions, Steps};
use milter_proto::frame::{DEFAULT_MAX_FRAME, Frames};
use milter_proto::mta::{Commands, MtaReply, plain_text};
use milter_proto::negotiate::Offer;
use milter_proto::stage::Stage;

use crate::failure::Failure;

/// Far above what a decision takes; a gate that hangs must not hang the demo.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a replaced body is told.
const NEW_BODY: &str = "new body";

/// A message to hand over.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// Who signed in; nobody for mail from outside.
    pub(crate) account: Option<String>,
    /// Envelope sender.
    pub(crate) mail_from: String,
    /// Envelope recipients.
    pub(crate) recipients: Vec<String>,
    /// Header fields.
    pub(crate) headers: Vec<(String, String)>,
    /// Body, with CRLF line ends.
    pub(crate) body: Vec<u8>,
}

/// What the gate asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Handling {
    /// The final verdict: `accept`, `550 5.7.1 …`, `tempfail` …
    pub(crate) verdict: String,
    /// Modifications, in words.
    pub(crate) changes: Vec<String>,
}

/// One connection to the gate.
pub(crate) struct Mta {
    stream: TcpStream,
    received: Vec<u8>,
    messages: u32,
}

impl Mta {
    /// Connects and negotiates.
    pub(crate) fn connect(gate: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(gate)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut mta = Self {
            stream,
            received: Vec::new(),
            messages: 0,
        };
        let offer = Offer {
            version: 6,
            actions: Actions::POSTFIX,
            steps: Steps::LEADING_SPACE,
        };
        let mut commands = Commands::new();
        commands.offer(&offer);
        mta.say(&commands)?;
        let mut connect = Commands::new();
        connect.connect(
            b"mx.council.example",
            Peer::Inet {
                port: 25,
                address: Ipv4Addr::new(192, 0, 2, 10),
            },
        );
        mta.say(&connect)?;
        let mut helo = Commands::new();
        helo.helo(b"mx.council.example");
        mta.say(&helo)?;
        Ok(mta)
    }

    /// Hands over one message.
    pub(crate) fn hand_over(&mut self, letter: &Letter) -> Result<Handling, Failure> {
        self.messages += 1;
        let queue_id = format!("DEMO{:04}", self.messages);
        let path = |address: &str| format!("<{address}>").into_bytes();
        let mut envelope = Commands::new();
        if let Some(account) = &letter.account {
            envelope.macros(Stage::Mail, &[(b"{auth_authen}", account.as_bytes())]);
        }
        envelope.mail(&path(&letter.mail_from), &[]);
        self.say(&envelope)?;
        for recipient in &letter.recipients {
            self.say(Commands::new().rcpt(&path(recipient), &[]))?;
        }
        self.say(Commands::new().data())?;
        for (name, value) in &letter.headers {
            self.say(Commands::new().header(name.as_bytes(), format!(" {value}").as_bytes()))?;
        }
        self.say(Commands::new().end_of_headers())?;
        for chunk in letter.body.chunks(65_535) {
            self.say(Commands::new().body(chunk))?;
        }
        let mut end = Commands::new();
        end.macros(Stage::EndOfMessage, &[(b"i", queue_id.as_bytes())])
            .end_of_message(b"");
        self.say(&end)
    }

    /// Sends commands of which the last is answered, and collects the answer.
    fn say(&mut self, commands: &Commands) -> Result<Handling, Failure> {
        self.stream.write_all(commands.as_bytes())?;
        let mut handling = Handling::default();
        loop {
            let mut frames = Frames::new(&self.received, DEFAULT_MAX_FRAME);
            while let Some(frame) = frames.next_frame()? {
                let reply = MtaReply::parse(frame)?;
                let is_terms = matches!(reply, MtaReply::Terms { .. });
                note(&reply, &mut handling);
                if reply.is_final() || is_terms {
                    let consumed = frames.consumed();
                    self.received.drain(..consumed);
                    return Ok(handling);
                }
            }
            let consumed = frames.consumed();
            self.received.drain(..consumed);
            let mut chunk = [0; 16 * 1024];
            let n = self.stream.read(&mut chunk)?;
            if n == 0 {
                return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
            }
            self.received.extend_from_slice(&chunk[..n]);
        }
    }
}

fn note(reply: &MtaReply<'_>, handling: &mut Handling) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    match reply {
        MtaReply::Continue => handling.verdict = "continue".to_owned(),
        MtaReply::Accept => handling.verdict = "accept".to_owned(),
        MtaReply::Reject => handling.verdict = "reject".to_owned(),
        MtaReply::Tempfail => handling.verdict = "tempfail".to_owned(),
        MtaReply::Discard => handling.verdict = "discard".to_owned(),
        MtaReply::SmtpReply(wire) => handling.verdict = text(&plain_text(wire)),
        MtaReply::AddHeader { name, .. }
        | MtaReply::InsertHeader { name, .. }
        | MtaReply::ChangeHeader { name, .. } => {
            handling.changes.push(format!("{} set", text(name)));
        }
        MtaReply::AddRecipient(address) => {
            handling.changes.push(format!("also to {}", text(address)))
        }
        MtaReply::DeleteRecipient(address) => {
            handling.changes.push(format!("not to {}", text(address)))
        }
        MtaReply::Quarantine(reason) => handling.changes.push(text(reason)),
        // A large body comes in many chunks.
        MtaReply::ReplaceBody(_) if handling.changes.iter().any(|change| change == NEW_BODY) => (),
        MtaReply::ReplaceBody(_) => handling.changes.push(NEW_BODY.to_owned()),
        _ => (),
    }
}
