//! A process is killed at any point of a change, fifty times over.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use matters::id::MatterId;
use matters::machine::Machine as _;
use matters::permission::Permission;
use register_store::Store;
use register_store::matters_kept::Filter;

use crate::council::{granted, hour, pack, purchases, settle};
use crate::engines::{Database, on_both};

on_both!(nothing_is_half_done);

const KILLS: usize = 50;

/// Tells the worker which database to work on.
const URL: &str = "PROBITY_TEST_REGISTER";

async fn nothing_is_half_done(database: Database) {
    let store = database.open().await;
    settle(&store).await;
    let mut acknowledged = 0;
    for kill in 0..KILLS {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "killed::worker", "--ignored", "--nocapture"]);
        command.env(URL, &database.url).stdout(Stdio::piped());
        let mut worker = command.spawn().unwrap();
        let said = BufReader::new(worker.stdout.take().unwrap());
        // Killed so many steps later, and then anywhere within a step: one takes about 3 ms.
        let steps = kill % 7;
        let within = Duration::from_micros(u64::try_from(kill * 739 % 3_000).unwrap());
        // Kept until the kill: a closed pipe would end the worker more gently.
        let mut numbers = said
            .lines()
            .filter_map(|line| line.ok()?.strip_prefix("committed ")?.parse::<u64>().ok());
        for number in numbers.by_ref().take(steps + 1) {
            acknowledged = number;
        }
        let last = Instant::now();
        while last.elapsed() < within {
            std::hint::spin_loop();
        }
        worker.kill().unwrap();
        worker.wait().unwrap();
        drop(numbers);
    }
    check_whole(&database, acknowledged).await;
}

/// Every matter stands where its last event says, after as many steps as it has events.
async fn check_whole(database: &Database, acknowledged: u64) {
    let store = database.open().await;
    let mut events: HashMap<MatterId, (String, i64)> = HashMap::new();
    let mut last = 0;
    loop {
        let batch = store.events_after(last, 500).await.unwrap();
        if batch.is_empty() {
            break;
        }
        for event in batch {
            assert_eq!(event.seq, last + 1, "a number is missing");
            last = event.seq;
            if event.event.kind == Permission::KIND {
                let (to, steps) = events.entry(event.event.matter).or_default();
                *to = event.event.to;
                *steps += 1;
            }
        }
    }
    assert_eq!(last, store.image().seq());
    assert!(
        acknowledged <= last,
        "a commit that was acknowledged is gone"
    );
    let mut filter = Filter {
        limit: 500,
        ..Filter::default()
    };
    let mut n_matters = 0;
    loop {
        let page = store.matters::<Permission>(&filter).await.unwrap();
        for kept in &page.items {
            let (to, steps) = &events[&kept.id];
            assert_eq!(kept.matter.state(), to);
            assert_eq!(kept.version.0, *steps);
        }
        n_matters += page.items.len();
        filter.after = page.items.last().map(|kept| kept.id.clone());
        if !page.more {
            break;
        }
    }
    assert_eq!(n_matters, events.len());
    assert!(n_matters >= KILLS / 7, "hardly anything was done");
}

/// Not a test: the process that is killed.
#[tokio::test]
#[ignore = "run by the tests that kill it"]
async fn worker() {
    let Ok(url) = std::env::var(URL) else {
        return;
    };
    let store = Store::open(&url, pack()).await.unwrap();
    for n in 0.. {
        let kept = granted(&store, purchases()).await;
        println!("committed {}", store.image().seq());
        store
            .consume(&kept.id, hour(2), &format!("message-{n}"))
            .await
            .unwrap();
        println!("committed {}", store.image().seq());
    }
}
