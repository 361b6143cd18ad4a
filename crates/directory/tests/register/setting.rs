//! An empty register under Walsall's policy, and files to import into it.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use directory::import::Importer;
use directory::raw_files::{RawFile, RawFiles};
use end_to_end::temp::Folder;
use jiff::Timestamp;
use policy::pack::{Files, Pack};
use register_store::Store;

static PACK: LazyLock<Arc<Pack>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/walsall");
    let mut files = Files::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let inside = path.strip_prefix(&root).unwrap().to_str().unwrap();
            files.insert(inside.to_owned(), std::fs::read_to_string(&path).unwrap());
        }
    }
    Arc::new(Pack::load(&files).unwrap())
});

pub struct Setting {
    pub store: Store,
    pub importer: Importer,
    pub raw: RawFiles,
    _folder: Folder,
}

pub fn now() -> Timestamp {
    "2026-06-22T09:00:00Z".parse().unwrap()
}

impl Setting {
    pub async fn new() -> Self {
        let folder = Folder::new("feeds").unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.join("register").display());
        let store = Store::open(&url, PACK.clone()).await.unwrap();
        Self {
            importer: Importer::new(&store).unwrap(),
            raw: RawFiles::new(folder.join("raw")),
            store,
            _folder: folder,
        }
    }

    pub fn file(&self, text: &str) -> RawFile {
        self.raw.keep(text.as_bytes()).unwrap()
    }

    pub async fn import(&self, text: &str) -> register_store::feeds::Counts {
        let file = self.file(text);
        self.importer
            .import_hr(&file, now(), |_| {})
            .await
            .unwrap()
            .counts
    }
}
