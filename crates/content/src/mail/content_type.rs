//! The fields that decide structure: Content-Type, Content-Transfer-Encoding and
//! Content-Disposition (RFC 2045, 2183, 2231).

use mail_parser::HeaderValue;

use super::ambiguity::AmbiguityKind;
use super::fields::{Fields, is_decodable, parse_value};
use crate::transfer::Encoding;

/// What an entity's header says about its body.
#[derive(Debug, Clone, Default)]
pub(crate) struct Declared {
    /// Lower case, `text` when not stated.
    pub(crate) main: String,
    /// Lower case, `plain` when not stated.
    pub(crate) sub: String,
    /// Whether there was a readable Content-Type field.
    pub(crate) stated: bool,
    pub(crate) parameters: Vec<(String, String)>,
    /// `attachment`, `inline` or another word, lower case.
    pub(crate) disposition: Option<String>,
    /// From Content-Disposition, in the order given; more than one is an ambiguity.
    pub(crate) file_names: Vec<String>,
    /// From Content-Disposition, in a form: which field it is (RFC 7578).
    pub(crate) field_name: Option<String>,
}

impl Declared {
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn is(&self, main: &str, sub: &str) -> bool {
        self.main == main && self.sub == sub
    }

    pub(crate) fn media_type(&self) -> String {
        format!("{}/{}", self.main, self.sub)
    }

    pub(crate) fn charset(&self) -> Option<&str> {
        self.parameter("charset")
    }

    /// Names given to the part, `filename` first, without repeats.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let file_name = self.file_names.first().map(String::as_str);
        for name in [file_name, self.parameter("name")].into_iter().flatten() {
            if !name.is_empty() && names.iter().all(|known| known != name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// Reads the three fields. `default` is the type when none is stated (`message/rfc822`
    /// inside a digest, else `text/plain`).
    pub(crate) fn of(
        fields: &Fields<'_>,
        default: (&str, &str),
        mut wrong: impl FnMut(AmbiguityKind),
    ) -> (Declared, Encoding) {
        let mut declared = Declared {
            main: default.0.to_owned(),
            sub: default.1.to_owned(),
            ..Declared::default()
        };
        if let Some(field) = fields.first("content-type") {
            match structured(field.value, &["boundary", "name", "charset"], &mut wrong) {
                Some((main, Some(sub), parameters)) if is_token(&main) && is_token(&sub) => {
                    declared.main = main;
                    declared.sub = sub;
                    declared.parameters = parameters;
                    declared.stated = true;
                    let lower = field.value.to_ascii_lowercase();
                    if declared.main == "multipart"
                        && memchr::memmem::find(&lower, b"boundary*").is_some()
                    {
                        wrong(AmbiguityKind::BoundaryEncoded);
                    }
                }
                _ => wrong(AmbiguityKind::MalformedContentType),
            }
        }
        if let Some(field) = fields.first("content-disposition")
            && let Some((word, _, parameters)) = structured(field.value, &["filename"], &mut wrong)
        {
            declared.disposition = Some(word);
            for (name, value) in parameters {
                match name.as_str() {
                    "filename" => declared.file_names.push(value),
                    "name" => declared.field_name = declared.field_name.or(Some(value)),
                    _ => (),
                }
            }
        }
        let encoding = match fields.first("content-transfer-encoding") {
            None => Encoding::Identity,
            Some(field) => match field.text().to_ascii_lowercase().as_str() {
                "7bit" | "8bit" | "binary" => Encoding::Identity,
                "base64" => Encoding::Base64,
                "quoted-printable" => Encoding::QuotedPrintable,
                _ => {
                    wrong(AmbiguityKind::UnknownTransferEncoding);
                    Encoding::Identity
                }
            },
        };
        if encoding != Encoding::Identity
            && (declared.main == "multipart"
                || declared.main == "message" && declared.sub != "delivery-status")
        {
            wrong(AmbiguityKind::EncodedContainer);
        }
        (declared, encoding)
    }
}

fn is_token(word: &str) -> bool {
    !word.is_empty()
        && word
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&b))
}

type Structured = (String, Option<String>, Vec<(String, String)>);

/// Type, subtype and parameters; `None` when the value cannot be read. Parameters in `once`
/// may not come twice.
fn structured(
    value: &[u8],
    once: &[&str],
    wrong: &mut impl FnMut(AmbiguityKind),
) -> Option<Structured> {
    if !is_decodable(value) {
        wrong(AmbiguityKind::OversizedHeader);
        return None;
    }
    parse_value(
        value,
        |stream| stream.parse_content_type(),
        |parsed| {
            let HeaderValue::ContentType(parsed) = parsed else {
                return None;
            };
            let parameters: Vec<(String, String)> = parsed
                .attributes
                .unwrap_or_default()
                .into_iter()
                .map(|parameter| {
                    (
                        parameter.name.to_ascii_lowercase(),
                        parameter.value.into_owned(),
                    )
                })
                .collect();
            if once
                .iter()
                .any(|one| parameters.iter().filter(|(name, _)| name == one).count() > 1)
            {
                wrong(AmbiguityKind::DuplicateParameter);
            }
            Some((
                parsed.c_type.trim().to_ascii_lowercase(),
                parsed.c_subtype.map(|sub| sub.trim().to_ascii_lowercase()),
                parameters,
            ))
        },
    )
}
