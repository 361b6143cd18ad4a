//! What the benchmarks share: samples and how they are told.
//!
//! Speeds are compared with a named peer in the same run, because a figure alone says more about
//! the machine than about the program.

pub mod arguments;
pub mod closed_loop;
pub mod council;
pub mod duck;
pub mod gate;
pub mod http_load;
pub mod icap_load;
pub mod mails;
pub mod peers;
pub mod random;
pub mod rspamd;
pub mod sites;
pub mod smtp_load;
pub mod usage;
pub mod web_peers;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// Durations of many runs of the same thing.
#[derive(Debug, Default)]
pub struct Samples(Vec<Duration>);

impl Samples {
    /// Times `n` runs, each with its number, after a tenth as many for warming up.
    pub fn take(n: usize, mut run: impl FnMut(usize)) -> Self {
        (0..n / 10).for_each(&mut run);
        let mut samples = Vec::with_capacity(n);
        for i in 0..n {
            let start = Instant::now();
            run(i);
            samples.push(start.elapsed());
        }
        Self::of(samples)
    }

    /// From durations measured elsewhere.
    pub fn of(mut samples: Vec<Duration>) -> Self {
        samples.sort_unstable();
        Self(samples)
    }

    /// The value below which this share of the samples lies; 0.5 is the median.
    pub fn quantile(&self, share: f64) -> Duration {
        let last = self.0.len().saturating_sub(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss
        )]
        let place = (last as f64 * share.clamp(0.0, 1.0)).round() as usize;
        self.0.get(place).copied().unwrap_or_default()
    }

    /// One line: median and 99th percentile in microseconds.
    pub fn line(&self, what: &str) -> String {
        format!(
            "{what:<52} median {:>9.2} µs   p99 {:>9.2} µs",
            micros(self.quantile(0.5)),
            micros(self.quantile(0.99))
        )
    }
}

/// A duration in microseconds.
pub fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// The files of a pack in this repository.
pub fn pack_files(name: &str) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../policies")
        .join(name);
    let mut files = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let (Ok(text), Ok(inside)) =
                (std::fs::read_to_string(&path), path.strip_prefix(&root))
            {
                files.insert(inside.to_string_lossy().into_owned(), text);
            }
        }
    }
    files
}
