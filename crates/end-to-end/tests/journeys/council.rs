//! Who works at the council of the journeys, and who can sign in to its console: brought in by the
//! operator's commands, as a council does in its first hour.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use end_to_end::gate_process::program;

pub const DOMAIN: &str = "council.example";

/// What everybody chooses to sign in with.
pub const PASSPHRASE: &str = "copper tiptoe marmalade";

/// Somebody of the council.
#[derive(Debug, Clone, Copy)]
pub struct Resident {
    /// Their name at the gates and at the console.
    pub account: &'static str,
    pub name: &'static str,
    pub audience: &'static str,
    /// The post they hold, if the policy names one for them.
    pub post: Option<&'static str>,
    /// Whether it is the post of the service they work in.
    pub post_is_of_unit: bool,
    /// Their line manager's account.
    pub manager: Option<&'static str>,
}

const fn resident(account: &'static str, name: &'static str, audience: &'static str) -> Resident {
    Resident {
        account,
        name,
        audience,
        post: None,
        post_is_of_unit: false,
        manager: None,
    }
}

const fn holder(account: &'static str, name: &'static str, post: &'static str) -> Resident {
    Resident {
        post: Some(post),
        ..resident(account, name, "officer")
    }
}

/// The starter and leaver of the journeys.
pub const OFFICER: Resident = Resident {
    manager: Some(MANAGER.account),
    ..resident("noor", "Noor Quist", "officer")
};
pub const MANAGER: Resident = Resident {
    manager: Some(HEAD.account),
    ..resident("ann", "Ann Mere", "officer")
};
pub const COUNCILLOR: Resident = resident("hal", "Hal Stone", "councillor");
pub const AGENT: Resident = Resident {
    manager: Some(MANAGER.account),
    ..resident("gita", "Gita Rowe", "agent")
};
pub const HEAD: Resident = Resident {
    post_is_of_unit: true,
    ..holder("bashir", "Bashir Holt", "head-of-service")
};
pub const DIRECTOR_IT: Resident = holder("cora", "Cora Pike", "assistant-director-it");
pub const HR: Resident = holder("dilip", "Dilip Shaw", "hr");
pub const DESK: Resident = holder("esme", "Esme Tran", "service-desk");
pub const MONITOR: Resident = holder("finn", "Finn Ward", "monitoring-officer");
pub const AUDITOR: Resident = holder("gwen", "Gwen Yates", "chief-internal-auditor");

pub const TRANSFORMATION: Resident = holder("ivo", "Ivo Lane", "strategic-transformation");

/// Those who have to agree before anybody signs on a page.
pub const AGREE_TO_SIGNING: [Resident; 2] = [AUDITOR, TRANSFORMATION];

/// One of each role there is.
pub const EVERYBODY: [Resident; 11] = [
    OFFICER,
    MANAGER,
    COUNCILLOR,
    AGENT,
    HEAD,
    DIRECTOR_IT,
    HR,
    DESK,
    MONITOR,
    AUDITOR,
    TRANSFORMATION,
];

/// The service all of them work in, as the list names it and as the register does.
const UNIT: (&str, &str) = ("Place,Planning", "place.planning");

impl Resident {
    pub fn address(&self) -> String {
        format!("{}@{DOMAIN}", self.name.to_lowercase().replace(' ', "."))
    }

    /// The number HR and the directory know them by.
    pub fn number(&self) -> String {
        format!("E-{}", self.account)
    }

    /// Their row of HR's list, with the last working day where they leave.
    fn row(&self, last_day: &str) -> String {
        let manager = self.manager.map(|account| format!("E-{account}"));
        [
            &self.number(),
            self.name,
            self.audience,
            UNIT.0,
            manager.as_deref().unwrap_or_default(),
            "02/03/2026",
            last_day,
            &self.address(),
            self.account,
        ]
        .join(",")
    }
}

/// HR's list of these people, each with their last working day or none.
pub fn list(people: &[(Resident, &str)]) -> String {
    let mut list = "employee number,name,audience,directorate,service,manager number,\
                    contract start,last working day,email,account\n"
        .to_owned();
    for (resident, last_day) in people {
        let _ = writeln!(list, "{}", resident.row(last_day));
    }
    list
}

/// Brings all of them in and lets some sign in: who, and with which first passphrase.
pub fn enter(folder: &Path, config: &Path, accounts: &[&str]) -> HashMap<String, String> {
    let file = folder.join("people.csv");
    std::fs::write(&file, list(&EVERYBODY.map(|one| (one, "")))).unwrap();
    let taken = probity(&["import", "hr", file.to_str().unwrap()], config);
    assert_eq!(taken["counts"]["added"], EVERYBODY.len(), "{taken}");
    for (resident, post) in EVERYBODY.iter().filter_map(|one| Some((one, one.post?))) {
        let number = resident.number();
        let mut appoint = vec!["post", "appoint", post, &number];
        if resident.post_is_of_unit {
            appoint.extend(["--unit", UNIT.1]);
        }
        probity(&appoint, config);
    }
    let issued = accounts.iter().map(|account| {
        let said = probity(&["account", "add", account], config);
        let passphrase = said["passphrase"].as_str().unwrap();
        ((*account).to_owned(), passphrase.to_owned())
    });
    issued.collect()
}

/// What a command says, as JSON.
fn probity(args: &[&str], config: &Path) -> serde_json::Value {
    let mut command = Command::new(program().unwrap());
    command.args(args).args(["--format", "json", "--config"]);
    let output = command.arg(config).output().unwrap();
    assert!(output.status.success(), "{args:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}
