//! The few calls on which durability rests, in one place so that tests can let them fail.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// The real disk; in tests of this crate, one that fails when told.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    #[cfg(test)]
    pub(crate) faults: Faults,
}

/// Which calls are to fail.
#[cfg(test)]
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) sync: std::sync::atomic::AtomicBool,
    pub(crate) write: std::sync::atomic::AtomicBool,
    pub(crate) write_ahead: std::sync::atomic::AtomicBool,
    pub(crate) set_len: std::sync::atomic::AtomicBool,
}

#[cfg(test)]
fn fail(fault: &std::sync::atomic::AtomicBool) -> io::Result<()> {
    match fault.load(std::sync::atomic::Ordering::SeqCst) {
        true => Err(io::Error::other("told to fail")),
        false => Ok(()),
    }
}

impl Disk {
    pub(crate) fn write(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        #[cfg(test)]
        if let Err(e) = fail(&self.faults.write) {
            // As a full disk does: some of it was written.
            file.write_all_at(&bytes[..bytes.len() / 2], offset)?;
            return Err(e);
        }
        file.write_all_at(bytes, offset)
    }

    /// Fills a stretch with zeros that are really written, so that syncing what later stands there
    /// changes nothing about the file itself. A stretch only reserved would not do.
    pub(crate) fn write_ahead(&self, file: &File, stretch: Range<u64>) -> io::Result<()> {
        let bytes = usize::try_from(stretch.end.saturating_sub(stretch.start)).unwrap_or(0);
        let zeros = vec![0; bytes];
        #[cfg(test)]
        if let Err(e) = fail(&self.faults.write_ahead) {
            file.write_all_at(&zeros[..bytes / 2], stretch.start)?;
            return Err(e);
        }
        file.write_all_at(&zeros, stretch.start)
    }

    pub(crate) fn sync(&self, file: &File) -> io::Result<()> {
        #[cfg(test)]
        fail(&self.faults.sync)?;
        file.sync_data()
    }

    pub(crate) fn set_len(&self, file: &File, bytes: u64) -> io::Result<()> {
        #[cfg(test)]
        fail(&self.faults.set_len)?;
        file.set_len(bytes)
    }

    /// Bytes an ordinary user may still write.
    pub(crate) fn free_bytes(&self, dir: &Path) -> io::Result<u64> {
        let volume = rustix::fs::statvfs(dir)?;
        Ok(volume.f_bavail.saturating_mul(volume.f_frsize))
    }
}
