use crate::folder::Folder;
use proptest::prelude::*;
use site_categories::{Categories, Match};

/// `categories: entry`, or `unknown`.
fn answer(categories: &Categories, host: &str, path: &str) -> String {
    match categories.lookup(host, path) {
        Match::Unknown => "unknown".to_owned(),
        Match::Found(found) => {
            let names: Vec<&str> = found.categories().collect();
            assert_eq!(names, categories.names(found.set()).collect::<Vec<_>>());
            assert_eq!(found.version(), categories.version());
            format!("{}: {}", names.join("+"), found.entry())
        }
    }
}

fn sites() -> Categories {
    let folder = Folder::with(&[
        (
            "games/domains",
            "example.org\nplay.example.net\nblogspot.com\n192.0.2.7\n",
        ),
        (
            "games/urls",
            "news.example.com/games/\nexample.com/watch?v=abc\n192.0.2.8/chess\n",
        ),
        (
            "chess/domains",
            "chess.example.org\nplay.example.net\n2001:db8::7\n",
        ),
        (
            "chess/urls",
            "news.example.com/games/chess\nexample.org/chess\n",
        ),
        ("news.txt", "news.example.com\n"),
    ]);
    folder.build();
    folder.open()
}

/// Rows of host, path, expected answer.
fn check(rows: &[(&str, &str, &str)]) {
    let categories = sites();
    for (host, path, expected) in rows {
        assert_eq!(
            answer(&categories, host, path),
            *expected,
            "host `{host}`, path `{path}`"
        );
    }
}

#[test]
fn an_entry_covers_its_host_and_all_below() {
    check(&[
        ("example.org", "/", "games: example.org"),
        ("www.example.org", "/a?b", "games: example.org"),
        ("a.b.c.example.org", "", "games: example.org"),
        ("notexample.org", "/", "unknown"),
        ("example.org.example", "/", "unknown"),
        ("org", "/", "unknown"),
        ("play.example.net", "/", "chess+games: play.example.net"),
        ("example.net", "/", "unknown"),
        ("someone.blogspot.com", "/", "games: blogspot.com"),
    ]);
}

#[test]
fn the_longest_host_answers() {
    check(&[
        ("chess.example.org", "/", "chess: chess.example.org"),
        ("www.chess.example.org", "/", "chess: chess.example.org"),
        ("xchess.example.org", "/", "games: example.org"),
    ]);
}

#[test]
fn paths_match_at_their_boundaries_and_come_before_hosts() {
    check(&[
        ("news.example.com", "/", "news: news.example.com"),
        (
            "news.example.com",
            "/games",
            "games: news.example.com/games",
        ),
        (
            "news.example.com",
            "/games?all",
            "games: news.example.com/games",
        ),
        (
            "news.example.com",
            "/games;id=1",
            "games: news.example.com/games",
        ),
        (
            "news.example.com",
            "/games#top",
            "games: news.example.com/games",
        ),
        ("news.example.com", "/gamesroom", "news: news.example.com"),
        (
            "news.example.com",
            "/games/chess/7",
            "chess: news.example.com/games/chess",
        ),
        (
            "news.example.com",
            "/games/chessmen",
            "games: news.example.com/games",
        ),
        (
            "m.news.example.com",
            "/games",
            "games: news.example.com/games",
        ),
        (
            "example.com",
            "/watch?v=abc&t=1",
            "games: example.com/watch?v=abc",
        ),
        ("example.com", "/watch?v=abcd", "unknown"),
        ("example.com", "/watch", "unknown"),
        // A path entry of a shorter host is still before a longer host alone.
        ("chess.example.org", "/chess", "chess: example.org/chess"),
        ("news.example.com", "*", "news: news.example.com"),
    ]);
}

#[test]
fn spelling_does_not_help_to_get_round_an_entry() {
    check(&[
        ("WWW.Example.ORG.", "/", "games: example.org"),
        ("example.org:8080", "/", "games: example.org"),
        (
            "NEWS.example.com",
            "/GAMES",
            "games: news.example.com/games",
        ),
        (
            "news.example.com",
            "//games",
            "games: news.example.com/games",
        ),
        (
            "news.example.com",
            "/%67ames/x",
            "games: news.example.com/games",
        ),
        ("192.0.2.7", "/", "games: 192.0.2.7"),
        ("192.0.2.7:80", "/", "games: 192.0.2.7"),
        ("[::ffff:192.0.2.7]", "/", "games: ::ffff:192.0.2.7"),
        ("[2001:0DB8::7]:443", "/", "chess: 2001:0db8::7"),
        ("2001:db8::7", "/", "chess: 2001:db8::7"),
    ]);
}

#[test]
fn an_address_covers_only_itself() {
    check(&[
        ("192.0.2.8", "/", "unknown"),
        ("192.0.2.8", "/chess", "games: 192.0.2.8/chess"),
        ("1.192.0.2.7", "/", "unknown"),
        ("192.0.2.70", "/", "unknown"),
        ("7.2.0.192", "/", "unknown"),
    ]);
}

#[test]
fn odd_hosts_have_an_answer() {
    let long = format!("{}.example.org", "a".repeat(10_000));
    let deep = format!("{}example.org", "a.".repeat(5_000));
    let path = format!("/games/{}", "x/".repeat(50_000));
    check(&[
        ("", "/", "unknown"),
        (".", "/", "unknown"),
        ("...", "/", "unknown"),
        (".example.org", "/", "games: example.org"),
        ("a..example.org", "/", "games: example.org"),
        ("example..org", "/", "unknown"),
        ("[", "/", "unknown"),
        ("[]", "/", "unknown"),
        (":", "/", "unknown"),
        ("b\u{fc}cher.example.org", "/", "games: example.org"),
        (&long, "/", "games: example.org"),
        (&deep, "/", "games: example.org"),
        ("news.example.com", &path, "games: news.example.com/games"),
        ("news.example.com", "", "news: news.example.com"),
    ]);
}

/// The rules of the lookup, the slow and obvious way.
fn expected(entries: &[(String, String)], host: &str, path: &str) -> Option<(String, String)> {
    let covers = |entry: &&(String, String)| {
        let below = host
            .strip_suffix(&entry.0)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        let rest = path.strip_prefix(&entry.1);
        below
            && (entry.1.is_empty()
                || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?'])))
    };
    let found = entries.iter().filter(covers);
    found
        .max_by_key(|entry| (!entry.1.is_empty(), entry.0.len(), entry.1.len()))
        .cloned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_lookup_agrees_with_its_rules(
        entries in prop::collection::btree_set(("([ab]\\.){1,3}org", "(/[xy]{1,2}){0,2}"), 1..30),
        questions in prop::collection::vec(("([ab]\\.){1,5}org", "(/[xy]{1,3}){1,3}(\\?x)?"), 50),
    ) {
        let entries: Vec<_> = entries.into_iter().collect();
        let folder = Folder::new();
        let list: String = entries.iter().map(|(host, path)| format!("{host}{path}\n")).collect();
        folder.list("games.txt", list);
        let report = folder.build();
        prop_assert_eq!(report.entries, entries.len() as u64);
        let categories = folder.open();
        for (host, path) in &questions {
            let wanted = match expected(&entries, host, path) {
                Some((host, path)) => format!("games: {host}{path}"),
                None => "unknown".to_owned(),
            };
            prop_assert_eq!(answer(&categories, host, path), wanted, "host {} path {}", host, path);
        }
    }
}

#[test]
fn any_question_has_an_answer() {
    let categories = sites();
    let mut runner = proptest::test_runner::TestRunner::default();
    let host = prop_oneof![
        any::<String>(),
        r"[\[\]:.a-z0-9%*-]{0,20}(\.?example\.(org|com))?[.:0-9]{0,3}"
    ];
    let path = prop_oneof![
        any::<String>(),
        r"[/?#%]{0,3}(games|chess)?[/?%&a-fé]{0,10}"
    ];
    let answered = runner.run(&(host, path), |(host, path)| {
        answer(&categories, &host, &path);
        Ok(())
    });
    answered.unwrap();
}
