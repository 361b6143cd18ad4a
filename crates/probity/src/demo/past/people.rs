//! Who works at the council, where, for whom, and which post they hold.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use matters::authority::{Delegated, Holding};
use matters::event::Act;
use matters::id::{PersonId, UnitId};
use matters::people::{Employment, Person, Unit};
use policy::pack::Pack;
use register_store::Store;
use register_store::feeds::{Batch, Counts, RunStatus};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{Days, LONG_AGO, hr_feed};
use crate::demo::council::{self, OFFICER, address};
use crate::failure::Failure;

const DIRECTORATES: [(&str, &str); 3] = [
    ("place", "Place"),
    ("communities", "Communities"),
    ("resources", "Resources"),
];

/// Services, each with its directorate. The first is the cast's.
const SERVICES: [(&str, &str, &str); 6] = [
    (COMMON, "Planning", "place"),
    ("streets", "Streets and parks", "place"),
    ("housing", "Housing", "communities"),
    ("libraries", "Libraries", "communities"),
    ("finance", "Finance", "resources"),
    ("technology", "Information technology", "resources"),
];

/// The service the cast works in.
pub(super) const COMMON: &str = "planning";

/// Where posts of the whole council are placed.
const CENTRE: &str = "resources";

/// Posts of a unit that are held for a directorate rather than a service.
const OVER_DIRECTORATES: [&str; 2] = ["executive-director", "assistant-director"];

/// Whom line managers and others of a service answer to, where the pack has the post.
const OVER_SERVICE: &str = "head-of-service";

/// Names of post holders and managers; nobody else has these surnames.
const FORENAMES: [&str; 20] = [
    "Ada", "Bashir", "Cora", "Dilip", "Esme", "Finn", "Gwen", "Hamid", "Isla", "Jonah", "Kavita",
    "Leo", "Mona", "Niall", "Olga", "Pavel", "Ruth", "Sunil", "Thea", "Yusuf",
];
const SURNAMES: [&str; 5] = ["Ashby", "Quayle", "Rhys", "Sandhu", "Trent"];

/// Those who join in the last days, beside the cast's starter.
pub(super) const JOINERS: [&str; 3] = ["p300", "p301", "p302"];

/// Somebody who works here, without what differs.
fn person(id: &str, name: &str, audience: &str, pack: &Pack, since: Timestamp) -> Person {
    let zone = TimeZone::get(&pack.settings().zone).unwrap_or(TimeZone::UTC);
    let employed = Employment {
        from: since.to_zoned(zone).date(),
        until: None,
    };
    Person {
        id: id.into(),
        name: name.to_owned(),
        audience: audience.to_owned(),
        employee_number: None,
        job_title: None,
        unit: None,
        manager: None,
        sponsor: None,
        employed: vec![employed],
        absent: None,
        accounts: vec![id.to_owned()],
        addresses: vec![address(name)],
        private_addresses: Vec::new(),
        private_numbers: Vec::new(),
        extensions: Vec::new(),
        group: None,
        format: None,
        verified_at: Some(since),
    }
}

/// The first of a kind goes by its name alone.
fn id(name: &str, unit: &str, first: &str) -> String {
    match unit == first {
        true => name.to_owned(),
        false => format!("{name}-{unit}"),
    }
}

/// Places somebody in a service, under its manager. Councillors work for nobody.
fn placed(person: &mut Person, service: &str, pack: &Pack) {
    if person.audience == pack.people().withdrawal.councillor.audience {
        return;
    }
    let manager = PersonId::new(id("manager", service, COMMON));
    let entry = pack.people().entry.get(&person.audience);
    if entry.is_some_and(|entry| entry.sponsor) {
        person.sponsor = Some(manager.clone());
    }
    person.unit = Some(service.into());
    person.manager = Some(manager);
}

/// A post, the unit it is held for, and whoever holds it.
struct Seat {
    post: String,
    unit: Option<&'static str>,
    holder: String,
    audience: String,
}

fn seats(pack: &Pack) -> Vec<Seat> {
    let rules = &pack.people().withdrawal.councillor;
    let asked = rules
        .consulted
        .iter()
        .filter(|post| **post != rules.raised_by);
    let alternate = |post: &String| pack.people().posts.get(post)?.alternate.clone();
    let political: Vec<String> = asked
        .flat_map(|post| [Some(post.clone()), alternate(post)])
        .flatten()
        .collect();
    let mut seats = Vec::new();
    for (post, settings) in &pack.people().posts {
        let mut seat = |unit, holder| {
            let councillor = political.contains(post);
            seats.push(Seat {
                post: post.clone(),
                unit,
                holder,
                audience: if councillor { &rules.audience } else { OFFICER }.to_owned(),
            });
        };
        if !settings.of_unit {
            seat(None, post.clone());
            if political.contains(post) {
                // As many holders as there are groups.
                seat(None, format!("{post}-2"));
            }
        } else if OVER_DIRECTORATES.contains(&post.as_str()) {
            for (unit, _) in DIRECTORATES {
                let holder = match (post.as_str(), unit) {
                    // The cast's.
                    ("executive-director", "place") => "director".to_owned(),
                    _ => id(post, unit, "place"),
                };
                seat(Some(unit), holder);
            }
        } else {
            for (unit, ..) in SERVICES {
                seat(Some(unit), id(post, unit, COMMON));
            }
        }
    }
    seats
}

/// Managers and holders of posts.
fn leaders(pack: &Pack, seats: &[Seat], since: Timestamp) -> Vec<Person> {
    let mut leaders: Vec<Person> = Vec::new();
    let mut add = |id: &str, audience: &str, title: &str, unit: Option<&str>, manager: &str| {
        let place = leaders.len();
        let name = format!(
            "{} {}",
            FORENAMES[place % 20],
            SURNAMES[(place / 20) % SURNAMES.len()]
        );
        let mut leader = person(id, &name, audience, pack, since);
        if audience == OFFICER {
            leader.job_title = Some(title.to_owned());
            leader.unit = unit.map(UnitId::from);
            leader.manager = (manager != id).then(|| manager.into());
        }
        leaders.push(leader);
    };
    let over = |service: &str| id(OVER_SERVICE, service, COMMON);
    for (service, ..) in SERVICES {
        let manager = id("manager", service, COMMON);
        add(
            &manager,
            OFFICER,
            "Team manager",
            Some(service),
            &over(service),
        );
    }
    for seat in seats.iter().filter(|seat| seat.holder != "director") {
        let title = pack.people().posts.get(&seat.post);
        let title = title.map_or("", |post| &post.title);
        let is_of_service = seat
            .unit
            .filter(|unit| SERVICES.iter().any(|(id, ..)| id == unit));
        let manager = match is_of_service {
            Some(service) if seat.post != OVER_SERVICE => over(service),
            _ => "chief-executive".to_owned(),
        };
        let unit = seat.unit.unwrap_or(CENTRE);
        add(&seat.holder, &seat.audience, title, Some(unit), &manager);
    }
    leaders
}

/// The cast and the others, those alone who are new or those alone who are not.
fn staff(pack: &Pack, days: Days, new: bool) -> Vec<Person> {
    let is_new = |id: &str| id == "starter" || JOINERS.contains(&id);
    let since = if new { days.ago(1) } else { days.ago(LONG_AGO) };
    let known = council::cast(pack, days.now)
        .into_iter()
        .map(|one| (one, 0));
    let others = council::others(pack, council::OTHERS + JOINERS.len());
    let others = others.into_iter().enumerate();
    let all = known.chain(others.map(|(place, one)| (one, place % SERVICES.len())));
    all.filter(|(one, _)| is_new(&one.id) == new)
        .map(|(one, place)| {
            let councillor = &pack.people().withdrawal.councillor.audience;
            let audience = match one.id.as_str() {
                // There is always a councillor to certify.
                "p300" => councillor,
                _ => &one.audience,
            };
            let mut person = person(&one.id, &one.name, audience, pack, since);
            person.private_addresses = one.private_addresses;
            placed(&mut person, SERVICES[place].0, pack);
            match one.id.as_str() {
                "director" => {
                    person.unit = Some("place".into());
                    person.manager = Some("chief-executive".into());
                }
                "secretary" => person.manager = Some("director".into()),
                _ => (),
            }
            if new && person.id.as_str() != "p302" {
                person.verified_at = None;
            }
            person
        })
        .collect()
}

/// Everybody who is not new, as a first import from the personnel system, and their posts.
pub(super) async fn arrive(store: &Store, days: Days) -> Result<(), Failure> {
    let image = store.image();
    let pack = image.pack();
    let since = days.ago(LONG_AGO);
    let seats = seats(pack);
    let mut people = leaders(pack, &seats, since);
    let known: Vec<_> = people.iter().map(|leader| leader.id.clone()).collect();
    for leader in &mut people {
        // A folder's pack may lack the post above.
        let is_known = |manager: &PersonId| known.contains(manager);
        leader.manager = leader.manager.take().filter(is_known);
    }
    people.extend(staff(pack, days, false));
    let above = |parent: Option<&str>| parent.map(UnitId::from);
    let unit = |id: &str, name: &str, parent| Unit {
        id: id.into(),
        name: name.to_owned(),
        parent: above(parent),
    };
    let directorates = DIRECTORATES.map(|(id, name)| unit(id, name, None));
    let services = SERVICES.map(|(id, name, parent)| unit(id, name, Some(parent)));
    let units = directorates.into_iter().chain(services).collect();
    import(store, people, units, since).await?;
    for seat in &seats {
        store.appoint(seat.held(since), &hr_feed(since)).await?;
    }
    written_delegation(store, days).await
}

impl Seat {
    fn held(&self, from: Timestamp) -> Holding {
        Holding {
            post: self.post.as_str().into(),
            unit: self.unit.map(UnitId::from),
            person: self.holder.as_str().into(),
            from,
            until: None,
        }
    }
}

/// One holder of a post lets somebody act for them.
async fn written_delegation(store: &Store, days: Days) -> Result<(), Failure> {
    let image = store.image();
    let elsewhere = |held: &&Holding| {
        held.post.as_str() == OVER_SERVICE
            && held
                .unit
                .as_ref()
                .is_some_and(|unit| unit.as_str() != COMMON)
    };
    let Some(held) = image.posts().holdings().iter().find(elsewhere) else {
        return Ok(());
    };
    let service = held.unit.as_ref().map_or(COMMON, |unit| unit.as_str());
    let given = Delegated {
        reference: "SCHEME-7".to_owned(),
        post: held.post.clone(),
        unit: held.unit.clone(),
        by: held.person.clone(),
        to: PersonId::new(id("manager", service, COMMON)),
        from: days.ago(14),
        until: days.ahead(60),
    };
    let act = Act::by(&held.person, days.ago(14)).because("I am away for some weeks.");
    Ok(store.delegate(given, &act).await?)
}

/// Those who begin these days, as the personnel system brings them with one row it cannot.
pub(super) async fn join(store: &Store, days: Days) -> Result<(), Failure> {
    let people = staff(store.image().pack(), days, true);
    import(store, people, Vec::new(), days.ago(1)).await
}

/// One run of the personnel system's feed.
async fn import(
    store: &Store,
    people: Vec<Person>,
    units: Vec<Unit>,
    at: Timestamp,
) -> Result<(), Failure> {
    let rows = serde_json::to_vec(&people)?;
    let sha256 = hex(&Sha256::digest(rows));
    let set_aside = json!({
        "row": people.len() + 2,
        "field": "start",
        "reason": "`31/04` is no day",
        "hint": "write the day of the month as it is in the calendar",
        "about": "9041",
        "set_aside": "row",
    });
    let run = store.begin_run("hr", &sha256, 1, at).await?;
    let batch = Batch {
        units,
        counts: Counts {
            added: people.len() as u64,
            quarantined: 1,
            ..Counts::default()
        },
        people,
        quarantined: vec![set_aside],
        ..Batch::default()
    };
    store.keep_batch(run, batch, &hr_feed(at)).await?;
    Ok(store.finish_run(run, RunStatus::Done, at).await?)
}

/// Bytes as hexadecimal text.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
