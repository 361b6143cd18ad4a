//! The list of personal mail, as a message that is put into the mailbox it is about. It goes through no
//! mail server, and what stands on it is kept nowhere else.

use std::fmt::Write as _;

use data_encoding::BASE64_MIME;
use jiff::civil::Date;
use policy::settings::Settings;

use crate::message::Message;

/// Most messages that stand on it; the rest is counted.
const MOST: usize = 200;

/// One line of the list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) message: &'a Message,
    /// First day on which it may go; none while the owner is away and nobody knows until when.
    pub(crate) from: Option<Date>,
}

/// What the list says beside its lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) settings: &'a Settings,
    /// Clauses it rests on.
    pub(crate) clauses: &'a [String],
    /// The folder for personal mail.
    pub(crate) folder: &'a str,
    /// The owner's address.
    pub(crate) to: &'a str,
    pub(crate) message_id: &'a str,
    /// RFC 5322.
    pub(crate) date: &'a str,
}

/// The message, ready to be put into a mailbox (RFC 5322).
pub(crate) fn written(lines: &[Line<'_>], about: &About<'_>) -> String {
    let contacts = &about.settings.contacts;
    let mut body = format!(
        "{} in your mailbox: marked as personal. The policy asks you to keep no personal \
         mail here, so each is removed on the day it says, unless the council has to keep it.\r\n\r\n\
         Please save elsewhere what you want to keep. If a message is not personal, take the mark \
         away before that day: move it out of the folder \"{}\", or remove its tag or keyword.\r\n\r\n",
        messages(lines.len()),
        about.folder
    );
    for line in lines.iter().take(MOST) {
        let Line { message, from } = line;
        let shown =
            |day: Option<Date>| day.map_or_else(|| "unknown".to_owned(), |day| day.to_string());
        let goes = from.map_or_else(|| "after you are back".to_owned(), |day| day.to_string());
        // Writing to a string does not fail.
        let _ = write!(
            body,
            "- {}\r\n  from {}, arrived {}, in {}: removed {goes}\r\n",
            if message.subject.is_empty() {
                "(no subject)"
            } else {
                &message.subject
            },
            message.from,
            shown(message.day),
            message.folder,
        );
    }
    if lines.len() > MOST {
        let _ = write!(body, "- and {} more\r\n", lines.len() - MOST);
    }
    let _ = write!(
        body,
        "\r\nThis rests on {}. Nobody reads answers to this message. If you have a question, ask the {}: \
         telephone {}, email {}\r\n\r\n{}\r\n",
        about.clauses.join(", "),
        contacts.desk,
        contacts.telephone,
        contacts.email,
        about.settings.council
    );
    format!(
        "From: <{}>\r\nTo: <{}>\r\nSubject: Personal mail in your mailbox\r\nDate: {}\r\n\
         Message-ID: <{}>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        contacts.email,
        about.to,
        about.date,
        about.message_id,
        BASE64_MIME.encode(body.as_bytes()),
    )
}

fn messages(count: usize) -> String {
    match count {
        1 => "1 message".to_owned(),
        count => format!("{count} messages"),
    }
}
