//! A list of any other system: `2026-12-01T09:00:00Z,ann,10.1.4.7,failed,vpn`. The address may be empty.

use super::SignInSeen;

/// Longest name of a system, in bytes.
const LONGEST_SYSTEM: usize = 40;

pub(super) fn read(line: &str) -> Option<SignInSeen> {
    let cells: Vec<_> = line.trim_end().split(',').map(str::trim).collect();
    let [at, who, from, outcome, system] = cells[..] else {
        return None;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if system.is_empty() || system.len() > LONGEST_SYSTEM || !system.chars().all(plain) {
        return None;
    }
    Some(SignInSeen {
        who: who.to_owned(),
        system: system.to_owned(),
        address: match from {
            "" => None,
            from => Some(from.parse().ok()?),
        },
        at: at.parse().ok()?,
        succeeded: match outcome {
            "succeeded" => true,
            "failed" => false,
            _ => return None,
        },
        times: 1,
    })
}
