//! From data to a model file: features numbered, heads fitted, weights cut to a byte, thresholds
//! set on mail the training has not seen.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use content::offence::Detector;
use content::offence::features::{self, BITS, Reader};
use content::offence::model::{COLUMNS, HEADS, Head, MAGIC, Model, Scale, Topic, checksum_of};

use crate::arithmetic;
use crate::data::{Data, Example, Part, Source};
use crate::logistic::{self, Row, Weights};

/// N-grams kept. About all that weigh anything once cut to a byte.
const KEPT: usize = 100_000;

/// Texts an n-gram must occur in to be learnt.
const SEEN: u8 = 2;

/// Mails of the training part a word must occur in to have its sum worked out in advance.
const COMMON: usize = 1;

/// What a mistake of a head costs on a text of a source; on a sentence of office mail, which has
/// none. Those of the head for sexism were chosen by cross-validation on EDOS, whose labels it is
/// to learn; what others call misogyny is something else.
fn cost(head: Head, source: Option<Source>) -> f64 {
    match (head, source) {
        (Head::Sexism, None) => 0.2,
        (Head::Sexism, Some(Source::Edos)) => 2.0,
        (Head::Sexism, Some(Source::Guest | Source::ConvAbuse)) => 0.4,
        (_, None) => 0.4,
        (_, Some(Source::Own)) => 2.0,
        (_, Some(_)) => 1.0,
    }
}

/// How much a word is let speak beside a [`Topic`], where by itself it has 1.
const BESIDE: f32 = 0.7;

/// Positive texts below which shares among them say little.
const FEW: u32 = 500;

/// What missing an example costs beside a false alarm.
const COST_MISSED: f64 = 1.5;

/// Mails in a thousand that each head may flag as a suspicion and as a finding.
const BUDGET: [(f64, f64); HEADS] = [
    (1.2, 0.0),
    (0.6, 0.0),
    (0.6, 0.0),
    (0.0, 0.0),
    (0.0, 0.0),
    (0.0, 0.0),
    (0.0, 0.0),
    (0.0, 0.0),
];

/// How far each head after the first leans on it.
const LEAN: [f32; HEADS - 1] = [0.0, 0.0, 0.1, 0.2, 0.3, 0.3, 0.3];

/// Log-odds above the worst of the clean mails, where none may be flagged: for a suspicion and for a
/// finding.
const MARGIN: (f32, f32) = (0.5, 1.0);

struct Text {
    features: Vec<u32>,
    topics: Vec<Topic>,
    targets: [Option<bool>; HEADS],
    /// None: a sentence of office mail.
    source: Option<Source>,
}

impl Text {
    fn new(text: &str, targets: [Option<bool>; HEADS], source: Option<Source>) -> Self {
        Text {
            features: features::buckets(text),
            topics: topics(text),
            targets,
            source,
        }
    }
}

/// What a text speaks of.
fn topics(text: &str) -> Vec<Topic> {
    let words = distinct_words(text);
    let speaks_of = |topic: &Topic| {
        let mut telling = topic.words();
        telling.any(|word| words.iter().any(|letters| letters == word.as_bytes()))
    };
    Topic::ALL.into_iter().filter(speaks_of).collect()
}

/// Trains on the training part, calibrates on mails that are kept for it, and writes the file.
pub(crate) fn train(data: &Data) -> Vec<u8> {
    let (texts, numbers) = texts(data, |_| true);
    let fitted: Vec<Vec<Weights>> = Head::ALL
        .iter()
        .map(|head| fit(*head, &texts, numbers.len()))
        .collect();
    let (mut scales, rows) = cut(fitted, &numbers);
    let common = common_words(data);
    let uncalibrated = file(&scales, &rows, &common);
    calibrate(&mut scales, &Detector::new(&uncalibrated), data);
    file(&scales, &rows, &common)
}

/// The model of one head alone, fitted to texts that are not in a fold: for cross-validation.
pub(crate) fn train_without(data: &Data, fold: u64, only: Head) -> Vec<u8> {
    let (texts, numbers) = texts(data, |example| example.fold != fold);
    let fitted = Head::ALL.iter().map(|head| match *head == only {
        true => fit(*head, &texts, numbers.len()),
        false => vec![Weights::nothing(numbers.len())],
    });
    let (scales, rows) = cut(fitted.collect(), &numbers);
    file(&scales, &rows, &[])
}

/// What there is to learn from, and the buckets of its features by their numbers.
fn texts(data: &Data, keep: impl Fn(&Example) -> bool) -> (Vec<Text>, Vec<u32>) {
    let splitter = Detector::new(&[]);
    let train = data.examples.iter().filter(|e| e.part == Part::Train);
    let mut texts: Vec<Text> = train
        .filter(|example| keep(example))
        .map(|example| Text::new(&example.text, example.targets, Some(example.source)))
        .collect();
    for mail in data.mails.iter().filter(|m| m.part == Part::Train) {
        for span in splitter.sentences(&mail.text) {
            texts.push(Text::new(&mail.text[span], [Some(false); HEADS], None));
        }
    }
    let numbers = number(&mut texts);
    println!(
        "{} texts to learn from, {} n-grams",
        texts.len(),
        numbers.len()
    );
    (texts, numbers)
}

/// The words of the mails, the commonest first; of two with one key, the commoner.
fn common_words(data: &Data) -> Vec<Vec<u8>> {
    let mut mails_with: HashMap<Vec<u8>, usize> = HashMap::new();
    for mail in data.mails.iter().filter(|m| m.part == Part::Train) {
        for word in distinct_words(&mail.text) {
            *mails_with.entry(word).or_default() += 1;
        }
    }
    let mut common: Vec<(usize, Vec<u8>)> = mails_with
        .into_iter()
        .filter(|(_, mails)| *mails >= COMMON)
        .map(|(word, mails)| (mails, word))
        .collect();
    common.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut keys = HashSet::new();
    common
        .into_iter()
        .map(|(_, word)| word)
        .filter(|word| keys.insert(features::key(word)))
        .collect()
}

/// Weights cut to a byte, by bucket, and how the heads' sums are read.
fn cut(mut fitted: Vec<Vec<Weights>>, numbers: &[u32]) -> ([Scale; HEADS], Vec<Kept>) {
    lean(&mut fitted);
    let mut scales = [Scale {
        bias: 0.0,
        scale: 0.0,
        low: f32::INFINITY,
        high: f32::INFINITY,
    }; HEADS];
    for (scale, columns) in scales.iter_mut().zip(&fitted) {
        let weights = columns.iter().flat_map(|column| &column.features);
        let largest = weights.fold(0.0f32, |most, w| most.max(w.abs()));
        scale.bias = columns[0].bias;
        scale.scale = largest / 127.0;
    }
    // The columns of the heads, then those of the topics.
    let mut columns: Vec<(&Weights, Scale)> = Vec::new();
    let of_heads = || fitted.iter().zip(scales);
    columns.extend(of_heads().map(|(columns, scale)| (&columns[0], scale)));
    columns.extend(of_heads().flat_map(|(columns, scale)| {
        let of_topics = columns.iter().skip(1);
        of_topics.map(move |column| (column, scale))
    }));
    (scales, rows(numbers, &columns))
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
fn lean(fitted: &mut [Vec<Weights>]) {
    let Some((abuse, others)) = fitted.split_first_mut() else {
        return;
    };
    let abuse = &abuse[0];
    for (columns, part) in others.iter_mut().zip(LEAN) {
        let head = &mut columns[0];
        head.bias += part * abuse.bias;
        for (weight, general) in head.features.iter_mut().zip(&abuse.features) {
            *weight += part * general;
        }
    }
}

/// The weights of a head, and then those its words have beside each topic, if it is the head whose
/// score topics change.
fn fit(head: Head, texts: &[Text], n_features: usize) -> Vec<Weights> {
    let rows: Vec<Row<'_>> = texts
        .iter()
        .filter_map(|text| {
            let positive = text.targets[head as usize]?;
            Some(Row {
                features: match head == Topic::HEAD {
                    true => beside_topics(text, n_features).into(),
                    false => Cow::from(&text.features),
                },
                n: text.features.len(),
                is_mail: text.source.is_none(),
                positive,
                cost: cost(head, text.source) * if positive { COST_MISSED } else { 1.0 },
            })
        })
        .collect();
    let positive = rows.iter().filter(|row| row.positive).count();
    println!("{}: {positive} of {} texts", head.name(), rows.len());
    let n_columns = match head == Topic::HEAD {
        true => 1 + Topic::ALL.len(),
        false => 1,
    };
    let mut scale = scale(&rows, n_columns * (n_features + 1));
    for (at, scale) in scale.iter_mut().enumerate() {
        match at % (n_features + 1) {
            // All that are rare.
            rest if rest == n_features => *scale = 0.0,
            _ if at > n_features => *scale *= BESIDE,
            _ => (),
        }
    }
    let all = logistic::fit(&rows, &scale);
    let columns = all.features.chunks(n_features + 1);
    let column = |weights: &[f32]| Weights {
        bias: all.bias,
        features: weights[..n_features].to_vec(),
    };
    columns.map(column).collect()
}

/// The features of a text, and once more, numbered on, for every topic it speaks of.
fn beside_topics(text: &Text, n_features: usize) -> Vec<u32> {
    let mut all = text.features.clone();
    for topic in &text.topics {
        let from = (1 + *topic as usize) * (n_features + 1);
        all.extend(text.features.iter().map(|feature| feature + from as u32));
    }
    all
}

/// How much each n-gram is let speak: the further its share among the positives is from its share
/// among the rest, the more (Wang and Manning, 2012); among public texts, since mails differ from
/// those in everything.
fn scale(rows: &[Row<'_>], n_features: usize) -> Vec<f32> {
    let mut seen = vec![[0u32; 2]; n_features];
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
        return vec![1.0; n_features];
    }
    let share = |side: usize, seen: &[u32; 2]| (seen[side] + 1) as f32 / (texts[side] + 1) as f32;
    seen.iter()
        .map(|seen| 0.3 + arithmetic::ln(share(1, seen) / share(0, seen)).abs())
        .collect()
}

/// An n-gram's bucket and weights.
type Kept = (u32, [i8; COLUMNS]);

/// The strongest n-grams by bucket, each weight as a byte.
fn rows(numbers: &[u32], columns: &[(&Weights, Scale)]) -> Vec<Kept> {
    let mut rows: Vec<(f32, u32, [i8; COLUMNS])> = numbers
        .iter()
        .enumerate()
        .map(|(number, bucket)| {
            let mut row = [0i8; COLUMNS];
            let mut strongest = 0.0f32;
            for (cut, (weights, scale)) in row.iter_mut().zip(columns) {
                let weight = weights.features[number] / scale.scale.max(f32::MIN_POSITIVE);
                strongest = strongest.max(weight.abs());
                *cut = weight.round().clamp(-127.0, 127.0) as i8;
            }
            (strongest, *bucket, row)
        })
        .filter(|(_, _, row)| *row != [0; COLUMNS])
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
        .filter(|m| m.part == Part::Calibration && !m.swears);
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

fn file(scales: &[Scale; HEADS], rows: &[Kept], common: &[Vec<u8>]) -> Vec<u8> {
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

fn assemble(scales: &[Scale; HEADS], rows: &[Kept], words: &[Vec<u8>]) -> Vec<u8> {
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
