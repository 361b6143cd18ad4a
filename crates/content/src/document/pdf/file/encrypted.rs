//! What a file says of its own encryption.

use super::File;
use crate::document::pdf::encryption::{Encryption, OwnFilter};
use crate::document::pdf::object::{Dictionary, Value};

impl File<'_> {
    pub(super) fn is_encrypted(&self) -> bool {
        self.trailers
            .iter()
            .any(|trailer| encrypt(trailer).is_some())
    }

    /// `None` too where trailers say different things: one reader would decrypt what another takes
    /// as it stands.
    pub(super) fn opened_by_empty_password(&self) -> Option<Encryption> {
        let mut trailers = self.trailers.iter().filter(|t| t.get("Root").is_some());
        let first = encrypt(trailers.next()?)?;
        if trailers.any(|trailer| encrypt(trailer) != Some(first)) {
            return None;
        }
        let stated = self
            .dictionary(first)
            .map(|value| match self.resolve(&value) {
                Value::Dictionary(inner) => {
                    Value::Dictionary(inner.map(|value| match self.resolve(&value) {
                        Value::Dictionary(filter) => {
                            Value::Dictionary(filter.map(|value| self.resolve(&value)))
                        }
                        other => other,
                    }))
                }
                other => other,
            });
        let mut ids = self.trailers.iter().rev().filter_map(|trailer| {
            match self.resolve(trailer.get("ID")?) {
                Value::Array(halves) => match self.resolve(halves.first()?) {
                    Value::String(first) => Some(first),
                    _ => None,
                },
                _ => None,
            }
        });
        Encryption::of(&stated, &ids.next().unwrap_or_default())
    }

    /// What a stream with these filters says of its own encryption.
    pub(super) fn own_filter(&self, stream: &Dictionary, filters: &[String]) -> OwnFilter {
        if filters.iter().any(|name| name == "Crypt") {
            // Without a name it is the filter that does nothing.
            let named = self.crypt_filter(stream);
            OwnFilter::Named(named.unwrap_or_else(|| "Identity".to_owned()))
        } else if stream.is("Type", "EmbeddedFile") {
            OwnFilter::Attachment
        } else {
            OwnFilter::Unstated
        }
    }

    /// The crypt filter that a stream's parameters name.
    fn crypt_filter(&self, stream: &Dictionary) -> Option<String> {
        let parameters = match self.resolve(stream.get("DecodeParms")?) {
            Value::Array(parameters) => parameters,
            other => vec![other],
        };
        let named = |parameters| match self.dictionary(parameters).get("Name") {
            Some(Value::Name(name)) => Some(name.clone()),
            _ => None,
        };
        parameters.iter().find_map(named)
    }
}

/// The encryption dictionary a trailer states, or where it is.
fn encrypt(trailer: &Dictionary) -> Option<&Value> {
    trailer
        .get("Encrypt")
        .filter(|value| **value != Value::Null)
}
