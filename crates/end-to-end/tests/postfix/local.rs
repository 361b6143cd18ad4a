//! Mail that programs on the mail server hand to `sendmail`: no SMTP session, paths without
//! brackets, and nobody to refuse to.

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use crate::case::Case;
use crate::setting::Setting;

pub fn decided_too(case: &Case) {
    let setting = Setting::of(case);
    let within = Duration::from_secs(30);
    let message = case.message("../020-disclaimer/plain.eml", None);

    sendmail(&setting, "ann.able@council.example", &message);
    assert!(
        setting.sink.wait_for(1, within),
        "{}",
        setting.postfix.log()
    );
    let delivered = setting.sink.take().remove(0);
    assert_eq!(delivered.recipients, ["resident@elsewhere.example"]);
    assert!(
        delivered
            .text()
            .contains("This message and any files with it")
    );

    sendmail(&setting, "new.starter@council.example", &message);
    assert!(
        setting.sink.wait_for(1, within),
        "{}",
        setting.postfix.log()
    );
    let bounced = setting.sink.take().remove(0);
    assert_eq!(bounced.mail_from, "");
    assert_eq!(bounced.recipients, ["new.starter@council.example"]);
    assert!(
        bounced.text().contains("Refused under clause"),
        "{}",
        bounced.text()
    );

    let record = setting.gate.record().unwrap();
    let decided = record.iter().filter(|(_, entry)| entry["kind"] == "mail");
    let outcomes: Vec<_> = decided
        .map(|(_, entry)| entry["groups"][0]["decision"]["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["permit", "refuse"]);
}

fn sendmail(setting: &Setting, from: &str, message: &[u8]) {
    let mut command = setting.postfix.sendmail();
    command.args(["-i", "-f", from, "resident@elsewhere.example"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(message).unwrap();
    assert!(child.wait().unwrap().success());
}
