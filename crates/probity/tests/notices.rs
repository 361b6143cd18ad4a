//! People are told by mail by the program as it runs, also when it is killed at the worst moment.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use end_to_end::smtp_sink::SmtpSink;
use jiff::Timestamp;
use matters::access_request::{AccessRequest, Opening, Step, Wanted};
use matters::event::{Act, Actor};
use matters::people::Person;
use policy::pack::{Files, Pack};
use register_store::Store;

/// Longer than anything here takes on a busy machine.
const WITHIN: Duration = Duration::from_secs(60);

fn person(id: &str, manager: Option<&str>) -> Person {
    Person {
        id: id.into(),
        name: format!("{id} Example"),
        audience: "officer".to_owned(),
        employee_number: None,
        job_title: None,
        unit: None,
        manager: manager.map(Into::into),
        sponsor: None,
        employed: Vec::new(),
        absent: None,
        accounts: vec![id.to_owned()],
        addresses: vec![format!("{id}@council.example")],
        private_addresses: Vec::new(),
        private_numbers: Vec::new(),
        extensions: Vec::new(),
        group: None,
        format: None,
        verified_at: None,
    }
}

fn database(folder: &Path) -> String {
    format!("sqlite://{}?mode=rwc", folder.join("people.db").display())
}

fn pack() -> Pack {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/walsall");
    let (mut files, mut folders) = (Files::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
            files.insert(name.to_owned(), std::fs::read_to_string(&path).unwrap());
        }
    }
    Pack::load(&files).unwrap()
}

async fn store(folder: &Path) -> Store {
    Store::open(&database(folder), Arc::new(pack()))
        .await
        .unwrap()
}

/// The manager asks for a service for somebody, who is told.
async fn ask(store: &Store, service: &str) {
    let act = Act::by(&"manager".into(), Timestamp::now());
    let opening = Opening {
        person: "ann".into(),
        service: service.to_owned(),
        wanted: Wanted {
            need: "letters".to_owned(),
            equipment: None,
            until: None,
            sponsor: None,
        },
        paper: None,
    };
    let kept = store.open_matter::<AccessRequest>(opening, &act).await;
    let id = kept.unwrap().id;
    let sent = store.take::<AccessRequest>(&id, None, Step::Submit, &act);
    sent.await.unwrap();
}

fn configured(folder: &Path, sink: &SmtpSink) -> PathBuf {
    let data = folder.join("data");
    std::fs::create_dir(&data).unwrap();
    let closed = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(&data, closed).unwrap();
    let config = format!(
        "data_dir = \"{}\"\npack = \"walsall\"\n\
         [people]\ndatabase = \"{}\"\n\
         [people.council]\ndomains = [\"council.example\"]\npartner_domains = []\n\
         secure_domains = []\nwebmail_domains = []\n\
         [web]\nlisten = \"127.0.0.1:0\"\nproxies = [\"127.0.0.1\"]\n\
         [notices]\nserver = \"{}\"\nfrom = \"Use <probity@council.example>\"\n\
         console = \"https://probity.council.example\"\n",
        data.display(),
        database(folder),
        sink.address(),
    );
    let path = folder.join("probity.toml");
    std::fs::write(&path, config).unwrap();
    path
}

/// Ends with the test.
struct Serving(Child);

impl Serving {
    fn start(config: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_probity"))
            .args(["serve", "--config", config.to_str().unwrap()])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        while !said.contains("the gates are up") {
            let read = errors.read_line(&mut said).unwrap();
            assert!(read > 0, "{said}");
        }
        // What it says later is read, so that it never waits for us.
        std::thread::spawn(move || std::io::copy(&mut errors, &mut std::io::sink()));
        Self(child)
    }
}

impl Drop for Serving {
    /// At once, as the power goes.
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn killed_before_it_knows_a_message_is_taken_it_sends_it_again_under_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let store = runtime.block_on(store(folder));
    let feed = Act::of(Actor::Feed("hr".to_owned()), Timestamp::now());
    let people = [person("manager", None), person("ann", Some("manager"))];
    runtime
        .block_on(store.put_people(people, [], &feed))
        .unwrap();
    runtime.block_on(ask(&store, "email"));
    let sink = SmtpSink::start().unwrap();
    let config = configured(folder, &sink);

    sink.keep_silent(true);
    let serving = Serving::start(&config);
    assert!(sink.wait_for(1, WITHIN));
    drop(serving);
    let first = sink.take();
    assert_eq!(first.len(), 1, "the rest waits for the answer");

    sink.keep_silent(false);
    let serving = Serving::start(&config);
    assert!(sink.wait_for(1, WITHIN));
    let names = |name: &str| {
        let delivered = sink.delivered();
        delivered
            .iter()
            .map(|one| one.values("Message-ID").concat())
            .filter(|id| id == name)
            .count()
    };
    let name = first[0].values("Message-ID").concat();
    assert!(name.ends_with("@council.example>"), "{name}");
    assert_eq!(names(&name), 1, "{:?}", sink.delivered());

    // What is decided while it runs goes out at once, and what went out once does not again.
    let before = sink.delivered().len();
    runtime.block_on(ask(&store, "internet"));
    assert!(sink.wait_for(before + 1, WITHIN));
    drop(serving);
    assert_eq!(names(&name), 1);
    let waiting = || {
        runtime
            .block_on(store.notice_mail_health(Timestamp::now(), 1))
            .unwrap()
    };
    let serving = Serving::start(&config);
    let end = std::time::Instant::now() + WITHIN;
    while waiting().waiting > 0 {
        assert!(std::time::Instant::now() < end, "{:?}", waiting());
        std::thread::sleep(Duration::from_millis(50));
    }
    drop(serving);
    assert_eq!(names(&name), 1);
}
