//! What clamd answers: `1: stream: OK`, `2: stream: NAME FOUND`, or words about what went wrong.

/// What clamd knows bytes as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Nothing it has a signature for.
    Clean,
    /// Malicious, by this signature's name.
    Found(String),
}

impl Answer {
    /// Reads a reply without its end. The error is what it said instead.
    pub(crate) fn read(reply: &[u8]) -> Result<Self, String> {
        let text = String::from_utf8_lossy(reply);
        // Within a session the answer's number stands before it.
        let bare = match text.split_once(": ") {
            Some((number, rest)) if number.bytes().all(|byte| byte.is_ascii_digit()) => rest,
            _ => &text,
        };
        match bare.strip_prefix("stream: ") {
            Some("OK") => Ok(Self::Clean),
            Some(said) if said.ends_with(" FOUND") => {
                let name = said.trim_end_matches(" FOUND");
                Ok(Self::Found(name.to_owned()))
            }
            _ => Err(bare.chars().filter(|c| !c.is_control()).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies() {
        let check = |reply: &str, expected: Result<Answer, &str>| {
            let expected = expected.map_err(str::to_owned);
            assert_eq!(Answer::read(reply.as_bytes()), expected, "{reply}");
        };
        let found = |name: &str| Ok(Answer::Found(name.to_owned()));
        check("stream: OK", Ok(Answer::Clean));
        check("12: stream: OK", Ok(Answer::Clean));
        check(
            "1: stream: Eicar-Test-Signature FOUND",
            found("Eicar-Test-Signature"),
        );
        check("1: stream: A B FOUND", found("A B"));
        let limit = "INSTREAM size limit exceeded. ERROR";
        check(limit, Err(limit));
        check("1: stream: no\tway ERROR", Err("stream: noway ERROR"));
        check("", Err(""));
    }
}
