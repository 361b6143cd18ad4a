//! Devices that are told from people: copiers and scanners that send mail by themselves, and telephones
//! and tablets that ask for pages.

use std::collections::HashSet;
use std::net::IpAddr;

use crate::document::Council;
use crate::network::Network;

/// The devices of a register.
#[derive(Debug, Default)]
pub struct Devices {
    scanner_addresses: HashSet<String>,
    scanners: Vec<Network>,
    mobile: Vec<Network>,
}

impl Devices {
    /// Those a council names; what cannot be read is told and names none.
    pub(crate) fn of(council: &Council, wrong: &mut Vec<String>) -> Self {
        let mut devices = Self::default();
        for scanner in &council.scanners {
            if scanner.contains('@') {
                let address = scanner.trim().to_lowercase();
                devices.scanner_addresses.insert(address);
            } else {
                devices.scanners.extend(network("scanner", scanner, wrong));
            }
        }
        for device in &council.mobile_devices {
            devices
                .mobile
                .extend(network("mobile device", device, wrong));
        }
        devices
    }

    /// Whether a sender's address, or the client it comes from, is a scanner's.
    pub fn is_scanner(&self, address: &str, client: &str) -> bool {
        let is_named = || self.scanner_addresses.contains(&address.to_lowercase());
        (!self.scanner_addresses.is_empty() && is_named()) || holds(&self.scanners, client)
    }

    /// Whether a client is a telephone or tablet.
    pub fn is_mobile(&self, client: &str) -> bool {
        holds(&self.mobile, client)
    }
}

fn network(what: &str, given: &str, wrong: &mut Vec<String>) -> Option<Network> {
    match given.trim().parse() {
        Ok(network) => Some(network),
        Err(error) => {
            wrong.push(format!("{what} {error}"));
            None
        }
    }
}

/// Whether a client's address lies in one of these networks; one that is not told lies in none.
fn holds(networks: &[Network], client: &str) -> bool {
    if networks.is_empty() {
        return false;
    }
    let address = client.parse::<IpAddr>();
    address.is_ok_and(|address| networks.iter().any(|network| network.contains(address)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn devices() -> (Devices, Vec<String>) {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let council = Council {
            scanners: texts(&[
                "Copier-3@Council.example",
                "10.1.9.0/24",
                "10.2.0.7",
                "copier",
            ]),
            mobile_devices: texts(&["10.8.0.0/16", "fd00:8::/32", "10.0.0.0/33"]),
            ..Council::default()
        };
        let mut wrong = Vec::new();
        (Devices::of(&council, &mut wrong), wrong)
    }

    #[test]
    fn a_scanner_is_known_by_the_address_it_sends_from_or_where_it_stands() {
        let (devices, _) = devices();
        let check = |address, client, expected| {
            let found = devices.is_scanner(address, client);
            assert_eq!(found, expected, "{address} {client}");
        };
        check("copier-3@council.example", "", true);
        check("COPIER-3@council.EXAMPLE", "203.0.113.9", true);
        check("ann@council.example", "10.1.9.200", true);
        check("ann@council.example", "10.2.0.7", true);
        check("ann@council.example", "10.2.0.8", false);
        check("copier-4@council.example", "local", false);
        check("", "", false);
    }

    #[test]
    fn a_client_nobody_tells_is_no_telephone() {
        let (devices, _) = devices();
        for (client, expected) in [
            ("10.8.3.3", true),
            ("fd00:8::1", true),
            ("10.9.0.1", false),
            ("", false),
            ("unknown", false),
        ] {
            assert_eq!(devices.is_mobile(client), expected, "{client}");
        }
    }

    #[test]
    fn what_is_no_device_is_told() {
        let (_, wrong) = devices();
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(wrong[0].starts_with("scanner `copier` is not a network"));
        assert!(wrong[1].starts_with("mobile device `10.0.0.0/33`"));
    }
}
