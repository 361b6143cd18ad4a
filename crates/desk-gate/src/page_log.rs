//! CUPS' page log (cupsd-logs(5)), in both its forms: a line for each page, or one for all of a job.
//!
//! `printer user job [time] page copies billing host name media sides`, or with `total pages` in place of
//! `page copies`. Users and names may hold spaces, so a line is read from both ends. The job's name is
//! somebody's words and is passed over; what is billed is kept as far as it is a purpose.

use jiff::Timestamp;

use crate::asked::Purpose;

/// Longest line that is read, in bytes: names of jobs are bounded by CUPS at some hundreds.
pub const LONGEST_LINE: usize = 8192;

/// Most pages one line may tell of; beyond it is a mistake.
const MOST_PAGES: u64 = 1_000_000;

/// What one line tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed<'a> {
    /// The printer.
    pub printer: &'a str,
    /// Whose job, in the print server's word.
    pub user: &'a str,
    /// The number of the job.
    pub job: &'a str,
    /// When the line was written.
    pub at: Timestamp,
    /// Sides of paper this line tells of, all copies together.
    pub pages: u64,
    /// What it was for, in its owner's word (`job-billing`).
    pub purpose: Purpose,
}

/// Why a line cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadLine {
    /// Too few fields, or no time among them: usually another `PageLogFormat`.
    #[error(
        "it is not of the form `printer user job [time] page copies billing host name media sides`"
    )]
    Form,
    /// The time cannot be read.
    #[error("its time is not one such as [02/Mar/2026:10:00:00 +0000]")]
    Time,
    /// A number is none.
    #[error("its pages are no number")]
    Pages,
    /// It is longer than any line of a page log.
    #[error("it is longer than {LONGEST_LINE} bytes")]
    TooLong,
}

impl<'a> Printed<'a> {
    /// Reads one line.
    pub fn read(line: &'a str) -> Result<Self, BadLine> {
        if line.len() > LONGEST_LINE {
            return Err(BadLine::TooLong);
        }
        // The time is the first thing in brackets after a number: a user may have brackets in the name.
        let (who, time, rest) = line
            .match_indices(" [")
            .find_map(|(at, _)| split_at_time(line, at))
            .ok_or(BadLine::Form)?;
        let (printer, who) = who.split_once(' ').ok_or(BadLine::Form)?;
        let (user, job) = who.rsplit_once(' ').ok_or(BadLine::Form)?;
        let at = jiff::fmt::strtime::parse("%d/%b/%Y:%H:%M:%S %z", time)
            .and_then(|time| time.to_timestamp())
            .map_err(|_| BadLine::Time)?;
        let mut fields = rest.split(' ');
        let (Some(page), Some(number), Some(billing)) =
            (fields.next(), fields.next(), fields.next())
        else {
            return Err(BadLine::Form);
        };
        let is_page = page == "total" || page.parse::<u64>().is_ok();
        let pages = number.parse().ok().filter(|pages| *pages <= MOST_PAGES);
        Ok(Self {
            printer,
            user,
            job,
            at,
            pages: pages.filter(|_| is_page).ok_or(BadLine::Pages)?,
            purpose: match billing {
                "private" => Purpose::Private,
                "work" => Purpose::Work,
                _ => Purpose::Unsaid,
            },
        })
    }
}

/// What stands before the time, the time, and what stands after it.
fn split_at_time(line: &str, at: usize) -> Option<(&str, &str, &str)> {
    let (before, bracketed) = (&line[..at], line.get(at + 2..)?);
    let (time, rest) = bracketed.split_once("] ")?;
    let job = before.rsplit(' ').next()?;
    let is_job = !job.is_empty() && job.bytes().all(|b| b.is_ascii_digit());
    (is_job && time.len() == "02/Mar/2026:10:00:00 +0000".len()).then_some((before, time, rest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn check(line: &str, user: &str, pages: u64, purpose: Purpose) {
        let read = Printed::read(line);
        let expected = Printed {
            printer: "office",
            user,
            job: "17",
            at: "2026-03-02T10:00:00Z".parse().unwrap(),
            pages,
            purpose,
        };
        assert_eq!(read.as_ref(), Ok(&expected), "{line}");
    }

    #[test]
    fn both_forms_are_read_from_both_ends() {
        use Purpose::{Private, Unsaid, Work};
        let time = "[02/Mar/2026:10:00:00 +0000]";
        check(
            &format!("office ann 17 {time} total 6 private localhost a name - -"),
            "ann",
            6,
            Private,
        );
        check(
            &format!("office ann 17 {time} 1 3 work localhost a.pdf A4 one-sided"),
            "ann",
            3,
            Work,
        );
        check(
            &format!("office ann 17 {time} 2 1 - localhost total 9 [x] 3 - -"),
            "ann",
            1,
            Unsaid,
        );
        check(
            &format!("office Ann Able 17 {time} total 2 C-100 host n - -"),
            "Ann Able",
            2,
            Unsaid,
        );
        check(
            &format!("office a [b 17 {time} total 2 - host n - -"),
            "a [b",
            2,
            Unsaid,
        );
        // An hour ahead.
        let line = "office ann 17 [02/Mar/2026:11:00:00 +0100] total 0 - localhost n - -";
        check(line, "ann", 0, Unsaid);
    }

    #[test]
    fn what_is_no_line_is_told() {
        let time = "[02/Mar/2026:10:00:00 +0000]";
        let bad = |line: &str, expected| assert_eq!(Printed::read(line), Err(expected), "{line}");
        bad("", BadLine::Form);
        bad("office", BadLine::Form);
        bad(
            &format!("office ann seventeen {time} total 6 - h n - -"),
            BadLine::Form,
        );
        bad(
            &format!("office 17 {time} total 6 - h n - -"),
            BadLine::Form,
        );
        bad(&format!("office ann 17 {time} total"), BadLine::Form);
        bad(
            "office ann 17 [02/Foo/2026:10:00:00 +0000] total 6 - h n - -",
            BadLine::Time,
        );
        bad(
            &format!("office ann 17 {time} total six - h n - -"),
            BadLine::Pages,
        );
        bad(
            &format!("office ann 17 {time} all 6 - h n - -"),
            BadLine::Pages,
        );
        bad(
            &format!("office ann 17 {time} total 99999999 - h n - -"),
            BadLine::Pages,
        );
        bad(
            &format!("office ann 17 {time} total 1 - h {} - -", "n".repeat(9000)),
            BadLine::TooLong,
        );
    }
}
