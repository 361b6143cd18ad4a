//! Load in a closed loop: so many persistent connections, one request under way on each, from one
//! thread, so that the driver leaves the machine to what is measured.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Samples;

/// What the requests are and how answers are read.
pub trait Exchange {
    /// Appends the request with this number.
    fn push(&self, number: usize, out: &mut Vec<u8>);

    /// Looks at what has come so far.
    fn look(&self, received: &[u8]) -> Answer;
}

/// What an answer is, as far as it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// More is to come.
    Partial,
    /// The next request may follow.
    Good,
    /// As good, and the server closes after it.
    GoodAndLast,
    /// Not what was wanted.
    Bad,
}

/// What came of it.
#[derive(Debug)]
pub struct Done {
    /// Good answers a second.
    pub rate: f64,
    /// How long each took.
    pub latencies: Samples,
    /// Good answers.
    pub good: usize,
    /// Bad answers and connections that broke inside a request.
    pub failed: usize,
}

/// Asks until the time is up.
pub fn run(
    server: SocketAddr,
    exchange: impl Exchange + 'static,
    connections: usize,
    span: Duration,
) -> io::Result<Done> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let exchange = Rc::new(exchange);
    let local = tokio::task::LocalSet::new();
    let begun = Instant::now();
    let results = local.block_on(&runtime, async {
        let tasks: Vec<_> = (0..connections)
            .map(|first| {
                tokio::task::spawn_local(one(
                    server,
                    exchange.clone(),
                    first,
                    connections,
                    begun + span,
                ))
            })
            .collect();
        let mut results = Vec::new();
        for task in tasks {
            results.push(task.await.map_err(io::Error::other)??);
        }
        Ok::<_, io::Error>(results)
    })?;
    let took = begun.elapsed();
    let failed = results.iter().map(|(_, failed)| failed).sum();
    let latencies: Vec<Duration> = results
        .into_iter()
        .flat_map(|(latencies, _)| latencies)
        .collect();
    let good = latencies.len();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = good as f64 / took.as_secs_f64();
    Ok(Done {
        rate,
        good,
        failed,
        latencies: Samples::of(latencies),
    })
}

async fn one(
    server: SocketAddr,
    exchange: Rc<impl Exchange>,
    first: usize,
    step: usize,
    end: Instant,
) -> io::Result<(Vec<Duration>, usize)> {
    let (mut latencies, mut failed) = (Vec::new(), 0);
    let (mut out, mut input) = (Vec::new(), Vec::with_capacity(64 * 1024));
    let mut stream = connect(server).await?;
    let mut number = first;
    while Instant::now() < end {
        out.clear();
        input.clear();
        exchange.push(number, &mut out);
        number += step;
        let asked = Instant::now();
        let answer = match ask(&mut stream, &out, &mut input, &*exchange).await {
            Ok(answer) => answer,
            Err(_) => Answer::Bad,
        };
        match answer {
            Answer::Good | Answer::GoodAndLast => latencies.push(asked.elapsed()),
            Answer::Partial | Answer::Bad => failed += 1,
        }
        if answer != Answer::Good {
            stream = connect(server).await?;
        }
    }
    Ok((latencies, failed))
}

async fn connect(server: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(server).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn ask(
    stream: &mut TcpStream,
    request: &[u8],
    input: &mut Vec<u8>,
    exchange: &impl Exchange,
) -> io::Result<Answer> {
    stream.write_all(request).await?;
    loop {
        if stream.read_buf(input).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match exchange.look(input) {
            Answer::Partial => (),
            answer => return Ok(answer),
        }
    }
}
