//! What somebody's own page shows, over one connection: to give each question its own costs more than
//! to ask it.

use matters::id::PersonId;

use crate::error::StoreError;
use crate::matters_kept::{Found, Lists};
use crate::notices::{self, Notice};
use crate::store::Store;
use crate::tries::{self, Try};

/// Lists that were asked for, what a person was told, and what others tried as them.
#[derive(Debug)]
pub struct Overview {
    /// The lists.
    pub found: Found,
    /// Notices, newest first, at most 500.
    pub notices: Vec<Notice>,
    /// Tries, the latest first.
    pub tries: Vec<Try>,
}

impl Store {
    /// Reads all of it; of tries at most so many.
    pub async fn overview(
        &self,
        person: &PersonId,
        lists: Lists,
        most_tries: u32,
    ) -> Result<Overview, StoreError> {
        let mut sql = self.inner.db.readers().acquire().await?;
        Ok(Overview {
            found: lists.found(&mut sql).await?,
            notices: notices::to(person.as_str(), &mut sql).await?,
            tries: tries::tries_as(person, most_tries, &mut sql).await?,
        })
    }
}
