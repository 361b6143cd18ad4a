//! Mail that nothing stops, for tests of what happens around it.

use end_to_end::smtp_client::{self, Envelope, Reply};

use crate::case::Case;
use crate::setting::Setting;

/// From one colleague to another, over a connection nobody signed in on.
pub fn envelope() -> Envelope {
    Envelope {
        mail_from: "ann.able@council.example".to_owned(),
        recipients: vec!["bob.brown@council.example".to_owned()],
        ..Envelope::default()
    }
}

/// A note that waits elsewhere only because it goes to all staff; here it goes to one of them.
pub fn message(case: &Case) -> Vec<u8> {
    case.message("../050-all-staff/party.eml", None)
}

/// Sends the message as Ann, signed in.
pub fn send(setting: &Setting, message: &[u8]) -> Reply {
    let signed_in = Envelope {
        login: Some("ann".to_owned()),
        ..envelope()
    };
    smtp_client::send(setting.postfix.smtp(), &signed_in, message).unwrap()
}
