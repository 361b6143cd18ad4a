//! Personal mail by the program as a council runs it: by hand first, then by the server at its hour.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use end_to_end::dovecot::{Dovecot, MASTER, PASSWORD, missing};
use end_to_end::numbered::is_possible;
use end_to_end::process::{Process, wait_until};
use end_to_end::temp::Folder;
use serde_json::Value;

const ADA: &str = "ada@council.test";

struct Council {
    dovecot: Dovecot,
    config: PathBuf,
    folder: Folder,
}

impl Council {
    fn new() -> Self {
        let folder = Folder::new("mailboxes").unwrap();
        let dovecot = Dovecot::start(folder.path(), &[ADA]).unwrap();
        let data = folder.join("data");
        std::fs::create_dir(&data).unwrap();
        let closed = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(&data, closed).unwrap();
        let password = folder.join("imap.password");
        std::fs::write(&password, format!("{PASSWORD}\n")).unwrap();
        let text = format!(
            "data_dir = \"{}\"\npack = \"chorley\"\n\
             [people]\ndatabase = \"sqlite://{}?mode=rwc\"\n\
             [people.council]\ndomains = [\"council.test\"]\npartner_domains = []\n\
             secure_domains = []\nwebmail_domains = []\n\
             [web]\nlisten = \"127.0.0.1:0\"\nproxies = [\"127.0.0.1\"]\n\
             [mailboxes]\npassword_file = \"{}\"\n\
             [mailboxes.imap]\nserver = \"imaps://localhost:{}\"\nauthority = \"{}\"\naccount = \"{MASTER}\"\n",
            data.display(),
            folder.join("people.db").display(),
            password.display(),
            dovecot.encrypted().port(),
            dovecot.authority().display(),
        );
        let config = folder.join("probity.toml");
        std::fs::write(&config, text).unwrap();
        let council = Self {
            dovecot,
            config,
            folder,
        };
        let people = council.folder.join("people.csv");
        let list = format!(
            "employee number,name,audience,contract start,email\n1,Ada Example,officer,2020-01-01,{ADA}\n"
        );
        std::fs::write(&people, list).unwrap();
        let people = people.to_str().unwrap();
        let imported = council.probity(&["import", "hr", people]);
        assert!(imported.status.success(), "{}", said(&imported));
        council
    }

    fn probity(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_probity"));
        command.args(args).arg("--config").arg(&self.config);
        command.output().unwrap()
    }

    fn curl(&self, path: &str, args: &[&str]) -> String {
        let url = format!("imap://{}/{path}", self.dovecot.plain());
        let mut command = Command::new("curl");
        command.args(["-sS", "--user", &format!("{ADA}:{PASSWORD}")]);
        let output = command.args(args).arg(url).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    fn put(&self, file: &Path) {
        self.curl("Personal", &["-T", file.to_str().unwrap()]);
    }
}

fn said(output: &Output) -> String {
    let all = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8_lossy(&all).into_owned()
}

#[test]
fn mailboxes_are_gone_over_by_hand_and_by_the_server() {
    if !is_possible(missing()) {
        return;
    }
    let council = Council::new();
    let message = council.folder.join("message");
    std::fs::write(
        &message,
        "From: mum@home.test\r\nSubject: Lunch\r\n\r\nSunday?\r\n",
    )
    .unwrap();
    council.put(&message);
    let tally = |output: &Output| -> Value {
        assert!(output.status.success(), "{}", said(output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let dry = council.probity(&["mailboxes", "go-over", "--dry-run", "--format", "json"]);
    assert_eq!(
        (&tally(&dry)["listed"], &tally(&dry)["lists"]),
        (&1.into(), &1.into())
    );
    assert!(!council.curl("INBOX", &["-X", "SEARCH ALL"]).contains(" 1"));
    // What a person reads at the server's own command line.
    let shown = said(&council.probity(&["mailboxes", "go-over", "--dry-run"]));
    assert!(
        shown.contains("messages: 1 would be listed, 0 would be removed"),
        "{shown}"
    );
    // The server has never gone over them, so its hour has come.
    let log = std::fs::File::create(council.folder.join("serve.log")).unwrap();
    let mut serve = Command::new(env!("CARGO_BIN_EXE_probity"));
    serve.arg("serve").arg("--config").arg(&council.config);
    serve
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log);
    let mut server = Process::start(&mut serve).unwrap();
    let listed = || council.curl("INBOX", &["-X", "SEARCH ALL"]).contains(" 1");
    wait_until("a list in the inbox", Duration::from_secs(60), listed).unwrap();
    let list = council.curl("INBOX;MAILINDEX=1", &[]);
    assert!(
        list.contains("Subject: Personal mail in your mailbox"),
        "{list}"
    );
    let last = council.folder.join("data/mailboxes.json");
    wait_until("the end of the round", Duration::from_secs(60), || {
        last.exists()
    })
    .unwrap();
    server.terminate();
    // Listed today, so not again; and nothing went.
    let again = tally(&council.probity(&["mailboxes", "go-over", "--format", "json"]));
    assert_eq!((&again["lists"], &again["removed"]), (&0.into(), &0.into()));
    assert!(
        council
            .curl("Personal", &["-X", "SEARCH ALL"])
            .contains(" 1")
    );
    let tail = said(&council.probity(&["check"]));
    assert!(!tail.contains("[mailboxes]"), "{tail}");
}

#[test]
fn what_is_missing_is_said_with_what_to_do() {
    if !is_possible(missing()) {
        return;
    }
    let council = Council::new();
    let text = std::fs::read_to_string(&council.config).unwrap();
    let check = |from: &str, to: &str, expected: &str| {
        std::fs::write(&council.config, text.replace(from, to)).unwrap();
        let output = council.probity(&["mailboxes", "go-over"]);
        assert!(!output.status.success());
        assert!(said(&output).contains(expected), "{to}: {}", said(&output));
    };
    check(
        "pack = \"chorley\"",
        "pack = \"walsall\"",
        "no [people.personal_mail]",
    );
    check("imap.password", "no.password", "password_file");
    check("imaps://", "imap://mail.", "imaps://");
    check(
        "account = \"probity\"",
        "account = \"nobody\"",
        "does not let the account in",
    );
}
