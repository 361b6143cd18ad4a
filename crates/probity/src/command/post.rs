//! `probity post`: who holds which post, before anybody keeps the authority register in the console.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use matters::authority::Holding;
use matters::id::{PersonId, PostId, UnitId};
use matters::people::{People, Unit};
use serde_json::json;

use crate::cli::Format;
use crate::cli::people::{HereArgs, PostCommand};
use crate::failure::Failure;
use crate::operator::Operator;
use crate::print::{safe, say};

pub(crate) fn run(command: PostCommand) -> Result<(), Failure> {
    match command {
        PostCommand::List { here } => list(&here),
        PostCommand::Appoint {
            post,
            person,
            unit,
            from,
            until,
            here,
        } => appoint(&post, &person, unit, (from, until), &here),
        PostCommand::End {
            post,
            person,
            unit,
            here,
        } => end(&post, &person, unit.as_deref(), &here),
    }
}

fn list(here: &HereArgs) -> Result<(), Failure> {
    let operator = Operator::open(here)?;
    let (image, now) = (operator.store.image(), Timestamp::now());
    for (label, post) in &image.pack().people().posts {
        let held = image.posts().holdings().iter().filter(|held| {
            held.post.as_str() == label
                && held.from <= now
                && held.until.is_none_or(|until| now < until)
        });
        let held: Vec<_> = held.collect();
        if here.format.format == Format::Json {
            say!(
                "{}",
                json!({"post": label, "title": post.title, "holders": held})
            );
            continue;
        }
        say!("{label}: {}", safe(&post.title));
        for held in held {
            let person = image.people().person(&held.person);
            let name = person.map_or("(nobody known)", |person| &person.name);
            let unit = held.unit.as_ref();
            let unit = unit.map_or_else(String::new, |unit| format!(", {unit}"));
            say!("  {} ({}){}", safe(name), held.person, safe(&unit));
        }
    }
    Ok(())
}

fn appoint(
    post: &str,
    person: &str,
    unit: Option<String>,
    (from, until): (Option<Date>, Option<Date>),
    here: &HereArgs,
) -> Result<(), Failure> {
    let operator = Operator::open(here)?;
    let person = operator.person(person)?;
    let image = operator.store.image();
    let posts = &image.pack().people().posts;
    let Some(settings) = posts.get(post) else {
        let known: Vec<_> = posts.keys().map(String::as_str).collect();
        let known = known.join(", ");
        return Err(Failure::usage(format!(
            "the pack has no post `{post}`; it has {known}"
        )));
    };
    if settings.of_unit && unit.is_none() {
        return Err(Failure::usage(format!(
            "`{post}` is the post of a unit; name it with --unit"
        )));
    }
    let unit = unit.map(UnitId::new);
    if let Some(unit) = &unit
        && image.people().unit(unit).is_none()
    {
        return Err(Failure::usage(format!(
            "there is no unit `{unit}`; {}",
            units_like(unit, image.people())
        )));
    }
    let zone = TimeZone::get(&image.pack().settings().zone)?;
    let midnight = |day: Date| day.to_zoned(zone.clone()).map(|at| at.timestamp());
    let act = operator.act();
    let holding = Holding {
        post: PostId::from(post),
        unit,
        person,
        from: from.map(midnight).transpose()?.unwrap_or(act.at),
        until: until.map(|last| midnight(last.tomorrow()?)).transpose()?,
    };
    let told = json!(holding);
    operator.block_on(operator.store.appoint(holding, &act))?;
    match here.format.format {
        Format::Json => say!("{told}"),
        Format::Human => say!(
            "{post} is held by {}",
            told["person"].as_str().unwrap_or_default()
        ),
    }
    Ok(())
}

/// Units somebody may have meant.
fn units_like(unit: &UnitId, people: &People) -> String {
    let meant = unit.as_str().to_lowercase();
    let is_meant =
        |one: &&Unit| one.id.as_str().contains(&meant) || one.name.to_lowercase().contains(&meant);
    let mut like: Vec<_> = people.units().filter(is_meant).collect();
    like.sort_by_key(|one| &one.id);
    let like = like.iter().take(5);
    let like: Vec<_> = like
        .map(|one| format!("`{}` ({})", one.id, safe(&one.name)))
        .collect();
    match like.as_slice() {
        [] => "units come with people, by `probity import`".to_owned(),
        some => format!("there is {}", some.join(", ")),
    }
}

fn end(post: &str, person: &str, unit: Option<&str>, here: &HereArgs) -> Result<(), Failure> {
    let operator = Operator::open(here)?;
    let person: PersonId = operator.person(person)?;
    let (image, act) = (operator.store.image(), operator.act());
    let held: Vec<_> = image
        .posts()
        .holdings()
        .iter()
        .filter(|held| held.post.as_str() == post && held.person == person)
        .filter(|held| {
            unit.is_none_or(|unit| held.unit.as_ref().is_some_and(|of| of.as_str() == unit))
        })
        .filter(|held| held.until.is_none_or(|until| act.at < until))
        .collect();
    if held.is_empty() {
        return Err(Failure::usage(format!("{person} does not hold `{post}`")));
    }
    for holding in held {
        operator.block_on(operator.store.end_holding(holding, act.at, &act))?;
    }
    match here.format.format {
        Format::Json => say!(
            "{}",
            json!({"post": post, "person": person, "until": act.at})
        ),
        Format::Human => say!("{person} holds {post} no longer"),
    }
    Ok(())
}
