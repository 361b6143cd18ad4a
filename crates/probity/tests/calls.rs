//! Calls onto the record: by command, by a folder of the running gates, again, and after a kill; and a
//! month's figures from it.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const NUMBERS: &str = "\
outside_line = [\"9\"]
area_codes = [\"01922\"]
extensions = [\"2000-2999\"]
voicemail = [\"2990\"]
private_lines = [\"0800 123 4567\"]
";

const TARIFF: &str = "\
currency = \"GBP\"
[rates]
local = { per_minute = \"0.01\" }
mobile = { set_up = \"0.02\", per_minute = \"0.10\" }
";

const BILL: &str = "\
[columns]
from = \"From\"
to = \"To\"
when = \"When\"
duration = \"Seconds\"
cost = \"Cost\"
[formats]
when = \"%Y-%m-%d %H:%M:%S\"
currency = \"GBP\"
";

fn probity(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_probity"));
    command.args(args).stdin(Stdio::null()).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8([&output.stdout[..], &output.stderr[..]].concat()).unwrap()
}

/// A row of Asterisk: a call of a minute, at this minute of a day in March.
fn row(n: u32, from: &str, to: &str, at: &str, end: &str) -> String {
    let (seconds, application) = match end {
        "ANSWERED" => ((70, 60), "Dial"),
        "VOICEMAIL" => ((40, 20), "VoiceMail"),
        "LISTENED" => ((30, 30), "VoiceMailMain"),
        _ => ((15, 0), "Dial"),
    };
    let disposition = match end {
        "VOICEMAIL" | "LISTENED" => "ANSWERED",
        other => other,
    };
    let (whole, spoken) = seconds;
    format!(
        "\"\",\"{from}\",\"{to}\",\"\",\"\",\"PJSIP/x-1\",\"\",\"{application}\",\"\",\"2026-03-{at}:00\",\"\",\"\",{whole},{spoken},\"{disposition}\",\"DOCUMENTATION\",\"17724492{n:02}.{n}\",\"\"\n"
    )
}

/// What an exchange logs of the events of a call of a minute, at this minute after 11 on 2 March.
fn events(n: u32, from: &str, to: &str, minute: u32) -> Vec<String> {
    let began = 1_772_449_200 + minute * 60;
    let ids = [0, 1].map(|channel| format!("{began}.{}", 2 * n + channel));
    let names = [from, to].map(|number| format!("PJSIP/{number}-{n:08x}"));
    let event = |kind: &str, after: u32, end: usize| {
        let (at, number, name) = (began + after, [from, to][end], &names[end]);
        format!(
            "\"{kind}\",\"{at}.250000\",\"\",\"{number}\",\"\",\"\",\"\",\"{to}\",\"\",\"{name}\",\"Dial\",\"\",\"\",\"\",\"{}\",\"{}\",\"\",\"\",\"\",\"\"\n",
            ids[end], ids[0]
        )
    };
    vec![
        event("CHAN_START", 0, 0),
        event("CHAN_START", 1, 1),
        event("ANSWER", 10, 1),
        event("HANGUP", 70, 1),
        event("HANGUP", 70, 0),
        event("LINKEDID_END", 70, 0),
    ]
}

/// A council with people in four teams, one of three people.
struct Council {
    folder: tempfile::TempDir,
    config: String,
}

impl Council {
    fn new(pack: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["data", "in", "bills", "events"] {
            std::fs::create_dir(path(name)).unwrap();
        }
        let closed = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(path("data"), closed).unwrap();
        let mut register = "[council]\ndomains = [\"council.example\"]\n".to_owned();
        for (id, parent) in [
            ("finance", ""),
            ("environment", ""),
            ("benefits", "parent = \"finance\"\n"),
            ("revenues", "parent = \"finance\"\n"),
            ("parks", "parent = \"environment\"\n"),
            ("housing", "parent = \"environment\"\n"),
        ] {
            writeln!(
                register,
                "[[unit]]\nid = \"{id}\"\nname = \"{id}\"\n{parent}"
            )
            .unwrap();
        }
        for n in 1..=19 {
            let team = match n {
                1..=5 => "benefits",
                6..=11 => "revenues",
                12..=14 => "parks",
                _ => "housing",
            };
            let mobile = if n == 1 { ", \"07700 900001\"" } else { "" };
            write!(
                register,
                "[[person]]\nid = \"p{n}\"\nname = \"Person {n}\"\naudience = \"officer\"\nacceptance = \"signed\"\n\
                 extensions = [\"20{n:02}\"{mobile}]\nunit = \"{team}\"\n\
                 private_numbers = [\"01632 9601{n:02}\"]\n\
                 clock = [{{ at = \"2026-03-02T08:00:00Z\", state = \"on\" }}]\n"
            )
            .unwrap();
        }
        std::fs::write(path("register.toml"), register).unwrap();
        std::fs::write(path("numbers.toml"), NUMBERS).unwrap();
        std::fs::write(path("tariff.toml"), TARIFF).unwrap();
        std::fs::write(path("bill.toml"), BILL).unwrap();
        let text = format!(
            "data_dir = {:?}\nregister = {:?}\npack = \"{pack}\"\n[record]\nmin_free_bytes = 0\n\
             [web]\nlisten = \"127.0.0.1:0\"\nproxies = [\"127.0.0.1\"]\n\
             [calls]\nnumbers = {:?}\ntariff = {:?}\n[[calls.feed]]\nfolder = {:?}\n\
             [[calls.feed]]\nfolder = {:?}\nmapping = {:?}\n\
             [[calls.feed]]\nfolder = {:?}\nas = \"asterisk-cel\"\n",
            path("data"),
            path("register.toml"),
            path("numbers.toml"),
            path("tariff.toml"),
            path("in"),
            path("bills"),
            path("bill.toml"),
            path("events"),
        );
        let config = path("probity.toml");
        std::fs::write(&config, text).unwrap();
        let config = config.to_str().unwrap().to_owned();
        Self { folder, config }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name).to_str().unwrap().to_owned()
    }

    fn import(&self, file: &str, more: &[&str]) -> Value {
        let args = [
            "calls",
            "import",
            file,
            "--config",
            &self.config,
            "--format",
            "json",
        ];
        let output = probity(&[&args, more].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)))
    }

    fn entries(&self, kind: &str) -> Vec<Value> {
        let data = self.path("data");
        let args = [
            "record", "tail", "-n", "100000", "--format", "json", "--data",
        ];
        let output = probity(&[&args, &[data.to_str().unwrap()][..]].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        let entries = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        entries
            .map(|entry| entry["record"].clone())
            .filter(|record| record["kind"] == kind)
            .collect()
    }

    /// A council that is configured further.
    fn and(self, more: &str) -> Self {
        let text = std::fs::read_to_string(&self.config).unwrap();
        std::fs::write(&self.config, format!("{text}{more}")).unwrap();
        self
    }

    /// Takes call records in by a file that grows.
    fn following(self) -> Self {
        let file = self.path("Master.csv");
        self.and(&format!(
            "[[calls.feed]]\nfile = {file:?}\nas = \"asterisk\"\nlook_every_seconds = 1\n"
        ))
    }

    fn add(&self, rows: &str) {
        let mut options = std::fs::File::options();
        let file = options
            .create(true)
            .append(true)
            .open(self.path("Master.csv"));
        file.unwrap().write_all(rows.as_bytes()).unwrap();
    }

    /// How much stands on the record, written ahead by 256 KiB: seen at once, unlike its entries.
    fn record_bytes(&self) -> u64 {
        let files = std::fs::read_dir(self.path("data/record")).unwrap();
        let sizes = files.filter_map(|file| Some(file.ok()?.metadata().ok()?.len()));
        sizes.sum()
    }

    fn is_sound(&self) -> bool {
        let data = self.path("data");
        let output = probity(&["record", "verify", "--data", data.to_str().unwrap()]);
        output.status.success()
    }

    fn statistics(&self, more: &[&str]) -> Output {
        let args = [
            "calls",
            "statistics",
            "--month",
            "2026-03",
            "--config",
            &self.config,
        ];
        probity(&[&args, more].concat())
    }

    fn figures(&self, more: &[&str]) -> Value {
        let output = self.statistics(&[more, &["--format", "json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)))
    }
}

/// The gates, ended with their owner.
struct Gates(Child);

impl Gates {
    fn start(council: &Council) -> Self {
        let log = std::fs::File::create(council.path("serve.log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_probity"));
        command.args(["serve", "--config", &council.config]);
        let child = command.stdin(Stdio::null()).stderr(log).spawn().unwrap();
        let gates = Self(child);
        wait("the gates", || {
            std::fs::read_to_string(council.path("serve.log"))
                .is_ok_and(|log| log.contains("the gates are up"))
        });
        gates
    }

    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Gates {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _status = self.0.wait();
    }
}

fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(120);
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_file_brought_in_again_changes_nothing_and_bad_rows_are_set_aside() {
    let council = Council::new("halton");
    let good = row(1, "2001", "901922640001", "02 11:00", "ANSWERED")
        + &row(2, "2001", "01922640001", "02 11:01", "NO ANSWER")
        + &row(2, "2001", "01922640001", "02 11:01", "NO ANSWER");
    let file = council.write("Master.csv", &format!("{good}\"torn,row\n"));
    let taken = council.import(&file, &[]);
    assert_eq!(
        (&taken["recorded"], &taken["known"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(
        (&taken["n_set_aside"], &taken["late"]),
        (&json!(1), &json!(2))
    );
    assert!(
        taken["set_aside"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("ends inside this row")
    );
    let output = probity(&["calls", "import", &file, "--config", &council.config]);
    assert_eq!(output.status.code(), Some(1), "rows were set aside");
    assert!(
        said(&output).contains("2 on the record before"),
        "{}",
        said(&output)
    );
    // In another file, with one call more.
    let more = good + &row(3, "2002", "07700900123", "03 09:00", "ANSWERED");
    let taken = council.import(&council.write("again.csv", &more), &[]);
    assert_eq!(
        (&taken["recorded"], &taken["known"]),
        (&json!(1), &json!(2))
    );
    let calls = council.entries("call");
    assert_eq!(calls.len(), 3);
    assert_eq!(calls[0]["person"], "p1");
    assert_eq!(calls[0]["late"], true);
    assert!(council.is_sound());
    // Every file is kept, and named on the record by its hash.
    let kept = council
        .path("data/received")
        .join(taken["sha256"].as_str().unwrap());
    assert_eq!(std::fs::read_to_string(kept).unwrap(), more);
    assert_eq!(calls[2]["file"], taken["sha256"]);
    assert_eq!(council.entries("taken-up").len(), 3);
}

#[test]
fn a_call_whose_events_are_in_two_files_is_one_and_the_other_log_of_the_exchange_adds_none() {
    let council = Council::new("halton");
    let gates = Gates::start(&council);
    let (whole, cut) = (events(1, "2001", "2002", 0), events(2, "2003", "2004", 5));
    council.write("events/1.csv", &(whole.concat() + &cut[..3].concat()));
    wait("the first file", || !council.path("events/1.csv").exists());
    assert_eq!(council.entries("call").len(), 1);
    // Killed in between, as with a file that is taken in twice.
    gates.kill();
    let gates = Gates::start(&council);
    council.write("events/2.csv", &cut[3..].concat());
    wait("the second file", || !council.path("events/2.csv").exists());
    let calls = council.entries("call");
    let told: Vec<_> = calls
        .iter()
        .map(|call| (&call["person"], &call["answered_seconds"]))
        .collect();
    let (p1, p3, minute) = (json!("p1"), json!("p3"), json!(60));
    assert_eq!(told, [(&p1, &minute), (&p3, &minute)]);
    drop(gates);
    let rest: Vec<_> = std::fs::read_dir(council.path("data/calls/taken"))
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .filter(|taken| taken.contains("\"unfinished\":1"))
        .collect();
    assert_eq!(rest.len(), 1, "what came of the first file says so");
    // The same call as a call detail record.
    let detail = row(2, "2001", "2002", "02 11:00", "ANSWERED");
    let detail = detail.replace("1772449202.2", "1772449200.2");
    let taken = council.import(&council.write("Master.csv", &detail), &[]);
    assert_eq!(
        (&taken["recorded"], &taken["known"]),
        (&json!(0), &json!(1))
    );
}

#[test]
fn a_file_that_grows_is_followed_over_half_lines_kills_and_turning_and_no_call_is_lost_or_counted_twice()
 {
    let council = Council::new("halton").following();
    let gates = Gates::start(&council);
    let rows: Vec<_> = (1..=6)
        .map(|n| {
            row(
                n,
                "2001",
                "901922640001",
                &format!("02 11:{n:02}"),
                "ANSWERED",
            )
        })
        .collect();
    let (begun, rest) = rows[1].split_at(40);
    council.add(&(rows[0].clone() + begun));
    wait("the first row", || council.entries("call").len() == 1);
    gates.kill();
    // Turned while nobody looks, with a row that nobody has read.
    council.add(&(rest.to_owned() + &rows[2]));
    std::fs::rename(council.path("Master.csv"), council.path("Master.csv.1")).unwrap();
    council.add(&rows[3]);
    let gates = Gates::start(&council);
    wait("both files", || council.entries("call").len() == 4);
    // Emptied, and begun anew.
    council.write("Master.csv", &rows[4]);
    wait("the new beginning", || council.entries("call").len() == 5);
    council.add(&rows[5]);
    wait("what was added", || council.entries("call").len() == 6);
    drop(gates);
    let mut began: Vec<_> = council
        .entries("call")
        .iter()
        .map(|call| call["at"].to_string())
        .collect();
    began.dedup();
    assert_eq!(began.len(), 6);
    assert!(council.is_sound());
    // All that was read is kept, and none of it was set aside.
    let mut kept: String = std::fs::read_dir(council.path("data/received"))
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    for row in &rows {
        assert!(kept.contains(row));
        kept = kept.replace(row, "");
    }
    assert_eq!(kept, "");
}

#[test]
fn gates_killed_in_the_middle_of_a_file_that_grows_go_on_with_it() {
    let council = Council::new("halton").following();
    let gates = Gates::start(&council);
    let before = council.record_bytes();
    council.add(&many(MANY));
    wait("some", || council.record_bytes() > before + 300_000);
    gates.kill();
    let calls = council.entries("call").len();
    assert!((1..MANY as usize).contains(&calls), "{calls} show nothing");
    let gates = Gates::start(&council);
    wait("the rest", || {
        council.entries("call").len() >= MANY as usize
    });
    // A further look changes nothing.
    council.add(&row(1, "2001", "2002", "03 09:00", "ANSWERED"));
    wait("one more", || council.entries("call").len() > MANY as usize);
    drop(gates);
    assert_eq!(council.entries("call").len(), MANY as usize + 1);
    assert!(council.is_sound());
}

/// So many calls take seconds, and a kill comes in their middle.
const MANY: u32 = 12_000;

/// That many calls.
fn many(n: u32) -> String {
    let call = |n: u32| {
        let (hour, minute) = (8 + n / 60 % 10, n % 60);
        row(
            n,
            &format!("20{:02}", 1 + n % 19),
            "901922640001",
            &format!("02 {hour:02}:{minute:02}"),
            "ANSWERED",
        )
    };
    (0..n).map(call).collect()
}

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A council whose exchange hands its records over by HTTP, and where.
fn handing_over() -> (Council, SocketAddr) {
    let address = end_to_end::ports::free().unwrap();
    let council = Council::new("halton");
    let token = council.write("exchange.token", TOKEN);
    let closed = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&token, closed).unwrap();
    let more = format!(
        "[[calls.feed]]\ntool = \"exchange\"\n[desk]\nlisten = \"{address}\"\n\
         [[desk.tool]]\nname = \"exchange\"\ntoken_file = {token:?}\nmay = [\"calls\"]\n"
    );
    (council.and(&more), address)
}

/// What is answered: the status, and the body. Nothing where the connection broke.
fn post(address: SocketAddr, token: &str, rows: &str) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    let head = format!(
        "POST /v1/calls HTTP/1.1\r\nHost: probity\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: text/csv\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{rows}",
        rows.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    Some((status, serde_json::from_str(body).unwrap_or_default()))
}

#[test]
fn records_handed_over_by_http_are_recorded_once_however_often_they_are_sent() {
    let (council, address) = handing_over();
    let gates = Gates::start(&council);
    let rows = many(500) + "\"torn,row\n";
    assert_eq!(post(address, "x", &rows).unwrap().0, 401);
    // Nothing was taken from whom nobody knows; and the intake may still be looking through the record.
    wait("the intake", || {
        post(address, TOKEN, &many(1)).unwrap().0 == 200
    });
    let twice = std::thread::scope(|scope| {
        let posts = [0; 2].map(|_| scope.spawn(|| post(address, TOKEN, &rows).unwrap()));
        posts.map(|post| post.join().unwrap())
    });
    let recorded: u64 = twice
        .iter()
        .map(|(status, told)| {
            assert_eq!((*status, &told["n_set_aside"]), (200, &json!(1)), "{told}");
            told["recorded"].as_u64().unwrap()
        })
        .sum();
    assert_eq!((recorded, council.entries("call").len()), (499, 500));
    let (status, told) = post(address, TOKEN, "a,b\n1,2\n").unwrap();
    assert_eq!(
        (status, &told["type"]),
        (422, &json!("/v1/problems/invalid"))
    );
    // As it was sent, under its hash.
    let kept = council
        .path("data/received")
        .join(twice[0].1["sha256"].as_str().unwrap());
    assert_eq!(std::fs::read_to_string(kept).unwrap(), rows);
    // Killed while it takes more in: the same again brings the rest.
    let (rows, before) = (many(MANY), council.record_bytes());
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| post(address, TOKEN, &rows));
        wait("some", || council.record_bytes() > before + 300_000);
        gates.kill();
        assert_eq!(
            sending.join().unwrap(),
            None,
            "an answer would be a promise"
        );
    });
    let gates = Gates::start(&council);
    wait("the rest", || {
        post(address, TOKEN, &rows).is_some_and(|(status, _)| status == 200)
    });
    assert_eq!(council.entries("call").len(), MANY as usize);
    drop(gates);
    assert!(council.is_sound());
}

#[test]
fn a_feed_that_cannot_work_is_named_before_anything_runs() {
    let check = |feed: &str, expected: &str| {
        let council = Council::new("halton").and(&format!("[[calls.feed]]\n{feed}\n"));
        let output = probity(&["check", "--config", &council.config]);
        assert!(!output.status.success());
        assert!(said(&output).contains(expected), "{}", said(&output));
    };
    check("", "one of `folder`, `file` and `tool`");
    check(
        "folder = \"/tmp\"\nfile = \"x\"",
        "one of `folder`, `file` and `tool`",
    );
    check("file = \"/nowhere/x.csv\"", "needs `as`");
    check("file = \"/nowhere/x.csv\"\nas = \"teams\"", "needs `as`");
    check(
        "file = \"/dev/null/x\"\nas = \"asterisk\"",
        "cannot be read",
    );
    check("tool = \"exchange\"", "may = [\"calls\"]");
}

#[test]
fn running_gates_take_in_what_lies_in_a_folder_and_what_a_command_hands_over() {
    let council = Council::new("chorley");
    let gates = Gates::start(&council);
    council.write(
        "in/Master.csv",
        &row(1, "2001", "901922640001", "02 11:00", "ANSWERED"),
    );
    council.write("in/nothing.csv", "a,b\n1,2\n");
    council.write(
        "bills/march.csv",
        "From,To,When,Seconds,Cost\n07700900001,01632960177,2026-03-02 12:00:00,60,0.12\n",
    );
    wait("the folders", || council.entries("call").len() == 2);
    wait("the folder is emptied", || {
        !council.path("in/Master.csv").exists() && council.path("in/nothing.csv.failed").exists()
    });
    let file = council.write(
        "more.csv",
        &row(2, "2002", "901922640001", "02 11:05", "ANSWERED"),
    );
    let taken = council.import(&file, &[]);
    assert_eq!(
        (&taken["recorded"], &taken["known"]),
        (&json!(1), &json!(0))
    );
    let taken = council.import(&file, &[]);
    assert_eq!(
        (&taken["recorded"], &taken["known"]),
        (&json!(0), &json!(1))
    );
    let wrong = council.write("wrong.csv", "a,b\n1,2\n");
    let output = probity(&["calls", "import", &wrong, "--config", &council.config]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("is not certain"),
        "{}",
        said(&output)
    );
    // A softphone's call and a mobile's are one person's, in one kind of entry.
    let calls = council.entries("call");
    let of_p1 = calls.iter().filter(|call| call["person"] == "p1");
    assert_eq!(of_p1.count(), 2);
    drop(gates);
    assert_eq!(council.entries("call").len(), 3);
}

#[test]
fn whatever_moment_the_gates_are_killed_at_each_call_is_recorded_once() {
    let council = Council::new("halton");
    let mut text = String::new();
    for n in 0..20_000_u32 {
        let (day, hour, minute) = (1 + n % 28, n / 28 % 24, n / 672 % 60);
        let id = format!("1772449200.{n}");
        let call = row(
            1,
            "2001",
            "901922640001",
            &format!("{day:02} {hour:02}:{minute:02}"),
            "ANSWERED",
        );
        text += &call.replace("1772449201.1", &id);
    }
    let n_recorded = || council.entries("call").len();
    council.write("in/Master.csv", &text);
    for least in [1, 5_000, 12_000] {
        let gates = Gates::start(&council);
        let data = council.path("data/record");
        wait("some calls", || {
            let size = |entry: std::fs::DirEntry| entry.metadata().map_or(0, |about| about.len());
            let all: u64 = std::fs::read_dir(&data)
                .map(|entries| entries.filter_map(Result::ok).map(size).sum())
                .unwrap_or(0);
            all > least * 400 || !council.path("in/Master.csv").exists()
        });
        gates.kill();
    }
    let gates = Gates::start(&council);
    wait("the file", || !council.path("in/Master.csv").exists());
    drop(gates);
    let calls = council.entries("call");
    let ids: std::collections::BTreeSet<_> =
        calls.iter().map(|call| call["id"].to_string()).collect();
    assert_eq!((n_recorded(), ids.len()), (20_000, 20_000));
    // And nothing is lost when what is remembered of the record is.
    std::fs::remove_dir_all(council.path("data/calls")).unwrap();
    let taken = council.import(&council.write("again.csv", &text), &[]);
    assert_eq!(
        (&taken["recorded"], &taken["known"]),
        (&json!(0), &json!(20_000))
    );
}

/// A month of calls.
fn month(council: &Council) {
    let rows = [
        row(1, "2001", "901922640001", "02 11:00", "ANSWERED"),
        row(2, "07700900123", "2001", "02 11:10", "ANSWERED"),
        row(3, "07700900123", "2001", "02 11:20", "NO ANSWER"),
        row(4, "07700900123", "2001", "03 11:30", "VOICEMAIL"),
        row(5, "2001", "2012", "02 11:40", "ANSWERED"),
        row(6, "2001", "999", "02 11:50", "ANSWERED"),
        row(7, "2001", "908001234567", "02 11:55", "ANSWERED"),
        row(8, "2006", "907700900123", "02 12:00", "ANSWERED"),
        row(9, "2077", "901922640001", "02 12:00", "ANSWERED"),
        row(10, "2006", "909012345678", "02 12:10", "ANSWERED"),
        row(11, "07700900123", "2002", "04 11:00", "VOICEMAIL"),
        row(12, "2002", "*97", "05 11:00", "LISTENED"),
    ];
    let file = council.write("Master.csv", &rows.concat());
    assert_eq!(council.import(&file, &[])["recorded"], 12);
    let bill = "From,To,When,Seconds,Cost\n07700900001,01922640001,2026-03-06 12:00:00,60,0.12\n07700900001,01922640001,2026-04-06 12:00:00,60,0.12\n";
    let mapping = council.path("bill.toml");
    let bill = council.write("bill.csv", bill);
    let taken = council.import(&bill, &["--mapping", mapping.to_str().unwrap()]);
    assert_eq!(taken["recorded"], 2);
}

#[test]
fn a_month_of_each_extension() {
    let council = Council::new("halton");
    month(&council);
    let all = council.figures(&["--by", "extension"]);
    let of = |number: &str| {
        let all = all["extensions"].as_array().unwrap();
        let one = all.iter().find(|one| one["extension"] == number);
        one.unwrap_or_else(|| panic!("{number}: {all:?}")).clone()
    };
    let figures = &of("2001")["figures"];
    // Neither the emergency nor the private line.
    assert_eq!(
        (&figures["calls_out"], &figures["calls_in"]),
        (&json!(2), &json!(3))
    );
    assert_eq!(
        (&figures["answered"], &figures["missed"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        (&figures["voicemail"], &figures["seconds_to_answer"]),
        (&json!(1), &json!(10))
    );
    assert_eq!(figures["cost"], json!({ "GBP": "0.01" }));
    assert_eq!(of("2001")["unattended_voicemail"]["messages"], 1);
    assert_eq!(
        of("2002")["unattended_voicemail"],
        Value::Null,
        "it was listened to"
    );
    assert_eq!(of("2006")["figures"]["cost"], json!({ "GBP": "0.12" }));
    assert_eq!(of("2006")["figures"]["unpriced"], 1);
    assert_eq!(of("2012")["figures"]["answered"], 1);
    assert_eq!(
        (&of("2077")["known"], &of("2003")["unused"]),
        (&json!(false), &json!(true))
    );
    let mobile = &of("07700 900001")["figures"];
    assert_eq!(
        (&mobile["calls_out"], &mobile["cost"]["GBP"]),
        (&json!(1), &json!("0.12"))
    );
    let text = said(&council.statistics(&["--by", "extension"]));
    assert!(text.contains("Not used: 2003, 2004"), "{text}");
    assert!(text.contains("Nobody's in the register: 2077"), "{text}");
    assert!(
        text.contains("2001: 1 messages nobody has listened to"),
        "{text}"
    );
    assert!(!text.contains("Person"), "{text}");
    let csv = said(&council.statistics(&["--by", "extension", "--format", "csv"]));
    assert!(
        csv.lines()
            .any(|line| line.starts_with("2026-03,2001,true,false,3,1,1,1,10,2,")),
        "{csv}"
    );
}

#[test]
fn voicemail_in_place_of_answering_calls_for_attention() {
    let council = Council::new("halton");
    let calls = |to: &str, from: u32, all: u32, taken: u32| {
        let end = |n| if n < taken { "VOICEMAIL" } else { "ANSWERED" };
        let row = |n: u32| {
            row(
                from + n,
                "07700900123",
                to,
                &format!("03 11:{n:02}"),
                end(n),
            )
        };
        (0..all).map(row).collect::<String>()
    };
    // Too few to say, not enough of them, and before anybody was clocked on.
    let text = calls("2001", 0, 10, 6)
        + &calls("2002", 10, 9, 9)
        + &calls("2003", 20, 10, 4)
        + &calls("2004", 30, 10, 10).replace("2026-03-03", "2026-03-01");
    let taken = council.import(&council.write("Master.csv", &text), &[]);
    assert_eq!(taken["recorded"], 39);
    let all = council.figures(&["--by", "extension"]);
    let told = all["extensions"].as_array().unwrap().iter();
    let told: Vec<_> = told
        .filter(|one| !one["voicemail_percent_in_working_time"].is_null())
        .map(|one| {
            (
                one["extension"].clone(),
                one["voicemail_percent_in_working_time"].clone(),
            )
        })
        .collect();
    assert_eq!(told, [(json!("2001"), json!(60))]);
    let text = said(&council.statistics(&["--by", "extension"]));
    assert!(
        text.contains("2001: voicemail took 60 of 100 calls in working time"),
        "{text}"
    );
}

#[test]
fn a_month_of_units_hides_the_small_ones() {
    let council = Council::new("halton");
    month(&council);
    let all = council.figures(&[]);
    let of = |name: Value| {
        let all = all["units"].as_array().unwrap();
        all.iter().find(|one| one["unit"] == name).unwrap().clone()
    };
    // The mobile and the desk telephone are in one total.
    let benefits = &of(json!("benefits"))["figures"];
    assert_eq!(
        (&benefits["calls_out"], &benefits["cost"]["GBP"]),
        (&json!(3), &json!("0.13"))
    );
    assert_eq!(of(json!("benefits"))["people"], 5);
    assert_eq!(of(json!("parks"))["suppressed"], true);
    // The directorate less its other team would be parks.
    assert_eq!(of(json!("housing"))["suppressed"], true);
    assert_eq!(of(json!("environment"))["people"], 8);
    assert_eq!(of(json!("finance"))["people"], 11);
    assert_eq!(of(Value::Null)["people"], 19);
    let text = said(&council.statistics(&[]));
    assert!(
        text.contains("parks") && text.contains("not shown"),
        "{text}"
    );
    let hidden = council.figures(&["--by", "extension", "--unit", "parks"]);
    assert_eq!(hidden["extensions"], json!([]));
    let seen = council.figures(&["--by", "extension", "--unit", "benefits"]);
    assert_eq!(seen["extensions"].as_array().unwrap().len(), 6);
    let output = council.statistics(&["--unit", "planning"]);
    assert_eq!(output.status.code(), Some(2));
    let output = probity(&[
        "calls",
        "statistics",
        "--month",
        "march",
        "--config",
        &council.config,
    ]);
    assert_eq!(output.status.code(), Some(2));
    // Nothing in another month but the bill's.
    let april = [
        "calls",
        "statistics",
        "--month",
        "2026-04",
        "--by",
        "extension",
        "--format",
        "csv",
        "--config",
    ];
    let april = said(&probity(&[&april, &[council.config.as_str()][..]].concat()));
    assert!(
        april
            .lines()
            .any(|line| line.starts_with("2026-04,07700 900001,true,false,0")),
        "{april}"
    );
}
