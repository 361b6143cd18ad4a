//! One connection: bytes in, steps, bytes out, and the times both may take.
//!
//! All requests that are in the buffer are answered before anything is written, and their answers
//! leave in one write. Buffers start small and grow on demand, up to the protocol's limits.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::time::Duration;

use icap_proto::chunked::{ChunkError, Event, Last, push_chunk, push_last};
use icap_proto::reply::Failure;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::exchange::{Fate, Peer, Rest, Step};
use crate::serve::WebGate;

/// Room for a read: several of Squid's heads, and 2,000 resting connections take 8 MB.
const SMALL_READ: usize = 4 << 10;

/// Room for a read while a body comes.
const BODY_READ: usize = 32 << 10;

/// Answers are written as soon as they are this long, whatever else is waiting.
const WRITE_AT: usize = 64 << 10;

/// Buffers that grew beyond this for one large message are given back after it.
const LARGE_BUFFER: usize = 64 << 10;

/// How long, and how many times, a client that was refused is listened to.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_READS: u32 = 64;

/// Why a connection is over.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Ended {
    #[error("the client closed it")]
    Closed,
    #[error("the client was too slow")]
    TimedOut,
    #[error("the gate stops")]
    Stopping,
    #[error("the connection broke")]
    Broken(#[from] io::Error),
    #[error("a body could not be read on")]
    Chunk(#[from] ChunkError),
}

struct Wire {
    stream: TcpStream,
    /// What was read; everything before `taken` is done with.
    input: Vec<u8>,
    taken: usize,
    output: Vec<u8>,
    timer: Timer,
    body_pause: Duration,
}

/// One timer for the whole connection. It may fire early and is then set again, because setting
/// it for every read would cost more than the read.
struct Timer(Pin<Box<Sleep>>);

impl Timer {
    async fn until(&mut self, deadline: Instant) {
        if self.0.deadline() > deadline {
            self.0.as_mut().reset(deadline);
        }
        loop {
            self.0.as_mut().await;
            if Instant::now() >= deadline {
                return;
            }
            self.0.as_mut().reset(deadline);
        }
    }
}

/// Serves one connection until either side ends it.
pub(crate) async fn run(
    gate: &WebGate,
    stream: TcpStream,
    address: SocketAddr,
    stop: impl Future<Output = ()>,
) -> Result<(), Ended> {
    stream.set_nodelay(true)?;
    let settings = gate.settings();
    let mut stop = pin!(stop);
    let mut peer = Peer::new(address, settings);
    let mut wire = Wire {
        stream,
        input: Vec::new(),
        taken: 0,
        output: Vec::new(),
        timer: Timer(Box::pin(sleep_until(Instant::now() + settings.idle()))),
        body_pause: settings.body_pause(),
    };
    loop {
        wire.flush().await?;
        tokio::select! {
            biased;
            read = wire.read(SMALL_READ, Instant::now() + settings.idle()) => read?,
            () = stop.as_mut() => return Err(Ended::Stopping),
        }
        if !wire.answer_all(gate, &mut peer).await? {
            return wire.close().await;
        }
    }
}

impl Wire {
    /// Answers every request that has begun to arrive. `false` when the connection is to close.
    async fn answer_all(&mut self, gate: &WebGate, peer: &mut Peer) -> Result<bool, Ended> {
        while self.taken < self.input.len() {
            let head_until = Instant::now() + gate.settings().head_within();
            let (consumed, close, rest) = loop {
                let window = &self.input[self.taken..];
                match gate.step(peer, window, &mut self.output).await {
                    Step::Replied {
                        consumed,
                        close,
                        rest,
                    } => break (consumed, close, rest),
                    Step::Incomplete { of_body: true } => {
                        self.flush().await?;
                        self.read(BODY_READ, Instant::now() + self.body_pause)
                            .await?;
                        continue;
                    }
                    Step::Incomplete { of_body: false } => (),
                }
                // Whoever sent the first half may be waiting for the answer to what came before.
                self.flush().await?;
                match self.read(SMALL_READ, head_until).await {
                    Err(Ended::TimedOut) => {
                        gate.refuse(&mut self.output, Failure::RequestTimeout);
                        return Ok(false);
                    }
                    read => read?,
                }
            };
            self.taken += consumed;
            if let Some(rest) = rest {
                self.body(gate, rest).await?;
            }
            if close {
                return Ok(false);
            }
            if self.output.len() >= WRITE_AT {
                self.flush().await?;
            }
        }
        Ok(true)
    }

    /// Reads a body to its end, chunk by chunk, and passes it back if it is wanted there.
    async fn body(&mut self, gate: &WebGate, mut rest: Rest) -> Result<(), Ended> {
        loop {
            let step = match rest.decoder.step(&self.input[self.taken..]) {
                Ok(step) => step,
                Err(fault) => {
                    // An answer that has begun cannot be taken back; a broken connection tells.
                    if rest.fate == Fate::Drain {
                        gate.refuse(&mut self.output, Failure::BadRequest);
                        self.flush().await?;
                    }
                    return Err(fault.into());
                }
            };
            match (step.event, rest.fate) {
                (Event::Data(data), Fate::Echo) => push_chunk(&mut self.output, data),
                (Event::End(_), Fate::Echo) => push_last(&mut self.output, Last::Plain),
                _ => (),
            }
            self.taken += step.consumed;
            match step.event {
                Event::End(_) => return Ok(()),
                Event::Data(_) if self.output.len() < WRITE_AT => (),
                Event::Data(_) => self.flush().await?,
                Event::NeedMore => {
                    self.flush().await?;
                    self.read(BODY_READ, Instant::now() + self.body_pause)
                        .await?;
                }
            }
        }
    }

    /// Waits for more input.
    async fn read(&mut self, room: usize, deadline: Instant) -> Result<(), Ended> {
        if self.taken == self.input.len() {
            self.input.clear();
            self.taken = 0;
            if self.input.capacity() > LARGE_BUFFER {
                self.input = Vec::new();
            }
        }
        if self.input.capacity() - self.input.len() < room {
            self.input.drain(..self.taken);
            self.taken = 0;
            self.input.reserve(room);
        }
        tokio::select! {
            biased;
            read = self.stream.read_buf(&mut self.input) => match read? {
                0 => Err(Ended::Closed),
                _ => Ok(()),
            },
            () = self.timer.until(deadline) => Err(Ended::TimedOut),
        }
    }

    /// Says the last words and waits a moment for the client to stop: closing a connection with
    /// unread input would have the system take them back.
    async fn close(&mut self) -> Result<(), Ended> {
        self.flush().await?;
        self.stream.shutdown().await?;
        let deadline = Instant::now() + LINGER;
        for _ in 0..LINGER_READS {
            self.taken = self.input.len();
            if self.read(SMALL_READ, deadline).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Writes what is to be said.
    async fn flush(&mut self) -> Result<(), Ended> {
        if self.output.is_empty() {
            return Ok(());
        }
        let deadline = Instant::now() + self.body_pause;
        tokio::select! {
            biased;
            written = self.stream.write_all(&self.output) => written?,
            () = self.timer.until(deadline) => return Err(Ended::TimedOut),
        }
        self.output.clear();
        if self.output.capacity() > LARGE_BUFFER * 2 {
            self.output = Vec::new();
        }
        Ok(())
    }
}
