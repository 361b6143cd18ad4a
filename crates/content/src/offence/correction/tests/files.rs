//! What is written is read, and nothing else is.

use proptest::prelude::*;

use super::*;

#[test]
fn of_too_many_weights_the_strongest_are_kept() {
    let more = MOST_WEIGHTS as u64 + 1000;
    let weights = (0..more).map(|key| Weight {
        feature: Feature::Word(key),
        head: Head::Abuse,
        units: if key < 1000 { 1 } else { -2 },
    });
    let kept = fit::strongest(weights.collect());
    assert_eq!(kept.len(), MOST_WEIGHTS);
    assert!(kept.iter().all(|weight| weight.units == -2));
    let base = crate::offence::base();
    let mut correction = Correction {
        base,
        weights: kept,
    };
    let file = correction.encode();
    assert_eq!(file.len(), LONGEST_FILE);
    assert_eq!(Correction::decode(&file).as_ref(), Ok(&correction));
    let one_more = Weight {
        feature: Feature::Pair(0),
        ..correction.weights[0]
    };
    correction.weights.push(one_more);
    let error = Correction::decode(&correction.encode()).unwrap_err();
    assert_eq!(error, ReadCorrectionError::Damaged);
}

#[test]
fn a_file_that_is_no_correction_says_what_it_is() {
    let sound = propose(&all(Opinion::Wrong, 3, &LINES_OF_A_PLAY)).correction;
    let file = sound.encode();
    let check = |file: &[u8], expected: &str| {
        let error = Correction::decode(file).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(b"", "no correction");
    check(b"PK\x03\x04 something else", "no correction");
    check(b"offcorr", "no correction");
    check(b"offcorr\x02", "format 2 and 1 is read here");
    check(&file[..file.len() - 1], "damaged");
    check(&[&file[..], b"x"].concat(), "damaged");
    let other = Correction {
        base: !sound.base,
        ..sound.clone()
    };
    check(
        &other.encode(),
        &format!("model {} and", shown(!sound.base)),
    );
    // Sound in form, and more than a correction may do.
    let heavy = |units: i8| {
        let weight = Weight {
            units,
            ..sound.weights[0]
        };
        Correction {
            weights: vec![weight],
            ..sound.clone()
        }
    };
    assert!(Correction::decode(&heavy(-MOST_UNITS).encode()).is_ok());
    check(&heavy(-MOST_UNITS - 1).encode(), "damaged");
    check(&heavy(i8::MIN).encode(), "damaged");
    check(&heavy(0).encode(), "damaged");
    check(&heavy(1).encode(), "damaged");
    let mut twice = sound.clone();
    twice.weights.insert(0, twice.weights[0]);
    check(&twice.encode(), "damaged");
    let mut turned = sound.clone();
    turned.weights.reverse();
    check(&turned.encode(), "damaged");
}

fn any_weight() -> impl Strategy<Value = Weight> {
    let feature = prop_oneof![
        any::<u64>().prop_map(Feature::Word),
        (0..1u32 << features::BITS).prop_map(Feature::Pair),
    ];
    (feature, 0..Head::ALL.len(), -MOST_UNITS..0).prop_map(|(feature, head, units)| Weight {
        feature,
        head: Head::ALL[head],
        units,
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(weights in proptest::collection::vec(any_weight(), 0..60), base: u64) {
        let mut weights = weights;
        weights.sort_unstable();
        weights.dedup_by_key(|weight| (weight.feature, weight.head));
        let correction = Correction { base, weights };
        let file = correction.encode();
        prop_assert_eq!(Correction::decode_for(&file, base), Ok(correction));
    }

    /// Whatever is read is in bounds, and is exactly what would be written.
    #[test]
    fn no_bytes_are_read_as_more_than_a_correction(
        body in proptest::collection::vec(any::<u8>(), 0..80), n in 0u32..5, base: u64,
    ) {
        let mut body = [&base.to_le_bytes()[..], &n.to_le_bytes()[..], &body[..]].concat();
        if body.len() > 12 + 10 * n as usize {
            body.truncate(12 + 10 * n as usize);
        }
        let mut file = MAGIC.to_vec();
        file.push(FORMAT);
        file.extend(checksum_of(&body).to_le_bytes());
        file.extend(&body);
        if let Ok(read) = Correction::decode_for(&file, base) {
            prop_assert_eq!(read.encode(), file);
            for weight in read.weights() {
                prop_assert!((-MOST_UNITS..0).contains(&weight.units));
            }
        }
    }

    #[test]
    fn a_changed_byte_is_found(at in any::<prop::sample::Index>(), flip in 1u8..) {
        let weight = Weight { feature: Feature::Word(7), head: Head::Abuse, units: -3 };
        let correction = Correction { base: 1, weights: vec![weight] };
        let mut file = correction.encode();
        let at = at.index(file.len());
        file[at] ^= flip;
        prop_assert!(Correction::decode_for(&file, 1).is_err());
    }

    #[test]
    fn arbitrary_bytes_never_panic(file in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Correction::decode(&file);
    }
}
