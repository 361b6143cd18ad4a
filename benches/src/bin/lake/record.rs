//! A made council's record: pages, and calls.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use benches::random::Random;
use jiff::Timestamp;
use journal::{Journal, Options};
use ledger::TreeSize;

const PEOPLE: usize = 5_000;
const SITES: usize = 2_000;
const DAY: i64 = 86_400_000;

/// What happened in a while, evenly.
#[derive(Debug, Clone, Copy)]
pub(crate) struct While {
    pub(crate) from: Timestamp,
    pub(crate) days: i64,
    pub(crate) pages: u64,
    pub(crate) calls: u64,
}

/// Puts it on a record. Gives how many entries there are then, and the bytes of those that were added.
pub(crate) fn record(folder: &Path, whiles: &[While]) -> Result<(TreeSize, u64), Box<dyn Error>> {
    let options = Options {
        min_free_bytes: 0,
        ..Options::default()
    };
    let (journal, _) = Journal::open(folder, options)?;
    let mut random = Random::new(7);
    let (mut entry, mut bytes) = (String::new(), 0);
    for of in whiles {
        let n = of.pages + of.calls;
        let one_call_in = n.checked_div(of.calls).unwrap_or(u64::MAX);
        for i in 0..n {
            entry.clear();
            let at =
                of.from.as_millisecond() + i64::try_from(i)? * of.days * DAY / i64::try_from(n)?;
            let at = Timestamp::from_millisecond(at)?;
            match i % one_call_in == one_call_in - 1 {
                true => call(&mut entry, at, &mut random)?,
                false => page(&mut entry, at, &mut random)?,
            }
            bytes += entry.len() as u64;
            journal.append((), entry.as_bytes())?.into_parts();
        }
    }
    Ok((journal.sync_now()?, bytes))
}

/// Few sites and people have most of it.
fn few(random: &mut Random, of: usize) -> usize {
    random.below(of).min(random.below(of)).min(random.below(of))
}

/// A page request as the web gate records it.
fn page(entry: &mut String, at: Timestamp, random: &mut Random) -> std::fmt::Result {
    let (person, site) = (few(random, PEOPLE), few(random, SITES));
    let category = ["news", "government", "reference", "shopping", "travel"][site % 5];
    let words = [
        "news", "articles", "static", "img", "api", "assets", "search", "view",
    ];
    let visit = random.below(10) == 0;
    write!(
        entry,
        "{{\"v\":1,\"at\":\"{at}\",\"kind\":\"web\",\"client\":\"10.{}.{}.{}\",\"person\":\"{}\",\"host\":\"site-{site}.example\",\
         \"port\":443,\"path\":\"/{}/{}/{:x}\",\"visit\":{visit},",
        person >> 16,
        person >> 8 & 255,
        person & 255,
        100_000 + person,
        random.pick(&words),
        random.pick(&words),
        random.below(200_000),
    )?;
    let audience = if person % 50 == 0 {
        "member"
    } else {
        "officer"
    };
    let clock = ["on", "off", "unknown"][person % 3];
    write!(
        entry,
        "\"matched\":{{\"entry\":\"site-{site}.example\",\"lists\":\"5f2d9c01\"}},\
         \"request\":{{\"action\":\"visit\",\"who\":{{\"acceptance\":\"signed\",\"audience\":\"{audience}\",\"granted\":[\"email\",\"internet\"]}},\
         \"when\":{{\"clock\":\"{clock}\",\"core_hours\":true}},\"what\":{{\"categories\":[\"{category}\"],\"method\":\"GET\"}}}},"
    )?;
    let pack = "\"pack\":{\"name\":\"walsall\",\"edition\":\"officers\",\"version\":\"2007-03\",\"hash\":\"9c0d5f2d9c0d5f2d9c0d5f2d9c0d5f2d9c0d5f2d9c0d5f2d9c0d5f2d9c0d5f2d\"}";
    match category == "shopping" && clock == "on" {
        true => write!(
            entry,
            "\"decision\":{{\"outcome\":\"refuse\",\"reasons\":[{{\"clause\":\"walsall-7.2.16\",\"title\":\"Own shopping waits for own time\",\
             \"rule\":\"shopping\",\"outcome\":\"refuse\",\"notice\":\"Look again when you have clocked off.\"}}],{pack}}}}}"
        ),
        false => write!(entry, "\"decision\":{{\"outcome\":\"permit\",{pack}}}}}"),
    }
}

/// A call that is over, as it is recorded.
fn call(entry: &mut String, at: Timestamp, random: &mut Random) -> std::fmt::Result {
    let person = few(random, PEOPLE);
    let outcome = ["permit", "warn"][usize::from(random.below(20) == 0)];
    write!(
        entry,
        "{{\"v\":1,\"at\":\"{at}\",\"kind\":\"call\",\"id\":\"{:032x}\",\"direction\":\"outgoing\",\"extension\":\"{}\",\
         \"person\":\"{}\",\"from\":{{\"class\":\"extension\"}},\"to\":{{\"number\":\"+44163296{:04}\",\"class\":\"geographic\"}},\
         \"outcome\":\"answered\",\"answered_seconds\":{},\"request\":{{\"action\":\"call\",\"who\":{{\"audience\":\"officer\"}},\
         \"when\":{{\"clock\":\"on\"}}}},\"decision\":{{\"outcome\":\"{outcome}\",\"pack\":{{\"edition\":\"officers\"}}}}}}",
        random.any(),
        2000 + person,
        100_000 + person,
        random.below(10_000),
        random.below(900),
    )
}
