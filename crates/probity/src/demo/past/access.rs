//! Who asked for which service, and how far that has come.

use jiff::Timestamp;
use matters::access_request::{AccessRequest, Opening, Stage, Step, Wanted};
use matters::event::{Act, Actor};
use matters::id::PersonId;
use matters::machine::Machine as _;
use register_store::Store;
use register_store::image::Image;
use register_store::matters_kept::Kept;
use register_store::together::Together;

use super::{AT_ONCE, Days, hours_after, posts, signing, who};
use crate::demo::council;
use crate::failure::Failure;

/// Services that gates stand before.
const GATED: [&str; 2] = ["email", "internet"];

/// Steps a request takes at most until it is in use.
const STEPS: i64 = 8;

/// Every how many of the others are on the internet. All have email.
const ONLINE: usize = 3;

/// Everybody who signed has what they need. The cast is on the internet too.
pub(super) async fn everybody(store: &Store, days: Days) -> Result<(), Failure> {
    let image = store.image();
    let at = days.into_force(2);
    let cast = council::cast(image.pack(), days.now);
    let mut people: Vec<_> = image.people().all().map(|person| &person.id).collect();
    people.sort_unstable();
    people.retain(|person| !signing::is_unsigned(person));
    let people: Vec<_> = people.into_iter().enumerate().collect();
    for people in people.chunks(AT_ONCE) {
        store
            .together(async |together: &mut Together<'_>| -> Result<(), Failure> {
                for (place, person) in people {
                    let is_cast = cast.iter().any(|one| one.id == person.as_str());
                    if is_cast || place % ONLINE == 0 {
                        given(together, person, at).await?;
                    } else {
                        asked(together, person, GATED[0], Stage::Active, at).await?;
                    }
                }
                Ok(())
            })
            .await?;
    }
    Ok(())
}

/// Somebody is given every service that gates stand before.
pub(super) async fn given(
    together: &mut Together<'_>,
    person: &PersonId,
    at: Timestamp,
) -> Result<(), Failure> {
    for service in GATED {
        asked(together, person, service, Stage::Active, at).await?;
    }
    Ok(())
}

/// Somebody asks for a service, and it goes as far as `last` or as it can. A pack may not have the
/// service, or no way in for the person.
async fn asked(
    together: &mut Together<'_>,
    person: &PersonId,
    service: &str,
    last: Stage,
    at: Timestamp,
) -> Result<Option<Kept<AccessRequest>>, Failure> {
    let Some(opening) = opening(together.image(), person, service, at) else {
        return Ok(None);
    };
    let mut request = together
        .open_matter::<AccessRequest>(opening, &Act::by(person, at))
        .await?;
    for hours in 1..STEPS {
        let next = next(&request.matter, together.image(), hours_after(at, hours));
        let Some((step, act)) = next.filter(|_| request.matter.stage != last) else {
            break;
        };
        request = together.take(&request.id, step, &act).await?;
    }
    Ok(Some(request))
}

fn opening(image: &Image, person: &PersonId, service: &str, at: Timestamp) -> Option<Opening> {
    let settings = image.pack().people();
    let known = image.people().person(person)?;
    let entry = settings.entry.get(&known.audience)?;
    settings.services.contains_key(service).then(|| Opening {
        person: person.clone(),
        service: service.to_owned(),
        wanted: Wanted {
            need: "My daily work.".to_owned(),
            equipment: None,
            until: entry.end_date.then(|| hours_after(at, 24 * 365)),
            sponsor: known.sponsor.clone(),
        },
        paper: None,
    })
}

/// What comes next on the way into use, and somebody who may do it.
fn next(request: &AccessRequest, image: &Image, at: Timestamp) -> Option<(Step, Act)> {
    let settings = image.pack().people();
    let person = image.people().person(&request.person)?;
    let entry = settings.entry.get(&person.audience)?;
    let decider = |names| decider(request, image, names, at);
    Some(match request.stage {
        Stage::Draft => (Step::Submit, Act::by(&request.requester, at)),
        Stage::AwaitingAuthorisation => (Step::Authorise, decider(&entry.authorised_by)?),
        Stage::AwaitingCertification => (Step::Certify, decider(&entry.certified_by)?),
        Stage::AwaitingPermission => (Step::Permit, decider(&settings.access.permitted_by)?),
        Stage::Provisioning => {
            let connector = Actor::Feed("directory".to_owned());
            (Step::Provisioned, Act::of(connector, at))
        }
        _ => return None,
    })
}

fn decider(request: &AccessRequest, image: &Image, names: &[String], at: Timestamp) -> Option<Act> {
    let mut named = vec![request.requester.clone()];
    named.extend(request.wanted.sponsor.clone());
    let decider = who(image, &posts(names), &request.person, &named, at)?;
    Some(Act::by(&decider, at))
}

/// Requests that wait: for whoever authorises, for a certificate, for HR, for whoever permits, for
/// the service desk; and one that was refused.
pub(super) async fn in_hand(store: &Store, days: Days) -> Result<(), Failure> {
    let at = hours_after(days.ago(1), 1);
    let waiting = [
        ("starter", GATED[0], Stage::AwaitingAuthorisation),
        ("starter", GATED[1], Stage::Draft),
        ("p300", GATED[0], Stage::AwaitingCertification),
        ("p301", GATED[0], Stage::Permitted),
        ("p302", GATED[0], Stage::Provisioning),
        ("p005", "mobile", Stage::AwaitingPermission),
        ("p006", "telephone", Stage::Provisioning),
    ];
    store
        .together(async |together: &mut Together<'_>| -> Result<(), Failure> {
            for (person, service, last) in waiting {
                asked(together, &person.into(), service, last, at).await?;
            }
            let to_refuse = Stage::AwaitingAuthorisation;
            let asked = asked(together, &"p007".into(), "mobile", to_refuse, at).await?;
            let Some(request) = asked.filter(|asked| asked.matter.stage == to_refuse) else {
                return Ok(());
            };
            refuse(together, &request, hours_after(at, 3)).await
        })
        .await
}

async fn refuse(
    together: &mut Together<'_>,
    request: &Kept<AccessRequest>,
    at: Timestamp,
) -> Result<(), Failure> {
    let image = together.image();
    let settings = image.pack().people();
    let person = image.people().person(request.matter.subject());
    let entry = person.and_then(|person| settings.entry.get(&person.audience));
    let act = entry.and_then(|entry| decider(&request.matter, image, &entry.authorised_by, at));
    let clause = settings.access.clauses.first().cloned();
    if let (Some(act), Some(clause)) = (act, clause) {
        let act = act.because("Your team has a telephone that it shares.");
        let step = Step::Refuse { clause };
        together
            .take::<AccessRequest>(&request.id, step, &act)
            .await?;
    }
    Ok(())
}
