//! A pack as adopted here: its memoised decisions, and its hours in its own time zone.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use policy::decision::Decision;
use policy::memo::Memo;
use policy::pack::Pack;
use policy::request::Request;
use quick_cache::sync::Cache;

use crate::brief;

/// Web decisions remembered with their spelling, at about 4 KB each.
const REMEMBERED_WEB: usize = 4_096;

/// Decisions remembered: a council's distinct combinations of facts on a busy day, a few
/// megabytes.
const REMEMBERED: usize = 16_384;

/// Why a pack cannot be adopted here.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// The time zone is not in the IANA database.
    #[error("time zone `{zone}` is not known; use a name such as Europe/London")]
    UnknownZone {
        /// As the pack has it.
        zone: String,
    },
    /// The core hours cannot be read.
    #[error("core hours `{given}` cannot be read; use days such as mon and times such as 09:00")]
    BadHours {
        /// What cannot be read.
        given: String,
    },
}

/// A decision and how the record spells it.
#[derive(Debug)]
pub struct Decided {
    /// What was decided.
    pub decision: Arc<Decision>,
    /// The fields `request` and `decision` of an entry, as JSON without braces.
    pub(crate) spelled: String,
}

impl Decided {
    fn new(request: &Request, decision: Arc<Decision>) -> Self {
        let spelled = brief::fields(request, &decision);
        Self { decision, spelled }
    }
}

/// A pack that decides here.
#[derive(Debug)]
pub struct Adopted {
    memo: Memo,
    web: Cache<Request, Arc<Decided>>,
    zone: TimeZone,
    days: Vec<Weekday>,
    from: Time,
    to: Time,
}

impl Adopted {
    /// Prepares a pack for use.
    pub fn new(pack: Arc<Pack>) -> Result<Self, AdoptError> {
        let settings = pack.settings();
        let zone = TimeZone::get(&settings.zone).map_err(|_| AdoptError::UnknownZone {
            zone: settings.zone.clone(),
        })?;
        let hours = &settings.core_hours;
        let time = |given: &str| {
            given.parse::<Time>().map_err(|_| AdoptError::BadHours {
                given: given.to_owned(),
            })
        };
        let (from, to) = (time(&hours.from)?, time(&hours.to)?);
        let days = hours
            .days
            .iter()
            .map(|day| weekday(day))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            memo: Memo::new(pack, REMEMBERED),
            web: Cache::new(REMEMBERED_WEB),
            zone,
            days,
            from,
            to,
        })
    }

    /// The pack.
    pub fn pack(&self) -> &Arc<Pack> {
        self.memo.pack()
    }

    /// Decides, remembering what was decided.
    pub fn decide(&self, request: &Request) -> Arc<Decision> {
        self.memo.decide(request)
    }

    /// Decides, remembering also how the record spells facts and decision: a page has forty assets,
    /// calls are much alike, and spelling costs more than finding what was decided.
    pub fn decide_spelled(&self, request: &Request) -> Arc<Decided> {
        if let Some(decided) = self.web.get(request) {
            return decided;
        }
        let decided = Arc::new(Decided::new(request, self.decide(request)));
        self.web.insert(request.clone(), decided.clone());
        decided
    }

    /// Whether the moment is inside the council's core hours, on its own clocks.
    pub fn is_core_hours(&self, at: Timestamp) -> bool {
        let local = self.zone.to_datetime(at);
        self.days.contains(&local.date().weekday())
            && self.from <= local.time()
            && local.time() < self.to
    }

    /// Minutes since the start of the local day, and the day counted from year 1.
    pub fn minute_of_day(&self, at: Timestamp) -> (i32, u16) {
        let local = self.zone.to_datetime(at);
        let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
        let day = i32::from(local.year()) * 366 + i32::from(local.day_of_year());
        (day, u16::try_from(minute).unwrap_or(0))
    }
}

fn weekday(given: &str) -> Result<Weekday, AdoptError> {
    Ok(match given {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        _ => {
            return Err(AdoptError::BadHours {
                given: given.to_owned(),
            });
        }
    })
}
