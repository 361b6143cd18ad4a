//! Asking everybody for their signature: when a version comes into force, and when somebody joins.

use std::collections::BTreeMap;

use jiff::Timestamp;
use matters::acceptance::{Acceptance, Opening};
use matters::event::Act;
use matters::id::PersonId;
use matters::machine::Machine;

use crate::error::StoreError;
use crate::image::Image;
use crate::kind::{Fact, Outcome};
use crate::store::Store;

/// Most people one call asks: well under a second, in which others wait for their turn.
const BATCH: usize = 200;

impl Store {
    /// Begins an acceptance for everybody whom the policy in force binds and who has none, at most
    /// 200, and gives how many. Call it again while it gives any. What they signed of earlier
    /// versions is superseded with it.
    ///
    /// `in_force_at` is when the version came or comes into force; `act` is a feed's or a rule's.
    pub async fn ask_for_signatures(
        &self,
        in_force_at: Timestamp,
        act: &Act,
    ) -> Result<usize, StoreError> {
        if self.image().unasked(act.at).next().is_none() {
            return Ok(0);
        }
        let mut change = self.change().await?;
        let unasked = change.image.unasked(act.at).take(BATCH);
        let unasked: Vec<_> = unasked
            .map(|(person, edition)| (person.clone(), edition.to_owned()))
            .collect();
        let mut texts = BTreeMap::new();
        let mut asked = 0;
        for (person, edition) in unasked {
            let text = texts
                .entry(edition.clone())
                .or_insert_with(|| change.image.pack.edition_text(&edition));
            let Some(text) = text else { continue };
            let opening = Opening {
                person,
                edition,
                version: text.version.clone(),
                text_sha256: text.sha256.clone(),
                in_force_at,
            };
            let world = change.image.world();
            let taken = Acceptance::open(opening, act, &world)?;
            let outcome =
                Outcome::of(taken, &world).map_err(StoreError::unreadable(Acceptance::KIND))?;
            change.open(Acceptance::PREFIX, outcome, act).await?;
            asked += 1;
        }
        change.commit().await?;
        Ok(asked)
    }
}

impl Image {
    /// Whom the policy in force binds and who was not asked to sign it, with their edition.
    fn unasked(&self, now: Timestamp) -> impl Iterator<Item = (&PersonId, &str)> {
        let settings = self.pack().settings();
        let zone = jiff::tz::TimeZone::get(&settings.zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let today = now.to_zoned(zone).date();
        self.people().all().filter_map(move |person| {
            let gone = person.employed.last().and_then(|spell| spell.until);
            let bound = settings.people.entry.contains_key(&person.audience)
                && gone.is_none_or(|last| today <= last);
            let edition = self.pack().edition_of(&person.audience);
            let asked = |(_, fact): (_, &Fact)| match fact {
                Fact::Signature {
                    version,
                    edition: asked,
                    ..
                } => *version == settings.version && asked == edition,
                _ => false,
            };
            (bound && !self.facts(&person.id).any(asked)).then_some((&person.id, edition))
        })
    }
}
