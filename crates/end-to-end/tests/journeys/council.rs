//! Who works at the council of the journeys, and who can sign in to its console.

use std::path::Path;
use std::sync::Arc;

use end_to_end::gate_process::database;
use end_to_end::pack_copy;
use jiff::Timestamp;
use matters::authority::Holding;
use matters::event::{Act, Actor};
use matters::id::{PersonId, PostId, UnitId};
use matters::people::{Person, Unit};
use policy::pack::Pack;
use register_store::Store;
use register_store::seal::Key;
use register_store::signing_in::SignIn;
use register_store::signing_in::account::Whose;

pub const DOMAIN: &str = "council.example";

/// What everybody signs in with.
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
    /// Their line manager's account, or that of whoever answers for them.
    pub manager: Option<&'static str>,
}

const fn resident(account: &'static str, name: &'static str, audience: &'static str) -> Resident {
    Resident {
        account,
        name,
        audience,
        post: None,
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
pub const HEAD: Resident = holder("bashir", "Bashir Holt", "head-of-service");
pub const DIRECTOR_IT: Resident = holder("cora", "Cora Pike", "assistant-director-it");
pub const HR: Resident = holder("dilip", "Dilip Shaw", "hr");
pub const DESK: Resident = holder("esme", "Esme Tran", "service-desk");
pub const MONITOR: Resident = holder("finn", "Finn Ward", "monitoring-officer");
pub const AUDITOR: Resident = holder("gwen", "Gwen Yates", "chief-internal-auditor");

/// One of each role there is.
pub const EVERYBODY: [Resident; 10] = [
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
];

/// The service all of them work in.
const UNIT: &str = "planning";

impl Resident {
    pub fn address(&self) -> String {
        format!("{}@{DOMAIN}", self.name.to_lowercase().replace(' ', "."))
    }

    /// The number HR and the directory know them by.
    pub fn number(&self) -> String {
        format!("E-{}", self.account)
    }

    fn id(&self) -> PersonId {
        PersonId::from(self.account)
    }

    fn person(&self) -> Person {
        let person = serde_json::json!({
            "id": self.account,
            "name": self.name,
            "audience": self.audience,
            "employee_number": self.number(),
            "unit": UNIT,
            "employed": [{ "from": "2026-03-02" }],
            "accounts": [self.account],
            "addresses": [self.address()],
        });
        let mut person: Person = serde_json::from_value(person).unwrap();
        let answers = self.manager.map(PersonId::from);
        match self.audience {
            "agent" => person.sponsor = answers,
            _ => person.manager = answers,
        }
        person
    }
}

/// Enters all of them where a gate in this folder will look for them.
pub fn enter(folder: &Path, pack: &Path, accounts: &[&str]) {
    let pack = Pack::load(&pack_copy::files(pack)).unwrap();
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(&database(folder), Arc::new(pack))
            .await
            .unwrap();
        let now = Timestamp::now();
        let act = Act::of(Actor::Feed("hr".to_owned()), now);
        let unit = Unit {
            id: UnitId::from(UNIT),
            name: "Planning".to_owned(),
            parent: None,
        };
        let people = EVERYBODY.map(|one| one.person());
        store.put_people(people, [unit], &act).await.unwrap();
        for (resident, post) in EVERYBODY.iter().filter_map(|one| Some((one, one.post?))) {
            let of_unit = store.image().pack().people().posts[post].of_unit;
            let holding = Holding {
                post: PostId::from(post),
                unit: of_unit.then(|| UnitId::from(UNIT)),
                person: resident.id(),
                from: now,
                until: None,
            };
            store.appoint(holding, &act).await.unwrap();
        }
        let key = Key::at(&folder.join("sign-in.key")).unwrap();
        let sign_in = SignIn::new(store.clone(), key);
        for account in accounts {
            let person = PersonId::from(*account);
            let added = sign_in.add_account(&person, account, PASSPHRASE, Whose::Own, &act);
            added.await.unwrap();
        }
        store.close().await;
    });
}
