//! What comes to the desk gate as events: chat lines, print jobs, devices that join, and the requests
//! the policy decides for them.

pub(crate) mod entry;
mod facts;
pub(crate) mod printed;
pub(crate) mod session;

use std::collections::BTreeSet;
use std::sync::Arc;

use content::contents::Contents;
use jiff::Timestamp;
use policy::decision::Decision;
use policy::request::{Activity, Principal, Request};
use register::assets::{Asset, Assets};
use register::document::Person;
use register::hardware_address::HardwareAddress;
use register::snapshot::{Aim, Snapshot};

pub use printed::Printed;
pub use session::{Confidence, Joined, Session, SessionEvent};

use crate::adopted::Adopted;
use crate::mail::{circumstances, held, references};
use crate::uses::rests_on;

/// Something that a tool asks about.
#[derive(Debug, Clone, Copy)]
pub struct DeskEvent<'a> {
    /// When it was asked.
    pub at: Timestamp,
    /// The tool that asks.
    pub tool: &'a str,
    /// What is about to happen.
    pub what: DeskActivity<'a>,
}

/// What is about to happen.
#[derive(Debug, Clone, Copy)]
pub enum DeskActivity<'a> {
    /// A chat line is on its way.
    Chat(ChatLine<'a>),
    /// A job is on its way to a printer.
    Print(PrintJob<'a>),
    /// A device wants to join the network.
    Join(Joining<'a>),
}

/// A chat line.
#[derive(Debug, Clone, Copy)]
pub struct ChatLine<'a> {
    /// The account or address that wrote it.
    pub from: &'a str,
    /// The address it is for.
    pub to: &'a str,
    /// Several read it there.
    pub room: bool,
    /// How many; 0 where that is not known.
    pub readers: u64,
    /// Another server vouches for who wrote it.
    pub incoming: bool,
    /// The tool's name for it; empty if it has none.
    pub id: &'a str,
    /// Bytes of its text.
    pub bytes: usize,
    /// What was found in it.
    pub contents: &'a Contents,
    /// Not everything in it can be read here.
    pub unreadable: bool,
}

/// A print job.
#[derive(Debug, Clone, Copy)]
pub struct PrintJob<'a> {
    /// Whose it is, in the print server's word.
    pub user: &'a str,
    /// The user proved to be that.
    pub signed_in: bool,
    /// The printer.
    pub printer: &'a str,
    /// The job's number there; empty if it has none.
    pub job: &'a str,
    /// What its owner says it is for.
    pub purpose: PrintPurpose,
    /// What is done.
    pub kind: PrintKind,
    /// In colour.
    pub colour: bool,
    /// Pages, 0 where that is not known.
    pub pages: u64,
}

/// What is done at a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrintKind {
    /// A document is put on paper.
    Print,
    /// Paper is put on paper.
    Copy,
    /// Paper is read.
    Scan,
}

/// What a print job is for, in its owner's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrintPurpose {
    /// Not said.
    Unsaid,
    /// The council's work.
    Work,
    /// The owner's own.
    Private,
}

/// A device that wants to join.
#[derive(Debug, Clone, Copy)]
pub struct Joining<'a> {
    /// Which.
    pub device: HardwareAddress,
    /// Who uses it, if anybody says.
    pub user: Option<&'a str>,
    /// That user has proved to be that.
    pub signed_in: bool,
    /// The network's name; empty if it has none.
    pub network: &'a str,
    /// The network is there for equipment that is not the council's.
    pub guest: bool,
    /// How the device is joined to it, where that is known.
    pub medium: Option<Medium>,
    /// The access point or switch; empty if nobody says.
    pub station: &'a str,
}

/// How a device is joined to a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// By a socket.
    Wired,
    /// By radio.
    Wireless,
}

/// What was decided.
#[derive(Debug, Clone)]
pub struct DeskVerdict {
    /// The facts.
    pub request: Request,
    /// What was decided on them.
    pub decision: Arc<Decision>,
    /// Whose act, if known.
    pub person: Option<String>,
    /// The number of the device in the asset register, if it is there.
    pub asset: Option<String>,
    /// References of the permissions among the facts.
    pub permissions: BTreeSet<String>,
    /// Of these, the counted ones the decision rests on: see [`crate::uses`].
    pub uses: BTreeSet<String>,
}

impl DeskVerdict {
    /// Whether some rule could not be evaluated, so that the gate must not go on.
    pub fn is_unevaluated(&self) -> bool {
        !self.decision.unevaluated.is_empty()
    }
}

/// Works out what the policy says. `without` are permissions that could not be taken.
pub fn consider(
    event: &DeskEvent<'_>,
    adopted: &Adopted,
    register: &Snapshot,
    assets: Option<&Assets>,
    without: &BTreeSet<String>,
) -> DeskVerdict {
    let mut asset = None;
    let (person, aim, what) = match &event.what {
        DeskActivity::Chat(line) => {
            let person = (!line.incoming)
                .then(|| register.person_by_account(line.from))
                .flatten();
            let what = Activity::Chat(facts::chat(line, adopted, register, person));
            (person, Aim::Recipient(line.to), what)
        }
        DeskActivity::Print(job) => {
            let person = register.person_by_account(job.user);
            (
                person,
                Aim::Other,
                Activity::Print(facts::print(job, adopted)),
            )
        }
        DeskActivity::Join(joining) => {
            asset = assets.and_then(|assets| assets.at(joining.device));
            let person = user_of(joining, asset, register);
            let what = Activity::Join(facts::join(joining, asset, assets.is_some(), event.at));
            (person, Aim::Other, what)
        }
    };
    let held = held(person, event.at, aim, register, without);
    let core_hours = adopted.is_core_hours(event.at);
    let when = circumstances(person, event.at, &held, core_hours, adopted, register);
    let who = person.map_or_else(Principal::default, |person| {
        register.principal(person, event.at)
    });
    let request = Request { who, when, what };
    let decision = adopted.decide(&request);
    DeskVerdict {
        uses: rests_on(&held, &request, &decision, adopted),
        permissions: references(&held),
        person: person.map(|person| person.id.clone()),
        asset: asset.map(|asset| asset.number.clone()),
        request,
        decision,
    }
}

/// Who uses a device: whoever signed in with it, else whoever it was handed to. A name nobody proved
/// is nobody's act.
fn user_of<'r>(
    joining: &Joining<'_>,
    asset: Option<&Asset>,
    register: &'r Snapshot,
) -> Option<&'r Person> {
    match joining.user.filter(|_| joining.signed_in) {
        Some(user) => register.person_by_account(user),
        None => register.person(asset?.assigned_to.as_deref()?),
    }
}
