//! The process that drives the browser, and how it is spoken to.

use std::fmt;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::StartError;
use crate::process::Process;
use crate::temp::Folder;

/// How long the browser looks for a thing or waits for a page before a step fails.
const STEP_WITHIN: Duration = Duration::from_secs(10);

/// How long an answer may take: some steps press Tab hundreds of times or wait twice. Only a
/// browser that hangs takes longer.
const ANSWER_WITHIN: Duration = Duration::from_secs(120);

/// Where a page was when a step failed.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Whereabouts {
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Its first heading of level one.
    pub heading: String,
    /// What its error summary lists.
    pub errors: Vec<String>,
    /// Links, buttons, labels and legends in it, the first thirty.
    pub offers: Vec<String>,
}

impl fmt::Display for Whereabouts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "on `{}` ({})", self.heading, self.url)?;
        for error in &self.errors {
            write!(f, "\n  it complains: {error}")?;
        }
        write!(f, "\n  it offers: {}", self.offers.join(" | "))
    }
}

/// A step that could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The page did not have it, or did not do it.
    #[error("cannot {step}: {why}\n{}\n  screenshot: {}", .page, .screenshot.display())]
    Refused {
        /// What was to be done, and with what.
        step: String,
        /// The browser's words.
        why: String,
        /// Where.
        page: Box<Whereabouts>,
        /// How the page looked; empty if there was no page.
        screenshot: PathBuf,
    },
    /// The browser hangs.
    #[error("the browser does not answer after {0:?}")]
    Silent(Duration),
    /// The browser, or what drives it, is gone.
    #[error("the browser has ended, see `{}`", .0.display())]
    Ended(PathBuf),
}

/// One line from the script.
#[derive(Debug, Deserialize)]
struct Answer {
    done: Option<Value>,
    failed: Option<String>,
    page: Option<Whereabouts>,
    screenshot: Option<PathBuf>,
}

/// The script and the browser under it. Both end when this is dropped.
#[derive(Debug)]
pub(super) struct Driver {
    steps: ChildStdin,
    answers: Receiver<String>,
    last_number: u64,
    _process: Process,
    folder: Folder,
}

impl Driver {
    /// Starts the script in this folder, and with it the browser.
    pub(super) fn start(
        scripts: &Path,
        browser: &Path,
        screenshots: &Path,
    ) -> Result<Self, StartError> {
        let folder = Folder::new("browser")?;
        let log = std::fs::File::create(folder.join("log"))?;
        let mut command = Command::new("node");
        command.arg(scripts.join("browser.js")).arg(browser);
        command
            .arg(screenshots)
            .arg(STEP_WITHIN.as_millis().to_string());
        // The browser's profile goes where the rest of the test is.
        command.env("TMPDIR", folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Process::start(command.stderr(log))?;
        let (steps, said) = process
            .pipes()
            .ok_or_else(|| io::Error::other("the browser's pipes are not there"))?;
        let (tell, answers) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(said).lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    break;
                }
            }
        });
        let driver = Self {
            steps,
            answers,
            last_number: 0,
            _process: process,
            folder,
        };
        let up = driver.answer("start the browser".to_owned());
        up.map_err(|source| StartError::Failed {
            log: std::fs::read_to_string(driver.folder.join("log")).unwrap_or_default(),
            source,
        })?;
        Ok(driver)
    }

    /// A number no visitor or page has.
    pub(super) fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    /// Takes one step and waits for what comes of it.
    pub(super) fn take(&mut self, step: Value) -> Result<Value, StepError> {
        let sent = writeln!(self.steps, "{step}").and_then(|()| self.steps.flush());
        if sent.is_err() {
            return Err(StepError::Ended(self.folder.join("log")));
        }
        self.answer(in_words(&step))
    }

    fn answer(&self, step: String) -> Result<Value, StepError> {
        let line = self.answers.recv_timeout(ANSWER_WITHIN);
        let line = line.map_err(|error| match error {
            RecvTimeoutError::Timeout => StepError::Silent(ANSWER_WITHIN),
            RecvTimeoutError::Disconnected => StepError::Ended(self.folder.join("log")),
        })?;
        let refused =
            |why, page: Option<Whereabouts>, screenshot: Option<PathBuf>| StepError::Refused {
                step,
                why,
                page: Box::new(page.unwrap_or_default()),
                screenshot: screenshot.unwrap_or_default(),
            };
        match serde_json::from_str::<Answer>(&line) {
            Err(error) => Err(refused(format!("{error} in {line}"), None, None)),
            Ok(Answer {
                failed: Some(why),
                page,
                screenshot,
                ..
            }) => Err(refused(why, page, screenshot)),
            Ok(answer) => Ok(answer.done.unwrap_or_default()),
        }
    }
}

/// A step for the reader of a failure: the verb, then what it is about.
fn in_words(step: &Value) -> String {
    let about = ["within", "label", "role", "name", "option", "key", "url"];
    let about = about.iter().filter_map(|key| step[*key].as_str());
    let verb = step["do"].as_str().unwrap_or_default();
    about.fold(verb.to_owned(), |told, part| format!("{told} `{part}`"))
}
