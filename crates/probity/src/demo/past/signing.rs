//! Who signed which version of the policy, who did not, and why.

use jiff::Timestamp;
use matters::acceptance::{Acceptance, Method, Opening, Step};
use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId};
use matters::people::Employment;
use matters::signing_method::{self, SigningMethod};
use register_store::Store;
use register_store::image::Image;
use register_store::matters_kept::{Filter, Kept};
use register_store::together::Together;
use sha2::{Digest as _, Sha256};

use super::people::hex;
use super::{AT_ONCE, Days, access, hr_feed};
use crate::failure::Failure;

/// Was away when everybody was asked, and is back: the cast's.
const BACK: &str = "revised";
/// Said no.
const DECLINED: &str = "p013";
/// Is away for long.
const AWAY: &str = "p014";
/// Never answered.
const OVERDUE: &str = "p012";

/// How people sign on a page.
const METHOD: &str = "Everybody signs under their own sign-in, having read the text and given \
                      their password again; name, moment and words are kept on the record.";

/// Those who signed an earlier version and not yet the one in force.
const UNSIGNED: [&str; 4] = [BACK, DECLINED, AWAY, OVERDUE];

fn adoption(at: Timestamp) -> Act {
    Act::of(Actor::Rule("adoption".to_owned()), at)
}

/// Whether somebody did not sign the version in force.
pub(super) fn is_unsigned(person: &PersonId) -> bool {
    UNSIGNED.contains(&person.as_str())
}

/// Whoever the policy asks agrees to how people sign on a page, before anybody does.
pub(super) async fn agreed(store: &Store, at: Timestamp) -> Result<(), Failure> {
    let image = store.image();
    let mut method: Option<MatterId> = None;
    for post in &image.pack().people().signing.agreed_by {
        let mut held = image.posts().holdings().iter();
        let Some(held) = held.find(|held| held.post.as_str() == post) else {
            continue;
        };
        let act = Act::by(&held.person, at);
        method = Some(match method {
            None => {
                let opening = signing_method::Opening {
                    description: METHOD.to_owned(),
                };
                let proposed = store.open_matter::<SigningMethod>(opening, &act);
                proposed.await?.id
            }
            Some(id) => {
                let step = signing_method::Step::Agree;
                let agreed = store.take::<SigningMethod>(&id, None, step, &act);
                agreed.await?.id
            }
        });
    }
    Ok(())
}

/// Those who have not signed the version in force signed one before, and were given access then.
pub(super) async fn an_earlier_version(store: &Store, days: Days) -> Result<(), Failure> {
    let at = days.ago(365);
    store
        .together(async |together: &mut Together<'_>| -> Result<(), Failure> {
            for person in UNSIGNED.map(PersonId::from) {
                let Some(opening) = opening(together.image(), &person, at) else {
                    continue;
                };
                let asked = together.open_matter(opening, &adoption(at)).await?;
                sign(together, &asked, at).await?;
                access::given(together, &person, at).await?;
            }
            Ok(())
        })
        .await
}

fn opening(image: &Image, person: &PersonId, at: Timestamp) -> Option<Opening> {
    let known = image.people().person(person)?;
    let edition = image.pack().edition_of(&known.audience);
    let text = image.pack().edition_text(edition)?;
    Some(Opening {
        person: person.clone(),
        edition: edition.to_owned(),
        version: text.version,
        text_sha256: text.sha256,
        in_force_at: at,
    })
}

/// Everybody is asked, and nearly everybody signs.
pub(super) async fn the_version_in_force(store: &Store, days: Days) -> Result<(), Failure> {
    let (day, next) = (days.into_force(0), days.into_force(1));
    all_asked(store, day, day).await?;
    for asked in unsigned(store).await?.chunks(AT_ONCE) {
        store
            .together(async |together: &mut Together<'_>| -> Result<(), Failure> {
                for asked in asked {
                    if !is_unsigned(&asked.matter.person) {
                        sign(together, asked, next).await?;
                    }
                }
                Ok(())
            })
            .await?;
    }
    decline(store, next).await?;
    for (who, until) in [(BACK, days.ago(3)), (AWAY, days.ahead(60))] {
        away(store, &who.into(), Some((next, until)), next).await?;
    }
    Ok(())
}

async fn all_asked(store: &Store, in_force: Timestamp, at: Timestamp) -> Result<(), Failure> {
    while store.ask_for_signatures(in_force, &adoption(at)).await? > 0 {}
    Ok(())
}

/// Signatures that are asked for and not given.
async fn unsigned(store: &Store) -> Result<Vec<Kept<Acceptance>>, Failure> {
    let mut filter = Filter {
        is_over: Some(false),
        limit: 500,
        ..Filter::default()
    };
    let mut all = Vec::new();
    loop {
        let page = store.matters::<Acceptance>(&filter).await?;
        filter.after = page.items.last().map(|last| last.id.clone());
        let open = |kept: &Kept<Acceptance>| !kept.matter.stands();
        all.extend(page.items.into_iter().filter(open));
        if !page.more {
            return Ok(all);
        }
    }
}

/// Reads and signs, in their own name.
pub(super) async fn sign(
    together: &mut Together<'_>,
    asked: &Kept<Acceptance>,
    at: Timestamp,
) -> Result<(), Failure> {
    let format = "html".to_owned();
    let statement = &together.image().pack().people().acceptance.statement;
    let text_sha256 = asked.matter.text_sha256.clone();
    let mut act = Act::by(&asked.matter.person, at);
    let accept = Step::Accept {
        format: format.clone(),
        text_sha256: text_sha256.clone(),
        statement: statement.clone(),
        method: Method::Electronic {
            authenticated_at: at,
        },
    };
    let form = Sha256::digest(format!("{statement}\n{text_sha256}"));
    let read = Step::Opened { format };
    together.take::<Acceptance>(&asked.id, read, &act).await?;
    act.form_sha256 = Some(hex(&form));
    together.take::<Acceptance>(&asked.id, accept, &act).await?;
    Ok(())
}

async fn decline(store: &Store, at: Timestamp) -> Result<(), Failure> {
    let who = PersonId::from(DECLINED);
    let why = "I would like to talk about how my private messages are treated first.";
    let act = Act::by(&who, at).because(why);
    for asked in unsigned(store).await? {
        if asked.matter.person == who {
            let version = Some(asked.version);
            store
                .take::<Acceptance>(&asked.id, version, Step::Decline, &act)
                .await?;
        }
    }
    Ok(())
}

/// The personnel system says that somebody is away for long, or is back.
async fn away(
    store: &Store,
    who: &PersonId,
    between: Option<(Timestamp, Timestamp)>,
    at: Timestamp,
) -> Result<(), Failure> {
    let image = store.image();
    let Some(known) = image.people().person(who) else {
        return Ok(());
    };
    let zone = jiff::tz::TimeZone::get(&image.pack().settings().zone);
    let zone = zone.unwrap_or(jiff::tz::TimeZone::UTC);
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let person = matters::people::Person {
        absent: between.map(|(from, until)| Employment {
            from: day(from),
            until: Some(day(until)),
        }),
        ..known.clone()
    };
    Ok(store.put_person(person, &hr_feed(at)).await?)
}

/// Back from long absence: due again. Those who joined are asked too, and some have signed.
pub(super) async fn who_is_back(store: &Store, days: Days) -> Result<(), Failure> {
    away(store, &BACK.into(), None, days.ago(2)).await?;
    let at = days.ago(1);
    all_asked(store, days.into_force(0), at).await?;
    let asked = unsigned(store).await?;
    store
        .together(async |together: &mut Together<'_>| -> Result<(), Failure> {
            for asked in &asked {
                if ["p301", "p302"].contains(&asked.matter.person.as_str()) {
                    sign(together, asked, at).await?;
                }
            }
            Ok(())
        })
        .await
}
