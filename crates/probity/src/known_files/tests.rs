#![allow(clippy::unwrap_used, clippy::panic)]

use content::document::Limits;
use content::known_files::{Class, Item, take};

use super::*;

fn item(key: &Key, reference: &str) -> Item {
    let text = format!("{reference} says that the depot is sold. ").repeat(20);
    let taken = take(
        text.as_bytes(),
        None,
        Class::RegisteredDocument,
        key,
        &Limits::default(),
    );
    Item {
        reference: reference.to_owned(),
        class: Class::RegisteredDocument,
        owner: None,
        registered_at: 0,
        until: None,
        prints: taken.prints,
    }
}

fn put(files: &KnownFiles, reference: &str) {
    let key = files.key().unwrap();
    let put = |register: &mut Register| -> Result<_, KnownFilesError> {
        register.put(item(&key, reference)).unwrap();
        Ok(())
    };
    files.change(put).unwrap();
}

fn references(files: &KnownFiles) -> Vec<String> {
    let (register, _) = files.read().unwrap().unwrap();
    let items = register.items().iter();
    items.map(|item| item.reference.clone()).collect()
}

fn files(folder: &tempfile::TempDir) -> KnownFiles {
    KnownFiles::at(&folder.path().join("data/known-files.register"))
}

#[test]
fn the_key_is_made_once_and_closed_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let files = files(&folder);
    assert!(files.read().unwrap().is_none());
    let key = files.key().unwrap();
    assert_eq!(files.key().unwrap(), key);
    put(&files, "A");
    assert_eq!(files.key().unwrap(), key);
    for path in files.paths() {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{path:?}");
    }
}

#[test]
fn a_register_is_of_no_use_without_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let files = files(&folder);
    put(&files, "A");
    let [_, key] = files.paths();
    let sound = std::fs::read_to_string(&key).unwrap();
    let wrong = |error| matches!(error, KnownFilesError::WrongKey { .. });
    let other = sound.chars().rev().collect::<String>();
    for text in ["", "junk", &"z".repeat(64), other.trim(), &sound.repeat(2)] {
        std::fs::write(&key, text).unwrap();
        assert!(files.read().is_err_and(wrong), "{text}");
    }
    std::fs::remove_file(&key).unwrap();
    assert!(files.read().is_err_and(wrong));
    // Nothing may be added under a key of its own either.
    assert!(files.key().is_err_and(wrong));
    assert!(!key.exists());
    std::fs::write(&key, sound).unwrap();
    let open = PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(&key, open).unwrap();
    let is_open = |error| matches!(error, KnownFilesError::OpenKey { .. });
    assert!(files.read().is_err_and(is_open));
}

#[test]
fn a_damaged_register_is_told_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let files = files(&folder);
    put(&files, "A");
    let [register, _] = files.paths();
    let mut bytes = std::fs::read(&register).unwrap();
    bytes.pop();
    std::fs::write(&register, &bytes).unwrap();
    let change = |_: &mut Register| Ok::<_, KnownFilesError>(());
    let unusable = |error| matches!(error, KnownFilesError::Unusable { .. });
    assert!(files.change(change).is_err_and(unusable));
    assert_eq!(std::fs::read(&register).unwrap(), bytes);
}

#[test]
fn what_several_register_at_once_is_all_there() {
    let folder = tempfile::tempdir().unwrap();
    let files = files(&folder);
    let names: Vec<String> = (0..8).map(|n| format!("R{n}")).collect();
    std::thread::scope(|scope| {
        for name in &names {
            scope.spawn(|| put(&files, name));
        }
    });
    assert_eq!(references(&files), names);
}

/// Anybody else is stopped by the folder itself.
#[test]
fn root_leaves_nothing_that_the_gates_cannot_read() {
    let folder = tempfile::tempdir().unwrap();
    let files = files(&folder);
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    if geteuid().is_root() {
        std::os::unix::fs::chown(&data, Some(65_534), None).unwrap();
        let told = files.key();
        assert!(
            matches!(told, Err(KnownFilesError::OtherAccount { .. })),
            "{told:?}"
        );
        assert_eq!(std::fs::read_dir(&data).unwrap().count(), 0);
    }
}

/// Whoever is killed while writing leaves a file beside the register, and the register as it was.
#[test]
fn what_was_left_half_written_is_in_nobodys_way() {
    let folder = tempfile::tempdir().unwrap();
    let files = files(&folder);
    put(&files, "A");
    let [register, key] = files.paths();
    std::fs::write(register.with_extension("new"), "half of it").unwrap();
    std::fs::write(key.with_extension("key.new"), "half of it").unwrap();
    assert_eq!(references(&files), ["A"]);
    put(&files, "B");
    assert_eq!(references(&files), ["A", "B"]);
}
