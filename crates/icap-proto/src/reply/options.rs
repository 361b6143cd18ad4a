//! The reply to OPTIONS: what a service does and how it wants to be asked.

use super::Reply;
use crate::allow::Allow;
use crate::digits::push_decimal;
use crate::encapsulated::Encapsulated;
use crate::headers::push_field;

/// The one thing a service modifies; RFC 3507 (4.10.2) allows no two at one
/// address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Requests.
    Reqmod,
    /// Responses.
    Respmod,
}

/// Which files come how, by extension. `*` stands for all others and must be in
/// exactly one list, if any list is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Transfer<'a> {
    /// Preview first, e.g. `*`.
    pub preview: &'a str,
    /// Never send.
    pub ignore: &'a str,
    /// Send whole, without preview.
    pub complete: &'a str,
}

/// A service, as it presents itself.
#[derive(Debug, Clone, Copy)]
pub struct OptionsReply<'a> {
    /// What it modifies.
    pub mode: Mode,
    /// Name and version of the software.
    pub service: &'a str,
    /// Short name of the service, for clients that route by it.
    pub service_id: Option<&'a str>,
    /// Bytes of body it wants to see first; `None` for no previews.
    pub preview: Option<u32>,
    /// Which files come how.
    pub transfer: Transfer<'a>,
    /// Which answers it may give to clients that allow them.
    pub allow: Allow,
    /// Connections it will serve at once. Squid divides them by its workers.
    pub max_connections: Option<u32>,
    /// Seconds this reply may be remembered.
    pub ttl_seconds: Option<u32>,
}

impl Reply<'_> {
    /// 200 in answer to OPTIONS.
    pub fn options(&self, out: &mut Vec<u8>, options: &OptionsReply<'_>) {
        out.extend_from_slice(b"ICAP/1.0 200 OK\r\n");
        out.extend_from_slice(match options.mode {
            Mode::Reqmod => b"Methods: REQMOD\r\n",
            Mode::Respmod => b"Methods: RESPMOD\r\n",
        });
        let texts = [
            ("Service", options.service),
            ("Service-ID", options.service_id.unwrap_or_default()),
            ("Allow", options.allow.as_str()),
            ("Transfer-Preview", options.transfer.preview),
            ("Transfer-Ignore", options.transfer.ignore),
            ("Transfer-Complete", options.transfer.complete),
        ];
        for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            push_field(out, name, text.as_bytes());
        }
        let numbers = [
            ("Preview: ", options.preview),
            ("Max-Connections: ", options.max_connections),
            ("Options-TTL: ", options.ttl_seconds),
        ];
        for (name, number) in numbers {
            if let Some(number) = number {
                out.extend_from_slice(name.as_bytes());
                push_decimal(out, u64::from(number));
                out.extend_from_slice(b"\r\n");
            }
        }
        self.push_shared(out);
        Encapsulated::NONE.push_line(out);
        out.extend_from_slice(b"\r\n");
    }
}
