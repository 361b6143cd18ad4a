//! Who leaves, from whom a service was withdrawn, and what somebody reported about themselves.

use jiff::{Timestamp, Unit};
use matters::event::Act;
use matters::id::PersonId;
use matters::incident::{self, Incident};
use matters::withdrawal::{self, Kind, Withdrawal};
use register_store::Store;
use register_store::together::Together;

use super::{Days, hours_after, hr_feed, posts, who};
use crate::demo::council::hours_before;
use crate::failure::Failure;

/// Leaves later today.
const LEAVES_SOON: &str = "p010";
/// Has a service withdrawn.
const WITHOUT: &str = "p020";
/// Which.
const SERVICE: &str = "email";

/// The cast's leaver left an hour ago; somebody else leaves in some hours, to the minute.
pub(super) async fn whoever_goes(store: &Store, days: Days) -> Result<(), Failure> {
    let soon = hours_after(days.now, 4).round(Unit::Minute)?;
    store
        .together(async |together: &mut Together<'_>| -> Result<(), Failure> {
            leaves(together, "leaver", hours_before(days.now, 1), days).await?;
            leaves(together, LEAVES_SOON, soon, days).await?;
            withdrawn(together, days).await
        })
        .await
}

/// The personnel system says so, and a second source too.
async fn leaves(
    together: &mut Together<'_>,
    person: &str,
    effective_at: Timestamp,
    days: Days,
) -> Result<(), Failure> {
    let (person, at) = (PersonId::from(person), days.ago(7));
    let opening = withdrawal::Opening {
        person: person.clone(),
        kind: Kind::Leaving,
        effective_at,
        until: None,
    };
    let leaving = together
        .open_matter::<Withdrawal>(opening, &hr_feed(at))
        .await?;
    let image = together.image();
    let audience = image.people().person(&person).map(|known| &known.audience);
    let rules = &image.pack().people().withdrawal;
    let notifiers = audience.and_then(|audience| rules.notified_by.get(audience));
    let at = hours_after(at, 2);
    let second = notifiers.and_then(|names| who(image, &posts(names), &person, &[], at));
    if let Some(second) = second {
        let step = withdrawal::Step::Verify;
        together
            .take::<Withdrawal>(&leaving.id, step, &Act::by(&second, at))
            .await?;
    }
    Ok(())
}

async fn withdrawn(together: &mut Together<'_>, days: Days) -> Result<(), Failure> {
    let (person, at) = (PersonId::from(WITHOUT), days.ago(2));
    let settings = together.image().pack().people();
    let orderers = posts(&settings.withdrawal.ordered_by);
    let orderer = who(together.image(), &orderers, &person, &[], at);
    let Some(orderer) = orderer.filter(|_| settings.services.contains_key(SERVICE)) else {
        return Ok(());
    };
    let opening = withdrawal::Opening {
        person,
        kind: Kind::Partial {
            services: [SERVICE.to_owned()].into(),
        },
        effective_at: at,
        until: None,
    };
    let act = Act::by(&orderer, at).because("Until last week's messages have been talked about.");
    together.open_matter::<Withdrawal>(opening, &act).await?;
    Ok(())
}

/// Somebody says at once what happened to them.
pub(super) async fn a_report(store: &Store, days: Days) -> Result<(), Failure> {
    let opening = incident::Opening {
        kind: incident::Kind::Accident,
        words: "I followed a link in a message about a parcel and it opened this. I closed it."
            .to_owned(),
        happened_at: hours_before(days.now, 3),
        url: Some("http://adult.example/".to_owned()),
        message_id: None,
        implicated: None,
        key_sha256: None,
    };
    let act = Act::by(&"joss".into(), hours_before(days.now, 2));
    store.open_matter::<Incident>(opening, &act).await?;
    Ok(())
}
