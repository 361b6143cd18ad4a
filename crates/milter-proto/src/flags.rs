//! The two flag words of the negotiation: what a filter may do to a message
//! ([`Actions`]) and which steps of the conversation it wants ([`Steps`]).

/// A set of bits with named members; unknown bits are kept as they came.
macro_rules! flag_set {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $flag:ident = $bit:expr;)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
        pub struct $name(u32);

        impl $name {
            $($(#[$doc])* pub const $flag: Self = Self(1 << $bit);)*
            /// No flag at all.
            pub const NONE: Self = Self(0);

            /// The word as the wire carries it.
            pub const fn bits(self) -> u32 {
                self.0
            }

            /// The set with exactly these bits, known to us or not.
            pub const fn from_bits(bits: u32) -> Self {
                Self(bits)
            }

            /// True when every flag of `other` is in this set.
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// The flags in both sets.
            pub const fn and(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }

            /// The flags in either set.
            pub const fn or(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// The flags of this set that are not in `other`.
            pub const fn without(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }
        }

        impl std::ops::BitOr for $name {
            type Output = Self;
            fn bitor(self, other: Self) -> Self {
                self.or(other)
            }
        }
    };
}

flag_set! {
    /// What a filter may do to a message at its end (`SMFIF_*`).
    Actions {
        /// Add or insert headers (`SMFIF_ADDHDRS`).
        ADD_HEADERS = 0;
        /// Replace the body (`SMFIF_CHGBODY`).
        CHANGE_BODY = 1;
        /// Add recipients (`SMFIF_ADDRCPT`).
        ADD_RECIPIENTS = 2;
        /// Remove recipients (`SMFIF_DELRCPT`).
        DELETE_RECIPIENTS = 3;
        /// Change or delete headers (`SMFIF_CHGHDRS`).
        CHANGE_HEADERS = 4;
        /// Hold the message in the MTA's queue (`SMFIF_QUARANTINE`).
        QUARANTINE = 5;
        /// Replace the envelope sender (`SMFIF_CHGFROM`).
        CHANGE_SENDER = 6;
        /// Add recipients with ESMTP arguments (`SMFIF_ADDRCPT_PAR`).
        ADD_RECIPIENTS_WITH_ARGUMENTS = 7;
        /// Name the macros wanted at each stage (`SMFIF_SETSYMLIST`).
        SET_MACRO_LISTS = 8;
    }
}

flag_set! {
    /// Steps of the conversation (`SMFIP_*`): what the MTA need not send, and
    /// what the filter will not answer. The no-reply flags save a round trip for
    /// each command, and with it the delayed-ACK stall on TCP.
    Steps {
        /// Do not send connect (`SMFIP_NOCONNECT`).
        NO_CONNECT = 0;
        /// Do not send HELO (`SMFIP_NOHELO`).
        NO_HELO = 1;
        /// Do not send MAIL (`SMFIP_NOMAIL`).
        NO_MAIL = 2;
        /// Do not send RCPT (`SMFIP_NORCPT`).
        NO_RCPT = 3;
        /// Do not send the body (`SMFIP_NOBODY`).
        NO_BODY = 4;
        /// Do not send headers (`SMFIP_NOHDRS`).
        NO_HEADERS = 5;
        /// Do not send the end of headers (`SMFIP_NOEOH`).
        NO_END_OF_HEADERS = 6;
        /// Headers are not answered (`SMFIP_NR_HDR`).
        NO_REPLY_HEADER = 7;
        /// Do not send unknown commands (`SMFIP_NOUNKNOWN`).
        NO_UNKNOWN = 8;
        /// Do not send DATA (`SMFIP_NODATA`).
        NO_DATA = 9;
        /// The skip verdict may be used on body chunks (`SMFIP_SKIP`).
        SKIP = 10;
        /// Also send recipients the MTA has refused (`SMFIP_RCPT_REJ`).
        REJECTED_RCPT = 11;
        /// Connect is not answered (`SMFIP_NR_CONN`).
        NO_REPLY_CONNECT = 12;
        /// HELO is not answered (`SMFIP_NR_HELO`).
        NO_REPLY_HELO = 13;
        /// MAIL is not answered (`SMFIP_NR_MAIL`).
        NO_REPLY_MAIL = 14;
        /// RCPT is not answered (`SMFIP_NR_RCPT`).
        NO_REPLY_RCPT = 15;
        /// DATA is not answered (`SMFIP_NR_DATA`).
        NO_REPLY_DATA = 16;
        /// Unknown commands are not answered (`SMFIP_NR_UNKN`).
        NO_REPLY_UNKNOWN = 17;
        /// The end of headers is not answered (`SMFIP_NR_EOH`).
        NO_REPLY_END_OF_HEADERS = 18;
        /// Body chunks are not answered (`SMFIP_NR_BODY`).
        NO_REPLY_BODY = 19;
        /// Header values keep the space after the colon, both ways
        /// (`SMFIP_HDR_LEADSPC`): needed to keep a byte-exact copy.
        LEADING_SPACE = 20;
    }
}

impl Actions {
    /// Everything Postfix 3.7 offers.
    pub const POSTFIX: Self = Self(0x1ff);
}

impl Steps {
    /// Everything Postfix 3.7 offers.
    pub const POSTFIX: Self = Self(0x1f_ffff);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_behave_like_sets() {
        let both = Steps::SKIP | Steps::NO_HELO;
        assert_eq!(both.bits(), 0x402);
        assert!(both.contains(Steps::SKIP) && !Steps::SKIP.contains(both));
        assert_eq!(both.without(Steps::SKIP), Steps::NO_HELO);
        assert_eq!(both.and(Steps::SKIP), Steps::SKIP);
        assert!(Steps::POSTFIX.contains(Steps::LEADING_SPACE));
        assert!(Actions::POSTFIX.contains(Actions::SET_MACRO_LISTS));
    }
}
