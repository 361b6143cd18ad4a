//! Whose computer an address is, as the council's list of computers says.
//!
//! One line each: address, the account of whoever it was given to, and how far that can be relied on:
//! `fixed` for an address that is this computer's alone, `lent` (or nothing) for one it was given for a
//! time. `#` begins a remark. An address is never proof of who sat before the computer.

use std::collections::HashMap;
use std::net::IpAddr;

/// Most computers read from one list.
const MOST: usize = 200_000;

/// Computers by address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Workstations(HashMap<IpAddr, Workstation>);

/// One computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workstation {
    /// The account of whoever it was given to, in lower case.
    pub account: String,
    /// Whether the address is its own and does not change.
    pub is_fixed: bool,
}

impl Workstations {
    /// Reads a list. Lines that cannot be read are told, with their numbers, and name no computer; an
    /// address named twice is nobody's.
    pub fn read(list: &str) -> (Self, Vec<String>) {
        let (mut all, mut wrong, mut twice) = (HashMap::new(), Vec::new(), Vec::new());
        for (number, line) in (1..).zip(list.lines()) {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            if all.len() == MOST {
                wrong.push(format!(
                    "line {number}: more than {MOST} computers; the rest is left out"
                ));
                break;
            }
            match read(line) {
                Ok((address, computer)) => {
                    let known = all.insert(address, computer);
                    if known.is_some() {
                        wrong.push(format!(
                            "line {number}: {address} stands twice and counts as nobody’s"
                        ));
                        twice.push(address);
                    }
                }
                Err(problem) => wrong.push(format!("line {number}: {problem}")),
            }
        }
        for address in twice {
            all.remove(&address);
        }
        (Self(all), wrong)
    }

    /// The computer with an address.
    pub fn at(&self, address: IpAddr) -> Option<&Workstation> {
        self.0.get(&address.to_canonical())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn read(line: &str) -> Result<(IpAddr, Workstation), String> {
    let mut cells = line.split(',').map(str::trim);
    let address = cells.next().unwrap_or_default();
    let address: IpAddr = address
        .parse()
        .map_err(|_| format!("`{address}` is no address, such as 10.1.4.7"))?;
    let account = cells.next().unwrap_or_default().to_lowercase();
    if account.is_empty() {
        return Err("no account follows the address".to_owned());
    }
    let is_fixed = match cells.next().unwrap_or_default() {
        "fixed" => true,
        "lent" | "" => false,
        other => return Err(format!("`{other}` is neither `fixed` nor `lent`")),
    };
    if cells.next().is_some() {
        return Err("more than three cells".to_owned());
    }
    Ok((address.to_canonical(), Workstation { account, is_fixed }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_says_whose_a_computer_is_and_what_is_wrong_with_it() {
        let (computers, wrong) = Workstations::read(
            "# address, account, reliance\n10.1.4.7, Ann , fixed\n10.1.4.8,bob\n::ffff:10.1.4.9,cy,lent\n\
             10.1.4.8,ann\nten,ann\n10.1.4.1,\n10.1.4.2,ann,perhaps\n10.1.4.3,a,fixed,b\n",
        );
        let at = |text: &str| {
            let address = text.parse().ok()?;
            let found = computers.at(address)?;
            Some((found.account.as_str(), found.is_fixed))
        };
        assert_eq!(at("10.1.4.7"), Some(("ann", true)));
        assert_eq!(at("::ffff:10.1.4.7"), Some(("ann", true)));
        assert_eq!(at("10.1.4.9"), Some(("cy", false)));
        assert_eq!(at("10.1.4.8"), None, "named twice");
        assert_eq!(at("10.1.4.1"), None);
        let lines: Vec<_> = wrong.iter().map(|one| one.split(':').next()).collect();
        let expected = ["line 5", "line 6", "line 7", "line 8", "line 9"];
        assert_eq!(lines, expected.map(Some), "{wrong:?}");
    }
}
