//! What people read before they sign, and the hash that stands for it.
#![allow(clippy::unwrap_used)]

mod packs_on_disk;

use packs_on_disk::{files, load, pack};
use policy::edition_text::EditionText;

fn text(council: &str, edition: &str) -> EditionText {
    pack(council).edition_text(edition).unwrap()
}

/// Chorley's members' text after one change to one file.
fn changed(path: &str, from: &str, to: &str) -> EditionText {
    let mut files = files("chorley");
    let file = files.get_mut(path).unwrap();
    assert_eq!(file.matches(from).count(), 1, "{from}");
    *file = file.replace(from, to);
    load(&files).edition_text("members").unwrap()
}

fn has(text: &EditionText, clause: &str) -> bool {
    text.sections
        .iter()
        .any(|section| section.id.as_str() == clause)
}

#[test]
fn the_same_pack_gives_the_same_text() {
    assert_eq!(text("chorley", "members"), text("chorley", "members"));
    assert!(pack("chorley").edition_text("nobody").is_none());
}

// What the signature stands for must not slip: whoever changes the reckoning changes this.
#[test]
fn the_hash_covers_every_word_read_and_nothing_else() {
    let before = text("chorley", "members");
    assert_eq!(before.sha256.len(), 64);
    for (path, from, to) in [
        (
            "clauses.toml",
            "title = \"Councillors may write to their group\"",
            "title = \"Groups\"",
        ),
        (
            "clauses.toml",
            "id = \"chorley-12\"",
            "id = \"chorley-12.a\"",
        ),
        (
            "pack.toml",
            "version = \"2010-01\"",
            "version = \"2010-02\"",
        ),
        (
            "pack.toml",
            "title = \"Members' version\"",
            "title = \"Members\"",
        ),
    ] {
        assert_ne!(changed(path, from, to).sha256, before.sha256, "{from}");
    }
    let mut clauses: toml::Table = files("chorley")["clauses.toml"].parse().unwrap();
    clauses["clause"][0]["gist"] = toml::Value::String("Something else.".to_owned());
    let mut with_gist = files("chorley");
    with_gist.insert("clauses.toml".to_owned(), clauses.to_string());
    let after = load(&with_gist).edition_text("members").unwrap();
    assert_ne!(after.sha256, before.sha256);

    // The desk's number is not what anybody signs, nor is the other edition's name.
    let same = changed("pack.toml", "01632 960300", "01632 960301");
    assert_eq!(same, before);
    let same = changed(
        "pack.toml",
        "title = \"Officers' version\"",
        "title = \"Staff\"",
    );
    assert_eq!(same, before);
}

#[test]
fn editions_hold_what_speaks_to_their_readers() {
    let (members, officers) = (text("chorley", "members"), text("chorley", "officers"));
    assert_ne!(members.sha256, officers.sha256);
    assert!(has(&members, "chorley-4.3.e") && !has(&officers, "chorley-4.3.e"));
    assert!(has(&officers, "chorley-4.3.d") && !has(&members, "chorley-4.3.d"));
    // What speaks to no audience of the pack is for everybody to know.
    assert!(has(&members, "chorley-4.2.b") && has(&officers, "chorley-4.2.b"));

    let (councillors, partners) = (
        text("walsall", "councillors"),
        text("walsall", "agents-and-partners"),
    );
    assert!(has(&councillors, "walsall-5.1.4") && !has(&partners, "walsall-5.1.4"));
    assert!(has(&partners, "walsall-5.1.5") && !has(&councillors, "walsall-5.1.5"));
    assert!(has(&partners, "walsall-8.2.1") && has(&councillors, "walsall-8.2.1"));
    assert!(has(&text("halton", "staff"), "halton-3.1.2"));
}

#[test]
fn nothing_is_read_by_nobody() {
    for council in ["walsall", "halton", "chorley"] {
        let pack = pack(council);
        let texts: Vec<_> = pack
            .settings()
            .editions
            .keys()
            .map(|edition| pack.edition_text(edition).unwrap())
            .collect();
        for clause in pack.clauses() {
            let id = clause.id.as_str();
            assert!(texts.iter().any(|text| has(text, id)), "{id}");
        }
    }
}
