//! Squid: the access log says for whom each request was answered, and which were sent back for want of
//! a right password.

use jiff::Timestamp;

use super::SignInSeen;

/// Where in a line of Squid's own format the parts stand.
const CLIENT: usize = 2;
const RESULT: usize = 3;
const USER: usize = 7;
/// Parts that follow the name: from where, and what kind of thing.
const BEHIND: usize = 2;

pub(super) fn read(line: &str) -> Option<SignInSeen> {
    let parts: Vec<_> = line.split_ascii_whitespace().collect();
    // A name with a space in it stands there as it was given, and is no other name.
    let user = parts.get(USER..parts.len().checked_sub(BEHIND)?)?.join(" ");
    if user.is_empty() || user == "-" {
        return None;
    }
    let (seconds, millis) = parts.first()?.split_once('.')?;
    let millis: i64 = millis.parse().ok()?;
    let seconds: i64 = seconds.parse().ok()?;
    let at = seconds.checked_mul(1_000)?.checked_add(millis)?;
    let (_, status) = parts.get(RESULT)?.split_once('/')?;
    Some(SignInSeen {
        who: unescaped(&user)?,
        system: "web".to_owned(),
        address: parts.get(CLIENT)?.parse().ok(),
        at: Timestamp::from_millisecond(at).ok()?,
        succeeded: status != "407",
        times: 1,
    })
}

/// A name as Squid writes it: whatever is no plain sign is `%` and two digits.
fn unescaped(user: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(user.len());
    let mut rest = user.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}
