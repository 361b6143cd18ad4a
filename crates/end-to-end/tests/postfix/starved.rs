//! The disk takes no byte more: nothing is accepted until it does again.

use std::time::Duration;

use crate::case::Case;
use crate::ordinary;
use crate::setting::Setting;

pub fn put_off(case: &Case) {
    let setting = Setting::of(case);
    let message = ordinary::message(case);
    let send = || ordinary::send(&setting, &message);
    let mail = || {
        let record = setting.gate.record().unwrap();
        record
            .iter()
            .filter(|(_, entry)| entry["kind"] == "mail")
            .count()
    };

    setting.gate.starve(true).unwrap();
    for _ in 0..3 {
        let reply = send();
        assert_eq!(reply.code, 451, "{reply:?}");
        assert!(reply.text.contains("tried again"), "{reply:?}");
    }
    assert_eq!(mail(), 0, "nothing could be recorded");

    setting.gate.starve(false).unwrap();
    let mut reply = send();
    // After a failure of the disk the journal makes sure of what it has before it goes on.
    for _ in 0..50 {
        if reply.code == 250 {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
        reply = send();
    }
    assert_eq!(reply.code, 250, "{reply:?}\n{}", setting.gate.log());
    setting
        .postfix
        .wait_until_delivered(Duration::from_secs(30))
        .unwrap();
    assert!(setting.sink.wait_for(1, Duration::from_secs(30)));
    assert_eq!(setting.sink.delivered().len(), 1, "delivered once");
    assert_eq!(mail(), 1);
    assert_eq!(setting.entries_of(reply.queue_id().unwrap()).len(), 1);
}
