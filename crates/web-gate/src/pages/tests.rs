#![allow(clippy::unwrap_used)]
use super::*;

fn settings() -> PackSettings {
    toml::from_str(include_str!("../../tests/pack/pack.toml")).unwrap()
}

fn reasons(n: usize) -> Vec<Because<'static>> {
    let because = Because {
        number: "7.2.16",
        title: "Personal webmail",
        gist: "Private mailboxes are not opened from the council's network without approval.",
        notice: Some("Ask for written approval first."),
    };
    (0..n).map(|_| Because { ..because }).collect()
}

fn text(page: &OwnPage) -> String {
    String::from_utf8(page.body.clone()).unwrap()
}

fn about<'a>(pack: &'a PackSettings, host: &'a str) -> About<'a> {
    About {
        pack,
        host,
        entry: Some(1234567),
    }
}

#[test]
fn a_refusal_says_what_which_clause_what_now_and_whom_to_ask() {
    let pack = settings();
    let pages = Pages::new();
    let page = pages.refused(
        about(&pack, "mail.test"),
        Thing::Page,
        Stopped::Refused,
        &reasons(1),
    );
    let text = text(&page);
    for piece in [
        "<html lang=\"en-GB\">",
        "<h1>You cannot open this page</h1>",
        "<strong>mail.test</strong>",
        "Clause 7.2.16: Personal webmail",
        "Private mailboxes are not opened",
        "<li>Ask for written approval first.</li>",
        "by accident",
        "ask for permission",
        "01632 960900",
        "<strong>1234567</strong>",
    ] {
        assert!(text.contains(piece), "{piece} in {text}");
    }
    let held = pages.refused(
        about(&pack, "mail.test"),
        Thing::Download,
        Stopped::Held,
        &reasons(1),
    );
    let held = String::from_utf8(held.body).unwrap();
    assert!(held.contains("This needs a decision first"), "{held}");
}

/// Whoever has no access yet came here by no accident, and needs no leave for this one site.
#[test]
fn who_has_no_access_is_told_so_and_blamed_for_nothing() {
    let pack = settings();
    let about = about(&pack, "news.test");
    let page = Pages::new().refused(about, Thing::Page, Stopped::WithoutAccess, &reasons(1));
    let shown = text(&page);
    for piece in [
        "<h1>You cannot open this page</h1>",
        "<strong>news.test</strong>",
        "This is about your access, not about this site",
        "<li>Ask for written approval first.</li>",
        "If you think this is wrong",
        "01632 960900",
    ] {
        assert!(shown.contains(piece), "{piece} in {shown}");
    }
    for piece in ["by accident", "ask for permission"] {
        assert!(!shown.contains(piece), "{piece} in {shown}");
    }
}

#[test]
fn every_page_is_whole_small_and_without_script() {
    let pack = settings();
    let pages = Pages::new();
    let host = "a".repeat(253);
    let about = about(&pack, &host);
    let token = "0".repeat(32);
    let coach = |missing| CoachForm {
        token: &token,
        missing,
    };
    let all = [
        pages.refused(about, Thing::Upload, Stopped::Held, &reasons(3)),
        pages.refused(about, Thing::Page, Stopped::WithoutAccess, &[]),
        pages.coach(about, &reasons(3), coach(false)),
        pages.coach(about, &reasons(3), coach(true)),
        pages.expired(about),
        pages.unable(about),
    ];
    for page in all {
        let text = text(&page);
        assert!(text.starts_with("<!doctype html>"), "{text}");
        assert!(text.trim_end().ends_with("</html>"), "{text}");
        assert!(page.body.len() <= 8 << 10, "{} bytes", page.body.len());
        assert!(!text.contains("<script") && !text.contains("://"), "{text}");
        assert_eq!(text.matches("<h1>").count(), 1);
        assert!(text.contains("01632 960900"), "{text}");
    }
}

#[test]
fn the_style_is_the_one_the_policy_allows() {
    let pack = settings();
    let pages = Pages::new();
    let page = pages.unable(about(&pack, "a.test"));
    let text = text(&page);
    let (_, rest) = text.split_once("<style>").unwrap();
    let (style, _) = rest.split_once("</style>").unwrap();
    let hash = STANDARD.encode(Sha256::digest(style));
    let (_, policy) = page.headers()[1];
    assert!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"));
}

#[test]
fn what_a_stranger_chose_cannot_become_markup() {
    let pack = settings();
    let host = "\"><script>alert(1)</script>";
    let page = Pages::new().unable(about(&pack, host));
    let text = text(&page);
    assert!(!text.contains("<script>"), "{text}");
    assert!(text.contains("&lt;script&gt;"), "{text}");
}

#[test]
fn a_missing_reason_is_said_at_the_top_and_at_the_field() {
    let pack = settings();
    let form = CoachForm {
        token: "abc",
        missing: true,
    };
    let page = Pages::new().coach(about(&pack, "a.test"), &reasons(1), form);
    let text = text(&page);
    for piece in [
        "<title>Error: Please read this first",
        "role=\"alert\"",
        "href=\"#reason\"",
        "aria-invalid=\"true\"",
        "aria-describedby=\"reason-hint reason-error\"",
        "value=\"abc\"",
        "for 30 minutes",
    ] {
        assert!(text.contains(piece), "{piece} in {text}");
    }
}
