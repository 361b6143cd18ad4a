//! The opening of a connection: what the MTA offers, what we ask for, what is agreed.
//!
//! Only version 6 is spoken. An MTA that offers less is refused rather than
//! served with fewer facts: below 6 there are no macro lists and no leading
//! spaces, so the record of a message would silently be poorer. Postfix has
//! offered 6 since its release 2.6; a newer version is answered with 6.

use crate::flags::{Actions, Steps};
use crate::frame;
use crate::stage::Stage;

/// The version of the protocol spoken here.
pub const VERSION: u32 = 6;

/// What the MTA says it can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// The highest version of the protocol the MTA speaks.
    pub version: u32,
    /// The modifications it can carry out.
    pub actions: Actions,
    /// The steps it can leave out or not wait for.
    pub steps: Steps,
}

impl Offer {
    /// What Postfix 3.7 offers with its default settings.
    pub const POSTFIX: Self = Self {
        version: VERSION,
        actions: Actions::POSTFIX,
        steps: Steps::POSTFIX,
    };

    pub(crate) fn from_words(version: u32, actions: u32, steps: u32) -> Self {
        Self {
            version,
            actions: Actions::from_bits(actions),
            steps: Steps::from_bits(steps),
        }
    }
}

/// What a filter asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Actions it cannot do without; the negotiation fails when one is not offered.
    pub required: Actions,
    /// Actions it will use where they are offered.
    pub optional: Actions,
    /// Steps it asks for; those not offered are left out of the terms.
    pub steps: Steps,
    /// Steps it cannot do without, such as [`Steps::LEADING_SPACE`] where a
    /// byte-exact copy is kept.
    pub required_steps: Steps,
    /// The macros wanted at a stage, instead of the MTA's own choice: names
    /// with a space between, as `i {auth_authen}`. At most one list for a stage.
    pub macros: Vec<(Stage, String)>,
}

/// What is agreed for the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The modifications the filter may send.
    pub actions: Actions,
    /// The steps that are left out or not answered.
    pub steps: Steps,
    macros: Vec<(u32, String)>,
}

/// Why no terms can be agreed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NegotiateError {
    /// The MTA is too old, or told to behave so.
    #[error("MTA offers milter version {offered}, 6 is needed: set `milter_protocol = 6`")]
    VersionTooOld {
        /// The version offered.
        offered: u32,
    },
    /// An action we cannot do without is not offered.
    #[error("MTA does not offer actions {missing:#x} that the filter needs")]
    MissingActions {
        /// The bits that are missing.
        missing: u32,
    },
    /// A step we cannot do without is not offered.
    #[error("MTA does not offer protocol steps {missing:#x} that the filter needs")]
    MissingSteps {
        /// The bits that are missing.
        missing: u32,
    },
    /// A mistake in [`Wanted::macros`].
    #[error("bad macro list for {stage:?}, give names such as `i {{auth_authen}}` once a stage")]
    BadMacroList {
        /// The stage it was for.
        stage: Stage,
    },
}

/// Agrees what both sides can do.
pub fn negotiate(offer: &Offer, wanted: &Wanted) -> Result<Terms, NegotiateError> {
    if offer.version < VERSION {
        return Err(NegotiateError::VersionTooOld {
            offered: offer.version,
        });
    }
    let missing = wanted.required.without(offer.actions).bits();
    if missing != 0 {
        return Err(NegotiateError::MissingActions { missing });
    }
    let missing = wanted.required_steps.without(offer.steps).bits();
    if missing != 0 {
        return Err(NegotiateError::MissingSteps { missing });
    }
    let mut actions = (wanted.required | wanted.optional).and(offer.actions);
    let mut macros = Vec::new();
    if offer.actions.contains(Actions::SET_MACRO_LISTS) {
        macros = macro_lists(&wanted.macros)?;
    }
    // The flag announces lists, so it goes with them and only with them.
    actions = actions.without(Actions::SET_MACRO_LISTS);
    if !macros.is_empty() {
        actions = actions | Actions::SET_MACRO_LISTS;
    }
    Ok(Terms {
        actions,
        steps: (wanted.steps | wanted.required_steps).and(offer.steps),
        macros,
    })
}

fn macro_lists(wanted: &[(Stage, String)]) -> Result<Vec<(u32, String)>, NegotiateError> {
    let mut lists: Vec<(u32, String)> = Vec::with_capacity(wanted.len());
    for &(stage, ref names) in wanted {
        let bad = NegotiateError::BadMacroList { stage };
        let printable = names
            .bytes()
            .all(|byte| byte == b' ' || byte.is_ascii_graphic());
        let number = stage.list_number().ok_or_else(|| bad.clone())?;
        if names.trim().is_empty() || !printable || lists.iter().any(|&(n, _)| n == number) {
            return Err(bad);
        }
        lists.push((number, names.clone()));
    }
    Ok(lists)
}

impl Terms {
    /// Appends the frame that tells the MTA the terms.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let mut data = Vec::with_capacity(64);
        for word in [VERSION, self.actions.bits(), self.steps.bits()] {
            data.extend_from_slice(&word.to_be_bytes());
        }
        for (number, names) in &self.macros {
            data.extend_from_slice(&number.to_be_bytes());
            data.extend_from_slice(names.as_bytes());
            data.push(0);
        }
        frame::write(out, b'O', &[&data]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Wanted {
        Wanted {
            required: Actions::ADD_HEADERS,
            optional: Actions::QUARANTINE | Actions::CHANGE_BODY,
            steps: Steps::SKIP | Steps::NO_REPLY_HEADER,
            required_steps: Steps::NONE,
            macros: vec![(Stage::Mail, "i {auth_authen}".to_owned())],
        }
    }

    #[test]
    fn terms_are_what_both_sides_can_do() {
        let offer = Offer {
            version: 7,
            actions: Actions::ADD_HEADERS | Actions::QUARANTINE,
            steps: Steps::NO_REPLY_HEADER | Steps::NO_HELO,
        };
        let terms = negotiate(&offer, &wanted()).expect("enough is offered");
        assert_eq!(terms.actions, Actions::ADD_HEADERS | Actions::QUARANTINE);
        assert_eq!(terms.steps, Steps::NO_REPLY_HEADER);
        let mut out = Vec::new();
        terms.encode(&mut out);
        assert_eq!(out, b"\0\0\0\x0dO\0\0\0\x06\0\0\0\x21\0\0\0\x80");
    }

    #[test]
    fn macro_lists_go_with_the_terms() {
        let terms = negotiate(&Offer::POSTFIX, &wanted()).expect("postfix offers all");
        assert!(terms.actions.contains(Actions::SET_MACRO_LISTS));
        let mut out = Vec::new();
        terms.encode(&mut out);
        assert!(out.ends_with(b"\0\0\0\x02i {auth_authen}\0"));
    }

    #[test]
    fn what_cannot_be_done_without_is_an_error() {
        let old = Offer {
            version: 5,
            ..Offer::POSTFIX
        };
        let error = NegotiateError::VersionTooOld { offered: 5 };
        assert_eq!(negotiate(&old, &wanted()), Err(error));
        let poor = Offer {
            actions: Actions::QUARANTINE,
            ..Offer::POSTFIX
        };
        let error = NegotiateError::MissingActions { missing: 1 };
        assert_eq!(negotiate(&poor, &wanted()), Err(error));
        let exact = Wanted {
            required_steps: Steps::LEADING_SPACE,
            ..wanted()
        };
        let plain = Offer {
            steps: Steps::NONE,
            ..Offer::POSTFIX
        };
        let error = NegotiateError::MissingSteps { missing: 0x10_0000 };
        assert_eq!(negotiate(&plain, &exact), Err(error));
    }

    #[test]
    fn a_bad_macro_list_is_ours_to_mend() {
        for (stage, names) in [
            (Stage::Body, "i"),
            (Stage::Mail, " "),
            (Stage::Mail, "i\0j"),
        ] {
            let wanted = Wanted {
                macros: vec![(stage, names.to_owned())],
                ..wanted()
            };
            let error = NegotiateError::BadMacroList { stage };
            assert_eq!(negotiate(&Offer::POSTFIX, &wanted), Err(error));
        }
    }
}
