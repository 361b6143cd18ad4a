//! A server process that ends with its owner.

use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// How long a server may take to end when asked to, before it is killed.
const END_WITHIN: Duration = Duration::from_secs(10);

/// A server that was not ready in time.
#[derive(Debug, thiserror::Error)]
#[error("{what} is not ready after {seconds} seconds, see its log")]
pub struct NotReady {
    /// What was waited for.
    pub what: String,
    /// For how long.
    pub seconds: u64,
}

/// A child in a process group of its own. Dropping it ends the whole group, and only that.
#[derive(Debug)]
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts the command as the leader of a new process group.
    pub fn start(command: &mut Command) -> std::io::Result<Self> {
        use std::os::unix::process::CommandExt;
        Ok(Self {
            child: command.process_group(0).spawn()?,
        })
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The pipes to its input and from its output, once, if the command asked for both.
    pub fn pipes(&mut self) -> Option<(ChildStdin, ChildStdout)> {
        self.child.stdin.take().zip(self.child.stdout.take())
    }

    /// The exit status, if it has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Asks the process, not its group, to end, and waits for it.
    pub fn terminate(&mut self) -> Option<ExitStatus> {
        self.signal(Signal::TERM);
        let _waited = wait_until("the end of a process", END_WITHIN, || {
            self.ended().is_some()
        });
        self.ended()
    }

    /// Kills the process, not its group, with no chance to tidy up, and waits until it is gone.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        let _status = self.child.wait();
    }

    /// Sends a signal to the process, if it still runs.
    pub fn signal(&mut self, signal: Signal) {
        if self.ended().is_none() {
            let _sent = kill_process(pid(&self.child), signal);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.ended().is_none() {
            self.terminate();
        }
        // What is left of the group, if anything: the id cannot be another's while members live,
        // and when none live the call fails.
        let _gone = kill_process_group(pid(&self.child), Signal::KILL);
        let _status = self.child.wait();
    }
}

fn pid(child: &Child) -> Pid {
    Pid::from_child(child)
}

/// Looks every few milliseconds until `ready`, for servers that have no way to say so.
pub fn wait_until(
    what: &str,
    within: Duration,
    mut ready: impl FnMut() -> bool,
) -> Result<(), NotReady> {
    let end = Instant::now() + within;
    loop {
        if ready() {
            return Ok(());
        }
        if Instant::now() >= end {
            return Err(NotReady {
                what: what.to_owned(),
                seconds: within.as_secs(),
            });
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until something listens at the address.
pub fn wait_for_port(what: &str, address: SocketAddr, within: Duration) -> Result<(), NotReady> {
    wait_until(what, within, || TcpStream::connect(address).is_ok())
}

/// Lets this process, and those it starts, have so many files open, as far as the system allows.
pub fn allow_descriptors(wanted: u64) -> std::io::Result<()> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= wanted) {
        return Ok(());
    }
    limit.current = Some(limit.maximum.map_or(wanted, |most| most.min(wanted)));
    Ok(setrlimit(Resource::Nofile, limit)?)
}
