//! Passwords: Argon2id, and what makes one good enough.
//!
//! Length and a look at what attackers try first, rather than rules about signs and forced changes:
//! what the NCSC advises. The pack says how long.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use policy::people::Passwords;
use unicode_normalization::UnicodeNormalization;
use zxcvbn::Score;

/// Longest password accepted, in bytes: far beyond any passphrase, and little work to hash.
pub const LONGEST: usize = 1_024;

/// Memory in KiB, passes and lanes: the least that OWASP's password storage advice gives for
/// Argon2id. About 20 ms and 19 MiB a try.
const COST: (u32, u32, u32) = (19 * 1_024, 2, 1);

/// Only this much of a password is looked at for how easy it is to guess; beyond it that no longer
/// matters, and looking costs time that grows with the square of the length.
const LOOKED_AT: usize = 72;

/// Why a new password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotGoodEnough {
    /// Too few characters.
    #[error("use at least {least} characters; three random words are a good way")]
    Short {
        /// How many it takes.
        least: u32,
    },
    /// More than [`LONGEST`] bytes.
    #[error("use at most {LONGEST} bytes")]
    Long,
    /// Among the first that somebody else would try.
    #[error("this is easy to guess: choose something without names, dates and patterns of keys")]
    Guessable,
    /// Used before.
    #[error("this was your password before: choose a new one")]
    Used,
}

/// Hashes a password, as a PHC string with its parameters. `salt` is 16 random bytes.
pub fn hash(password: &str, salt: [u8; 16]) -> Result<String, argon2::password_hash::Error> {
    let hash: argon2::password_hash::phc::PasswordHash =
        hasher().hash_password_with_salt(&folded(password), &salt)?;
    Ok(hash.to_string())
}

/// Whether a password fits a hash. Takes as long for a hash that cannot be read, or a
/// password that cannot be one, as for a wrong one.
pub fn fits(password: &str, hash: &str) -> bool {
    match PasswordHash::new(hash)
        .ok()
        .filter(|_| password.len() <= LONGEST)
    {
        Some(hash) => hasher().verify_password(&folded(password), &hash).is_ok(),
        None => {
            fits_nobody(password);
            false
        }
    }
}

/// Does the work of [`fits`] where there is nobody to fit, so that time does not tell.
pub fn fits_nobody(password: &str) {
    let _ = hash(&password[..password.floor_char_boundary(LONGEST)], [0; 16]);
}

/// Whether a new password is good enough. `about` are words others would try for this person (name,
/// account, council); `earlier` the hashes of passwords that may not come back.
pub fn good_enough(
    password: &str,
    rules: &Passwords,
    about: &[&str],
    earlier: &[String],
) -> Result<(), NotGoodEnough> {
    if password.len() > LONGEST {
        return Err(NotGoodEnough::Long);
    }
    let least = rules.min_characters;
    if password.nfkc().count() < usize::try_from(least).unwrap_or(usize::MAX) {
        return Err(NotGoodEnough::Short { least });
    }
    let beginning = &password[..password.floor_char_boundary(LOOKED_AT)];
    if zxcvbn::zxcvbn(beginning, about).score() < Score::Three {
        return Err(NotGoodEnough::Guessable);
    }
    let remembered = usize::try_from(rules.remembered).unwrap_or(usize::MAX);
    match earlier
        .iter()
        .take(remembered)
        .any(|hash| fits(password, hash))
    {
        true => Err(NotGoodEnough::Used),
        false => Ok(()),
    }
}

fn hasher() -> Argon2<'static> {
    let (memory, passes, lanes) = COST;
    // The numbers are within the algorithm's limits, so the default is never taken.
    let params = Params::new(memory, passes, lanes, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The same characters typed on another keyboard are the same password.
fn folded(password: &str) -> Vec<u8> {
    password.nfkc().collect::<String>().into_bytes()
}
