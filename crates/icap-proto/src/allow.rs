//! What the client says it can take (`Allow`), and how "no change" may be put.
//!
//! The plain way is 204, but it is legal only where RFC 3507 (4.6) says so, and
//! Squid aborts the page when it comes elsewhere.

/// The answers a client offered to understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Allow {
    /// `204`: no modification, also after the preview.
    pub no_modification: bool,
    /// `206`: a new head and start, then the original body from some byte on.
    pub partial: bool,
    /// `trailers`: header lines after the last chunk.
    pub trailers: bool,
}

impl Allow {
    /// Adds what one `Allow` header lists. Unknown words are for other servers.
    pub(crate) fn add(&mut self, value: &[u8]) {
        for word in value.split(|b| *b == b',').map(<[u8]>::trim_ascii) {
            match word {
                b"204" => self.no_modification = true,
                b"206" => self.partial = true,
                _ if word.eq_ignore_ascii_case(b"trailers") => self.trailers = true,
                _ => (),
            }
        }
    }

    /// The header's value, e.g. `204, 206, trailers`. Empty if nothing is
    /// allowed, and then the header is best left out.
    pub fn as_str(&self) -> &'static str {
        match (self.no_modification, self.partial, self.trailers) {
            (false, false, false) => "",
            (true, false, false) => "204",
            (false, true, false) => "206",
            (true, true, false) => "204, 206",
            (false, false, true) => "trailers",
            (true, false, true) => "204, trailers",
            (false, true, true) => "206, trailers",
            (true, true, true) => "204, 206, trailers",
        }
    }
}

/// How to say that nothing changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmodified {
    /// 204, no encapsulated message.
    NoContent204,
    /// 206: the HTTP head again, then `use-original-body=0`.
    Partial206,
    /// 200: the HTTP head and the whole body again.
    Echo200,
}

/// The cheapest legal way to let the message through as it is.
///
/// `in_preview` holds from the request until [`crate::reply::proceed`] has been
/// sent, and only if the request had a `Preview` header. There 204 is always
/// legal; afterwards only if offered. Squid stops offering 204 for bodies over
/// 64 KiB or of unknown size, because it keeps no copy of them.
pub fn answer_unmodified(allow: Allow, in_preview: bool) -> Unmodified {
    if in_preview || allow.no_modification {
        Unmodified::NoContent204
    } else if allow.partial {
        Unmodified::Partial206
    } else {
        Unmodified::Echo200
    }
}

#[cfg(test)]
mod tests {
    use super::Unmodified::*;
    use super::*;

    fn check(allow: &str, in_preview: bool, expected: Unmodified) {
        let mut parsed = Allow::default();
        parsed.add(allow.as_bytes());
        assert_eq!(parsed.as_str(), allow);
        assert_eq!(
            answer_unmodified(parsed, in_preview),
            expected,
            "{allow}, {in_preview}"
        );
    }

    #[test]
    fn no_change_is_put_the_cheapest_legal_way() {
        check("204, trailers", true, NoContent204);
        check("", true, NoContent204);
        check("206, trailers", true, NoContent204);
        check("204, 206, trailers", false, NoContent204);
        check("204", false, NoContent204);
        check("206, trailers", false, Partial206);
        check("206", false, Partial206);
        check("204, 206", false, NoContent204);
        check("trailers", false, Echo200);
        check("", false, Echo200);
    }
}
