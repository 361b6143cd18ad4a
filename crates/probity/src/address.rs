//! Addresses of pages as people type them.

use icap_proto::http::Target;

use crate::failure::Failure;

/// Host, port and path of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SiteAddress {
    /// In lower case.
    pub(crate) host: String,
    /// The scheme's own unless given.
    pub(crate) port: u16,
    /// Without query.
    pub(crate) path: String,
}

impl SiteAddress {
    /// Reads an address with or without a scheme, by the same rules as the gate.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let whole = if text.contains("://") {
            text.to_owned()
        } else {
            format!("http://{text}")
        };
        // Browsers read a backslash as a slash, others as part of a name: neither guess is safe.
        let is_plain = !whole.contains(|c: char| c == '\\' || c.is_control());
        match Target::parse("GET", whole.as_bytes(), None) {
            Ok(target) if is_plain && is_host(&target.host) => Ok(Self {
                host: target.host.to_string(),
                port: target.port.unwrap_or(80),
                path: target.path().to_owned(),
            }),
            _ => Err(Failure::usage(format!(
                "`{text}` is not the address of a page, such as https://www.example.org/page; names in other scripts are written as browsers send them, beginning with xn--"
            ))),
        }
    }
}

/// Whether a gate would see such a host: letters, digits, hyphens and dots, or an address. Names in
/// other scripts come as browsers send them, beginning with `xn--`.
fn is_host(host: &str) -> bool {
    let is_address = host.starts_with('[') && host.ends_with(']');
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    is_address || host.split('.').all(is_label)
}
