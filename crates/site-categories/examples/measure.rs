//! Measures build, opening and lookup.
//!
//! `measure 5000000` makes that many domains (the same each time) in ten
//! categories; `measure FOLDER` takes real lists. Opening and lookups run in a
//! process of their own, so that its memory is not the build's.
#![allow(
    clippy::unwrap_used,
    reason = "a measurement stops at the first trouble"
)]

use site_categories::{Categories, Match, Options, build};
use std::hint::black_box;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

const HOSTS: usize = 200_000;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[1..] {
        ["--open", file, questions] => ask(Path::new(file), Path::new(questions)),
        [lists] => measure(lists),
        _ => eprintln!("usage: measure COUNT|FOLDER"),
    }
}

fn measure(lists: &str) {
    let work = tempfile::tempdir().unwrap();
    let (folder, names) = match lists.parse::<u64>() {
        Ok(count) => (
            work.path().join("lists"),
            generate(&work.path().join("lists"), count),
        ),
        Err(_) => (PathBuf::from(lists), Vec::new()),
    };
    let out = work.path().join("sites");
    let start = Instant::now();
    let report = build(
        &folder,
        &out,
        Options {
            max_bad_percent: 100,
            ..Options::default()
        },
    )
    .unwrap();
    println!(
        "build: {:.1} s, peak {} MB",
        start.elapsed().as_secs_f64(),
        memory("VmHWM:")
    );
    println!(
        "{} rows, {} entries, {} categories, {} sets, file {:.1} MB, version {}",
        report.reading.rows,
        report.entries,
        report.categories.len(),
        report.sets,
        report.file_bytes as f64 / 1e6,
        report.version.short()
    );
    println!("unused: {:?}", report.reading.unused);
    for note in report.reading.notes.iter().take(10) {
        println!("  {note}");
    }
    let questions = work.path().join("questions");
    let mut file = BufWriter::new(std::fs::File::create(&questions).unwrap());
    let mut random = Random(7);
    for n in 0..HOSTS {
        // One in ten is on a list, as a host below the entry; the others are not.
        let name = match names.get(random.next() as usize % names.len().max(1)) {
            Some(name) if n % 10 == 0 => format!("www.{name}"),
            _ => format!("www.{}", random.domain()),
        };
        writeln!(file, "{name}").unwrap();
    }
    drop(file);
    let me = std::env::current_exe().unwrap();
    std::process::Command::new(me)
        .arg("--open")
        .arg(&out)
        .arg(&questions)
        .status()
        .unwrap();
}

fn ask(file: &Path, questions: &Path) {
    let before = memory("VmRSS:");
    let start = Instant::now();
    let categories = Categories::open(file).unwrap();
    println!("open: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    println!(
        "resident: {} MB, of which {before} MB before opening",
        memory("VmRSS:")
    );
    let hosts: Vec<String> = BufReader::new(std::fs::File::open(questions).unwrap())
        .lines()
        .map(|line| line.unwrap())
        .collect();
    for round in 1..=5 {
        let (mut found, start) = (0, Instant::now());
        for host in &hosts {
            let answer = categories.lookup(black_box(host), "/news/2024/some-page.html?from=home");
            found += u32::from(matches!(black_box(answer), Match::Found(_)));
        }
        let each = start.elapsed().as_nanos() / hosts.len() as u128;
        println!(
            "round {round}: {each} ns a lookup, {found} of {} found",
            hosts.len()
        );
    }
}

fn generate(folder: &Path, count: u64) -> Vec<String> {
    let mut random = Random(42);
    let mut sample = Vec::new();
    for category in 0..10 {
        let path = folder.join(format!("category-{category}"));
        std::fs::create_dir_all(&path).unwrap();
        let mut file = BufWriter::new(std::fs::File::create(path.join("domains")).unwrap());
        for n in 0..count / 10 {
            let name = random.domain();
            writeln!(file, "{name}").unwrap();
            if n % 25 == 0 {
                sample.push(name);
            }
        }
    }
    sample
}

/// SplitMix64: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Four to seven syllables and a suffix, some with a host in front.
    fn domain(&mut self) -> String {
        const SYLLABLES: [&str; 32] = [
            "ba", "ce", "di", "fo", "gu", "hal", "ing", "jo", "ka", "lem", "mo", "net", "or", "pi",
            "qui", "ra", "sa", "ton", "ub", "ver", "web", "xa", "yo", "zen", "shop", "blog", "art",
            "bet", "cam", "dat", "ell", "far",
        ];
        const SUFFIXES: [&str; 16] = [
            "com", "com", "com", "com", "com", "com", "net", "org", "co.uk", "de", "fr", "ru",
            "info", "xyz", "top", "com.br",
        ];
        let mut name = String::new();
        if self.next().is_multiple_of(6) {
            name.push_str(&format!("h{}.", self.next() % 100));
        }
        for _ in 0..4 + self.next() % 4 {
            name.push_str(SYLLABLES[self.next() as usize % 32]);
        }
        if self.next().is_multiple_of(5) {
            name.push_str(&format!("{}", self.next() % 1000));
        }
        name.push('.');
        name.push_str(SUFFIXES[self.next() as usize % 16]);
        name
    }
}

/// A figure of this process from the kernel, in megabytes.
fn memory(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(what)).unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        / 1000
}
