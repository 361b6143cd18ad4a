//! Several steps that stand together or not at all.

use matters::event::Act;
use matters::id::MatterId;
use matters::machine::Machine;

use crate::change::Change;
use crate::error::StoreError;
use crate::image::Image;
use crate::kind::Stored;
use crate::matters_kept::Kept;
use crate::store::Store;

/// Steps in one transaction. Each is judged by the register as those before it leave it.
pub struct Together<'s> {
    change: Change<'s>,
    /// Something else than a refusal went wrong, so part of a step may stand in the transaction.
    is_torn: bool,
}

impl Store {
    /// Takes many steps in one transaction: what is entered at once, such as a pile of forms, costs
    /// one commit. Nothing of it stands if `steps` fails. Others wait for their turn meanwhile, at
    /// most some seconds: a few hundred steps are a good number.
    pub async fn together<T, E: From<StoreError>>(
        &self,
        steps: impl AsyncFnOnce(&mut Together<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut together = Together {
            change: self.change().await?,
            is_torn: false,
        };
        let done = steps(&mut together).await?;
        if together.is_torn {
            let passed_over = "a step failed, and those beside it cannot stand without it";
            return Err(StoreError::from(sqlx::Error::Protocol(passed_over.to_owned())).into());
        }
        together.change.commit().await?;
        Ok(done)
    }
}

impl Together<'_> {
    /// The register as it will stand after the steps so far.
    pub fn image(&self) -> &Image {
        &self.change.image
    }

    /// As [`Store::open_matter`]. A refusal may be passed over: nothing of it happened.
    pub async fn open_matter<M: Stored>(
        &mut self,
        opening: <M as Machine>::Opening,
        act: &Act,
    ) -> Result<Kept<M>, StoreError> {
        let opened = self.change.open_matter(opening, act).await;
        self.noted(opened)
    }

    /// As [`Store::take`], whatever the version.
    pub async fn take<M: Stored>(
        &mut self,
        id: &MatterId,
        step: <M as Machine>::Step,
        act: &Act,
    ) -> Result<Kept<M>, StoreError> {
        let taken = self.change.take(id, None, step, act).await;
        self.noted(taken)
    }

    fn noted<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        self.is_torn |= matches!(&result, Err(error) if !matches!(error, StoreError::Refused(_)));
        result
    }
}
