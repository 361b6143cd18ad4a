//! What all connections share, and the end of a message: read, decide, record, carry out.

use std::sync::Arc;

use content::mail;
use decision_point::entry::{CarriedOut, CarriedOutcome, UnreadMailEntry};
use decision_point::mail::{MailEvent, MailVerdict};
use decision_point::point::DecisionPoint;
use jiff::Timestamp;
use journal::{CannotRecord, Recorded};
use milter_proto::negotiate::Terms;
use milter_proto::reply::{Replies, Verdict};
use milter_proto::session::Limit;
use milter_proto::stage::Stage;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

use crate::answer;
use crate::carry_out::{Carried, Decided, came_of};
use crate::edits;
use crate::gathered::Gathered;
use crate::memory::Memory;
use crate::notice::Notice;
use crate::quarantine::Quarantine;
use crate::settings::{NoticeRoute, Settings};
use crate::submit;

/// Messages up to this size are read where they are, larger ones in a thread of their own:
/// 64 KiB takes well under a millisecond, less than handing it over may.
const LIGHT: usize = 64 * 1024;

/// Large messages worked on at once. Two: each may take three times its size again.
const HEAVY_AT_ONCE: usize = 2;

/// Notices waiting to be handed over. Beyond that they are recorded as failed.
const WAITING_NOTICES: usize = 1000;

/// Everything connections share.
pub(crate) struct Gate {
    pub(crate) point: Arc<DecisionPoint>,
    pub(crate) settings: Settings,
    pub(crate) quarantine: Quarantine,
    pub(crate) memory: Memory,
    heavy: Semaphore,
    notices: Option<mpsc::Sender<Posted>>,
}

/// A notice on its way, with the entry that caused it.
struct Posted {
    notice: Notice,
    of: Arc<Recorded<MailVerdict>>,
}

/// How a message came, apart from its envelope and content.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    pub(crate) at: Timestamp,
    pub(crate) queue_id: String,
    pub(crate) client: String,
    pub(crate) inside: bool,
    pub(crate) authenticated: Option<String>,
}

/// The answer to the end of a message, and what is to be recorded once it is given.
pub(crate) struct Concluded {
    /// Frames to write, the verdict last.
    pub(crate) answer: Vec<u8>,
    recorded: Option<Arc<Recorded<MailVerdict>>>,
    outcomes: Vec<CarriedOut>,
    notices: Vec<Notice>,
}

impl Concluded {
    /// A verdict and nothing else.
    pub(crate) fn bare(terms: &Terms, verdict: &Verdict) -> Self {
        let mut replies = Replies::new(terms);
        if let Err(error) = replies.answer(Stage::EndOfMessage, verdict) {
            // Not reached: no verdict of ours is impossible at the end of a message. Without an
            // answer the MTA's default action applies, which keeps the message.
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "no answer is possible"
            );
        }
        Self {
            answer: replies.as_bytes().to_vec(),
            recorded: None,
            outcomes: Vec::new(),
            notices: Vec::new(),
        }
    }
}

impl Gate {
    pub(crate) fn new(
        point: Arc<DecisionPoint>,
        settings: Settings,
        quarantine: Quarantine,
    ) -> Arc<Self> {
        let (sender, receiver) = mpsc::channel(WAITING_NOTICES);
        let gate = Arc::new(Self {
            memory: Memory::new(settings.limits.memory_bytes, settings.limits.memory_wait),
            heavy: Semaphore::new(HEAVY_AT_ONCE),
            notices: settings.notices.is_some().then_some(sender),
            point,
            settings,
            quarantine,
        });
        if let Some(route) = gate.settings.notices.clone() {
            let (point, clock) = (gate.point.clone(), gate.settings.clock);
            tokio::spawn(post(receiver, route, point, clock));
        }
        gate
    }

    /// Ends a message that is over a limit: recorded, then refused.
    pub(crate) async fn refuse_unread(
        &self,
        arrival: &Arrival,
        gathered: &Gathered,
        n_recipients: u32,
        limit: Limit,
    ) -> Verdict {
        let unread = UnreadMailEntry {
            queue_id: &arrival.queue_id,
            client: &arrival.client,
            authenticated: arrival.authenticated.as_deref(),
            mail_from: &gathered.mail_from,
            n_recipients: u64::from(n_recipients),
            why: match limit {
                Limit::Recipients => "too many recipients",
                Limit::Headers => "too many header fields",
                Limit::HeaderBytes => "header too long",
                Limit::BodyBytes => "message too large",
            },
        };
        tracing::warn!(queue_id = %arrival.queue_id, why = unread.why, "message refused unread");
        let recorded = self.point.refuse_unread_mail(unread, arrival.at);
        match timeout(self.settings.limits.decide_within, recorded).await {
            Ok(Ok(_)) => answer::over_limit(limit),
            Ok(Err(error)) => {
                cannot_record(arrival, &error);
                answer::try_later()
            }
            Err(_) => too_slow(arrival),
        }
    }

    /// Ends a message: reads, decides, records, and works out the answer.
    pub(crate) async fn conclude(
        self: &Arc<Self>,
        arrival: Arrival,
        gathered: &mut Gathered,
        terms: &Terms,
    ) -> Concluded {
        let forged = edits::OURS
            .iter()
            .map(|name| gathered.occurrences(name))
            .max();
        if forged.is_some_and(|most| most > edits::MOST_FORGED) {
            let n = u32::try_from(gathered.recipients.len()).unwrap_or(u32::MAX);
            let verdict = self.refuse_unread(&arrival, gathered, n, Limit::Headers);
            return Concluded::bare(terms, &verdict.await);
        }
        let within = self.settings.limits.decide_within;
        let concluded = if gathered.message.len() <= LIGHT {
            timeout(within, self.decide(&arrival, gathered, terms)).await
        } else {
            timeout(within, self.decide_apart(&arrival, gathered, terms)).await
        };
        concluded.unwrap_or_else(|_| Concluded::bare(terms, &too_slow(&arrival)))
    }

    /// As [`Self::decide`], in a thread of its own.
    async fn decide_apart(
        self: &Arc<Self>,
        arrival: &Arrival,
        gathered: &mut Gathered,
        terms: &Terms,
    ) -> Concluded {
        let Ok(_permit) = self.heavy.acquire().await else {
            return Concluded::bare(terms, &answer::try_later());
        };
        let (gate, arrived, agreed) = (self.clone(), arrival.clone(), terms.clone());
        let message = std::mem::take(gathered);
        let runtime = tokio::runtime::Handle::current();
        let worked = tokio::task::spawn_blocking(move || {
            let concluded = runtime.block_on(gate.decide(&arrived, &message, &agreed));
            (concluded, message)
        });
        match worked.await {
            Ok((concluded, message)) => {
                *gathered = message;
                concluded
            }
            Err(_) => {
                tracing::error!(queue_id = %arrival.queue_id, "deciding a message ended badly");
                Concluded::bare(terms, &answer::try_later())
            }
        }
    }

    async fn decide(&self, arrival: &Arrival, gathered: &Gathered, terms: &Terms) -> Concluded {
        let authserv_id = self.settings.trusted_authserv_id.as_deref();
        let reading = mail::read(&gathered.message, authserv_id, &mail::Limits::default());
        let information = self.point.information();
        let mut contents = information.look_through(&gathered.message, &reading);
        self.point.scan(&mut contents, &gathered.message).await;
        let event = MailEvent {
            at: arrival.at,
            queue_id: &arrival.queue_id,
            client: &arrival.client,
            authenticated: arrival.authenticated.as_deref(),
            from_inside: arrival.inside,
            mail_from: &gathered.mail_from,
            recipients: &gathered.recipients,
            message: &gathered.message,
            reading: &reading,
            contents: &contents,
        };
        let recorded = match self.point.decide_mail(&event).await {
            Ok(recorded) => recorded,
            Err(error) => {
                cannot_record(arrival, &error);
                return Concluded::bare(terms, &answer::try_later());
            }
        };
        let decided = Decided {
            gate: self,
            arrival,
            gathered,
            reading: &reading,
            contents: &contents,
            recorded: &recorded,
            terms,
        };
        let mut replies = Replies::new(terms);
        let carried = decided.carry_out(&mut replies).and_then(|carried| {
            replies.answer(Stage::EndOfMessage, &carried.verdict)?;
            Ok(carried)
        });
        tracing::info!(
            queue_id = %arrival.queue_id,
            entry = recorded.entry().0,
            outcome = %recorded.strictest(),
            "message decided"
        );
        let (answer, carried) = match carried {
            Ok(carried) => (replies.as_bytes().to_vec(), carried),
            Err(error) => {
                tracing::error!(
                    queue_id = %arrival.queue_id,
                    error = &error as &dyn std::error::Error,
                    "a decided message is put off"
                );
                let answer = Concluded::bare(terms, &answer::try_later()).answer;
                (answer, Carried::failed(&error))
            }
        };
        Concluded {
            answer,
            recorded: Some(Arc::new(recorded)),
            outcomes: carried.outcomes,
            notices: carried.notices,
        }
    }

    /// Records what came of a message once the MTA was answered, or could not be.
    pub(crate) fn settle(&self, mut concluded: Concluded, answered: bool) {
        let Some(recorded) = concluded.recorded else {
            return;
        };
        if !answered {
            for came in &mut concluded.outcomes {
                came.outcome = CarriedOutcome::NotKnown;
            }
            concluded.notices.clear();
        }
        if let Some(sender) = &self.notices {
            for notice in concluded.notices {
                let obligation = notice.obligation;
                let of = recorded.clone();
                if sender.try_send(Posted { notice, of }).is_err() {
                    let failed = CarriedOutcome::Failed("too many notices are waiting".to_owned());
                    concluded.outcomes.push(came_of(obligation, failed));
                }
            }
        }
        let now = (self.settings.clock)();
        if let Err(error) = self.point.carried_out(&recorded, &concluded.outcomes, now) {
            // The decision stands on the record; its outcome then reads as not known, as it is.
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "what came of a message cannot be recorded"
            );
        }
    }
}

/// Hands notices over one by one and records what came of each.
async fn post(
    mut posted: mpsc::Receiver<Posted>,
    route: NoticeRoute,
    point: Arc<DecisionPoint>,
    clock: fn() -> Timestamp,
) {
    while let Some(Posted { notice, of }) = posted.recv().await {
        let outcome = match submit::submit(&route, &notice, clock()).await {
            Ok(()) => CarriedOutcome::Done,
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a notice is not sent"
                );
                CarriedOutcome::Failed(error.to_string())
            }
        };
        let outcomes = [came_of(notice.obligation, outcome)];
        if let Err(error) = point.carried_out(&of, &outcomes, clock()) {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "what came of a notice cannot be recorded"
            );
        }
    }
}

fn cannot_record(arrival: &Arrival, error: &CannotRecord) {
    tracing::error!(
        queue_id = %arrival.queue_id,
        error = error as &dyn std::error::Error,
        "a message is put off: it cannot be recorded"
    );
}

fn too_slow(arrival: &Arrival) -> Verdict {
    tracing::error!(queue_id = %arrival.queue_id, "a message is put off: deciding took too long");
    answer::try_later()
}
