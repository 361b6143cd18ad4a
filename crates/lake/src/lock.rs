//! One writer at a time on this machine.

use std::fs::File;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

use crate::error::LakeError;

/// Held by the process that changes the lake; given back when dropped, and by the system when the
/// process dies.
#[derive(Debug)]
pub struct WriterLock(#[expect(dead_code, reason = "held, not used")] File);

impl WriterLock {
    /// Takes it, unless another process holds it.
    pub fn take(path: impl AsRef<Path>) -> Result<Self, LakeError> {
        let path = path.as_ref();
        let mut options = File::options();
        let file = options.write(true).create(true).truncate(false).mode(0o600);
        let file = file.open(path).map_err(LakeError::file(path))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self(file)),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(LakeError::Locked { path: path.into() }),
            Err(errno) => Err(LakeError::file(path)(errno.into())),
        }
    }
}
