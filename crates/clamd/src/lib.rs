//! Asks a running clamd whether bytes are malicious.
//!
//! ClamAV's daemon takes bytes over a socket (`INSTREAM`) and says what it knows them as. Sessions are
//! kept open and used again (`IDSESSION`), so a message costs no new connection; one that the daemon
//! has closed meanwhile is opened anew once. Every question has an end to patience. What an
//! unanswered question means is for the caller: nothing is clean because nobody could say.

mod reply;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

pub use reply::Answer;

/// Questions at once; further ones wait. 8: clamd works on 10 by default (`MaxThreads`).
const AT_ONCE: usize = 8;

/// Bytes sent as one piece.
const PIECE: usize = 64 << 10;

/// Longest reply read. Names of signatures are far shorter.
const LONGEST_REPLY: usize = 4096;

/// Where clamd listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A Unix socket.
    Unix(PathBuf),
    /// TCP. Nothing protects what goes over it: keep it on this machine.
    Tcp(SocketAddr),
}

/// An address that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no address of clamd; use unix:/run/clamav/clamd.ctl or inet:127.0.0.1:3310")]
pub struct ReadAddressError {
    /// What was given.
    pub given: String,
}

impl FromStr for Address {
    type Err = ReadAddressError;

    fn from_str(given: &str) -> Result<Self, ReadAddressError> {
        let wrong = || ReadAddressError {
            given: given.to_owned(),
        };
        match given.split_once(':') {
            Some(("unix", path)) if path.starts_with('/') => Ok(Self::Unix(path.into())),
            Some(("inet", address)) => address.parse().map(Self::Tcp).map_err(|_| wrong()),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Tcp(address) => write!(f, "inet:{address}"),
        }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Nobody listens there, or the connection broke.
    #[error("clamd cannot be asked")]
    Unreachable(#[source] io::Error),
    /// It took longer than it may.
    #[error("clamd did not answer within {0:?}")]
    TooSlow(Duration),
    /// It refused to look, for instance beyond its `StreamMaxLength`.
    #[error("clamd says `{0}`")]
    Refused(String),
}

/// A clamd, and the sessions open to it.
#[derive(Debug)]
pub struct Clamd {
    address: Address,
    within: Duration,
    turns: Semaphore,
    idle: Mutex<Vec<Session>>,
}

type Session = Box<dyn Stream>;

trait Stream: AsyncRead + AsyncWrite + fmt::Debug + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + fmt::Debug + Send + Unpin> Stream for S {}

impl Clamd {
    /// A clamd at this address, which may take `within` for each answer. Nothing is opened yet.
    pub fn new(address: Address, within: Duration) -> Self {
        Self {
            address,
            within,
            turns: Semaphore::new(AT_ONCE),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// What clamd knows these bytes as. Waiting for a turn counts as a part of the time.
    pub async fn ask(&self, bytes: &[u8]) -> Result<Answer, AskError> {
        let asked = timeout(self.within, self.ask_in_turn(bytes)).await;
        asked.unwrap_or(Err(AskError::TooSlow(self.within)))
    }

    async fn ask_in_turn(&self, bytes: &[u8]) -> Result<Answer, AskError> {
        let Ok(_turn) = self.turns.acquire().await else {
            let closed = io::Error::from(io::ErrorKind::NotConnected);
            return Err(AskError::Unreachable(closed));
        };
        let kept = self.idle().pop();
        if let Some(session) = kept
            && let Ok(answer) = self.ask_on(session, bytes).await
        {
            return answer;
        }
        let session = self.open().await.map_err(AskError::Unreachable)?;
        let asked = self.ask_on(session, bytes).await;
        asked.map_err(AskError::Unreachable)?
    }

    /// Asks on a session and keeps it if it is still good. An outer error says that it is not.
    async fn ask_on(
        &self,
        mut session: Session,
        bytes: &[u8],
    ) -> io::Result<Result<Answer, AskError>> {
        session.write_all(b"zINSTREAM\0").await?;
        for piece in bytes.chunks(PIECE) {
            let length = u32::try_from(piece.len()).unwrap_or(u32::MAX);
            session.write_all(&length.to_be_bytes()).await?;
            session.write_all(piece).await?;
        }
        session.write_all(&0_u32.to_be_bytes()).await?;
        session.flush().await?;
        let mut reply = Vec::new();
        // Nothing follows a reply before the next question, so its end is the end of what is read.
        while reply.last() != Some(&0) {
            if session.read_buf(&mut reply).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if reply.len() > LONGEST_REPLY {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        reply.pop();
        match Answer::read(&reply) {
            Ok(answer) => {
                self.idle().push(session);
                Ok(Ok(answer))
            }
            // It may have stopped reading half way: the session is of no more use.
            Err(said) => Ok(Err(AskError::Refused(said))),
        }
    }

    async fn open(&self) -> io::Result<Session> {
        let mut session: Session = match &self.address {
            Address::Unix(path) => Box::new(UnixStream::connect(path).await?),
            Address::Tcp(address) => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
        };
        session.write_all(b"zIDSESSION\0").await?;
        Ok(session)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Session>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
