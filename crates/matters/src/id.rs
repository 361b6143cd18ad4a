//! Identifiers, each a type of its own so that they cannot be swapped.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest identifier accepted, in bytes.
pub const LONGEST: usize = 128;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(
            feature = "schema",
            derive(schemars::JsonSchema),
            schemars(extend("minLength" = 1, "maxLength" = LONGEST))
        )]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes an identifier as it stands.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// Its text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }
    };
}

id! {
    /// A person; never an address or a name, which change.
    PersonId
}
id! {
    /// A directorate, service or team.
    UnitId
}
id! {
    /// A post as the pack spells it: `assistant-director-it`, `monitoring-officer`, or the relation
    /// `line-manager`.
    PostId
}
id! {
    /// A matter's reference, made to be read aloud: `AR-7F3K-29QD`.
    MatterId
}
