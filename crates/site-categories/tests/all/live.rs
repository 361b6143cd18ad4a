use crate::folder::{Folder, hosts};
use site_categories::{Live, Match, OpenError, Refresh};
use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

#[test]
fn a_new_file_is_taken_up_and_a_damaged_one_is_not() {
    let folder = Folder::with(&[("games.txt", "example.org")]);
    let first = folder.build().version;
    let live = Live::open(&folder.out()).unwrap();
    assert_eq!(live.refresh().unwrap(), Refresh::Unchanged);
    assert_eq!(live.tag(), first.short());
    assert_eq!(live.tag().len(), 16);

    let held = live.current();
    folder.list("games.txt", "example.org\nexample.net\n");
    let second = folder.build().version;
    assert_eq!(
        live.refresh().unwrap(),
        Refresh::Replaced {
            from: first,
            to: second
        }
    );
    assert_eq!(live.tag(), second.short());
    assert_eq!(held.version(), first, "a request in hand keeps its lists");
    assert!(matches!(held.lookup("example.net", "/"), Match::Unknown));
    assert!(matches!(
        live.current().lookup("example.net", "/"),
        Match::Found(_)
    ));

    let damaged = folder.out().with_extension("damaged");
    fs::write(&damaged, b"PROBCATS and then nothing of use").unwrap();
    fs::rename(&damaged, folder.out()).unwrap();
    assert!(matches!(live.refresh(), Err(OpenError::Damaged { .. })));
    assert_eq!(live.refresh().unwrap(), Refresh::StillDamaged);
    assert_eq!(live.tag(), second.short());

    fs::remove_file(folder.out()).unwrap();
    assert!(matches!(live.refresh(), Err(OpenError::Unreadable { .. })));
    assert!(matches!(live.refresh(), Err(OpenError::Unreadable { .. })));
    assert!(matches!(
        live.current().lookup("example.net", "/"),
        Match::Found(_)
    ));

    folder.build();
    assert!(matches!(live.refresh().unwrap(), Refresh::Replaced { .. }));
    assert!(Live::open(&folder.lists().join("none")).is_err());
}

/// A hundred exchanges under load, and no question goes without its answer.
#[test]
fn lookups_go_on_while_files_are_exchanged() {
    let folder = Folder::with(&[("games.txt", &hosts(100)), ("news.txt", "")]);
    folder.build();
    let live = Live::open(&folder.out()).unwrap();
    let (done, asked) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|threads| {
        for _ in 0..3 {
            threads.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let lists = live.current();
                    let Match::Found(found) = lists.lookup("www.site7.example.org", "/") else {
                        panic!("no answer from {}", lists.version());
                    };
                    assert_eq!(found.entry().to_string(), "site7.example.org");
                    assert_eq!(found.categories().next(), Some("games"));
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for n in 0..100 {
            folder.list("news.txt", format!("news{n}.example.com\n"));
            folder.build();
            assert!(
                matches!(live.refresh().unwrap(), Refresh::Replaced { .. }),
                "exchange {n}"
            );
        }
        while asked.load(Ordering::Relaxed) < 1000 {
            std::thread::yield_now();
        }
        done.store(true, Ordering::Relaxed);
    });
}
