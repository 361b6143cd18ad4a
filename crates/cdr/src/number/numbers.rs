//! The order in which a number's kind is looked for.

use super::ranges::{self, Ranges};
use super::set::NumberSet;
use super::written::Written;
use super::{Class, Digits, Form, HOME, LONGEST_GIVEN, Party, Role, Settings, Whole, home};
use crate::leg::Voicemail;

/// What is known about numbers.
#[derive(Debug, Clone)]
pub struct Numbers {
    ranges: Ranges,
    short_codes: Ranges,
    settings: Settings,
}

impl Default for Numbers {
    fn default() -> Self {
        Self::new(Settings::default())
    }
}

impl Numbers {
    /// The national plan with a council's settings.
    pub fn new(settings: Settings) -> Self {
        Self {
            ranges: Ranges::read(include_str!("ranges.txt")),
            short_codes: Ranges::read(include_str!("short_codes.txt")),
            settings,
        }
    }

    /// What a party is.
    pub fn party(&self, given: &[u8], role: Role) -> Party {
        let written = Written::read(given);
        let (e164, class) = match written.form {
            Form::Number => self.whole(&written, role),
            Form::Masked => (None, self.masked(&written, role)),
            Form::Feature => (None, Class::Internal),
            Form::Withheld | Form::Address | Form::Text | Form::Empty => (None, Class::Unknown),
        };
        let given = match std::str::from_utf8(given) {
            Ok(text) if text.len() <= LONGEST_GIVEN => text.into(),
            _ => {
                let text = String::from_utf8_lossy(given);
                text.chars().take(LONGEST_GIVEN).collect::<String>().into()
            }
        };
        Party {
            given,
            form: written.form,
            e164,
            class,
        }
    }

    /// What a voicemail system did in a call: one that was called tells its messages, and one that a
    /// call ended up at has taken it.
    pub fn voicemail(&self, called: &Party, reached: Option<&Party>) -> Option<Voicemail> {
        let is_system = |party: &Party| is_in(&self.settings.voicemail, &party.given);
        match (is_system(called), reached) {
            (true, _) => Some(Voicemail::Listened),
            (false, Some(reached)) if is_system(reached) => Some(Voicemail::Took),
            (false, _) => None,
        }
    }

    /// Whether a number dials into an internet provider, as far as the council lists them.
    pub fn is_internet_access(&self, party: &Party) -> bool {
        let list = &self.settings.internet_access;
        is_in(list, &party.given) || party.e164.is_some_and(|whole| list.contains(whole))
    }

    /// Whether a public telephone stands at the site of one of our extensions.
    pub fn is_near_public_telephone(&self, extension: &str) -> bool {
        is_in(&self.settings.near_public_telephone, extension)
    }

    fn whole(&self, written: &Written, role: Role) -> (Option<Digits>, Class) {
        let digits = written.digits;
        if written.is_international {
            return self.of_country(digits);
        }
        if role == Role::Called {
            if let Some(class) = self.emergency(digits) {
                return (None, class);
            }
            if let Some(rest) = self.outside(digits) {
                return self.dialled_outside(rest);
            }
        }
        if self.settings.extensions.contains(digits) {
            return (None, self.listed(digits).unwrap_or(Class::Internal));
        }
        if let Some(class) = self.listed(digits) {
            return (None, class);
        }
        if role == Role::Called
            && let Some(class) = self.short_codes.class(digits, Whole::Yes)
        {
            return (None, class);
        }
        if self.settings.extensions.is_empty()
            && (3..=5).contains(&digits.len())
            && !digits.begins_with("0")
        {
            return (None, Class::Internal);
        }
        self.national(digits)
    }

    /// Emergency numbers come before everything, and with the digit for an outside line too.
    fn emergency(&self, digits: Digits) -> Option<Class> {
        let rests = self
            .settings
            .outside_line
            .iter()
            .filter_map(|prefix| digits.without(prefix));
        let mut all = std::iter::once(digits).chain(rests);
        let is_emergency = |digits: Digits| {
            self.short_codes.class(digits, Whole::Yes) == Some(Class::Emergency)
                || self.settings.emergency.contains(digits)
                || (self.settings.emergency.contains(home(digits)))
        };
        all.any(is_emergency).then_some(Class::Emergency)
    }

    /// What follows the digit for an outside line, if that is what the first digit is.
    fn outside(&self, digits: Digits) -> Option<Digits> {
        let dialled = |rest: &Digits| {
            rest.begins_with("0")
                || self.short_codes.class(*rest, Whole::Yes).is_some()
                || (5..=8).contains(&rest.len())
        };
        if self.settings.extensions.contains(digits) {
            return None;
        }
        let mut prefixes = self.settings.outside_line.iter();
        prefixes.find_map(|prefix| digits.without(prefix).filter(dialled))
    }

    fn dialled_outside(&self, digits: Digits) -> (Option<Digits>, Class) {
        if let Some(class) = self.short_codes.class(digits, Whole::Yes) {
            return (None, class);
        }
        match digits.without("00") {
            Some(rest) => self.of_country(rest),
            // Within one area people leave its code out.
            None if !digits.begins_with("0") => (None, Class::Local),
            None => self.national(digits),
        }
    }

    /// With or without the code for hiding or showing one's own number.
    fn national(&self, digits: Digits) -> (Option<Digits>, Class) {
        let digits = ["141", "1470"]
            .iter()
            .find_map(|code| digits.without(code))
            .filter(|rest| rest.begins_with("0"))
            .unwrap_or(digits);
        match (digits.without("00"), digits.without("0")) {
            (Some(rest), _) => self.of_country(rest),
            (None, Some(rest)) => self.of_country(rest.after(HOME)),
            // Gateways like to leave the + out.
            (None, None) if digits.begins_with(HOME) && digits.len() >= 11 => {
                self.of_country(digits)
            }
            (None, None) => (None, Class::Unknown),
        }
    }

    fn of_country(&self, digits: Digits) -> (Option<Digits>, Class) {
        let class = match digits.without(HOME) {
            Some(rest) => {
                // +44 0…: the 0 people leave in.
                let rest = rest.without("0").unwrap_or(rest);
                let full = rest.after(HOME);
                let class = self.listed(full).or_else(|| self.home_class(rest));
                return (class.map(|_| full), class.unwrap_or(Class::Unknown));
            }
            None => self.listed(digits).or_else(|| ranges::abroad(digits)),
        };
        (class.map(|_| digits), class.unwrap_or(Class::Unknown))
    }

    fn home_class(&self, rest: Digits) -> Option<Class> {
        let class = self.ranges.class(rest, Whole::Yes)?;
        let is_local = class == Class::National && self.is_local(rest);
        Some(if is_local { Class::Local } else { class })
    }

    fn is_local(&self, rest: Digits) -> bool {
        self.settings
            .area_codes
            .iter()
            .any(|code| rest.begins_with(code))
    }

    /// In one of the council's lists.
    fn listed(&self, digits: Digits) -> Option<Class> {
        let lists: [(&NumberSet, Class); 4] = [
            (&self.settings.emergency, Class::Emergency),
            (&self.settings.private_lines, Class::PrivateLine),
            (&self.settings.partners, Class::Partner),
            (&self.settings.own, Class::Internal),
        ];
        let mut found = lists.iter().filter(|(list, _)| list.contains(digits));
        found.next().map(|(_, class)| *class)
    }

    /// The digits that are left may still tell the kind.
    fn masked(&self, written: &Written, role: Role) -> Class {
        let digits = written.digits;
        let outside = (role == Role::Called)
            .then(|| {
                self.settings
                    .outside_line
                    .iter()
                    .find_map(|prefix| digits.without(prefix).filter(|rest| rest.begins_with("0")))
            })
            .flatten();
        let digits = outside.unwrap_or(digits);
        let abroad = digits
            .without("00")
            .or(written.is_international.then_some(digits));
        let home = match abroad {
            Some(digits) => match digits.without(HOME) {
                Some(rest) => rest.without("0").unwrap_or(rest),
                None => return ranges::abroad_masked(digits).unwrap_or(Class::Unknown),
            },
            None => match digits.without("0") {
                Some(rest) => rest,
                None => return Class::Unknown,
            },
        };
        let class = self.ranges.class(home, Whole::No).unwrap_or(Class::Unknown);
        if class == Class::National && self.is_local(home) {
            Class::Local
        } else {
            class
        }
    }
}

fn is_in(list: &NumberSet, given: &str) -> bool {
    let digits = Written::read(given.as_bytes()).digits;
    list.contains(digits) || list.contains(home(digits))
}
