//! What drives the browser in the tests of the console, against pages of its own.
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub)]

mod site;

use end_to_end::browser::{self, Browser, Control, Habits, Hands, StepError};
use end_to_end::numbered::is_possible;
use serde_json::json;

/// Runs a test with a browser and the site's address, if there can be a browser here.
fn with_browser(name: &str, test: impl FnOnce(&Browser, &str)) {
    if is_possible(browser::missing()) {
        let site = format!("http://{}", site::start());
        let browser = Browser::start(&format!("browser/{name}")).unwrap_or_else(|e| panic!("{e}"));
        test(&browser, &site);
    }
}

/// Fills in the form the way somebody with these habits does, and looks at what arrived.
fn fill_in(name: &str, habits: &Habits) {
    with_browser(name, |browser, site| {
        let page = browser.visitor(habits).tab();
        assert_eq!(page.open(&format!("{site}/form")), 200);
        assert_eq!(page.heading(), "Ask for something");
        page.fill("Your name", "Halima");
        page.fill("Password", "rain bucket lamp");
        page.fill("Why do you need it?", "To answer\nthe public");
        page.choose("Telephone");
        page.within("Which service?").choose("Internet");
        page.within("Until when?").fill("Day", "31");
        page.within("Since when?").fill("Day", "1");
        page.select("Team", "Highways");
        page.choose("I have read it");
        assert!(page.is_chosen("Internet") && !page.is_chosen("Telephone"));
        assert_eq!(page.value("Your name"), "Halima");
        page.press("Continue");
        assert_eq!(page.heading(), "Check your answers");
        let expected = [
            ["agreed", "yes"],
            ["name", "Halima"],
            ["secret", "rain bucket lamp"],
            ["service", "internet"],
            ["since-day", "1"],
            ["team", "Highways"],
            ["until-day", "31"],
            ["why", "To answer / the public"],
        ];
        assert_eq!(page.rows(), expected);
        assert_eq!(page.within("until-day").text(), "until-day\n31");
        page.back();
        page.follow("A page that went away");
        assert_eq!(page.heading(), "Page not found");
        assert_eq!(page.url(), format!("{site}/nowhere"));
        assert_eq!(page.problems(), [""; 0]);
    });
}

#[test]
fn a_form_is_filled_in_with_a_mouse() {
    fill_in("mouse", &Habits::default());
}

#[test]
fn a_form_is_filled_in_by_keyboard_alone() {
    fill_in(
        "keyboard",
        &Habits {
            hands: Hands::Keyboard,
            ..Habits::default()
        },
    );
}

#[test]
fn a_form_is_filled_in_magnified_and_without_script() {
    fill_in(
        "magnified",
        &Habits {
            percent: 400,
            script: false,
            ..Habits::default()
        },
    );
}

#[test]
fn a_keyboard_without_script_works_too() {
    fill_in(
        "keyboard-no-script",
        &Habits {
            hands: Hands::Keyboard,
            script: false,
            ..Habits::default()
        },
    );
}

#[test]
fn each_visitor_has_cookies_of_their_own() {
    with_browser("cookies", |browser, site| {
        let address = format!("{site}/met");
        let (one, two) = (Habits::default(), Habits::default());
        let (one, two) = (browser.visitor(&one), browser.visitor(&two));
        let (first, other) = (one.tab(), one.tab());
        first.open(&address);
        assert_eq!(first.heading(), "New");
        other.open(&address);
        assert_eq!(other.heading(), "Met");
        let cookies = one.cookies();
        assert_eq!((&*cookies[0].name, &*cookies[0].value), ("met", "1"));
        assert!(cookies[0].http_only && cookies[0].same_site == "Strict");
        assert_eq!(two.cookies(), []);
        one.forget_cookies();
        other.reload();
        assert_eq!(other.heading(), "New");
        first.close();
        one.leave();
    });
}

#[test]
fn a_failure_says_where_it_was_and_what_there_was() {
    with_browser("failure", |browser, site| {
        let page = browser.page();
        page.open(&format!("{site}/form"));
        let error = page.step("press", json!({"name": "Submit"})).unwrap_err();
        let StepError::Refused {
            step,
            page: there,
            screenshot,
            ..
        } = &error
        else {
            panic!("{error}");
        };
        assert_eq!(step, "press `Submit`");
        assert_eq!(there.heading, "Ask for something");
        assert!(there.offers.contains(&"Continue".to_owned()), "{there}");
        let picture = std::fs::read(screenshot).unwrap();
        assert!(picture.starts_with(b"\x89PNG") && screenshot.starts_with(browser.screenshots()));
        assert!(
            error
                .to_string()
                .contains("on `Ask for something` (http://127.0.0.1")
        );
        // The browser goes on.
        assert!(page.has(Control::Button, "Continue") && !page.has(Control::Link, "Continue"));
    });
}

#[test]
fn a_page_that_suits_everybody_has_no_fault() {
    with_browser("sound", |browser, site| {
        let page = browser.page();
        page.open(&format!("{site}/form"));
        page.suits_everybody("form");
        let order = page.tab_through();
        let names = order.names();
        let first = ["Skip to main content", "Your name", "Password"];
        assert_eq!(names[..3], first, "{names:?}");
        assert_eq!(order.stops[4].role, "radio");
        assert_eq!(names.len(), 13, "{names:?}");
        let pictures = std::fs::read_dir(browser.screenshots()).unwrap();
        assert_eq!(pictures.count(), 2);
    });
}

#[test]
fn each_fault_of_a_page_is_named() {
    with_browser("poor", |browser, site| {
        let page = browser.page();
        page.open(&format!("{site}/poor"));
        assert_eq!(page.title(), "A poor page");
        let faults = page.faults("poor");
        for expected in [
            "404 http",
            "Executing inline script violates",
            "color-contrast (serious)",
            "label (critical)",
            "never gets to button `Mouse only`",
            "a textbox has no name",
            "link `No sign of the focus` does not show that it has the focus",
            "button `Covered` has the focus and cannot be seen",
            "at 400 %, p.wide ends at 716 of 320 px",
        ] {
            let found = faults.iter().any(|fault| fault.contains(expected));
            assert!(found, "{expected}\nis not in\n{}", faults.join("\n"));
        }
        page.open(&format!("{site}/trap"));
        let order = page.tab_through();
        assert!(order.trapped, "{order:?}");
        assert_eq!(order.unreached, ["button `Never got to`"]);
    });
}

#[test]
fn what_a_link_leads_to_can_be_saved() {
    with_browser("saved", |browser, site| {
        let page = browser.page();
        page.open(&format!("{site}/form"));
        let file = browser.screenshots().join("form.pdf");
        let paper = page.download("The form on paper", &file);
        assert_eq!((paper.status, &*paper.media_type), (200, "application/pdf"));
        assert_eq!(paper.bytes, b"%PDF-1.7");
    });
}
