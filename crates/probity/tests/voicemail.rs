//! Voicemail nobody listened to, and telephones that calls do not reach, from the call records of a running server to the mail that reminds of them.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use end_to_end::process::{Process, wait_until};
use end_to_end::smtp_sink::SmtpSink;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine.
const WITHIN: Duration = Duration::from_secs(90);

const PEOPLE: &str = "\
employee number,name,audience,directorate,manager number,contract start,email,account,telephone
1001,Morwenna Pryce,officer,Place,,01/04/2020,m.pryce@council.example,mpryce,2001
1002,Ada Reyes,officer,Place,1001,30/04/2020,a.reyes@council.example,areyes,2002
1003,Ben Ito,officer,Place,1001,01/05/2021,b.ito@council.example,bito,2003
";

const NUMBERS: &str =
    "outside_line = [\"9\"]\narea_codes = [\"01632\"]\nextensions = [\"2000-2999\"]\n";

/// A row of Asterisk: what this application did in a call so many days ago.
fn row(n: u32, from: &str, to: &str, application: &str, days: i64) -> String {
    let zone = TimeZone::get("Europe/London").unwrap();
    let at = Timestamp::now() - SignedDuration::from_hours(24 * days);
    let at = at.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S").to_string();
    format!(
        "\"\",\"{from}\",\"{to}\",\"\",\"\",\"PJSIP/x-1\",\"\",\"{application}\",\"\",\"{at}\",\"\",\"\",40,20,\
         \"ANSWERED\",\"DOCUMENTATION\",\"17724492{n:02}.{n}\",\"\"\n"
    )
}

fn configured(folder: &Path, sink: &SmtpSink) -> PathBuf {
    for name in ["data", "in"] {
        std::fs::create_dir(folder.join(name)).unwrap();
    }
    let closed = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(folder.join("data"), closed).unwrap();
    std::fs::write(folder.join("numbers.toml"), NUMBERS).unwrap();
    let text = format!(
        "data_dir = {:?}\npack = \"halton\"\n[record]\nmin_free_bytes = 0\n\
         [people]\ndatabase = \"sqlite://{}?mode=rwc\"\n\
         [people.council]\ndomains = [\"council.example\"]\npartner_domains = []\n\
         secure_domains = []\nwebmail_domains = []\n\
         [web]\nlisten = \"127.0.0.1:0\"\nproxies = [\"127.0.0.1\"]\n\
         [calls]\nnumbers = {:?}\n[[calls.feed]]\nfolder = {:?}\n\
         [notices]\nserver = \"{}\"\nfrom = \"Use <probity@council.example>\"\n\
         console = \"https://probity.council.example\"\n",
        folder.join("data"),
        folder.join("people.db").display(),
        folder.join("numbers.toml"),
        folder.join("in"),
        sink.address(),
    );
    let config = folder.join("probity.toml");
    std::fs::write(&config, text).unwrap();
    let people = folder.join("people.csv");
    std::fs::write(&people, PEOPLE).unwrap();
    let mut import = Command::new(env!("CARGO_BIN_EXE_probity"));
    import.args(["import", "hr", people.to_str().unwrap(), "--config"]);
    let output = import.arg(&config).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    config
}

/// A server that looks at calls.
fn served(folder: &Path, sink: &SmtpSink) -> Process {
    let config = configured(folder, sink);
    let log = File::create(folder.join("serve.log")).unwrap();
    let mut serve = Command::new(env!("CARGO_BIN_EXE_probity"));
    serve.arg("serve").arg("--config").arg(&config);
    serve
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log);
    let server = Process::start(&mut serve).unwrap();
    // Nobody looks at calls that were on the record before anybody looked: wait until somebody does.
    let looks = || {
        std::fs::read_to_string(folder.join("serve.log"))
            .is_ok_and(|log| log.contains("the gates are up"))
    };
    wait_until("the gates", WITHIN, looks).unwrap();
    std::thread::sleep(Duration::from_secs(3));
    server
}

/// Whole files appear at once.
fn put(folder: &Path, name: &str, rows: &[String]) {
    let whole = folder.join(name);
    std::fs::write(&whole, rows.concat()).unwrap();
    std::fs::rename(whole, folder.join("in").join(name)).unwrap();
}

/// To whom something of this subject was sent.
fn told(sink: &SmtpSink, subject: &str) -> Vec<String> {
    let delivered = sink.delivered();
    let of_it = delivered
        .iter()
        .filter(|mail| mail.values("subject").iter().any(|said| said == subject));
    let mut told: Vec<_> = of_it.flat_map(|mail| mail.values("to")).collect();
    told.sort();
    told
}

/// Halton 3.2.5.c: who does not listen is reminded, and after that their manager is told; who listens is not.
#[test]
fn who_does_not_listen_is_reminded_and_then_their_manager_is_told() {
    const REMINDER: &str = "Voicemail waits for you to be listened to";
    const LONG: &str = "Voicemail of somebody in your team has waited for too long";
    let folder = TempDir::new().unwrap();
    let sink = SmtpSink::start().unwrap();
    let _server = served(folder.path(), &sink);
    let rows = [
        row(1, "07700900001", "2002", "VoiceMail", 20),
        row(2, "07700900002", "2002", "VoiceMail", 19),
        row(3, "07700900001", "2003", "VoiceMail", 20),
        row(4, "2003", "*97", "VoiceMailMain", 18),
    ];
    put(folder.path(), "Master.csv", &rows);
    let is_told = || !told(&sink, LONG).is_empty();
    wait_until("the manager's notice", WITHIN, is_told).unwrap();
    let to = told(&sink, REMINDER);
    assert_eq!(to.len(), 1, "{to:?}");
    assert!(to[0].contains("a.reyes@council.example"), "{to:?}");
    let to = told(&sink, LONG);
    assert_eq!(to.len(), 1, "{to:?}");
    assert!(to[0].contains("m.pryce@council.example"), "{to:?}");
    // What they are told names neither the caller nor the person.
    let all = sink.delivered();
    let text: String = all.iter().map(|mail| mail.text()).collect();
    assert!(
        !text.contains("07700900001") && !text.contains("Reyes"),
        "{text}"
    );
}

/// A row of Cisco: a call from outside so many days ago, to a telephone of ours, that ended somewhere.
fn sent_on(n: u32, to: &str, reached: &str, days: i64) -> String {
    let began = Timestamp::now().as_second() - days * 24 * 3600;
    let (connected, ended) = (began + 5, began + 60);
    format!("1,{n},{began},{connected},{ended},55,07700900001,{to},{reached}\n")
}

/// Halton 3.2.4: whose calls are sent outside for weeks is reminded, and after that their manager is told; whoever
/// has them follow to a mobile is not, nor who took one since, nor of whom nobody knows that they were at work.
#[test]
fn whose_telephone_calls_do_not_reach_is_reminded_and_then_their_manager_is_told() {
    const REMINDER: &str =
        "Calls do not reach your telephone; please see whether it is diverted or switched off";
    const LONG: &str = "Calls have not reached the telephone of somebody in your team for too long";
    let folder = TempDir::new().unwrap();
    let sink = SmtpSink::start().unwrap();
    let _server = served(folder.path(), &sink);
    let mut rows = vec![
        "cdrRecordType,globalCallID_callId,dateTimeOrigination,dateTimeConnect,dateTimeDisconnect,duration,\
         callingPartyNumber,originalCalledPartyNumber,finalCalledPartyNumber\n"
            .to_owned(),
    ];
    for n in 0..12 {
        let days = 26 - 2 * i64::from(n);
        rows.push(sent_on(10 * n, "2002", "01632960123", days));
        rows.push(sent_on(10 * n + 1, "2003", "07700900123", days));
        rows.push(sent_on(10 * n + 2, "2001", "09011234567", days));
        rows.push(sent_on(10 * n + 3, "2001", "2001", days - 1));
    }
    put(folder.path(), "cdr.csv", &rows);
    let unanswered = (0..12).map(|n| {
        let row = row(n, "07700900001", "2003", "Dial", 24 - 2 * i64::from(n));
        row.replace("40,20,\"ANSWERED\"", "40,0,\"NO ANSWER\"")
    });
    put(folder.path(), "Master.csv", &unanswered.collect::<Vec<_>>());
    let is_told = || !told(&sink, LONG).is_empty();
    wait_until("the manager's notice", WITHIN, is_told).unwrap();
    let to = told(&sink, REMINDER);
    assert_eq!(to.len(), 1, "{to:?}");
    assert!(to[0].contains("a.reyes@council.example"), "{to:?}");
    let to = told(&sink, LONG);
    assert_eq!(to.len(), 1, "{to:?}");
    assert!(to[0].contains("m.pryce@council.example"), "{to:?}");
    let text: String = sink.delivered().iter().map(|mail| mail.text()).collect();
    assert!(
        !text.contains("01632960123") && !text.contains("Reyes"),
        "{text}"
    );
}
