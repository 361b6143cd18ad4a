//! Choosing a format, and the text in it.

use axum::extract::Path;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use matters::acceptance::{Acceptance, Stage, Step};
use minijinja::{Value, context};
use policy::edition_text::EditionText;
use register_store::matters_kept::Kept;

use super::{can_sign, edition_title, found, signing, text_of};
use crate::failure::Failure;
use crate::form::Form;
use crate::visit::{Answer, Visit, of};

/// What the console can show the text as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Html,
    LargePrint,
    PlainText,
}

impl Format {
    const ALL: [Self; 3] = [Self::Html, Self::LargePrint, Self::PlainText];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::LargePrint => "large-print",
            Self::PlainText => "plain-text",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    fn title(self) -> &'static str {
        match self {
            Self::Html => "Web page",
            Self::LargePrint => "Large print",
            Self::PlainText => "Plain text",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Html => "With a list of contents and links",
            Self::LargePrint => "The same in letters of 18 points, on the screen and on paper",
            Self::PlainText => "Without any layout, also as a file, for a reader of your own",
        }
    }
}

/// What a format is called, also one that is made elsewhere.
pub(super) fn format_title(name: &str) -> &str {
    Format::named(name).map_or(name, |format| format.title())
}

pub(super) async fn ask(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let image = visit.image();
    let person = image.people().person(&visit.viewer.person);
    let wanted = person.and_then(|person| person.format.clone());
    let read = kept.matter.read.as_ref().map(|read| read.format.clone());
    let begin = [read, wanted].into_iter().flatten();
    let begin = begin.into_iter().find(|name| Format::named(name).is_some());
    let form = Form::with([(
        "format",
        begin.unwrap_or_else(|| Format::Html.name().to_owned()),
    )]);
    show_question(&visit, &kept, &form)
}

fn show_question(visit: &Visit, kept: &Kept<Acceptance>, form: &Form) -> Answer {
    if text_of(visit, &kept.matter).is_none() {
        return signing::show_changed(visit);
    }
    let image = visit.image();
    let contacts = &image.pack().settings().contacts;
    let values = context! {
        title => "How do you want to read it?",
        reference => kept.id.as_str(),
        version => kept.matter.version.clone(),
        desk => contacts.desk.clone(),
        telephone => contacts.telephone.clone(),
        formats => Value::from_iter(Format::ALL.map(|format| context! {
            value => format.name(),
            text => format.title(),
            hint => format.hint(),
        })),
    };
    visit.show_form("read-and-sign/format.html", form, values)
}

/// Opening the text is put on the record: a signature needs it. Reading again does not.
pub(super) async fn open(visit: Visit, Path(reference): Path<String>, mut form: Form) -> Answer {
    let kept = found(&visit, reference).await?;
    visit.may("sign-policy", &kept.matter.person)?;
    let missing = "Select how you want to read it";
    let Some(format) = form.choice("format", Format::named, missing) else {
        return show_question(&visit, &kept, &form);
    };
    if text_of(&visit, &kept.matter).is_none() {
        return signing::show_changed(&visit);
    }
    let stage = kept.matter.stage;
    let is_first = matches!(stage, Stage::Due | Stage::Notified);
    if can_sign(stage) && (is_first || !is_open_as(&kept.matter, format)) {
        let step = Step::Opened {
            format: format.name().to_owned(),
        };
        let store = &visit.console.store;
        store
            .take::<Acceptance>(&kept.id, None, step, &visit.act())
            .await?;
    }
    visit.to(&format!("/{}/text/{}", kept.id, format.name()))
}

fn is_open_as(matter: &Acceptance, format: Format) -> bool {
    let read = matter.read.as_ref();
    read.is_some_and(|read| read.format == format.name())
}

pub(super) async fn text(
    visit: Visit,
    Path((reference, format)): Path<(String, String)>,
) -> Answer {
    let kept = found(&visit, reference).await?;
    let format = Format::named(&format).ok_or(Failure::NotFound)?;
    let Some(text) = text_of(&visit, &kept.matter) else {
        return signing::show_changed(&visit);
    };
    let can_sign = can_sign(kept.matter.stage);
    if can_sign && !is_open_as(&kept.matter, format) {
        return visit.to(&format!("/{}/read", kept.id));
    }
    let values = context! {
        title => text.title.clone(),
        reference => kept.id.as_str(),
        edition => edition_title(&visit, &text.edition),
        format => format.name(),
        format_title => format.title(),
        other_formats => Value::from_iter(Format::ALL.map(Format::title)),
        plain => (format == Format::PlainText).then(|| in_plain_text(&text)),
        sections => Value::from_iter(text.sections.iter().map(|section| context! {
            anchor => format!("clause-{}", section.id.number()),
            number => section.id.number(),
            ..of(section)
        })),
        version => text.version.clone(),
        sha256 => text.sha256.clone(),
        can_sign,
    };
    visit.show("read-and-sign/text.html", values)
}

/// The text as a file.
pub(super) async fn plain(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let Some(text) = text_of(&visit, &kept.matter) else {
        return signing::show_changed(&visit);
    };
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"policy.txt\""),
    ];
    Ok((headers, in_plain_text(&text)).into_response())
}

/// Lines as long as a Braille display or a terminal holds with ease.
const LINE: usize = 72;

pub(super) fn in_plain_text(text: &EditionText) -> String {
    let mut plain = format!("{}\nVersion {}\n", text.title, text.version);
    for section in &text.sections {
        plain.push('\n');
        wrap(
            &mut plain,
            &format!("{} {}", section.id.number(), section.title),
        );
        wrap(&mut plain, &section.gist);
    }
    plain.push_str(&format!("\nSHA-256 of this text: {}\n", text.sha256));
    plain
}

fn wrap(plain: &mut String, paragraph: &str) {
    let mut column = 0;
    for word in paragraph.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > LINE {
            plain.push('\n');
            column = 0;
        } else if column > 0 {
            plain.push(' ');
            column += 1;
        }
        plain.push_str(word);
        column += length;
    }
    plain.push('\n');
}
