//! A made-up council under Walsall's policy: a handful of people and the posts they hold.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use jiff::{SignedDuration, Timestamp};
use matters::access_request::{self, AccessRequest, Wanted};
use matters::authority::Holding;
use matters::event::{Act, Actor};
use matters::id::{MatterId, PersonId, PostId, UnitId};
use matters::people::{Person, Unit};
use matters::permission::{self, Permission, When};
use matters::signing_method::{self, SigningMethod, Step};
use policy::pack::{Files, Pack};
use register_store::Store;
use register_store::matters_kept::Kept;

/// Who holds which post; of the whole council, except the first.
const POSTS: [(&str, &str); 4] = [
    ("head", "head-of-service"),
    ("desk", "service-desk"),
    ("it", "assistant-director-it"),
    ("hpp", "head-of-public-protection"),
];

/// The two posts that Walsall asks about signing.
const AUDIT: &str = "chief-internal-auditor";
const TRANSFORMATION: &str = "strategic-transformation";

static PACK: LazyLock<Arc<Pack>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/walsall");
    let mut files = Files::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let inside = path.strip_prefix(&root).unwrap().to_str().unwrap();
                files.insert(inside.to_owned(), std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    Arc::new(Pack::load(&files).unwrap())
});

pub fn pack() -> Arc<Pack> {
    PACK.clone()
}

/// So many hours after a Monday morning.
pub fn hour(hours: i64) -> Timestamp {
    let monday: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
    monday + SignedDuration::from_hours(hours)
}

pub fn by(who: &str, hours: i64) -> Act {
    Act::by(&who.into(), hour(hours))
}

pub fn hr_feed(hours: i64) -> Act {
    Act::of(Actor::Feed("hr".to_owned()), hour(hours))
}

pub fn person(id: &str) -> Person {
    Person {
        id: id.into(),
        name: format!("{id} of Walsall"),
        audience: "officer".to_owned(),
        employee_number: None,
        job_title: None,
        unit: Some("streets".into()),
        manager: (id != "head").then(|| "head".into()),
        sponsor: None,
        employed: Vec::new(),
        absent: None,
        accounts: vec![id.to_owned()],
        addresses: vec![format!("{id}@walsall.example")],
        private_addresses: Vec::new(),
        private_numbers: Vec::new(),
        extensions: Vec::new(),
        group: None,
        format: None,
        verified_at: None,
    }
}

pub fn holding(person: &str, post: &str, unit: Option<&str>) -> Holding {
    Holding {
        post: post.into(),
        unit: unit.map(UnitId::from),
        person: person.into(),
        from: hour(-1_000),
        until: None,
    }
}

/// Fills an empty register: `ann` works for `head`, and each post above has its holder.
pub async fn settle(store: &Store) {
    let feed = hr_feed(-100);
    let streets = Unit {
        id: "streets".into(),
        name: "Streets".to_owned(),
        parent: None,
    };
    let holders = POSTS.iter().map(|(id, _)| person(id));
    let people = holders.chain([person("ann"), person("bob")]);
    store.put_people(people, [streets], &feed).await.unwrap();
    for (id, post) in POSTS {
        let unit = (id == "head").then_some("streets");
        store.appoint(holding(id, post, unit), &feed).await.unwrap();
    }
}

/// Both posts that Walsall asks agree to how people sign on a page, unless they have.
pub async fn agree_to_signing(store: &Store) {
    if store.image().world().signs_on_a_page() {
        return;
    }
    let feed = hr_feed(-100);
    for (who, post) in [("desk", AUDIT), ("hpp", TRANSFORMATION)] {
        store
            .appoint(holding(who, post, None), &feed)
            .await
            .unwrap();
    }
    let opening = signing_method::Opening {
        description: "The password again, then a button under the words.".to_owned(),
    };
    let (first, second) = (by("desk", -99), by("hpp", -98));
    let proposed = store.open_matter::<SigningMethod>(opening, &first);
    let id = proposed.await.unwrap().id;
    let agreed = store.take::<SigningMethod>(&id, None, Step::Agree, &second);
    agreed.await.unwrap();
}

/// What `ann` asks for: one email to a great many people.
pub fn bulk_mail() -> permission::Opening {
    asked("bulk-mail", &[])
}

/// Test purchases, of which five are good.
pub fn purchases() -> permission::Opening {
    asked("public-protection-purchase", &["shop.example"])
}

fn asked(kind: &str, scope: &[&str]) -> permission::Opening {
    permission::Opening {
        person: "ann".into(),
        kind: kind.to_owned(),
        scope: scope.iter().map(|&name| name.to_owned()).collect(),
        why: "the spring campaign".to_owned(),
        when: When::Ahead {
            from: hour(0),
            until: hour(100),
        },
    }
}

/// A permission in force.
pub async fn granted(store: &Store, opening: permission::Opening) -> Kept<Permission> {
    let decider = match opening.kind.as_str() {
        "bulk-mail" => "desk",
        _ => "hpp",
    };
    let asked = store
        .open_matter::<Permission>(opening, &by("ann", 0))
        .await
        .unwrap();
    let step = permission::Step::Approve {
        narrowed: permission::Narrowed::default(),
    };
    store
        .take(&asked.id, Some(asked.version), step, &by(decider, 1))
        .await
        .unwrap()
}

/// A request of `ann`'s for a service.
pub async fn requested(store: &Store, service: &str) -> Kept<AccessRequest> {
    let opening = access_request::Opening {
        person: "ann".into(),
        service: service.to_owned(),
        wanted: Wanted {
            need: "letters to residents".to_owned(),
            equipment: None,
            until: None,
            sponsor: None,
        },
        paper: None,
    };
    let draft = store
        .open_matter::<AccessRequest>(opening, &by("ann", 0))
        .await
        .unwrap();
    step(store, &draft.id, access_request::Step::Submit, "ann", 0).await
}

/// Takes a step of a request that cannot be refused.
pub async fn step(
    store: &Store,
    id: &MatterId,
    step: access_request::Step,
    who: &str,
    hours: i64,
) -> Kept<AccessRequest> {
    store.take(id, None, step, &by(who, hours)).await.unwrap()
}

pub fn id(person: &str) -> PersonId {
    person.into()
}

pub fn post(post: &str) -> PostId {
    post.into()
}
