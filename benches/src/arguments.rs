//! What a benchmark is told on its command line.

use std::path::PathBuf;

/// Flags and options of all the benchmarks; each uses what concerns it.
#[derive(Debug, Default)]
pub struct Arguments {
    /// A short run, to see that all works: its figures are not worth keeping.
    pub quick: bool,
    /// Where files under measurement are kept; its disk is the one measured.
    pub dir: Option<PathBuf>,
    /// A folder of real mails, one a file, instead of made ones.
    pub mails: Option<PathBuf>,
    /// The `probity` program to measure, instead of the one built beside the benchmark.
    pub probity: Option<PathBuf>,
    /// Only rows whose name holds one of these texts; all if there are none.
    pub only: Vec<String>,
}

impl Arguments {
    /// Reads the command line; the error is the text to show.
    pub fn read() -> Result<Self, String> {
        let mut arguments = Self::default();
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || {
                words
                    .next()
                    .ok_or_else(|| format!("`{word}` needs a value"))
            };
            match word.as_str() {
                "--quick" => arguments.quick = true,
                "--dir" => arguments.dir = Some(value()?.into()),
                "--mails" => arguments.mails = Some(value()?.into()),
                "--probity" => arguments.probity = Some(value()?.into()),
                "--only" => arguments.only.push(value()?),
                _ => {
                    return Err(format!(
                        "`{word}` is not known: --quick, --dir DIR, --mails DIR, --probity FILE, --only TEXT"
                    ));
                }
            }
        }
        Ok(arguments)
    }

    /// Whether this row is to be measured.
    pub fn wants(&self, row: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|text| row.contains(text))
    }

    /// The parent of temporary folders.
    pub fn parent(&self) -> PathBuf {
        self.dir.clone().unwrap_or_else(std::env::temp_dir)
    }
}
