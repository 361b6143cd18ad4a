//! Reads `squid.conf` as Squid does: one directive a line, a backslash at the end for one more line.
//!
//! What it includes is not followed, and what stands between `if` and `endif` is not taken: both are
//! told, so that whoever compares knows what was not looked at.

/// One directive with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Directive {
    /// Where it begins, counted from 1.
    pub(crate) line: usize,
    /// As it is written, with one space between words.
    pub(crate) text: String,
    /// Its words as they are compared; the first is its name, as Squid calls it today.
    pub(crate) words: Vec<String>,
}

/// A file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SquidConf {
    /// What it sets, in order.
    pub(crate) directives: Vec<Directive>,
    /// Files it includes.
    pub(crate) includes: Vec<Directive>,
    /// Where conditions begin.
    pub(crate) conditions: Vec<Directive>,
}

impl SquidConf {
    /// Reads one.
    pub(crate) fn parse(text: &str) -> Self {
        let mut file = Self::default();
        let mut deep = 0_usize;
        for (line, text) in logical_lines(text) {
            let words: Vec<&str> = text
                .split_ascii_whitespace()
                .take_while(|word| !word.starts_with('#'))
                .collect();
            let Some(&name) = words.first() else {
                continue;
            };
            let directive = Directive {
                line,
                text: words.join(" "),
                words: compared(&words),
            };
            match name {
                "if" => {
                    deep += 1;
                    file.conditions.push(directive);
                }
                "endif" => deep = deep.saturating_sub(1),
                _ if deep > 0 => (),
                "include" => file.includes.push(directive),
                _ => file.directives.push(directive),
            }
        }
        file
    }
}

/// Lines with those that continue them. A comment between them is left out and ends nothing.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut begun: Option<(usize, String)> = None;
    for (line, physical) in (1..).zip(text.lines()) {
        if physical.starts_with('#') || physical.is_empty() {
            continue;
        }
        let (begin, mut text) = begun.take().unwrap_or((line, String::new()));
        text += match text.as_str() {
            "" => physical,
            _ => physical.trim_start(),
        };
        if text.ends_with('\\') {
            text.pop();
            begun = Some((begin, text));
        } else {
            lines.push((begin, text));
        }
    }
    lines.extend(begun);
    lines
}

/// Words without what makes no difference to Squid.
fn compared(words: &[&str]) -> Vec<String> {
    let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    if let Some(name) = words.first_mut() {
        let today = match name.as_str() {
            "icap_send_client_ip" => "adaptation_send_client_ip",
            "icap_send_client_username" => "adaptation_send_username",
            same => same,
        };
        *name = today.to_owned();
    }
    match words.first().map(String::as_str) {
        // The order of a service's options means nothing.
        Some("icap_service") => {
            for word in &mut words {
                match word.as_str() {
                    "bypass=0" => *word = "bypass=off".to_owned(),
                    "bypass=1" => *word = "bypass=on".to_owned(),
                    _ => (),
                }
            }
            if let Some(options) = words.get_mut(3..) {
                options.sort();
            }
        }
        // Header names have no case.
        Some("request_header_access") => {
            if let Some(header) = words.get_mut(1) {
                header.make_ascii_lowercase();
            }
        }
        _ => (),
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(usize, &str)]) {
        let read = SquidConf::parse(text).directives.into_iter();
        let read: Vec<(usize, String)> =
            read.map(|read| (read.line, read.words.join(" "))).collect();
        let expected: Vec<(usize, String)> = expected
            .iter()
            .map(|(line, text)| (*line, (*text).to_owned()))
            .collect();
        assert_eq!(read, expected, "{text}");
    }

    #[test]
    fn a_file_is_read_as_squid_reads_it() {
        check(
            "a on\n\n# b\n  # c\n  d off  # e\n",
            &[(1, "a on"), (5, "d off")],
        );
        check(
            "acl x \\\n# comment\n   src \\\n 10.0.0.0/8\nb",
            &[(1, "acl x src 10.0.0.0/8"), (5, "b")],
        );
        check("a \\", &[(1, "a")]); // the file ends within a line
        check(
            "if ${process_number} = 1\na on\nendif\nb on",
            &[(4, "b on")],
        );
        check("include /etc/squid/conf.d/*.conf\na on", &[(2, "a on")]);
        check(
            "icap_send_client_ip on",
            &[(1, "adaptation_send_client_ip on")],
        );
        check(
            "icap_service n reqmod_precache bypass=0 icap://h/r",
            &[(1, "icap_service n reqmod_precache bypass=off icap://h/r")],
        );
    }

    #[test]
    fn what_is_not_read_is_told() {
        let file = SquidConf::parse("if 1\ninclude a\nif 0\nendif\nendif\ninclude b\n");
        let lines = |of: &[Directive]| of.iter().map(|one| one.line).collect::<Vec<_>>();
        assert_eq!(lines(&file.includes), [6]);
        assert_eq!(lines(&file.conditions), [1, 3]);
    }
}
