//! What the gate is told.

use std::net::IpAddr;

use cdr::number::Numbers;

/// What the gate is told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Machines whose questions are answered.
    pub exchanges: Vec<IpAddr>,
    /// What is known about numbers.
    pub numbers: Numbers,
    /// What people dial before the number of a private call, if they can.
    pub private_code: Option<String>,
    /// What people dial before the number of a private call that cannot wait, if they can.
    pub emergency_code: Option<String>,
}
