//! The files of a journal directory: which segments there are, and how they are named.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::format::MAX_INDEX;

const SUFFIX: &str = ".journal";
const DIGITS: usize = 20;

/// Where the segment that begins with entry `first` is kept.
pub(crate) fn segment_path(dir: &Path, first: u64) -> PathBuf {
    dir.join(format!("{first:020}{SUFFIX}"))
}

/// First entry of every segment in the directory, ascending.
///
/// A directory is not read in one instant: a segment begun meanwhile may be missed and a later one
/// be seen. But whatever was begun before the last one seen is there when the directory is read
/// again, so there is never a gap.
pub(crate) fn list(dir: &Path) -> io::Result<Vec<u64>> {
    let seen = read_names(dir)?;
    let mut firsts = read_names(dir)?;
    firsts.retain(|first| seen.last().is_some_and(|last| first <= last));
    Ok(firsts)
}

/// Other files are not ours.
fn read_names(dir: &Path) -> io::Result<Vec<u64>> {
    let mut firsts = Vec::new();
    for file in fs::read_dir(dir)? {
        let name = file?.file_name();
        let digits = name.to_str().and_then(|name| name.strip_suffix(SUFFIX));
        let digits = digits.filter(|d| d.len() == DIGITS && d.bytes().all(|b| b.is_ascii_digit()));
        let first = digits.and_then(|digits| digits.parse::<u64>().ok());
        // No journal gets that far; a file named so must not make counting on overflow.
        firsts.extend(first.filter(|first| *first <= MAX_INDEX));
    }
    firsts.sort_unstable();
    Ok(firsts)
}

/// Makes created and renamed files of a directory survive a power cut.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
