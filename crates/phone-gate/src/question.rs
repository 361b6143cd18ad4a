//! What an exchange asks.

use cdr::leg::Direction;
use cdr::number::{Class, Party, Role};
use decision_point::call::Says;

use crate::settings::Settings;

/// Bytes of a value, at most.
const LONGEST: usize = 256;

/// A question, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    /// What the exchange calls it.
    pub(crate) id: String,
    /// Who signed in at the telephone, if the exchange says so.
    pub(crate) user: Option<String>,
    pub(crate) direction: Direction,
    pub(crate) from: Party,
    pub(crate) to: Party,
    /// The number that is called, without a code before it.
    pub(crate) number: String,
    pub(crate) says: Says,
    pub(crate) internet_access: bool,
    pub(crate) near_public_telephone: bool,
}

impl Question {
    /// Reads a form; nothing where something is missing, said twice, too long, or no text of one line.
    pub(crate) fn read(form: &[u8], settings: &Settings) -> Option<Self> {
        let [mut id, mut from, mut to, mut user] = [const { None }; 4];
        for (name, value) in form_urlencoded::parse(form) {
            let place = match &*name {
                "call" => &mut id,
                "from" => &mut from,
                "to" => &mut to,
                "user" => &mut user,
                // What later exchanges may add.
                _ => continue,
            };
            let is_plain = value.len() <= LONGEST && !value.chars().any(char::is_control);
            if !is_plain || place.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        let (from, dialled) = (from?, to.filter(|to| !to.is_empty())?);
        let (says, number) = said(&dialled, settings);
        let numbers = &settings.numbers;
        let caller = numbers.party(from.as_bytes(), Role::Calling);
        let called = numbers.party(number.as_bytes(), Role::Called);
        let internet_access = numbers.is_internet_access(&called);
        Some(Self {
            id: id?,
            user: user.filter(|user| !user.is_empty()),
            // An exchange asks about its own people's calls, so what nobody can class goes out.
            direction: match Direction::between(&caller, &called) {
                Direction::Unknown => Direction::Outgoing,
                known => known,
            },
            near_public_telephone: numbers.is_near_public_telephone(&from),
            from: caller,
            to: called,
            number,
            says,
            internet_access,
        })
    }

    /// Whether it is answered before anything else.
    pub(crate) fn is_emergency(&self) -> bool {
        self.to.class == Class::Emergency
    }
}

/// What a code before the number says, and the number without it.
fn said(dialled: &str, settings: &Settings) -> (Says, String) {
    let codes = [
        (&settings.emergency_code, Says::Emergency),
        (&settings.private_code, Says::Private),
    ];
    for (code, says) in codes {
        let rest = code.as_deref().and_then(|code| dialled.strip_prefix(code));
        if let Some(rest) = rest.filter(|rest| !rest.is_empty()) {
            return (says, rest.to_owned());
        }
    }
    (Says::Nothing, dialled.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use cdr::number::{Numbers, Settings as NumberSettings};
    use proptest::prelude::*;

    use super::*;

    fn settings() -> Settings {
        let numbers =
            "outside_line = [\"9\"]\nextensions = [\"2000-2999\"]\nemergency = [\"01922 650999\"]";
        Settings {
            exchanges: Vec::new(),
            numbers: Numbers::new(NumberSettings::read(numbers).unwrap()),
            private_code: Some("*10".to_owned()),
            emergency_code: Some("*11".to_owned()),
        }
    }

    #[test]
    fn codes_say_what_a_call_is_and_are_not_dialled() {
        let check = |to: &str, says, number: &str, class| {
            let form = form_urlencoded::Serializer::new(String::new())
                .extend_pairs([("call", "a@b"), ("from", "2001"), ("to", to)])
                .finish();
            let question = Question::read(form.as_bytes(), &settings()).unwrap();
            assert_eq!(
                (question.says, question.number.as_str()),
                (says, number),
                "{to}"
            );
            assert_eq!(question.to.class, class, "{to}");
        };
        check("907700900123", Says::Nothing, "907700900123", Class::Mobile);
        check(
            "*10907700900123",
            Says::Private,
            "907700900123",
            Class::Mobile,
        );
        check(
            "*11907700900123",
            Says::Emergency,
            "907700900123",
            Class::Mobile,
        );
        check("2002", Says::Nothing, "2002", Class::Internal);
        // Whatever is before them.
        for to in ["999", "9999", "112", "*10999", "*119112", "901922650999"] {
            let form = format!("call=1&from=2001&to={to}");
            assert!(
                Question::read(form.as_bytes(), &settings())
                    .unwrap()
                    .is_emergency(),
                "{to}"
            );
        }
        check("*10", Says::Nothing, "*10", Class::Internal);
    }

    #[test]
    fn what_cannot_be_read_is_no_question() {
        let long = format!("call=1&from=2001&to={}", "1".repeat(257));
        for form in [
            "",
            "call=1&from=2001",
            "call=1&from=2001&to=",
            "from=1&to=2",
            "call=1&from=2001&to=1&to=999",
            "call=1&from=2001&to=1%0d%0aX",
            &long,
        ] {
            assert_eq!(Question::read(form.as_bytes(), &settings()), None, "{form}");
        }
        // Nobody's number, and more than is read.
        let form = b"call=1&from=&to=999&more=1";
        assert!(Question::read(form, &settings()).unwrap().is_emergency());
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_question_or_none(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            if let Some(question) = Question::read(&bytes, &settings()) {
                prop_assert!(question.number.len() <= LONGEST && !question.number.is_empty());
            }
        }
    }
}
