//! The asset register: the equipment that may join the network, and what proves that it may.
//!
//! A device is the council's by a reference of its purchase, or managed by it for as long as somebody
//! has vouched for how it is set up (its baseline). The file is what asset systems export: CSV with a
//! header, one row for each hardware address. It says nothing about people but whom a device was
//! handed to.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::hardware_address::HardwareAddress;

/// Most rows read: several times the equipment of the largest council.
pub const MOST_ROWS: usize = 200_000;

/// Most mistakes told at once: enough to see what is wrong with an export.
const MOST_TOLD: usize = 50;

/// One device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its number in the asset register.
    pub number: String,
    /// What it is, such as `laptop`, `telephone` or `printer`; empty if nobody says.
    pub kind: String,
    /// The reference of its purchase, if the council bought it.
    pub purchase: Option<String>,
    /// Until when somebody vouches for how it is set up.
    pub baseline_until: Option<Timestamp>,
    /// The id of the one person it was handed to; none where several share it.
    pub assigned_to: Option<String>,
}

/// What a device may rest on to join the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The council bought it.
    Owned,
    /// The council manages it, and its baseline has not ended.
    Managed,
    /// It is managed, and its baseline has ended.
    Lapsed,
    /// It stands in the register with neither.
    Unproven,
}

impl Asset {
    /// What it may rest on at this moment.
    pub fn standing(&self, at: Timestamp) -> Standing {
        match (&self.purchase, self.baseline_until) {
            (Some(_), _) => Standing::Owned,
            (None, Some(until)) if at < until => Standing::Managed,
            (None, Some(_)) => Standing::Lapsed,
            (None, None) => Standing::Unproven,
        }
    }
}

/// Every device that is known.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    by_address: HashMap<HardwareAddress, Asset>,
}

/// Why an asset register was not taken, with every mistake and its line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the asset register has {} mistake(s): {}", .0.len(), .0.join("; "))]
pub struct ReadAssetsError(pub Vec<String>);

/// A column, by its name in the header.
const COLUMNS: [&str; 6] = [
    "hardware_address",
    "number",
    "kind",
    "purchase",
    "baseline_until",
    "assigned_to",
];

impl Assets {
    /// Reads the file, or says everything that is wrong with it.
    pub fn parse(text: &[u8]) -> Result<Self, ReadAssetsError> {
        let mut wrong = Vec::new();
        let mut assets = Self::default();
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .flexible(true)
            .from_reader(text);
        let header = match reader.headers() {
            Ok(header) => header.clone(),
            Err(error) => return Err(ReadAssetsError(vec![error.to_string()])),
        };
        let header: Vec<&str> = header
            .iter()
            .map(|name| name.trim_start_matches('\u{feff}'))
            .collect();
        let place = |column: &str| header.iter().position(|name| *name == column);
        for needed in &COLUMNS[..2] {
            if place(needed).is_none() {
                wrong.push(format!(
                    "line 1: there is no column `{needed}`; known are {}",
                    COLUMNS.join(", ")
                ));
            }
        }
        for unknown in header.iter().filter(|name| !COLUMNS.contains(name)) {
            wrong.push(format!("line 1: nothing reads the column `{unknown}`"));
        }
        if !wrong.is_empty() {
            return Err(ReadAssetsError(wrong));
        }
        for (n, row) in reader.records().enumerate() {
            if n >= MOST_ROWS {
                wrong.push(format!("there are more than {MOST_ROWS} rows"));
                break;
            }
            let read = row.map_err(|error| error.to_string()).and_then(|row| {
                let line = row.position().map_or(0, csv::Position::line);
                let field = |column| place(column).and_then(|place| row.get(place)).unwrap_or("");
                assets
                    .add(field)
                    .map_err(|what| format!("line {line}: {what}"))
            });
            wrong.extend(read.err());
            if wrong.len() >= MOST_TOLD {
                break;
            }
        }
        match wrong.is_empty() {
            true => Ok(assets),
            false => Err(ReadAssetsError(wrong)),
        }
    }

    fn add<'r>(&mut self, field: impl Fn(&'static str) -> &'r str) -> Result<(), String> {
        let given = field("hardware_address");
        let address = given
            .parse::<HardwareAddress>()
            .map_err(|error| error.to_string())?;
        let number = field("number");
        if number.is_empty() {
            return Err("it has no number".to_owned());
        }
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let until = some(field("baseline_until"))
            .map(|until| {
                until
                    .parse::<Timestamp>()
                    .map_err(|_| format!("`{until}` is no moment such as 2027-03-31T23:00:00Z"))
            })
            .transpose()?;
        let asset = Asset {
            number: number.to_owned(),
            kind: field("kind").to_owned(),
            purchase: some(field("purchase")),
            baseline_until: until,
            assigned_to: some(field("assigned_to")),
        };
        match self.by_address.insert(address, asset) {
            None => Ok(()),
            Some(before) => Err(format!(
                "`{given}` is the address of `{}` already",
                before.number
            )),
        }
    }

    /// The device with this hardware address.
    pub fn at(&self, address: HardwareAddress) -> Option<&Asset> {
        self.by_address.get(&address)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_address.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_address.is_empty()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const FILE: &str = "\
hardware_address,number,kind,purchase,baseline_until,assigned_to
02-00-00-00-00-01,A100,laptop,PO-2025-17,,ann
0200.0000.0002,A101,laptop,,2026-03-31T23:00:00Z,
02:00:00:00:00:03,A102,printer,,,
";

    fn standing(address: &str, at: &str) -> Option<Standing> {
        let assets = Assets::parse(FILE.as_bytes()).unwrap();
        let asset = assets.at(address.parse().unwrap())?;
        Some(asset.standing(at.parse().unwrap()))
    }

    #[test]
    fn a_device_rests_on_its_purchase_or_on_a_baseline_that_has_not_ended() {
        let before = "2026-03-31T22:59:59Z";
        let check =
            |address, at, expected| assert_eq!(standing(address, at), expected, "{address}");
        check("02:00:00:00:00:01", before, Some(Standing::Owned));
        check("02:00:00:00:00:02", before, Some(Standing::Managed));
        check(
            "020000000002",
            "2026-03-31T23:00:00Z",
            Some(Standing::Lapsed),
        );
        check("02-00-00-00-00-03", before, Some(Standing::Unproven));
        check("02-00-00-00-00-04", before, None);
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let file = "number,hardware_address,baseline_until\n\
                    A1,02-00-00-00-00-01,\n\
                    A2,02-00-00-00-00,\n\
                    ,02-00-00-00-00-02,\n\
                    A3,02:00:00:00:00:01,\n\
                    A4,02-00-00-00-00-05,next year\n";
        let wrong = Assets::parse(file.as_bytes()).unwrap_err().0;
        let lines: Vec<&str> = wrong.iter().map(|what| &what[..7]).collect();
        assert_eq!(
            lines,
            ["line 3:", "line 4:", "line 5:", "line 6:"],
            "{wrong:?}"
        );
        assert!(
            wrong[2].ends_with("is the address of `A1` already"),
            "{wrong:?}"
        );
    }

    #[test]
    fn a_header_that_is_another_file_is_told() {
        let wrong = Assets::parse(b"mac,number,owner\n").unwrap_err().0;
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert!(Assets::parse(b"").is_err());
        let marked = "\u{feff}hardware_address,number\n02-00-00-00-00-01,A1\n";
        assert_eq!(Assets::parse(marked.as_bytes()).unwrap().len(), 1);
    }
}
