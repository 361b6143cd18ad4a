//! What other systems say of sign-ins, and what in it becomes a matter.

use std::net::IpAddr;

use matters::sign_in_misuse::{Certainty, SignInMisuse, State, Step};
use register::workstations::Workstations;
use register_store::Store;
use register_store::matters_kept::{Filter, Kept};
use register_store::sign_ins_seen::{FilePlace, SignInSeen};

use crate::council::{by, hour, id, settle};
use crate::engines::{Database, on_both};

on_both!(
    ten_wrong_logins_at_the_mail_server_are_told_once,
    what_is_right_in_the_end_or_long_ago_does_not_count,
    a_name_at_anothers_computer_is_told_with_how_sure_that_is,
    one_name_in_many_places_at_once_is_told,
    nothing_is_kept_of_names_nobody_has,
);

/// One sign-in of `who` to the mail server so many minutes after the hour, from `10.1.4.LAST`.
fn seen(who: &str, minute: i64, last: u8, succeeded: bool) -> SignInSeen {
    SignInSeen {
        who: who.to_owned(),
        system: "mail".to_owned(),
        address: Some(IpAddr::from([10, 1, 4, last])),
        at: hour(0) + jiff::SignedDuration::from_mins(minute),
        succeeded,
        times: 1,
    }
}

async fn follow(store: &Store, seen: &[SignInSeen]) {
    let place = FilePlace {
        path: "/var/log/mail.log".to_owned(),
        file: u64::MAX,
        place: 7,
    };
    store.follow_sign_ins(seen, &place, hour(20)).await.unwrap();
    let kept = store.file_followed(&place.path).await.unwrap();
    assert_eq!(kept, Some(place));
}

async fn found(store: &Store) -> Vec<Kept<SignInMisuse>> {
    let page = store.matters::<SignInMisuse>(&Filter::default()).await;
    page.unwrap().items
}

/// Walsall 4.1.2, and 5.3.2 as far as trying goes.
async fn ten_wrong_logins_at_the_mail_server_are_told_once(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    assert_eq!(
        store.file_followed("/var/log/mail.log").await.unwrap(),
        None
    );
    let nine: Vec<_> = (0..9)
        .map(|n| seen("ANN@walsall.example", n, 7, false))
        .collect();
    follow(&store, &nine).await;
    assert_eq!(found(&store).await, []);
    // Another process goes on counting.
    let other = database.open().await;
    follow(&other, &[seen("ann", 9, 8, false)]).await;
    let all = found(&store).await;
    assert_eq!(all.len(), 1);
    let one = &all[0];
    assert_eq!(one.matter.person, id("ann"));
    assert_eq!(
        (one.matter.seen.count, one.matter.system.as_str()),
        (10, "mail")
    );
    assert_eq!(one.matter.seen.addresses.len(), 2);
    let told = |who: &'static str| {
        let store = store.clone();
        async move {
            let notices = store.notices_for(&id(who)).await.unwrap();
            let about = notices.into_iter();
            let about = about.filter(|one| one.notice.starts_with("sign-in-misuse"));
            about.map(|one| one.notice).collect::<Vec<_>>()
        }
    };
    assert_eq!(told("ann").await, ["sign-in-misused"]);
    assert_eq!(told("desk").await, ["sign-in-misuse-found"]);
    // A flood is the same matter, and no further word.
    let flood = SignInSeen {
        times: 1_000,
        ..seen("ann", 11, 8, false)
    };
    follow(&store, &[flood]).await;
    let all = found(&store).await;
    assert_eq!((all.len(), all[0].matter.seen.count), (1, 1_010));
    assert_eq!(told("ann").await.len(), 1);
    // Answered, it begins anew.
    let close = Step::Close {
        finding: "an old telephone".to_owned(),
    };
    let (act, reference) = (by("desk", 21), all[0].id.clone());
    let closed = store.take::<SignInMisuse>(&reference, None, close, &act);
    assert_eq!(closed.await.unwrap().matter.state, State::Closed);
    follow(&store, &[seen("ann", 12, 8, false)]).await;
    assert_eq!(found(&store).await.len(), 1);
}

async fn what_is_right_in_the_end_or_long_ago_does_not_count(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    // Nine, and the right one from there; nine more from there.
    for first in [0, 20] {
        let nine: Vec<_> = (0..9).map(|n| seen("ann", first + n, 7, false)).collect();
        follow(&store, &nine).await;
        follow(&store, &[seen("ann", first + 10, 7, true)]).await;
    }
    // A right one somewhere else forgives nothing; an hour does.
    let nine: Vec<_> = (0..9).map(|n| seen("bob", n, 7, false)).collect();
    follow(&store, &nine).await;
    follow(&store, &[seen("bob", 9, 8, true)]).await;
    follow(&store, &[seen("bob", 69, 7, false)]).await;
    assert_eq!(found(&store).await, []);
    let nine: Vec<_> = (70..79).map(|n| seen("bob", n, 7, false)).collect();
    follow(&store, &nine).await;
    assert_eq!(found(&store).await.len(), 1);
}

/// Walsall 5.3.2: B's name from A's computer, let in or not.
async fn a_name_at_anothers_computer_is_told_with_how_sure_that_is(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let (computers, wrong) = Workstations::read("10.1.4.7,ann,fixed\n10.1.4.8,bob\n10.1.4.9,gone");
    assert_eq!(wrong, [""; 0]);
    store.set_workstations(computers);
    let own = [seen("ann", 0, 7, true), seen("bob", 0, 8, false)];
    let nobodys = [seen("ann", 1, 9, true)];
    follow(&store, &own).await;
    follow(&store, &nobodys).await;
    assert_eq!(found(&store).await, []);
    follow(&store, &[seen("bob", 2, 7, false)]).await;
    let all = found(&store).await;
    let computer = all[0].matter.computer.clone().unwrap();
    assert_eq!(computer.person, id("ann"));
    assert_eq!(computer.certainty, Certainty::Fixed);
    assert_eq!(all[0].matter.person, id("bob"));
    assert!(!all[0].matter.let_in);
    let history = store.history(&all[0].id).await.unwrap();
    let clauses = ["walsall-5.3.2.a", "walsall-4.1.2.i"];
    assert_eq!(history[0].clauses, clauses);
    // A page a second is one; that somebody is let in at last is news.
    let pages: Vec<_> = (0..30).map(|_| seen("bob", 3, 7, true)).collect();
    follow(&store, &pages).await;
    let all = found(&store).await;
    assert!(all[0].matter.let_in);
    assert_eq!(all[0].version.0, 2);
    // The other way round it is another matter, and less sure.
    follow(&store, &[seen("ann", 4, 8, true)]).await;
    let all = found(&store).await;
    let about_ann = all.iter().find(|one| one.matter.person == id("ann"));
    let computer = about_ann.unwrap().matter.computer.clone().unwrap();
    assert_eq!(computer.certainty, Certainty::Lent);
    // Whose computer it is was told nothing, and is held to nothing.
    let notices = store.notices_for(&id("ann")).await.unwrap();
    assert_eq!(notices.len(), 1, "about her own name: {notices:?}");
}

/// Walsall 5.3.1: what one person can hardly do is a shared sign-in.
async fn one_name_in_many_places_at_once_is_told(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    // Three places, and the same three again.
    for minute in 0..3 {
        let places = [1, 2, 3].map(|last| seen("ann", minute, last, true));
        follow(&store, &places).await;
    }
    // A fourth, long after.
    follow(&store, &[seen("ann", 30, 4, true)]).await;
    assert_eq!(found(&store).await, []);
    let places = [5, 6, 7].map(|last| seen("ann", 31, last, true));
    follow(&store, &places).await;
    let all = found(&store).await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].matter.seen.addresses.len(), 4);
    let history = store.history(&all[0].id).await.unwrap();
    assert_eq!(history[0].clauses, ["walsall-5.3.1"]);
}

async fn nothing_is_kept_of_names_nobody_has(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let before = store.image().seq();
    let many: Vec<_> = (0..20)
        .map(|n| seen("copper tiptoe", n, 7, false))
        .collect();
    follow(&store, &many).await;
    assert_eq!(store.image().seq(), before);
    assert_eq!(found(&store).await, []);
}
