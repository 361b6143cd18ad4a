//! Threads that serve connections, each with a runtime of its own. A connection stays with the thread it
//! was given to: waking another thread for each of a page's forty requests costs more than answering them.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::thread::{self, JoinHandle};

use tokio::runtime;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

/// What serves one connection.
pub(crate) type Serving = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The threads.
pub(crate) struct Workers {
    threads: Vec<Worker>,
    next: usize,
}

struct Worker {
    take: mpsc::UnboundedSender<Serving>,
    /// Dropped to cut what is still under way.
    cut: oneshot::Sender<()>,
    ended: oneshot::Receiver<()>,
    thread: JoinHandle<()>,
}

impl Workers {
    /// As many as the machine has processors.
    pub(crate) fn start() -> io::Result<Self> {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let threads = (0..processors).map(|_| Worker::start());
        Ok(Self {
            threads: threads.collect::<io::Result<_>>()?,
            next: 0,
        })
    }

    /// Gives a connection to the thread whose turn it is.
    pub(crate) fn give(&mut self, serving: Serving) {
        let worker = &self.threads[self.next];
        self.next = (self.next + 1) % self.threads.len();
        if worker.take.send(serving).is_err() {
            tracing::error!("a thread of the web gate has ended; its connections are closed");
        }
    }

    /// Resolves once all connections have ended. Dropping the future and the threads cuts them.
    pub(crate) async fn finish(self) {
        for worker in self.threads {
            drop(worker.take);
            let _ended = worker.ended.await;
            drop(worker.cut);
            if worker.thread.join().is_err() {
                tracing::error!("a thread of the web gate ended badly");
            }
        }
    }
}

impl Worker {
    fn start() -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (take, mut taken) = mpsc::unbounded_channel();
        let (cut, mut is_cut) = oneshot::channel::<()>();
        let (done, ended) = oneshot::channel();
        let serve = async move {
            let mut connections = JoinSet::new();
            let mut more = true;
            while more || !connections.is_empty() {
                tokio::select! {
                    serving = taken.recv(), if more => match serving {
                        Some(serving) => drop(connections.spawn(serving)),
                        None => more = false,
                    },
                    Some(_) = connections.join_next() => (),
                    _ = &mut is_cut => return,
                }
            }
        };
        let thread = thread::Builder::new()
            .name("web-gate".to_owned())
            .spawn(move || {
                runtime.block_on(serve);
                let _nobody_waits = done.send(());
            })?;
        Ok(Self {
            take,
            cut,
            ended,
            thread,
        })
    }
}
