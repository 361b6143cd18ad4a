//! What processes use of the machine, as the kernel tells it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// Ticks a second in `/proc/PID/stat`: fixed for user space on Linux.
const TICKS: u64 = 100;

/// Processor time used so far by a process and all below it, ended children included. The kernel
/// rounds the sum of each process to 10 ms.
pub fn cpu_of_tree(root: u32) -> Duration {
    let table = processes();
    let ticks = tree(&table, root)
        .iter()
        .filter_map(|pid| table.get(pid))
        .map(|process| process.ticks)
        .sum::<u64>();
    Duration::from_millis(ticks * 1000 / TICKS)
}

/// Memory of a process and all below it, shared pages counted in part (PSS), in megabytes.
pub fn pss_of_tree(root: u32) -> f64 {
    let pss = |pid: &u32| field(&format!("/proc/{pid}/smaps_rollup"), "Pss:").unwrap_or_default();
    kilobytes_as_mb(tree(&processes(), root).iter().map(pss).sum())
}

/// Resident memory of one process in megabytes (VmRSS).
pub fn resident(pid: u32) -> f64 {
    kilobytes_as_mb(field(&format!("/proc/{pid}/status"), "VmRSS:").unwrap_or_default())
}

/// Largest resident memory of one process so far, in megabytes (VmHWM).
pub fn largest_resident(pid: u32) -> f64 {
    kilobytes_as_mb(field(&format!("/proc/{pid}/status"), "VmHWM:").unwrap_or_default())
}

/// What of a file a process has mapped and in memory, in megabytes.
pub fn resident_of_file(pid: u32, file: &Path) -> f64 {
    let maps = fs::read_to_string(format!("/proc/{pid}/smaps")).unwrap_or_default();
    let (mut is_it, mut kilobytes) = (false, 0);
    for line in maps.lines() {
        match line.strip_prefix("Rss:") {
            Some(rss) if is_it => {
                let rss = rss.split_whitespace().next().unwrap_or_default();
                kilobytes += rss.parse().unwrap_or(0);
            }
            // A mapping's first line begins with its addresses and ends with its file.
            _ if line.as_bytes().first().is_some_and(u8::is_ascii_hexdigit) => {
                is_it = Path::new(line.rsplit(' ').next().unwrap_or_default()) == file;
            }
            _ => (),
        }
    }
    kilobytes_as_mb(kilobytes)
}

#[expect(clippy::cast_precision_loss, reason = "megabytes for people")]
fn kilobytes_as_mb(kilobytes: u64) -> f64 {
    kilobytes as f64 / 1000.0
}

fn field(file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Processes that are made to stand still until this is dropped: some use a processor though nobody
/// asks them anything, which those under measurement would pay for.
#[derive(Debug)]
pub struct Paused(Vec<u32>);

impl Paused {
    /// These processes and all below them.
    pub fn trees(roots: impl IntoIterator<Item = u32>) -> Self {
        let table = processes();
        let all = roots.into_iter().flat_map(|root| tree(&table, root));
        let paused = Self(all.collect());
        paused.signal(Signal::STOP);
        paused
    }

    fn signal(&self, signal: Signal) {
        let pids = self.0.iter().filter_map(|pid| i32::try_from(*pid).ok());
        for pid in pids.filter_map(Pid::from_raw) {
            // One that has ended stands still anyway.
            let _ended = kill_process(pid, signal);
        }
    }
}

impl Drop for Paused {
    fn drop(&mut self) {
        self.signal(Signal::CONT);
    }
}

struct Process {
    parent: u32,
    ticks: u64,
}

fn processes() -> BTreeMap<u32, Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(|pid| Some((pid, process(pid)?))).collect()
}

fn process(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in brackets, may hold anything.
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    let number = |n: usize| fields.get(n).and_then(|field| field.parse::<u64>().ok());
    // utime, stime and those of children waited for are fields 14 to 17; the state is field 3.
    let ticks = (11..=14).filter_map(number).sum();
    Some(Process {
        parent: u32::try_from(number(1)?).ok()?,
        ticks,
    })
}

fn tree(table: &BTreeMap<u32, Process>, root: u32) -> Vec<u32> {
    let mut members = vec![root];
    let mut next = 0;
    while let Some(parent) = members.get(next).copied() {
        members.extend(
            table
                .iter()
                .filter(|(_, process)| process.parent == parent)
                .map(|(pid, _)| *pid),
        );
        next += 1;
    }
    members
}
