//! Sessions of devices on the network: which person was at an address, from when to when, and how
//! sure that is.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use register::assets::Assets;
use register::hardware_address::HardwareAddress;
use register::snapshot::Snapshot;
use serde::Serialize;
use serde_json::Value;

use crate::entry::cut;

/// What is told of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionEvent {
    /// It began.
    Start,
    /// It goes on.
    Update,
    /// It ended.
    Stop,
}

/// A device on the network, as the network tells of it.
#[derive(Debug, Clone, Copy)]
pub struct Session<'a> {
    /// When it was told.
    pub at: Timestamp,
    /// The tool that tells.
    pub tool: &'a str,
    /// What is told.
    pub event: SessionEvent,
    /// The session's name.
    pub session: &'a str,
    /// Which device, if that is told.
    pub device: Option<HardwareAddress>,
    /// Its address, if that is told.
    pub address: Option<IpAddr>,
    /// Who uses it, in the network's word; empty if nobody says.
    pub user: &'a str,
    /// The access point or switch; empty if nobody says.
    pub station: &'a str,
    /// For how long it has been on the network, in seconds.
    pub seconds: u64,
    /// For how long this was not yet told, in seconds.
    pub late_seconds: u64,
}

/// How sure it is who was at the address. Ordered: the last is the surest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Nobody can be named, or what is told contradicts itself.
    Unknown,
    /// A device that several people use, and nobody signed in.
    Shared,
    /// The network names somebody, and nothing shows that they proved to be that.
    Asserted,
    /// The device was handed to one person, and nobody signed in.
    Assigned,
    /// Somebody signed in with this device, and the session is the one that was then let in.
    Bound,
}

impl Confidence {
    /// As the record has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Shared => "shared",
            Self::Asserted => "asserted",
            Self::Assigned => "assigned",
            Self::Bound => "bound",
        }
    }
}

/// A joining, as its entry on the record has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The number of the entry.
    pub entry: u64,
    device: String,
    person: Option<String>,
    signed_in: bool,
}

impl Joined {
    /// Reads an entry; none if it is of something else, or the device was not let in.
    pub fn read(entry: u64, bytes: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        let is_in = matches!(
            value["decision"]["outcome"].as_str(),
            Some("permit" | "warn")
        );
        if value["kind"] != "join" || !is_in {
            return None;
        }
        Some(Self {
            entry,
            device: value["device"].as_str()?.to_owned(),
            person: value["person"].as_str().map(str::to_owned),
            signed_in: value["signed_in"] == true,
        })
    }
}

/// Who was at the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) person: Option<String>,
    pub(crate) asset: Option<String>,
    pub(crate) joined: Option<u64>,
    pub(crate) confidence: Confidence,
}

/// Works out who it was. `joined` is what the session hands back of its joining.
pub(crate) fn bind(
    session: &Session<'_>,
    joined: Option<&Joined>,
    register: &Snapshot,
    assets: Option<&Assets>,
) -> Bound {
    let device = session.device;
    let asset = device.and_then(|device| assets?.at(device));
    // What another device was given binds nothing.
    let joined = joined.filter(|joined| device.is_some_and(|at| at.to_string() == joined.device));
    let named = register.person_by_account(session.user);
    let named = named.map(|person| person.id.clone());
    let assigned = asset.and_then(|asset| register.person(asset.assigned_to.as_deref()?));
    let assigned = assigned.map(|person| person.id.clone());
    let proved = joined.filter(|joined| joined.signed_in);
    let proved = proved.and_then(|joined| joined.person.clone());
    let (person, confidence) = match (proved, named) {
        // Somebody else than signed in: it is not known which is right.
        (Some(proved), Some(named)) if proved != named => (None, Confidence::Unknown),
        (Some(proved), _) => (Some(proved), Confidence::Bound),
        (None, Some(named)) => (Some(named), Confidence::Asserted),
        (None, None) => match (assigned, asset) {
            (Some(assigned), _) => (Some(assigned), Confidence::Assigned),
            (None, Some(_)) => (None, Confidence::Shared),
            (None, None) => (None, Confidence::Unknown),
        },
    };
    Bound {
        person,
        asset: asset.map(|asset| asset.number.clone()),
        joined: joined.map(|joined| joined.entry),
        confidence,
    }
}

/// A session as it stands on the record.
#[derive(Debug, Serialize)]
pub struct SessionEntry<'a> {
    tool: &'a str,
    event: SessionEvent,
    session: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asset: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<&'a str>,
    /// Where it is not the name of a person who is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    confidence: Confidence,
    /// The entry of the device's joining.
    #[serde(skip_serializing_if = "Option::is_none")]
    joined: Option<u64>,
    /// First and last moment this tells of.
    from: Timestamp,
    until: Timestamp,
    #[serde(skip_serializing_if = "str::is_empty")]
    station: &'a str,
}

impl<'a> SessionEntry<'a> {
    pub(crate) fn new(session: &Session<'a>, bound: &'a Bound) -> Self {
        let before = |at: Timestamp, seconds: u64| {
            let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
            at.checked_sub(SignedDuration::from_secs(seconds))
                .unwrap_or(at)
        };
        let until = before(session.at, session.late_seconds);
        let user = (!session.user.is_empty() && bound.person.is_none()).then_some(session.user);
        Self {
            tool: session.tool,
            event: session.event,
            session: cut(session.session),
            device: session.device.map(|device| device.to_string()),
            asset: bound.asset.as_deref(),
            address: session.address,
            person: bound.person.as_deref(),
            user: user.map(cut),
            confidence: bound.confidence,
            joined: bound.joined,
            from: before(until, session.seconds),
            until,
            station: cut(session.station),
        }
    }
}

#[cfg(test)]
mod tests;
