//! Reads `master.cf`: services, their commands and the parameters each sets for itself (master(5)).

use std::collections::BTreeMap;

use super::main_cf::logical_lines;

/// Fields before the arguments: name, type, private, unprivileged, chroot, wakeup, limit, command.
const FIELDS: usize = 8;

/// One service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Service {
    /// Where it stands.
    pub(crate) line: usize,
    /// Its name or address, and its type.
    pub(crate) name: (String, String),
    /// Its program.
    pub(crate) command: String,
    /// Parameters it sets for itself.
    pub(crate) parameters: BTreeMap<String, String>,
}

/// The services of a file, and the lines that are none.
pub(crate) fn parse(text: &str) -> (Vec<Service>, Vec<usize>) {
    let mut services = Vec::new();
    let mut odd = Vec::new();
    for logical in logical_lines(text) {
        let words = grouped(&logical.text);
        match words.split_at_checked(FIELDS) {
            Some(([name, kind, .., command], arguments)) if !logical.is_stray => {
                services.push(Service {
                    line: logical.line,
                    name: (name.clone(), kind.clone()),
                    command: command.clone(),
                    parameters: parameters(arguments),
                });
            }
            _ => odd.push(logical.line),
        }
    }
    (services, odd)
}

/// Words, where what stands in braces is one word.
fn grouped(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = 0_usize;
    for word in text.split(' ') {
        match words.last_mut() {
            Some(last) if open > 0 => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
        for c in word.chars() {
            match c {
                '{' => open += 1,
                '}' => open = open.saturating_sub(1),
                _ => (),
            }
        }
    }
    words
}

/// `-o name=value`, `-oname=value` and `-o { name = value }`; a later one wins.
fn parameters(arguments: &[String]) -> BTreeMap<String, String> {
    let mut parameters = BTreeMap::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let Some(rest) = argument.strip_prefix("-o") else {
            continue;
        };
        let setting = match rest {
            "" => arguments.next().map_or("", String::as_str),
            joined => joined,
        };
        let inner = setting
            .strip_prefix('{')
            .and_then(|setting| setting.strip_suffix('}'));
        if let Some((name, value)) = inner.unwrap_or(setting).split_once('=') {
            parameters.insert(name.trim().to_owned(), value.trim().to_owned());
        }
    }
    parameters
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn services_and_their_parameters_are_read() {
        let (services, odd) = parse(
            "# service type\n\
             smtp inet n - y - - smtpd\n\
             \u{20} -o smtpd_milters= -v\n\
             # -o not=this\n\
             \u{20} -o { smtpd_restrictions = permit, reject } -oa=1 -o a=2\n\
             short line\n\
             pickup unix n - y 60 1 pickup\n",
        );
        assert_eq!(odd, [6]);
        let [smtp, pickup] = &services[..] else {
            unreachable!("two services: {services:?}");
        };
        assert_eq!((smtp.line, smtp.command.as_str()), (2, "smtpd"));
        assert_eq!(smtp.name, ("smtp".to_owned(), "inet".to_owned()));
        let expected = [
            ("a", "2"),
            ("smtpd_milters", ""),
            ("smtpd_restrictions", "permit, reject"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(smtp.parameters, BTreeMap::from(expected));
        assert!(pickup.parameters.is_empty());
    }
}
