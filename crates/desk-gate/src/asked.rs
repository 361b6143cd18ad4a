//! What a tool asks, and what it tells: the bodies of the API.
//!
//! Flat on purpose. A tool may be a shell script or a line of somebody else's configuration, which
//! can write a form without a mistake and seldom JSON; the same members come either way.

use schemars::JsonSchema;
use serde::Deserialize;

/// What one of our people, or a device, is about to do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(tag = "activity", rename_all = "kebab-case")]
pub enum Asked {
    /// A chat line is on its way.
    Chat(Chat),
    /// A job is on its way to a printer, or a page to a scanner.
    Print(Print),
    /// A device wants to join the network.
    Join(Join),
}

/// A chat line. What it says is looked through and forgotten: it is never on the record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Chat {
    /// Who wrote it: an account, or an address such as `ann@chat.council.example`.
    #[schemars(length(min = 1, max = 320))]
    pub from: String,
    /// Whom it is for: an address, or a room's.
    #[schemars(length(min = 1, max = 320))]
    pub to: String,
    /// It is for a room, where several read it.
    #[serde(default)]
    pub room: bool,
    /// How many read it; absent where that is not known.
    #[serde(default)]
    #[schemars(range(max = 1_000_000))]
    pub readers: u64,
    /// It comes from another server, which vouches for who wrote it.
    #[serde(default)]
    pub incoming: bool,
    /// Everything in it that somebody reads.
    #[serde(default)]
    #[schemars(length(max = 65_536))]
    pub text: String,
    /// It holds something only its receiver can read, such as end-to-end encryption.
    #[serde(default)]
    pub unreadable: bool,
    /// The name the tool has for it.
    #[serde(default)]
    #[schemars(length(max = 128))]
    pub id: String,
}

/// A job for a printer or scanner. Neither its pages nor its name are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Print {
    /// Whose job it is.
    #[schemars(length(min = 1, max = 320))]
    pub user: String,
    /// Somebody proved to the print server that they are this user.
    #[serde(default)]
    pub signed_in: bool,
    /// Which printer.
    #[schemars(length(min = 1, max = 128))]
    pub printer: String,
    /// The number of the job there.
    #[serde(default)]
    #[schemars(length(max = 128))]
    pub job: String,
    /// What the owner says it is for.
    #[serde(default)]
    pub purpose: Purpose,
    /// What is done.
    #[serde(default)]
    pub kind: PrintKind,
    /// In colour.
    #[serde(default)]
    pub colour: bool,
    /// Sides of paper, all copies together, if that is known beforehand.
    #[serde(default)]
    #[schemars(range(max = 1_000_000))]
    pub pages: u64,
}

/// What a job is for, in its owner's word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// The owner did not say.
    #[default]
    Unsaid,
    /// The council's work.
    Work,
    /// Something of one's own.
    Private,
}

/// What is done at a printer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PrintKind {
    /// A document is put on paper.
    #[default]
    Print,
    /// Paper is put on paper.
    Copy,
    /// Paper is read.
    Scan,
}

/// How a device is joined to a network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Medium {
    /// Nobody says.
    #[default]
    Unsaid,
    /// By a socket.
    Wired,
    /// By radio.
    Wireless,
}

/// A device that wants to join.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Join {
    /// The device: twelve hexadecimal digits, with or without `-`, `:` and `.`.
    #[schemars(length(min = 12, max = 24))]
    pub hardware_address: String,
    /// Who uses it, if anybody says.
    #[serde(default)]
    #[schemars(length(max = 320))]
    pub user: String,
    /// That user has proved who they are, not only said so.
    #[serde(default)]
    pub signed_in: bool,
    /// Which network, by its name (the SSID), if it has one.
    #[serde(default)]
    #[schemars(length(max = 128))]
    pub network: String,
    /// How it is joined to it.
    #[serde(default)]
    pub medium: Medium,
    /// The access point or switch, and the port on it.
    #[serde(default)]
    #[schemars(length(max = 320))]
    pub station: String,
}

/// What has happened.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(tag = "report", rename_all = "kebab-case")]
pub enum Told {
    /// A device is on the network under an address, or no longer.
    Session(Session),
}

/// A device on the network (RADIUS accounting, RFC 2866).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Session {
    /// What is told.
    pub event: SessionEvent,
    /// The name of the session, the same in everything told about it.
    #[schemars(length(min = 1, max = 128))]
    pub session: String,
    /// The device.
    #[serde(default)]
    #[schemars(length(max = 24))]
    pub hardware_address: String,
    /// The IP address it has, if that is known.
    #[serde(default)]
    #[schemars(length(max = 45))]
    pub address: String,
    /// Who uses it, in the network's word.
    #[serde(default)]
    #[schemars(length(max = 320))]
    pub user: String,
    /// What the answer to the device's joining called `binding`, handed back by the network
    /// (RADIUS `Class`).
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub binding: String,
    /// The access point or switch, and the port on it.
    #[serde(default)]
    #[schemars(length(max = 320))]
    pub station: String,
    /// For how long it has been on the network, in seconds.
    #[serde(default)]
    #[schemars(range(max = 4_294_967_295_u64))]
    pub seconds: u64,
    /// For how long this was not yet told, in seconds.
    #[serde(default)]
    #[schemars(range(max = 4_294_967_295_u64))]
    pub late_seconds: u64,
}

/// What is told of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SessionEvent {
    /// It began.
    Start,
    /// It goes on, perhaps with another address.
    Update,
    /// It ended.
    Stop,
}
