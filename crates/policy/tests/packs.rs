//! The packs in this repository load, and their scenarios pass.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;

use policy::coverage::Coverage;
use policy::pack::{Files, Pack};

fn read(council: &str) -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../policies")
        .join(council);
    let mut files = Files::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let inside = path
                    .strip_prefix(&root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                files.insert(inside, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

fn check(council: &str) {
    let pack = match Pack::load(&read(council)) {
        Ok(pack) => pack,
        Err(error) => {
            panic!(
                "{}",
                error
                    .problems
                    .iter()
                    .map(|p| format!("{p}\n"))
                    .collect::<String>()
            )
        }
    };
    let coverage = Coverage::of(&pack);
    assert!(
        coverage.unproven.is_empty(),
        "{}",
        coverage.unproven.join("\n")
    );
}

#[test]
fn walsall() {
    check("walsall");
}
