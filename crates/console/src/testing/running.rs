//! A service with something failing, and one where nothing is.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::running::{Disk, Files, Folder, Gate, Running, Service, Trouble};

/// Well until it is told otherwise.
#[derive(Default)]
pub(crate) struct MadeUp(AtomicBool);

impl MadeUp {
    pub(crate) fn fail(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Running for MadeUp {
    fn look(&self) -> Service {
        let fails = self.0.load(Ordering::Relaxed);
        let trouble = Trouble {
            what: "the record waits to be taken into the lake; none of it is lost",
            since: "2027-03-10T08:15:00Z".parse().unwrap(),
            why: Some("cannot use `/srv/lake`: <b>no space left</b>".to_owned()),
            to_do: "Make room where the lake is.",
        };
        let unsaid = Trouble {
            what: "the new asset register cannot be used; the old one stays in use",
            why: None,
            ..trouble.clone()
        };
        Service {
            program: "0.1.0".to_owned(),
            policy: "walsall 2007-03".to_owned(),
            started_at: "2027-03-01T06:00:00Z".parse().unwrap(),
            gates: vec![
                Gate {
                    title: "Mail",
                    decided: 1_204,
                    stopped: 31,
                    ..Gate::default()
                },
                Gate {
                    title: "Web pages",
                    decided: 88_012,
                    stopped: 942,
                    unevaluated: 2,
                    unrecorded: 1,
                },
            ],
            lake_behind: Some(if fails { 5_310 } else { 0 }),
            disk: Some(Disk {
                free: if fails { 400 << 20 } else { 40 << 30 },
                total: 80 << 30,
                needed: 256 << 20,
            }),
            folders: vec![Folder {
                title: "Call records",
                files: Some(Files {
                    waiting: 1,
                    failed: u64::from(fails) * 2,
                }),
            }],
            site_lists_of: Some("2027-03-09T03:00:00Z".parse().unwrap()),
            troubles: if fails {
                vec![trouble, unsaid]
            } else {
                Vec::new()
            },
        }
    }
}
