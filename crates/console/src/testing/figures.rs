//! Figures of one month, of `resources` and `housing`.

use ::reports::closed::ClosedMonth;
use ::reports::entry::{Act, Channel, Counted, Detail, Kind, Outcome, Volume, Whose};
use ::reports::month::Month;
use ::reports::rollup::{Moment, MonthKey, Rollup};
use ::reports::unit::{Unit, Units};
use ::reports::usage;
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::figures::{Figures, FiguresGone, Usage};

/// Seven people in each unit asked for one page that was refused, in January 2027.
pub(crate) struct MadeUp;

fn month() -> ClosedMonth {
    let mut rollup = Rollup::default();
    let mut moment = Moment {
        now: "2027-02-10T00:00:00Z".parse().unwrap(),
        zone: &TimeZone::UTC,
        make_key: &mut || MonthKey::new([1; 16]),
    };
    for person in 0..14 {
        let act = Act {
            at: "2027-01-10T09:00:00Z".parse().unwrap(),
            whose: Whose::Person(person.to_string()),
            kind: Kind::Use {
                channel: Channel::Web,
                detail: Some(Detail {
                    action: "page".to_owned(),
                    outcome: Outcome::Refuse,
                    clause: Some("walsall-7.2.16".to_owned()),
                    labels: ["webmail".to_owned()].into(),
                }),
            },
            volume: Volume {
                count: 1,
                ..Volume::default()
            },
        };
        let counted = Counted {
            acts: vec![act],
            ..Counted::default()
        };
        let unit = if person < 7 { "resources" } else { "housing" };
        rollup.add(counted, |_| Some(unit.to_owned()), &mut moment);
    }
    let open = rollup.ready(SignedDuration::ZERO, &mut moment).unwrap();
    let unit = |id: &str| Unit {
        id: id.to_owned(),
        name: format!("The {id}"),
        parent: None,
    };
    ClosedMonth::of(open, &Units::new(["resources", "housing"].map(unit)))
}

impl Figures for MadeUp {
    fn months(&self) -> Result<Vec<Month>, FiguresGone> {
        Ok(vec![month().month()])
    }

    fn usage(&self, unit: Option<&str>, wanted: Month) -> Result<Option<Usage>, FiguresGone> {
        let month = month();
        if month.month() != wanted {
            return Ok(None);
        }
        Ok(usage::report(unit, &month, &[]).ok().map(|report| Usage {
            report,
            exceptions: usage::exceptions(unit, &month),
        }))
    }
}
