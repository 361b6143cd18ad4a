//! Writing the stored facts anew, after a release that reads something else from the same matters.

use matters::id::MatterId;
use sqlx::Row as _;

use crate::db::Db;
use crate::error::StoreError;
use crate::kind::{self, FACT_FORMAT};

/// Matters read at once: a few megabytes.
const BATCH: i64 = 1_000;

/// Writes the fact of every matter that is not over, if they are of another format. All or nothing:
/// a process that is killed in between begins anew.
pub(crate) async fn facts(db: &Db) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    // Takes the row, so that no other process writes facts meanwhile.
    let head = "UPDATE register_head SET seq = seq WHERE id = 1 RETURNING fact_format";
    let head = sqlx::query(head).fetch_one(&mut *tx).await?;
    if head.try_get::<i64, _>(0)? == FACT_FORMAT {
        return Ok(());
    }
    let mut after = String::new();
    loop {
        let rows = sqlx::query(
            "SELECT id, kind, body FROM matters WHERE is_over = 0 AND id > $1 ORDER BY id LIMIT $2",
        )
        .bind(after.as_str())
        .bind(BATCH)
        .fetch_all(&mut *tx)
        .await?;
        let Some(last) = rows.last() else { break };
        after = last.try_get(0)?;
        for row in rows {
            let id = MatterId::from(row.try_get::<&str, _>(0)?);
            let Some(kind) = kind::named(row.try_get(1)?) else {
                continue;
            };
            let unreadable = StoreError::unreadable(id.as_str());
            let said = (kind.said)(row.try_get(2)?).map_err(unreadable)?;
            sqlx::query("UPDATE matters SET fact = $2 WHERE id = $1")
                .bind(id.as_str())
                .bind(said.fact_json(id.as_str())?)
                .execute(&mut *tx)
                .await?;
        }
    }
    sqlx::query("UPDATE register_head SET fact_format = $1 WHERE id = 1")
        .bind(FACT_FORMAT)
        .execute(&mut *tx)
        .await?;
    Ok(tx.commit().await?)
}
