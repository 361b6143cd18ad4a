//! A month's report on its way from the figures to those who manage a unit.
#![allow(clippy::unwrap_used)]

mod council;

use council::{Council, act, council, hour, person, told};
use matters::id::UnitId;
use matters::machine::{Machine, Refused, Taken};
use matters::report_issue::{self, Opening, Purpose, ReportIssue, State, Step};
use policy::people::{ReportCycle, ReportRules};

/// `dan` is head of `environment`, which `planning` lies in; `cia` reads of all.
fn issuing() -> Council {
    let mut council = council();
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    council.settings.reports = Some(ReportRules {
        read_by: names(&["head-of-service", "chief-internal-auditor"]),
        cycle: Some(ReportCycle {
            recalled_by: names(&["assistant-director-it"]),
            archived_after_days: 10,
        }),
        clauses: names(&["t-5.d"]),
    });
    council
}

fn opening(month: &str, unit: Option<&str>) -> Opening {
    Opening {
        purpose: Purpose::Usage,
        month: month.to_owned(),
        unit: unit.map(UnitId::from),
    }
}

fn rule(council: &Council, matter: &ReportIssue, step: Step) -> Taken<ReportIssue> {
    council.take(matter, step, "rule", 2).unwrap()
}

fn checked(council: &Council, unit: Option<&str>, faults: &[&str]) -> ReportIssue {
    let opened = council.open::<ReportIssue>(opening("2026-02", unit), "rule", 1);
    let build = Step::Build {
        sha256: "ab".repeat(32),
    };
    let built = rule(council, &opened.unwrap().matter, build).matter;
    assert_eq!(built.state, State::Built);
    let faults = faults.iter().map(|&one| one.to_owned()).collect();
    rule(council, &built, Step::Check { faults }).matter
}

fn issued(council: &Council, unit: Option<&str>) -> ReportIssue {
    let checked = checked(council, unit, &[]);
    rule(council, &checked, Step::Issue).matter
}

#[test]
fn it_goes_step_by_step_to_those_who_manage_the_unit() {
    let council = issuing();
    let checked = checked(&council, Some("environment"), &[]);
    assert_eq!(checked.state, State::Checked);
    let issued = rule(&council, &checked, Step::Issue);
    assert_eq!(told(&issued), ["dan"]);
    assert_eq!(issued.clauses, ["t-5.d"]);
    let read = council.take(&issued.matter, Step::Read, "dan", 3).unwrap();
    assert_eq!(read.matter.state, State::Read);
    assert_eq!(read.authority.unwrap().post.as_str(), "head-of-service");
    // Whoever opens it again opened it first then.
    let again = council.take(&read.matter, Step::Read, "dan", 9).unwrap();
    assert_eq!(again.matter.readers[&person("dan")], hour(3));
}

#[test]
fn what_the_check_finds_is_never_issued() {
    let council = issuing();
    let faulty = checked(
        &council,
        None,
        &["`A table` has a figure that was not told"],
    );
    assert_eq!(faulty.state, State::Recalled);
    assert!(faulty.is_over());
    let refused = council.take(&faulty, Step::Issue, "rule", 3).unwrap_err();
    assert!(matches!(refused, Refused::State { step: "issue", .. }));
}

#[test]
fn no_step_is_left_out() {
    let council = issuing();
    let opened = council.open::<ReportIssue>(opening("2026-02", None), "rule", 1);
    let scheduled = opened.unwrap().matter;
    let check = Step::Check { faults: Vec::new() };
    for step in [check, Step::Issue, Step::Archive] {
        assert!(council.take(&scheduled, step, "rule", 2).is_err());
    }
    for step in [Step::Read, Step::Recall] {
        assert!(council.take(&scheduled, step, "cia", 2).is_err());
    }
    // And nobody takes a step that follows by itself.
    let build = Step::Build {
        sha256: "ab".repeat(32),
    };
    assert!(council.take(&scheduled, build, "cia", 2).is_err());
    assert!(
        council
            .open::<ReportIssue>(opening("2026-02", None), "cia", 1)
            .is_err()
    );
    for month in ["2026-13", "2026", "march", "2026-02-01"] {
        let opened = council.open::<ReportIssue>(opening(month, None), "rule", 1);
        assert!(matches!(opened, Err(Refused::Field { .. })), "{month}");
    }
}

#[test]
fn only_whose_post_reaches_the_unit_reads() {
    let council = issuing();
    let planning = issued(&council, Some("planning"));
    let it = issued(&council, Some("it"));
    let all = issued(&council, None);
    let reads = |issue: &ReportIssue, who| council.take(issue, Step::Read, who, 3).is_ok();
    assert!(reads(&planning, "dan") && !reads(&it, "dan") && !reads(&all, "dan"));
    for issue in [&planning, &it, &all] {
        assert!(reads(issue, "cia"));
        for who in ["mia", "adit", "mo", "rule"] {
            assert!(!reads(issue, who), "{who}");
        }
    }
}

#[test]
fn each_unit_somebody_reads_of_has_one_and_those_of_the_council_have_one() {
    let council = issuing();
    let units = report_issue::scheduled(&council.world(), hour(0));
    assert_eq!(units, [None, Some(UnitId::from("environment"))]);
    assert_eq!(
        report_issue::scheduled(&council::council().world(), hour(0)),
        []
    );
}

#[test]
fn one_that_is_wrong_is_recalled_with_a_reason_and_its_readers_are_told() {
    let council = issuing();
    let read = council
        .take(&issued(&council, Some("planning")), Step::Read, "dan", 3)
        .unwrap()
        .matter;
    for who in ["dan", "cia", "mia"] {
        let refused = council.take(&read, Step::Recall, who, 4).unwrap_err();
        assert!(matches!(refused, Refused::Authority { .. }), "{who}");
    }
    let mut silent = act("adit", 4);
    silent.reason = None;
    assert!(read.take(Step::Recall, &silent, &council.world()).is_err());
    let recalled = council.take(&read, Step::Recall, "adit", 4).unwrap();
    assert_eq!(told(&recalled), ["dan"]);
    assert_eq!(
        recalled.matter.recalled_because.as_deref(),
        Some("it is right")
    );
    assert!(
        council
            .take(&recalled.matter, Step::Read, "dan", 5)
            .is_err()
    );
    assert_eq!(recalled.matter.due(&council.world()), None);
}

#[test]
fn it_is_archived_when_its_time_is_over() {
    let council = issuing();
    let mut issue = issued(&council, None);
    assert_eq!(council.wait(&mut issue, 10 * 24), [""; 0]);
    assert_eq!(council.wait(&mut issue, 11 * 24), ["archive"]);
    assert_eq!(issue.state, State::Archived);
    assert!(council.take(&issue, Step::Read, "cia", 12 * 24).is_err());
}
