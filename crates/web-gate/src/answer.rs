//! From an event to its answer: decide, record, and carry out what was decided.

mod go_on;
mod tunnel;

use content::contents::{Body, Contents};
use decision_point::adopted::Adopted;
use decision_point::entry::{CarriedOut, CarriedOutcome};
use decision_point::point::Unrecorded;
use decision_point::web::{WebEvent, WebVerdict};
use icap_proto::headers::RawHead;
use icap_proto::http::{HttpRequest, HttpResponse, Rewrite};
use icap_proto::transaction::Transaction;
use journal::Recorded;
use policy::decision::{Decision, Outcome};
use policy::obligation::Obligation;
use policy::request::Action;

use crate::body::Start;
use crate::coach::good_until;
use crate::event::{self, Asker};
use crate::failure::{self, Trouble};
use crate::integrate::{POOL_HEADER, TLS_CLOSED, TLS_HEADER};
use crate::own_body::OwnBody;
use crate::pages::{About, Because, CoachForm, OwnPage, Stopped, Thing};
use crate::serve::WebGate;

pub(crate) use go_on::is_for_the_gate;
use tunnel::Tunnel;

/// Clauses a page explains; the rest is on the record.
const EXPLAINED: usize = 3;

/// Bytes of a body looked through where it is: under a millisecond's work.
const LIGHT: usize = 16 << 10;

/// Longest host a page shows, in characters. DNS has no longer ones.
const LONGEST_HOST: usize = 253;

/// What is answered.
#[derive(Debug)]
pub(crate) enum Answer {
    /// It passes as it is.
    Pass,
    /// It passes with this head.
    PassWith(Vec<u8>),
    /// A page instead.
    Page(OwnPage),
}

/// What an answer is about, besides the verdict.
#[derive(Clone, Copy)]
struct Matter<'a> {
    event: &'a WebEvent<'a>,
    request: Option<&'a HttpRequest<'a>>,
    /// The head that passes.
    head: RawHead<'a>,
    tunnel: Tunnel,
}

impl WebGate {
    /// Answers a request that is about to go out.
    pub(crate) async fn reqmod(
        &self,
        transaction: &Transaction<'_>,
        start: &Start<'_>,
        asker: Asker<'_>,
    ) -> (Answer, Option<u64>) {
        let Some(http) = &transaction.http_request else {
            return (Answer::Pass, None);
        };
        let host = event::host(http);
        if is_for_the_gate(http) {
            return (self.go_on(http, &host, start, asker).await, None);
        }
        let mut event = event::of_request(transaction, http, &host, asker, self.now());
        let contents = match event.action {
            Action::Submit => Some(
                self.look_through(&event::body(transaction, None, start))
                    .await,
            ),
            _ => None,
        };
        event.contents = contents.as_ref();
        let tunnel = self.tunnel(http, &host);
        match tunnel {
            Tunnel::No => (),
            Tunnel::ToBeOpened => event.navigation = false,
            // One visit, as far as can be told from outside.
            Tunnel::Closed => (event.tunnel, event.navigation) = (true, true),
        }
        let matter = Matter {
            event: &event,
            request: Some(http),
            head: http.raw,
            tunnel,
        };
        self.decide(matter).await
    }

    /// Answers a response that is about to come in.
    pub(crate) async fn respmod(
        &self,
        transaction: &Transaction<'_>,
        response: &HttpResponse<'_>,
        start: &Start<'_>,
        asker: Asker<'_>,
    ) -> (Answer, Option<u64>) {
        if !event::is_download(transaction, response) {
            return (Answer::Pass, None);
        }
        let http = transaction.http_request.as_ref();
        let host = http.map(event::host).unwrap_or_default();
        let mut event = event::of_response(http, response, &host, &start.bytes, asker, self.now());
        let file_name = response.file_name();
        let file_name = file_name.as_deref().map(String::from_utf8_lossy);
        let knows_size = |bytes| self.point.information().knows_size(bytes);
        let contents = match event::is_looked_through(transaction, &start.bytes, knows_size) {
            true => {
                let body = event::body(transaction, file_name.as_deref(), start);
                Some(self.look_through(&body).await)
            }
            false => None,
        };
        event.contents = contents.as_ref();
        let matter = Matter {
            event: &event,
            request: http,
            head: response.raw,
            tunnel: Tunnel::No,
        };
        self.decide(matter).await
    }

    /// What a body holds. A long one may take a while, which other connections are not to wait for.
    async fn look_through(&self, body: &Body<'_>) -> Contents {
        let mut contents = if body.bytes.len() > LIGHT {
            // Never closed, so there is always a turn to wait for.
            let _turn = self.heavy.acquire().await;
            let (point, own) = (self.point.clone(), OwnBody::of(body));
            let looked = tokio::task::spawn_blocking(move || {
                let information = point.information();
                information.look_through_body(&own.lent())
            });
            // Nobody aborts it: what ends it otherwise is a panic, which is this connection's.
            looked
                .await
                .unwrap_or_else(|ended| std::panic::resume_unwind(ended.into_panic()))
        } else {
            self.point.information().look_through_body(body)
        };
        self.point.scan(&mut contents, body.bytes).await;
        contents
    }

    async fn decide(&self, matter: Matter<'_>) -> (Answer, Option<u64>) {
        match self.point.decide_web(matter.event).await {
            Ok(verdict) => {
                let entry = verdict.entry().0;
                (self.carry_out(&verdict, matter), Some(entry))
            }
            Err(unrecorded) => (self.unrecorded(&unrecorded, matter), None),
        }
    }

    fn unrecorded(&self, unrecorded: &Unrecorded, matter: Matter<'_>) -> Answer {
        if self.may_complain() {
            let error = unrecorded as &dyn std::error::Error;
            tracing::error!(error, "requests cannot be recorded");
        }
        let to_be_opened = matter.tunnel == Tunnel::ToBeOpened;
        match failure::passes(Trouble::Unrecorded(unrecorded), to_be_opened) {
            true => self.pass(&[], matter),
            false => self.unable(matter.request, matter.event.host, None),
        }
    }

    /// Does what a recorded decision says.
    fn carry_out(&self, verdict: &Recorded<WebVerdict>, matter: Matter<'_>) -> Answer {
        let adopted = self.point.information().adopted();
        if failure::is_undecided(&verdict.decision) {
            let trouble = Trouble::Unevaluated {
                request: &verdict.request,
                known_good: &adopted.pack().settings().web.pass_when_unrecorded,
            };
            if !failure::passes(trouble, matter.tunnel == Tunnel::ToBeOpened) {
                let entry = Some(verdict.entry().0);
                return self.unable(matter.request, matter.event.host, entry);
            }
        }
        let outcome = verdict.decision.outcome;
        match (matter.tunnel, outcome) {
            (_, Outcome::Permit) => self.pass(&self.pools(verdict, matter), matter),
            (Tunnel::ToBeOpened, _) => {
                let why = CarriedOutcome::NotKnown;
                self.note(verdict, matter, outcome.name().to_owned(), why);
                self.pass(&[], matter)
            }
            (Tunnel::Closed, Outcome::Warn) => {
                let why = "nothing can be shown in a tunnel".to_owned();
                let why = CarriedOutcome::Failed(why);
                self.note(verdict, matter, outcome.name().to_owned(), why);
                self.pass(&self.pools(verdict, matter), matter)
            }
            (Tunnel::No, Outcome::Warn) if verdict.acknowledged => {
                self.pass(&self.pools(verdict, matter), matter)
            }
            (Tunnel::No, Outcome::Warn) => self.warn(verdict, matter, adopted),
            (_, Outcome::Hold | Outcome::Refuse) => self.refuse_page(verdict, matter, adopted),
        }
    }

    /// Lets the message through, with the marks Squid is to read on it.
    fn pass(&self, pools: &[&str], matter: Matter<'_>) -> Answer {
        let mut set = Vec::new();
        if let Some(pool) = pools.first() {
            set.push((POOL_HEADER, *pool));
        }
        let mut remove: &[&str] = &[];
        match matter.tunnel {
            Tunnel::Closed if self.settings().tls_opened => set.push((TLS_HEADER, TLS_CLOSED)),
            // A client that could set this mark itself would keep its tunnels closed.
            Tunnel::Closed | Tunnel::ToBeOpened => {
                let marked = matter
                    .request
                    .and_then(|http| http.headers.find(TLS_HEADER));
                if marked.is_some() {
                    remove = &[TLS_HEADER];
                }
            }
            Tunnel::No => (),
        }
        if set.is_empty() && remove.is_empty() {
            return Answer::Pass;
        }
        let rewrite = Rewrite {
            address: None,
            remove,
            set: &set,
        };
        let mut head = Vec::with_capacity(matter.head.as_wire_bytes().len() + 64);
        match rewrite.apply(matter.head, &mut head) {
            Ok(()) => Answer::PassWith(head),
            // Cannot happen without a new address.
            Err(_) => Answer::Pass,
        }
    }

    /// The pools the transfer is to be slowed through, noted as asked for.
    fn pools<'a>(&self, verdict: &'a Recorded<WebVerdict>, matter: Matter<'_>) -> Vec<&'a str> {
        let mut pools = Vec::new();
        if matter.tunnel == Tunnel::ToBeOpened {
            // What goes through it is decided, and slowed, by itself.
            return pools;
        }
        for obligation in &verdict.decision.obligations {
            if let Obligation::Throttle(pool) = obligation {
                let outcome = match pools.is_empty() {
                    true => CarriedOutcome::Done,
                    false => CarriedOutcome::Failed("another pool comes first".to_owned()),
                };
                self.note(verdict, matter, obligation.to_string(), outcome);
                pools.push(pool.as_str());
            }
        }
        pools
    }

    fn note(
        &self,
        verdict: &Recorded<WebVerdict>,
        matter: Matter<'_>,
        obligation: String,
        outcome: CarriedOutcome,
    ) {
        let carried_out = [CarriedOut {
            obligation,
            outcome,
        }];
        let noted = self
            .point
            .carried_out(verdict, &carried_out, matter.event.at);
        if let Err(error) = noted
            && self.may_complain()
        {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "outcomes of obligations cannot be recorded");
        }
    }

    fn refuse_page(
        &self,
        verdict: &Recorded<WebVerdict>,
        matter: Matter<'_>,
        adopted: &Adopted,
    ) -> Answer {
        let reasons = because(&verdict.decision, adopted);
        let about = about(adopted, matter.event.host, Some(verdict.entry().0));
        let thing = match matter.event.action {
            Action::Download => Thing::Download,
            Action::Submit => Thing::Upload,
            _ => Thing::Page,
        };
        let stopped = match verdict.decision.outcome {
            Outcome::Hold => Stopped::Held,
            _ if is_about_access(&verdict.decision, adopted) => Stopped::WithoutAccess,
            _ => Stopped::Refused,
        };
        let page = match is_shown(matter.request) {
            true => self.pages.refused(about, thing, stopped, &reasons),
            false => self.pages.short(about, &reasons),
        };
        to(matter.request, page)
    }

    fn warn(
        &self,
        verdict: &Recorded<WebVerdict>,
        matter: Matter<'_>,
        adopted: &Adopted,
    ) -> Answer {
        let reasons = because(&verdict.decision, adopted);
        let about = about(adopted, matter.event.host, Some(verdict.entry().0));
        if !is_shown(matter.request) {
            return to(matter.request, self.pages.short(about, &reasons));
        }
        let event = matter.event;
        let who = verdict.person.as_deref().unwrap_or(event.client);
        let clauses = verdict
            .decision
            .standing()
            .filter(|reason| reason.outcome == Outcome::Warn)
            .map(|reason| reason.clause.clone())
            .collect();
        let until = good_until(event.at, self.settings().coach_page_minutes);
        let return_to = matter.request.map_or_else(String::new, go_on::return_to);
        match self.coach.show(who, clauses, event.host, return_to, until) {
            Ok(token) => {
                let form = CoachForm {
                    token: &token,
                    missing: false,
                };
                to(matter.request, self.pages.coach(about, &reasons, form))
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "no coach page");
                self.unable(matter.request, event.host, about.entry)
            }
        }
    }

    /// The page of the failure mode.
    fn unable(&self, request: Option<&HttpRequest<'_>>, host: &str, entry: Option<u64>) -> Answer {
        let adopted = self.point.information().adopted();
        to(request, self.pages.unable(about(adopted, host, entry)))
    }
}

/// Whether a person would see a page: somebody went there, or at least no browser says otherwise.
fn is_shown(request: Option<&HttpRequest<'_>>) -> bool {
    request.is_some_and(event::is_navigation)
}

fn to(request: Option<&HttpRequest<'_>>, mut page: OwnPage) -> Answer {
    page.to_head = request.is_some_and(|http| http.method == "HEAD");
    Answer::Page(page)
}

fn about<'a>(adopted: &'a Adopted, host: &'a str, entry: Option<u64>) -> About<'a> {
    let end = host.char_indices().nth(LONGEST_HOST);
    let host = end.map_or(host, |(end, _)| &host[..end]);
    About {
        pack: adopted.pack().settings(),
        host,
        entry,
    }
}

/// Whether the weightiest reason looks only at how the person stands (unsigned, not granted,
/// withdrawn) and not at what they asked for.
fn is_about_access(decision: &Decision, adopted: &Adopted) -> bool {
    let rules = adopted.pack().rules();
    let leading = decision.leading();
    let rule = leading.and_then(|reason| rules.iter().find(|rule| rule.id == reason.rule));
    rule.is_some_and(|rule| !rule.reads.act && !rule.reads.person.is_empty())
}

/// The clauses behind the outcome, weightiest first, each once.
fn because<'a>(decision: &'a Decision, adopted: &'a Adopted) -> Vec<Because<'a>> {
    let mut reasons: Vec<Because<'_>> = Vec::new();
    for reason in decision.standing() {
        let known = reasons
            .iter()
            .any(|because| because.number == reason.clause.number());
        if reason.outcome != decision.outcome || known || reasons.len() == EXPLAINED {
            continue;
        }
        let clause = adopted.pack().clause(reason.clause.as_str());
        // One rule may rest on several clauses; what to do now is said once.
        let said = |notice: &&str| reasons.iter().any(|because| because.notice == Some(notice));
        let notice = reason.notice.as_deref().filter(|notice| !said(notice));
        reasons.push(Because {
            number: reason.clause.number(),
            title: &reason.title,
            gist: clause.map_or("", |clause| &clause.gist),
            notice,
        });
    }
    reasons
}
