//! Real links from one page of a list to the next, with the filters kept in the address.

use matters::id::MatterId;
use serde::Serialize;

use crate::guard::escaped;

/// Links for the `pagination` macro.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Paging {
    /// To the first page, from any later one.
    pub first: Option<String>,
    /// To the page after this.
    pub next: Option<String>,
}

impl Paging {
    /// Links of a list that goes on after an id. `filters` are the other values of its address;
    /// `after` is where this page began, `last` its last item if there are more.
    pub fn after(
        path: &str,
        filters: &[(&str, &str)],
        after: Option<&str>,
        last: Option<&MatterId>,
    ) -> Self {
        Self {
            first: after.map(|_| address(path, filters, None)),
            next: last.map(|last| address(path, filters, Some(last.as_str()))),
        }
    }
}

/// An address with values in it; empty ones are left out.
pub fn address(path: &str, filters: &[(&str, &str)], after: Option<&str>) -> String {
    let after = after.map(|after| ("after", after));
    let pairs = filters.iter().copied().chain(after);
    let pairs = pairs.filter(|(_, value)| !value.is_empty());
    let pairs: Vec<_> = pairs
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect();
    match pairs.is_empty() {
        true => path.to_owned(),
        false => format!("{path}?{}", pairs.join("&")),
    }
}
