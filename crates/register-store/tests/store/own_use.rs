//! What people see of their own use, and what they declare to be personal.

use jiff::SignedDuration;
use matters::id::MatterId;
use matters::machine::Refused;
use register_store::own_use::{Kind, LISTED, OwnAct, PagePrices, Used};
use register_store::{Store, StoreError};
use reports::entry::{Channel, Volume};
use reports::month::Month;

use crate::council::{by, hour, id, settle};
use crate::engines::{Database, on_both};

on_both!(
    figures_add_up_and_the_record_is_read_once,
    what_is_too_old_goes,
    a_declaration_is_an_event_that_names_every_entry,
    nobody_declares_for_others_or_twice_or_late,
);

const RECORD: &str = "council/record";

fn month(name: &str) -> Month {
    name.parse().unwrap()
}

fn volume(count: u64, millionths: u64) -> Volume {
    Volume {
        count,
        seconds: 60 * count,
        millionths,
        ..Volume::default()
    }
}

fn call(entry: u64, who: &str, hours: i64) -> OwnAct {
    OwnAct {
        entry,
        person: id(who),
        at: hour(hours),
        channel: Channel::Call,
        action: "call-out".to_owned(),
        other: "+441922654321".to_owned(),
        volume: volume(1, 170_000),
        is_colour: false,
        is_private: false,
        part_of: None,
    }
}

fn used(of: &str, acts: Vec<OwnAct>) -> Used {
    let mut used = Used::default();
    for act in acts {
        let kind = Kind {
            person: act.person.clone(),
            month: month(of),
            channel: act.channel,
            action: act.action.clone(),
        };
        *used.figures.entry(kind).or_default() += act.volume;
        used.acts.push(act);
    }
    used
}

/// Told at an hour of the first week.
async fn tell(store: &Store, used: &Used, next: u64, hours: i64) {
    let now = (hour(hours), month("2026-03"));
    let told = store.follow_own_use(RECORD, used, next, now).await;
    told.unwrap();
}

async fn entries(store: &Store, who: &str) -> Vec<u64> {
    let ever = (hour(-10_000), hour(10_000));
    let acts = store.own_acts(&id(who), ever, (0, 10)).await.unwrap();
    acts.iter().map(|one| one.act.entry).collect()
}

async fn figures_add_up_and_the_record_is_read_once(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    assert_eq!(store.own_use_read(RECORD).await.unwrap(), 0);
    let ann = || call(3, "ann", 10);
    tell(
        &store,
        &used("2026-03", vec![ann(), call(4, "bob", 11)]),
        5,
        12,
    )
    .await;
    tell(&store, &used("2026-03", vec![call(5, "ann", 12)]), 6, 13).await;
    assert_eq!(store.own_use_read(RECORD).await.unwrap(), 6);
    assert_eq!(store.own_use_read("another").await.unwrap(), 0);
    let figures = store.own_figures(&id("ann")).await.unwrap();
    let [figure] = &figures[..] else {
        panic!("{figures:?}");
    };
    assert_eq!(
        (figure.month, figure.channel),
        (month("2026-03"), Channel::Call)
    );
    assert_eq!(figure.volume, volume(2, 340_000));
    // The latest first, and so many of them.
    assert_eq!(entries(&store, "ann").await, [5, 3]);
    let ever = (hour(-10_000), hour(10_000));
    let second = store.own_acts(&id("ann"), ever, (1, 1)).await.unwrap();
    assert_eq!(second[0].act, ann());
    assert_eq!(entries(&store, "bob").await, [4]);
}

async fn what_is_too_old_goes(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    tell(&store, &used("2026-03", vec![call(3, "ann", 10)]), 4, 12).await;
    tell(
        &store,
        &used("2025-02", vec![call(4, "ann", -9_000)]),
        5,
        12,
    )
    .await;
    assert_eq!(store.own_figures(&id("ann")).await.unwrap().len(), 1);
    assert_eq!(entries(&store, "ann").await, [3]);
    let later = hour(11) + LISTED;
    let now = (later, month("2027-04"));
    let nothing = Used::default();
    store
        .follow_own_use(RECORD, &nothing, 6, now)
        .await
        .unwrap();
    assert_eq!(store.own_figures(&id("ann")).await.unwrap(), []);
    assert_eq!(entries(&store, "ann").await, [0; 0]);
}

async fn a_declaration_is_an_event_that_names_every_entry(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let job = OwnAct {
        channel: Channel::Print,
        action: "print".to_owned(),
        other: "hall".to_owned(),
        is_colour: true,
        volume: Volume::default(),
        ..call(3, "ann", 10)
    };
    let pages = OwnAct {
        entry: 9,
        part_of: Some(3),
        volume: Volume {
            pages: 6,
            ..Volume::default()
        },
        ..job.clone()
    };
    tell(
        &store,
        &used("2026-03", vec![job, pages, call(10, "ann", 11)]),
        11,
        12,
    )
    .await;
    let span = (hour(0), hour(100));
    let prices = PagePrices {
        mono: 30_000,
        colour: 150_000,
    };
    let recharge = || async { store.own_recharge(&id("ann"), span, prices).await.unwrap() };
    assert_eq!(recharge().await, 0, "nothing of it is personal yet");
    store
        .declare_personal("council/record/3", &by("ann", 12))
        .await
        .unwrap();
    store
        .declare_personal("council/record/10", &by("ann", 12))
        .await
        .unwrap();
    assert_eq!(recharge().await, 170_000 + 6 * 150_000);
    let listed = store
        .own_act(&id("ann"), "council/record/3")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (listed.act.volume.pages, listed.millionths(prices)),
        (6, 900_000)
    );
    assert_eq!(listed.declared_at, Some(hour(12)));
    let matter = MatterId::from("personal use council/record/3");
    let history = store.history(&matter).await.unwrap();
    let [event] = &history[..] else {
        panic!("{history:?}");
    };
    assert_eq!(
        (event.kind.as_str(), event.to.as_str()),
        ("personal-use", "declared")
    );
    assert_eq!(event.act.evidence, ["council/record/3", "council/record/9"]);
    assert_eq!(event.clauses, ["walsall-4.1.2.c"]);
    assert_eq!(event.subject, id("ann"));
}

async fn nobody_declares_for_others_or_twice_or_late(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let private = OwnAct {
        is_private: true,
        ..call(4, "ann", 10)
    };
    tell(
        &store,
        &used("2026-03", vec![call(3, "ann", 10), private]),
        5,
        12,
    )
    .await;
    let before = store.image().seq();
    for reference in [
        "council/record/3",
        "other/3",
        "council/record/99",
        "x",
        "",
        "/",
        "a/-1",
    ] {
        let declared = store.declare_personal(reference, &by("bob", 12)).await;
        assert!(
            matches!(declared, Err(StoreError::Missing(_))),
            "{reference}"
        );
    }
    let refused = |declared: Result<(), StoreError>| {
        matches!(declared, Err(StoreError::Refused(Refused::Rule { .. })))
    };
    assert!(refused(
        store
            .declare_personal("council/record/4", &by("ann", 12))
            .await
    ));
    let mut late = by("ann", 0);
    late.at = hour(10) + SignedDuration::from_hours(32 * 24);
    assert!(refused(
        store.declare_personal("council/record/3", &late).await
    ));
    assert_eq!(store.image().seq(), before);
    store
        .declare_personal("council/record/3", &by("ann", 12))
        .await
        .unwrap();
    assert!(refused(
        store
            .declare_personal("council/record/3", &by("ann", 13))
            .await
    ));
}
