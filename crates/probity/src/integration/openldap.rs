//! What to add to OpenLDAP so that passwords are as old and as good as the pack wants: its own overlay
//! for password policies, as `probity integrate openldap` prints it.
//!
//! Whoever binds with a password that has run out is refused by the directory itself, and so by
//! whatever asks it: the mail server, the proxy, the council's own sign-in.

use policy::people::Passwords;

/// Seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// Days before a password runs out on which programs that can tell say so.
const WARNED: u64 = 14;

/// The LDIF, in two parts for two administrators. `base` is where people lie, or above; `database` is
/// the directory's own name for it.
pub(crate) fn ldif(base: &str, database: &str, passwords: &Passwords) -> String {
    let longest = passwords.longest_days.map_or(0, u64::from);
    let warned = match longest {
        0 => 0,
        days => WARNED.min(days / 2),
    };
    let never = match longest {
        0 => "# The pack lets passwords last for ever (longest_days of [people.passwords]).\n",
        _ => "",
    };
    format!(
        "\
# For OpenLDAP 2.5 or later (Debian 12): passwords as [people.passwords] of the pack has them.
{never}
# 1. The overlay. As root: ldapmodify -Y EXTERNAL -H ldapi:/// -c -f FILE
#    Where the module is loaded already, that step says so and is passed over.
dn: cn=module{{0}},cn=config
changetype: modify
add: olcModuleLoad
olcModuleLoad: ppolicy

dn: olcOverlay=ppolicy,olcDatabase={database},cn=config
changetype: add
objectClass: olcOverlayConfig
objectClass: olcPPolicyConfig
olcOverlay: ppolicy
olcPPolicyDefault: cn=passwords,{base}
olcPPolicyHashCleartext: TRUE

# 2. The rules. As whoever administers the directory: ldapmodify -D … -W -f FILE
#    Nobody is locked out by failures, which would let a stranger lock out anybody: Probity tells of
#    them instead ([[feeds.sign_ins]]).
dn: cn=passwords,{base}
changetype: add
objectClass: organizationalRole
objectClass: pwdPolicy
cn: passwords
pwdAttribute: userPassword
pwdMinLength: {least}
pwdCheckQuality: 2
pwdInHistory: {remembered}
pwdMaxAge: {max_age}
pwdExpireWarning: {warning}
pwdGraceAuthNLimit: 0
pwdLockout: FALSE
pwdAllowUserChange: TRUE
pwdMustChange: TRUE
",
        least = passwords.min_characters,
        remembered = passwords.remembered,
        max_age = longest * DAY,
        warning = warned * DAY,
    )
}

/// Whether a name can stand in LDIF as it is: signs of ASCII, in the form of a distinguished name.
pub(crate) fn is_plain_name(name: &str) -> bool {
    name.contains('=') && name.chars().all(|c| matches!(c, ' '..='~')) && name.trim() == name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(longest_days: Option<u32>) -> String {
        let passwords = Passwords {
            min_characters: 14,
            longest_days,
            remembered: 3,
        };
        ldif("dc=council,dc=test", "{2}mdb", &passwords)
    }

    #[test]
    fn the_packs_numbers_stand_in_it() {
        let text = said(Some(90));
        for line in [
            "dn: olcOverlay=ppolicy,olcDatabase={2}mdb,cn=config",
            "dn: cn=passwords,dc=council,dc=test",
            "pwdMinLength: 14",
            "pwdInHistory: 3",
            "pwdMaxAge: 7776000",
            "pwdExpireWarning: 1209600",
        ] {
            assert!(text.lines().any(|one| one == line), "{line} in {text}");
        }
        assert!(said(Some(10)).contains("pwdExpireWarning: 432000"));
        let never = said(None);
        assert!(never.contains("pwdMaxAge: 0\n") && never.contains("for ever"));
    }

    #[test]
    fn a_name_that_would_be_more_than_a_name_is_none() {
        assert!(is_plain_name("ou=people, dc=council,dc=test"));
        for name in ["people", "dc=a\ndn: dc=b", "dc=ä", " dc=a", ""] {
            assert!(!is_plain_name(name), "{name}");
        }
    }
}
