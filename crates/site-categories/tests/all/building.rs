use crate::folder::{Folder, hosts};
use site_categories::{BuildError, OpenError, Options, ReadListsError, Reason, Refusal, Replaced};
use std::fs;

fn forced() -> Options<'static> {
    Options {
        force: true,
        ..Options::default()
    }
}

#[test]
fn both_layouts_give_sorted_categories() {
    let folder = Folder::with(&[
        ("shopping/domains", "shop.example.org\nexample.net\n"),
        ("shopping/urls", "example.org/shop\n"),
        ("games.txt", "example.net\n"),
        (
            "shopping.txt",
            "0.0.0.0 more.example.org shop.example.org\n",
        ),
        ("empty/domains", "# nothing yet\n"),
        ("README.md", "not a list"),
        ("notes/usage", "black"),
    ]);
    let report = folder
        .build_with(Options {
            created_at: 1_700_000_000,
            ..Options::default()
        })
        .unwrap();
    let categories = folder.open();
    let counted: Vec<_> = categories
        .categories()
        .iter()
        .map(|c| (c.name.as_str(), c.entries))
        .collect();
    assert_eq!(counted, [("empty", 0), ("games", 1), ("shopping", 4)]);
    assert_eq!(
        (report.entries, report.sets, report.reading.rows),
        (4, 2, 5)
    );
    assert_eq!(
        report.reading.ignored,
        [
            folder.lists().join("README.md"),
            folder.lists().join("notes")
        ]
    );
    assert_eq!(report.replaced, Replaced::Nothing);
    assert_eq!(
        (categories.entries(), categories.created_at()),
        (4, 1_700_000_000)
    );
    assert_eq!(report.version, categories.version());
    assert_eq!(report.file_bytes, fs::metadata(folder.out()).unwrap().len());
    assert_eq!(folder.beside(), ["lists", "sites"]);
}

#[test]
fn the_same_lists_have_the_same_version_whatever_the_date() {
    let folder = Folder::with(&[
        ("a.txt", "x.example.org\ny.example.org"),
        ("b.txt", "y.example.org"),
    ]);
    let first = folder
        .build_with(Options {
            created_at: 1,
            ..Options::default()
        })
        .unwrap();
    folder.list("a.txt", "y.example.org\n\nx.example.org\n");
    let second = folder
        .build_with(Options {
            created_at: 2,
            ..Options::default()
        })
        .unwrap();
    assert_eq!(first.version, second.version);
    assert_eq!(second.replaced, Replaced::Lists(first.version));
    folder.list("a.txt", "y.example.org\nz.example.org\nx.example.org\n");
    assert_ne!(folder.build().version, first.version);
}

#[test]
fn rows_without_entry_are_counted_and_placed() {
    let folder = Folder::new();
    let mut list = hosts(100).into_bytes();
    list.extend_from_slice(b"bad\xff.example.org\nco.uk\nexample.org##x\n");
    folder.list("games/domains", list);
    let report = folder.build();
    let notes: Vec<String> = report
        .reading
        .notes
        .iter()
        .map(|note| note.to_string())
        .collect();
    let file = folder.lists().join("games/domains");
    let file = file.display();
    assert_eq!(
        notes,
        [
            format!("{file}:101: not UTF-8"),
            format!("{file}:102: a public suffix, which would cover every site under it"),
            format!("{file}:103: a rule or pattern, not a plain host or URL"),
        ]
    );
    assert_eq!((report.reading.rows, report.reading.unreadable()), (103, 1));
}

#[test]
fn a_public_suffix_is_an_entry_only_where_it_is_permitted() {
    let folder = Folder::with(&[
        ("authorities.txt", "gov.uk\nnhs.uk\n"),
        ("games.txt", "gov.uk\nexample.org\n"),
    ]);
    let permitted_suffixes = &[("authorities", "gov.uk")];
    let report = folder
        .build_with(Options {
            permitted_suffixes,
            ..Options::default()
        })
        .unwrap();
    let counted: Vec<_> = report
        .categories
        .iter()
        .map(|c| (c.name.as_str(), c.entries))
        .collect();
    assert_eq!(counted, [("authorities", 1), ("games", 1)]);
    let categories = folder.open();
    let site_categories::Match::Found(found) = categories.lookup("www.leeds.gov.uk", "/") else {
        panic!("not found");
    };
    assert_eq!(found.categories().collect::<Vec<_>>(), ["authorities"]);
}

#[test]
fn notes_are_bounded_and_counts_are_not() {
    let folder = Folder::new();
    folder.list(
        "games.txt",
        format!("{}{}", hosts(10), "co.uk\n".repeat(50_000)),
    );
    let report = folder.build();
    assert_eq!(report.reading.notes.len(), 20);
    assert_eq!(report.reading.unused[&Reason::PublicSuffix], 50_000);
}

#[test]
fn progress_is_told() {
    let folder = Folder::new();
    folder.list("a.txt", hosts(100_000));
    folder.list("b.txt", hosts(10));
    let mut told = Vec::new();
    let mut progress = |rows| told.push(rows);
    folder
        .build_with(Options {
            progress: Some(&mut progress),
            ..Options::default()
        })
        .unwrap();
    assert_eq!(told, [65_536, 100_000, 100_010]);
}

#[test]
fn lists_without_an_entry_are_never_published() {
    let folder = Folder::with(&[("games.txt", "# nothing\n")]);
    assert_eq!(folder.refusal(forced()), Refusal::NoEntries);
    folder.remove("games.txt");
    assert_eq!(folder.refusal(forced()), Refusal::NoEntries);
    assert_eq!(folder.beside(), ["lists"]);
}

#[test]
fn a_shrunken_feed_does_not_replace_a_good_one() {
    let folder = Folder::with(&[
        ("games.txt", &hosts(1000)),
        ("news.txt", "news.example.com"),
    ]);
    let good = folder.build().version;
    let stays = |refusal| {
        assert_eq!(folder.refusal(Options::default()), refusal);
        assert_eq!(folder.open().version(), good);
        assert_eq!(folder.beside(), ["lists", "sites"]);
    };
    let shrunk = |to| Refusal::CategoryShrunk {
        name: "games".to_owned(),
        from: 1000,
        to,
    };

    folder.list("games.txt", hosts(699));
    stays(shrunk(699));
    folder.list("games.txt", "");
    stays(Refusal::CategoriesLost {
        names: vec!["games".to_owned()],
    });
    folder.remove("games.txt");
    stays(Refusal::CategoriesLost {
        names: vec!["games".to_owned()],
    });

    folder.list("games.txt", hosts(700));
    let version = folder.build().version;
    assert_ne!(version, good);
    folder.list("games.txt", hosts(10));
    assert_eq!(
        folder.build_with(forced()).unwrap().replaced,
        Replaced::Lists(version)
    );
}

#[test]
fn many_small_losses_are_a_loss() {
    let folder = Folder::new();
    for n in 0..20 {
        folder.list(
            &format!("c{n}.txt"),
            (0..50)
                .map(|m| format!("s{m}.c{n}.org\n"))
                .collect::<String>(),
        );
    }
    folder.build();
    for n in 0..20 {
        folder.list(
            &format!("c{n}.txt"),
            (0..20)
                .map(|m| format!("s{m}.c{n}.org\n"))
                .collect::<String>(),
        );
    }
    assert_eq!(
        folder.refusal(Options::default()),
        Refusal::Shrunk {
            from: 1000,
            to: 400
        }
    );
    folder
        .build_with(Options {
            max_shrink_percent: 60,
            ..Options::default()
        })
        .unwrap();
}

#[test]
fn an_unreadable_feed_is_refused() {
    let page = "<html><body>\n<h1>503 Service Unavailable</h1>\n</body></html>\n";
    let folder = Folder::with(&[("games.txt", page), ("news.txt", &hosts(10_000))]);
    let file = folder.lists().join("games.txt");
    let refusal = Refusal::UnreadableList {
        file: file.clone(),
        unreadable: 3,
        rows: 3,
    };
    assert_eq!(folder.refusal(forced()), refusal);

    // One slip in a short hand-kept list is not a broken feed.
    folder.list("games.txt", "chess.example.org\nno host\n");
    folder.build();
    folder.list(
        "games.txt",
        format!("{}{}", hosts(100), "no host\n".repeat(20)),
    );
    assert_eq!(
        folder.refusal(forced()),
        Refusal::UnreadableList {
            file,
            unreadable: 20,
            rows: 120
        }
    );
    folder
        .build_with(Options {
            max_bad_percent: 20,
            ..Options::default()
        })
        .unwrap();

    // Each of these lists is small enough to pass alone.
    for n in 0..20 {
        folder.list(&format!("c{n}.txt"), "no host\nno host\nexample.net\n");
    }
    folder.list("news.txt", hosts(10));
    folder.list("games.txt", hosts(10));
    assert_eq!(
        folder.refusal(forced()),
        Refusal::Unreadable {
            unreadable: 40,
            rows: 80
        }
    );
}

#[test]
fn a_file_of_another_kind_is_not_written_over() {
    let folder = Folder::with(&[("games.txt", "example.org")]);
    fs::write(folder.out(), "my thesis").unwrap();
    assert_eq!(
        folder.refusal(forced()),
        Refusal::SomethingElse { path: folder.out() }
    );
    assert_eq!(fs::read(folder.out()).unwrap(), b"my thesis");
}

#[test]
fn a_damaged_file_is_replaced() {
    let folder = Folder::with(&[("games.txt", "example.org")]);
    folder.build();
    let bytes = fs::read(folder.out()).unwrap();
    fs::write(folder.out(), &bytes[..bytes.len() - 1]).unwrap();
    assert_eq!(folder.build().replaced, Replaced::Unusable);
    folder.open();
}

#[test]
fn unusable_folders_are_errors() {
    let folder = Folder::with(&[("Games.txt", "example.org")]);
    let error = folder.build_with(Options::default()).unwrap_err();
    assert!(
        matches!(
            error,
            BuildError::Lists(ReadListsError::CategoryName { .. })
        ),
        "{error}"
    );
    let folder = Folder::with(&[("too many/domains", "example.org")]);
    let error = folder.build_with(Options::default()).unwrap_err();
    assert!(
        matches!(
            error,
            BuildError::Lists(ReadListsError::CategoryName { .. })
        ),
        "{error}"
    );
    let folder = Folder::new();
    for n in 0..=site_categories::MAX_CATEGORIES {
        folder.list(&format!("c{n}.txt"), "");
    }
    let error = folder.build_with(Options::default()).unwrap_err();
    assert!(
        matches!(
            error,
            BuildError::Lists(ReadListsError::TooManyCategories { .. })
        ),
        "{error}"
    );
    fs::remove_dir_all(folder.lists()).unwrap();
    let error = folder.build_with(Options::default()).unwrap_err();
    assert!(
        matches!(error, BuildError::Lists(ReadListsError::Unreadable { .. })),
        "{error}"
    );
    let missing = site_categories::Categories::open(&folder.out()).unwrap_err();
    assert!(matches!(missing, OpenError::Unreadable { .. }), "{missing}");
}
