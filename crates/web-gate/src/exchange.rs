//! One exchange: a request in the buffer, and the answer to it.

use std::net::{IpAddr, SocketAddr};

use icap_proto::Parsed;
use icap_proto::allow::{Allow, answer_unmodified};
use icap_proto::chunked::{Decoder, Last, push_chunk, push_last};
use icap_proto::headers::RawHead;
use icap_proto::identity::{Identity, UserEncoding};
use icap_proto::istag::IsTag;
use icap_proto::reply::{self, Body, Carries, Failure, Mode, OptionsReply, Page, Reply, Transfer};
use icap_proto::request::{Method, Request};
use icap_proto::transaction::Transaction;
use site_categories::ListVersion;

use crate::answer::Answer;
use crate::body::{PREVIEW_BYTES, Start, sent_for, start};
use crate::event::{self, Asker};
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
    /// The rest of the body under way was sent for.
    sent_for: bool,
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
            sent_for: false,
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
    /// More bytes are needed: of a body (or else of heads).
    Incomplete { of_body: bool },
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

    /// What is still to come of a body of which this is here.
    fn of(start: &Start<'_>, fate: Fate) -> Option<Self> {
        match &start.sent_for {
            Some(_) if start.whole => None,
            Some(decoder) => Some(Self {
                decoder: decoder.clone(),
                fate,
            }),
            None => Some(Self::new(fate)),
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
            Ok(Parsed::Incomplete) => return Step::Incomplete { of_body: false },
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
        let inspected = self.settings().inspected_bytes as usize;
        let (message, wanted) = match (icap.method, mode) {
            (Method::Reqmod, Mode::Reqmod) => {
                let http = transaction.http_request.as_ref();
                let is_ours = http.is_some_and(crate::answer::is_for_the_gate);
                let wanted = if is_ours {
                    MOST_FORM_BYTES
                } else {
                    inspected.max(WANTED_BYTES)
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
            false => Ok(Some(Start::none())),
            true => start(&window[heads..], previewed, wanted),
        };
        let looks_on = |start: &Start<'_>| {
            let is_short = previewed && !start.whole && start.bytes.len() < inspected;
            let knows_size = |bytes| self.point.information().knows_size(bytes);
            is_short && event::is_looked_through(&transaction, &start.bytes, knows_size)
        };
        let start = match start {
            Ok(Some(start)) if looks_on(&start) => {
                if !peer.sent_for {
                    peer.sent_for = true;
                    reply::proceed(out);
                }
                sent_for(&window[heads..], start, inspected)
            }
            start => start,
        };
        let start = match start {
            Ok(Some(start)) => start,
            Ok(None) => return Step::Incomplete { of_body: true },
            Err(fault) => {
                tracing::warn!(address = %peer.address, %fault, "malformed body");
                return self.fail(out, Failure::BadRequest);
            }
        };
        let previewed = previewed && start.sent_for.is_none();
        let mut allow = icap.allow;
        if start.sent_for.is_some() {
            // Squid keeps no copy of a body for which it offers no 204. Its 206 then holds for the
            // preview only, which is over.
            allow.partial &= allow.no_modification;
        }
        peer.sent_for = false;
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
            allow,
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
    let drain = || {
        let comes = message.has_body && !message.previewed;
        comes
            .then(|| Rest::of(message.start, Fate::Drain))
            .flatten()
    };
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
                true => echo(out, message.start),
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
    let start = message.start;
    if start.whole && message.previewed {
        reply.adapted(out, carries, head, Body::Whole(&start.bytes));
        return None;
    }
    if message.allow.partial {
        reply.partial(out, carries, head, &[], 0);
        let comes = !message.previewed;
        return comes.then(|| Rest::of(start, Fate::Drain)).flatten();
    }
    if message.previewed {
        reply::proceed(out);
        reply.adapted(out, carries, head, Body::Streamed);
        push_chunk(out, &start.bytes);
        return Some(Rest::new(Fate::Echo));
    }
    reply.adapted(out, carries, head, Body::Streamed);
    echo(out, start)
}

/// Passes back what is here of a body that was sent for, and says what is to follow. A body that
/// came without a preview is read again from its start.
fn echo(out: &mut Vec<u8>, start: &Start<'_>) -> Option<Rest> {
    if start.sent_for.is_some() {
        push_chunk(out, &start.bytes);
        if start.whole {
            push_last(out, Last::Plain);
        }
    }
    Rest::of(start, Fate::Echo)
}
