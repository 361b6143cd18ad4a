//! Clauses on using what is somebody else's: what each asks of the process, with the settings of its own
//! pack. Every test names its clause, and `clauses.toml` names the test.
#![allow(clippy::unwrap_used)]

mod support;

use matters::authority::Holding;
use matters::delegation::{self, Basis, Delegation, Right};
use matters::machine::Machine as _;
use matters::permission::{self, Narrowed, Permission};
use support::{Council, at, because, by};

/// Halton 6.d: what is a colleague's, a mailbox or a device, is used once a divisional manager or
/// somebody more senior has agreed, and not before; neither of the two can be that manager.
#[test]
fn nobody_uses_what_is_a_colleagues_without_a_divisional_manager() {
    let mut council = Council::new();
    council.settings = support::settings("halton");
    council.posts.put(Holding {
        post: "divisional-manager".into(),
        unit: Some("benefits".into()),
        person: "hugh".into(),
        from: at(-1000),
        until: None,
    });
    let clauses = &council.settings.delegation.clauses;
    assert!(clauses.iter().any(|clause| clause == "halton-6.d"));
    mailbox(&council);
    device(&council);
}

fn mailbox(council: &Council) {
    use delegation::Step::{Approve, DelegateAgree, Inform};
    let opening = |owner: &str, delegate: &str| delegation::Opening {
        owner: owner.into(),
        delegate: delegate.into(),
        rights: [Right::Read, Right::SendOnBehalf].into(),
        basis: Basis::Agreement,
        why: "while I am away".to_owned(),
        when: delegation::When::Between {
            from: at(0),
            until: at(5),
        },
    };
    let opened = |owner: &str, delegate: &str| {
        let act = by(owner, 0);
        Delegation::open(opening(owner, delegate), &act, &council.world())
    };
    let agreed = council.run(
        opened("ada", "mara").unwrap().matter,
        [
            (by("mara", 0), DelegateAgree, "awaiting-approval"),
            (by("sid", 0), Inform, "!state"),
            (by("ada", 0), Approve, "!own-matter"),
            (by("mara", 0), Approve, "!named"), // though she manages the owner
            (by("pam", 0), Approve, "!authority"),
            (by("ida", 0), Approve, "!authority"),
        ],
    );
    assert_eq!(agreed.shares(at(1)), None);
    for approver in ["hugh", "dora"] {
        let shared = council.run(
            agreed.clone(),
            [
                (by(approver, 0), Approve, "agreed"),
                (by("sid", 0), Inform, "active"),
            ],
        );
        assert!(shared.shares(at(1)).is_some(), "{approver}");
        assert_eq!(shared.shares(at(5)), None); // for a few days at most
    }
    // The divisional manager's own mailbox is for somebody above to agree to.
    council.run(
        opened("hugh", "ada").unwrap().matter,
        [
            (by("ada", 0), DelegateAgree, "awaiting-approval"),
            (by("hugh", 0), Approve, "!own-matter"),
            (by("dora", 0), Approve, "agreed"),
        ],
    );
}

fn device(council: &Council) {
    use permission::Step::{Approve, Refuse};
    let opening = permission::Opening {
        person: "ada".into(),
        kind: "others-equipment".to_owned(),
        scope: vec!["PC 4711".to_owned()],
        why: "the figures are on it".to_owned(),
        when: permission::When::Ahead {
            from: at(0),
            until: at(4),
        },
    };
    let asked = Permission::open(opening, &by("ada", 0), &council.world());
    let asked = asked.unwrap().matter;
    let approve = || Approve {
        narrowed: Narrowed::default(),
    };
    council.run(
        asked.clone(),
        [
            (by("ada", 0), approve(), "!own-matter"),
            (by("mara", 0), approve(), "!authority"),
            (by("ida", 0), approve(), "!authority"),
            (by("hugh", 0), approve(), "active"),
        ],
    );
    council.run(asked, [(because("dora", 0), Refuse, "refused")]);
}
