//! Reads a page strictly, and finds what would trouble somebody who cannot see it or use a mouse.

use std::collections::{BTreeMap, BTreeSet};

/// One element, with its place in the tree.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) parent: Option<usize>,
    /// Everything in it, one space between words.
    pub(crate) text: String,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    fn has(&self, name: &str) -> bool {
        self.attributes.contains_key(name)
    }

    fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.name.as_str())
    }
}

/// A page that was read.
#[derive(Debug, Clone)]
pub(crate) struct Html {
    pub(crate) elements: Vec<Element>,
}

const VOID: [&str; 6] = ["meta", "link", "input", "img", "br", "hr"];

impl Html {
    /// Panics where a tag is not closed, closed twice, or an attribute not quoted.
    pub(crate) fn read(source: &str) -> Self {
        let rest = source.trim_start().strip_prefix("<!DOCTYPE html>");
        let mut rest = rest.expect("a page begins with its doctype");
        let (mut elements, mut open) = (Vec::<Element>::new(), Vec::<usize>::new());
        while let Some(at) = rest.find('<') {
            say(&mut elements, &open, &rest[..at]);
            let end = rest[at..].find('>').expect("a tag ends") + at;
            let tag = &rest[at + 1..end];
            rest = &rest[end + 1..];
            if let Some(name) = tag.strip_prefix('/') {
                let last = open.pop().map(|last| elements[last].name.as_str());
                assert_eq!(last, Some(name), "tags are closed in order");
                continue;
            }
            let (name, attributes) = attributes(tag.trim_end_matches('/'));
            let void = VOID.contains(&name.as_str());
            elements.push(Element {
                name,
                attributes,
                parent: open.last().copied(),
                text: String::new(),
            });
            if !void {
                open.push(elements.len() - 1);
            }
        }
        assert!(open.is_empty(), "every tag is closed");
        for element in &mut elements {
            element.text = element
                .text
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
        }
        Self { elements }
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements
            .iter()
            .filter(move |element| element.name == name)
    }

    pub(crate) fn classed<'a>(&'a self, class: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements.iter().filter(move |element| {
            element
                .attribute("class")
                .split(' ')
                .any(|one| one == class)
        })
    }

    pub(crate) fn title(&self) -> &str {
        self.all("title").next().map_or("", |title| &title.text)
    }

    /// Elements around one, innermost first, itself included.
    pub(crate) fn around(&self, element: &Element) -> Vec<&Element> {
        let mut around = vec![];
        let mut at = self
            .elements
            .iter()
            .position(|other| std::ptr::eq(other, element));
        while let Some(place) = at {
            around.push(&self.elements[place]);
            at = self.elements[place].parent;
        }
        around
    }

    /// What is wrong with the page, in words.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems = vec![];
        let mut must = |holds: bool, problem: String| {
            if !holds {
                problems.push(problem);
            }
        };
        for name in ["h1", "main", "title"] {
            let n = self.all(name).count();
            must(n == 1, format!("{n} of <{name}>"));
        }
        let ids = self.elements.iter().map(|element| element.attribute("id"));
        let ids: Vec<_> = ids.filter(|id| !id.is_empty()).collect();
        let known: BTreeSet<_> = ids.iter().copied().collect();
        must(ids.len() == known.len(), "an id stands twice".to_owned());
        let labelled: BTreeSet<_> = self
            .all("label")
            .map(|label| label.attribute("for"))
            .collect();
        let summary = self.classed("govuk-error-summary").count() > 0;
        must(
            self.title().starts_with("Error: ") == summary,
            format!(
                "the title `{}` does not say whether there are errors",
                self.title()
            ),
        );
        let errors: BTreeSet<_> = self
            .classed("govuk-error-message")
            .map(|one| one.text.as_str())
            .collect();
        for link in self
            .classed("govuk-error-summary__list")
            .flat_map(|list| self.within(list, "a"))
        {
            let said = format!("Error: {}", link.text);
            must(
                errors.contains(said.as_str()),
                format!("`{}` is not said at its field", link.text),
            );
        }
        let mut level = 1;
        for element in &self.elements {
            let name = element.name.as_str();
            for attribute in element.attributes.keys() {
                let inline = attribute == "style" || attribute.starts_with("on");
                must(!inline, format!("inline `{attribute}` in <{name}>"));
            }
            for attribute in ["aria-describedby", "aria-labelledby", "aria-controls"] {
                for id in element.attribute(attribute).split_whitespace() {
                    must(
                        known.contains(id),
                        format!("{attribute} names `{id}`, which is not there"),
                    );
                }
            }
            if let Some(id) = element.attribute("href").strip_prefix('#') {
                must(
                    known.contains(id),
                    format!("a link leads to `#{id}`, which is not there"),
                );
            }
            if element.is(&["input", "select", "textarea"]) && element.attribute("type") != "hidden"
            {
                let id = element.attribute("id");
                must(
                    !id.is_empty() && labelled.contains(id),
                    format!("field `{}` has no label", element.attribute("name")),
                );
            }
            if element.attribute("type") == "radio" {
                let set = self
                    .around(element)
                    .iter()
                    .any(|one| one.name == "fieldset");
                must(
                    set,
                    format!(
                        "radio `{}` stands in no fieldset",
                        element.attribute("name")
                    ),
                );
            }
            if element.is(&[
                "a", "button", "legend", "caption", "label", "h1", "h2", "h3", "th",
            ]) {
                must(
                    !element.text.is_empty() || element.has("aria-label"),
                    format!("an empty <{name}>"),
                );
            }
            if element.is(&["h1", "h2", "h3", "h4"]) && self.is_in_main(element) {
                let this = usize::from(name.as_bytes()[1] - b'0');
                must(
                    this <= level + 1,
                    format!("<{name}> `{}` skips a level", element.text),
                );
                level = this;
            }
            match name {
                "style" => must(false, "inline style".to_owned()),
                "script" => must(
                    element.has("src") && element.text.is_empty(),
                    "inline script".to_owned(),
                ),
                "img" => must(element.has("alt"), "an image without alt".to_owned()),
                "th" => must(
                    element.has("scope"),
                    "a header cell without scope".to_owned(),
                ),
                "table" => must(
                    self.within(element, "caption").count() == 1,
                    "a table without caption".to_owned(),
                ),
                "form" if element.attribute("method") == "post" => {
                    let mut inputs = self.within(element, "input");
                    must(
                        inputs.any(|input| input.attribute("name") == "form_token"),
                        "a form without token".to_owned(),
                    );
                }
                _ => {}
            }
        }
        problems
    }

    pub(crate) fn within<'a>(
        &'a self,
        element: &'a Element,
        name: &'a str,
    ) -> impl Iterator<Item = &'a Element> {
        self.all(name).filter(move |inner| {
            let around = self.around(inner);
            around.iter().skip(1).any(|one| std::ptr::eq(*one, element))
        })
    }

    /// Headings before the page proper, as in the footer, are outlines of their own. The error summary
    /// has its `h2` before the `h1`, as the design system has it.
    fn is_in_main(&self, element: &Element) -> bool {
        let around = self.around(element);
        let inside = |name: &str| around.iter().any(|one| one.name == name);
        let summary = around
            .iter()
            .any(|one| one.attribute("class") == "govuk-error-summary");
        inside("main") && !summary
    }
}

fn say(elements: &mut [Element], open: &[usize], text: &str) {
    let text = plain(text);
    for &at in open {
        elements[at].text.push_str(&text);
        // Block elements end a word; a space too many is taken out later.
        if elements[at].name != "title" {
            elements[at].text.push(' ');
        }
    }
}

fn attributes(tag: &str) -> (String, BTreeMap<String, String>) {
    let tag = tag.trim();
    let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    let mut all = BTreeMap::new();
    while !rest.trim().is_empty() {
        rest = rest.trim_start();
        let end = rest
            .find(|c: char| c == '=' || c.is_whitespace())
            .unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(after) => after.split_once('"').expect("a quote is closed"),
            None => ("", after),
        };
        assert!(
            !value.is_empty() || !after.starts_with('='),
            "`{key}` in <{name}> is quoted"
        );
        let twice = all.insert(key.to_owned(), plain(value));
        assert!(twice.is_none(), "`{key}` stands twice in <{name}>");
        rest = after;
    }
    (name.to_owned(), all)
}

fn plain(text: &str) -> String {
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"");
    let text = text.replace("&#x27;", "'").replace("&#x2f;", "/");
    text.replace("&amp;", "&")
}
