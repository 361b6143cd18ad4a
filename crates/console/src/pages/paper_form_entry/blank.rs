//! Empty forms, to be printed and filled in by hand. They ask what *typing in* asks, in its order,
//! and have room for the decisions the pack wants for these people.

use axum::extract::Query;
use minijinja::{Value, context};
use paper::Block;
use policy::people::Entry;
use serde::Deserialize;

use super::questions::FORMATS;
use crate::form::{Form, capital};
use crate::visit::{Answer, Visit};
use crate::words;

/// What was chosen on the page before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    service: String,
    audience: String,
    edition: String,
}

impl Chosen {
    fn form(self) -> Form {
        Form::with([
            ("service", self.service),
            ("audience", self.audience),
            ("edition", self.edition),
        ])
    }
}

pub(super) async fn ask(visit: Visit) -> Answer {
    show(&visit, &Form::default())
}

fn show(visit: &Visit, form: &Form) -> Answer {
    let item = |value: &str, text: String| context! { value, text };
    let people = &visit.console.people;
    let image = visit.image();
    let settings = image.pack().settings();
    let services = people.services.iter();
    let editions = settings.editions.iter();
    let values = context! {
        title => "Print an empty form",
        version => settings.version.clone(),
        services => Value::from_iter(services.map(|(label, text)| item(label, text.clone()))),
        audiences => Value::from_iter(people.entry.keys().map(|label| item(label, plain(label)))),
        editions => Value::from_iter(editions.map(|(label, one)| item(label, one.title.clone()))),
    };
    visit.show_form("paper-form-entry/blank.html", form, values)
}

fn plain(label: &str) -> String {
    capital(&label.replace('-', " "))
}

/// A request for one service by one kind of person.
pub(super) async fn request(visit: Visit, Query(chosen): Query<Chosen>) -> Answer {
    let mut form = chosen.form();
    let people = &visit.console.people;
    let find = |label: &str| people.services.get(label);
    let service = form.choice("service", find, "Choose a service");
    let find = |label: &str| people.entry.get_key_value(label);
    let entry = form.choice("audience", find, "Choose a group of people");
    let (Some(service), Some((audience, entry))) = (service, entry) else {
        return show(&visit, &form);
    };
    let image = visit.image();
    let desk = &image.pack().settings().contacts.desk;
    let mut blocks = vec![
        Block::rows([
            ("Service", service.clone()),
            ("For", plain(audience)),
            ("Hand it to", desk.clone()),
        ]),
        Block::Paragraph(
            "Please write in capital letters, in black ink. Somebody types it in, and a second \
             person compares that with this sheet."
                .to_owned(),
        ),
        Block::Heading("About the person".to_owned()),
        blank("Full name", 1),
        blank("Account, employee number or council email address", 1),
        blank("Post and team", 1),
        Block::Heading("What is asked for".to_owned()),
        blank("What is it needed for?", 5),
        blank("Which equipment goes with it, if any?", 2),
    ];
    blocks.push(match entry.end_date {
        true => blank("What is the last day it is needed? One has to be named.", 1),
        false => blank("What is the last day it is needed, if there is one?", 1),
    });
    if entry.sponsor {
        blocks.push(blank("Who of the council answers for the person?", 1));
    }
    blocks.extend([
        Block::Heading("Whoever asks".to_owned()),
        blank("Name, and post if it is not the person themselves", 1),
        blank("Signature and date", 2),
    ]);
    blocks.extend(decisions(&visit, entry));
    let version = &image.pack().settings().version;
    blocks.push(Block::Paragraph(format!(
        "The service can be used once all of this is recorded and the person has signed version \
         {version} of the policy."
    )));
    let mut clauses = [entry.clauses.clone(), people.access.clauses.clone()].concat();
    clauses.dedup();
    blocks.push(Block::Paragraph(format!(
        "It rests on: {}.",
        clauses.join(", ")
    )));
    let title = format!("Request for access: {service}");
    let document = visit.document(title, None, blocks);
    visit.print("request", document).await
}

fn blank(label: &str, lines: u8) -> Block {
    Block::Blank {
        label: label.to_owned(),
        lines,
    }
}

/// Room for everybody who has to decide about such a person.
fn decisions(visit: &Visit, entry: &Entry) -> Vec<Block> {
    let one_of = |what: &str, posts: &[String]| {
        let titles = posts
            .iter()
            .map(|post| words::post(&visit.console.people, post));
        let titles: Vec<_> = titles.collect();
        (!titles.is_empty()).then(|| format!("{what}. One of: {}", titles.join(", ")))
    };
    let permitted_by = &visit.console.people.access.permitted_by;
    let asked = [
        one_of("Who the person is, is certified", &entry.certified_by),
        one_of("The need is confirmed", &entry.authorised_by),
        entry
            .hr_verifies
            .then(|| "Identity and post are confirmed. Human resources".to_owned()),
        one_of("The service is permitted", permitted_by),
    ];
    let mut blocks = vec![Block::Heading("Decisions".to_owned())];
    for what in asked.into_iter().flatten() {
        blocks.push(Block::Paragraph(what));
        blocks.push(blank("Name, post, signature and date", 2));
    }
    blocks
}

/// A sheet to sign the version in force on.
pub(super) async fn signature(visit: Visit, Query(chosen): Query<Chosen>) -> Answer {
    let mut form = chosen.form();
    let image = visit.image();
    let find = |label: &str| image.pack().edition_text(label);
    let text = form.choice("edition", find, "Choose an edition");
    let Some(text) = text else {
        return show(&visit, &form);
    };
    let settings = image.pack().settings();
    let formats = FORMATS.iter().map(|(_, title)| (*title).to_owned());
    let blocks = vec![
        Block::rows([
            ("Policy", text.title.clone()),
            ("Version", text.version.clone()),
            ("Check sum of the text (SHA-256)", text.sha256.clone()),
            ("Hand it to", settings.contacts.desk.clone()),
        ]),
        Block::Ticks {
            label: "How did you read it?".to_owned(),
            choices: formats.collect(),
        },
        Block::Heading("What you say by signing".to_owned()),
        Block::Quote(visit.console.people.acceptance.statement.trim().to_owned()),
        Block::Paragraph(
            "You may also decline. Nobody blames you for it; somebody will talk with you."
                .to_owned(),
        ),
        blank("Full name", 1),
        blank("Account, employee number or council email address", 1),
        blank("Signature and date", 2),
    ];
    let title = "Signature on the policy".to_owned();
    let document = visit.document(title, None, blocks);
    visit.print("signature", document).await
}
