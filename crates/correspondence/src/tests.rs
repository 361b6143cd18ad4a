//! The memory with its file.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;

const STRANGER: &str = "stranger@elsewhere.example";

fn limits() -> Limits {
    Limits {
        addresses: 1000,
        messages: 1000,
        ..Limits::default()
    }
}

/// A moment of the day of this number.
fn day(n: u32) -> Timestamp {
    Day(20_000 + n).start()
}

fn open(folder: &Path, n: u32) -> (Correspondence, Found) {
    Correspondence::open(folder, &limits(), day(n)).unwrap()
}

#[test]
fn nobody_is_a_stranger_until_it_has_gathered_for_long_enough() {
    let folder = tempfile::tempdir().unwrap();
    let (memory, found) = open(folder.path(), 0);
    assert_eq!(found, Found::Nothing);
    assert!(!memory.is_first_contact(STRANGER, day(0)));
    assert!(!memory.is_first_contact(STRANGER, day(29)));
    assert!(memory.is_first_contact(STRANGER, day(30)));
    assert_eq!(memory.trusted_from(), day(30));
}

#[test]
fn who_wrote_here_or_was_written_to_is_no_stranger() {
    let folder = tempfile::tempdir().unwrap();
    let (memory, _) = open(folder.path(), 0);
    memory.heard_from("Ann@home.example", day(1));
    memory.wrote_to("bob@home.example", day(1));
    let is_first = |address, n| memory.is_first_contact(address, day(n));
    assert!(!is_first("ann+news@HOME.example", 40));
    assert!(!is_first("bob@home.example", 40));
    assert!(is_first("cem@home.example", 40));
    // Forgotten after two years.
    assert!(is_first("ann@home.example", 732));
}

#[test]
fn what_was_called_junk_or_reported_is_known_for_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let (memory, _) = open(folder.path(), 0);
    memory.call("<1@elsewhere.example>", Called::Junk, day(0));
    memory.call("2@elsewhere.example", Called::Reported, day(0));
    let was = |id, called, n| memory.was_called(id, called, day(n));
    assert!(was("1@elsewhere.example", Called::Junk, 90));
    assert!(!was("1@elsewhere.example", Called::Junk, 91));
    assert!(!was("1@elsewhere.example", Called::Reported, 0));
    assert!(was("<2@elsewhere.example>", Called::Reported, 0));
}

#[test]
fn a_domain_is_often_written_to_after_some_days_and_then_has_look_alikes() {
    let folder = tempfile::tempdir().unwrap();
    let (memory, _) = open(folder.path(), 0);
    let like = |address, n| memory.look_alike_of(address, day(n));
    for n in 31..36 {
        assert_eq!(like("ann@housingtrusts.example", n), None);
        memory.wrote_to("bob@mail.housingtrust.example", day(n));
        memory.wrote_to("cem@housingtrust.example", day(n));
    }
    let trust = Some("housingtrust.example".to_owned());
    assert_eq!(like("ann@housingtrusts.example", 40), trust);
    assert_eq!(like("ann@housingtrust.example", 40), None);
    // Whoever writes there on two days means it.
    memory.wrote_to("ann@housingtrusts.example", day(40));
    assert_eq!(like("ann@housingtrusts.example", 40), trust);
    memory.wrote_to("ann@housingtrusts.example", day(41));
    assert_eq!(like("ann@housingtrusts.example", 41), None);
    memory.flush().unwrap();
    drop(memory);
    let (memory, found) = open(folder.path(), 42);
    assert_eq!(found, Found::Whole);
    assert_eq!(memory.look_alike_of("a@housingtrust.com", day(42)), trust);
}

#[test]
fn domains_the_council_names_have_look_alikes_once_the_memory_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let (memory, _) = open(folder.path(), 0);
    memory.name_domains(["partner.example"]);
    let like = |n| memory.look_alike_of("a@partners.example", day(n));
    assert_eq!(like(29), None);
    assert_eq!(like(30).as_deref(), Some("partner.example"));
    memory.name_domains(["hospital.example"]);
    assert_eq!(like(30), None);
}

#[test]
fn what_was_flushed_is_there_after_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let (memory, _) = open(folder.path(), 0);
    memory.heard_from("ann@home.example", day(1));
    memory.flush().unwrap();
    memory.wrote_to("bob@home.example", day(30));
    memory.flush().unwrap();
    memory.heard_from("cem@home.example", day(30));
    // Dropping it writes nothing.
    drop(memory);
    let (memory, found) = open(folder.path(), 31);
    assert_eq!(found, Found::Whole);
    let is_first = |address| memory.is_first_contact(address, day(31));
    assert!(!is_first("ann@home.example") && !is_first("bob@home.example"));
    assert!(is_first("cem@home.example"), "not flushed");
}

#[test]
fn a_torn_end_is_cut_off_and_the_rest_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (memory, _) = open(folder.path(), 0);
    memory.heard_from("ann@home.example", day(25));
    memory.flush().unwrap();
    drop(memory);
    let path = folder.path().join("memory");
    let mut file = fs::read(&path).unwrap();
    file.extend([14, 1, 1, 0]);
    fs::write(&path, file).unwrap();
    let (memory, found) = open(folder.path(), 30);
    assert_eq!(found, Found::Whole);
    assert!(!memory.is_first_contact("ann@home.example", day(30)));
    assert!(memory.is_first_contact(STRANGER, day(30)));
    // What comes after is read too.
    memory.heard_from(STRANGER, day(30));
    memory.flush().unwrap();
    drop(memory);
    let (memory, _) = open(folder.path(), 30);
    assert!(!memory.is_first_contact(STRANGER, day(30)));
}

/// Damage, a lost key and a long pause all mean that somebody may be known who is not remembered.
#[test]
fn what_may_not_be_whole_is_held_against_nobody() {
    let check = |spoil: &dyn Fn(&Path), n, expected| {
        let folder = tempfile::tempdir().unwrap();
        let (memory, _) = open(folder.path(), 0);
        memory.heard_from("ann@home.example", day(0));
        memory.flush().unwrap();
        drop(memory);
        spoil(folder.path());
        let (memory, found) = open(folder.path(), n);
        assert_eq!(found, expected);
        for later in 0..30 {
            assert!(!memory.is_first_contact(STRANGER, day(n + later)));
        }
        assert!(memory.is_first_contact(STRANGER, day(n + 30)));
        // And once it was found so, it stays so.
        memory.heard_from("bob@home.example", day(n));
        memory.flush().unwrap();
        drop(memory);
        let (memory, found) = open(folder.path(), n);
        assert_eq!(found, Found::Whole);
        assert!(!memory.is_first_contact(STRANGER, day(n + 29)));
    };
    let file = |folder: &Path| folder.join("memory");
    check(&|_| (), 15, Found::Stale);
    check(
        &|folder| fs::remove_file(folder.join("key")).unwrap(),
        5,
        Found::Damaged,
    );
    check(
        &|folder| fs::write(file(folder), "").unwrap(),
        5,
        Found::Damaged,
    );
    check(
        &|folder| fs::write(file(folder), "probity correspondence 2\n").unwrap(),
        5,
        Found::Damaged,
    );
    check(
        &|folder| {
            let mut bytes = fs::read(file(folder)).unwrap();
            bytes.extend([7; 100_000]);
            fs::write(file(folder), bytes).unwrap();
        },
        5,
        Found::Damaged,
    );
    check(
        &|folder| fs::remove_file(file(folder)).unwrap(),
        5,
        Found::Nothing,
    );
}

#[test]
fn it_holds_no_address_and_is_the_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("correspondence");
    let (memory, _) = open(&folder, 0);
    memory.heard_from("ann.private@home.example", day(0));
    memory.wrote_to("bob.private@surgery.example", day(0));
    memory.call("secret-id@home.example", Called::Junk, day(0));
    memory.flush().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for file in fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600);
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        for secret in ["private", "home", "surgery", "secret"] {
            assert!(!text.contains(secret), "{secret} in {path:?}");
        }
    }
}

#[test]
fn the_file_stays_in_proportion_to_what_is_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let (memory, _) = open(folder.path(), 0);
    for n in 0..200_000_u32 {
        memory.heard_from(&format!("{n}@home.example"), day(1));
        if n % 5000 == 0 {
            memory.flush().unwrap();
        }
    }
    memory.flush().unwrap();
    let bytes = fs::metadata(folder.path().join("memory")).unwrap().len();
    assert!(bytes < 1_200_000, "{bytes}");
    drop(memory);
    let (memory, _) = open(folder.path(), 31);
    assert!(!memory.is_first_contact("199999@home.example", day(31)));
}

#[test]
fn another_process_reads_it_and_leaves_it_alone() {
    let folder = tempfile::tempdir().unwrap();
    let read = || Correspondence::read(folder.path(), &limits(), day(30)).unwrap();
    assert!(read().is_none());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let (memory, _) = open(folder.path(), 0);
    memory.heard_from("ann@home.example", day(29));
    memory.flush().unwrap();
    let before = fs::read(folder.path().join("memory")).unwrap();
    let other = read().unwrap();
    assert!(!other.is_first_contact("ann@home.example", day(30)));
    assert!(other.is_first_contact(STRANGER, day(30)));
    other.heard_from(STRANGER, day(30));
    other.flush().unwrap();
    assert_eq!(fs::read(folder.path().join("memory")).unwrap(), before);
}

/// Each would replace what the other wrote.
#[test]
fn one_process_has_it_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let (memory, _) = open(folder.path(), 0);
    memory.heard_from("ann@home.example", day(25));
    assert!(Correspondence::open(folder.path(), &limits(), day(25)).is_err());
    memory.flush().unwrap();
    drop(memory);
    let (memory, _) = open(folder.path(), 30);
    assert!(!memory.is_first_contact("ann@home.example", day(30)));
}

/// A full disk, say: what could not be appended is written with the whole later.
#[test]
fn what_could_not_be_written_is_written_later() {
    let folder = tempfile::tempdir().unwrap();
    let (memory, _) = open(folder.path(), 0);
    memory.heard_from("ann@home.example", day(25));
    memory.change().write_anew();
    let moved = folder.path().with_extension("moved");
    fs::rename(folder.path(), &moved).unwrap();
    assert!(memory.flush().is_err());
    fs::rename(&moved, folder.path()).unwrap();
    memory.flush().unwrap();
    drop(memory);
    let (memory, _) = open(folder.path(), 30);
    assert!(!memory.is_first_contact("ann@home.example", day(30)));
}
