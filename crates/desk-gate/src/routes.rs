//! The operations, each behind its token, and the layers around them.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use decision_point::desk::{
    ChatLine, DeskActivity, DeskEvent, DeskVerdict, Joined, Joining, Medium, PrintJob, PrintKind,
    PrintPurpose, SessionEvent,
};
use decision_point::entry::{CarriedOut, CarriedOutcome};
use decision_point::point::DecisionPoint;
use jiff::Timestamp;
use journal::Recorded;
use policy::obligation::Obligation;
use register::hardware_address::HardwareAddress;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::answer::{Answer, Contact, Noted, respond};
use crate::asked::{Asked, Chat, Join, Print, Purpose, Session, Told};
use crate::calls::{self, NotTaken, TakesCalls};
use crate::problem::{FieldError, Kind, Problem};
use crate::shape::Shapes;
use crate::tools::{May, Tool, asking};
use crate::{AT, Clock, DeskGate, Settings, asked, document, problem};

/// Most bytes of a request: the longest line of chat, each character of four bytes and written as a
/// form writes it, three characters for each.
pub(crate) const LARGEST_BODY: usize = 1024 * 1024;

/// Lines of chat looked through at once: it takes a processor each.
const AT_ONCE: usize = 4;

/// Begins what a network hands back of a device's joining.
const BINDING: &str = "probity-";

/// Everything handlers need. Cheap to clone; all clones are one.
#[derive(Clone)]
struct Gate(Arc<Inner>);

struct Inner {
    point: Arc<DecisionPoint>,
    settings: Settings,
    clock: Clock,
    shapes: Shapes,
    document: Bytes,
    looking: Arc<Semaphore>,
    calls: Option<Arc<dyn TakesCalls>>,
    taking: Semaphore,
}

/// What a handler answers.
type Answered = Result<Response, Problem>;

/// The whole API.
pub(crate) fn app(gate: DeskGate) -> Router {
    let DeskGate {
        point,
        settings,
        clock,
        calls,
    } = gate;
    let within = settings.answer_within;
    let shapes = Shapes::default();
    let gate = Gate(Arc::new(Inner {
        point,
        settings,
        clock,
        document: document::of(&shapes).to_string().into(),
        shapes,
        looking: Arc::new(Semaphore::new(AT_ONCE)),
        calls,
        taking: Semaphore::new(calls::AT_ONCE),
    }));
    let panicked = |_: Box<dyn std::any::Any + Send>| {
        tracing::error!("a handler of the desk gate panicked");
        Problem::new(Kind::Broken).into_response()
    };
    let timeout = |within| TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, within);
    let routes = Router::new()
        .route("/decide", post(decide))
        .route("/report", post(report))
        .route("/openapi.json", get(openapi))
        .route("/problems/{name}", get(problem::explained))
        .layer(timeout(within));
    let records = Router::new()
        .route("/calls", post(take_calls))
        .layer(timeout(calls::WITHIN));
    Router::new()
        .nest(AT, routes.merge(records))
        .fallback(async || Problem::new(Kind::NotFound))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::map_response(problem::explain))
        .layer(middleware::from_fn(headers))
        .with_state(gate)
}

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let all = response.headers_mut();
    all.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    all.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn openapi(State(gate): State<Gate>) -> impl IntoResponse {
    let json = HeaderValue::from_static("application/json");
    ([(CONTENT_TYPE, json)], gate.0.document.clone())
}

/// Decides what a tool asks.
async fn decide(State(Gate(gate)): State<Gate>, request: Request) -> Answered {
    let (tool, headers, body) = come_in(&gate, request).await?;
    let asked = gate.shapes.asked.read(headers.get(CONTENT_TYPE), &body)?;
    tool.admit(match &asked {
        Asked::Chat(_) => May::Chat,
        Asked::Print(_) => May::Print,
        Asked::Join(_) => May::Join,
    })?;
    let at = (gate.clock)();
    let answer = match asked {
        Asked::Chat(line) => chat(&gate, &tool, at, line).await?,
        Asked::Print(job) => print(&gate, &tool, at, &job).await?,
        Asked::Join(joining) => join(&gate, &tool, at, &joining).await?,
    };
    Ok(respond(&headers, &answer))
}

/// Records what a tool tells.
async fn report(State(Gate(gate)): State<Gate>, request: Request) -> Answered {
    let (tool, headers, body) = come_in(&gate, request).await?;
    let Told::Session(told) = gate.shapes.told.read(headers.get(CONTENT_TYPE), &body)?;
    tool.admit(May::Join)?;
    let noted = session(&gate, &tool, (gate.clock)(), &told).await?;
    Ok(respond(&headers, &noted))
}

/// Takes call records onto the record.
async fn take_calls(State(Gate(gate)): State<Gate>, request: Request) -> Answered {
    let (parts, body) = request.into_parts();
    let tool = asking(&gate.settings.tools, &parts.headers)?.clone();
    tool.admit(May::Calls)?;
    let no_feed = || {
        let detail = format!("no [[calls.feed]] has `tool = \"{}\"`", tool.name());
        Problem::new(Kind::NotThisTool).saying(detail)
    };
    let taker = gate.calls.as_ref().ok_or_else(no_feed)?;
    // Before the body is read: what waits does not fill memory.
    let place = gate.taking.acquire().await;
    let _place = place.map_err(|error| Problem::unavailable(&error))?;
    let records = axum::body::to_bytes(body, calls::LARGEST).await;
    let records = records.map_err(|_| Problem::new(Kind::TooLarge))?;
    match taker.take_in(tool.name(), records).await {
        Ok(taken) => {
            // Made of texts and numbers, which always serialise.
            let told = serde_json::to_string(&taken).unwrap_or_default();
            let json = HeaderValue::from_static("application/json");
            Ok(([(CONTENT_TYPE, json)], told).into_response())
        }
        Err(NotTaken::NoFeed) => Err(no_feed()),
        Err(NotTaken::Unreadable(why)) => Err(Problem::new(Kind::Invalid).saying(why)),
        Err(NotTaken::Later(error)) => Err(Problem::unavailable(&*error)),
    }
}

/// Reads a request of a known tool. The token comes first: of a stranger no body is read.
async fn come_in(gate: &Inner, request: Request) -> Result<(Tool, HeaderMap, Bytes), Problem> {
    let (parts, body) = request.into_parts();
    let tool = asking(&gate.settings.tools, &parts.headers)?.clone();
    let body = axum::body::to_bytes(body, LARGEST_BODY).await;
    let body = body.map_err(|_| Problem::new(Kind::TooLarge))?;
    Ok((tool, parts.headers, body))
}

/// Decides, records, and says what was decided.
async fn decided(gate: &Inner, event: &DeskEvent<'_>) -> Result<Answer, Problem> {
    let recorded = gate.point.decide_desk(event).await;
    let recorded = recorded.map_err(|error| Problem::unavailable(&error))?;
    if recorded.is_unevaluated() {
        tracing::error!(
            entry = recorded.entry().0,
            rules = ?recorded.decision.unevaluated,
            "rules could not be evaluated"
        );
        return Err(Problem::new(Kind::Unavailable));
    }
    carry_out(gate, event, &recorded);
    let entry = recorded.entry().0;
    let binding = match event.what {
        DeskActivity::Join(_) => Some(format!("{BINDING}{entry}")),
        DeskActivity::Chat(_) | DeskActivity::Print(_) => None,
    };
    let contacts = &gate
        .point
        .information()
        .adopted()
        .pack()
        .settings()
        .contacts;
    let contact = Contact {
        desk: &contacts.desk,
        telephone: &contacts.telephone,
    };
    Ok(Answer::of(&recorded.decision, entry, binding, contact))
}

/// Writes down what comes of the obligations. The entry itself is what opens an incident, starts a
/// clock or moves a counter.
fn carry_out(gate: &Inner, event: &DeskEvent<'_>, recorded: &Recorded<DeskVerdict>) {
    let outcome = |obligation: &Obligation| match obligation {
        Obligation::Incident(_) | Obligation::StartClock(_) | Obligation::Count(_) => {
            CarriedOutcome::Done
        }
        Obligation::Notify(_) => CarriedOutcome::NotKnown,
        _ => CarriedOutcome::Failed("tools of the desk gate cannot do this".to_owned()),
    };
    let obligations = recorded.decision.obligations.iter();
    let carried_out: Vec<CarriedOut> = obligations
        .map(|obligation| CarriedOut {
            obligation: obligation.to_string(),
            outcome: outcome(obligation),
        })
        .collect();
    if carried_out.is_empty() {
        return;
    }
    if let Err(error) = gate.point.carried_out(recorded, &carried_out, event.at) {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, "outcomes of obligations cannot be recorded");
    }
}

async fn chat(gate: &Inner, tool: &Tool, at: Timestamp, line: Chat) -> Result<Answer, Problem> {
    let Chat {
        from,
        to,
        room,
        readers,
        incoming,
        text,
        unreadable,
        id,
    } = line;
    let bytes = text.len();
    let point = gate.point.clone();
    // Held by the thread that looks: a line whose asker went away is looked through all the same.
    let place = gate.looking.clone().acquire_owned().await;
    let looked = tokio::task::spawn_blocking(move || {
        let contents = point.information().look_through_text(&text);
        drop(place);
        contents
    });
    let contents = looked.await.map_err(|error| Problem::unavailable(&error))?;
    let what = DeskActivity::Chat(ChatLine {
        from: from.trim(),
        to: to.trim(),
        room,
        readers,
        incoming,
        id: &id,
        bytes,
        contents: &contents,
        unreadable,
    });
    let tool = tool.name();
    decided(gate, &DeskEvent { at, tool, what }).await
}

async fn print(gate: &Inner, tool: &Tool, at: Timestamp, job: &Print) -> Result<Answer, Problem> {
    let what = DeskActivity::Print(PrintJob {
        user: job.user.trim(),
        signed_in: job.signed_in,
        printer: job.printer.trim(),
        job: job.job.trim(),
        purpose: match job.purpose {
            Purpose::Unsaid => PrintPurpose::Unsaid,
            Purpose::Work => PrintPurpose::Work,
            Purpose::Private => PrintPurpose::Private,
        },
        kind: match job.kind {
            asked::PrintKind::Print => PrintKind::Print,
            asked::PrintKind::Copy => PrintKind::Copy,
            asked::PrintKind::Scan => PrintKind::Scan,
        },
        colour: job.colour,
        pages: job.pages,
    });
    let tool = tool.name();
    decided(gate, &DeskEvent { at, tool, what }).await
}

async fn join(gate: &Inner, tool: &Tool, at: Timestamp, join: &Join) -> Result<Answer, Problem> {
    let device = device(&join.hardware_address)?;
    let user = join.user.trim();
    let network = join.network.trim();
    let guests = &gate.settings.guest_networks;
    let what = DeskActivity::Join(Joining {
        device,
        user: (!user.is_empty()).then_some(user),
        signed_in: join.signed_in,
        network,
        guest: guests.iter().any(|guest| guest == network),
        medium: match join.medium {
            asked::Medium::Unsaid => None,
            asked::Medium::Wired => Some(Medium::Wired),
            asked::Medium::Wireless => Some(Medium::Wireless),
        },
        station: join.station.trim(),
    });
    let tool = tool.name();
    decided(gate, &DeskEvent { at, tool, what }).await
}

async fn session(
    gate: &Inner,
    tool: &Tool,
    at: Timestamp,
    told: &Session,
) -> Result<Noted, Problem> {
    let text = told.hardware_address.trim();
    let device = (!text.is_empty()).then(|| device(text)).transpose()?;
    let address = told.address.trim();
    let address = (!address.is_empty()).then(|| address.parse().map_err(|_| no_address(address)));
    let joined = match told.binding.trim().strip_prefix(BINDING).map(str::parse) {
        Some(Ok(entry)) => joining(gate, entry).await?,
        // Something else's, or nothing: a network may hand back what others gave it.
        Some(Err(_)) | None => None,
    };
    let session = decision_point::desk::Session {
        at,
        tool: tool.name(),
        event: match told.event {
            asked::SessionEvent::Start => SessionEvent::Start,
            asked::SessionEvent::Update => SessionEvent::Update,
            asked::SessionEvent::Stop => SessionEvent::Stop,
        },
        session: told.session.trim(),
        device,
        address: address.transpose()?,
        user: told.user.trim(),
        station: told.station.trim(),
        seconds: told.seconds,
        late_seconds: told.late_seconds,
    };
    let noted = gate.point.note_session(&session, joined.as_ref()).await;
    let noted = noted.map_err(|error| Problem::unavailable(&error))?;
    Ok(Noted {
        entry: noted.entry().0,
        confidence: noted.name().to_owned(),
    })
}

/// What the record says of a device's joining.
async fn joining(gate: &Inner, entry: u64) -> Result<Option<Joined>, Problem> {
    let point = gate.point.clone();
    let read = tokio::task::spawn_blocking(move || point.joined(entry)).await;
    let read = read.map_err(|error| Problem::unavailable(&error))?;
    read.map_err(|error| Problem::unavailable(&error))
}

fn device(text: &str) -> Result<HardwareAddress, Problem> {
    text.parse().map_err(|error| {
        Problem::invalid(vec![FieldError {
            pointer: "/hardware_address".to_owned(),
            detail: format!("{error}"),
        }])
    })
}

fn no_address(text: &str) -> Problem {
    Problem::invalid(vec![FieldError {
        pointer: "/address".to_owned(),
        detail: format!("`{text}` is no IP address"),
    }])
}
