//! Where a matter stands, with the one spelling that pages, events and tables share.

/// Makes an enum of states, each with its spelling. Once released a spelling never changes: events
/// keep it for ever.
macro_rules! stages {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
        pub enum $name {
            $($(#[$each])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every state.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As events spell it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

pub(crate) use stages;
