//! Sender authentication as our own verifier wrote it down (RFC 8601).

use super::fields::Fields;

/// Outcome of one method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AuthenticationResult {
    /// The check succeeded.
    Pass,
    /// The check failed, softly or hard, or the owner's policy refused it.
    Fail,
    /// Not checked, nothing published to check, or the check itself went wrong.
    #[default]
    None,
}

/// Outcomes of the three methods the policy may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AuthenticationResults {
    /// RFC 7208.
    pub spf: AuthenticationResult,
    /// RFC 6376; a pass of any signature is a pass.
    pub dkim: AuthenticationResult,
    /// RFC 7489.
    pub dmarc: AuthenticationResult,
}

/// Results from the fields of the trusted verifier; `None` when it wrote none. Verifiers put
/// their field on top and may write one each, so the topmost word on a method counts.
pub(super) fn read(fields: &Fields<'_>, trusted: Option<&str>) -> Option<AuthenticationResults> {
    let trusted = trusted?;
    let mut found: Option<AuthenticationResults> = None;
    let mut settled = [false; 3];
    // 20 fields: a verifier writes one to three.
    for field in fields.all("authentication-results").take(20) {
        let text = without_comments(&field.text());
        let mut clauses = text.split(';');
        let server = clauses.next().and_then(|id| id.split_whitespace().next());
        if !server.is_some_and(|id| id.eq_ignore_ascii_case(trusted)) {
            continue;
        }
        let results = found.get_or_insert_default();
        let mut here = [false; 3];
        for clause in clauses {
            let Some((method, result)) = clause.trim_start().split_once('=') else {
                continue;
            };
            let method = method.split('/').next().unwrap_or_default().trim();
            let (index, slot) = match method.to_ascii_lowercase().as_str() {
                "spf" => (0, &mut results.spf),
                "dkim" => (1, &mut results.dkim),
                "dmarc" => (2, &mut results.dmarc),
                _ => continue,
            };
            if settled[index] {
                continue;
            }
            let result = outcome(result.split_whitespace().next().unwrap_or_default());
            if !here[index] || result == AuthenticationResult::Pass {
                *slot = result;
            }
            here[index] = true;
        }
        for (settled, here) in settled.iter_mut().zip(here) {
            *settled |= here;
        }
    }
    found
}

fn outcome(word: &str) -> AuthenticationResult {
    match word.to_ascii_lowercase().as_str() {
        "pass" => AuthenticationResult::Pass,
        "fail" | "hardfail" | "softfail" | "policy" => AuthenticationResult::Fail,
        _ => AuthenticationResult::None,
    }
}

/// Drops `(...)`: a comment may hold `dmarc=pass` in the words of the sender.
fn without_comments(text: &str) -> String {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        let literal = std::mem::take(&mut escaped);
        match character {
            '\\' if !literal => escaped = true,
            '"' if !literal && depth == 0 => quoted = !quoted,
            '(' if !literal && !quoted => depth += 1,
            ')' if !literal && !quoted && depth > 0 => depth -= 1,
            // What stands in quotes is a value, never a clause of its own.
            ';' if quoted => (),
            _ if depth == 0 => out.push(character),
            _ => (),
        }
    }
    out
}
