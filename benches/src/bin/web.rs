//! The web gate, beside c-icap and e2guardian: asked directly, and through Squid. Probity decides by
//! the Walsall pack, knows the people and five million listed domains, and records every answer;
//! c-icap's echo lets everything through; its `srv_url_check` and e2guardian look the host up in the
//! same list.
//!
//! Everything shares the machine, the driver too, so ratios in one run count, not rates.

use std::error::Error;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use benches::arguments::Arguments;
use benches::closed_loop::{self, Done};
use benches::gate::{self, Gate};
use benches::http_load::Get;
use benches::icap_load::{LetThrough, Reqmod, block_page, istag, reqmod};
use benches::usage::Paused;
use benches::web_peers::{self, Checks, Server};
use benches::{sites, usage};
use end_to_end::ports;
use end_to_end::process::wait_until;
use end_to_end::temp::Folder;

const CONNECTIONS: usize = 32;
const URLS: usize = 50_000;
/// Through Squid fewer hosts, as it remembers each.
const PROXY_URLS: usize = 20_000;
const PROXY_HOSTS: usize = 2_000;

struct Scale {
    domains: usize,
    span: Duration,
    runs: usize,
    reloads: usize,
}

/// A service to put requests to.
struct Row {
    name: &'static str,
    address: SocketAddr,
    service: &'static str,
    let_through: LetThrough,
    pid: u32,
}

/// Makes every service but this one stand still.
fn only(name: &str, rows: &[Row]) -> Paused {
    let others = rows.iter().filter(|row| row.name != name);
    Paused::trees(others.map(|row| row.pid))
}

impl Row {
    fn of(name: &'static str, server: &Server, service: &'static str) -> Self {
        Self {
            name,
            address: server.address,
            service,
            let_through: LetThrough::NoModification,
            pid: server.process.id(),
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read()?;
    let scale = match arguments.quick {
        true => Scale {
            domains: 200_000,
            span: Duration::from_secs(1),
            runs: 1,
            reloads: 5,
        },
        false => Scale {
            domains: 5_000_000,
            span: Duration::from_secs(5),
            runs: 3,
            reloads: 100,
        },
    };
    let folder = Folder::new("bench-web")?;
    let program = gate::program(&arguments)?;
    let plain = folder.join("listed");
    let refused = sites::write_lists(&folder.join("lists"), &plain, scale.domains)?;
    let categories = folder.join("categories");
    build_categories(&program, &folder.join("lists"), &categories)?;

    let gate_address = ports::free()?;
    let sections = format!(
        "[web]\nlisten = \"{gate_address}\"\nproxies = [\"127.0.0.1\"]\nuser_names = \"base64\"\n"
    );
    let gate = Gate::start(
        &program,
        &folder.join("probity"),
        &sections,
        Some(&categories),
    )?;
    let before = (usage::resident(gate.id()), usage::pss_of_tree(gate.id()));
    println!(
        "{} domains: ready after {:.2} s, {:.1} MB of lists resident (goals ≤ 1 s, ≤ 100 MB), \
         {:.1} MB in all\n",
        scale.domains,
        gate.ready_after.as_secs_f64(),
        usage::resident_of_file(gate.id(), &categories),
        before.0
    );

    let echo = told("c-icap echo", web_peers::c_icap(&folder.join("echo"), None));
    let checking = told(
        "c-icap url_check",
        web_peers::c_icap(&folder.join("url-check"), Some(&plain)),
    );
    let mut guardians = Vec::new();
    for (name, checks) in [
        ("e2guardian", Checks::Packaged),
        ("e2guardian list only", Checks::ListAlone),
    ] {
        let inside = folder.join(format!("e2guardian-{}", guardians.len()));
        let started = told(name, web_peers::e2guardian(&inside, &plain, checks));
        guardians.extend(started.map(|server| (name, server)));
    }
    let mut rows = Vec::new();
    rows.extend(
        echo.as_ref()
            .map(|server| Row::of("c-icap echo", server, "echo")),
    );
    rows.extend(
        checking
            .as_ref()
            .map(|server| Row::of("c-icap url_check", server, "url_check")),
    );
    rows.extend(guardians.iter().map(|(name, server)| Row {
        let_through: LetThrough::Copy,
        ..Row::of(name, server, "reqmod")
    }));
    rows.push(Row {
        name: "Probity",
        address: gate_address,
        service: "reqmod",
        let_through: LetThrough::NoModification,
        pid: gate.id(),
    });
    rows.retain(|row| arguments.wants(row.name));

    directly(&rows, &scale)?;
    for row in &rows {
        println!(
            "{:<20} {:>8.1} MB resident, {:>8.1} MB PSS",
            row.name,
            usage::resident(row.pid),
            usage::pss_of_tree(row.pid)
        );
    }
    show_block_page(gate_address, &refused)?;
    reload_under_load(
        &program,
        folder.path(),
        &categories,
        gate_address,
        scale.reloads,
    )?;
    drop(checking);
    rows.retain(|row| row.name != "c-icap url_check");
    through_squid(folder.path(), &rows, &scale)?;
    // Only now: after a block page it spoils the next answer of the same thread.
    for (name, server) in &mut guardians {
        match refusal(server.address, &refused) {
            Ok(_) => println!("{name}: refuses what is listed"),
            Err(error) => println!("{name}: NOT REFUSED, its rows do not count: {error}"),
        }
        // It would take SIGTERM and stay.
        server.process.kill();
    }
    let log = gate.log();
    if !log.is_empty() {
        println!(
            "\nprobity said {} lines, the last: {}",
            log.lines().count(),
            log.lines().last().unwrap_or_default()
        );
    }
    Ok(())
}

/// Says why a peer is missing.
fn told<T>(name: &str, started: Result<T, Box<dyn Error>>) -> Option<T> {
    started
        .inspect_err(|missing| println!("without {name}: {missing}\n"))
        .ok()
}

/// What takes the place of a page that is on the lists.
fn refusal(server: SocketAddr, listed: &str) -> std::io::Result<Vec<u8>> {
    let url = format!("http://{listed}/");
    block_page(server, &reqmod(server, "reqmod", 1, listed, &url))
}

fn build_categories(program: &Path, lists: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    let built = Command::new(program)
        .args(["categories", "build"])
        .arg(lists)
        .arg("--out")
        .arg(out)
        .output()?;
    if !built.status.success() {
        return Err(format!(
            "categories build: {}",
            String::from_utf8_lossy(&built.stderr)
        )
        .into());
    }
    #[expect(clippy::cast_precision_loss, reason = "megabytes for people")]
    let megabytes = fs::metadata(out)?.len() as f64 / 1e6;
    println!(
        "lists built in {:.1} s into {megabytes:.1} MB",
        begun.elapsed().as_secs_f64()
    );
    Ok(())
}

struct Figures {
    rate: f64,
    p50: f64,
    p99: f64,
    cpu: Vec<f64>,
    failed: usize,
}

/// One run, with processor microseconds for each good answer of each process.
fn run(
    pids: &[u32],
    load: impl FnOnce() -> std::io::Result<Done>,
) -> Result<Figures, Box<dyn Error>> {
    let before: Vec<Duration> = pids.iter().map(|pid| usage::cpu_of_tree(*pid)).collect();
    let done = load()?;
    #[expect(clippy::cast_precision_loss, reason = "microseconds for people")]
    let each = |spent: Duration| spent.as_secs_f64() * 1e6 / done.good.max(1) as f64;
    let cpu = pids
        .iter()
        .zip(before)
        .map(|(pid, before)| each(usage::cpu_of_tree(*pid) - before))
        .collect();
    let millis = |share| done.latencies.quantile(share).as_secs_f64() * 1e3;
    Ok(Figures {
        rate: done.rate,
        p50: millis(0.5),
        p99: millis(0.99),
        cpu,
        failed: done.failed,
    })
}

fn median(runs: &[Figures], figure: impl Fn(&Figures) -> f64) -> f64 {
    let mut figures: Vec<f64> = runs.iter().map(figure).collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

fn directly(rows: &[Row], scale: &Scale) -> Result<(), Box<dyn Error>> {
    let urls = sites::urls(URLS, URLS);
    let mut results: Vec<Vec<Figures>> = rows.iter().map(|_| Vec::new()).collect();
    for turn in 0..=scale.runs {
        for (row, results) in rows.iter().zip(&mut results) {
            let _others = only(row.name, rows);
            let requests = Reqmod::new(row.address, row.service, row.let_through, &urls);
            let figures = run(&[row.pid], || {
                closed_loop::run(row.address, requests, CONNECTIONS, scale.span)
            })?;
            // The first turn is for warming up.
            if turn > 0 {
                results.push(figures);
            }
        }
    }
    println!(
        "ICAP REQMOD, {CONNECTIONS} connections, median of {} runs of {:?}",
        scale.runs, scale.span
    );
    println!(
        "{:<20} {:>10} {:>10} {:>8} {:>8} {:>10} {:>8}",
        "", "requests/s", "/ echo", "p50 ms", "p99 ms", "CPU µs", "failed"
    );
    table(
        &rows.iter().map(|row| row.name).collect::<Vec<_>>(),
        "c-icap echo",
        &results,
    );
    println!("goals: ≥ 1.00 of echo's rate, p99 ≤ 2 × echo's\n");
    Ok(())
}

fn table(names: &[&str], base: &str, results: &[Vec<Figures>]) {
    let rate = |runs: &[Figures]| median(runs, |figures| figures.rate);
    let base = names
        .iter()
        .position(|name| *name == base)
        .and_then(|row| results.get(row))
        .map_or(f64::NAN, |runs| rate(runs));
    for (name, runs) in names.iter().zip(results) {
        let n_processes = runs.first().map_or(0, |figures| figures.cpu.len());
        let cpu: Vec<String> = (0..n_processes)
            .map(|n| {
                format!(
                    "{:.1}",
                    median(runs, |figures| figures
                        .cpu
                        .get(n)
                        .copied()
                        .unwrap_or(f64::NAN))
                )
            })
            .collect();
        println!(
            "{name:<20} {:>10.0} {:>10.2} {:>8.2} {:>8.2} {:>10} {:>8}",
            rate(runs),
            rate(runs) / base,
            median(runs, |figures| figures.p50),
            median(runs, |figures| figures.p99),
            cpu.join(" / "),
            runs.iter().map(|figures| figures.failed).sum::<usize>(),
        );
    }
}

fn show_block_page(gate: SocketAddr, refused: &str) -> Result<(), Box<dyn Error>> {
    let page = refusal(gate, refused)?;
    let text = String::from_utf8_lossy(&page);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let said = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "))
        .and_then(|length| length.parse::<usize>().ok());
    println!(
        "block page: {}, {} bytes, {}, {} (goal: 403, whole, ≤ 8192 bytes)\n",
        head.lines().next().unwrap_or_default(),
        body.len(),
        if said == Some(body.len()) {
            "Content-Length right"
        } else {
            "Content-Length WRONG"
        },
        if body.trim_end().ends_with("</html>") {
            "whole"
        } else {
            "NOT WHOLE"
        },
    );
    Ok(())
}

/// New lists again and again, each taken up before the next comes, while pages are asked for.
fn reload_under_load(
    program: &Path,
    folder: &Path,
    live: &Path,
    gate: SocketAddr,
    times: usize,
) -> Result<(), Box<dyn Error>> {
    let (first, second) = (folder.join("first"), folder.join("second"));
    fs::copy(live, &first)?;
    fs::write(
        folder
            .join("lists")
            .join(sites::CATEGORIES[0])
            .join("domains"),
        "another.example\n",
    )?;
    build_categories(program, &folder.join("lists"), &second)?;
    let done = AtomicBool::new(false);
    let urls = sites::urls(URLS, URLS);
    let (mut good, mut failed) = (0, 0);
    let mut taken_up = 0;
    std::thread::scope(|scope| -> Result<(), Box<dyn Error>> {
        let swapping = scope.spawn(|| -> Result<usize, String> {
            let swapped = swap(&[second, first], live, gate, times);
            done.store(true, Ordering::Release);
            swapped.map_err(|error| error.to_string())
        });
        while !done.load(Ordering::Acquire) {
            let run = closed_loop::run(
                gate,
                Reqmod::new(gate, "reqmod", LetThrough::NoModification, &urls),
                CONNECTIONS,
                Duration::from_secs(2),
            )?;
            good += run.good;
            failed += run.failed;
        }
        taken_up = swapping
            .join()
            .map_err(|_| "the swapping thread panicked")??;
        Ok(())
    })?;
    println!(
        "{taken_up} reloads under load: {failed} failed of {} requests (goal: none)\n",
        good + failed
    );
    Ok(())
}

fn swap(
    files: &[PathBuf; 2],
    live: &Path,
    gate: SocketAddr,
    times: usize,
) -> Result<usize, Box<dyn Error>> {
    for n in 0..times {
        let before = istag(gate, "reqmod")?;
        let newer = live.with_extension("new");
        fs::copy(&files[n % 2], &newer)?;
        fs::rename(&newer, live)?;
        wait_until("the new lists", Duration::from_secs(10), || {
            istag(gate, "reqmod").is_ok_and(|tag| tag != before)
        })?;
    }
    Ok(times)
}

fn through_squid(folder: &Path, rows: &[Row], scale: &Scale) -> Result<(), Box<dyn Error>> {
    let Some(origin) = told("Squid", web_peers::nginx(&folder.join("nginx"))) else {
        return Ok(());
    };
    let urls = sites::urls(PROXY_URLS, PROXY_HOSTS);
    let mut hosts: Vec<String> = urls.iter().map(|(host, _)| host.clone()).collect();
    hosts.sort();
    hosts.dedup();
    let mut squids = Vec::new();
    let plain = [("Squid plain", None)];
    let asking = rows
        .iter()
        .map(|row| (row.name, Some(format!("{}/{}", row.address, row.service))));
    for (name, service) in plain.into_iter().chain(asking) {
        let inside = folder.join(format!("squid-{}", squids.len()));
        match told(
            name,
            web_peers::squid(&inside, origin.address, &hosts, service.as_deref()),
        ) {
            Some(squid) => squids.push((name, squid)),
            None => return Ok(()),
        }
    }
    let mut results: Vec<Vec<Figures>> = squids.iter().map(|_| Vec::new()).collect();
    for turn in 0..=scale.runs {
        for ((name, squid), results) in squids.iter().zip(&mut results) {
            let _others = only(name, rows);
            let figures = run(&[squid.process.id()], || {
                closed_loop::run(squid.address, Get::new(&urls), CONNECTIONS, scale.span)
            })?;
            if turn > 0 {
                results.push(figures);
            }
        }
    }
    println!(
        "through Squid, {CONNECTIONS} connections, median of {} runs of {:?}",
        scale.runs, scale.span
    );
    println!(
        "{:<20} {:>10} {:>10} {:>8} {:>8} {:>10} {:>8}",
        "", "requests/s", "/ echo", "p50 ms", "p99 ms", "Squid µs", "failed"
    );
    table(
        &squids.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        "c-icap echo",
        &results,
    );
    println!("goal: ≥ 0.95 of echo's rate");
    Ok(())
}
