//! From data to a model file: features numbered, heads fitted, weights cut to a byte, thresholds
//! set on mail the training has not seen.

use std::collections::{HashMap, HashSet};

use content::offence::Detector;
use content::offence::features::{self, BITS, Reader};
use content::offence::model::{HEADS, Head, MAGIC, Model, Scale, checksum_of};

use crate::arithmetic;
use crate::data::{Data, Part, Source};
use crate::logistic::{self, Row, Weights};

/// N-grams kept. About all that weigh anything once cut to a byte.
const KEPT: usize = 80_000;

/// Texts an n-gram must occur in to be learnt.
const SEEN: u8 = 2;

/// Mails of the training part a word must occur in to have its sum worked out in advance.
const COMMON: usize = 1;

/// What a mistake costs: on a public post, on one of our examples, on a sentence of office mail.
const COST: f64 = 1.0;
const COST_OWN: f64 = 2.0;
const COST_MAIL: f64 = 0.4;

/// Positive texts below which shares among them say little.
const FEW: u32 = 500;

/// What missing an example costs beside a false alarm.
const COST_MISSED: f64 = 1.5;

/// Mails in a thousand that each head may flag as a suspicion and as a finding.
const BUDGET: [(f64, f64); HEADS] = [
    (1.8, 0.0),
    (0.6, 0.0),
    (0.6, 0.0),
    (0.0, 0.0),
    (0.0, 0.0),
    (0.0, 0.0),
    (0.0, 0.0),
    (0.0, 0.0),
];

/// How far each head after the first leans on it.
const LEAN: [f32; HEADS - 1] = [0.2, 0.0, 0.1, 0.2, 0.3, 0.3, 0.3];

/// Log-odds above the worst of the clean mails, where none may be flagged: for a suspicion and for a
/// finding.
const MARGIN: (f32, f32) = (0.5, 1.0);

struct Text {
    features: Vec<u32>,
    targets: [Option<bool>; HEADS],
    cost: f64,
    is_mail: bool,
}

/// Trains on the training part, calibrates on the development part, and writes the file.
pub(crate) fn train(data: &Data) -> Vec<u8> {
    let splitter = Detector::new(&[]);
    let mut texts = Vec::new();
    for example in data.examples.iter().filter(|e| e.part == Part::Train) {
        texts.push(Text {
            features: features::buckets(&example.text),
            targets: example.targets,
            cost: match example.source {
                Source::Own => COST_OWN,
                _ => COST,
            },
            is_mail: false,
        });
    }
    let mut mails_with: HashMap<Vec<u8>, usize> = HashMap::new();
    for mail in data.mails.iter().filter(|m| m.part == Part::Train) {
        for span in splitter.sentences(&mail.text) {
            texts.push(Text {
                features: features::buckets(&mail.text[span]),
                targets: [Some(false); HEADS],
                cost: COST_MAIL,
                is_mail: true,
            });
        }
        for word in distinct_words(&mail.text) {
            *mails_with.entry(word).or_default() += 1;
        }
    }
    let numbers = number(&mut texts);
    println!(
        "{} texts to learn from, {} n-grams",
        texts.len(),
        numbers.len()
    );
    let mut weights: Vec<Weights> = Head::ALL
        .iter()
        .map(|head| fit(*head, &texts, numbers.len()))
        .collect();
    lean(&mut weights);

    // The commonest first; of two words with one key, the commoner.
    let mut common: Vec<(usize, Vec<u8>)> = mails_with
        .into_iter()
        .filter(|(_, mails)| *mails >= COMMON)
        .map(|(word, mails)| (mails, word))
        .collect();
    common.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut keys = HashSet::new();
    let common: Vec<Vec<u8>> = common
        .into_iter()
        .map(|(_, word)| word)
        .filter(|word| keys.insert(features::key(word)))
        .collect();

    let mut scales = [Scale {
        bias: 0.0,
        scale: 0.0,
        low: f32::INFINITY,
        high: f32::INFINITY,
    }; HEADS];
    for (scale, weights) in scales.iter_mut().zip(&weights) {
        let largest = weights
            .features
            .iter()
            .fold(0.0f32, |most, w| most.max(w.abs()));
        scale.bias = weights.bias;
        scale.scale = largest / 127.0;
    }
    let rows = rows(&numbers, &weights, &scales);
    let uncalibrated = file(&scales, &rows, &common);
    calibrate(&mut scales, &Detector::new(&uncalibrated), data);
    file(&scales, &rows, &common)
}

fn distinct_words(text: &str) -> Vec<Vec<u8>> {
    let mut reader = Reader::new(text);
    let mut words = Vec::new();
    while reader.next_word().is_some() {
        words.push(reader.letters().to_vec());
    }
    words.sort_unstable();
    words.dedup();
    words
}

/// Numbers the buckets seen often enough, and puts the numbers in place of the buckets; the rest
/// share the last number, whose weight is not kept, so that they still count.
fn number(texts: &mut [Text]) -> Vec<u32> {
    let mut seen = vec![0u8; 1 << BITS];
    for text in texts.iter() {
        let mut distinct = text.features.clone();
        distinct.sort_unstable();
        distinct.dedup();
        for bucket in distinct {
            let times = &mut seen[bucket as usize];
            *times = times.saturating_add(1);
        }
    }
    let mut numbers = Vec::new();
    let mut number_of = vec![u32::MAX; 1 << BITS];
    for (bucket, times) in seen.iter().enumerate() {
        if *times >= SEEN {
            number_of[bucket] = numbers.len() as u32;
            numbers.push(bucket as u32);
        }
    }
    let rare = numbers.len() as u32;
    for text in texts {
        for feature in &mut text.features {
            *feature = number_of[*feature as usize].min(rare);
        }
    }
    numbers
}

/// Lets the heads that have few examples lean on the one that has many: their weights are their
/// own and a part of those for abuse in general.
fn lean(weights: &mut [Weights]) {
    let Some((abuse, others)) = weights.split_first_mut() else {
        return;
    };
    for (head, part) in others.iter_mut().zip(LEAN) {
        head.bias += part * abuse.bias;
        for (weight, general) in head.features.iter_mut().zip(&abuse.features) {
            *weight += part * general;
        }
    }
}

fn fit(head: Head, texts: &[Text], n_features: usize) -> Weights {
    let rows: Vec<Row<'_>> = texts
        .iter()
        .filter_map(|text| {
            Some(Row {
                features: &text.features,
                is_mail: text.is_mail,
                positive: text.targets[head as usize]?,
                cost: text.cost
                    * if text.targets[head as usize]? {
                        COST_MISSED
                    } else {
                        1.0
                    },
            })
        })
        .collect();
    let positive = rows.iter().filter(|row| row.positive).count();
    println!("{}: {positive} of {} texts", head.name(), rows.len());
    let mut weights = logistic::fit(&rows, &scale(&rows, n_features));
    weights.features.truncate(n_features);
    weights
}

/// How much each n-gram is let speak: the further its share among the positives is from its share
/// among the rest, the more (Wang and Manning, 2012); among public texts, since mails differ from
/// those in everything. The last stands for all that are rare.
fn scale(rows: &[Row<'_>], n_features: usize) -> Vec<f32> {
    let mut seen = vec![[0u32; 2]; n_features + 1];
    let mut texts = [0u32; 2];
    for row in rows.iter().filter(|row| !row.is_mail) {
        let side = usize::from(row.positive);
        texts[side] += 1;
        let mut distinct = row.features.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        for feature in distinct {
            seen[feature as usize][side] += 1;
        }
    }
    if texts[1] < FEW {
        let mut scale = vec![1.0; n_features + 1];
        scale[n_features] = 0.0;
        return scale;
    }
    let share = |side: usize, seen: &[u32; 2]| (seen[side] + 1) as f32 / (texts[side] + 1) as f32;
    let mut scale: Vec<f32> = seen
        .iter()
        .map(|seen| 0.3 + arithmetic::ln(share(1, seen) / share(0, seen)).abs())
        .collect();
    scale[n_features] = 0.0;
    scale
}

/// The strongest n-grams by bucket, each weight as a byte.
fn rows(numbers: &[u32], weights: &[Weights], scales: &[Scale; HEADS]) -> Vec<(u32, [i8; HEADS])> {
    let mut rows: Vec<(f32, u32, [i8; HEADS])> = numbers
        .iter()
        .enumerate()
        .map(|(number, bucket)| {
            let mut row = [0i8; HEADS];
            let mut strongest = 0.0f32;
            for ((cut, weights), scale) in row.iter_mut().zip(weights).zip(scales) {
                let weight = weights.features[number] / scale.scale.max(f32::MIN_POSITIVE);
                strongest = strongest.max(weight.abs());
                *cut = weight.round().clamp(-127.0, 127.0) as i8;
            }
            (strongest, *bucket, row)
        })
        .filter(|(_, _, row)| *row != [0; HEADS])
        .collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    println!("{} n-grams weigh anything", rows.len());
    rows.truncate(KEPT);
    rows.sort_by_key(|(_, bucket, _)| *bucket);
    rows.into_iter()
        .map(|(_, bucket, row)| (bucket, row))
        .collect()
}

/// Sets every head's thresholds by the share of clean mails that may be flagged.
fn calibrate(scales: &mut [Scale; HEADS], detector: &Detector, data: &Data) {
    let mails = data
        .mails
        .iter()
        .filter(|m| m.part == Part::Development && !m.swears);
    let scores: Vec<[f32; HEADS]> = mails.map(|mail| detector.scores(&mail.text)).collect();
    for (head, scale) in scales.iter_mut().enumerate() {
        let mut worst: Vec<f32> = scores.iter().map(|scores| scores[head]).collect();
        worst.sort_by(|a, b| b.total_cmp(a));
        let allow = |per_thousand: f64| (per_thousand * worst.len() as f64 / 1000.0) as usize;
        let (low, high) = BUDGET[head];
        // Just above the first mail that may not be flagged.
        let above =
            |allowed: usize, margin: f32| worst[allowed] + if allowed == 0 { margin } else { 0.01 };
        scale.low = above(allow(low), MARGIN.0);
        scale.high = above(allow(high), MARGIN.1);
    }
}

fn file(scales: &[Scale; HEADS], rows: &[(u32, [i8; HEADS])], common: &[Vec<u8>]) -> Vec<u8> {
    // The sums of words are worked out by the model itself, so that they agree to the last bit.
    let sums = Model::read(&assemble(scales, rows, &[]));
    let words: Vec<Vec<u8>> = common
        .iter()
        .filter_map(|word| {
            let (row, n) = sums.as_ref()?.word(word);
            let mut bytes = features::key(word).to_le_bytes().to_vec();
            bytes.extend(row.iter().flat_map(|weight| weight.to_le_bytes()));
            bytes.push(u8::try_from(n).ok()?);
            Some(bytes)
        })
        .collect();
    assemble(scales, rows, &words)
}

fn assemble(scales: &[Scale; HEADS], rows: &[(u32, [i8; HEADS])], words: &[Vec<u8>]) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend((rows.len() as u32).to_le_bytes());
    body.extend((words.len() as u32).to_le_bytes());
    for scale in scales {
        for value in [scale.bias, scale.scale, scale.low, scale.high] {
            body.extend(value.to_le_bytes());
        }
    }
    let mut kept = vec![0u64; 1 << (BITS - 6)];
    for (bucket, _) in rows {
        kept[(bucket >> 6) as usize] |= 1 << (bucket & 63);
    }
    body.extend(kept.iter().flat_map(|bits| bits.to_le_bytes()));
    body.extend(rows.iter().flat_map(|(_, row)| row.map(i8::cast_unsigned)));
    body.extend(words.iter().flatten());
    let mut file = MAGIC.to_vec();
    file.extend(checksum_of(&body).to_le_bytes());
    file.extend(body);
    file
}
