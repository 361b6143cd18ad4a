//! What HR, clocks and directories bring, and lists that somebody keeps by hand.

use directory::clock::list::ClockList;
use directory::hr::HrList;
use directory::scim::filter;
use jiff::tz::TimeZone;
use register::assets::Assets;
use register::snapshot::Snapshot;
use register::workstations::Workstations;

use crate::Target;

/// HR's list.
pub(crate) const HR: Target = Target {
    name: "hr",
    run: |bytes| {
        let Ok(mut sheet) = HrList::open(bytes) else {
            return;
        };
        while let Ok(Some(_)) = sheet.stated() {}
    },
    samples: &[
        b"employee number,name,audience,directorate,manager number,contract start,email,account\n\
          1,\"Smith, Ann\",officer,Resources,2,2020-01-01,ann@council.example,ann\n",
        b"\xef\xbb\xbfemployee number,name,contract start\r\n1,Ann,31/04/2026\r\n",
    ],
};

/// A list of clock events.
pub(crate) const CLOCKS: Target = Target {
    name: "clocks",
    run: |bytes| {
        let Ok(mut list) = ClockList::open(bytes, TimeZone::UTC) else {
            return;
        };
        while let Ok(Some(_)) = list.clocking() {}
    },
    samples: &[b"person,when,event\n1,2026-03-02 09:00,in\n1,02/03/2026 17:00,out\n"],
};

/// A filter of SCIM.
pub(crate) const SCIM_FILTER: Target = Target {
    name: "scim-filter",
    run: |bytes| {
        let _ = std::str::from_utf8(bytes).map(filter::read);
    },
    samples: &[
        b"userName eq \"ann\"",
        b"externalId eq \"\\u00e9\" and active eq true",
    ],
};

/// A register file.
pub(crate) const REGISTER: Target = Target {
    name: "register",
    run: |bytes| {
        let _ = std::str::from_utf8(bytes).map(Snapshot::parse);
    },
    samples: &[
        b"[council]\ndomains = [\"council.example\"]\npartner_domains = []\nsecure_domains = []\nwebmail_domains = []\n\
          [[person]]\nid = \"ann\"\nname = \"Ann\"\naudience = \"officer\"\naccounts = [\"ann\"]\n\
          addresses = [\"ann@council.example\"]\nprivate_addresses = []\nacceptance = \"current\"\n",
    ],
};

/// The asset register.
pub(crate) const ASSETS: Target = Target {
    name: "assets",
    run: |bytes| {
        let _ = Assets::parse(bytes);
    },
    samples: &[
        b"[[device]]\nname = \"pc-1\"\naddress = \"02:00:00:00:00:01\"\n",
        b"mac,name\n02:00:00:00:00:01,pc-1\n",
    ],
};

/// Whose computer each address is.
pub(crate) const WORKSTATIONS: Target = Target {
    name: "workstations",
    run: |bytes| {
        let _ = std::str::from_utf8(bytes).map(Workstations::read);
    },
    samples: &[b"10.1.4.7,ann,bound\n10.1.5.0/24,,\n"],
};
