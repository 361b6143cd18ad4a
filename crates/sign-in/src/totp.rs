//! One-time codes from an app: TOTP (RFC 6238) with SHA-1, six digits, thirty seconds, which is what
//! every app understands.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha1::Sha1;

/// Seconds a code is shown.
const STEP: i64 = 30;

/// A clock may be off by so many steps either way.
const TOLERATED: i64 = 1;

/// The secret an app and we share. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 20]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The step of time a code was good for. A later sign-in has to be with a later one, so that a code
/// somebody looked at over a shoulder is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step(pub i64);

impl Secret {
    /// From 20 random bytes.
    pub fn new(random: [u8; 20]) -> Self {
        Self(random)
    }

    /// From what [`Self::to_text`] gave.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = data_encoding::BASE32_NOPAD
            .decode(text.to_ascii_uppercase().as_bytes())
            .ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// As people type it into an app, and as it is kept: base 32.
    pub fn to_text(&self) -> String {
        data_encoding::BASE32_NOPAD.encode(&self.0)
    }

    /// The address that a QR code for apps holds.
    pub fn uri(&self, account: &str, issuer: &str) -> String {
        let plain = |text: &str| -> String {
            text.bytes()
                .map(|byte| match byte {
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                        char::from(byte).to_string()
                    }
                    other => format!("%{other:02X}"),
                })
                .collect()
        };
        let (account, issuer) = (plain(account), plain(issuer));
        let secret = self.to_text();
        format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}")
    }

    /// The code an app shows at a moment.
    pub fn code(&self, at: Timestamp) -> String {
        self.code_of(at.as_second().div_euclid(STEP))
    }

    /// The step a code is good for at a moment; none if it is wrong, or not later than the last one
    /// used.
    pub fn check(&self, code: &str, at: Timestamp, last: Option<Step>) -> Option<Step> {
        let given: String = code
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(8)
            .collect();
        let now = at.as_second().div_euclid(STEP);
        (now - TOLERATED..=now + TOLERATED)
            .map(Step)
            .filter(|step| last.is_none_or(|last| last < *step))
            .find(|step| is_same(self.code_of(step.0).as_bytes(), given.as_bytes()))
    }

    fn code_of(&self, step: i64) -> String {
        // Any length of key will do for an HMAC, so this never fails.
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&self.0) else {
            return String::new();
        };
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        // RFC 4226, 5.3: the last four bits say where to cut.
        let from = usize::from(digest[19] & 0x0f);
        let cut = [0, 1, 2, 3].map(|i| digest[from + i]);
        let number = u32::from_be_bytes(cut) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }
}

/// Compares without stopping at the first difference.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .fold(0, |differs, (a, b)| differs | (a ^ b))
            == 0
}
