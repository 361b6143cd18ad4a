//! Voicemail, as call records tell of it: who has some that nobody has listened to.

use jiff::Timestamp;
use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId};
use matters::machine::Machine as _;
use matters::voicemail::{Opening, Step, Voicemail};
use sqlx::Row as _;

use crate::change::Change;
use crate::error::StoreError;

/// Who acts when a call record tells of it.
const RECORDS: &str = "call-records";

/// What a voicemail system did in one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its entry in the record.
    pub entry: u64,
    /// When it was.
    pub at: Timestamp,
    /// When the record heard of it: no step is dated before that.
    pub learned: Timestamp,
    /// Whose telephone it was at.
    pub person: PersonId,
    /// Which.
    pub extension: String,
    /// Whether the mailbox was listened to; else a message was left in it.
    pub is_listening: bool,
}

impl Change<'_> {
    pub(crate) async fn voicemail_told(
        &mut self,
        record: &str,
        told: &Told,
    ) -> Result<(), StoreError> {
        // Somebody may be gone since.
        if self.image.people().person(&told.person).is_none() {
            return Ok(());
        }
        let mut act = Act::of(Actor::Rule(RECORDS.to_owned()), told.learned);
        act.evidence.push(format!("{record}/{}", told.entry));
        let waiting = sqlx::query(
            "SELECT id FROM matters WHERE kind = $1 AND subject = $2 AND is_over = 0 LIMIT 1",
        )
        .bind(Voicemail::KIND)
        .bind(told.person.as_str())
        .fetch_optional(self.sql())
        .await?;
        let waiting = waiting.map(|row| row.try_get::<String, _>(0)).transpose()?;
        match (waiting.map(MatterId::new), told.is_listening) {
            (Some(id), true) => {
                let step = Step::Listen {
                    listened_at: told.at,
                };
                self.take::<Voicemail>(&id, None, step, &act).await?;
            }
            (Some(id), false) => {
                let step = Step::Leave { left_at: told.at };
                self.take::<Voicemail>(&id, None, step, &act).await?;
            }
            (None, true) => {}
            (None, false) => {
                let opening = Opening {
                    person: told.person.clone(),
                    extension: told.extension.clone(),
                    left_at: told.at,
                };
                self.open_matter::<Voicemail>(opening, &act).await?;
            }
        }
        Ok(())
    }
}
