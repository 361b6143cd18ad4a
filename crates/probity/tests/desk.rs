//! The desk gate as part of the program: its configuration, what is printed for tools, and a tool that asks.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use end_to_end::ports;
use end_to_end::process::{Process, wait_until};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

const REGISTER: &str = r#"
[council]
domains = ["council.example"]
partner_domains = ["partner.example"]
"#;

fn probity(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_probity"))
        .args(arguments)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(text).unwrap(),
    )
}

/// A folder with a configuration of nothing but the desk gate.
struct Setting {
    folder: tempfile::TempDir,
    address: SocketAddr,
}

impl Setting {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let setting = Self {
            folder,
            address: ports::free().unwrap(),
        };
        let data = setting.path("data");
        std::fs::create_dir(&data).unwrap();
        close(&data, 0o700);
        std::fs::write(setting.path("register.toml"), REGISTER).unwrap();
        setting.assets("02-00-00-00-00-01,A-1,PO-1");
        for tool in ["chat", "print", "join"] {
            setting.token(tool, &format!("{tool}-{TOKEN}"), 0o600);
        }
        let here = setting.folder.path().display();
        let tools = ["chat", "print", "join"].map(|tool| {
            format!(
                "[[desk.tool]]\nname = \"{tool}\"\ntoken_file = \"{here}/{tool}.token\"\nmay = [\"{tool}\"]\n"
            )
        });
        let config = format!(
            "data_dir = \"{here}/data\"\npack = \"halton\"\nregister = \"{here}/register.toml\"\n\
             [record]\nmin_free_bytes = 0\n\
             [desk]\nlisten = \"{}\"\nassets = \"{here}/assets.csv\"\npage_logs = [\"{here}/page_log\"]\n{}",
            setting.address,
            tools.concat()
        );
        std::fs::write(setting.path("probity.toml"), config).unwrap();
        setting
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn assets(&self, row: &str) {
        let new = self.path("assets.new");
        let text = format!("hardware_address,number,purchase\n{row}\n");
        std::fs::write(&new, text).unwrap();
        std::fs::rename(new, self.path("assets.csv")).unwrap();
    }

    fn token(&self, tool: &str, token: &str, mode: u32) {
        let path = self.path(&format!("{tool}.token"));
        std::fs::write(&path, token).unwrap();
        close(&path, mode);
    }

    fn config(&self) -> String {
        self.path("probity.toml").display().to_string()
    }

    fn command(&self, arguments: &[&str]) -> (i32, String) {
        probity(&[arguments, &["--config", &self.config()]].concat())
    }

    fn edit(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path("probity.toml")).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(self.path("probity.toml"), text.replace(from, to)).unwrap();
    }

    /// The outcome of asking whether a device may join.
    fn ask(&self, device: &str) -> String {
        let body = format!("activity=join&hardware_address={device}");
        let mut stream = TcpStream::connect(self.address).unwrap();
        let request = format!(
            "POST /v1/decide HTTP/1.1\r\nHost: desk\r\nConnection: close\r\nAuthorization: Bearer join-{TOKEN}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nAccept: text/plain\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let outcome = answer
            .lines()
            .find_map(|line| line.strip_prefix("outcome: "));
        outcome.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}

fn close(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_tool_is_answered_and_what_changes_is_taken_up() {
    let setting = Setting::new();
    let log = std::fs::File::create(setting.path("log")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_probity"));
    command.args(["serve", "--config", &setting.config()]);
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap());
    let mut process = Process::start(command.stderr(log)).unwrap();
    let said = || std::fs::read_to_string(setting.path("log")).unwrap();
    let up = format!("desk {}", setting.address);
    wait_until("the gates", Duration::from_secs(60), || {
        said().contains(&up)
    })
    .unwrap_or_else(|error| panic!("{error}: {}", said()));
    assert_eq!(setting.ask("02-00-00-00-00-01"), "permit");
    assert_eq!(setting.ask("02-00-00-00-00-02"), "refuse");
    setting.assets("02-00-00-00-00-02,A-2,PO-2");
    let taken_up = || setting.ask("02-00-00-00-00-02") == "permit";
    wait_until("the assets", Duration::from_secs(20), taken_up).unwrap();
    assert_eq!(setting.ask("02-00-00-00-00-01"), "refuse");
    let line = "office ann 7 [02/Mar/2026:10:00:00 +0000] total 6 - localhost A name - -\n";
    std::fs::write(setting.path("page_log"), line).unwrap();
    let data = setting.path("data").display().to_string();
    let mut record = String::new();
    let is_read = || {
        let tail = ["record", "tail", "--data", &data, "--format", "json"];
        record = probity(&[&tail[..], &["--lines", "50"]].concat()).1;
        record.contains("\"printed\"")
    };
    wait_until("the page log", Duration::from_secs(20), is_read).unwrap();
    assert!(record.contains("asset-register"), "{record}");
    process.terminate();
    let (code, verified) = probity(&["record", "verify", "--data", &data]);
    assert_eq!(code, 0, "{verified}");
}

#[test]
fn what_is_wrong_is_told_at_once() {
    let setting = Setting::new();
    assert_eq!(
        setting.command(&["check"]),
        (0, "everything is in order\n".to_owned())
    );
    setting.token("chat", "short", 0o644);
    setting.token("print", &format!("join-{TOKEN}"), 0o600);
    setting.assets("nonsense,A-1,PO-1");
    let (code, said) = setting.command(&["check"]);
    assert_eq!(code, 1, "{said}");
    for piece in [
        "the token of `chat` in",
        "can be read by everybody here",
        "`print` and `join` have the same token",
        "line 2: `nonsense` is no hardware address",
        "4 problem(s)",
    ] {
        assert!(said.contains(piece), "`{piece}` in {said}");
    }
    setting.edit("listen = \"127.0.0.1", "listen = \"0.0.0.0");
    setting.edit("assets =", "# assets =");
    setting.edit("name = \"print\"", "name = \"chat\"");
    let (_, said) = setting.command(&["check"]);
    for piece in [
        "[desk] listen is not on this machine alone",
        "[desk] has a tool that asks about devices and no `assets`",
        "[[desk.tool]] `chat` is there twice",
    ] {
        assert!(said.contains(piece), "`{piece}` in {said}");
    }
}

#[test]
fn each_tool_is_printed_what_it_needs() {
    let setting = Setting::new();
    let address = format!("http://{}", setting.address);
    for (software, pieces) in [
        (
            "freeradius",
            ["rest probity {", "probity_join", "join.token"],
        ),
        (
            "prosody",
            [
                "probity_federation = { \"partner.example\" }",
                "module:hook",
                "chat.token",
            ],
        ),
        ("cups", ["lpadmin -p QUEUE", "#!/bin/sh", "print.token"]),
    ] {
        let (code, printed) = setting.command(&["integrate", software]);
        assert_eq!(code, 0, "{printed}");
        for piece in pieces.into_iter().chain([&*address]) {
            assert!(printed.contains(piece), "`{piece}` in {printed}");
        }
        // Whoever prints it may look over somebody's shoulder.
        assert!(!printed.contains(TOKEN), "{printed}");
    }
    setting.edit("may = [\"chat\"]", "may = [\"print\"]");
    let (code, said) = setting.command(&["integrate", "prosody"]);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("no [[desk.tool]] may ask about `chat`"),
        "{said}"
    );
}
