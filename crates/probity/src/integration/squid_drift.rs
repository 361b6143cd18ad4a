//! How the live `squid.conf` differs from what belongs in it.
//!
//! Of a directive that stands once the last line counts, of rules the first that applies. So rules
//! must begin with ours: what the operator adds after them changes nothing.

use std::collections::HashSet;

use super::drift::{Compared, shown};
use super::printed;
use super::squid_conf::{Directive, SquidConf};
use crate::config::WebConfig;

/// What the comparison found.
pub(crate) fn squid(web: &WebConfig, live: &str) -> Compared {
    let belongs = SquidConf::parse(&printed::squid(web));
    let live = SquidConf::parse(live);
    let mut found = Compared::default();
    for include in &live.includes {
        let what = format!("`{}` is not followed", text(include));
        found.note(include.line, what);
    }
    for condition in &live.conditions {
        let what = format!("what `{}` decides about is not looked at", text(condition));
        found.note(condition.line, what);
    }
    let mut seen: Vec<Subject<'_>> = Vec::new();
    for directive in &belongs.directives {
        let subject = Subject::of(directive);
        if !seen.contains(&subject) {
            compare(&subject, &belongs, &live, &mut found);
            seen.push(subject);
        }
    }
    asked_first(&belongs, &live, &mut found);
    unnamed(&live, &mut found);
    found
}

/// How several lines about one thing go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Together {
    /// The last counts.
    Last,
    /// All of them count, in any order.
    All,
    /// The first that applies counts.
    First,
    /// The council's own: that there is one like it is enough.
    Own,
}

/// What lines are about: a directive, or a directive and the name after it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Subject<'a> {
    words: &'a [String],
    together: Together,
}

impl<'a> Subject<'a> {
    fn of(directive: &'a Directive) -> Self {
        let name = directive.words.first().map_or("", String::as_str);
        let (n_words, together) = match name {
            "icap_service" | "delay_class" | "delay_parameters" | "response_delay_pool" => {
                (2, Together::Last)
            }
            "acl" => (2, Together::All),
            "adaptation_access"
            | "request_header_access"
            | "delay_access"
            | "response_delay_pool_access" => (2, Together::First),
            "ssl_bump" => (1, Together::First),
            // Ports and where certificates lie are the council's affair.
            "http_port" | "sslcrtd_program" => (1, Together::Own),
            _ => (1, Together::Last),
        };
        let words = directive.words.get(..n_words).unwrap_or(&directive.words);
        Self { words, together }
    }

    fn lines<'f>(&self, file: &'f SquidConf) -> Vec<&'f Directive> {
        let all = file.directives.iter();
        all.filter(|line| line.words.starts_with(self.words))
            .collect()
    }
}

fn compare(subject: &Subject<'_>, belongs: &SquidConf, live: &SquidConf, found: &mut Compared) {
    let wanted = subject.lines(belongs);
    let mut there = subject.lines(live);
    match subject.together {
        Together::Own => {
            for wanted in wanted {
                if !there.iter().any(|line| opens_as(line, wanted)) {
                    found.missing(format!("a line like `{}` is missing", text(wanted)));
                }
            }
            return;
        }
        Together::Last => there = there.split_off(there.len().saturating_sub(1)),
        Together::First => {
            let begins = there.iter().zip(&wanted);
            let n_same = begins.take_while(|(line, one)| line.words == one.words);
            if n_same.count() == wanted.len() {
                return;
            }
            let is_ours = |line: &&Directive| wanted.iter().any(|one| one.words == line.words);
            let end = there.iter().rposition(is_ours).map_or(0, |last| last + 1);
            there.truncate(end.max(wanted.len()));
        }
        Together::All => (),
    }
    let mut strange: Vec<&Directive> = there
        .iter()
        .filter(|line| !wanted.iter().any(|one| one.words == line.words))
        .copied()
        .collect();
    let absent: Vec<&Directive> = wanted
        .iter()
        .filter(|one| !there.iter().any(|line| one.words == line.words))
        .copied()
        .collect();
    if strange.is_empty() && absent.is_empty() && subject.together == Together::First {
        let first = there.first().map_or(0, |line| line.line);
        let what = format!(
            "the `{}` lines are in another order",
            subject.words.join(" ")
        );
        found.drift(first, what);
    }
    for absent in absent {
        let wanted = text(absent);
        if strange.is_empty() {
            found.missing(format!("`{wanted}` is missing"));
        } else {
            let line = strange.remove(0);
            let what = format!("`{}` stands where `{wanted}` belongs", text(line));
            found.drift(line.line, what);
        }
    }
    for line in strange {
        let what = match subject.together {
            Together::First => format!("`{}` comes before our lines and counts", text(line)),
            _ => format!("`{}` changes what our lines mean", text(line)),
        };
        found.drift(line.line, what);
    }
}

/// Whether a port opens TLS, or a program makes certificates, whatever its own settings.
fn opens_as(line: &Directive, wanted: &Directive) -> bool {
    let mut plain = wanted.words.iter().skip(1);
    plain.all(|word| match word.as_str() {
        "ssl-bump" | "generate-host-certificates=on" => line.words.contains(word),
        _ => true,
    })
}

/// Another service that is asked in place of ours: Squid takes the first whose rules apply.
fn asked_first(belongs: &SquidConf, live: &SquidConf, found: &mut Compared) {
    let services = |file: &SquidConf| -> Vec<(String, String)> {
        let services = file
            .directives
            .iter()
            .filter_map(|line| match line.words.as_slice() {
                [directive, name, point, ..] if directive.ends_with("cap_service") => {
                    Some((name.clone(), point.clone()))
                }
                _ => None,
            });
        services.collect()
    };
    let theirs = services(live);
    for (ours, point) in services(belongs) {
        for line in &live.directives {
            let [directive, service, action, ..] = line.words.as_slice() else {
                continue;
            };
            if directive != "adaptation_access" {
                continue;
            }
            if *service == ours {
                break;
            }
            // Of a chain or set it is not known for which point it is; that is not held against it.
            let is_rival = theirs.contains(&(service.clone(), point.clone()));
            if is_rival && action == "allow" {
                let what = format!(
                    "`{}` comes first, so `{ours}` is not asked about what it allows",
                    text(line)
                );
                found.drift(line.line, what);
            }
        }
    }
}

/// Requests that are let in before Squid has asked who makes them. Of the machine itself, such as its
/// own tools, nobody asks that.
fn unnamed(live: &SquidConf, found: &mut Compared) {
    let lines = |name: &'static str| {
        let all = live.directives.iter();
        all.filter(move |line| line.words.first().is_some_and(|word| word == name))
    };
    let asks: HashSet<&str> = lines("acl")
        .filter_map(|line| match line.words.as_slice() {
            [_, name, kind, ..] if kind.starts_with("proxy_auth") => Some(name.as_str()),
            _ => None,
        })
        .collect();
    for line in lines("http_access") {
        let [_, action, of @ ..] = line.words.as_slice() else {
            continue;
        };
        let is_asked = |word: &String| asks.contains(word.as_str());
        let is_inside = |word: &String| ["localhost", "manager"].contains(&word.as_str());
        if action == "deny" {
            // From here on nobody comes through who was not asked.
            if matches!(of, [one] if one.strip_prefix('!').is_some_and(|name| asks.contains(name)))
            {
                return;
            }
        } else if !of.iter().any(is_asked) && !of.iter().any(is_inside) {
            let what = format!(
                "`{}` lets in requests that nobody signed in for; put `http_access deny !signed_in` \
                 before it, with `acl signed_in proxy_auth REQUIRED`",
                text(line)
            );
            found.drift(line.line, what);
        }
    }
    // Where no line applies Squid does the opposite of the last.
    let last = lines("http_access").next_back();
    let is_all = |line: &Directive| line.words.iter().any(|word| word == "all");
    if let Some(last) =
        last.filter(|last| !is_all(last) && last.words.iter().any(|word| word == "deny"))
    {
        let what = format!(
            "after `{}` Squid lets in what no line speaks of; end with `http_access deny all`",
            text(last)
        );
        found.drift(last.line, what);
    }
}

/// A directive as it is shown: not longer than reads well.
fn text(directive: &Directive) -> String {
    shown(&directive.text)
}

#[cfg(test)]
mod tests;
