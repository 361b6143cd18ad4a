//! Documents, works and games somebody registered, in letters, files and uploads.

use std::sync::LazyLock;

use content::contents::Known;
use content::document::Limits;
use content::known_files::{Class, Index, Item, Key, Register, take};
use policy::decision::Outcome::{self, Hold, Permit, Refuse};
use serde_json::{Value, json};

use crate::letter::{Mail, docx, download, form, mail, pdf, program, upload, zip};
use crate::town::{ANN, CEM, CHORLEY, HALTON, Town, WALSALL, Who, check, check_web};

const ME: &str = "ann@council.example";
const INSIDE: &str = "bob@council.example";
const RESIDENT: &str = "jo@resident.example";
const SECURE: &str = "ward@hospital.example";

/// Confidential, and registered as such.
const PLAN: &str = "\
The board will close the depot in Mill Street at the end of September and move its forty-one staff to \
Northgate. Nobody has been told yet, and nothing is to be said before the unions have been met on the \
ninth. The saving is put at 312,000 a year, most of it rent, and the site has been promised to one \
bidder against two higher offers because that bidder will keep the footpath along the canal open. \
Should the sale fall through, the board would keep the depot for another year and look for the money in \
the repairs budget, where eleven roofs would then have to wait. The valuer advises against an auction: \
two buyers have walked away from such sales this year, and a third would ask for a survey of the old \
fuel tanks, whose state is not known.";

/// Sent to Ann by mistake, and reported.
const ASTRAY: &str = "\
Dear Mr Sample, the panel met yesterday and will offer you the post of head of parks from the first of \
May. Two others were close behind, and one of them works in your present team, so please tell nobody \
until we have written to them. The panel asks whether you would take on the cemeteries as well, and what \
you would need for it.";

/// On the same subject as the plan, and nobody's secret.
const NEWS: &str = "\
Thank you for your letter about the depot in Mill Street. The council looks at all of its buildings every \
year and asks whether they are still needed where they are. If there is a proposal, it will come before \
the planning committee in public, and you will be able to see the papers a week before the meeting. The \
footpath along the canal is a public right of way and stays open whatever happens beside it.";

/// Recordings and pictures are long; this one is of noise.
static FILM: LazyLock<Vec<u8>> = LazyLock::new(|| noise(400_000, 1));

/// A program like any other, but registered as a game.
static GAME: LazyLock<Vec<u8>> = LazyLock::new(|| [program(), noise(2_000, 2)].concat());

fn noise(bytes: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    };
    (0..bytes).map(|_| next()).collect()
}

/// What the three councils have registered.
pub(crate) fn index() -> Index {
    let key = Key::new([3; Key::BYTES]);
    let mut register = Register::new(&key);
    for (reference, class, bytes) in [
        ("PLAN-1", Class::RegisteredDocument, docx(&[PLAN])),
        ("ERR-1", Class::MisdirectedDocument, ASTRAY.into()),
        ("FILM-1", Class::CopyrightWork, FILM.clone()),
        ("GAME-1", Class::Game, GAME.clone()),
    ] {
        let taken = take(&bytes, None, class, &key, &Limits::default());
        let item = Item {
            reference: reference.to_owned(),
            class,
            owner: (class == Class::RegisteredDocument).then(|| "legal".to_owned()),
            registered_at: 0,
            until: None,
            prints: taken.prints,
        };
        register.put(item).unwrap();
    }
    Index::new(&register, &key, 1).unwrap()
}

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// The plan as people pass it on.
fn forms_of_the_plan(to: &str, ending: &str) -> Vec<Mail> {
    let plain = |text: &str| mail(ME, to, "The depot", &format!("{text}{ending}"));
    let with = |name, kind, bytes| plain("See the file.").with(name, kind, bytes);
    let lines: Vec<&str> = PLAN.split(' ').collect();
    let quoted: String = lines
        .chunks(9)
        .map(|line| format!("> {}\n", line.join(" ")))
        .collect();
    let sentences: Vec<&str> = PLAN.split_inclusive(". ").collect();
    vec![
        plain(PLAN),
        plain(&format!("What do you say to this?\n\nBob wrote:\n{quoted}")),
        plain(&format!(
            "{NEWS}\n\n{}\n",
            sentences[2..].concat().replace("312,000", "some money")
        )),
        mail(
            ME,
            to,
            "The depot",
            &format!(
                "<p>{}</p><p>{}</p>",
                PLAN.replace(' ', "\n"),
                ending.replace('\n', "<br>")
            ),
        )
        .html(),
        with("plan.docx", DOCX, docx(&[NEWS, PLAN])),
        with("plan.pdf", "application/pdf", pdf(PLAN)),
    ]
}

#[test]
pub(crate) fn registered_documents() {
    for form in forms_of_the_plan(RESIDENT, "") {
        check(&WALSALL, ANN, &form, Hold, &["6.5.1.a", "6.5.1.b"]);
        check(&CHORLEY, ANN, &form, Hold, &["4.5.d"]);
    }
    for form in forms_of_the_plan(INSIDE, "") {
        check(&WALSALL, ANN, &form, Hold, &["6.5.1.a"]);
        check(&CHORLEY, ANN, &form, Permit, &[]);
    }
    for form in forms_of_the_plan(RESIDENT, crate::halton::ENDING) {
        check(&HALTON, ANN, &form, Hold, &["3.1.16"]);
    }
    let paper = docx(&[NEWS, PLAN]);
    let packed = zip(&[("a/plan.docx", &paper)], false);
    let packed =
        mail(ME, INSIDE, "The depot", "See the file.").with("all.zip", "application/zip", packed);
    check(&WALSALL, ANN, &packed, Hold, &["6.2.6", "6.5.1.a"]);
    let plan = |to: &str| mail(ME, to, "The depot", PLAN);
    check(&WALSALL, ANN, &plan(SECURE), Hold, &["6.5.1.a", "6.5.1.b"]);
    // Who it comes to from outside did nothing.
    check(
        &WALSALL,
        Who::Stranger,
        &mail(RESIDENT, ME, "The depot", PLAN),
        Permit,
        &[],
    );
}

#[test]
pub(crate) fn registered_documents_on_the_web() {
    let post = |town, outcome, clauses: &[&str]| {
        let form = form("site.test", &[("subject", "Depot"), ("text", PLAN)]);
        check_web(town, ANN, &form, outcome, clauses);
        let file = upload("site.test", "plan.pdf", "application/pdf", &pdf(PLAN));
        check_web(town, ANN, &file, outcome, clauses);
    };
    post(&WALSALL, Refuse, &["7.3.5"]);
    post(&HALTON, Refuse, &["3.1.16"]);
    let news = form("site.test", &[("text", NEWS)]);
    check_web(&WALSALL, ANN, &news, Permit, &[]);
    check_web(&HALTON, ANN, &news, Permit, &[]);
}

#[test]
fn ordinary_mail_about_the_same_things_goes_out() {
    let sentence = PLAN.split_inclusive(". ").nth(2).unwrap();
    for text in [
        NEWS,
        &format!("{NEWS} {sentence} {NEWS}"),
        "Please do not hesitate to contact me.",
    ] {
        let mail = mail(ME, RESIDENT, "The depot", text);
        check(&WALSALL, ANN, &mail, Permit, &[]);
        check(&CHORLEY, ANN, &mail, Permit, &[]);
    }
}

#[test]
pub(crate) fn misdirected_documents() {
    let passed_on = format!("Look what came to me by mistake:\n\n{ASTRAY}");
    let quoted = format!("Is this for you?\n\n> {}", ASTRAY.replace(". ", ".\n> "));
    for text in [ASTRAY, &passed_on, &quoted] {
        for to in [INSIDE, RESIDENT] {
            check(
                &WALSALL,
                ANN,
                &mail(ME, to, "Parks", text),
                Refuse,
                &["6.5.7"],
            );
        }
        let post = form("site.test", &[("text", text)]);
        check_web(&WALSALL, CEM, &post, Refuse, &["6.5.7"]);
    }
    // It comes to whoever it comes to, and telling its sender needs none of it.
    let came = mail(RESIDENT, ME, "Parks", ASTRAY);
    check(&WALSALL, Who::Stranger, &came, Permit, &[]);
    let told = "Your message of this morning about a post in parks came to me by mistake. I have not passed it on.";
    check(
        &WALSALL,
        ANN,
        &mail(ME, RESIDENT, "Parks", told).reply(),
        Permit,
        &[],
    );
}

#[test]
pub(crate) fn protected_works() {
    let fetched = |town: &Town, bytes: &[u8], outcome: Outcome, clauses: &[&str]| {
        let file = download("application/octet-stream", "a.dat", bytes);
        check_web(town, ANN, &file, outcome, clauses);
    };
    let other = noise(400_000, 9);
    fetched(&WALSALL, &FILM, Permit, &["4.1.2.f", "7.4.1"]);
    fetched(&HALTON, &FILM, Refuse, &["3.1.15"]);
    fetched(&WALSALL, &other, Permit, &[]);
    fetched(&HALTON, &other, Permit, &[]);
    let file = |from: &str, to: &str, ending: &str, bytes: &[u8]| {
        let text = format!("Here it is.{ending}");
        mail(from, to, "Film", &text).with("a.dat", "application/octet-stream", bytes.to_vec())
    };
    check(
        &WALSALL,
        ANN,
        &file(ME, INSIDE, "", &FILM),
        Permit,
        &["6.5.3"],
    );
    check(
        &WALSALL,
        Who::Stranger,
        &file(RESIDENT, ME, "", &FILM),
        Permit,
        &["6.5.3"],
    );
    check(&WALSALL, ANN, &file(ME, INSIDE, "", &other), Permit, &[]);
    let packed = zip(&[("film.dat", &FILM)], false);
    check(
        &WALSALL,
        ANN,
        &file(ME, INSIDE, "", &packed),
        Permit,
        &["6.2.6", "6.5.3"],
    );
    let ending = crate::halton::ENDING;
    check(
        &HALTON,
        ANN,
        &file(ME, RESIDENT, ending, &FILM),
        Hold,
        &["1.f.1", "3.1.7"],
    );
    check(
        &HALTON,
        ANN,
        &file(ME, RESIDENT, ending, &other),
        Permit,
        &[],
    );
}

/// Of a long download only the beginning is here when it is decided.
#[test]
fn a_long_work_is_known_by_its_beginning_and_its_length() {
    let cut = |length| {
        let mut file = download("application/octet-stream", "a.dat", &FILM[..300_000]);
        file.cut_of = Some(length);
        file
    };
    let works = &["4.1.2.f", "7.4.1"][..];
    check_web(&WALSALL, ANN, &cut(Some(400_000)), Permit, works);
    check_web(&WALSALL, ANN, &cut(Some(400_001)), Permit, &[]);
    // It may be, and no rule asks for that.
    check_web(&WALSALL, ANN, &cut(None), Permit, &[]);
    let body = cut(None);
    let contents = WALSALL.point.look_through_body(&body.body());
    assert_eq!(contents.findings.len(), 1, "{contents:?}");
}

#[test]
pub(crate) fn games() {
    let fetched = |bytes: &[u8], name: &'static str, clauses: &[&str]| {
        let file = download("application/octet-stream", name, bytes);
        check_web(&WALSALL, ANN, &file, Refuse, clauses);
    };
    fetched(&GAME, "setup.exe", &["7.4.2", "7.4.5.b", "7.4.7.a"]);
    fetched(&program(), "setup.exe", &["7.4.2", "7.4.5.b"]);
    let archive = [&b"PWAD\x01\0\0\0\x0c\0\0\0"[..], &noise(900, 3)].concat();
    fetched(&archive, "maps.wad", &["7.4.7.a"]);
    fetched(
        &zip(&[("maps.wad", &archive)], false),
        "maps.zip",
        &["7.4.7.a"],
    );
    let note = download(
        "text/plain",
        "note.txt",
        b"PWAD is a name for files with maps of a game.",
    );
    check_web(&WALSALL, ANN, &note, Permit, &[]);
}

/// The reference and whom to ask, and never the words.
#[test]
fn what_stands_on_the_record() {
    let check = |mail: &Mail, expected: Value, hidden: &str| {
        let entry = crate::record::entry(&WALSALL, ANN, mail);
        let found: Value = serde_json::from_str(&entry).unwrap();
        assert_eq!(found["findings"], expected);
        assert!(!entry.contains(hidden), "{entry}");
    };
    let plain = mail(ME, INSIDE, "The depot", PLAN);
    let stands: Value = serde_json::from_str(&crate::record::entry(&WALSALL, ANN, &plain)).unwrap();
    assert_eq!(stands["findings"][0]["label"], "registered-document");
    let found = stands["findings"][0]["by"].as_str().unwrap();
    assert!(found.starts_with("PLAN-1 (owner legal): "), "{found}");
    let text = crate::record::entry(&WALSALL, ANN, &plain);
    assert!(
        !text.contains("bidder") && !text.contains("canal"),
        "{text}"
    );
    let game = mail(ME, INSIDE, "A game", "See the file.").with(
        "a.exe",
        "application/octet-stream",
        GAME.clone(),
    );
    let of_game = json!([{
        "label": "game", "confidence": "high", "part": "2", "role": "file", "span": [0, 0],
        "by": "GAME-1: the file itself",
    }]);
    check(&game, of_game, "setup");
}

/// Without a register nothing is looked for, and its words say nothing.
#[test]
fn without_a_register_nothing_is_recognised() {
    let message = mail(ME, RESIDENT, "The depot", PLAN).bytes();
    let reading = content::mail::read(&message, None, &content::mail::Limits::default());
    let contents =
        content::contents::of_mail(&message, &reading, &Known::default(), &Limits::default());
    assert_eq!(contents.findings, []);
}
