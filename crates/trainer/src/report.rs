//! How well the model does on texts it has not seen.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use content::finding::Confidence;
use content::offence::Detector;
use content::offence::model::Head;

use crate::data::{Data, Example, FOLDS, Part, Source};
use crate::encode;
use crate::lists::List;
use crate::measure::{Share, auc, auc_with_interval};

/// Sentences of one source put into mails.
const INSERTED: usize = 600;

pub(crate) fn write(detector: &Detector, data: &Data, folder: &Path) -> Result<String, String> {
    let mut out = String::new();
    let lists = List::all(folder)?;
    let test: Vec<&Example> = data
        .examples
        .iter()
        .filter(|e| e.part == Part::Test)
        .collect();
    heads(&mut out, detector, &test);
    sources(&mut out, detector, &lists, &test);
    mails(&mut out, detector, &lists, data, &test);
    Ok(out)
}

/// Each head on each source's held-out part.
fn heads(out: &mut String, detector: &Detector, test: &[&Example]) {
    line(
        out,
        format_args!(
            "Heads on held-out parts: AUC; precision and recall at the low and the high threshold"
        ),
    );
    for head in Head::ALL {
        let scale = detector.scale(head);
        for source in Source::ALL {
            let scored: Vec<(f32, bool)> = test
                .iter()
                .filter(|e| e.source == source)
                .filter_map(|e| {
                    Some((
                        detector.scores(&e.text)[head as usize],
                        e.targets[head as usize]?,
                    ))
                })
                .collect();
            let positives = scored.iter().filter(|(_, positive)| *positive).count();
            if positives < 5 || positives == scored.len() {
                continue;
            }
            let at = |threshold: f32| {
                let flagged = || scored.iter().filter(|(score, _)| *score >= threshold);
                let precision = Share::of(flagged().map(|(_, positive)| *positive));
                let recall = Share::of(
                    scored
                        .iter()
                        .filter(|(_, p)| *p)
                        .map(|(s, _)| *s >= threshold),
                );
                format!("P {precision} R {recall}")
            };
            line(
                out,
                format_args!(
                    "{:10} {:9} n {:5} ({positives}) AUC {}; low {}; high {}",
                    head.name(),
                    source.name(),
                    scored.len(),
                    auc_with_interval(&scored),
                    at(scale.low),
                    at(scale.high)
                ),
            );
        }
    }
}

/// The area of a head on what it did not train on, by fold and source.
pub(crate) fn folds(data: &Data, head: Head) -> String {
    let mut out = String::new();
    let mut areas = vec![Vec::new(); Source::ALL.len()];
    for fold in 0..FOLDS {
        let detector = Detector::new(&encode::train_without(data, fold, head));
        let held_back = |e: &&Example| e.part == Part::Train && e.fold == fold;
        for (source, areas) in Source::ALL.iter().zip(&mut areas) {
            let of_source = data.examples.iter().filter(|e| e.source == *source);
            let scored = of_source.filter(held_back).filter_map(|e| {
                let score = detector.scores(&e.text)[head as usize];
                Some((score, e.targets[head as usize]?))
            });
            areas.push(auc(&scored.collect::<Vec<_>>()));
        }
    }
    for (source, areas) in Source::ALL.iter().zip(areas) {
        let mean = areas.iter().sum::<f64>() / areas.len() as f64;
        line(
            &mut out,
            format_args!("{:9} AUC {mean:.4} {areas:.4?}", source.name()),
        );
    }
    out
}

/// The detector as a whole, and lists alone, by each source's own definition of abuse.
fn sources(out: &mut String, detector: &Detector, lists: &[List], test: &[&Example]) {
    line(
        out,
        format_args!("\nWhole detector and word lists on held-out parts, texts as they are"),
    );
    for source in Source::ALL {
        let texts: Vec<&&Example> = test.iter().filter(|e| e.source == source).collect();
        let mut row = |name: &str, finds: &dyn Fn(&str) -> bool| {
            let found: Vec<(bool, bool)> =
                texts.iter().map(|e| (finds(&e.text), e.abusive)).collect();
            let precision = Share::of(found.iter().filter(|(f, _)| *f).map(|(_, a)| *a));
            let recall = Share::of(found.iter().filter(|(_, a)| *a).map(|(f, _)| *f));
            line(
                out,
                format_args!("{:9} {name:20} P {precision} R {recall}", source.name()),
            );
        };
        row("any confidence", &|text| !detector.find(text).is_empty());
        row("high", &|text| is_high(detector, text));
        for list in lists {
            row(list.name, &|text| list.finds(text));
        }
    }
}

/// Abusive texts put into clean mails, and clean mails alone.
fn mails(out: &mut String, detector: &Detector, lists: &[List], data: &Data, test: &[&Example]) {
    let of = |swears: bool| -> Vec<&str> {
        let mails = data
            .mails
            .iter()
            .filter(|m| m.part == Part::Test && m.swears == swears);
        mails.map(|m| &*m.text).collect()
    };
    let (rude, clean) = (of(true), of(false));
    line(
        out,
        format_args!(
            "\nMails: {} of {} use strong language themselves and are counted apart",
            rude.len(),
            rude.len() + clean.len()
        ),
    );
    let mut row = |name: &str, finds: &dyn Fn(&str) -> bool| {
        let flagged = Share::of(clean.iter().map(|mail| finds(mail)));
        let rude = rude.iter().filter(|mail| finds(mail)).count();
        line(
            out,
            format_args!(
                "\n{name}: clean mails flagged {} (and {rude} of those with strong language)",
                flagged.per_thousand()
            ),
        );
        let mut all = Vec::new();
        for source in Source::ALL {
            let abusive = test
                .iter()
                .filter(|e| e.source == source && e.abusive)
                .take(INSERTED);
            let found: Vec<bool> = abusive
                .zip(clean.iter().cycle().filter(|mail| !finds(mail)))
                .map(|(e, mail)| finds(&insert(mail, &e.text)))
                .collect();
            let recall = Share::of(found.iter().copied());
            line(
                out,
                format_args!("  {:9} n {:4} recall {recall}", source.name(), found.len()),
            );
            if source != Source::Own {
                all.push(recall);
            }
        }
        let mean = all.iter().map(|share| share.value()).sum::<f64>() / all.len() as f64;
        let pooled = Share {
            hits: all.iter().map(|share| share.hits).sum(),
            of: all.iter().map(|share| share.of).sum(),
        };
        line(
            out,
            format_args!("  public sources together {pooled}; mean of sources {mean:.3}"),
        );
    };
    row("any confidence", &|text| !detector.find(text).is_empty());
    row("high", &|text| is_high(detector, text));
    for list in lists {
        row(list.name, &|text| list.finds(text));
    }
}

/// Bytes and sentences a second on ordinary mail, which is not the same twice.
pub(crate) fn speed(detector: &Detector, data: &Data) -> String {
    let mails: Vec<&str> = data
        .mails
        .iter()
        .filter(|m| m.part == Part::Test)
        .map(|m| &*m.text)
        .collect();
    let bytes: usize = mails.iter().map(|mail| mail.len()).sum();
    let sentences: usize = mails
        .iter()
        .map(|mail| detector.sentences(mail).len())
        .sum();
    let mut best = f64::INFINITY;
    for _ in 0..20 {
        let start = Instant::now();
        let hits: usize = mails.iter().map(|mail| detector.find(mail).len()).sum();
        std::hint::black_box(hits);
        best = best.min(start.elapsed().as_secs_f64());
    }
    format!(
        "\nspeed: {:.0} MB/s, {:.0} sentences/s on {} mails, one thread, best of twenty",
        bytes as f64 / best / 1e6,
        sentences as f64 / best,
        mails.len()
    )
}

fn is_high(detector: &Detector, text: &str) -> bool {
    detector
        .find(text)
        .iter()
        .any(|hit| hit.confidence == Confidence::High)
}

/// As a paragraph of its own, in the middle.
fn insert(mail: &str, text: &str) -> String {
    let middle = mail[..mail.floor_char_boundary(mail.len() / 2)]
        .rfind('\n')
        .unwrap_or(0);
    format!("{}\n\n{text}\n\n{}", &mail[..middle], &mail[middle..])
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    let _ = writeln!(out, "{text}");
}
