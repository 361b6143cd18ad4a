//! Passwords, one-time codes, pauses and sessions, as somebody who signs in meets them.
#![allow(clippy::unwrap_used)]

use jiff::{SignedDuration, Timestamp};
use policy::people::{Passwords, Sessions};
use proptest::prelude::*;
use sign_in::password::{self, NotGoodEnough};
use sign_in::session::{Standing, Times, Token};
use sign_in::throttle::{CountedFor, Failures};
use sign_in::totp::{Secret, Step};

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn a_password_fits_its_own_hash_only() {
    let hash = password::hash("rain bucket lamp", [7; 16]).unwrap();
    assert!(
        hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{hash}"
    );
    assert!(password::fits("rain bucket lamp", &hash));
    assert!(!password::fits("rain bucket lamp ", &hash));
    assert!(!password::fits("rain bucket lamp", "not a hash"));
    assert!(!password::fits(&"x".repeat(password::LONGEST + 1), &hash));
    // An é typed as one sign or as two.
    let hash = password::hash("caf\u{e9} rain lamp", [7; 16]).unwrap();
    assert!(password::fits("cafe\u{301} rain lamp", &hash));
}

#[test]
fn a_new_password_is_long_hard_to_guess_and_new() {
    let rules = Passwords::default();
    let earlier = [password::hash("violet otter stapler", [1; 16]).unwrap()];
    let check = |password: &str| {
        password::good_enough(password, &rules, &["Halima Okafor", "hokafor"], &earlier)
    };
    assert_eq!(check("copper tiptoe marmalade"), Ok(()));
    assert_eq!(check("short"), Err(NotGoodEnough::Short { least: 12 }));
    assert_eq!(check("password1234"), Err(NotGoodEnough::Guessable));
    assert_eq!(check("qwertyuiop12"), Err(NotGoodEnough::Guessable));
    assert_eq!(check("hokaforhokafor"), Err(NotGoodEnough::Guessable));
    assert_eq!(check("violet otter stapler"), Err(NotGoodEnough::Used));
    assert_eq!(
        check(&"violet otter ".repeat(100)),
        Err(NotGoodEnough::Long)
    );
}

#[test]
fn codes_are_those_of_rfc_6238() {
    let secret = Secret::new(*b"12345678901234567890");
    for (at, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
    ] {
        assert_eq!(secret.code(second(at)), code);
    }
}

#[test]
fn a_code_counts_once_and_for_half_a_minute_either_way() {
    let secret = Secret::new([9; 20]);
    let code = secret.code(second(90));
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    assert_eq!(secret.check(&spaced, second(90), None), Some(Step(3)));
    assert_eq!(secret.check(&code, second(60), None), Some(Step(3)));
    assert_eq!(secret.check(&code, second(149), None), Some(Step(3)));
    assert_eq!(secret.check(&code, second(150), None), None);
    assert_eq!(secret.check(&code, second(90), Some(Step(3))), None, "seen");
    assert_eq!(secret.check("", second(90), None), None);
    assert_eq!(Secret::parse(&secret.to_text()), Some(secret.clone()));
    assert!(!format!("{secret:?}").contains(&secret.to_text()));
    assert_eq!(
        secret.uri("ann@council.example", "A & B Council"),
        format!(
            "otpauth://totp/A%20%26%20B%20Council:ann%40council.example\
             ?secret={}&issuer=A%20%26%20B%20Council",
            secret.to_text()
        )
    );
}

#[test]
fn pauses_grow_and_nobody_is_locked_out_for_good() {
    let after = |n: u32| {
        (0..n)
            .fold(None, |earlier, _| {
                Some(Failures::and_one(earlier, second(0)))
            })
            .unwrap()
    };
    let wait = |n, at| after(n).wait(CountedFor::Account, second(at)).as_secs();
    assert_eq!(wait(4, 0), 0);
    assert_eq!(wait(5, 0), 1);
    assert_eq!(wait(8, 0), 8);
    assert_eq!(wait(8, 5), 3);
    assert_eq!(wait(8, -5), 8, "a clock set back");
    assert_eq!(wait(1_000, 0), 15 * 60);
    assert_eq!(wait(1_000, 15 * 60), 0);
    let at_address = |n| after(n).wait(CountedFor::Address, second(0)).as_secs();
    assert_eq!([49, 50, 1_000].map(at_address), [0, 1, 30]);
    let next_day = Failures::and_one(Some(after(1_000)), second(24 * 3_600));
    assert_eq!(next_day.count, 1);
}

#[test]
fn a_session_ends_when_idle_and_after_a_day_whatever_happens() {
    let rules = Sessions::default();
    let times = |seen| Times {
        signed_in_at: second(0),
        authenticated_at: second(0),
        seen_at: second(seen),
    };
    assert_eq!(times(0).standing(&rules, second(29 * 60)), Standing::Live);
    assert_eq!(times(0).standing(&rules, second(30 * 60)), Standing::Idle);
    let ten_hours = 10 * 3_600;
    assert_eq!(
        times(ten_hours - 60).standing(&rules, second(ten_hours)),
        Standing::Over
    );
    assert!(times(0).is_fresh(&rules, second(4 * 60)));
    assert!(!times(0).is_fresh(&rules, second(5 * 60)));
    assert!(!times(0).is_fresh(&rules, second(-1)), "from the future");
}

#[test]
fn a_token_is_stored_as_its_digest() {
    let token = Token::new([3; 32]);
    assert_eq!(Token::parse(token.as_str()), Some(token.clone()));
    assert!(!token.digest().contains(token.as_str()));
    assert_eq!(token.digest().len(), 64);
    assert_eq!(format!("{token:?}"), "Token(..)");
    for wrong in ["", "short", &"ä".repeat(43), &"x".repeat(44)] {
        assert_eq!(Token::parse(wrong), None);
    }
}

proptest! {
    #[test]
    fn nothing_typed_panics(text in ".{0,200}", at in any::<i32>(), hash in ".{0,80}") {
        let secret = Secret::new([1; 20]);
        let _ = secret.check(&text, second(i64::from(at)), None);
        let _ = Secret::parse(&text);
        let _ = Token::parse(&text);
        let _ = password::good_enough(&text, &Passwords::default(), &[&hash], &[]);
    }

    #[test]
    fn waiting_never_exceeds_the_longest_pause(count in any::<u32>(), passed in -100_000_i64..100_000) {
        let failures = Failures { count, last: second(200_000) };
        let wait = failures.wait(CountedFor::Account, second(200_000 + passed));
        prop_assert!(wait <= SignedDuration::from_mins(15));
        prop_assert!(wait >= SignedDuration::ZERO);
    }
}
