//! The mail gate behind Postfix, beside a milter that does nothing, rspamd, and no milter at all:
//! one Postfix with a listener for each, the same mails, in turns.
//!
//! Trust processor time per mail first: rates move with whatever else the machine does.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use benches::arguments::Arguments;
use benches::gate::{self, Gate, OFFICERS};
use benches::mails::{self, Session};
use benches::{Samples, peers, rspamd, smtp_load, usage};
use end_to_end::ports;
use end_to_end::postfix::{self, Options, Postfix};
use end_to_end::process::{Process, wait_for_port, wait_until};
use end_to_end::temp::Folder;

const MAILS_PER_CONNECTION: usize = 100;
const CONNECTIONS: [usize; 3] = [1, 4, 16];
const SOON: Duration = Duration::from_secs(10);

/// One program under measurement, with a Postfix listener that asks it.
struct Row {
    name: &'static str,
    milter: Option<String>,
    process: Option<Running>,
    server: SocketAddr,
    /// Fewer mails where each takes a tenth of a second.
    share: usize,
}

enum Running {
    Peer(Process),
    Gate(Gate),
}

impl Running {
    fn id(&self) -> u32 {
        match self {
            Self::Peer(process) => process.id(),
            Self::Gate(gate) => gate.id(),
        }
    }
}

/// Figures of one run.
struct Run {
    rate: f64,
    end_of_data: Samples,
    filter_ms: f64,
    postfix_ms: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read()?;
    if let Some(missing) = postfix::missing() {
        return Err(missing.into());
    }
    let folder = Folder::new("bench-mail")?;
    let (n_sessions, runs) = if arguments.quick { (2, 1) } else { (20, 3) };
    let sessions = match &arguments.mails {
        Some(real) => mails::read(real, MAILS_PER_CONNECTION, OFFICERS)?,
        None => mails::made(n_sessions, MAILS_PER_CONNECTION, OFFICERS),
    };
    describe(&sessions);
    let mut rows = rows(&arguments, folder.path())?;
    let (postfix, _sink) = start_postfix(folder.path(), &rows)?;
    let master = master_pid(folder.path())?;
    println!(
        "{:<22} {:>3} {:>8} {:>24} {:>12} {:>12}",
        "", "c", "mails/s", "end of data ms 50/95/99", "filter ms", "Postfix ms"
    );
    for row in &rows {
        measure(&postfix, master, row, &sessions[..1], 1)?;
    }
    for connections in CONNECTIONS {
        let mut results: Vec<Vec<Run>> = rows.iter().map(|_| Vec::new()).collect();
        // In turns, so that a busy spell of the machine hits all.
        for _ in 0..runs {
            for (row, results) in rows.iter().zip(&mut results) {
                let some = (sessions.len() / row.share).max(connections.min(sessions.len()));
                results.push(measure(
                    &postfix,
                    master,
                    row,
                    &sessions[..some],
                    connections,
                )?);
            }
        }
        report(&rows, connections, results);
    }
    println!(
        "\n{:<22} {:>12} {:>12} {:>12}",
        "memory, MB", "PSS", "resident", "largest"
    );
    for row in &mut rows {
        if let Some(process) = &row.process {
            let id = process.id();
            println!(
                "{:<22} {:>12.1} {:>12.1} {:>12.1}",
                row.name,
                usage::pss_of_tree(id),
                usage::resident(id),
                usage::largest_resident(id)
            );
        }
    }
    println!(
        "\ngoals: filter ≤ 0.5 ms, rate ≥ 0.9 and p99 ≤ 1.5 of the null milter's, ≤ 64 MB resident"
    );
    Ok(())
}

fn describe(sessions: &[Session]) {
    let mut sizes: Vec<usize> = sessions
        .iter()
        .flat_map(|session| &session.mails)
        .map(|mail| mail.text.len())
        .collect();
    sizes.sort_unstable();
    let at = |percent: usize| {
        sizes
            .get(sizes.len() * percent / 100)
            .copied()
            .unwrap_or_default()
    };
    let mean = sizes.iter().sum::<usize>() / sizes.len().max(1);
    println!(
        "{} mails: mean {mean} bytes, p50 {}, p90 {}, p99 {}\n",
        sizes.len(),
        at(50),
        at(90),
        at(99)
    );
}

fn rows(arguments: &Arguments, folder: &Path) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut rows = Vec::new();
    let mut add =
        |name: &'static str, share, start: &mut dyn FnMut() -> Started| -> io::Result<()> {
            if arguments.wants(name) {
                let server = ports::free()?;
                match start() {
                    Ok((milter, process)) => rows.push(Row {
                        name,
                        milter,
                        process,
                        server,
                        share,
                    }),
                    Err(missing) => println!("without {name}: {missing}\n"),
                }
            }
            Ok(())
        };
    add("Postfix alone", 1, &mut || Ok((None, None)))?;
    add("null milter", 1, &mut || {
        null_milter(folder, &unix(folder, "null")?)
    })?;
    add("rspamd", 1, &mut || {
        let inside = folder.join("rspamd");
        std::fs::create_dir_all(&inside)?;
        let socket = inside.join("milter.sock");
        let process = rspamd::start(&inside, &socket)?;
        Ok((
            Some(format!("unix:{}", socket.display())),
            Some(Running::Peer(process)),
        ))
    })?;
    add("Probity", 1, &mut || {
        probity(
            arguments,
            &folder.join("probity"),
            &unix(folder, "probity")?,
        )
    })?;
    add("null milter, TCP", 10, &mut || {
        null_milter(folder, &inet()?)
    })?;
    add("Probity, TCP", 10, &mut || {
        probity(arguments, &folder.join("probity-tcp"), &inet()?)
    })?;
    Ok(rows)
}

type Started = Result<(Option<String>, Option<Running>), Box<dyn Error>>;

fn unix(folder: &Path, name: &str) -> Result<String, Box<dyn Error>> {
    // Postfix runs as a user of its own, whose group may connect.
    let sockets = folder.join(format!("sockets-{name}"));
    std::fs::create_dir_all(&sockets)?;
    let groups = std::fs::read_to_string("/etc/group")?;
    let line = groups
        .lines()
        .find_map(|line| line.strip_prefix("postfix:x:"));
    let group = line
        .and_then(|line| line.split(':').next()?.parse().ok())
        .ok_or("there is no group `postfix`")?;
    chown(&sockets, None, Some(group))?;
    std::fs::set_permissions(&sockets, std::fs::Permissions::from_mode(0o2755))?;
    Ok(format!("unix:{}/milter.sock", sockets.display()))
}

fn inet() -> Result<String, Box<dyn Error>> {
    let address = ports::free()?;
    Ok(format!("inet:{}:{}", address.ip(), address.port()))
}

/// As libmilter spells addresses: `inet:PORT@HOST`.
fn null_milter(folder: &Path, milter: &str) -> Started {
    let program = peers::compile(
        "null-milter",
        "libmilter-dev",
        &["milter", "pthread"],
        folder,
    )?;
    let theirs = match milter.split(':').collect::<Vec<_>>()[..] {
        ["inet", host, port] => format!("inet:{port}@{host}"),
        _ => milter.to_owned(),
    };
    let mut command = Command::new(program);
    let process = Process::start(
        command
            .arg(theirs)
            .stdin(Stdio::null())
            .stdout(Stdio::null()),
    )?;
    listening("the null milter", milter)?;
    Ok((Some(milter.to_owned()), Some(Running::Peer(process))))
}

fn probity(arguments: &Arguments, folder: &Path, milter: &str) -> Started {
    let program = gate::program(arguments)?;
    let gate = Gate::start(
        &program,
        folder,
        &format!("[mail]\nlisten = \"{milter}\"\n"),
        None,
    )?;
    listening("probity", milter)?;
    Ok((Some(milter.to_owned()), Some(Running::Gate(gate))))
}

fn listening(what: &str, milter: &str) -> Result<(), Box<dyn Error>> {
    match milter.split_once(':') {
        Some(("unix", path)) => wait_until(what, SOON, || Path::new(path).exists())?,
        Some((_, address)) => wait_for_port(what, address.parse()?, SOON)?,
        None => (),
    }
    Ok(())
}

/// One listener for each row; everything accepted goes to a process that throws it away.
fn start_postfix(folder: &Path, rows: &[Row]) -> Result<(Postfix, Process), Box<dyn Error>> {
    let relay_to = ports::free()?;
    let mut sink = Command::new(peers::find("smtp-sink", "postfix")?);
    sink.args(["-u", "postfix", "-c"])
        .arg(relay_to.to_string())
        .arg("256");
    let sink = Process::start(
        sink.stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    )?;
    wait_for_port("smtp-sink", relay_to, SOON)?;
    let listener = |row: &Row| {
        let milter = row.milter.as_deref().unwrap_or_default();
        format!(
            "{} inet n - n - - smtpd\n  -o smtpd_milters={milter}",
            row.server
        )
    };
    let options = Options {
        relay_to,
        milter: None,
        main: [
            // Postfix wants a refusal in the list, though it is never reached.
            (
                "smtpd_relay_restrictions",
                "check_recipient_access static:OK, reject",
            ),
            (
                "smtpd_recipient_restrictions",
                "check_recipient_access static:OK, reject",
            ),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec(),
        master: rows.iter().map(listener).collect(),
        reinjection: None,
    };
    let inside = folder.join("postfix");
    std::fs::create_dir_all(&inside)?;
    std::fs::set_permissions(&inside, std::fs::Permissions::from_mode(0o755))?;
    let postfix = Postfix::start(&inside, &options)?;
    for row in rows {
        wait_for_port(row.name, row.server, SOON)?;
    }
    Ok((postfix, sink))
}

fn master_pid(folder: &Path) -> Result<u32, Box<dyn Error>> {
    let file = folder.join("postfix/queue/pid/master.pid");
    Ok(std::fs::read_to_string(file)?.trim().parse()?)
}

fn measure(
    postfix: &Postfix,
    master: u32,
    row: &Row,
    sessions: &[Session],
    connections: usize,
) -> Result<Run, Box<dyn Error>> {
    let filter = || {
        row.process
            .as_ref()
            .map_or(Duration::ZERO, |process| usage::cpu_of_tree(process.id()))
    };
    let (filter_before, postfix_before) = (filter(), usage::cpu_of_tree(master));
    let begun = Instant::now();
    let sent = smtp_load::send(row.server, sessions, connections)?;
    postfix.wait_until_delivered(Duration::from_secs(120))?;
    let took = begun.elapsed();
    if let Some((n, answer)) = &sent.refused {
        println!(
            "{}: {n} mails not taken, the last with `{answer}`",
            row.name
        );
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let n = sessions
        .iter()
        .map(|session| session.mails.len())
        .sum::<usize>() as f64;
    let each = |before: Duration, after: Duration| (after - before).as_secs_f64() * 1e3 / n;
    Ok(Run {
        rate: n / took.as_secs_f64(),
        end_of_data: sent.end_of_data,
        filter_ms: each(filter_before, filter()),
        postfix_ms: each(postfix_before, usage::cpu_of_tree(master)),
    })
}

/// The median run by each figure, and its ratio to the null milter's.
fn report(rows: &[Row], connections: usize, results: Vec<Vec<Run>>) {
    let median = |runs: &[Run], figure: &dyn Fn(&Run) -> f64| {
        let mut figures: Vec<f64> = runs.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
    };
    let at = |share: f64| move |run: &Run| run.end_of_data.quantile(share).as_secs_f64() * 1e3;
    let null = |tcp: bool| {
        let name = if tcp {
            "null milter, TCP"
        } else {
            "null milter"
        };
        let runs = rows
            .iter()
            .position(|row| row.name == name)
            .and_then(|row| results.get(row));
        runs.map(|runs| (median(runs, &|run| run.rate), median(runs, &at(0.99))))
    };
    for (row, runs) in rows.iter().zip(&results) {
        let (rate, p99) = (median(runs, &|run| run.rate), median(runs, &at(0.99)));
        let ratios = null(row.name.ends_with("TCP"))
            .filter(|_| row.process.is_some())
            .map_or(String::new(), |null| {
                format!(
                    "   rate {:.2}, p99 {:.2} of null",
                    rate / null.0,
                    p99 / null.1
                )
            });
        println!(
            "{:<22} {connections:>3} {rate:>8.0} {:>24} {:>12.2} {:>12.2}{ratios}",
            row.name,
            format!(
                "{:.1} / {:.1} / {p99:.1}",
                median(runs, &at(0.5)),
                median(runs, &at(0.95))
            ),
            median(runs, &|run| run.filter_ms),
            median(runs, &|run| run.postfix_ms),
        );
    }
}
