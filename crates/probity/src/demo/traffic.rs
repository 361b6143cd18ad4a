//! What the made-up council does: a few dozen messages and pages, each with a reason to be there.

use super::council::DOMAIN;
use super::mta::Letter;
use super::proxy::Asking;

/// One act of the day.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// A message.
    Mail(Letter),
    /// A page.
    Page(Asking),
}

fn letter(account: Option<&str>, from: &str, to: &[&str], subject: &str, body: &str) -> Letter {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Letter {
        account: account.map(str::to_owned),
        mail_from: from.to_owned(),
        recipients: to.iter().map(|&to| to.to_owned()).collect(),
        headers: vec![
            header("From", from),
            header("To", &to.join(", ")),
            header("Subject", subject),
            header(
                "Message-ID",
                &format!("<{}@{DOMAIN}>", subject.to_lowercase().replace(' ', "-")),
            ),
            header("MIME-Version", "1.0"),
            header("Content-Type", "text/plain; charset=utf-8"),
        ],
        body: body.replace('\n', "\r\n").into_bytes(),
    }
}

fn with(mut letter: Letter, name: &str, value: &str) -> Act {
    letter.headers.retain(|(known, _)| known != name);
    letter.headers.push((name.to_owned(), value.to_owned()));
    Act::Mail(letter)
}

fn attached(mut letter: Letter, file: &str, kind: &str, bytes: &[u8], lines: usize) -> Act {
    let boundary = "=_demo";
    let mut body = format!(
        "--{boundary}\r\nContent-Type: text/plain\r\n\r\nPlease find it attached.\r\n--{boundary}\r\n\
         Content-Type: {kind}\r\nContent-Disposition: attachment; filename=\"{file}\"\r\n\
         Content-Transfer-Encoding: binary\r\n\r\n"
    )
    .into_bytes();
    for _ in 0..lines {
        body.extend_from_slice(bytes);
    }
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    letter.body = body;
    with(
        letter,
        "Content-Type",
        &format!("multipart/mixed; boundary=\"{boundary}\""),
    )
}

fn page(account: &str, method: &'static str, url: &str) -> Act {
    Act::Page(Asking {
        account: Some(account.to_owned()),
        method,
        url: url.to_owned(),
        body: None,
    })
}

fn post(account: &str, url: &str, body: &'static str) -> Act {
    Act::Page(Asking {
        account: Some(account.to_owned()),
        method: "POST",
        url: url.to_owned(),
        body: Some(body),
    })
}

/// The day, in order.
pub(crate) fn day() -> Vec<Act> {
    let own = |name: &str| format!("{name}@{DOMAIN}");
    let (amara, edith) = (own("amara.osei"), own("edith.vale"));
    let (femi, gita, hal) = (own("cllr.femi.stone"), own("gita.rowe"), own("hal.quist"));
    let (ines, joss, ben) = (own("ines.bond"), own("joss.tarn"), own("ben.abbott"));
    let (all, spam, planning) = (own("all-staff"), own("spam"), own("planning"));
    let resident = "resident@household.example";
    let mail = |account: &str, from: &str, to: &[&str], subject: &str, body: &str| {
        letter(Some(account), from, to, subject, body)
    };
    let outside =
        |from: &str, to: &[&str], subject: &str, body: &str| letter(None, from, to, subject, body);
    let many: Vec<String> = (0..60)
        .map(|n| format!("group{n}@household.example"))
        .collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    vec![
        Act::Mail(mail(
            "officer",
            &amara,
            &[resident],
            "Your bin collection",
            "The crew comes on Tuesday.\n",
        )),
        Act::Mail(mail(
            "officer",
            &amara,
            &[&ben],
            "Rota for next week",
            "Could you take Thursday?\n",
        )),
        Act::Mail(mail(
            "officer",
            &amara,
            &[&ben, resident],
            "Site visit",
            "See you both at ten.\n",
        )),
        Act::Mail(mail(
            "councillor",
            &femi,
            &[resident],
            "Ward surgery",
            "I hold it on Saturday.\n",
        )),
        with(
            mail(
                "officer",
                &amara,
                &["friend@household.example"],
                "Saturday",
                "Are you coming to the match?\n",
            ),
            "Sensitivity",
            "Personal",
        ),
        Act::Mail(mail(
            "starter",
            &hal,
            &[resident],
            "Hello",
            "I have just started here.\n",
        )),
        Act::Mail(mail(
            "leaver",
            &ines,
            &[resident],
            "Goodbye",
            "My last message.\n",
        )),
        Act::Mail(mail(
            "officer",
            &amara,
            &[&all],
            "Cake in the kitchen",
            "Help yourselves.\n",
        )),
        Act::Mail(mail(
            "director",
            &edith,
            &[&all],
            "Office closed on Friday",
            "The heating is being repaired.\n",
        )),
        Act::Mail(mail(
            "secretary",
            &edith,
            &["chief@trust.example"],
            "Joint meeting",
            "Edith proposes Monday.\n",
        )),
        Act::Mail(mail(
            "officer",
            &edith,
            &[resident],
            "Urgent payment",
            "Please pay this today.\n",
        )),
        Act::Mail(mail(
            "officer",
            &planning,
            &[resident],
            "Your application",
            "It was received.\n",
        )),
        Act::Mail(mail(
            "officer",
            &amara,
            &many,
            "Newsletter",
            "News of the month.\n",
        )),
        attached(
            mail("officer", &amara, &[&ben], "Survey film", ""),
            "survey.mov",
            "video/quicktime",
            b"\0\0\0\x14ftypqt  ",
            1_700_000,
        ),
        attached(
            mail("officer", &amara, &[resident], "Plans", ""),
            "plans.pdf",
            "application/pdf",
            b"%PDF-1.4\n",
            10,
        ),
        attached(
            outside("stranger@elsewhere.example", &[&joss], "Invoice", ""),
            "invoice.pdf",
            "application/pdf",
            b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0",
            40,
        ),
        with(
            outside(
                "prize@elsewhere.example",
                &[&joss],
                "You have won",
                "Click here.\n",
            ),
            "X-Spam-Flag",
            "YES",
        ),
        Act::Mail(outside(
            resident,
            &[&amara],
            "A question",
            "When is my bin collected?\n",
        )),
        Act::Mail(outside(
            "joss@webmail.example",
            &[&amara],
            "From home",
            "I am running late.\n",
        )),
        Act::Mail(mail(
            "joss",
            &joss,
            &[&spam],
            "Reported",
            "This looked odd.\n",
        )),
        Act::Mail(mail(
            "outsider",
            &gita,
            &["colleague@trust.example"],
            "Timesheet",
            "Attached next time.\n",
        )),
        Act::Mail(mail(
            "officer",
            &amara,
            &[&ben],
            "Tuesday",
            "You are a pathetic, useless idiot and everybody knows it.\n",
        )),
        Act::Mail(mail(
            "officer",
            &amara,
            &[&ben],
            "What was said on Tuesday",
            "I want to complain. He called me a pathetic, useless idiot in front of the team.\n",
        )),
        attached(
            mail("officer", &amara, &[resident], "The list", "As promised.\n"),
            "list.csv",
            "text/csv",
            b"Name,National Insurance number\nAlan Ashby,AB123456C\nBeth Barlow,AB234567C\n\
              Carl Cope,AB345678C\nDina Dale,AB456789C\nEvan Eames,AB567890C\nFay Firth,AB678901C\n",
            1,
        ),
        Act::Mail(outside(
            resident,
            &[&amara],
            "Spending",
            "Under the Freedom of Information Act please send me what was spent on consultants.\n",
        )),
        page("officer", "GET", "http://planning.example/applications"),
        page("officer", "GET", "http://news.example/local"),
        page("officer", "GET", "http://webmail.example/inbox"),
        page("approved", "GET", "http://webmail.example/inbox"),
        page("councillor", "GET", "http://webmail.example/inbox"),
        page("officer", "GET", "http://games.example/play"),
        page("officer", "GET", "http://shop.example/shoes"),
        page("lunch", "GET", "http://shop.example/shoes"),
        post(
            "officer",
            "http://shop.example/checkout",
            "item=shoes&pay=now",
        ),
        page("officer", "GET", "http://adult.example/"),
        page("officer", "GET", "http://bets.example/"),
        page("officer", "GET", "http://dropper.example/free"),
        page("officer", "GET", "http://stream.example/live"),
        page("officer", "GET", "http://tunnel.example/"),
        post("officer", "http://social.example/post", "text=hello"),
        page("officer", "GET", "http://nobody-knows.example/"),
        page("officer", "CONNECT", "bank.example:443"),
        page("officer", "CONNECT", "somewhere.example:22"),
        page("revised", "GET", "http://news.example/"),
        page("starter", "GET", "http://news.example/"),
        page("leaver", "GET", "http://news.example/"),
        Act::Page(Asking {
            account: None,
            method: "GET",
            url: "http://news.example/".to_owned(),
            body: None,
        }),
    ]
}
