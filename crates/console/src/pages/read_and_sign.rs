//! *Read and sign*: what is due, the text of the policy as it binds the person, and the record of
//! what was signed.
//!
//! The text is read at one's own pace: nothing watches how far somebody scrolls, and the way to the
//! signature is above it as well as below. What is signed is bound to the text, the format, and the
//! page as it was shown.

mod reading;
mod signing;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use matters::acceptance::{Acceptance, Method, Stage};
use matters::id::MatterId;
use minijinja::{Value, context};
use paper::Block;
use policy::edition_text::EditionText;
use register_store::matters_kept::{Filter, Kept};

use super::{Group, Page};
use crate::Console;
use crate::failure::Failure;
use crate::people_named::name_of;
use crate::printing;
use crate::visit::{Answer, Visit};
use crate::words::moment_in_words;

pub(super) const PAGE: Page = Page {
    action: "read-and-sign",
    path: "/read-and-sign",
    title: "Read and sign",
    group: Group::You,
    routes,
};

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list))
        .route("/{reference}", get(record))
        .route("/{reference}/record.pdf", get(printed))
        .route("/{reference}/read", get(reading::ask).post(reading::open))
        .route("/{reference}/text/{format}", get(reading::text))
        .route("/{reference}/policy.txt", get(reading::plain))
        .route("/{reference}/sign", get(signing::check).post(signing::send))
        .route("/{reference}/signed", get(signing::signed))
        .route("/{reference}/declined", get(signing::declined))
}

/// Versions one person can be asked to sign in a working life, with room to spare.
const MOST: usize = 100;

async fn list(visit: Visit) -> Answer {
    let filter = Filter {
        subject: Some(visit.viewer.person.clone()),
        limit: MOST,
        ..Filter::default()
    };
    let page = visit.console.store.matters::<Acceptance>(&filter).await?;
    let image = visit.image();
    let version = &image.pack().settings().version;
    let edition = image.pack().edition_of(&visit.viewer.audience);
    let in_force = |kept: &&Kept<Acceptance>| {
        let matter = &kept.matter;
        matter.version == *version && matter.edition == edition && matter.stage != Stage::Void
    };
    let current = page.items.iter().find(in_force);
    let rows: Vec<_> = page.items.iter().map(|kept| row(&visit, kept)).collect();
    let values = context! {
        policy => image.pack().settings().title.clone(),
        version,
        current => current.map(|kept| context! {
            can_sign => can_sign(kept.matter.stage),
            is_overdue => is_overdue(kept.matter.stage),
            ..row(&visit, kept)
        }),
        signed_earlier => image.signed_earlier(&visit.viewer.person),
        rows,
    };
    visit.show("read-and-sign/list.html", values)
}

fn row(visit: &Visit, kept: &Kept<Acceptance>) -> Value {
    let matter = &kept.matter;
    let counts = matter.signature.as_ref().filter(|_| !is_unsettled(matter));
    context! {
        reference => kept.id.as_str(),
        version => matter.version.clone(),
        edition => edition_title(visit, &matter.edition),
        due_by => matter.due_by.to_string(),
        stage => matter.stage.name(),
        state => in_words(matter.stage),
        colour => colour(matter.stage),
        signed_at => counts.map(|signature| signature.at.to_string()),
    }
}

/// A signature on it counts nothing, or does not count yet.
fn is_unsettled(matter: &Acceptance) -> bool {
    matches!(matter.stage, Stage::Unchecked | Stage::Void)
}

fn edition_title(visit: &Visit, edition: &str) -> String {
    let image = visit.image();
    let known = image.pack().settings().editions.get(edition);
    known.map_or_else(|| edition.to_owned(), |edition| edition.title.clone())
}

/// Whether the person may still sign; the process says the same when they do.
fn can_sign(stage: Stage) -> bool {
    use Stage::{Accepted, Lapsed, Superseded, Unchecked, Void};
    !matches!(stage, Accepted | Unchecked | Superseded | Void | Lapsed)
}

fn is_overdue(stage: Stage) -> bool {
    use Stage::{OverdueOnce, OverdueTwice, RestrictProposed, Restricted};
    matches!(
        stage,
        OverdueOnce | OverdueTwice | RestrictProposed | Restricted
    )
}

fn in_words(stage: Stage) -> &'static str {
    match stage {
        Stage::Due | Stage::Notified => "To be read and signed",
        Stage::Opened => "Opened, not signed",
        Stage::OverdueOnce | Stage::OverdueTwice | Stage::RestrictProposed => "Overdue",
        Stage::Restricted => "Not signed, services restricted",
        Stage::Deferred => "Waits until you are back",
        Stage::Unchecked => "Signed, being checked",
        Stage::Accepted => "Signed",
        Stage::Declined => "Declined",
        Stage::Superseded => "Replaced by a later version",
        Stage::Void => "Does not count",
        Stage::Lapsed => "No longer needed",
    }
}

fn colour(stage: Stage) -> &'static str {
    match stage {
        Stage::Accepted => "green",
        Stage::Restricted | Stage::Void => "red",
        stage if is_overdue(stage) => "orange",
        Stage::Superseded | Stage::Lapsed | Stage::Declined => "grey",
        _ => "blue",
    }
}

/// Somebody's own signature, or the want of it. Nobody else's is here.
async fn found(visit: &Visit, reference: String) -> Result<Kept<Acceptance>, Failure> {
    let id = MatterId::new(reference);
    let kept = visit.console.store.matter::<Acceptance>(&id).await?;
    visit.may_see("sign-policy", &kept.matter.person)?;
    Ok(kept)
}

/// The text this is about; none once another is in force, or the same version reads otherwise.
fn text_of(visit: &Visit, matter: &Acceptance) -> Option<EditionText> {
    let image = visit.image();
    let text = image.pack().edition_text(&matter.edition)?;
    (text.version == matter.version && text.sha256 == matter.text_sha256).then_some(text)
}

async fn record(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let history = visit.history(&kept.id).await?;
    let matter = &kept.matter;
    let values = context! {
        title => title(matter),
        statement => matter.signature.as_ref().map(|signature| signature.statement.clone()),
        facts => facts(&visit, &kept),
        can_sign => can_sign(matter.stage),
        has_text => text_of(&visit, matter).is_some(),
        format => matter.read.as_ref().map(|read| read.format.clone()),
        history,
        ..row(&visit, &kept)
    };
    visit.show("read-and-sign/record.html", values)
}

/// The record as a file.
async fn printed(visit: Visit, Path(reference): Path<String>) -> Answer {
    let kept = found(&visit, reference).await?;
    let history = visit.console.store.history(&kept.id).await?;
    let matter = &kept.matter;
    let row = |key: &str, value: String| context! { key, value };
    let mut facts = vec![row("State", in_words(matter.stage).to_owned())];
    facts.extend(self::facts(&visit, &kept));
    let signature = matter.signature.as_ref();
    let mut blocks = vec![
        Block::Heading("The record".to_owned()),
        printing::rows(&facts),
    ];
    if let Some(signature) = signature {
        blocks.extend([
            Block::Heading("What was said by signing".to_owned()),
            Block::Quote(signature.statement.clone()),
        ]);
    }
    blocks.extend([
        Block::Heading("What happened".to_owned()),
        printing::history(&visit, &history),
        Block::Heading("How to check this".to_owned()),
        Block::Paragraph(
            "The check sum of the text stands for exactly the text that was read, the one of the \
             page for everything that was shown above the signature. The council’s record holds \
             both under this reference; the second is the code to have this paper verified by."
                .to_owned(),
        ),
    ]);
    let (title, reference) = (title(matter), kept.id.to_string());
    let document = visit.document(title.to_owned(), Some(reference.clone()), blocks);
    visit.print(&reference, document).await
}

fn title(matter: &Acceptance) -> &'static str {
    if matter.stands() {
        "What you signed"
    } else {
        "Your signature on the policy"
    }
}

/// The record as it is printed and compared: every part of what was signed, with its check sums.
fn facts(visit: &Visit, kept: &Kept<Acceptance>) -> Vec<Value> {
    let matter = &kept.matter;
    let moment = |at| moment_in_words(at, &visit.console.zone);
    let image = visit.image();
    let row = |key: &str, value: String| context! { key, value };
    let settings = image.pack().settings();
    let mut rows = vec![
        row("Name", name_of(&image, &matter.person)),
        row("Council", settings.council.clone()),
        row("Policy", settings.title.clone()),
        row("Version", matter.version.clone()),
        row("Edition", edition_title(visit, &matter.edition)),
    ];
    match &matter.signature {
        None => rows.push(row("To be signed by", moment(matter.due_by))),
        Some(signature) => {
            rows.push(row("Signed on", moment(signature.at)));
            rows.push(row(
                "Read as",
                reading::format_title(&signature.format).to_owned(),
            ));
            rows.push(row("How", method(visit, &signature.method)));
            if let Some(by) = &signature.checked_by {
                rows.push(row("Checked by", name_of(&image, by)));
            }
        }
    }
    rows.push(row("Reference", kept.id.to_string()));
    rows.push(row(
        "Check sum of the text (SHA-256)",
        matter.text_sha256.clone(),
    ));
    if let Some(signature) = &matter.signature {
        rows.push(row(
            "Check sum of the page you signed (SHA-256)",
            signature.form_sha256.clone(),
        ));
    }
    rows
}

fn method(visit: &Visit, method: &Method) -> String {
    let moment = |at| moment_in_words(at, &visit.console.zone);
    let image = visit.image();
    match method {
        Method::Electronic { authenticated_at } => format!(
            "Electronically, password given on {}",
            moment(*authenticated_at)
        ),
        Method::Manuscript { scan } => format!("In ink, scan {scan}"),
        Method::Assisted { assistant, .. } => {
            format!("With the help of {}", name_of(&image, assistant))
        }
    }
}

#[cfg(test)]
mod tests;
