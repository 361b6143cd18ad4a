//! `[feeds.directory]`: an LDAP directory, in as few words as its kind allows.

use std::collections::BTreeMap;
use std::path::PathBuf;

use directory::connector::Connector;
use directory::ldap::connection::Settings;
use directory::ldap::mapping::Mapping;
use jiff::civil::Time;
use serde::Deserialize;

use crate::failure::Failure;

/// A directory, as the configuration has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DirectoryConfig {
    /// Where it is, and which account reads and writes.
    pub(crate) server: Settings,
    /// Holds that account's password.
    pub(crate) password_file: PathBuf,
    /// Which attributes it usually has.
    pub(crate) kind: Kind,
    /// Attributes it has in place of those.
    #[serde(default)]
    pub(crate) attributes: toml::Table,
    /// What the values of `attributes.audience` mean.
    #[serde(default)]
    pub(crate) audiences: BTreeMap<String, String>,
    /// The group of each service that has one.
    #[serde(default)]
    pub(crate) groups: BTreeMap<String, String>,
    /// When it is read whole and compared, in the pack's time zone.
    #[serde(default = "night")]
    pub(crate) read_at: Time,
}

fn night() -> Time {
    Time::constant(2, 0, 0, 0)
}

/// What kind of directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// Active Directory.
    ActiveDirectory,
    /// OpenLDAP and others with `inetOrgPerson`.
    InetOrgPerson,
}

impl DirectoryConfig {
    /// What cannot be used of it.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if let Err(error) = self.mapping() {
            let why = error.message();
            problems.push(format!("[feeds.directory.attributes] {why}"));
        }
        if let Err(error) = self.password() {
            let path = self.password_file.display();
            problems.push(format!("[feeds.directory] password_file `{path}`: {error}"));
        }
        problems
    }

    /// Ready to be asked and told.
    pub(crate) fn connector(&self) -> Result<Connector, Failure> {
        Ok(Connector {
            settings: self.server.clone(),
            password: self.password()?,
            mapping: self.mapping()?,
            groups: self.groups.clone(),
        })
    }

    fn password(&self) -> std::io::Result<String> {
        let text = std::fs::read_to_string(&self.password_file)?;
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }

    fn mapping(&self) -> Result<Mapping, toml::de::Error> {
        let usual = match self.kind {
            Kind::ActiveDirectory => Mapping::active_directory(),
            Kind::InetOrgPerson => Mapping::inet_org_person(),
        };
        let audiences = self.audiences.iter();
        let usual = Mapping {
            audiences: audiences
                .map(|(said, meant)| (said.to_lowercase(), meant.clone()))
                .collect(),
            ..usual
        };
        // A struct of texts and lists of texts is always a table.
        let mut table = toml::Table::try_from(&usual).unwrap_or_default();
        table.extend(self.attributes.clone());
        table.try_into()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn config(more: &str) -> Result<DirectoryConfig, toml::de::Error> {
        toml::from_str(&format!(
            "kind = \"active-directory\"\npassword_file = \"/nowhere\"\n{more}\n\
             [server]\nurl = \"ldaps://dc1\"\nbind_dn = \"cn=p\"\nbase = \"dc=x\"\nfilter = \"(a=b)\"\n"
        ))
    }

    #[test]
    fn attributes_stand_in_for_the_usual_ones() {
        let more = "read_at = \"03:30\"\naudiences = { Staff = \"officer\" }\n\
                    attributes = { audience = \"employeeType\", unit = [\"department\"] }";
        let config = config(more).unwrap();
        assert_eq!(config.read_at, Time::constant(3, 30, 0, 0));
        let mapping = config.mapping().unwrap();
        assert_eq!(mapping.account, "sAMAccountName");
        assert_eq!(mapping.audience.as_deref(), Some("employeeType"));
        assert_eq!(mapping.unit, ["department"]);
        assert_eq!(mapping.audiences["staff"], "officer");
    }

    #[test]
    fn a_wrong_attribute_and_a_missing_password_are_said() {
        let problems = config("attributes = { acount = \"uid\" }")
            .unwrap()
            .problems();
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].contains("acount") && problems[1].contains("/nowhere"));
    }
}
