//! Forms as a page shows them.

use crate::testing::html::{Element, Html};

/// One page as it came.
pub(super) struct Page {
    pub(super) status: u16,
    /// Where it ended after being sent on.
    pub(super) address: String,
    pub(super) html: Html,
}

impl Page {
    /// Fields the error summary leads to.
    pub(super) fn errors(&self) -> Vec<String> {
        let lists = self.html.classed("govuk-error-summary__list");
        let links = lists.flat_map(|list| self.html.within(list, "a"));
        links
            .map(|link| link.attribute("href").trim_start_matches('#').to_owned())
            .collect()
    }

    /// Whether something was taken: the next page came, without errors.
    pub(super) fn is_taken(&self) -> bool {
        self.status == 200 && self.errors().is_empty()
    }

    /// Addresses the page proper leads to.
    pub(super) fn links(&self) -> Vec<String> {
        let inside = |link: &&Element| is_in_main(&self.html, link);
        let links = self.html.all("a").filter(inside);
        let links = links.map(|link| link.attribute("href").to_owned());
        links.filter(|href| href.starts_with('/')).collect()
    }

    /// Forms of the page proper sent by this method.
    pub(super) fn forms(&self, method: &str) -> Vec<Form> {
        let forms = self
            .html
            .all("form")
            .filter(|form| form.attribute("method") == method && is_in_main(&self.html, form));
        forms
            .map(|form| Form::read(form, &self.html, &self.address))
            .collect()
    }
}

fn is_in_main(html: &Html, element: &Element) -> bool {
    html.around(element).iter().any(|one| one.name == "main")
}

/// One field, with what it holds or offers.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Field {
    Hidden {
        name: String,
        value: String,
    },
    Text {
        name: String,
        value: String,
    },
    /// Three fields that make a day.
    Day {
        name: String,
    },
    Choice {
        name: String,
        values: Vec<String>,
        /// More than one at a time.
        many: bool,
    },
    File {
        name: String,
    },
}

impl Field {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Hidden { name, .. }
            | Self::Text { name, .. }
            | Self::Day { name }
            | Self::Choice { name, .. }
            | Self::File { name } => name,
        }
    }
}

/// One form.
#[derive(Debug, Clone)]
pub(super) struct Form {
    /// Where it is sent.
    pub(super) action: String,
    pub(super) fields: Vec<Field>,
    pub(super) has_file: bool,
}

impl Form {
    fn read(form: &Element, html: &Html, address: &str) -> Self {
        let action = match form.attribute("action") {
            "" => address.to_owned(),
            action => action.to_owned(),
        };
        let mut read = Self {
            action,
            fields: Vec::new(),
            has_file: false,
        };
        for input in html.within(form, "input") {
            let (name, value) = (input.attribute("name"), input.attribute("value"));
            match input.attribute("type") {
                "hidden" => read.fields.push(Field::Hidden {
                    name: name.to_owned(),
                    value: value.to_owned(),
                }),
                "radio" => read.offer(name, value, false),
                "checkbox" => read.offer(name, value, true),
                "file" => {
                    read.has_file = true;
                    let name = name.to_owned();
                    read.fields.push(Field::File { name });
                }
                _ => read.text(name, value),
            }
        }
        for area in html.within(form, "textarea") {
            read.text(area.attribute("name"), &area.text);
        }
        for select in html.within(form, "select") {
            for option in html.within(select, "option") {
                read.offer(select.attribute("name"), option.attribute("value"), false);
            }
        }
        for button in html.within(form, "button") {
            if button.attributes.contains_key("name") {
                read.offer(button.attribute("name"), button.attribute("value"), false);
            }
        }
        read
    }

    fn text(&mut self, name: &str, value: &str) {
        let day = ["day", "month", "year"]
            .iter()
            .find_map(|part| name.strip_suffix(&format!("-{part}")));
        match day {
            Some(day) => {
                let day = Field::Day {
                    name: day.to_owned(),
                };
                if !self.fields.contains(&day) {
                    self.fields.push(day);
                }
            }
            None => self.fields.push(Field::Text {
                name: name.to_owned(),
                value: value.to_owned(),
            }),
        }
    }

    fn offer(&mut self, name: &str, value: &str, many: bool) {
        let known = self.fields.iter_mut().find_map(|field| match field {
            Field::Choice {
                name: known,
                values,
                ..
            } if known == name => Some(values),
            _ => None,
        });
        let value = value.to_owned();
        match known {
            Some(values) => values.push(value),
            None => self.fields.push(Field::Choice {
                name: name.to_owned(),
                values: vec![value],
                many,
            }),
        }
    }

    /// What makes it a form of its own: where it goes, whatever the reference, and its fields.
    pub(super) fn shape(&self) -> String {
        let names = self.fields.iter().map(Field::name);
        let mut names: Vec<_> = names.filter(|name| *name != "form_token").collect();
        names.sort_unstable();
        format!("{} {}", normal(&self.action), names.join(" "))
    }

    pub(super) fn hidden(&self, name: &str) -> Option<&str> {
        self.fields.iter().find_map(|field| match field {
            Field::Hidden { name: own, value } if own == name => Some(value.as_str()),
            _ => None,
        })
    }
}

/// An address without what differs from matter to matter, and without its query.
pub(super) fn normal(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap();
    let segments = path.split('/').map(|segment| match is_name(segment) {
        true => "{}",
        false => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

/// The reference of a matter, or the name of a draft.
pub(super) fn is_name(segment: &str) -> bool {
    let is_reference = segment.split('-').count() == 3
        && segment
            .split('-')
            .next()
            .is_some_and(|kind| kind.len() == 2)
        && segment
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
    let is_draft = segment.len() == 16
        && !segment.contains('.')
        && segment
            .bytes()
            .any(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    let is_hash = segment.len() == 24 && segment.bytes().all(|b| b.is_ascii_hexdigit());
    is_reference || is_draft || is_hash
}
