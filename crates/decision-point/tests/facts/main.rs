//! Facts as they are gathered: from messages and requests as the gates see them, with a pack, a register
//! and a memory of earlier mail.
#![allow(clippy::unwrap_used, clippy::panic)]

mod calls;
mod desk;
mod devices;
mod earlier_mail;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use decision_point::adopted::Adopted;
use decision_point::information::InformationPoint;
use policy::pack::{Files, Pack};
use register::snapshot::Snapshot;

/// What is known where a built-in pack is in force.
fn information(pack: &str, register: &str) -> InformationPoint {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut files = BTreeMap::new();
    read(&root.join(pack), "", &mut files);
    let adopted = Adopted::new(Arc::new(Pack::load(&files).unwrap())).unwrap();
    InformationPoint::new(adopted, Snapshot::parse(register).unwrap(), None)
}

fn read(folder: &Path, below: &str, into: &mut Files) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{below}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            read(&path, &format!("{name}/"), into);
        } else {
            into.insert(name, std::fs::read_to_string(path).unwrap());
        }
    }
}
