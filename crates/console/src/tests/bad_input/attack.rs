//! What nobody should send, and what has to come of it.

use super::crawl::Sweep;
use super::found::{Field, Form, Page};
use super::plausible::{filled, of_day};

/// Markup that would show if any page took it for its own.
pub(super) const MARKUP: &str = "\"'><b id=\"probe\" onclick=\"probe()\">{{ 7 * 7 }}</b><!--";

/// Text that no field takes, with what it is.
const REFUSED: &[(&str, &str)] = &[
    ("NUL", "a\0b"),
    ("a control character", "a\u{7}b"),
    ("an escape", "\u{1b}[31mred"),
    ("a mark that turns the direction", "offi\u{202e}cer"),
    ("an invisible mark", "offi\u{200b}cer"),
];

/// Text that is text like any other, or is refused for what it says.
const TAKEN: &[&str] = &[
    "",
    MARKUP,
    "оffiсer", // Cyrillic о and с
    "ｏｆｆｉｃｅｒ",
    "%00%0a../../etc/passwd",
    "'; DROP TABLE matters; --",
    "\u{1f600} e\u{301}\u{327} 日本語",
];

/// Days that do not exist, or are no days.
const NO_DAYS: &[[&str; 3]] = &[
    ["31", "4", "2027"],
    ["29", "2", "2027"],
    ["0", "0", "0000"],
    ["1", "1", "99999"],
    ["-1", "3", "2027"],
    ["aa", "bb", "cccc"],
    ["1", "", "2027"],
    ["\0", "3", "2027"],
    ["١", "٣", "٢٠٢٧"],
    ["1", "3", "\u{202e}7202"],
];

/// The choice by which a post ends on a day.
const LATER: &[(&str, &str)] = &[("when", "later")];

/// What is chosen though nobody offered it.
const NO_CHOICES: &[&str] = &["nonsense", MARKUP, "\0", "\u{202e}", "../.."];

/// Steps of a matter nobody has seen.
const NO_VERSIONS: &[&str] = &["999", "-1", "x", "", "9223372036854775808", "1\0", MARKUP];

impl Sweep<'_> {
    /// Everything for one form, the harmless last: what is taken may be the end of the matter.
    pub(super) async fn attack(&mut self, address: &str, form: &Form) {
        let shape = form.shape();
        for field in &form.fields {
            match field {
                Field::Text { name, .. } => {
                    for (what, text) in REFUSED {
                        let bad = [(name.as_str(), *text)];
                        self.refused(address, &shape, name, &bad, what).await;
                    }
                    let long = "x".repeat(40_000);
                    let what = "40,000 characters";
                    let bad = [(name.as_str(), long.as_str())];
                    self.refused(address, &shape, name, &bad, what).await;
                }
                Field::Day { name } => {
                    for parts in NO_DAYS {
                        let day = of_day(name, *parts);
                        let day = day.iter().map(|(n, v)| (n.as_str(), v.as_str()));
                        // A day that is read only after this choice.
                        let chosen = LATER.iter().filter(|_| name == "last").copied();
                        let day: Vec<_> = day.chain(chosen).collect();
                        self.refused(address, &shape, name, &day, &parts.join("/"))
                            .await;
                    }
                }
                Field::Choice { name, many, .. } => {
                    for value in NO_CHOICES {
                        let bad = [(name.as_str(), *value)];
                        match many {
                            // Of several that need not be ticked one that is not there counts for none.
                            true => self.survives(address, &shape, &bad, value).await,
                            false => self.refused(address, &shape, name, &bad, value).await,
                        }
                    }
                }
                Field::Hidden { name, .. } if name == "version" => {
                    self.versions(address, &shape).await
                }
                Field::Hidden { .. } => {}
                Field::File { name } => {
                    let bad: [&[u8]; 4] = [b"MZ\x90\0", b"", b"<b id=\"probe\">", b"%PD"];
                    for bytes in bad {
                        self.no_scan(address, &shape, name, bytes).await;
                    }
                }
            }
        }
        self.not_ours(address, &shape).await;
        for field in &form.fields {
            if let Field::Text { name, .. } = field {
                for text in TAKEN {
                    let given = [(name.as_str(), *text)];
                    self.survives(address, &shape, &given, text).await;
                }
            }
        }
        self.survives(address, &shape, &[], "nothing beside it")
            .await;
        self.twice(address, &shape).await;
    }

    /// Something that has to be refused at its field, and leaves no event.
    async fn refused(
        &mut self,
        address: &str,
        shape: &str,
        field: &str,
        bad: &[(&str, &str)],
        what: &str,
    ) {
        let Some(form) = self.form_at(address, shape).await else {
            return;
        };
        let before = self.events();
        let page = self.post(&form, &with(&form, self.role, bad)).await;
        let at_field = |error: &String| {
            error == field
                || error
                    .strip_prefix(field)
                    .is_some_and(|rest| rest.starts_with('-'))
        };
        let said = page.status == 422 && page.errors().iter().any(at_field);
        if !said {
            let errors = page.errors();
            let found = format!("{what:?} in `{field}`: {} {errors:?}", page.status);
            self.problem(shape, &found);
        }
        self.no_event_since(before, shape, what).await;
    }

    /// Something that may be taken or not, but breaks nothing.
    async fn survives(&mut self, address: &str, shape: &str, given: &[(&str, &str)], what: &str) {
        let Some(form) = self.form_at(address, shape).await else {
            return;
        };
        let before = self.events();
        let mut fields = with(&form, self.role, given);
        if given.is_empty() {
            fields.retain(|(name, _)| name == "form_token" || name == "version");
        }
        let page = self.post(&form, &fields).await;
        if !page.is_taken() {
            self.no_event_since(before, shape, what).await;
        }
    }

    async fn versions(&mut self, address: &str, shape: &str) {
        // 0 is what a task has that no process waits for: it is finished once, whoever saw what.
        for version in NO_VERSIONS {
            let Some(form) = self.form_at(address, shape).await else {
                return;
            };
            if form.hidden("version") == Some("0") {
                return;
            }
            let before = self.events();
            let page = self
                .post(&form, &with(&form, self.role, &[("version", version)]))
                .await;
            if !(400..500).contains(&page.status) {
                self.problem(shape, &format!("version {version:?}: {}", page.status));
            }
            self.no_event_since(before, shape, version).await;
        }
    }

    async fn no_scan(&mut self, address: &str, shape: &str, field: &str, bytes: &[u8]) {
        let Some(form) = self.form_at(address, shape).await else {
            return;
        };
        let before = self.events();
        let fields = filled(&form, self.role);
        let page = self.upload(&form, &fields, field, bytes).await;
        if page.status != 422 || page.errors() != [field] {
            self.problem(
                shape,
                &format!("a bad scan: {} {:?}", page.status, page.errors()),
            );
        }
        self.no_event_since(before, shape, "a bad scan").await;
    }

    /// Bytes no browser sends with our page.
    async fn not_ours(&mut self, address: &str, shape: &str) {
        let Some(form) = self.form_at(address, shape).await else {
            return;
        };
        let before = self.events();
        let token = form.hidden("form_token").unwrap().to_owned();
        let good = filled(&form, self.role);
        let named = good.iter().find(|(name, _)| name != "form_token");
        let named = named.map_or("nothing", |(name, _)| name.as_str());
        let repeated = "a=1&".repeat(501);
        for (body, status) in [
            (format!("form_token={token}&{named}=%FF"), 400),
            (format!("form_token={token}&{named}=%C0%AF"), 400),
            (format!("form_token={token}&{named}=%zz"), 400),
            (format!("form_token={token}&%FF=1"), 400),
            (format!("form_token={token}&{repeated}"), 400),
            (format!("form_token={token}&{}=1", "n".repeat(65)), 400),
            (format!("{named}=1"), 403),
            (format!("form_token={token}A&{named}=1"), 403),
            ("x".repeat(300_000), 413),
        ] {
            let page = self.post_body(&form.action, body).await;
            if page.status != status {
                self.problem(shape, &format!("{status} was due and {} came", page.status));
            }
        }
        self.no_event_since(before, shape, "what is not ours").await;
    }

    /// Every field twice and one nobody knows; then the same again, and the same from a second tab.
    async fn twice(&mut self, address: &str, shape: &str) {
        let Some(form) = self.form_at(address, shape).await else {
            return;
        };
        let good = filled(&form, self.role);
        let again = good.iter().filter(|(name, _)| name != "form_token");
        let mut doubled = good.clone();
        doubled.extend(again.map(|(name, _)| (name.clone(), "nonsense".to_owned())));
        doubled.push(("nobody[knows]".to_owned(), MARKUP.to_owned()));
        let page = self.send(&form, &doubled).await;
        let after = self.events();
        let same = self.send(&form, &doubled).await;
        // What was refused is looked at again; what was taken once counts once.
        if page.is_taken() && same.is_taken() && page.address != same.address {
            self.problem(
                shape,
                &format!("{} and then {}", page.address, same.address),
            );
        }
        self.no_event_since(after, shape, "the same again").await;

        let Some(one) = self.form_at(address, shape).await else {
            return;
        };
        let Some(other) = self.form_at(address, shape).await else {
            return;
        };
        let first = self.send(&one, &filled(&one, self.role)).await;
        let after = self.events();
        let second = self.send(&other, &filled(&other, self.role)).await;
        let counts_once = other.hidden("version").is_some() || other.action.ends_with("/check");
        if first.is_taken() && counts_once {
            self.no_event_since(after, shape, "a second tab").await;
        }
        if !second.is_taken() {
            self.no_event_since(after, shape, "a refused second tab")
                .await;
        }
    }

    /// A form that narrows a list: in the address, so nothing is ever changed by it.
    pub(super) async fn narrow(&mut self, form: &Form) {
        let path = form.action.split('?').next().unwrap().to_owned();
        let long = "x".repeat(2_000);
        let names: Vec<_> = form
            .fields
            .iter()
            .map(|field| field.name().to_owned())
            .collect();
        let refused = REFUSED.iter().map(|(_, text)| *text);
        let all: Vec<_> = refused
            .chain(TAKEN.iter().copied())
            .chain([long.as_str()])
            .collect();
        for name in names
            .iter()
            .map(String::as_str)
            .chain(["after", "nobody[knows]"])
        {
            for text in &all {
                let value = crate::testing::escaped(text);
                let address = format!("{path}?{}={value}", crate::testing::escaped(name));
                let page = self.open(&address).await;
                let status = page.as_ref().map_or(0, |page: &Page| page.status);
                if ![200, 400, 422].contains(&status) {
                    self.problem(&path, &format!("{text:?} in `{name}`: {status}"));
                }
            }
            for raw in ["%FF", "%zz", "%", "a&", "1&"] {
                let address = format!("{path}?{name}={raw}{name}=2");
                self.open(&address).await;
            }
        }
    }
}

/// A form filled in, with some fields given otherwise.
fn with(form: &Form, role: &str, given: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = filled(form, role);
    fields.retain(|(name, _)| given.iter().all(|(other, _)| other != name));
    let given = given
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    fields.extend(given);
    fields
}
