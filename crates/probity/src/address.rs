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
        match Target::parse("GET", whole.as_bytes(), None) {
            Ok(target) if !target.host.is_empty() => Ok(Self {
                host: target.host.to_string(),
                port: target.port.unwrap_or(80),
                path: target.path().to_owned(),
            }),
            _ => Err(Failure::usage(format!(
                "`{text}` is not the address of a page, such as https://www.example.org/page"
            ))),
        }
    }
}
