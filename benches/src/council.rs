//! A council of the size councils have, in a database: 5,000 people, each with twenty signatures over
//! the years and twenty permissions in force.

use std::error::Error;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use matters::authority::Holding;
use matters::event::{Act, Actor};
use matters::people::Person;
use matters::permission::{self, Permission};
use policy::pack::Pack;
use register_store::Store;
use sqlx::{AnyConnection, Connection as _, Executor as _};

/// People in it: `person-1`, `person-2` …; `desk` holds the service desk.
pub const PEOPLE: u32 = 5_000;
/// Signatures of each, all but one superseded.
pub const VERSIONS: u32 = 20;
/// Permissions of each.
pub const PERMISSIONS: u32 = 20;

/// Fills the tables with one person's rows as the store writes them, and copies of those.
pub async fn fill(url: &str, pack: &Arc<Pack>) -> Result<(), Box<dyn Error>> {
    let store = Store::open(url, pack.clone()).await?;
    let at: Timestamp = "2026-03-02T09:00:00Z".parse()?;
    let feed = Act::of(Actor::Feed("hr".to_owned()), at);
    let people = ["person-0", "desk"].map(person);
    store.put_people(people, [], &feed).await?;
    let desk = Holding {
        post: "service-desk".into(),
        unit: None,
        person: "desk".into(),
        from: at,
        until: None,
    };
    store.appoint(desk, &feed).await?;
    let opening = permission::Opening {
        person: "person-0".into(),
        kind: "bulk-mail".to_owned(),
        scope: Vec::new(),
        why: "the spring campaign".to_owned(),
        when: permission::When::Ahead {
            from: at,
            until: at + SignedDuration::from_hours(24 * 20),
        },
    };
    let asked = Act::by(&"person-0".into(), at);
    let kept = store.open_matter::<Permission>(opening, &asked).await?;
    let approve = permission::Step::Approve {
        narrowed: permission::Narrowed::default(),
    };
    let given = Act::by(&"desk".into(), at);
    store
        .take::<Permission>(&kept.id, None, approve, &given)
        .await?;
    store.ask_for_signatures(at, &feed).await?;
    store.close().await;
    let mut sql = AnyConnection::connect(url).await?;
    let text = COPIES
        .replace(":people", &PEOPLE.to_string())
        .replace(":versions", &VERSIONS.to_string())
        .replace(":permissions", &PERMISSIONS.to_string());
    sql.execute(sqlx::AssertSqlSafe(text)).await?;
    Ok(())
}

/// Copies of the first person's rows. Of the signatures all but one are superseded.
const COPIES: &str = "
CREATE TEMP TABLE n AS
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people)
    SELECT i FROM n;
INSERT INTO people SELECT 'person-' || i, changed_at, replace(body, 'person-0', 'person-' || i)
    FROM people, n WHERE id = 'person-0' AND i < :people;
INSERT INTO matters SELECT people.i || '-' || n.i || '-' || id, kind, 'person-' || people.i,
    CASE WHEN kind = 'acceptance' AND n.i > 1 THEN 'superseded' ELSE state END,
    kind = 'acceptance' AND n.i > 1, kind = 'acceptance' AND n.i > 1,
    about, version, due_at, opened_at, changed_at,
    CASE WHEN kind = 'acceptance' AND n.i > 1 THEN NULL ELSE fact END,
    replace(body, 'person-0', 'person-' || people.i)
    FROM matters, n, n AS people WHERE subject = 'person-0'
    AND n.i <= (CASE WHEN kind = 'acceptance' THEN :versions ELSE :permissions END);
DELETE FROM matters WHERE subject = 'person-0';
";

fn person(id: &str) -> Person {
    Person {
        id: id.into(),
        name: "Somebody with a name".to_owned(),
        audience: "officer".to_owned(),
        employee_number: Some("1234567".to_owned()),
        job_title: Some("Highways inspector".to_owned()),
        unit: None,
        manager: Some("desk".into()),
        sponsor: None,
        employed: Vec::new(),
        absent: None,
        accounts: vec![id.to_owned()],
        addresses: vec![format!("{id}@council.example")],
        private_addresses: vec![format!("{id}@home.example")],
        private_numbers: Vec::new(),
        extensions: Vec::new(),
        group: None,
        format: None,
        verified_at: None,
    }
}
