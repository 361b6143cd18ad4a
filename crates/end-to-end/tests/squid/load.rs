//! Lists change while people browse.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use end_to_end::temp::Folder;

use crate::case::Case;
use crate::proxy_client::get;
use crate::setting::Setting;

/// A host that is on the list of webmail sites every second time.
const CHANGING: &str = "http://plain.test/";

pub fn reloaded(case: &Case) {
    let setting = Setting::of(case);
    let proxy = setting.squid.proxy();
    let (done, asked) = (AtomicBool::new(false), AtomicU64::new(0));
    let browse = || {
        let mut refused = 0;
        while !done.load(Ordering::Relaxed) {
            let (status, body) = get(proxy, CHANGING, true, "Accept: text/html\r\n").unwrap();
            assert!(matches!(status, 200 | 403), "{status}: {body:?}");
            refused += u64::from(status == 403);
            let (status, _) = get(proxy, "http://mail.test/", true, "").unwrap();
            assert_eq!(status, 403, "on every list");
            let (status, _) = get(proxy, "http://www.council.test/", true, "").unwrap();
            assert_eq!(status, 200, "on no list that refuses");
            asked.fetch_add(3, Ordering::Relaxed);
        }
        refused
    };
    let refused: u64 = thread::scope(|scope| {
        let clients: Vec<_> = (0..case.number("clients"))
            .map(|_| scope.spawn(browse))
            .collect();
        for n in 0..case.number("reloads") {
            reload(&setting, n);
            // Every version of the lists decides a few requests.
            let seen = asked.load(Ordering::Relaxed);
            while asked.load(Ordering::Relaxed) < seen + 6
                && !clients.iter().any(|c| c.is_finished())
            {
                thread::yield_now();
            }
        }
        done.store(true, Ordering::Relaxed);
        clients
            .into_iter()
            .map(|client| client.join().unwrap())
            .sum()
    });
    assert!(refused > 0, "no new list was ever used");
}

fn reload(setting: &Setting, n: u64) {
    let lists = Folder::new("lists").unwrap();
    let hosts = ["mail.test\n", "mail.test\nplain.test\n"][(n % 2) as usize];
    std::fs::write(lists.join("webmail.txt"), hosts).unwrap();
    std::fs::write(lists.join("council-services.txt"), "council.test\n").unwrap();
    let options = site_categories::Options {
        force: true,
        ..Default::default()
    };
    site_categories::build(lists.path(), &setting.folder.join("sites"), options).unwrap();
    setting
        .gate
        .point
        .information()
        .lists()
        .unwrap()
        .refresh()
        .unwrap();
}
