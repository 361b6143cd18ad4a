//! Addresses and message ids as they compare.

/// In lower case and without what follows a plus sign: one mailbox, whatever was written behind it.
pub(crate) fn plain(address: &str) -> String {
    let lower = address.trim().to_lowercase();
    match lower.rsplit_once('@') {
        Some((local, domain)) => {
            let mailbox = local.split_once('+').map_or(local, |(mailbox, _)| mailbox);
            // Nothing before the plus sign names nobody.
            let mailbox = if mailbox.is_empty() { local } else { mailbox };
            format!("{mailbox}@{domain}")
        }
        None => lower,
    }
}

/// What stands after the last `@`.
pub(crate) fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// Without angle brackets.
pub(crate) fn id(message_id: &str) -> &str {
    message_id.trim().trim_matches(['<', '>'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_one_whatever_is_written_behind_it() {
        let check = |address, expected| assert_eq!(plain(address), expected);
        check("Ann@Home.Example", "ann@home.example");
        check("ann+news@home.example", "ann@home.example");
        check("+news@home.example", "+news@home.example");
        check("postmaster", "postmaster");
        assert_eq!(domain("a@b@c.example"), "c.example");
        assert_eq!(id(" <1@c.example>"), id("1@c.example"));
    }
}
