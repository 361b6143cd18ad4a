//! The memory that messages of all sessions share while they are gathered.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Memory is counted in steps of this many bytes: one semaphore call serves an ordinary message.
const STEP: usize = 64 * 1024;

/// The shared memory.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    steps: Arc<Semaphore>,
    wait: Duration,
}

/// There was no room in time. The holder of a part must let go of it: whoever waits for room
/// while holding some could wait for the others for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no memory left for another message")]
pub(crate) struct NoRoom;

/// One message's share.
#[derive(Debug, Default)]
pub(crate) struct Share {
    permit: Option<OwnedSemaphorePermit>,
    n_steps: usize,
}

impl Memory {
    pub(crate) fn new(bytes: usize, wait: Duration) -> Self {
        Self {
            steps: Arc::new(Semaphore::new((bytes / STEP).min(Semaphore::MAX_PERMITS))),
            wait,
        }
    }
}

impl Share {
    /// Widens the share to at least this many bytes, waiting a little for others to finish.
    pub(crate) async fn widen(&mut self, memory: &Memory, bytes: usize) -> Result<(), NoRoom> {
        let wanted = bytes.div_ceil(STEP);
        let Some(more) = wanted.checked_sub(self.n_steps).filter(|&more| more > 0) else {
            return Ok(());
        };
        let n = u32::try_from(more).map_err(|_| NoRoom)?;
        let steps = memory.steps.clone();
        let more = match steps.clone().try_acquire_many_owned(n) {
            Ok(permit) => permit,
            Err(_) => match timeout(memory.wait, steps.acquire_many_owned(n)).await {
                Ok(Ok(permit)) => permit,
                _ => return Err(NoRoom),
            },
        };
        self.n_steps = wanted;
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            empty => *empty = Some(more),
        }
        Ok(())
    }

    /// Gives everything back.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_share_grows_until_the_whole_is_used_up() {
        let memory = Memory::new(4 * STEP, Duration::from_secs(5));
        let (mut one, mut other) = (Share::default(), Share::default());
        one.widen(&memory, 1).await.unwrap();
        one.widen(&memory, STEP).await.unwrap();
        other.widen(&memory, 3 * STEP).await.unwrap();
        assert_eq!(memory.steps.available_permits(), 0);
        assert_eq!(one.widen(&memory, STEP + 1).await, Err(NoRoom));
        other.clear();
        one.widen(&memory, 4 * STEP).await.unwrap();
        drop(one);
        assert_eq!(memory.steps.available_permits(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_ends_when_somebody_else_is_done() {
        let memory = Memory::new(STEP, Duration::from_secs(5));
        let (mut one, mut other) = (Share::default(), Share::default());
        one.widen(&memory, 1).await.unwrap();
        let (widened, ()) = tokio::join!(other.widen(&memory, 1), async { one.clear() });
        widened.unwrap();
    }
}
