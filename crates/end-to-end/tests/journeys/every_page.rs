//! Every page the navigation leads to, as everybody who may open it, in a council with a past.

use std::collections::BTreeSet;

use end_to_end::browser::{self, Browser, Landmark, Page};
use end_to_end::demo_process::{Account, Demo};
use end_to_end::numbered::is_possible;

/// Pages that need no sign-in.
const OPEN: [&str; 5] = ["sign-in", "help", "accessibility", "cookies", "signed-out"];

/// What only pages below another have in their address: the reference of something kept.
fn is_below(path: &str, page: &str) -> bool {
    path.strip_prefix(page)
        .is_some_and(|rest| rest.starts_with('/') && !rest.contains('?'))
}

/// What was looked at: pages by their address, pages below them by that of the page above.
#[derive(Default)]
struct Looked {
    pages: BTreeSet<String>,
    below: BTreeSet<String>,
}

#[test]
fn every_page_suits_everybody_who_may_open_it() {
    if !is_possible(browser::missing()) {
        return;
    }
    let demo = Demo::start("walsall").unwrap_or_else(|error| panic!("{error}"));
    let browser = Browser::start("journeys/every-page").unwrap_or_else(|error| panic!("{error}"));
    let page = browser.page();
    for path in OPEN.into_iter().chain(["nothing"]) {
        page.open(&format!("{}{path}", demo.console()));
        page.suits_everybody(path);
    }
    let mut looked = Looked::default();
    for who in &demo.sign_ins().accounts {
        let page = signed_in(&browser, &demo, who);
        for (path, title) in offered(&page) {
            look(&page, &path, &title, who, &mut looked);
        }
    }
    assert!(looked.pages.len() > 20, "{:?}", looked.pages);
    assert!(looked.below.len() > 8, "{:?}", looked.below);
}

fn signed_in(browser: &Browser, demo: &Demo, who: &Account) -> Page {
    let page = browser.page();
    page.open(demo.console());
    page.fill("User name", &who.user_name);
    page.fill("Password", &demo.sign_ins().passphrase);
    page.press("Sign in");
    assert_eq!(page.heading(), "My position");
    page
}

/// Every page the navigation offers, by its address, and what it calls it.
fn offered(page: &Page) -> Vec<(String, String)> {
    let is_menu = |landmark: &str| landmark == "Menu";
    let menu = page.links(Landmark::Navigation);
    let mut offered = Vec::new();
    for part in menu.iter().filter(|link| is_menu(&link.landmark)) {
        page.open(&part.url);
        let links = page.links(Landmark::Navigation);
        let within = links.iter().filter(|link| link.landmark == part.name);
        let within: Vec<_> = within
            .map(|link| (link.url.clone(), link.name.clone()))
            .collect();
        // A part with one page is that page, and has no list of them.
        match within.is_empty() {
            true => offered.push((part.url.clone(), page.heading())),
            false => offered.extend(within),
        }
    }
    offered
}

/// Looks at a page, and at the first that lies below it of those nobody looked at.
fn look(page: &Page, url: &str, title: &str, who: &Account, looked: &mut Looked) {
    assert_eq!(page.open(url), 200, "{url} as {}", who.role);
    assert!(page.title().starts_with(title), "{url} as {}", who.role);
    page.suits_everybody(&format!("{title} as {}", who.user_name));
    looked.pages.insert(url.to_owned());
    let links = page.links(Landmark::Main).into_iter();
    let mut below = links.filter(|link| is_below(&link.url, url));
    if let Some(one) = below.next().filter(|_| looked.below.insert(url.to_owned())) {
        assert_eq!(page.open(&one.url), 200, "{} as {}", one.url, who.role);
        page.suits_everybody(&format!("{} on {title}", one.name));
    }
}
