//! Fields of forms: trimmed, checked and bounded as they come in, so that nothing inside has to.

use crate::machine::Refused;

/// Longest text in somebody's own words, in characters.
pub(crate) const LONGEST_WORDS: usize = 2_000;
/// Longest name of a thing, a host or an address, in bytes (RFC 5321: 254 for an address).
pub(crate) const LONGEST_NAME: usize = 254;

/// Text in somebody's own words; may run over lines, may not be empty.
pub(crate) fn words(field: &'static str, text: &str) -> Result<String, Refused> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refused::field(field, "say this in a few words"));
    }
    if text.chars().count() > LONGEST_WORDS {
        let problem = format!("this is longer than {LONGEST_WORDS} characters; say it shorter");
        return Err(Refused::field(field, problem));
    }
    if text
        .chars()
        .any(|c| c.is_control() && !"\n\r\t".contains(c))
    {
        return Err(Refused::field(field, "use letters, not control characters"));
    }
    Ok(text.to_owned())
}

/// The reason that has to come with a step.
pub(crate) fn reason(text: Option<&str>) -> Result<String, Refused> {
    words("reason", text.unwrap_or_default())
}

/// The name of a thing, on one line.
pub(crate) fn name(field: &'static str, text: &str) -> Result<String, Refused> {
    let text = words(field, text)?;
    if text.len() > LONGEST_NAME || text.contains(char::is_control) {
        let problem = format!("name it on one line of at most {LONGEST_NAME} characters");
        return Err(Refused::field(field, problem));
    }
    Ok(text)
}

/// A site's name, in lower case. A whole top-level domain is none.
pub(crate) fn host(field: &'static str, text: &str) -> Result<String, Refused> {
    let text = text.trim().trim_end_matches('.').to_ascii_lowercase();
    let label = |label: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (1..=63).contains(&label.len()) && label.chars().all(allowed)
    };
    if text.len() < LONGEST_NAME && text.contains('.') && text.split('.').all(label) {
        Ok(text)
    } else {
        let problem = "give the site's name alone, such as `www.example.org`, \
                       without `https://` or the page";
        Err(Refused::field(field, problem))
    }
}

/// A mail address, in lower case.
pub(crate) fn address(field: &'static str, text: &str) -> Result<String, Refused> {
    let text = text.trim().to_ascii_lowercase();
    let sound = text.split_once('@').is_some_and(|(local, domain)| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        (1..=64).contains(&local.len()) && local.chars().all(allowed) && host(field, domain).is_ok()
    });
    if sound && text.len() <= LONGEST_NAME && !text.ends_with('.') {
        Ok(text)
    } else {
        let problem = "give a mail address such as `name@example.org`";
        Err(Refused::field(field, problem))
    }
}

/// Where mail goes: an address, or a domain for everybody there.
pub(crate) fn recipient(field: &'static str, text: &str) -> Result<String, Refused> {
    if text.contains('@') {
        address(field, text)
    } else {
        host(field, text)
    }
}
