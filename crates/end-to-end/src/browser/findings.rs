//! What is wrong with a page for those who cannot see it, point at it, or read it small.

use std::fmt;

use serde::Deserialize;

/// A rule of accessibility that a page breaks, as axe-core tells it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Violation {
    /// The rule's name.
    pub rule: String,
    /// `minor`, `moderate`, `serious` or `critical`.
    pub impact: String,
    /// What the rule asks for.
    pub help: String,
    /// Each place, with what to mend there.
    pub at: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.rule, self.impact, self.help)?;
        for place in &self.at {
            write!(f, "\n    at {place}")?;
        }
        Ok(())
    }
}

/// One place the Tab key stops at.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Stop {
    /// What it is, as a screen reader is told: `button`, `link`, `textbox`, `radio` …
    pub role: String,
    /// What it is called.
    pub name: String,
    /// Whether it looks different while it has the focus.
    pub shows_focus: bool,
    /// Whether something lies over it, so that it cannot be seen at all.
    pub obscured: bool,
}

/// Where the Tab key goes, from the top of a page to its end.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct TabOrder {
    /// Its stops. A group of radio buttons is one.
    pub stops: Vec<Stop>,
    /// Whether the end of the page is never got to.
    pub trapped: bool,
    /// What a mouse can work and the Tab key never gets to.
    pub unreached: Vec<String>,
}

impl TabOrder {
    /// The names of the stops, in order.
    pub fn names(&self) -> Vec<&str> {
        self.stops.iter().map(|stop| &*stop.name).collect()
    }

    /// What is wrong, a sentence each.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.trapped {
            faults.push("the Tab key never gets to the end of the page".to_owned());
        }
        for control in &self.unreached {
            faults.push(format!("the Tab key never gets to {control}"));
        }
        for Stop {
            role,
            name,
            shows_focus,
            obscured,
        } in &self.stops
        {
            if name.is_empty() {
                faults.push(format!("a {role} has no name"));
            }
            if !shows_focus {
                faults.push(format!(
                    "{role} `{name}` does not show that it has the focus"
                ));
            }
            if *obscured {
                faults.push(format!("{role} `{name}` has the focus and cannot be seen"));
            }
        }
        faults
    }
}
