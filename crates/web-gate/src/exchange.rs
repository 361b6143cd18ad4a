//! One exchange: a request in the buffer, and the answer to it.

use std::net::{IpAddr, SocketAddr};

use icap_proto::Parsed;
use icap_proto::allow::{Allow, answer_unmodified};
use icap_proto::chunked::{Decoder, push_chunk};
use icap_proto::headers::RawHead;
use icap_proto::identity::{Identity, UserEncoding};
use icap_proto::istag::IsTag;
use icap_proto::reply::{self, Body, Carries, Failure, Mode, OptionsReply, Page, Reply, Transfer};
use icap_proto::request::{Method, Request};
use icap_proto::transaction::Transaction;
use site_categories::ListVersion;

use crate::answer::Answer;
use crate::body::{PREVIEW_BYTES, Start, start};
use crate::event::Asker;
use crate::form::MOST_FORM_BYTES;
use crate::serve::WebGate;
use crate::settings::Settings;

/// Seconds a client may remember what a service can do.
const OPTIONS_TTL_SECONDS: u32 = 300;

/// Bytes of a body without preview that a decision waits for.
const WANTED_BYTES: usize = 512;

/// The program at the other end of a connection, and what is worked out once for it.
pub(crate) struct Peer {
    address: SocketAddr,
    trusted: bool,
    users: UserEncoding,
    /// The last client's address, as text.
    client: Option<(IpAddr, String)>,
    /// The state tag for these lists.
    tag: Option<(Option<ListVersion>, IsTag)>,
}

impl Peer {
    pub(crate) fn new(address: SocketAddr, settings: &Settings) -> Self {
        Self {
            address,
            trusted: settings.trusts(address.ip()),
            users: settings.user_names.into(),
            client: None,
            tag: None,
        }
    }

    /// The service's state, spelled anew only when it changed.
    fn istag(&mut self, gate: &WebGate) -> IsTag {
        let lists = gate.point.information().lists_version();
        match self.tag {
            Some((version, tag)) if version == lists => tag,
            _ => {
                let tag = gate.istag();
                self.tag = Some((lists, tag));
                tag
            }
        }
    }

    /// Who asks, if this peer is to be believed.
    fn identity<'a>(&mut self, icap: &Request<'a>) -> Option<Identity<'a>> {
        if !self.trusted {
            return None;
        }
        if let Some(ip) = icap.client_ip
            && self.client.as_ref().is_none_or(|(known, _)| *known != ip)
        {
            self.client = Some((ip, ip.to_canonical().to_string()));
        }
        if icap.client_ip.is_none() {
            self.client = None;
        }
        icap.identity(self.users)
    }
}

/// What came of looking at the buffer.
pub(crate) enum Step {
    /// More bytes are needed.
    Incomplete,
    /// The answer, or all of it but a body, is written.
    Replied {
        /// Bytes that are done with.
        consumed: usize,
        /// Close after the answer.
        close: bool,
        /// A body that still comes.
        rest: Option<Rest>,
    },
}

/// A body that still comes.
pub(crate) struct Rest {
    pub(crate) decoder: Decoder,
    pub(crate) fate: Fate,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is read and dropped.
    Drain,
    /// It is passed back as it comes.
    Echo,
}

impl Rest {
    fn new(fate: Fate) -> Self {
        Self {
            decoder: Decoder::new(),
            fate,
        }
    }
}

/// The HTTP message an answer may send back, and how far its body is here.
struct Message<'a> {
    carries: Carries,
    head: RawHead<'a>,
    start: &'a Start<'a>,
    has_body: bool,
    previewed: bool,
    allow: Allow,
}

impl WebGate {
    /// Answers the request at the front of `window`.
    pub(crate) async fn step(&self, peer: &mut Peer, window: &[u8], out: &mut Vec<u8>) -> Step {
        let (transaction, heads) = match Transaction::parse(window, &self.limits) {
            Ok(Parsed::Complete { value, consumed }) => (value, consumed),
            Ok(Parsed::Incomplete) => return Step::Incomplete,
            Err(fault) => {
                tracing::warn!(
                    address = %peer.address,
                    fault = &fault as &dyn std::error::Error,
                    "malformed request"
                );
                return self.fail(out, fault.failure());
            }
        };
        let icap = &transaction.icap;
        let mode = match icap.service {
            service if service == self.settings().reqmod_service => Mode::Reqmod,
            service if service == self.settings().respmod_service => Mode::Respmod,
            _ => return self.fail(out, Failure::ServiceNotFound),
        };
        let has_body = icap.encapsulated.has_body();
        if icap.method == Method::Options {
            return self.present(mode, icap, heads, out);
        }
        let previewed = icap.preview.is_some();
        let (message, wanted) = match (icap.method, mode) {
            (Method::Reqmod, Mode::Reqmod) => {
                let http = transaction.http_request.as_ref();
                let is_ours = http.is_some_and(crate::answer::is_for_the_gate);
                let wanted = if is_ours {
                    MOST_FORM_BYTES
                } else {
                    WANTED_BYTES
                };
                let head = http.map(|http| (Carries::Request, http.raw));
                (head, wanted)
            }
            (Method::Respmod, Mode::Respmod) => {
                let http = transaction.http_response.as_ref();
                (http.map(|http| (Carries::Response, http.raw)), WANTED_BYTES)
            }
            _ => return self.fail(out, Failure::MethodNotAllowed),
        };
        let Some((carries, head)) = message else {
            return self.fail(out, Failure::BadRequest);
        };
        let start = match has_body {
            false => Start::none(),
            true => match start(&window[heads..], previewed, wanted) {
                Ok(Some(start)) => start,
                Ok(None) => return Step::Incomplete,
                Err(fault) => {
                    tracing::warn!(address = %peer.address, %fault, "malformed body");
                    return self.fail(out, Failure::BadRequest);
                }
            },
        };
        let identity = peer.identity(icap);
        let asker = Asker {
            client: peer.client.as_ref().map_or("", |(_, text)| text),
            user: identity.as_ref().map(|identity| &*identity.user),
        };
        let (answer, entry) = match &transaction.http_response {
            Some(response) if mode == Mode::Respmod => {
                self.respmod(&transaction, response, &start, asker).await
            }
            _ => self.reqmod(&transaction, &start, asker).await,
        };
        let message = Message {
            carries,
            head,
            start: &start,
            has_body,
            previewed,
            allow: icap.allow,
        };
        let close = icap.close || self.is_stopping();
        let istag = peer.istag(self);
        let rest = reply(out, &message, &answer, &istag, entry, close);
        Step::Replied {
            consumed: heads + start.taken,
            close,
            rest,
        }
    }

    fn present(&self, mode: Mode, icap: &Request<'_>, heads: usize, out: &mut Vec<u8>) -> Step {
        let istag: IsTag = self.istag();
        let close = icap.close || self.is_stopping();
        let reply = Reply {
            istag: &istag,
            close,
            headers: &[],
        };
        let options = OptionsReply {
            mode,
            service: concat!("Probity ", env!("CARGO_PKG_VERSION")),
            service_id: None,
            preview: Some(PREVIEW_BYTES),
            transfer: Transfer {
                preview: "*",
                ..Transfer::default()
            },
            allow: Allow {
                no_modification: true,
                partial: true,
                trailers: true,
            },
            max_connections: Some(self.settings().max_connections),
            ttl_seconds: Some(OPTIONS_TTL_SECONDS),
        };
        reply.options(out, &options);
        let has_body = icap.encapsulated.has_body();
        Step::Replied {
            consumed: heads,
            close,
            rest: has_body.then(|| Rest::new(Fate::Drain)),
        }
    }

    fn fail(&self, out: &mut Vec<u8>, failure: Failure) -> Step {
        self.refuse(out, failure);
        Step::Replied {
            consumed: 0,
            close: true,
            rest: None,
        }
    }
}

/// Writes an answer, and says what is to happen to the rest of the body.
fn reply(
    out: &mut Vec<u8>,
    message: &Message<'_>,
    answer: &Answer,
    istag: &IsTag,
    entry: Option<u64>,
    close: bool,
) -> Option<Rest> {
    let number = entry.map(|entry| entry.to_string());
    let headers = [("X-Probity-Entry", number.as_deref().unwrap_or_default())];
    let reply = Reply {
        istag,
        close,
        headers: if number.is_some() { &headers } else { &[] },
    };
    // After the last word on a preview the client sends no more of the body.
    let drain = || (message.has_body && !message.previewed).then(|| Rest::new(Fate::Drain));
    match answer {
        Answer::Pass => {
            let way = answer_unmodified(message.allow, message.previewed);
            let body = match message.has_body {
                true => Body::Streamed,
                false => Body::Null,
            };
            let is_echo = way == icap_proto::allow::Unmodified::Echo200;
            reply.unmodified(out, way, message.carries, message.head, body);
            match is_echo && message.has_body {
                true => Some(Rest::new(Fate::Echo)),
                false => drain(),
            }
        }
        Answer::PassWith(head) => match RawHead::new(head) {
            Some(head) => adapted(&reply, out, message, head),
            // Cannot happen: a rewritten head ends as the original did.
            None => {
                reply.failure(out, Failure::ServerError);
                drain()
            }
        },
        Answer::Page(page) => {
            let headers = page.headers();
            let page = Page {
                status: page.status(),
                content_type: page.content_type,
                body: &page.body,
                to_head: page.to_head,
                headers: &headers,
            };
            reply.page(out, &page);
            drain()
        }
    }
}

/// The message with another head. A body that is not here yet is sent for, or left where it is if
/// the client can put the two together.
fn adapted(
    reply: &Reply<'_>,
    out: &mut Vec<u8>,
    message: &Message<'_>,
    head: RawHead<'_>,
) -> Option<Rest> {
    let carries = message.carries;
    if !message.has_body {
        reply.adapted(out, carries, head, Body::Null);
        return None;
    }
    if message.start.whole && message.previewed {
        reply.adapted(out, carries, head, Body::Whole(&message.start.bytes));
        return None;
    }
    if message.allow.partial {
        reply.partial(out, carries, head, &[], 0);
        return (!message.previewed).then(|| Rest::new(Fate::Drain));
    }
    if message.previewed {
        reply::proceed(out);
        reply.adapted(out, carries, head, Body::Streamed);
        push_chunk(out, &message.start.bytes);
    } else {
        reply.adapted(out, carries, head, Body::Streamed);
    }
    Some(Rest::new(Fate::Echo))
}
