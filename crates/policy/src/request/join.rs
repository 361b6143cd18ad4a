//! Facts of a device that joins a network.

use serde::{Deserialize, Serialize};

use super::Labels;

/// A device that asks to join one of the council's networks.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Join {
    /// What the register of devices says of it.
    pub device: Labels,
    /// Which network it is.
    pub network: Labels,
}

impl Join {
    pub(super) fn sets(&self) -> Vec<(&'static str, &Labels)> {
        vec![("device", &self.device), ("network", &self.network)]
    }
}
