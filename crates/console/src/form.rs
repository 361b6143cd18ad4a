//! What a browser posts, read with bounds and turned into values or into errors at their fields.
//!
//! A page reads each field once, by its kind; every reading that fails leaves an error at that field.
//! If [`Form::is_good`] is then false the page is shown again with the same form, which keeps what
//! was typed, lists the errors and marks the fields (status 422).

use std::collections::BTreeMap;

use jiff::civil::Date;
use matters::machine::Refused;
use register_store::matters_kept::Version;
use serde::Serialize;

use crate::failure::Failure;

pub mod date;
pub mod read;
pub mod text;

pub use date::Day;
pub use text::Text;

/// The hidden field that makes a form count once.
pub const TOKEN: &str = "form_token";

/// The hidden field with the version of the matter a page was made from.
pub const VERSION: &str = "version";

/// A file that came with a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The field.
    pub field: String,
    /// As the browser named it: to be shown, never to be used as a path.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The fields of a form with what is wrong with them.
#[derive(Debug, Clone, Default)]
pub struct Form {
    fields: BTreeMap<String, Vec<String>>,
    files: Vec<Upload>,
    errors: Vec<FieldError>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field.
    pub field: String,
    /// What is wrong and what to do; the same words at the field and in the summary.
    pub message: String,
    /// Where the summary's link leads.
    pub href: String,
}

impl Form {
    /// A form that was not posted, with values to begin from.
    pub fn with<'a>(values: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let mut form = Self::default();
        for (field, value) in values {
            form.add(field.to_owned(), value);
        }
        form
    }

    fn add(&mut self, field: String, value: String) {
        self.fields.entry(field).or_default().push(value);
    }

    /// A field as it came: unchecked, empty if absent. For values that are looked up, not kept.
    pub fn raw(&self, field: &str) -> &str {
        self.all(field).first().map_or("", String::as_str)
    }

    /// All values of a field as they came.
    pub fn all(&self, field: &str) -> &[String] {
        self.fields.get(field).map_or(&[], Vec::as_slice)
    }

    /// A field of free text. Empty where there is none, or an error.
    pub fn text(&mut self, field: &str, text: &Text) -> String {
        match text.read(self.raw(field)) {
            Ok(read) => read,
            Err(message) => {
                self.error(field, message);
                String::new()
            }
        }
    }

    /// One of the choices that were offered. Anything else counts as none.
    pub fn choice<T>(
        &mut self,
        field: &str,
        find: impl FnOnce(&str) -> Option<T>,
        missing: &str,
    ) -> Option<T> {
        let chosen = Some(self.raw(field)).filter(|chosen| !chosen.is_empty());
        let chosen = chosen.and_then(find);
        if chosen.is_none() {
            self.error(field, missing);
        }
        chosen
    }

    /// At least one of the choices that were offered, each once, in the order they came.
    pub fn choices<T: PartialEq>(
        &mut self,
        field: &str,
        find: impl Fn(&str) -> Option<T>,
        missing: &str,
    ) -> Vec<T> {
        let mut chosen: Vec<T> = Vec::new();
        for value in self.all(field) {
            chosen.extend(find(value).filter(|value| !chosen.contains(value)));
        }
        if chosen.is_empty() {
            self.error(field, missing);
        }
        chosen
    }

    /// A box that has to be ticked.
    pub fn ticked(&mut self, field: &str, missing: &str) -> bool {
        let ticked = self.raw(field) == "yes";
        if !ticked {
            self.error(field, missing);
        }
        ticked
    }

    /// A day in three fields: `FIELD-day`, `FIELD-month`, `FIELD-year`.
    pub fn date(&mut self, field: &str, day: &Day) -> Option<Date> {
        let parts = ["day", "month", "year"].map(|part| self.raw(&format!("{field}-{part}")));
        match day.read(parts) {
            Ok(date) => date,
            Err((part, message)) => {
                let href = format!("#{field}-{part}");
                self.error_at(field, message, href);
                None
            }
        }
    }

    /// A file, if one was chosen.
    pub fn file(&self, field: &str) -> Option<&Upload> {
        self.files
            .iter()
            .find(|file| file.field == field && !file.bytes.is_empty())
    }

    /// The version of the matter the page was made from. A form without one is not ours.
    pub fn version(&self) -> Result<Version, Failure> {
        let version = self.raw(VERSION).parse().map(Version);
        version.map_err(|_| Failure::NotOurForm)
    }

    /// Something is wrong with a field. Only the first thing is said.
    pub fn error(&mut self, field: &str, message: impl Into<String>) {
        self.error_at(field, message.into(), format!("#{field}"));
    }

    fn error_at(&mut self, field: &str, message: String, href: String) {
        if self.errors.iter().all(|error| error.field != field) {
            let field = field.to_owned();
            self.errors.push(FieldError {
                field,
                message,
                href,
            });
        }
    }

    /// Turns a refusal into an error at its field, where it names one of this form's; any other
    /// failure is the whole page's.
    pub fn refused(&mut self, failure: Failure) -> Result<(), Failure> {
        match failure {
            Failure::Refused(Refused::Field { field, problem }) => {
                self.error(field, capital(&problem));
                Ok(())
            }
            other => Err(other),
        }
    }

    /// Whether nothing is wrong.
    pub fn is_good(&self) -> bool {
        self.errors.is_empty()
    }

    /// What is wrong, in the order it was read.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// The values of these fields, to be kept in a draft.
    pub fn answers<'a>(
        &'a self,
        fields: &'a [&'a str],
    ) -> impl Iterator<Item = (String, Vec<String>)> + 'a {
        fields.iter().map(|field| {
            let values = self.all(field).to_vec();
            ((*field).to_owned(), values)
        })
    }

    /// All values of all fields, to be kept in a draft.
    pub(crate) fn all_answers(&self) -> impl Iterator<Item = (String, Vec<String>)> {
        self.fields.clone().into_iter()
    }

    /// The same, if no file came with it.
    pub(crate) fn without_files(&self) -> Option<Self> {
        let none = self.files.iter().all(|file| file.bytes.is_empty());
        none.then(|| Self {
            fields: self.fields.clone(),
            ..Self::default()
        })
    }

    /// Drops the values of these fields.
    pub fn forget(&mut self, fields: &[&str]) {
        self.fields
            .retain(|field, _| !fields.contains(&field.as_str()));
    }

    /// Adds the fields of another form that are not in this one.
    pub fn also(&mut self, other: Self) {
        for (field, values) in other.fields {
            self.fields.entry(field).or_insert(values);
        }
    }

    /// Every name, value and file, in an order that does not depend on the browser's.
    pub(crate) fn each(&self, add: &mut impl FnMut(&[u8])) {
        for (field, values) in &self.fields {
            add(field.as_bytes());
            values.iter().for_each(|value| add(value.as_bytes()));
        }
        for file in &self.files {
            add(file.field.as_bytes());
            add(&file.bytes);
        }
    }

    /// For the templates: `form.values`, `form.lists`, `form.errors` by field, `form.summary`.
    pub(crate) fn shown(&self) -> Shown<'_> {
        Shown {
            values: self
                .fields
                .keys()
                .map(|field| (field.as_str(), self.raw(field)))
                .collect(),
            lists: &self.fields,
            errors: self
                .errors
                .iter()
                .map(|error| (error.field.as_str(), error.message.as_str()))
                .collect(),
            summary: &self.errors,
        }
    }
}

/// The same words with a capital first.
pub(crate) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// A form as templates see it.
#[derive(Debug, Serialize)]
pub(crate) struct Shown<'a> {
    values: BTreeMap<&'a str, &'a str>,
    lists: &'a BTreeMap<String, Vec<String>>,
    errors: BTreeMap<&'a str, &'a str>,
    summary: &'a [FieldError],
}

#[cfg(test)]
mod tests;
