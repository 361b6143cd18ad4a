//! Reads `main.cf` as Postfix does, and what `postconf -n` prints, which is of the same form (postconf(5)).
//!
//! A line that begins with white space continues the one before, also across comments and empty lines;
//! of two lines for one parameter the later counts. Conditions such as `${name?text}` are not worked out.

use std::collections::BTreeMap;

/// How deep parameters may refer to each other.
const DEEPEST: usize = 8;

/// Longest value after its references are put in: far more than a list of milters needs.
const LONGEST_VALUE: usize = 16 * 1024;

/// A line with those that continue it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Logical {
    /// Where it begins, counted from 1.
    pub(crate) line: usize,
    /// Its words with one space between them.
    pub(crate) text: String,
    /// It begins with white space, and there is nothing it could continue.
    pub(crate) is_stray: bool,
}

/// The logical lines of `main.cf` or `master.cf`.
pub(crate) fn logical_lines(text: &str) -> Vec<Logical> {
    let mut lines: Vec<Logical> = Vec::new();
    for (line, physical) in (1..).zip(text.lines()) {
        let words = words(physical);
        if words.is_empty() || words.starts_with('#') {
            continue;
        }
        let continues = physical.starts_with([' ', '\t']);
        match lines.last_mut() {
            Some(last) if continues => {
                last.text.push(' ');
                last.text += &words;
            }
            _ => lines.push(Logical {
                line,
                text: words,
                is_stray: continues,
            }),
        }
    }
    lines
}

/// The same words with one space between them.
pub(crate) fn words(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// Where it stands.
    pub(crate) line: usize,
    /// What it is set to, references and all.
    pub(crate) value: String,
}

/// The parameters of one file.
#[derive(Debug, Clone, Default)]
pub(crate) struct MainCf {
    parameters: BTreeMap<String, Parameter>,
    /// Lines Postfix itself would find fault with.
    pub(crate) odd: Vec<Logical>,
}

impl MainCf {
    /// Reads one.
    pub(crate) fn parse(text: &str) -> Self {
        let mut file = Self::default();
        for logical in logical_lines(text) {
            match logical.text.split_once('=') {
                Some((name, value)) if !logical.is_stray => {
                    let value = value.trim().to_owned();
                    let line = logical.line;
                    let parameter = Parameter { line, value };
                    file.parameters.insert(name.trim().to_owned(), parameter);
                }
                _ => file.odd.push(logical),
            }
        }
        file
    }

    /// A parameter, if the file sets it.
    pub(crate) fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.get(name)
    }

    /// All, by name.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&str, &Parameter)> {
        let all = self.parameters.iter();
        all.map(|(name, parameter)| (name.as_str(), parameter))
    }

    /// A value with `$name`, `${name}` and `$(name)` put in, as far as the file sets them.
    pub(crate) fn expanded(&self, value: &str) -> String {
        let mut text = String::new();
        self.expand(value, DEEPEST, &mut text);
        words(&text)
    }

    fn expand(&self, value: &str, deep: usize, into: &mut String) {
        let mut rest = value;
        while let Some((before, after)) = rest.split_once('$') {
            into.push_str(before);
            let (reference, name, behind) = reference(after);
            rest = behind;
            let known = name.and_then(|name| self.parameter(name));
            match known.filter(|_| deep > 0 && into.len() < LONGEST_VALUE) {
                Some(parameter) => self.expand(&parameter.value, deep - 1, into),
                None => {
                    into.push('$');
                    into.push_str(reference);
                }
            }
        }
        into.push_str(rest);
    }
}

/// What stands behind a dollar sign: the whole reference, the name if it is a plain one, and the rest.
fn reference(after: &str) -> (&str, Option<&str>, &str) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let plain = |text: &str| !text.is_empty() && text.chars().all(is_name);
    for (open, close) in [('{', '}'), ('(', ')')] {
        if let Some(inner) = after.strip_prefix(open) {
            return match inner.split_once(close) {
                Some((name, behind)) => {
                    let reference = after.get(..name.len() + 2).unwrap_or(after);
                    (reference, Some(name).filter(|name| plain(name)), behind)
                }
                None => (after, None, ""),
            };
        }
    }
    let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
    match after.split_at(end) {
        // `$$` is a dollar sign and no reference.
        ("", behind) => ("", None, behind.strip_prefix('$').unwrap_or(behind)),
        (name, behind) => (name, Some(name), behind),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn value(text: &str, name: &str) -> Option<String> {
        let file = MainCf::parse(text);
        let parameter = file.parameter(name)?;
        Some(file.expanded(&parameter.value))
    }

    /// As `postconf -nx` of Postfix 3.7.11 shows the same files.
    #[test]
    fn a_file_is_read_as_postfix_reads_it() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(value(text, "a").as_deref(), expected, "{text}");
        };
        check("a = 1", Some("1"));
        check("a=1\na  =  2\n", Some("2")); // the later counts
        check("a = 1\n# a = 2\n", Some("1"));
        check("a = 1,\n# comment\n\n  2\n\t3\nb = 4", Some("1, 2 3"));
        check("a = 1 # 2", Some("1 # 2")); // a comment is a line of its own
        check("a =\n", Some(""));
        check("b = 1", None);
        check("  a = 1", None); // continues nothing
        check("b = x\na = $b ${b} $(b) $$b $c", Some("x x x $b $c"));
        check("a = $b\nb = $c\nc = 1", Some("1"));
        check("b = 1\na = ${b?2} ${b", Some("${b?2} ${b"));
    }

    #[test]
    fn what_postfix_finds_fault_with_is_told() {
        let file = MainCf::parse(" lead = 1\nfoo\na = 1");
        let lines: Vec<usize> = file.odd.iter().map(|odd| odd.line).collect();
        assert_eq!(lines, [1, 2]);
    }

    #[test]
    fn references_without_end_come_to_one() {
        let itself = "a = $a $a $a $a $a $a $a $a";
        assert!(value(itself, "a").unwrap().len() < 2 * LONGEST_VALUE);
        let mut wide = String::new();
        for n in 0..20 {
            let next = format!("$p{} ", n + 1).repeat(50);
            wide += &format!("p{n} = {next}\n");
        }
        wide += "a = $p0";
        assert!(value(&wide, "a").unwrap().len() < 2 * LONGEST_VALUE);
    }
}
